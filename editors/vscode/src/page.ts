// The page around the picture. It loads nothing, and runs only its own script.

export function page(nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">
<style>
html, body { height: 100%; margin: 0; padding: 0; background: var(--vscode-editor-background); color: var(--vscode-foreground); }
body { display: flex; flex-direction: column; font: var(--vscode-font-size) var(--vscode-font-family); }
#bar { display: flex; gap: 4px; align-items: center; padding: 4px 8px; }
#bar button { border: none; border-radius: 3px; padding: 2px 9px; font: inherit; cursor: pointer;
  background: var(--vscode-button-secondaryBackground); color: var(--vscode-button-secondaryForeground); }
#bar button:hover { background: var(--vscode-button-secondaryHoverBackground); }
#problem { margin-left: 8px; color: var(--vscode-editorWarning-foreground); }
#picture { flex: 1; overflow: auto; padding: 8px; text-align: center; }
#picture.old svg { opacity: 0.55; }
#picture svg { height: auto; }
#picture svg .page { fill: transparent; stroke: none; }
#picture g[id] { cursor: pointer; }
#picture .selected > .card, #picture .selected > .box, #picture .selected > .end { stroke: var(--vscode-focusBorder); stroke-width: 3px; }
</style>
</head>
<body>
<div id="bar">
<button id="out" title="Smaller">−</button><button id="in" title="Larger">+</button><button id="fit" title="As wide as the window, at most its own size">Fit</button>
<span id="problem" role="status"></span>
</div>
<div id="picture" tabindex="0"></div>
<script nonce="${nonce}">
(() => {
  const vscode = acquireVsCodeApi();
  const picture = document.getElementById("picture");
  const problem = document.getElementById("problem");
  let zoom = (vscode.getState() || {}).zoom || 0;
  let selected = [];

  function size() {
    const svg = picture.querySelector("svg");
    if (!svg) return;
    const box = svg.viewBox.baseVal;
    const own = box && box.width ? box.width : svg.getBoundingClientRect().width;
    const fitting = Math.min(own, picture.clientWidth - 16);
    svg.removeAttribute("height");
    svg.style.width = (zoom ? own * zoom : fitting) + "px";
    svg.style.maxWidth = "none";
  }
  function zoomBy(factor) {
    const svg = picture.querySelector("svg");
    if (!svg) return;
    const own = svg.viewBox.baseVal.width || 1;
    zoom = Math.min(8, Math.max(0.05, (svg.getBoundingClientRect().width / own) * factor));
    vscode.setState({ zoom });
    size();
  }
  function select(wanted, scroll) {
    selected = wanted;
    let first;
    for (const element of picture.querySelectorAll("g[id]")) {
      const on = wanted.includes(element.id);
      element.classList.toggle("selected", on);
      if (on && !first) first = element;
    }
    if (first && scroll) first.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "smooth" });
  }

  window.addEventListener("message", ({ data }) => {
    if (data.type === "picture") {
      if (data.svg) {
        const { scrollLeft, scrollTop } = picture;
        const parsed = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement;
        picture.replaceChildren(document.importNode(parsed, true));
        size();
        picture.scrollTo(scrollLeft, scrollTop);
        select(selected, false);
      }
      problem.textContent = data.problem ? (data.svg && data.old ? "as it was: " : "") + data.problem : "";
      picture.classList.toggle("old", data.old);
    } else if (data.type === "select") {
      select(data.ids, true);
    }
  });
  picture.addEventListener("click", (event) => {
    const element = event.target.closest("g[id]");
    if (event.target.closest("a")) event.preventDefault();
    if (element) vscode.postMessage({ type: "go", id: element.id });
  });
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }, { passive: false });
  document.getElementById("in").addEventListener("click", () => zoomBy(1.25));
  document.getElementById("out").addEventListener("click", () => zoomBy(0.8));
  document.getElementById("fit").addEventListener("click", () => { zoom = 0; vscode.setState({ zoom }); size(); });
  window.addEventListener("resize", size);
  vscode.postMessage({ type: "ready" });
})();
</script>
</body>
</html>`;
}

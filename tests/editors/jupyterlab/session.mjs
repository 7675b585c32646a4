// One session in JupyterLab: each step records what was seen, the test judges. Writes JSON.
import { readFileSync } from "node:fs";
import { browser } from "../vscode/browser.mjs";

const request = JSON.parse(readFileSync(0, "utf-8"));
const seen = {};
const context = await browser(request.modules, request.chromium, request.profile);
const page = context.pages()[0] ?? (await context.newPage());
let step = "open";

/** The line of the editor that holds a text. */
const line = (text) => page.locator(".jp-FileEditor .cm-line", { hasText: text }).first();

/** The middle of a word in a line. */
async function place(text, word) {
  return line(text).evaluate((node, word) => {
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const at = text.data.indexOf(word);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + word.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error(`no ${word} in the line`);
  }, word);
}

async function choose(label, text, word) {
  const { x, y } = await place(text, word);
  await page.mouse.click(x, y, { button: "right" });
  await page.locator(".lm-Menu-itemLabel", { hasText: label }).first().click();
}

async function newLineBehind(text) {
  await line(text).click();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
}

try {
  await page.goto(`${request.address}/lab/tree/iris.arch?reset`);
  await line("model Mlp").waitFor({ timeout: 60_000 });
  await page.locator("#jp-main-statusbar", { hasText: "Fully initialized" }).waitFor({ timeout: 60_000 });
  seen.language = await page.locator("#jp-main-statusbar").innerText();

  step = "squiggle";
  const squiggle = page.locator(".cm-lintRange-error").first();
  await squiggle.waitFor();
  seen.squiggle = await squiggle.textContent();

  step = "diagnostics panel";
  await choose("Show diagnostics panel", "Dropout", "Dropout");
  const row = page.locator(".lsp-diagnostics-listing tbody tr").first();
  await row.waitFor();
  seen.panel = await row.innerText();

  step = "hover";
  await line("Dropout").click();
  const dropout = await place("Dropout", "Dropout");
  const hover = page.locator(".lsp-hover").first();
  await page.keyboard.down("Control");
  for (let tries = 0; tries < 20 && !(await hover.isVisible()); tries += 1) {
    await page.mouse.move(dropout.x + (tries % 2), dropout.y);
    await page.waitForTimeout(500);
  }
  await page.keyboard.up("Control");
  seen.hover = await hover.innerText();
  await page.mouse.move(5, 5);

  step = "completion";
  await newLineBehind("Dropout");
  await page.keyboard.type("BatchN", { delay: 20 });
  await page.keyboard.press("Tab");
  await page.locator(".jp-Completer-item", { hasText: "BatchNormalization" }).first().waitFor();
  await page.keyboard.press("Enter");
  await line("BatchNormalization").waitFor();

  step = "signature";
  await newLineBehind("BatchNormalization");
  await page.keyboard.type("LayerNormalization(", { delay: 20 });
  const signature = page.locator(".lsp-signature-help").first();
  await signature.waitFor();
  seen.signature = await signature.innerText();
  await page.keyboard.press("Escape");
  await page.keyboard.type(")");

  step = "mend";
  const wrong = await place("Dnese", "Dnese");
  await page.mouse.dblclick(wrong.x, wrong.y);
  await page.keyboard.type("Dense", { delay: 20 });
  await squiggle.waitFor({ state: "detached" });

  step = "rename";
  await choose("Rename symbol", "task Iris", "Iris");
  await page.locator(".jp-Dialog input").fill("Flowers");
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await line("for Flowers").waitFor();
  seen.renamed = await line("task Flowers").innerText();

  step = "definition";
  await choose("Jump to definition", "for Flowers", "Flowers");
  await page.locator("#jp-main-statusbar", { hasText: "Ln 1," }).waitFor();

  step = "colours";
  seen.colours = await line("Dropout(0.2)").evaluate((node) =>
    Object.fromEntries([...node.querySelectorAll("span")].map((span) => [span.textContent, getComputedStyle(span).color])));
  seen.plain = await line("Dropout(0.2)").evaluate((node) => getComputedStyle(node).color);

  step = "notebook";
  await page.goto(`${request.address}/lab/tree/iris.ipynb?reset`);
  const cell = page.locator(".jp-Notebook .jp-CodeCell").first();
  await cell.locator(".cm-line", { hasText: "Dnese" }).click();
  await page.locator("#jp-main-statusbar", { hasText: "Idle" }).waitFor({ timeout: 60_000 });
  // JupyterLab looks into cells when one is edited.
  await page.keyboard.press("End");
  await page.keyboard.type(" ");
  await cell.locator(".cm-lintRange-error").first().waitFor({ timeout: 60_000 });
  seen.cell = await cell.locator(".cm-lintRange-error").allTextContents();
  seen.magic = await cell.locator(".cm-line").first().innerText();
} catch (problem) {
  seen.problem = `${step}: ${problem.message}`;
  await page.screenshot({ path: request.screenshot });
} finally {
  await context.close();
}
process.stdout.write(JSON.stringify(seen));

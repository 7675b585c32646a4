// Reads each file as Mermaid or Graphviz does, and prints what they refuse. Usage: node read.mjs FILE…
import fs from "node:fs";
import { JSDOM } from "jsdom";
import { instance } from "@viz-js/viz";

const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ maxTextSize: 10_000_000, maxEdges: 100_000 });
const viz = await instance();

const refused = [];
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, "utf8");
  try {
    if (file.endsWith(".mmd")) await mermaid.parse(text);
    else {
      const { status, errors } = viz.render(text, { format: "svg" });
      // Without fonts at hand it estimates how wide the characters are.
      const real = errors.filter(({ message }) => !message.includes("no value for width"));
      if (status !== "success" || real.length) throw new Error(JSON.stringify(real));
    }
  } catch (problem) {
    refused.push({ file, problem: String(problem.message ?? problem).slice(0, 500) });
  }
}
console.log(JSON.stringify(refused));

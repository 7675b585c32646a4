// One session with the extension: each step records what was seen, the test judges. Writes JSON.
import { readFileSync } from "node:fs";
import { browser, Code } from "./browser.mjs";

const request = JSON.parse(readFileSync(0, "utf-8"));
const seen = {};
const context = await browser(request.modules, request.chromium, request.profile);
const page = context.pages()[0] ?? (await context.newPage());
const code = new Code(page, request.address);
let step = "open";

try {
  await code.open(request.folder, request.file);

  step = "squiggle";
  const squiggle = page.locator(".squiggly-error").first();
  await squiggle.waitFor({ timeout: 60_000 });
  seen.squiggles = await page.locator(".squiggly-error").count();

  step = "quick fix";
  await code.line("Dnese").locator("span", { hasText: "Dnese" }).last().click();
  await page.keyboard.press("Control+.");
  const action = page.locator(".action-widget .monaco-list-row.action", { hasText: "Dense" }).first();
  await action.waitFor();
  seen.fix = await action.textContent();
  await action.click();
  await squiggle.waitFor({ state: "detached" });
  seen.mended = (await code.lines()).find((line) => line.includes("Dense(32"));

  step = "inlay hint";
  seen.hinted = await code.until("an inlay hint", async () => (await code.lines()).find((line) => /Dense\(32.*160/.test(line)));

  step = "hover";
  await code.line("Dropout").locator("span", { hasText: "Dropout" }).last().hover();
  const hover = page.locator(".monaco-hover:not(.hidden) .hover-contents", { hasText: "Dropout" }).first();
  await hover.waitFor();
  seen.hover = await hover.textContent();
  await page.mouse.move(5, 5);

  step = "completion";
  await code.clickAtEnd("Dropout");
  await page.keyboard.type("\nBatchNo", { delay: 20 });
  const row = page.locator(".suggest-widget .monaco-list-row", { hasText: "BatchNormalization" }).first();
  await row.waitFor();
  seen.completion = await row.textContent();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  seen.completed = await code.until("the completed line", async () => (await code.lines()).find((line) => line.includes("BatchNormalization")));

  step = "python";
  await code.clickAtEnd("Dropout");
  await code.command("archlang: Show the Generated Python Beside");
  seen.python = await code.until("the script", async () => (await code.lines(1)).find((line) => line.includes("layers.Dropout(")));
  seen.marked = await code.until("a marked line of the script", async () => (await code.marked(1)).find((line) => line.includes("layers.")));
  await code.line("layers.BatchNormalization(", 1).click();
  seen.markedInSpec = await code.until("a marked line of the spec", async () => (await code.marked(0))[0]);
  await page.keyboard.press("Control+1");
  await code.clickAtEnd("Dropout");
  await page.keyboard.type("\nReLU", { delay: 20 });
  await page.keyboard.press("Escape");
  seen.live = await code.until("an edited script", async () => (await code.lines(1)).find((line) => line.includes("layers.ReLU(")));

  step = "picture";
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+F4");
  await page.keyboard.press("Control+1");
  await code.clickAtEnd("Dropout");
  await code.command("archlang: Show the Picture Beside");
  const picture = await code.picture();
  seen.picture = await picture.locator("#picture svg").textContent();
  seen.selected = await code.until("the selected layer", () => picture.locator("g.selected").first().textContent());
  await picture.locator("g[id]", { hasText: "BatchNormalization" }).last().click();
  seen.went = await code.until("the line that was clicked", async () => {
    const shown = await page.locator(".statusbar-item", { hasText: "Ln " }).first().textContent();
    return shown?.includes(`Ln ${request.clicked}`) ? shown : undefined;
  });
  step = "picture follows edits";
  await page.keyboard.press("End");
  await page.keyboard.type("\nDense(7)", { delay: 20 });
  await page.keyboard.press("Escape");
  seen.redrawn = await code.until("a new picture", async () => {
    const text = await picture.locator("#picture svg").textContent();
    // Between two strokes there are pictures too; of 32 numbers, 7 units take 231 weights.
    return text.includes("231") ? text : undefined;
  });
  seen.reselected = await code.until("another selected layer", async () => {
    const text = await picture.locator("g.selected").first().textContent();
    return text?.includes("Dense") && !text.includes("error") ? text : undefined;
  });

  step = "picture of a broken spec";
  await page.keyboard.type(" -> Dense(units=", { delay: 20 });
  await page.keyboard.press("Escape");
  seen.broken = await code.until("a word on what is wrong", () => picture.locator("#problem").textContent());
  seen.wrong = await code.until("the marked mistake", () => picture.locator("g.wrong").first().textContent());

  step = "no server";
  await code.open(request.bare.folder, request.bare.file);
  const toast = page.locator(".notification-toast", { hasText: "archlang" }).first();
  await toast.waitFor({ timeout: 60_000 });
  seen.missing = await toast.textContent();
  // The first word of a task is coloured by the grammar, without a server.
  const [first, other] = await Promise.all(["task", "Iris"].map((word) => code.line("task Iris").locator("span", { hasText: word }).last().getAttribute("class")));
  seen.coloured = first !== other;
} catch (problem) {
  seen.problem = `${step}: ${problem.message ?? problem}`;
  await page.screenshot({ path: request.screenshot }).catch(() => undefined);
  seen.notifications = await code.notifications().catch(() => []);
} finally {
  await context.close();
}
process.stdout.write(JSON.stringify(seen));

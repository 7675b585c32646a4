// Pictures of the extension at work, for the documentation: one for each request, {file, view, line, hover, output}.
import { readFileSync } from "node:fs";
import { browser, Code } from "./browser.mjs";

const request = JSON.parse(readFileSync(0, "utf-8"));
const context = await browser(request.modules, request.chromium, request.profile, request.scale);
for (const shot of request.shots) {
  const page = await context.newPage();
  await page.setViewportSize({ width: shot.width ?? 1200, height: shot.height ?? 700 });
  const code = new Code(page, request.address);
  await code.open(request.folder, shot.file);
  await code.until("the server's answers", () => page.locator(".codelens-decoration, .squiggly-error").count(), 90_000).catch(async (problem) => {
    throw new Error(`${problem.message}; ${await code.notifications()}`);
  });
  await code.command("View: Close Primary Side Bar").catch(() => page.keyboard.press("Escape"));
  await code.clickAtEnd(shot.line);
  if (shot.view === "picture") {
    await code.command("archlang: Show the Picture Beside");
    await (await code.picture()).locator("g.selected").first().waitFor();
  } else if (shot.view === "python") {
    await code.command("archlang: Show the Generated Python Beside");
    await code.until("the script", async () => (await code.lines(1)).find((line) => line.includes("layers.")));
  }
  await page.locator(".notification-toast").first().waitFor({ timeout: 1000 }).then(() => page.keyboard.press("Escape")).catch(() => undefined);
  if (shot.hover) {
    await code.line(shot.hover).locator("span", { hasText: shot.hover }).last().hover();
    await page.locator(".monaco-hover:not(.hidden) .hover-contents").first().waitFor();
  } else {
    await page.mouse.move(590, 690);
  }
  await page.waitForTimeout(1500);
  await page.screenshot({ path: shot.output });
  await page.close();
}
await context.close();

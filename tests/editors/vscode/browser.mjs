// What the test does in VS Code, in words: open, hover, type, choose.
import { createRequire } from "node:module";
import path from "node:path";

export async function browser(modules, chromium, profile, scale = 1) {
  const { chromium: driver } = createRequire(path.join(modules, "x.js"))("playwright-core");
  return driver.launchPersistentContext(profile, {
    executablePath: chromium,
    headless: true,
    viewport: { width: 1360, height: 820 },
    deviceScaleFactor: scale,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
}

export class Code {
  constructor(page, address) {
    this.page = page;
    this.address = address;
  }

  async open(folder, file) {
    const host = new URL(this.address).host;
    const payload = JSON.stringify([["openFile", `vscode-remote://${host}${file}`]]);
    await this.page.goto(`${this.address}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
    await this.page.locator(".monaco-editor .view-line").first().waitFor({ timeout: 60_000 });
  }

  /** The line of the first editor that holds a text. */
  line(text, editor = 0) {
    return this.page.locator(".editor-group-container").nth(editor).locator(".view-line", { hasText: text }).first();
  }

  /** The lines of an editor as they are shown, inlay hints included. */
  async lines(editor = 0) {
    const lines = await this.page.locator(".editor-group-container").nth(editor).locator(".view-line").all();
    const shown = await Promise.all(lines.map(async (line) => [(await line.boundingBox())?.y ?? 0, await line.textContent()]));
    return shown.sort((a, b) => a[0] - b[0]).map(([, text]) => (text ?? "").replaceAll("\u00a0", " "));
  }

  /** The lines of an editor behind which a mark goes from edge to edge. */
  async marked(editor) {
    const group = this.page.locator(".editor-group-container").nth(editor);
    const marks = await group.locator(".cdr[class*=ced-]").all();
    const heights = await Promise.all(marks.map(async (mark) => (await mark.boundingBox())?.y));
    const lines = await group.locator(".view-line").all();
    const shown = await Promise.all(lines.map(async (line) => [(await line.boundingBox())?.y, await line.textContent()]));
    return shown.filter(([y]) => heights.some((height) => Math.abs(height - y) < 3)).map(([, text]) => text.replaceAll("\u00a0", " "));
  }

  async command(name) {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await input.fill(`>${name}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
  }

  /** Clicks behind the last character of a line. */
  async clickAtEnd(text) {
    await this.line(text).click();
    await this.page.keyboard.press("End");
  }

  /** Waits until a function gives something true, and gives that. */
  async until(what, call, timeout = 30_000) {
    const end = Date.now() + timeout;
    let last;
    while (Date.now() < end) {
      try {
        last = await call();
        if (last) return last;
      } catch (problem) {
        last = problem;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`${what}: not within ${timeout} ms (last: ${JSON.stringify(last) ?? last})`);
  }

  /** What VS Code has told its user so far. */
  async notifications() {
    await this.page.keyboard.press("Escape");
    await this.command("Notifications: Show Notifications");
    await this.page.waitForTimeout(500);
    return this.page.locator(".notifications-center .notification-list-item").allTextContents();
  }

  /** The frame in which the picture stands. */
  async picture() {
    return this.until("a picture", async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.locator("#picture svg").count()) > 0) return frame;
      }
      return undefined;
    });
  }
}

// Asks src/finding.ts of the extension for the `archc` of each case, {setting, folders, interpreter, path}, with a VS Code that is made up.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const request = JSON.parse(readFileSync(0, "utf-8"));
const require = createRequire(path.join(request.modules, "x.js"));
const folder = mkdtempSync(path.join(os.tmpdir(), "finding-"));
try {
  const stub = path.join(folder, "vscode.js");
  writeFileSync(stub, "module.exports = globalThis.editor;");
  const outfile = path.join(folder, "finding.cjs");
  const [workspace, extensions] = [{}, {}];
  globalThis.editor = { workspace, extensions, EventEmitter: class { event() {} fire() {} } };
  require("esbuild").buildSync({ entryPoints: [request.source], outfile, bundle: true, platform: "node", format: "cjs", alias: { vscode: stub } });
  const { findArchc } = require(outfile);
  const answers = [];
  for (const { setting, folders, interpreter, PATH } of request.cases) {
    Object.assign(workspace, {
      getConfiguration: () => ({ get: () => setting }),
      workspaceFolders: folders.map((fsPath) => ({ uri: { fsPath } })),
      getWorkspaceFolder: () => undefined,
    });
    const python = { isActive: true, exports: { environments: { getActiveEnvironmentPath: () => ({ path: interpreter }) } } };
    extensions.getExtension = () => (interpreter === null ? undefined : python);
    process.env.PATH = PATH;
    answers.push(await findArchc().then((found) => found ?? null, (problem) => problem.message));
  }
  process.stdout.write(JSON.stringify(answers));
} finally {
  rmSync(folder, { recursive: true });
}

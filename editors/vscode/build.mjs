// `npm run build`: checks the types, bundles the client, copies grammar and license. `npm run package`: also packs archlang.vsix.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
process.chdir(here);

function run(script, ...args) {
  const done = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (done.status !== 0) {
    process.exit(done.status ?? 1);
  }
}

if (!existsSync("node_modules/esbuild")) {
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { stdio: "inherit", shell: process.platform === "win32" });
  if (npm.status !== 0) {
    process.exit(npm.status ?? 1);
  }
}
mkdirSync("out", { recursive: true });
copyFileSync("../../grammar/arch.tmLanguage.json", "out/arch.tmLanguage.json");
copyFileSync("../../LICENSE", "LICENSE");
run("node_modules/typescript/bin/tsc", "--noEmit");
const { build } = await import("esbuild");
await build({
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node18",
  external: ["vscode"],
  minify: true,
  legalComments: "inline",
});
if (process.argv.includes("--package")) {
  run("node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--allow-missing-repository", "--out", "archlang.vsix");
}

// Reads {"grammar": path, "files": [path]} and writes, for each file, its tokens as VS Code's engine finds them:
// [line, start, end, innermost scopes joined by spaces]. Run in a folder that has vscode-textmate and vscode-oniguruma.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const request = JSON.parse(readFileSync(0, "utf-8"));
const require = createRequire(path.join(request.modules, "x.js"));
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(readFileSync(request.grammar, "utf-8"), request.grammar),
});
const grammar = await registry.loadGrammar("source.arch");
const answers = request.files.map((file) => {
  const tokens = [];
  let stack = textmate.INITIAL;
  readFileSync(file, "utf-8").split(/\r\n|\r|\n/).forEach((line, number) => {
    const found = grammar.tokenizeLine(line, stack);
    stack = found.ruleStack;
    for (const token of found.tokens) {
      tokens.push([number, token.startIndex, Math.min(token.endIndex, line.length), token.scopes.slice(1).join(" ")]);
    }
  });
  return tokens;
});
process.stdout.write(JSON.stringify(answers));

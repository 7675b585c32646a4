// archlang in VS Code: the language server's client, the picture and the Python script beside the spec, commands.
import * as vscode from "vscode";
import { onInterpreterChanged } from "./finding";
import { Pictures } from "./picture";
import { PythonScripts } from "./python";
import { Server } from "./server";
import { runInTerminal } from "./terminal";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = new Server();
  const scripts = new PythonScripts(server);
  const pictures = new Pictures(server);

  // Commands come from the palette, without arguments, or from a code lens, with the file and the model.
  const command = (name: string, call: (spec: vscode.Uri, model?: string) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(name, async (file?: string | vscode.Uri, model?: unknown) => {
      const given = typeof file === "string" ? vscode.Uri.parse(file) : file;
      const spec = given ?? vscode.window.activeTextEditor?.document.uri;
      if (spec === undefined) {
        void vscode.window.showInformationMessage("Open an .arch file first.");
        return;
      }
      await call(spec, typeof model === "string" ? model : undefined);
    });

  context.subscriptions.push(
    server,
    scripts,
    pictures,
    command("archlang.showPython", (spec, model) => scripts.show(spec, model)),
    command("archlang.showPicture", (spec, model) => pictures.show(spec, model)),
    command("archlang.run", (spec, model) => inTerminal(server, "run", spec, model)),
    command("archlang.compile", (spec, model) => inTerminal(server, "compile", spec, model)),
    vscode.commands.registerCommand("archlang.restartServer", () => server.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    onInterpreterChanged(() => void server.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("archlang.server")) {
        void server.restart();
      }
    }),
  );
  await server.restart();
}

async function inTerminal(server: Server, what: "run" | "compile", spec: vscode.Uri, model?: string): Promise<void> {
  const archc = await server.archc(spec);
  if (archc !== undefined) {
    await runInTerminal(archc, what, spec, model);
  }
}

// Compiling and training, in a terminal.
import * as path from "node:path";
import * as vscode from "vscode";
import type { Found } from "./finding";

/** Runs `archc run` or `archc compile` on a spec, in a terminal whose folder is the workspace's. */
export async function runInTerminal(archc: Found, what: "run" | "compile", spec: vscode.Uri, model?: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === spec.toString());
  if (spec.scheme === "untitled" || (document?.isDirty === true && !(await document.save()))) {
    void vscode.window.showWarningMessage("Save the spec first: archc reads it from the disk.");
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(spec)?.uri.fsPath ?? path.dirname(spec.fsPath);
  const file = path.relative(folder, spec.fsPath);
  const name = path.basename(spec.fsPath);
  const options = model === undefined ? [] : ["--model", model];
  const output = what === "compile" ? ["-o", file.replace(/\.arch$/, "") + (model === undefined ? ".py" : `_${model}.py`)] : [];
  const task = new vscode.Task(
    { type: "archlang", command: what, file },
    vscode.workspace.getWorkspaceFolder(spec) ?? vscode.TaskScope.Workspace,
    `${what} ${name}${model === undefined ? "" : ` (${model})`}`,
    "archlang",
    new vscode.ProcessExecution(archc.command, [...archc.prefix, what, ...options, ...output, file], { cwd: folder }),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: what === "run" ? vscode.TaskPanelKind.Dedicated : vscode.TaskPanelKind.Shared,
    focus: false,
    clear: true,
  };
  await vscode.tasks.executeTask(task);
}

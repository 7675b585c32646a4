// Finds `archc`: the setting, the workspace's virtual environment, the Python extension's interpreter, PATH.
import { existsSync, statSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

export interface Found {
  /** The program, and what stands before `lsp`, `run` … on its command line. */
  command: string;
  prefix: string[];
  /** Where it was found, in words. */
  from: string;
}

const WINDOWS = process.platform === "win32";
const SCRIPTS = WINDOWS ? "Scripts" : "bin";
const ARCHC = WINDOWS ? "archc.exe" : "archc";

/** The `archc` to use for a file; undefined if there is none. Throws with a sentence where the setting names nothing. */
export async function findArchc(scope?: vscode.Uri): Promise<Found | undefined> {
  return fromSetting(scope) ?? fromFolders(scope) ?? (await fromPythonExtension(scope)) ?? fromPath();
}

function fromSetting(scope?: vscode.Uri): Found | undefined {
  const written = vscode.workspace.getConfiguration("archlang", scope ?? null).get<string>("server.path", "").trim();
  if (written === "") {
    return undefined;
  }
  const folder = folderOf(scope)?.fsPath ?? "";
  let program = written.replaceAll("${workspaceFolder}", folder).replace(/^~(?=$|[/\\])/, os.homedir());
  if (!path.isAbsolute(program) && folder !== "") {
    program = path.join(folder, program);
  }
  if (!isFile(program)) {
    throw new Error(`The setting archlang.server.path names ${program}, which is no file.`);
  }
  // -P: modules of the folder that it runs in must not stand in for Python's own.
  const isPython = /^python[\d.]*(\.exe)?$/i.test(path.basename(program));
  return { command: program, prefix: isPython ? ["-P", "-m", "archlang"] : [], from: "archlang.server.path" };
}

function fromFolders(scope?: vscode.Uri): Found | undefined {
  const first = folderOf(scope);
  const others = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  for (const folder of first === undefined ? others : [first, ...others]) {
    for (const name of [".venv", "venv"]) {
      const program = path.join(folder.fsPath, name, SCRIPTS, ARCHC);
      if (isFile(program)) {
        return { command: program, prefix: [], from: `${name} of ${path.basename(folder.fsPath)}` };
      }
    }
  }
  return undefined;
}

/** The part of the Python extension's interface that is used here. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string } | undefined;
    onDidChangeActiveEnvironmentPath?(call: () => void): vscode.Disposable;
  };
}

let watched = false;
const interpreterChanged = new vscode.EventEmitter<void>();
/** Fires when another interpreter is chosen in the Python extension, once that one has been asked. */
export const onInterpreterChanged = interpreterChanged.event;

async function fromPythonExtension(scope?: vscode.Uri): Promise<Found | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (extension === undefined) {
    return undefined;
  }
  try {
    const api = extension.isActive ? extension.exports : await extension.activate();
    if (!watched) {
      watched = true;
      api.environments?.onDidChangeActiveEnvironmentPath?.(() => interpreterChanged.fire());
    }
    const python = api.environments?.getActiveEnvironmentPath(folderOf(scope))?.path;
    if (python !== undefined) {
      const isFolder = existsSync(python) && statSync(python).isDirectory();
      const program = isFolder ? path.join(python, SCRIPTS, ARCHC) : path.join(path.dirname(python), ARCHC);
      if (isFile(program)) {
        return { command: program, prefix: [], from: "the Python extension's interpreter" };
      }
    }
  } catch {
    // That extension's troubles are its own; there are other places to look.
  }
  return undefined;
}

function fromPath(): Found | undefined {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const program = path.join(folder, ARCHC);
    if (folder !== "" && isFile(program)) {
      return { command: program, prefix: [], from: "PATH" };
    }
  }
  return undefined;
}

function folderOf(scope?: vscode.Uri): vscode.Uri | undefined {
  const folder = scope === undefined ? undefined : vscode.workspace.getWorkspaceFolder(scope);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
}

function isFile(program: string): boolean {
  try {
    return statSync(program).isFile();
  } catch {
    return false;
  }
}

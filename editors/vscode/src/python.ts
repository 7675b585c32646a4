// The Python script beside the spec: a read-only document that follows edits, and the cursor both ways.
import * as path from "node:path";
import * as vscode from "vscode";
import { debounced, narrowest, type Place, rangeOf, sameUri, visibleEditor } from "./places";
import type { Server } from "./server";

const SCHEME = "archlang-python";

interface Line extends Place {
  line: number;
}

interface Answer {
  model: string | null;
  models: string[];
  text: string | null;
  lines: Line[];
  problem: string | null;
}

interface Script {
  spec: vscode.Uri;
  text: string;
  model: string | undefined;
  models: string[];
  lines: Line[];
  problem: string | null;
}

export class PythonScripts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly scripts = new Map<string, Script>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.wordHighlightBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.wordHighlightForeground"),
  });
  private readonly status = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left, 0);
  private readonly edits = debounced(150, () => void this.refreshAll());
  private readonly disposables: vscode.Disposable[] = [];

  constructor(private readonly server: Server) {
    this.disposables.push(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.languageId === "arch" && this.scripts.size > 0) {
          this.edits.soon();
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.scripts.delete(document.uri.toString())),
      vscode.window.onDidChangeTextEditorSelection((event) => void this.follow(event.textEditor)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.tell()),
      server.onStarted(() => void this.refreshAll()),
      this.changed,
      this.mark,
      this.status,
      this.edits,
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.scripts.get(uri.toString())?.text ?? "";
  }

  /** Opens the script beside a spec; the cursor stays in the spec. */
  async show(spec: vscode.Uri, model?: string): Promise<void> {
    const name = `${path.posix.basename(spec.path, ".arch")}.py`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: path.posix.join(path.posix.dirname(spec.path), name), query: spec.toString() });
    const key = uri.toString();
    if (!this.scripts.has(key)) {
      this.scripts.set(key, { spec, text: "", model, models: [], lines: [], problem: null });
    } else if (model !== undefined) {
      this.script(key).model = model;
    }
    await this.refresh(uri, model === undefined);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
    const editor = visibleEditor(spec.toString());
    if (editor !== undefined) {
      await this.follow(editor);
    }
  }

  private script(key: string): Script {
    const script = this.scripts.get(key);
    if (script === undefined) {
      throw new Error(`no script ${key}`);
    }
    return script;
  }

  private async refreshAll(): Promise<void> {
    for (const key of [...this.scripts.keys()]) {
      await this.refresh(vscode.Uri.parse(key), true);
    }
  }

  private async refresh(uri: vscode.Uri, atCursor: boolean): Promise<void> {
    const script = this.scripts.get(uri.toString());
    if (script === undefined) {
      return;
    }
    const at = visibleEditor(script.spec.toString())?.selection.active;
    const answer = await this.server.ask<Answer>("archlang/python", {
      textDocument: { uri: script.spec.toString() },
      ...(atCursor && at !== undefined ? { position: { line: at.line, character: at.character } } : {}),
      ...(script.model === undefined ? {} : { model: script.model }),
    });
    const before = script.text;
    if (answer === undefined) {
      script.problem = "the language server does not answer";
    } else {
      script.problem = answer.problem;
      script.models = answer.models;
      script.model = answer.model ?? undefined;
      if (answer.text !== null) {
        script.text = answer.text;
        script.lines = answer.lines;
      }
    }
    if (script.text === "" || script.text.startsWith("# No script yet")) {
      script.text = script.problem === null ? script.text : `# No script yet: ${script.problem}.\n`;
    }
    if (script.text !== before) {
      this.changed.fire(uri);
    }
    this.tell();
  }

  /** Says below the editors when a script is older than its spec. */
  private tell(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const script = this.scripts.get(editor.document.uri.toString());
      if (script?.problem != null) {
        const nothing = script.lines.length === 0;
        this.status.text = `$(warning) ${nothing ? "No Python yet" : "Python as it was"}: ${script.problem}`;
        this.status.show();
        return;
      }
    }
    this.status.hide();
  }

  private async follow(editor: vscode.TextEditor): Promise<void> {
    if (editor.document.uri.scheme === SCHEME) {
      if (vscode.window.activeTextEditor === editor) {
        this.followInSpec(editor);
      }
      return;
    }
    if (editor.document.languageId !== "arch") {
      return;
    }
    editor.setDecorations(this.mark, []);
    for (const [key, script] of this.scripts) {
      const beside = visibleEditor(key);
      if (beside === undefined) {
        continue;
      }
      if (sameUri(script.spec.toString(), editor.document.uri.toString()) && script.models.length > 1) {
        await this.refresh(vscode.Uri.parse(key), true);
      }
      const found = narrowest(script.lines, editor.document.uri.toString(), editor.selection.active);
      const lines = found.map((line) => statement(beside.document, line.line));
      beside.setDecorations(this.mark, lines);
      const first = lines[0];
      if (first !== undefined && vscode.window.activeTextEditor !== beside) {
        beside.revealRange(first, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  private followInSpec(editor: vscode.TextEditor): void {
    const script = this.scripts.get(editor.document.uri.toString());
    const at = editor.selection.active.line;
    const line = script?.lines.filter((each) => each.line <= at).at(-1);
    editor.setDecorations(this.mark, []);
    const spec = line === undefined ? undefined : visibleEditor(line.uri);
    if (script === undefined || line === undefined || !statement(editor.document, line.line).contains(editor.selection.active)) {
      return;
    }
    spec?.setDecorations(this.mark, [rangeOf(line)]);
    spec?.revealRange(rangeOf(line), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** The lines of the statement that begins on a line: those behind it that stand deeper, or close its brackets. */
function statement(document: vscode.TextDocument, first: number): vscode.Range {
  const start = Math.min(first, document.lineCount - 1);
  let last = start;
  let open = 0;
  for (; last < document.lineCount; last++) {
    const code = document.lineAt(last).text.replace(/"(\\.|[^"\\])*"/g, '""');
    open += (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
    if (open <= 0) {
      break;
    }
  }
  return document.validateRange(new vscode.Range(start, 0, last, Number.MAX_SAFE_INTEGER));
}

// The picture beside the spec: follows edits and the cursor; a click goes to the line.
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import * as vscode from "vscode";
import { page } from "./page";
import { debounced, goTo, narrowest, type Place, visibleEditor } from "./places";
import type { Server } from "./server";

/** Where a part of the picture is written; `id` is that of its element. */
interface Spot extends Place {
  id: string;
}

interface Answer {
  model: string | null;
  models: string[];
  svg: string | null;
  places: Spot[];
  problem: string | null;
}

type Message = { type: "ready" } | { type: "go"; id: string };

class Picture {
  private places: Spot[] = [];
  private svg: string | undefined;
  private models: string[] = [];
  private problem: string | null = null;
  // Whether the picture is one of before: for what the spec is now there is none.
  private old = false;
  private shownModel: string | null = null;
  private asking: vscode.CancellationTokenSource | undefined;

  constructor(
    readonly spec: vscode.Uri,
    public model: string | undefined,
    readonly panel: vscode.WebviewPanel,
    private readonly server: Server,
  ) {
    panel.webview.html = page(randomBytes(16).toString("base64"));
    panel.webview.onDidReceiveMessage((message: Message) => void this.receive(message));
  }

  async refresh(): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    const at = this.cursor();
    const answer = await this.server.ask<Answer>(
      "archlang/picture",
      {
        textDocument: { uri: this.spec.toString() },
        ...(at === undefined ? {} : { position: { line: at.line, character: at.character } }),
        ...(this.model === undefined ? {} : { model: this.model }),
      },
      asking.token,
    );
    if (asking.token.isCancellationRequested) {
      return;
    }
    this.old = !answer?.svg;
    if (answer === undefined) {
      this.problem = "the language server does not answer";
    } else {
      this.problem = answer.problem;
      this.models = answer.models;
      this.model = answer.model ?? this.model;
      if (answer.svg !== null) {
        this.svg = answer.svg;
        this.places = answer.places;
        this.shownModel = answer.model;
      }
    }
    this.panel.title = `Picture of ${this.shownModel ?? path.posix.basename(this.spec.path)}`;
    this.send();
    this.select();
  }

  /** Marks what stands at the cursor; another model is drawn when the cursor has gone there. */
  async follow(): Promise<void> {
    if (this.models.length > 1) {
      await this.refresh();
    } else {
      this.select();
    }
  }

  private cursor(): vscode.Position | undefined {
    return visibleEditor(this.spec.toString())?.selection.active;
  }

  private send(): void {
    void this.panel.webview.postMessage({ type: "picture", svg: this.svg ?? null, problem: this.problem, old: this.old });
  }

  private select(): void {
    const at = this.cursor();
    if (at === undefined) {
      return;
    }
    const ids = narrowest(this.places, this.spec.toString(), at).map((place) => place.id);
    void this.panel.webview.postMessage({ type: "select", ids });
  }

  private async receive(message: Message): Promise<void> {
    if (message.type === "ready") {
      this.send();
      this.select();
    } else {
      const place = this.places.find((each) => each.id === message.id);
      if (place !== undefined) {
        await goTo(place, false);
      }
    }
  }
}

export class Pictures implements vscode.Disposable {
  private readonly open = new Map<string, Picture>();
  private readonly edits = debounced(150, () => void this.each((picture) => picture.refresh()));
  private readonly moves = debounced(60, () => void this.each((picture) => picture.follow()));
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.disposables = [
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.languageId === "arch" && this.open.size > 0) {
          this.edits.soon();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor.document.languageId === "arch" && this.open.size > 0) {
          this.moves.soon();
        }
      }),
      server.onStarted(() => this.edits.soon()),
      this.edits,
      this.moves,
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** Opens the picture beside a spec; the cursor stays in the spec. */
  async show(spec: vscode.Uri, model?: string): Promise<void> {
    const key = spec.toString();
    let picture = this.open.get(key);
    if (picture === undefined) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      const options = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
      const panel = vscode.window.createWebviewPanel("archlang.picture", "Picture", column, options);
      picture = new Picture(spec, model, panel, this.server);
      this.open.set(key, picture);
      panel.onDidDispose(() => this.open.delete(key));
    } else {
      picture.model = model ?? picture.model;
      picture.panel.reveal(undefined, true);
    }
    await picture.refresh();
  }

  private async each(call: (picture: Picture) => Promise<void>): Promise<void> {
    await Promise.all([...this.open.values()].map(call));
  }
}

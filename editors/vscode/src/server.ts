// The language client: starts the server, says what to install where there is none, restarts it.
import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, type LanguageClientOptions, RevealOutputChannelOn, type ServerOptions, State } from "vscode-languageclient/node";
import { findArchc, type Found } from "./finding";

const INSTALL = 'pip install "archlang[editor]"';
/** A server that dies more often than this within three minutes is left alone. */
const DEATHS = 4;

/** A client whose own errors stay in the output channel: `Server` says in one sentence what is wrong. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private running: Promise<void> = Promise.resolve();
  private deaths: number[] = [];
  private readonly output = vscode.window.createOutputChannel("archlang", { log: true });
  private readonly started = new vscode.EventEmitter<void>();
  /** Fires when a server has started. */
  readonly onStarted = this.started.event;

  dispose(): void {
    void this.stop();
    this.started.dispose();
    this.output.dispose();
  }

  /** Starts the server, or starts it anew; one after the other if asked again meanwhile. */
  restart(): Promise<void> {
    this.running = this.running.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.running;
  }

  /** The answer to a request of archlang's own; undefined if there is no server or it has none. */
  async ask<T>(method: string, parameters: object, token?: vscode.CancellationToken): Promise<T | undefined> {
    const client = this.client;
    if (client?.isRunning() !== true) {
      return undefined;
    }
    try {
      // An absent token must not stand among the arguments: it would be sent as one.
      const answer = await (token === undefined
        ? client.sendRequest<T | null>(method, parameters)
        : client.sendRequest<T | null>(method, parameters, token));
      return answer ?? undefined;
    } catch (problem) {
      this.output.debug(`${method}: ${String(problem)}`);
      return undefined;
    }
  }

  /** The `archc` to run in a terminal; says what to install if there is none. */
  async archc(scope?: vscode.Uri): Promise<Found | undefined> {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage("This folder is not trusted; archlang runs no program that may come from it.");
      return undefined;
    }
    try {
      const found = await findArchc(scope ?? vscode.window.activeTextEditor?.document.uri);
      if (found === undefined) {
        sayWhatToInstall();
      }
      return found;
    } catch (problem) {
      void vscode.window.showErrorMessage((problem as Error).message);
      return undefined;
    }
  }

  private async start(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      return;
    }
    const found = await this.archc();
    if (found === undefined) {
      return;
    }
    const configuration = vscode.workspace.getConfiguration("archlang");
    const further = configuration.get<string[]>("server.arguments", []);
    this.output.info(`${[found.command, ...found.prefix, "lsp", ...further].join(" ")} (found by ${found.from})`);
    const server: ServerOptions = { command: found.command, args: [...found.prefix, "lsp", ...further] };
    const options: LanguageClientOptions = {
      documentSelector: [
        { language: "arch", scheme: "file" },
        { language: "arch", scheme: "untitled" },
        { language: "arch", scheme: "vscode-remote" },
      ],
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.arch") },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          const again = this.client === client && this.mayRestart();
          if (this.client === client && !again) {
            void this.explain(found, "it ended several times within a few minutes");
          }
          return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
        },
      },
    };
    const client = new QuietClient("archlang", "archlang", server, options);
    try {
      await client.start();
    } catch (problem) {
      await this.explain(found, String(problem));
      return;
    }
    this.client = client;
    this.deaths = [];
    client.onDidChangeState((change) => change.newState === State.Running && this.started.fire());
    this.started.fire();
  }

  private mayRestart(): boolean {
    const now = Date.now();
    this.deaths = [...this.deaths.filter((death) => now - death < 180_000), now];
    return this.deaths.length <= DEATHS;
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch {
      // It had died already.
    }
  }

  /** Says why a server did not start: without input it ends at once, and says what is missing. */
  private async explain(found: Found, problem: string): Promise<void> {
    const said = await errorOutput(found.command, [...found.prefix, "lsp"]);
    this.output.error(`${problem}\n${said}`);
    if (/needs pygls|No such command|No module named '?archlang\b/.test(said)) {
      sayWhatToInstall();
      return;
    }
    const why = said.split("\n").at(-1) ?? "";
    const log = "Show the Log";
    void vscode.window
      .showErrorMessage(`The language server of archlang does not run: ${why === "" ? problem : why}`, log)
      .then((chosen) => chosen === log && this.output.show());
  }
}

/** What a program that is given no input writes to its error output. */
function errorOutput(command: string, parameters: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(command, parameters, { timeout: 10_000 }, (_, __, said) => resolve(said.trim()));
    child.stdin?.end();
  });
}

function sayWhatToInstall(): void {
  const copy = "Copy the Command";
  const set = "Set the Path";
  void vscode.window
    .showWarningMessage(`To check .arch files as you type, install archlang into your Python environment: ${INSTALL}`, copy, set)
    .then((chosen) => {
      if (chosen === copy) {
        void vscode.env.clipboard.writeText(INSTALL);
      } else if (chosen === set) {
        void vscode.commands.executeCommand("workbench.action.openSettings", "archlang.server.path");
      }
    });
}

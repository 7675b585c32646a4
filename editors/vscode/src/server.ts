// The language client: starts the server, says what to install where there is none, restarts it.
import { spawnSync } from "node:child_process";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, RevealOutputChannelOn, type ServerOptions } from "vscode-languageclient/node";
import { findArchc, type Found } from "./finding";

const INSTALL = 'pip install "archlang[editor]"';

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private running: Promise<void> = Promise.resolve();
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
    };
    const client = new LanguageClient("archlang", "archlang", server, options);
    try {
      await client.start();
    } catch (problem) {
      this.explain(found, String(problem));
      return;
    }
    this.client = client;
    this.started.fire();
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
  private explain(found: Found, problem: string): void {
    const tried = spawnSync(found.command, [...found.prefix, "lsp"], { input: "", encoding: "utf-8", timeout: 10_000 });
    const said = tried.stderr?.trim() ?? "";
    this.output.error(`${problem}\n${said}`);
    if (/pygls|lsprotocol|No such command/.test(said)) {
      sayWhatToInstall();
      return;
    }
    const why = said.split("\n").at(-1) ?? "";
    void vscode.window.showErrorMessage(`The language server of archlang did not start: ${why === "" ? problem : why}`);
  }
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

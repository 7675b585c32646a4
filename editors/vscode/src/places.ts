// Places in specs as the server sends them, and showing them in the editors that are open.
import * as vscode from "vscode";

export interface Place {
  uri: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

export function rangeOf(place: Place): vscode.Range {
  const { start, end } = place.range;
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Of some places, those around a position that hold the least; all that are equally small. */
export function narrowest<P extends Place>(places: readonly P[], uri: string, at: vscode.Position): P[] {
  let best: P[] = [];
  for (const place of places) {
    const range = rangeOf(place);
    // A line with one step is meant wherever on it the cursor stands.
    const around = new vscode.Range(range.start.line, 0, range.end.line, Number.MAX_SAFE_INTEGER);
    if (!sameUri(place.uri, uri) || !around.contains(at)) {
      continue;
    }
    const first = best[0];
    const order = first === undefined ? -1 : compare(range, rangeOf(first), at);
    if (order < 0) {
      best = [place];
    } else if (order === 0) {
      best.push(place);
    }
  }
  return best;
}

/** Negative where `a` says more about the position than `b`. */
function compare(a: vscode.Range, b: vscode.Range, at: vscode.Position): number {
  const inside = Number(b.contains(at)) - Number(a.contains(at));
  if (inside !== 0) {
    return inside;
  }
  if (!a.contains(at)) {
    const lines = a.end.line - a.start.line - (b.end.line - b.start.line);
    return lines !== 0 ? lines : distance(a, at) - distance(b, at);
  }
  const lines = a.end.line - a.start.line - (b.end.line - b.start.line);
  return lines !== 0 ? lines : a.end.character - a.start.character - (b.end.character - b.start.character);
}

function distance(range: vscode.Range, at: vscode.Position): number {
  return Math.min(Math.abs(range.start.character - at.character), Math.abs(range.end.character - at.character));
}

export function sameUri(a: string, b: string): boolean {
  return a === b || vscode.Uri.parse(a).toString() === vscode.Uri.parse(b).toString();
}

/** The editor that shows a document, if one does. */
export function visibleEditor(uri: string): vscode.TextEditor | undefined {
  return vscode.window.visibleTextEditors.find((editor) => sameUri(editor.document.uri.toString(), uri));
}

/** Opens a place, in the editor that shows its file already if there is one. */
export async function goTo(place: Place, preserveFocus: boolean): Promise<void> {
  const range = rangeOf(place);
  const shown = visibleEditor(place.uri);
  const document = shown?.document ?? (await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri)));
  const options: vscode.TextDocumentShowOptions = { selection: range, preserveFocus, preview: true };
  const column = shown?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(document, { ...options, viewColumn: column });
}

/** Calls a function when nothing more has happened for a while. */
export function debounced(milliseconds: number, call: () => void): vscode.Disposable & { soon(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: () => {
      clearTimeout(timer);
      timer = setTimeout(call, milliseconds);
    },
    dispose: () => clearTimeout(timer),
  };
}

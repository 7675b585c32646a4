// The plugin of JupyterLab: `.arch` is a type of file with colours, and jupyterlab-lsp finds the server by its MIME type.
// In notebooks, a cell of `%%arch` is a spec of its own.

const MIME = "text/x-arch";
const MAGIC = /^%%arch(?![^\s])[^\n]*\n/;

/** The plugin for a language; `provided` gives the packages that JupyterLab brings. */
export async function makePlugin(arch, provided) {
  const { IEditorLanguageRegistry } = await provided("@jupyterlab/codemirror");
  const { ILSPCodeExtractorsManager } = await provided("@jupyterlab/lsp");
  return {
    id: "archlang:plugin",
    description: "Adds the file type and the language of archlang specs.",
    autoStart: true,
    requires: [IEditorLanguageRegistry],
    optional: [ILSPCodeExtractorsManager],
    activate(app, languages, extractors) {
      app.docRegistry.addFileType({
        name: "arch",
        displayName: "archlang spec",
        extensions: [".arch"],
        mimeTypes: [MIME],
        contentType: "file",
        fileFormat: "text",
      });
      languages.addLanguage({
        name: "arch",
        displayName: "archlang",
        mime: MIME,
        extensions: ["arch"],
        async load() {
          const { LanguageSupport, StreamLanguage } = await provided("@codemirror/language");
          return new LanguageSupport(StreamLanguage.define(arch));
        },
      });
      extractors?.register(CELLS, "python");
    },
  };
}

const CELLS = {
  language: "arch",
  fileExtension: "arch",
  standalone: true,
  cellType: ["code"],
  hasForeignCode: (code, cellType) => cellType === "code" && MAGIC.test(code),
  extractForeignCode(code) {
    const [magic] = MAGIC.exec(code);
    const lines = code.split("\n");
    const range = { start: { line: 1, column: 0 }, end: { line: lines.length - 1, column: lines.at(-1).length } };
    return [{ hostCode: magic, foreignCode: code.slice(magic.length), range, virtualShift: null }];
  },
};

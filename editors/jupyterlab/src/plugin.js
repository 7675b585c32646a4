// The plugin of JupyterLab: `.arch` is a type of file with colours, and jupyterlab-lsp finds the server by its MIME type.

const MIME = "text/x-arch";

/** The plugin for a language; `provided` gives the packages that JupyterLab brings. */
export async function makePlugin(arch, provided) {
  const { IEditorLanguageRegistry } = await provided("@jupyterlab/codemirror");
  return {
    id: "archlang:plugin",
    description: "Adds the file type and the language of archlang specs.",
    autoStart: true,
    requires: [IEditorLanguageRegistry],
    activate(app, languages) {
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
    },
  };
}

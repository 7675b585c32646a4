// What JupyterLab loads: a container as webpack's module federation has them, written by hand, so that nothing needs to be built.

/** The container of the plugin that a function makes. */
export function makeContainer(makePlugin) {
  let shared = {};

  /** A package that JupyterLab brings. */
  async function provided(name) {
    const versions = Object.values(shared[name] ?? {});
    const chosen = versions.find((each) => each.loaded) ?? versions[0];
    if (chosen === undefined) throw new Error(`archlang: this JupyterLab has no ${name}`);
    return (await chosen.get())();
  }

  return {
    init(scope) {
      shared = scope;
    },
    async get() {
      const plugin = await makePlugin(provided);
      return () => ({ __esModule: true, default: plugin });
    },
  };
}

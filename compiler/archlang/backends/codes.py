"""The codes of problems that show when a model is built in Keras."""

from archlang.diagnostics.codes import CodeInfo

CODES: dict[str, CodeInfo] = {
    code: CodeInfo(code, title, text)
    for code, title, text in [
        (
            "E0901",
            "Keras refuses a step",
            "What `archc check` accepts, Keras should build. Where it does not, the message is Keras's own, at the step "
            "that Keras was building; please report it as a mistake of archlang.",
        ),
        (
            "E0902",
            "a Python layer can't be used",
            'A `layer … from "module"` is imported when a model is built. The module must be found from the current folder or '
            "be installed, must hold a class of that name derived from `keras.layers.Layer`, and the class must take the arguments "
            "declared and hand `name` on to `keras.layers.Layer`:\n\n"
            "```python\n"
            "class Swish(keras.layers.Layer):\n"
            "    def __init__(self, beta=1.0, **kwargs):\n"
            "        super().__init__(**kwargs)\n"
            "```",
        ),
        (
            "E0903",
            "an application can't be built",
            "Building one of keras.applications failed: its pretrained weights can't be fetched, or `outputs` names a layer "
            "that it does not have.",
        ),
        (
            "E0904",
            "saved weights can't be loaded",
            "`weights=` of a nested model names a file that is not there, or that holds the weights of another model.",
        ),
    ]
}

"""Networks of keras.applications in generated code: built once under a variable, then called."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.backends import applications
from archlang.backends.python.objects import IMPORT_OPS, Imports, arguments_code, value_code
from archlang.graph.model import Graph, Layer

# Helpers of scripts whose networks have weights, by name.
_DOWNLOADED = "pretrained"
_DOWNLOADED_SOURCE = '''\
def pretrained(network, **arguments) -> keras.Model:
    """A network with downloaded weights, or a sentence that says why there is none."""
    try:
        return network(**arguments)
    except Exception as problem:  # Keras raises no narrower class for a failed download
        broken = isinstance(problem, OSError) or "corrupted file" in str(problem)
        if not broken and "URL fetch failure" not in str(problem):
            raise
        message = f"The weights of {network.__name__} can't be downloaded"
        help = (
            "connect to the network once (Keras keeps them), or change `weights` in the "
            "spec to a file that holds them, or to None"
        )
        raise SystemExit(f"{message}: {help}.\\n{problem}") from None
'''
_OF_FILE = "with_weights_of_file"
_OF_FILE_SOURCE = '''\
def with_weights_of_file(network, **arguments) -> keras.Model:
    """A network with the weights of a file, or a sentence that says why there is none."""
    path = Path(arguments["weights"])
    name = network.__name__
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should hold the weights of {name}")
    try:
        return network(**arguments)
    except (OSError, ValueError) as problem:
        reason = str(problem).partition("\\n")[0]
        message = f"{path} does not hold the weights of {name} as it is here"
        raise SystemExit(f"{message}: {reason}") from None
'''


def helpers(graph: Graph) -> dict[str, str]:
    """The source of the functions that build networks with weights, by name."""
    found: dict[str, str] = {}
    networks = applications.all_in(graph)
    if any(applications.downloads(layer) for layer in networks):
        found[_DOWNLOADED] = _DOWNLOADED_SOURCE
    if any(applications.weights_file(layer) for layer in networks):
        found[_OF_FILE] = _OF_FILE_SOURCE
    return found


def construction(
    layer: Layer, variable: str, imports: Imports, arguments: Sequence[str] | None = None
) -> list[str]:
    """Lines that leave the network in `variable`; `arguments` are those of the spec as code, else they come from the graph."""
    imports.lines.add("import keras")
    entry = applications.entry_of(layer)
    own = applications.builder_arguments(layer)
    if arguments is None:
        code = arguments_code(entry, own, imports)
    else:
        added = {n: own[n] for n in ("input_shape", "name") if n in own}
        code = ", ".join([*arguments, *(f"{n}={value_code(v, imports)}" for n, v in added.items())])
    lines = [f"{variable} = {entry.path}({code})"]
    if applications.downloads(layer):
        lines = [f"{variable} = {_DOWNLOADED}({entry.path}, {code})"]
    elif applications.weights_file(layer) is not None:
        imports.lines.add("from pathlib import Path")
        lines = [f"{variable} = {_OF_FILE}({entry.path}, {code})"]
    if applications.is_wrapped(layer):
        inner = [f"{variable}.get_layer({value_code(n, imports)}).output" for n in applications.chosen(layer)]  # fmt: skip
        outputs = f"[{', '.join(inner)}]" if len(inner) > 1 else "".join(inner)
        name = value_code(layer.name, imports)
        lines.append(
            f"{variable} = keras.Model({variable}.input, {outputs or f'{variable}.output'}, name={name})"
        )
    if not layer.trainable:
        lines.append(f"{variable}.trainable = False")
    return lines


def prepared(layer: Layer, code: str, dtype: str | None, imports: Imports) -> str:
    """What flows in as code, behind the network's own preprocessing."""
    path = applications.preprocessing(layer)
    if path is None:
        return code
    imports.lines.add("import keras")
    if applications.is_cast(dtype):
        imports.lines.add(IMPORT_OPS)
        code = f'ops.cast({code}, "float32")'
    return f"{path}({code})"

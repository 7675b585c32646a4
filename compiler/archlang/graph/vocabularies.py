"""Whether an `Embedding` has a row for every number that a vocabulary in front of it, or a generation's own past, gives.

On a CPU, Keras fails in the middle of training at the first number without a row; on a GPU it reads zeros.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from archlang.diagnostics import Diagnostic, Label, error, warning
from archlang.graph.adapting import learns
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.refusals import path_notes
from archlang.narrowing import is_sequence
from archlang.tasks.model import OutputSpec

# Steps behind which the numbers are the same ones, in other places.
_KEEPS = frozenset({"Concatenate", "Flatten", "Identity", "Permute", "RepeatVector", "Reshape"})
_KEEPS_OPS = frozenset({
    "cast", "concatenate", "expand_dims", "flip", "ravel", "repeat", "reshape", "roll", "split", "squeeze",
    "stack", "swapaxes", "take", "tile", "transpose",
})  # fmt: skip
# The tokens that a lookup puts before the words: the one for padding, those for unknown words.
_MASK = {"TextVectorization": "", "StringLookup": None, "IntegerLookup": None}
_UNKNOWN = {"TextVectorization": "[UNK]", "StringLookup": "[UNK]", "IntegerLookup": -1}


def vocabulary_problems(graph: Graph) -> list[Diagnostic]:
    """Embeddings that are smaller than the vocabulary that feeds them, or may be."""
    found: list[Diagnostic] = []
    pasts = _pasts(graph)
    for node, entering in _embeddings(graph, {}):
        assert node.layer is not None
        rows = node.layer.args.get("input_dim")
        if not isinstance(rows, int):
            continue
        for source in _sources(node, entering, pasts):
            if source in pasts:
                problem = _past_problem(node, node.layer, rows, source, pasts[source])
            else:
                problem = _problem(node, node.layer, rows, source)
            if problem is not None:
                found.append(problem)
                break
    return found


def vocabulary_size(layer: Layer) -> int | None:
    """How many different numbers a layer gives at most; None where that is open."""
    args = layer.args
    name = layer.class_name
    if name == "Hashing":
        return _whole(args.get("num_bins"))
    if name == "Discretization":
        edges = args.get("bin_boundaries")
        return len(list(edges)) + 1 if is_sequence(edges) else _whole(args.get("num_bins"))
    words = args.get("vocabulary")
    if not is_sequence(words):
        return _whole(args.get("max_tokens"))
    mask = args.get("mask_token", _MASK[name])
    unknown = args.get("oov_token", _UNKNOWN[name])
    special = [mask] if mask is not None else []
    special += [unknown] * (_whole(args.get("num_oov_indices", 1)) or 0)
    # A vocabulary may begin with the special tokens themselves.
    given = list(words)
    return len(given) + (0 if given[: len(special)] == special else len(special))


def _problem(node: Node, layer: Layer, rows: int, source: Node) -> Diagnostic | None:
    maker = source.layer
    assert maker is not None
    size = vocabulary_size(maker)
    labels = (Label(source.span, "the numbers come from here"),) if source.span != node.span else ()
    notes = path_notes(node.path)
    if size is not None and size > rows:
        most = "up to " if learns(maker) else ""
        return error(
            "E0347",
            f"`{layer.class_name}` has {rows:,} rows, but `{maker.class_name}` gives {most}{size:,} different "
            "numbers",
            node.span,
            label=f"{size:,} rows needed",
            labels=labels,
            notes=notes,
            help=f"write `{layer.class_name}({size}, …)`"
            + (f", or `max_tokens={rows}` before it" if learns(maker) and size > 2 else ""),
        )
    if size is None and learns(maker):
        return warning(
            "W1342",
            f"how many words `{maker.class_name}` learns is open, but `{layer.class_name}` has {rows:,} rows",
            node.span,
            label="training fails at the first word without a row",
            labels=labels,
            notes=notes,
            help=f"write `max_tokens={rows}` in `{maker.class_name}`: it keeps the most frequent words",
        )
    return None


def _pasts(graph: Graph) -> dict[Node, OutputSpec]:
    """The inputs that are the past of a generation, with its output."""
    outputs = {
        output.name: output
        for output in graph.task.outputs
        if output.kind == "generation" and isinstance(output.args.get("vocab"), int)
    }
    return {
        graph.inputs[declared.name].node: outputs[declared.shifted]
        for declared in graph.task.inputs
        if declared.shifted in outputs and declared.name in graph.inputs
    }


def _past_problem(
    node: Node, layer: Layer, rows: int, source: Node, output: OutputSpec
) -> Diagnostic | None:
    """Every id may come: those that are generated, and those that begin and end a sequence."""
    ids: int = output.args["vocab"]
    if ids <= rows:
        return None
    words = "" if output.args.get("text") is None else ", two more than the words of its `text`"
    return error(
        "E0347",
        f"`{layer.class_name}` has {rows:,} rows, but the past of `{output.name}` has {ids:,} different ids{words}",
        node.span,
        label=f"{ids:,} rows needed",
        labels=(Label(source.span, "the ids come from here"),),
        notes=path_notes(node.path),
        help=f"write `{layer.class_name}({ids}, …)`; ids that begin and end a sequence count",
    )


def _embeddings(
    graph: Graph, entering: Mapping[Node, Tensor]
) -> Iterator[tuple[Node, Mapping[Node, Tensor]]]:
    for node in graph.nodes:
        layer = node.layer
        if layer is None:
            continue
        if layer.kind == "layers" and layer.class_name in ("Embedding", "ReversibleEmbedding"):
            yield node, entering
        if layer.graph is not None:
            inner = zip(layer.graph.inputs.values(), tensors(node.inputs), strict=False)
            outer = {declared.node: given for declared, given in inner}
            yield from _embeddings(layer.graph, {**entering, **outer})


def _sources(node: Node, entering: Mapping[Node, Tensor], pasts: Container[Node]) -> Iterator[Node]:
    """The calls that make the numbers which flow into an embedding."""
    if node.kwargs.get("reverse") is True:
        return
    waiting = [tensor.node for tensor in tensors(node.inputs)]
    seen: set[Node] = set()
    while waiting:
        made = waiting.pop()
        if made in seen:
            continue
        seen.add(made)
        layer = made.layer
        if made in entering:
            waiting.append(entering[made].node)
        elif made in pasts or (layer is not None and layer.kind == "layers" and _numbers(layer)):
            yield made
        elif (
            made.kind == "slice"
            or (made.kind == "op" and made.op in _KEEPS_OPS)
            or (layer is not None and layer.class_name in _KEEPS)
        ):
            nested = (made.inputs, list(made.args))
            waiting += [tensor.node for tensor in tensors(list(nested))]


def _numbers(layer: Layer) -> bool:
    """Whether a layer gives numbers of words, bins or hashes."""
    name = layer.class_name
    if name not in (*_MASK, "Hashing", "Discretization"):
        return False
    return layer.args.get("output_mode", "int") == "int" and layer.args.get("invert") is not True


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

"""Layers that learn their state from the training examples before training: vocabularies, means, bins.

Keras calls it `adapt`. It is done once, on what flows into the layer, so nothing in front of it may change
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archlang.diagnostics import Diagnostic, Label, error, warning
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.pretrained import pretrained
from archlang.graph.refusals import path_notes
from archlang.records import record

# The arguments of such a layer that give what it would learn.
ADAPTED: Mapping[str, tuple[str, ...]] = {
    "Discretization": ("bin_boundaries",),
    "IntegerLookup": ("vocabulary",),
    "Normalization": ("mean", "variance"),
    "StringLookup": ("vocabulary",),
    "TextVectorization": ("vocabulary",),
}


@record
class Adapted:
    """A layer that learns before training.

    `path` are the names of the nested models in which it stands, then its own. `inputs` are the model's inputs that
    flow into it as they are, one a use; there are none where something computed flows in.
    """

    path: tuple[str, ...]
    layer: Layer
    inputs: tuple[str, ...] = ()


@record
class _Use:
    """A call of such a layer; `entering` are the tensors of the whole model behind a nested model's inputs."""

    path: tuple[str, ...]
    node: Node
    layer: Layer
    entering: Mapping[Node, Tensor]


def adapted(graph: Graph) -> list[Adapted]:
    """The layers that learn, in the order in which examples flow through them."""
    found: list[Adapted] = []
    for uses in _by_layer(graph):
        flows = [_input(use) for use in uses]
        names = [name for name in flows if name is not None]
        inputs = tuple(dict.fromkeys(names)) if len(names) == len(flows) else ()
        found.append(Adapted(uses[0].path, uses[0].layer, inputs))
    return found


def learns(layer: Layer) -> bool:
    """Whether a layer learns its state from examples, since its arguments do not give it."""
    given = ADAPTED.get(layer.class_name) if layer.kind == "layers" else None
    return given is not None and not any(layer.args.get(name) is not None for name in given)


def needs_full_vocabulary(layer: Layer) -> bool:
    """Whether what a layer learns can only be loaded again if it fills `max_tokens`: a fault of Keras."""
    return layer.args.get("output_mode") in ("tf_idf", "tf-idf") and learns(layer)


def adapting_problems(graph: Graph, graphs: Mapping[str, Graph]) -> list[Diagnostic]:
    """Layers of a model with a task that can't learn where they stand. `graphs` are all models of the file."""
    if all(output.kind is None for output in graph.task.outputs):
        return []
    taken = [each.path for each in pretrained(graph, graphs)]
    found: list[Diagnostic] = []
    for uses in _by_layer(graph):
        problem = _moving(uses) or _out_of_reach(uses, taken) or _not_saved(uses[0])
        if problem is not None:
            found.append(problem)
    return found


def _by_layer(graph: Graph) -> Iterator[list[_Use]]:
    found: dict[int, list[_Use]] = {}
    for use in _uses(graph, (), {}):
        found.setdefault(id(use.layer), []).append(use)
    yield from found.values()


def _uses(graph: Graph, path: tuple[str, ...], entering: Mapping[Node, Tensor]) -> Iterator[_Use]:
    for node in graph.nodes:
        layer = node.layer
        if layer is None:
            continue
        if learns(layer):
            yield _Use((*path, layer.name), node, layer, entering)
        if layer.graph is not None:
            inner = zip(layer.graph.inputs.values(), tensors(node.inputs), strict=False)
            outer = {declared.node: given for declared, given in inner}
            yield from _uses(layer.graph, (*path, layer.name), {**entering, **outer})


def _input(use: _Use) -> str | None:
    """The input of the whole model that flows into a use as it is."""
    flowing = list(tensors(use.node.inputs))
    if len(flowing) != 1:
        return None
    tensor = flowing[0]
    while tensor.node in use.entering:
        tensor = use.entering[tensor.node]
    return tensor.node.name if tensor.node.kind == "input" else None


# ------------------------------------------------------------------ what can't learn


def _moving(uses: list[_Use]) -> Diagnostic | None:
    """A trainable layer in front: what flows in would be something else after training."""
    for use in uses:
        for node in _before(use):
            layer = node.layer
            if layer is None or layer.trainable_params == 0:
                continue
            name = "a learned tensor" if layer.kind == "learned" else f"`{layer.class_name}`"
            return error(
                "E0345",
                f"`{use.layer.class_name}` learns before training from what flows in, but {name} in front "
                "of it trains afterwards",
                use.node.span,
                label="learns once, before training",
                labels=(Label(node.span, "trains"),) if node.span != use.node.span else (),
                notes=path_notes(use.node.path),
                help="put it in front of the layers that train; inside a network, `BatchNormalization` or "
                "`LayerNormalization` keeps up with them",
            )
    return None


def _before(use: _Use) -> Iterator[Node]:
    """The calls that what flows in depends on."""
    waiting = [tensor.node for tensor in tensors(use.node.inputs)]
    seen: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in use.entering:
            waiting.append(use.entering[node].node)
            continue
        yield node
        nested = (node.inputs, list(node.args), list(node.kwargs.values()))
        waiting += [tensor.node for tensor in tensors(list(nested))]


def _out_of_reach(uses: list[_Use], taken: list[tuple[str, ...]]) -> Diagnostic | None:
    use = uses[0]
    name = use.layer.class_name
    if any(use.path[: len(path)] == path for path in taken):
        return _unreachable(
            use,
            f"`{name}` is inside of a model whose weights are taken over, and what it learns is no weight",
            "give it what it should know as an argument, or put it in front of that model",
        )
    if any(_input(each) is None for each in uses):
        if len(use.path) > 1:
            return _unreachable(
                use,
                f"`{name}` in a nested model learns from an input of the whole model only",
                "put it in front of the nested model",
            )
        if len(uses) > 1:
            return _unreachable(
                use,
                f"`{name}` is used {len(uses)} times, and learns from inputs of the model only",
                "use it on the inputs themselves, or use a layer for each place",
            )
    return None


def _unreachable(use: _Use, message: str, help: str) -> Diagnostic:
    notes = path_notes(use.node.path)
    return error("E0346", message, use.node.span, label="can't learn here", notes=notes, help=help)


def _not_saved(use: _Use) -> Diagnostic | None:
    size = use.layer.args.get("max_tokens")
    if not needs_full_vocabulary(use.layer) or not isinstance(size, int):
        return None
    return warning(
        "W1343",
        f"a model with the tf_idf weights that `{use.layer.class_name}` learns can be loaded again only if the "
        f"data has words for all {size:,} tokens",
        use.node.span,
        label="Keras pads the weights, and refuses that when it loads",
        notes=path_notes(use.node.path),
        help="choose a `max_tokens` that the data fills, or `output_mode=multi_hot` or `count`",
    )

"""Warnings about models that are right and yet probably not meant so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlang.diagnostics import Diagnostic, Label, replace, warning
from archlang.graph.fine_tuning import high_rates
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.preparation import unprepared
from archlang.graph.reaching import reachable
from archlang.graph.refusals import path_notes
from archlang.semantics.program import Program
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import show_shape
from archlang.source import Span
from archlang.syntax import tree as t

MOST_WEIGHTS = 50_000_000
# What VGG16 and its like flatten: 7 x 7 positions of an image that has been pooled as far as is usual.
POOLED = 7
HALF = 0.5
DROPOUTS = ("Dropout", "AlphaDropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D")


def lint(graph: Graph, program: Program) -> list[Diagnostic]:
    """The warnings about a model of a file that has no errors, and about the models in it. A place may be found at
    each of its uses.
    """
    found = [*_unused_inputs(graph), *high_rates(graph)]
    for each in _with_nested([graph]):
        found += unprepared(each)
        users = _users(each)
        results = {tensor.node for tensor in each.outputs.values()}
        for node in each.nodes:
            name = _name(node)
            if name == "Flatten":
                found += _large_flatten(node, users.get(node, []))
            elif name in DROPOUTS:
                found += _dropout(node, users.get(node, []), each)
            elif name == "BatchNormalization":
                found += _bias(node, users, results, program)
    return found


def _with_nested(graphs: Sequence[Graph]) -> Iterator[Graph]:
    seen: set[int] = set()
    waiting = list(reversed(graphs))
    while waiting:
        graph = waiting.pop()
        if id(graph) in seen:
            continue
        seen.add(id(graph))
        yield graph
        waiting += [layer.graph for layer in graph.layers if layer.graph is not None]


def _users(graph: Graph) -> dict[Node, list[Node]]:
    """The calls into which each call's results flow."""
    users: dict[Node, list[Node]] = {}
    for node in graph.nodes:
        for tensor in tensors([node.inputs, node.args, node.kwargs]):
            users.setdefault(tensor.node, []).append(node)
    return users


def _name(node: Node) -> str:
    return node.layer.class_name if node.layer is not None and node.layer.kind == "layers" else ""


# ------------------------------------------------------------------ what reaches no output


def _unused_inputs(graph: Graph) -> list[Diagnostic]:
    live = reachable(graph)
    return [
        warning(
            "W1305",
            f"the input `{name}` reaches no output of `{graph.name}`",
            graph.span,
            label=f"does not use `{name}`",
            labels=(Label(tensor.node.span, "declared here"),),
        )
        for name, tensor in graph.inputs.items()
        if tensor.node not in live
    ]


def dead_layers(graphs: Sequence[Graph], program: Program) -> list[Diagnostic]:
    """Layers none of whose uses in any model reaches an output; of a branch that is lost its end."""
    every = list(_with_nested(graphs))
    if not any(graph.dead for graph in every):
        return []
    live = {node.span for graph in every for node in graph.nodes}
    named = _unused_statements(program)
    found: list[Diagnostic] = []
    for graph in every:
        used = {tensor.node for node in graph.dead for tensor in _entering(node)}
        for node in graph.dead:
            if node.layer is None or node in used or node.span in live:
                continue
            if any(_within(node.span, statement) for statement in named):
                # There is a warning about the name already.
                continue
            found.append(
                warning(
                    "W1301",
                    f"`{node.layer.class_name}` reaches no output",
                    node.span,
                    label="what it computes is not used",
                    notes=path_notes(node.path),
                    help="bring it together with what flows, for example with `Add` or `Concatenate`, or remove it",
                )
            )
    return found


def _entering(node: Node) -> Iterator[Tensor]:
    return tensors([node.inputs, node.args, node.kwargs])


def _unused_statements(program: Program) -> list[Span]:
    """Statements all of whose names are never used."""
    tables = program.tables
    spans: list[Span] = []
    for module in program.modules.values():
        for node in t.walk(module.tree.declarations):
            if isinstance(node, t.FlowStatement) and node.targets:
                variables = [tables.targets.get(target) for target in node.targets]
                if all(v is None or not v.uses for v in variables):
                    spans.append(node.span)
    return spans


def _within(inner: Span, outer: Span) -> bool:
    return inner.path == outer.path and outer.start <= inner.start and inner.end <= outer.end


# ------------------------------------------------------------------ single layers


def _large_flatten(node: Node, users: list[Node]) -> list[Diagnostic]:
    entering = next(tensors(node.inputs), None)
    shape = entering.spec.shape if entering is not None else None
    if shape is None or all(isinstance(dim, int) and dim <= POOLED for dim in shape[1:-1]):
        return []
    for user in users:
        layer = user.layer
        if layer is None or not layer.params or layer.params <= MOST_WEIGHTS:
            continue
        return [
            warning(
                "W1302",
                f"`Flatten` makes `{layer.class_name}` hold {layer.params:,} weights",
                node.span,
                label=f"flattens {show_shape(shape)}",
                labels=(Label(user.span, f"{layer.params:,} weights"),),
                notes=path_notes(node.path),
                help="`GlobalAveragePooling2D` instead, or more pooling before it, leaves fewer",
            )
        ]
    return []


def _dropout(node: Node, users: list[Node], graph: Graph) -> list[Diagnostic]:
    assert node.layer is not None
    results = {tensor.node for tensor in graph.outputs.values()}
    entering = next(tensors(node.inputs), None)
    if node in results and entering is not None and _is_softmax(entering.node):
        return [_misplaced(node, "dropout behind the softmax of an output", "on probabilities")]
    for user in users:
        if user not in results or not _is_softmax(user):
            continue
        if _name(user) in ("Softmax", "Activation"):
            message = "dropout between the class scores and their softmax"
            return [_misplaced(node, message, "on class scores")]
        rate = node.layer.args.get("rate")
        if isinstance(rate, int | float) and rate > HALF:
            label = f"keeps {1 - rate:.0%} of the features"
            return [_misplaced(node, "a head behind so much dropout sees little", label)]
    return []


def _misplaced(node: Node, message: str, label: str) -> Diagnostic:
    return warning(
        "W1303",
        message,
        node.span,
        label=label,
        notes=path_notes(node.path),
        help="dropout of at most half of the features that flow into the last layer is usual",
    )


def _is_softmax(node: Node) -> bool:
    if node.layer is None or node.layer.kind != "layers":
        return False
    activation = node.layer.args.get("activation")
    name = activation.name if isinstance(activation, LayerValue) else activation
    return node.layer.class_name == "Softmax" or name == "softmax"


def _bias(
    node: Node, users: dict[Node, list[Node]], results: set[Node], program: Program
) -> list[Diagnostic]:
    """A bias that is there because nobody said otherwise, and that batch normalization subtracts."""
    entering = next(tensors(node.inputs), None)
    before = entering.node if entering is not None else None
    if before is None or before.layer is None or before in results or users[before] != [node]:
        return []
    layer, rank = before.layer, len(entering.spec.shape or ()) if entering is not None else 0
    assert node.layer is not None
    axis = node.layer.args.get("axis", -1)
    if not _has_bias(layer) or axis not in (-1, rank - 1):
        return []
    text = program.sources[layer.span.path].slice(layer.span)
    fixes = ()
    if text.endswith(")"):
        inside = Span(layer.span.path, layer.span.end - 1, layer.span.end - 1)
        separator = "" if text.endswith(("()", ",)")) else ", "
        fixes = (replace("write `use_bias=False`", inside, f"{separator}use_bias=False"),)
    return [
        warning(
            "W1304",
            f"the bias of `{layer.class_name}` is subtracted again by the batch normalization behind it",
            layer.span,
            label="has a bias",
            labels=(Label(node.span, "subtracts it"),) if node.span != layer.span else (),
            notes=path_notes(before.path),
            help="write `use_bias=False`, or `use_bias=True` if the weights of another model are to fit",
            fixes=fixes,
        )
    ]


def _has_bias(layer: Layer) -> bool:
    if layer.kind != "layers" or not layer.trainable or "use_bias" in layer.args:
        return False
    if layer.args.get("data_format") == "channels_first":
        return False
    activation = layer.args.get("activation")
    if activation not in (None, "linear") or layer.weights is None:
        return False
    return layer.class_name not in ("BatchNormalization",) and any(
        weight.name == "bias" for weight in layer.weights
    )

"""What a diagram says: titles, arguments, shapes and counts, as values or as `first … last` of the rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archlang.backends.diagram.model import Box, Leaf
from archlang.catalogue import load
from archlang.diagnostics.cells import safe
from archlang.evaluation.values import show
from archlang.graph.model import Graph, Tensor, tensors
from archlang.narrowing import is_sequence, is_slice
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.tasks.model import OutputSpec

ERROR = "error"
"""The mark of what is wrong."""

_SIZES = ("kernel_size", "pool_size", "size")
_SWITCHES = ("True", "False", "None")
_OF_APPLICATIONS = ("include_top", "preprocess", "input_shape")
_UNSAID = ("padding", "use_bias", "dtype", "trainable", "seed", "epsilon", "momentum")


def title(leaf: Leaf) -> str:
    """The bold word of a card."""
    layer = leaf.layer
    if leaf.kind in ("input", "output", "broken"):
        return safe(leaf.name)
    if layer is None:
        return "slice" if leaf.kind == "slice" else safe(f"ops.{leaf.nodes[0].op}")
    return safe(layer.name if layer.kind == "learned" else layer.class_name)


def details(leaf: Leaf) -> str:
    """What stands behind the title: the arguments that tell most, or the type of an input or output."""
    if leaf.kind == "input":
        return _type(leaf.nodes[0].outputs.spec)
    if leaf.kind == "output":
        return "" if leaf.output is None else safe(_goal(leaf.output))
    if leaf.kind == "broken":
        return ""
    if leaf.kind == "op":
        calls = [_plain(node.args, node.kwargs) for node in leaf.nodes]
        return safe(", ".join(_ranges(calls)))
    if leaf.kind == "slice":
        calls = [[_index(index) for index in node.args] for node in leaf.nodes]
        return safe("[" + ", ".join(_ranges(calls)) + "]")
    layers = [node.layer for node in leaf.nodes if node.layer is not None]
    if leaf.layer is not None and leaf.layer.kind == "learned":
        return safe(" × ".join(map(str, leaf.layer.args["shape"])))
    calls = [LayerValue(layer.kind, layer.class_name, layer.args) for layer in layers]
    return safe(", ".join(_arguments(calls)))


def hover(leaf: Leaf, place: str) -> str:
    """All that is known of a leaf, a line each; `place` is where it is written."""
    lines: list[str] = []
    layer = leaf.layer
    if layer is not None:
        names = between([node.layer.name for node in leaf.nodes if node.layer is not None])
        lines.append(f"{names} ({layer.class_name})")
        lines += [
            f"{key}={between([show(node.layer.args.get(key)) for node in leaf.nodes if node.layer])}"
            for key in layer.args
        ]
    elif leaf.kind == "output" and leaf.output is not None:
        goal = _goal(leaf.output)
        lines.append(f"output {leaf.name}: {goal}" if goal else f"output {leaf.name}")
        given = {k: v for k, v in leaf.output.args.items() if v is not None and v is not False}
        lines += [f"{key}={show(value)}" for key, value in given.items()]
    elif leaf.kind == "input":
        lines.append(f"input {leaf.name}: {details(leaf)}")
    else:
        lines.append(f"{title(leaf)} {details(leaf)}".rstrip())
    lines += [f"error: {problem}" for problem in leaf.problems]
    if leaf.doc:
        lines.append(leaf.doc)
    if leaf.kind not in ("input", "output", "broken"):
        for index, _ in enumerate(tensors(leaf.nodes[0].outputs)):
            dtype = leaf.specs(index)[0].dtype
            lines.append(f"gives {shapes(leaf, index)} {dtype or ''}".rstrip())
        if layer is not None:
            lines.append(f"parameters: {between([exact(p) for p in leaf.params])}")
        lines.append(f"multiply-adds: {between([exact(node.macs) for node in leaf.nodes])}")
    if leaf.number is not None:
        lines.append(f"shared: every #{leaf.number} has the same weights")
    if leaf.frozen:
        lines.append("frozen")
    return "\n".join(short(safe(line), 200) for line in [*lines, place] if line)


def box_title(box: Box) -> str:
    """The title of a box: `Bottleneck(64) … Bottleneck(512)` is `Bottleneck(64 … 512)`."""
    if box.kind == "round":
        return "repeat"
    if box.kind == "group":
        return box.name
    calls = [[a for a in _written(text) if a not in _SWITCHES] for text in box.texts]
    inside = ", ".join(_ranges(calls))
    return safe(f"{box.name}({inside})" if inside else box.name)


def box_hover(box: Box) -> list[str]:
    """All that is known of a box, a line each."""
    said = [short(safe(text), 200) for text in dict.fromkeys(box.texts)]
    lines = said if len(said) <= 4 else [*said[:2], "…", said[-1]]
    lines += [f"error: {safe(problem)}" for problem in box.problems]
    if box.rounds:
        lines.append(times(box))
    lines.append(f"parameters: {exact(box.params)}")
    if box.number is not None:
        lines.append(f"shared: every #{box.number} has the same weights")
    return [*lines, "frozen"] if box.frozen else lines


def short(text: str, most: int) -> str:
    """The text, with `…` for its end where it has more characters than that."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"


def item_name(item: Leaf | Box) -> str:
    """The name of a layer, in the first round, or of a box."""
    if isinstance(item, Box):
        return safe(item.layer.name if item.layer is not None else item.name or "repeat")
    return safe(item.layer.name if item.layer is not None else item.name or title(item))


def times(item: Leaf | Box) -> str:
    """How often an item is repeated: `×3`, `×2, 3, 5` where rounds around it differ; empty if it is not."""
    if not item.rounds:
        return ""
    counts = [str(count) for count in item.rounds]
    said = counts[0] if len(set(counts)) == 1 else _few(counts)
    return f"×{said}" + (" side by side" if item.sideways else "")


def marks(item: Leaf | Box) -> list[str]:
    """What a card or box is marked with: how often it is repeated, the number of a shared layer, `head`, `error`."""
    said = [times(item), "" if item.number is None else f"#{item.number}"]
    if isinstance(item, Leaf) and item.head:
        said.append("head")
    if item.problems:
        said.append(ERROR)
    return [mark for mark in said if mark]


def shapes(leaf: Leaf, index: int) -> str:
    """The shapes of an output of a leaf: `28×28×64`, of the first and the last round if they differ."""
    said = between([_shape(spec.shape) for spec in leaf.specs(index)])
    return f"{said} (all {leaf.gathered[index]})" if index in leaf.gathered else said


def between(said: Sequence[str]) -> str:
    """A value that all rounds have, or the first's and the last's."""
    return said[0] if len(set(said)) == 1 else f"{said[0]} … {said[-1]}"


def count(number: int | None) -> str:
    """A count as people write it: `9,408`, `2.36 M`."""
    if number is None:
        return "?"
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6)):
        if number >= size:
            return f"{number / size:.3g} {unit}" if number < 1000 * size else f"{number:.3g}"
    return exact(number)


def exact(number: int | None) -> str:
    """A count with all its digits."""
    return "?" if number is None else f"{number:,}"


def parameters(leaf: Leaf) -> str:
    """The parameters of one layer, empty if it has none."""
    if all(number == 0 for number in leaf.params):
        return ""
    return between([count(number) for number in leaf.params])


def heading(graph: Graph) -> tuple[str, str]:
    """The title of a diagram, and what stands under it."""
    name = safe(graph.name)
    task = "" if graph.task.name is None else f" for {safe(graph.task.name)}"
    known = [
        f"{count(number)} {what}"
        for number, what in ((graph.params, "parameters"), (graph.macs, "multiply-adds"))
        if number is not None
    ]
    return name + task, ", ".join(known)


def _type(spec: TensorSpec) -> str:
    shape = "" if spec.shape is not None and len(spec.shape) == 1 else show_shape(spec.shape)
    return safe(f"{spec.dtype or ''}{shape}")


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "?"
    if len(shape) == 1:
        return "scalar"
    return safe("×".join(_dim(dim) for dim in shape[1:]))


def _dim(dim: Any) -> str:
    said = str(dim)
    return f"({said})" if " " in said else said


def _goal(output: OutputSpec) -> str:
    """The task of an output: `classification(10)`."""
    if output.kind is None:
        return (
            ""
            if output.dtype is None
            else _type(TensorSpec((None, *(output.dims or ())), output.dtype))
        )
    labels = output.args.get("labels")
    classes = len(labels) if is_sequence(labels) else output.args.get("classes")
    for name in ("classes", "steps", "horizon"):
        if classes is None:
            classes = output.args.get(name)
    return f"{output.kind}({classes})" if isinstance(classes, int) else output.kind


def _arguments(calls: Sequence[LayerValue]) -> list[str]:
    """The arguments of a layer's calls as a card has them, without those that are Keras's defaults in all of them."""
    first = calls[0]
    known = first.kind in ("layers", "applications")
    entry = load().get(first.kind, first.name) if known else None
    defaults = {} if entry is None else entry.defaults()
    order = [] if entry is None else [parameter.name for parameter in entry.parameters]
    said = [
        key
        for key in first.args
        if any(_is_said(call, key, defaults) for call in calls)
        and not (first.kind == "applications" and key in _OF_APPLICATIONS)
    ]
    plain = {*order[:2], "activation", "weights"} - {"strides"}
    if not order and len(first.args) == 1:
        plain.update(first.args)
    return _ranges([[_argument(call, key, plain) for key in said] for call in calls])


def _is_said(call: LayerValue, key: str, defaults: Mapping[str, Any]) -> bool:
    value = call.args.get(key)
    if key == "padding" and value == "causal":
        return True
    if key in _UNSAID or key.endswith(("_initializer", "_regularizer", "_constraint")):
        return False
    if isinstance(value, Tensor):
        return False
    default = defaults.get(key, ...)
    if is_sequence(default) and isinstance(value, int):  # strides=1 is (1, 1)
        value = type(default)([value] * len(default))
    return value != default or key in ("weights", *_SIZES)


def _argument(call: LayerValue, key: str, plain: set[str]) -> str:
    """One argument: the first two and the activation by value, switches that are on by name, others by both."""
    value = call.args.get(key)
    if value is True:
        return key
    said = _value(value)
    if key in _SIZES and isinstance(value, int):
        dims = next((int(n) for n in "23" if f"{n}D" in call.name), 1)
        said = "×".join([said] * dims)
    elif key in _SIZES and is_sequence(value):
        said = "×".join(map(_value, value))
    bare = (key in plain and value is not False and value is not None) or value == "causal"
    return said if bare else f"{key}={said}"


def _value(value: Any) -> str:
    if isinstance(value, LayerValue):
        inside = ", ".join(_arguments([value]))
        return f"{value.name}({inside})"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.4g}"
    return show(value)


def _plain(args: Iterable[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """The arguments of an op that are no tensors."""
    given = [("", value) for value in args] + [(f"{key}=", kwargs[key]) for key in kwargs]
    return [key + _value(value) for key, value in given if next(tensors([value]), None) is None]


def _index(index: Any) -> str:
    if index is Ellipsis:
        return "..."
    if is_slice(index):
        ends = ["" if end is None else show(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, show(index.step)])
    return show(index)


def _ranges(calls: list[list[str]]) -> list[str]:
    """Arguments of all rounds, place by place."""
    if len({len(call) for call in calls}) != 1:
        return calls[0]
    return [_range([call[place] for call in calls]) for place in range(len(calls[0]))]


def _range(said: list[str]) -> str:
    key, equals, _ = said[0].partition("=")
    if equals and len(set(said)) > 1 and all(one.startswith(key + "=") for one in said):
        return key + "=" + between([one[len(key) + 1 :] for one in said])
    return between(said)


def _few(counts: list[str]) -> str:
    return ", ".join(counts) if len(counts) <= 6 else between(counts)


def _written(text: str) -> list[str]:
    """The arguments in the text of a use, `Block(64, (3, 3))`, cut at the outermost commas."""
    _, opened, inside = text.partition("(")
    if not opened:
        return []
    parts, depth, quoted = [""], 0, False
    for char in inside.removesuffix(")"):
        quoted ^= char == '"'
        depth += 0 if quoted else (char in "([{") - (char in ")]}")
        if char == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]

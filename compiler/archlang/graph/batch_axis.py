"""Steps that take the batch axis for one of the example's own: an error where they fail, a warning where they run.

Each op is asked a second time with a batch of so many examples that no size of the spec equals it. What then fails, or
comes out without that number in front, works on the batch. Keras leaves that axis open, so it accepts all of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archlang.diagnostics import Diagnostic, error, warning
from archlang.graph.model import Graph, Node, Tensor, specs, tensors
from archlang.graph.refusals import path_notes
from archlang.narrowing import is_dict, is_list, is_sequence, is_slice, is_tuple
from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.ops.registry import bind
from archlang.shapes.rule import RuleError
from archlang.shapes.rules.preprocessing_image import IMAGE_LAYERS
from archlang.shapes.spec import TensorSpec, show_shape

# A prime that is no size in a model, and a number that very many sizes divide.
_ODD, _EVEN = 999_983, 720_720
# With `axis=None` these go over all axes, and the shape stays.
_OVER_ALL = frozenset({"flip", "roll"})
_WITH_AXIS = frozenset({"Concatenate", "Softmax", "UnitNormalization"})


def batch_problems(graphs: Iterable[Graph]) -> list[Diagnostic]:
    """What mixes the examples of a batch, in all models of a file."""
    found: list[Diagnostic] = []
    for graph in graphs:
        for node in graph.nodes:
            entering = [t.spec for t in tensors([node.inputs, list(node.args), node.kwargs])]
            if not any(_batched(spec) for spec in entering):
                continue
            if any(spec.shape is None for spec in entering):
                continue
            if node.kind == "op":
                found += _op(node)
            elif _mixes(node):
                found.append(_mixed(node))
    return found


def _op(node: Node) -> list[Diagnostic]:
    name = (node.op or "").rpartition(".")[2]
    try:
        outputs = _asked(node, _ODD)
    except RuleError:
        try:
            _asked(node, _EVEN)
        except RuleError:
            return [_fails(node)]
        return [_mixed(node)]
    results = [*_flat(outputs)]
    if any(spec.shape is None for spec in results):
        return []
    if _over_batch(node, name) or not all(_kept(spec) for spec in results):
        return [_mixed(node)]
    return []


def _asked(node: Node, batch: int) -> Any:
    """What the op gives for a batch of so many examples."""
    args = tuple(_with_batch(specs(arg), batch) for arg in node.args)
    kwargs = {name: _with_batch(specs(arg), batch) for name, arg in node.kwargs.items()}
    return apply_op(OpCall(node.op or "", args, kwargs))


def _with_batch(value: Any, batch: int) -> Any:
    if isinstance(value, TensorSpec):
        assert value.shape is not None
        return value.with_shape((batch, *value.shape[1:])) if _batched(value) else value
    if is_list(value):
        return [_with_batch(item, batch) for item in value]
    return tuple(_with_batch(item, batch) for item in value) if is_tuple(value) else value


def _over_batch(node: Node, name: str) -> bool:
    """Whether the op goes along the batch axis and leaves the shape as it is: a softmax, a sort."""
    try:
        values: Mapping[str, Any] = bind(OpCall(name, node.args, node.kwargs)).values
    except RuleError:
        return False
    first = next(tensors([node.args, node.kwargs]), None)
    if first is None or first.spec.shape is None or "axis" not in values:
        return False
    if values["axis"] is None:
        return name in _OVER_ALL
    return _names_batch(values["axis"], len(first.spec.shape))


def _names_batch(axis: Any, rank: int) -> bool:
    axes: list[Any] = list(axis) if is_sequence(axis) else [axis]
    return any(item in (0, -rank) and not isinstance(item, bool) for item in axes)


def _mixes(node: Node) -> bool:
    """Whether a slice or a layer takes the batch axis."""
    if node.kind == "slice":
        first = node.args[0] if node.args else Ellipsis
        whole = is_slice(first) and (first.start, first.stop, first.step) in _WHOLE
        return not whole and first is not Ellipsis
    layer = node.layer
    flowing = next(tensors(node.inputs), None)
    if layer is None or layer.kind != "layers" or flowing is None or flowing.spec.shape is None:
        return False
    if layer.class_name in _WITH_AXIS:
        return _names_batch(layer.args.get("axis", -1), len(flowing.spec.shape))
    if layer.class_name in IMAGE_LAYERS:
        return len(flowing.spec.shape) == 3
    equation = layer.args.get("equation")
    if layer.class_name == "EinsumDense" and isinstance(equation, str):
        source, _, result = equation.replace(" ", "").partition("->")
        return "." not in (source[:1], result[:1]) and source[:1] != result[:1]
    return False


_WHOLE = ((None, None, None), (0, None, None), (None, None, 1))


def _batched(spec: TensorSpec) -> bool:
    return bool(spec.shape) and spec.shape[0] is None


def _kept(spec: TensorSpec) -> bool:
    """Whether the batch is in front still, and nowhere else."""
    if not spec.shape or spec.shape[0] != _ODD:
        return False
    return not any(isinstance(dim, int) and dim and dim % _ODD == 0 for dim in spec.shape[1:])


def _flat(outputs: Any) -> Iterable[TensorSpec]:
    if isinstance(outputs, TensorSpec):
        yield outputs
    elif is_sequence(outputs):
        for item in outputs:
            yield from _flat(item)
    elif is_dict(outputs):
        yield from _flat(list(outputs.values()))


def _called(node: Node) -> str:
    if node.kind == "slice":
        return "the slice"
    return f"`ops.{node.op}`" if node.op else f"`{node.layer.class_name if node.layer else '?'}`"


def _fails(node: Node) -> Diagnostic:
    flowing: list[Tensor] = [*tensors([node.inputs, list(node.args), node.kwargs])]
    shapes = " and ".join(f"batch of {show_shape(t.spec.shape)}" for t in flowing[:3])
    return error(
        "E0338",
        f"{_called(node)} takes the batch axis for another one, and fails for all but one batch size",
        node.span,
        label=f"flows in: {shapes}",
        notes=path_notes(node.path),
        help="the first axis is the batch, as in Keras; `ops.expand_dims` adds an axis, "
        "`Dot` and `Dense` multiply example by example",
    )


def _mixed(node: Node) -> Diagnostic:
    help_text = "axis 0 is the batch, as in Keras; the example's own axes begin at 1"
    if node.layer is not None and node.layer.class_name in IMAGE_LAYERS:
        help_text = (
            "an image has a height, a width and channels; Keras reads a whole batch as one here"
        )
    return warning(
        "W1332",
        f"{_called(node)} works on the batch axis, so that examples change each other's results",
        node.span,
        label="mixes the examples of a batch",
        notes=path_notes(node.path),
        help=help_text,
    )

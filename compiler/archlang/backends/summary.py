"""A model's layers as a table for people and as a document for programs, without Keras.

A row is a layer, an op, a slice or an input. A layer that is called several times (shared
weights) has one row, where it is first called, with the multiply-adds of all its calls. A nested
model's own rows stand below its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archlang.diagnostics.cells import safe
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.shapes.spec import Dim, TensorSpec, show_shape
from archlang.source import Source, Span

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Row:
    """What a summary says of one layer; `depth` counts the nested models around it."""

    name: str
    class_name: str
    outputs: tuple[TensorSpec, ...]
    params: int | None
    trainable_params: int | None
    macs: int | None
    span: Span
    calls: int
    depth: int
    nested: tuple[Row, ...] = ()


def rows(graph: Graph, depth: int = 0) -> list[Row]:
    """The rows of a graph in the order of its nodes, nested models' inside theirs."""
    calls: dict[int, list[Node]] = {}
    for node in graph.nodes:
        if node.layer is not None:
            calls.setdefault(id(node.layer), []).append(node)
    names = {id(tensor.node): name for name, tensor in graph.inputs.items()}
    found: list[Row] = []
    for node in graph.nodes:
        if node.layer is None:
            found.append(_plain_row(node, names.get(id(node), node.name), depth))
        elif calls[id(node.layer)][0] is node:
            found.append(_layer_row(calls[id(node.layer)], depth))
    return found


def summary_text(
    graph: Graph, width: int = 100, sources: Mapping[str, Source] | None = None
) -> str:
    """The table of a model, cut to `width` columns, and its totals. Shapes have no batch axis."""
    table = [_cells(row, graph, sources or {}) for row in _flat(rows(graph))]
    header = ("layer (class)", "output", "parameters", "multiply-adds", "line")
    lines = _table([header, *table], width)
    rule = "-" * len(lines[0])
    title = graph.name if graph.task.name is None else f"{graph.name} for {graph.task.name}"
    totals = [
        ("parameters", graph.params),
        ("trainable", graph.trainable_params),
        ("non-trainable", _difference(graph.params, graph.trainable_params)),
        ("multiply-adds", graph.macs),
    ]
    counts = [_number(count) for _, count in totals]
    wide = max(map(len, counts))
    return "\n".join(
        [
            safe(title),
            "",
            lines[0].rstrip(),
            rule,
            *(line.rstrip() for line in lines[1:]),
            rule,
            *(
                f"{name:<13}  {count:>{wide}}"
                for (name, _), count in zip(totals, counts, strict=True)
            ),
            "",
        ]
    )


def summary_document(
    graphs: Sequence[Graph], sources: Mapping[str, Source] | None = None
) -> dict[str, Any]:
    """The same for several models, after grammar/summary.schema.json; shapes have a batch axis."""
    return {"models": [_model(graph, sources or {}) for graph in graphs]}


def _plain_row(node: Node, name: str, depth: int) -> Row:
    """The row of an input, an op or a slice: they have no weights."""
    class_name = {"input": "Input", "op": f"ops.{node.op}", "slice": "slice"}.get(node.kind, "")
    return Row(
        name=name or class_name,
        class_name=class_name,
        outputs=tuple(tensor.spec for tensor in tensors(node.outputs)),
        params=0,
        trainable_params=0,
        macs=node.macs,
        span=node.span,
        calls=1,
        depth=depth,
    )


def _layer_row(calls: list[Node], depth: int) -> Row:
    first = calls[0]
    layer = first.layer
    assert layer is not None
    macs: int | None = 0
    for node in calls:
        macs = None if macs is None or node.macs is None else macs + node.macs
    return Row(
        name=layer.name,
        class_name=layer.class_name,
        outputs=tuple(tensor.spec for tensor in tensors(first.outputs)),
        params=layer.params,
        trainable_params=layer.trainable_params,
        macs=macs,
        span=first.span,
        calls=len(calls),
        depth=depth,
        nested=tuple(rows(layer.graph, depth + 1)) if layer.graph is not None else (),
    )


def _flat(nested: Sequence[Row]) -> Iterator[Row]:
    for row in nested:
        yield row
        yield from _flat(row.nested)


def _cells(row: Row, graph: Graph, sources: Mapping[str, Source]) -> tuple[str, ...]:
    name = row.name if row.name == row.class_name else f"{row.name} ({row.class_name})"
    times = f" x{row.calls}" if row.calls > 1 else ""
    line, file = _place(row.span, sources)
    shown = "" if line is None else str(line)
    if shown and file != graph.span.path:
        shown = f"{file}:{shown}"
    return (
        safe(_INDENT * row.depth + name + times),
        ", ".join(show_shape(spec.shape) for spec in row.outputs),
        _number(row.params),
        _number(row.macs),
        safe(shown),
    )


def _table(lines: list[tuple[str, ...]], width: int) -> list[str]:
    """Columns put side by side: words to the left, numbers to the right; too wide words are cut."""
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    over = sum(widths) + 8 - width
    for column in (1, 0):
        # Shapes of many outputs give way first, then names; neither to less than a dozen columns.
        cut = min(max(over, 0), max(widths[column] - 12, 0))
        widths[column] -= cut
        over -= cut
    result: list[str] = []
    for name, shape, *numbers in lines:
        cells = [_cut(name, widths[0]), _cut(shape, widths[1])]
        cells += [number.rjust(widths[2 + index]) for index, number in enumerate(numbers)]
        result.append("  ".join(cells))
    return result


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _difference(all_of: int | None, part: int | None) -> int | None:
    return None if all_of is None or part is None else all_of - part


def _place(span: Span, sources: Mapping[str, Source]) -> tuple[int | None, str]:
    source = sources.get(span.path)
    return (None if source is None else source.position(span.start).line), span.path


def _model(graph: Graph, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {
        "name": graph.name,
        "task": graph.task.name,
        "inputs": [_tensor(name, tensor) for name, tensor in graph.inputs.items()],
        "outputs": [_tensor(name, tensor) for name, tensor in graph.outputs.items()],
        "layers": [_layer(row, sources) for row in rows(graph)],
        "params": graph.params,
        "trainable_params": graph.trainable_params,
        "non_trainable_params": _difference(graph.params, graph.trainable_params),
        "macs": graph.macs,
    }


def _tensor(name: str, tensor: Tensor) -> dict[str, Any]:
    return {"name": name, "shape": _shape(tensor.spec), "dtype": tensor.spec.dtype}


def _layer(row: Row, sources: Mapping[str, Source]) -> dict[str, Any]:
    line, file = _place(row.span, sources)
    document: dict[str, Any] = {
        "name": row.name,
        "class": row.class_name,
        "output_shapes": [_shape(spec) for spec in row.outputs],
        "dtypes": [spec.dtype for spec in row.outputs],
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
        "calls": row.calls,
        "line": line,
        "file": file,
    }
    if row.nested:
        document["layers"] = [_layer(inner, sources) for inner in row.nested]
    return document


def _shape(spec: TensorSpec) -> list[int | str | None] | None:
    return None if spec.shape is None else [_dim(dim) for dim in spec.shape]


def _dim(dim: Dim) -> int | str | None:
    return dim if dim is None or isinstance(dim, int) else str(dim)

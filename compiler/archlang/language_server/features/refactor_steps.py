"""Steps written another way: in a residual fork, a head as its layers, repeated lines as `repeat`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archlang.catalogue import load
from archlang.evaluation.values import show
from archlang.graph.model import Graph, Layer
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.figures import figures
from archlang.language_server.features.refactoring import (
    REWRITE,
    Refactoring,
    Selected,
    dedented,
    indentation,
    indented,
    selected,
)
from archlang.narrowing import is_list, is_tuple
from archlang.semantics.program import EntryRef, SymbolRef
from archlang.shapes.rule import LayerValue
from archlang.source import Span
from archlang.syntax import tree as t

# ---------------------------------------------------------------------------------------- residual


def residual(analysis: Analysis, start: int, end: int) -> Refactoring | None:
    """The step at a place, or the selected steps of a flow, with what flows into them added: only where shapes allow it."""
    steps = _steps(analysis, start, end)
    if not steps or not all(_is_call(analysis, step) for step in steps):
        return None
    first, last = figures(analysis, steps[0].span), figures(analysis, steps[-1].span)
    pairs = list(zip(first, last, strict=False))
    if not pairs or any(a.into != b.out or not a.into or "?" in a.into for a, b in pairs):
        return None
    whole = Span(steps[0].span.path, steps[0].span.start, steps[-1].span.end)
    text = analysis.slice(whole)
    new = f"[_, {text}] -> Add"
    return Refactoring(
        "Add what flows in (residual fork)", REWRITE, ((analysis.place(whole), new),), same=False
    )


def _steps(analysis: Analysis, start: int, end: int) -> list[t.Expr]:
    """The steps that a range touches, of one flow; a range without length means the step around it."""
    path = analysis.path_at(start)
    at = analysis.span_at(start, end)
    inner = next((i for i, n in enumerate(path) if isinstance(n, t.Argument)), len(path))
    for index in range(inner - 1, -1, -1):
        node = path[index]
        if isinstance(node, t.Flow):
            return [s for s in node.steps if s.span.start <= at.end and at.start <= s.span.end][
                : None if end > start else 1
            ]
        above = path[index - 1] if index else None
        if isinstance(above, t.FlowStatement | t.ListExpr) and isinstance(node, t.Expr):
            return [node] if at.end <= node.span.end else []
        if isinstance(above, t.Conditional | t.Frozen):
            return []
    return []


def _is_call(analysis: Analysis, step: t.Expr) -> bool:
    """Whether a step is a layer, op, block or model, rather than a name or fork."""
    if isinstance(step, t.Frozen):
        return True
    name = step.callee if isinstance(step, t.Call) else step
    return isinstance(analysis.program.tables.names.get(name), EntryRef | SymbolRef)


# ---------------------------------------------------------------------------------------- head


def expand_head(analysis: Analysis, offset: int) -> Refactoring | None:
    """`head` as the layers that it stands for."""
    path = analysis.path_at(offset)
    head = next((node for node in reversed(path) if isinstance(node, t.Head)), None)
    statement = next((node for node in reversed(path) if isinstance(node, t.FlowStatement)), None)
    if head is None or statement is None or not isinstance(path[0], t.Model) or statement.targets:
        return None
    graph = analysis.graphs.get(path[0].name.id)
    if graph is None:
        return None
    name = head.output.id if head.output is not None else _only_output(graph)
    layers = graph.heads.get(name or "", [])
    if not layers or any(layer.kind != "layers" for layer in layers):
        return None
    text = " -> ".join(layer_text(layer) for layer in layers)
    edits = [(analysis.place(head.span), text)]
    if len(graph.task.outputs) > 1:
        if statement.value.span.end != head.span.end:
            return None
        edits = [(edits[0][0], f"{text} as {name}")]
    return Refactoring("Write the head's layers", REWRITE, tuple(edits))


def _only_output(graph: Graph) -> str | None:
    return graph.task.outputs[0].name if len(graph.task.outputs) == 1 else None


def layer_text(layer: Layer) -> str:
    """A layer of a graph as a spec writes it."""
    return value_text(LayerValue("layers", layer.class_name, layer.args), as_step=True)


def value_text(value: Any, words: Sequence[str] = (), *, as_step: bool = False) -> str:
    """A value as a spec writes it: words that Keras lists without quotes."""
    if isinstance(value, LayerValue):
        entry = load().get(value.kind, value.name)
        parts: list[str] = []
        for name, given in value.args.items():
            param = None if entry is None else entry.parameter(name)
            text = value_text(given, () if param is None else param.words)
            first = (
                not parts
                and entry is not None
                and entry.parameters[:1]
                and entry.parameters[0].name == name
            )
            parts.append(text if first else f"{name}={text}")
        return value.name if as_step and not parts else f"{value.name}({', '.join(parts)})"
    if isinstance(value, str) and value in words and value.isidentifier():
        return value
    if is_list(value):
        return f"[{', '.join(value_text(item, words) for item in value)}]"
    if is_tuple(value):
        inner = ", ".join(value_text(item, words) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return show(value)


# ---------------------------------------------------------------------------------------- repeat


def repeat(analysis: Analysis, start: int, end: int) -> Refactoring | None:
    """Selected statements that are one stack several times over, or equal ones around the cursor, as `repeat`."""
    found = selected(analysis, start, end)
    if found is None:
        return None
    if start == end:
        found = _run(found)
    statements = found.statements
    dumps = [t.dump(statement) for statement in statements]
    period = next(
        (
            p
            for p in range(1, len(dumps) // 2 + 1)
            if len(dumps) % p == 0 and dumps == dumps[:p] * (len(dumps) // p)
        ),
        None,
    )
    if period is None or not all(isinstance(s, t.FlowStatement | t.Repeat) for s in statements):
        return None
    count = len(dumps) // period
    unit = Selected(found.declaration, found.body, found.first, found.first + period - 1)
    whole, once = found.span, unit.span
    rest = analysis.program.sources[whole.path].text[once.end : whole.end]
    if "#" in rest:
        return None  # comments would be lost
    indent = indentation(analysis.text, analysis.place(whole).start)
    body = dedented(analysis.slice(once), indent)
    text = f"repeat {count} {{\n{indented(body, indent + '    ')}\n{indent}}}"
    return Refactoring(
        f"Turn into `repeat {count} {{ … }}`", REWRITE, ((analysis.place(whole), text),)
    )


def _run(found: Selected) -> Selected:
    """The statements around one that are equal to it."""
    wanted = t.dump(found.body[found.first])
    first = last = found.first
    while first > 0 and t.dump(found.body[first - 1]) == wanted:
        first -= 1
    while last + 1 < len(found.body) and t.dump(found.body[last + 1]) == wanted:
        last += 1
    return Selected(found.declaration, found.body, first, last)

"""What calls do here: shapes, parameters and multiply-adds, by use and round, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.graph.model import Frame, Graph, Nested, Node, Passed, tensors
from archlang.graph.model import specs as specs_of
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.flows import without_variants
from archlang.language_server.features.scope import tensor_text
from archlang.records import record
from archlang.source import Span

_MOST_ROWS = 8
_NONE = -1  # what ops have instead of parameters


@record
class Figures:
    """One call: where, what flows in and out, how many numbers its weights hold, its multiply-adds."""

    where: str
    into: str
    out: str
    params: int | None
    macs: int | None

    @property
    def what(self) -> tuple[object, ...]:
        return (self.into, self.out, self.params, self.macs)


def figures(analysis: Analysis, span: Span) -> list[Figures]:
    """The calls that a step makes, in all models, uses and rounds."""
    # A variant of a model would show in the model's own lines.
    kept = without_variants(analysis.program, analysis.graphs)
    varied = [graph for name, graph in analysis.graphs.items() if name not in kept]
    several = len(kept) > 1
    calls = [
        _of_node(use.node, _where(use.graph, use.node.path, several))
        for use in analysis.uses(span)
        if all(use.graph is not graph for graph in varied)
    ]
    if calls:
        return calls
    return [
        _of_passed(each.passed, _where(each.graph, each.passed.path, several))
        for each in analysis.passes(span)
        if all(each.graph is not graph for graph in varied)
    ]


def _of_node(node: Node, where: str) -> Figures:
    params = _NONE if node.layer is None else node.layer.params
    into = node.inputs
    if node.kind == "op":
        into = list(tensors([*node.args, *node.kwargs.values()]))
        into = into[0] if len(into) == 1 else into
    return Figures(where, _text(into), _text(node.outputs), params, node.macs)


def _of_passed(passed: Passed, where: str) -> Figures:
    first = next((node for node in passed.nodes if node.inputs is not None), None)
    into = "" if first is None else _text(first.inputs)
    return Figures(where, into, _text(passed.result), passed.params, passed.macs)


def _text(nested: Nested) -> str:
    return "" if nested is None else tensor_text([specs_of(nested)])


def _where(graph: Graph, path: Sequence[Frame], several: bool) -> str:
    parts = [graph.name] if several else []
    for frame in path:
        text = frame.text if len(frame.text) <= 40 else frame.text[:39] + "…"
        parts.append(text if frame.round is None else f"round {frame.round}")
    return ", ".join(parts)


def first_line(name: str, found: Sequence[Figures]) -> str:
    """The name with what all calls have in common."""
    if not found:
        return f"**{name}**"
    outs = list(dict.fromkeys(each.out for each in found if each.out))
    shape = outs[0] if len(outs) == 1 else f"{outs[0]} … {outs[-1]}" if outs else "?"
    parts = [f"**{name}**"]
    into = list(dict.fromkeys(each.into for each in found if each.into))
    parts.append(f"{into[0]} → {shape}" if len(into) == 1 and len(outs) == 1 else f"→ {shape}")
    params = {each.params for each in found}
    if len(params) == 1 and found[0].params != _NONE:
        count = found[0].params
        parts.append("parameters not known" if count is None else plural(count, "parameter"))
    return " · ".join(parts)


def details(found: Sequence[Figures]) -> str:
    """The multiply-adds where all calls are alike, else a table of the calls, equal ones in one row."""
    rows: dict[tuple[object, ...], list[Figures]] = {}
    for each in found:
        rows.setdefault(each.what, []).append(each)
    if not rows:
        return ""
    if len(rows) == 1:
        each = found[0]
        macs = "" if not each.macs else plural(each.macs, "multiply-add")
        times = "" if len(found) == 1 else f"{len(found)} times"
        return ", ".join(text for text in (macs, times) if text)
    lines = ["| where | in | out | parameters | multiply-adds |", "| --- | --- | --- | --: | --: |"]
    shown = list(rows.values())
    # The last row is worth more than one in the middle.
    kept = shown if len(shown) <= _MOST_ROWS else [*shown[: _MOST_ROWS - 1], shown[-1]]
    for index, group in enumerate(kept):
        if len(kept) < len(shown) and index == len(kept) - 1:
            lines.append(f"| … {len(shown) - len(kept)} more | | | | |")
        each = group[0]
        where = each.where + (f" (×{len(group)})" if len(group) > 1 else "")
        cells = (where, each.into, each.out, number(each.params), number(each.macs))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def number(value: int | None) -> str:
    """A count with commas, `?` where it is not known."""
    if value == _NONE:
        return ""
    return "?" if value is None else f"{value:,}"


def plural(count: int, noun: str) -> str:
    """`1 parameter`, `320 parameters`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

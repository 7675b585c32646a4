"""Code lenses: how large models and blocks are, and what can be done with a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from archlang.graph.model import Graph, Layer
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.flows import in_uses
from archlang.records import record
from archlang.semantics.program import SymbolRef
from archlang.source import Span
from archlang.syntax import tree as t

RUN, COMPILE, PICTURE = "archlang.run", "archlang.compile", "archlang.showPicture"


@record
class Lens:
    """A line above a name; `command` is given the file and the model, and does nothing where it is None."""

    span: Span
    title: str
    command: str | None = None
    model: str = ""


def lenses(analysis: Analysis) -> list[Lens]:
    """The lenses of a file; spans as in the tree."""
    found: list[Lens] = []
    uses = _uses(analysis)
    for declaration in analysis.program.declarations():
        if isinstance(declaration, t.Import | t.Train) or not declaration.name.id:
            continue
        if isinstance(declaration, t.Model | t.Variant):
            graph = analysis.graphs.get(declaration.name.id)
            if (graph is not None and graph.span == declaration.name.span) or (
                graph is not None and isinstance(declaration, t.Variant)
            ):
                found += _of_model(graph, declaration.name.span)
        elif isinstance(declaration, t.Block):
            title = _of_block(analysis, uses.get(declaration, ()))
            if title:
                found.append(Lens(declaration.name.span, title))
    return found


def _of_model(graph: Graph, span: Span) -> Iterator[Lens]:
    bytes_ = _total(weight_bytes(layer) for layer in graph.layers)
    yield Lens(span, size(graph.params, graph.macs, bytes_, graph.trainable_params))
    if graph.task.data is not None and any(o.kind is not None for o in graph.task.outputs):
        yield Lens(span, "Run", RUN, graph.name)
    yield Lens(span, "Compile", COMPILE, graph.name)
    yield Lens(span, "Show picture", PICTURE, graph.name)


def _of_block(analysis: Analysis, uses: Iterable[Span]) -> str:
    """The sizes of a block's uses, in all models."""
    found: list[list[str]] = []
    for step in uses:
        sizes = [
            size(
                each.passed.params, each.passed.macs, _total(map(weight_bytes, each.passed.layers))
            )
            for each in analysis.passings.get(step, [])
        ] or _shared_sizes(analysis, step)
        if sizes:
            found.append(sizes)
    return in_uses(found)


def _uses(analysis: Analysis) -> dict[t.Node, list[Span]]:
    """The steps that use each block: with `frozen`, all of that step."""
    names = analysis.program.tables.names
    found: dict[t.Node, list[Span]] = {}
    inside: set[t.Node] = set()
    for node in t.walk(analysis.program.declarations()):
        if node in inside:
            continue
        step = node
        while isinstance(step, t.Frozen):
            step = step.step
            inside.add(step)
        callee = step.callee if isinstance(step, t.Call) else step
        if isinstance(step, t.Call):
            inside.add(step.callee)
        resolution = names.get(callee)
        if isinstance(resolution, SymbolRef) and isinstance(resolution.symbol.declaration, t.Block):
            found.setdefault(resolution.symbol.declaration, []).append(node.span)
    return found


def _shared_sizes(analysis: Analysis, span: Span) -> list[str]:
    """A shared block is a nested model, made where it is first used."""
    return [
        size(layer.graph.params, layer.graph.macs, weight_bytes(layer))
        for graph in analysis.graphs.values()
        for layer in graph.layers
        if layer.graph is not None and layer.span == span
    ]


# ---------------------------------------------------------------------------------------- numbers


def size(
    params: int | None, macs: int | None, bytes_: int | None, trained: int | None = None
) -> str:
    """`1,234 parameters (34 trained), 5.61 M multiply-adds, 4.82 KB`; what is not known is left out."""
    parts = ["parameters not known" if params is None else _counted(params, "parameter")]
    if trained is not None and trained != params:
        parts[0] += f" ({trained:,} trained)"
    if macs:
        parts.append(f"{scaled(macs)} multiply-adds")
    if bytes_:
        parts.append(memory(bytes_))
    return ", ".join(parts)


def scaled(number: int) -> str:
    """A large number with three digits: `5.61 M`."""
    for factor, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if number >= factor:
            return f"{_digits(number / factor)} {unit}"
    return f"{number:,}"


def memory(bytes_: int) -> str:
    """A size in memory, in units of 1024 as Keras's `summary` has them."""
    amount, unit = float(bytes_), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            break
        amount /= 1024
    return f"{bytes_} B" if unit == "B" else f"{_digits(amount)} {unit}"


def weight_bytes(layer: Layer) -> int | None:
    """The memory that the weights of a layer take, None where they are not known."""
    if layer.graph is not None:
        return _total(weight_bytes(inner) for inner in layer.graph.layers)
    if layer.weights is None:
        return None
    return sum(weight.size * _width(weight.dtype) for weight in layer.weights)


@cache
def _width(dtype: str) -> int:
    """The bytes of one number of a dtype."""
    bits = "".join(char for char in dtype if char.isdigit())
    return int(bits) // 8 if bits else 1


def _digits(amount: float) -> str:
    return f"{amount:.{2 if amount < 10 else 1 if amount < 100 else 0}f}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _total(counts: Iterable[int | None]) -> int | None:
    known: Sequence[int | None] = list(counts)
    return None if None in known else sum(count for count in known if count is not None)

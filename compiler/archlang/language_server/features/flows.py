"""What the steps of a spec pass on, over all models, rounds of loops and uses of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archlang.graph.model import Frame, Graph, Passed, tensors
from archlang.records import record
from archlang.semantics.program import Program
from archlang.shapes.spec import TensorSpec
from archlang.source import Span
from archlang.syntax.tree import Model


@record
class Passing:
    """What a step passed on once, in the graph of a model."""

    model: str
    passed: Passed

    @property
    def use(self) -> Frame | None:
        """The use of the block in which it stands, if it stands in one."""
        uses = [frame for frame in self.passed.path if frame.round is None]
        return uses[-1] if uses else None


def passings(program: Program, graphs: Mapping[str, Graph]) -> dict[Span, list[Passing]]:
    """For each step, by its span, all that it passed on, in order; of a model and its variants, only in the model."""
    found: dict[Span, list[Passing]] = {}
    for name, graph in without_variants(program, graphs).items():
        for each in _with_nested(graph, graphs):
            for passed in each.passed:
                found.setdefault(passed.span, []).append(Passing(name, passed))
    return found


def without_variants(program: Program, graphs: Mapping[str, Graph]) -> dict[str, Graph]:
    """One graph for each model: its own rather than that of a variant, in whose place the model's name stands too."""
    own = {model.name.id for model in program.models if isinstance(model, Model)}
    kept: dict[Span, str] = {}
    for name, graph in graphs.items():
        if graph.span not in kept or name in own:
            kept[graph.span] = name
    return {name: graphs[name] for name in kept.values()}


def _with_nested(graph: Graph, graphs: Mapping[str, Graph]) -> Iterator[Graph]:
    yield graph
    for layer in graph.layers:
        # A nested model with the arguments that it has by itself is looked at by itself.
        by_itself = layer.class_name in graphs and not set(layer.args) - {"weights"}
        if layer.graph is not None and not by_itself:
            yield from _with_nested(layer.graph, graphs)


def shown(result: object) -> str | None:
    """Shape and dtype of what was passed on, or of each of several tensors; None where something is unknown."""
    texts: list[str] = []
    for tensor in tensors(result):
        if tensor.spec.shape is None:
            return None
        texts.append(shown_spec(tensor.spec))
    if len(texts) > 3:
        texts = [texts[0], "…", texts[-1]]
    return ", ".join(texts) or None


def shown_spec(spec: TensorSpec) -> str:
    """`[28, 28, 1]`, `int32[40]`; of one number `[]`."""
    return f"{'' if spec.dtype in (None, 'float32') else spec.dtype}{spec}"


def counted(params: int | None) -> str:
    """A number of parameters; nothing where there are none, `?` where it is not known."""
    if params is None:
        return "?"
    return f"{params:,}" if params else ""


def in_uses(uses: Sequence[Sequence[str]]) -> str:
    """Values by use, each with its rounds: `2 uses: a; b`; if they are many and different, first … last."""
    told = [in_rounds(values) for values in uses]
    if len(told) < 2:
        return told[0] if told else ""
    different = list(dict.fromkeys(told))
    shown = f"{different[0]} … {different[-1]}" if len(different) > 3 else "; ".join(different)
    return f"{len(told)} uses: {shown}"


def in_rounds(values: Sequence[str]) -> str:
    """Values of the rounds of a loop: `3 × a` if they are equal, else first … last."""
    if len(values) == 1:
        return values[0]
    if len(set(values)) == 1:
        return f"{len(values)} × {values[0]}"
    return f"{values[0]} … {values[-1]}"

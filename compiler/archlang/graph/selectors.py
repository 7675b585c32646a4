"""What phases unfreeze, checked against the layers that the model has.

A selector names a layer (nested models, applications and shared layers are layers), the use of a block, or a part of
a nested model or application: `last(backbone, 20)`, `after(backbone, "conv4_block6_out")`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from archlang.diagnostics import Diagnostic, error, warning
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.evaluation.values import Selector, show
from archlang.graph.model import Graph, Layer
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.model import PhaseSpec, SettingSpec

_MOST_LISTED = 8


def selector_problems(graph: Graph) -> list[Diagnostic]:
    """What is wrong with `unfreeze` in the phases of a model's training."""
    # `train` without a name holds for all models that are trained at all.
    if graph.train is None or all(output.kind is None for output in graph.task.outputs):
        return []
    check = _Check(graph)
    for phase in graph.train.phases:
        check.phase(phase)
    return check.problems


def selected(graph: Graph, name: str) -> list[Layer]:
    """The layers that a plain name stands for: the layer of that name, else those of a block's use."""
    named = [layer for layer in graph.layers if layer.name == name]
    if named or name not in graph.uses:
        return named
    return [layer for layer in graph.layers if layer.name.startswith(name + "_")]


@dataclass
class _Check:
    """Goes through the phases in order, since unfreezing accumulates."""

    graph: Graph
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    unfrozen: set[Layer] = field(default_factory=set[Layer])

    def phase(self, phase: PhaseSpec) -> None:
        setting = phase.settings.get("unfreeze")
        if setting is None or not isinstance(setting.value, list):
            return
        moves = phase.settings.get("batch_norm")
        statistics = moves is not None and moves.value is True
        # Within a phase the order does not matter, so what it unfreezes counts only behind it.
        done: list[Layer] = []
        for value, expr, span in _items(setting):
            if isinstance(value, Selector):
                self._part(value, expr, span)
            elif isinstance(value, str):
                done += self._whole(value, span, statistics)
            else:
                self._report("E0341", f"{show(value)} is no layer", span, "no layer", _EXAMPLE)
        self.unfrozen.update(done)

    def _whole(self, name: str, span: Span, statistics: bool) -> list[Layer]:
        found = selected(self.graph, name)
        if not found:
            self._unknown(name, span, [x.name for x in self.graph.layers] + self.graph.uses)
            return []
        if not any(_trains(layer, statistics) for layer in found):
            if any(_has_weights(layer) for layer in found):
                message = f"`{name}` is batch normalization only, which stays in inference mode"
                help = "`batch_norm = True` in the phase lets it train"
            else:
                message, help = f"`{name}` has no weights to train", None
            self._report("E0341", message, span, "nothing to train", help)
        elif not any(_is_frozen(layer) for layer in found):
            self._not_frozen(name, span)
        elif all(layer in self.unfrozen for layer in found):
            self._warn(f"`{name}` trains since an earlier phase", span, "unfrozen before")
        return found

    def _part(self, selector: Selector, expr: t.Expr, span: Span) -> None:
        spans = [a.value.span for a in expr.arguments] if isinstance(expr, t.Call) else []
        name_span, at_span = spans if len(spans) == 2 else (span, span)
        layers = {x.name: x for x in self.graph.layers}
        nested = [x.name for x in self.graph.layers if x.kind in ("model", "applications")]
        layer = layers.get(selector.layer)
        if layer is None:
            self._unknown(selector.layer, name_span, nested or list(layers))
            return
        if layer.name not in nested:
            message = f"`{layer.name}` is one layer, and `{selector.kind}` selects among several"
            help = f"write `unfreeze = [{layer.name}]`"
            self._report("E0343", message, name_span, "not a nested model or application", help)
            return
        if selector.kind == "last":
            self._last(layer, int(selector.at), at_span)
        else:
            self._after(layer, str(selector.at), at_span)
        if not _is_frozen(layer):
            self._not_frozen(layer.name, name_span)
        elif layer in self.unfrozen:
            message = f"all of `{layer.name}` trains since an earlier phase"
            self._warn(message, name_span, "unfrozen before")

    def _last(self, layer: Layer, count: int, span: Span) -> None:
        if count < 1:
            message = f"`last` takes a number of layers, 1 or more, not {count}"
            self._report("E0342", message, span, "selects nothing", None)
        elif layer.graph is not None or layer.inner is not None:
            there = sum(weighty for _, weighty in _parts(layer))
            if count > there:
                message = f"`{layer.name}` has {there} layers with weights, fewer than {count}"
                help = f"for all of them write `unfreeze = [{layer.name}]`"
                self._report("E0342", message, span, f"there are {there}", help)

    def _after(self, layer: Layer, name: str, span: Span) -> None:
        if layer.graph is None and layer.inner is None:
            return  # the layers of an application of which nothing is known
        inner = [part for part, _ in _parts(layer)]
        if layer.graph is not None and name in layer.graph.inputs:
            return
        if name not in inner:
            help = did_you_mean(nearest(name, inner)) or f"it has {_listed(_ends(inner))}"
            message = f"`{layer.name}` has no layer `{name}`"
            self._report("E0343", message, span, "not in it", help)
        elif not any(weighty for _, weighty in _parts(layer)[inner.index(name) + 1 :]):
            message = f"no layer of `{layer.name}` after `{name}` has weights"
            self._report("E0343", message, span, "nothing to train behind it", None)

    def _unknown(self, name: str, span: Span, candidates: Sequence[str]) -> None:
        inside = [x.name for x in self.graph.layers if _holds(x, name)]
        help = did_you_mean(nearest(name, candidates))
        if help is None and inside:
            help = f'it is inside `{inside[0]}`: write `after({inside[0]}, "…")` or `last({inside[0]}, n)`'
        if help is None:
            frozen = [x.name for x in self.graph.layers if _is_frozen(x) and _has_weights(x)]
            help = f"frozen are {_listed(frozen)}" if frozen else "nothing in the model is frozen"
        message = f"`{name}` matches no layer of `{self.graph.name}`"
        self._report("E0341", message, span, "matches nothing", help)

    def _not_frozen(self, name: str, span: Span) -> None:
        self._warn(f"`{name}` is not frozen, and trains from the beginning", span, "not frozen")

    def _warn(self, message: str, span: Span, label: str) -> None:
        self.problems.append(warning("W1341", message, span, label=label, help="leave it out"))

    def _report(self, code: str, message: str, span: Span, label: str, help: str | None) -> None:
        self.problems.append(error(code, message, span, label=label, help=help))


_EXAMPLE = 'write `[backbone]`, `[last(backbone, 20)]` or `[after(backbone, "conv4_block6_out")]`'


def _items(setting: SettingSpec) -> Iterator[tuple[Any, t.Expr, Span]]:
    """Each selector with its expression; those of a computed list all stand where the list does."""
    written = setting.expr.items if isinstance(setting.expr, t.ListExpr) else ()
    for index, value in enumerate(setting.value):
        expr = written[index] if len(written) == len(setting.value) else setting.expr
        yield value, expr, expr.span


def _is_frozen(layer: Layer) -> bool:
    """Whether a layer, or one inside it, does not train."""
    inner = layer.graph.layers if layer.graph is not None else ()
    return not layer.trainable or any(_is_frozen(x) for x in inner)


def _has_weights(layer: Layer) -> bool:
    if layer.graph is not None:
        return any(_has_weights(x) for x in layer.graph.layers)
    return layer.weights is None or bool(layer.weights)


def _parts(layer: Layer) -> list[tuple[str, bool]]:
    """The layers inside a nested model or application, and whether each has weights; "" where Keras makes up the name."""
    if layer.graph is not None:
        return [(x.name, _has_weights(x)) for x in layer.graph.layers]
    return [(x.name or "", x.params > 0) for x in layer.inner or ()]


def _ends(names: Sequence[str]) -> list[str]:
    """The names to show of many: those of layers that blocks end in, if there are some."""
    known = [name for name in names if name]
    return [n for n in known if n.endswith(("_out", "_add", "_pool", "_concat"))] or known


def _trains(layer: Layer, statistics: bool) -> bool:
    """Whether anything in a layer trains once it is unfrozen; batch normalization does if `statistics`."""
    if layer.graph is not None:
        return any(_trains(x, statistics) for x in layer.graph.layers)
    if layer.class_name == "BatchNormalization" and not statistics:
        return False
    return layer.weights is None or any(weight.trainable for weight in layer.weights)


def _holds(layer: Layer, name: str) -> bool:
    return layer.graph is not None and any(x.name == name for x in layer.graph.layers)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_LISTED])
    return shown + (", …" if len(names) > _MOST_LISTED else "")

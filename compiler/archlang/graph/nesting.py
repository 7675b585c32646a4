"""Models as steps of other models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archlang.diagnostics import error
from archlang.graph.context import Context, Flow
from archlang.graph.model import Layer, tensors
from archlang.graph.reapplied import reapplied
from archlang.graph.refusals import path_notes
from archlang.semantics.program import Symbol
from archlang.shapes.dims import Sym, equal
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.graph.calls import Calls


class NestedModels:
    """Makes and calls the nested models of one model."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.elaborator = calls.elaborator
        self.evaluator = calls.evaluator
        self.tables = calls.tables
        self.construction = calls.construction
        self.report = calls.report
        self._models: dict[tuple[Symbol, str], Layer] = {}

    def layer(self, expr: t.Expr, symbol: Symbol, flow: Flow, context: Context) -> Layer:
        """The one nested model of these arguments."""
        args = self.calls.arguments(expr, flow, context)
        weights, chosen = args.pop("weights", None), args.pop("name", None)
        key = (
            symbol,
            repr(sorted((k, repr(v)) for k, v in args.items())) + repr(chosen) + repr(weights),
        )
        if key in self._models:
            return self._models[key]
        declaration = symbol.declaration
        if isinstance(declaration, t.Model):
            graph = self.elaborator.instance(
                declaration, args, name=symbol.name, top=False, mixed=self.construction.mixed
            )
        else:
            assert isinstance(declaration, t.Variant)
            graph = self.elaborator.model(declaration, inside=True, mixed=self.construction.mixed)
        name = (
            context.names.chosen(chosen)
            if isinstance(chosen, str)
            else self._free_name(symbol.name)
        )
        given = dict(args) if weights is None else {**args, "weights": weights}
        layer = self.construction.make_layer(
            context, "model", symbol.name, given, expr.span, name=name, graph=graph
        )
        self._models[key] = layer
        return layer

    def _free_name(self, name: str) -> str:
        free, count = name, 1
        while free in self.construction.names:
            count += 1
            free = f"{name}_{count}"
        return free

    def call(self, expr: t.Expr, layer: Layer, flow: Flow, context: Context) -> Flow:
        """Call a nested model on what flows, as its inputs take it."""
        if flow is None:
            return self.calls.nothing_flows(expr, layer.class_name, context)
        graph = layer.graph
        if graph is None:
            return self.construction.broken(expr.span)
        given = list(tensors(flow))
        if len(given) != len(graph.inputs):
            self.report(
                error(
                    "E0325",
                    f"`{layer.class_name}` takes {len(graph.inputs)} tensors, but {len(given)} flow in",
                    expr.span,
                    label=f"takes {', '.join(graph.inputs)}",
                )
            )
            return self.construction.broken(expr.span)
        lengths: dict[str, Any] = {}
        for (name, declared), tensor in zip(graph.inputs.items(), given, strict=True):
            if not takes(declared.spec, tensor.spec, lengths):
                self.report(
                    error(
                        "E0325",
                        f"the input `{name}` of `{layer.class_name}` takes {declared.spec}, but {tensor.spec} flows in",
                        expr.span,
                        label=f"{tensor.spec} flows in",
                        notes=path_notes(context.path),
                    )
                )
                return self.construction.broken(expr.span)
        try:
            found = reapplied(graph, [tensor.spec for tensor in given])
        except RuleError as problem:
            self.report(
                error(
                    "E0325",
                    f"`{layer.class_name}` does not take these lengths: {problem.message}",
                    expr.span,
                    label=" and ".join(f"{tensor.spec} flows in" for tensor in given),
                    notes=path_notes(context.path),
                    help=problem.help,
                )
            )
            return self.construction.broken(expr.span)
        outputs: Any = found.outputs
        if len(found.outputs) == 1:
            outputs = next(iter(found.outputs.values()))
        return self.construction.call_model(context, layer, flow, outputs, expr.span, found.macs)


def takes(declared: TensorSpec, given: TensorSpec, lengths: dict[str, Any]) -> bool:
    """Whether a nested model's input takes a tensor; `lengths` learns what its symbolic dimensions are."""
    if declared.shape is None or given.shape is None:
        return True
    if len(declared.shape) != len(given.shape):
        return False
    for wanted, found in zip(declared.shape[1:], given.shape[1:], strict=True):
        if isinstance(wanted, Sym) and len(wanted.names) == 1 and str(wanted) in wanted.names:
            name = str(wanted)
            if name in lengths and equal(lengths[name], found) is False:
                return False
            lengths.setdefault(name, found)
        elif equal(wanted, found) is False:
            return False
    return True

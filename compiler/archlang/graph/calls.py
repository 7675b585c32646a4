"""Calls in a stack: Keras layers, ops, blocks, nested models, shared layers, learned tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archlang.catalogue import Entry
from archlang.diagnostics import error
from archlang.evaluation.evaluator import Environment, TooMuch
from archlang.evaluation.values import UNKNOWN, contains_unknown, show
from archlang.graph.construction import Construction
from archlang.graph.context import Context, Flow
from archlang.graph.contracts import Contracts
from archlang.graph.flowing import stands_for_flow
from archlang.graph.model import Frame, Layer, Tensor
from archlang.graph.naming import Names, snake
from archlang.graph.nesting import NestedModels
from archlang.graph.python_layers import PythonLayers
from archlang.graph.refusals import path_notes
from archlang.graph.sharing import Sharing
from archlang.narrowing import is_tuple
from archlang.semantics.calls import OF_APPLICATIONS
from archlang.semantics.program import (
    EntryRef,
    Symbol,
    SymbolRef,
    VariableRef,
)
from archlang.source import Span
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.graph.elaborate import Elaborator
    from archlang.graph.steps import Steps

MOST_DEPTH = 60


class Calls:
    """What happens where a name of a stack is called."""

    def __init__(self, elaborator: Elaborator, construction: Construction, steps: Steps) -> None:
        self.elaborator = elaborator
        self.evaluator = elaborator.evaluator
        self.tables = elaborator.program.tables
        self.construction = construction
        self.report = elaborator.report
        self.steps = steps
        self.python = PythonLayers(self)
        self.nested = NestedModels(self)
        self.sharing = Sharing(self)

    def call(self, expr: t.Name | t.Call | t.Dotted, flow: Flow, context: Context) -> Flow:
        """Call what a step names on what flows."""
        callee = expr.callee if isinstance(expr, t.Call) else expr
        match self.tables.names.get(callee):
            case EntryRef(entry=entry) if entry.kind == "ops":
                return self._op(expr, entry, flow, context)
            case EntryRef(entry=entry):
                return self._entry(expr, entry, flow, context)
            case SymbolRef(symbol=symbol):
                return self._symbol(expr, symbol, flow, context)
            case VariableRef(variable=variable) if variable.kind == "shared":
                return self.sharing.call(expr, variable, flow, context)
            case _:
                return self.construction.broken(expr.span)

    # ------------------------------------------------------------------ Keras

    def _entry(self, expr: t.Expr, entry: Entry, flow: Flow, context: Context) -> Flow:
        layer, good = self.layer(expr, entry, flow, context)
        return self._call_entry(expr, entry, layer, good, flow, context)

    def layer(
        self, expr: t.Expr, entry: Entry, flow: Flow, context: Context, name: str | None = None
    ) -> tuple[Layer, bool]:
        """A new Keras layer with the arguments of a call, and whether they are good."""
        args = self.arguments(expr, flow, context)
        spans = self.evaluator.spans(expr)
        callee = expr.callee.span if isinstance(expr, t.Call) else expr.span
        known = {
            k: v
            for k, v in args.items()
            if entry.kind != "applications" or k not in OF_APPLICATIONS
        }
        good = self.evaluator.validate(entry, known, spans, callee)
        kind: Any = "applications" if entry.kind == "applications" else "layers"
        if kind == "applications" and name is None and "name" not in args:
            name = self._application_name(entry, context)
        layer = self.construction.make_layer(context, kind, entry.name, args, expr.span, name=name)
        layer.last = max(spans.values(), key=lambda span: span.end, default=None)
        return layer, good

    def _application_name(self, entry: Entry, context: Context) -> str:
        base = context.names.prefix + str(entry.defaults().get("name") or snake(entry.name))
        name, count = base, 1
        while name in self.construction.names:
            count += 1
            name = f"{base}_{count}"
        return name

    def _call_entry(
        self, expr: t.Expr, entry: Entry, layer: Layer, good: bool, flow: Flow, context: Context
    ) -> Flow:
        if flow is None:
            return self.nothing_flows(expr, entry.name, context)
        if layer.kind == "applications":
            spans = self.evaluator.spans(expr)
            return self.construction.call_application(
                context, layer, flow, expr.span, spans, good=good
            )
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        call_args: dict[str, Any] = {}
        if bound is not None:
            for name, argument in bound.call.items():
                if name == "training":
                    self._no_training(argument)
                    continue
                call_args[name] = self.steps.value(argument.value, flow, context)
        spans = self.evaluator.spans(expr)
        return self.construction.call_layer(
            context, layer, flow, call_args, expr.span, spans, good=good
        )

    def arguments(self, expr: t.Expr, flow: Flow, context: Context) -> dict[str, Any]:
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        if bound is None:
            return {}
        return {
            name: self.steps.value(a.value, flow, context) for name, a in bound.constructor.items()
        }

    def _no_training(self, argument: t.Argument) -> None:
        self.report(
            error(
                "E0206",
                "`training` can't be set in a stack: Keras overrides it in a functional model",
                argument.span,
                label="would have no effect",
                help="to keep batch normalization on its stored statistics, write `frozen` before the layer",
            )
        )

    def nothing_flows(self, expr: t.Expr, name: str, context: Context) -> Flow:
        if self.construction.no_beginning:
            return self.construction.broken(expr.span)
        self.report(
            error(
                "E0322",
                f"nothing flows into `{name}`",
                expr.span,
                label="no tensor flows here",
                notes=path_notes(context.path),
                help="a model needs an input: `input image: float32[28, 28, 1]`, in it or in a task that it is `for`",
            )
        )
        return self.construction.broken(expr.span)

    def _op(self, expr: t.Expr, entry: Entry, flow: Flow, context: Context) -> Flow:
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        spans: dict[str, Span] = {}
        placed = False
        for argument in expr.arguments if isinstance(expr, t.Call) else ():
            placed = placed or stands_for_flow(argument.value, self.tables.names)
            value = self.steps.value(argument.value, flow, context)
            if argument.name is None:
                args.append(value)
            else:
                kwargs[argument.name.id] = value
                spans[argument.name.id] = argument.value.span
        if flow is None and (not placed or contains_unknown([*args, *kwargs.values()])):
            return self.nothing_flows(expr, f"ops.{entry.name}", context)
        if not placed:
            args.insert(0, flow)
        return self.construction.call_op(context, entry.name, tuple(args), kwargs, expr.span, spans)

    # ------------------------------------------------------------------ what the file declares

    def _symbol(self, expr: t.Expr, symbol: Symbol, flow: Flow, context: Context) -> Flow:
        match symbol.declaration:
            case t.Block() as block:
                return self.block(expr, symbol, block, flow, context)
            case t.PythonDecl(kind="layer") as declaration:
                layer = self.python.layer(expr, declaration, flow, context)
                return self.python.call(expr, declaration, layer, flow, context)
            case t.Model() | t.Variant():
                layer = self.nested.layer(expr, symbol, flow, context)
                return self.nested.call(expr, layer, flow, context)
            case _:
                return self.construction.broken(expr.span)

    def block(
        self, expr: t.Expr, symbol: Symbol, block: t.Block, flow: Flow, context: Context
    ) -> Flow:
        args = self.arguments(expr, flow, context)
        if context.depth >= MOST_DEPTH:
            self.report(
                error(
                    "E0803",
                    f"`{symbol.name}` uses itself without end"
                    if _uses(block, symbol.name)
                    else "blocks are nested too deep",
                    expr.span,
                    label=f"{MOST_DEPTH} levels deep",
                    help="end the recursion with an `if`, on a parameter that changes from use to use",
                )
            )
            # A block that uses itself twice would get here 2 ** MOST_DEPTH times.
            raise TooMuch
        chosen = (
            args.pop("name", None) if "name" not in {p.name.id for p in block.parameters} else None
        )
        name = (
            context.names.chosen(chosen)
            if isinstance(chosen, str)
            else context.names.number(symbol.name)
        )
        self.construction.uses.append(name)
        written = ", ".join(show(v) for v in args.values() if not isinstance(v, Tensor))
        frame = Frame(f"{symbol.name}({written})" if args else symbol.name, expr.span)
        inner = Context(
            Environment(flowing=flow, body_input=flow),
            Names(name + "_"),
            (*context.path, frame),
            context.frozen,
            context.depth + 1,
        )
        for parameter in block.parameters:
            variable = self.tables.parameters[parameter]
            if parameter.name.id in args:
                value = args[parameter.name.id]
                if parameter.is_tensor and value is not UNKNOWN and not isinstance(value, Tensor):
                    self._not_a_tensor(expr, parameter, value)
                    value = self.construction.broken(expr.span)
            elif parameter.default is not None:
                value = self.evaluator.evaluate(parameter.default, inner.env)
            else:
                value = UNKNOWN
            inner.env.values[variable] = value
        layers, nodes = len(self.construction.layers), len(self.construction.nodes)
        contracts, mixed = (
            Contracts(self.evaluator, self.report),
            self.construction.mixed is not None,
        )
        lengths = contracts.enter(block, flow, expr.span, inner, mixed)
        if lengths is None:
            return self.construction.broken(expr.span)
        result = self.steps.body(block.body, flow, inner)
        contracts.leave(block, result, lengths, expr.span, inner, mixed)
        if inner.deferred:
            made, done = self.construction.layers[layers:], self.construction.nodes[nodes:]
            self.steps.measure(
                inner, _sum(layer.params for layer in made), _sum(node.macs for node in done)
            )
        return result

    def _not_a_tensor(self, expr: t.Expr, parameter: t.Parameter, value: Any) -> None:
        span = self.evaluator.spans(expr).get(parameter.name.id, expr.span)
        self.report(
            error(
                "E0206",
                f"`{parameter.name.id}` takes a tensor, not {show(value)}",
                span,
                label="not a tensor",
            )
        )


def _uses(block: t.Block, name: str) -> bool:
    def inside(node: Any) -> bool:
        if isinstance(node, t.Name) and node.id == name:
            return True
        if is_tuple(node):
            return any(inside(item) for item in node)
        if isinstance(node, t.Node):
            return any(
                inside(getattr(node, field))
                for field in node.__dataclass_fields__
                if field != "span"
            )
        return False

    return inside(block.body)


def _sum(counts: Any) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total

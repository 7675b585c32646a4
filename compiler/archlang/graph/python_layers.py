"""Layers written in Python: what is known of them stands in their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archlang.evaluation.evaluator import Environment
from archlang.evaluation.values import UNKNOWN
from archlang.graph.context import Context, Flow
from archlang.graph.model import Layer, Tensor
from archlang.semantics.program import VariableRef
from archlang.shapes.dims import Sym
from archlang.shapes.spec import TensorSpec
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.graph.calls import Calls


class PythonLayers:
    """Makes and calls layers of the file's `layer` declarations."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.elaborator = calls.elaborator
        self.evaluator = calls.evaluator
        self.tables = calls.tables
        self.construction = calls.construction
        self.report = calls.report

    def layer(
        self,
        expr: t.Expr,
        declaration: t.PythonDecl,
        flow: Flow,
        context: Context,
        name: str | None = None,
    ) -> Layer:
        """A new layer of a class that is written in Python."""
        args = self.calls.arguments(expr, flow, context)
        module = str(declaration.module.value)
        return self.construction.make_layer(
            context, "python", declaration.name.id, args, expr.span, name=name, module=module
        )

    def call(
        self, expr: t.Expr, declaration: t.PythonDecl, layer: Layer, flow: Flow, context: Context
    ) -> Flow:
        """Call it on what flows; its declaration says what comes out."""
        if flow is None:
            return self.calls.nothing_flows(expr, declaration.name.id, context)
        outputs = TensorSpec(None, None)
        if declaration.result == "same" and isinstance(flow, Tensor):
            outputs = flow.spec
        elif isinstance(declaration.result, t.TensorType):
            env = Environment()
            dims: list[Any] = []
            values = {p.name.id: self._given(p, layer) for p in declaration.parameters}
            for dim in declaration.result.dims:
                dims.append(self._dim(dim, values, env))
            outputs = TensorSpec((None, *dims), declaration.result.dtype.id)
        layer.weights = None
        self.construction.hold(layer)
        return self.construction.call_model(context, layer, flow, outputs, expr.span)

    def _given(self, parameter: t.Parameter, layer: Layer) -> Any:
        if parameter.name.id in layer.args:
            return layer.args[parameter.name.id]
        return (
            self.evaluator.evaluate(parameter.default, Environment())
            if parameter.default is not None
            else UNKNOWN
        )

    def _dim(self, dim: t.Expr, values: dict[str, Any], env: Environment) -> int | Sym | None:
        for name in _dim_names(dim):
            resolution = self.tables.names.get(name)
            if isinstance(resolution, VariableRef):
                env.values[resolution.variable] = values.get(name.id, UNKNOWN)
        value = self.evaluator.evaluate(dim, env)
        return value if isinstance(value, int | Sym) and not isinstance(value, bool) else None


def _dim_names(expr: t.Expr) -> list[t.Name]:
    match expr:
        case t.Name():
            return [expr]
        case t.Binary():
            return [*_dim_names(expr.left), *_dim_names(expr.right)]
        case t.Unary():
            return _dim_names(expr.operand)
        case _:
            return []

"""Calls as Python: Keras layers, ops, blocks, nested models, shared layers, learned tensors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archlang.backends.freezing import COMPOSITES
from archlang.backends.python.applications import construction, prepared
from archlang.backends.python.flat import input_code
from archlang.backends.python.flows import Flow, fork_flow
from archlang.backends.python.names import function_name
from archlang.backends.python.objects import value_code
from archlang.backends.python.values import CannotWrite
from archlang.catalogue import Entry
from archlang.graph.flowing import stands_for_flow
from archlang.graph.model import Layer, Node, Tensor, tensors
from archlang.semantics.program import EntryRef, Symbol, SymbolRef, VariableRef
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.backends.python.functions import FunctionWriter


class CallWriter:
    """Writes the calls in the stack of one function."""

    def __init__(self, writer: FunctionWriter) -> None:
        self.w = writer
        self.tables = writer.tables

    def call(self, expr: t.Name | t.Call | t.Dotted, flow: Flow, target: str) -> Flow:
        """Write the call of what a step names on what flows; its result is left in `target`."""
        callee = expr.callee if isinstance(expr, t.Call) else expr
        match self.tables.names.get(callee):
            case EntryRef(entry=entry) if entry.kind == "ops":
                return self._assign(target, self._op(expr, entry, flow))
            case EntryRef(entry=entry) if entry.kind == "layers":
                return self._assign(
                    target, f"{self._layer(expr, entry)}({self._call_arguments(expr, entry, flow)})"
                )
            case EntryRef(entry=entry) if entry.kind == "applications":
                return self._application(expr, flow, target)
            case SymbolRef(symbol=symbol):
                return self._declared(expr, symbol, flow, target)
            case VariableRef(variable=variable):
                name = self.w.locals.of(variable)
                if name is None:
                    raise CannotWrite
                further = [
                    f"{a.name.id}={self.w.values.code(a.value)}"
                    for a in (expr.arguments if isinstance(expr, t.Call) else ())
                    if a.name is not None
                ]
                return self._assign(target, f"{name}({', '.join([flow.code, *further])})")
            case _:
                raise CannotWrite

    def shared(self, statement: t.Shared) -> None:
        """Write the making of a layer or block all of whose uses share their weights."""
        step: t.Expr = statement.value
        before = self.w.frozen
        while isinstance(step, t.Frozen):
            step, self.w.frozen = step.step, True
        variable = self.tables.statements[statement]
        callee = step.callee if isinstance(step, t.Call) else step
        match self.tables.names.get(callee):
            case EntryRef(entry=entry) if entry.kind == "layers":
                code = self._layer(step, entry, self.w.fixed_name(variable.name))
            case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.Block):
                code = self._shared_block(step, symbol, symbol.declaration, variable.name)
            case _:
                raise CannotWrite
        self.w.emit(f"{self.w.define(variable)} = {code}")
        self.w.frozen = before

    def learned(self, statement: t.Learned, flow: Flow) -> None:
        """Write a trainable tensor: a small layer, called on any tensor for its batch size."""
        variable = self.tables.statements[statement]
        dims = [self.w.values.code(dim) for dim in statement.type.dims]
        shape = f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"
        parts = [shape]
        if statement.initializer is not None:
            parts.append(f"initializer={self.w.values.code(statement.initializer)}")
        parts += [*self.w.trainable_arguments(), f"name={self.w.fixed_name(variable.name)}"]
        self.w.script.flat.learned = True
        source = flow.items[0] if flow.items else flow.code or self.w.script.first_input(self.w)
        self.w.emit(f"{self.w.define(variable)} = LearnedTensor({', '.join(parts)})({source})")

    def _assign(self, target: str, code: str) -> Flow:
        self.w.emit(f"{target} = {code}")
        return Flow(target)

    def _layer(self, expr: t.Expr, entry: Entry, name: str | None = None) -> str:
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        chosen = bound.constructor.get("name") if bound is not None else None
        if name is None:
            name = self.w.layer_name(expr, chosen)
        parts = self.w.values.argument_list(expr, frozenset({"name"}))
        given: Iterable[str] = bound.constructor if bound is not None else ()
        trainable = self.w.trainable_arguments()
        if "trainable" in given or entry.parameter("trainable") is None:
            trainable = []
        elif trainable and entry.name in COMPOSITES:
            # Keras does not pass `trainable` on to the layers inside; the flat form freezes them when they are there.
            raise CannotWrite
        return f"{self.w.imports.entry(entry)}({', '.join([*parts, *trainable, f'name={name}'])})"

    def _application(self, expr: t.Expr, flow: Flow, target: str) -> Flow:
        """A network of keras.applications: built, frozen, its images prepared, called."""
        layer, node = self._only_call(expr)
        own = frozenset({"name", "preprocess", "outputs", "input_shape"})
        arguments = self.w.values.argument_list(expr, own)
        variable = self.w.locals.new((expr, "application"), function_name(layer.name))
        for line in construction(layer, variable, self.w.imports, arguments):
            self.w.emit(line)
        assert isinstance(node.inputs, Tensor)
        image = prepared(layer, flow.code, node.inputs.spec.dtype, self.w.imports)
        if image != flow.code and "," not in target:
            self.w.emit(f"{target} = {image}")
            image = target
        results = list(tensors(node.outputs))
        if len(results) == 1 or "," in target:
            return self._assign(target, f"{variable}({image})")
        self._assign(target, f"{variable}({image})")
        return Flow(target, tuple(f"{target}[{place}]" for place in range(len(results))))

    def _only_call(self, expr: t.Expr) -> tuple[Layer, Node]:
        """The layer and the node of a step that is carried out once in the function's model."""
        if self.w.prefix:
            raise CannotWrite
        nodes = [n for n in self.w.script.graph_of(self.w.owner).nodes if n.span == expr.span]
        layers = [n.layer for n in nodes if n.layer is not None]
        if len(nodes) != 1 or len(layers) != 1 or not isinstance(nodes[0].inputs, Tensor):
            raise CannotWrite
        return layers[0], nodes[0]

    def _call_arguments(self, expr: t.Expr, entry: Entry, flow: Flow) -> str:
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        further = (
            {n: self.w.values.code(a.value) for n, a in bound.call.items()}
            if bound is not None
            else {}
        )
        parts = [flow.code]
        if entry.name in ("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention"):
            parts.append(further.pop("value", flow.code))
        return ", ".join([*parts, *(f"{name}={code}" for name, code in further.items())])

    def _op(self, expr: t.Expr, entry: Entry, flow: Flow) -> str:
        arguments = expr.arguments if isinstance(expr, t.Call) else ()
        placed = any(stands_for_flow(a.value, self.tables.names) for a in arguments)
        parts = [] if placed else [flow.code]
        for argument in arguments:
            code = self.w.values.code(argument.value)
            parts.append(code if argument.name is None else f"{argument.name.id}={code}")
        return f"{self.w.imports.entry(entry)}({', '.join(parts)})"

    def _declared(
        self, expr: t.Name | t.Call | t.Dotted, symbol: Symbol, flow: Flow, target: str
    ) -> Flow:
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        chosen = bound.constructor.get("name") if bound is not None else None
        declaration = symbol.declaration
        if isinstance(declaration, t.Model | t.Variant):
            return self._nested(expr, symbol, flow, target)
        parts = self.w.values.argument_list(expr, frozenset({"name"}))
        if isinstance(declaration, t.Block):
            function = self.w.script.block(declaration)
            if any(p.name.id == "name" for p in declaration.parameters):
                raise CannotWrite
            name = self.w.layer_name(expr, chosen)
            freeze = self.w.trainable_arguments() if self.w.script.is_freezable(declaration) else []
            arguments = [flow.code, *parts, *freeze, f"name={name}"]
            return self._assign(target, f"{function}({', '.join(arguments)})")
        if isinstance(declaration, t.PythonDecl):
            if self.w.trainable_arguments():
                raise CannotWrite
            cls = self.w.imports.python(str(declaration.module.value), symbol.name)
            name = self.w.layer_name(expr, chosen)
            arguments = [*parts, f"name={name}"]
            return self._assign(target, f"{cls}({', '.join(arguments)})({flow.code})")
        raise CannotWrite

    def _nested(self, expr: t.Expr, symbol: Symbol, flow: Flow, target: str) -> Flow:
        """A nested model, built once at the beginning of the function."""
        name, outputs = self.w.script.nested(self.w, expr, symbol)
        code = f"{name}({flow.code})"
        if len(outputs) == 1:
            return self._assign(target, code)
        variable = self.w.locals.new((expr, "outputs"), f"{name}_outputs")
        self.w.emit(f"{variable} = {code}")
        return fork_flow(
            [f"{variable}[{value_code(output, self.w.imports)}]" for output in outputs]
        )

    def _shared_block(self, step: t.Expr, symbol: Symbol, block: t.Block, name: str) -> str:
        """A block all of whose uses share weights is a model of its own, for the shape of its first use."""
        if self.w.prefix:
            raise CannotWrite
        graph = self.w.script.graph_of(self.w.owner)
        layer = next(
            (layer for layer in graph.layers if layer.name == name and layer.graph is not None),
            None,
        )
        if (
            layer is None
            or layer.graph is None
            or len(layer.graph.inputs) != 1
            or len(layer.graph.outputs) != 1
        ):
            raise CannotWrite
        ((input_name, tensor),) = layer.graph.inputs.items()
        variable = self.w.locals.new((step, "input"), input_name)
        self.w.emit(f"{variable} = {input_code(tensor, input_name, self.w.imports)}")
        function = self.w.script.block(block)
        inner = f'"{function_name(symbol.name)}_1"'
        freeze = self.w.trainable_arguments() if self.w.script.is_freezable(block) else []
        parts = [
            variable,
            *self.w.values.argument_list(step, frozenset({"name"})),
            *freeze,
            f"name={inner}",
        ]
        return f"keras.Model({variable}, {function}({', '.join(parts)}), name={value_code(name, self.w.imports)})"

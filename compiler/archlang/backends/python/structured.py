"""`build_model` and the functions of blocks, written from the structured IR so that the author's loops and names stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlang.backends.python.flat import FlatModel, counting_lines, input_code
from archlang.backends.python.flows import NOTHING, Flow
from archlang.backends.python.functions import FunctionWriter, parameter_code
from archlang.backends.python.line_map import Placed, Places, places_of
from archlang.backends.python.literals import docstring
from archlang.backends.python.names import free, function_name
from archlang.backends.python.objects import Imports, value_code
from archlang.backends.python.stacks import StackWriter
from archlang.backends.python.values import CannotWrite, Constants
from archlang.graph.model import Graph
from archlang.narrowing import is_tuple
from archlang.semantics.program import Program, Symbol, SymbolRef
from archlang.syntax import tree as t


class Structured:
    """Writes the functions of one script; `functions` has them in an order in which each follows what it uses."""

    def __init__(
        self,
        program: Program,
        constants: Constants,
        imports: Imports,
        taken: set[str],
        overrides: Mapping[str, Any],
    ) -> None:
        self.program = program
        self.constants = constants
        self.imports = imports
        self.taken = taken
        self.overrides = overrides
        self.functions: list[str] = []
        self.places: Places = {}
        self.flat = FlatModel(imports, taken)
        # Named before anything is written, so that no local variable hides a function.
        self._names: dict[t.Block, str] = {}
        for module in program.modules.values():
            for declaration in module.tree.declarations:
                if isinstance(declaration, t.Block):
                    self._names[declaration] = free(function_name(declaration.name.id), self.taken)
                    self.taken.add(self._names[declaration])
        self._written: set[t.Block] = set()
        self._graphs: dict[t.Model, Graph] = {}
        self._builders: dict[tuple[str, str], str] = {}
        self._freezable = _used_frozen(program)

    def model(
        self,
        declaration: t.Model,
        graph: Graph,
        name: str,
        *,
        fixed: bool,
        called: str | None = None,
    ) -> None:
        """Write the function that builds a model; `fixed` parameters take the graph's values as defaults.

        `called` is the name of the model it builds, where that is not the graph's.
        """
        self._graphs[declaration] = graph
        self.imports.lines.add("import keras")
        writer = FunctionWriter(self, declaration, prefix=False)
        given = {
            p.name.id: value_code(graph.parameters[p.name.id], self.imports)
            for p in declaration.parameters
            if p.name.id in graph.parameters and (fixed or p.name.id in self.overrides)
        }
        parameters = parameter_code(writer, declaration.parameters, given)
        inputs: dict[str, str] = {}
        for input_name in graph.inputs:
            variable = self.program.tables.inputs[declaration][input_name]
            inputs[input_name] = writer.locals.new(variable, input_name)
        for line in counting_lines(graph):
            writer.emit(line)
        for input_name, tensor in graph.inputs.items():
            writer.at = tensor.node.span
            writer.emit(f"{inputs[input_name]} = {input_code(tensor, input_name, self.imports)}")
        writer.at = declaration.name.span
        writer.prelude_at = len(writer.lines)
        writer.start_counters()
        stack = StackWriter(writer)
        flow = Flow(next(iter(inputs.values()))) if len(inputs) == 1 else NOTHING
        writer.values.body_input = lambda: flow.code
        last = stack.body(
            declaration.body, flow, writer.x, after=not _binds_all(declaration, graph, self.program)
        )
        codes = {output: stack.outputs.get(output, last.code) for output in graph.outputs}
        writer.at = declaration.name.span
        writer.emit(_model_code(list(inputs.values()), codes, called or graph.name, self.imports))
        header = f"def {name}({', '.join(parameters)}) -> keras.Model:"
        self._function(name, header, declaration, writer)

    def block(self, block: t.Block) -> str:
        """The function of a block, written at its first use."""
        name = self._names[block]
        if block in self._written:
            return name
        self._written.add(block)
        freezable = block in self._freezable
        writer = FunctionWriter(self, block, prefix=True, freezable=freezable)
        writer.locals.new("flow", writer.x)
        entering = writer.x
        codes = parameter_code(writer, block.parameters, {})
        positional = [code for code in codes if "=" not in code]
        optional = [code for code in codes if "=" in code]
        doc = "\n\n".join(part for part in (block.doc, self._contract(block)) if part)
        if doc:
            writer.emit(docstring(doc, indent=4))
        stack = StackWriter(writer)
        uses_input = _mentions_input(block.body)
        start = Flow(entering)
        if uses_input:
            kept = writer.locals.new("input", "inputs")
            entering, start = kept, Flow(kept)
            writer.values.body_input = lambda: kept
        writer.start_counters()
        result = stack.body(block.body, start, writer.x, after=True)
        _return(writer, result)
        further = ["trainable=True"] if freezable else []
        signature = ", ".join([entering, *positional, *optional, "*", *further, "name"])
        self._function(name, f"def {name}({signature}):", block, writer)
        return name

    def _function(
        self, name: str, header: str, declaration: t.Model | t.Block, writer: FunctionWriter
    ) -> None:
        self.functions.append("\n".join([header, *writer.lines]))
        self.places[name] = places_of(header, declaration.name.span, writer.lines)

    def _contract(self, block: t.Block) -> str:
        """`[h, w, c] -> [h / 2, w / 2, filters]`, as the spec has it."""
        if block.contract is None:
            return ""
        sides = (block.contract.takes.span, block.contract.gives.span)
        return " -> ".join(
            " ".join(self.program.sources[side.path].slice(side).split()) for side in sides
        )

    def is_freezable(self, block: t.Block) -> bool:
        """Whether a block takes `trainable`."""
        return block in self._freezable

    def nested(self, writer: FunctionWriter, expr: t.Expr, symbol: Symbol) -> tuple[str, list[str]]:
        """The variable that holds a nested model in a function, and the names of its outputs."""
        if writer.prefix or not isinstance(writer.owner, t.Model):
            raise CannotWrite
        graph = self._graphs[writer.owner]
        layers = [x for x in graph.layers if x.kind == "model" and x.class_name == symbol.name]
        if len(layers) != 1 or layers[0].graph is None:
            raise CannotWrite
        layer = layers[0]
        inner = layers[0].graph
        known = writer.locals.of(layer)
        if known is None:
            builder = self._builder(symbol, inner, layer.name)
            known = writer.locals.new(layer, function_name(symbol.name))
            lines = [f"    {known} = {builder}()"]
            if not layer.trainable:
                lines.append(f"    {known}.trainable = False")
            writer.lines[writer.prelude_at : writer.prelude_at] = lines
            writer.prelude_at += len(lines)
        return known, list(inner.outputs)

    def _builder(self, symbol: Symbol, graph: Graph, called: str) -> str:
        key = (symbol.name, called)
        if key in self._builders:
            return self._builders[key]
        declaration = symbol.declaration
        fixed = isinstance(declaration, t.Variant) or bool(graph.parameters)
        while isinstance(declaration, t.Variant):
            base = symbol.module.names[declaration.base.callee.id]
            declaration = base.declaration
        if not isinstance(declaration, t.Model):
            raise CannotWrite
        name = self._builders[key] = free(f"build_{function_name(symbol.name)}", self.taken)
        self.taken.add(name)
        self.model(declaration, graph, name, fixed=fixed, called=called)
        return name

    def graph_of(self, owner: t.Model | t.Block) -> Graph:
        """The graph of a model whose function is being written."""
        if not isinstance(owner, t.Model):
            raise CannotWrite
        return self._graphs[owner]

    def first_input(self, writer: FunctionWriter) -> str:
        """The variable of a model's first input."""
        graph = self.graph_of(writer.owner)
        assert isinstance(writer.owner, t.Model)
        variable = self.program.tables.inputs[writer.owner][next(iter(graph.inputs))]
        code = writer.locals.of(variable)
        if code is None:
            raise CannotWrite
        return code


def _model_code(inputs: list[str], outputs: dict[str, str], name: str, imports: Imports) -> str:
    entering = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    if len(outputs) == 1:
        leaving = next(iter(outputs.values()))
    else:
        leaving = (
            "{"
            + ", ".join(f"{value_code(n, imports)}: {code}" for n, code in outputs.items())
            + "}"
        )
    return f"return keras.Model({entering}, {leaving}, name={value_code(name, imports)})"


def _return(writer: FunctionWriter, result: Flow) -> None:
    """`return x`; a last line that only assigns what is returned becomes the return itself, as in a function by hand."""
    if result.items:
        writer.emit(f"return {', '.join(result.items)}")
        return
    last = writer.lines[-1] if writer.lines else ""
    head = f"    {result.code} = "
    if last.startswith(head):
        span = last.span if isinstance(last, Placed) else None
        writer.lines[-1] = Placed("    return " + last.removeprefix(head), span)
    else:
        writer.emit(f"return {result.code}")


def _binds_all(declaration: t.Model, graph: Graph, program: Program) -> bool:
    """Whether every output is bound by name, so that what flows at the end is not needed."""
    bound = {program.tables.outputs[target] for target in program.tables.outputs} | set(graph.heads)
    return all(output in bound for output in graph.outputs)


def _mentions_input(statements: object) -> bool:
    return any(isinstance(node, t.Name) and node.id == "input" for node in _nodes(statements))


def _used_frozen(program: Program) -> set[t.Block]:
    """The blocks that stand, directly or inside others, in something `frozen`."""
    found: set[t.Block] = set()

    def take(node: object) -> None:
        for name in _nodes(node):
            resolution = program.tables.names.get(name)
            if isinstance(resolution, SymbolRef) and isinstance(
                resolution.symbol.declaration, t.Block
            ):
                block = resolution.symbol.declaration
                if block not in found:
                    found.add(block)
                    take(block.body)

    for module in program.modules.values():
        for node in _nodes(module.tree.declarations):
            if isinstance(node, t.Frozen):
                take(node.step)
    return found


def _nodes(value: object) -> Iterator[t.Node]:
    if is_tuple(value):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, t.Node):
        yield value
        for field in value.__dataclass_fields__:
            if field != "span":
                yield from _nodes(getattr(value, field))

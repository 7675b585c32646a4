"""Calls in a stack: Keras layers, ops, blocks, nested models, shared layers, learned tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archlang.catalogue import Entry
from archlang.diagnostics import error
from archlang.evaluation.evaluator import Environment, TooMuch
from archlang.evaluation.values import UNKNOWN, contains_unknown, show
from archlang.graph.construction import Construction, path_notes
from archlang.graph.context import Context, Flow, SharedLayer
from archlang.graph.contracts import Contracts
from archlang.graph.model import Frame, Graph, Layer, Tensor, tensors
from archlang.graph.naming import Names, snake
from archlang.narrowing import is_tuple
from archlang.semantics.calls import OF_APPLICATIONS
from archlang.semantics.program import (
    EntryRef,
    FlowingRef,
    Symbol,
    SymbolRef,
    Variable,
    VariableRef,
)
from archlang.shapes.dims import Sym, equal, substitute
from archlang.shapes.spec import TensorSpec
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.model import InputSpec, OutputSpec, TaskSpec

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
        self._models: dict[tuple[str, str], Layer] = {}

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
                return self._call_shared(expr, variable, flow, context)
            case _:
                return self.construction.broken(expr.span)

    # ------------------------------------------------------------------ Keras

    def _entry(self, expr: t.Expr, entry: Entry, flow: Flow, context: Context) -> Flow:
        layer, good = self._layer(expr, entry, flow, context)
        return self._call_entry(expr, entry, layer, good, flow, context)

    def _layer(
        self, expr: t.Expr, entry: Entry, flow: Flow, context: Context, name: str | None = None
    ) -> tuple[Layer, bool]:
        """A new Keras layer with the arguments of a call, and whether they are good."""
        args = self._arguments(expr, flow, context)
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
            return self._nothing_flows(expr, entry.name, context)
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

    def _arguments(self, expr: t.Expr, flow: Flow, context: Context) -> dict[str, Any]:
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

    def _nothing_flows(self, expr: t.Expr, name: str, context: Context) -> Flow:
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
        if not placed:
            if flow is None:
                return self._nothing_flows(expr, f"ops.{entry.name}", context)
            args.insert(0, flow)
        return self.construction.call_op(context, entry.name, tuple(args), kwargs, expr.span, spans)

    # ------------------------------------------------------------------ what the file declares

    def _symbol(self, expr: t.Expr, symbol: Symbol, flow: Flow, context: Context) -> Flow:
        match symbol.declaration:
            case t.Block() as block:
                return self._block(expr, symbol, block, flow, context)
            case t.PythonDecl(kind="layer") as declaration:
                layer = self._python_layer(expr, declaration, flow, context)
                return self._call_python(expr, declaration, layer, flow, context)
            case t.Model() | t.Variant():
                layer = self._model_layer(expr, symbol, flow, context)
                return self._call_model(expr, layer, flow, context)
            case _:
                return self.construction.broken(expr.span)

    def _block(
        self, expr: t.Expr, symbol: Symbol, block: t.Block, flow: Flow, context: Context
    ) -> Flow:
        args = self._arguments(expr, flow, context)
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

    def _python_layer(
        self,
        expr: t.Expr,
        declaration: t.PythonDecl,
        flow: Flow,
        context: Context,
        name: str | None = None,
    ) -> Layer:
        args = self._arguments(expr, flow, context)
        module = str(declaration.module.value)
        return self.construction.make_layer(
            context, "python", declaration.name.id, args, expr.span, name=name, module=module
        )

    def _call_python(
        self, expr: t.Expr, declaration: t.PythonDecl, layer: Layer, flow: Flow, context: Context
    ) -> Flow:
        if flow is None:
            return self._nothing_flows(expr, declaration.name.id, context)
        outputs = TensorSpec(None, None)
        if declaration.result == "same" and isinstance(flow, Tensor):
            outputs = flow.spec
        elif isinstance(declaration.result, t.TensorType):
            env = Environment()
            dims: list[Any] = []
            values = {p.name.id: self._python_default(p, layer) for p in declaration.parameters}
            for dim in declaration.result.dims:
                dims.append(self._python_dim(dim, values, env))
            outputs = TensorSpec((None, *dims), declaration.result.dtype.id)
        layer.weights = None
        self.construction.hold(layer)
        return self.construction.call_model(context, layer, flow, outputs, expr.span)

    def _python_default(self, parameter: t.Parameter, layer: Layer) -> Any:
        if parameter.name.id in layer.args:
            return layer.args[parameter.name.id]
        return (
            self.evaluator.evaluate(parameter.default, Environment())
            if parameter.default is not None
            else UNKNOWN
        )

    def _python_dim(
        self, dim: t.Expr, values: dict[str, Any], env: Environment
    ) -> int | Sym | None:
        for name in _dim_names(dim):
            resolution = self.tables.names.get(name)
            if isinstance(resolution, VariableRef):
                env.values[resolution.variable] = values.get(name.id, UNKNOWN)
        value = self.evaluator.evaluate(dim, env)
        return value if isinstance(value, int | Sym) and not isinstance(value, bool) else None

    # ------------------------------------------------------------------ nested models

    def _model_layer(self, expr: t.Expr, symbol: Symbol, flow: Flow, context: Context) -> Layer:
        """The one nested model of these arguments."""
        args = self._arguments(expr, flow, context)
        weights, chosen = args.pop("weights", None), args.pop("name", None)
        key = (
            symbol.name,
            repr(sorted((k, repr(v)) for k, v in args.items())) + repr(chosen) + repr(weights),
        )
        if key in self._models:
            return self._models[key]
        declaration = symbol.declaration
        if isinstance(declaration, t.Model):
            graph = self.elaborator.instance(declaration, args, name=symbol.name, top=False)
        else:
            assert isinstance(declaration, t.Variant)
            graph = self.elaborator.model(declaration)
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

    def _call_model(self, expr: t.Expr, layer: Layer, flow: Flow, context: Context) -> Flow:
        if flow is None:
            return self._nothing_flows(expr, layer.class_name, context)
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
        found = {name: with_lengths(tensor.spec, lengths) for name, tensor in graph.outputs.items()}
        outputs: Any = next(iter(found.values())) if len(found) == 1 else found
        return self.construction.call_model(context, layer, flow, outputs, expr.span)

    # ------------------------------------------------------------------ shared layers and learned tensors

    def shared(self, statement: t.Shared, variable: Variable, context: Context) -> SharedLayer:
        """What `shared encoder = …` holds: the layer is made at its first use."""
        step = statement.value
        frozen = context.frozen
        while isinstance(step, t.Frozen):
            step, frozen = step.step, True
        inside = context.inside(frozen=frozen)
        name = context.names.chosen(variable.name)

        def make(where: Context, flow: Flow) -> Layer | None:
            callee = step.callee if isinstance(step, t.Call) else step
            match self.tables.names.get(callee):
                case EntryRef(entry=entry) if entry.kind != "ops":
                    layer, good = self._layer(step, entry, flow, inside, name)
                    return layer if good else None
                case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.Block):
                    return self._shared_block(step, symbol, symbol.declaration, flow, inside, name)
                case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.PythonDecl):
                    return self._python_layer(step, symbol.declaration, flow, inside, name)
                case SymbolRef(symbol=symbol) if isinstance(
                    symbol.declaration, t.Model | t.Variant
                ):
                    return self._model_layer(step, symbol, flow, inside)
                case _:
                    return None

        return SharedLayer(make, variable)

    def _call_shared(self, expr: t.Expr, variable: Variable, flow: Flow, context: Context) -> Flow:
        shared = context.env.values.get(variable)
        if not isinstance(shared, SharedLayer):
            return self.construction.broken(expr.span)
        if flow is None:
            return self._nothing_flows(expr, variable.name, context)
        if shared.layer is None:
            shared.layer = shared.make(context, flow)
            if shared.layer is None:
                return self.construction.broken(expr.span)
        layer = shared.layer
        call_args = (
            {
                a.name.id: self.steps.value(a.value, flow, context)
                for a in expr.arguments
                if a.name is not None
            }
            if isinstance(expr, t.Call)
            else {}
        )
        if layer.kind == "model":
            return self._call_model(expr, layer, flow, context)
        if layer.kind == "python":
            symbol = self.elaborator.program.module.names.get(layer.class_name)
            assert symbol is not None and isinstance(symbol.declaration, t.PythonDecl)
            return self._call_python(expr, symbol.declaration, layer, flow, context)
        if layer.kind == "applications":
            return self.construction.call_application(context, layer, flow, expr.span, {})
        spans = (
            {a.name.id: a.value.span for a in expr.arguments if a.name is not None}
            if isinstance(expr, t.Call)
            else {}
        )
        return self.construction.call_layer(context, layer, flow, call_args, expr.span, spans)

    def _shared_block(
        self, expr: t.Expr, symbol: Symbol, block: t.Block, flow: Flow, context: Context, name: str
    ) -> Layer:
        """A block all of whose uses share weights is a nested model, made for the shape of its first use."""
        from archlang.graph.steps import Steps

        inner = Construction(self.report)
        inner.mixed = self.construction.mixed
        steps = Steps(self.elaborator, inner, self.steps.head)
        given = list(tensors(flow))
        inputs: dict[str, Tensor] = {}
        for index, tensor in enumerate(given):
            input_name = f"{name}_input" if len(given) == 1 else f"{name}_input_{index + 1}"
            inputs[input_name] = inner.input(input_name, tensor.spec, expr.span)
        entered: Flow = next(iter(inputs.values())) if len(inputs) == 1 else list(inputs.values())
        context.env.flowing = flow
        result = steps.calls._block(  # the same class, on the nested graph
            expr,
            symbol,
            block,
            entered,
            Context(context.env, Names(), context.path, context.frozen, context.depth),
        )
        results = list(tensors(result))
        names = (
            ["output"] if len(results) == 1 else [f"output_{i + 1}" for i in range(len(results))]
        )
        outputs = dict(zip(names, results, strict=True))
        self._nothing_from_outside(expr, inner, results)
        task = TaskSpec(
            None,
            tuple(
                InputSpec(n, t_.spec.dtype or "float32", (t_.spec.shape or (None,))[1:], expr.span)
                for n, t_ in inputs.items()
            ),
            tuple(OutputSpec(n, expr.span) for n in names),
            None,
        )
        graph = Graph(name, task, None, inputs, outputs, inner.nodes, inner.layers, expr.span)
        return self.construction.make_layer(
            context, "model", symbol.name, {}, expr.span, name=name, graph=graph
        )

    def _nothing_from_outside(
        self, expr: t.Expr, inner: Construction, results: list[Tensor]
    ) -> None:
        """A nested model sees only what flows into it, so a shared block can't use other tensors."""
        own = set(inner.nodes)
        used = [*results]
        for node in inner.nodes:
            used += tensors([node.inputs, list(node.args), node.kwargs])
        if any(tensor.node not in own and tensor.node.op != "?" for tensor in used):
            self.report(
                error(
                    "E0325",
                    "a shared block can't take a tensor as an argument",
                    expr.span,
                    label="uses a tensor that does not flow into it",
                    help="let all its tensors flow in: `[a, b] -> block`",
                )
            )

    def learned(self, statement: t.Learned, flow: Flow, context: Context) -> Tensor:
        """A trainable tensor, the same for every example: a small layer, called on any tensor for its batch size."""
        dims = self.elaborator.interfaces.dims(statement.type.dims, context.env)
        sizes = tuple(dim for dim in dims if isinstance(dim, int))
        initializer: Any = None
        if statement.initializer is not None:
            initializer = self.steps.value(statement.initializer, flow, context)
        source = next(tensors(flow), None) or next(tensors(context.env.body_input), None)
        if source is None:
            source = next(
                (tn for node in self.construction.nodes for tn in tensors(node.outputs)), None
            )
        if source is None or len(sizes) != len(dims) or contains_unknown(initializer):
            if len(sizes) != len(dims) and not any(dim is None for dim in dims):
                self.report(
                    error(
                        "E0705",
                        "a learned tensor needs sizes that are known",
                        statement.type.span,
                        label="not all are",
                    )
                )
            return self.construction.broken(statement.span)
        name = context.names.chosen(statement.name.id)
        args: dict[str, Any] = {"shape": list(sizes)}
        if initializer is not None:
            args["initializer"] = initializer
        if statement.type.dtype.id != "float32":
            args["dtype"] = statement.type.dtype.id
        layer = self.construction.make_layer(
            context, "learned", "LearnedTensor", args, statement.span, name=name
        )
        result = self.construction.call_learned(context, layer, source, statement.span)
        assert isinstance(result, Tensor)
        return result


def stands_for_flow(expr: t.Expr, names: Any) -> bool:
    """Whether `_` stands somewhere in an argument of an op as a tensor."""
    match expr:
        case t.Name():
            return isinstance(names.get(expr), FlowingRef)
        case t.ListExpr() | t.TupleExpr():
            return any(stands_for_flow(item, names) for item in expr.items)
        case t.Subscript():
            return stands_for_flow(expr.value, names)
        case t.Conditional():
            return stands_for_flow(expr.then, names) or stands_for_flow(expr.otherwise, names)
        case _:
            # `shape(_)` uses the flow without standing for it.
            return False


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


def with_lengths(spec: TensorSpec, lengths: dict[str, Any]) -> TensorSpec:
    """A nested model's output with its symbolic dimensions replaced by those of the call."""
    if spec.shape is None:
        return spec
    return spec.with_shape(tuple(substitute(dim, lengths) for dim in spec.shape))


def _sum(counts: Any) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total

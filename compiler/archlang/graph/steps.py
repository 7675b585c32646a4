"""Carrying out the statements and steps of a stack on what flows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archlang.diagnostics import Label, error
from archlang.evaluation.evaluator import Environment
from archlang.evaluation.values import UNKNOWN, show
from archlang.graph.calls import Calls
from archlang.graph.construction import Construction
from archlang.graph.context import Context, Flow
from archlang.graph.model import BROKEN, Frame, Node, Passed, Tensor, tensors
from archlang.graph.refusals import path_notes
from archlang.narrowing import is_dict, is_list, is_sequence
from archlang.semantics.program import EntryRef, FlowingRef, SymbolRef, Unresolved, VariableRef
from archlang.shapes.rule import LayerValue
from archlang.source import Span
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.graph.elaborate import Elaborator

HeadStep = Callable[[t.Head, Flow, Context], Flow]


class Steps:
    """Statements and steps of one model, in whatever block they stand."""

    def __init__(self, elaborator: Elaborator, construction: Construction, head: HeadStep) -> None:
        self.elaborator = elaborator
        self.evaluator = elaborator.evaluator
        self.tables = elaborator.program.tables
        self.construction = construction
        self.report = elaborator.report
        self.head = head
        self.calls = Calls(elaborator, construction, self)

    def on(self, construction: Construction) -> Steps:
        """The same for another graph: a block that is shared becomes a model of its own."""
        return Steps(self.elaborator, construction, self.head)

    # ------------------------------------------------------------------ statements

    def body(self, statements: tuple[t.Statement, ...], flow: Flow, context: Context) -> Flow:
        """Carry out statements one after the other; what flows at the end."""
        for statement in statements:
            self.evaluator.count(statement.span)
            flow = self.statement(statement, flow, context)
        return flow

    def statement(self, statement: t.Statement, flow: Flow, context: Context) -> Flow:
        env = context.env
        env.flowing = flow
        match statement:
            case t.FlowStatement():
                result = self._pass(statement.value, flow, context)
                return (
                    self._name_results(statement, result, context) if statement.targets else result
                )
            case t.Let():
                env.values[self.tables.statements[statement]] = self._value(
                    statement.value, context
                )
            case t.Shared():
                variable = self.tables.statements[statement]
                env.values[variable] = self.calls.sharing.make(statement, variable, context)
            case t.Learned():
                layers, nodes = len(self.construction.layers), len(self.construction.nodes)
                learned = self.calls.sharing.learned(statement, flow, context)
                env.values[self.tables.statements[statement]] = learned
                self._keep(statement.span, context, learned, layers, nodes)
            case t.Repeat():
                return self._repeat(statement, flow, context)
            case t.For():
                what = "the loop"
                for index, item in enumerate(self.evaluator.sequence(statement.iterable, env)):
                    self.evaluator.bind_target(statement.target, item, env)
                    frame = Frame(what, statement.span, index + 1)
                    flow = self.body(statement.body, flow, context.inside(frame))
            case t.If():
                holds = self._condition(statement.condition, context)
                if holds:
                    return self.body(statement.then, flow, context)
                if holds is False and statement.otherwise is not None:
                    return self.body(statement.otherwise, flow, context)
            case t.Require():
                self._require(statement, context)
            case _:
                pass
        return flow

    def _repeat(self, statement: t.Repeat, flow: Flow, context: Context) -> Flow:
        count = self._value(statement.count, context)
        if count is UNKNOWN:
            return flow
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            self.report(
                error(
                    "E0701",
                    f"`repeat` needs a whole number of rounds, not {show(count)}",
                    statement.count.span,
                    label="how often?",
                )
            )
            return flow
        for index in range(count):
            self.evaluator.count(statement.span)
            flow = self.body(
                statement.body, flow, context.inside(Frame("the loop", statement.span, index + 1))
            )
        return flow

    def _require(self, statement: t.Require, context: Context) -> None:
        measured = any(
            isinstance(name, t.Name) and name.id in ("params", "macs")
            for name in _names(statement.condition)
        )
        if measured:
            context.deferred.append(
                (statement, dict(context.env.values), context.env.flowing, context.path)
            )
        else:
            self._check(statement, context.env, context.path)

    def measure(self, context: Context, params: int | None, macs: int | None) -> None:
        """Check the requirements on parameters and multiply-adds, once a body is complete."""
        for statement, values, flowing, path in context.deferred:
            measures = {
                "params": UNKNOWN if params is None else params,
                "macs": UNKNOWN if macs is None else macs,
            }
            self._check(
                statement, Environment(values, flowing, context.env.body_input, measures), path
            )

    def _check(self, statement: t.Require, env: Environment, path: tuple[Frame, ...]) -> None:
        if self.evaluator.condition(statement.condition, env) is not False:
            return
        numbers: list[str] = []
        for part in _compared(statement.condition):
            text = self.elaborator.program.sources[part.span.path].slice(part.span)
            value = self.evaluator.evaluate(part, env)
            if not isinstance(part, t.Constant) and value is not UNKNOWN:
                shown = (
                    f"{value:,}"
                    if isinstance(value, int) and not isinstance(value, bool)
                    else show(value)
                )
                numbers.append(f"{text} is {shown}")
        self.report(
            error(
                "E0704",
                "a requirement does not hold",
                statement.condition.span,
                label=", ".join(numbers) or "does not hold",
                notes=path_notes(path),
            )
        )

    def _name_results(self, statement: t.FlowStatement, result: Flow, context: Context) -> Flow:
        targets = statement.targets
        if len(targets) == 1:
            self._bind(targets[0], result, context)
            return result
        parts: list[Flow]
        if is_dict(result):
            parts = list(result.values())
        elif is_sequence(result):
            parts = list(result)
        else:
            parts = [result]
        unknown = len(parts) == 1 and isinstance(parts[0], Tensor) and parts[0].spec.shape is None
        if unknown:
            parts = [_result(parts[0], index) for index in range(len(targets))]
        elif len(parts) != len(targets):
            given = f"gives {len(parts)} results" if len(parts) > 1 else "gives one result"
            self.report(
                error(
                    "E0321",
                    f"this {given}, but {len(targets)} names stand behind `as`",
                    targets[0].span.to(targets[-1].span),
                    label=f"{len(targets)} names",
                    labels=(Label(statement.value.span, given),),
                    notes=path_notes(context.path),
                    help="`return_state=True` gives the states too"
                    if len(parts) == 1
                    else "use `_` for a result that is not needed",
                )
            )
            parts = [self.construction.broken(statement.span) for _ in targets]
            for part in tensors(parts):
                part.node.inputs, part.node.path = result, context.path
        for target, part in zip(targets, parts, strict=True):
            self._bind(target, part, context)
        return parts[0]

    def _bind(self, target: t.AsTarget, value: Flow, context: Context) -> None:
        output = self.tables.outputs.get(target)
        if output is not None and context.outputs is not None and isinstance(value, Tensor):
            context.outputs[output] = value
        variable = self.tables.targets.get(target)
        if variable is None:
            return
        if target.append:
            gathered = context.env.values.get(variable)
            if is_list(gathered):
                gathered.append(value)
        else:
            context.env.values[variable] = value

    # ------------------------------------------------------------------ steps

    def step(self, expr: t.Expr, flow: Flow, context: Context) -> Flow:
        """Carry out one step on what flows."""
        self.evaluator.count(expr.span)
        env = context.env
        env.flowing = flow
        match expr:
            case t.Flow():
                for part in expr.steps:
                    flow = self._pass(part, flow, context)
                return flow
            case t.ListExpr():
                return [self._branch(item, flow, context) for item in expr.items]
            case t.Comprehension():
                return self._branches(expr, flow, context, 0)
            case t.Conditional():
                holds = self._condition(expr.condition, context)
                if holds is None:
                    return self.construction.broken(expr.span)
                return self.step(expr.then if holds else expr.otherwise, flow, context)
            case t.Group():
                return self.body(expr.body, flow, context)
            case t.Frozen():
                return self.step(expr.step, flow, context.inside(frozen=True))
            case t.Head():
                return self.head(expr, flow, context)
            case t.Name():
                return self._name(expr, flow, context)
            case t.Call() | t.Dotted():
                return self.calls.call(expr, flow, context)
            case t.Subscript():
                return self._tensor(self._value(expr, context), expr, context)
            case _:
                return self.construction.broken(expr.span)

    def apply_value(self, value: LayerValue, flow: Flow, context: Context, span: Span) -> Flow:
        """Call the layer that a value describes (of a head) on what flows."""
        args = dict(value.args)
        name = args.pop("name", None)
        layer = self.construction.make_layer(context, "layers", value.name, args, span, name=name)
        layer.trainable = True
        return self.construction.call_layer(context, layer, flow, {}, span, {})

    def _branch(self, item: t.Expr, flow: Flow, context: Context) -> Flow:
        result = self._pass(item, flow, context)
        context.env.flowing = flow
        return result

    def _pass(self, expr: t.Expr, flow: Flow, context: Context) -> Flow:
        """Carry out a step, and keep what it passes on."""
        made = self.construction
        layers, nodes, breaks = len(made.layers), len(made.nodes), len(made.breaks)
        result = self.step(expr, flow, context)
        for _, node in made.breaks[breaks:]:
            if node.span == expr.span:
                self._into_broken(node, expr, flow, context)
        self._keep(expr.span, context, result, layers, nodes)
        return result

    def _into_broken(self, node: Node, expr: t.Expr, flow: Flow, context: Context) -> None:
        """Keep what flows into a step that could not be carried out: what comes before it is no dead end."""
        node.path = context.path
        if isinstance(expr, t.Name):
            resolution = self.tables.names.get(expr)
            if isinstance(resolution, VariableRef) and resolution.variable.kind != "shared":
                return  # a tensor by its name: nothing flows into it
            if isinstance(resolution, Unresolved) and expr.id[:1].islower():
                return
        node.inputs = flow

    def _keep(self, span: Span, context: Context, result: Flow, layers: int, nodes: int) -> None:
        made = self.construction
        new = tuple(made.layers[layers:]), tuple(made.nodes[nodes:])
        made.passed.append(Passed(span, context.path, result, *new))

    def _branches(
        self, expr: t.Comprehension, flow: Flow, context: Context, depth: int
    ) -> list[Flow]:
        if depth == len(expr.clauses):
            return [self._branch(expr.element, flow, context)]
        clause = expr.clauses[depth]
        branches: list[Flow] = []
        for item in self.evaluator.sequence(clause.iterable, context.env):
            self.evaluator.bind_target(clause.target, item, context.env)
            if all(self.evaluator.condition(c, context.env) for c in clause.conditions):
                branches += self._branches(expr, flow, context, depth + 1)
        return branches

    def _name(self, expr: t.Name, flow: Flow, context: Context) -> Flow:
        resolution = self.tables.names.get(expr)
        match resolution:
            case FlowingRef():
                return self._flowing(expr, flow, context)
            case VariableRef(variable=variable) if variable.kind == "shared":
                return self.calls.call(expr, flow, context)
            case EntryRef() | SymbolRef():
                return self.calls.call(expr, flow, context)
            case _:
                return self._tensor(self._value(expr, context), expr, context)

    def _flowing(self, expr: t.Name, flow: Flow, context: Context) -> Flow:
        if flow is not None:
            return flow
        self.report(
            error(
                "E0322",
                "nothing flows here",
                expr.span,
                label="no tensor",
                notes=path_notes(context.path),
            )
        )
        return self.construction.broken(expr.span)

    def _tensor(self, value: Any, expr: t.Expr, context: Context) -> Flow:
        if value is UNKNOWN or (value is None and isinstance(expr, t.Name) and expr.id == "input"):
            return self.construction.broken(expr.span)
        if isinstance(value, Tensor):
            return value
        if is_sequence(value):
            items: list[Any] = list(value)
            if items and all(isinstance(item, Tensor) for item in items):
                return items
            if not items:
                self.report(
                    error("E0322", "this list holds no tensor", expr.span, label="empty here")
                )
                return self.construction.broken(expr.span)
        self.report(
            error(
                "E0203",
                f"{show(value)} is no tensor",
                expr.span,
                label="a value, not a tensor",
                notes=path_notes(context.path),
                help="a flow begins with a tensor or a layer",
            )
        )
        return self.construction.broken(expr.span)

    # ------------------------------------------------------------------ values

    def _value(self, expr: t.Expr, context: Context) -> Any:
        """A value in this context; tensors may be sliced in it."""
        self.evaluator.slice = lambda tensor, indices, span: self.construction.slice(
            context, tensor, indices, span
        )
        return self.evaluator.evaluate(expr, context.env)

    def value(self, expr: t.Expr, flow: Flow, context: Context) -> Any:
        """The value of an argument of a step into which `flow` flows."""
        context.env.flowing = flow
        return self._value(expr, context)

    def _condition(self, expr: t.Expr, context: Context) -> bool | None:
        self.evaluator.slice = lambda tensor, indices, span: self.construction.slice(
            context, tensor, indices, span
        )
        return self.evaluator.condition(expr, context.env)


def _result(tensor: Tensor, index: int) -> Tensor:
    """One of several results of a step of which no shape is known: an application's, a Python layer's."""
    return (
        tensor
        if tensor.node.op == BROKEN
        else Tensor(tensor.node, (*tensor.path, index), tensor.spec)
    )


def _names(expr: t.Expr) -> list[t.Expr]:
    match expr:
        case t.Name():
            return [expr]
        case t.Compare():
            return [name for operand in expr.operands for name in _names(operand)]
        case t.Binary():
            return [*_names(expr.left), *_names(expr.right)]
        case t.Unary():
            return _names(expr.operand)
        case t.Conditional():
            return [*_names(expr.then), *_names(expr.condition), *_names(expr.otherwise)]
        case _:
            return []


def _compared(expr: t.Expr) -> list[t.Expr]:
    """The parts of a condition whose values explain it."""
    if isinstance(expr, t.Compare):
        return list(expr.operands)
    if isinstance(expr, t.Binary) and expr.operator in ("and", "or"):
        return [*_compared(expr.left), *_compared(expr.right)]
    return [expr]

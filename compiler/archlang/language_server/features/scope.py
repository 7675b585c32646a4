"""Which names may be used at a place, what they hold, and what flows there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archlang.evaluation.evaluator import Environment, Evaluator, TooMuch
from archlang.evaluation.values import contains_unknown
from archlang.evaluation.values import show as show_value
from archlang.graph.model import Nested, Tensor
from archlang.language_server.analysis import Analysis
from archlang.narrowing import is_dict, is_sequence
from archlang.records import record
from archlang.semantics.program import Symbol, VariableRef
from archlang.shapes.spec import TensorSpec
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.syntax.tree import walk

_MOST_SHOWN = 60


@record
class Visible:
    """A name: what it is in words (`tensor`, `constant`, `parameter` …), what it holds, where it is bound."""

    name: str
    kind: str
    detail: str
    span: Span
    doc: str = ""
    value: Any = None  # of a constant, where it is known

    @property
    def is_tensor(self) -> bool:
        """Whether it may begin a flow."""
        return self.kind in ("tensor", "input", "tensor parameter", "learned", "shared", "list")


# ---------------------------------------------------------------------------------------- names


def visible(analysis: Analysis, at: Span) -> list[Visible]:
    """The names that may be used at a place inside a declaration, the innermost first."""
    declaration = enclosing(analysis, at)
    found: list[Visible] = []
    if isinstance(declaration, t.Model | t.Block):
        found += reversed(list(_of_body(analysis, declaration.body, at)))
        for parameter in declaration.parameters:
            kind = "tensor parameter" if parameter.is_tensor else "parameter"
            default = "" if parameter.default is None else analysis.slice(parameter.default.span)
            detail = f"= {default}" if default else ""
            if parameter.is_tensor:
                detail = tensor_text(_parameter_specs(analysis, declaration, parameter))
            found.append(Visible(parameter.name.id, kind, detail, parameter.name.span))
    if isinstance(declaration, t.Model):
        found += _inputs(analysis, declaration)
    unique: dict[str, Visible] = {}
    for each in found:
        unique.setdefault(each.name, each)
    return list(unique.values())


def constants(analysis: Analysis) -> list[Visible]:
    """The constants of the file, with their values."""
    module = analysis.program.module
    found: list[Visible] = []
    for symbol in module.names.values():
        declaration = symbol.declaration
        if isinstance(declaration, t.Let):
            value = constant(analysis, symbol)
            detail = "" if value is None else f"= {_cut(show_value(value))}"
            doc = declaration.doc or ""
            found.append(
                Visible(symbol.name, "constant", detail, declaration.name.span, doc, value)
            )
    return found


def constant_value(analysis: Analysis, symbol: Symbol) -> str | None:
    """The value of a constant as a spec writes it, cut short; None where it is not known."""
    value = constant(analysis, symbol)
    if value is None:
        return None
    return _cut(show_value(value))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def constant(analysis: Analysis, symbol: Symbol) -> Any:
    """The value of a constant, None where it is not known (or None itself)."""
    evaluator = Evaluator(analysis.program, analysis.checked.overrides, lambda _: None)
    try:
        value = evaluator.symbol(symbol)
    except (TooMuch, RecursionError):
        return None
    return None if contains_unknown(value) else value


def evaluated(analysis: Analysis, expr: t.Expr) -> Any:
    """The value of an expression of constants alone, None where it is not known."""
    evaluator = Evaluator(analysis.program, analysis.checked.overrides, lambda _: None)
    try:
        value = evaluator.evaluate(expr, Environment())
    except (TooMuch, RecursionError, KeyError, AttributeError, TypeError):
        return None
    return None if contains_unknown(value) else value


def enclosing(analysis: Analysis, at: Span) -> t.Declaration | None:
    """The declaration around a place, or, where the rest of it could not be read, the last one above it in its part."""
    best: t.Declaration | None = None
    for declaration in analysis.program.declarations():
        span = declaration.span
        if span.path == at.path and span.start <= at.start:
            best = declaration
    return best


def _inputs(analysis: Analysis, model: t.Model) -> Iterator[Visible]:
    for name, variable in analysis.program.tables.inputs.get(model, {}).items():
        found = [
            tensor.spec
            for graph in analysis.graphs.values()
            if graph.name == model.name.id
            for given, tensor in graph.inputs.items()
            if given == name
        ]
        yield Visible(name, "input", tensor_text(found[:1]), variable.span)


def _of_body(analysis: Analysis, body: Sequence[t.Statement], at: Span) -> Iterator[Visible]:
    for statement in body:
        if statement.span.path != at.path or statement.span.start >= at.start:
            return
        inside = at.start <= statement.span.end
        if not inside:
            yield from bound_by(analysis, statement)
            continue
        if isinstance(statement, t.For) and at.start > statement.iterable.span.end:
            for target in _targets(statement.target):
                yield Visible(target.id, "loop variable", "", target.span)
        for inner in bodies(statement):
            if inner and inner[0].span.start <= at.start:
                # Of the branches of an `if`, the one that begins last before the place.
                last = [b for b in bodies(statement) if b and b[0].span.start <= at.start][-1]
                if inner is last:
                    yield from _of_body(analysis, inner, at)


def bodies(statement: t.Statement) -> list[Sequence[t.Statement]]:
    """The stacks directly inside a statement, in order."""
    if isinstance(statement, t.Repeat | t.For):
        return [statement.body]
    if isinstance(statement, t.If):
        return [statement.then, *([] if statement.otherwise is None else [statement.otherwise])]
    return [node.body for node in walk(statement) if isinstance(node, t.Group)]


def bound_by(analysis: Analysis, statement: t.Statement) -> Iterator[Visible]:
    """The names that a statement binds for those behind it."""
    match statement:
        case t.FlowStatement():
            specs = results(analysis, statement.value)
            for index, target in enumerate(statement.targets):
                if target.append or target.name.id == "_":
                    continue
                several = len(statement.targets) > 1
                own = [_part(spec, index) if several else spec for spec in specs]
                yield Visible(target.name.id, "tensor", tensor_text(own), target.name.span)
        case t.Let():
            kind = "list" if _is_list(analysis, statement) else "constant"
            value = analysis.slice(statement.value.span) if kind == "constant" else ""
            yield Visible(
                statement.name.id, kind, f"= {value}" if value else "", statement.name.span
            )
        case t.Shared():
            text = analysis.slice(statement.value.span)
            yield Visible(statement.name.id, "shared", text, statement.name.span)
        case t.Learned():
            text = analysis.slice(statement.type.span)
            yield Visible(statement.name.id, "learned", text, statement.name.span)
        case t.Repeat() | t.For() | t.If():
            # What is bound in there stays there; a name from outside that is bound again is known already.
            return
        case _:
            return


def _is_list(analysis: Analysis, statement: t.Let) -> bool:
    variable = analysis.program.tables.statements.get(statement)
    return variable is not None and variable.kind == "list"


def goes_through_tensors(analysis: Analysis, variable: Visible) -> bool:
    """Whether the loop that binds a name goes through a list of tensors, as far as can be told without running it."""
    for node in walk(enclosing(analysis, variable.span)):
        if isinstance(node, t.For) and any(x.span == variable.span for x in _targets(node.target)):
            for inner in walk(_own_part(node, variable)):
                resolution = analysis.program.tables.names.get(inner)
                if isinstance(resolution, VariableRef) and resolution.variable.kind == "list":
                    return True
    return False


def _own_part(loop: t.For, variable: Visible) -> t.Expr:
    """Of `zip(…)`, the argument that a name goes through, else all that the loop goes through."""
    through, target = loop.iterable, loop.target
    if isinstance(through, t.Call) and through.callee.id == "zip":
        parts = target.items if isinstance(target, t.TupleTarget) else ()
        for argument, part in zip(through.arguments, parts, strict=False):
            if any(x.span == variable.span for x in _targets(part)):
                return argument.value
    return through


def _targets(target: t.Target) -> Iterator[t.NameTarget]:
    if isinstance(target, t.NameTarget):
        yield target
    else:
        for item in target.items:
            yield from _targets(item)


# ---------------------------------------------------------------------------------------- tensors


def results(analysis: Analysis, expr: t.Expr) -> list[Nested]:
    """What a step gives, once for each round and use: tensors' specs, nested as Keras nests them."""
    found = [_specs(each.passed.result) for each in analysis.passes(expr.span)]
    if not found:
        found = [_specs(use.node.outputs) for use in analysis.uses(expr.span)]
    return found


def tensor_text(specs: Sequence[Nested]) -> str:
    """Shapes in a few words: the one that all have, or the first and the last."""
    texts = list(dict.fromkeys(_text(spec) for spec in specs if spec is not None))
    if len(texts) > 2:
        return f"{texts[0]} … {texts[-1]}"
    return ", ".join(texts)


def spec_text(spec: TensorSpec) -> str:
    """A tensor's dtype and shape, as a type is written."""
    if spec.shape is None:
        return "?"
    return f"{spec.dtype or ''}{spec}"


def _text(spec: Nested) -> str:
    if isinstance(spec, TensorSpec):
        return spec_text(spec)
    if is_sequence(spec):
        shown = [_text(item) for item in spec[:4]]
        return f"[{', '.join(shown)}{', …' if len(spec) > 4 else ''}]"
    if is_dict(spec):
        return ", ".join(f"{name}: {_text(item)}" for name, item in list(spec.items())[:4])
    return "?"


def _specs(nested: Nested) -> Nested:
    if isinstance(nested, Tensor):
        return nested.spec
    if is_sequence(nested):
        return [_specs(item) for item in nested]
    if is_dict(nested):
        return {key: _specs(value) for key, value in nested.items()}
    return None


def _part(spec: Nested, index: int) -> Nested:
    if is_sequence(spec):
        return spec[index] if index < len(spec) else None
    if is_dict(spec):
        values = list(spec.values())
        return values[index] if index < len(values) else None
    return None


def _parameter_specs(
    analysis: Analysis, block: t.Block | t.Model, parameter: t.Parameter
) -> list[Nested]:
    """The shapes of the tensors that a block's tensor parameter is given: of the flows that begin with it."""
    tables = analysis.program.tables
    variable = tables.parameters.get(parameter)
    found: list[Nested] = []
    for node in walk(block.body):
        if isinstance(node, t.Name):
            resolution = tables.names.get(node)
            if isinstance(resolution, VariableRef) and resolution.variable is variable:
                found += results(analysis, node)
    return found


# ---------------------------------------------------------------------------------------- what flows


def flowing_at(analysis: Analysis, at: Span) -> Nested:
    """What flows into a step that begins at a place (in its first use), as specs; None where that is not known."""
    declaration = enclosing(analysis, at)
    if not isinstance(declaration, t.Model | t.Block):
        return None
    before = _before(declaration.body, at)
    if before is not None:
        found = results(analysis, before)
        return found[0] if found else None
    if isinstance(declaration, t.Model):
        graph = analysis.graphs.get(declaration.name.id)
        if graph is not None and len(graph.inputs) == 1:
            return next(iter(graph.inputs.values())).spec
        return None
    return _into(analysis, declaration)


def _into(analysis: Analysis, block: t.Block) -> Nested:
    """What flows into the first step of a block, in its first use."""
    for statement in block.body:
        if isinstance(statement, t.FlowStatement):
            for node in walk(statement.value):
                for use in analysis.uses(node.span):
                    if use.node.kind == "layer" and use.node.inputs is not None:
                        return _specs(use.node.inputs)
    return None


def _before(body: Sequence[t.Statement], at: Span, before: t.Expr | None = None) -> t.Expr | None:
    """The step whose result flows to a place."""
    for statement in body:
        if statement.span.path != at.path or statement.span.start >= at.start:
            break
        inside = at.start <= statement.span.end
        if isinstance(statement, t.FlowStatement):
            if inside:
                return _before_in(statement.value, at, before)
            before = statement.value
            continue
        inner = [b for b in bodies(statement) if b and b[0].span.start <= at.start]
        if isinstance(statement, t.Repeat | t.For | t.If) and inner:
            before = _before(inner[-1], at, before)
            if inside:
                return before
    return before


def _before_in(expr: t.Expr, at: Span, before: t.Expr | None) -> t.Expr | None:
    """The same inside a step: between the steps of a flow, in the branches of a fork, in a group."""
    if isinstance(expr, t.Flow):
        for step in expr.steps:
            if at.start <= step.span.start:
                return before
            if at.start <= step.span.end and not isinstance(step, t.Name):
                return _before_in(step, at, before)
            if isinstance(step, t.Missing):
                return before
            before = step
        return before
    if isinstance(expr, t.ListExpr):
        for item in expr.items:
            if item.span.start <= at.start <= item.span.end:
                return _before_in(item, at, before)
        return before
    if isinstance(expr, t.Group):
        return _before(expr.body, at, before)
    if isinstance(expr, t.Frozen):
        return _before_in(expr.step, at, before)
    return before


def flat(nested: Nested) -> Iterable[TensorSpec]:
    """The tensors' specs inside a nesting."""
    if isinstance(nested, TensorSpec):
        yield nested
    elif is_sequence(nested):
        for item in nested:
            yield from flat(item)
    elif is_dict(nested):
        for item in nested.values():
            yield from flat(item)

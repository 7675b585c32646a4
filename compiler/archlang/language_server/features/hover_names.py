"""Hover over names: tensors, constants, parameters, blocks where they are declared, outputs, imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlang.backends.explanation import explained_output
from archlang.evaluation.values import kind_of
from archlang.graph.model import Graph
from archlang.language_server.analysis import Analysis
from archlang.language_server.features import documentation
from archlang.language_server.features.figures import details, figures, number, plural
from archlang.language_server.features.hover_steps import of_declaration, uses_of
from archlang.language_server.features.scope import (
    constant,
    constant_value,
    results,
    spec_text,
    tensor_text,
    visible,
)
from archlang.language_server.features.signatures import of_symbol as callee_of_symbol
from archlang.language_server.features.signatures import text_of
from archlang.narrowing import is_sequence
from archlang.semantics.program import Symbol, SymbolRef, Variable
from archlang.source import Span, file_of
from archlang.syntax import tree as t
from archlang.tasks.model import OutputSpec

_KINDS = {
    "parameter": "parameter",
    "tensor_parameter": "tensor parameter",
    "loop": "loop variable",
    "let": "constant",
    "list": "list of tensors",
    "tensor": "tensor",
    "shared": "shared layer",
    "learned": "learned tensor",
    "input": "input",
}
_MOST_NAMES = 12


# ---------------------------------------------------------------------------------------- variables


def of_variable(
    analysis: Analysis, variable: Variable | None, name: str, at: t.Expr | None = None
) -> str | None:
    """A name bound in a stack: what it is, its shape or value, and where it comes from."""
    if variable is None:
        return None
    kind = _KINDS[variable.kind]
    specs: list[object] = []
    if at is not None and variable.kind in (
        "tensor",
        "input",
        "tensor_parameter",
        "learned",
        "list",
    ):
        specs = results(analysis, at)
    binding = list(_bindings(analysis, variable))
    if not specs:
        for statement, index in binding:
            specs += _given(analysis, statement, index)
    shape = tensor_text(specs)
    if not shape:
        shape = _seen(analysis, variable)
    if variable.kind == "list" and not specs:
        shape = tensor_text([spec for s, i in binding for spec in _given(analysis, s, i)])
    first = f"**{name}** · {kind}" + (f" {shape}" if shape and not shape.startswith("=") else "")
    if shape.startswith("="):
        first += f" `{shape}`"
    parts = [first]
    if variable.kind == "shared" and at is not None:
        parts.append(details(figures(analysis, at.span)))
    for statement, _ in binding[:3]:
        parts.append(f"```arch\n{_line(analysis, statement.span)}\n```")
    if variable.kind == "loop":
        parts += [f"```arch\n{header}\n```" for header in _loops(analysis, variable)]
    elif not binding and file_of(variable.span.path) == analysis.path:
        parts.append(f"bound in line {_line_number(analysis, variable.span)}")
    return "\n\n".join(part for part in parts if part)


def _bindings(analysis: Analysis, variable: Variable) -> Iterator[tuple[t.Statement, int]]:
    """The statements that bind a variable, and which of their results it is."""
    tables = analysis.program.tables
    module = analysis.program.module_at(variable.span)
    for declaration in module.tree.declarations:
        span = declaration.span
        if span.path != variable.span.path or not span.start <= variable.span.start <= span.end:
            continue
        for node in t.walk(declaration):
            if isinstance(node, t.FlowStatement):
                for index, target in enumerate(node.targets):
                    if tables.targets.get(target) is variable:
                        yield node, index if len(node.targets) > 1 else -1
            elif isinstance(node, t.Let | t.Shared | t.Learned):
                bound = tables.statements.get(node)
                if bound is variable:
                    yield node, -1


def _loops(analysis: Analysis, variable: Variable) -> Iterator[str]:
    """How the loop or comprehension that binds a variable begins."""
    tables = analysis.program.tables
    for node in t.walk(analysis.program.module_at(variable.span).tree.declarations):
        if isinstance(node, t.For | t.ComprehensionClause):
            targets = [x for x in t.walk(node.target) if isinstance(x, t.NameTarget)]
            if any(tables.targets.get(target) is variable for target in targets):
                start, end = node.target.span, node.iterable.span
                yield f"for {_line(analysis, Span(start.path, start.start, end.end))}"


def _given(analysis: Analysis, statement: t.Statement, index: int) -> list[object]:
    """What a statement gives to the name at an index (-1: all)."""
    if not isinstance(statement, t.FlowStatement):
        return []
    found = results(analysis, statement.value)
    if index < 0:
        return list(found)
    return [spec[index] for spec in found if is_sequence(spec) and index < len(spec)]


def _seen(analysis: Analysis, variable: Variable) -> str:
    """What completion would show of the variable."""
    end = Span(variable.span.path, 1_000_000_000, 1_000_000_000)
    for each in visible(analysis, end):
        if each.span == variable.span:
            return each.detail
    return ""


def _line(analysis: Analysis, span: Span) -> str:
    text = text_of(analysis, span)
    return text if len(text) <= 120 else text[:119] + "…"


def _line_number(analysis: Analysis, span: Span) -> int:
    return analysis.source.position(analysis.place(span).start).line


# ---------------------------------------------------------------------------------------- declarations


def of_symbol(analysis: Analysis, symbol: Symbol | None) -> str | None:
    """A name that a file declares."""
    if symbol is None:
        return None
    declaration = symbol.declaration
    if isinstance(declaration, t.Let):
        return _constant(analysis, symbol, declaration)
    if isinstance(declaration, t.Task):
        return _task(analysis, declaration)
    callee = callee_of_symbol(analysis, symbol)
    if callee is None:
        return None
    about = of_declaration(analysis, symbol, callee)
    if isinstance(declaration, t.Block):
        found = [each for span in uses_of(analysis, symbol) for each in figures(analysis, span)]
        first = f"**{symbol.name}** · block"
        if found:
            first += f", used {len(found)} time{'s' if len(found) > 1 else ''}"
        table = details(found)
        if found and not table.startswith("|"):
            into = f"{found[0].into} → {found[0].out}" if found[0].into else f"→ {found[0].out}"
            size = plural(found[0].params or 0, "parameter")
            table = ", ".join(text for text in (into, size, table) if text)
        return "\n\n".join(part for part in (first, about, table) if part)
    graph = analysis.graphs.get(symbol.name) if symbol.module is analysis.program.module else None
    first = f"**{symbol.name}** · {'model' if callee.kind == 'model' else 'written in Python'}"
    if graph is None:
        return f"{first}\n\n{about}"
    return f"{first} · {_size(graph)}\n\n{about}\n\n{_interface(graph)}"


def _size(graph: Graph) -> str:
    trained = graph.trainable_params
    text = f"{number(graph.params)} parameters"
    if trained != graph.params:
        text += f", {number(trained)} of them trained"
    return f"{text} · {number(graph.macs)} multiply-adds"


def _interface(graph: Graph) -> str:
    lines = [f"- input `{name}`: {spec_text(x.spec)}" for name, x in graph.inputs.items()]
    lines += [f"- output `{name}`: {spec_text(x.spec)}" for name, x in graph.outputs.items()]
    return "\n".join(lines[:_MOST_NAMES])


def _constant(analysis: Analysis, symbol: Symbol, declaration: t.Let) -> str:
    value = constant_value(analysis, symbol)
    first = f"**{symbol.name}** · constant"
    if value is not None:
        first = f"**{symbol.name}** = `{value}` · {kind_of(constant(analysis, symbol))}"
    parts = [first, f"```arch\nlet {symbol.name} = {_line_of(analysis, declaration)}\n```"]
    if declaration.doc:
        parts.append(declaration.doc)
    return "\n\n".join(parts)


def _line_of(analysis: Analysis, declaration: t.Let) -> str:
    return _line(analysis, declaration.value.span)


def _task(analysis: Analysis, task: t.Task) -> str:
    lines = [f"- {text_of(analysis, member.span)}" for member in task.members[:_MOST_NAMES]]
    models = [
        d.name.id
        for d in analysis.program.models
        if isinstance(d, t.Model) and _is_for(analysis, d, task)
    ]
    parts = [f"**{task.name.id}** · task"]
    if task.doc:
        parts.append(task.doc)
    parts.append("\n".join(lines))
    if models:
        parts.append("Solved by " + ", ".join(f"`{name}`" for name in models[:_MOST_NAMES]) + ".")
    return "\n\n".join(part for part in parts if part)


def _is_for(analysis: Analysis, model: t.Model, task: t.Task) -> bool:
    found = analysis.program.tables.names.get(model.task) if model.task is not None else None
    return isinstance(found, SymbolRef) and found.symbol.declaration is task


# ---------------------------------------------------------------------------------------- outputs


def of_output(analysis: Analysis, node: t.Node, path: Sequence[t.Node]) -> str | None:
    """An output: its head, loss and metrics, with the reasons, as `archc explain` gives them."""
    name = _output_name(analysis, node)
    for graph in _graphs_of(analysis, path):
        if name is None and len(graph.task.outputs) == 1:
            name = graph.task.outputs[0].name
        spec = graph.outputs.get(name or "")
        for output in graph.task.outputs:
            if name is None or output.name != name:
                continue
            kind = (output.kind or "a plain tensor").replace("_", " ")
            first = f"**{name}** · {kind}" + (f" {spec_text(spec.spec)}" if spec else "")
            lines = [
                f"- **{topic}** `{chosen}`{why}" for topic, chosen, why in _choices(graph, output)
            ]
            doc = [output.doc] if output.doc else []
            return "\n\n".join([first, *doc, "\n".join(lines)])
    return None


def _choices(graph: Graph, output: OutputSpec) -> Iterator[tuple[str, str, str]]:
    for choice in explained_output(graph, output):
        reasons = " ".join(choice.reasons)
        yield choice.topic, choice.chosen, f": {reasons}" if reasons else ""


def _output_name(analysis: Analysis, node: t.Node) -> str | None:
    match node:
        case t.Head():
            return None if node.output is None else node.output.id
        case t.OutputDecl():
            return node.name.id
        case t.AsTarget():
            return analysis.program.tables.outputs.get(node)
        case _:
            return None


def _graphs_of(analysis: Analysis, path: Sequence[t.Node]) -> list[Graph]:
    """The graphs that an output of a task, or of a model, belongs to."""
    declaration = path[0]
    if isinstance(declaration, t.Task):
        return [g for g in analysis.graphs.values() if g.task.name == declaration.name.id]
    if isinstance(declaration, t.Model):
        own = analysis.graphs.get(declaration.name.id)
        return [] if own is None else [own]
    return []


# ---------------------------------------------------------------------------------------- others


def dimension(analysis: Analysis, name: str) -> str:
    """A symbolic dimension, and the inputs that have it."""
    named = [
        text_of(analysis, node.span)
        for node in t.walk(analysis.program.declarations())
        if isinstance(node, t.InputDecl)
        and isinstance(node.type, t.TensorType)
        and any(isinstance(dim, t.Name) and dim.id == name for dim in node.type.dims)
    ]
    text = f"**{name}** · dimension of any length, the same wherever it is named"
    lines = [f"- {each}" for each in dict.fromkeys(named)][:_MOST_NAMES]
    return "\n\n".join([text, "\n".join(lines)]) if lines else text


def of_import(analysis: Analysis, declaration: t.Import, name: t.Name | None) -> str | None:
    """A name that is imported, or the file that it comes from."""
    if name is not None:
        return of_symbol(analysis, analysis.program.module.names.get(name.id))
    written = str(declaration.path.value)
    wanted = {each.id for each in declaration.names}
    for path, module in analysis.program.modules.items():
        if path.endswith(written) and any(each in module.names for each in wanted):
            names = [n for n, symbol in module.names.items() if symbol.module is module]
            listed = ", ".join(f"`{each}`" for each in names[:_MOST_NAMES])
            doc = module.tree.doc
            parts = [f"**{written}**: {listed}", documentation.summary(doc) if doc else ""]
            return "\n\n".join(part for part in parts if part)
    return None

"""Binding the arguments of a call to the parameters that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as dataclass_replace

from archlang.catalogue import Entry
from archlang.catalogue.validation import validate
from archlang.diagnostics import Diagnostic, Label, error, replace
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.semantics import errors
from archlang.semantics.program import BoundCall
from archlang.source import Span
from archlang.syntax.tree import Argument, Block, Call, Missing, Model, Name, PythonDecl

# What an application takes beyond Keras's arguments.
OF_APPLICATIONS = ("preprocess", "outputs")


@record
class Signature:
    """What a call may be given: `what` names the callee in messages."""

    what: str
    parameters: tuple[str, ...]
    required: tuple[str, ...] = ()
    further: tuple[str, ...] = ()  # by keyword only
    call: tuple[str, ...] = ()
    declared: Span | None = None
    entry: Entry | None = None


def entry_signature(entry: Entry) -> Signature:
    """The signature of a catalogue entry; whether required arguments are there is asked of its schema later."""
    positional = tuple(p.name for p in entry.parameters if not p.keyword_only)
    further = tuple(name for name in entry.argument_names if name not in positional)
    if entry.kind == "applications":
        further += OF_APPLICATIONS
    call = entry.call_parameters if entry.kind in ("layers", "applications") else ()
    return Signature(entry.name, positional, further=further, call=call, entry=entry)


def declaration_signature(declaration: Block | Model | PythonDecl) -> Signature:
    """What a use of a block, model or Python layer may be given."""
    names = tuple(p.name.id for p in declaration.parameters)
    required = tuple(p.name.id for p in declaration.parameters if p.default is None)
    further = ("name",)
    if isinstance(declaration, Model):
        further = ("name", "weights")
    elif isinstance(declaration, PythonDecl):
        further = ("name", "dtype", "trainable")
    further = tuple(name for name in further if name not in names)
    return Signature(
        declaration.name.id, names, required, further=further, declared=declaration.name.span
    )


def bind(call: Call | Name, signature: Signature, problems: list[Diagnostic]) -> BoundCall:
    """Each argument under its parameter's name; what fits none is reported and left out."""
    constructor: dict[str, Argument] = {}
    at_call: dict[str, Argument] = {}
    arguments = call.arguments if isinstance(call, Call) else ()
    stray: list[Argument] = []
    positions = 0
    for argument in arguments:
        if argument.name is None:
            if positions < len(signature.parameters):
                constructor[signature.parameters[positions]] = argument
            elif positions == len(signature.parameters):
                problems.append(_too_many(signature, argument, arguments))
            positions += 1
            continue
        name = argument.name.id
        if name in constructor or name in at_call:
            first = constructor.get(name) or at_call[name]
            problems.append(_twice(signature, name, argument, first))
        elif name in signature.parameters or name in signature.further:
            constructor[name] = argument
        elif name in signature.call:
            at_call[name] = argument
        else:
            problem = unknown_argument(signature, argument.name, constructor)
            problems.append(problem)
            meant = problem.fixes[0].edits[0].text if problem.fixes else ""
            if meant in signature.parameters and meant not in constructor:
                constructor[meant] = argument
            else:
                stray.append(argument)
    if stray:
        # One of these may be what is missing: one mistake, one message.
        for name in _required(signature):
            if name not in constructor:
                constructor[name] = dataclass_replace(stray[0], value=Missing(stray[0].value.span))
    missing = [name for name in signature.required if name not in constructor]
    if missing:
        problems.append(_missing(signature, missing, call))
    return BoundCall(constructor, at_call)


def _required(signature: Signature) -> tuple[str, ...]:
    if signature.entry is None:
        return signature.required
    return tuple(p.name for p in signature.entry.parameters if p.required)


def _too_many(
    signature: Signature, argument: Argument, arguments: tuple[Argument, ...]
) -> Diagnostic:
    given = sum(1 for other in arguments if other.name is None)
    count = len(signature.parameters)
    takes = "no arguments" if count == 0 else f"{count} argument{'s' if count > 1 else ''}"
    order = ", ".join(signature.parameters)
    return errors.argument_problem(
        f"`{signature.what}` takes {takes} by position, but {given} are given",
        argument.span,
        label="one too many" if given == count + 1 else "too many from here on",
        help=f"in order they are: {order}" if order else None,
    )


def _twice(signature: Signature, name: str, argument: Argument, first: Argument) -> Diagnostic:
    return error(
        "E0206",
        f"`{signature.what}` is given `{name}` twice",
        argument.span,
        label="again here",
        labels=(
            Label(first.span, f"`{name}` is given here" + ("" if first.name else ", by position")),
        ),
        help="remove one of them",
    )


def unknown_argument(
    signature: Signature, name: Name, given: Mapping[str, Argument] | None = None
) -> Diagnostic:
    """A keyword that the callee doesn't have."""
    if signature.entry is not None:
        # The catalogue knows what other libraries call things.
        known = dict.fromkeys(given or {}) | {name.id: None}
        for problem in validate(signature.entry, known):
            if problem.argument == name.id:
                candidates = [*signature.call] if problem.replacement is None else []
                near = (
                    [problem.replacement] if problem.replacement else nearest(name.id, candidates)
                )
                return error(
                    problem.code,
                    problem.message,
                    name.span,
                    label=problem.label,
                    help=(did_you_mean(near) if problem.replacement is None else None)
                    or problem.help,
                    fixes=tuple(replace(f"write `{n}`", name.span, n) for n in near[:1]),
                )
    candidates = [*signature.parameters, *signature.further, *signature.call]
    near = [n for n in nearest(name.id, candidates) if n not in (given or {})]
    free = [candidate for candidate in signature.parameters if candidate not in (given or {})]
    return error(
        "E0401",
        f"`{signature.what}` has no argument `{name.id}`",
        name.span,
        label="no such argument",
        labels=(Label(signature.declared, "declared here"),) if signature.declared else (),
        help=did_you_mean(near) or (f"it takes {', '.join(free)}" if free else None),
        fixes=(replace(f"write `{near[0]}`", name.span, near[0]),) if near else (),
    )


def _missing(signature: Signature, missing: list[str], call: Call | Name) -> Diagnostic:
    names = ", ".join(f"`{name}`" for name in missing)
    return error(
        "E0206",
        f"`{signature.what}` needs {names}",
        call.callee.span if isinstance(call, Call) else call.span,
        label=f"{names} not given",
        labels=(Label(signature.declared, "declared here"),) if signature.declared else (),
        help=f"write `{signature.what}({', '.join(f'{name}=…' for name in missing)})`",
    )

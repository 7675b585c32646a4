"""Checking the values of a Keras object's arguments against the schemas of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import Entry
from archlang.catalogue.validation import ArgumentProblem, validate
from archlang.diagnostics import Diagnostic, error, replace
from archlang.evaluation.values import UNKNOWN, UnknownDim, contains_unknown, show
from archlang.narrowing import is_list, is_tuple
from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue
from archlang.source import Span


def argument_problems(
    entry: Entry, args: Mapping[str, Any], spans: Mapping[str, Span], callee: Span
) -> list[Diagnostic]:
    """What is wrong with the arguments of `entry`, at their `spans`; of values that are UNKNOWN nothing is said."""
    problems: list[Diagnostic] = []
    known: dict[str, Any] = {}
    for name, value in args.items():
        if contains_unknown(value):
            continue
        if isinstance(value, Sym | UnknownDim):
            problems.append(_open_length(name, value, spans.get(name, callee)))
            continue
        known[name] = _for_catalogue(value)
    for problem in validate(entry, known):
        if problem.argument in args and problem.argument not in known:
            continue
        # What is missing may be so because of the mistake.
        missing = problem.argument not in args
        if missing and not known and any(value is UNKNOWN for value in args.values()):
            continue
        problems.append(_diagnostic(problem, spans, callee))
    return problems


def _open_length(name: str, value: Sym | UnknownDim, span: Span) -> Diagnostic:
    return error(
        "E0403",
        f"`{name}` must be known when compiling, but this length is only known at run time",
        span,
        label=show(value),
        help="weights have fixed sizes: give the axis a number where the tensor comes from",
    )


def _diagnostic(problem: ArgumentProblem, spans: Mapping[str, Span], callee: Span) -> Diagnostic:
    span = spans.get(problem.argument)
    fixes = ()
    if span is not None and problem.replacement is not None:
        fixes = (replace(f"write `{problem.replacement}`", span, problem.replacement),)
    return error(
        problem.code,
        problem.message,
        span or callee,
        label=problem.label,
        help=problem.help,
        fixes=fixes,
    )


def _for_catalogue(value: Any) -> Any:
    """Objects that the spec declares itself, as the catalogue calls them."""
    if isinstance(value, LayerValue) and value.kind in ("python", "declared"):
        return LayerValue("custom", value.name, value.args)
    if is_list(value):
        return [_for_catalogue(item) for item in value]
    if is_tuple(value):
        return tuple(_for_catalogue(item) for item in value)
    return value

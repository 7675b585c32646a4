"""What the rules of shapes refuse, as diagnostics at their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.diagnostics import Diagnostic, Label, error
from archlang.diagnostics.model import Edit, Fix
from archlang.graph.model import Frame, tensors
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import show_shape
from archlang.source import Span


def refusal(
    problem: RuleError,
    path: tuple[Frame, ...],
    span: Span,
    spans: Mapping[str, Span],
    inputs: Any,
) -> Diagnostic:
    """The diagnostic of a refused call at `span`, its arguments at `spans`, with the shapes of what flows in."""
    place = spans.get(problem.argument, span) if problem.argument else span
    labels: list[Label] = []
    for tensor in tensors(inputs):
        made = tensor.node.span
        if made != span and made.path == span.path and all(label.span != made for label in labels):
            labels.append(Label(made, f"{show_shape(tensor.spec.shape)} here"))
    fixes: list[Fix] = []
    if problem.insert_before is not None:
        before = Span(span.path, span.start, span.start)
        title = f"put `{problem.insert_before}` before it"
        fixes.append(Fix(title, (Edit(before, f"{problem.insert_before} -> "),)))
    if problem.set_argument is not None:
        name, text = problem.set_argument
        fixes += _argument_fix(name, text, span, spans)
    return error(
        problem.code,
        problem.message,
        place,
        label=problem.label,
        labels=tuple(labels[:4]),
        notes=path_notes(path),
        help=problem.help,
        fixes=tuple(fixes),
    )


def path_notes(path: tuple[Frame, ...]) -> tuple[str, ...]:
    """The way to a node, innermost first, as one note: ``in `Bottleneck(128)`, second round of the loop``."""
    if not path:
        return ()
    ordinals = (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
    parts: list[str] = []
    for frame in reversed(path[-8:]):
        if frame.round is None:
            parts.append(f"in `{frame.text}`")
        else:
            number = ordinals[frame.round - 1] if frame.round <= 10 else f"{frame.round}th"
            parts.append(f"{number} round of {frame.text}")
    return (", ".join(parts),)


def problem_at(problem: RuleError, span: Span, path: tuple[Frame, ...]) -> Diagnostic:
    """The diagnostic of a refusal that has no node."""
    return error(
        problem.code,
        problem.message,
        span,
        label=problem.label,
        help=problem.help,
        notes=path_notes(path),
    )


def _argument_fix(name: str, text: str, span: Span, spans: Mapping[str, Span]) -> list[Fix]:
    title = f"write `{name}={text}`"
    if name in spans:
        return [Fix(title, (Edit(spans[name], text),))]
    if not spans:
        return [Fix(title, (Edit(span.after, f"({name}={text})"),))]
    last = max(spans.values(), key=lambda s: s.end)
    return [Fix(title, (Edit(last.after, f", {name}={text}"),))]

"""Readers of examples to validate on or to test on, where the data's own reader will not do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.tasks.model import DataSpec

_DEFINED = re.compile(r"^(?:def |class )?([A-Za-z_]\w*)\b", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")


def other_plans(plan: TrainingPlan) -> dict[str, TrainingPlan]:
    """The plan of each source that needs a reader of its own, by `validation` and `test`."""
    found: dict[str, TrainingPlan] = {}
    for name, value in (("validation", plan.validation), ("test", plan.test)):
        if isinstance(value, DataSpec) and not _reads_alike(plan, value):
            found[name] = replace(plan, task=replace(plan.task, data=value))
    return found


def add_other_readers(
    plan: TrainingPlan, parts: Parts, add_reading: Callable[[TrainingPlan, Parts], None]
) -> None:
    """`load_validation_data` and the like, beside the readers of the data, which must be there.

    What both readers need stands there once; what differs has a name of its own.
    """
    for split, other in other_plans(plan).items():
        piece = Parts()
        add_reading(other, piece)
        _add_needed(split, piece, parts)


def reading_call(plan: TrainingPlan, split: str) -> str:
    """The call that reads the examples of `validation` or `test` from the source given for it."""
    other = other_plans(plan).get(split)
    function = "find_examples" if plan.streams else "load_data"
    if other is None:
        return f"{function}({split.upper()}_DATA)"
    name = _own_name(function, split)
    return f"{name}({split.upper()}_DATA)" if other.has_file else f"{name}()"


def _reads_alike(plan: TrainingPlan, source: DataSpec) -> bool:
    data = plan.data
    assert data is not None
    return plan.has_file and source.source == data.source and source.kwargs == data.kwargs


def _add_needed(split: str, piece: Parts, parts: Parts) -> None:
    there = _defined([*parts.constants, *parts.functions])
    own = _defined([*piece.constants, *piece.functions])
    roots = {"load_data", "find_examples"} & own.keys()
    needed = _closure(roots, own)
    differing = {name for name in needed if there.get(name, own[name]) != own[name]} | roots
    while True:
        # What calls something that gets another name is something else, too.
        more = {
            name
            for name in needed - differing
            if name in there and differing & set(_WORD.findall(own[name]))
        }
        if not more:
            break
        differing |= more
    renamed = {name: _own_name(name, split) for name in differing if name in there}
    parts.imports |= piece.imports
    for text in piece.constants:
        name = _name(text)
        if name in needed and (name in renamed or name not in there):
            parts.constant(renamed.get(name, name), _rename(text, renamed))
    for text in piece.functions:
        name = _name(text)
        if name in needed and (name in renamed or name not in there):
            parts.function(renamed.get(name, name), _rename(text, renamed))


def _closure(roots: Iterable[str], texts: Mapping[str, str]) -> set[str]:
    """Names with all that their texts mention."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += set(_WORD.findall(texts[name])) & texts.keys()
    return found


def _defined(texts: Iterable[str]) -> dict[str, str]:
    return {_name(text): text for text in texts if text}


def _name(text: str) -> str:
    """The name that a function or a constant begins with, behind its comments."""
    match = _DEFINED.search(text)
    return "" if match is None else match[1]


def _own_name(name: str, split: str) -> str:
    if name in ("load_data", "find_examples"):
        verb, noun = name.split("_")
        return f"{verb}_{split}_{noun}"
    return f"{split.upper()}_{name}" if name.isupper() else f"{split}_{name}"


def _rename(text: str, renamed: Mapping[str, str]) -> str:
    """A text with other names; words in messages, which no bracket follows, stay."""
    for name, other in renamed.items():
        end = r"\b" if name.isupper() else r"(?=[()\]])"
        text = re.sub(rf"\b{name}{end}", other, text)
    return text

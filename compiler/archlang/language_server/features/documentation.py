"""Documentation as Markdown: of what can be called, of arguments, keywords and settings."""

from __future__ import annotations

import re
from collections.abc import Collection

from archlang.catalogue import load
from archlang.catalogue.loader import KINDS as SECTIONS
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.keywords import KEYWORDS
from archlang.language_server.features.signatures import (
    Callee,
    Param,
    find_callee,
    of_entry,
    of_source,
    of_task_kind,
    of_word,
    shown,
)
from archlang.tasks.settings import SETTINGS

_MOST_ARGUMENTS = 14
_MOST_SUMMARY = 700
_LINE = 110


def of_key(analysis: Analysis, key: str) -> str:
    """The documentation of a completion item by its key; empty if there is none."""
    kind, _, name = key.partition("/")
    if kind == "keyword":
        return KEYWORDS.get(name, "")
    if kind == "setting":
        return SETTINGS[name].doc if name in SETTINGS else ""
    if kind == "argument":
        _, of_kind, callee_name, param_name = [*key.split("/"), "", "", ""][:4]
        callee = callee_of(analysis, of_kind, callee_name)
        param = None if callee is None else callee.param(param_name)
        return "" if callee is None or param is None else argument(callee, param)
    callee = callee_of(analysis, kind, name)
    return "" if callee is None else of_callee(callee)


def callee_of(analysis: Analysis, kind: str, name: str) -> Callee | None:
    """What a kind and a name stand for."""
    if kind in SECTIONS:
        entry = load().get(kind, name.removeprefix("ops."))
        return None if entry is None else of_entry(entry)
    if kind == "task":
        return of_task_kind(name)
    if kind == "source":
        return of_source(name)
    if kind in ("selector", "builtin"):
        return of_word(name)
    return find_callee(analysis, name)


def of_callee(callee: Callee, given: Collection[str] = ()) -> str:
    """Signature, summary and arguments; those that are `given` in a call come first."""
    parts = [f"```arch\n{signature(callee)}\n```"]
    if callee.doc:
        parts.append(summary(callee.doc))
    lines = arguments(callee, given)
    if lines:
        parts.append("\n".join(lines))
    if callee.entry is not None:
        parts.append(f"Keras: `{callee.entry.path}`")
    return "\n\n".join(parts)


def signature(callee: Callee) -> str:
    """The call with its parameters, broken into lines where it is long."""
    own = [each for each in callee.params if each.by_position or callee.kind in ("task", "source")]
    one = f"{callee.name}({', '.join(shown(each) for each in own)})"
    if len(one) <= _LINE:
        return one
    listed = [shown(each) for each in own]
    lines, line = [f"{callee.name}("], "   "
    for each in listed:
        if len(line) + len(each) > _LINE:
            lines.append(line)
            line = "   "
        line += f" {each},"
    return "\n".join([*lines, line, ")"])


def arguments(callee: Callee, given: Collection[str]) -> list[str]:
    """A line for each argument, the given ones first, bounded."""
    documented = [each for each in callee.params if each.doc]
    chosen = [each for each in documented if each.name in given]
    chosen += [each for each in documented if each.name not in given and each.by_position]
    lines = [f"- `{shown(each)}`: {first_sentence(each.doc)}" for each in chosen[:_MOST_ARGUMENTS]]
    if len(chosen) > _MOST_ARGUMENTS:
        lines.append(f"- … and {len(chosen) - _MOST_ARGUMENTS} more")
    return lines


def argument(callee: Callee, param: Param) -> str:
    """What is known of one argument."""
    default = (
        "required"
        if param.required
        else ""
        if param.default is None
        else f"default `{param.default}`"
    )
    parts = [f"**{param.name}** of `{callee.name}`" + (f" · {default}" if default else "")]
    if param.doc:
        parts.append(summary(param.doc))
    if param.takes:
        parts.append(f"Takes {_bounded(param.takes, 300)}.")
    elif param.words:
        parts.append("Takes " + _bounded(", ".join(f"`{word}`" for word in param.words), 300) + ".")
    return "\n\n".join(parts)


def summary(doc: str) -> str:
    """The first paragraphs of a documentation, cut at a bound, with Keras's markup made plain."""
    text = doc.strip()
    if len(text) > _MOST_SUMMARY:
        text = text[:_MOST_SUMMARY].rsplit(" ", 1)[0] + " …"
        if text.count("```") % 2:
            text += "\n```"
    return text


def first_sentence(doc: str) -> str:
    """The first sentence of a documentation, on one line."""
    text = " ".join(doc.split())
    match = re.match(r".+?[.!?](?= [A-Z`]|$)", text)
    return _bounded(match[0] if match else text, 160)


def _bounded(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

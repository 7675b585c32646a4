"""Resolving a spec whose imports come from a dict, without a disk."""

from __future__ import annotations

from collections.abc import Mapping

from archlang.diagnostics import Diagnostic
from archlang.semantics.program import Program
from archlang.semantics.resolve import resolve
from archlang.source import Source
from archlang.syntax import parse


def resolved(
    text: str, files: Mapping[str, str] | None = None, path: str = "test.arch"
) -> tuple[Program, list[Diagnostic]]:
    """A program and the problems with its names; `files` are the files that it may import."""
    source = Source(path, text)
    parsed = parse(source)
    program, problems = resolve(source, parsed.tree, (files or {}).get, parsed.diagnostics)
    return program, problems


def codes(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """The codes of the problems with names, notes left out."""
    return [p.code for p in resolved(text, files)[1] if not p.code.startswith("N")]


def only(text: str, files: Mapping[str, str] | None = None) -> Diagnostic:
    """The one problem with names."""
    _, problems = resolved(text, files)
    assert len(problems) == 1, problems
    return problems[0]


def in_model(*lines: str, before: str = "") -> str:
    """A model with one input and a body."""
    body = "\n    ".join(("input x: float32[8]", "output y: float32[4]", *lines))
    return f"{before}model M {{\n    {body}\n}}\n"

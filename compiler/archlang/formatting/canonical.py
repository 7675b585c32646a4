"""Laying out a whole spec, and making sure that it still says the same."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics import Diagnostic
from archlang.formatting.concrete import Concrete
from archlang.formatting.statements import Statements
from archlang.source import Source
from archlang.syntax.parser import parse
from archlang.syntax.tree import Tree, dump, walk

WIDTH = 100
"""How many columns a line has."""

_ROUNDS = 5


class Unreadable(ValueError):
    """A spec with syntax errors, which has no layout; `diagnostics` are the errors."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("the spec has syntax errors")
        self.diagnostics = tuple(diagnostics)


class ChangedMeaning(AssertionError):
    """Formatting would have changed what a spec says: a bug of the formatter."""


def format_source(source: Source, width: int = WIDTH) -> str:
    """The spec in its one layout; `Unreadable` if it does not parse.

    Comments and single blank lines stay. The result reads as the same tree with the same comments
    and documentation, which is checked here each time, and formats to itself.
    """
    before = _parsed(source)
    text = source.text
    # Commas that ask for lines, put in by the first round, can open something around them.
    for _ in range(_ROUNDS):
        laid_out = Statements(Concrete(Source(source.path, text)), width).spec()
        if laid_out == text:
            break
        text = laid_out
    else:
        raise ChangedMeaning(f"the layout of {source.path} does not settle")
    try:
        after = _parsed(Source(source.path, text))
    except Unreadable as problem:
        raise ChangedMeaning(f"{source.path} would no longer parse") from problem
    if dump(before) != dump(after):
        raise ChangedMeaning(f"{source.path} would mean something else")
    if _comments(before) != _comments(after) or _docs(before) != _docs(after):
        raise ChangedMeaning(f"{source.path} would lose a comment, or put it elsewhere")
    return text


def _parsed(source: Source) -> Tree:
    result = parse(source)
    errors = [problem for problem in result.diagnostics if problem.is_error]
    if errors:
        raise Unreadable(errors)
    return result.tree


def _comments(tree: Tree) -> list[str]:
    return [comment.text for comment in tree.comments]


def _docs(tree: Tree) -> list[str | None]:
    docs: list[str | None] = [tree.doc]
    for declaration in tree.declarations:
        docs += [getattr(node, "doc", None) for node in walk(declaration)]
    return docs

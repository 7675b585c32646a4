"""What completion offers: items, and what they are made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Literal

from archlang.catalogue import Entry, load
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.completion_order import place
from archlang.language_server.features.cursor import Cursor
from archlang.language_server.features.signatures import Callee
from archlang.records import mutable, record
from archlang.source import Span

Kind = Literal[
    "class", "function", "module", "variable", "constant", "argument", "value", "keyword", "snippet", "file", "folder", "type", "task", "field"
]  # fmt: skip


@record
class Item:
    """One thing to complete. `rank` orders, the lowest first; `insert` is what is put in if not the label, a snippet with `$1` where
    `snippet`; `key` finds its documentation; `edits` are further changes, placed in the file; `parted` says that another list
    should be asked for right away.
    """

    label: str
    kind: Kind
    detail: str = ""
    rank: int = 5
    insert: str | None = None
    snippet: bool = False
    key: str = ""
    doc: str = ""
    edits: tuple[tuple[Span, str], ...] = ()
    deprecated: bool = False
    parted: bool = False


@record
class Completions:
    """What may stand at the cursor, the best first, and what it replaces (as a span of the tree)."""

    replaced: Span
    items: tuple[Item, ...] = ()


@mutable
class Files:
    """The files beside a spec: texts of specs, the folders that paths of data start from."""

    read_text: Callable[[str], str | None] = lambda path: None
    roots: Sequence[str] = ()


@mutable
class Asked:
    """A question: the analysis, the cursor in it, and the files beside it."""

    analysis: Analysis
    cursor: Cursor
    files: Files = field(default_factory=Files)

    @property
    def place(self) -> Span:
        """Where the word under the cursor begins, as a span of the tree."""
        return Span(self.cursor.path, self.cursor.start, self.cursor.start)


def keyword(word: str, detail: str = "", rank: int = 5, insert: str | None = None) -> Item:
    """A keyword, with a space behind it where one must follow."""
    return Item(word, "keyword", detail, rank, insert, key=f"keyword/{word}")


def snippet(label: str, detail: str, body: str, rank: int = 6) -> Item:
    """A whole form with places to fill in."""
    return Item(label, "snippet", detail, rank, body, True)


def of_callee(callee: Callee, cursor: Cursor, rank: int, *, value: bool = False) -> Item:
    """A name that is called: with brackets where it must be given something and none stand there yet."""
    wanted = bool(callee.required)
    # A value is always called (`L2()`); a step needs no brackets (`Flatten`).
    call = (wanted or value) and cursor.following != "("
    kind = "function" if callee.kind in ("ops", "builtin", "selector") else "class"
    shown = f"({', '.join(each.name for each in callee.required)})" if callee.required else ""
    return Item(
        callee.name,
        kind,
        shown or _NOUNS.get(callee.kind, ""),
        rank,
        f"{callee.name}($1)" if call else None,
        call,
        key=f"{callee.kind}/{callee.name}",
    )


_NOUNS = {
    "layers": "layer",
    "applications": "application",
    "block": "block",
    "model": "model",
    "python": "written in Python",
    "optimizers": "optimizer",
    "schedules": "learning rate schedule",
    "callbacks": "callback",
    "losses": "loss",
    "metrics": "metric",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
    "ops": "op",
}


def of_entry(entry: Entry, cursor: Cursor, rank: int, *, value: bool = False) -> Item:
    """An object of Keras. Its signature is looked at only as far as the item shows it, as lists have hundreds."""
    required = [each.name for each in entry.parameters if each.required]
    if entry.kind == "ops" and required:
        # What flows is the first argument.
        required = required[1:]
    call = (bool(required) or value) and cursor.following != "("
    name = entry.name
    return Item(
        name,
        "function" if entry.kind == "ops" else "class",
        f"({', '.join(required)})" if required else _NOUNS.get(entry.kind, ""),
        rank,
        f"{name}($1)" if call else None,
        call,
        key=f"{entry.kind}/{entry.name}",
        deprecated=entry.alias_of is not None and entry.kind == "layers",
    )


def objects(section: str, cursor: Cursor, rank: int) -> list[Item]:
    """The objects of a section as values: `L2(…)`."""
    catalogue = load()
    found: list[Item] = []
    for name in sorted(catalogue.names(section), key=place):
        entry = catalogue.get(section, name)
        if entry is not None and not entry.abstract:
            further = 1 if entry.alias_of is not None else 0
            found.append(of_entry(entry, cursor, rank + further, value=True))
    return found


def ranked(items: Sequence[Item], by: int) -> list[Item]:
    """The same items, so much further down."""
    return [replace(item, rank=item.rank + by) for item in items]


def ordered(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items in the order in which they are offered; of two with one label and kind, the first stays."""
    found: dict[tuple[str, str], Item] = {}
    for item in sorted(items, key=lambda item: item.rank):
        found.setdefault((item.label, "" if item.kind != "snippet" else "snippet"), item)
    return tuple(found.values())

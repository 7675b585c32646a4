"""Documents of text with places where lines may break, and the printer that decides where they do.

The algebra and the printer are those of ruff's formatter (which has them from Rome and Prettier),
as far as the code that archlang writes needs them: what breaks here breaks there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from archlang.diagnostics.cells import width as char_width

_ids = count(1)


def new_id() -> int:
    """A fresh name for a group, to be asked about elsewhere in the document."""
    return next(_ids)


@dataclass(frozen=True, slots=True)
class Line:
    """A place for a line break: nothing (or a space) while flat; `hard` always breaks."""

    space: bool = False
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Flat if that fits, else its lines break. With `only_if`: a group only where that breaks."""

    content: Doc
    id: int = 0
    expand: bool = False
    only_if: int = 0


@dataclass(frozen=True, slots=True)
class Indent:
    """Four columns more for the lines inside; with `only_if`, only where that group breaks."""

    content: Doc
    only_if: int = 0


@dataclass(frozen=True, slots=True)
class IfBreak:
    """`broken` where the group `of` (without one: the nearest around) breaks, else `flat`."""

    broken: Doc
    flat: Doc = ""
    of: int = 0


@dataclass(frozen=True, slots=True)
class FitsExpanded:
    """Counts as fitting while group `of` is flat, if its lines would fit once all broken."""

    content: Doc
    of: int


@dataclass(frozen=True, slots=True)
class BestFitParens:
    """In parentheses if `content` does not fit here but does there, or `always` if not here.

    `FitsExpanded` inside asks about `id`.
    """

    content: Doc
    id: int
    always: bool = False


Doc = (
    str
    | Line
    | Group
    | Indent
    | IfBreak
    | FitsExpanded
    | BestFitParens
    | Sequence[
        "str | Line | Group | Indent | IfBreak | FitsExpanded | BestFitParens | Sequence[Doc]"
    ]
)

SOFT = Line()
SPACE = Line(space=True)
HARD = Line(hard=True)

# Measuring ends at the first line break, or goes on through all lines of a part; `loose` does not
# mind whether those after the first fit.
_Measure = Literal["first", "all", "loose"]


@dataclass(frozen=True, slots=True)
class _Item:
    doc: Doc
    indent: int
    flat: bool
    measure: _Measure = "first"


def text_width(text: str) -> int:
    """The columns that a text takes."""
    return len(text) if text.isascii() else sum(char_width(char) for char in text)


def print_document(doc: Doc, *, indent: int, width: int) -> str:
    """The document as text; its first line begins at column `indent`, without the spaces before."""
    return _Printer(indent, width).run(_propagated(doc)[0])


def _propagated(doc: Doc) -> tuple[Doc, bool]:
    """The document with every group broken in which a group must break, and whether it must itself.

    What may count as fitting while broken (`FitsExpanded`, `BestFitParens`) does not break what
    is around it.
    """
    if isinstance(doc, (str, Line)):
        return doc, False
    if isinstance(doc, Group):
        content, expand = _propagated(doc.content)
        expand = expand or doc.expand
        return Group(content, doc.id, expand and not doc.only_if, doc.only_if), expand
    if isinstance(doc, Indent):
        content, expand = _propagated(doc.content)
        return Indent(content, doc.only_if), expand
    if isinstance(doc, IfBreak):
        return doc, False
    if isinstance(doc, FitsExpanded):
        return FitsExpanded(_propagated(doc.content)[0], doc.of), False
    if isinstance(doc, BestFitParens):
        return BestFitParens(_propagated(doc.content)[0], doc.id, doc.always), False
    parts = [_propagated(part) for part in doc]
    return [part for part, _ in parts], any(expand for _, expand in parts)


@dataclass(slots=True)
class _Printer:
    indent: int
    width: int
    out: list[str] = field(default_factory=list[str])
    column: int = 0
    broken: dict[int, bool] = field(default_factory=dict[int, bool])
    # Whether a group around has been measured since the last line break: then what is flat fits.
    measured: bool = False
    stack: list[_Item] = field(default_factory=list[_Item])

    def run(self, doc: Doc) -> str:
        self.column = self.indent
        self.stack = [_Item(doc, self.indent, flat=False)]
        while self.stack:
            self._print(self.stack.pop())
        return "".join(self.out)

    def _print(self, item: _Item) -> None:
        doc = item.doc
        if isinstance(doc, str):
            self.out.append(doc)
            self.column += text_width(doc)
        elif isinstance(doc, Line):
            if doc.hard or not item.flat:
                self.out.append("\n" + " " * item.indent)
                self.column = item.indent
                self.measured = False
            elif doc.space:
                self.out.append(" ")
                self.column += 1
        elif isinstance(doc, Group):
            self._group(doc, item)
        elif isinstance(doc, Indent):
            deeper = doc.only_if == 0 or self.broken.get(doc.only_if, False)
            self.stack.append(_Item(doc.content, item.indent + 4 * deeper, item.flat))
        elif isinstance(doc, IfBreak):
            self.stack.append(_Item(_chosen(doc, item, self.broken), item.indent, item.flat))
        elif isinstance(doc, FitsExpanded):
            if not self.broken.get(doc.of, False):
                # It was measured with all its lines broken; what is inside must be measured anew.
                self.measured = False
            self.stack.append(_Item(doc.content, item.indent, item.flat))
        elif isinstance(doc, BestFitParens):
            self._best_fit(doc, item)
        else:
            self.stack.extend(_Item(part, item.indent, item.flat) for part in reversed(doc))

    def _group(self, group: Group, item: _Item) -> None:
        if group.only_if and not self.broken.get(group.only_if, False):
            self.stack.append(_Item(group.content, item.indent, item.flat))
            return
        if group.expand:
            flat = False
        elif item.flat and self.measured:
            flat = True
        else:
            self.measured = True
            if group.id:
                self.broken[group.id] = False
            flat = self._fits(_Item(group.content, item.indent, flat=True))
        if group.id:
            self.broken[group.id] = not flat
        self.stack.append(_Item(group.content, item.indent, flat))

    def _best_fit(self, doc: BestFitParens, item: _Item) -> None:
        self.measured = True
        self.broken[doc.id] = False
        flat = self._fits(_Item(doc.content, item.indent, flat=True))
        if not flat:
            self.broken[doc.id] = True
            wrapped = ["(", Indent([HARD, doc.content]), HARD, ")"]
            inside = _Item(wrapped, item.indent, flat=False, measure="all")
            if doc.always or self._fits(inside):
                self.stack.append(_Item(wrapped, item.indent, flat=False))
                return
            # Parentheses would not help.
            self.broken[doc.id] = False
        self.stack.append(_Item(doc.content, item.indent, flat=True))

    def _fits(self, first: _Item) -> bool:
        """Whether `first` and what follows, up to the first line break there, fit on this line."""
        broken = dict(self.broken)
        rest = len(self.stack)
        queue = [first]
        column = self.column
        first_line = True
        while True:
            if not queue:
                if rest == 0:
                    return True
                rest -= 1
                queue.append(self.stack[rest])
            item = queue.pop()
            doc = item.doc
            if isinstance(doc, str):
                column += text_width(doc)
                if column > self.width and (first_line or item.measure != "loose"):
                    return False
            elif isinstance(doc, Line):
                if item.flat and not doc.hard:
                    column += doc.space
                    if column > self.width:
                        return False
                elif item.measure == "first":
                    return True
                else:
                    column = item.indent
                    first_line = False
            elif isinstance(doc, Group):
                flat = item.flat and not doc.expand
                # A group that must break does not fit on a line, but what precedes its break may.
                if doc.only_if and not broken.get(doc.only_if, False):
                    flat = item.flat
                elif doc.id:
                    broken[doc.id] = not flat
                queue.append(_Item(doc.content, item.indent, flat, item.measure))
            elif isinstance(doc, Indent):
                deeper = doc.only_if == 0 or broken.get(doc.only_if, False)
                indent = item.indent + 4 * deeper
                queue.append(_Item(doc.content, indent, item.flat, item.measure))
            elif isinstance(doc, IfBreak):
                part = _chosen(doc, item, broken)
                queue.append(_Item(part, item.indent, item.flat, item.measure))
            elif isinstance(doc, FitsExpanded):
                if item.flat and not broken.get(doc.of, False):
                    queue.append(_Item(doc.content, item.indent, flat=False, measure="loose"))
                else:
                    queue.append(_Item(doc.content, item.indent, item.flat, item.measure))
            elif isinstance(doc, BestFitParens):
                queue.append(_Item(doc.content, item.indent, item.flat, item.measure))
            else:
                queue.extend(
                    _Item(part, item.indent, item.flat, item.measure) for part in reversed(doc)
                )


def _chosen(doc: IfBreak, item: _Item, broken: dict[int, bool]) -> Doc:
    breaks = broken.get(doc.of, False) if doc.of else not item.flat
    return doc.broken if breaks else doc.flat

"""Semantic tokens: what each name stands for. Keywords, numbers, strings and comments are left to an editor's grammar."""

from __future__ import annotations

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.occurrences import Kind, Role
from archlang.library import library_path
from archlang.records import record
from archlang.semantics.program import BuiltinRef, EntryRef, FlowingRef, SymbolRef, Word
from archlang.source import Span
from archlang.syntax import tree as t

TYPES = (
    "namespace",  # `ops`
    "type",  # what Keras has, dtypes
    "class",  # what the spec declares
    "interface",  # tasks
    "function",  # ops, tasks' kinds, sources of data, `range`
    "parameter",
    "variable",
    "property",  # keywords of calls, settings
    "enumMember",  # words: `same`, `relu`
    "typeParameter",  # dimensions
)
MODIFIERS = ("declaration", "readonly", "defaultLibrary", "modification")

_NAMED = {
    Kind.CONSTANT: ("variable", ("readonly",)),
    Kind.TASK: ("interface", ()),
    Kind.BLOCK: ("class", ()),
    Kind.MODEL: ("class", ()),
    Kind.PYTHON: ("class", ()),
    Kind.PARAMETER: ("parameter", ()),
    Kind.VARIABLE: ("variable", ()),
    Kind.INPUT: ("variable", ()),
    Kind.OUTPUT: ("variable", ()),
    Kind.PHASE: ("class", ()),
    Kind.LAYER: ("variable", ()),
    Kind.DIMENSION: ("typeParameter", ()),
}


@record
class Colour:
    """A word of the file, its type and modifiers, both from the tables above."""

    start: int
    end: int
    type: str
    modifiers: tuple[str, ...] = ()


def colours(analysis: Analysis, start: int, end: int) -> list[Colour]:
    """The words between two offsets, in order, none over another."""
    painter = _Painter(analysis)
    for declaration in analysis.program.declarations():
        placed = analysis.place(declaration.span)
        if placed.start <= end and start <= placed.end:
            for node in t.walk(declaration):
                painter.node(node)
    found = sorted(painter.found.values(), key=lambda colour: colour.start)
    kept: list[Colour] = []
    for colour in found:
        if start <= colour.start < end and (not kept or colour.start >= kept[-1].end):
            kept.append(colour)
    return kept


class _Painter:
    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.names = analysis.program.tables.names
        self.found: dict[int, Colour] = {}
        here = library_path(analysis.path)
        for each in analysis.occurrences:
            if each.span.path == here:
                type_, modifiers = _NAMED[each.kind]
                role = {
                    Role.DECLARES: ("declaration",),
                    Role.WRITES: ("modification",),
                    Role.READS: (),
                }[each.role]
                text = analysis.text[each.span.start : each.span.end]
                # A selector may stand in quotes, which are coloured as a string already.
                if analysis.text[each.span.start - 1 : each.span.start] not in ('"', "'") and text:
                    self._keep(each.span, type_, *modifiers, *role)

    def _keep(self, span: Span, type_: str, *modifiers: str) -> None:
        if span.end > span.start:
            self.found.setdefault(span.start, Colour(span.start, span.end, type_, modifiers))

    def paint(self, span: Span, type_: str, *modifiers: str) -> None:
        """Colour a word, unless it has a colour already."""
        if self.analysis.is_here(span):
            self._keep(self.analysis.place(span), type_, *modifiers)

    def node(self, node: t.Node) -> None:
        """Colour what a node says beyond the names of the spec."""
        match node:
            case t.Name():
                self._resolved(node, node.span)
            case t.Dotted():
                self._dotted(node)
            case t.Argument(name=t.Name() as name) | t.Setting(name=t.Name() as name):
                self.paint(name.span, "property")
            # Where the type could not be read, the parser has put one in its place.
            case t.TensorType() if self.analysis.slice(node.dtype.span) == node.dtype.id:
                self.paint(node.dtype.span, "type", "defaultLibrary")
            case t.OutputDecl(type=t.Call() as call):
                self.paint(call.callee.span, "function", "defaultLibrary")
            case t.DataDecl(value=t.Call() as call):
                self.paint(call.callee.span, "function", "defaultLibrary")
            case t.Train():
                for setting in (*node.settings, *(s for p in node.phases for s in p.settings)):
                    if isinstance(setting.value, t.Call) and isinstance(
                        self.names.get(setting.value.callee), Word
                    ):
                        self.paint(setting.value.callee.span, "function", "defaultLibrary")
            case _:
                pass

    def _resolved(self, node: t.Node, span: Span) -> None:
        match self.names.get(node):
            case EntryRef(entry=entry):
                kind = "function" if entry.kind == "ops" else "type"
                self.paint(span, kind, "defaultLibrary")
            case Word():
                self.paint(span, "enumMember")
            case BuiltinRef():
                self.paint(span, "function", "defaultLibrary")
            case FlowingRef():
                self.paint(span, "variable", "defaultLibrary")
            case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.Task):
                self.paint(span, "interface")
            case _:
                pass

    def _dotted(self, node: t.Dotted) -> None:
        for part in node.parts[:-1]:
            self.paint(part.span, "namespace", "defaultLibrary")
        self._resolved(node, node.parts[-1].span)

"""The outline of a spec, and a search for declarations over all specs of a project."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from archlang.language_server.analysis import Analysis
from archlang.language_server.beside import FilesBeside
from archlang.language_server.features.occurrences import word_of
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t


class SymbolKind(StrEnum):
    """What is declared."""

    CONSTANT = "constant"
    TASK = "task"
    INPUT = "input"
    OUTPUT = "output"
    DATA = "data"
    MODEL = "model"
    BLOCK = "block"
    LAYER = "layer"
    TENSOR = "tensor"
    FUNCTION = "function"  # a loss or metric written in Python
    TRAIN = "train"
    PHASE = "phase"


@record
class SymbolHere:
    """A declaration: its name, what to say behind it, where all of it and its name stand, and what is inside."""

    name: str
    detail: str
    kind: SymbolKind
    span: Span
    selection: Span
    inside: tuple[SymbolHere, ...] = ()


@record
class Found:
    """A declaration of some file of the project; the span is placed."""

    name: str
    kind: SymbolKind
    span: Span


def document_symbols(analysis: Analysis) -> list[SymbolHere]:
    """The declarations of a file with what they hold; spans as in the tree."""
    found: list[SymbolHere] = []
    for declaration in analysis.program.declarations():
        found += _symbols(declaration, analysis)
    return found


def workspace_symbols(files: FilesBeside, paths: Iterator[str], query: str) -> list[Found]:
    """The declarations whose names have the letters of a query in that order; the closest first."""
    scored: list[tuple[int, str, Found]] = []
    for path in paths:
        parsed = files.parsed(path)
        for declaration in parsed.tree.declarations if parsed is not None else ():
            if isinstance(declaration, t.Import | t.Train) or not declaration.name.id:
                continue
            name = declaration.name.id
            score = fuzzy(query, name)
            if score is not None:
                kind = _kind(declaration)
                scored.append((score, name, Found(name, kind, declaration.name.span)))
    scored.sort(key=lambda each: each[:2])
    return [found for _, _, found in scored]


def fuzzy(query: str, name: str) -> int | None:
    """How far a name is from a query whose letters it has in order, case aside; None if it has not."""
    wanted, there = query.lower(), name.lower()
    if wanted in there:
        return there.index(wanted) + (len(there) > len(wanted))
    at, skipped = 0, 0
    for letter in wanted:
        found = there.find(letter, at)
        if found < 0:
            return None
        skipped += found - at
        at = found + 1
    return 100 + skipped


# ---------------------------------------------------------------------------------------- outline


def _symbols(declaration: t.Declaration, analysis: Analysis) -> Iterator[SymbolHere]:
    match declaration:
        case t.Import():
            return
        case t.Train():
            yield _train(declaration, analysis)
        case _ if not declaration.name.id:
            return
        case t.Task():
            yield _of(declaration, "task", tuple(_members(declaration.members, analysis)))
        case t.Model():
            detail = f"for {declaration.task.id}" if declaration.task is not None else "model"
            inside = (*_members(declaration.body, analysis), *_body(declaration.body))
            yield _of(declaration, detail, inside)
        case t.Block():
            names = ", ".join(parameter.name.id for parameter in declaration.parameters)
            yield _of(declaration, f"({names})", tuple(_body(declaration.body)))
        case t.Variant():
            yield _of(declaration, f"= {analysis.slice(declaration.base.span)}")
        case t.Let():
            yield _of(declaration, _short(analysis.slice(declaration.value.span)))
        case t.PythonDecl():
            yield _of(declaration, declaration.kind)


def _kind(declaration: t.Declaration) -> SymbolKind:
    match declaration:
        case t.Let():
            return SymbolKind.CONSTANT
        case t.Task():
            return SymbolKind.TASK
        case t.Block():
            return SymbolKind.BLOCK
        case t.PythonDecl(kind="layer"):
            return SymbolKind.LAYER
        case t.PythonDecl():
            return SymbolKind.FUNCTION
        case _:
            return SymbolKind.MODEL


def _of(
    declaration: t.Let | t.Task | t.Block | t.Model | t.Variant | t.PythonDecl,
    detail: str,
    inside: tuple[SymbolHere, ...] = (),
) -> SymbolHere:
    name = declaration.name
    return SymbolHere(name.id, detail, _kind(declaration), declaration.span, name.span, inside)


def _members(members: tuple[t.Statement, ...], analysis: Analysis) -> Iterator[SymbolHere]:
    for member in members:
        if isinstance(member, t.InputDecl | t.OutputDecl) and member.name.id:
            kind = SymbolKind.INPUT if isinstance(member, t.InputDecl) else SymbolKind.OUTPUT
            detail = _short(analysis.slice(member.type.span)) if member.type is not None else ""
            yield SymbolHere(member.name.id, detail, kind, member.span, member.name.span)
        elif isinstance(member, t.DataDecl):
            detail = _short(analysis.slice(member.value.span))
            yield SymbolHere("data", detail, SymbolKind.DATA, member.span, member.span)


def _body(body: tuple[t.Statement, ...]) -> Iterator[SymbolHere]:
    """What has a name in a stack: layers with `name=`, shared and learned ones, tensors named by `as`."""
    seen: set[str] = set()
    for node in t.walk(body):
        match node:
            case t.Shared() | t.Learned() if node.name.id:
                what = "shared" if isinstance(node, t.Shared) else "learned"
                yield SymbolHere(node.name.id, what, SymbolKind.LAYER, node.span, node.name.span)
            case t.Call():
                for argument in node.arguments:
                    found = word_of(argument.value)
                    if argument.name is not None and argument.name.id == "name" and found:
                        detail = node.callee.id
                        yield SymbolHere(found[1], detail, SymbolKind.LAYER, node.span, found[0])
            case t.FlowStatement():
                for target in node.targets:
                    name = target.name.id
                    if name and name != "_" and not target.append and name not in seen:
                        seen.add(name)
                        yield SymbolHere(name, "", SymbolKind.TENSOR, target.span, target.name.span)
            case _:
                pass


def _train(train: t.Train, analysis: Analysis) -> SymbolHere:
    keyword = Span(train.span.path, train.span.start, train.span.start + len("train"))
    phases = tuple(
        SymbolHere(phase.name.id, "phase", SymbolKind.PHASE, phase.span, phase.name.span)
        for phase in train.phases
        if phase.name.id
    )
    detail = train.model.id if train.model is not None else ""
    return SymbolHere("train", detail, SymbolKind.TRAIN, train.span, keyword, phases)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"

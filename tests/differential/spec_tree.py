"""A spec as a tree of its lines, so that a part of it can be taken out, put elsewhere or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.\"])\d+(?![\w.\"])")


@dataclass(frozen=True)
class Part:
    """A statement or declaration; one with a body is `head { body }`."""

    head: str
    body: tuple[Part, ...] | None = None

    def lines(self, depth: int = 0) -> Iterator[str]:
        indent = "    " * depth
        if self.body is None:
            yield indent + self.head
            return
        yield f"{indent}{self.head} {{".replace("  {", " {") if self.head else indent + "{"
        for part in self.body:
            yield from part.lines(depth + 1)
        yield indent + "}"


Spec = tuple[Part, ...]


def text(spec: Spec) -> str:
    """The spec's source."""
    return "\n".join(line for part in spec for line in part.lines()) + "\n"


def smaller(spec: Spec) -> Iterator[Spec]:
    """Specs with less in them, those that lose most first; many of them are no longer right."""
    yield from _without(spec)
    yield from _simpler(spec)


def _without(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    half = len(parts) // 2
    if half > 1:
        yield parts[half:]
        yield parts[:half]
    for index, part in enumerate(parts):
        rest = (*parts[:index], *parts[index + 1 :])
        yield rest
        if part.body is not None:
            if not part.head.startswith(("model", "block")):
                yield (*parts[:index], *part.body, *parts[index + 1 :])
            for body in _without(part.body):
                yield (*parts[:index], Part(part.head, body), *parts[index + 1 :])


def _simpler(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        for head in _shorter_lines(part.head):
            yield (*before, Part(head, part.body), *after)
        if part.body is not None:
            for body in _simpler(part.body):
                yield (*before, Part(part.head, body), *after)


def _shorter_lines(line: str) -> Iterator[str]:
    """The line without one step of its flow, one branch of a fork, or one argument."""
    for part in (" -> ", ", "):
        for start, stop in _pieces(line, part):
            yield line[:start] + line[stop:]
    for match in re.finditer(r"\([^()]*\)", line):
        yield line[: match.start()] + line[match.end() :]


def _pieces(line: str, separator: str) -> Iterator[tuple[int, int]]:
    """Where a piece stands that a separator ends or begins, brackets in it balanced."""
    for match in re.finditer(re.escape(separator), line):
        stop, depth = match.end(), 0
        while stop < len(line) and depth >= 0:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(line[stop], 0)
            if depth < 0 or (depth == 0 and line.startswith(separator, stop)):
                break
            stop += 1
        yield match.start(), stop
        start, depth = match.start(), 0
        while start > 0 and depth >= 0:
            depth += {")": 1, "]": 1, "(": -1, "[": -1}.get(line[start - 1], 0)
            if depth < 0 or (depth == 0 and line.startswith(separator, start)):
                break
            start -= 1
        yield start, match.end()


def places(spec: Spec) -> list[tuple[int, ...]]:
    """Where each statement stands, as a way into the tree."""
    found: list[tuple[int, ...]] = []

    def walk(parts: tuple[Part, ...], way: tuple[int, ...]) -> None:
        for index, part in enumerate(parts):
            found.append((*way, index))
            if part.body is not None:
                walk(part.body, (*way, index))

    walk(spec, ())
    return found


def at(spec: Spec, way: tuple[int, ...]) -> Part:
    """The part at a place."""
    part = spec[way[0]]
    return part if len(way) == 1 else at(part.body or (), way[1:])


def replaced(spec: Spec, way: tuple[int, ...], new: tuple[Part, ...]) -> Spec:
    """The spec with other parts at a place."""
    index, *deeper = way
    part = spec[index]
    if deeper:
        new = (Part(part.head, replaced(part.body or (), tuple(deeper), new)),)
    return (*spec[:index], *new, *spec[index + 1 :])


def numbers(line: str) -> list[re.Match[str]]:
    """The whole numbers that stand in a line."""
    return list(_NUMBER.finditer(line))

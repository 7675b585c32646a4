"""Reads on after a mistake.

At a token that does not fit, `explain` says what is wrong and whether one small repair (a comma, a
line break) lets the token in. Otherwise the smallest part of the text that surely holds the
mistake becomes a hole: the item of a list or call, else the statement. As brackets are balanced by
now, where those end is known. Of a broken statement the names that it would have defined are kept,
and its body, so that nothing else seems wrong.
"""

from __future__ import annotations

from bisect import bisect_left

from archlang.diagnostics import Diagnostic
from archlang.records import mutable
from archlang.source import Source, Span
from archlang.syntax import tree as t
from archlang.syntax.builder import Builder
from archlang.syntax.engine import Machine, Snapshot
from archlang.syntax.explain import Situation, explain
from archlang.syntax.tokens import (
    CLOSERS,
    DECLARATION_WORDS,
    OPENERS,
    RESERVED_TYPES,
    Broken,
    Token,
)

_DECLARATIONS = frozenset(DECLARATION_WORDS.values())


@mutable
class _Region:
    """The inside of an open bracket, or the file; `start` is the index at which its last item
    begins.
    """

    kind: str
    start: int
    snapshot: Snapshot


class Recovery:
    """One parse of a text with mistakes in it."""

    def __init__(
        self, source: Source, builder: Builder, tokens: list[Token], known: list[Diagnostic]
    ) -> None:
        self.source = source
        self.builder = builder
        self.tokens = tokens
        self.machine = Machine(builder)
        self.problems: list[Diagnostic] = []
        # What is wrong near a mistake that has been reported is its consequence.
        self._damage = sorted(
            offset
            for d in known
            for offset in (d.span.start, *(label.span.start for label in d.labels))
        )
        self._regions: list[_Region] = []
        self._at = 0
        self._begin_item("")

    def run(self) -> t.Tree:
        """The tree, with holes."""
        tokens = self.tokens
        while self._at < len(tokens):
            token = tokens[self._at]
            if self.machine.accepts((token.type,)):
                self._shift(token)
            else:
                self._repair(token)
        return self.machine.result

    def _shift(self, token: Token) -> None:
        self.machine.feed(token)
        self._at += 1
        kind = token.type
        if kind in OPENERS:
            self._begin_item(kind)
        elif kind in CLOSERS:
            self._regions.pop()
        elif kind == "NEWLINE" or (kind == "COMMA" and self._regions[-1].kind in ("LPAR", "LSQB")):
            region = self._regions[-1]
            region.start = self._at
            region.snapshot = self.machine.save()

    def _begin_item(self, kind: str) -> None:
        self._regions.append(_Region(kind, self._at, self.machine.save()))

    # ---------------------------------------------------------------------- repairs

    def _repair(self, token: Token) -> None:
        region = self._regions[-1]
        statement = next(r for r in reversed(self._regions) if r.kind in ("LBRACE", ""))
        before = self.tokens[self._at - 1] if self._at > 0 else None
        if token.type == "HOLE":  # of what was nested too deep
            self._damage_at(token.start)
            self._leave_hole()
            return
        found = explain(
            Situation(
                source=self.source,
                tokens=self.tokens,
                at=self._at,
                statement=statement.start,
                item=region.start,
                bracket=self.tokens[region.start - 1] if region.kind else None,
                region=region.kind,
                expected=self.machine.expected(),
                accepts=self.machine.accepts,
            )
        )
        if not self._is_consequence(before, token):
            self.problems.append(found.problem)
        self._damage_at(token.start)
        if found.insert is not None:
            for kind in found.insert:
                inserted = Token(kind, "", token.start, token.start)
                self._insert(inserted)
        elif found.retag is not None:
            self.tokens[self._at] = token.as_type(found.retag)
        elif found.drop:
            self._at += 1
        elif found.retry is not None:
            index, kind = found.retry
            self.tokens[index] = self.tokens[index].as_type(kind)
            self.machine.restore(statement.snapshot)
            while self._regions[-1] is not statement:
                self._regions.pop()
            self._at = statement.start
        elif before is not None and before.type == "ARROW" and self._goes_on_with_hole(token):
            # Of a flow that is still being written, what stands there already holds.
            self.machine.feed(Token("HOLE", "", before.end, token.start))
        else:
            self._leave_hole()

    def _goes_on_with_hole(self, token: Token) -> bool:
        return self.machine.accepts(("HOLE", token.type))

    def _insert(self, token: Token) -> None:
        self.machine.feed(token)
        kind = token.type
        if kind == "NEWLINE" or (kind == "COMMA" and self._regions[-1].kind in ("LPAR", "LSQB")):
            self._regions[-1].start = self._at
            self._regions[-1].snapshot = self.machine.save()

    def _is_consequence(self, before: Token | None, token: Token) -> bool:
        """Whether an error on the same line, or at the line break just passed, has been given
        already.
        """
        text = self.source.text
        place = (
            before.start
            if before is not None and token.type in ("NEWLINE", "$END", "RBRACE")
            else token.start
        )
        start = text.rfind("\n", 0, place) + 1
        i = bisect_left(self._damage, start)
        return i < len(self._damage) and self._damage[i] <= max(token.end, token.start)

    def _damage_at(self, offset: int) -> None:
        self._damage.insert(bisect_left(self._damage, offset), offset)

    # ---------------------------------------------------------------------- holes

    def _leave_hole(self) -> None:
        """Replaces the innermost item that can be replaced, or else the statement."""
        while self._regions[-1].kind in ("LPAR", "LSQB"):
            region = self._regions[-1]
            end = self._end_of_item(region.start)
            if self._accepts_at(region, ("HOLE", self.tokens[end].type)):
                self.machine.restore(region.snapshot)
                self.machine.feed(self._hole(region.start, end))
                self._at = end
                return
            self._regions.pop()
        region = self._regions[-1]
        self.machine.restore(region.snapshot)
        end, body = self._end_of_statement(region.start)
        declares = self.tokens[region.start].type in _DECLARATIONS
        if body is not None and (region.kind != "" or declares):
            self._keep_body(region, body)
            return
        self._at = end
        node = self._what_is_left(self.tokens[region.start : end])
        first, last = self.tokens[region.start], self.tokens[max(end - 1, region.start)]
        self.machine.feed(Broken(node, first.start, max(last.end, first.start)))

    def _accepts_at(self, region: _Region, kinds: tuple[str, ...]) -> bool:
        return self.machine.accepts_from(region.snapshot.states, kinds)

    def _hole(self, start: int, end: int) -> Token:
        first, last = self.tokens[start], self.tokens[max(end - 1, start)]
        if start == end:
            return Token("HOLE", "", first.start, first.start)
        return Token("HOLE", "", first.start, last.end)

    def _end_of_item(self, start: int) -> int:
        """The index of the comma or the bracket that ends the item which begins at `start`."""
        depth = 0
        for i in range(start, len(self.tokens)):
            kind = self.tokens[i].type
            if kind in OPENERS:
                depth += 1
            elif kind in CLOSERS:
                if depth == 0:
                    return i
                depth -= 1
            elif kind == "COMMA" and depth == 0:
                return i
        return len(self.tokens) - 1

    def _end_of_statement(self, start: int) -> tuple[int, int | None]:
        """The index of what ends the statement, and that of its last `{` that it still has to
        read.
        """
        depth = 0
        body: int | None = None
        for i in range(start, len(self.tokens)):
            kind = self.tokens[i].type
            if kind == "LBRACE" and depth == 0 and i >= self._at and body is None:
                body = i
            if kind in OPENERS:
                depth += 1
            elif kind in CLOSERS:
                if depth == 0:
                    return i, body
                depth -= 1
            elif kind in ("NEWLINE", "$END") and depth == 0:
                return i, body
        return len(self.tokens) - 1, body

    def _keep_body(self, region: _Region, body: int) -> None:
        """Puts the plainest header of its kind in the place of a broken one, and reads on in its
        body.
        """
        header = self.tokens[region.start : body]
        for token in self._plain_header(header):
            if not self.machine.accepts((token.type,)):
                self.machine.restore(region.snapshot)
                break
            self.machine.feed(token)
        self._at = body
        if not self.machine.accepts(("LBRACE",)):
            end, _ = self._end_of_statement(region.start)
            self.machine.restore(region.snapshot)
            self._at = end
            self.machine.feed(Broken(None, header[0].start, header[0].end))

    def _plain_header(self, header: list[Token]) -> list[Token]:
        first = header[0] if header else None
        if first is None:
            return []
        place = first.end
        hole = Token("HOLE", "", place, place)
        names = [token for token in header[1:] if token.type == "NAME"]
        match first.type:
            case "TASK" | "MODEL" | "BLOCK" | "PHASE":
                name = names[:1] or [Token("NAME", "", place, place)]
                return [first, *name]
            case "TRAIN" | "ELSE":
                return [first]
            case "REPEAT" | "IF":
                return [first, hole]
            case "FOR":
                return self._plain_loop(header, hole)
            case _:
                return []

    def _plain_loop(self, header: list[Token], hole: Token) -> list[Token]:
        targets: list[Token] = []
        for token in header[1:]:
            if token.type in ("IN", "EQUAL", "LSQB") or token.text == "of":
                break
            if token.type == "NAME":
                targets += [Token("COMMA", ",", token.start, token.start)] if targets else []
                targets.append(token)
        first = header[0]
        return [first, *targets, Token("IN", "", hole.start, hole.start), hole] if targets else []

    def _what_is_left(self, tokens: list[Token]) -> t.Node | None:
        """A statement with a hole, if its first or last words tell what it would have defined."""
        if not tokens:
            return None
        first, last = tokens[0], tokens[-1]
        span = Span(self.source.path, first.start, last.end)
        hole = t.Missing(span)
        name = tokens[1] if len(tokens) > 1 else None
        if name is not None and (
            name.type == "NAME" or (first.type != "NAME" and name.type in RESERVED_TYPES)
        ):
            word = self.builder.to_name(name)
            dtype = t.Name(span, "float32")
            match first.type:
                case "LET":
                    return t.Let(span, word, hole)
                case "SHARED":
                    return t.Shared(span, word, hole)
                case "LEARNED":
                    return t.Learned(span, word, t.TensorType(span, dtype, (hole,)), None)
                case "INPUT":
                    return t.InputDecl(span, word, t.TensorType(span, dtype, (hole,)))
                case "OUTPUT":
                    return t.OutputDecl(span, word, None)
                case _:
                    pass
        if first.type == "NAME" and name is not None and name.type in ("EQUAL", "EQEQ"):
            return t.Setting(span, self.builder.to_name(first), hole)
        if first.type in _DECLARATIONS or self._regions[-1].kind == "":
            return None
        return t.FlowStatement(span, hole, self._targets(tokens))

    def _targets(self, tokens: list[Token]) -> tuple[t.AsTarget, ...]:
        """What stands behind the last `as`."""
        at = max((i for i, token in enumerate(tokens) if token.type == "AS"), default=None)
        if at is None:
            return ()
        targets: list[t.AsTarget] = []
        for i in range(at + 1, len(tokens)):
            if tokens[i].type == "NAME":
                append = i + 1 < len(tokens) and tokens[i + 1].type == "LSQB"
                name = self.builder.to_name(tokens[i])
                targets.append(t.AsTarget(name.span, name, append))
            elif tokens[i].type not in ("COMMA", "LSQB", "RSQB"):
                break
        return tuple(targets)

"""Builds expressions: one method for each rule of the grammar, called as the parser reduces it.

`children` holds what the rule matched, tokens included, so that every node's span is from the
first to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from archlang.diagnostics import Diagnostic
from archlang.source import Source, Span
from archlang.syntax import errors, literals
from archlang.syntax import tree as t
from archlang.syntax.tokens import Token

Children = list[Any]

_KEYWORD_CONSTANTS = {"True": True, "False": False, "None": None}


class ExpressionBuilder:
    """The rules from `flow` down."""

    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        self.source = source
        self.path = source.path
        self.tokens = tokens
        self.problems: list[Diagnostic] = []
        # Choices that have their parentheses, by identity; the values keep them alive.
        self._parenthesised: dict[int, t.Expr] = {}

    def span(self, children: Children) -> Span:
        """From the first child to the last."""
        first, last = children[0], children[-1]
        start = first.start if isinstance(first, Token) else first.span.start
        end = last.end if isinstance(last, Token) else last.span.end
        return Span(self.path, start, end)

    def token_span(self, token: Token) -> Span:
        return Span(self.path, token.start, token.end)

    def to_name(self, token: Token) -> t.Name:
        return t.Name(Span(self.path, token.start, token.end), token.text)

    # ---------------------------------------------------------------------- atoms

    def name(self, children: Children) -> t.Expr:
        return self.to_name(children[0])

    def number(self, children: Children) -> t.Expr:
        token: Token = children[0]
        value = literals.number(token.text)
        if value is None:
            self.problems.append(errors.bad_number(self.token_span(token), token.text))
            return t.Missing(self.token_span(token))
        return t.Constant(self.token_span(token), value, token.text)

    def string(self, children: Children) -> t.Constant:
        token: Token = children[0]
        value, bad = literals.string(token.text)
        for escape in bad:
            start = token.start + escape.offset
            span = Span(self.path, start, min(start + escape.length, token.end))
            self.problems.append(errors.bad_escape(span, self.source.slice(span)))
        return t.Constant(self.token_span(token), value, token.text)

    def keyword_constant(self, children: Children) -> t.Expr:
        token: Token = children[0]
        return t.Constant(self.token_span(token), _KEYWORD_CONSTANTS[token.text], token.text)

    def hole(self, children: Children) -> t.Expr:
        return t.Missing(self.token_span(children[0]))

    def dotted(self, children: Children) -> t.Dotted:
        return t.Dotted(self.span(children), tuple(self.to_name(part) for part in children[::2]))

    def call(self, children: Children) -> t.Call:
        callee = children[0]
        if isinstance(callee, Token):
            callee = self.to_name(callee)
        arguments = tuple(c for c in children[2:-1] if not isinstance(c, Token))
        keyword: t.Argument | None = None
        for argument in arguments:
            if argument.name is not None:
                keyword = argument
            elif keyword is not None and not isinstance(argument.value, t.Missing):
                assert keyword.name is not None
                self.problems.append(
                    errors.positional_after_keyword(argument.span, keyword.span, keyword.name.id)
                )
                break
        return t.Call(self.span(children), callee, arguments)

    def argument(self, children: Children) -> t.Argument:
        if len(children) == 1:
            return t.Argument(children[0].span, None, children[0])
        return t.Argument(self.span(children), self.to_name(children[0]), children[2])

    def list(self, children: Children) -> t.Expr:
        items: Sequence[t.Expr] = children[1] if len(children) == 3 else ()
        return t.ListExpr(self.span(children), tuple(items))

    def comprehension(self, children: Children) -> t.Expr:
        return t.Comprehension(self.span(children), children[1], tuple(children[2:-1]))

    def clause(self, children: Children) -> t.ComprehensionClause:
        return t.ComprehensionClause(
            self.span(children), children[1], children[3], tuple(children[5::2])
        )

    def items(self, children: Children) -> Sequence[t.Expr]:
        return children[::2]

    def parenthesised(self, children: Children) -> t.Expr:
        inner: t.Expr = children[1]
        outer = replace(inner, span=self.span(children))
        if isinstance(outer, t.Conditional):
            self._parenthesised[id(outer)] = outer
        return outer

    def tuple(self, children: Children) -> t.Expr:
        if len(children) == 2:
            return t.TupleExpr(self.span(children), ())
        more: Sequence[t.Expr] = children[3] if len(children) == 5 else ()
        return t.TupleExpr(self.span(children), (children[1], *more))

    # ---------------------------------------------------------------------- operators

    def binary(self, children: Children) -> t.Expr:
        left, operator, right = children
        return t.Binary(self.span(children), operator.text, left, right)

    def unary(self, children: Children) -> t.Expr:
        return t.Unary(self.span(children), children[0].text, children[1])

    def comparison(self, children: Children) -> t.Expr:
        return t.Compare(self.span(children), tuple(children[::2]), tuple(children[1::2]))

    def comparator(self, children: Children) -> str:
        return " ".join(token.text for token in children)

    def conditional(self, children: Children) -> t.Expr:
        return t.Conditional(self.span(children), children[0], children[2], children[4])

    def subscript(self, children: Children) -> t.Expr:
        return t.Subscript(self.span(children), children[0], tuple(children[2]))

    def indices(self, children: Children) -> Sequence[t.Expr]:
        return children[::2]

    def slice(self, children: Children) -> t.Expr:
        parts: list[t.Expr | None] = [None]
        for child in children:
            if isinstance(child, Token):
                parts.append(None)
            else:
                parts[-1] = child
        parts += [None] * (3 - len(parts))
        return t.SliceExpr(self.span(children), *parts)

    # ---------------------------------------------------------------------- steps

    def flow(self, children: Children) -> t.Expr:
        steps = cast("tuple[t.Expr, ...]", tuple(children[::2]))
        for step in steps:
            if isinstance(step, t.Conditional) and id(step) not in self._parenthesised:
                self.problems.append(errors.bare_choice(step.span, self.source.slice(step.span)))
        return t.Flow(self.span(children), steps)

    def frozen(self, children: Children) -> t.Expr:
        return t.Frozen(self.span(children), children[1])

    def head(self, children: Children) -> t.Expr:
        output = self.to_name(children[1]) if len(children) == 2 else None
        return t.Head(self.span(children), output)

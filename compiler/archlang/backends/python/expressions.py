"""Python expressions as documents that break where ruff breaks them.

The names are ruff's, so that the two can be read side by side: an expression that stands in a
statement without brackets around it may get parentheses (`needs_parentheses`,
`can_omit_parentheses`); inside brackets it may break at its operators (`in_parentheses_only…`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Literal

from archlang.backends.python.document import (
    SOFT,
    SPACE,
    BestFitParens,
    Doc,
    FitsExpanded,
    Group,
    IfBreak,
    Indent,
    new_id,
)
from archlang.backends.python.precedence import Needs, Parens, operators

# Where an expression stands: in brackets; in a statement, with optional parentheses (the id of
# their group); or in a statement without any.
Level = int | Literal["brackets"] | None


_SIGNS: dict[type[ast.unaryop], str] = {
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
    ast.Not: "not ",
}


class UnsupportedError(Exception):
    """A form of Python that archlang never writes."""


class Expressions:
    """Makes documents of the expressions of one statement."""

    def __init__(self, parens: Parens) -> None:
        self._parens = parens
        self._needs = Needs(parens)

    # -------------------------------------------------------------------- in a statement

    def optional(self, node: ast.expr, *, prefer: bool = False) -> Doc:
        """An expression in a statement: in parentheses where it has to break and they help.

        With `prefer` also where they do not: the target of the assignment would break otherwise.
        """
        if isinstance(node, ast.Tuple) and not self._parens.own(node):
            trailing = "," if len(node.elts) == 1 else IfBreak(",")
            return self.if_expands([*self._items(node.elts, "brackets"), trailing])
        # Parentheses around the whole go where they are not needed, as in a line that had been
        # broken.
        needs = self._needs.of(node)
        if needs == "never":
            return self.bare(node, None)
        if needs == "best fit":
            group = new_id()
            return BestFitParens(self.bare(node, group), group, prefer)
        if self._needs.can_omit(node):
            return self._optional(lambda level: self.bare(node, level))
        return self.if_expands(self.bare(node, "brackets"))

    def returned(self, node: ast.expr) -> Doc:
        """What `return` gives; a tuple may break its items' brackets without any of its own."""
        if not isinstance(node, ast.Tuple) or self._parens.own(node):
            return self.optional(node)
        trailing = "," if len(node.elts) == 1 else IfBreak(",")
        return self._optional(lambda level: [*self._items(node.elts, level), trailing])

    def optional_with(self, node: ast.expr, target: str) -> Doc:
        """`open(path) as file` in a `with`."""
        if not self._needs.can_omit(node):
            return self.if_expands([self.bare(node, "brackets"), target])
        return self._optional(lambda level: [self.bare(node, level), target])

    def _optional(self, content: Callable[[int], Doc]) -> Doc:
        """In parentheses if breaking the brackets inside does not help."""
        group = new_id()
        inside = Indent([SOFT, content(group)], only_if=group)
        return Group([IfBreak("("), inside, SOFT, IfBreak(")")], id=group)

    def target(self, node: ast.expr, level: Level) -> Doc:
        """What a `for` binds."""
        if level is None and self._needs.of(node) == "best fit":
            group = new_id()
            return BestFitParens(self.bare(node, group), group)
        if not isinstance(node, ast.Tuple) or self._parens.own(node):
            return self.format(node, level)
        docs: list[Doc] = []
        for index, item in enumerate(node.elts):
            docs += [", " if index else "", self.format(item, level)]
        return docs

    def if_expands(self, content: Doc) -> Doc:
        """In parentheses if it does not fit on the line."""
        return Group([IfBreak("("), Indent([SOFT, content]), SOFT, IfBreak(")")])

    # -------------------------------------------------------------------- anywhere

    def format(self, node: ast.expr, level: Level) -> Doc:
        """An expression with the parentheses that it was written in."""
        if self._parens.around(node):
            return self.bracketed("(", [self.bare(node, "brackets")], ")", level)
        return self.bare(node, level)

    def bare(self, node: ast.expr, level: Level) -> Doc:
        """An expression without parentheses around it."""
        match node:
            case ast.Name() | ast.Constant() | ast.JoinedStr():
                return self._parens.text(node)
            case ast.Attribute() | ast.Call() | ast.Subscript():
                return self._chain(node, level)
            case ast.BinOp() | ast.BoolOp() | ast.Compare():
                return self._binary(node, level)
            case ast.UnaryOp():
                return [_SIGNS[type(node.op)], self.format(node.operand, level)]
            case ast.IfExp():
                return self._only_group(self._conditional(node, level), level)
            case ast.List():
                return self._collection("[", node, node.elts, "]", level)
            case ast.Set():
                return self._collection("{", node, node.elts, "}", level)
            case ast.Tuple():
                return self._tuple(node, level)
            case ast.Dict():
                return self._dict(node, level)
            case ast.ListComp():
                return self._comprehension("[", [node.elt], node.generators, "]", level)
            case ast.SetComp():
                return self._comprehension("{", [node.elt], node.generators, "}", level)
            case ast.GeneratorExp():
                return self._comprehension("(", [node.elt], node.generators, ")", level)
            case ast.DictComp():
                # From Python 3.15 on, `{**d for …}` has no value.
                pair: list[ast.expr | None] = [node.key, node.value]
                elements = [part for part in pair if part is not None]
                return self._comprehension("{", elements, node.generators, "}", level)
            case ast.Starred():
                return ["*", self.format(node.value, level)]
            case ast.Slice():
                return self._slice(node, level)
            case ast.Lambda():
                arguments = self._parens.between(node, node.body)
                return [arguments, self.format(node.body, level)]
            case _:
                raise UnsupportedError(type(node).__name__)

    def bracketed(
        self, left: str, content: Doc, right: str, level: Level, *, expand: bool = False
    ) -> Doc:
        """Brackets that break around an indented content."""
        group = Group([left, Indent([SOFT, content]), SOFT, right], expand=expand)
        # While optional parentheses are not shown, these brackets are the ones to break.
        return FitsExpanded(group, level) if isinstance(level, int) else group

    def parameters(self, items: Sequence[Doc], *, expand: bool = False) -> Doc:
        """`( … )` of a `def`: as arguments are, but a single one that breaks has its comma."""
        if len(items) == 1:
            return self.bracketed("(", [items[0], IfBreak(",")], ")", None, expand=expand)
        return self.arguments(items, None, expand=expand)

    def arguments(self, items: Sequence[Doc], level: Level, *, expand: bool = False) -> Doc:
        """`( … )` of a call or a signature: all on one indented line if they fit there."""
        if not items:
            return "()"
        joined: list[Doc] = []
        for index, item in enumerate(items):
            joined += [item] if index == 0 else [",", SPACE, item]
        # A single argument that is too long for its line gets no comma.
        comma = IfBreak(",") if len(items) > 1 or expand else ""
        inner = Group([*joined, comma], expand=expand)
        return self.bracketed("(", inner, ")", level, expand=expand)

    # -------------------------------------------------------------------- collections

    def _items(self, nodes: Sequence[ast.expr], level: Level) -> list[Doc]:
        joined: list[Doc] = []
        for index, node in enumerate(nodes):
            joined += (
                [self.format(node, level)] if index == 0 else [",", SPACE, self.format(node, level)]
            )
        return joined

    def _comma(self, items: Sequence[object], node: ast.expr) -> Doc:
        """The comma where the brackets break; behind a single item only if it was written."""
        return IfBreak(",") if len(items) > 1 or self._parens.magic(node) else ""

    def _collection(
        self, left: str, node: ast.expr, items: Sequence[ast.expr], right: str, level: Level
    ) -> Doc:
        if not items:
            return left + right
        content = [*self._items(items, "brackets"), self._comma(items, node)]
        return self.bracketed(left, content, right, level, expand=self._parens.magic(node))

    def _tuple(self, node: ast.Tuple, level: Level) -> Doc:
        if not node.elts:
            return "()"
        if not self._parens.own(node):
            # In a subscript; elsewhere it does not occur without parentheses.
            comma = "," if len(node.elts) == 1 else IfBreak(",")
            return Group([*self._items(node.elts, level), comma])
        comma = "," if len(node.elts) == 1 else IfBreak(",")
        content = [*self._items(node.elts, "brackets"), comma]
        expand = len(node.elts) > 1 and self._parens.magic(node)
        return self.bracketed("(", content, ")", level, expand=expand)

    def _dict(self, node: ast.Dict, level: Level) -> Doc:
        if not node.keys:
            return "{}"
        content: list[Doc] = []
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if index:
                content += [",", SPACE]
            if key is None:
                content.append(["**", self.format(value, "brackets")])
            else:
                written = self.format(value, "brackets")
                content.append(Group([self.format(key, "brackets"), ": ", written]))
        content.append(self._comma(node.keys, node))
        return self.bracketed("{", content, "}", level, expand=self._parens.magic(node))

    def _comprehension(
        self,
        left: str,
        elements: Sequence[ast.expr],
        clauses: Sequence[ast.comprehension],
        right: str,
        level: Level,
    ) -> Doc:
        return self.bracketed(left, self._clauses(elements, clauses), right, level)

    def _clauses(self, elements: Sequence[ast.expr], clauses: Sequence[ast.comprehension]) -> Doc:
        first = [self.format(element, "brackets") for element in elements]
        content: list[Doc] = [Group([first[0], *([": ", first[1]] if len(first) > 1 else [])])]
        for clause in clauses:
            target = self.target(clause.target, "brackets")
            content += [SPACE, "for ", target, " in ", self.format(clause.iter, "brackets")]
            for condition in clause.ifs:
                content += [SPACE, "if ", self.format(condition, "brackets")]
        return Group(content)

    # -------------------------------------------------------------------- chains of calls

    def _chain(self, node: ast.expr, level: Level) -> Doc:
        fluent = self._needs.is_fluent(node)
        links = self._link(node, level, fluent)
        return self._only_group(links, level) if fluent else links

    def _links(self, node: ast.expr, level: Level, fluent: bool) -> list[Doc]:
        """The links of `a.b(c)[d]`, with places to break before the dots of a fluent chain."""
        if self._parens.around(node):
            return [self.format(node, level)]
        return self._link(node, level, fluent)

    def _link(self, node: ast.expr, level: Level, fluent: bool) -> list[Doc]:
        """The same for a node whose own parentheses, if any, have been dealt with."""
        if isinstance(node, ast.Attribute):
            value = node.value
            before: list[Doc] = []
            if fluent and (
                isinstance(value, (ast.Call, ast.Subscript)) or self._parens.around(value)
            ):
                before = [self._only_line(SOFT, level)]
            return [*self._links(value, level, fluent), *before, f".{node.attr}"]
        if isinstance(node, ast.Call):
            return [*self._links(node.func, level, fluent), self._call(node, level)]
        if isinstance(node, ast.Subscript):
            inside = self.format(node.slice, "brackets")
            expand = isinstance(node.slice, ast.Tuple) and self._parens.magic(node.slice)
            brackets = self.bracketed("[", [inside], "]", level, expand=expand)
            return [*self._links(node.value, level, fluent), brackets]
        return [self.format(node, level)]

    def _call(self, node: ast.Call, level: Level) -> Doc:
        match node.args, node.keywords:
            case [ast.GeneratorExp() as only], [] if not self._parens.own(only):
                inner = self._clauses([only.elt], only.generators)
                return self.bracketed("(", inner, ")", level)
            case _:
                pass
        # By place: a keyword may stand before `*args`.
        items: list[tuple[tuple[int, int], Doc]] = [
            ((argument.lineno, argument.col_offset), self.format(argument, "brackets"))
            for argument in node.args
        ]
        for keyword in node.keywords:
            name = "**" if keyword.arg is None else f"{keyword.arg}="
            value = self.format(keyword.value, "brackets")
            items.append(((keyword.lineno, keyword.col_offset), [name, value]))
        items.sort(key=lambda item: item[0])
        return self.arguments([doc for _, doc in items], level, expand=self._parens.magic(node))

    def _slice(self, node: ast.Slice, level: Level) -> Doc:
        text = self._parens.text(node)
        parts = [node.lower, node.upper, node.step]
        colons = 2 if node.step is not None else 1
        # Around complex bounds the colon has spaces; the text as written says which it is.
        left = " :" in text
        right = ": " in text
        doc: list[Doc] = []
        for index, part in enumerate(parts[: colons + 1]):
            if index:
                spaced = left and (parts[index - 1] is not None)
                doc.append((" " if spaced else "") + ":")
                doc.append(" " if right and part is not None else "")
            if part is not None:
                doc.append(self.format(part, level))
        return doc

    # -------------------------------------------------------------------- operators

    def _binary(self, node: ast.expr, level: Level) -> Doc:
        return self._only_group(self._operands(operators(node, self._parens), level), level)

    def _operands(self, flat: list[ast.expr | tuple[str, int]], level: Level) -> list[Doc]:
        """Operands and operators in turn, broken before the operators that bind least."""
        if len(flat) == 1:
            return [self._operand(flat, level)]
        lowest = max(part[1] for part in flat if isinstance(part, tuple))
        docs: list[Doc] = []
        start = 0
        for index, part in enumerate(flat):
            if not isinstance(part, tuple) or part[1] != lowest:
                continue
            docs.append(self._operand(flat[start:index], level))
            left, right = flat[index - 1], flat[index + 1]
            assert not isinstance(left, tuple)
            assert not isinstance(right, tuple)
            if part[0] == "**" and self._parens.gap(left, right) == "**":
                docs += [self._only_line(SOFT, level), "**", self._only_break(" ", level)]
            else:
                docs += [self._only_line(SPACE, level), part[0], " "]
            start = index + 1
        docs.append(self._operand(flat[start:], level))
        return docs

    def _operand(self, flat: list[ast.expr | tuple[str, int]], level: Level) -> Doc:
        if len(flat) == 1:
            only = flat[0]
            assert not isinstance(only, tuple)
            return self.format(only, level)
        return self._only_group(self._operands(flat, level), level)

    def _conditional(self, node: ast.IfExp, level: Level) -> list[Doc]:
        otherwise: Doc
        if isinstance(node.orelse, ast.IfExp) and not self._parens.around(node.orelse):
            otherwise = self._conditional(node.orelse, level)
        else:
            otherwise = self.format(node.orelse, level)
        return [
            self.format(node.body, level),
            self._only_line(SPACE, level),
            "if ",
            self.format(node.test, level),
            self._only_line(SPACE, level),
            "else ",
            otherwise,
        ]

    # -------------------------------------------------------------------- in parentheses only

    def _only_group(self, content: Doc, level: Level) -> Doc:
        if level == "brackets":
            return Group(content)
        return content if level is None else Group(content, only_if=level)

    def _only_line(self, line: Doc, level: Level) -> Doc:
        flat = " " if line is SPACE else ""
        if level == "brackets":
            return line
        return flat if level is None else IfBreak(line, flat, of=level)

    def _only_break(self, text: str, level: Level) -> Doc:
        if level == "brackets":
            return IfBreak(text)
        return "" if level is None else IfBreak(text, of=level)

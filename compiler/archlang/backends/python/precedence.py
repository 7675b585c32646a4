"""What decides on parentheses: which are written, which operators bind least, what needs them."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import Literal

Need = Literal["never", "best fit", "multiline"]

_SIGNS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Pow: ("**", 2),
    ast.Mult: ("*", 4),
    ast.Div: ("/", 4),
    ast.FloorDiv: ("//", 4),
    ast.Mod: ("%", 4),
    ast.MatMult: ("@", 4),
    ast.Add: ("+", 5),
    ast.Sub: ("-", 5),
    ast.LShift: ("<<", 6),
    ast.RShift: (">>", 6),
    ast.BitAnd: ("&", 7),
    ast.BitXor: ("^", 8),
    ast.BitOr: ("|", 9),
    ast.Eq: ("==", 10),
    ast.NotEq: ("!=", 10),
    ast.Lt: ("<", 10),
    ast.LtE: ("<=", 10),
    ast.Gt: (">", 10),
    ast.GtE: (">=", 10),
    ast.Is: ("is", 10),
    ast.IsNot: ("is not", 10),
    ast.In: ("in", 10),
    ast.NotIn: ("not in", 10),
    ast.And: ("and", 11),
    ast.Or: ("or", 11),
}
_ATTRIBUTE, _NOT, _CONDITIONAL = 1, 3, 12

_BRACKETED = (
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class Parens:
    """The text of one statement on one line, and the parentheses and commas in it."""

    def __init__(self, text: str, tree: ast.AST) -> None:
        self._bytes = text.encode("utf-8")
        self._text = text
        self._before: dict[int, int] = {}
        self._after: dict[int, int] = {}
        self._pairs: dict[int, int] = {}
        self._commas: set[int] = set()
        self._read(text)
        # The parentheses of calls are no grouping, even around a single argument.
        self._claimed: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._claimed.add(self._skip(self._end(node.func)))
            elif isinstance(node, ast.ClassDef):
                self._claimed.add(text.index("("))

    def text(self, node: ast.expr) -> str:
        """A node as written, without parentheses around it."""
        return self._text[self._start(node) : self._end(node)]

    def written(self, node: ast.expr) -> str:
        """A node as written, with parentheses around it if there are any."""
        start, end = self._outside(node)
        return self._text[start:end]

    def before(self, node: ast.expr) -> str:
        """What is written before a node."""
        return self._text[: self._outside(node)[0]]

    def trailing_comma(self, closing: int) -> bool:
        """Whether a comma stands right before the closing bracket at an offset."""
        return closing in self._commas

    def between(self, outer: ast.expr, inner: ast.expr) -> str:
        """What is written from the beginning of a node to the beginning of one inside it."""
        return self._text[self._start(outer) : self._outside(inner)[0]]

    def gap(self, left: ast.expr, right: ast.expr) -> str:
        """What is written between two operands."""
        return self._text[self._outside(left)[1] : self._outside(right)[0]]

    def own(self, node: ast.expr) -> bool:
        """Whether a tuple or generator stands in parentheses of its own."""
        start = self._start(node)
        return self._pairs.get(start) == self._end(node) - 1 and start not in self._claimed

    def around(self, node: ast.expr) -> bool:
        """Whether a node stands in grouping parentheses."""
        return self._outside(node) != (self._start(node), self._end(node))

    def magic(self, node: ast.expr) -> bool:
        """Whether a comma stands behind the last item: then the brackets break in any case."""
        return self._end(node) - 1 in self._commas

    def _outside(self, node: ast.expr) -> tuple[int, int]:
        """The range of a node with its grouping parentheses, one pair at most."""
        start, end = self._start(node), self._end(node)
        before, after = self._before.get(start), self._after.get(end)
        if (
            before is None
            or after is None
            or self._text[before] != "("
            or self._pairs.get(before) != after
        ):
            return start, end
        return (start, end) if before in self._claimed else (before, after + 1)

    def _skip(self, at: int) -> int:
        """The parenthesis of a call, behind the function and any grouping that closes there."""
        while at < len(self._text) and self._text[at] in " )":
            at += 1
        return at

    def _read(self, text: str) -> None:
        """Bracket pairs, and which ones directly precede or follow an offset."""
        opened: list[int] = []
        last: tuple[str, int, int] | None = None
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
                continue
            start, end = token.start[1], token.end[1]
            if token.type == tokenize.OP and token.string in "([{":
                opened.append(start)
            if token.type == tokenize.OP and token.string in ")]}":
                self._pairs[opened.pop()] = start
                if last is not None:
                    self._after[last[2]] = start
                    if last[0] == ",":
                        self._commas.add(start)
            if last is not None and last[0] in ("(", "[", "{"):
                self._before[start] = last[1]
            last = (token.string, start, end)

    def _start(self, node: ast.expr) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _end(self, node: ast.expr) -> int:
        return self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int | None, column: int | None) -> int:
        assert line == 1
        assert column is not None
        return len(self._bytes[:column].decode("utf-8"))


def operators(node: ast.expr, parens: Parens) -> list[ast.expr | tuple[str, int]]:
    """`a + b * c == d` as operands and operators in turn, whatever their precedence."""
    flat: list[ast.expr | tuple[str, int]] = []

    def operand(part: ast.expr) -> None:
        if parens.around(part):
            flat.append(part)
        else:
            flat.extend(operators(part, parens))

    match node:
        case ast.BinOp():
            operand(node.left)
            flat.append(_SIGNS[type(node.op)])
            operand(node.right)
        case ast.BoolOp():
            for index, value in enumerate(node.values):
                if index:
                    flat.append(_SIGNS[type(node.op)])
                operand(value)
        case ast.Compare():
            operand(node.left)
            for operator, value in zip(node.ops, node.comparators, strict=True):
                flat.append(_SIGNS[type(operator)])
                operand(value)
        case _:
            flat.append(node)
    return flat


class Needs:
    """Which expressions of a statement get parentheses when they do not fit on its line."""

    def __init__(self, parens: Parens) -> None:
        self._parens = parens

    def of(self, node: ast.expr) -> Need:
        """What becomes of an expression that does not fit.

        `best fit`: parentheses if it fits on a line of its own; `multiline`: parentheses if
        breaking inside needs them; `never`: it has brackets of its own to break.
        """
        match node:
            case ast.BinOp() | ast.BoolOp() | ast.Compare() | ast.IfExp() | ast.Lambda():
                return "multiline"
            case ast.UnaryOp():
                return "never" if self._parens.around(node.operand) else self.of(node.operand)
            case ast.Attribute():
                if self.is_fluent(node):
                    return "multiline"
                return "never" if self._parens.around(node.value) else self.of(node.value)
            case ast.Call() | ast.Subscript():
                if self.is_fluent(node):
                    return "multiline"
                value = node.func if isinstance(node, ast.Call) else node.value
                return "never" if self._parens.around(value) else self.of(value)
            case ast.Name() | ast.Constant() | ast.JoinedStr():
                return "best fit"
            case _:
                return "never"

    def is_fluent(self, node: ast.expr) -> bool:
        """Whether a chain has two or more dots behind calls or subscripts."""
        dots = 0
        while True:
            if isinstance(node, ast.Attribute):
                node = node.value
                if self._parens.around(node) or isinstance(node, (ast.Call, ast.Subscript)):
                    dots += 1
            elif isinstance(node, (ast.Call, ast.Subscript)):
                node = node.func if isinstance(node, ast.Call) else node.value
            else:
                break
            if self._parens.around(node):
                break
        return dots >= 2

    def can_omit(self, node: ast.expr) -> bool:
        """Whether breaking the brackets inside is better than parentheses around."""
        seen = _Seen(self._parens)
        seen.inside(node)
        if not seen.brackets or seen.times > 1:
            return False
        return self._breakable(seen.last) or self._breakable(seen.first)

    def _breakable(self, node: ast.expr | None) -> bool:
        """Whether a node ends in brackets with something in them; subscripts do not count."""
        match node:
            case None:
                return False
            case ast.Call():
                return bool(node.args or node.keywords)
            case ast.Tuple():
                return self._parens.own(node) and bool(node.elts)
            case ast.List() | ast.Set():
                return bool(node.elts)
            case ast.Dict():
                return bool(node.keys)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return True
            case _:
                return self._parens.around(node)


class _Seen:
    """The operator that binds least in an expression, how often it occurs, the outer operands."""

    def __init__(self, parens: Parens) -> None:
        self._parens = parens
        self.precedence = 0
        self.times = 0
        self.brackets = False
        self.first: ast.expr | None = None
        self.last: ast.expr | None = None

    def visit(self, node: ast.expr) -> None:
        self.last = node
        if self._parens.around(node):
            self.brackets = True
        else:
            self.inside(node)
        if self.first is None:
            self.first = node

    def inside(self, node: ast.expr) -> None:
        match node:
            case ast.BinOp():
                self._count(_SIGNS[type(node.op)][1], 1)
                self.visit(node.left)
                self.visit(node.right)
            case ast.BoolOp():
                self._count(11, len(node.values) - 1)
                for value in node.values:
                    self.visit(value)
            case ast.Compare():
                self._count(10, len(node.ops))
                for value in (node.left, *node.comparators):
                    self.visit(value)
            case ast.IfExp():
                self._count(_CONDITIONAL, 2)
                for value in (node.body, node.test, node.orelse):
                    self.visit(value)
            case ast.UnaryOp():
                if isinstance(node.op, ast.Invert):
                    self._count(_NOT, 1)
                # A minus or `not` is no place to break; its operand is last.
                self.visit(node.operand)
                if self.first is node.operand:
                    self.first = node
            case ast.Call():
                self.brackets = True
                self.visit(node.func)
                self.last = node
            case ast.Subscript():
                self.brackets = True
                self.visit(node.value)
                self.last = node
            case ast.Attribute():
                self.visit(node.value)
                if self._parens.around(node.value) or _has_brackets(node.value):
                    self._count(_ATTRIBUTE, 1)
                self.last = node
            case ast.Lambda():
                self.visit(node.body)
            case ast.Starred():
                self.visit(node.value)
            case ast.Tuple() if self._parens.own(node):
                self.brackets = True
            case ast.Tuple():
                for item in node.elts:
                    self.visit(item)
            case _ if isinstance(node, _BRACKETED):
                self.brackets = True
            case _:
                pass

    def _count(self, precedence: int, times: int) -> None:
        if precedence > self.precedence:
            self.precedence = precedence
            self.times = times
        elif precedence == self.precedence:
            self.times += times


def _has_brackets(node: ast.expr) -> bool:
    return isinstance(node, (ast.Call, ast.Subscript, *_BRACKETED))

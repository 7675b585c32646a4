"""How a part of a spec looks on one line."""

from __future__ import annotations

from archlang.formatting.concrete import Branch, Concrete, first_token, last_token
from archlang.syntax.tokens import CLOSERS, OPENERS, Token

_ITEMIZED = frozenset(["list", "tuple", "call", "parameters"])


class Flat:
    """The text of parts on one line; None for what can't or should not be on one."""

    def __init__(self, concrete: Concrete) -> None:
        self._concrete = concrete
        self._known: dict[int, str | None] = {}

    def __call__(self, part: Branch | Token) -> str | None:
        """The text, without comments; None if a comment stands inside, or a trailing comma or a
        body asks for several lines.
        """
        if isinstance(part, Token):
            return spelled(part)
        key = id(part)
        if key not in self._known:
            self._known[key] = self._flat(part)
        return self._known[key]

    def width(self, part: Branch | Token) -> int:
        """How wide a part is on one line; very wide if it can't be on one."""
        text = self(part)
        return 1_000_000 if text is None else len(text)

    def _flat(self, branch: Branch) -> str | None:
        if self._has_comments(branch) or asks_for_lines(branch):
            return None
        if branch.kind == "body":
            return self._body(branch)
        children = branch.children
        kept = (*children[:-2], children[-1]) if _drops_comma(branch) else children
        out = ""
        before: Branch | Token | None = None
        for child in kept:
            text = self(child)
            if text is None:
                return None
            if before is not None and spaced(branch.kind, before, child):
                out += " "
            out += text
            before = child
        return out

    def _body(self, branch: Branch) -> str | None:
        statements = branch.children[1:-1]
        inner = ""
        for statement in statements:
            # What was given lines of its own keeps them.
            if inner or self._concrete.opens_line(first_token(statement)):
                return None
            text = self(statement)
            if text is None:
                return None
            inner = text
        return f"{{ {inner} }}" if inner else "{}"

    def _has_comments(self, branch: Branch) -> bool:
        """Whether a comment stands between the first token and the last."""
        last = len(branch.children) - 1
        for i, child in enumerate(branch.children):
            if isinstance(child, Token):
                trivia = self._concrete.trivia(child)
                if (i > 0 and trivia.above) or (i < last and trivia.behind is not None):
                    return True
            elif self._edges(child, i > 0, i < last):
                return True
        return False

    def _edges(self, branch: Branch, left: bool, right: bool) -> bool:
        """Whether the first token has comments above, or the last one behind."""
        return (left and bool(self._concrete.trivia(first_token(branch)).above)) or (
            right and self._concrete.trivia(last_token(branch)).behind is not None
        )


def asks_for_lines(branch: Branch) -> bool:
    """Whether a comma behind the last item asks for an item a line."""
    if branch.kind not in _ITEMIZED:
        return False
    return _trailing_comma(branch) and not _is_single(branch)


def _trailing_comma(branch: Branch) -> bool:
    inner = branch.children[-2] if len(branch.children) > 2 else None
    while isinstance(inner, Branch) and inner.kind == "items":
        inner = inner.children[-1]
    return isinstance(inner, Token) and inner.type == "COMMA"


def _is_single(branch: Branch) -> bool:
    """`(x,)`, whose comma has a meaning."""
    return branch.kind == "tuple" and len(branch.children) == 4


def _drops_comma(branch: Branch) -> bool:
    return branch.kind in ("call", "parameters") and _trailing_comma(branch)


def spelled(token: Token) -> str:
    """A token as it is written: strings in double quotes, numbers with a small `e`."""
    if token.type == "STRING":
        return _quoted(token.text)
    if token.type == "NUMBER":
        return _number(token.text)
    return token.text


def _quoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == '"' or '"' in inner:
        return text
    return '"' + inner.replace("\\'", "'") + '"'


def _number(text: str) -> str:
    if text[:2] in ("0X", "0x"):
        return "0x" + text[2:]
    return text if text[:1] == "0" and text[1:2].isalpha() else text.replace("E", "e")


def spaced(kind: str, before: Branch | Token, after: Branch | Token) -> bool:
    """Whether a space stands between two parts of a rule."""
    left = before.type if isinstance(before, Token) else ""
    right = after.type if isinstance(after, Token) else ""
    if right in ("COMMA", "COLON") or left == "DOT" or right == "DOT":
        return False
    if left in OPENERS or right in CLOSERS:
        return left == "LBRACE" or right == "RBRACE"
    if left == "COMMA":
        return True
    if kind in ("call", "subscript", "type", "contract_type", "as_target"):
        return False
    if kind in ("argument", "parameter", "slice"):
        return left == "COLON" and kind == "parameter"
    if isinstance(after, Branch) and after.kind in ("parameters", "contract"):
        return False
    return not (kind == "unary" and left in ("PLUS", "MINUS"))

"""The first pass behind the lexer: what can be said about a token alone.

Comments go their own way. What other languages write (`=>`, `&&`, `true`, smart quotes, `;`) and
what no language writes become the nearest thing that `.arch` has, with one error each, so that the
rest of the line is still read.
"""

from __future__ import annotations

from dataclasses import field
from itertools import pairwise, takewhile

from archlang.diagnostics import Diagnostic
from archlang.records import mutable
from archlang.source import Source, Span
from archlang.syntax import token_errors
from archlang.syntax.tokens import RESERVED, Token

_CLEAN = frozenset(("FOREIGN", "TRIPLE_STRING", "CURLY_STRING", "BAD_STRING", "BAD_WORD"))
"""The types that, with `UNKNOWN`, never leave this pass."""

_OPERATORS = {
    "=>": "ARROW",
    "|>": "ARROW",
    ">>": "ARROW",
    "→": "ARROW",
    "&&": "AND",
    "||": "OR",
    "!": "NOT",
    ":=": "EQUAL",
}
_SPELLINGS = {"ARROW": "->", "AND": "and", "OR": "or", "NOT": "not", "EQUAL": "="}
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_BEFORE_A_VALUE = frozenset(
    [
        "EQUAL",
        "COMMA",
        "LPAR",
        "LSQB",
        "COLON",
        "AND",
        "OR",
        "NOT",
        "IF",
        "ELSE",
        "EQEQ",
        "NE",
        "LT",
        "LE",
        "GT",
        "GE",
        "IN",
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "REQUIRE",
    ]
)
_BEFORE_A_COMMENT = frozenset(
    ("NEWLINE", "LBRACE", "RBRACE", "COMMA", "COLON", "ARROW", "LPAR", "LSQB")
)
_BEGINS_A_FLOW = frozenset(
    ("NAME", "HEAD", "INPUT", "OUTPUT", "FROZEN", "LSQB", "LBRACE", "ARROW", "LEARNED")
)
_WORDS = frozenset(
    (
        "NAME",
        "NUMBER",
        "STRING",
        "BAD_STRING",
        "BAD_WORD",
        "INPUT",
        "OUTPUT",
        "HEAD",
        "LET",
        "SHARED",
        "LEARNED",
        "REPEAT",
        "TRUE",
        "FALSE",
        "NONE",
    )
)
_WHITE = " \t\f"
_FAR = 100
"""How many tokens around a `//` are looked at, so that many on a line take no time."""


@mutable
class Spelled:
    """The tokens that go on, the comments, and what was wrong."""

    tokens: list[Token] = field(default_factory=list[Token])
    comments: list[Token] = field(default_factory=list[Token])
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])


def spell(source: Source, raw: list[Token]) -> Spelled:
    """The raw tokens without comments and without anything that the grammar has no place for."""
    result = Spelled()
    tokens = result.tokens
    last = len(raw) - 1
    run: list[Token] = []  # of unknown characters
    commented = False  # behind a `//` that begins a comment
    resume = 0  # the index behind a `/* … */`
    last_closer = source.text.rfind("*/")
    depth = 0  # of parentheses
    for i, token in enumerate(raw):
        kind = token.type
        commented = commented and kind != "NEWLINE"
        if commented or i < resume:
            continue
        depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
        if kind == "DOUBLESLASH" and (
            _divides_nothing(tokens, depth)
            or _is_prose(raw, i, depth)
            or _flows(tokens, depth, raw, i)
        ):
            result.problems.append(token_errors.foreign_comment(_span(source, token)))
            commented = True
        elif kind == "SLASH" and source.text.startswith("/*", token.start):
            closed = token.start + 2 <= last_closer
            resume = _skip_block_comment(source, raw, i, closed, result)
            commented = not closed
        elif kind == "COMMENT":
            result.comments.append(token)
        elif kind == "NAME":
            if token.text in _CONSTANTS and tokens and tokens[-1].type in _BEFORE_A_VALUE:
                if i == last or raw[i + 1].type != "EQUAL":
                    token = _constant(source, token, result)
            elif (
                token.text == "elif"
                and _begins_line(tokens)
                and i < last
                and raw[i + 1].type != "EQUAL"
            ):
                token = _else_if(source, token, result)
            tokens.append(token)
        elif kind == "UNKNOWN":
            run.append(token)
            if i == last or raw[i + 1].type != "UNKNOWN":
                _unknown(source, run, result)
                run = []
        elif kind in _CLEAN:
            _mend(source, token, raw[i + 1] if i < last else None, result)
        else:
            tokens.append(token)
    return result


def _begins_line(tokens: list[Token]) -> bool:
    return not tokens or tokens[-1].type in ("NEWLINE", "RBRACE")


def _divides_nothing(tokens: list[Token], depth: int) -> bool:
    """Whether a `//` stands where no operator can: it is meant as a comment."""
    at = len(tokens) - 1
    while depth > 0 and at > 0 and tokens[at].type == "NEWLINE":
        at -= 1  # between parentheses a line may begin with an operator
    return at < 0 or tokens[at].type in _BEFORE_A_COMMENT


def _flows(tokens: list[Token], depth: int, raw: list[Token], at: int) -> bool:
    """Whether a `//` stands at the end of a flow or behind the type of an input, where nothing is divided."""
    if depth > 0 or any(token.type == "ARROW" for token in _rest_of_line(raw, at)):
        return False
    inside = 0
    first = len(tokens)
    while first > 0 and (inside > 0 or tokens[first - 1].type not in ("NEWLINE", "LBRACE")):
        if len(tokens) - first == _FAR:
            return False
        first -= 1
        kind = tokens[first].type
        inside += (kind in ("RPAR", "RSQB", "RBRACE")) - (kind in ("LPAR", "LSQB", "LBRACE"))
        if inside == 0 and kind in ("EQUAL", "IF"):
            return False
    return tokens[first].type in _BEGINS_A_FLOW


def _is_prose(raw: list[Token], at: int, depth: int) -> bool:
    """Whether what follows on the line is nothing, or words that no operator joins."""
    line = list(takewhile(lambda token: token.type != "LBRACE", _rest_of_line(raw, at + 1)))
    if not line:
        return depth == 0  # between parentheses, the next line goes on
    inside = 0
    for token in line:
        inside += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
        if inside < 0:
            return False  # what closes a bracket is no part of a comment
    return any(a.type in _WORDS and b.type in _WORDS for a, b in pairwise(line))


def _rest_of_line(raw: list[Token], at: int) -> list[Token]:
    end = at
    while end < min(at + _FAR, len(raw)) and raw[end].type != "NEWLINE":
        end += 1
    return raw[at:end]


def _skip_block_comment(
    source: Source, raw: list[Token], at: int, closed: bool, result: Spelled
) -> int:
    """The index behind a `/* … */`; where it is not `closed`, that of the `/`.

    It ends where its characters say so: to the lexer, the apostrophe of `don't` begins a string.
    """
    text = source.text
    begin = Span(source.path, raw[at].start, raw[at].start + 2)
    if not closed:
        result.problems.append(token_errors.foreign_block_comment(begin, None))
        return at
    end = text.index("*/", begin.end) + 2
    behind = at
    while behind < len(raw) and raw[behind].start < end:
        behind += 1
    following = raw[behind] if behind < len(raw) else None
    alone = (
        not any(newline in text[begin.end : end] for newline in "\r\n")
        and (following is None or following.type == "NEWLINE")
        and not text[end : following.start if following else len(text)].strip()
    )
    closer = Span(source.path, end - 2, end) if alone else None
    result.problems.append(token_errors.foreign_block_comment(begin, closer))
    result.tokens += [token for token in raw[at:behind] if token.type == "NEWLINE"][:1]
    return behind


def _constant(source: Source, token: Token, result: Spelled) -> Token:
    word = _CONSTANTS[token.text]
    result.problems.append(token_errors.foreign_constant(_span(source, token), token.text, word))
    return Token(RESERVED[word], word, token.start, token.end)


def _else_if(source: Source, token: Token, result: Spelled) -> Token:
    """`elif` as `else if`: the first of the two is put in, the second is given back."""
    result.problems.append(token_errors.elif_word(_span(source, token)))
    result.tokens.append(token.as_type("ELSE"))
    return Token("IF", "if", token.end, token.end)


def _mend(source: Source, token: Token, following: Token | None, result: Spelled) -> None:
    span = _span(source, token)
    text = token.text
    tokens, problems = result.tokens, result.problems
    match token.type:
        case "FOREIGN" if text == ";":
            at_end = following is None or following.type in ("NEWLINE", "COMMENT")
            problems.append(token_errors.semicolon(span, at_end))
            tokens.append(token.as_type("NEWLINE"))
        case "FOREIGN" if text in _OPERATORS:
            kind = _OPERATORS[text]
            problems.append(token_errors.foreign_operator(span, text, _SPELLINGS[kind]))
            tokens.append(Token(kind, _SPELLINGS[kind], token.start, token.end))
        case "FOREIGN":  # `+=` and its like
            problems.append(token_errors.augmented_assignment(span, text))
            tokens.append(Token("EQUAL", "=", token.start, token.end))
        case "TRIPLE_STRING":
            problems.append(token_errors.triple_quotes(span))
            tokens.append(Token("HOLE", text, token.start, token.end))
        case "CURLY_STRING":
            inner = text[1:-1]
            problems.append(token_errors.curly_quotes(span, inner))
            tokens.append(Token("STRING", _quoted(inner), token.start, token.end))
        case "BAD_STRING":
            _unterminated(source, token, result)
        case _:  # BAD_WORD
            problems.append(token_errors.word_not_ascii(span, text))
            tokens.append(token.as_type("NAME"))


def _unknown(source: Source, run: list[Token], result: Spelled) -> None:
    """Drops characters in a row that mean nothing, with one error for them all."""
    first, last = run[0].start, run[-1].end
    result.problems.append(
        token_errors.unknown_characters(Span(source.path, first, last), source.text[first:last])
    )
    if any(token.text in "\x0b\x85\u2028\u2029" for token in run):  # ends a line in an editor
        result.tokens.append(run[-1].as_type("NEWLINE"))


def _unterminated(source: Source, token: Token, result: Spelled) -> None:
    """A string that the line ends: what closes brackets at the end of it was most likely not meant
    to be in it.
    """
    text = token.text
    end = len(text)
    while end > 1 and text[end - 1] in ")]}," + _WHITE:
        end -= 1
    quote = text[0]
    at = token.start + end
    result.problems.append(
        token_errors.unterminated_string(Span(source.path, token.start, at), quote)
    )
    result.tokens.append(Token("STRING", _quoted(text[1:end].rstrip("\\")), token.start, at))
    kinds = {")": "RPAR", "]": "RSQB", "}": "RBRACE", ",": "COMMA"}
    for offset in range(end, len(text)):
        kind = kinds.get(text[offset])
        if kind is not None:
            start = token.start + offset
            result.tokens.append(Token(kind, text[offset], start, start + 1))


def _quoted(inner: str) -> str:
    """A string literal of this text, whatever stands in it."""
    return '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _span(source: Source, token: Token) -> Span:
    return Span(source.path, token.start, token.end)

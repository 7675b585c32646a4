"""Why a token does not fit, and the small repair that would let it in, if there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archlang.diagnostics import Diagnostic
from archlang.diagnostics.suggestions import nearest
from archlang.records import record
from archlang.source import Source, Span
from archlang.syntax import errors
from archlang.syntax.tokens import (
    CLOSERS,
    DECLARATION_WORDS,
    OPENERS,
    RESERVED,
    RESERVED_TYPES,
    Token,
)
from archlang.syntax.words import WORDS, expected_in_words, in_words


@record
class Situation:
    """A token that does not fit: where it stands, and what would fit."""

    source: Source
    tokens: Sequence[Token]
    at: int
    statement: int  # index at which the statement around it begins
    item: int  # index at which the innermost item of a list or call, or the statement, begins
    bracket: Token | None  # what stands before the item
    region: str  # the innermost open bracket's type; empty outside of all
    expected: set[str]
    accepts: Callable[[Sequence[str]], bool]

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def before(self) -> Token | None:
        return self.tokens[self.at - 1] if self.at > 0 else None

    @property
    def first(self) -> Token:
        return self.tokens[self.statement]

    @property
    def in_list(self) -> bool:
        return self.region in ("LPAR", "LSQB")

    def span(self, token: Token) -> Span:
        return Span(self.source.path, token.start, token.end)


@record
class Finding:
    """What is wrong, and at most one repair; without any, a hole is left."""

    problem: Diagnostic
    insert: tuple[str, ...] | None = None  # terminals to be read before the token
    retag: str | None = None  # the terminal that the token should have been
    drop: bool = False  # read on behind the token
    retry: tuple[int, str] | None = (
        None  # a token before it, and the terminal that it should have been
    )


_STATEMENT_WORDS = {
    word: RESERVED[word]
    for word in [
        "for",
        "frozen",
        "if",
        "input",
        "learned",
        "let",
        "output",
        "repeat",
        "require",
        "shared",
    ]
} | {"phase": "PHASE"}
_VALUE_BEGINS = frozenset(
    (
        "NAME",
        "NUMBER",
        "STRING",
        "TRUE",
        "FALSE",
        "NONE",
        "INPUT",
        "HEAD",
        "FROZEN",
        "LPAR",
        "LSQB",
        "LBRACE",
        "NOT",
    )
)
_INSERTABLE = ("COLON", "EQUAL", "IN", "FROM", "IMPORT", "ARROW", "ELSE")
_NAMING = frozenset(
    [
        "LET",
        "SHARED",
        "LEARNED",
        "AS",
        "INPUT",
        "OUTPUT",
        "FOR",
        "TASK",
        "MODEL",
        "BLOCK",
        "TRAIN",
        "LAYER",
        "LOSS",
        "METRIC",
        "PHASE",
        "IMPORT",
        "COMMA",
        "LPAR",
    ]
)


def explain(s: Situation) -> Finding:
    """The first of these that knows what to say; the last always does."""
    for rule in _RULES:
        finding = rule(s)
        if finding is not None:
            return finding
    return _unexpected(s)


def _python_statement(s: Situation) -> Finding | None:
    first, before = s.first, s.before
    if (
        first.type == "NAME"
        and first.text in errors.PYTHON_STATEMENTS
        and s.at == s.statement + 1
        and s.token.type not in ("EQUAL", "ARROW")
    ):
        return Finding(errors.python_statement(s.span(first), first.text))
    if before is not None and before.type == "NAME" and before.text == "lambda":
        return Finding(errors.python_statement(s.span(before), "lambda"))
    return None


def _python_import(s: Situation) -> Finding | None:
    """`from keras import layers`."""
    if s.token.type == "NAME" and s.at == s.statement + 1 and s.first.type == "FROM":
        return Finding(errors.python_import(s.span(s.token), s.token.text))
    return None


def _misspelt_keyword(s: Situation) -> Finding | None:
    """`modle Cnn {`, `repaet 3 {`."""
    first = s.first
    if (
        first.type != "NAME"
        or s.at != s.statement + 1
        or s.token.type not in ("NAME", "NUMBER", "STRING", "LBRACE")
    ):
        return None
    words = DECLARATION_WORDS | {"let": "LET"} if s.region == "" else _STATEMENT_WORDS
    lowered = first.text.lower()
    best = lowered if lowered in words else next(iter(nearest(first.text, words)), None)
    if best is not None:
        return Finding(
            errors.misspelt_keyword(s.span(first), first.text, best),
            retry=(s.statement, words[best]),
        )
    if s.region == "" and s.token.type in ("NAME", "LBRACE"):
        return Finding(errors.unknown_declaration(s.span(first), first.text))
    return None


def _reserved_word(s: Situation) -> Finding | None:
    token, before = s.token, s.before
    if token.type not in RESERVED_TYPES or before is None or before.type not in _NAMING:
        return None
    if "NUMBER" in s.expected or not s.accepts(("NAME",)) or s.accepts(("NAME", token.type)):
        return None
    return Finding(errors.reserved_word(s.span(token), token.text), retag="NAME")


def _equals(s: Situation) -> Finding | None:
    kind = s.token.type
    if (
        kind == "EQUAL"
        and "EQEQ" in s.expected
        and (s.in_list or s.first.type in ("IF", "REQUIRE", "ELSE"))
    ):
        return Finding(errors.equal_for_comparison(s.span(s.token)), retag="EQEQ")
    if kind == "EQEQ" and "EQUAL" in s.expected:
        return Finding(errors.comparison_for_equal(s.span(s.token)), retag="EQUAL")
    return None


def _arguments_without_parentheses(s: Situation) -> Finding | None:
    """`Dense 64`."""
    before, token = s.before, s.token
    if before is None or before.type != "NAME" or token.type not in ("NUMBER", "STRING"):
        return None
    if not before.text[0].isupper():
        if token.type == "STRING" and before.end == token.start:
            return Finding(errors.string_prefix(s.span(before), before.text))
        return None
    return Finding(errors.bare_arguments(s.span(token), before.text, token.text))


def _call_of_a_layer(s: Situation) -> Finding | None:
    """`Dense(64)(x)`, as in Keras's functional API."""
    before, token = s.before, s.token
    if before is None or token.type != "LPAR" or before.type != "RPAR" or before.end != token.start:
        return None
    depth, end = 0, s.at
    while depth or end == s.at:
        depth += (s.tokens[end].type in OPENERS) - (s.tokens[end].type in CLOSERS)
        end += 1
    text = s.source.text
    first, name = s.item, ""
    if s.tokens[first].type == "NAME" and s.tokens[first + 1].type == "EQUAL":
        name = f" as {s.tokens[first].text}"
        first += 2
    layer = text[s.tokens[first].start : before.end]
    tensors = text[token.end : s.tokens[end - 1].start].strip() or "x"
    path = s.source.path
    statement = Span(path, s.tokens[s.item].start, s.tokens[end - 1].end)
    whole = Span(path, token.start, statement.end)
    return Finding(errors.call_of_a_layer(whole, statement, f"{tensors} -> {layer}{name}"))


def _called_head(s: Situation) -> Finding | None:
    """`head()`, `head(label)`."""
    before, token = s.before, s.token
    if before is None or before.type != "HEAD" or token.type != "LPAR" or s.in_list:
        return None
    end = s.at + 1
    while end < len(s.tokens) and s.tokens[end].type not in ("RPAR", "NEWLINE"):
        end += 1
    inside = s.tokens[s.at + 1 : end]
    name = inside[0].text if len(inside) == 1 and inside[0].type == "NAME" else ""
    last = s.tokens[min(end, len(s.tokens) - 1)]
    stop = last.end if last.type == "RPAR" else token.end
    return Finding(errors.called_head(Span(s.source.path, token.start, stop), name))


def _as_inside(s: Situation) -> Finding | None:
    """`[Dense(8) as x, _]`, `Dense(8) as x -> Dense(4)`."""
    token = s.token
    if token.type == "AS" and s.in_list:
        return Finding(errors.as_in_a_list(s.span(token)))
    if token.type == "ARROW" and not s.in_list:
        for earlier in s.tokens[s.statement : s.at]:
            if earlier.type == "AS":
                return Finding(errors.as_inside_a_flow(s.span(earlier)))
    return None


def _missing_type(s: Situation) -> Finding | None:
    """`input x`, `learned x = …`."""
    before = s.before
    if before is None or before.type != "NAME" or "COLON" not in s.expected or s.in_list:
        return None
    if s.first.type not in ("INPUT", "LEARNED") or s.token.type not in (
        "NEWLINE",
        "RBRACE",
        "$END",
        "EQUAL",
    ):
        return None
    return Finding(errors.missing_type(s.span(before), before.text))


def _type_without_dtype(s: Situation) -> Finding | None:
    """`input image: [28, 28]`."""
    if s.token.type != "LSQB" or s.first.type not in ("INPUT", "OUTPUT", "LEARNED"):
        return None
    if s.before is None or s.before.type != "COLON" or not s.accepts(("NAME", "LSQB")):
        return None
    return Finding(errors.type_without_dtype(s.span(s.token)), insert=("NAME",))


def _missing_name(s: Situation) -> Finding | None:
    """`model {`, `shared = …`, `for in xs`."""
    before = s.before
    if (
        before is None
        or before.type not in _NAMING
        or "NAME" not in s.expected
        or "NUMBER" in s.expected
    ):
        return None
    if not s.accepts(("NAME", s.token.type)) or s.token.type in (
        "NEWLINE",
        "$END",
        "RBRACE",
        "COMMA",
        *CLOSERS,
    ):
        return None
    problem = errors.incomplete(s.span(before), in_words(before), ["a name"])
    insert = ("NAME",) if s.token.type == "LBRACE" else None
    return Finding(problem, insert=insert)


def _missing_count(s: Situation) -> Finding | None:
    """`repeat { … }`, whose body has been taken for the number."""
    if s.first.type not in ("REPEAT", "IF") or "LBRACE" not in s.expected or s.in_list:
        return None
    if s.tokens[s.statement + 1].type != "LBRACE":
        return None
    return Finding(errors.missing_count(s.span(s.first), s.first.text))


def _comprehension_in_call(s: Situation) -> Finding | None:
    if s.token.type == "FOR" and s.region == "LPAR":
        return Finding(errors.comprehension_in_call(s.span(s.token)))
    return None


def _missing_comma(s: Situation) -> Finding | None:
    token, before = s.token, s.before
    if (
        not s.in_list
        or before is None
        or token.type not in _VALUE_BEGINS
        or not s.accepts(("COMMA", token.type))
    ):
        return None
    fork = (
        s.region == "LSQB"
        and s.source.position(before.end).line != s.source.position(token.start).line
    )
    return Finding(
        errors.missing_comma(s.span(token), s.span(before).after, in_words(token), fork),
        insert=("COMMA",),
    )


def _two_statements(s: Situation) -> Finding | None:
    token, before = s.token, s.before
    if s.in_list or before is None or not s.accepts(("NEWLINE", token.type)):
        return None
    if s.first.type in ("LAYER", "LOSS", "METRIC"):  # more likely, the `->` before its result
        return None
    if (
        before.type == "NAME"
        and before.text[0].islower()
        and s.at == s.statement + 1
        and token.type != "NAME"
    ):
        return None
    line = s.source.line(s.source.position(s.first.start).line)
    indent = line[: len(line) - len(line.lstrip())]
    gap = Span(s.source.path, before.end, token.start)
    return Finding(errors.two_statements(s.span(token), gap, indent), insert=("NEWLINE",))


def _nested_declaration(s: Situation) -> Finding | None:
    token = s.token
    if token.type in DECLARATION_WORDS.values() and s.region != "" and s.at == s.statement:
        return Finding(errors.nested_declaration(s.span(token), token.text))
    return None


def _else_alone(s: Situation) -> Finding | None:
    if s.token.type != "ELSE":
        return None
    return Finding(errors.else_alone(s.span(s.token)))


def _choice_without_else(s: Situation) -> Finding | None:
    """`A if c` where an `else` must follow."""
    if "ELSE" in s.expected and s.before is not None:
        for token in s.tokens[s.item : s.at]:
            if token.type == "IF" and token is not s.first:
                return Finding(errors.choice_without_else(s.span(token)))
    return None


def _missing_word(s: Situation) -> Finding | None:
    """A `:` or `=` and the like that has been left out before this token."""
    before = s.before
    if before is None:
        return None
    for kind in _INSERTABLE:
        if kind in s.expected and s.accepts((kind, s.token.type)):
            if kind in ("ARROW", "ELSE", "IN") and "PLUS" in s.expected:
                continue  # anything may follow a value
            following = s.tokens[s.at + 1].type if s.at + 1 < len(s.tokens) else ""
            if (
                kind == "IN"
                and s.token.type == "NAME"
                and following in _VALUE_BEGINS - {"LPAR", "LBRACE"}
            ):
                return Finding(errors.wrong_word(s.span(s.token), s.token.text, "in"), retag="IN")
            gap = s.span(before).after
            if s.token.type in ("NEWLINE", "$END"):
                continue
            problem = errors.missing_word(
                s.span(s.token), gap, WORDS[kind], in_words(before), in_words(s.token)
            )
            return Finding(problem, insert=(kind,))
    return None


def _incomplete(s: Situation) -> Finding | None:
    """The line, the bracket or the file ends where something is still to come."""
    before, token = s.before, s.token
    if before is None or (
        token.type not in ("NEWLINE", "$END", "COMMA", "AS", "ARROW") and token.type not in CLOSERS
    ):
        return None
    words = expected_in_words(s.expected, step=before.type == "ARROW")
    if not words or words == [WORDS["NEWLINE"]]:
        return None
    return Finding(errors.incomplete(s.span(before), in_words(before), words))


def _unexpected(s: Situation) -> Finding:
    before = in_words(s.before) if s.before is not None and s.before.type != "NEWLINE" else None
    words = expected_in_words(s.expected)
    return Finding(errors.unexpected(s.span(s.token), in_words(s.token), before, words))


_RULES = (
    _python_statement,
    _python_import,
    _misspelt_keyword,
    _reserved_word,
    _equals,
    _arguments_without_parentheses,
    _call_of_a_layer,
    _called_head,
    _as_inside,
    _comprehension_in_call,
    _missing_type,
    _type_without_dtype,
    _missing_name,
    _missing_count,
    _choice_without_else,
    _missing_comma,
    _nested_declaration,
    _else_alone,
    _two_statements,
    _missing_word,
    _incomplete,
)

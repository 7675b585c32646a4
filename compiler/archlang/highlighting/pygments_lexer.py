"""The lexer of Pygments, which Sphinx, MkDocs and Jupyter colour with: registered as `arch`, from the words of the editors' grammar.

Only Pygments imports this module. It finds keywords where the TextMate grammar does (`archlang.highlighting.textmate`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pygments import lexer
from pygments.lexer import RegexLexer, include
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from archlang.highlighting import words
from archlang.highlighting.words import NAME, NUMBER, one_of

_BEGINS = r"(?:^|(?<=\{))([^\S\r\n]*)"
_NOT_A_NAME = r"(?!\s*(?:->|=|\.|\(|\[|,|:|as(?!\w)))"
_DECLARES = rf"(?=\s+{NAME}\s*(?:[{{(=]|for(?!\w)|from(?!\w)))"
_STRING = r"\"(?:[^\"\\\r\n]|\\[^\r\n])*\"|'(?:[^'\\\r\n]|\\[^\r\n])*'"

# A list of rules as `RegexLexer` takes them.
_Rules = list[Any]

bygroups: Callable[..., Any] = getattr(lexer, "bygroups")  # noqa: B009 (it has no types)


def _states() -> dict[str, _Rules]:
    return {
        "root": [
            (
                r"^([^\S\r\n]*)(from)(?!\w)(?=\s*[\"'])",
                bygroups(Whitespace, Keyword.Namespace),
                "import",
            ),
            (
                rf"^([^\S\r\n]*)(layer|loss|metric)(?!\w){_NOT_A_NAME}",
                bygroups(Whitespace, Keyword.Declaration),
                "python",
            ),
            _declaration(words.declaration_words(), _NOT_A_NAME),
            include("code"),
        ],
        "import": [
            (r"[\r\n]+", Whitespace, "#pop"),
            (rf"({_STRING})(\s*)(import)(?!\w)", bygroups(String, Whitespace, Keyword.Namespace)),
            (NAME, Name.Class),
            include("code"),
        ],
        "python": [
            (r"[\r\n]+", Whitespace, "#pop"),
            (r"(?<![.\w])from(?!\w)", Keyword.Namespace),
            include("code"),
        ],
        "braces": [
            _declaration(words.declaration_words(), _DECLARES),
            _declaration(("phase",), r"(?=\s*(?:[A-Za-z_]\w*|\{))" + _NOT_A_NAME),
            (
                rf"{_BEGINS}(?!{one_of(words.keywords())})({NAME})(\s*)(=)(?!=)",
                bygroups(Whitespace, Name.Attribute, Whitespace, Operator),
            ),
            (r"\}", Punctuation, "#pop"),
            include("code"),
        ],
        "parens": [
            (rf"({NAME})(\s*)(=)(?!=)", bygroups(Name.Attribute, Whitespace, Operator)),
            (r"\)", Punctuation, "#pop"),
            include("code"),
        ],
        "brackets": [(r"\]", Punctuation, "#pop"), include("code")],
        "code": _code(),
    }


def _declaration(which: tuple[str, ...], behind: str) -> tuple[Any, ...]:
    return (
        rf"{_BEGINS}({one_of(which)}){behind}(?:(\s+)(?!for(?!\w))({NAME}))?",
        bygroups(Whitespace, Keyword.Declaration, Whitespace, Name.Class),
    )


def _code() -> _Rules:
    def word(which: tuple[str, ...]) -> str:
        return rf"(?<!\w){one_of(which)}"

    return [
        # Line by line, for what stands at the beginning of one.
        (r"\r\n|[\r\n]", Whitespace),
        (r"[^\S\r\n]+|\\(?=[\r\n])", Whitespace),
        (r"#[^\r\n]*", Comment.Single),
        (_STRING, String),
        (r"[\"'][^\r\n]*", Error),
        (r"\{", Punctuation, "braces"),
        (r"\(", Punctuation, "parens"),
        (r"\[", Punctuation, "brackets"),
        (
            rf"(?<![.\w])(let|shared|learned)(?!\w)(\s+)({NAME})",
            bygroups(Keyword, Whitespace, Name.Variable),
        ),
        (rf"(\.)(\s*)({NAME})", bygroups(Punctuation, Whitespace, Name.Function)),
        (word(words.OPERATOR_WORDS), Operator.Word),
        (word(words.CONSTANTS), Keyword.Constant),
        (word(words.keywords()), Keyword),
        (word(words.dtypes()), Keyword.Type),
        (word(words.task_kinds()), Name.Builtin),
        (word(words.layers()), Name.Class),
        (word(words.applications()), Name.Class),
        (word(words.objects()), Name.Class),
        (word(words.data_sources()) + r"(?=\s*\()", Name.Builtin),
        # Words such as `mean` may also be names of tensors; an argument or a list is where they are values.
        (
            rf"(?:(?<==)|(?<==\s)|(?<=\[)|(?<=,\s)){one_of(words.values())}(?!\s*[(=])",
            Name.Constant,
        ),
        (rf"{NAME}(?=\s*\()", Name.Function),
        (NAME, Name),
        (NUMBER, Number),
        (r"->|\*\*|//|==|!=|<=|>=|[-+*/%<>=]", Operator),
        (r"[,:.]", Punctuation),
    ]


class ArchLexer(RegexLexer):
    """Colours `.arch` text."""

    name = "archlang"
    aliases: ClassVar[Sequence[str]] = ("arch", "archlang")
    filenames: ClassVar[Sequence[str]] = ("*.arch",)
    mimetypes: ClassVar[Sequence[str]] = ("text/x-arch",)
    flags = re.MULTILINE
    tokens: ClassVar[dict[str, _Rules]] = _states()

"""The TextMate grammar of editors, as the document that `grammar/arch.tmLanguage.json` holds.

Where a word is a keyword only in some places, the rules here find those places as the layout pass does
(`archlang.syntax.layout`): at the top of the file or inside braces where a statement begins, and not as the name of an argument.
"""

from __future__ import annotations

from typing import Any

from archlang.highlighting import words
from archlang.highlighting.words import NAME, NUMBER, one_of

Rule = dict[str, Any]

_BEGINS = r"(?:^\s*|(?<=\{)\s*)"
# What never stands behind a keyword that begins a declaration (`archlang.syntax.layout`).
_NOT_A_NAME = r"(?!\s*(?:->|=|\.|\(|\[|,|:|as(?!\w)))"


def document() -> Rule:
    """The grammar."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "arch",
        "scopeName": "source.arch",
        "fileTypes": ["arch"],
        "patterns": [
            _include("import"),
            _include("python"),
            _include("declaration"),
            _include("code"),
        ],
        "repository": {
            "comment": _comment(),
            "string": {"patterns": [_string('"', "double"), _string("'", "single")]},
            "number": {"match": rf"(?:{NUMBER})", "name": "constant.numeric.arch"},
            "import": _import(),
            "python": _python(),
            "declaration": _declaration(_BEGINS, _NOT_A_NAME, words.declaration_words()),
            # A declaration inside another is a mistake, but reads as one where only a declaration looks like that.
            "nested": _declaration(
                _BEGINS,
                rf"(?=\s+{NAME}\s*(?:[{{(=]|for(?!\w)|from(?!\w)))",
                words.declaration_words(),
            ),
            "phase": _declaration(_BEGINS, r"(?=\s*(?:[A-Za-z_]\w*|\{))" + _NOT_A_NAME, ("phase",)),
            "code": {
                "patterns": [
                    _include(name)
                    for name in (
                        "comment",
                        "string",
                        "braces",
                        "parens",
                        "brackets",
                        "let",
                        "member",
                        "words",
                        "names",
                        "number",
                        "operators",
                    )
                ]
            },
            "braces": _bracket(r"\{", r"\}", "braces", ["nested", "phase", "setting", "code"]),
            "parens": _bracket(r"\(", r"\)", "parens", ["argument", "code"]),
            "brackets": _bracket(r"\[", r"\]", "brackets", ["code"]),
            "argument": {
                "match": rf"({NAME})\s*(=)(?!=)",
                "captures": _captures(
                    "variable.parameter.arch", "keyword.operator.assignment.arch"
                ),
            },
            "setting": {
                "match": rf"{_BEGINS}(?!{one_of(words.keywords())})({NAME})\s*(=)(?!=)",
                "captures": _captures(
                    "variable.other.property.arch", "keyword.operator.assignment.arch"
                ),
            },
            "let": {
                "match": rf"(?<![.\w])(let|shared|learned)(?!\w)\s+({NAME})",
                "captures": _captures("keyword.control.arch", "variable.other.constant.arch"),
            },
            "member": _member(),
            "words": _words(),
            "names": _names(),
            "operators": {
                "patterns": [
                    {"match": "->", "name": "keyword.operator.arrow.arch"},
                    {"match": r"\*\*|//|==|!=|<=|>=|[-+*/%<>=]", "name": "keyword.operator.arch"},
                    {"match": r"[,:.]", "name": "punctuation.separator.arch"},
                ]
            },
        },
    }


def _include(name: str) -> Rule:
    return {"include": f"#{name}"}


def _captures(*names: str) -> Rule:
    return {str(number): {"name": name} for number, name in enumerate(names, start=1)}


def _comment() -> Rule:
    return {
        "match": r"(#).*$",
        "name": "comment.line.number-sign.arch",
        "captures": _captures("punctuation.definition.comment.arch"),
    }


def _string(quote: str, kind: str) -> Rule:
    return {
        "begin": quote,
        "end": rf"{quote}|$",
        "name": f"string.quoted.{kind}.arch",
        "beginCaptures": {"0": {"name": "punctuation.definition.string.begin.arch"}},
        "endCaptures": {"0": {"name": "punctuation.definition.string.end.arch"}},
        "patterns": [{"match": r"\\.", "name": "constant.character.escape.arch"}],
    }


def _import() -> Rule:
    """`from "x.arch" import A, B`."""
    return {
        "begin": r"^\s*(from)(?!\w)(?=\s*[\"'])",
        "end": r"$",
        "beginCaptures": _captures("keyword.control.import.arch"),
        "patterns": [
            _include("comment"),
            _include("string"),
            {
                "match": r"(?<=[\"'])\s*(import)(?!\w)",
                "captures": _captures("keyword.control.import.arch"),
            },
            {"match": NAME, "name": "entity.name.type.arch"},
            {"match": ",", "name": "punctuation.separator.arch"},
        ],
    }


def _python() -> Rule:
    """`layer Mine(units) from "mine.py"`."""
    kinds = "layer|loss|metric"
    return {
        "begin": rf"^\s*({kinds})(?!\w){_NOT_A_NAME}(?:\s+({NAME}))?",
        "end": r"$",
        "beginCaptures": _captures("keyword.declaration.arch", "entity.name.function.arch"),
        "patterns": [
            {"match": r"(?<![.\w])from(?!\w)", "name": "keyword.control.import.arch"},
            _include("code"),
        ],
    }


def _declaration(begins: str, behind: str, which: tuple[str, ...]) -> Rule:
    """`task Digits`, `block Residual`, `train`."""
    return {
        "match": rf"{begins}({one_of(which)}){behind}(?:\s+(?!for(?!\w))({NAME}))?",
        "captures": _captures("keyword.declaration.arch", "entity.name.type.arch"),
    }


def _bracket(begin: str, end: str, kind: str, inside: list[str]) -> Rule:
    scope = f"punctuation.section.{kind}.arch"
    return {
        "begin": begin,
        "end": end,
        "beginCaptures": {"0": {"name": scope}},
        "endCaptures": {"0": {"name": scope}},
        "patterns": [_include(name) for name in inside],
    }


def _member() -> Rule:
    """`.minimum` of `ops.minimum`: a name whatever the word."""
    return {
        "match": rf"(\.)\s*({NAME})",
        "captures": _captures("punctuation.separator.arch", "entity.name.function.member.arch"),
    }


def _words() -> Rule:
    def word(which: tuple[str, ...], scope: str) -> Rule:
        return {"match": rf"(?<!\w){one_of(which)}", "name": f"{scope}.arch"}

    return {
        "patterns": [
            word(words.OPERATOR_WORDS, "keyword.operator.word"),
            word(words.CONSTANTS, "constant.language"),
            word(words.keywords(), "keyword.control"),
        ]
    }


def _names() -> Rule:
    def names(which: tuple[str, ...], scope: str, behind: str = "") -> Rule:
        return {"match": rf"(?<!\w){one_of(which)}{behind}", "name": f"{scope}.arch"}

    return {
        "patterns": [
            names(words.dtypes(), "storage.type"),
            names(words.task_kinds(), "support.type.task"),
            names(words.layers(), "support.class.layer"),
            names(words.applications(), "support.class.application"),
            names(words.objects(), "support.class"),
            names(words.data_sources(), "support.function.data", r"(?=\s*\()"),
            # Words such as `mean` may also be names of tensors; an argument or a list is where they are values.
            {
                "match": rf"(?<==|=\s|\[|,\s){one_of(words.values())}(?!\s*[(=])",
                "name": "support.constant.arch",
            },
            {"match": rf"{NAME}(?=\s*\()", "name": "entity.name.function.call.arch"},
            {"match": NAME, "name": "variable.other.arch"},
        ]
    }

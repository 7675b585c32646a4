"""The syntax file of Vim and Neovim, as `editors/neovim/syntax/arch.vim` holds it."""

from __future__ import annotations

from collections.abc import Iterable

from archlang.highlighting import words


def document() -> str:
    """The file. Layers and other names of Keras are left to the language server."""
    lines = [
        '" archlang. Written by tools/make_highlighting.py.',
        "if exists('b:current_syntax')",
        "  finish",
        "endif",
        r"syntax match archName /\<[A-Za-z_]\w*\>/",
        # Longer ones later: what is defined last wins.
        _words("archKeyword", words.keywords()),
        _words("archOperator", words.OPERATOR_WORDS),
        _words("archConstant", words.CONSTANTS),
        _words("archType", (*words.dtypes(), *words.task_kinds())),
        rf"syntax match archDeclaration /\v(^|\{{)\s*\zs({_either(words.declaration_words())}|from|phase)>(\s*(-\>|\=|\.|\(|\[|,|:|as>))@!/",
        r"syntax match archDeclaration /\v([\"'].*[\"']\s*)@<=import>/",
        r"syntax match archArgument /\v<[A-Za-z_]\w*>(\s*\=\=@!)@=/",
        r"syntax match archNumber /\v<\d[0-9A-Za-z_.]*([eE][+-]\d+)?/",
        r"syntax region archString start=/\"/ skip=/\\./ end=/\"/ oneline",
        r"syntax region archString start=/'/ skip=/\\./ end=/'/ oneline",
        "syntax match archComment /#.*$/ contains=@Spell",
        *(
            f"highlight default link arch{ours} {theirs}"
            for ours, theirs in {
                "Keyword": "Keyword",
                "Operator": "Operator",
                "Constant": "Constant",
                "Type": "Type",
                "Declaration": "Statement",
                "Argument": "Identifier",
                "Number": "Number",
                "String": "String",
                "Comment": "Comment",
            }.items()
        ),
        "let b:current_syntax = 'arch'",
    ]
    return "\n".join(lines) + "\n"


def _words(group: str, which: Iterable[str]) -> str:
    # As matches, so that an argument of that name can be told apart.
    return rf"syntax match {group} /\v<({_either(which)})>/"


def _either(which: Iterable[str]) -> str:
    return "|".join(sorted(which))

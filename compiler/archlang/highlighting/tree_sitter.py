"""The highlight queries of tree-sitter, for Helix (and the `tree-sitter` tool) and for Neovim.

No two patterns capture the same node, since editors, and their versions, differ in which of two wins. What has no
capture is a lower-case name of the spec's own, where it is used. Which names with a capital are Keras's is left to the language server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archlang.highlighting import words
from archlang.semantics.expressions import BUILTINS

_HELIX = {
    "boolean": "constant.builtin.boolean",
    "comment": "comment.line",
    "comment @spell": "comment.line",
    "function.call": "function",
    "keyword.conditional": "keyword.control.conditional",
    "keyword.import": "keyword.control.import",
    "keyword.repeat": "keyword.control.repeat",
    "keyword.type": "keyword.storage.type",
    "module": "namespace",
    "number": "constant.numeric",
    "property": "variable.other.member",
    "string.escape": "constant.character.escape",
}
"""What Helix calls the captures that it has other names for than Neovim."""

_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "keyword.type": (*words.declaration_words(), "phase"),
    "keyword.import": ("from", "import"),
    "keyword.repeat": ("for", "repeat"),
    "keyword.conditional": ("if", "else"),
    "keyword.operator": words.OPERATOR_WORDS,
}

_OPERATORS = (
    "->", "=", "+", "-", "*", "**", "/", "//", "%", "<", ">", "<=", ">=", "==", "!=",
)  # fmt: skip

_QUERIES = """\
; Written by tools/make_highlighting.py.

(comment) @comment @spell
(string) @string
(escape_sequence) @string.escape
(number) @number
[(true) (false)] @boolean
(none) @constant.builtin

{keywords}
(input) @keyword

{operators} @operator
["(" ")" "[" "]" "{{" "}}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter

; Layers, blocks, tasks and models begin with a capital.
((identifier) @type (#match? @type "^[A-Z]"))

; Types of inputs and outputs.
(input_declaration type: (identifier) @type.builtin)
(output_declaration type: (identifier) @type.builtin)
(learned type: (identifier) @type.builtin)
(tensor_type dtype: (identifier) @type.builtin)
(output_declaration type: (call function: (identifier) @type.builtin
  (#match? @type.builtin "^[a-z_]")))
(input_declaration type: (call function: (identifier) @function.builtin
  (#eq? @function.builtin "shifted")))
(contract [takes: (identifier) gives: (identifier)] @type.builtin)
(python result: (identifier) @type.builtin)
(parameter type: (identifier) @type.builtin)

; Arguments and settings.
(keyword_argument name: (identifier) @variable.parameter
  (#match? @variable.parameter "^[a-z_]"))
(parameter name: (identifier) @variable.parameter
  (#match? @variable.parameter "^[a-z_]"))
(assignment name: (identifier) @property
  (#match? @property "^[a-z_]"))
(phase name: (identifier) @label
  (#match? @label "^[a-z_]"))

; Words that stand for an object of Keras.
(keyword_argument value: (identifier) @type.builtin
  (#any-of? @type.builtin {dtypes}))
(keyword_argument value: (identifier) @constant.builtin
  (#any-of? @constant.builtin {values}))
(assignment value: (identifier) @constant.builtin
  (#any-of? @constant.builtin {values}))
(list (identifier) @constant.builtin
  (#any-of? @constant.builtin {values}))

; Functions of expressions, data sources, and `keras.ops`.
(call function: (identifier) @function.builtin
  (#any-of? @function.builtin {functions}))
(dotted_name (identifier) @module . "."
  (#match? @module "^[a-z_]"))
((dotted_name (identifier) @function.call .)
  (#match? @function.call "^[a-z_]"))

; What the spec names itself, where it is named.
(let name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(shared name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(learned name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(as_target name: (identifier) @variable
  (#match? @variable "^[a-z_]"))
(input_declaration name: (identifier) @variable
  (#match? @variable "^[a-z_]"))
(output_declaration name: (identifier) @variable
  (#match? @variable "^[a-z_]"))
"""


def neovim() -> str:
    """`highlights.scm` for Neovim."""
    grouped = {word for group in _KEYWORDS.values() for word in group}
    other = [word for word in words.keywords() if word not in grouped]
    groups = {**_KEYWORDS, "keyword": other}
    return _QUERIES.format(
        keywords="\n".join(f"{_any_of(group)} @{name}" for name, group in groups.items()),
        operators=_any_of(_OPERATORS),
        dtypes=_list(words.dtypes()),
        values=_list(words.values()),
        functions=_list((*words.data_sources(), *BUILTINS)),
    )


def helix() -> str:
    """`highlights.scm` for Helix and the `tree-sitter` tool."""
    return re.sub(
        r"@(comment @spell|[a-z.]+)",
        lambda found: f"@{_HELIX.get(found[1], found[1])}",
        neovim(),
    )


def _any_of(tokens: Iterable[str]) -> str:
    return f"[{' '.join(map(_quoted, tokens))}]"


def _list(names: Iterable[str]) -> str:
    return " ".join(map(_quoted, sorted(names)))


def _quoted(word: str) -> str:
    return f'"{word}"'

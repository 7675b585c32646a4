"""Completion: what may stand at the cursor, told by the tokens before it, so also where the statement is broken."""

from __future__ import annotations

from dataclasses import replace

from archlang.language_server.analysis import Analysis
from archlang.language_server.features import completion_data, scope, snippets
from archlang.language_server.features import completion_steps as steps
from archlang.language_server.features import completion_values as values
from archlang.language_server.features.calls_at import call_at
from archlang.language_server.features.completion_imports import in_import, spec_files
from archlang.language_server.features.completion_items import (
    Asked,
    Completions,
    Files,
    Item,
    keyword,
    objects,
    ordered,
)
from archlang.language_server.features.completion_training import (
    selectors,
    setting_names,
    setting_values,
)
from archlang.language_server.features.cursor import Cursor, cursor_at
from archlang.language_server.features.signatures import of_task_kind
from archlang.syntax import tree as t
from archlang.syntax.tokens import Token
from archlang.tasks.registry import KINDS

TRIGGERS = (".", '"', "'", ">", "=", "(", ",", "[", " ", "/")
"""The characters behind which an editor asks without being told to."""

_DTYPES = ("float32", "int32", "string", "float16", "bfloat16", "uint8", "int64", "bool")
_ENDS_VALUE = frozenset(
    ("NAME", "NUMBER", "STRING", "RPAR", "RSQB", "RBRACE", "TRUE", "FALSE", "NONE", "HEAD", "INPUT")
)


def completions(analysis: Analysis, offset: int, files: Files | None = None) -> Completions:
    """What may stand at an offset of the file."""
    cursor = cursor_at(analysis, offset)
    if cursor.in_comment or cursor.in_number:
        return Completions(cursor.replaced)
    asked = Asked(analysis, cursor, files or Files())
    return Completions(cursor.replaced, ordered(_items(asked)))


def _items(asked: Asked) -> list[Item]:
    cursor = asked.cursor
    if cursor.string is not None:
        if cursor.body.kind == "" and [x.text for x in cursor.statement] == ["from"]:
            return spec_files(asked)
        return values.strings(asked)
    if cursor.dotted.startswith("ops."):
        return values.ops(asked)
    if cursor.dotted:
        return []
    inner = cursor.inner
    if inner.owner == "parameters":
        return _parameter(asked)
    if inner.owner == "type":
        return values.expressions(asked, rank=1)
    if inner.owner in ("targets", "subscript"):
        return [] if inner.owner == "targets" else values.expressions(asked)
    if inner.kind in ("(", "["):
        return _inside(asked)
    return _statement(asked)


def _parameter(asked: Asked) -> list[Item]:
    argument = asked.cursor.inner.arguments[-1]
    if argument and argument[-1].type == "COLON":
        return [keyword("tensor", "a further tensor", 1)]
    if argument and argument[-1].type == "EQUAL":
        return [*values.expressions(asked), *_constants()]
    return []


def _constants() -> list[Item]:
    return [Item(word, "value", rank=3) for word in ("True", "False", "None")]


# ---------------------------------------------------------------------------------------- inside ( ) and [ ]


def _inside(asked: Asked) -> list[Item]:
    cursor = asked.cursor
    opened = cursor.opened
    index = len(opened) - 1
    while opened[index].owner in ("list", "parentheses") and opened[index].kind != "{":
        index -= 1
    argument = cursor.inner.arguments[-1]
    last = argument[-1] if argument else None
    if opened[index].owner == "call":
        return _in_call(asked, last)
    # Lists and parentheses that belong to a statement, not to a call.
    if opened[index].kind in ("", "{") and not _is_flow(cursor):
        if _is_complete(last):
            return values.behind_value()
        return _value_of_statement(asked)
    if _is_complete(last):
        return values.behind_value()
    if last is not None and last.type in ("IF", "AND", "OR", "NOT", "IN", "EQEQ", "LT", "GT"):
        return values.expressions(asked)
    if last is not None and last.type == "HEAD":
        return steps.of_head(asked)
    if last is not None and last.type in ("ARROW", "FROZEN", "ELSE"):
        return steps.steps(asked)
    if _goes_on(cursor):
        return [Item("_", "variable", "what flows in", 2), *steps.steps(asked)]
    return [*steps.beginnings(asked), *steps.steps(asked)]


def _goes_on(cursor: Cursor) -> bool:
    """Whether the innermost bracket stands behind an arrow, so that something flows into it."""
    before = [token for token in cursor.tokens if token.end <= cursor.inner.start]
    return cursor.inner.kind == "(" and bool(before) and before[-1].type == "ARROW"


def _in_call(asked: Asked, last: Token | None) -> list[Item]:
    call = call_at(asked.analysis, asked.cursor)
    if _is_complete(last):
        return values.behind_value()
    in_list = asked.cursor.inner.owner != "call"
    if call is None and asked.cursor.inner.callee == "shifted":
        return [Item(name, "variable", "output", 1) for name in _declared_outputs(asked)]
    if call is None:
        return [*values.expressions(asked, tensors=True), *_constants()]
    if call.callee.kind == "selector":
        return (
            selectors(asked, inside=True)
            if call.param is not None and call.param.name == "layer"
            else []
        )
    if last is None and not in_list:
        return values.arguments(asked, call)
    if last is None or last.type == "EQUAL":
        if call.callee.kind == "source":
            return completion_data.in_source(asked, call)
        return values.values(asked, call.param, call)
    return values.expressions(asked)


def _declared_outputs(asked: Asked) -> list[str]:
    declared = scope.enclosing(asked.analysis, asked.place)
    members = declared.members if isinstance(declared, t.Task) else ()
    members = declared.body if isinstance(declared, t.Model) else members
    return [member.name.id for member in members if isinstance(member, t.OutputDecl)]


def _is_complete(last: Token | None) -> bool:
    return last is not None and last.type in _ENDS_VALUE


def _is_flow(cursor: Cursor) -> bool:
    """Whether the statement is a stack's, and its brackets therefore forks and choices of steps."""
    body, statement = cursor.body, cursor.statement
    if body.owner not in ("model", "block", "stack"):
        return False
    if not statement:
        return True
    first = statement[0]
    if first.type == "SHARED":
        return True
    if first.type == "OUTPUT" or (first.type == "INPUT" and _second(statement, "NAME")):
        return False
    if first.text == "data" and _second(statement, "EQUAL"):
        return False
    return first.type not in ("LET", "REPEAT", "FOR", "IF", "REQUIRE", "LEARNED")


def _second(statement: list[Token], kind: str) -> bool:
    return len(statement) > 1 and statement[1].type == kind


# ---------------------------------------------------------------------------------------- statements


def _statement(asked: Asked) -> list[Item]:
    cursor = asked.cursor
    owner = cursor.body.owner
    if owner == "file":
        return _declaration(asked)
    if owner == "task":
        return _member(asked)
    if owner in ("train", "phase"):
        return _setting(asked)
    if _is_flow(cursor):
        return _flow(asked)
    if cursor.statement[0].type in ("INPUT", "OUTPUT") or cursor.statement[0].text == "data":
        return _member(asked)
    return _value_of_statement(asked)


def _declaration(asked: Asked) -> list[Item]:
    statement = asked.cursor.statement
    if not statement:
        return list(snippets.DECLARATIONS)
    first, last = statement[0], statement[-1]
    if first.text == "from":
        return in_import(asked)
    program = asked.analysis.program
    models = [Item(d.name.id, "class", "model", 1) for d in program.models]
    if first.text == "train" and len(statement) == 1:
        return models
    if first.text == "model":
        if last.type == "FOR":
            return [
                Item(symbol.name, "task", "task", 1, doc=symbol.declaration.doc or "")
                for symbol in program.module.names.values()
                if isinstance(symbol.declaration, t.Task)
            ]
        if last.type == "EQUAL":
            return models
        if last.type in ("NAME", "RPAR") and len(statement) > 1:
            return [keyword("for", "the task that it solves", 1, "for ")]
    if first.type == "LET" and len(statement) >= 3:
        return [*values.expressions(asked), *_constants()]
    if first.text in ("layer", "loss", "metric"):
        if last.type == "ARROW":
            return [keyword("same", "the shape that came in", 1), *_types()]
        if last.type in ("NAME", "RPAR") and len(statement) > 1:
            return [keyword("from", "the module that it stands in", 1, "from ")]
    if first.text == "block" and last.type in ("COLON", "ARROW"):
        return _types()
    return []


def _types() -> list[Item]:
    return [
        Item(name, "type", "", 1 if name in ("float32", "int32", "string") else 2)
        for name in _DTYPES
    ]


def _member(asked: Asked) -> list[Item]:
    statement = asked.cursor.statement
    if not statement:
        return list(snippets.MEMBERS)
    first, last = statement[0], statement[-1]
    if first.type == "INPUT" and last.type == "COLON":
        generated = [
            Item("shifted", "type", "the past of a generated output", 4, "shifted($1)", True)
        ]
        return [*_types(), *generated]
    if first.type == "OUTPUT" and last.type == "COLON":
        return [*_kinds(), *(Item(i.label, "type", "a plain tensor", 4) for i in _types())]
    if first.text == "data" and last.type == "EQUAL":
        return completion_data.sources()
    return []


def _kinds() -> list[Item]:
    found: list[Item] = []
    for word in KINDS:
        callee = of_task_kind(word)
        if callee is not None:
            plain = word in ("binary_classification", "regression", "reconstruction")
            insert = word if plain else f"{word}($1)"
            found.append(
                Item(
                    word, "task", callee.doc, 1, insert, not plain, f"task/{word}", parted=not plain
                )
            )
    return found


def _setting(asked: Asked) -> list[Item]:
    statement = asked.cursor.statement
    if not statement:
        return setting_names(asked)
    if len(statement) == 2 and statement[1].type == "EQUAL":
        return setting_values(asked, statement[0].text)
    if _is_complete(statement[-1]) and len(statement) > 2:
        return values.behind_value()
    return values.expressions(asked) if len(statement) > 2 else []


def _flow(asked: Asked) -> list[Item]:
    statement = asked.cursor.statement
    if not statement:
        return steps.statement(asked)
    last = statement[-1]
    if any(token.type == "AS" for token in statement):
        return steps.bound(asked) if last.type in ("AS", "COMMA") else []
    if statement[0].type == "SHARED" and last.type != "EQUAL" and len(statement) < 3:
        return []
    if last.type in ("ARROW", "FROZEN", "ELSE", "EQUAL"):
        return steps.steps(asked)
    if last.type == "HEAD":
        return steps.of_head(asked)
    if _is_complete(last):
        arrow = Item("->", "keyword", "what comes next", 1, "-> ", parted=True)
        return [keyword("as", "name what comes out", 1, "as "), arrow]
    return [*steps.beginnings(asked), *steps.steps(asked)]


def _value_of_statement(asked: Asked) -> list[Item]:
    """Inside `let`, `repeat`, `for`, `if`, `require`, `learned` and settings: an expression."""
    cursor = asked.cursor
    statement = cursor.statement
    owner, first = cursor.body.owner, statement[0] if statement else None
    in_brackets = cursor.inner.kind in ("(", "[")
    if first is None:
        return [*values.expressions(asked), *_constants()]
    if owner in ("train", "phase"):
        return setting_values(asked, first.text, in_list=in_brackets)
    if owner == "task":
        return values.expressions(asked)
    last = statement[-1]
    if first.type == "LEARNED" and not in_brackets:
        if last.type == "COLON":
            return [item for item in _types() if "float" in item.label]
        return objects("initializers", cursor, 1) if last.type == "EQUAL" else []
    if first.type == "FOR" and not in_brackets and not any(x.type == "IN" for x in statement):
        return [keyword("in", rank=1, insert="in ")] if len(statement) > 1 else []
    if first.type == "LET" and len(statement) < 3 and last.type != "EQUAL":
        return []
    if not in_brackets and _is_complete(last) and len(statement) > 1:
        return values.behind_value()
    if first.type == "FOR":
        return _to_go_through(asked)
    found = values.expressions(asked)
    if first.type == "REPEAT":
        return found
    found += [Item(word, "value", rank=5) for word in ("True", "False", "None")]
    if first.type == "REQUIRE":
        found += [
            Item("params", "constant", "how many numbers the weights hold", 1),
            Item("macs", "constant", "multiply-adds for one example", 1),
        ]
    return found


def _to_go_through(asked: Asked) -> list[Item]:
    """What a loop may go through: lists of tensors, functions that give lists."""
    lists = {x.name for x in scope.visible(asked.analysis, asked.place) if x.kind == "list"}
    ranks = dict.fromkeys(("range", "zip", "enumerate", "reversed"), 2) | dict.fromkeys(lists, 1)
    return [replace(x, rank=ranks.get(x.label, x.rank)) for x in values.expressions(asked)]

"""Completion of arguments and values: names of arguments, words, objects, constants."""

from __future__ import annotations

import re
from dataclasses import replace

from archlang.catalogue import load
from archlang.catalogue.dialect import encode, quickly_valid
from archlang.language_server.features import (
    completion_data,
    completion_inner,
    completion_steps,
    completion_tasks,
    scope,
)
from archlang.language_server.features.calls_at import CallAt, call_at, name_of
from archlang.language_server.features.completion_items import (
    Asked,
    Item,
    keyword,
    objects,
    of_entry,
    ranked,
)
from archlang.language_server.features.completion_order import is_rare, place
from archlang.language_server.features.signatures import BUILTINS, Param
from archlang.syntax import tree as t

# Defaults that mean the same wherever they are written.
_NUMBERS = re.compile(r"None|[-+\d.e]+|[(\[][-+\d.e, ]*[)\]]")
# Most that may follow a value on its line.
BEHIND_VALUE = ("if", "else", "and", "or", "in", "not", "for")


def arguments(asked: Asked, call: CallAt) -> list[Item]:
    """What may stand as the argument at the cursor: names of arguments, and values of the one whose turn it is."""
    if call.callee.kind == "source" and call.named:
        return completion_data.in_source(asked, call)
    if call.named or call.callee.kind == "builtin":
        return values(asked, call.param, call)
    items: list[Item] = []
    if asked.cursor.following != "=":
        items += argument_names(call, asked)
    else:
        return [_plain(item) for item in argument_names(call, asked)]
    if any(name_of(argument) for argument in call.opened.arguments[:-1]):
        # Behind an argument with a name there are no others without.
        return items
    if call.callee.kind == "source":
        return [*completion_data.in_source(asked, call), *items]
    here = values(asked, call.param, call)
    if call.param is not None:
        # What must be given comes first; an argument that may be left out is better given by its name.
        here = (
            [ranked([i], 0 if i.rank < 3 else 1)[0] for i in here]
            if call.param.required
            else ranked(here, 5)
        )
    return [*here, *items]


def argument_names(call: CallAt, asked: Asked) -> list[Item]:
    """The arguments that are not given yet, as Keras orders them, the rare ones last."""
    found: list[Item] = []
    for index, param in enumerate(call.callee.params):
        if param.name in call.given or (
            call.callee.kind == "source" and not call.named and index == 0
        ):
            continue
        rank = 4 if param.required else 5
        if not param.required and call.callee.entry is not None and is_rare(param.name):
            rank = 6
        if call.callee.kind == "ops" and index == 0 and param is not call.param:
            rank = 7  # what flows
        default = "" if param.default is None else f"= {param.default}"
        key = f"argument/{call.callee.kind}/{call.callee.name}/{param.name}"
        values_wait = bool(param.words or param.section or param.boolean)
        found.append(
            Item(
                f"{param.name}=",
                "argument",
                default or param.takes,
                rank,
                key=key,
                doc=param.doc,
                parted=values_wait,
            )
        )
    return found


def _plain(item: Item) -> Item:
    return Item(item.label, item.kind, item.detail, item.rank, item.label[:-1], doc=item.doc)


def values(asked: Asked, param: Param | None, call: CallAt | None = None) -> list[Item]:
    """The values of an argument."""
    if call is not None and call.callee.kind == "builtin":
        return _to_compute_with(asked, call)
    items: list[Item] = []
    if param is not None:
        default = param.default
        for word in sorted(param.words, key=place):
            items.append(_word(word, default, param.section))
        if param.boolean:
            for word in ("True", "False"):
                items.append(Item(word, "value", "the default" if word == default else "", 1))
        if default is not None and default not in param.words and _NUMBERS.fullmatch(default):
            rank = 2 if default == "None" else 1
            items.append(Item(default, "value", "the default", rank))
        objects_here = of_section(asked, param.section, 3)
        if call is not None and call.callee.name == "Bidirectional":
            objects_here = [_recurrent(item) for item in objects_here]
        items += objects_here
        items += _special(asked, param, call)
        if call is not None and call.callee.kind == "task":
            items = completion_tasks.for_task(items, call)
            if param.name == "text":
                items = [replace(x, rank=1) for x in items if x.label == "TextVectorization"]
    # In brackets stand elements of the value, of which its schema does not say all.
    whole = param if asked.cursor.inner.owner == "call" else None
    return [*items, *expressions(asked, tensors=_takes_tensor(param, call), param=whole)]


def _to_compute_with(asked: Asked, call: CallAt) -> list[Item]:
    """What a function of expressions is called with: lists first where it goes through one, tensors in `shape`."""
    if call.callee.name == "shape":
        return expressions(asked, tensors=True)
    lists = {x.name for x in scope.visible(asked.analysis, asked.place) if x.kind == "list"}
    return [replace(x, rank=1) if x.label in lists else x for x in expressions(asked)]


def _recurrent(item: Item) -> Item:
    """A layer inside `Bidirectional`: what goes from step to step comes first."""
    entry = load().get("layers", item.label)
    goes = entry is not None and entry.parameter("return_sequences") is not None
    return ranked([item], -1 if goes else 4)[0]


def _word(word: str, default: str | None, section: str | None) -> Item:
    detail = "the default" if word == default else ""
    shown = word if word.isidentifier() else f'"{word}"'
    return Item(
        shown, "value", detail, 1 if detail else 2, key=f"{section}/{word}" if section else ""
    )


def _special(asked: Asked, param: Param, call: CallAt | None) -> list[Item]:
    """Values that come from the file: models that `weights=` may name, the labels of `of=`."""
    if call is None or param.name not in ("weights", "of", "monitor"):
        return []
    if param.name == "monitor":
        names = completion_tasks.watched(asked)
        return [Item(f'"{name}"', "value", rank=1) for name in names]
    if param.name == "weights" and call.callee.kind == "model":
        return [
            Item(each.name.id, "class", "its trained weights", 1)
            for each in asked.analysis.program.models
            if each.name.id != call.callee.name
        ]
    if param.name == "of":
        names = scope.enclosing(asked.analysis, asked.place)
        members = names.members if isinstance(names, t.Task) else ()
        return [
            Item(m.name.id, "variable", "input", 1) for m in members if isinstance(m, t.InputDecl)
        ]
    return []


def of_section(asked: Asked, section: str | None, rank: int) -> list[Item]:
    """The objects of a section, and those that the file declares for it."""
    if section is None or section in ("activations", "policies"):
        return []
    found = objects(section, asked.cursor, rank)
    if section == "optimizers":
        return found
    if section in ("losses", "metrics"):
        kind = {"losses": "loss", "metrics": "metric"}[section]
        for symbol in asked.analysis.program.module.names.values():
            if isinstance(symbol.declaration, t.PythonDecl) and symbol.declaration.kind == kind:
                found.append(Item(symbol.name, "class", "written in Python", rank - 1))
    return found


def _takes_tensor(param: Param | None, call: CallAt | None) -> bool:
    if call is None:
        return False
    if param is None:
        return call.callee.kind == "ops"
    if call.callee.kind == "ops":
        return param.required or param.name in ("x1", "x2", "mask", "bias")
    if param.doc == "A tensor.":
        return True
    entry = call.callee.entry
    return (entry is not None and param.name in entry.call_parameters) or param.name == "tensor"


def expressions(
    asked: Asked, *, tensors: bool = False, rank: int = 4, param: Param | None = None
) -> list[Item]:
    """What may stand in an expression: constants, parameters, functions; those that `param` does not take come last."""
    items: list[Item] = []
    binds = completion_steps.binds(asked)
    for index, each in enumerate(scope.visible(asked.analysis, asked.place)):
        if completion_steps.is_tensor(asked, each) and each.kind != "list":
            if tensors:
                items.append(
                    Item(each.name, "variable", _detail(each.kind, each.detail), 1 + index // 30)
                )
            continue
        if each.name != binds:
            items.append(_value(each, param, rank))
    for each in scope.constants(asked.analysis):
        if each.name != binds:
            items.append(_value(each, param, rank))
    if tensors:
        items.append(Item("_", "variable", "what flows into this step", 2))
    for name in BUILTINS:
        items.append(
            Item(name, "function", "", rank + 4, f"{name}($1)", True, key=f"builtin/{name}")
        )
    return items


def _value(each: scope.Visible, param: Param | None, rank: int) -> Item:
    """A constant or parameter: one with the name of the argument first, one that does not fit last."""
    if param is not None and param.name == each.name:
        rank -= 2
    elif param is not None and not _takes(param, each.value):
        rank += 5
    return Item(each.name, "constant", _detail(each.kind, each.detail), rank, doc=each.doc)


def _takes(param: Param, value: object) -> bool:
    """Whether an argument takes a value; one that is not known counts as taken."""
    if value is None or param.schema is None:
        return True
    return quickly_valid(param.schema, encode(value))


def _detail(kind: str, detail: str) -> str:
    return f"{kind} {detail}".strip()


def behind_value() -> list[Item]:
    """The words that may follow a value."""
    return [keyword(word, rank=7) for word in BEHIND_VALUE]


def strings(asked: Asked) -> list[Item]:
    """What may stand inside the string at the cursor."""
    call = call_at(asked.analysis, asked.cursor)
    if call is None:
        return []
    if call.callee.kind == "source":
        return completion_data.in_string(asked, call)
    param = call.param
    if call.callee.name == "after" and param is not None and param.name == "inner":
        return completion_inner.of_selector(asked, call)
    if param is None or asked.cursor.string is None:
        return []
    if call.callee.kind == "applications" and param.name == "outputs":
        return completion_inner.of_application(call.callee.name)
    found = [
        Item(word, "value", "the default", 1)
        if word == param.default
        else Item(word, "value", rank=2)
        for word in sorted(param.words, key=place)
    ]
    if param.name == "monitor":
        return [Item(name, "value", rank=1) for name in completion_tasks.watched(asked)]
    if param.name == "weights":
        typed = asked.cursor.string.before
        found += completion_data.paths(asked.files.roots, typed, (".keras", ".h5"))
    return found


def ops(asked: Asked) -> list[Item]:
    """The functions of `keras.ops`, behind `ops.`."""
    catalogue = load()
    inside = asked.cursor.dotted.removeprefix("ops.")
    found: list[Item] = []
    for name in catalogue.names("ops"):
        if not name.startswith(inside):
            continue
        rest = name.removeprefix(inside)
        head, dot, _ = rest.partition(".")
        if dot:
            found.append(Item(head, "module", "ops", 8, parted=True))
            continue
        entry = catalogue.get("ops", name)
        assert entry is not None
        item = of_entry(entry, asked.cursor, 3)
        insert = None if item.insert is None else item.insert.removeprefix(inside)
        found.append(
            Item(rest, "function", item.detail, 3, insert, item.snippet, key=f"ops/{name}")
        )
    return found

"""Completion of arguments and values: names of arguments, words, objects, constants."""

from __future__ import annotations

from archlang.catalogue import load
from archlang.language_server.features import completion_data, scope
from archlang.language_server.features.calls_at import CallAt, call_at, name_of
from archlang.language_server.features.completion_items import (
    Asked,
    Item,
    keyword,
    objects,
    of_entry,
    ranked,
)
from archlang.language_server.features.signatures import BUILTINS, Param
from archlang.syntax import tree as t

_RARE = frozenset(("trainable", "autocast", "activity_regularizer", "dtype", "name", "data_format"))
# Most that may follow a value on its line.
BEHIND_VALUE = ("if", "else", "and", "or", "in", "not", "for")


def arguments(asked: Asked, call: CallAt) -> list[Item]:
    """What may stand as the argument at the cursor: names of arguments, and values of the one whose turn it is."""
    if call.callee.kind == "source" and call.named:
        return completion_data.in_source(asked, call)
    if call.named:
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
    if call.param is not None and not call.param.required:
        # An argument that may be left out is better given by its name.
        here = ranked(here, 5)
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
        if param.name in _RARE and call.callee.kind not in ("block", "model", "task", "source"):
            rank = 6
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
    items: list[Item] = []
    if param is not None:
        default = param.default
        for word in param.words:
            items.append(_word(word, default, param.section))
        if param.boolean:
            for word in ("True", "False"):
                items.append(Item(word, "value", "the default" if word == default else "", 1))
        if default == "None":
            items.append(Item("None", "value", "the default", 2))
        objects_here = of_section(asked, param.section, 3)
        if call is not None and call.callee.name == "Bidirectional":
            objects_here = [_recurrent(item) for item in objects_here]
        items += objects_here
        items += _special(asked, param, call)
    return [*items, *expressions(asked, tensors=_takes_tensor(param, call))]


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
    if call is None or param.name not in ("weights", "of"):
        return []
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
    if call.callee.kind == "ops":
        return True
    if param is None:
        return False
    if param.doc == "A tensor.":
        return True
    entry = call.callee.entry
    return (entry is not None and param.name in entry.call_parameters) or param.name == "tensor"


def expressions(asked: Asked, *, tensors: bool = False, rank: int = 4) -> list[Item]:
    """What may stand in an expression: constants, parameters, functions."""
    items: list[Item] = []
    for index, each in enumerate(scope.visible(asked.analysis, asked.place)):
        if each.is_tensor and each.kind != "list":
            if tensors:
                items.append(
                    Item(each.name, "variable", _detail(each.kind, each.detail), 1 + index // 30)
                )
            continue
        items.append(
            Item(each.name, "constant", _detail(each.kind, each.detail), rank, doc=each.doc)
        )
    for each in scope.constants(asked.analysis):
        items.append(
            Item(each.name, "constant", _detail(each.kind, each.detail), rank, doc=each.doc)
        )
    if tensors:
        items.append(Item("_", "variable", "what flows into this step", 2))
    for name in BUILTINS:
        items.append(
            Item(name, "function", "", rank + 4, f"{name}($1)", True, key=f"builtin/{name}")
        )
    return items


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
        return inner_layers(asked, call)
    if param is None:
        return []
    return [
        Item(word, "value", "the default" if word == param.default else "", 2)
        for word in param.words
    ]


def inner_layers(asked: Asked, call: CallAt) -> list[Item]:
    """The layers inside the nested model or application that a selector names."""
    first = call.opened.arguments[0]
    name = first[0].text if first else ""
    found: list[Item] = []
    for graph in asked.analysis.graphs.values():
        for layer in graph.layers:
            if layer.name != name:
                continue
            inner = [x.name for x in layer.graph.layers] if layer.graph is not None else []
            inner += [x.name for x in layer.inner or () if x.name]
            ends = ("_out", "_add", "_pool", "_concat")
            found += [Item(x, "field", "", 1 if x.endswith(ends) else 2) for x in inner]
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

"""Completion of steps: tensors, layers, blocks, models, ops, heads."""

from __future__ import annotations

from archlang.catalogue import load
from archlang.language_server.features import scope, snippets
from archlang.language_server.features.completion_imports import from_library
from archlang.language_server.features.completion_items import (
    Asked,
    Item,
    keyword,
    of_callee,
    of_entry,
)
from archlang.language_server.features.fitting import fits
from archlang.language_server.features.signatures import of_symbol
from archlang.narrowing import is_sequence
from archlang.semantics.program import Symbol
from archlang.syntax import tree as t

# What most networks are made of comes before the rest that fits as well.
_COMMON = frozenset(
    [
        "Activation",
        "Add",
        "BatchNormalization",
        "Bidirectional",
        "Concatenate",
        "Conv1D",
        "Conv2D",
        "Dense",
        "Dropout",
        "Embedding",
        "Flatten",
        "GRU",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "LSTM",
        "LayerNormalization",
        "MaxPooling2D",
        "MultiHeadAttention",
        "Normalization",
        "ReLU",
        "Rescaling",
        "Reshape",
        "TextVectorization",
        "UpSampling2D",
    ]
)
_FIRST, _OWN, _COMMON_FIT, _FIT, _OTHER, _UNFIT = 1, 2, 3, 4, 6, 8


def statement(asked: Asked) -> list[Item]:
    """What may begin a statement of a stack."""
    items = [*beginnings(asked), *steps(asked), *snippets.STATEMENTS]
    items += [
        keyword("shared", rank=7, insert="shared "),
        keyword("learned", rank=7, insert="learned "),
    ]
    declaration = asked.cursor.declaration
    if declaration is not None and declaration.owner == "model" and not _has_task(asked):
        items += snippets.MEMBERS
    return items


def _has_task(asked: Asked) -> bool:
    found = scope.enclosing(asked.analysis, asked.place)
    return isinstance(found, t.Model) and found.task is not None


def beginnings(asked: Asked) -> list[Item]:
    """The tensors that a flow or a branch may begin with."""
    items: list[Item] = []
    for index, each in enumerate(scope.visible(asked.analysis, asked.place)):
        if each.is_tensor and each.kind != "shared":
            detail = f"{each.kind} {each.detail}".strip()
            items.append(Item(each.name, "variable", detail, _FIRST if index < 12 else _OWN))
    if asked.cursor.inner.owner == "list":
        items.append(Item("_", "variable", "what flows into the fork", _FIRST))
    declaration = asked.cursor.declaration
    if declaration is not None and declaration.owner == "block":
        items.append(
            Item("input", "variable", "what flows into the block", _OWN, key="keyword/input")
        )
    return items


def steps(asked: Asked, *, first: bool = True) -> list[Item]:
    """What may be a step; `first` says that it may also be a head."""
    flow = _flow(asked)
    catalogue = load()
    items = _of_file(asked)
    items += _heads(asked)
    for name in catalogue.names("layers"):
        entry = catalogue.get("layers", name)
        if entry is None or entry.abstract or name.endswith("Cell"):
            continue
        rank = _COMMON_FIT if name in _COMMON else _FIT
        if entry.alias_of is not None:
            rank = _OTHER
        if flow is not None and not fits(entry, flow):
            rank = _UNFIT
        items.append(of_entry(entry, asked.cursor, rank))
    for name in catalogue.names("applications"):
        entry = catalogue.get("applications", name)
        if entry is not None:
            rank = _OTHER if flow is None or fits(entry, flow) else _UNFIT
            items.append(of_entry(entry, asked.cursor, rank))
    items += from_library(asked, _OTHER + 1)
    items.append(Item("ops", "module", "functions of keras.ops", _OTHER, "ops.", parted=True))
    items.append(keyword("frozen", "weights that training does not move", 6, "frozen "))
    return items


def _of_file(asked: Asked) -> list[Item]:
    """The blocks, models and Python layers that the file knows, and shared layers."""
    analysis = asked.analysis
    around = asked.cursor.declaration
    items: list[Item] = []
    for symbol in analysis.program.module.names.values():
        if around is not None and around.owner == "model" and symbol.name == around.callee:
            continue
        if _is_step(symbol):
            callee = of_symbol(analysis, symbol)
            if callee is not None:
                items.append(of_callee(callee, asked.cursor, _OWN))
    for each in scope.visible(analysis, asked.place):
        if each.kind == "shared":
            items.append(Item(each.name, "variable", f"shared {each.detail}", _FIRST))
    return items


def _is_step(symbol: Symbol) -> bool:
    declaration = symbol.declaration
    if isinstance(declaration, t.PythonDecl):
        return declaration.kind == "layer"
    return isinstance(declaration, t.Block | t.Model | t.Variant)


def _heads(asked: Asked) -> list[Item]:
    names = outputs(asked)
    if asked.cursor.declaration is None or asked.cursor.declaration.owner != "model":
        return []
    if len(names) < 2:
        return [keyword("head", "the task's own last layers", _OWN)] if names else []
    return [
        Item(f"head {name}", "keyword", "the output's own last layers", _OWN, key="keyword/head")
        for name in names
    ]


def outputs(asked: Asked) -> list[str]:
    """The outputs of the model around the cursor that have a kind of task."""
    found = scope.enclosing(asked.analysis, asked.place)
    if not isinstance(found, t.Model):
        return []
    members: tuple[t.Statement, ...] = found.body
    if found.task is not None:
        symbol = asked.analysis.program.module.names.get(found.task.id)
        task = symbol.declaration if symbol is not None else None
        members = task.members if isinstance(task, t.Task) else ()
    return [each.name.id for each in members if isinstance(each, t.OutputDecl)]


def _flow(asked: Asked) -> object:
    flow = scope.flowing_at(asked.analysis, asked.place)
    # At the beginning of a branch, each branch gets what flows into the fork.
    if is_sequence(flow) and len(flow) == 1:
        return flow[0]
    return flow


def bound(asked: Asked) -> list[Item]:
    """What may stand behind `as`: outputs to bind, lists to add to."""
    items = [Item(name, "variable", "output", 1) for name in outputs(asked)]
    for each in scope.visible(asked.analysis, asked.place):
        if each.kind == "list":
            items.append(Item(f"{each.name}[]", "variable", "the list's next element", 1))
        elif each.kind == "tensor":
            items.append(Item(each.name, "variable", "bound again", 3))
    return items

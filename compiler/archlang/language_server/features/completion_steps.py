"""Completion of steps: tensors, layers, blocks, models, ops, heads."""

from __future__ import annotations

from archlang.catalogue import load
from archlang.graph.adapting import ADAPTED
from archlang.language_server.features import scope, snippets
from archlang.language_server.features.completion_imports import from_library
from archlang.language_server.features.completion_items import (
    Asked,
    Item,
    keyword,
    of_callee,
    of_entry,
)
from archlang.language_server.features.completion_order import LAYERS, UNUSUAL_LAYERS, place
from archlang.language_server.features.fitting import first_layer, fits, takes
from archlang.language_server.features.signatures import of_symbol
from archlang.narrowing import is_sequence
from archlang.semantics.program import Symbol
from archlang.syntax import tree as t

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
        if is_tensor(asked, each) and each.kind != "shared":
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


def is_tensor(asked: Asked, each: scope.Visible) -> bool:
    """Whether a name is a tensor; a loop variable may be one of a list of tensors."""
    if each.kind == "loop variable":
        return scope.goes_through_tensors(asked.analysis, each)
    return each.is_tensor


def steps(asked: Asked) -> list[Item]:
    """What may be a step."""
    flow = _flow(asked)
    catalogue = load()
    last = asked.cursor.last
    frozen = last is not None and last.type == "FROZEN"
    items = _of_file(asked, flow)
    if not frozen and not _is_shared(asked):
        items += _heads(asked, several=is_sequence(flow))
    late = _trains_before(asked)
    for name in catalogue.names("layers"):
        entry = catalogue.get("layers", name)
        if entry is None or entry.abstract or name.endswith("Cell"):
            continue
        rank = _COMMON_FIT if name in LAYERS else _FIT
        if name in ADAPTED and late:
            rank = _UNFIT
        if entry.alias_of is not None or name in UNUSUAL_LAYERS:
            rank = _OTHER
        if flow is not None and not fits(entry, flow):
            rank = _UNFIT
        items.append(of_entry(entry, asked.cursor, rank))
    for name in sorted(catalogue.names("applications"), key=place):
        entry = catalogue.get("applications", name)
        if entry is not None:
            rank = _UNFIT if flow is not None and not fits(entry, flow) else _OTHER
            # What is frozen has most likely been trained.
            items.append(of_entry(entry, asked.cursor, _OWN if frozen and rank == _OTHER else rank))
    items += from_library(asked, flow, _OTHER + 1, _UNFIT)
    items.append(Item("ops", "module", "functions of keras.ops", _OTHER, "ops.", parted=True))
    if not frozen:
        items.append(keyword("frozen", "weights that training does not move", _OTHER, "frozen "))
    return items


def _trains_before(asked: Asked) -> bool:
    """Whether something that trains stands above: what learns from the data before training can't follow it."""
    place = asked.place
    return any(
        passed.span.path == place.path and passed.span.end <= place.start and passed.params
        for graph in asked.analysis.graphs.values()
        for passed in graph.passed
    )


def _is_shared(asked: Asked) -> bool:
    statement = asked.cursor.statement
    return bool(statement) and statement[0].type == "SHARED"


def _of_file(asked: Asked, flow: object) -> list[Item]:
    """The blocks, models and Python layers that the file knows, and shared layers; those that fit first."""
    analysis = asked.analysis
    around = asked.cursor.declaration
    items: list[Item] = []
    for symbol in analysis.program.module.names.values():
        if around is not None and around.owner == "model" and symbol.name == around.callee:
            continue
        if _is_step(symbol):
            callee = of_symbol(analysis, symbol)
            if callee is not None:
                rank = _OWN if flow is None or _symbol_fits(asked, symbol, flow) else _UNFIT
                items.append(of_callee(callee, asked.cursor, rank))
    for each in scope.visible(analysis, asked.place):
        if each.kind == "shared" and each.name != binds(asked):
            items.append(Item(each.name, "variable", f"shared {each.detail}", _FIRST))
    return items


def _symbol_fits(asked: Asked, symbol: Symbol, flow: object) -> bool:
    declaration = symbol.declaration
    if isinstance(declaration, t.Block):
        names = symbol.module.names

        def find(name: str) -> t.Block | None:
            found = names[name].declaration if name in names else None
            return found if isinstance(found, t.Block) else None

        first = first_layer(declaration, find)
        return first is None or fits(first, flow)
    graph = asked.analysis.graphs.get(symbol.name)
    if graph is None:
        return True
    given = list(graph.inputs.values())
    return len(given) == len(list(scope.flat(flow))) and (
        len(given) > 1 or takes(given[0].spec, flow)
    )


def _is_step(symbol: Symbol) -> bool:
    declaration = symbol.declaration
    if isinstance(declaration, t.PythonDecl):
        return declaration.kind == "layer"
    return isinstance(declaration, t.Block | t.Model | t.Variant)


def _heads(asked: Asked, *, several: bool) -> list[Item]:
    """Heads of the model's outputs; where several tensors flow, in a fork, and of outputs that are bound they come last."""
    names = outputs(asked, with_head=True)
    if asked.cursor.declaration is None or asked.cursor.declaration.owner != "model":
        return []
    given = bound_outputs(asked)
    unfit = several or asked.cursor.inner.owner == "list"
    named = len(names) > 1
    return [
        Item(
            f"head {name}" if named else "head",
            "keyword",
            "the output's own last layers" if named else "the task's own last layers",
            _UNFIT if unfit or name in given else _OWN,
            key="keyword/head",
        )
        for name in names
    ]


def of_head(asked: Asked) -> list[Item]:
    """The outputs that a head may stand for."""
    return [Item(name, "variable", "output", 1) for name in outputs(asked, with_head=True)]


def bound_outputs(asked: Asked) -> set[str]:
    """The outputs that another statement of the model binds already."""
    found = scope.enclosing(asked.analysis, asked.place)
    names = outputs(asked)
    bound: set[str] = set()
    for node in t.walk(found.body if isinstance(found, t.Model) else ()):
        if node.span.start <= asked.place.start <= node.span.end:
            continue  # what is being written
        if isinstance(node, t.Head) and names:
            bound.add(names[0] if node.output is None else node.output.id)
        elif isinstance(node, t.AsTarget) and node.name.id in names:
            bound.add(node.name.id)
    return bound


def binds(asked: Asked) -> str:
    """The name that the statement at the cursor is about to bind."""
    statement = asked.cursor.statement
    named = len(statement) > 1 and statement[0].type in ("LET", "SHARED", "LEARNED")
    return statement[1].text if named else ""


def outputs(asked: Asked, *, with_head: bool = False) -> list[str]:
    """The outputs of the model around the cursor; `with_head` those alone that have a kind of task."""
    found = scope.enclosing(asked.analysis, asked.place)
    if not isinstance(found, t.Model):
        return []
    members: tuple[t.Statement, ...] = found.body
    if found.task is not None:
        symbol = asked.analysis.program.module.names.get(found.task.id)
        task = symbol.declaration if symbol is not None else None
        members = task.members if isinstance(task, t.Task) else ()
    return [
        each.name.id
        for each in members
        if isinstance(each, t.OutputDecl)
        and not (with_head and (each.type is None or isinstance(each.type, t.TensorType)))
    ]


def _flow(asked: Asked) -> object:
    flow = scope.flowing_at(asked.analysis, asked.place)
    # At the beginning of a branch, each branch gets what flows into the fork.
    if is_sequence(flow) and len(flow) == 1:
        return flow[0]
    return flow


def bound(asked: Asked) -> list[Item]:
    """What may stand behind `as`: outputs to bind, lists to add to."""
    given = bound_outputs(asked)
    items = [Item(name, "variable", "output", 6 if name in given else 1) for name in outputs(asked)]
    for each in scope.visible(asked.analysis, asked.place):
        if each.kind == "list":
            items.append(Item(f"{each.name}[]", "variable", "the list's next element", 1))
        elif each.kind == "tensor":
            items.append(Item(each.name, "variable", "bound again", 3))
    return items

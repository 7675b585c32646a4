"""Completion in `train { … }` and its phases."""

from __future__ import annotations

from archlang.catalogue import load
from archlang.graph.model import Graph
from archlang.language_server.features import completion_data, scope, snippets
from archlang.language_server.features.completion_items import Asked, Item, objects
from archlang.language_server.features.completion_values import expressions
from archlang.syntax import tree as t
from archlang.tasks.settings import SETTINGS

_VALUES: dict[str, tuple[str, ...]] = {
    "mixed_precision": ("True", "False", "mixed_float16", "mixed_bfloat16"),
    "jit_compile": ("True", "False", "auto"),
    "strategy": ("mirrored", "multi_worker"),
    "batch_norm": ("True", "False"),
}
_MOST_LAYERS = 300


def setting_names(asked: Asked) -> list[Item]:
    """The settings that are not given yet."""
    in_phase = asked.cursor.body.owner == "phase"
    given = _given(asked)
    items = [
        Item(
            name,
            "argument",
            setting.doc,
            1 if name in ("optimizer", "epochs", "batch_size", "validation", "unfreeze") else 3,
            f"{name} = ",
            key=f"setting/{name}",
            parted=True,
        )
        for name, setting in SETTINGS.items()
        if name not in given and (setting.in_phase if in_phase else setting.in_train)
    ]
    return items if in_phase else [*items, snippets.PHASE]


def _given(asked: Asked) -> set[str]:
    found = scope.enclosing(asked.analysis, asked.place)
    if not isinstance(found, t.Train):
        return set()
    settings = found.settings
    if asked.cursor.body.owner == "phase":
        around = [p for p in found.phases if p.span.start <= asked.place.start <= p.span.end]
        settings = around[-1].settings if around else ()
    return {
        setting.name.id for setting in settings if setting.name.span.start != asked.cursor.start
    }


def setting_values(asked: Asked, name: str, *, in_list: bool = False) -> list[Item]:
    """The values of a setting; in a list where it takes one."""
    if name == "optimizer":
        words = [
            Item(word, "value", "with Keras's defaults", 4) for word in load().words("optimizers")
        ]
        first = ("Adam", "AdamW", "SGD", "RMSprop")
        return [
            *(
                _first(item, first)
                for item in objects("optimizers", asked.cursor, 2)
                if not _is_rare(item)
            ),
            *words,
        ]
    if name == "callbacks":
        first = ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint", "TensorBoard")
        found = [
            _first(item, first)
            for item in objects("callbacks", asked.cursor, 2)
            if item.label not in ("Callback", "CallbackList", "History", "LambdaCallback")
        ]
        return found if in_list else [_in_list(item) for item in found]
    if name == "unfreeze":
        found = selectors(asked)
        return found if in_list else [_in_list(item) for item in found]
    if name in _VALUES:
        return [Item(word, "value", rank=1) for word in _VALUES[name]]
    items = expressions(asked)
    if name in ("validation", "test"):
        return [*completion_data.sources(2), *items]
    return items


def _is_rare(item: Item) -> bool:
    return item.label in ("Optimizer", "OptimizerMap", "MultiOptimizer")


def _first(item: Item, names: tuple[str, ...]) -> Item:
    if item.label not in names:
        return item
    return Item(item.label, item.kind, item.detail, 1, item.insert, item.snippet, item.key)


def _in_list(item: Item) -> Item:
    insert = item.insert or item.label
    return Item(
        item.label, item.kind, item.detail, item.rank, f"[{insert}]", item.snippet, item.key
    )


def selectors(asked: Asked, *, inside: bool = False) -> list[Item]:
    """What may be unfrozen: frozen layers first, then others with weights, uses of blocks, parts of nested models."""
    found: dict[str, Item] = {}
    for graph in _trained(asked):
        nested = [x.name for x in graph.layers if x.kind in ("model", "applications")]
        for layer in graph.layers[:_MOST_LAYERS]:
            if inside and layer.name not in nested:
                continue
            if layer.params == 0:
                continue
            frozen = not layer.trainable
            detail = f"frozen {layer.class_name}" if frozen else layer.class_name
            found.setdefault(layer.name, Item(layer.name, "field", detail, 1 if frozen else 4))
        if not inside:
            for use in graph.uses[:_MOST_LAYERS]:
                found.setdefault(use, Item(use, "field", "the layers of a block", 4))
            for name in nested:
                found.setdefault(
                    f"last({name})",
                    Item(
                        f"last({name}, …)",
                        "function",
                        "its last layers",
                        2,
                        f"last({name}, ${{1:20}})",
                        True,
                        "selector/last",
                    ),
                )
                found.setdefault(
                    f"after({name})",
                    Item(
                        f"after({name}, …)",
                        "function",
                        "the layers behind one",
                        2,
                        f'after({name}, "$1")',
                        True,
                        "selector/after",
                    ),
                )
    return list(found.values())


def _trained(asked: Asked) -> list[Graph]:
    """The models that the `train` around the cursor is for."""
    train = scope.enclosing(asked.analysis, asked.place)
    wanted = train.model.id if isinstance(train, t.Train) and train.model is not None else None
    return [g for g in asked.analysis.graphs.values() if wanted is None or g.name == wanted]

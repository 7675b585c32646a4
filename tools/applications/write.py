"""The document `grammar/applications.jsonl`: a line an application, so that a reader decodes only the one that it needs.

A line holds `kinds`, the different pairs of class and arguments in it, and lists of operations, each `[kind, name]` or `[kind, name, inputs]`:
`inputs` says how many operations before this one each input stands, [1] where it is left out; what stands before the first operation
is the tensor that flows in. The lists are `body`, and what follows it: `top` (`include_top=True`; `"classes"` in an argument
stands for the number of classes), `none`, `avg`, `max` (by `pooling`). Before the body come `before.LIST`: `plain`, or `rgb` where three
channels flow in, `imagenet` with the weights of ImageNet. `open` is the body of a NASNet whose image size is not known.

MobileNets are not here: `alpha` changes which layers they have. They are made by code in `archlang/shapes/applications/`.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import keras

from archlang.catalogue import load
from tools.applications.record import Operation, recorded

# No network has a layer of that width.
CLASSES = 7919
MADE_BY_CODE = ("MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small")
ENDS = ("top", "none", "avg", "max")


def document() -> str:
    """The whole document."""
    head = {"format": 1, "keras": keras.__version__}
    lines = [head, *(line(n) for n in load().names("applications") if n not in MADE_BY_CODE)]
    return "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in lines)


def line(name: str) -> dict[str, Any]:
    """What the document holds of one network."""
    builder = getattr(keras.applications, name)
    has_switch = "include_preprocessing" in inspect.signature(builder).parameters
    plain: dict[str, Any] = {"include_preprocessing": False} if has_switch else {}
    # Shapes are computed later, for any size; this one is large enough for every network.
    image = {"weights": None, "input_shape": (96, 96, 3)}
    forms = {
        "top": recorded(builder, include_top=True, classes=CLASSES, **image, **plain),
        **{
            str(pooling or "none"): recorded(
                builder, include_top=False, pooling=pooling, **image, **plain
            )
            for pooling in (None, "avg", "max")
        },
    }
    kinds = _Kinds()
    shared = _shared(list(forms.values()))
    written: dict[str, Any] = {"name": name, "kinds": kinds.found}
    body = forms["none"][:shared]
    before = _before(builder)
    # What is in front of every form of a network without a switch for its preprocessing.
    written["before"] = {key: kinds.of(value) for key, value in before.items()}
    written["body"] = kinds.of(body[0 if has_switch else len(before["plain"]) :])
    for end in ENDS:
        written[end] = kinds.of(forms[end][shared:])
    if name.startswith("NASNet"):
        image = {"weights": None, "input_shape": (None, None, 3)}
        opened = recorded(builder, include_top=False, **image)
        written["open"] = kinds.of(opened[: len(opened) - len(forms["none"][shared:])])
    return written


def _before(builder: Callable[..., Any]) -> dict[str, list[Operation]]:
    """The operations of preprocessing in front of the body, for any channels, for three, and with the weights of ImageNet."""
    forms = {
        "plain": {"weights": None, "input_shape": (96, 96, 4)},
        "rgb": {"weights": None, "input_shape": (96, 96, 3)},
        "imagenet": {"weights": "imagenet", "input_shape": (96, 96, 3)},
    }
    stems = {"Rescaling", "Normalization"}
    found: dict[str, list[Operation]] = {}
    rest: set[str] = set()
    for form, arguments in forms.items():
        operations = recorded(builder, include_top=False, **arguments)
        count = next(i for i, op in enumerate(operations) if op[0] not in stems)
        found[form] = operations[:count]
        rest.add(repr(operations[count:]))
    if len(rest) > 1:
        raise ValueError(f"the forms of {builder.__name__} differ behind their preprocessing")
    return found


def _shared(forms: list[list[Operation]]) -> int:
    """How many operations all forms begin with."""
    count = 0
    for operations in zip(*forms, strict=False):
        if len(set(operations)) > 1:
            break
        count += 1
    return count


class _Kinds:
    """The different pairs of class and arguments, each written once."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._places: dict[tuple[str, str], int] = {}

    def of(self, operations: list[Operation]) -> list[list[Any]]:
        return [self._operation(operation) for operation in operations]

    def _operation(self, operation: Operation) -> list[Any]:
        kind, args, name, inputs = operation
        args = args.replace(str(CLASSES), '"classes"')
        if (kind, args) not in self._places:
            self._places[kind, args] = len(self.found)
            self.found.append([kind, json.loads(args)])
        written: list[Any] = [self._places[kind, args], name]
        return [*written, list(inputs)] if inputs != (1,) else written

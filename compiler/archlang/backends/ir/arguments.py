"""The arguments in a document, checked against the catalogue as those of a spec are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from archlang.backends.ir.problem import DocumentError, Path
from archlang.catalogue import Entry, load
from archlang.catalogue.loader import KINDS
from archlang.catalogue.validation import validate
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.evaluation.values import UnknownDim
from archlang.graph.model import Layer, Node, Tensor, specs
from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue

# What an application takes beside Keras's own arguments.
_OF_APPLICATIONS = ("preprocess", "outputs")


def entry_of(kind: str, name: str, path: Path) -> Entry:
    """The catalogue's entry; DocumentError where Keras has no such thing."""
    entry = load().get(kind, name)
    if entry is None:
        hint = did_you_mean(nearest(name, load().names(kind)))
        module = "ops" if kind == "ops" else kind
        raise DocumentError(
            f"keras.{module} has no `{name[:60]}`" + (f"; {hint}" if hint else ""), path
        )
    return entry


def check_layer(layer: Layer, path: Path) -> None:
    """DocumentError where a layer's arguments are not what its class takes."""
    args_path = (*path, "args")
    if layer.kind in ("layers", "applications"):
        entry = entry_of(layer.kind, layer.class_name, (*path, "class"))
        own = _OF_APPLICATIONS if layer.kind == "applications" else ()
        _check(entry, {k: v for k, v in layer.args.items() if k not in own}, args_path)
    elif layer.kind == "learned":
        _check_learned(layer, path)
    check_objects(layer.args, args_path)


def check_objects(value: Any, path: Path) -> None:
    """DocumentError where an object of Keras anywhere in a value is unknown or has wrong arguments."""
    if isinstance(value, LayerValue):
        if value.kind in KINDS:
            entry = entry_of(value.kind, value.name, (*path, "object", "class"))
            _check(entry, value.args, (*path, "object", "args"))
        check_objects(value.args, (*path, "object", "args"))
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[str, Any]", value).items():
            check_objects(item, (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[Any]", value)):
            check_objects(item, (*path, index))


def check_call(node: Node, entry: Entry | None, path: Path) -> None:
    """DocumentError where a call has arguments that its layer or function does not take."""
    check_objects(node.kwargs, (*path, "kwargs"))
    check_objects(node.args, (*path, "args"))
    if node.kind == "slice":
        for index, value in enumerate(node.args):
            if not _is_index(value):
                raise DocumentError("no index of a tensor", (*path, "args", index))
    elif node.kind == "layer":
        allowed = () if entry is None else entry.call_parameters
        for name in node.kwargs:
            if name not in allowed or name == "training":
                raise DocumentError(
                    f"a call of `{node.name}` takes no `{name[:60]}`", (*path, "kwargs", name)
                )


def check_op(entry: Entry, node: Node, path: Path) -> None:
    """The same for a function of keras.ops; which arguments there must be is for its rule to say."""
    names = [parameter.name for parameter in entry.parameters]
    # A function of any number of tensors has its first parameter alone in the catalogue.
    given = dict(zip(names, node.args, strict=False))
    for name, value in {**given, **node.kwargs}.items():
        parameter = entry.parameter(name)
        if parameter is None:
            raise DocumentError(
                f"`ops.{entry.name}` has no argument `{name[:60]}`", (*path, "kwargs", name)
            )
        for problem in validate(entry, {name: specs(value)}):
            if problem.argument == name and name in node.kwargs:
                raise DocumentError(problem.message, (*path, "kwargs", name))
            if problem.argument == name and name in given:
                raise DocumentError(problem.message, (*path, "args", names.index(name)))


def _check(entry: Entry, args: Mapping[str, Any], path: Path) -> None:
    for name, value in args.items():
        if _holds_tensor(value):
            raise DocumentError("a tensor can't stand in a constructor's argument", (*path, name))
    for problem in validate(entry, args):
        place = (*path, problem.argument) if problem.argument in args else path
        raise DocumentError(problem.message + (f"; {problem.help}" if problem.help else ""), place)


def _check_learned(layer: Layer, path: Path) -> None:
    shape = layer.args.get("shape")
    good = isinstance(shape, list) and all(
        type(size) is int and size > 0 for size in cast("list[Any]", shape)
    )
    if not good:
        raise DocumentError(
            "a learned tensor needs `shape`, a list of positive whole numbers", (*path, "args")
        )
    for name in layer.args:
        if name not in ("shape", "initializer", "dtype"):
            raise DocumentError(f"a learned tensor has no argument `{name[:60]}`", (*path, "args"))
    initializer = layer.args.get("initializer")
    if initializer is not None and not isinstance(initializer, str):
        if not isinstance(initializer, LayerValue) or initializer.kind != "initializers":
            raise DocumentError("must be an initializer", (*path, "args", "initializer"))
    elif isinstance(initializer, str) and initializer not in load().words("initializers"):
        raise DocumentError(
            f"Keras has no initializer `{initializer[:60]}`", (*path, "args", "initializer")
        )


def _is_index(value: Any) -> bool:
    if isinstance(value, slice):
        value = cast("slice[Any, Any, Any]", value)
        return all(
            part is None or _is_whole(part) for part in (value.start, value.stop, value.step)
        )
    return value is None or value is Ellipsis or _is_whole(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | Sym | UnknownDim) and not isinstance(value, bool)


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_tensor(item) for item in cast("list[Any]", value))
    if isinstance(value, LayerValue):
        return any(_holds_tensor(item) for item in value.args.values())
    return isinstance(value, Tensor)

"""Values as JSON and back.

Numbers, texts, truth values, None and lists are themselves. Everything else is an object with one key that says what it is:
`{"tuple": […]}`, `{"object": {"kind", "class", "args"}}`, `{"tensor": {"node", "path"}}` and so on, as the schema describes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from archlang.backends.ir.dimensions import parse_dim
from archlang.backends.ir.problem import DocumentError, Path
from archlang.evaluation.values import UNKNOWN_DIM, Selector, UnknownDim
from archlang.graph.model import Tensor
from archlang.shapes.dims import Sym, show
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Dim, TensorSpec
from archlang.source import Span
from archlang.tasks.model import DataSpec

FORMAT = "archlang-ir/1"
Json = Any


class Encoder:
    """Writes values; `reference` gives the document's word for a tensor, `place` that for a span."""

    def __init__(self, reference: Callable[[Tensor], Json], place: Callable[[Span], Json]) -> None:
        self.reference = reference
        self.place = place

    def value(self, value: Any) -> Json:
        """A value as JSON."""
        match value:
            case None | bool() | int() | str():
                return value
            case float():
                return value if math.isfinite(value) else {"float": str(value)}
            case list():
                return [self.value(item) for item in cast("list[Any]", value)]
            case tuple():
                return {"tuple": [self.value(item) for item in cast("tuple[Any, ...]", value)]}
            case dict():
                items = cast("dict[str, Any]", value).items()
                return {"dict": {key: self.value(item) for key, item in items}}
            case slice():
                ends = cast("slice[Any, Any, Any]", value)
                parts = (ends.start, ends.stop, ends.step)
                return {"slice": [self.value(part) for part in parts]}
            case Tensor():
                return {"tensor": self.reference(value)}
            case Sym() | UnknownDim():
                return {"dim": show(value) if isinstance(value, Sym) else None}
            case LayerValue():
                args = self.args(value.args)
                return {"object": {"kind": value.kind, "class": value.name, "args": args}}
            case Selector():
                return {"select": {"kind": value.kind, "layer": value.layer, "at": value.at}}
            case DataSpec():
                return {"data": self.data(value)}
            case _ if value is Ellipsis:
                return {"ellipsis": True}
            case _:
                raise TypeError(f"no JSON for {value!r}")

    def args(self, args: Mapping[str, Any]) -> dict[str, Json]:
        """Arguments by name."""
        return {name: self.value(value) for name, value in args.items()}

    def data(self, data: DataSpec) -> Json:
        """Where data comes from."""
        return {
            "source": data.source,
            "args": [self.value(item) for item in data.args],
            "kwargs": self.args(data.kwargs),
            "span": self.place(data.span),
        }


class Decoder:
    """Reads values that the schema has accepted; `tensor` finds the tensor of a reference, `span` reads a place."""

    def __init__(
        self, tensor: Callable[[Json, Path], Tensor], span: Callable[[Json, Path], Span]
    ) -> None:
        self.tensor = tensor
        self.span = span

    def value(self, value: Json, path: Path) -> Any:
        """A value from JSON."""
        if isinstance(value, list):
            items = cast("list[Json]", value)
            return [self.value(item, (*path, i)) for i, item in enumerate(items)]
        if not isinstance(value, dict):
            return value
        ((tag, content),) = cast("dict[str, Json]", value).items()
        return self._tagged(tag, content, (*path, tag))

    def _tagged(self, tag: str, content: Json, path: Path) -> Any:
        match tag:
            case "tuple":
                return tuple(self.value(content, path))
            case "dict":
                return self.args(content, path)
            case "float":
                return float(content)
            case "slice":
                return slice(*self.value(content, path))
            case "ellipsis":
                return Ellipsis
            case "tensor":
                return self.tensor(content, path)
            case "dim":
                return UNKNOWN_DIM if content is None else dim_from(content, path)
            case "object":
                args = self.args(content.get("args", {}), (*path, "args"))
                return LayerValue(content["kind"], content["class"], args)
            case "select":
                return Selector(content["kind"], content["layer"], content["at"])
            case _:
                return self.data(content, path)

    def args(self, args: Mapping[str, Json], path: Path) -> dict[str, Any]:
        """Arguments by name."""
        return {name: self.value(value, (*path, name)) for name, value in args.items()}

    def data(self, data: Json, path: Path) -> DataSpec:
        """Where data comes from."""
        args = tuple(self.value(data.get("args", []), (*path, "args")))
        kwargs = self.args(data.get("kwargs", {}), (*path, "kwargs"))
        return DataSpec(data["source"], args, kwargs, self.span(data.get("span"), (*path, "span")))


# ------------------------------------------------------------------ shapes


def dim_to(dim: Dim) -> Json:
    """A dimension: a number, null for any, a symbolic one in its own notation."""
    return show(dim) if isinstance(dim, Sym) else dim


def dim_from(dim: Json, path: Path) -> Dim:
    """A dimension from JSON."""
    if not isinstance(dim, str):
        return dim
    try:
        return parse_dim(dim)
    except ValueError as problem:
        raise DocumentError(f"`{dim[:60]}` is no dimension: {problem}", path) from None


def outputs_to(outputs: Any) -> Json:
    """The shapes and dtypes of a call's results, nested as Keras returns them."""
    if isinstance(outputs, Tensor):
        shape = outputs.spec.shape
        dims = None if shape is None else [dim_to(dim) for dim in shape]
        return {"shape": dims, "dtype": outputs.spec.dtype}
    if isinstance(outputs, dict):
        named = cast("dict[str, Any]", outputs)
        return {"dict": {name: outputs_to(item) for name, item in named.items()}}
    return [outputs_to(item) for item in outputs]


def outputs_from(outputs: Json, path: Path) -> Any:
    """The same as `TensorSpec`s, from JSON."""
    if isinstance(outputs, list):
        items = cast("list[Json]", outputs)
        return [outputs_from(item, (*path, i)) for i, item in enumerate(items)]
    if "dict" in outputs:
        named = cast("dict[str, Json]", outputs["dict"])
        return {name: outputs_from(item, (*path, "dict", name)) for name, item in named.items()}
    shape = outputs["shape"]
    if shape is None:
        return TensorSpec(None, outputs["dtype"])
    dims = tuple(dim_from(dim, (*path, "shape", i)) for i, dim in enumerate(shape))
    return TensorSpec(dims, outputs["dtype"])

"""One application on what flows in: what comes out, what it holds, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from archlang.catalogue import load
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.shapes.applications.arguments import Settings, settle
from archlang.shapes.applications.evaluate import Evaluated, evaluate
from archlang.shapes.applications.mobilenet import mobilenet, mobilenet_v2
from archlang.shapes.applications.mobilenet_v3 import mobilenet_v3
from archlang.shapes.applications.network import Operation, ancestors, only
from archlang.shapes.applications.stored import computes_padding, has_open_form, stored
from archlang.shapes.rule import RuleError, Weight
from archlang.shapes.spec import Dim, TensorSpec, show_shape

_BY_CODE = {
    "MobileNet": mobilenet,
    "MobileNetV2": mobilenet_v2,
    "MobileNetV3Small": mobilenet_v3,
    "MobileNetV3Large": mobilenet_v3,
}


@record
class InnerLayer:
    """A layer inside an application; `name` is None where Keras numbers it, so that nothing can refer to it."""

    name: str | None
    kind: str
    output: TensorSpec
    params: int
    trainable_params: int


@record
class ApplicationResult:
    """What an application is, used as a step.

    `outputs` is one tensor, or a list of them with `outputs=[…]` of several. `image` is the shape that it is built for, `layers` are in
    Keras's order (`model.layers`, its input left out). `unsound` says why Keras builds a network that can't run.
    """

    outputs: TensorSpec | list[TensorSpec]
    weights: tuple[Weight, ...]
    macs: int | None
    layers: tuple[InnerLayer, ...]
    image: tuple[int | None, int | None, int]
    unsound: str | None = None

    @property
    def params(self) -> int:
        return sum(weight.size for weight in self.weights)

    @property
    def trainable_params(self) -> int:
        return sum(weight.size for weight in self.weights if weight.trainable)


def application(
    name: str, args: Mapping[str, Any], flow: TensorSpec, dtype: str | None = None
) -> ApplicationResult:
    """The application `name` of `keras.applications` on `flow`; RuleError where Keras would refuse it.

    `args` are as written, with `outputs` and `preprocess`; `dtype` is the policy that its layers get.
    """
    entry = load().get("applications", name)
    assert entry is not None
    settings = settle(name, {**entry.defaults(), **args}, flow)
    operations = _operations(settings)
    places = _outputs(settings, operations, args.get("outputs"))
    kept = ancestors(operations, places)
    operations = only(operations, kept)
    places = [kept.index(place) for place in places]
    built = evaluate(operations, TensorSpec((None, *settings.image)), dtype)
    found = _on_flow(built, settings, flow, dtype)
    outputs = [found[place].output for place in places]
    return ApplicationResult(
        outputs[0] if len(outputs) == 1 else outputs,
        tuple(weight for at, inner in enumerate(built) for weight in _named(inner, at)),
        _sum([inner.macs for inner in found]),
        tuple(_inner(inner) for inner in found if not inner.operation.kind.startswith("ops.")),
        settings.image,
        _unsound(settings),
    )


def _operations(settings: Settings) -> list[Operation]:
    name, (height, width, channels) = settings.name, settings.image
    make = _BY_CODE.get(name)
    computes = make in (mobilenet_v2, mobilenet_v3) or (make is None and computes_padding(name))
    if computes and height is not None and width is None:
        raise RuleError(
            f"`{name}` needs the height and the width of its images, or neither, but {show_shape((None, height, width, channels))} flows in",
            code="E0336",
            label="one of them is open",
        )
    if make is not None:
        return make(settings)
    end = "top" if settings.include_top else settings.pooling or "none"
    body = "open" if height is None and has_open_form(name) else "body"
    if not settings.include_preprocessing:
        return stored(name, (body, end), settings.classes)
    before = "imagenet" if settings.weights == "imagenet" else "rgb" if channels == 3 else "plain"
    return stored(name, (before, body, end), settings.classes)


def _outputs(settings: Settings, operations: Sequence[Operation], chosen: Any) -> list[int]:
    """The places of the operations whose results come out."""
    if chosen is None:
        return [len(operations) - 1]
    names = cast("Sequence[Any]", [chosen] if isinstance(chosen, str) else chosen)
    if not isinstance(names, list | tuple) or not names or not all(isinstance(n, str) for n in names):  # fmt: skip
        raise RuleError(
            f"`outputs` of `{settings.name}` are names of its layers",
            code="E0337",
            argument="outputs",
            label="not a list of names",
        )
    places = {operation.name: place for place, operation in enumerate(operations)}
    for name in names:
        if name not in places:
            raise _no_layer(settings.name, name, [n for n in places if n is not None])
    return [places[name] for name in names]


def _no_layer(network: str, name: str, known: list[str]) -> RuleError:
    # Without a near one, the layers at whose ends blocks of layers stop are the ones that people take.
    ends = [n for n in known if n.endswith(("_out", "_add", "_pool", "_concat"))] or known
    some = ", ".join(f"`{n}`" for n in ends[:: max(1, len(ends) // 6)][:8])
    return RuleError(
        f"`{network}` has no layer `{name}` to take an output from",
        code="E0337",
        argument="outputs",
        label="no such layer",
        help=did_you_mean(nearest(name, known)) or f"some that it has: {some}",
    )


def _on_flow(
    built: list[Evaluated], settings: Settings, flow: TensorSpec, dtype: str | None
) -> list[Evaluated]:
    """The operations on what flows in, where that says more or less than the shape that the network is built for."""
    assert flow.shape is not None
    image: tuple[Dim, ...] = settings.image
    joined = tuple(
        b if isinstance(b, int) else f for f, b in zip(flow.shape[1:], image, strict=True)
    )
    if joined == image:
        return built
    operations = [inner.operation for inner in built]
    try:
        return evaluate(operations, TensorSpec((None, *joined)), dtype)
    except RuleError:
        if all(isinstance(dim, int) for dim in joined):
            raise
        # What can't be proven of named dimensions Keras does not ask either.
        return built


def _named(inner: Evaluated, place: int) -> list[Weight]:
    """The weights of a layer, under the layer's name."""
    name = inner.operation.name or f"{inner.operation.kind.lower()}@{place}"
    return [replace(weight, name=f"{name}/{weight.name}") for weight in inner.weights]


def _inner(inner: Evaluated) -> InnerLayer:
    return InnerLayer(
        inner.operation.name,
        inner.operation.kind,
        inner.output,
        sum(weight.size for weight in inner.weights),
        sum(weight.size for weight in inner.weights if weight.trainable),
    )


def _unsound(settings: Settings) -> str | None:
    if settings.image[0] is None and settings.name.startswith("NASNet"):
        return f"`{settings.name}` needs a known image size: Keras builds it without one, but its branches then differ in size when it runs"
    return None


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None

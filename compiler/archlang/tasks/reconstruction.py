"""`reconstruction`: an input, given back.

With a range that has both ends, the model answers in shares of it, from 0 to 1, and targets are
turned into shares too: cross-entropy is a loss of shares. `predict` turns answers back.
"""

from __future__ import annotations

from math import inf, prod
from typing import Any

from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec
from archlang.tasks import checks, objectives
from archlang.tasks.activations import LINEAR, REACH
from archlang.tasks.kind import Head, Inputs, Parameter, Target, TaskKind, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem
from archlang.tasks.regression import (
    RANGE,
    between,
    bounds,
    range_problem,
    reached,
    squash,
    squashed,
)


def share_range(output: OutputSpec) -> tuple[float, float] | None:
    """The range of whose shares a reconstruction speaks; None where it speaks of the values."""
    low, high = bounds(output)
    if output.kind != "reconstruction" or low is None or high is None:
        return None
    return (low, high)


class Reconstruction(TaskKind):
    """Dense on the last axis (or on all, reshaped) to the input's shape."""

    name = "reconstruction"
    summary = "An input, given back."
    own_parameters = (
        Parameter(
            "of",
            "The input that is to be given back; the only one if there is but one.",
            checks.optional(checks.text),
        ),
        RANGE,
    )

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        problem = range_problem(args["range"])
        if problem:
            return [problem]
        if args["from_logits"]:
            return [
                Problem(
                    "E0503",
                    "from_logits",
                    "a reconstruction has no logits",
                    "leave out `from_logits`",
                )
            ]
        return []

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        wanted = self.expected(output, inputs)
        if inputs[self.source(output, inputs)].dtype == "string":
            raise RuleError(
                "a text can't be reconstructed number by number",
                code="E0504",
                help="`generation` gives texts",
            )
        if not wanted:
            raise RuleError(
                "an input that is a single number can't be reconstructed",
                code="E0504",
                help="declare it with an axis, `float32[1]`",
            )
        dtype = dense_dtype(flow, mixed_precision)
        shares = share_range(output) is not None
        activation, scale, offset = ("sigmoid", 1, 0) if shares else squash(*bounds(output))
        if flow.shape is not None and len(flow.shape) == 2 and len(wanted) > 1:
            sizes = [_known(dim, flow) for dim in wanted]
            dense = {
                "units": prod(sizes),
                **({"activation": activation} if activation else {}),
                **dtype,
            }
            layers = [LayerValue("layers", "Dense", {**dense, "name": f"{output.name}_dense"})]
            if (scale, offset) != (1, 0):
                args = {
                    "scale": scale,
                    "offset": offset,
                    **dtype,
                    "name": f"{output.name}_rescaled",
                }
                layers.append(LayerValue("layers", "Rescaling", args))
            layers.append(
                LayerValue(
                    "layers",
                    "Reshape",
                    {"target_shape": tuple(sizes), **dtype, "name": output.name},
                )
            )
            return Head(
                tuple(layers),
                (
                    "`Dense` and `Reshape`: from one vector to the input's shape.",
                    *_activation_reasons(output, activation),
                ),
            )
        if flow.shape is not None and not _same_but_last(flow.shape[1:], wanted):
            raise RuleError(
                f"the input has the shape [{', '.join(map(str, wanted))}], but {flow} flows into "
                "its reconstruction",
                code="E0504",
                label=f"{flow} flows in",
                help=(
                    "bring the flow to the input's size, for example with `UpSampling2D` or "
                    "`Conv2DTranspose`"
                ),
            )
        units = _known(wanted[len(wanted) - 1], flow)
        layers = squashed(output.name, {"units": units}, "Dense", activation, scale, offset, dtype)
        return Head(
            layers,
            (
                f"`Dense({units})` on the last axis: as many features as the input has.",
                *_activation_reasons(output, activation),
            ),
        )

    def default_loss(self, output: OutputSpec) -> LayerValue:
        name = "MeanSquaredError" if share_range(output) is None else "BinaryCrossentropy"
        return LayerValue("losses", name, {})

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        return (LayerValue("metrics", "MeanAbsoluteError", {"name": "mae"}),)

    def source(self, output: OutputSpec, inputs: Inputs) -> str:
        """The input that is given back."""
        of = output.args.get("of")
        if of is None:
            if len(inputs) != 1:
                message = (
                    f"`{output.name}` does not say which of the {len(inputs)} inputs it "
                    "reconstructs"
                )
                raise RuleError(message, code="E0503", help="write `reconstruction(of=…)`")
            return next(iter(inputs))
        if of not in inputs:
            message = f"`{output.name}` reconstructs `{of}`, which is no input"
            raise RuleError(
                message, code="E0503", help=f"the inputs are {checks.quoted(list(inputs))}"
            )
        return of

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target(self.expected(output, inputs), "float32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        shape = inputs[self.source(output, inputs)].shape
        return () if shape is None else shape[1:]

    def described(self, output: OutputSpec) -> str:
        of = output.args.get("of")
        return "a reconstruction" if of is None else f"a reconstruction of `{of}`"

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        limits = share_range(output)
        if limits is None:
            return (
                "`MeanSquaredError`: the distance between input and reconstruction.",
                "MAE: how far a value is off, in the input's unit.",
            )
        low, high = limits
        return (
            f"`{self.loss(output).name}`: every value is read as a share of the range, which "
            "`predict` turns back; it does not go down to 0 where values lie inside the range.",
            f"MAE: how far a value is off, as a share of the range; times {high - low:g} in the "
            "input's unit.",
        )

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return (
            f"end in the input's shape, for example with `Reshape`, or write `head {output.name}`"
        )

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        return f"end in the input's shape, or write `head {output.name}`"

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        limits, loss = share_range(output), self.loss(output)
        if limits is not None and activation == LINEAR and objectives.expects_probabilities(loss):
            return [
                Problem(
                    "E0508",
                    None,
                    f"`{loss.name}` expects shares of the range, from 0 to 1, but the last layer "
                    f"of `{output.name}` has no activation",
                    "add `activation=sigmoid`, or leave out `range=`",
                    label="no activation",
                )
            ]
        if activation == "softmax" and spec.shape and spec.shape[-1] == 1:
            return [_softmax(output)]
        if activation not in REACH:
            return []
        found = REACH[activation]
        low, high = (0.0, 1.0) if limits is not None else bounds(output)
        beyond = objectives.expects_probabilities(loss) and found != (0.0, 1.0)
        if not beyond and _covers(found, low, high):
            return []
        if limits is not None:
            wanted = "shares of its range, from 0 to 1"
        else:
            free = low is None and high is None
            wanted = "any number" if free else f"values {between(low, high)}"
        return [
            Problem(
                "E0509",
                "activation",
                f"`{output.name}` takes {wanted}, but `{activation}` gives values {reached(found)}",
                "use `activation=sigmoid`"
                if limits is not None
                else "leave out the activation, or give the task the input's `range=(low, high)`",
                label=f"gives values {reached(found)}",
            )
        ]


def _activation_reasons(output: OutputSpec, activation: str | None) -> tuple[str, ...]:
    if share_range(output) is not None:
        return ("`sigmoid`: the answer is a share of the range, from 0 to 1.",)
    if activation == "softplus":
        return ("`softplus`: the range has a bound on one side, and so has the answer.",)
    return ("No activation: the input can be any number.",)


def _softmax(output: OutputSpec) -> Problem:
    return Problem(
        "E0507",
        "activation",
        "softmax over one unit is always 1",
        "use `activation=sigmoid`" if share_range(output) else "leave out the activation",
        label="always 1",
    )


def _covers(found: tuple[float, float], low: float | None, high: float | None) -> bool:
    return (-inf if low is None else low) >= found[0] and (inf if high is None else high) <= found[
        1
    ]


def _same_but_last(found: Shape, wanted: Shape) -> bool:
    if len(found) != len(wanted):
        return False
    pairs = zip(found[:-1], wanted[:-1], strict=True)
    return all(a == b or not isinstance(a, int) or not isinstance(b, int) for a, b in pairs)


def _known(dim: Dim, flow: TensorSpec) -> int:
    if isinstance(dim, int):
        return dim
    raise RuleError(
        f"an input of unknown size can't be reconstructed from {flow}",
        code="E0504",
        help="give the input's axes a size",
    )

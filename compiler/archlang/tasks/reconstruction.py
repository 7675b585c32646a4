"""`reconstruction`: an input, given back."""

from __future__ import annotations

from math import prod
from typing import Any

from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec
from archlang.tasks import checks
from archlang.tasks.kind import Head, Inputs, Parameter, Target, TaskKind, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem
from archlang.tasks.regression import RANGE, bounds, range_problem, squash, squashed


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
        if not wanted:
            raise RuleError(
                "an input that is a single number can't be reconstructed",
                code="E0504",
                help="declare it with an axis, `float32[1]`",
            )
        dtype = dense_dtype(flow, mixed_precision)
        activation, scale, offset = squash(*bounds(output))
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
                tuple(layers), ("`Dense` and `Reshape`: from one vector to the input's shape.",)
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
            layers, (f"`Dense({units})` on the last axis: as many features as the input has.",)
        )

    def default_loss(self, output: OutputSpec) -> LayerValue:
        # With a range, target and output are divided by it first; see the generated program.
        low, high = bounds(output)
        name = "MeanSquaredError" if low is None or high is None else "BinaryCrossentropy"
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

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        if self.default_loss(output).name == "MeanSquaredError":
            return ("`MeanSquaredError`: the distance between input and reconstruction.",)
        return ("`BinaryCrossentropy`: in a range, each value is read as a share of it.",)


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

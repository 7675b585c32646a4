"""`segmentation`: a class for every pixel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.classes import CLASSES, LABELS, ExclusiveClasses
from archlang.tasks.kind import LOGITS_REASON, Head, Inputs, Parameter, Target, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem


class Segmentation(ExclusiveClasses):
    """Conv2D(N, 1, softmax), enlarged to the image's size where the flow is smaller."""

    name = "segmentation"
    summary = "A class for every pixel."
    weighs_metrics: ClassVar[bool] = True
    own_parameters = (
        CLASSES,
        LABELS,
        Parameter(
            "ignore",
            "The value of pixels in the masks that belong to no class.",
            checks.optional(checks.whole),
            255,
        ),
        Parameter(
            "first_label",
            "The value in the masks that stands for the first class.",
            checks.whole,
            0,
        ),
    )

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_image(flow, "a segmentation head")
        n = self.classes(output)
        dtype = dense_dtype(flow, mixed_precision)
        args: dict[str, Any] = {"filters": n, "kernel_size": 1}
        reasons = [f"`Conv2D({n}, 1)`: one channel for each of the {n} classes, on every pixel."]
        factor = _enlargement(flow, inputs)
        enlarge: tuple[LayerValue, ...] = ()
        if factor != (1, 1):
            size: Any = factor[0] if factor[0] == factor[1] else factor
            name = f"{output.name}_enlarged"
            layer = {"size": size, "interpolation": "bilinear", "name": name}
            enlarge = (LayerValue("layers", "UpSampling2D", layer),)
            reasons.insert(
                0, "`UpSampling2D`: the mask has the image's size, and what flows is smaller."
            )
        if self.gives_logits(output):
            reasons.append(LOGITS_REASON)
        else:
            args["activation"] = "softmax"
            reasons.append("`softmax`: a pixel has one class.")
        last = LayerValue("layers", "Conv2D", {**args, **dtype, "name": output.name})
        return Head((*enlarge, last), tuple(reasons))

    def ignored(self, output: OutputSpec) -> int | None:
        ignore = output.args["ignore"]
        return None if ignore is None else ignore - output.args["first_label"]

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        accuracy = self.accuracy(output)
        assert accuracy is not None
        iou: dict[str, Any] = {
            "num_classes": self.classes(output),
            "sparse_y_pred": False,
            "name": "mean_iou",
        }
        if self.ignored(output) is not None:
            iou["ignore_class"] = self.ignored(output)
        return (accuracy, LayerValue("metrics", "MeanIoU", iou))

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target(_image_size(inputs), "int32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (*_image_size(inputs), self.classes(output))

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        ignore = output.args["ignore"]
        left_out = "" if ignore is None else f"; pixels marked {ignore} are left out"
        return (
            f"`{self.loss(output).name}`: one class a pixel{left_out}.",
            "Mean IoU: the overlap of predicted and true area, averaged over classes, so that "
            "small ones count.",
        )

    def check_shape(self, output: OutputSpec, spec: TensorSpec, inputs: Inputs) -> list[Problem]:
        problems = super().check_shape(output, spec, inputs)
        if spec.shape is None or len(spec.shape) != 4 or spec.shape[3] != self.classes(output):
            return problems
        # The classes are right, so it is the size that is not.
        size = ", ".join(map(str, _image_size(inputs)))
        help = f"bring the flow to the mask's size first, for example with `Resizing({size})`"
        return [replace(problem, help=help) for problem in problems]

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return "leave out the `Flatten` or global pooling" if rank == 1 else None


def _image_size(inputs: Inputs) -> Shape:
    sizes = {
        spec.shape[1:3]
        for spec in inputs.values()
        if spec.shape is not None and len(spec.shape) == 4
    }
    return sizes.pop() if len(sizes) == 1 else (None, None)


def _enlargement(flow: TensorSpec, inputs: Inputs) -> tuple[int, int]:
    if flow.shape is None:
        return (1, 1)
    factors: list[int] = []
    for found, wanted in zip(flow.shape[1:3], _image_size(inputs), strict=True):
        if not isinstance(found, int) or not isinstance(wanted, int):
            factors.append(1)
            continue
        if wanted % found:
            raise RuleError(
                f"the mask is {wanted} pixels across, but {flow} flows in, which can't be "
                "enlarged to that evenly",
                code="E0504",
                label=f"{flow} flows in",
                help=f"bring the flow to the image's size first, with `Resizing({wanted}, …)`",
            )
        factors.append(wanted // found)
    return (factors[0], factors[1])

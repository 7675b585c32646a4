"""The diagnostic codes of shape rules, E0301 to E0378, each with an explanation."""

from __future__ import annotations

from archlang.diagnostics.codes import CodeInfo
from archlang.shapes.data_codes import DATA_CODES

_LAYER_CODES = (
    CodeInfo(
        "E0301",
        "a tensor has the wrong number of axes",
        "A layer takes tensors with certain axes: `Conv2D` takes `[height, width, channels]`,"
        " the batch axis left out. Wrong: `[784] -> Conv2D(32, 3)`. Right: `[784] -> "
        "Reshape((28, 28, 1)) -> Conv2D(32, 3)`.",
    ),
    CodeInfo(
        "E0302",
        "a size is needed that is not known",
        "The weights of a layer have fixed sizes, so the axis that they run over must have "
        "one. Wrong: `[time, None] -> Dense(64)`. Right: `[time, 32] -> Dense(64)`. Axes that"
        " carry no weights, such as the time axis here, may stay open.",
    ),
    CodeInfo(
        "E0303",
        "a window does not fit into what it slides over",
        "Without padding, a kernel or a pooling window must not be larger than the tensor, "
        "and cropping must leave something over. Wrong: `[4, 4, 3] -> Conv2D(8, 5)`. Right: "
        "`[4, 4, 3] -> Conv2D(8, 5, padding=same)`. Often an earlier layer has made the "
        "tensor smaller than expected.",
    ),
    CodeInfo(
        "E0304",
        "shapes that do not go together",
        "Layers that merge work element by element, so their branches end in one shape; an "
        "axis of length 1 is stretched. `Concatenate` wants all axes but the joined one to "
        "agree. Wrong: `Add` of `[56, 56, 256]` and `[28, 28, 256]`. Right: give the first "
        "branch `strides=2` too.",
    ),
    CodeInfo(
        "E0305",
        "channels cannot be split into equal groups",
        "The channels that flow in, and the filters of a convolution, must be multiples of "
        "the number of groups. Wrong: `[8, 8, 3] -> Conv2D(4, 1, groups=2)`. Right: `[8, 8, "
        "4] -> Conv2D(4, 1, groups=2)`.",
    ),
    CodeInfo(
        "E0306",
        "the wrong number of tensors flows in",
        "Most layers take one tensor; those that merge take a list of branches. Wrong: `[a, "
        "b] -> Dense(8)`. Right: `[a, b] -> Concatenate -> Dense(8)`.",
    ),
    CodeInfo(
        "E0307",
        "an argument's value makes no sense for the layer",
        "The value itself, or together with the tensor that flows in, cannot work. Wrong: "
        "`Permute((0, 1))`. Right: `Permute((2, 1))`, as axes are counted from 1. A size is a whole "
        "number, a mode one of the words that Keras lists.",
    ),
    CodeInfo(
        "E0308",
        "arguments that exclude each other",
        "A convolution cannot have both strides and dilation above 1, and `output_padding` "
        "must be smaller than the stride. Wrong: `Conv2D(8, 3, strides=2, dilation_rate=2)`. "
        "Right: `Conv2D(8, 3, dilation_rate=2)`.",
    ),
    CodeInfo(
        "E0309",
        "a tensor cannot be reshaped like this",
        "Reshaping keeps all numbers, so the sizes before and after multiply to the same; one"
        " size may be -1, which stands for what is left over. Wrong: `[10] -> Reshape((3, "
        "4))`. Right: `[12] -> Reshape((3, -1))`.",
    ),
    CodeInfo(
        "E0310",
        "an axis that is not there",
        "Axes are counted from 0 with the batch axis first, or from -1 at the end. Wrong: "
        "`[64] -> LayerNormalization(axis=3)`. Right: `[64] -> LayerNormalization(axis=-1)`.",
    ),
    CodeInfo(
        "E0311",
        "a layer cannot compute with this dtype",
        "Convolutions and most activations compute with floats, and no layer but a few for "
        "text with strings. Wrong: `[28, 28, 1] uint8 -> Conv2D(8, 3)`. Right: put "
        "`Rescaling(1 / 255)` before it.",
    ),
    CodeInfo(
        "E0312",
        "an einsum equation that does not work",
        "The equation of `EinsumDense` names the axes of the input, of the kernel and of the "
        'output; every letter must have one size. Wrong: `EinsumDense("ab,bc", 4)`. Right: '
        '`EinsumDense("ab,bc->ac", 4)`.',
    ),
    CodeInfo(
        "E0313",
        "the wrapped layer has no kernel",
        "`SpectralNormalization` normalises a layer's kernel. Wrong: "
        "`SpectralNormalization(Flatten)`. Right: `SpectralNormalization(Dense(64))`.",
    ),
)

CODES: dict[str, CodeInfo] = {info.code: info for info in (*_LAYER_CODES, *DATA_CODES)}

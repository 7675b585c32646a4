"""Random calls of single layers, right ones and wrong ones.

`random_case` draws a layer, its arguments and the tensors that flow in. About one in three is wrong
in some way: a rank, a size, an open axis, a dtype, an argument. What Keras says to them stands in
`live_keras`.
"""

from __future__ import annotations

import random
from typing import Any

from tests.differential import single_merges  # noqa: F401 registers the draws
from tests.differential.single_case import (
    GENERATORS,
    Case,
    Dims,
    a_tensor,
    any_tensor,
    axes_in,
    draws,
    maybe,
    near_rank,
    some_count,
    some_dims,
    spatial,
)


def layers() -> list[str]:
    """The layers that cases are drawn for."""
    return list(GENERATORS)


def random_case(rng: random.Random, layer: str | None = None) -> Case:
    """A case for a layer, or for any."""
    name = layer or rng.choice(layers())
    case = GENERATORS[name](rng, name)
    if rng.random() < 0.08 and not name.startswith("Spatial"):
        policies = ("mixed_float16", "mixed_bfloat16", "float16", "float64", "float32")
        case.args["dtype"] = rng.choice(policies)
    if rng.random() < 0.03 and not name.startswith("Spatial"):
        case.args["trainable"] = False
    return case


_ACTIVATIONS = ("relu", "softmax", "gelu", "tanh", "linear", "sigmoid", "silu", "leaky_relu", None)


def _conv_arguments(rng: random.Random, layer: str, paddings: tuple[str, ...]) -> dict[str, Any]:
    axes = axes_in(layer)
    args: dict[str, Any] = {"kernel_size": some_count(rng, axes)}
    if rng.random() < 0.4:
        args["strides"] = some_count(rng, axes, 3)
    if rng.random() < 0.25:
        args["dilation_rate"] = some_count(rng, axes, 3)
    maybe(rng, args, "padding", *paddings, p=0.6)
    maybe(rng, args, "data_format", "channels_first", "channels_last", p=0.3)
    maybe(rng, args, "use_bias", False, p=0.3)
    maybe(rng, args, "activation", *_ACTIVATIONS, p=0.3)
    return args


def _first(args: dict[str, Any]) -> bool:
    return args.get("data_format") == "channels_first"


@draws("Conv1D", "Conv2D", "Conv3D")
def _convolution(rng: random.Random, layer: str) -> Case:
    paddings = ("valid", "same", "SAME", "causal") if layer == "Conv1D" else ("valid", "same")
    if rng.random() < 0.03:
        paddings = ("causal", "full")
    args = _conv_arguments(rng, layer, paddings)
    groups = rng.choice((1, 1, 1, 1, 2, 3))
    args["filters"] = groups * rng.randint(1, 3) if rng.random() < 0.9 else rng.randint(-1, 5)
    if groups > 1:
        args["groups"] = groups
    channels = groups * rng.randint(1, 3) if rng.random() < 0.9 else rng.randint(1, 6)
    return Case(layer, args, spatial(rng, layer, _first(args), channels))


@draws("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _transposed(rng: random.Random, layer: str) -> Case:
    args = _conv_arguments(rng, layer, ("valid", "same"))
    args["filters"] = rng.randint(1, 4)
    if rng.random() < 0.25:
        args["output_padding"] = rng.choice((0, 1, 2, [1] * axes_in(layer)))
    return Case(layer, args, spatial(rng, layer, _first(args)))


@draws("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
def _depthwise(rng: random.Random, layer: str) -> Case:
    args = _conv_arguments(rng, layer, ("valid", "same"))
    maybe(rng, args, "depth_multiplier", 1, 2, 3, 0, p=0.4)
    if layer.startswith("Separable"):
        args["filters"] = rng.randint(1, 4)
    return Case(layer, args, spatial(rng, layer, _first(args)))


@draws(
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
)  # fmt: skip
def _pooling(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {"pool_size": some_count(rng, axes_in(layer))}
    if rng.random() < 0.4:
        args["strides"] = some_count(rng, axes_in(layer), 3)
    maybe(rng, args, "padding", "valid", "same", "same", "SAME", "causal", p=0.5)
    maybe(rng, args, "data_format", "channels_first", "channels_last", p=0.3)
    return Case(layer, args, spatial(rng, layer, _first(args)))


@draws(
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
)  # fmt: skip
def _global(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {}
    maybe(rng, args, "keepdims", True, False)
    maybe(rng, args, "data_format", "channels_first", "channels_last", "nchw", p=0.4)
    return Case(layer, args, spatial(rng, layer, _first(args)))


@draws(
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
)  # fmt: skip
def _adaptive(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {"output_size": some_count(rng, axes_in(layer))}
    maybe(rng, args, "data_format", "channels_first", "channels_last", p=0.4)
    # Keras looks at no rank here; a wrong one is refused all the same.
    dims = some_dims(rng, axes_in(layer))
    channels: Dims = [rng.randint(1, 4)]
    return Case(layer, args, a_tensor(rng, channels + dims if _first(args) else dims + channels))


@draws("Dense")
def _dense(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {"units": rng.randint(1, 6) if rng.random() < 0.95 else 0}
    maybe(rng, args, "use_bias", False, p=0.3)
    maybe(rng, args, "activation", *_ACTIVATIONS, p=0.4)
    maybe(rng, args, "lora_rank", 2, p=0.1)
    return Case(layer, args, any_tensor(rng, 0, 4))


_EQUATIONS: tuple[tuple[str, int], ...] = (
    ("ab,bc->ac", 2), ("abc,cd->abd", 3), ("abc,bcd->ad", 3), ("abc,cde->abde", 3),
    ("...a,ab->...b", 3), ("...ab,abc->...c", 4), ("ab...,bc->ac...", 4), ("abc,bd->acd", 3),
    ("abcd,cde->abe", 4), ("ab,bc", 2), ("abc,c->abc", 3), ("btd,ndh->btnh", 3), ("ab,bcd->adc", 2),
    ("...a,ab->b", 3), ("ab,cd->ad", 2), ("abc,cd->adb", 3), ("abc,dc->abd", 3),
)  # fmt: skip


@draws("EinsumDense")
def _einsum(rng: random.Random, layer: str) -> Case:
    equation, rank = rng.choice(_EQUATIONS)
    dims = some_dims(rng, near_rank(rng, rank) - 1, open_=0.12)
    _, _, outputs = equation.partition("->")
    letters = outputs.replace("...", "")
    inputs = equation.split(",")[0].replace("...", "")
    count = len(letters) if equation.startswith("...") else len(letters) - 1
    wanted = letters[-count:] if count > 0 else ""
    shape: Dims = []
    for letter in wanted:
        if letter in inputs and rng.random() < 0.85:
            at = inputs.index(letter) - (len(inputs) if equation.startswith("...") else 1)
            known = dims[at] if -len(dims) <= at < len(dims) else None
            shape.append(known if rng.random() < 0.6 else None)
        else:
            shape.append(rng.randint(1, 5))
    if rng.random() < 0.05:
        shape = shape[:-1]
    args: dict[str, Any] = {"equation": equation, "output_shape": shape}
    if len(shape) == 1 and shape[0] is not None and rng.random() < 0.5:
        args["output_shape"] = shape[0]
    if letters and rng.random() < 0.5:
        args["bias_axes"] = rng.choice((letters[-1], letters[-2:], letters[1:] or letters, "z"))
    maybe(rng, args, "activation", "relu", "softmax", p=0.2)
    return Case(layer, args, a_tensor(rng, dims))


@draws("Embedding", "ReversibleEmbedding")
def _embedding(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {"input_dim": rng.randint(2, 9), "output_dim": rng.randint(1, 5)}
    if rng.random() < 0.05:
        args[rng.choice(("input_dim", "output_dim"))] = rng.choice((0, -1, 2.5, "3", True))
    maybe(rng, args, "mask_zero", True, p=0.2)
    call: dict[str, Any] = {}
    tensor = a_tensor(
        rng, some_dims(rng, rng.randint(0, 3)), rng.choice(("int32", "int64", "float32"))
    )
    if layer == "ReversibleEmbedding":
        maybe(rng, args, "tie_weights", False, p=0.4)
        if rng.random() < 0.5:
            call["reverse"] = True
            tensor = a_tensor(
                rng, [*some_dims(rng, rng.randint(0, 2)), args["output_dim"]], "float32"
            )
    elif rng.random() < 0.1:
        args["lora_rank"] = 2
    return Case(layer, args, tensor, call)


@draws("Identity", "Masking", "Flatten", "ELU", "GaussianNoise", "ActivityRegularization")
def _plain(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {}
    if layer == "GaussianNoise":
        args["stddev"] = rng.choice((0, 0.5, 1, 1.5, -1))
    if layer == "ActivityRegularization":
        maybe(rng, args, "l1", 0.1, 0, -1)
    if layer == "Flatten":
        maybe(rng, args, "data_format", "channels_first", "channels_last", "foo", p=0.3)
    if layer == "ELU":
        maybe(rng, args, "alpha", 0.5, 1, p=0.3)
    low = 1 if layer in ("Masking", "ELU") else 0
    return Case(layer, args, any_tensor(rng, low))


@draws("Dropout", "AlphaDropout", "GaussianDropout")
def _dropout(rng: random.Random, layer: str) -> Case:
    return Case(layer, {"rate": rng.choice((0, 0.3, 0.5, 1, 1.5, -0.1))}, any_tensor(rng))


@draws("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def _spatial_dropout(rng: random.Random, layer: str) -> Case:
    return Case(layer, {"rate": rng.choice((0, 0.3, 1, 2))}, spatial(rng, layer, False))


@draws("Activation", "ReLU", "LeakyReLU", "Softmax", "PReLU")
def _activation(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {}
    tensor = any_tensor(rng)
    rank = len(tensor.shape)
    if layer == "Activation":
        args["activation"] = rng.choice(_ACTIVATIONS[:-1])
    elif layer == "ReLU":
        maybe(rng, args, "max_value", 6, 0, None, -1)
        maybe(rng, args, "negative_slope", 0.1, 0, -1, p=0.3)
        maybe(rng, args, "threshold", 1, 0, -1, p=0.3)
    elif layer == "LeakyReLU":
        maybe(rng, args, "negative_slope", 0.1, 0, None, -1)
    elif layer == "Softmax":
        maybe(rng, args, "axis", -1, 1, rank - 1, rank, [-1, -2], [1])
    elif rng.random() < 0.7:
        shared = [
            axis for axis in range(1, rank) if rng.random() < 0.6 or tensor.shape[axis] is None
        ]
        args["shared_axes"] = rng.choice((shared, rng.randint(-rank, rank)))
    return Case(layer, args, tensor)


@draws(
    "BatchNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization",
    "GroupNormalization",
)  # fmt: skip
def _normalization(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {}
    tensor = any_tensor(rng, 1, 4)
    rank = len(tensor.shape)
    axis = rng.choice((-1, -1, 1, rank - 1, -2, 0, rank, -rank))
    maybe(rng, args, "axis", axis)
    if layer in ("LayerNormalization", "RMSNormalization", "UnitNormalization"):
        maybe(rng, args, "axis", [-1], [1, -1], [-1, -2], list(range(1, rank)), p=0.3)
    if layer not in ("RMSNormalization", "UnitNormalization"):
        maybe(rng, args, "scale", False, p=0.3)
        maybe(rng, args, "center", False, p=0.3)
    if layer == "GroupNormalization":
        args["groups"] = rng.choice((-1, 1, 1, 2, 3, 4, 0))
    if layer == "BatchNormalization" and rng.random() < 0.15:
        args["renorm"] = True
        maybe(
            rng, args, "renorm_clipping", {"rmax": 3, "rmin": 0.3}, {"rmax": 1, "rmin": 2}, {"x": 1}
        )
    return Case(layer, args, tensor)


@draws("SpectralNormalization")
def _spectral(rng: random.Random, layer: str) -> Case:
    inner = random_case(rng, rng.choice(("Dense", "Conv2D", "Conv1D", "Embedding", "Flatten")))
    inner.args.pop("dtype", None)
    inner.args.pop("trainable", None)
    return Case(layer, {"layer": Case(inner.layer, inner.args)}, inner.inputs)


@draws("Reshape")
def _reshape(rng: random.Random, layer: str) -> Case:
    dims = some_dims(rng, rng.randint(0, 3))
    size = 1
    for n in dims:
        size *= n or 1
    divisors = [n for n in range(1, size + 1) if size % n == 0]
    one = rng.choice(divisors)
    target: Dims = [one, size // one]
    if rng.random() < 0.5:
        target[rng.randrange(2)] = -1
    if rng.random() < 0.2:
        target = rng.choice(
            ([-1], [size], [-1, -1], [size + 1], [-1, 7], [0, 3], [2, -2], [None, one], [])
        )
    return Case(layer, {"target_shape": target}, a_tensor(rng, dims))


@draws("Permute")
def _permute(rng: random.Random, layer: str) -> Case:
    count = rng.randint(1, 4)
    dims = rng.sample(range(1, count + 1), count)
    if rng.random() < 0.1:
        dims = rng.choice(([0, 1], [1, 1], [2, 3], [-1, 1]))
    return Case(layer, {"dims": dims}, a_tensor(rng, some_dims(rng, near_rank(rng, count))))


@draws("RepeatVector")
def _repeat(rng: random.Random, layer: str) -> Case:
    n = rng.choice((1, 3, 5, 3, 0, -1, "3", 2.5, True))
    return Case(layer, {"n": n}, a_tensor(rng, some_dims(rng, near_rank(rng, 1))))


def _pairs(rng: random.Random, axes: int) -> Any:
    if rng.random() < 0.06:
        return rng.choice((-1, "2", 2.5, None, [1] * 4, [[1, 2, 3]] * axes, [[1, -1]] * axes))
    if rng.random() < 0.4:
        return rng.randint(0, 3)
    if axes == 1:
        return [rng.randint(0, 3), rng.randint(0, 3)]
    return [
        rng.choice((rng.randint(0, 2), [rng.randint(0, 3), rng.randint(0, 3)])) for _ in range(axes)
    ]


@draws(
    "Cropping1D", "Cropping2D", "Cropping3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
)  # fmt: skip
def _ends(rng: random.Random, layer: str) -> Case:
    args: dict[str, Any] = {}
    if rng.random() < 0.9:
        args["cropping" if "Crop" in layer else "padding"] = _pairs(rng, axes_in(layer))
    if layer != "Cropping1D":
        maybe(rng, args, "data_format", "channels_first", "channels_last", p=0.3)
    return Case(layer, args, spatial(rng, layer, _first(args)))


@draws("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _up_sampling(rng: random.Random, layer: str) -> Case:
    axes = axes_in(layer)
    args: dict[str, Any] = {}
    if rng.random() < 0.8:
        args["size"] = some_count(rng, axes)
    if axes > 1:
        maybe(rng, args, "data_format", "channels_first", "channels_last", p=0.3)
    if axes == 2:
        maybe(rng, args, "interpolation", "nearest", "bilinear", "bicubic", "lanczos3", p=0.4)
    return Case(layer, args, spatial(rng, layer, _first(args)))

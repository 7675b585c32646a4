"""Random steps of a stack: a layer, an op or a slice that may well fit a tensor, as a spec writes it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from archlang.shapes.spec import TensorSpec

Random = random.Random
WORDS = ("relu", "tanh", "gelu", "softmax", "sigmoid", "silu", "elu", "leaky_relu", "softplus")


def flip(rng: Random, p: float = 0.5) -> bool:
    return rng.random() < p


def some(rng: Random, **values: tuple[str, ...]) -> list[str]:
    """A few keyword arguments, each left out more often than not."""
    return [f"{name}={rng.choice(v)}" for name, v in values.items() if flip(rng, 0.25)]


def call(name: str, *arguments: str | list[str]) -> str:
    parts: list[str] = []
    for argument in arguments:
        parts += argument if isinstance(argument, list) else [argument]
    return f"{name}({', '.join(parts)})" if parts else name


def base(rng: Random) -> list[str]:
    """What every layer takes."""
    extra: list[str] = []
    if flip(rng, 0.04):
        extra.append("trainable=False")
    if flip(rng, 0.05):
        extra.append(
            f'dtype="{rng.choice(("float64", "mixed_float16", "float16", "mixed_bfloat16"))}"'
        )
    return extra


def weighted(rng: Random) -> list[str]:
    """What layers with a kernel take."""
    return some(
        rng,
        use_bias=("False", "True"),
        activation=(*WORDS, "None", '"relu"'),
        kernel_initializer=("HeNormal()", "zeros", "RandomNormal(stddev=0.02)", '"glorot_normal"'),
        kernel_regularizer=("L2(1e-4)", "l1", "L1L2(l1=0.1, l2=0.2)"),
        bias_constraint=("NonNeg()", "MaxNorm(2)"),
    )


def size(rng: Random, axes: int, high: int = 3) -> str:
    if axes == 1 or flip(rng, 0.6):
        return str(rng.randint(1, high))
    return f"({', '.join(str(rng.randint(1, high)) for _ in range(axes))})"


def units(rng: Random) -> str:
    return str(rng.choice((1, 2, 3, 4, 6, 8)))


def anywhere(rng: Random, spec: TensorSpec) -> str:
    """A layer that takes a tensor of any rank."""
    rank = len(spec.shape or ())
    axis = str(rng.choice((-1, -1, 1, rank - 1, -2)))
    options: list[Callable[[], str]] = [
        lambda: call("Dense", units(rng), weighted(rng), base(rng)),
        lambda: call("Dense", units(rng), weighted(rng), base(rng)),
        lambda: call("Activation", rng.choice(WORDS)),
        lambda: call("Dropout", rng.choice(("0.1", "0.5", "1 / 4")), base(rng)),
        lambda: call("LayerNormalization", some(rng, axis=(axis, "[1, -1]"), center=("False",)), base(rng)),
        lambda: call("BatchNormalization", some(rng, axis=(axis,), scale=("False",), momentum=("0.9",)), base(rng)),
        lambda: call("GroupNormalization", f"groups={rng.choice((1, 2, 3, -1))}", some(rng, axis=(axis,))),
        lambda: call("RMSNormalization", some(rng, axis=(axis,))),
        lambda: call("UnitNormalization", some(rng, axis=(axis,))),
        lambda: rng.choice(("ReLU", "LeakyReLU", "ELU", "Identity", "ReLU(max_value=6)", "GaussianNoise(0.1)")),
        lambda: call("PReLU", some(rng, shared_axes=("[1]", "[1, 2]"))),
        lambda: call("Softmax", some(rng, axis=(axis,))),
        lambda: call("Rescaling", "1 / 255", some(rng, offset=("0.5", "-1"))),
        lambda: call("Flatten", some(rng, data_format=("channels_first",))),
        lambda: call("Reshape", reshape(rng, spec)),
        lambda: call("ActivityRegularization", "l2=0.01"),
        lambda: call("SpectralNormalization", call("Dense", units(rng))),
        lambda: call("GaussianDropout", "0.2"),
        lambda: call("AlphaDropout", "0.2"),
    ]  # fmt: skip
    return rng.choice(options)()


def reshape(rng: Random, spec: TensorSpec) -> str:
    dims = (spec.shape or (None,))[1:]
    count = 1
    for dim in dims:
        count *= dim if isinstance(dim, int) else 1
    divisors = [n for n in range(1, count + 1) if count % n == 0] or [1]
    one = rng.choice(divisors)
    return rng.choice(
        (f"(-1, {one})", f"({one}, {count // one})", f"({one}, -1)", "(-1,)", f"({count}, 1)")
    )


def whole(spec: TensorSpec) -> str:
    """All numbers of an example in one row, the batch left as it is."""
    count = 1
    for dim in (spec.shape or (None,))[1:]:
        count *= dim if isinstance(dim, int) else 1
    return f"(-1, {count})"


def vector(rng: Random, spec: TensorSpec) -> str:
    return rng.choice(
        (call("RepeatVector", str(rng.randint(2, 5))), call("Reshape", reshape(rng, spec)))
    )


def cell(rng: Random) -> str:
    return call(rng.choice(("LSTMCell", "GRUCell", "SimpleRNNCell")), units(rng))


def recurrent(rng: Random, *, extra: list[str] | None = None, plain: bool = False) -> str:
    """A recurrent layer; `plain` for one that others wrap."""
    name = rng.choice(("LSTM", "GRU", "SimpleRNN"))
    arguments = some(
        rng,
        activation=("tanh", "relu"),
        dropout=("0.1",),
        recurrent_dropout=("0.1",),
        use_bias=("False",),
        kernel_regularizer=("L2(0.01)",),
    )
    if name == "GRU":
        arguments += some(rng, reset_after=("False",))
    if name == "LSTM":
        arguments += some(rng, unit_forget_bias=("False",))
    if flip(rng, 0.6):
        arguments.append("return_sequences=True")
    if not plain and flip(rng, 0.15):
        arguments.append("go_backwards=True")
    return call(name, units(rng), arguments, extra or [], [] if plain else base(rng))


def sequence(rng: Random, spec: TensorSpec) -> str:
    """A layer for [time, features]."""
    shape = spec.shape or ()
    options: list[Callable[[], str]] = [
        lambda: recurrent(rng),
        lambda: recurrent(rng),
        lambda: call("Bidirectional", recurrent(rng, plain=True), some(rng, merge_mode=("sum", "concat", "ave", "mul"))),
        lambda: call("RNN", rng.choice((cell(rng), f"[{cell(rng)}, {cell(rng)}]")), some(rng, return_sequences=("True",))),
        lambda: call("TimeDistributed", call("Dense", units(rng))),
        lambda: convolution(rng, 1),
        lambda: convolution(rng, 1),
        lambda: pooling(rng, 1),
        lambda: rng.choice(("Permute((2, 1))", "UpSampling1D(2)", "ZeroPadding1D(1)", "Cropping1D(1)", "ZeroPadding1D((1, 2))", "Cropping1D((0, 1))")),
        lambda: call("MultiHeadAttention", str(rng.randint(1, 3)), str(rng.randint(1, 4)), some(rng, value_dim=("2",), dropout=("0.1",), use_bias=("False",), output_shape=("3",), use_causal_mask=("True",))),
        lambda: call("GroupQueryAttention", str(rng.randint(1, 4)), "4", rng.choice("1234"), some(rng, use_bias=("False",))),
        lambda: "SpatialDropout1D(0.2)",
        lambda: call("EinsumDense", '"abc,cd->abd"', f"(None, {units(rng)})", some(rng, bias_axes=('"d"',), activation=("relu",))),
        lambda: call("Masking", some(rng, mask_value=("-1.0",))),
        lambda: call("LayerNormalization", some(rng, axis=("1", "[1, 2]"))),
    ]  # fmt: skip
    assert len(shape) == 3
    return rng.choice(options)()


def convolution(rng: Random, axes: int) -> str:
    paddings = ("same", "valid", "causal") if axes == 1 else ("same", "valid")
    extra = some(
        rng,
        padding=(*paddings, "same", "same"),
        strides=("2", size(rng, axes, 2)),
        dilation_rate=(size(rng, axes, 2),),
        data_format=("channels_last", "channels_first") if flip(rng, 0.2) else ("channels_last",),
    )
    kind = rng.choice(("Conv", "Conv", "Conv", "Depthwise", "Separable", "Transpose"))
    if kind == "Depthwise" and axes < 3:
        return call(
            f"DepthwiseConv{axes}D", size(rng, axes), some(rng, depth_multiplier=("2", "3")), extra
        )
    if kind == "Separable" and axes < 3:
        return call(
            f"SeparableConv{axes}D", units(rng), size(rng, axes), extra, some(rng, activation=WORDS)
        )
    if kind == "Transpose":
        return call(f"Conv{axes}DTranspose", units(rng), size(rng, axes), extra, base(rng))
    groups = some(rng, groups=("2", "3", "1"))
    return call(
        f"Conv{axes}D", units(rng), size(rng, axes), extra, groups, weighted(rng), base(rng)
    )


def pooling(rng: Random, axes: int) -> str:
    if flip(rng, 0.25):
        name = rng.choice(("GlobalAveragePooling", "GlobalMaxPooling"))
        return call(f"{name}{axes}D", some(rng, keepdims=("True",)))
    if flip(rng, 0.1):
        return call(f"AdaptiveAveragePooling{axes}D", str(rng.randint(1, 3)))
    name = rng.choice(("MaxPooling", "AveragePooling"))
    return call(
        f"{name}{axes}D", size(rng, axes), some(rng, strides=("1", "2"), padding=("same", "valid"))
    )


def picture(rng: Random, spec: TensorSpec) -> str:
    """A layer for [height, width, channels]."""
    options: list[Callable[[], str]] = [
        lambda: convolution(rng, 2),
        lambda: convolution(rng, 2),
        lambda: convolution(rng, 2),
        lambda: pooling(rng, 2),
        lambda: rng.choice(("UpSampling2D(2)", "UpSampling2D((1, 2))", "ZeroPadding2D(1)", "ZeroPadding2D(((1, 0), (0, 1)))", "Cropping2D(1)", "Permute((3, 1, 2))", "Permute((2, 1, 3))")),
        lambda: call("SpatialDropout2D", "0.3"),
        lambda: call("ConvLSTM1D", units(rng), rng.choice("123"), some(rng, return_sequences=("True",), padding=("same",), strides=("2",))),
        lambda: call("TimeDistributed", rng.choice((call("Conv1D", units(rng), "2"), "Flatten", call("LSTM", units(rng)), "GlobalAveragePooling1D"))),
        lambda: call("Resizing", str(rng.randint(2, 9)), str(rng.randint(2, 9))),
        lambda: call("CenterCrop", str(rng.randint(1, 5)), str(rng.randint(1, 5))),
        lambda: rng.choice(("RandomFlip", "RandomRotation(0.1)", "RandomContrast(0.2)", "RandomTranslation(0.1, 0.1)", "RandomZoom(0.1)")),
        lambda: call("MultiHeadAttention", "2", "3", some(rng, attention_axes=("(1, 2)", "(2,)"))),
    ]  # fmt: skip
    return rng.choice(options)()


def volume(rng: Random, spec: TensorSpec) -> str:
    """A layer for tensors of four axes beside the batch."""
    options: list[Callable[[], str]] = [
        lambda: convolution(rng, 3),
        lambda: pooling(rng, 3),
        lambda: rng.choice(("UpSampling3D(2)", "ZeroPadding3D(1)", "Cropping3D(1)", "Permute((4, 1, 2, 3))", "SpatialDropout3D(0.3)")),
        lambda: call("ConvLSTM2D", units(rng), rng.choice("12"), some(rng, return_sequences=("True",), padding=("same",))),
        lambda: call("TimeDistributed", rng.choice((call("Conv2D", units(rng), "2"), "Flatten", "GlobalAveragePooling2D"))),
        lambda: "Reshape((-1, 2))",
    ]  # fmt: skip
    return rng.choice(options)()


def identifiers(rng: Random, spec: TensorSpec) -> str:
    """A layer for whole numbers."""
    return rng.choice(
        (
            call("Embedding", "20", units(rng), some(rng, mask_zero=("True",), embeddings_initializer=("uniform",))),
            call("Embedding", "20", units(rng)),
            call("CategoryEncoding", "20", some(rng, output_mode=("multi_hot", "count", "one_hot"))),
            call("IntegerLookup", "vocabulary=[1, 2, 3]", some(rng, output_mode=("int", "one_hot", "multi_hot"))),
            call("Hashing", "5"),
            call("Rescaling", "0.5"),
        )
    )  # fmt: skip


BY_RANK: dict[int, Callable[[Random, TensorSpec], str]] = {
    2: vector,
    3: sequence,
    4: picture,
    5: volume,
}


def layer(rng: Random, spec: TensorSpec) -> str:
    """A layer for a tensor, mostly one that fits."""
    if (spec.dtype or "").startswith(("int", "uint")) and flip(rng, 0.85):
        return identifiers(rng, spec)
    special = BY_RANK.get(len(spec.shape or ()))
    if special is None or flip(rng, 0.45):
        return anywhere(rng, spec)
    return special(rng, spec)


_UNARY = ("relu", "tanh", "abs", "square", "exp", "softplus", "gelu", "sign", "floor", "zeros_like", "logical_not", "isnan", "sqrt", "negative", "stop_gradient")  # fmt: skip


def op(rng: Random, spec: TensorSpec, names: dict[str, Any]) -> str:
    """A function of keras.ops, or a slice."""
    rank = len(spec.shape or ())
    axis = str(rng.choice((-1, 1, rank - 1, -2)))
    turned = list(range(1, rank))
    rng.shuffle(turned)
    other = rng.choice([*names, "_"]) if names else "_"
    options: list[Callable[[], str]] = [
        lambda: f"ops.{rng.choice(_UNARY)}",
        lambda: call(f"ops.{rng.choice(('mean', 'sum', 'max', 'min', 'std', 'var', 'prod', 'logsumexp', 'any', 'median'))}", f"axis={axis}", some(rng, keepdims=("True",))),
        lambda: call(f"ops.{rng.choice(('argmax', 'argmin'))}", f"axis={axis}"),
        lambda: call("ops.transpose", f"({', '.join(map(str, (0, *turned)))})"),
        lambda: call("ops.expand_dims", f"axis={rng.choice((1, -1, 2))}"),
        lambda: call("ops.squeeze", f"axis={axis}"),
        lambda: call("ops.reshape", whole(spec)),
        lambda: call("ops.softmax", f"axis={axis}"),
        lambda: call("ops.concatenate", f"[_, {other}]", f"axis={axis}"),
        lambda: call("ops.stack", f"[_, {other}]", f"axis={rng.choice((1, -1))}"),
        lambda: call(f"ops.{rng.choice(('add', 'multiply', 'maximum', 'subtract', 'power', 'equal', 'less', 'divide'))}", "_", rng.choice((other, "2", "0.5"))),
        lambda: call("ops.matmul", "_", other),
        lambda: call("ops.flip", f"axis={axis}"),
        lambda: call("ops.roll", "1", f"axis={axis}"),
        lambda: call("ops.repeat", "2", f"axis={axis}"),
        lambda: call("ops.cumsum", f"axis={axis}"),
        lambda: call("ops.cast", rng.choice(('"float32"', '"int32"', '"float16"'))),
        lambda: call("ops.one_hot", str(rng.randint(2, 5))),
        lambda: call("ops.clip", "0.0", "1.0"),
        lambda: call("ops.swapaxes", "1", axis),
        lambda: call("ops.pad", "[" + ", ".join(["[0, 0]"] + [rng.choice(("[1, 1]", "[0, 1]", "[0, 0]")) for _ in range(rank - 1)]) + "]"),
        lambda: call("ops.normalize", f"axis={axis}"),
        lambda: call("ops.sort", f"axis={axis}"),
        lambda: call("ops.take", f"{rng.choice('012')}", f"axis={axis}"),
        lambda: "_[" + ", ".join([":"] + [rng.choice((":", "0", "1:", ":-1", "::2", "-1", "1:3")) for _ in range(rng.randint(1, max(1, rank - 1)))]) + "]",
        lambda: "_[:, 0]",
    ]  # fmt: skip
    return rng.choice(options)()

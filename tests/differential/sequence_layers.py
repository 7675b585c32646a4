"""Random calls of recurrent, attention, wrapper and preprocessing layers; `sequences` asks Keras about them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec

Random = random.Random


@dataclass
class Case:
    """One call; nested layers are `LayerValue`s."""

    layer: str
    args: dict[str, Any]
    inputs: Any
    call_args: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.layer}({self.args}) on {self.inputs} {self.call_args}"


def flip(rng: Random, chance: float = 0.5) -> bool:
    return rng.random() < chance


def sequence(rng: Random, features: int | None = None) -> TensorSpec:
    dims: list[int | None] = [None, rng.choice((None, 1, 4, 7)), features or rng.randint(1, 6)]
    if flip(rng, 0.06):
        dims.insert(2, 3)
    elif flip(rng, 0.06):
        dims.pop()
    elif flip(rng, 0.04):
        dims[-1] = None
    return TensorSpec(tuple(dims), rng.choice(("float32",) * 6 + ("int32", "float16")))


def recurrent_args(rng: Random, name: str) -> dict[str, Any]:
    args: dict[str, Any] = {"units": rng.randint(1, 5)}
    for flag in ("return_sequences", "return_state", "go_backwards"):
        if flip(rng, 0.4):
            args[flag] = flip(rng, 0.8)
    if flip(rng, 0.3):
        args["use_bias"] = False
    if name == "GRU" and flip(rng, 0.3):
        args["reset_after"] = False
    if flip(rng, 0.1):
        args["dtype"] = rng.choice(("float16", "mixed_float16", "float64"))
    if flip(rng, 0.1):
        args["trainable"] = False
    if flip(rng, 0.05):
        args["stateful"] = True
    return args


def recurrent(rng: Random) -> Case:
    name = rng.choice(("LSTM", "GRU", "SimpleRNN"))
    args = recurrent_args(rng, name)
    call_args: dict[str, Any] = {}
    if flip(rng, 0.25) and not args.get("stateful"):
        width = args["units"] if flip(rng, 0.8) else 9
        count = 2 if name == "LSTM" else 1
        if name == "LSTM" and flip(rng, 0.1):
            # The rules refuse too many states as well, which Keras drops without a word.
            count = 1
        states = [TensorSpec((None, width)) for _ in range(count)]
        call_args["initial_state"] = states if count > 1 or flip(rng) else states[0]
    return Case(name, args, sequence(rng), call_args)


def cell(rng: Random) -> LayerValue:
    name = rng.choice(("LSTMCell", "GRUCell", "SimpleRNNCell"))
    return LayerValue("layers", name, {"units": rng.randint(1, 5), "use_bias": flip(rng)})


def rnn(rng: Random) -> Case:
    args = recurrent_args(rng, "RNN")
    del args["units"]
    for name in ("use_bias", "stateful", "dtype"):
        args.pop(name, None)
    args["cell"] = cell(rng) if flip(rng, 0.5) else [cell(rng) for _ in range(rng.randint(2, 3))]
    spec = sequence(rng)
    if spec.rank == 4:
        # Keras lets some cells run over images, with another shape than it says.
        return recurrent(rng)
    return Case("RNN", args, spec)


def conv_lstm(rng: Random) -> Case:
    rank = rng.choice((1, 2))
    args: dict[str, Any] = {"filters": rng.randint(1, 3), "kernel_size": rng.choice((1, 2, 3, 7))}
    for name, values in (
        ("strides", (1, 2)),
        ("padding", ("valid", "same")),
        ("dilation_rate", (1, 1, 2)),
        ("return_sequences", (True, False)),
        ("return_state", (True, False)),
        ("use_bias", (True, False)),
    ):
        if flip(rng, 0.4):
            args[name] = rng.choice(values)
    space = [
        rng.choice((4, 5, 6, None)) if flip(rng, 0.1) else rng.randint(4, 8) for _ in range(rank)
    ]
    return Case(
        f"ConvLSTM{rank}D", args, TensorSpec((None, rng.choice((2, 3)), *space, rng.randint(1, 3)))
    )


def bidirectional(rng: Random) -> Case:
    name = rng.choice(("LSTM", "GRU", "SimpleRNN"))
    inner = recurrent_args(rng, name)
    for key in ("go_backwards", "stateful", "dtype", "trainable"):
        inner.pop(key, None)
    if flip(rng, 0.05):
        inner["go_backwards"] = True
    args: dict[str, Any] = {"layer": LayerValue("layers", name, inner)}
    if flip(rng, 0.6):
        args["merge_mode"] = rng.choice(("concat", "sum", "mul", "ave", None))
    if flip(rng, 0.2):
        other = {**inner, "go_backwards": flip(rng, 0.9)}
        if flip(rng, 0.2) and inner["units"] > 1:
            # A width of 1 is stretched when it runs, against what Keras says; the rule refuses.
            other["units"] = 6
        if flip(rng, 0.1):
            other["return_sequences"] = not inner.get("return_sequences", False)
        args["backward_layer"] = LayerValue("layers", name, other)
    if flip(rng, 0.05):
        args["layer"] = LayerValue("layers", "Dense", {"units": 2})
    return Case("Bidirectional", args, sequence(rng))


def time_distributed(rng: Random) -> Case:
    inner = rng.choice(
        (
            LayerValue("layers", "Dense", {"units": 3}),
            LayerValue("layers", "Flatten", {}),
            LayerValue("layers", "Conv2D", {"filters": 2, "kernel_size": 2}),
            LayerValue("layers", "LSTM", {"units": 3}),
            LayerValue("layers", "Dropout", {"rate": 0.2}),
        )
    )
    dims = [None, rng.choice((None, 3)), *(rng.randint(2, 5) for _ in range(rng.randint(0, 3)))]
    return Case("TimeDistributed", {"layer": inner}, TensorSpec(tuple(dims)))


def attention(rng: Random) -> Case:
    name = rng.choice(("Attention", "AdditiveAttention"))
    args: dict[str, Any] = {"use_scale": flip(rng)} if flip(rng) else {}
    if name == "Attention" and flip(rng, 0.3):
        args["score_mode"] = "concat"
    width, steps = rng.randint(1, 5), rng.choice((None, 4, 6))
    query = TensorSpec((None, rng.choice((None, 2, 5)), width))
    value = TensorSpec((None, steps, width if flip(rng, 0.85) else 7))
    inputs = [query, value]
    if flip(rng, 0.4):
        # A length that is open cannot be wrong.
        inputs.append(TensorSpec((None, steps if steps is None or flip(rng, 0.85) else 9, width)))
    if flip(rng, 0.05):
        inputs = inputs[:1]
    scores = {"return_attention_scores": True} if flip(rng, 0.3) else {}
    return Case(name, args, inputs, scores)


def multi_head(rng: Random) -> Case:
    args: dict[str, Any] = {"num_heads": rng.randint(1, 3), "key_dim": rng.randint(1, 4)}
    for name, values in (
        ("value_dim", (2, 5)),
        ("use_bias", (False,)),
        ("output_shape", (3, (2, 2))),
        ("dropout", (0.1,)),
        ("use_gate", (True,)),
    ):
        if flip(rng, 0.25):
            args[name] = rng.choice(values)
    rank = rng.choice((1, 1, 1, 2))
    query: list[Any] = [None, *(rng.choice((2, 3)) for _ in range(rank)), rng.randint(1, 5)]
    value = [None, *query[1:-2], rng.choice((None, 2, 4)), rng.randint(1, 5)]
    if rank == 2 and flip(rng):
        args["attention_axes"] = rng.choice((2, [2], [1, 2]))
    inputs = {"query": TensorSpec(tuple(query)), "value": TensorSpec(tuple(value))}
    if flip(rng, 0.3):
        key = [*value[:-1], 3]
        if flip(rng, 0.2):
            key[-2] = 5
        inputs["key"] = TensorSpec(tuple(key))
    call_args: dict[str, Any] = {"return_attention_scores": True} if flip(rng, 0.3) else {}
    return Case("MultiHeadAttention", args, inputs, call_args)


def group_query(rng: Random) -> Case:
    args: dict[str, Any] = {
        "head_dim": rng.randint(1, 4),
        "num_query_heads": rng.choice((2, 4, 6)),
        "num_key_value_heads": rng.choice((1, 2, 3)),
    }
    if flip(rng, 0.3):
        args["use_bias"] = False
    if flip(rng, 0.3):
        args["use_gate"] = True
    width = rng.randint(1, 5)
    inputs = {
        "query": TensorSpec((None, rng.choice((2, 4)), width)),
        "value": TensorSpec((None, rng.choice((None, 3)), width if flip(rng, 0.9) else 8)),
    }
    scores = {"return_attention_scores": True} if flip(rng, 0.3) else {}
    return Case("GroupQueryAttention", args, inputs, scores)


def image(rng: Random, low: int = 8) -> TensorSpec:
    dims: list[Any] = [
        None,
        rng.randint(low, 12),
        rng.randint(low, 12),
        rng.choice((1, 3, 3, 3, 4)),
    ]
    if flip(rng, 0.05):
        dims.pop()
        dims.pop()
    return TensorSpec(tuple(dims), rng.choice(("float32",) * 4 + ("uint8", "int32", "float16")))


IMAGE_LAYERS: dict[str, dict[str, Any]] = {
    "AutoContrast": {},
    "ContrastLimitedAdaptiveHistogramEqualization": {},
    "CutMix": {},
    "Equalization": {},
    "MixUp": {},
    "RandomBrightness": {"factor": 0.2},
    "RandomContrast": {"factor": 0.2},
    "RandomColorDegeneration": {"factor": 0.3},
    "RandomErasing": {},
    "RandomFlip": {},
    "RandomGrayscale": {},
    "RandomGaussianBlur": {},
    "RandomHue": {"factor": 0.2},
    "RandomInvert": {},
    "RandomPosterization": {"factor": 4},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.2},
    "RandomSharpness": {"factor": 0.2},
    "RandomShear": {"x_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
    "Solarization": {},
    "RandomColorJitter": {"hue_factor": 0.1},
    "MaxNumBoundingBoxes": {"max_number": 3},
}


def images(rng: Random) -> Case:
    if flip(rng, 0.4):
        name = rng.choice(("Resizing", "CenterCrop", "RandomCrop"))
        args: dict[str, Any] = {"height": rng.randint(1, 14), "width": rng.randint(1, 14)}
        if name == "Resizing" and flip(rng, 0.3):
            args["crop_to_aspect_ratio"] = True
        if name == "Resizing" and flip(rng, 0.2):
            args["pad_to_aspect_ratio"] = True
        return Case(name, args, image(rng))
    name = rng.choice(list(IMAGE_LAYERS))
    return Case(name, IMAGE_LAYERS[name], image(rng))


def numeric(rng: Random) -> Case:
    dims = (None, *(rng.choice((1, 2, 3)) for _ in range(rng.randint(0, 3))))
    if len(dims) == 4:
        # A list for the channels of images that have them first is accepted on purpose.
        dims = (None, 2, *dims[2:])
    floats = TensorSpec(dims, rng.choice(("float32", "int32", "float16", "uint8", "string")))
    wholes = TensorSpec(dims, rng.choice(("int32", "int64", "int32", "string", "uint8")))
    mode = rng.choice(("int", "one_hot", "multi_hot", "count"))
    options = [
        Case("Rescaling", {"scale": rng.choice((0.5, 2, [1.0, 2.0, 3.0]))}, floats),
        Case("Normalization", {"axis": rng.choice((-1, None, 1, 0, [1, 2], 4))}, floats),
        Case(
            "Normalization",
            {
                "mean": rng.choice((0.5, [1.0, 2.0])),
                "variance": rng.choice((0.5, [1.0, 2.0], None)),
            },
            floats,
        ),
        Case("Discretization", {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": mode}, floats),
        Case("CategoryEncoding", {"num_tokens": 4, "output_mode": mode}, wholes),
        Case("StringLookup", {"vocabulary": ["a", "b"], "output_mode": mode}, wholes),
        Case(
            "IntegerLookup",
            {"vocabulary": [1, 2], "output_mode": mode, "num_oov_indices": rng.randint(1, 2)},
            wholes,
        ),
        Case(
            "TextVectorization",
            {"vocabulary": ["a", "b"], "output_mode": mode},
            TensorSpec(dims, "string"),
        ),
        Case(
            "TextVectorization",
            {"vocabulary": ["a"], "output_sequence_length": 4},
            TensorSpec(dims, "string"),
        ),
    ]
    if len(dims) < 3:
        options.append(Case("Hashing", {"num_bins": 5, "output_mode": mode}, wholes))
        options.append(Case("HashedCrossing", {"num_bins": 5}, [wholes, wholes]))
    return rng.choice(options)


def sound(rng: Random) -> Case:
    frame = rng.choice((4, 6, 8))
    args: dict[str, Any] = {
        "frame_length": frame,
        "mode": rng.choice(("log", "psd", "real", "imag", "stft")),
    }
    for name, values in (
        ("frame_step", (2, 4, 9)),
        ("fft_length", (8, 16, 5)),
        ("padding", ("same", "valid")),
        ("expand_dims", (True,)),
    ):
        if flip(rng, 0.4):
            args[name] = rng.choice(values)
    return Case(
        "STFTSpectrogram", args, TensorSpec((None, rng.choice((None, 5, 20)), rng.randint(1, 2)))
    )


GENERATORS: tuple[Callable[[Random], Case], ...] = (
    recurrent,
    recurrent,
    rnn,
    conv_lstm,
    bidirectional,
    bidirectional,
    time_distributed,
    attention,
    multi_head,
    multi_head,
    group_query,
    images,
    images,
    numeric,
    numeric,
    sound,
)


def cases(count: int, seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice(GENERATORS)(rng)

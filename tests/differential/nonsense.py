"""What Keras accepts and `check` refuses on purpose or warns about: the source of docs/nonsense.md.

`python -m tests.differential.nonsense` writes the page. The random runs look refusals up here; a test holds
every example against the checker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "nonsense.md"


@dataclass(frozen=True)
class Nonsense:
    """One kind of call: what `check` says (`code`, and a `pattern` in its message), why, and an example.

    Without a pattern it is a call that fails when it runs, which excuses no refusal of one that runs.
    The example is the input's types, separated by `;`, and the step.
    """

    code: str
    what: str
    reason: str
    example: str
    pattern: str = ""


REFUSED = (
    Nonsense("E0404", "dropout of everything", "A rate of 1 leaves zeros only; Keras computes them.", "float32[8] | GaussianDropout(1.0)", "`(rate|dropout|recurrent_dropout)` must be"),
    Nonsense("E0404", "recurrent dropout above 1", "Keras looks at the rate of `Dropout` only, not at that of recurrent layers.", "float32[5, 3] | LSTM(4, dropout=1.5)", "dropout` must be"),
    Nonsense("E0404", "averages that diverge", "A momentum lies between 0 and 1, an epsilon is positive; Keras looks at neither.", "float32[8] | BatchNormalization(momentum=2, epsilon=-1)", "`(momentum|epsilon)` must be"),
    Nonsense("E0404", "sizes of nothing", "`Resizing(0, 8)`, pooling to 0: an empty tensor, or an error at run time.", "float32[8, 8, 3] | Resizing(0, 8)", "must be|holds 0"),
    Nonsense("E0405", "words that no kernel knows", "The word is looked at when the layer runs, or never.", 'float32[8, 8, 3] | RandomFlip(mode="both")', ""),
    Nonsense("E0403", "text for a number", "`Reshape((\"3\"))` is read as the number 3.", 'float32[3] | Reshape("3")', "string"),
    Nonsense("E0403", "fractions in sizes", "Keras looks into tuples less closely than at a single number, and cuts the fraction off or fails at run time.", "float32[8, 8, 3] | MaxPooling2D((3, 2.5))", r"\d\.\d|holds|fraction|integer"),
    Nonsense("E0373", "fractions in padding", "The fraction is cut off.", "float32[4] | ops.pad([[0, 2.5], [0, 1]])", "pad_width"),
    Nonsense("E0403", "None for a bound", "Keras stores it, and fails when the model trains.", "float32[4] | Dense(2, kernel_constraint=MaxNorm(None))", "not None"),
    Nonsense("E0403", "vocabularies of several kinds", "A number and a text never are the same entry.", 'int32[3] | IntegerLookup(vocabulary=[1, "3"])', "holds `"),
    Nonsense("E0306", "a list of one tensor", "Some layers fail on `[x]`, others read the list as a further axis.", "float32[8] | [x] -> ReLU", "a list of one"),
    Nonsense("E0301", "adaptive pooling of another rank", "Keras looks at no rank there and pools the wrong axes.", "float32[8, 3] | AdaptiveAveragePooling2D(2)", "Adaptive"),
    Nonsense("E0304", "lengths that need not agree", "Two symbolic lengths, `time` and `time - 2`, are two lengths; to Keras both are None.", "float32[time, 4] | [_, Cropping1D(1)] -> Add", "time|None|axis"),
    Nonsense("E0410", "strides and dilation together", "`Conv2D` refuses them, `DepthwiseConv2D` and `SeparableConv2D` compute something that no framework agrees on.", "float32[8, 8, 3] | DepthwiseConv2D(2, strides=2, dilation_rate=2)", "strides|dilation"),
    Nonsense("E0310", "axes that are not there", "Keras finds out when the layer runs.", "float32[6, 4] | Softmax(axis=3)", ""),
    Nonsense("E0311", "whole numbers or truth values into convolutions", "TensorFlow has no kernel for them; the model builds and fails when it runs.", "int32[8, 8, 3] | Conv2D(4, 3)", ""),
    Nonsense("E0311", "texts into layers that compute", "The model builds and fails when it runs.", "string[4] | Dense(2)", ""),
    Nonsense("E0312", "more sizes than the equation has letters", "Keras promises `output_shape`, and computes the equation.", 'float32[5] | EinsumDense("ab,bc->ac", (4, 4))', "output_shape"),
    Nonsense("E0350", "attention without a sequence", "Of [features] alone, examples of a batch would attend to each other.", "float32[4] | [x, x] -> Attention", "Attention"),
    Nonsense("E0353", "states that are left over", "`GRU` and `SimpleRNN` take their first and drop the others.", "float32[5, 3]; float32[4] | x -> GRU(4, initial_state=[y, y])", "state"),
    Nonsense("E0358", "attention between other axes than the steps", "Keras looks at the last two axes; the others fail when the model runs.", "float32[4, 3]; float32[5, 4, 3] | [x, y] -> Attention", "each example's own values"),
    Nonsense("E0410", "cropped and padded to an aspect ratio", "One of the two is ignored.", "float32[8, 8, 3] | Resizing(4, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)", ""),
    Nonsense("E0348", "built for another shape", "Keras promises a vector for the list, and gives one for each number: the weights that it makes do not fit.", "int32[3] | Hashing(5, output_mode=one_hot) -> BatchNormalization(axis=1)", ""),
    Nonsense("E0359", "causal masks of several axes", "Keras makes the mask of axis 1 and fails when the layer runs.", "float32[6, 6, 2] | MultiHeadAttention(2, 3, use_causal_mask=True)", ""),
    Nonsense("E0359", "attention over the features", "`attention_axes` that name the batch or the features; Keras attends over the wrong axes.", "float32[6, 2] | MultiHeadAttention(2, 3, attention_axes=3)", "attention_axes"),
    Nonsense("E0373", "vectors of no categories", "`ops.one_hot(0)` gives empty vectors.", "int32[4] | ops.one_hot(0)", "num_classes"),
    Nonsense("E0335", "a softmax over padding", "The mask of a sequence has no axis of features, and `Softmax` fails when it runs.", "int32[5] | Embedding(20, 3, mask_zero=True) -> Softmax", ""),
    Nonsense("E0335", "masks that cannot be joined", "Merges join the masks of their tensors, and fail when it runs where these have other axes.", "int32[5]; int32[4, 5] | [x -> Embedding(20, 3, mask_zero=True), y -> Embedding(20, 3, mask_zero=True)] -> Subtract", ""),
    Nonsense("E0335", "masks of other axes than the steps", "`Masking` of images marks places, and recurrent layers and attention want one value a step.", "float32[5, 8, 8, 3] | Masking -> ConvLSTM2D(4, 3)", ""),
    Nonsense("E0338", "the batch axis taken for another", "`ops.matmul(_, _)` of [n] works for a batch of n examples, and fails for all others.", "float32[8] | ops.matmul(_, _)", "batch axis"),
    Nonsense("E0366", "vectors of a width that only the data tell", "Keras builds what follows for a width that it does not know yet.", "string[3] | StringLookup(output_mode=multi_hot)", ""),
    Nonsense("E0377", "slices that leave nothing", "An empty tensor comes out, on which recurrent layers, resizing and others fail when they run.", "float32[4, 3] | _[:, 4:]", "leaves nothing"),
    Nonsense("E0369", "counts of tables", "`output_mode=multi_hot` and `count` of more than one list: Keras promises another shape than it computes.", "int32[3, 2] | CategoryEncoding(5)", "counts one list"),
)  # fmt: skip

WARNED = (
    Nonsense("W1320", "steps without effect", "A merge of one tensor, cropping by 0, the softmax of one number.", "float32[4] | [x] -> Add"),
    Nonsense("W1321", "shapes that fit one length only", "The model works for one value of a length that is said to be open, or has a width that no layer can follow.", "float32[None] | Reshape((3, 4))"),
    Nonsense("W1322", "unrolling of an open length", "Keras fails in `fit`, with a length that the model does not know.", "float32[time, 3] | LSTM(2, unroll=True)"),
    Nonsense("W1323", "old or uneven spelling", "Left over from older versions, or accepted by accident.", 'float32[5] | Dense(2, bias_initializer="zero")'),
    Nonsense("W1324", "dtypes with a surprise", "Texts are joined, truth values multiplied, fractions hashed.", "string[4]; string[4] | [x, y] -> Add"),
    Nonsense("W1324", "dropout and noise on whole numbers", "The model predicts, and fails when it trains.", "int32[4] | Dropout(0.3)"),
    Nonsense("W1325", "crops and pools to a larger size", "The image is stretched, positions are repeated.", "float32[16, 16, 3] | RandomCrop(20, 20)"),
    Nonsense("W1326", "nothing to learn a state from", "Without a vocabulary and without data the layer fails when it runs.", "string[3] | StringLookup"),
    Nonsense("W1327", "one-hot encoding of tables", "One more axis than Keras describes.", "int32[3, 2] | CategoryEncoding(3, output_mode=one_hot)"),
    Nonsense("W1329", "dropout of everything", "A rate of 1 leaves zeros only; Keras computes them.", "float32[8] | Dropout(1.0)"),
    Nonsense("W1330", "masks without steps", "Whole examples are marked; `Softmax` and others fail on such a mask when they run.", "float32[8] | Masking"),
    Nonsense("W1332", "examples of a batch mixed", "Axis 0 of ops and slices is the batch: what comes out for an example depends on the others.", "float32[4, 3] | ops.softmax(axis=0)"),
    Nonsense("W1332", "a batch read as one image", "Layers for images take a tensor of three axes, the batch counted, for one image.", "float32[8, 3] | CenterCrop(4, 4)"),
    Nonsense("W1333", "crops while training only", "`RandomCrop` leaves the image as it is when the model predicts, whatever Keras promises.", "float32[16, 16, 3] | RandomCrop(8, 8)"),
    Nonsense("W1334", "pooling that ends the process", "TensorFlow divides by zero on a CPU.", "float32[8, 8, 3] | AdaptiveMaxPooling2D(1)"),
    Nonsense("W1328", "a length that Keras loses", "Keras leaves open in its promise what `None` in `output_shape` stands for; a layer with weights over it can't be built.", 'float32[5, 8] | EinsumDense("abc,cd->abd", (None, 4))'),
)  # fmt: skip


def is_nonsense(code: str, message: str) -> bool:
    """Whether a refusal is one of those that are meant, though Keras builds and runs it."""
    return any(
        code == known.code and known.pattern and re.search(known.pattern, message)
        for known in REFUSED
    )


def spec(entry: Nonsense) -> str:
    """The example as a whole spec."""
    types, _, step = entry.example.partition(" | ")
    inputs = [f"    input {n}: {kind}" for n, kind in zip("xy", types.split("; "), strict=False)]
    return "\n".join(["model M {", *inputs, f"    {step}", "}"]) + "\n"


def page() -> str:
    """docs/nonsense.md."""
    lines = [
        "# What Keras accepts and `check` does not",
        "",
        "Keras builds the models below, and they fail only when they run, or run and compute something that nobody",
        "meant. `check` says so before. `archc error CODE` explains a code at length. This page is written by",
        "`python -m tests.differential.nonsense`; a test holds its examples against the checker, and the random tests",
        "in `tests/differential` accept no other refusal of what Keras builds and runs.",
        "",
        "## Refused",
        "",
        *_table(REFUSED),
        "",
        "## Accepted with a warning",
        "",
        *_table(WARNED),
        "",
        "A mask that is lost on its way to a layer that would use it (`W1307`) is another such case; Keras warns of it",
        "when the model runs, for some layers.",
    ]
    return "\n".join(lines) + "\n"


def _table(entries: tuple[Nonsense, ...]) -> list[str]:
    rows = ["| code | what | why | example |", "| --- | --- | --- | --- |"]
    for entry in entries:
        types, _, step = entry.example.partition(" | ")
        rows.append(f"| `{entry.code}` | {entry.what} | {entry.reason} | `{types}` into `{step}` |")
    return rows


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

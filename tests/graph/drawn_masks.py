"""Random models of sequences with masks: layers that keep, lose, use and take off masks, in any order."""

from __future__ import annotations

import random

STEPS, WIDTH = 5, 8

# What can be done with one tensor [5, 8] so that another comes out.
_ONE = (
    "LayerNormalization", "Dropout(0.3)", "Identity", "Activation(linear)", "Activation(relu)", "Dense(8)",
    "Conv1D(8, 3, padding=same)", "MultiHeadAttention(2, 4)", "MultiHeadAttention(2, 4, use_causal_mask=True)",
    "GroupQueryAttention(4, 2, 1)", "GRU(8, return_sequences=True)", "Bidirectional(LSTM(4, return_sequences=True))",
    "TimeDistributed(Dense(8))", "Rescaling(1.0)", "Masking", "BatchNormalization", "ops.multiply(_, 2.0)",
    "ops.relu", "GaussianNoise(0.1)", "SpatialDropout1D(0.2)", "again", "heads", "Inner", "Plain", "Reshape([5, 8])",
)  # fmt: skip
_TWO = (
    "Add",
    "Maximum",
    "Average",
    "Concatenate -> Dense(8)",
    "Attention",
    "AdditiveAttention",
    "ops.add(_, _)",
)
_INNER = """model Inner {
    input x: float32[5, 8]
    x -> STEP as inner
    [x, inner] -> Add
}
model Plain {
    input x: float32[5, 8]
    x -> Identity -> Dense(8) as y
    [x, y] -> Concatenate -> Dense(8)
}
"""


def drawn(seed: int, length: int = 14) -> str:
    """A spec of one model, `M`, with the models that it calls."""
    draw = random.Random(seed)
    inner = draw.choice(
        ("MultiHeadAttention(2, 4)", "LayerNormalization -> MultiHeadAttention(2, 4)", "Dense(8)")
    )
    masked = [draw.random() < 0.8 for _ in range(2)]
    lines = ["    input a: int32[5]", "    input b: int32[5]", "    shared again = Dense(8)"]
    lines += ["    shared heads = MultiHeadAttention(2, 4)"]
    lines += [
        f"    {name} -> Embedding(9, 8, mask_zero={there}) as t{n}"
        for n, (name, there) in enumerate(zip("ab", masked, strict=True))
    ]
    for made in range(2, length):
        # What came out last is taken more often, so that models grow deep.
        first, second = (f"t{draw.choice((made - 1, draw.randrange(made)))}" for _ in range(2))
        kind = draw.random()
        if kind < 0.55:
            lines.append(f"    {first} -> {draw.choice(_ONE)} as t{made}")
        elif kind < 0.75:
            attention = draw.choice(("MultiHeadAttention(2, 4", "GroupQueryAttention(4, 2, 1"))
            lines.append(f"    {first} -> {attention}, value={second}) as t{made}")
        else:
            step = draw.choice(_TWO)
            if step.startswith("ops"):
                lines.append(f"    {first} -> ops.add({second}) as t{made}")
            else:
                lines.append(f"    [{first}, {second}] -> {step} as t{made}")
    outputs = sorted({length - 1, *draw.sample(range(2, length), 2)})
    head = [f"    output o{n}: float32[5, 8]" for n in outputs]
    lines += [f"    t{n} -> Dense(8) as o{n}" for n in outputs]
    text = "\n".join([*lines[:2], *head, *lines[2:]])
    models = _INNER.replace("STEP", inner)
    return f"{models}\nmodel M {{\n{text}\n}}\n"

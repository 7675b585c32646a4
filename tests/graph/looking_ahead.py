"""Bodies of models that generate: those that could, and those in which a step sees later ones."""

from __future__ import annotations

from archlang import api
from archlang.source import Source

ALONE = """
model Words {{
    input so_far: shifted(words)
    output words: generation(vocab=12, start=1, end=2)
{body}
    head
}}
"""

WITH_SOURCE = """
model Words {{
    input source: int32[7]
    input so_far: shifted(words)
    output words: generation(vocab=12, start=1, end=2)
    source -> Embedding(12, 8) as read
{body}
    head
}}
"""

# Bodies with `read`, the embedded other input [7, 8], have a source.
CAUSAL = {
    "embedding": "Embedding(12, 8)",
    "mask": "Embedding(12, 8, mask_zero=True) -> GRU(8, return_sequences=True)",
    "gru": "Embedding(12, 8) -> GRU(8, return_sequences=True)",
    "lstm states unused": "Embedding(12, 8) -> LSTM(8, return_sequences=True, return_state=True) as x, _, _\nx -> Dense(4)",
    "stacked": "Embedding(12, 8) -> SimpleRNN(8, return_sequences=True) -> LSTM(6, return_sequences=True) -> Dropout(0.5)",
    "rnn of cells": "Embedding(12, 8) -> RNN([LSTMCell(4), GRUCell(5)], return_sequences=True)",
    "attention": "Embedding(12, 8)\n[_, LayerNormalization -> MultiHeadAttention(2, 4, use_causal_mask=True)] -> Add",
    "dot attention": "Embedding(12, 8) as x\n[x, x] -> Attention(use_causal_mask=True)",
    "grouped attention": "Embedding(12, 8) -> GroupQueryAttention(4, 4, 2, use_causal_mask=True)",
    "causal convolution": "Embedding(12, 8) -> Conv1D(8, 3, padding=causal, dilation_rate=2) -> Conv1D(4, 1)",
    "padded convolution": "Embedding(12, 8) -> ZeroPadding1D((2, 0)) -> Conv1D(8, 3)",
    "padded by ops": "Embedding(12, 8) -> ops.pad(((0, 0), (3, 0), (0, 0))) -> Conv1D(8, 4)",
    "shifted right": "Embedding(12, 8) as x\nx -> ZeroPadding1D((1, 0)) as late\nlate[:, :-1] -> GRU(4, return_sequences=True)",
    "back and forth": "Embedding(12, 8) -> ZeroPadding1D((2, 0)) as x\nx[:, 2:] -> Dense(4)",
    "time distributed": "Embedding(12, 8) -> TimeDistributed(Dense(4))",
    "batch normalization": "Embedding(12, 8) -> BatchNormalization -> PReLU(shared_axes=[1])",
    "permuted there and back": "Embedding(12, 8) -> Permute((2, 1)) -> Permute((2, 1))",
    "reshaped features": "Embedding(12, 8) -> Reshape((-1, 2, 4)) -> Reshape((-1, 8))",
    "cumulative": "Embedding(12, 8) -> ops.cumsum(axis=1)",
    "mean of features": "Embedding(12, 8) -> ops.mean(axis=-1, keepdims=True)",
    "matrix": 'learned w: float32[5, 8] = RandomNormal(stddev=0.5)\nEmbedding(12, 8) -> EinsumDense("btd,de->bte", output_shape=(None, 5))',
    "softmax of features": "Embedding(12, 8) -> Softmax -> UnitNormalization",
    "positions": "Embedding(12, 8) as x\nx -> ops.ones_like -> ops.cumsum(axis=1) as place\n[x, place] -> Add -> MultiHeadAttention(1, 4, use_causal_mask=True)",
    "cross attention": "so_far -> Embedding(12, 8) -> GRU(8, return_sequences=True)\n[_, MultiHeadAttention(2, 4, value=read)] -> Add",
    "attention over source": "so_far -> Embedding(12, 8) as query\n[query, read] -> AdditiveAttention as context\n[query, context] -> Concatenate",
    "states": "read -> LSTM(8, return_state=True) as _, h, c\nso_far -> Embedding(12, 8) -> LSTM(8, return_sequences=True, initial_state=[h, c])",
    "context added": "read -> Bidirectional(GRU(4)) -> Reshape((1, 8)) as context\nso_far -> Embedding(12, 8) as x\n[x, context] -> Add",
    "source in front": "so_far -> Embedding(12, 8) as x\n[read, x] -> Concatenate(axis=1) -> MultiHeadAttention(2, 4, use_causal_mask=True) as y\ny[:, 7:] -> Dense(4)",
    "upside": "Embedding(12, 8) -> Dense(8) as x\nx -> ops.multiply(_, 2.0) -> ops.expand_dims(axis=-1) -> ops.squeeze(axis=-1)",
}
AHEAD = {
    "bidirectional": "Embedding(12, 8) -> Bidirectional(GRU(4, return_sequences=True))",
    "backwards": "Embedding(12, 8) -> GRU(4, return_sequences=True, go_backwards=True)",
    "attention": "Embedding(12, 8)\n[_, MultiHeadAttention(2, 4)] -> Add",
    "dot attention": "Embedding(12, 8) as x\n[x, x] -> Attention",
    "grouped attention": "Embedding(12, 8) -> GroupQueryAttention(4, 4, 2)",
    "attention of the source": "so_far -> Embedding(12, 8) as x\n[read, x] -> Attention -> GlobalAveragePooling1D -> Reshape((1, 8)) as all\n[x, all] -> Add",
    "same convolution": "Embedding(12, 8) -> Conv1D(8, 3, padding=same)",
    "padded too little": "Embedding(12, 8) -> ZeroPadding1D((1, 1)) -> Conv1D(8, 3)",
    "separable": "Embedding(12, 8) -> SeparableConv1D(8, 3, padding=same)",
    "pooling": "Embedding(12, 8) -> MaxPooling1D(3, strides=1, padding=same)",
    "global pooling": "Embedding(12, 8) as x\nx -> GlobalMaxPooling1D -> Reshape((1, 8)) as all\n[x, all] -> Add",
    "last state": "Embedding(12, 8) as x\nx -> LSTM(8) -> Reshape((1, 8)) as all\n[x, all] -> Multiply",
    "state": "Embedding(12, 8) -> GRU(8, return_sequences=True, return_state=True) as x, last\nlast -> Reshape((1, 8)) as all\n[x, all] -> Add",
    "softmax over steps": "Embedding(12, 8) -> Softmax(axis=1)",
    "normalized over steps": "Embedding(12, 8) -> UnitNormalization(axis=1)",
    "group normalization": "Embedding(12, 8) -> GroupNormalization(2)",
    "flipped": "Embedding(12, 8) -> ops.flip(axis=1)",
    "rolled": "Embedding(12, 8) -> ops.roll(1, axis=1)",
    "mean of steps": "Embedding(12, 8) as x\nx -> ops.mean(axis=1, keepdims=True) as all\n[x, all] -> Add",
    "next step": "Embedding(12, 8) -> GRU(8, return_sequences=True) as x\nx[:, 1:] -> Dense(4)",
    "sorted": "Embedding(12, 8) -> ops.sort(axis=1)",
    "cropped": "Embedding(12, 8) -> Cropping1D((1, 0))",
    "queried by the future": "Embedding(12, 8) as x\nx -> ops.sum(axis=1, keepdims=True) as all\n[x, all] -> Concatenate(axis=1) as both\nboth[:, 1:] -> Dense(4)",
}


def checked(body: str) -> api.Checked:
    """A model with this body, checked."""
    template = WITH_SOURCE if "read" in body else ALONE
    indented = "\n".join(f"    {line}" for line in body.split("\n"))
    return api.check(Source("words.arch", template.format(body=indented)))

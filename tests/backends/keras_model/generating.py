"""Models that generate, and a search that runs the whole model anew for each id, as a reference."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from archlang import api
from archlang.graph.model import Graph
from archlang.source import Source

START, END, LENGTH, VOCAB = 1, 2, 7, 13

TASK = """
task Translate {
    input source: int32[None]
    input so_far: shifted(target)
    output target: generation(vocab=13, start=1, end=2, max_length=7)
}

task Speak {
    input so_far: shifted(target)
    output target: generation(vocab=13, start=1, end=2, max_length=7)
}
"""

# Recurrent decoders, run a step at a time.
CARRYING = {
    "Gru": """for Translate {
    source -> Embedding(13, 8, mask_zero=True) -> GRU(10, return_state=True) as _, state
    so_far -> Embedding(13, 8, mask_zero=True) -> GRU(10, return_sequences=True, initial_state=state)
    head
}""",
    "Lstm": """for Translate {
    source -> Embedding(13, 8, mask_zero=True) -> LSTM(10, return_state=True) as _, h, c
    so_far -> Embedding(13, 8) -> LSTM(10, return_sequences=True, initial_state=[h, c])
    head
}""",
    "Stacked": """for Translate {
    source -> Embedding(13, 8) -> Bidirectional(LSTM(5, return_state=True)) as _, fh, fc, bh, bc
    [fh, bh] -> Concatenate as h
    [fc, bc] -> Concatenate as c
    so_far -> Embedding(13, 8) -> SimpleRNN(7, return_sequences=True) -> Dropout(0.5)
    LSTM(10, return_sequences=True, initial_state=[h, c]) -> RNN([LSTMCell(6), GRUCell(5)], return_sequences=True)
    head
}""",
    "Attends": """for Translate {
    source -> Embedding(13, 8, mask_zero=True) -> Bidirectional(GRU(5, return_sequences=True)) as memory
    so_far -> Embedding(13, 8) -> GRU(10, return_sequences=True) as query
    [query, memory] -> Attention as context
    [query, context] -> Concatenate -> Dense(10, activation=tanh) as x
    [x, x -> LayerNormalization -> MultiHeadAttention(2, 4, value=memory)] -> Add -> TimeDistributed(Dense(6))
    head
}""",
    "Shared": """for Translate {
    shared words = Embedding(13, 8, mask_zero=True)
    source -> words -> LSTM(8, return_sequences=True, return_state=True) as memory, h, c
    so_far -> words -> LSTM(8, return_sequences=True, initial_state=[h, c]) as query
    [query, memory] -> AdditiveAttention as context
    [query, context] -> Add -> ops.tanh -> ops.multiply(_, 2.0)
    head
}""",
    "Speaker": """for Speak {
    Embedding(13, 8) -> LSTM(10, return_sequences=True) -> GRU(9, return_sequences=True)
    head
}""",
}
# Decoders that need all steps so far.
WHOLE = {
    "Transformer": """for Translate {
    source -> Embedding(13, 8, mask_zero=True) as read
    [read, read -> MultiHeadAttention(2, 4)] -> Add -> LayerNormalization as memory
    so_far -> Embedding(13, 8, mask_zero=True)
    [_, MultiHeadAttention(2, 4, use_causal_mask=True)] -> Add
    [_, MultiHeadAttention(2, 4, value=memory)] -> Add
    head
}""",
    "Blocks": """for Translate {
    source -> Embedding(13, 8, mask_zero=True) -> LayerNormalization as memory
    so_far -> Embedding(13, 8, mask_zero=True)
    repeat 2 {
        [_, MultiHeadAttention(2, 4, use_causal_mask=True)] -> Add
        [_, MultiHeadAttention(2, 4, value=memory)] -> Add -> LayerNormalization
    }
    head
}""",
    "Convolutions": """for Speak {
    Embedding(13, 8) -> Conv1D(10, 3, padding=causal, activation=tanh) -> GRU(8, return_sequences=True)
    head
}""",
    "Nested": """for Translate {
    source -> Reader as memory
    so_far -> Embedding(13, 8) -> Conv1D(8, 2, padding=causal) as query
    [query, memory] -> Attention as context
    [query, context] -> Concatenate
    head
}

model Reader {
    input ids: int32[None]
    ids -> Embedding(13, 8, mask_zero=True) -> GRU(8, return_sequences=True)
}""",
    # Which mask the memory has is known only inside the nested model, so all of it runs anew.
    "Joined": """for Translate {
    source -> Reader as memory
    so_far -> Embedding(13, 8) -> GRU(8, return_sequences=True) as query
    [query, memory] -> Attention as context
    [query, context] -> Concatenate
    head
}

model Reader {
    input ids: int32[None]
    ids -> Embedding(13, 4, mask_zero=True) as words
    ids -> ops.maximum(_, 3) -> ops.subtract(_, 3) -> Embedding(13, 4, mask_zero=True) as others
    [words, others] -> Concatenate
}""",
}


def graph_of(name: str) -> Graph:
    """A model by its name."""
    text = f"{TASK}\nmodel {name} {({**CARRYING, **WHOLE})[name]}\n"
    checked = api.check(Source("generating.arch", text))
    assert checked.ok, [d.message for d in checked.diagnostics]
    return checked.graphs[name]


def script_of(name: str) -> str:
    """The script of a model."""
    text = f"{TASK}\nmodel {name} {({**CARRYING, **WHOLE})[name]}\n"
    return api.to_python(api.check(Source("generating.arch", text)), name)


def with_weights(graph: Graph, seed: int) -> Any:
    """A built model with large random weights, so that what it generates is no single id."""
    keras.utils.set_random_seed(seed)
    model: Any = api.build(graph)
    model.set_weights([3 * w + 0.1 * np.random.normal(size=w.shape) for w in model.get_weights()])
    return model


def sources(rows: int = 4) -> np.ndarray:
    """Sequences of several lengths, padded with 0."""
    ids = np.random.randint(3, VOCAB, (rows, 6))
    for row in range(1, rows):
        ids[row, 6 - row % 5 :] = 0
    return ids


class Anew:
    """What is searched, with the whole model run for each id; in the interface of `Steps`."""

    def __init__(self, model: Any, source: np.ndarray | None, rows: int) -> None:
        self.model, self.source = model, source
        self.so_far = np.zeros((rows, 0), "int32")

    def next(self, ids: np.ndarray) -> np.ndarray:
        self.so_far = np.concatenate([self.so_far, ids[:, None].astype("int32")], axis=1)
        step = self.so_far.shape[1]
        # Of one length, so that Keras traces the model only once.
        padded = np.pad(self.so_far, [(0, 0), (0, LENGTH - step)])
        x = padded if self.source is None else [self.source, padded]
        with np.errstate(divide="ignore"):
            return np.log(self.model.predict_on_batch(x)[:, step - 1])

    def keep(self, rows: np.ndarray) -> None:
        self.so_far = self.so_far[rows]
        if self.source is not None:
            self.source = self.source[rows]

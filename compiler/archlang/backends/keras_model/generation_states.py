"""Decoding an id at a time, with the states of recurrent layers carried on. Generated programs hold a copy of the class."""

# pyright: basic
# Written as scripts show it; lines of 88 columns.

import numpy as np


class Steps:
    """Runs the decoder on one id of each sequence at a time, and carries its states."""

    def __init__(self, decoder, memory: list[np.ndarray], rows: int, length: int) -> None:
        self.decoder = decoder
        self.memory = memory
        # States that the encoder does not give begin with 0.
        own = decoder.inputs[1 : len(decoder.inputs) - len(memory)]
        zeros = [np.zeros((rows, *state.shape[1:]), state.dtype) for state in own]
        count = len(decoder.outputs) - 1
        self.states = [*zeros, *memory][:count]
        self.memory = [*zeros, *memory][count:]

    def next(self, ids: np.ndarray) -> np.ndarray:
        """Append an id to each sequence; give the log-probabilities of the next."""
        scores, *self.states = self.decoder.predict_on_batch(
            [ids[:, None], *self.states, *self.memory]
        )
        return scores

    def keep(self, rows: np.ndarray) -> None:
        """Go on with these sequences."""
        self.states = [values[rows] for values in self.states]
        self.memory = [values[rows] for values in self.memory]

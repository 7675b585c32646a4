"""Decoding by running the model on the whole sequence so far, anew for each id. Generated programs hold a copy of the class."""

# pyright: basic
# Written as scripts show it; lines of 88 columns.

import numpy as np


class Steps:
    """Runs the decoder on sequences that grow by an id at each step."""

    def __init__(self, decoder, memory: list[np.ndarray], rows: int, length: int) -> None:
        self.decoder = decoder
        self.memory = memory
        # All of one length, so that the decoder is traced only once.
        self.so_far = np.zeros((rows, length), "int32")
        self.step = 0

    def next(self, ids: np.ndarray) -> np.ndarray:
        """Append an id to each sequence; give the log-probabilities of the next."""
        self.so_far[:, self.step] = ids
        self.step += 1
        scores = self.decoder.predict_on_batch([self.so_far, *self.memory])
        return scores[:, self.step - 1]

    def keep(self, rows: np.ndarray) -> None:
        """Go on with these sequences."""
        self.so_far = self.so_far[rows]
        self.memory = [values[rows] for values in self.memory]

"""Recurrent layers that give their states. Generated programs hold a copy of the function, read from this file."""

# pyright: basic
# Written as scripts show it; lines of 88 columns.

from keras import layers


def with_states(layer) -> layers.RNN:
    """A recurrent layer with the same weights that gives its states, too."""
    return layers.RNN(
        layer.cell,
        return_sequences=True,
        return_state=True,
        dtype=layer.dtype_policy,
        name=layer.name,
    )

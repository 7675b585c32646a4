"""From the graph of a model to the Keras model itself, in memory. Keras is imported when a model is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlang.backends.keras_model.problem import BuildError

if TYPE_CHECKING:
    import keras

    from archlang.graph.model import Graph

__all__ = ["BuildError", "build_model"]


def build_model(graph: Graph) -> keras.Model:
    """The functional Keras model of a graph, not compiled. BuildError where Keras refuses.

    Inputs and layers have the names of the graph. One output is the model's output, several are a dict by name.
    Modules of layers written in Python are imported, which runs their code.
    """
    from archlang.backends.keras_model.model import build

    return build(graph)

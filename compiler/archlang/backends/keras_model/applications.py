"""Building a network of keras.applications in memory, behind its own preprocessing where that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from archlang.backends import applications
from archlang.backends.keras_model.objects import keras_object, named, python_arguments
from archlang.backends.keras_model.problem import build_error
from archlang.graph.model import Layer


class Application:
    """A network and what prepares its images; called as a layer is."""

    def __init__(self, layer: Layer) -> None:
        self.model = _model(layer)
        self.model.trainable = layer.trainable
        self.preprocess = applications.preprocessing(layer)

    def __call__(self, inputs: Any) -> Any:
        if self.preprocess is not None:
            if applications.is_cast(inputs.dtype):
                inputs = named("keras.ops.cast")(inputs, "float32")
            inputs = named(self.preprocess)(inputs)
        return self.model(inputs)


def _is_download(cause: Exception) -> bool:
    """Whether a failure is that of a download, or of what an earlier one left."""
    broken = isinstance(cause, OSError) or "corrupted file" in str(cause)
    return broken or "URL fetch failure" in str(cause)


def _model(layer: Layer) -> Any:
    builder = keras_object(applications.entry_of(layer))
    try:
        model: Any = builder(**python_arguments(applications.builder_arguments(layer)))
    except Exception as cause:  # a download that fails raises plain Exception
        path = applications.weights_file(layer)
        if path is not None and not Path(path).is_file():
            raise build_error(
                "E0903",
                f"`{path}` is not there, from which the weights of `{layer.class_name}` should come",
                layer.span,
                cause=cause,
                help="paths are relative to the current folder",
            ) from cause
        if applications.downloads(layer) and _is_download(cause):
            raise build_error(
                "E0903",
                f"the weights of `{layer.class_name}` can't be downloaded",
                layer.span,
                cause=cause,
                help="connect to the network once (Keras keeps them in ~/.keras), or give `weights` a file that holds "
                "them, or None",
            ) from cause
        raise build_error(
            "E0903", f"`{layer.class_name}` can't be built", layer.span, cause=cause
        ) from cause
    if not applications.is_wrapped(layer):
        return model
    outputs: list[Any] = [model.get_layer(name).output for name in applications.chosen(layer)]
    return keras.Model(
        model.input,
        outputs if len(outputs) > 1 else (outputs or [model.output])[0],
        name=layer.name,
    )

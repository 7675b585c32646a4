"""Making the Keras layer of each kind of `Layer`; nested models are left to whoever builds graphs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import keras

from archlang.backends.freezing import constructor_arguments
from archlang.backends.keras_model.applications import Application
from archlang.backends.keras_model.learned_tensor import LearnedTensor
from archlang.backends.keras_model.objects import keras_object, python_arguments
from archlang.backends.keras_model.problem import build_error
from archlang.catalogue import Entry, load
from archlang.graph.model import Graph, Layer

# Keras has hardly any types, so its objects are Any here.
BuildGraph = Callable[[Graph, str], Any]


def make_layer(layer: Layer, build_graph: BuildGraph) -> Any:
    """The Keras object of a layer, under its name; what is called is this object."""
    match layer.kind:
        case "layers":
            return keras_object(_entry(layer))(**_arguments(layer))
        case "learned":
            return LearnedTensor(**_arguments(layer))
        case "python":
            return _python_layer(layer)
        case "applications":
            return Application(layer)
        case "model":
            return _nested_model(layer, build_graph)


def _arguments(layer: Layer) -> dict[str, Any]:
    return {**python_arguments(constructor_arguments(layer)), "name": layer.name}


def _entry(layer: Layer) -> Entry:
    entry = load().get(layer.kind, layer.class_name)
    if entry is None:
        raise build_error("E0901", f"Keras has no {layer.class_name}", layer.span)
    return entry


def _nested_model(layer: Layer, build_graph: BuildGraph) -> Any:
    assert layer.graph is not None
    model = build_graph(layer.graph, layer.name)
    weights = layer.args.get("weights")
    if isinstance(weights, str):
        _load_weights(model, weights, layer)
    if not layer.trainable:
        # Set to True, it would thaw what is frozen inside.
        model.trainable = False
    return model


def _load_weights(model: Any, path: str, layer: Layer) -> None:
    if not os.path.isfile(path):
        help = (
            "train the model that they come from first; the path is relative to the current folder"
        )
        raise build_error(
            "E0904",
            f"there is no file {path} to load weights of `{layer.name}` from",
            layer.span,
            help=help,
        )
    try:
        if path.endswith(".keras"):
            # The nested model itself, or a model with it inside.
            models: Any = keras.models
            saved: Any = models.load_model(path, compile=False)
            inside = saved.name not in (layer.class_name, layer.name)
            source: Any = saved.get_layer(layer.class_name) if inside else saved
            model.set_weights(source.get_weights())
        else:
            model.load_weights(path)
    except Exception as cause:  # whatever the file holds: the readers raise errors of many classes
        message = f"the weights of `{layer.name}` can't be loaded from {path}"
        raise build_error("E0904", message, layer.span, cause=cause) from cause


# ------------------------------------------------------------------ layers written in Python


def _python_layer(layer: Layer) -> Any:
    found = python_class(layer)
    try:
        return found(**_arguments(layer))
    except Exception as cause:  # the class is the user's own
        message = f"`{layer.class_name}` of {layer.module} can't be constructed"
        help = "its constructor takes the arguments declared, and **kwargs for `super().__init__`"
        raise build_error("E0902", message, layer.span, cause=cause, help=help) from cause


def python_class(layer: Layer) -> Any:
    """The class of a layer written in Python; imports its module, which runs the module's code."""
    assert layer.module is not None
    try:
        with _current_folder_importable():
            module = importlib.import_module(layer.module)
    except Exception as cause:  # the module is the user's own
        message = f"the module {layer.module} of `{layer.class_name}` can't be imported"
        raise build_error("E0902", message, layer.span, cause=cause) from cause
    found = getattr(module, layer.class_name, None)
    # A document may name any module: only classes of layers are ever called.
    if not isinstance(found, type) or not issubclass(found, keras.layers.Layer):
        what = (
            "is no layer: it must derive from `keras.layers.Layer`"
            if found is not None
            else "is not there"
        )
        raise build_error("E0902", f"`{layer.class_name}` of {layer.module} {what}", layer.span)
    return found


@contextmanager
def _current_folder_importable() -> Generator[None]:
    """Modules beside the spec are found as they are by a script that is run there; `archc` is started elsewhere."""
    folder = os.getcwd()
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)

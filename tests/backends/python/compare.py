"""Whether two Keras models are the same: layers, names, configurations, connections, weights in order."""

from __future__ import annotations

import json
from typing import Any

import keras


def load_script(code: str) -> dict[str, Any]:
    """The names that a generated script defines; its `main` does not run."""
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(code, "generated.py", "exec"), namespace)
    return namespace


def described(build: Any) -> dict[str, Any]:
    """A model, built with Keras's counters at their beginning, as plain data."""
    keras.utils.clear_session()
    model = build()
    return {
        "config": _plain(model.get_config()),
        "layers": [layer.name for layer in model.layers],
        "weights": [(w.path, tuple(w.shape), w.dtype, w.trainable) for w in model.weights],
        "trainable": [w.path for w in model.trainable_weights],
        "params": model.count_params(),
    }


def _plain(config: Any) -> Any:
    """A configuration without the place where the class of learned tensors is defined."""
    text = json.dumps(config, default=str, sort_keys=True)

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get("class_name") == "LearnedTensor":
                value = {**value, "module": None}
            return {k: strip(v) for k, v in value.items()}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return value

    return strip(json.loads(text))

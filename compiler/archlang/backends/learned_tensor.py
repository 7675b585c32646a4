"""The text of the layer class `LearnedTensor`, for generated programs.

It is the text of the class that models built in memory use, so the two cannot differ.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

_FILE = "keras_model/learned_tensor.py"


@cache
def learned_tensor_source() -> str:
    """The class with its decorator; it needs `import keras` and `from keras import ops`."""
    text = resources.files("archlang.backends").joinpath(_FILE).read_text("utf-8")
    return text[text.index("@keras.saving") :].strip() + "\n"

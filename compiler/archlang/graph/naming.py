"""Layer names: by where a layer stands, numbered within its model or block.

`conv2d_2` is the second Conv2D of a model, `residual_3_conv2d_1` the first in the third use of the block Residual: adding a layer in
one block renames nothing in another. Both the models built in memory and generated code name layers so.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache


@cache
def snake(class_name: str) -> str:
    """`BatchNormalization` as `batch_normalization`, `Conv2D` as `conv2d`, `ReLU` as `relu`, `LSTM` as `lstm`."""
    name = class_name.replace("ReLU", "Relu").replace("PRelu", "Prelu").replace("ELU", "Elu")
    name = re.sub(r"([a-z0-9])([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return re.sub(r"(\d)_?D(?=$|_|[A-Z])", r"\1d", name).lower()


class Names:
    """Gives names in one use of a body; `prefix` is `residual_3_` in a block."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self._counts: Counter[str] = Counter()

    def number(self, class_name: str) -> str:
        """The name of the next layer or block of that class."""
        kind = snake(class_name)
        self._counts[kind] += 1
        return f"{self.prefix}{kind}_{self._counts[kind]}"

    def chosen(self, name: str) -> str:
        """A name that the spec gives (`name=proj`), with the block's prefix."""
        return self.prefix + name

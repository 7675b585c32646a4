"""The text of what searches for sequences, for generated programs.

It is the text that models built in memory use, so the two cannot differ.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def steps_source(carries: bool) -> str:
    """The class `Steps`, which carries states or runs the whole prefix; it needs `import numpy as np`."""
    return _source("generation_states.py" if carries else "generation_prefix.py")


@cache
def search_sources() -> dict[str, str]:
    """The functions that search, by name; they need `import numpy as np`."""
    parts = ["def " + part for part in _source("generation_search.py").split("\ndef ")]
    parts[0] = parts[0].removeprefix("def ")
    return {part.partition("(")[0].removeprefix("def "): part.strip() + "\n" for part in parts}


@cache
def with_states_source() -> str:
    """The function `with_states`; it needs `from keras import layers`."""
    return _source("generation_layers.py", "from keras import layers\n")


def _source(name: str, head: str = "import numpy as np\n") -> str:
    text = resources.files("archlang.backends").joinpath(f"keras_model/{name}").read_text("utf-8")
    return text[text.index(head) + len(head) :].strip() + "\n"

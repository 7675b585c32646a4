"""Arguments for which Keras takes one of a few words: `padding`, `data_format`."""

from __future__ import annotations

from archlang.shapes.rule import LayerCall
from archlang.shapes.values import bad_value


def padding_word(call: LayerCall, *, causal: bool = False, lenient: bool = True) -> str:
    """`valid` or `same`, `causal` where a layer knows it; pooling takes them in lower case only."""
    value = call.args.get("padding", "valid")
    allowed = ("valid", "same", "causal") if causal else ("valid", "same")
    text = value.lower() if lenient and isinstance(value, str) else value
    if text not in allowed:
        raise bad_value(call, "padding", value, " or ".join(allowed))
    return str(text)


def is_channels_first(call: LayerCall, *, lenient: bool = True) -> bool:
    """Whether `data_format` puts the channels before the spatial axes."""
    value = call.args.get("data_format")
    if value is None:
        return False
    text = str(value).lower() if lenient else value
    if text not in ("channels_last", "channels_first"):
        raise bad_value(call, "data_format", value, "channels_last or channels_first")
    return text == "channels_first"

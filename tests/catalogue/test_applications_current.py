"""`grammar/applications.jsonl` is that of the installed Keras: some lines of it, made anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FILE = Path(__file__).resolve().parents[2] / "grammar" / "applications.jsonl"


@pytest.mark.parametrize("name", ["VGG16", "EfficientNetV2B0", "ConvNeXtTiny"])
def test_current(name: str) -> None:
    import keras

    from tools.applications.write import line

    head, *lines = [json.loads(text) for text in FILE.read_text("utf-8").splitlines()]
    assert head["keras"] == keras.__version__
    stored: dict[str, Any] = next(item for item in lines if item["name"] == name)
    assert json.loads(json.dumps(line(name))) == stored

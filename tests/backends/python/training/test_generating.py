"""What scripts of models that generate hold, as text; `tests/backends/keras_model/test_generation.py` runs them."""

from __future__ import annotations

import pytest

from tests.backends.keras_model.generating import CARRYING, WHOLE, script_of


@pytest.mark.parametrize("name", [*CARRYING, *WHOLE])
def test_only_what_the_model_needs_is_there(name: str) -> None:
    text = script_of(name)
    compile(text, name, "exec")
    assert ("def with_states(" in text) is (name in CARRYING)
    assert ("def build_encoder(" in text) is ("for Translate" in {**CARRYING, **WHOLE}[name])
    assert text.count("class Steps:") == 1
    assert "archlang" not in text.split('"""', 2)[2].replace("# archlang: ", "")
    parts = text[text.index("def build_decoder(") : text.index("def predict(")]
    assert max(len(line) for line in parts.splitlines()) <= 88
    assert script_of(name) == text


def test_options_stand_on_the_command_line() -> None:
    text = script_of("Gru")
    for option in ("--max-length", "--temperature", "--top-k", "--beams"):
        assert f'"{option}"' in text

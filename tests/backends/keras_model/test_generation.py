"""`generate` of built models and of scripts: equal to running the whole model for each id, and cheap where it can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from archlang.backends.generation_masks import maskable
from archlang.backends.keras_model import generation_parts
from archlang.backends.keras_model.generation_search import beam_search, search
from archlang.graph.decoding import decoding
from archlang.source import Source
from tests.backends.keras_model.generating import (
    CARRYING,
    END,
    LENGTH,
    START,
    WHOLE,
    Anew,
    graph_of,
    script_of,
    sources,
    with_weights,
)

pytestmark = pytest.mark.slow

WAYS: dict[str, dict[str, Any]] = {
    "greedy": {},
    "beams": {"beams": 3},
    "drawn": {"temperature": 0.8, "seed": 5},
    "of the best": {"top_k": 3, "seed": 6},
}


def anew(model: Any, source: np.ndarray | None, rows: int, way: dict[str, Any]) -> np.ndarray:
    """The same search with the whole model run for each id."""
    steps = Anew(model, source, rows)
    begun = (np.full(rows, START), np.zeros((rows, 0), "int32"), [0, START], END, LENGTH)
    if "beams" in way:
        return beam_search(steps, *begun, way["beams"])
    top_k = way.get("top_k", 0)
    rng = np.random.default_rng(way.get("seed", 0))
    return search(steps, *begun, way.get("temperature") or float(top_k > 0), top_k, rng)


@pytest.mark.parametrize("name", [*CARRYING, *WHOLE])
def test_equals_running_the_whole_model_for_each_id(name: str) -> None:
    graph = graph_of(name)
    plan = maskable(graph)
    assert plan is not None
    assert plan.carries is (name in CARRYING)
    model = with_weights(graph, 1)
    first = model.get_weights()
    second = with_weights(graph, 2).get_weights()
    prompts = np.zeros((4, 0), "int32")
    for weights in (first, second):
        model.set_weights(weights)
        source = sources() if plan.inputs else None
        for label, way in WAYS.items():
            if source is None:
                found = model.generate(prompts=prompts, **way)
            else:
                found = model.generate(source, **way)
            assert (found == anew(model, source, 4, way)).all(), (name, label)
            assert not np.isin(found, [START, END]).any()


@pytest.mark.parametrize("name", ["Stacked", "Speaker", "Nested", "Joined"])
def test_scripts_generate_the_same(name: str, tmp_path: Path) -> None:
    graph = graph_of(name)
    script: dict[str, Any] = {"__name__": "script"}
    exec(compile(script_of(name), name, "exec"), script)
    model = with_weights(graph, 3)
    plan = decoding(graph)
    assert plan is not None
    source = sources() if plan.inputs else np.array([[3, 4, 0], [5, 0, 0]])
    loaded = tmp_path / "model.keras"
    model.save(loaded)
    for way in WAYS.values():
        built = (
            model.generate(source, **way) if plan.inputs else model.generate(prompts=source, **way)
        )
        assert (script["generate"](keras.models.load_model(loaded), source, **way) == built).all()
    # Generating leaves the model as it was: it can still be saved.
    model.save(loaded)
    assert script["MAX_LENGTH"] == LENGTH


@pytest.mark.parametrize("name", ["Attends", "Transformer"])
def test_a_batch_equals_its_single_examples(name: str) -> None:
    model = with_weights(graph_of(name), 4)
    source = sources()
    for way in ({}, {"beams": 3}):
        together = model.generate(source, **way)
        alone = [model.generate(source[row : row + 1], **way) for row in range(len(source))]
        assert (together == np.concatenate(alone)).all()
        assert (together == model.generate(source, batch_size=3, **way)).all()


@pytest.mark.parametrize("name", ["Attends", "Transformer"])
def test_the_encoder_runs_once_for_a_sequence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(name)
    model = with_weights(graph, 5)
    plan = decoding(graph)
    assert plan is not None
    seen: list[int] = []
    encoder = generation_parts.build_encoder(model, plan)
    decoder_layers = {layer.name for layer in generation_parts.build_decoder(model, plan).layers}
    own = {layer.name for layer in encoder.layers if not isinstance(layer, keras.layers.InputLayer)}
    # What runs for each id has nothing of what runs once.
    assert not own & decoder_layers

    class Counted:
        def predict(self, x: np.ndarray, batch_size: int, verbose: int) -> Any:
            seen.append(len(x))
            return encoder.predict(x, batch_size, verbose=verbose)

    generator = model.generate.__self__
    generator.parts = (Counted(), generation_parts.build_decoder(model, plan))
    model.generate(sources(4), beams=3)
    assert seen == [4]


def test_prompts_are_gone_on_from() -> None:
    model = with_weights(graph_of("Speaker"), 6)
    whole = model.generate(prompts=np.zeros((1, 0), "int32"))[0]
    first = whole[:3]
    assert first.all()
    behind = model.generate(prompts=np.array([[*first, 0], [*first[:2], 0, 0]]))
    assert (behind[0] == [*whole[3:], 0, 0, 0]).all()
    assert (behind[1] == [*whole[2:], 0, 0]).all()


def test_the_seed_decides_what_is_drawn() -> None:
    model = with_weights(graph_of("Gru"), 7)
    source = sources()
    drawn = [model.generate(source, temperature=1.5, seed=seed) for seed in (1, 1, 2)]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()


def test_arguments_that_do_not_go_together() -> None:
    model = with_weights(graph_of("Gru"), 8)
    with pytest.raises(ValueError, match="beam search draws nothing"):
        model.generate(sources(), beams=2, temperature=1.0)
    with pytest.raises(ValueError, match="needs the inputs source"):
        model.generate()
    with pytest.raises(ValueError, match="2 prompts for 4 examples"):
        model.generate(sources(), prompts=np.array([[3], [4]]))
    for wrong in ({"beams": 0}, {"max_length": 0}, {"top_k": -1}, {"temperature": -1.0}):
        with pytest.raises(ValueError, match="are positive"):
            model.generate(sources(), **wrong)


def test_prompts_that_can_not_be_gone_on_from() -> None:
    model = with_weights(graph_of("Speaker"), 8)
    with pytest.raises(ValueError, match="needs `prompts`"):
        model.generate()
    wrong: dict[str, Any] = {
        "prompt 1 holds 13, but ids go from 0 to 12": [[3, 4], [5, 13]],
        "prompt 0 holds -1, but ids go from 0 to 12": [[-1, 4]],
        "prompt 0 holds 1, but ids go from 0 to 12, those that begin and end": [[START, 4]],
        "prompt 1 has padding before its end": [[3, 0, 0], [5, 0, 4]],
        "prompt 0 has 7 ids already, but a sequence can be 7 long": [[3, 4, 5, 6, 7, 8, 9]],
        r"an array of ids \[sequences, ids\], not int64 of shape \(2,\)": [3, 4],
        "an array of ids .*, not float64": [[0.5]],
    }
    for message, prompts in wrong.items():
        with pytest.raises(ValueError, match=message):
            model.generate(prompts=np.array(prompts))
    assert model.generate(prompts=np.zeros((0, 3), "int32")).shape == (0, LENGTH)
    # One id less is not too long.
    assert model.generate(prompts=np.array([[3, 4, 5, 6, 7, 8]])).shape == (1, LENGTH)


def test_without_a_start_a_prompt_holds_an_id() -> None:
    model: Any = api.build(api.check(Source("speaker.arch", SPEAKER)).graphs["Speaker"])
    with pytest.raises(ValueError, match="prompt 1 is empty, but without a `start`"):
        model.generate(prompts=np.array([[3, 4], [0, 0]]))
    assert model.generate(prompts=np.array([[3, 4], [5, 0]])).shape == (2, 5)
    assert model.generate(prompts=np.zeros((0, 2), "int32")).shape == (0, 5)


SPEAKER = """
model Speaker {
    input so_far: shifted(line)
    output line: generation(vocab=9, max_length=5)
    Embedding(9, 4) -> GRU(4, return_sequences=True)
    head
}
"""

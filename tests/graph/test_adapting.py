"""Layers that learn before training: which inputs reach them, and where they can't learn."""

from __future__ import annotations

import pytest

from archlang.graph.adapting import adapted
from tests.graph.elaborating import graph, problem, problems

ARRAYS = 'data = npz("a.npz")'


def model(body: str, inputs: str = "input text: string", data: str = ARRAYS) -> str:
    lines = "\n    ".join(
        [
            *inputs.split("; "),
            "output yes: binary_classification()",
            *([data] if data else []),
            *body.split("\n"),
        ]
    )
    return f"model M {{\n    {lines}\n}}\n"


def learnt(text: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(each.path, each.inputs) for each in adapted(graph(text))]


WORDS = "TextVectorization(max_tokens=9, output_sequence_length=4) -> Embedding(9, 2) -> Flatten\n"


def test_an_input_flows_straight_into_a_vocabulary() -> None:
    assert learnt(model(f"{WORDS}head")) == [(("text_vectorization_1",), ("text",))]


def test_something_computed_flows_in() -> None:
    text = model("ops.abs\nNormalization\nhead", "input x: float32[2]")
    assert learnt(text) == [(("normalization_1",), ())]


def test_given_states_are_not_learnt() -> None:
    text = model(
        'a -> StringLookup(vocabulary=["u"], output_mode=multi_hot) as words\n'
        "b -> Normalization(mean=0.5, variance=2.0) as size\n"
        "c -> Discretization(bin_boundaries=[0.0], output_mode=one_hot) -> Flatten as bins\n"
        "[words, size, bins] -> Concatenate\nhead",
        "input a: string[2]; input b: float32[1]; input c: float32[1]",
    )
    assert learnt(text) == []


def test_one_vocabulary_for_two_inputs() -> None:
    text = model(
        "shared words = TextVectorization(max_tokens=9, output_sequence_length=4)\n"
        "a -> words -> Embedding(9, 2) -> Flatten as left\n"
        "b -> words -> Embedding(9, 2) -> Flatten as right\n[left, right] -> Concatenate\nhead",
        "input a: string; input b: string",
    )
    assert learnt(text) == [(("words",), ("a", "b"))]


def test_a_vocabulary_in_a_nested_model() -> None:
    text = "model Words {\n    input words: string\n    " + WORDS.replace("\n", "") + "\n}\n"
    text += model("Words\nhead")
    assert learnt(text) == [(("Words", "text_vectorization_1"), ("text",))]


def test_a_nested_model_that_reads_two_inputs_learns_from_both() -> None:
    text = "model Words {\n    input words: string\n    " + WORDS.replace("\n", "") + "\n}\n"
    text += model(
        "[a -> Words, b -> Words] -> Concatenate\nhead", "input a: string; input b: string"
    )
    assert learnt(text) == [(("Words", "text_vectorization_1"), ("a", "b"))]


def test_a_shared_layer_learns_from_inputs_only() -> None:
    text = model(
        "shared scale = Normalization()\nx -> scale as one\nx -> ops.abs -> scale as two\n"
        "[one, two] -> Concatenate\nhead",
        "input x: float32[2]",
    )
    assert problem(text).code == "E0346"


def test_a_model_with_weights_from_elsewhere_learns_nothing() -> None:
    text = (
        "model Scaled {\n    input x: float32[2]\n    Normalization -> Dense(3)\n}\n"
        + model("Scaled\nhead", "input x: float32[2]").replace("model M", "model First")
        + model("frozen Scaled(weights=First)\nhead", "input x: float32[2]")
    )
    found = problem(text)
    assert found.code == "E0346"
    assert "weights are taken over" in found.message


@pytest.mark.parametrize(
    ("before", "codes"),
    [
        ("Dense(4)", ["E0345"]),
        ("Rescaling(2)", []),
        ("frozen Dense(4)", []),
        ("BatchNormalization", ["E0345"]),
        ("Dense(4) -> ops.abs -> Reshape((4,))", ["E0345"]),
    ],
)
def test_what_trains_in_front_is_refused(before: str, codes: list[str]) -> None:
    text = model(f"{before}\nNormalization\nhead", "input x: float32[2]")
    assert [found.code for found in problems(text)] == codes


def test_a_learned_tensor_in_front_is_refused() -> None:
    text = model(
        "learned bias: float32[2] = Zeros()\n[x, bias] -> Add -> Normalization\nhead",
        "input x: float32[2]",
    )
    assert problem(text).code == "E0345"


def test_a_nested_model_in_front_is_looked_into() -> None:
    text = "model Wide {\n    input x: float32[2]\n    Dense(4)\n}\n"
    text += model("Wide -> Normalization\nhead", "input x: float32[2]")
    assert problem(text).code == "E0345"


def test_without_a_task_nothing_is_trained() -> None:
    text = "model M {\n    input x: float32[2]\n    Dense(4) -> Normalization\n}\n"
    assert "E0345" not in [found.code for found in problems(text)]


# ------------------------------------------------------------------ vocabularies and embeddings


@pytest.mark.parametrize(
    ("lookup", "rows"),
    [
        ("TextVectorization(max_tokens=9, output_sequence_length=4)", 9),
        ('TextVectorization(vocabulary=["u", "v"], output_sequence_length=4)', 4),
        ('TextVectorization(vocabulary=["", "[UNK]", "v"], output_sequence_length=4)', 3),
        ('StringLookup(vocabulary=["u", "v"])', 3),
        ('StringLookup(vocabulary=["u", "v"], num_oov_indices=3)', 5),
        ('StringLookup(vocabulary=["u", "v"], mask_token="")', 4),
        ("StringLookup(max_tokens=7)", 7),
        ("Hashing(5)", 5),
        ("StringLookup(max_tokens=7) -> Reshape((3, 1)) -> Permute((2, 1))", 7),
    ],
)
def test_every_number_of_a_vocabulary_needs_a_row(lookup: str, rows: int) -> None:
    inputs = "input text: string" if "Text" in lookup else "input text: string[3]"
    body = f"{lookup} -> Embedding(ROWS, 2) -> Flatten\nhead"
    assert problems(model(body.replace("ROWS", str(rows)), inputs)) == []
    found = problem(model(body.replace("ROWS", str(rows - 1)), inputs))
    assert (found.code, found.label) == ("E0347", f"{rows} rows needed")


def test_bins_of_numbers_need_rows() -> None:
    body = "Discretization(num_bins=4) -> Embedding({}, 2) -> Flatten\nhead"
    assert problems(model(body.format(4), "input x: float32[1]")) == []
    assert problem(model(body.format(3), "input x: float32[1]")).code == "E0347"


def test_an_embedding_in_a_nested_model_is_found() -> None:
    text = "model Reader {\n    input ids: int64[4]\n    Embedding(8, 2) -> Flatten\n}\n"
    text += model("TextVectorization(max_tokens=9, output_sequence_length=4) -> Reader\nhead")
    assert problem(text).code == "E0347"


def test_several_vocabularies_may_be_put_beside_each_other() -> None:
    text = model(
        "[StringLookup(max_tokens=5), StringLookup(max_tokens=9)] -> Concatenate -> Embedding(8, 2) -> Flatten\nhead",
        "input text: string[1]",
    )
    assert problem(text).label == "9 rows needed"


def test_what_is_computed_from_numbers_is_not_spoken_of() -> None:
    text = model(
        "TextVectorization(max_tokens=9, output_sequence_length=4) -> ops.minimum(3) -> Embedding(4, 2) -> Flatten\nhead"
    )
    assert problems(text) == []


def test_a_vocabulary_of_open_size_is_warned_of() -> None:
    text = model("TextVectorization(output_sequence_length=4) -> Embedding(9, 2) -> Flatten\nhead")
    assert problem(text).code == "W1342"

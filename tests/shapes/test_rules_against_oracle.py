"""The shape rules of layers give what Keras was recorded to answer, and refuse what it refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.oracle_files import ORACLE, needs_oracle
from tests.shapes.oracle import check, check_batch_none, records, refusal

LAYERS = re.compile(
    "Dense|EinsumDense|Embedding|ReversibleEmbedding|Identity|Masking|Activation|ReLU|LeakyReLU|"
    "PReLU|ELU|Softmax|(Gaussian|Alpha|)Dropout|SpatialDropout.D|GaussianNoise|"
    "ActivityRegularization|Flatten|Reshape|Permute|RepeatVector|Add|Subtract|Multiply|Average|"
    "Maximum|Minimum|Concatenate|Dot|(Batch|Layer|Group|RMS|Unit|Spectral)Normalization|"
    "(Depthwise|Separable|)Conv.D(Transpose|)|.*Pooling.D|Cropping.D|ZeroPadding.D|UpSampling.D"
)
# Wrong in one argument by itself: the argument schemas refuse these.
SCHEMA_ARGUMENTS = {
    "activation", "kernel_constraint", "dtype", "name", "kernel_initializer", "bias_regularizer",
    "weights", "stride",
}  # fmt: skip


def of_these_layers(file: str) -> Iterator[dict[str, Any]]:
    if ORACLE.exists():
        yield from (r for r in records(file) if LAYERS.fullmatch(r["layer"]))


@needs_oracle
@pytest.mark.parametrize("file", ["keras_tests", "random_valid"])
def test_answers_agree(file: str) -> None:
    wrong = {r["id"]: found for r in of_these_layers(file) if (found := check(r))}
    assert wrong == {}


@needs_oracle
def test_answers_agree_for_any_batch() -> None:
    found = {r["id"]: check_batch_none(r) for r in of_these_layers("keras_tests")}
    assert {key: texts for key, texts in found.items() if texts} == {}


@needs_oracle
def test_what_keras_refuses_is_refused() -> None:
    accepted = [r for r in of_these_layers("invalid") if refusal(r) is None]
    left = [r for r in accepted if not SCHEMA_ARGUMENTS & set(r["init_kwargs"])]
    assert [(r["layer"], r["init_kwargs"]) for r in left] == [("Activation", {})]


@needs_oracle
def test_what_can_only_fail_is_refused() -> None:
    for record in of_these_layers("accepted_nonsense"):
        if not record["eager"]["ok"]:
            assert refusal(record) is not None, record

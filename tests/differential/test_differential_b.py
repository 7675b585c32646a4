"""A bounded, seeded part of the differential runs of ops and of sequence and data layers."""

from __future__ import annotations

import pytest

from tests.differential import ops, sequences

pytestmark = pytest.mark.slow


def test_ops_agree_with_keras() -> None:
    assert ops.disagreements(600, seed=7) == []


def test_layers_agree_with_keras() -> None:
    assert sequences.disagreements(200, seed=7) == []

"""Random calls of single layers: the shape rules say what Keras says."""

from __future__ import annotations

import random

import pytest

from tests.differential.single_layers import layers, random_case

CASES_A_LAYER = 25


@pytest.mark.slow
@pytest.mark.parametrize("layer", layers())
def test_rule_agrees_with_keras(layer: str) -> None:
    from tests.differential.live_keras import disagreement

    rng = random.Random(layer)
    for _ in range(CASES_A_LAYER):
        case = random_case(rng, layer)
        assert disagreement(case) is None, case

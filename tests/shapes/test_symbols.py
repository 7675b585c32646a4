"""Rules on open dimensions, unknown tensors and senseless arguments.

A rule asked with a symbol gives, at every length, what it gives for that length; on a tensor of
which nothing is known it refuses nothing but its own arguments; and it never fails with another
exception.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from archlang.shapes.dims import Sym, symbol
from archlang.shapes.rule import LayerCall, LayerResult, LayerValue, RuleError, apply
from archlang.shapes.spec import UNKNOWN, TensorSpec
from tests.differential.single_case import Case
from tests.differential.single_layers import layers, random_case
from tests.shapes.oracle import defaults
from tests.shapes.test_dims import evaluate

JUNK = (
    None, -1, 0, 1, True, 2.5, "x", "", [], [1], [1, 2, 3, 4, 5], [None], [[1]], ["a", "b"], {},
    {"a": 1},
    (0, 0), [[1, 2], 3], LayerValue("layers", "Dense", {"units": 2}), float("nan"), 10**30,
)  # fmt: skip


def call(case: Case, inputs: Any) -> LayerCall:
    return LayerCall(
        case.layer, defaults(case.layer) | _values(case.args), inputs, case.call_args or {}
    )


def _values(args: dict[str, Any]) -> dict[str, Any]:
    return {
        k: LayerValue("layers", v.layer, _values(v.args)) if isinstance(v, Case) else v
        for k, v in args.items()
    }


def ask(case: Case, inputs: Any) -> LayerResult | RuleError:
    try:
        return apply(call(case, inputs))
    except RuleError as refusal:
        return refusal


def _specs(inputs: Any, dim: Any) -> Any:
    """The tensors, with `dim` for their open axes."""
    if isinstance(inputs, list):
        return [_specs(item, dim) for item in inputs]
    batch, *dims = inputs.shape or (None,)
    return TensorSpec((batch, *(dim if n is None else n for n in dims)), inputs.dtype)


@pytest.mark.parametrize("layer", layers())
def test_a_symbol_stands_for_every_length(layer: str) -> None:
    rng = random.Random(layer)
    for _ in range(60):
        case = random_case(rng, layer)
        open_ = ask(case, _specs(case.inputs, symbol("t")))
        if isinstance(open_, RuleError):
            continue
        for length in (11, 12, 37):
            closed = ask(case, _specs(case.inputs, length))
            # At some lengths it cannot work, as where a symbol must be equal to a number.
            if isinstance(closed, LayerResult):
                assert _at(open_.outputs, length, closed.outputs), (case, open_, closed)
                assert open_.weights in (closed.weights, None)


def _at(outputs: Any, length: int, expected: Any) -> bool:
    if not isinstance(outputs, TensorSpec):
        return isinstance(outputs, list) or outputs == expected
    assert outputs.shape is not None
    return outputs.dtype == expected.dtype and all(
        a is None or b == (evaluate(a, {"t": length}) if isinstance(a, Sym) else a)
        for a, b in zip(outputs.shape, expected.shape, strict=True)
    )


@pytest.mark.parametrize("layer", layers())
def test_nothing_is_refused_of_unknown_tensors(layer: str) -> None:
    rng = random.Random(layer)
    for _ in range(40):
        case = random_case(rng, layer)
        if case.layer == "SpectralNormalization":
            continue
        known = ask(case, _specs(case.inputs, symbol("t")))
        unknown = [UNKNOWN] * len(case.inputs) if isinstance(case.inputs, list) else UNKNOWN
        if isinstance(known, LayerResult):
            assert isinstance(ask(case, unknown), LayerResult), case


def test_a_list_with_one_unknown_branch_is_not_refused() -> None:
    for layer in ("Add", "Average", "Concatenate"):
        result = ask(Case(layer, {}), [TensorSpec((None, 4), "float32"), UNKNOWN])
        assert isinstance(result, LayerResult)


@pytest.mark.parametrize("layer", layers())
def test_senseless_arguments_are_refused_or_ignored(layer: str) -> None:
    rng = random.Random(layer)
    for _ in range(150):
        case = random_case(rng, layer)
        names = sorted(set(defaults(layer)) | set(case.args))
        args = dict(case.args)
        for name in rng.sample(names, min(len(names), rng.randint(1, 3))):
            args[name] = rng.choice(JUNK)
        inputs = rng.choice([_specs(case.inputs, None), UNKNOWN, [], {}, [UNKNOWN, UNKNOWN]])
        ask(replace(case, args=args), inputs)


@pytest.mark.parametrize(
    ("layer", "args", "shape", "expected"),
    [
        ("Conv1D", {"filters": 8, "kernel_size": 3}, ("t", 4), "[t - 2, 8]"),
        (
            "Conv1D", {"filters": 8, "kernel_size": 3, "padding": "same", "strides": 2}, ("t", 4),
            "[ceil(t / 2), 8]",
        ),
        ("Conv1D", {"filters": 8, "kernel_size": 3, "padding": "causal"}, ("t", 4), "[t, 8]"),
        ("Conv1DTranspose", {"filters": 8, "kernel_size": 2, "strides": 2}, ("t", 4), "[2 * t, 8]"),
        ("MaxPooling1D", {"pool_size": 2}, ("t", 4), "[floor(t / 2), 4]"),
        ("UpSampling1D", {"size": 3}, ("t", 4), "[3 * t, 4]"),
        ("ZeroPadding1D", {"padding": 2}, ("t", 4), "[t + 4, 4]"),
        ("Cropping1D", {"cropping": (1, 2)}, ("t", 4), "[t - 3, 4]"),
        ("Flatten", {}, ("t", 4), "[4 * t]"),
        ("Reshape", {"target_shape": (-1, 2)}, ("t", 4), "[2 * t, 2]"),
        ("Permute", {"dims": (2, 1)}, ("t", 4), "[4, t]"),
        ("GlobalAveragePooling1D", {}, ("t", 4), "[4]"),
        ("Dense", {"units": 5}, ("t", 4), "[t, 5]"),
    ],
)  # fmt: skip
def test_symbols_are_kept(
    layer: str, args: dict[str, Any], shape: tuple[Any, ...], expected: str
) -> None:
    dims = (None, *(symbol(n) if isinstance(n, str) else n for n in shape))
    result = ask(Case(layer, args), TensorSpec(dims, "float32"))
    assert isinstance(result, LayerResult)
    assert str(result.outputs) == expected


def test_lengths_that_differ_for_certain_do_not_merge() -> None:
    long, short = (
        symbol("t"),
        apply(
            LayerCall(
                "Conv1D",
                defaults("Conv1D") | {"filters": 4, "kernel_size": 3},
                TensorSpec((None, symbol("t"), 4), "float32"),
            )
        ).outputs,
    )
    refused = ask(Case("Add", {}), [TensorSpec((None, long, 4), "float32"), short])
    assert isinstance(refused, RuleError)
    assert "axis 1 is t in one and t - 2 in the other" in refused.message

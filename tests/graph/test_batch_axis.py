"""What takes the batch axis: fails in Keras for all but one batch size, or gives an example what others decide."""

from __future__ import annotations

from typing import Any

import pytest

from archlang import api
from archlang.graph.model import Graph
from archlang.source import Source
from tests.graph.elaborating import graphs, problems, stack

FINE = (
    "ops.mean(axis=1)", "ops.softmax", "ops.flip(axis=1)", "ops.transpose((0, 2, 1))", "ops.reshape((-1, 12))",
    "ops.reshape((-1, 3, 4))", "ops.expand_dims(1)", "ops.expand_dims(1) -> ops.squeeze(1)", "ops.split(_, 2, axis=1) as a, _",
    "ops.take(0, axis=1)", "ops.cumsum(axis=-1)", "[_, ops.swapaxes(1, 2)] -> Dot(axes=(2, 1))", "ops.maximum(_, 0.5)",
    "ops.add(_, 1)", "ops.swapaxes(1, 2)", "ops.roll(1, axis=1)", "ops.pad([(0, 0), (1, 1), (0, 0)])", "ops.sort",
    'ops.einsum("bij,bkj->bik", _, _)', "ops.stack([_, _], axis=1)", "ops.concatenate([_, _], axis=1)", "ops.relu",
    "ops.norm(axis=(1, 2))", "ops.tile((1, 2, 1))", "ops.repeat(2, axis=1)", "ops.max(axis=(1, 2))", "Softmax(axis=1)",
    'EinsumDense("bij,jk->bik", (4, 5))', "Concatenate(axis=1)",
)  # fmt: skip
MIXED = (
    "ops.sum(axis=0)", "ops.mean", "ops.mean(axis=0, keepdims=True)", "ops.softmax(axis=0)", "ops.flip", "ops.flip(axis=-3)",
    "ops.transpose", "ops.reshape((4, -1))", "ops.reshape((-1, 6))", "ops.expand_dims(0)", "ops.cumsum(axis=0)", "ops.argmax(axis=0)",
    "ops.roll(1, axis=0)", "ops.sort(axis=0)", "ops.swapaxes(0, 1)", "ops.moveaxis(0, -1)", "ops.concatenate([_, _], axis=0)",
    "ops.stack([_, _], axis=0)", "ops.tile((2, 1, 1))", "ops.repeat(2, axis=0)", "ops.pad([(1, 0), (0, 0), (0, 0)])",
    "ops.take(0)", "ops.take([0, 1], axis=0)", 'ops.einsum("bij->ij", _)', 'ops.einsum("bij,cij->bc", _, _)', "ops.tensordot(_, _, 0)",
    "Softmax(axis=0)", "[x, x] -> Concatenate(axis=0)", 'EinsumDense("bij,jk->ibk", (None, 5))', "x[1:, :]", "x[::-1, 0]", "x[0]",
    "x[-1:, :]", "ops.logsumexp(axis=(0, 1))", "CenterCrop(2, 2)", "Resizing(4, 4)",
)  # fmt: skip
FAILS = (
    "ops.dot(_, _[:, 0])", "ops.add(_, _[:, 0])", "ops.matmul(_, _[:, 0])",
    'ops.einsum("bij,jk->bik", _, _[:, 0])', "ops.greater(_, _[:, 0])",
)  # fmt: skip


def codes(step: str) -> list[str]:
    return sorted({p.code for p in problems(text(step)) if p.code in ("E0338", "W1332")})


def text(step: str) -> str:
    given = (
        step.replace("Concatenate(axis=1)", "[x, x] -> Concatenate(axis=1)")
        if step[0] == "C"
        else step
    )
    lines = [given, "a"] if " as a" in given else [given]
    return stack(*lines, input="float32[4, 3]")


@pytest.mark.parametrize("step", FINE)
def test_examples_stay_apart(step: str) -> None:
    assert codes(step) == []
    assert apart(graphs(text(step))["M"])


@pytest.mark.parametrize("step", MIXED)
def test_examples_mixed(step: str) -> None:
    assert codes(step) == ["W1332"]
    assert not apart(graphs(text(step))["M"])


@pytest.mark.parametrize("step", FAILS)
def test_all_but_one_batch_size_fail(step: str) -> None:
    assert "E0338" in codes(step)
    graph = api.check(Source("test.arch", text(step))).graphs["M"]
    model = api.build(graph)
    for count in (2, 5, 7):  # with 4 or 3 examples, the sizes of the axes, they run
        with pytest.raises(Exception, match=r"."):
            model(numbers(count))


def apart(graph: Graph) -> bool:
    """Whether Keras gives each example the same, whatever else is in its batch."""
    import numpy as np

    model = api.build(graph)
    many = numbers(8)
    alone, together = model(many[1:5]), model(many)
    if len(together.shape) == 0 or together.shape[0] != 8 or alone.shape[0] != 4:
        return False
    if together[1:5].shape != alone.shape:
        return False
    return bool(np.allclose(np.asarray(together)[1:5], np.asarray(alone), atol=1e-5))


def numbers(count: int) -> Any:
    import numpy as np

    return np.random.default_rng(0).normal(size=(count, 4, 3)).astype("float32")

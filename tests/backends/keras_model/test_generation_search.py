"""The search alone, on distributions that are known: no Keras."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from archlang.backends.keras_model.generation_search import allowed, beam_search, search

START, END = 1, 2


class Known:
    """A distribution of the next id for each sequence so far, drawn once from a seed."""

    def __init__(self, rows: int, vocab: int, seed: int) -> None:
        self.so_far = [(row,) for row in range(rows)]
        self.vocab, self.seed = vocab, seed

    def logs(self, so_far: tuple[int, ...]) -> np.ndarray:
        scores = np.random.default_rng([self.seed, *so_far]).normal(size=self.vocab) * 2
        return scores - np.log(np.exp(scores).sum())

    def next(self, ids: np.ndarray) -> np.ndarray:
        self.so_far = [(*before, int(n)) for before, n in zip(self.so_far, ids, strict=True)]
        return np.stack([self.logs(so_far) for so_far in self.so_far])

    def keep(self, rows: np.ndarray) -> None:
        self.so_far = [self.so_far[row] for row in rows]


def begun(rows: int, length: int, prompts: np.ndarray | None = None) -> tuple:
    given = np.zeros((rows, 0), "int32") if prompts is None else prompts
    return np.full(rows, START), given, [0, START], END, length


def best_of_all(known: Known, row: int, length: int) -> list[int]:
    """The sequence of the highest mean log-probability, of all that there are."""
    best, found = -np.inf, []
    words = [n for n in range(known.vocab) if n not in (0, START, END)]
    for size in range(length + 1):
        for ids in product(words, repeat=size):
            whole = [*ids, END] if size < length else list(ids)
            total, so_far = 0.0, (row, START)
            for n in whole:
                total += known.logs(so_far)[n]
                so_far = (*so_far, n)
            if total / len(whole) > best:
                best, found = total / len(whole), list(ids)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_enough_beams_find_the_best_of_all_sequences(seed: int) -> None:
    rows, vocab, length = 3, 6, 4
    found = beam_search(Known(rows, vocab, seed), *begun(rows, length), 3**length + 40)
    for row in range(rows):
        best = best_of_all(Known(rows, vocab, seed), row, length)
        assert found[row].tolist() == best + [0] * (length - len(best))


def test_one_beam_is_the_greedy_search() -> None:
    for seed in range(8):
        greedy = search(Known(4, 7, seed), *begun(4, 6), 0.0, 0, np.random.default_rng(0))
        assert (beam_search(Known(4, 7, seed), *begun(4, 6), 1) == greedy).all()


def test_greedy_takes_the_likeliest_and_stops_at_the_end() -> None:
    for seed in range(8):
        found = search(Known(3, 7, seed), *begun(3, 6), 0.0, 0, np.random.default_rng(0))
        for row in range(3):
            so_far: tuple[int, ...] = (row, START)
            for n in found[row]:
                logs = Known(3, 7, seed).logs(so_far)
                logs[[0, START]] = -np.inf
                if n == 0:
                    assert logs.argmax() == END
                    break
                assert logs.argmax() == n
                so_far = (*so_far, int(n))


class Constant:
    """The same distribution at each step."""

    def __init__(self, probabilities: list[float]) -> None:
        self.logs = np.log(probabilities)

    def next(self, ids: np.ndarray) -> np.ndarray:
        return np.repeat(self.logs[None], len(ids), axis=0)

    def keep(self, rows: np.ndarray) -> None:
        pass


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 0), (0.5, 0), (2.0, 0), (1.0, 2)])
def test_draws_come_as_often_as_they_should(temperature: float, top_k: int) -> None:
    probabilities = np.array([0.1, 0.1, 0.1, 0.4, 0.2, 0.1])
    rows = 20_000
    begin = (*begun(rows, 1)[:2], [0, START], -1, 1)
    rng = np.random.default_rng(0)
    found = search(Constant(list(probabilities)), *begin, temperature, top_k, rng)
    weights = np.where(np.isin(np.arange(6), [0, START]), 0, probabilities) ** (1 / temperature)
    if top_k:
        weights[np.argsort(-weights)[top_k:]] = 0
    weights[[0, START]] = 0
    shares = np.bincount(found[:, 0], minlength=6) / rows
    # Four standard deviations of a share of 20,000.
    assert np.abs(shares - weights / weights.sum()).max() < 4 * 0.5 / rows**0.5


def test_prompts_are_kept_to() -> None:
    prompts = np.array([[3, 4, 5], [6, 0, 0], [0, 0, 0]])
    for found in (
        search(Known(3, 9, 1), *begun(3, 6, prompts), 1.0, 0, np.random.default_rng(3)),
        beam_search(Known(3, 9, 1), *begun(3, 6, prompts), 4),
    ):
        assert found[0, :3].tolist() == [3, 4, 5]
        assert found[1, 0] == 6


def test_padding_and_the_start_are_ruled_out() -> None:
    scores = allowed(np.zeros((2, 5)), np.array([[0, 0], [0, 4]]), [0, START], 1)
    assert scores[0].tolist() == [-np.inf, -np.inf, 0, 0, 0]
    assert scores[1].tolist() == [-np.inf, -np.inf, -np.inf, -np.inf, 0]

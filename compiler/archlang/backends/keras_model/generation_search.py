"""Searching for a sequence, an id at a time. Generated programs hold a copy of these functions, read from this file.

What is searched is given by `steps`: `steps.next(ids)` appends an id to each row and gives the log-probabilities of
the next, `steps.keep(rows)` goes on with those rows, of which some may stand several times.
"""

# pyright: basic
# Written as scripts show it; lines of 88 columns.

import numpy as np


def search(
    steps,
    last: np.ndarray,
    prompts: np.ndarray,
    never: list[int],
    end: int,
    max_length: int,
    temperature: float,
    top_k: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Go on from the last ids, each with the likeliest next one or a drawn one."""
    ids = np.zeros((len(last), max_length), "int32")
    ended = np.zeros(len(last), bool)
    for step in range(max_length):
        scores = allowed(steps.next(last), prompts, never, step)
        if top_k:
            least = np.sort(scores, axis=1)[:, -min(top_k, scores.shape[1]), None]
            scores[scores < least] = -np.inf
        if temperature:
            # The largest after Gumbel noise is a draw from the softmax.
            scores = scores / temperature + rng.gumbel(size=scores.shape)
        last = np.where(ended, 0, scores.argmax(axis=1))
        ended |= last == end
        ids[~ended, step] = last[~ended]
        if ended.all():
            break
    return ids


def beam_search(
    steps,
    last: np.ndarray,
    prompts: np.ndarray,
    never: list[int],
    end: int,
    max_length: int,
    beams: int,
) -> np.ndarray:
    """Go on from the last ids, each in several ways at a time, and give the likeliest.

    Sequences of different lengths are compared by their mean log-probability for an id.
    """
    rows = len(last)
    copies = np.repeat(np.arange(rows), beams)
    steps.keep(copies)
    last, prompts = last[copies], prompts[copies]
    ids = np.zeros((rows * beams, max_length), "int32")
    ended = np.zeros(rows * beams, bool)
    # What is given does not count.
    lengths = -np.count_nonzero(prompts, axis=1)[:, None]
    # All beams of a row are the same at first, so only one of them counts.
    totals = np.where(np.arange(rows * beams) % beams == 0, 0.0, -np.inf)[:, None]
    for step in range(max_length):
        scores = allowed(steps.next(last), prompts, never, step)
        # What has ended goes on with padding, which costs nothing.
        scores[ended] = np.where(np.arange(scores.shape[1]) == 0, 0.0, -np.inf)
        totals, lengths = totals + scores, lengths + ~ended[:, None]
        means = (totals / np.maximum(lengths, 1)).reshape(rows, -1)
        best = np.argsort(-means, axis=1, kind="stable")[:, :beams]
        parents, last = np.divmod(best, scores.shape[1])
        parents = (parents + beams * np.arange(rows)[:, None]).ravel()
        last = last.ravel()
        totals, lengths = totals[parents, last, None], lengths[parents]
        ids, ended = ids[parents], ended[parents] | (last == end)
        ids[~ended, step] = last[~ended]
        steps.keep(parents)
        if ended.all():
            break
    means = (totals / np.maximum(lengths, 1)).reshape(rows, beams)
    return ids.reshape(rows, beams, max_length)[np.arange(rows), means.argmax(axis=1)]


def allowed(scores: np.ndarray, prompts: np.ndarray, never: list[int], step: int) -> np.ndarray:
    """Rule out ids that are never generated; within a prompt, all but its next."""
    scores[:, never] = -np.inf
    if step < prompts.shape[1]:
        given = np.flatnonzero(prompts[:, step])
        scores[given] = -np.inf
        scores[given, prompts[given, step]] = 0.0
    return scores

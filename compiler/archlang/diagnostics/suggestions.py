"""Nearest candidates for a word that is nothing (`Dnese`, `paddng`)."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """The candidates that `word` may be a misspelling of, best first; none if all are far off.

    Distance is optimal string alignment (insertions, deletions, substitutions, swaps of neighbours), case
    counting a little. A candidate is near when at most a third of the letters differ.
    """
    ranked: list[tuple[float, str]] = []
    lowered = word.lower()
    for candidate in dict.fromkeys(candidates):
        if candidate == word:
            continue
        letters = max(len(word), len(candidate))
        # Of one or two letters, any word is a change away.
        limit = max(1, letters // 3) if letters > 2 else 0
        if abs(len(word) - len(candidate)) > limit:
            continue
        distance = _alignment(lowered, candidate.lower())
        if distance <= limit:
            ranked.append((distance + (0.1 if candidate[:1] != word[:1] else 0.0), candidate))
    ranked.sort()
    best = ranked[0][0] if ranked else 0.0
    return [candidate for distance, candidate in ranked if distance <= best + 1][:most]


def did_you_mean(names: list[str]) -> str | None:
    """The help line for the names that `nearest` found."""
    if not names:
        return None
    quoted = [f"`{name}`" for name in names]
    if len(quoted) == 1:
        return f"did you mean {quoted[0]}?"
    return f"did you mean {', '.join(quoted[:-1])} or {quoted[-1]}?"


def _alignment(a: str, b: str) -> int:
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        before = above
    return row[-1]

"""What was seen of inputs and targets, batch after batch, none of which is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# More different values than this are not kept.
_MOST_KEPT = 1_000_000


class Values:
    """What was seen of an input, or of targets that are no classes.

    Of `columns` that an example is made of, more than one, each is also measured by itself. `keep` keeps the different values.
    """

    def __init__(self, np: Any, columns: int = 1, *, keep: bool = False):
        self.np = np
        self.columns = columns
        self.dtype = ""
        self.least: list[int] | None = None
        self.most: list[int] = []
        self.count = 0
        self.measures: Any = None
        self.kept: dict[Any, int] | None = {} if keep else None

    def add(self, array: Any) -> None:
        """Take in a batch, whose first axis counts examples."""
        texts = array.dtype.kind in "OSU"
        self.dtype = "string" if texts else str(array.dtype)
        sizes = [list(array.shape[1:])]
        if texts:
            # The length of a text in characters counts as an axis.
            lengths = [len(as_text(text)) for text in array.reshape(-1)]
            sizes = [[*sizes[0], length] for length in (min(lengths), max(lengths))]
        for size in sizes:
            if self.least is None:
                self.least = self.most = size
            self.least = [min(pair) for pair in zip(self.least, size, strict=True)]
            self.most = [max(pair) for pair in zip(self.most, size, strict=True)]
        if not texts and array.size:
            self._measure(array)
        self._keep(array)

    def _measure(self, array: Any) -> None:
        rows = array.reshape(-1, self.columns).astype("float64")
        count, mean = len(rows), rows.mean(axis=0)
        squares = ((rows - mean) ** 2).sum(axis=0)
        low, high = rows.min(axis=0), rows.max(axis=0)
        if self.measures is not None:
            low0, high0, mean0, squares0 = self.measures
            # Means and squares of deviations are put together as Chan does it, which loses no digits.
            apart, total = mean - mean0, self.count + count
            squares = squares0 + squares + apart**2 * (self.count * count / total)
            mean = mean0 + apart * (count / total)
            low, high = self.np.minimum(low, low0), self.np.maximum(high, high0)
        self.measures = low, high, mean, squares
        self.count += count

    def _keep(self, array: Any) -> None:
        if self.kept is None:
            return
        for value in array.reshape(-1).tolist():
            value = as_text(value) if isinstance(value, (str, bytes)) else value
            self.kept[value] = self.kept.get(value, 0) + 1
        if len(self.kept) > _MOST_KEPT:
            self.kept = None

    def found(self) -> dict[str, Any]:
        """All of it; an axis whose length differs is None, with its shortest and longest."""
        least = self.least or []
        shape = [a if a == b else None for a, b in zip(least, self.most, strict=True)]
        lengths = [
            {"shortest": a, "longest": b} for a, b in zip(least, self.most, strict=True) if a != b
        ]
        texts = self.dtype == "string"
        if texts and least:
            lengths = [{"shortest": least[-1], "longest": self.most[-1]}]
            shape = shape[:-1]
        found: dict[str, Any] = {"dtype": self.dtype, "shape": shape}
        if lengths:
            found["lengths"] = lengths
        if self.measures is None:
            return found
        low, high, mean, squares = self.measures
        variance = squares / self.count
        # The variance of all is that inside the columns and that between them.
        all_of_it = (variance + (mean - mean.mean()) ** 2).mean()
        found |= {
            "min": float(low.min()),
            "max": float(high.max()),
            "mean": float(mean.mean()),
            "std": float(all_of_it**0.5),
        }
        if self.columns > 1:
            columns = zip(low, high, mean, variance**0.5, strict=True)
            names = ("min", "max", "mean", "std")
            found["columns"] = [dict(zip(names, map(float, c), strict=True)) for c in columns]
        return found


class Classes:
    """How often each class stands among targets."""

    def __init__(self, np: Any, output: Mapping[str, Any]):
        self.np, self.output = np, output
        self.counts = [0] * output["classes"]

    def add(self, targets: Any) -> None:
        """Take in a batch of targets, as the loss gets them."""
        if self.output["kind"] == "multilabel_classification":
            counts = targets.reshape(-1, len(self.counts)).sum(axis=0)
        else:
            numbers = targets.argmax(-1) if self.output["one_hot"] else targets
            numbers = numbers.astype("int64").reshape(-1)
            counts = self.np.bincount(
                numbers[(numbers >= 0) & (numbers < len(self.counts))], minlength=len(self.counts)
            )
        self.counts = [a + int(b) for a, b in zip(self.counts, counts, strict=True)]

    def found(self) -> dict[str, Any]:
        """The counts, in the order of the classes."""
        return {"counts": self.counts}


def unseen(trained: list[Values], held_out: list[Values]) -> dict[str, Any] | None:
    """Which values held-out examples have that no example to train on has; None where too many are to be known."""
    known: set[Any] = set()
    for values in trained:
        if values.kept is None:
            return None
        known |= values.kept.keys()
    total, counts = 0, dict[Any, int]()
    for values in held_out:
        if values.kept is None:
            return None
        for value, count in values.kept.items():
            total += count
            if value not in known:
                counts[value] = counts.get(value, 0) + count
    return {
        "values": total,
        "unseen": sum(counts.values()),
        "different": len(counts),
        "some": [str(value) for value in sorted(counts, key=str)[:3]],
    }


def as_text(value: str | bytes) -> str:
    """A string as NumPy or TensorFlow gives it."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

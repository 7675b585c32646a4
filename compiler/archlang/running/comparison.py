"""A comparison of candidates as a table, as CSV, and as a picture."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archlang.running.candidates import Candidate, metric_names, spread


def table(candidates: Sequence[Candidate]) -> str:
    """A line a candidate: metrics on held-out examples, size and time; means ± deviations."""
    metrics = metric_names(candidates)
    lines = [["model", *metrics, "parameters", "multiply-adds", "seconds"]]
    for candidate in candidates:
        values = [_figure(candidate.values(name), ".4f") for name in metrics]
        size = [_count(candidate.params), _count(candidate.macs)]
        lines.append([candidate.name, *values, *size, _figure(candidate.seconds(), ".1f")])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ""
    for line in lines:
        first, *rest = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        text += "  ".join(cells).rstrip() + "\n"
    return text


def csv_text(candidates: Sequence[Candidate]) -> str:
    """A row a training; cells of a training that failed are empty but for `failure`."""
    metrics = metric_names(candidates)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        ["model", "seed", *metrics, "parameters", "multiply_adds", "seconds", "failure"]
    )
    for candidate in candidates:
        for run in candidate.runs:
            seconds = "" if run.failure else f"{run.seconds:.2f}"
            writer.writerow(
                [
                    candidate.name,
                    _cell(run.seed),
                    *(_cell(run.metrics.get(name)) for name in metrics),
                    _cell(candidate.params),
                    _cell(candidate.macs),
                    seconds,
                    run.failure or "",
                ]
            )
    return stream.getvalue()


def picture(candidates: Sequence[Candidate], metric: str, title: str, path: Path) -> None:
    """Parameters against a metric, with its deviation, as a picture; needs matplotlib.

    Candidates without a value or of unknown size are left out. OSError where the file can't be
    written, ValueError where its ending stands for no picture.
    """
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes: Any = figure.add_subplot()
    shown = [c for c in candidates if c.values(metric) and c.params is not None]
    for candidate in shown:
        middle, deviation = spread(candidate.values(metric))
        axes.errorbar(candidate.params, middle, yerr=deviation, fmt="o", capsize=4)
        # Names on the right half of the picture stand on the left of their points.
        right = _beyond_middle([c.params or 1 for c in shown], candidate.params or 1)
        axes.annotate(
            candidate.name,
            (candidate.params, middle),
            xytext=(-8, 6) if right else (8, 6),
            textcoords="offset points",
            horizontalalignment="right" if right else "left",
        )
    sizes = [c.params or 1 for c in shown]
    if sizes and max(sizes) >= 10 * min(sizes):
        axes.set_xscale("log")
    else:
        axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.margins(0.15)
    axes.set_xlabel("parameters")
    axes.set_ylabel(f"{metric} on held-out examples")
    axes.set_title(title)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def _beyond_middle(sizes: Sequence[int], size: int) -> bool:
    low, high = min(sizes), max(sizes)
    middle = math.sqrt(low * high) if high >= 10 * low else (low + high) / 2
    return high > low and size > middle


def _figure(values: Sequence[float], form: str) -> str:
    middle, deviation = spread(values)
    if math.isnan(middle) and not values:
        return "-"
    return f"{middle:{form}}" + ("" if deviation is None else f" ± {deviation:{form}}")


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)

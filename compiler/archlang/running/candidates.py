"""Training the candidates of a task, each in a process of its own, under the same settings."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True)
class Run:
    """One training: the figures on held-out examples and the seconds it took, or what failed."""

    seed: int | None
    metrics: Mapping[str, float]
    seconds: float
    failure: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A model, its size, and its trainings."""

    name: str
    params: int | None
    macs: int | None
    runs: tuple[Run, ...]

    @property
    def failure(self) -> str | None:
        """What the first training that failed ended with."""
        return next((run.failure for run in self.runs if run.failure is not None), None)

    def values(self, metric: str) -> list[float]:
        """A metric's value in each training that ended well."""
        return [run.metrics[metric] for run in self.runs if metric in run.metrics]

    def seconds(self) -> list[float]:
        """How long each training took that ended well."""
        return [run.seconds for run in self.runs if run.failure is None]


def train(script: Path, arguments: Sequence[str], seed: int | None, log: Path) -> Run:
    """Run a script's training and wait for it; KeyboardInterrupt stops it too.

    What the script prints goes to `log`. A script that fails is a result, not an exception.
    """
    results = log.with_suffix(".json")
    seeded = [] if seed is None else ["--seed", str(seed)]
    command = [
        sys.executable,
        "-P",
        str(DRIVER),
        str(results),
        str(script),
        "train",
        "--save",
        str(log.with_suffix(".keras")),
        *seeded,
        *arguments,
    ]
    # Layers and losses written in Python are found as if the script stood in the current folder.
    path = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    with log.open("w", encoding="utf-8", errors="replace") as stream:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        try:
            code = process.wait()
        except KeyboardInterrupt:
            _stop(process)
            raise
    found = _read(results)
    if code != 0 or "metrics" not in found:
        return Run(seed, {}, 0.0, _reason(code, log.read_text("utf-8", "replace")))
    return Run(seed, found["metrics"], found.get("seconds", 0.0))


def metric_names(candidates: Sequence[Candidate]) -> list[str]:
    """The metrics that any candidate reports, the loss last; losses of single outputs are left
    out.
    """
    names: dict[str, None] = {}
    for candidate in candidates:
        for run in candidate.runs:
            names.update(dict.fromkeys(run.metrics))
    shown = [name for name in names if not name.endswith("_loss") and name != "loss"]
    return [*shown, *(["loss"] if "loss" in names else [])]


def spread(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean, and the standard deviation where there is more than one value; NaN for none."""
    if not values:
        return (math.nan, None)
    return (mean(values), stdev(values) if len(values) > 1 else None)


def _read(results: Path) -> dict[str, Any]:
    try:
        return json.loads(results.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _reason(code: int, log: str) -> str:
    lines = [line.strip() for line in log.replace("\r", "\n").splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    if code < 0:
        name = signal.Signals(-code).name
        return f"stopped by {name}" + (f" after: {last}" if last else "")
    if code == 0:
        return "it ended without an evaluation"
    return last or f"ended with exit code {code}"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The terminal has interrupted the script as well; wait for it, but not for ever."""
    try:
        process.wait(timeout=10)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()

"""How long `archc check` takes beside the import of Keras alone.

    python benchmarks/check_vs_keras.py

Both run in new processes with their bytecode cached, in turn, several times; medians are compared:
of the processor's time, which other work on the machine disturbs little, and of the time that
passes. Exits with 1 if the check takes a fifteenth of the import or more, of either.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 15
SPEC = "specs/resnet50.arch"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    f"archc check {SPEC}": [sys.executable, "-m", "archlang", "check", SPEC],
    'python -c "import keras"': [sys.executable, "-c", "import keras"],
}


@dataclass(frozen=True)
class Taken:
    """What one process took, in seconds."""

    processor: float
    clock: float


def run(command: Sequence[str], environment: dict[str, str]) -> Taken:
    """Runs a process to its end. Not on Windows, which has no `wait4`."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Taken(usage.ru_utime + usage.ru_stime, clock)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="how many processes of each (default: %(default)s)"
    )
    rounds = parser.parse_args().rounds
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    # Without bytecode every process would compile what it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if find_spec("archlang") is None:
        environment["PYTHONPATH"] = str(ROOT / "compiler")
    for command in COMMANDS.values():
        run(command, environment)
    taken: dict[str, list[Taken]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            taken[name].append(run(command, environment))

    print("| process | processor: median | fastest | clock: median | fastest |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, times in taken.items():
        processor, clock = [t.processor for t in times], [t.clock for t in times]
        cells = (median(processor), min(processor), median(clock), min(clock))
        print(f"| `{name}` |", " | ".join(f"{seconds:.3f} s" for seconds in cells), "|")
    _, check, keras = taken.values()
    by_processor = median(t.processor for t in keras) / median(t.processor for t in check)
    by_clock = median(t.clock for t in keras) / median(t.clock for t in check)
    print(
        f"\nimport keras takes {by_processor:.1f} times the processor's time of the check, "
        f"and {by_clock:.1f} times as long."
    )
    if min(by_processor, by_clock) < LIMIT:
        raise SystemExit(f"the check should take less than a {LIMIT}th")


if __name__ == "__main__":
    main()

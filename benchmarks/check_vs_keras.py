"""How long `archc check` takes beside the import of Keras alone.

    python benchmarks/check_vs_keras.py

Both run in new processes with their bytecode cached, in turn, several times; medians are compared. Exits with 1 if the check
takes a fifteenth of the import or more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 15
SPEC = "specs/resnet50.arch"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    f"archc check {SPEC}": [sys.executable, "-m", "archlang", "check", SPEC],
    'python -c "import keras"': [sys.executable, "-c", "import keras"],
}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall-clock time of one process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


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
    if "archlang" not in sys.modules and not _installed():
        environment["PYTHONPATH"] = str(ROOT / "compiler")
    for command in COMMANDS.values():
        seconds(command, environment)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command, environment))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print("| process | median | fastest |\n| --- | ---: | ---: |")
    for name, taken in times.items():
        print(f"| `{name}` | {medians[name]:.3f} s | {min(taken):.3f} s |")
    nothing, check, keras = medians.values()
    print(f"\nimport keras takes {keras / check:.1f} times as long as the check", end=" ")
    print(f"({(keras - nothing) / (check - nothing):.1f} times without Python's own start)")
    if keras / check < LIMIT:
        raise SystemExit(f"the check should take less than a {LIMIT}th")


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("archlang") is not None


if __name__ == "__main__":
    main()

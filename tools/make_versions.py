"""Write `grammar/versions.json`: what the supported versions of Keras have and lack.

    python tools/make_versions.py PYTHON...

Each PYTHON has one version of Keras, of the oldest supported minor version up to the one that
`grammar/catalogue.json` was made from. They are made like this, in any folder outside the checkout:

    for v in 3.8.0 3.9.0 3.10.0 3.11.0 3.12.0 3.13.0 3.14.0 3.15.1; do
        uv venv keras-$v && VIRTUAL_ENV=$PWD/keras-$v uv pip install keras==$v tensorflow-cpu
    done
    python tools/make_versions.py keras-*/bin/python

A target of `3.12` promises every patch of it, so the first patch of each is the one to collect; of
the newest, the one that the catalogue is of. After a new catalogue, run this too: a test compares.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.catalogue.compare import Snapshot, compare  # noqa: E402


def main(pythons: list[str]) -> int:
    """Ask every version what it has, and write the differences."""
    if len(pythons) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    snapshots = sorted((_snapshot(python) for python in pythons), key=_order)
    catalogue = json.loads((ROOT / "grammar" / "catalogue.json").read_text(encoding="utf-8"))
    if snapshots[-1]["keras"] != catalogue["keras"]:
        print(
            f"the newest is {snapshots[-1]['keras']}, but the catalogue's is {catalogue['keras']}"
        )
        return 1
    document = compare(snapshots)
    path = ROOT / "grammar" / "versions.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")
    counts = ", ".join(f"{len(document[part])} {part}" for part in ("since", "until", "changed"))
    print(f"wrote {path.relative_to(ROOT)}: {', '.join(document['supported'])}; {counts}")
    return 0


def _snapshot(python: str) -> Snapshot:
    quiet = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [python, "-m", "tools.catalogue.snapshot"]
    done = subprocess.run(command, env={**os.environ, **quiet}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _order(snapshot: Snapshot) -> list[int]:
    return [int(part) for part in snapshot["keras"].split(".")]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

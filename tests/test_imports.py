"""What is loaded when a spec is only checked: nothing that takes its time to import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A tenth of a second each, or whole seconds.
HEAVY = ("keras", "tensorflow", "numpy", "pandas", "jsonschema", "lark.tools")

CHECK = """
import json, sys
from archlang.cli import main

try:
    sys.argv = ["archc", "check", {spec!r}]
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print()
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(code: str) -> set[str]:
    """What is loaded in a fresh Python that has run `code`."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("spec", ["resnet50", "wine_two_outputs", "digits_transformer"])
def test_checking_imports_nothing_heavy(spec: str) -> None:
    path = str(ROOT / "specs" / f"{spec}.arch")
    setup = f"import sys; sys.path.insert(0, {str(ROOT / 'compiler')!r})\n"
    loaded = modules_after(setup + CHECK.format(spec=path))
    assert "archlang.graph.elaborate" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_package_alone_loads_none_of_its_stages() -> None:
    setup = f"import json, sys; sys.path.insert(0, {str(ROOT / 'compiler')!r})\n"
    loaded = modules_after(setup + "import archlang\nprint(json.dumps(sorted(sys.modules)))")
    own = {name for name in loaded if name.split(".")[0] == "archlang"}
    assert own == {"archlang", "archlang.version"}

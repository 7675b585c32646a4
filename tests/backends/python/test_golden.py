"""Scripts that were read by a person once, compared byte by byte.

ARCHLANG_WRITE_GOLDEN=1 writes them anew; what changed is then seen in the version control.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archlang import api

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).parent / "golden"
SPECS = ("digits_cnn", "resnet50", "unet", "wine_two_outputs")
ALL = sorted(path for path in (ROOT / "specs").glob("*.arch"))


def scripts(path: Path, *, flat: bool = False) -> dict[str, str]:
    """The scripts of a spec's models, the spec named as from the root of the project."""
    source = api.Source(f"specs/{path.name}", path.read_text("utf-8"))
    checked = api.check(source)
    return {name: api.to_python(checked, name, flat=flat) for name in checked.graphs}


@pytest.mark.parametrize("spec", SPECS)
def test_the_script_is_the_golden_one(spec: str) -> None:
    ((_, script),) = scripts(ROOT / "specs" / f"{spec}.arch").items()
    golden = GOLDEN / f"{spec}.py"
    if os.environ.get("ARCHLANG_WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(script.encode("utf-8"))
    assert script == golden.read_text("utf-8")


@pytest.mark.parametrize("spec", SPECS)
def test_another_process_writes_the_same_bytes(spec: str) -> None:
    code = (
        "import sys\nfrom archlang import check, read, to_python\n"
        "checked = check(read(sys.argv[1]))\n"
        "sys.stdout.buffer.write(to_python(checked, *checked.graphs).encode())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT / "compiler")}
    done = subprocess.run(
        [sys.executable, "-c", code, f"specs/{spec}.arch"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=environment,
    )
    assert done.stdout == (GOLDEN / f"{spec}.py").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("flat", [False, True], ids=["structured", "flat"])
def test_ruff_has_nothing_to_say(tmp_path: Path, flat: bool) -> None:
    for path in ALL:
        for name, script in scripts(path, flat=flat).items():
            (tmp_path / f"{path.stem}_{name.lower()}.py").write_bytes(script.encode("utf-8"))
    ruff = [sys.executable, "-m", "ruff"]
    for command in (
        ["check", "--select", "E,F,W,I,UP", "--ignore", "E501"],
        ["format", "--check"],
    ):
        done = subprocess.run(
            [*ruff, *command, "--isolated", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

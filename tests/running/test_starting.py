"""Scripts that `archc run` starts: as if started by themselves, and interrupted without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archlang.running import starting

ROOT = Path(__file__).resolve().parents[2]

SPEC = """
model Net {
    input image: float32[8, 8, 1]
    output digit: classification(10)
    data = sklearn(digits)
    Flatten
    head
}
train {
    epochs = 1000
}
"""


def start(script: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a script as `archc run` does, with modules of its folder on the path."""
    return subprocess.Popen(
        [sys.executable, starting.__file__, str(script), *arguments],
        env={**os.environ, "PYTHONPATH": str(script.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_modules_at_the_top_of_a_script_are_found() -> None:
    text = "import json\nimport keras.ops as ops, sys\nfrom pathlib import Path\ndef f():\n    import csv\n"
    assert starting.imported(text) == ["json", "keras.ops", "sys", "pathlib"]


def test_a_script_runs_as_if_it_had_been_started_itself(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 7\n", "utf-8")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom beside import VALUE\nprint(__name__, sys.argv, VALUE)\nsys.exit(5)\n",
        "utf-8",
    )
    process = start(script, "predict", "--beams", "3")
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (5, "")
    assert out == f"__main__ {[str(script), 'predict', '--beams', '3']} 7\n"


def test_a_script_stands_in_for_no_module(tmp_path: Path) -> None:
    for name in ("json", "reading"):
        script = tmp_path / "temporary" / f"{name}.py"
        script.parent.mkdir(exist_ok=True)
        (tmp_path / "reading.py").write_text("VALUE = 7\n", "utf-8")
        script.write_text(
            "import json\nfrom reading import VALUE\nprint(json.dumps(VALUE))\n", "utf-8"
        )
        process = subprocess.run(
            [sys.executable, starting.__file__, str(script)],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (process.stdout, process.stderr) == ("7\n", "")


def test_a_script_that_cannot_import_says_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import no_such_module_anywhere\n", "utf-8")
    process = start(script)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.endswith("ModuleNotFoundError: No module named 'no_such_module_anywhere'\n")


def test_an_interrupt_while_modules_are_imported_is_silent(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\nprint('begun', flush=True)\ntime.sleep(60)\n", "utf-8"
    )
    script = tmp_path / "script.py"
    script.write_text("import slow\n", "utf-8")
    process = start(script)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (-signal.SIGINT, "")


@pytest.mark.slow
def test_tests_in_the_background_of_a_shell_are_interrupted_too() -> None:
    """Such a shell has what it starts ignore interrupts."""
    name = test_an_interrupt_while_modules_are_imported_is_silent.__name__
    script = f"{sys.executable} -m pytest -q -p no:cacheprovider {__file__}::{name} & wait $!"
    done = subprocess.run(
        ["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "compare", "data"])
def test_commands_end_with_a_line_when_interrupted(command: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text(SPEC, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "archlang", command, spec.name],
        cwd=tmp_path,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(3)
    # As a terminal does: to the command and to what it has started.
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert errors.splitlines()[-1].startswith(("interrupted", "stopped"))
    assert [path.name for path in tmp_path.iterdir()] == [spec.name]

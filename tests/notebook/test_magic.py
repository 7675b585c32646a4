"""`%%arch` in a shell of IPython."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from archlang import Spec

RIGHT = "model Small(units=3) {\n    input x: float32[4]\n    Dense(units)\n}\n"
BESIDE = "model Other {\n    input x: float32[4]\n    Dense(2)\n}\n"
WRONG = "model Wrong {\n    input x: float32[4]\n    Dnese(2)\n}\n"


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "archlang")
    yield shell
    InteractiveShell.clear_instance()


def shown(shell: InteractiveShell, line: str, cell: str) -> list[dict[str, str]]:
    """Run a cell; what it has displayed."""
    with capture_output() as captured:
        shell.run_cell_magic("arch", line, cell)
    return [output.data for output in captured.outputs]


def test_a_cell_shows_its_models_and_binds_the_spec(shell: InteractiveShell) -> None:
    (output,) = shown(shell, "net --no-build", RIGHT)
    assert "data:image/svg+xml" in output["text/html"]
    assert "Dense" in output["text/plain"]
    assert isinstance(shell.user_ns["net"], Spec)
    assert "Small" not in shell.user_ns


def test_a_cell_with_an_error_fails_and_binds_nothing(shell: InteractiveShell) -> None:
    with capture_output() as captured, pytest.raises(UsageError, match="the spec has 1 error"):
        shell.run_cell_magic("arch", "net", WRONG)
    (output,) = captured.outputs
    assert "did you mean `Dense`?" in output.data["text/plain"]
    assert "net" not in shell.user_ns


def test_settings(shell: InteractiveShell) -> None:
    (output,) = shown(shell, "--no-build --set units=7", RIGHT)
    assert "[7]" in output["text/plain"]
    with pytest.raises(UsageError, match="did you mean `units`"):
        shown(shell, "--no-build --set unit=7", RIGHT)
    with pytest.raises(UsageError, match="has no value"):
        shown(shell, "--no-build --set units", RIGHT)


def test_nothing_is_shown_of_a_right_spec_if_not_wanted(shell: InteractiveShell) -> None:
    assert shown(shell, "--no-build --no-show", RIGHT) == []


def test_wrong_use(shell: InteractiveShell) -> None:
    with pytest.raises(UsageError, match="no model 'Smal'; did you mean `Small`"):
        shown(shell, "--model Smal", RIGHT)
    with pytest.raises(UsageError, match="-o binds one model; the spec has Small, Other"):
        shown(shell, "-o net", RIGHT + BESIDE)
    with pytest.raises(UsageError, match="is not a name for a variable"):
        shown(shell, "a-b", RIGHT)
    with pytest.raises(UsageError):
        shown(shell, "--unknown", RIGHT)


@pytest.mark.slow
def test_models_are_bound(shell: InteractiveShell) -> None:
    shown(shell, "", RIGHT + BESIDE)
    assert shell.user_ns["Small"].output_shape == (None, 3)
    assert shell.user_ns["Other"].output_shape == (None, 2)
    shown(shell, "--model Small -o net --set units=5", RIGHT + BESIDE)
    assert shell.user_ns["net"].output_shape == (None, 5)
    assert shell.user_ns["Small"].output_shape == (None, 3)


@pytest.mark.slow
def test_checking_a_cell_does_not_import_keras() -> None:
    program = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_line_magic('load_ext', 'archlang')\n"
        f"shell.run_cell_magic('arch', '--no-build', {RIGHT!r})\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


@pytest.mark.slow
def test_archlang_does_not_import_ipython() -> None:
    program = "import archlang, archlang.api, sys; assert 'IPython' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)

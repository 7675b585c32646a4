"""`archc compile` never writes over a spec, and says what it cannot write."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archlang.cli.app import archc

SPEC = "model M {\n    input x: float32[4]\n    Dense(2)\n}\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.arch"
    path.write_text(SPEC, "utf-8")
    return path


@pytest.mark.parametrize("target", ["python", "ir"])
def test_the_spec_is_not_written_over(target: str, spec: Path) -> None:
    other = spec.with_name("other.arch")
    other.hardlink_to(spec)
    for path in (spec, other):
        result = CliRunner().invoke(
            archc, ["compile", str(spec), "--to", target, "--force", "-o", str(path)]
        )
        assert result.exit_code == 2
        assert "is the spec" in result.stderr
        assert spec.read_text("utf-8") == SPEC


def test_a_folder_that_cannot_be_made(spec: Path) -> None:
    spec.with_name("file").write_text("", "utf-8")
    result = CliRunner().invoke(archc, ["compile", str(spec), "-o", f"{spec.parent}/file/"])
    assert (result.exit_code, "cannot make" in result.stderr) == (2, True)

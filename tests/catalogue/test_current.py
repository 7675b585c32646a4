"""The catalogue in the repository is what the installed Keras and the annotations give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_catalogue_is_current(tmp_path: Path) -> None:
    # A home of its own: importing Keras writes a configuration file there.
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_catalogue.py"), "--check"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr[-2000:]

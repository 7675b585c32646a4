"""Scripts that run in processes of their own, and what they have saved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PYTHON = (sys.executable, "-u")


def environment(**more: str) -> dict[str, str]:
    """The variables of a script's process; it does not find archlang in this checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", **more}


def train(script: Path, *arguments: str) -> str:
    """Train in the script's folder; what it prints."""
    done = subprocess.run(
        [*PYTHON, script.name, "train", *arguments],
        cwd=script.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def weights(path: Path) -> list[bytes]:
    """The weights of a saved model, bit for bit."""
    import keras

    model = keras.models.load_model(path, compile=False)
    return [weight.tobytes() for weight in model.get_weights()]

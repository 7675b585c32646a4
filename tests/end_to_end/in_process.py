"""Scripts whose functions a test calls itself, to look into the model while it lives."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def train(
    script: dict[str, Any],
    model: Any,
    training: Any,
    validation: Any,
    folder: Path,
    **settings: Any,
) -> None:
    """Train as the script does; `settings` are epochs and the size of batches.

    Checkpoints are not written, which takes longer than an epoch of a small test: `test_interrupted.py` is about them.
    """
    kept: list[Any] = []
    if "Checkpoint" in script:
        kept = [_unwritten(script["Checkpoint"])(folder / "model.keras")]
    script["train"](model, training, validation, *kept, **settings)


def _unwritten(checkpoint: type) -> type:
    """A script's checkpoint that keeps nothing after an epoch."""
    return type("Unwritten", (checkpoint,), {"on_epoch_end": lambda self, epoch, logs=None: None})

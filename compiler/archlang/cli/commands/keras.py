"""Whether Keras is there, for the commands that need it (this module is no command)."""

from __future__ import annotations

import os

from archlang.cli.exits import WrongUse


def require_keras() -> None:
    """One sentence instead of a traceback where TensorFlow is not installed; quiet where it is."""
    missing = [name for name in ("tensorflow", "keras") if not _installed(name)]
    if missing:
        raise WrongUse(
            f"this needs {' and '.join(missing)}, which is not installed: "
            'pip install "archlang[tensorflow]"'
        )
    # TensorFlow greets at every start; errors still show.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None

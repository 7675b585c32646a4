"""Where Keras's recorded answers lie: beside the checkout, not in it.

Who has only the checkout runs everything else; on CI, where they have to be there, nothing is skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ORACLE = Path(__file__).resolve().parents[2] / "shared" / "oracle"

needs_oracle = pytest.mark.skipif(
    not ORACLE.is_dir() and "CI" not in os.environ,
    reason="Keras's recorded answers are not beside this checkout",
)

"""`%%arch` in a real notebook, run by a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

pytestmark = pytest.mark.slow

CELLS = (
    "%load_ext archlang",
    "%%arch net\nmodel Small {\n    input x: float32[4]\n    Dense(3)\n}",
    "Small.count_params()",
    "net",
    "%%arch\nmodel Wrong {\n    input x: float32[4]\n    Dnese(2)\n}",
)


def test_cells_of_a_notebook(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(
        notebook, timeout=300, allow_errors=True, kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )  # fmt: skip
    client.execute()
    outputs: list[list[Any]] = [cell.outputs for cell in notebook.cells]
    (shown,) = [o for o in outputs[1] if o.output_type == "display_data"]
    assert "data:image/svg+xml" in shown.data["text/html"]
    # 4 * 3 weights and 3 biases.
    assert outputs[2][-1].data["text/plain"] == "15"
    assert "data:image/svg+xml" in outputs[3][-1].data["text/html"]
    problems, failed = outputs[4]
    assert "did you mean `Dense`?" in problems.data["text/plain"]
    # One line, not a traceback through archlang.
    assert failed.output_type in ("error", "stream")
    assert "archlang/" not in str(failed)
    assert "the spec has 1 error" in str(failed)

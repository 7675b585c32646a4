"""The model that a generated script builds is the model built in memory, and has the parameters that `check` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlang import api
from tests.backends.python.compare import described, load_script
from tests.offline import check_offline

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    [*(ROOT / "specs").glob("*.arch"), *(Path(__file__).parent / "features").glob("*.arch")]
)
CASES = [
    pytest.param(path, name, flat, id=f"{path.stem}-{name}-{'flat' if flat else 'structured'}")
    for path in FILES
    for name in api.check(api.read(str(path))).graphs
    for flat in (False, True)
]


@pytest.mark.parametrize(("path", "name", "flat"), CASES)
def test_script_builds_the_model_of_memory(path: Path, name: str, flat: bool) -> None:
    checked = check_offline(api.read(str(path)))
    assert checked.ok
    graph = checked.graphs[name]
    script = load_script(api.to_python(checked, name, flat=flat))
    by_script = described(script["build_model"])
    by_memory = described(lambda: api.build(graph))
    assert by_script == by_memory
    assert by_memory["params"] == graph.params

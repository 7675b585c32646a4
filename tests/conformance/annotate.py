"""Write what the compiler says into the specs of `wrong/`, to be read before it is committed.

python tests/conformance/annotate.py tests/conformance/wrong/unknown_layer.arch …
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "compiler")]

from archlang import api  # noqa: E402
from tests.conformance import expected  # noqa: E402


def annotate(path: str) -> int:
    """Write the comments into a spec, and into what it imports; how many problems there are."""
    _strip(path)
    for imported in api.check(api.read(path)).sources:
        if imported.startswith("tests/"):
            _strip(imported)
    checked = api.check(api.read(path))
    texts = {place: source.text.split("\n") for place, source in checked.sources.items()}
    for problem in reversed(checked.diagnostics):
        seen = expected.observe(problem, checked.sources[problem.span.path])
        texts[problem.span.path].insert(seen.line, expected.write(seen))
        Path(problem.span.path).write_text("\n".join(texts[problem.span.path]), "utf-8")
    return len(checked.diagnostics)


def _strip(path: str) -> None:
    lines = Path(path).read_text("utf-8").split("\n")
    Path(path).write_text(
        "\n".join(line for line in lines if not expected.is_expected(line)), "utf-8"
    )


if __name__ == "__main__":
    names = [os.path.relpath(name, ROOT) for name in sys.argv[1:]]
    os.chdir(ROOT)
    for name in names:
        print(annotate(name), name)

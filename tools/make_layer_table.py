"""Write docs/layers.md, every public layer of Keras with its rule and its tests: `python tools/make_layer_table.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "compiler"))
sys.path.insert(0, str(ROOT))

from archlang.catalogue import load  # noqa: E402
from archlang.shapes.families import LAYERS  # noqa: E402
from archlang.shapes.rule import RULES  # noqa: E402
from tests.shapes.layers_b import LAYERS as SEQUENCES_AND_DATA  # noqa: E402

HEAD = """# Layers

Every public layer of Keras {version}, the shape rule that speaks for it (in `compiler/archlang/shapes/rules/`), and the test that compares
the rule with what Keras has answered. Besides, all of them are drawn at random and compared with a live Keras in `tests/differential/`
(`python -m tests.differential --kind layers`), and the recorded answers once more as whole specs in
`tests/differential/test_spec_level.py`. Written by `tools/make_layer_table.py`.

| layer | rule | test |
| --- | --- | --- |
"""
WITHOUT = {
    "InputLayer": "`input x: …` declares inputs",
    "InputSpec": "no layer, what a layer says of its inputs",
    "Lambda": 'holds Python; `layer Name(…) from "module"` declares one',
    "Layer": "the base class",
    "Wrapper": "a base class",
}


def table() -> str:
    """The page."""
    modules = {name: module for module, names in LAYERS.items() for name in names.split()}
    rows: list[str] = []
    for name in load().names("layers"):
        entry = load().get("layers", name)
        assert entry is not None
        if name not in modules:
            rows.append(f"| {name} | none: {WITHOUT[name]} | |")
            continue
        test = (
            "test_data_rules"
            if (entry.alias_of or name) in SEQUENCES_AND_DATA
            else "test_rules_against_oracle"
        )
        rule = RULES[name].__name__.strip("_")
        shown = f"{name} (= {entry.alias_of})" if entry.alias_of else name
        rows.append(f"| {shown} | `{modules[name]}.py`, {rule} | `tests/shapes/{test}.py` |")
    return HEAD.format(version=load().keras_version) + "\n".join(rows) + "\n"


def main() -> None:
    page = ROOT / "docs" / "layers.md"
    page.write_text(table(), encoding="utf-8", newline="\n")
    print(
        f"wrote {page.relative_to(ROOT)}: {len(re.findall(r'^[|] [A-Z]', table(), re.MULTILINE))} layers"
    )


if __name__ == "__main__":
    main()

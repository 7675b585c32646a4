"""Runs a generated script in a process of its own, and writes down what it found.

    python driver.py RESULTS.json SCRIPT.py [ARGUMENT...]

The script's own `main` runs with the arguments, as if it had been started with them; figures are
taken from what its functions return, not from what they print. Nothing of archlang is imported.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MODULE = "archlang_script"


def load(script: Path) -> ModuleType:
    """The script as a module, its `main` not run."""
    spec = importlib.util.spec_from_file_location(MODULE, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    spec.loader.exec_module(module)
    return module


def watch(module: ModuleType, name: str, note: Callable[[Any, float], None]) -> None:
    """Let `note` have the result of every call of a function of the script, and its seconds."""
    function = getattr(module, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        result = function(*args, **kwargs)
        note(result, time.perf_counter() - began)
        return result

    setattr(module, name, watched)


def main() -> None:
    """Run the script, and write its last evaluation and the seconds of its training."""
    results, script, *arguments = sys.argv[1:]
    sys.argv = [script, *arguments]
    found: dict[str, Any] = {}
    module = load(Path(script))
    watch(module, "train", lambda _, seconds: found.update(seconds=seconds))
    watch(
        module,
        "evaluate",
        lambda metrics, _: found.update(metrics={k: float(v) for k, v in metrics.items()}),
    )
    module.main()
    Path(results).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()

"""Examples that a function gives: `python("package.module:function")`."""

from __future__ import annotations

import re

from archlang.backends.python.literals import literal
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.targets import add_helper

_CALL_FUNCTION = '''
def call_function() -> dict[str, np.ndarray]:
    """Call the function that gives the examples, and name what it gives."""
    try:
        from MODULE import FUNCTION
    except ImportError as error:
        raise SystemExit(f"PLACE cannot be imported: {error}") from error
    given = FUNCTION()
    if isinstance(given, tuple) and len(given) == COUNT:
        arrays = NAMED
    elif isinstance(given, dict):
        arrays = given
    else:
        raise SystemExit(
            "PLACE should give EXPECTED or a dict of arrays, "
            f"but gives {described(given)}"
        )
    missing = [key for key in INPUT_KEYS + TARGET_KEYS if key not in arrays]
    if missing:
        found = ", ".join(map(str, arrays))
        raise SystemExit(f"PLACE gives no {missing[0]!r}; it gives {found}")
    try:
        arrays = {key: np.asarray(arrays[key]) for key in INPUT_KEYS + TARGET_KEYS}
    except ValueError as error:
        raise SystemExit(f"PLACE should give arrays: {error}") from error
    equally_many("PLACE", arrays)
    return arrays
'''

_NAMED = '''
def named(given, keys: list[str]) -> dict:
    """Give arrays names: those of a dict have some, one alone takes the only key."""
    if isinstance(given, dict):
        return given
    if len(keys) != 1:
        raise SystemExit(f"PLACE should give a dict with the arrays {', '.join(keys)}")
    return {keys[0]: given}
'''

_DESCRIBED = '''
def described(given: object) -> str:
    """Say what a function has given."""
    if isinstance(given, tuple):
        return f"a tuple of {len(given)}"
    return f"a value of type {type(given).__name__}"
'''


def add_function_call(plan: TrainingPlan, parts: Parts, keys: list[str]) -> None:
    """`call_function`, which gives arrays by their keys; `keys` are those of the targets."""
    assert plan.data is not None
    place = plan.data.args[0]
    module, _, function = place.partition(":")
    inputs = literal(list(dict.fromkeys(_input_keys(plan))))
    values = [f"named(given[0], {inputs})", f"named(given[1], {literal(keys)})"]
    expected = "(x, y)"
    if plan.weight_column is not None:
        values.append(f"{{{literal(plan.weight_column)}: given[2]}}")
        expected = "(x, y, weights)"
    text = _filled(
        _CALL_FUNCTION,
        {
            "NAMED": " | ".join(values),
            "COUNT": str(len(values)),
            "MODULE": module,
            "FUNCTION": function,
            "PLACE": place,
            "EXPECTED": expected,
        },
    )
    add_helper(parts, "named", _filled(_NAMED, {"PLACE": place}))
    add_helper(parts, "described", _DESCRIBED)
    parts.function("call_function", text)


def _filled(template: str, words: dict[str, str]) -> str:
    """A template with its words filled in, all at once: names of the user's may be such words."""
    return re.sub(rf"\b({'|'.join(words)})\b", lambda match: words[match[0]], template)


def _input_keys(plan: TrainingPlan) -> list[str]:
    found: list[str] = []
    for declared in plan.task.given:
        keys = plan.columns.get(declared.name, declared.name)
        found += [keys] if isinstance(keys, str) else keys
    return found

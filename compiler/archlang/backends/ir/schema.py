"""Is a document of the form that `grammar/ir.schema.json` describes? If not, the first thing that is wrong, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from archlang.backends.ir.problem import DocumentError, Path
from archlang.backends.ir.values import FORMAT, Json
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.grammar_files import grammar_file

# Deeper documents would exhaust the stack of whoever reads them.
_DEEPEST = 120

_TYPES = {
    "null": "null",
    "boolean": "a truth value",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "array": "a list",
    "object": "an object",
}


def check_form(document: Json) -> None:
    """DocumentError where the document does not fit the schema."""
    if not isinstance(document, dict):
        raise DocumentError(f"an IR document is an object, not {_kind(document)}")
    found = cast("dict[str, Json]", document).get("format")
    if found != FORMAT:
        said = "it says none" if found is None else f"this one says {_show(found)}"
        raise DocumentError(f"the document's `format` must be `{FORMAT}`; {said}", ("format",))
    _check_depth(cast("dict[str, Json]", document))
    for error in _validator().iter_errors(document):
        raise _explained(error)


def _check_depth(document: Json) -> None:
    level: list[Json] = [document]
    for _ in range(_DEEPEST):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return
    raise DocumentError(f"the document is nested more than {_DEEPEST} levels deep")


def _inside(item: Json) -> Iterable[Json]:
    if isinstance(item, dict):
        return cast("dict[str, Json]", item).values()
    return cast("list[Json]", item) if isinstance(item, list) else ()


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(grammar_file("ir.schema.json").read_bytes()))


# ------------------------------------------------------------------ in words


def _explained(error: Any) -> DocumentError:
    path: Path = tuple(error.absolute_path)
    while error.validator == "anyOf" and error.context:
        # Of data that may be missing, what is wrong with the data that is there.
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
        path = tuple(error.absolute_path)
    return DocumentError(_message(error), path)


def _message(error: Any) -> str:
    value, instance = error.validator_value, error.instance
    match error.validator:
        case "required":
            missing = [name for name in value if name not in instance]
            return f"`{missing[0]}` is missing"
        case "additionalProperties":
            return _unknown(instance, error.schema.get("properties", {}))
        case "type":
            return f"must be {_one_of(value)}, not {_kind(instance)}"
        case "enum" | "const":
            allowed = value if error.validator == "enum" else [value]
            near = nearest(instance, allowed) if isinstance(instance, str) else []
            hint = did_you_mean(near) or f"there may be {', '.join(map(str, allowed))}"
            return f"{_show(instance)} can't stand here; {hint}"
        case "minItems" | "minProperties" | "minLength":
            return "must not be empty"
        case "maxProperties":
            return f"an object like this has one key, not {len(instance)}"
        case "maxItems" | "maxLength":
            return f"is longer than {value}"
        case "minimum":
            return f"must be at least {value}, not {_show(instance)}"
        case "pattern":
            return f"{_show(instance)} can't stand here"
        case None:
            return "has no place here"
        case _:
            return f"{_show(instance)} can't stand here"


def _unknown(instance: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    unknown = next(name for name in instance if name not in properties)
    free = [name for name in properties if name not in instance]
    hint = did_you_mean(nearest(unknown, free)) or f"there may be {', '.join(properties)}"
    return f"`{unknown[:60]}` has no place here; {hint}"


def _one_of(types: Any) -> str:
    words = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _show(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}…`"

"""The JSON Schema dialect of the catalogue: draft 2020-12 over Python values.

- A list and a tuple are an `array`; with `"x-tuple": true` only a tuple is, with `false` only a list.
- `integer` means an `int`: neither `True` nor `4.0`.
- An object as an argument (`kernel_initializer=HeNormal()`) is `{"$value": "initializers", "name": "HeNormal"}`,
  a tensor `{"$tensor": "float32"}`, a dimension known at run time only `{"$dim": "time"}`.
  The arguments of a nested object are not part of it: whoever binds it validates it against its own entry.
- `x-says` puts a schema into words for messages, `x-of` tells of what section an `enum` holds the names; they decide
  nothing.

`jsonschema` decides. `quickly_valid` is a shortcut for what is fine, which spares importing it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]


def encode(value: Any) -> Any:
    """A value as the schemas see it."""
    if isinstance(value, LayerValue):
        return {"$value": value.kind, "name": value.name}
    if isinstance(value, TensorSpec):
        return {"$tensor": value.dtype}
    if isinstance(value, Sym):
        return {"$dim": str(value)}
    if isinstance(value, tuple):
        return tuple(encode(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [encode(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"$value": type(value).__name__}


def errors(schema: Schema, instance: Any) -> list[ValidationError]:
    """What `jsonschema` finds wrong with an encoded value, in a fixed order."""
    found: Iterator[ValidationError] = validator(schema).iter_errors(instance)
    return sorted(found, key=lambda error: [str(step) for step in error.absolute_path])


def validator(schema: Schema) -> Validator:
    """A `jsonschema` validator of the dialect."""
    return _validator_class()(schema)


@cache
def _validator_class() -> Any:
    import jsonschema
    from jsonschema import validators

    def tuple_or_list(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
        if isinstance(instance, list if wanted else tuple):
            yield jsonschema.ValidationError(
                "a list where a tuple is needed, or the other way round"
            )

    base = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine_many(
        {
            "array": lambda _, value: isinstance(value, (list, tuple)),
            "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
        }
    )
    return validators.extend(base, {"x-tuple": tuple_or_list}, type_checker=checker)  # pyright: ignore[reportUnknownMemberType]


_TYPES: dict[str, Any] = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, (list, tuple)),
    "object": lambda v: isinstance(v, dict),
}


def quickly_valid(schema: Schema, value: Any) -> bool:
    """True only where `jsonschema` too finds nothing wrong; False means: ask `jsonschema`."""
    return all(_holds(keyword, wanted, schema, value) for keyword, wanted in schema.items())


def _holds(keyword: str, wanted: Any, schema: Schema, value: Any) -> bool:
    """Whether one keyword of a schema is satisfied; False for keywords not known here."""
    match keyword:
        case "type":
            return _TYPES[wanted](value)
        case "anyOf":
            return any(quickly_valid(branch, value) for branch in wanted)
        case "enum":
            return isinstance(value, str) and value in wanted
        case "const":
            return type(value) is type(wanted) and value == wanted
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return not _TYPES["number"](value) or _in_range(keyword, wanted, value)
        case "minItems":
            return not _TYPES["array"](value) or len(value) >= wanted
        case "maxItems":
            return not _TYPES["array"](value) or len(value) <= wanted
        case "items":
            return not _TYPES["array"](value) or (
                "prefixItems" not in schema and all(quickly_valid(wanted, item) for item in value)
            )
        case "prefixItems":
            return not _TYPES["array"](value) or all(
                quickly_valid(place, item) for place, item in zip(wanted, value, strict=False)
            )
        case "pattern":
            return not isinstance(value, str) or re.search(wanted, value) is not None
        case "required":
            return not isinstance(value, dict) or all(name in value for name in wanted)
        case "properties":
            return not isinstance(value, dict) or all(
                quickly_valid(of, value[name]) for name, of in wanted.items() if name in value
            )
        case "additionalProperties":
            return not isinstance(value, dict) or all(
                name in schema["properties"] for name in value
            )
        case "contains":
            return not _TYPES["array"](value) or _contains(schema, value)
        case "uniqueItems":
            return not _TYPES["array"](value) or _all_different(value)
        case "multipleOf":
            return not _TYPES["integer"](value) or value % wanted == 0
        case "not":
            return not quickly_valid(wanted, value)
        case "minContains" | "maxContains":
            return True
        case _:
            return keyword in ("x-says", "x-of") or (
                keyword == "x-tuple" and not isinstance(value, list if wanted else tuple)
            )


def _contains(schema: Schema, value: Any) -> bool:
    count = sum(quickly_valid(schema["contains"], item) for item in value)
    return schema.get("minContains", 1) <= count <= schema.get("maxContains", count)


def _all_different(value: Any) -> bool:
    try:
        return len(set(value)) == len(value)
    except TypeError:
        return False


def _in_range(keyword: str, limit: float, value: float) -> bool:
    # Written as `jsonschema` does, so that NaN fares the same.
    if keyword == "minimum":
        return not value < limit
    if keyword == "maximum":
        return not value > limit
    return not value <= limit if keyword == "exclusiveMinimum" else not value >= limit

"""The JSON Schema dialect of the catalogue: draft 2020-12 over Python values.

- A list and a tuple are an `array`; with `"x-tuple": true` only a tuple is, with `false` only a
  list.
- `integer` means an `int`: neither `True` nor `4.0`.
- An object as an argument (`kernel_initializer=HeNormal()`) is
  `{"$value": "initializers", "name": "HeNormal"}`, a tensor `{"$tensor": "float32"}`, a dimension
  that is not known before the model runs `{"$dim": "time"}`. The arguments of a nested object are
  not part of it: whoever binds it validates it against its own entry.
- `x-says` puts a schema into words for messages, `x-of` tells of what section an `enum` holds the
  names; they decide nothing.

`jsonschema` decides. `quickly_valid` is a shortcut for what is fine, which spares importing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from archlang.records import record
from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec

Schema = Mapping[str, Any]


@record
class Finding:
    """What `jsonschema` found wrong: the keyword that fails, where, and what each branch lacks.

    `branches` are the findings of the alternatives where the keyword is `anyOf`.
    """

    keyword: str
    path: tuple[str | int, ...]
    schema: Schema
    instance: Any
    branches: tuple[tuple[Finding, ...], ...] = ()


def encode(value: Any) -> Any:
    """A value as the schemas see it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, LayerValue):
        return {"$value": value.kind, "name": value.name}
    if isinstance(value, TensorSpec):
        return {"$tensor": value.dtype}
    if isinstance(value, Sym):
        return {"$dim": str(value)}
    if isinstance(value, tuple):
        return tuple(encode(item) for item in cast("tuple[Any, ...]", value))
    if isinstance(value, list):
        return [encode(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        return {str(k): encode(item) for k, item in cast("Mapping[Any, Any]", value).items()}
    return {"$value": type(value).__name__}


def findings(schema: Schema, instance: Any) -> list[Finding]:
    """What is wrong with an encoded value, in the order of its places."""
    found = [_finding(error) for error in _validator_class()(schema).iter_errors(instance)]
    return sorted(found, key=lambda finding: [str(step) for step in finding.path])


def quickly_valid(schema: Schema, value: Any) -> bool:
    """True only where `jsonschema` too finds nothing wrong; False means: ask `jsonschema`."""
    return all(_holds(keyword, wanted, schema, value) for keyword, wanted in schema.items())


def _finding(error: Any) -> Finding:
    by_branch: dict[int, list[Finding]] = {}
    for inner in error.context or ():
        by_branch.setdefault(inner.relative_schema_path[0], []).append(_finding(inner))
    branches = tuple(tuple(found) for found in by_branch.values())
    path = tuple(error.absolute_path)
    return Finding(error.validator, path, error.schema, error.instance, branches)


@cache
def _validator_class() -> Any:
    # Imported here: it takes a tenth of a second, and most specs have no mistakes.
    import jsonschema
    from jsonschema import validators

    def tuple_or_list(_: Any, tuple_wanted: bool, value: Any, __: Any) -> Iterator[Any]:
        if isinstance(value, list if tuple_wanted else tuple):
            yield jsonschema.ValidationError("a list for a tuple, or the other way round")

    def is_array(_: Any, value: Any) -> bool:
        return _is("array", value)

    def is_integer(_: Any, value: Any) -> bool:
        return _is("integer", value)

    base: Any = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine_many({"array": is_array, "integer": is_integer})
    extend = cast(Any, validators).extend
    return extend(base, {"x-tuple": tuple_or_list}, type_checker=checker)


def _holds(keyword: str, wanted: Any, schema: Schema, value: Any) -> bool:
    """Whether one keyword of a schema is satisfied; False for keywords not known here."""
    match keyword:
        case "type":
            return _is(wanted, value)
        case "anyOf":
            return any(quickly_valid(branch, value) for branch in wanted)
        case "not":
            return not quickly_valid(wanted, value)
        case "enum":
            return isinstance(value, str) and value in wanted
        case "const":
            return type(value) is type(wanted) and value == wanted
        case "pattern":
            return not isinstance(value, str) or re.search(wanted, value) is not None
        case "x-tuple":
            return not isinstance(value, list if wanted else tuple)
        case "x-says" | "x-of" | "minContains" | "maxContains":
            return True
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf":
            return not _is("number", value) or _number_holds(keyword, wanted, value)
        case "items" | "prefixItems" | "minItems" | "maxItems" | "contains" | "uniqueItems":
            return not _is("array", value) or _array_holds(keyword, wanted, schema, value)
        case "required" | "properties" | "additionalProperties":
            return not isinstance(value, dict) or _object_holds(
                keyword, wanted, schema, cast("dict[str, Any]", value)
            )
        case _:
            return False


def _is(kind: str, value: Any) -> bool:
    """Whether a value is of a JSON Schema type."""
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, (list, tuple))
        case _:
            return isinstance(value, dict)


def _number_holds(keyword: str, limit: float, value: float) -> bool:
    # Negated as in `jsonschema`, so that NaN fares the same.
    match keyword:
        case "minimum":
            return not value < limit
        case "maximum":
            return not value > limit
        case "exclusiveMinimum":
            return not value <= limit
        case "exclusiveMaximum":
            return not value >= limit
        case _:
            return isinstance(value, int) and value % limit == 0


def _array_holds(keyword: str, wanted: Any, schema: Schema, value: list[Any]) -> bool:
    match keyword:
        case "items":
            # With `prefixItems` it would mean the rest; the catalogue has no such schema.
            return "prefixItems" not in schema and all(quickly_valid(wanted, v) for v in value)
        case "prefixItems":
            return all(quickly_valid(place, v) for place, v in zip(wanted, value, strict=False))
        case "minItems":
            return len(value) >= wanted
        case "maxItems":
            return len(value) <= wanted
        case "contains":
            count = sum(quickly_valid(wanted, item) for item in value)
            return schema.get("minContains", 1) <= count <= schema.get("maxContains", count)
        case _:
            # 1 and True count as the same here, which only errs to the side of asking.
            return all(isinstance(v, (str, int)) for v in value) and len(set(value)) == len(value)


def _object_holds(keyword: str, wanted: Any, schema: Schema, value: dict[str, Any]) -> bool:
    match keyword:
        case "required":
            return all(name in value for name in wanted)
        case "properties":
            return all(
                quickly_valid(of, value[name]) for name, of in wanted.items() if name in value
            )
        case _:
            return wanted is False and set(value) <= set(schema.get("properties", ()))

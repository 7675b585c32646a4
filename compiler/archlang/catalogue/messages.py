"""A finding of `jsonschema` in this project's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archlang.catalogue import codes
from archlang.catalogue.describe import (
    OBJECTS,
    branches,
    describe,
    join,
    object_kind,
    object_names,
    show,
    words_of,
)
from archlang.catalogue.model import Parameter
from archlang.catalogue.problem import ArgumentProblem
from archlang.diagnostics.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, Any]
_RANGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not")


def explain(parameter: Parameter, value: Any, error: ValidationError) -> ArgumentProblem:
    """Why an encoded value does not fit a parameter."""
    schema = parameter.schema
    if all(
        "not" in branch and len(branch) == 1
        for branch in branches(schema)
        if branch.get("type") != "null"
    ):
        return _needs_python(parameter)
    if isinstance(value, dict) and "$dim" in value:
        return _problem(
            parameter,
            codes.WRONG_TYPE,
            f"must be {describe(schema)}, not {show(value)}",
            "not known here",
        )
    if isinstance(value, dict) and "$value" in value:
        return _wrong_object(parameter, value)  # pyright: ignore[reportUnknownArgumentType]
    leaf = _leaf(error)
    if isinstance(value, str) and not leaf.absolute_path:
        return _wrong_string(parameter, value, leaf)
    if leaf.validator in ("minItems", "maxItems"):
        return _wrong_length(parameter, leaf)
    if leaf.validator == "uniqueItems":
        return _repeated(parameter, value)
    if leaf.validator in ("contains", "maxContains"):
        return _problem(parameter, codes.OUT_OF_RANGE, "may hold -1 only once", "-1 twice",
                        help="-1 stands for the one length that follows from the others")  # fmt: skip
    if leaf.validator == "x-tuple":
        return _tuple_or_list(parameter, value)
    if list(leaf.absolute_path):
        return _wrong_element(parameter, leaf)
    if leaf.validator in _RANGES:
        wanted = _and_none(schema, describe(leaf.schema), leaf.schema)
        return _problem(
            parameter,
            codes.OUT_OF_RANGE,
            f"must be {_short(wanted)}, not {show(value)}",
            _range_label(schema, leaf),
        )
    return _wrong_type(parameter, value)


def _leaf(error: ValidationError) -> ValidationError:
    """The finding in the alternative that was meant: the one whose type the value has."""
    while error.validator == "anyOf" and error.context:
        by_branch: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            by_branch.setdefault(inner.relative_schema_path[0], []).append(inner)
        meant = [
            found for found in by_branch.values()
            if not any(not inner.path and inner.validator in ("type", "enum", "const", "required") for inner in found)
        ]  # fmt: skip
        if not meant:
            return error
        # Of several the one that went furthest: fewest findings, the last of them (longer lists come later).
        error = min(meant, key=len)[0]
    return error


def _wrong_string(parameter: Parameter, value: str, leaf: ValidationError) -> ArgumentProblem:
    schema = parameter.schema
    section = next((branch["x-of"] for branch in branches(schema) if "x-of" in branch), None)
    if section is not None:
        return _unknown_name(parameter, value, OBJECTS[section].split(" ", 1)[1])
    if leaf.validator == "pattern":
        says = leaf.schema.get("x-says", describe(schema))
        return _problem(
            parameter, codes.UNKNOWN_WORD, f"must be {says}, not {show(value)}", f"not {says}"
        )
    words = words_of(schema)
    if not words:
        return _wrong_type(parameter, value)
    near = nearest(value, words)
    message = f"must be {describe(schema)}, not {show(value)}"
    return _problem(
        parameter, codes.UNKNOWN_WORD, message, "no such word", did_you_mean(near), *near[:1]
    )


def _unknown_name(parameter: Parameter, value: str, noun: str) -> ArgumentProblem:
    """A word that is to be one of a section of Keras: an activation, an initializer, a dtype."""
    near = nearest(value, parameter.words)
    names = [f"`{word}`" for word in parameter.words]
    help = did_you_mean(near) or f"Keras has {join(names)}"
    message, label = f"{show(value)} is no {noun} of Keras", f"no such {noun}"
    return ArgumentProblem(
        parameter.name, message, label, help, codes.UNKNOWN_WORD, near[0] if near else None
    )


def _wrong_object(parameter: Parameter, value: Mapping[str, Any]) -> ArgumentProblem:
    message = f"must be {describe(parameter.schema)}, not {show(value)}"
    for branch in branches(parameter.schema):
        names = object_names(branch)
        if names and object_kind(branch) == value["$value"]:
            label = f"`{value['name']}` does not fit here"
            return _problem(parameter, codes.WRONG_OBJECT, message, label)
    kind = parameter.value_kind
    label = f"not {OBJECTS[kind]}" if kind in OBJECTS else "an object"
    return _problem(parameter, codes.WRONG_OBJECT, message, label)


def _wrong_length(parameter: Parameter, leaf: ValidationError) -> ArgumentProblem:
    schema: Schema = leaf.schema
    count = len(leaf.instance)
    low, high = schema.get("minItems", 0), schema.get("maxItems")
    single = any(
        branch.get("type") in ("integer", "number") for branch in branches(parameter.schema)
    )
    found = "an empty list" if not count else "a list of one" if count == 1 else f"{count} of them"
    if leaf.absolute_path:
        message = f"holds {show(leaf.instance)}, where it takes {describe(schema)}"
    elif "x-says" in parameter.schema:
        message = f"must be {parameter.schema['x-says']}, not {found}"
    elif low == high and single:
        unit = "integer" if schema.get("items", {}).get("type") == "integer" else "number"
        message = f"must be one {unit}{f' or {low}' if low > 1 else ''}, not {found}"
    elif low == high:
        message = f"must be {describe(schema)}, not {count}"
    elif count < low:
        message = f"must have at least {low} element{'s' if low > 1 else ''}, not {count}"
    else:
        message = f"must have at most {high} elements, not {count}"
    return _problem(parameter, codes.WRONG_LENGTH, message, found)


def _repeated(parameter: Parameter, value: Any) -> ArgumentProblem:
    twice = next((item for index, item in enumerate(value) if item in value[:index]), None)
    return _problem(parameter, codes.WRONG_LENGTH, f"holds {show(twice)} twice", f"{show(twice)} twice",
                    help="write every element once")  # fmt: skip


def _tuple_or_list(parameter: Parameter, value: Any) -> ArgumentProblem:
    meant, found = ("a tuple", "a list") if isinstance(value, list) else ("a list", "a tuple")
    text = show(tuple(value) if isinstance(value, list) else list(value))  # pyright: ignore[reportUnknownArgumentType]
    message = f"must be {meant} where it is not one number, not {found}"
    return _problem(parameter, codes.WRONG_TYPE, message, found, f"write `{text}`", text)


def _wrong_element(parameter: Parameter, leaf: ValidationError) -> ArgumentProblem:
    code = codes.OUT_OF_RANGE if leaf.validator in _RANGES else codes.WRONG_TYPE
    wanted = describe(leaf.schema)
    message = f"holds {show(leaf.instance)}, where it takes {wanted}" if wanted else "does not fit"
    return _problem(parameter, code, message, f"{show(leaf.instance)} is not {wanted}")


def _wrong_type(parameter: Parameter, value: Any) -> ArgumentProblem:
    schema = parameter.schema
    wanted = describe(schema)
    number = _same_number(value)
    problem = _problem(
        parameter,
        codes.WRONG_TYPE,
        f"must be {wanted}, not {_show_typed(value)}",
        _type_label(schema),
    )
    if number is not None and any(
        branch.get("type") in ("integer", "number") for branch in branches(schema)
    ):
        return problem.with_help(f"write {number}", number)
    words = words_of(schema)
    near = nearest(str(value), words) if isinstance(value, bool) else []
    return problem.with_help(did_you_mean(near), near[0] if near else None)


def _needs_python(parameter: Parameter) -> ArgumentProblem:
    return _problem(
        parameter,
        codes.NEEDS_PYTHON,
        "takes a Python function or object, which a spec cannot hold",
        "only Python has such a value",
        help='write the layer in Python and declare it: `layer Name() from "my_package.layers" -> same`',
    )


def _same_number(value: Any) -> str | None:
    """The number that a string or a whole fraction was meant to be."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdigit():
        return value.strip()
    return None


def _show_typed(value: Any) -> str:
    if isinstance(value, str):
        return f'the string "{value}"'
    return show(value)


def _and_none(schema: Schema, wanted: str, leaf_schema: Schema) -> str:
    """Other alternatives that a number might have been: `-1 or a positive integer`."""
    others = [
        describe(branch) for branch in branches(schema)
        if branch != leaf_schema and branch.get("type") in ("null", "integer")
    ]  # fmt: skip
    return join(
        [*[text for text in others if text != "None"], wanted, *[t for t in others if t == "None"]]
    )


def _short(wanted: str) -> str:
    for start in ("between", "of at least", "of at most", "above", "below"):
        wanted = wanted.replace(f"a number {start}", start.removeprefix("of "))
    return wanted


def _range_label(schema: Schema, leaf: ValidationError) -> str:
    numeric = [branch for branch in branches(schema) if branch.get("type") in ("integer", "number")]
    if len(numeric) > 1:
        return "out of range"
    if leaf.validator in ("minimum", "exclusiveMinimum"):
        return "too small"
    return "too large" if leaf.validator in ("maximum", "exclusiveMaximum") else "does not fit"


def _type_label(schema: Schema) -> str:
    kinds = [branch.get("type") for branch in branches(schema)]
    for kind, label in (("integer", "an integer"), ("number", "a number"), ("boolean", "True or False"),
                        ("array", "a list"), ("string", "a string")):  # fmt: skip
        if kind in kinds:
            return f"not {label}"
    return "does not fit"


def _problem(
    parameter: Parameter,
    code: str,
    says: str,
    label: str,
    help: str | None = None,
    replacement: str | None = None,
) -> ArgumentProblem:
    return ArgumentProblem(
        parameter.name, f"`{parameter.name}` {says}", label, help, code, replacement
    )

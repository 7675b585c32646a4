"""A finding of `jsonschema` in this project's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

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
from archlang.catalogue.dialect import Finding
from archlang.catalogue.model import Parameter
from archlang.catalogue.problem import ArgumentProblem
from archlang.diagnostics.suggestions import did_you_mean, nearest

Schema = Mapping[str, Any]
_RANGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not")
_NEEDS_PYTHON = 'write it in Python and declare it: `layer Name() from "my_package.layers" -> same`'


def explain(parameter: Parameter, value: Any, finding: Finding) -> ArgumentProblem:
    """Why an encoded value does not fit a parameter."""
    schema = parameter.schema
    if _only_python(schema):
        says = "takes a Python function or object, which a spec cannot hold"
        return _problem(parameter, codes.NEEDS_PYTHON, says, "only Python has it", _NEEDS_PYTHON)
    if isinstance(value, dict) and "$dim" in value:
        says = f"must be {describe(schema)}, not {show(cast('dict[str, Any]', value))}"
        return _problem(parameter, codes.WRONG_TYPE, says, "not known here")
    if isinstance(value, dict) and "$value" in value:
        return _wrong_object(parameter, cast("dict[str, Any]", value))
    leaf = _leaf(finding)
    if isinstance(value, str) and not leaf.path:
        return _wrong_string(parameter, value, leaf)
    match leaf.keyword:
        case "minItems" | "maxItems":
            return _wrong_length(parameter, leaf)
        case "uniqueItems":
            return _repeated(parameter, value)
        case "contains" | "maxContains":
            help = "-1 stands for the one length that follows from the others"
            return _problem(
                parameter, codes.OUT_OF_RANGE, "may hold -1 only once", "-1 twice", help
            )
        case "x-tuple":
            return _tuple_or_list(parameter, value)
        case _:
            pass
    if leaf.path:
        return _wrong_element(parameter, leaf)
    if leaf.keyword in _RANGES:
        return _out_of_range(parameter, value, leaf)
    return _wrong_type(parameter, value)


def _only_python(schema: Schema) -> bool:
    known = [branch for branch in branches(schema) if branch.get("type") != "null"]
    return all(set(branch) == {"not"} for branch in known)


def _leaf(finding: Finding) -> Finding:
    """The finding in the alternative that was meant: the one whose type the value has."""
    meant: list[tuple[Finding, ...]]
    while finding.keyword == "anyOf":
        place = finding.path
        meant = [found for found in finding.branches if not _other_type(found, place)]
        if not meant:
            return finding
        closest: tuple[Finding, ...] = min(meant, key=len)
        finding = closest[0]
    return finding


def _other_type(found: tuple[Finding, ...], place: tuple[str | int, ...]) -> bool:
    kinds = ("type", "enum", "const", "required")
    return any(finding.path == place and finding.keyword in kinds for finding in found)


def _out_of_range(parameter: Parameter, value: Any, leaf: Finding) -> ArgumentProblem:
    schema = parameter.schema
    if leaf.keyword == "not" and isinstance(value, int):
        # The one thing that Keras wants to be a Python float.
        says = f"must be {describe(schema)}, not {value}"
        text = str(float(value))
        return _problem(
            parameter, codes.WRONG_TYPE, says, "no decimal point", f"write {text}", text
        )
    others = {
        describe(branch): None
        for branch in branches(schema)
        if branch != leaf.schema and branch.get("type") in ("null", "integer")
    }
    none = ["None"] if "None" in others else []
    # The words of the schema as a whole say more than the limit that was overstepped.
    limits = {
        key: of for key, of in leaf.schema.items() if key != "x-says" or leaf.keyword == "not"
    }
    wanted = join([*[text for text in others if text != "None"], describe(limits), *none])
    for start in ("between", "of at least", "of at most", "above", "below"):
        wanted = wanted.replace(f"a number {start}", start.removeprefix("of "))
    says = f"must be {wanted}, not {show(value)}"
    return _problem(parameter, codes.OUT_OF_RANGE, says, _range_label(schema, leaf))


def _range_label(schema: Schema, leaf: Finding) -> str:
    numeric = [b for b in branches(schema) if b.get("type") in ("integer", "number")]
    if len(numeric) > 1:
        return "out of range"
    if leaf.keyword in ("minimum", "exclusiveMinimum"):
        return "too small"
    return "too large" if leaf.keyword in ("maximum", "exclusiveMaximum") else "does not fit"


def _wrong_string(parameter: Parameter, value: str, leaf: Finding) -> ArgumentProblem:
    schema = parameter.schema
    section = next((branch["x-of"] for branch in branches(schema) if "x-of" in branch), None)
    if section is not None:
        return _unknown_name(parameter, value, OBJECTS[section].split(" ", 1)[1])
    if leaf.keyword == "pattern":
        says = leaf.schema.get("x-says", describe(schema))
        message = f"must be {says}, not {show(value)}"
        return _problem(parameter, codes.WRONG_TYPE, message, "does not fit")
    words = words_of(schema)
    if not words:
        return _wrong_type(parameter, value)
    near = nearest(value, words)
    message = f"must be {describe(schema)}, not {show(value)}"
    help, best = did_you_mean(near), near[0] if near else None
    return _problem(parameter, codes.UNKNOWN_WORD, message, "no such word", help, best)


def _unknown_name(parameter: Parameter, value: str, noun: str) -> ArgumentProblem:
    """A word that is to be one of a section of Keras: an activation, an initializer, a dtype."""
    near = nearest(value, parameter.words)
    names = [f"`{word}`" for word in parameter.words]
    help = did_you_mean(near) or f"Keras has {join(names)}"
    message, label = f"{show(value)} is no {noun} of Keras", f"no such {noun}"
    best = near[0] if near else None
    return ArgumentProblem(parameter.name, message, label, help, codes.UNKNOWN_WORD, best)


def _wrong_object(parameter: Parameter, value: Mapping[str, Any]) -> ArgumentProblem:
    says = f"must be {describe(parameter.schema)}, not {show(value)}"
    kind = parameter.value_kind
    label = f"not {OBJECTS[kind]}" if kind in OBJECTS else "an object"
    for branch in branches(parameter.schema):
        if object_names(branch) and object_kind(branch) == value["$value"]:
            label = f"`{value['name']}` does not fit here"
    return _problem(parameter, codes.WRONG_OBJECT, says, label)


def _wrong_length(parameter: Parameter, leaf: Finding) -> ArgumentProblem:
    schema = leaf.schema
    count = len(leaf.instance)
    low, high = schema.get("minItems", 0), schema.get("maxItems")
    number = ("integer", "number")
    single = any(branch.get("type") in number for branch in branches(parameter.schema))
    found = "an empty list" if not count else "a list of one" if count == 1 else f"{count} of them"
    if leaf.path:
        says = f"holds {show(leaf.instance)}, where it takes {describe(schema)}"
    elif "x-says" in parameter.schema:
        says = f"must be {parameter.schema['x-says']}, not {found}"
    elif low == high and single:
        unit = "integer" if schema.get("items", {}).get("type") == "integer" else "number"
        says = f"must be one {unit}{f' or {low}' if low > 1 else ''}, not {found}"
    elif low == high:
        says = f"must be {describe(schema)}, not {count}"
    elif count < low:
        says = f"must have at least {low} element{'s' if low > 1 else ''}, not {count}"
    else:
        says = f"must have at most {high} elements, not {count}"
    return _problem(parameter, codes.WRONG_LENGTH, says, found)


def _repeated(parameter: Parameter, value: Any) -> ArgumentProblem:
    twice = next((item for index, item in enumerate(value) if item in value[:index]), None)
    says, label = f"holds {show(twice)} twice", f"{show(twice)} twice"
    return _problem(parameter, codes.WRONG_LENGTH, says, label, "write every element once")


def _tuple_or_list(parameter: Parameter, value: Any) -> ArgumentProblem:
    is_list = isinstance(value, list)
    meant, found = ("a tuple", "a list") if is_list else ("a list", "a tuple")
    text = show(tuple(value) if is_list else list(value))  # pyright: ignore[reportUnknownArgumentType]
    says = f"takes {meant} of several numbers, not {found}"
    return _problem(parameter, codes.WRONG_TYPE, says, found, f"write `{text}`", text)


def _wrong_element(parameter: Parameter, leaf: Finding) -> ArgumentProblem:
    code = codes.OUT_OF_RANGE if leaf.keyword in _RANGES else codes.WRONG_TYPE
    wanted = describe(leaf.schema)
    says = f"holds {show(leaf.instance)}, where it takes {wanted}"
    return _problem(parameter, code, says, f"{show(leaf.instance)} is not {wanted}")


def _wrong_type(parameter: Parameter, value: Any) -> ArgumentProblem:
    schema = parameter.schema
    shown = f'the string "{value}"' if isinstance(value, str) else show(value)
    says = f"must be {describe(schema)}, not {shown}"
    problem = _problem(parameter, codes.WRONG_TYPE, says, _type_label(schema))
    if parameter.value_kind == "regularizers" and isinstance(value, (int, float)):
        return problem.with_help(f"write `L2({value})`", f"L2({value})")
    number = _same_number(value)
    kinds = [branch.get("type") for branch in branches(schema)]
    if number is not None and ("integer" in kinds or "number" in kinds):
        return problem.with_help(f"write {number}", number)
    return problem


def _same_number(value: Any) -> str | None:
    """The number that a string or a whole fraction was meant to be."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdigit():
        return value.strip()
    return None


def _type_label(schema: Schema) -> str:
    kinds = [branch.get("type") for branch in branches(schema)]
    labels = {
        "integer": "an integer",
        "number": "a number",
        "boolean": "True or False",
        "array": "a list",
        "string": "a string",
    }
    return next((f"not {label}" for kind, label in labels.items() if kind in kinds), "does not fit")


def _problem(
    parameter: Parameter,
    code: str,
    says: str,
    label: str,
    help: str | None = None,
    replacement: str | None = None,
) -> ArgumentProblem:
    message = f"`{parameter.name}` {says}"
    return ArgumentProblem(parameter.name, message, label, help, code, replacement)

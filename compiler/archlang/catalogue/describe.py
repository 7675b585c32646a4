"""Schemas and values in words, as messages need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

# One object of a section, and that section in general.
OBJECTS: dict[str, str] = {
    "layers": "a layer",
    "activations": "an activation",
    "initializers": "an initializer",
    "regularizers": "a regularizer",
    "constraints": "a constraint",
    "losses": "a loss",
    "metrics": "a metric",
    "optimizers": "an optimizer",
    "schedules": "a learning rate schedule",
    "callbacks": "a callback",
    "policies": "a dtype policy",
    "applications": "an application",
    "dtypes": "a dtype",
    "windows": "a window",
}


def describe(schema: Schema) -> str:
    """What a schema lets in: `a positive integer`, `` `valid` or `same` ``."""
    return join(_alternatives(schema))


def join(parts: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} or {parts[-1]}"


def show(value: Any) -> str:
    """An encoded value as a spec writes it; long ones cut short."""
    if isinstance(value, str):
        return f"`{value}`" if len(value) <= 40 else f"`{value[:37]}…`"
    if isinstance(value, dict):
        return _show_object(value)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        return _show_list(value)  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def words_of(schema: Schema) -> list[str]:
    """Every word that a schema lists; upper-case doubles of lower-case ones left out."""
    found: list[str] = []
    for branch in branches(schema):
        found += [word for word in branch.get("enum", ()) if word not in found]
    return [word for word in found if not (word != word.lower() and word.lower() in found)]


def branches(schema: Schema, said: bool = False) -> list[Schema]:
    """The alternatives of a schema, flattened; with `said` not those that speak for themselves."""
    if "anyOf" in schema and "type" not in schema and not (said and "x-says" in schema):
        return [inner for branch in schema["anyOf"] for inner in branches(branch, said)]
    return [schema]


def _show_list(value: Sequence[Any]) -> str:
    """`[3, same]`; what holds objects as code (`` `[3, Dense, None]` ``), several tensors in words."""
    if len(value) > 1 and all(_is_tensor(item) for item in value):
        return f"a {'tuple' if isinstance(value, tuple) else 'list'} of {len(value)} tensors"
    inner = ", ".join(_as_code(item) for item in value)
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    text = f"({inner}{comma})" if isinstance(value, tuple) else f"[{inner}]"
    text = text if len(text) <= 50 else text[:47] + "…" + text[-1]
    return f"`{text}`" if _holds_objects(value) else text


def _as_code(item: Any) -> str:
    """An element of a list that is shown as a whole."""
    if isinstance(item, dict):
        if _is_tensor(item):
            return "a tensor"
        if "$dim" in item:
            return str(item["$dim"])  # pyright: ignore[reportUnknownArgumentType]
        if "$value" in item:
            return str(item.get("name", "…"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return "{…}"
    return show(item).strip("`")


def _holds_objects(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds_objects(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return isinstance(value, dict)


def _is_tensor(value: Any) -> bool:
    """Whether an encoded value is a tensor, of a schema or of the graph."""
    if not isinstance(value, dict):
        return False
    return "$tensor" in value or value.get("$value") == "Tensor"  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _show_object(value: Mapping[str, Any]) -> str:
    if _is_tensor(value):
        return "a tensor"
    if "$dim" in value:
        return f"the length `{value['$dim']}`, which is not known before the model runs"
    kind = value.get("$value")
    if isinstance(kind, str):  # a spec's own dictionary may have that key too
        noun = OBJECTS.get(kind, "the object").split(" ", 1)[-1]
        return f"the {noun} `{value.get('name', kind)}`"
    return "a dictionary"


def _alternatives(schema: Schema) -> list[str]:
    """Descriptions of the branches: values first, words next, None last."""
    every = branches(schema, said=True)
    parts: list[str] = []
    for branch in every:
        texts = ["True", "False"] if branch.get("type") == "boolean" else [_branch(branch, every)]
        parts += [text for text in texts if text and text not in parts]
    open_branches = [branch for branch in every if "x-says" not in branch]
    parts += [
        f"`{word}`" for branch in open_branches if "x-of" not in branch for word in words_of(branch)
    ]
    parts += [
        f"the name of {OBJECTS[branch['x-of']]}" for branch in open_branches if "x-of" in branch
    ]
    if any(branch.get("type") == "null" for branch in every):
        parts.append("None")
    return parts


def _branch(branch: Schema, every: Sequence[Schema]) -> str:
    if "x-says" in branch:
        return str(branch["x-says"])
    kind = branch.get("type")
    if kind == "integer":
        return _integer(branch)
    if kind == "number":
        return _number(branch)
    if kind == "string":
        return "a string"
    if kind == "array":
        return _array(branch, every)
    if kind == "object":
        return _object(branch)
    if "const" in branch:
        return str(branch["const"])
    return "a value that only Python has" if "not" in branch else ""


def _integer(branch: Schema) -> str:
    low, high = branch.get("minimum"), branch.get("maximum")
    if low is not None and low == high:
        return str(low)
    if low is not None and high is not None:
        return f"an integer from {low} to {high}"
    if low is not None:
        return "a positive integer" if low == 1 else f"an integer of at least {low}"
    return "an integer" if high is None else f"an integer of at most {high}"


def _number(branch: Schema) -> str:
    low, high = branch.get("minimum"), branch.get("maximum")
    above, below = branch.get("exclusiveMinimum"), branch.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"a number between {low} and {high}"
    if above == 0 and high is None and below is None:
        return "a positive number"
    ends: list[str] = []
    if low is not None:
        ends.append(f"of at least {low}")
    if above is not None:
        ends.append(f"above {above}")
    if high is not None:
        ends.append(f"of at most {high}")
    if below is not None:
        ends.append(f"below {below}")
    return " ".join(["a number", " and ".join(ends)]).strip()


def _array(branch: Schema, every: Sequence[Schema]) -> str:
    low, high = branch.get("minItems"), branch.get("maxItems")
    items: Schema = branch.get("items", {})
    item = describe(items)
    if low is not None and low == high:
        # `a positive integer or 2 of them`, where the single value is an alternative of its own.
        if any(other is not branch and other == items for other in every):
            return f"{low} of them" if low > 1 else f"a list of {low}"
        return f"a list of {low} {_plural(item) or 'numbers'}"
    noun = "tuple" if branch.get("x-tuple") else "list"
    return f"a {noun} of {_plural(item)}" if item else f"a {noun}"


def _plural(item: str) -> str:
    words = item.removeprefix("a ").removeprefix("an ").split(" ")
    for index, word in enumerate(words):
        if word in ("integer", "number", "string", "layer"):
            words[index] = word + "s"
            break
    return " ".join(words)


def _object(branch: Schema) -> str:
    names = object_names(branch)
    if names:
        quoted = [f"`{name}`" for name in names]
        return join(quoted)
    if "$tensor" in branch.get("required", ()):
        return "a tensor"
    kind = object_kind(branch)
    return OBJECTS.get(kind, "an object") if kind else "a dictionary"


def object_kind(branch: Schema) -> str | None:
    """The section whose objects a schema lets in, None if it is no schema of objects."""
    kinds = branch.get("properties", {}).get("$value", {}).get("enum")
    return str(kinds[0]) if kinds else None


def object_names(branch: Schema) -> list[str]:
    """The names that a schema of objects is restricted to."""
    for option in branch.get("anyOf", ()):
        if "name" in option.get("properties", {}):
            return list(option["properties"]["name"]["enum"])
    return []

"""The small type language of `grammar/annotations.toml`, turned into JSON Schema.

    int  float  bool  str  none  any  dict  tensor  python
    int(1..)  float(0..1)  float(0<..1)  float(0..<1)     ranges, both ends optional, `<` for an
    open end 'valid' | 'same' | none                               words, alternatives list(int)
    list(int, 2)  list(int, 1..3)              lists or tuples, of a length tuple(int)
    a tuple only fixed(float(..1), float(-1..))                        a list with a type for each
    place id(activations)                                       the names that
    `keras.activations.get` takes value(initializers)                                   an object
    of that section value(layers: LSTM GRU)                               one of these size(2) a
    type of `[types]`, with its parameter

`any` lets everything in. `python` lets nothing in: only Python has such a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?$")

Schema = dict[str, Any]
_OBJECTS = [{"required": [key]} for key in ("$value", "$tensor", "$dim")]


@dataclass
class Type:
    """A type in full: its schema, the bare words that it lists, the sections of its objects."""

    schema: Schema
    words: list[str] = field(default_factory=list[str])
    kinds: list[str] = field(default_factory=list[str])


class Types:
    """Reads type expressions; knows the named types and what each `get` of Keras takes."""

    def __init__(
        self, named: dict[str, Any], says: dict[str, str], identifiers: dict[str, list[str]]
    ) -> None:
        self._named = named
        self._says = says
        self._identifiers = identifiers
        self._known: dict[str, Type] = {}

    def __call__(self, text: str) -> Type:
        """The type that an expression means."""
        if text not in self._known:
            reader = _Reader(text, self)
            self._known[text] = reader.union()
            reader.done()
        return self._known[text]

    def named(self, name: str, arguments: list[str]) -> Type:
        """A type of `[types]`; a table there is a JSON Schema as it stands."""
        key = name if not arguments else f"{name}({', '.join('abc'[: len(arguments)])})"
        if key not in self._named:
            raise ValueError(f"no type {key} in annotations.toml")
        found = self._named[key]
        if isinstance(found, dict):
            result = Type(found)
        else:
            for letter, argument in zip("abc", arguments, strict=False):
                found = re.sub(rf"(?<![\w']){letter}(?![\w'])", argument, found)
            result = self(found)
        if key in self._says:
            says = self._says[key].format(**dict(zip("abc", arguments, strict=False)))
            return Type({**result.schema, "x-says": says}, result.words, result.kinds)
        return result

    def identifiers(self, section: str) -> list[str]:
        """The names that a `get` takes."""
        return self._identifiers[section]


class _Reader:
    def __init__(self, text: str, types: Types) -> None:
        self._text = text
        self._types = types
        self._tokens = _tokens(text)
        self._at = 0

    def union(self) -> Type:
        parts = [self._term()]
        while self._peek() == "|":
            self._next()
            parts.append(self._term())
        return _union(parts)

    def done(self) -> None:
        if self._peek() is not None:
            raise ValueError(f"cannot read {self._text!r} from {self._peek()!r} on")

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise ValueError(f"{self._text!r} ends too early")
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise ValueError(f"expected {token!r} in {self._text!r}")

    def _term(self) -> Type:
        token = self._next()
        if token.startswith("'"):
            return Type({"enum": [token[1:-1]]}, [token[1:-1]])
        simple: dict[str, Schema] = {
            "none": {"type": "null"},
            "bool": {"type": "boolean"},
            "true": {"const": True},
            "false": {"const": False},
            "str": {"type": "string"},
            "any": {},
            "dict": {"type": "object", "not": {"anyOf": _OBJECTS}},
            "tensor": {"type": "object", "required": ["$tensor"]},
            "python": {"not": {}},
        }  # fmt: skip
        if token in simple:
            return Type(simple[token])
        if token in ("int", "float"):
            schema: Schema = {"type": "integer" if token == "int" else "number"}
            if self._peek() == "(":
                self._next()
                schema.update(
                    self._range("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
                )
                self._expect(")")
            return Type(schema)
        if token in ("list", "tuple", "fixed", "id", "value"):
            self._expect("(")
            result = getattr(self, f"_{token}")()
            self._expect(")")
            return result
        return self._types.named(token, self._arguments())

    def _list(self) -> Type:
        of = self.union()
        schema: Schema = {"type": "array", "items": of.schema}
        if self._peek() == ",":
            self._next()
            schema.update(self._range("minItems", "", "maxItems", ""))
        return Type(schema, of.words, of.kinds)

    def _tuple(self) -> Type:
        result = self._list()
        result.schema["x-tuple"] = True
        return result

    def _fixed(self) -> Type:
        places = [self.union().schema]
        while self._peek() == ",":
            self._next()
            places.append(self.union().schema)
        count = len(places)
        return Type({"type": "array", "prefixItems": places, "minItems": count, "maxItems": count})

    def _id(self) -> Type:
        section = self._next()
        names = self._types.identifiers(section)
        return Type(
            {"enum": names, "x-of": section}, [name for name in names if not name[0].isupper()]
        )

    def _value(self) -> Type:
        kind = self._next()
        properties: Schema = {"$value": {"enum": [kind, "custom"]}}
        if self._peek() == ":":
            self._next()
            names: list[str] = []
            while self._peek() != ")":
                names.append(self._next())
            schema = {"anyOf": [{"properties": {"$value": {"const": "custom"}}},
                                {"properties": {"name": {"enum": names}}}]}  # fmt: skip
            return Type(
                {"type": "object", "required": ["$value"], "properties": properties, **schema},
                [],
                [kind],
            )
        return Type(
            {"type": "object", "required": ["$value"], "properties": properties}, [], [kind]
        )

    def _range(self, low: str, open_low: str, high: str, open_high: str) -> Schema:
        schema: Schema = {}
        token = self._next()
        if _NUMBER.match(token):
            number = _number(token)
            if self._peek() not in ("..", "<"):
                return {low: number, high: number}
            if self._peek() == "<":
                self._next()
                schema[open_low] = number
            else:
                schema[low] = number
            token = self._next()
        if token != "..":
            raise ValueError(f"expected `..` in {self._text!r}")
        is_open = self._peek() == "<"
        if is_open:
            self._next()
        if self._peek() is not None and _NUMBER.match(str(self._peek())):
            schema[open_high if is_open else high] = _number(self._next())
        return schema

    def _arguments(self) -> list[str]:
        found: list[str] = []
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                found.append(self._next())
                if self._peek() == ",":
                    self._next()
            self._next()
        return found


def _tokens(text: str) -> list[str]:
    found = re.findall(r"'[^']*'|\.\.|-?\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z_]\w*|[|(),<:]", text)
    if "".join(found) != re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", text):
        raise ValueError(f"cannot read the type {text!r}")
    return found


def _number(text: str) -> int | float:
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def _union(parts: list[Type]) -> Type:
    """One type of several; their words come together in one `enum`."""
    if len(parts) == 1:
        return parts[0]
    words: list[Any] = []
    branches: list[Schema] = []
    for part in parts:
        for schema in part.schema["anyOf"] if set(part.schema) == {"anyOf"} else [part.schema]:
            if set(schema) == {"enum"}:
                words += [word for word in schema["enum"] if word not in words]
            elif schema not in branches:
                branches.append(schema)
    if words:
        branches.append({"enum": words})
    schema = branches[0] if len(branches) == 1 else {"anyOf": branches}
    return Type(
        schema,
        list(dict.fromkeys(word for part in parts for word in part.words)),
        list(dict.fromkeys(kind for part in parts for kind in part.kinds)),
    )

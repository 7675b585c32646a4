"""An entry of the catalogue and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archlang.records import record

if TYPE_CHECKING:
    from archlang.catalogue.loader import Catalogue


@record
class Parameter:
    """One argument that a Keras object takes.

    `schema` is a JSON Schema in the dialect that `archlang.catalogue.dialect` describes. `words`
    are the bare words that Keras lists for the argument; `value_kind` is the section of the
    objects that it takes, if any.
    """

    name: str
    required: bool
    default: Any
    keyword_only: bool
    schema: Mapping[str, Any]
    words: tuple[str, ...] = ()
    value_kind: str | None = None


@record
class Together:
    """A rule on several arguments: it is broken where all of `refuse` fit their schemas.

    Arguments not written have their defaults. `says` is the message.
    """

    says: str
    refuse: Mapping[str, Mapping[str, Any]]
    help: str | None = None


@dataclass(frozen=True)
class Entry:
    """A public name of Keras: a layer class, an optimizer, an op …

    `path` is what generated code writes (`keras.layers.Dense`). `parameters` are the signature's,
    in order; `parameter()` also knows the base arguments of layers and the ones that Keras
    documents nowhere. `call_input` is the first parameter of a layer's `call`, `call_parameters`
    are the others. `preprocess` is the path of the function that prepares images for an
    application. `abstract` is a class that only serves to derive others from.
    """

    kind: str
    name: str
    path: str
    parameters: tuple[Parameter, ...]
    base_kwargs: bool = False
    call_input: str | None = None
    call_parameters: tuple[str, ...] = ()
    alias_of: str | None = None
    abstract: bool = False
    preprocess: str | None = None
    together: tuple[Together, ...] = ()
    extra_parameters: tuple[Parameter, ...] = ()
    catalogue: Catalogue = field(repr=False, compare=False, kw_only=True)

    @cached_property
    def _by_name(self) -> dict[str, Parameter]:
        # The signature wins over a base argument of the same name.
        return {p.name: p for p in (*self.extra_parameters, *self.parameters)}

    def parameter(self, name: str) -> Parameter | None:
        """The parameter called `name`; also base and hidden ones."""
        return self._by_name.get(name)

    @cached_property
    def argument_names(self) -> tuple[str, ...]:
        """Every argument that may be written: the signature's first, then base and hidden ones."""
        return tuple(dict.fromkeys(p.name for p in (*self.parameters, *self.extra_parameters)))

    @cached_property
    def schema(self) -> dict[str, Any]:
        """A JSON Schema of all arguments, as one object."""
        return {
            "type": "object",
            "properties": {name: self._by_name[name].schema for name in self.argument_names},
            "required": [p.name for p in self.parameters if p.required],
            "additionalProperties": False,
        }

    def defaults(self) -> dict[str, Any]:
        """The signature's defaults by name, as Python values."""
        return {p.name: p.default for p in self.parameters if not p.required}

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation."""
        return str(self._docs.get("summary", ""))

    def argument_doc(self, name: str) -> str:
        """What the documentation says about an argument; empty if nothing."""
        arguments: Mapping[str, str] = self._docs.get("arguments", {})
        return arguments.get(name, "")

    @property
    def _docs(self) -> Mapping[str, Any]:
        return self.catalogue.docs(self.kind, self.alias_of or self.name)

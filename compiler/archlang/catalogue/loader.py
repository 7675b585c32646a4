"""Reading `grammar/catalogue.json`; entries are made when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from archlang.catalogue.model import Entry, Parameter, Together
from archlang.grammar_files import grammar_file

FORMAT = "archlang-catalogue/1"
KINDS = (
    "layers", "activations", "initializers", "regularizers", "constraints", "losses", "metrics",
    "optimizers", "schedules", "callbacks", "applications", "ops", "datasets",
)  # fmt: skip


@cache
def load() -> Catalogue:
    """The catalogue that ships with the compiler."""
    return Catalogue(json.loads(grammar_file("catalogue.json").read_bytes()))


class Catalogue:
    """What Keras offers, by section and name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        if document.get("format") != FORMAT:
            raise ValueError(f"not a catalogue of format {FORMAT}: {document.get('format')!r}")
        self._document = document
        self._entries: dict[tuple[str, str], Entry] = {}
        self._parameters: dict[int, Parameter] = {}

    @property
    def keras_version(self) -> str:
        """The version of the Keras that the catalogue was made from."""
        return str(self._document["keras"])

    def get(self, kind: str, name: str) -> Entry | None:
        """The entry of a section, None if it has none of that name."""
        entry = self._entries.get((kind, name))
        if entry is None:
            raw = self._document.get(kind, {}).get(name) if kind in KINDS else None
            if raw is None:
                return None
            entry = self._entries[kind, name] = self._entry(kind, name, raw)
        return entry

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of a section, aliases included, in alphabetical order."""
        return tuple(self._document[kind])

    def find(self, name: str, kinds: Iterable[str] | None = None) -> Entry | None:
        """The first entry of that name, sections in the order of `KINDS` or as given."""
        for kind in KINDS if kinds is None else kinds:
            entry = self.get(kind, name)
            if entry is not None:
                return entry
        return None

    def words(self, section: str) -> tuple[str, ...]:
        """The strings that stand for objects of a section; also of `dtypes` and `windows`."""
        return tuple(self._document["words"].get(section, ()))

    def docs(self, kind: str, name: str) -> Mapping[str, Any]:
        """The documentation of an entry; the document is read at the first call."""
        return self._docs.get(f"{kind}/{name}", {})

    @cached_property
    def _docs(self) -> Mapping[str, Any]:
        return json.loads(grammar_file("catalogue_docs.json").read_bytes())["entries"]

    def _entry(self, kind: str, name: str, raw: Mapping[str, Any]) -> Entry:
        alias = raw.get("alias_of")
        # An alias has a path of its own, and everything else from the entry that it stands for.
        body = raw if alias is None else self._document[kind][alias]
        without = body.get("without", ())
        base = [
            p
            for p in self._document["base"]
            if body.get("base_kwargs") and p["name"] not in without
        ]
        return Entry(
            kind,
            name,
            raw["path"],
            tuple(self._parameter(p) for p in body["parameters"]),
            bool(body.get("base_kwargs")),
            body.get("call_input"),
            tuple(body.get("call_parameters", ())),
            alias,
            bool(body.get("abstract")),
            body.get("preprocess"),
            tuple(self._together(says) for says in body.get("together", ())),
            tuple(self._parameter(p) for p in (*base, *body.get("hidden", ()))),
            catalogue=self,
        )

    def _together(self, says: str) -> Together:
        rule = self._document["together"][says]
        return Together(says, rule["refuse"], rule.get("help"))

    def _parameter(self, raw: Mapping[str, Any]) -> Parameter:
        known = self._parameters.get(id(raw))
        if known is None:
            of_type = self._document["types"][raw["type"]]
            known = self._parameters[id(raw)] = Parameter(
                raw["name"],
                "default" not in raw,
                from_json(raw.get("default")),
                bool(raw.get("keyword_only")),
                of_type["schema"],
                tuple(of_type.get("words", ())),
                of_type.get("value"),
            )
        return known


def from_json(value: Any) -> Any:
    """A default as Python has it; the other way round stands in `tools/catalogue/collect.py`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        if "$tuple" in value:
            return tuple(from_json(item) for item in value["$tuple"])  # pyright: ignore[reportUnknownVariableType]
        if "$float" in value:
            return float(value["$float"])  # pyright: ignore[reportUnknownArgumentType]
        return {key: from_json(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value

"""The catalogue's two documents as text: one entry a line, so that a diff tells what changed."""

from __future__ import annotations

import json
from typing import Any

import keras

from tools.catalogue.annotate import Annotations
from tools.catalogue.collect import BASE_KWARGS, RawEntry, as_json, collect
from tools.catalogue.docs import argument_docs, summary
from tools.catalogue.identifiers import identifiers

KINDS = (
    "layers", "activations", "initializers", "regularizers", "constraints", "losses", "metrics",
    "optimizers", "schedules", "callbacks", "applications", "ops", "datasets",
)  # fmt: skip


def documents() -> dict[str, str]:
    """File names and their texts."""
    return _Writer().documents()


class _Writer:
    def __init__(self) -> None:
        self.annotations = Annotations()
        self.words = identifiers(self.annotations.tables["identifiers"])
        self.annotations.use(self.words)
        self.types: dict[str, dict[str, Any]] = {}
        self.rules: dict[str, dict[str, Any]] = {}

    def documents(self) -> dict[str, str]:
        entries = collect()
        sections: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        docs: dict[str, dict[str, Any]] = {}
        for entry in entries:
            sections[entry.kind][entry.name] = self._entry(entry)
            if entry.alias_of is None:
                docs[f"{entry.kind}/{entry.name}"] = _docs(entry)
        unused = self.annotations.unused()
        if unused:
            raise ValueError(f"annotations that nothing asks for: {', '.join(unused)}")
        base = [
            self._parameter({"name": n}, self.annotations.tables["base"][n], n) for n in BASE_KWARGS
        ]
        for parameter in base:
            parameter["default"] = True if parameter["name"] in ("trainable", "autocast") else None
        words = {
            section: [w for w in names if not w[0].isupper()]
            for section, names in self.words.items()
        }
        head = {"format": "archlang-catalogue/1", "keras": keras.__version__}
        ordered = {kind: dict(sorted(section.items())) for kind, section in sections.items()}
        types = dict(sorted(self.types.items()))
        return {
            "catalogue.json": _lay_out(
                {
                    **head,
                    "words": words,
                    "types": types,
                    "together": self.rules,
                    "base": base,
                    **ordered,
                }
            ),
            "catalogue_docs.json": _lay_out({**head, "entries": dict(sorted(docs.items()))}),
        }

    def _entry(self, entry: RawEntry) -> dict[str, Any]:
        result: dict[str, Any] = {"path": entry.path}
        if entry.alias_of is not None:
            return {**result, "alias_of": entry.alias_of}
        for name in ("abstract", "base_kwargs", "call_input", "preprocess"):
            if getattr(entry, name):
                result[name] = getattr(entry, name)
        if entry.call_parameters:
            result["call_parameters"] = entry.call_parameters
        refused = self.annotations.refused(entry.kind, entry.name)
        if refused:
            result["without"] = refused
        result["parameters"] = []
        for parameter in entry.parameters:
            item: dict[str, Any] = {"name": parameter.name}
            expression = self.annotations.of(entry.kind, entry.name, parameter)
            self._parameter(item, expression, f"{entry.name}.{parameter.name}")
            if not parameter.required:
                item["default"] = as_json(parameter.default)
            if parameter.keyword_only:
                item["keyword_only"] = True
            result["parameters"].append(item)
        hidden = self.annotations.hidden(entry.kind, entry.name, {p.name for p in entry.parameters})
        if hidden:
            result["hidden"] = [
                {**self._parameter({"name": name}, expression, name), "default": None}
                for name, expression in hidden.items()
            ]
        rules = self.annotations.together(
            entry.kind, entry.name, {p.name for p in entry.parameters}
        )
        if rules:
            result["together"] = [self._together(rule) for rule in rules]
        return result

    def _together(self, rule: dict[str, Any]) -> str:
        """A rule is written once; entries name it by what it says."""
        if rule["says"] not in self.rules:
            refuse = {
                name: self.annotations.type_of(text).schema for name, text in rule["refuse"].items()
            }
            self.rules[rule["says"]] = {
                "refuse": refuse,
                **({"help": rule["help"]} if "help" in rule else {}),
            }
        return rule["says"]

    def _parameter(
        self, item: dict[str, Any], expression: str | dict[str, Any], where: str
    ) -> dict[str, Any]:
        """Put a type on a parameter; every type is written once, under its expression."""
        key = expression if isinstance(expression, str) else where
        if key not in self.types:
            found = self.annotations.type_of(expression)
            self.types[key] = {"schema": found.schema}
            if found.words:
                self.types[key]["words"] = found.words
            if found.kinds:
                self.types[key]["value"] = found.kinds[0]
        item["type"] = key
        return item


def _docs(entry: RawEntry) -> dict[str, Any]:
    known = argument_docs(entry.object)
    arguments = {p.name: known[p.name] for p in entry.parameters if known.get(p.name)}
    return {"summary": summary(entry.object), "arguments": arguments}


def _lay_out(document: dict[str, Any]) -> str:
    lines: list[str] = []
    for key, value in document.items():
        if isinstance(value, dict):
            inner = [f"{_text(name)}:{_text(item)}" for name, item in value.items()]
            lines.append(f"{_text(key)}:{{\n" + ",\n".join(inner) + "\n}")
        else:
            lines.append(f"{_text(key)}:{_text(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Diagnostics as SARIF 2.1.0, which code review tools read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from archlang.diagnostics.codes import CodeInfo
from archlang.diagnostics.model import Diagnostic, Fix, Severity
from archlang.diagnostics.ordering import ordered
from archlang.source import STDIN, Source, Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RULE_LEVELS = {"E": "error", "W": "warning", "N": "note"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def to_sarif(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    codes: Mapping[str, CodeInfo],
    version: str,
) -> dict[str, Any]:
    """A SARIF log with one run; `codes` explain the rules. Columns count code points from 1."""
    found = ordered(diagnostics, sources)
    used = sorted({diagnostic.code for diagnostic in found})
    rules = [_rule(codes[code]) for code in used if code in codes]
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    driver = {"name": "archc", "version": version, "rules": rules}
    results = [_result(diagnostic, sources, places) for diagnostic in found]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _rule(info: CodeInfo) -> dict[str, Any]:
    explanation = info.explanation.strip()
    first, _, _ = explanation.partition("\n\n")
    return {
        "id": info.code,
        "shortDescription": {"text": info.title},
        "fullDescription": {"text": " ".join(first.split())},
        # GitHub shows this beside a result, and refuses rules without it.
        "help": {"text": explanation, "markdown": explanation},
        "defaultConfiguration": {"level": _RULE_LEVELS[info.code[0]]},
    }


def _result(
    diagnostic: Diagnostic, sources: Mapping[str, Source], rules: Mapping[str, int]
) -> dict[str, Any]:
    parts = [diagnostic.message, *diagnostic.notes]
    if diagnostic.help:
        parts.append(f"help: {diagnostic.help}")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(parts)},
        "locations": [{"physicalLocation": _location(diagnostic.span, sources)}],
    }
    if diagnostic.code in rules:
        result["ruleIndex"] = rules[diagnostic.code]
    related = [
        {
            "id": number,
            "physicalLocation": _location(label.span, sources),
            "message": {"text": label.text},
        }
        for number, label in enumerate(diagnostic.labels)
    ]
    if related:
        result["relatedLocations"] = related
    if diagnostic.fixes:
        result["fixes"] = [_fix(fix, sources) for fix in diagnostic.fixes]
    return result


def _fix(fix: Fix, sources: Mapping[str, Source]) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {
            "deletedRegion": _region(edit.span, sources),
            "insertedContent": {"text": edit.text},
        }
        changes.setdefault(edit.span.path, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(path)}, "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _location(span: Span, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(span.path)}, "region": _region(span, sources)}


def _region(span: Span, sources: Mapping[str, Source]) -> dict[str, int]:
    source = sources.get(span.path)
    if source is None:
        return {"startLine": 1}
    start = source.position(min(span.start, len(source.text)))
    end = source.position(min(span.end, len(source.text)))
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _uri(path: str) -> str:
    """A path as seen from the folder where archc runs, which is the repository's where others are to read the log."""
    if path == STDIN:
        return quote(path)
    try:
        relative = PurePath(os.path.relpath(path))
    except ValueError:  # on another drive of Windows
        return Path(path).as_uri()
    if relative.parts[:1] == ("..",):
        return Path(os.path.abspath(path)).as_uri()
    return quote(relative.as_posix())

"""Diagnostics as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from archlang.diagnostics import Label, error, replace
from archlang.diagnostics.documents import to_document
from archlang.source import Source, Span

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "grammar" / "diagnostics.schema.json").read_text("utf-8")
)


def test_a_whole_diagnostic() -> None:
    source = Source("x.arch", 'let 🙂 = "a"\nDnese(10)\n')
    start = source.text.index("Dnese")
    span = Span("x.arch", start, start + 5)
    problem = error(
        "E0201",
        "no layer `Dnese`",
        span,
        label="not in Keras",
        labels=(Label(Span("x.arch", 4, 5), "a smile"), Label(Span("gone.arch", 7, 8), "lost")),
        notes=("a fact",),
        help="did you mean `Dense`?",
        fixes=(replace("Write `Dense`", span, "Dense"),),
    )
    document = to_document([problem], {"x.arch": source})
    jsonschema.validate(document, SCHEMA)
    place = {
        "file": "x.arch",
        "start": {"line": 2, "column": 1},
        "end": {"line": 2, "column": 6},
    }
    assert document == {
        "diagnostics": [
            {
                "code": "E0201",
                "severity": "error",
                "message": "no layer `Dnese`",
                **place,
                "label": "not in Keras",
                "labels": [
                    {
                        "file": "x.arch",
                        "start": {"line": 1, "column": 5},
                        "end": {"line": 1, "column": 6},
                        "text": "a smile",
                    },
                    {
                        "file": "gone.arch",
                        "start": {"line": 1, "column": 1},
                        "end": {"line": 1, "column": 1},
                        "text": "lost",
                    },
                ],
                "notes": ["a fact"],
                "help": "did you mean `Dense`?",
                "fixes": [{"title": "Write `Dense`", "edits": [{**place, "text": "Dense"}]}],
            }
        ]
    }


def test_none() -> None:
    assert to_document([], {}) == {"diagnostics": []}
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

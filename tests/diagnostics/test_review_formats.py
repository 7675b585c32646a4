"""Diagnostics for code review: SARIF 2.1.0, and workflow commands of GitHub Actions."""

from __future__ import annotations

from archlang.diagnostics import Label, error, replace, warning
from archlang.diagnostics.codes import CodeInfo
from archlang.diagnostics.github import to_commands
from archlang.diagnostics.sarif import to_sarif
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

"""Whatever stands in a spec is text in its picture: no markup, no script, no link but to the spec's own lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlang import api
from archlang.backends.diagram import Form
from archlang.backends.diagram.families import FAMILIES
from archlang.source import Source

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "rect", "g", "a", "path", "text"}
ATTRIBUTES = {
    *("class", "role", "aria-label", "width", "height", "viewBox", "x", "y", "rx", "d", "id"),
    *("href", "transform", "font-size", "text-anchor", "fill-rule", "data-name", "data-file"),
    *("data-line", "data-start", "data-end", "data-from", "data-to", "data-theme"),
}

NASTY = [
    "</text><script>alert(1)</script>",
    '"/><image href="https://example.org/x.png" onload="alert(1)"/>',
    "]]><!-- --></svg>",
    'a\nend\nclick n0 href "javascript:alert(1)"',
    '\\N\\G\\" ] URL="javascript:alert(1)"',
    "#quot;#35;&lt;`**b**` $$x$$ fa:fa-car %% ; {a|b} n0-->n1",
    "\u202e\u0000\u0007\ud800\ufffe\x1b[31m\u2028",
    "x" * 5000,
]


def spec(said: str) -> str:
    """A spec with a text wherever one may stand: an argument, a name, a comment."""
    text = '"' + said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    comment = " ".join(said.split())
    return f"""\
# {comment}
block Named(_) {{
    Dense(4)
}}

# {comment}
task T {{
    # {comment}
    input x: string
    output y: classification(labels=[{text}, "other"])
}}

model M for T {{
    TextVectorization(output_sequence_length=4, split=character, vocabulary=[{text}])
    Embedding(9, 4, name={text})
    Flatten -> Named({text}) -> Unknown({text})
    head
}}
"""


def drawn(said: str, form: Form, path: str = "x.arch") -> str:
    from archlang.backends.diagram import diagram

    source = Source(path, spec(said))
    checked = api.check(source)
    sources = {**checked.sources, path: source}
    graph = checked.graphs["M"]
    return diagram(
        graph, sources, program=checked.program, form=form, problems=checked.diagnostics
    ).text


def each_nasty(test: Callable[..., None]) -> Callable[..., None]:
    for said in NASTY:
        test = example(said)(test)
    return test


@each_nasty
@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_svg(said: str) -> None:
    found = drawn(said, "svg")
    found.encode("utf-8")
    root = ElementTree.fromstring(found)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in TAGS
        assert element.attrib.keys() <= ATTRIBUTES
        if element.tag == f"{SVG}a":
            assert re.fullmatch(r"x\.arch#L\d+", element.attrib["href"])
    (style,) = root.iter(f"{SVG}style")
    assert "".join(style.itertext()).count("{") < 80


@each_nasty
@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_mermaid(said: str) -> None:
    text = r'"[^"<>&\\`$]*(?:<br/>[^"<>&\\`$]*)*"'
    known = [
        r"flowchart TB",
        rf"n\d+\(\[{text}\]\)",
        rf"n\d+\[{text}\]",
        rf"subgraph n\d+ \[{text}\]",
        r"end",
        rf"n\d+ -->\|{text}\| n\d+",
        rf"classDef (?:{'|'.join(FAMILIES)}|wrong) stroke:#[0-9a-f]{{6}},stroke-width:\dpx",
        rf"class n\d+(?:,n\d+)* (?:{'|'.join(FAMILIES)}|wrong)",
    ]
    line = re.compile("|".join(f"(?:{one})" for one in known))
    for said_line in drawn(said, "mermaid").removesuffix("\n").split("\n"):
        assert line.fullmatch(said_line.strip(" ")), said_line


@each_nasty
@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_dot(said: str) -> None:
    value = r'(?:"(?:[^"\\\n]|\\["\\n])*"|[\w.,]+)'
    settings = rf"(?:\w+={value} ?)*"
    known = [
        r'digraph "M" \{',
        settings,
        rf"(?:node|edge) \[{settings}\]",
        rf"n\d+ \[{settings}\]",
        rf"n\d+ -> n\d+ \[{settings}\]",
        r"subgraph cluster_n\d+ \{",
        r"\}",
    ]
    line = re.compile("|".join(f"(?:{one})" for one in known))
    found = drawn(said, "dot")
    for said_line in found.removesuffix("\n").split("\n"):
        assert line.fullmatch(said_line.strip(" ")), said_line
    for address in re.findall(rf" URL=({value})", re.sub(r'tooltip="(?:[^"\\]|\\.)*"', "", found)):
        assert re.fullmatch(r'"x\.arch#L\d+"', address)


@pytest.mark.parametrize("form", ["svg", "dot"])
def test_a_path_is_a_path(form: Form) -> None:
    for path in ("javascript:alert(1)", 'a"><script>.arch', "//example.org/x.arch", "data:,x"):
        found = drawn("x", form, path)
        for address in re.findall(r'(?:href|URL)="([^"]*)"', found):
            assert re.match(r"[\w%./-]*#L\d+$", address), address
            assert not address.startswith("//")

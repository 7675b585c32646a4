"""A spec as a value that notebooks show."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archlang import CompileError, OverrideError, Spec, api

RIGHT = """\
let units = 3

model Small {
    input x: float32[4]
    Dense(units)
}
"""
WRONG = 'model M {\n    input x: float32[4]\n    Dnese("<img src=x onerror=alert(1)>")\n}\n'


class Elements(HTMLParser):
    """The names of all elements, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def picture(page: str) -> str:
    """The SVG in the first image of a page."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert found is not None
    return b64decode(found[1]).decode("utf-8")


def test_a_right_spec_shows_picture_and_layers() -> None:
    spec = Spec(RIGHT)
    bundle = spec._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    # 4 * 3 weights and 3 biases.
    assert "15" in bundle["text/plain"]
    assert "Dense" in bundle["text/plain"]
    drawn = ElementTree.fromstring(picture(bundle["text/html"]))
    assert any(
        "Dense" in (text.text or "") for text in drawn.iter("{http://www.w3.org/2000/svg}text")
    )
    assert "Dense" in Elements(bundle["text/html"]).text


def test_a_wrong_spec_shows_what_archc_check_says() -> None:
    spec = Spec(WRONG)
    assert not spec.ok
    page = Elements(spec._repr_html_())
    # The words of the terminal, without its colours.
    assert page.text == spec.problems()
    assert repr(spec) == spec.problems().rstrip("\n")
    assert "did you mean `Dense`?" in page.text


def test_nothing_in_a_spec_becomes_html() -> None:
    comment = '# </pre><script>alert(1)</script>\n# \x1b[31m"\n'
    for text in (
        WRONG,
        comment + RIGHT,
        comment + WRONG,
        f'{RIGHT}# \x1b[0m</span><b onclick="x">\n',
    ):
        for path in ("<cell>", '"><script>alert(1)</script>.arch'):
            page = Elements(Spec(text, path=path)._repr_html_())
            assert set(page.names) <= {"pre", "span", "details", "summary", "img"}
            assert not page.handlers


def test_several_models_are_asked_for_by_name() -> None:
    spec = Spec(RIGHT + RIGHT.replace("Small", "Other").replace("let units = 3\n", ""))
    assert spec.models == ["Small", "Other"]
    assert "Other" in spec.picture("Other")
    with pytest.raises(CompileError, match="several models: Small, Other"):
        spec.summary()
    with pytest.raises(CompileError, match="did you mean `Small`"):
        spec.summary("Smal")


def test_a_wrong_spec_gives_nothing() -> None:
    with pytest.raises(CompileError, match="the spec has 1 error") as caught:
        Spec(WRONG).script()
    assert [problem.code for problem in caught.value.diagnostics] == ["E0201"]


def test_what_is_raised_for_a_wrong_spec_tells_its_errors() -> None:
    spec = Spec(WRONG)
    for ask in (spec.build, lambda: api.to_python(spec.checked, "M")):
        with pytest.raises(CompileError) as caught:
            ask()
        message = str(caught.value)
        assert message.endswith("1 error in <cell>")
        assert "\n\nerror[E0201]: " in message
        assert "--> <cell>:3:5" in message


def test_constants_are_set() -> None:
    assert "[7]" in Spec(RIGHT, set={"units": 7}).summary()
    with pytest.raises(OverrideError, match="did you mean `units`"):
        Spec(RIGHT, set={"unit": 7})


def test_a_file_is_read_with_what_it_imports(tmp_path: Path) -> None:
    (tmp_path / "blocks.arch").write_text("block B { Dense(5) }\n", "utf-8")
    path = tmp_path / "spec.arch"
    path.write_text('from "blocks.arch" import B\nmodel M {\n    input x: float32[4]\n    B\n}\n')
    assert "[5]" in Spec.read(str(path)).summary("M")
    assert "[5]" in Spec.read(path).summary("M")


def test_an_empty_spec() -> None:
    assert repr(Spec("")) == "a spec without models"
    assert Spec("")._repr_html_() == ""

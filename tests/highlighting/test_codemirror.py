"""The extension of JupyterLab: it is current, and its colours find the words that the compiler finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archlang.highlighting import codemirror
from archlang.version import __version__
from tests.editors.npm import run
from tests.highlighting.test_textmate import ROOT, TRICKY, expected

FOLDER = ROOT / "editors" / "jupyterlab"

KEYWORDS = {"keyword", "definitionKeyword", "moduleKeyword", "operatorKeyword"}


def kind_of(text: str, tag: str) -> str:
    if tag in KEYWORDS or text in ("True", "False", "None"):
        return "keyword"
    return tag if tag in ("comment", "string", "number") else ""


def found(text: str, tokens: list[tuple[int, int, int, str]]) -> list[str]:
    """What every character belongs to, by the tokens of its lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kinds = [""] * len(text)
    for line, start, end, tag in tokens:
        begin = sum(len(each) + 1 for each in lines[:line])
        kind = kind_of(lines[line][start:end], tag)
        if kind:
            kinds[begin + start : begin + end] = [f"{kind}@{begin + start}"] * (end - start)
    return kinds


def tokens_of(*files: Path) -> list[list[tuple[int, int, int, str]]]:
    request = {
        "language": str(FOLDER / "src" / "language.js"),
        "words": codemirror.lists(),
        "files": [str(path) for path in files],
    }
    script = Path(__file__).with_name("tokenize_codemirror.mjs")
    return json.loads(run("node", str(script), folder=ROOT, stdin=json.dumps(request)))


def test_the_extension_is_current() -> None:
    sources = [(FOLDER / "src" / name).read_text("utf-8") for name in codemirror.SOURCES]
    wanted = codemirror.extension(sources)
    folder = FOLDER / "labextension"
    written = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*.js*")
    }
    assert written == wanted, "stale: run tools/make_highlighting.py"


def test_its_name_changes_with_what_it_holds() -> None:
    one, other = (codemirror.extension([text]) for text in ("const a = 1;", "const a = 2;"))
    package = json.loads(one["package.json"])
    loaded = package["jupyterlab"]["_build"]["load"]
    assert loaded in one
    assert loaded not in other
    assert package["version"] == __version__


@pytest.mark.slow
def test_it_finds_the_compilers_tokens(tmp_path: Path) -> None:
    tricky = tmp_path / "tricky.arch"
    tricky.write_text(TRICKY, "utf-8")
    files = [
        *sorted((ROOT / "specs").rglob("*.arch")),
        *sorted((ROOT / "tests/conformance/right").rglob("*.arch")),
        tricky,
    ]
    answers = tokens_of(*files)
    assert len(answers) == len(files) > 40
    for path, tokens in zip(files, answers, strict=True):
        text = path.read_text("utf-8")
        for index, (ours, theirs) in enumerate(
            zip(expected(text), found(text, tokens), strict=True)
        ):
            line = text.count("\n", 0, index) + 1
            assert theirs == ours, f"{path.name}:{line}: {text.splitlines()[line - 1]}"


@pytest.mark.slow
def test_jupyterlab_can_load_it(tmp_path: Path) -> None:
    """The script, with a JupyterLab that only notes what it is told."""
    (script,) = (FOLDER / "labextension" / "static").glob("*.js")
    check = tmp_path / "check.mjs"
    check.write_text(
        r"""
        import { readFileSync } from "node:fs";
        (0, eval)(readFileSync(process.argv[2], "utf-8"));
        const token = Symbol();
        const module = (value) => ({ "4.6.0": { get: async () => () => value } });
        const container = globalThis._JUPYTERLAB.archlang;
        container.init({
          "@jupyterlab/codemirror": module({ IEditorLanguageRegistry: token }),
          "@jupyterlab/lsp": module({ ILSPCodeExtractorsManager: Symbol() }),
          "@codemirror/language": module({
            LanguageSupport: class { constructor(language) { this.language = language; } },
            StreamLanguage: { define: (parser) => parser },
          }),
        });
        const plugin = (await container.get("./extension"))().default;
        const seen = { autoStart: plugin.autoStart, requires: plugin.requires[0] === token };
        let load, cells;
        const lab = { docRegistry: { addFileType: (type) => { seen.type = type; } } };
        const languages = { addLanguage: (language) => { seen.language = language; load = language.load; } };
        plugin.activate(lab, languages, null);
        plugin.activate(lab, languages, { register: (extractor, host) => { cells = extractor; seen.host = host; } });
        const cell = "%%arch digits --no-build\nmodel M {\n    Dense(3)\n}";
        seen.cell = cells.extractForeignCode(cell)[0];
        const others = ["%%arch\n", "%%arch", "%%archive x\n", "x = 1\n%%arch\n"];
        seen.specs = [cell, ...others].map((code) => cells.hasForeignCode(code, "code"));
        seen.parser = typeof (await load()).language.token;
        process.stdout.write(JSON.stringify(seen));
        """,
        "utf-8",
    )
    seen = json.loads(run("node", str(check), str(script), folder=tmp_path))
    assert seen["autoStart"] is seen["requires"] is True
    assert seen["type"]["extensions"] == [".arch"]
    assert seen["type"]["mimeTypes"] == ["text/x-arch"] == [seen["language"]["mime"]]
    assert seen["parser"] == "function"
    assert seen["host"] == "python"
    assert seen["specs"] == [True, True, False, False, False]
    assert seen["cell"]["hostCode"] + seen["cell"]["foreignCode"] == (
        "%%arch digits --no-build\nmodel M {\n    Dense(3)\n}"
    )
    # Lines of the cell, the magic's not.
    assert seen["cell"]["range"] == {
        "start": {"line": 1, "column": 0},
        "end": {"line": 3, "column": 1},
    }


@pytest.mark.slow
def test_names_of_keras(tmp_path: Path) -> None:
    file = tmp_path / "names.arch"
    file.write_text(
        'let n = 3\nmodel M for T {\n    Dense(n, activation=relu) -> Mine(2)\n    x = "open\n    ]\n}\n'
        "task T { input a: float32[3] } # Dense\n",
        "utf-8",
    )
    lines = file.read_text("utf-8").split("\n")
    tags = {lines[line][start:end]: tag for line, start, end, tag in tokens_of(file)[0]}
    assert tags["M"] == "className.definition"
    assert tags["Dense"] == "className"
    assert tags["activation"] == "propertyName"
    assert tags["relu"] == "atom"
    assert tags["Mine"] == "variableName.function"
    assert tags["float32"] == "variableName.standard"
    assert tags['"open'] == "invalid"
    assert tags["# Dense"] == "comment"

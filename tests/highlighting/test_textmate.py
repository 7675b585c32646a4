"""The TextMate grammar: it is current, and finds the words that the compiler finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archlang.grammar_files import grammar_file
from archlang.highlighting import vim, words
from archlang.highlighting.textmate import document
from archlang.source import Source
from archlang.syntax.engine import tokenize
from archlang.syntax.layout import lay_out
from archlang.syntax.spelling import spell
from archlang.syntax.structure import structure
from archlang.syntax.tokens import DECLARATION_WORDS, RESERVED_TYPES
from tests.editors.npm import extension_folder, run

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {*RESERVED_TYPES, *DECLARATION_WORDS.values(), "PHASE", "IMPORT"}

# Where the words are keywords and where they are not.
TRICKY = """\
task Words { # task in a comment
    input text: string
    output kind: classification(3)
    data = csv("from # here.csv", text=body)
}
layer Mine(units, from=2) from "mine.py"
loss Mine2 from 'x.py'
from "std/resnet.arch" import Bottleneck, import_
let a = 0x1F + 1_000.5e-3 * .5
let b2 = [a if a > 1 else 2 for i in range(3)]
block Task(model, block=3): [h, w] -> [h, w] {
    input -> Dense(model, for=3, if = 4, not=5) -> ops.not(2) as train
    train -> task -> Dropout(0.5)
    model = 3
    phase -> Dense(2)
    [ Dense(1), { Dense(2)
      repeat 3 { ReLU } } ] -> Add(name="a\\"b#c")
}
model M for Words {
    from -> Dense(3)
    head kind
    output -> Dense(2)
    require params == 3 and not (1 in [2]) or None != True
}
train {
    optimizer = Adam(input=1)
    phase warm {
        epochs = 2
    }
    phase {
        epochs = 3
    }
}
model N = M(from=3)
task -> Dense
"""


def expected(text: str) -> list[str]:
    """What every character belongs to, by the compiler's own passes."""
    source = Source("x.arch", text)
    spelled = spell(source, tokenize(text))
    tokens, _ = structure(source, spelled.tokens)
    tokens, _ = lay_out(source.path, tokens)
    found = [""] * len(text)
    kinds = [(t, "comment") for t in spelled.comments]
    for token in tokens:
        if token.type in KEYWORDS:
            kinds.append((token, "keyword"))
        elif token.type in ("STRING", "NUMBER"):
            kinds.append((token, token.type.lower()))
    for token, kind in kinds:
        for index in range(token.start, token.end):
            found[index] = f"{kind}@{token.start}"
    return found


def kind_of(scopes: str) -> str:
    if "comment.line" in scopes:
        return "comment"
    if "string.quoted" in scopes:
        return "string"
    if "constant.numeric" in scopes:
        return "number"
    if any(
        scope.startswith(
            ("keyword.control", "keyword.declaration", "keyword.operator.word", "constant.language")
        )
        for scope in scopes.split()
    ):
        return "keyword"
    return ""


def found(text: str, tokens: list[tuple[int, int, int, str]]) -> list[str]:
    """What every character belongs to, by the TextMate engine."""
    starts, at = [], 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        starts.append(at)
        at += len(line) + 1
    kinds = [""] * len(text)
    open_string = -1
    for line, start, end, scopes in tokens:
        kind = kind_of(scopes)
        begin = starts[line] + start
        if kind == "string":
            if "string.begin" in scopes or open_string < 0:
                open_string = begin
            first = open_string
            if "string.end" in scopes:
                open_string = -1
        elif kind == "comment":
            first = begin if "punctuation" in scopes else begin - 1
        else:
            first = begin
        for index in range(begin, starts[line] + end):
            kinds[index] = f"{kind}@{first}" if kind else ""
    return kinds


def test_the_grammar_is_current() -> None:
    written = json.loads(grammar_file("arch.tmLanguage.json").read_text("utf-8"))
    assert written == document(), "stale: run tools/make_highlighting.py"
    syntax = ROOT / "editors/neovim/syntax/arch.vim"
    assert syntax.read_text("utf-8") == vim.document(), "stale: run tools/make_highlighting.py"


def test_it_knows_the_catalogue() -> None:
    assert {"Dense", "Conv2D"} <= set(words.layers())
    assert "ResNet50" in words.applications()
    assert {"Adam", "SGD", "L2"} <= set(words.objects())
    assert "relu" in words.values()
    assert {"float32", "string"} <= set(words.dtypes())
    assert "classification" in words.task_kinds()


@pytest.mark.slow
@pytest.mark.editors
def test_the_engine_finds_the_compilers_tokens(tmp_path: Path) -> None:
    tricky = tmp_path / "tricky.arch"
    tricky.write_text(TRICKY, "utf-8")
    files = [
        *sorted((ROOT / "specs").rglob("*.arch")),
        *sorted((ROOT / "tests/conformance/right").rglob("*.arch")),
        tricky,
    ]
    request = {
        "modules": str(extension_folder()),
        "grammar": str(grammar_file("arch.tmLanguage.json")),
        "files": [str(path) for path in files],
    }
    script = Path(__file__).with_name("tokenize.mjs")
    answers = json.loads(run("node", str(script), folder=tmp_path, stdin=json.dumps(request)))
    assert len(answers) == len(files) > 40
    for path, tokens in zip(files, answers, strict=True):
        text = path.read_text("utf-8")
        for index, (ours, theirs) in enumerate(
            zip(expected(text), found(text, tokens), strict=True)
        ):
            line = text.count("\n", 0, index) + 1
            assert theirs == ours, f"{path.name}:{line}: {text.splitlines()[line - 1]}"

"""What is kept in two places agrees: grammar and tables, terminals and words, codes and errors."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from archlang.diagnostics import Diagnostic
from archlang.grammar_files import grammar_file
from archlang.source import Source
from archlang.syntax import builder, engine, errors, parse, token_errors
from archlang.syntax.codes import CODES
from archlang.syntax.tokens import RESERVED
from archlang.syntax.words import INTERNAL, WORDS, expected_in_words

ROOT = Path(__file__).parents[2]
PACKAGE = Path(errors.__file__).parent


def test_tables_are_what_the_grammar_gives() -> None:
    tool = ROOT / "tools" / "write_parser_tables.py"
    if not tool.exists():
        pytest.skip("not in a checkout")
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_terminal_has_a_word() -> None:
    assert engine.terminals() - INTERNAL - set(WORDS) == set()
    assert expected_in_words(engine.terminals() - {"LET"})


def test_reserved_words_are_terminals() -> None:
    for word, kind in RESERVED.items():
        assert [t.type for t in engine.tokenize(word)] == [kind]


def test_every_rule_has_a_method() -> None:
    grammar = grammar_file("arch.lark").read_text("utf-8")
    rules = re.findall(r"^(\w+):", grammar, re.M) + re.findall(r"-> (\w+)$", grammar, re.M)
    for rule in rules:
        if rule.islower() and not rule.startswith("_"):
            assert callable(getattr(builder.Builder, rule, None)), rule


def test_only_the_generator_imports_lark() -> None:
    importers = {
        path.name
        for path in PACKAGE.parent.rglob("*.py")
        if re.search(r"^\s*(import|from) lark\b", path.read_text("utf-8"), re.M)
    }
    assert importers == {"generator.py"}


def test_codes_and_errors_agree() -> None:
    source = inspect.getsource(errors) + inspect.getsource(token_errors)
    assert set(re.findall(r'"(E\d{4})"', source)) == set(CODES)
    for code, info in CODES.items():
        assert info.code == code
        assert re.fullmatch(r"E01\d\d", code)


@pytest.mark.parametrize("module", [errors, token_errors])
def test_every_function_of_errors_gives_a_diagnostic(module: ModuleType) -> None:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and not name.startswith("_"):
            assert inspect.signature(function, eval_str=True).return_annotation is Diagnostic, name


FRAMES = ["{}", "model M {{\n{}\n}}", "train {{\n{}\n}}", "task T {{\n{}\n}}",
          "model M {{\n{} }}\n}}", "{}\n    Dense(1)\n}}", "model M {{ _\n -> {} }}"]  # fmt: skip


@pytest.mark.parametrize("code", sorted(CODES))
def test_examples_in_explanations(code: str) -> None:
    wrong, right = re.findall(r"```arch\n(.*?)\n```", CODES[code].explanation, re.S)
    if code == "E0121":  # with an ellipsis in it
        return
    found = [{p.code for p in parse(Source("x", f.format(wrong))).diagnostics} for f in FRAMES]
    assert {code} in found
    clean = [parse(Source("x", f.format(right))).diagnostics for f in FRAMES]
    assert () in clean

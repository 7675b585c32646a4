"""The layout of generated Python, against ruff itself."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from archlang.backends.python.layout import wrap

RUFF = Path(sys.executable).with_name("ruff")
PARTING = "\n\nPARTING\n\n"
CASES = 6000


def _random_code() -> ModuleType:
    """The generator beside this file (tests are no package)."""
    spec = importlib.util.spec_from_file_location(
        "random_code", Path(__file__).with_name("random_code.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ruff(code: str, width: int) -> str:
    command = [RUFF, "format", "--isolated", "--line-length", str(width), "-"]
    if width > 88:
        # Only to bring statements onto one line.
        command[2:2] = ["--config", "format.skip-magic-trailing-comma=true"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
def test_random_statements_break_as_ruff_breaks_them() -> None:
    code = _random_code().Code
    statements: list[str] = []
    for seed in range(CASES):
        text = code(seed).statement()
        try:
            ast.parse(text)
        except SyntaxError:
            continue
        statements.append(text)
    # On one line each, as archlang's writer gives them; the few that no line can hold are left out.
    flat = [
        part.strip("\n") + "\n" for part in ruff(PARTING.join(statements), 320).split("PARTING\n")
    ]
    flat = [
        part
        for part in flat
        if not any(
            line.endswith(("(", "[", "{", ",")) or len(line) > 300 for line in part.split("\n")
        )
    ]
    wanted = [part.strip("\n") + "\n" for part in ruff(PARTING.join(flat), 88).split("PARTING\n")]
    long = [part for part in flat if any(len(line) > 88 for line in part.split("\n"))]
    assert len(long) > CASES / 4
    wrong = [(a, wrap(a), b) for a, b in zip(flat, wanted, strict=True) if wrap(a) != b]
    assert not wrong, "\n\n".join(wrong[0])
    # What has been wrapped stays as it is: lines broken before are joined, and broken again.
    assert all(wrap(part) == part for part in wanted)


MODULE = '''"""A module.

With    text,


and blank lines that stay.
"""
import os
from pathlib import Path
WIDTH = 16
# About f.
def f(x):
    """Doc."""

    y = x


    return y
def g(filters, strides=1, kernel_initializer="glorot_uniform", use_bias=True, name=None, dtype=None):
    def inner(z):
        return z
    # A comment.
    return inner(layers.Conv2D(filters, 3, strides=strides, kernel_initializer=kernel_initializer)(x))
@decorated
class A(Base):

    """Doc."""
    size = 1
    def a(self):
        pass



    # About b.
    @property
    def b(self):
        text = """
kept
    as it is, even this very long line which nobody could break without changing what it says at all
"""
        return text  # a comment behind a statement that is too long for its line, and stays there as it is
x = [1, 2,]
for a, b in zip(LABELS, probabilities):
    print(a)


if __name__ == "__main__":
    main()
'''

LAID_OUT = '''"""A module.

With    text,


and blank lines that stay.
"""

import os
from pathlib import Path

WIDTH = 16


# About f.
def f(x):
    """Doc."""

    y = x

    return y


def g(
    filters,
    strides=1,
    kernel_initializer="glorot_uniform",
    use_bias=True,
    name=None,
    dtype=None,
):
    def inner(z):
        return z

    # A comment.
    return inner(
        layers.Conv2D(
            filters, 3, strides=strides, kernel_initializer=kernel_initializer
        )(x)
    )


@decorated
class A(Base):
    """Doc."""

    size = 1

    def a(self):
        pass

    # About b.
    @property
    def b(self):
        text = """
kept
    as it is, even this very long line which nobody could break without changing what it says at all
"""
        return text  # a comment behind a statement that is too long for its line, and stays there as it is


x = [
    1,
    2,
]
for a, b in zip(LABELS, probabilities):
    print(a)


if __name__ == "__main__":
    main()
'''


def test_a_module() -> None:
    assert wrap(MODULE) == LAID_OUT
    assert wrap(LAID_OUT) == LAID_OUT


@pytest.mark.slow
def test_a_module_is_laid_out_as_ruff_does() -> None:
    assert ruff(LAID_OUT, 88) == LAID_OUT


@pytest.mark.parametrize(
    "code",
    [
        "x = yield_from_a_very_long_name; y = another_very_long_name_that_goes_past_the_end_of_the_line()\n",
        "async def a_function_with_a_long_name(of_many_parameters, which_do_not, fit_on_a_line, at_all):\n    pass\n",
        "\n",
    ],
)
def test_what_archlang_never_writes_stays(code: str) -> None:
    assert wrap(code) == code


def test_characters_of_two_columns_count_as_two() -> None:
    code = 'labels = ["' + "模" * 20 + '", "' + "型" * 20 + '"]\n'
    assert wrap(code) == f'labels = [\n    "{"模" * 20}",\n    "{"型" * 20}",\n]\n'

"""The words that highlighters colour, from the lists that the compiler itself goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archlang.catalogue import load
from archlang.syntax.tokens import DECLARATION_WORDS, RESERVED
from archlang.tasks.data_sources import SOURCES
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import SETTINGS

CONSTANTS = ("True", "False", "None")
OPERATOR_WORDS = ("and", "in", "not", "or")

NAME = r"[A-Za-z_][A-Za-z_0-9]*(?!\w)"
"""A name, as in `grammar/arch.lark`."""

NUMBER = r"0[xX]\w*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d\w*|\w*)"
"""A number, as in `grammar/arch.lark`."""


def keywords() -> tuple[str, ...]:
    """The reserved words that are neither constants nor operators."""
    return tuple(word for word in RESERVED if word not in (*CONSTANTS, *OPERATOR_WORDS))


def declaration_words() -> tuple[str, ...]:
    """The words that are keywords only where a declaration begins, `from` left out."""
    return tuple(word for word in DECLARATION_WORDS if word != "from")


def task_kinds() -> tuple[str, ...]:
    """`classification`, …"""
    return tuple(KINDS)


def dtypes() -> tuple[str, ...]:
    """`float32`, …"""
    return load().words("dtypes")


def layers() -> tuple[str, ...]:
    """The layers of Keras."""
    return load().names("layers")


def applications() -> tuple[str, ...]:
    """The pretrained networks of Keras."""
    return load().names("applications")


def objects() -> tuple[str, ...]:
    """What stands in settings and arguments and is written like a class: optimizers, losses, initializers, …"""
    sections = (
        "optimizers", "schedules", "losses", "metrics", "initializers", "regularizers", "constraints",
        "callbacks",
    )  # fmt: skip
    known = {*layers(), *applications()}
    names = {name for section in sections for name in load().names(section)}
    return tuple(sorted(name for name in names - known if name[:1].isupper()))


def values() -> tuple[str, ...]:
    """Bare words that stand for an object of Keras: activations, losses, metrics, optimizers."""
    sections = ("activations", "losses", "metrics", "optimizers", "initializers")
    words = {word for section in sections for word in load().words(section)}
    # Words that are also the name of something else in most specs say nothing.
    return tuple(sorted(w for w in words if re.fullmatch(NAME, w) and not w[:1].isupper()))


def data_sources() -> tuple[str, ...]:
    """`csv`, `npz`, …"""
    return tuple(SOURCES)


def settings() -> tuple[str, ...]:
    """The settings of `train`."""
    return tuple(SETTINGS)


def one_of(words: Iterable[str]) -> str:
    """A regular expression for whole words, the longest first."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return rf"(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"

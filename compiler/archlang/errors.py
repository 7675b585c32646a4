"""Every diagnostic code of the compiler, gathered from the stages that give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from archlang.diagnostics.codes import CodeInfo

# The packages whose `codes` module holds a table `CODES`, in the order in which a spec meets them.
STAGES = ("syntax", "semantics", "catalogue", "shapes", "graph", "tasks", "backends")

_CODE = re.compile(r"[EWN]\d{4}")


def all_codes() -> dict[str, CodeInfo]:
    """The codes of all stages, sorted; a code in two tables is a mistake in the compiler."""
    tables: dict[str, Mapping[str, CodeInfo]] = {}
    for stage in STAGES:
        name = f"archlang.{stage}.codes"
        if find_spec(name) is not None:
            tables[name] = import_module(name).CODES
    return merge(tables)


def merge(tables: Mapping[str, Mapping[str, CodeInfo]]) -> dict[str, CodeInfo]:
    """One table from several, by the name of the module that each comes from."""
    merged: dict[str, CodeInfo] = {}
    owner: dict[str, str] = {}
    for module, table in tables.items():
        for code, info in table.items():
            if code != info.code:
                raise ValueError(f"{module} has {info.code} under the key {code}")
            if not _CODE.fullmatch(code):
                raise ValueError(f"{module} has {code!r}, which is not a letter and four digits")
            if code in merged:
                raise ValueError(f"{code} is both in {owner[code]} and in {module}")
            merged[code] = info
            owner[code] = module
    return dict(sorted(merged.items()))


def index(codes: Mapping[str, CodeInfo]) -> str:
    """The page docs/errors.md: a table of all codes, then a section for each."""
    lines = [
        "# Errors and warnings",
        "",
        "Written by `tools/make_error_index.py` from the compiler's tables; change those.",
        "`archc error E0312` prints one of them.",
        "",
        "| code | meaning |",
        "| --- | --- |",
    ]
    for info in codes.values():
        title = info.title.replace("|", "\\|")
        lines.append(f"| [{info.code}](#{info.code.lower()}) | {title} |")
    for info in codes.values():
        lines += ["", f"## {info.code}", "", f"**{info.title}**", "", info.explanation.strip()]
    return "\n".join(lines) + "\n"

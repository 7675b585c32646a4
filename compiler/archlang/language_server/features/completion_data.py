"""Completion inside data sources: data sets, files, columns."""

from __future__ import annotations

import csv
import os
import posixpath
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from archlang.language_server.features.calls_at import CallAt
from archlang.language_server.features.completion_items import Asked, Item
from archlang.language_server.features.completion_tasks import fills
from archlang.tasks.data_sets import KERAS_SETS, SKLEARN_SETS, DataSet
from archlang.tasks.data_sources import SOURCES

_ENDINGS = {
    "csv": (".csv",),
    "npz": (".npz",),
    "text_file": (".txt", ".md"),
    "text_pairs": (".tsv", ".txt"),
    "image_folder": (),
    "text_folder": (),
}
_MOST_FILES = 200
_MOST_HEADER = 64 * 1024
_MOST_COLUMNS = 500
_SETS = {"sklearn": SKLEARN_SETS, "keras": KERAS_SETS}


def sources(rank: int = 2) -> list[Item]:
    """The data sources."""
    return [
        Item(name, "function", source.doc, rank, f"{name}($1)", True, f"source/{name}", parted=True)
        for name, source in SOURCES.items()
    ]


def in_source(asked: Asked, call: CallAt) -> list[Item]:
    """The values of a source's argument: a data set's name, or columns, outside of a string."""
    callee, param = call.callee, call.param
    if param is None:
        return []
    if param.name == "data_set":
        return [
            _set_item(each, 1 if fills(asked, each) else 3) for each in _SETS[callee.name].values()
        ]
    if call.named and param.name not in SOURCES[callee.name].options:
        return [
            Item(f'"{name}"', "field", rank=1 + index // 20)
            for index, name in enumerate(columns(asked, call))
        ]
    return []


def in_string(asked: Asked, call: CallAt) -> list[Item]:
    """Paths and columns, inside a string of a source's argument."""
    string = asked.cursor.string
    if string is None or call.param is None:
        return []
    if call.named:
        names = columns(asked, call)
        return [Item(name, "field", rank=1 + index // 20) for index, name in enumerate(names)]
    if call.param.name == "path":
        return paths(asked.files.roots, string.before, _ENDINGS.get(call.callee.name))
    return []


def _set_item(data_set: DataSet, rank: int) -> Item:
    dims = "?" if data_set.dims is None else "[" + ", ".join(map(str, data_set.dims)) + "]"
    what = f"{data_set.classes} classes" if data_set.classes else f"{data_set.targets} numbers"
    detail = f"{dims} to {what}"
    return Item(
        data_set.name, "constant", detail, rank, doc=f"{data_set.title.capitalize()}: {detail}."
    )


def columns(asked: Asked, call: CallAt) -> Sequence[str]:
    """The columns of a source's table, as far as they can be told without reading it."""
    first = call.opened.arguments[0]
    chosen = first[0].text if len(first) == 1 else ""
    if call.callee.name in _SETS:
        found = _SETS[call.callee.name].get(chosen)
        return () if found is None else found.columns
    if call.callee.name == "csv" and chosen[:1] in ("'", '"') and len(chosen) > 2:
        for root in asked.files.roots:
            file = posixpath.join(root, chosen[1:-1])
            with_header = header(file)
            if with_header:
                return with_header
    return ()


def header(path: str) -> tuple[str, ...]:
    """The names in the first line of a table; empty where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return ()
    return _header(path, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _header(path: str, changed: int) -> tuple[str, ...]:
    try:
        if not Path(path).is_file():
            return ()
        with Path(path).open("rb") as file:
            head = file.read(_MOST_HEADER)
    except OSError:
        return ()
    text = head.decode("utf-8-sig", "replace").replace("\0", "")
    if not text.strip():
        return ()
    try:
        row: list[str] = next(csv.reader(text.splitlines()[:1]), list[str]())
    except csv.Error:
        return ()
    return tuple(name for name in row if name)[:_MOST_COLUMNS]


def paths(roots: Sequence[str], typed: str, endings: tuple[str, ...] | None) -> list[Item]:
    """The folders, and files with certain endings, below what has been typed of a path."""
    folder = typed.rpartition("/")[0]
    found: dict[str, Item] = {}
    for root in roots:
        try:
            with os.scandir(posixpath.join(root, folder)) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)[: _MOST_FILES * 5]
        except (OSError, ValueError):
            continue
        for entry in listed:
            if entry.name.startswith(".") or len(found) >= _MOST_FILES:
                continue
            path = f"{folder}/{entry.name}" if folder else entry.name
            if _is_folder(entry):
                found.setdefault(path, Item(f"{path}/", "folder", rank=3, parted=True))
            elif endings and entry.name.lower().endswith(endings):
                found.setdefault(path, Item(path, "file", rank=2))
    return list(found.values())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

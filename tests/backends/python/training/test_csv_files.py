"""Scripts that read CSV files: rows with too many and too few fields, separators, decimal marks."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from archlang.backends.python.training.plan import Parts
from archlang.backends.python.training.tables import add_table_reader
from archlang.tasks.data_sources import check_data, columns, mapping
from archlang.tasks.model import DataSpec, TaskSpec
from tests.backends.python.training.scripts import declared, output, plan, source

SIZE = declared("size", "float32", 2)
PRICE = output("price", "regression")
HEADER = "area,rooms,note,price\n"


def csv_source(**more: Any) -> DataSpec:
    return source("csv", "houses.csv", size=["area", "rooms"], **more)


def reader(data: DataSpec) -> dict[str, Any]:
    """What a script reads tables with, without the rest of it."""
    parts = Parts()
    add_table_reader(plan([SIZE], [PRICE], data), parts)
    names: dict[str, Any] = {"csv": csv, "np": np, "pd": pd, "Path": Path}
    names |= {"Examples": Any, "Inputs": Any, "Targets": Any}
    exec("\n\n".join([*parts.constants, *parts.functions]), names)
    return names


def read(folder: Path, text: str, encoding: str = "utf-8", **more: Any) -> tuple[Any, Any]:
    path = folder / "houses.csv"
    path.write_text(text, encoding)
    x, y = reader(csv_source(**more))["load_data"](path)
    return x.tolist(), y.tolist()


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "1,2,a,3\n4,5,,6\n",
        HEADER + "1,2,a,3,\n4,5,,6,\n",
        HEADER + "1,2,a,3\n4,5,,6,,\n",
        HEADER.replace("\n", ",\n") + "1,2,a,3,\n4,5,,6,\n",
        "\n" + HEADER + "\n1, 2, a, 3\n\n 4, 5, , 6\n\n",
        '"area", "rooms", "note", "price"\n"1", "2", "a, b", "3"\n4,5,"two\nlines",6',
    ],
)
def test_commas_behind_a_row_and_empty_lines_mean_nothing(text: str, tmp_path: Path) -> None:
    wanted = ([[1, 2], [4, 5]], [[3], [6]])
    assert read(tmp_path, text) == wanted
    assert read(tmp_path, text, "utf-8-sig") == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "9,1,2,a,3\n9,4,5,,6\n", "line 2 has 5 fields, but the header has 4"),
        (HEADER + "1,2,a,3\n4,5,,6,7\n", "line 3 has 5 fields, but the header has 4"),
        (HEADER + "1,2,a,3\n\n4,5,6\n", "line 4 has 3 fields, but the header has 4"),
        ("area,rooms,area,price\n1,2,3,4\n", " has several columns 'area'"),
        ("area,price\n1,2\n", " has no column 'rooms'; it has area, price"),
        (
            "area;rooms;price\n1,5;2;3\n",
            " has no column 'area'; it has area;rooms;price: set separator=';' in the spec",
        ),
        (
            "area\trooms\tprice\n1\t2\t3\n",
            " has no column 'area'; it has area\trooms\tprice: set separator='\\t' in the spec",
        ),
        (HEADER, " holds no examples"),
        ("\n\n", " is no CSV file: No columns to parse from file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        read(tmp_path, text)
    assert str(ended.value).startswith(str(tmp_path / "houses.csv"))
    assert str(ended.value).endswith(message)


def test_a_long_text_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEADER}1,2,{'a' * 200_000},3\n") == ([[1, 2]], [[3]])


def test_another_separator_and_decimal_commas(tmp_path: Path) -> None:
    text = "area;rooms;note;price\n1,5;2;a, b;3\n4;5;;6,25\n"
    options = {"separator": ";", "decimal": ","}
    assert read(tmp_path, text, **options) == ([[1.5, 2], [4, 5]], [[3], [6.25]])
    message = r"houses\.csv: row 3 should hold a number in column 'rooms', but there is 'few'$"
    with pytest.raises(SystemExit, match=message):
        read(tmp_path, text + "7,5;few;;8\n", **options)


def test_options_are_no_columns_but_columns_may_be_named_so() -> None:
    data = csv_source(separator=";", decimal=",", window=3)
    task = TaskSpec(None, (SIZE,), (PRICE,), data)
    assert mapping(data, task) == {"size": ["area", "rooms"]}
    named = source("csv", "houses.csv", separator="mark", price="eur")
    task = TaskSpec(None, (declared("separator", "float32", 1),), (PRICE,), named)
    assert check_data(task) == []
    assert columns(named, task) == {"separator": "mark", "price": "eur"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"separator": ""}, "`separator` must be one character that is no letter or digit"),
        ({"separator": "::"}, "`separator` must be one character"),
        ({"separator": "a"}, "`separator` must be one character"),
        ({"separator": '"'}, "`separator` must be one character"),
        ({"decimal": ";", "separator": ";"}, "`decimal` must be one of"),
        ({"decimal": ","}, "`,` can't separate both columns and decimals"),
    ],
)
def test_options_that_cannot_be(options: dict[str, str], message: str) -> None:
    (problem,) = check_data(TaskSpec(None, (SIZE,), (PRICE,), csv_source(**options)))
    assert (problem.code, problem.argument) == ("E0532", next(iter(options)))
    assert message in problem.message

"""Specs of several files: names mean what they mean in the file where they stand."""

from __future__ import annotations

from pathlib import Path

from archlang import api
from archlang.graph.model import Graph


def checked(folder: Path, main: str, **files: str) -> Graph:
    for name, text in files.items():
        (folder / f"{name}.arch").write_text(text, "utf-8")
    (folder / "main.arch").write_text(main, "utf-8")
    result = api.check(api.read(str(folder / "main.arch")))
    assert result.ok, result.diagnostics
    return list(result.graphs.values())[-1]


def model(body: str, name: str = "M") -> str:
    return f"model {name} {{\n    input x: float32[8]\n    {body}\n}}\n"


def test_models_of_one_name_in_two_files(tmp_path: Path) -> None:
    graph = checked(
        tmp_path,
        'from "other.arch" import Use\n'
        + model("Dense(8) -> Dense(8)", "Enc")
        + model("Enc -> Use"),
        other=model("Dense(8)", "Enc") + "block Use { Enc }\n",
    )
    assert [layer.name for layer in graph.layers] == ["Enc", "Enc_2"]
    assert [layer.params for layer in graph.layers] == [144, 72]


def test_a_shared_python_layer_of_another_file(tmp_path: Path) -> None:
    graph = checked(
        tmp_path,
        'from "other.arch" import Use\n' + model("Use -> Dense(2)"),
        other='layer Swish() from "swishes" -> same\nblock Use {\n    shared s = Swish\n    s -> s\n}\n',
    )
    assert str(graph.outputs["output"].spec) == "[2]"


def test_an_imported_variant(tmp_path: Path) -> None:
    graph = checked(
        tmp_path,
        'from "other.arch" import Deep\n' + model("Deep"),
        other="model Base(n=1) {\n    input x: float32[8]\n    repeat n { Dense(8) }\n}\nmodel Deep = Base(n=3)\n",
    )
    assert graph.params == 3 * 72


def test_constants_are_those_of_their_file(tmp_path: Path) -> None:
    graph = checked(
        tmp_path,
        'from "other.arch" import Use\nlet width = 4\n' + model("Use -> Dense(width)"),
        other="let width = 6\nblock Use { Dense(width) }\n",
    )
    assert [layer.params for layer in graph.layers] == [8 * 6 + 6, 6 * 4 + 4]

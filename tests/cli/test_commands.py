"""The commands, the compiler behind them faked: what goes in, what comes out, the exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archlang import api
from archlang.cli.app import archc
from archlang.cli.commands.run import OWN_OPTIONS
from archlang.diagnostics import Diagnostic, error, warning
from archlang.files import is_untouched, stamp
from archlang.source import Source, Span

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder, on a compiler that takes every spec's words for its models.

    A word `bad` in a spec is an error, `odd` a warning. A model whose name ends in `Trained` has a task with data, one in
    `Tasked` a task without.
    """
    monkeypatch.chdir(tmp_path)
    seen: dict[str, Any] = {}

    def task(model: str) -> Any:
        kind = "classification" if model.endswith(("Trained", "Tasked")) else None
        data = object() if model.endswith("Trained") else None
        return SimpleNamespace(outputs=[SimpleNamespace(kind=kind)], data=data)

    def check(
        source: Source,
        *,
        overrides: Mapping[str, Any] | None = None,
        target: str | None = None,
    ) -> Any:
        seen.update(overrides or {})
        if target is not None:
            seen["target"] = target
        if "unknown" in (overrides or {}):
            raise api.OverrideError("the spec has no constant or model parameter `unknown` to set")
        found: list[Diagnostic] = []
        at = source.text.find("bad")
        if at >= 0:
            found.append(error("E0201", "this is bad", Span(source.path, at, at + 3)))
        at = source.text.find("odd")
        if at >= 0:
            found.append(warning("W0201", "this is odd", Span(source.path, at, at + 3)))
        names = [word for word in source.text.split() if word[0].isupper()]
        return SimpleNamespace(
            graphs={name: SimpleNamespace(name=name, task=task(name)) for name in names},
            diagnostics=tuple(found),
            sources={source.path: source},
            ok=not any(problem.is_error for problem in found),
        )

    def to_python(checked: Any, model: str, *, flat: bool = False) -> str:
        return f'"""{model}."""\n\nFLAT = {flat}\n'

    def to_ir(checked: Any, model: str) -> dict[str, Any]:
        return {"format": "archlang-ir/1", "name": model}

    monkeypatch.setattr(api, "check", check)
    monkeypatch.setattr(api, "to_python", to_python)
    monkeypatch.setattr(api, "to_ir", to_ir)

    def invoke(*arguments: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(archc, list(arguments), input=input, prog_name="archc")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    invoke.seen = seen
    return invoke


def write(**specs: str) -> None:
    for name, text in specs.items():
        Path(f"{name}.arch").write_text(text)


def test_check_a_good_spec(run: Run) -> None:
    write(a="Cnn")
    result = run("check", "a.arch")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "1 spec checked, no problems\n",
        "",
    )


def test_check_tells_problems_on_standard_output(run: Run) -> None:
    write(a="Cnn bad", b="odd")
    result = run("check", "a.arch", "b.arch")
    assert result.exit_code == 1
    assert result.stdout == (
        "error[E0201]: this is bad\n"
        " --> a.arch:1:5\n"
        "  |\n"
        "1 | Cnn bad\n"
        "  |     ^^^\n"
        "\n"
        "warning[W0201]: this is odd\n"
        " --> b.arch:1:1\n"
        "  |\n"
        "1 | odd\n"
        "  | ^^^\n"
        "\n"
        "1 error, 1 warning in 2 files\n"
    )
    assert run("check", "b.arch").exit_code == 0


def test_check_as_json(run: Run) -> None:
    write(a="Cnn bad")
    result = run("check", "a.arch", "--format", "json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["diagnostics"]
    assert (problem["code"], problem["start"]) == ("E0201", {"line": 1, "column": 5})
    write(a="Cnn")
    assert json.loads(run("check", "a.arch", "--format", "json").stdout) == {"diagnostics": []}


def test_check_standard_input(run: Run) -> None:
    result = run("check", "-", input="bad")
    assert result.exit_code == 1
    assert "--> <stdin>:1:1" in result.stdout


def test_check_folders(run: Run) -> None:
    for path in ("specs/b.arch", "specs/deep/a.arch", "specs/.hidden/c.arch", "specs/d.txt"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("bad")
    result = run("check", "specs", "specs/b.arch")
    assert result.stdout.endswith("2 errors in 2 files\n")
    Path("empty").mkdir()
    result = run("check", "empty")
    assert (result.exit_code, result.stderr) == (2, "Error: no .arch file in empty\n")


@pytest.mark.parametrize("command", ["check", "compile", "summary", "run", "build"])
def test_a_missing_file_is_wrong_use(run: Run, command: str) -> None:
    write(digits="Cnn")
    result = run(command, "digist.arch")
    assert result.exit_code == 2
    assert result.stderr == "Error: no file digist.arch; did you mean `digits.arch`?\n"


def test_what_is_no_text_is_wrong_use(run: Run) -> None:
    Path("a.arch").write_bytes(b"ab\xff")
    result = run("check", "a.arch")
    assert (result.exit_code, result.stderr) == (2, "Error: a.arch is not UTF-8 text (byte 3)\n")
    Path("folder.arch").mkdir()
    result = run("compile", "folder.arch")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: cannot read folder.arch: Is a directory\n",
    )


def test_settings_reach_the_compiler(run: Run) -> None:
    write(a="Cnn")
    settings = ["width=128", "rate=1e-3", "activation=relu", 'path="a b"', "sizes=[1, (2, None)]"]
    arguments = [part for setting in settings for part in ("--set", setting)]
    assert run("check", "a.arch", *arguments).exit_code == 0
    assert run.seen == {
        "width": 128,
        "rate": 1e-3,
        "activation": "relu",
        "path": "a b",
        "sizes": [1, (2, None)],
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("width", "'width' has no value"),
        ("2=3", "'2' is not a name"),
        ("width=[1", "'[1' is not a value"),
        ("width=12px", "'12px' is not a value"),
        ("width={1: 2}", "is not a value of the language"),
        ("width=true", "true is not a value of the language; write True"),
        ("width=", "'' is not a value"),
        ("unknown=1", "no constant or model parameter `unknown`"),
    ],
)
def test_wrong_settings(run: Run, setting: str, message: str) -> None:
    write(a="Cnn")
    result = run("check", "a.arch", "--set", setting)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n  ", " ")


def test_compile_writes_beside_where_one_stands(run: Run) -> None:
    Path("specs").mkdir()
    Path("specs/a.arch").write_text("Cnn odd")
    result = run("compile", "specs/a.arch")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.startswith("warning[W0201]")
    assert result.stderr.endswith("wrote a.py; train it with: python a.py\n")
    assert Path("a.py").read_text() == stamp('"""Cnn."""\n\nFLAT = False\n')
    assert is_untouched(Path("a.py"))


def test_compile_leaves_edited_files_alone(run: Run) -> None:
    write(a="Cnn")
    Path("a.py").write_text("mine")
    result = run("compile", "a.arch", "--flat")
    assert result.exit_code == 2
    assert "a.py exists and was not written by archlang; --force overwrites it" in result.stderr
    assert Path("a.py").read_text() == "mine"
    assert run("compile", "a.arch", "--flat", "--force").exit_code == 0
    assert "FLAT = True" in Path("a.py").read_text()


def test_compile_to_standard_output(run: Run) -> None:
    write(a="Cnn")
    for result in (run("compile", "a.arch", "-o", "-"), run("compile", "-", input="Cnn")):
        assert (result.exit_code, result.stdout) == (0, '"""Cnn."""\n\nFLAT = False\n')


def test_compile_to_ir(run: Run) -> None:
    write(a="Cnn")
    assert run("compile", "a.arch", "--to", "ir").exit_code == 0
    assert json.loads(Path("a.ir.json").read_text())["name"] == "Cnn"
    assert run("compile", "a.arch", "--to", "ir", "--flat").exit_code == 2


def test_compile_a_wrong_spec(run: Run) -> None:
    write(a="Cnn bad")
    result = run("compile", "a.arch")
    assert result.exit_code == 1
    assert "error[E0201]" in result.stderr
    assert not Path("a.py").exists()


def test_several_models(run: Run) -> None:
    write(a="Cnn Mlp")
    result = run("compile", "a.arch")
    assert result.exit_code == 2
    assert result.stderr == "Error: a.arch has several models; choose one with --model: Cnn, Mlp\n"
    result = run("compile", "a.arch", "--model", "Mpl")
    assert result.exit_code == 2
    assert result.stderr == "Error: a.arch has no model 'Mpl'; did you mean `Mlp`?\n"
    assert run("compile", "a.arch", "--model", "Mlp").exit_code == 0
    assert Path("a_mlp.py").exists()
    assert run("compile", "a.arch", "-o", "scripts/").exit_code == 0
    assert sorted(path.name for path in Path("scripts").iterdir()) == ["a_cnn.py", "a_mlp.py"]
    write(b="let")
    assert run("compile", "b.arch").stderr == "Error: b.arch has no model\n"


@pytest.mark.parametrize(
    ("models", "taken"),
    [
        ("Encoder AllTrained Decoder", "AllTrained"),
        ("Encoder AllTasked Decoder", "AllTasked"),
        ("Encoder AllTasked AllTrained", "AllTrained"),
        ("Encoder OneTrained OtherTrained", None),
        ("Encoder OneTasked OtherTasked", None),
    ],
)
def test_the_only_model_that_can_be_trained_is_compiled(
    run: Run, models: str, taken: str | None
) -> None:
    write(a=models)
    result = run("compile", "a.arch", "-o", "-")
    if taken is None:
        assert result.exit_code == 2
        assert f"choose one with --model: {', '.join(models.split())}" in result.stderr
    else:
        assert result.stdout.startswith(f'"""{taken}."""')
    assert run("compile", "a.arch", "-o", "-", "--model", "Encoder").exit_code == 0


def test_summary_shows_all_models(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def text(graph: Any, width: int, sources: Any) -> str:
        return f"{graph.name}\n"

    def document(graphs: list[Any], sources: Any) -> dict[str, Any]:
        return {"models": [graph.name for graph in graphs]}

    monkeypatch.setattr("archlang.backends.summary.summary_text", text)
    monkeypatch.setattr("archlang.backends.summary.summary_document", document)
    write(a="Cnn Mlp")
    assert run("summary", "a.arch").stdout == "Cnn\n\nMlp\n"
    assert run("summary", "a.arch", "--model", "Mlp").stdout == "Mlp\n"
    assert json.loads(run("summary", "a.arch", "--format", "json").stdout) == {
        "models": ["Cnn", "Mlp"]
    }


def test_run_passes_everything_else_behind_the_spec_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []

    def script(path: Path, arguments: tuple[str, ...]) -> int:
        called.append((path.name, path.read_text(), arguments))
        return 7

    monkeypatch.setattr("archlang.cli.commands.run.run_script", script)
    monkeypatch.setattr("archlang.cli.commands.run.require_keras", lambda: None)
    write(a="Cnn Mlp")
    result = run("run", "--model", "Mlp", "a.arch", "train", "--epochs", "3", "--help")
    assert result.exit_code == 7
    ((name, text, arguments),) = called
    assert (name, arguments) == ("a_mlp.py", ("train", "--epochs", "3", "--help"))
    assert text.startswith('"""Mlp."""')
    assert result.stderr == "Mlp has no task, so that there is nothing to train; its layers:\n"
    write(b="Encoder AllTrained")
    result = run("run", "b.arch", "--model=AllTrained", "predict", "--set", "width=3", "a.npy")
    assert (result.exit_code, result.stderr) == (7, "")
    assert run.seen == {"width": 3}
    assert called[-1][0] == "b_alltrained.py"
    assert called[-1][2] == ("predict", "a.npy")
    result = run("run", "b.arch", "summary", "--", "--set", "width=4")
    assert called[-1][0] == "b_alltrained.py"
    assert called[-1][2] == ("summary", "--", "--set", "width=4")
    assert run.seen == {"width": 3}


@pytest.mark.parametrize("option", ["--model", "--set"])
def test_options_of_archc_behind_the_spec_are_checked(run: Run, option: str) -> None:
    write(a="Cnn")
    result = run("run", "a.arch", "train", option)
    assert result.exit_code == 2
    assert f"Option '{option}' requires an argument." in result.stderr
    assert run("run", "a.arch", "train", option, "unknown=1").exit_code == 2


def test_no_script_has_options_named_like_those_of_archc() -> None:
    scripts = Path(__file__).parents[1].joinpath("backends", "python", "golden").rglob("*.py")
    options = {
        option
        for script in scripts
        for option in re.findall(r'add_argument\(\s*"(--[\w-]+)"', script.read_text("utf-8"))
    }
    assert "--epochs" in options
    assert options.isdisjoint(OWN_OPTIONS)


@pytest.mark.parametrize("command", ["run", "build"])
def test_without_keras_one_sentence_says_so(
    run: Run, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archlang.cli.commands.keras._installed", lambda name: False)
    write(a="Cnn")
    result = run(command, "a.arch")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: this needs tensorflow and keras, which is not installed: "
        'pip install "archlang[tensorflow]"\n'
    )


def test_build_saves_from_a_spec_and_from_ir(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(graph: Any) -> Any:
        return SimpleNamespace(save=lambda path: Path(path).write_text(graph.name))

    def from_ir(document: Mapping[str, Any]) -> Any:
        if "name" not in document:
            raise ValueError("at $: no name")
        return SimpleNamespace(name=document["name"])

    monkeypatch.setattr(api, "build", built)
    monkeypatch.setattr(api, "from_ir", from_ir)
    monkeypatch.setattr("archlang.cli.commands.build.require_keras", lambda: None)
    write(a="Cnn")
    assert run("build", "a.arch").exit_code == 0
    assert Path("a.keras").read_text() == "Cnn"
    Path("b.ir.json").write_text('{"name": "Ir"}')
    assert run("build", "b.ir.json", "-o", "c.keras").exit_code == 0
    assert Path("c.keras").read_text() == "Ir"
    assert run("build", "a.arch", "-o", "a.h5").exit_code == 2
    assert run("build", "b.ir.json", "--model", "Cnn").exit_code == 2
    for text in ("{", "{}"):
        Path("b.ir.json").write_text(text)
        result = run("build", "b.ir.json")
        assert result.exit_code == 1
        assert result.stderr.startswith("error: b.ir.json is not ")


def test_error(run: Run) -> None:
    listed = run("error").stdout.splitlines()
    code = listed[0].split()[0]
    told = run("error", code.lower())
    assert told.exit_code == 0
    assert told.stdout.startswith(f"{code}: ")
    result = run("error", "E9999")
    assert result.exit_code == 2
    assert "no error or warning has the code 'E9999'" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_ARCHC_COMPLETE" in result.stdout


def test_help_teaches(run: Run) -> None:
    text = run("--help").stdout
    for word in ("First steps", "Exit codes", "archc check digits.arch", "completion"):
        assert word in text
    for command in ("check", "compile", "run", "build", "summary", "error"):
        assert "Examples:" in run(command, "--help").stdout


@pytest.mark.parametrize("arguments", [["chekc"], ["check"], ["check", "--nope", "a.arch"]])
def test_wrong_use(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_target_is_handed_on(run: Run) -> None:
    write(a="Cnn")
    for command in ("check", "compile"):
        result = run(command, "a.arch", "--target", "keras>=3.12")
        assert result.exit_code == 0
        assert run.seen.pop("target") == "keras>=3.12"


@pytest.mark.parametrize("command", ["check", "compile"])
@pytest.mark.parametrize("target", ["keras==2.15", "3.12", "keras<4"])
def test_a_target_that_is_not_supported(run: Run, command: str, target: str) -> None:
    write(a="Cnn")
    result = run(command, "a.arch", "--target", target)
    assert result.exit_code == 2
    assert "3.8, 3.9" in result.stderr


def test_version_tells_of_keras(run: Run) -> None:
    result = run("--version")
    assert re.fullmatch(r"archc \d+\.\d+\.\d+ \(Keras 3\.\d+\.\d+\)\n", result.stdout)

"""`archc compare`: what it takes, what it says, what it leaves behind."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archlang.cli.app import archc
from archlang.running import candidates
from archlang.running.candidates import Run

SPEC = """
task Flowers {
    input measures: float32[4]
    output species: classification(3)
    data = sklearn(iris)
}

model Linear for Flowers { Normalization -> head }
model Mlp for Flowers { Normalization -> Dense(16, activation=relu) -> head }

train {
    optimizer = Adam(1e-2)
    epochs = 10
}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "flowers.arch"
    path.write_text(SPEC, "utf-8")
    return path


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], int | None]]:
    """What would be trained; Mlp with seed 7 fails."""
    seen: list[tuple[str, list[str], int | None]] = []

    def train(script: Path, arguments: Sequence[str], seed: int | None, log: Path) -> Run:
        assert "def main()" in script.read_text("utf-8")
        seen.append((script.name, list(arguments), seed))
        if "mlp" in script.name and seed == 7:
            return Run(seed, {}, 0.0, "it would not")
        return Run(seed, {"accuracy": 0.5 + 0.1 * len(seen), "loss": 1.0}, 2.0)

    monkeypatch.setattr(candidates, "train", train)
    return seen


def run(*arguments: str) -> Result:
    return CliRunner().invoke(archc, ["compare", *arguments])


def test_all_models_of_the_task(spec: Path, trainings: list[tuple[str, list[str], int]]) -> None:
    result = run(str(spec))
    assert result.exit_code == 0, result.output
    assert trainings == [("flowers_linear.py", [], None), ("flowers_mlp.py", [], None)]
    assert result.stdout.splitlines() == [
        "model   accuracy    loss  parameters  multiply-adds  seconds",
        "Linear    0.6000  1.0000          24             12      2.0",
        "Mlp       0.7000  1.0000         140            112      2.0",
    ]
    assert sorted(path.name for path in Path().iterdir()) == ["flowers.arch"]


def test_seeds_epochs_and_files(spec: Path, trainings: list[tuple[str, list[str], int]]) -> None:
    result = run(str(spec), "--seeds", "0,1", "--epochs", "3", "--csv", "a.csv")
    assert result.exit_code == 0, result.output
    assert [(arguments, seed) for _, arguments, seed in trainings] == [
        (["--epochs", "3"], seed) for seed in (0, 1, 0, 1)
    ]
    assert "0.6500 ± 0.0707" in result.stdout
    with Path("a.csv").open(encoding="utf-8") as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["0", "1", "0", "1"]


def test_one_that_fails_does_not_stop_the_others(
    spec: Path, trainings: list[tuple[str, list[str], int]]
) -> None:
    result = run(str(spec), "--seeds", "7,8", "--csv", "a.csv")
    assert result.exit_code == 1
    assert len(trainings) == 4
    assert "Mlp failed: it would not" in result.stderr
    assert "Linear" in result.stdout
    assert Path("a.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "a"], "'a' is not a list of whole numbers such as 0,1,2"),
        (["--seeds", "1,1"], "names a seed twice"),
        (["--seeds", "-1"], "a seed lies between 0 and"),
        (["--picture", "a.gif"], "should end in .png, .pdf or .svg"),
        (["--metric", "accuracy"], "give that too"),
        (["--model", "Mpl"], "has no model 'Mpl'; did you mean `Mlp`?"),
        (["--task", "Trees"], "has no model for a task 'Trees'; tasks: Flowers"),
        (["--epochs", "0"], "--epochs"),
        (["--csv", "no/folder/a.csv"], "cannot write no/folder/a.csv"),
    ],
)
def test_wrong_use(
    arguments: list[str],
    message: str,
    spec: Path,
    trainings: list[tuple[str, list[str], int]],
) -> None:
    result = run(str(spec), *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SPEC.replace("    data = sklearn(iris)\n", ""), "its task has no data"),
        ("model Net {\n    input x: float32[4]\n    Dense(2)\n}\n", "its outputs have no task"),
        ("let a = 1\n", "has no model to train"),
        (
            SPEC.replace(
                "train {", SPEC.partition("model")[0].replace("Flowers", "More") + "train {"
            ).replace("model Mlp for Flowers", "model Mlp for More"),
            "choose one with --task: Flowers, More",
        ),
    ],
)
def test_specs_that_have_nothing_to_compare(text: str, message: str, spec: Path) -> None:
    spec.write_text(text, "utf-8")
    result = run(str(spec))
    assert result.exit_code == 2
    assert message in result.output


def test_errors_of_the_spec_come_first(spec: Path) -> None:
    spec.write_text(SPEC.replace("Dense(16", "Dense(-16"), "utf-8")
    result = run(str(spec))
    assert result.exit_code == 1
    assert "flowers.arch:9" in result.output


@pytest.mark.slow
def test_two_models_for_real(spec: Path) -> None:
    command = [sys.executable, "-m", "archlang", "compare", "flowers.arch"]
    done = subprocess.run(
        [*command, "--epochs", "10", "--csv", "a.csv", "--picture", "a.png"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with Path("a.csv").open(encoding="utf-8") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    # A third of the flowers is of each kind.
    assert float(rows["Mlp"]["accuracy"]) > 0.6
    assert int(rows["Mlp"]["parameters"]) == 9 + 5 * 16 + 17 * 3
    assert float(rows["Linear"]["seconds"]) > 0
    assert Path("a.png").stat().st_size > 5000
    assert sorted(path.name for path in Path().iterdir()) == ["a.csv", "a.png", "flowers.arch"]

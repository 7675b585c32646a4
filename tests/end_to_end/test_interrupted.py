"""A training that is killed goes on with `--resume` and ends with the weights of one that is not."""

from __future__ import annotations

import csv
import signal
import subprocess
from pathlib import Path

import pytest

from archlang import api
from archlang.source import Source
from tests.end_to_end.processes import PYTHON, environment, train, weights

pytestmark = pytest.mark.slow

ONE_PHASE = """
task Digits {
    input image: float32[8, 8, 1]
    output digit: classification(10)
    data = sklearn(digits)
}

model Net for Digits {
    Rescaling(1 / 16)
    Conv2D(8, 3, activation=relu)
    BatchNormalization
    Flatten
    Dropout(0.3)
    head
}

train {
    optimizer = Adam(CosineDecay(1e-2, decay_steps=60))
    epochs = 5
    batch_size = 128
}
"""

# A patience that ends the first phase early; in the second, weights move that stood still.
TWO_PHASES = """
task Wines {
    input wine: float32[13]
    output kind: classification(3)
    data = sklearn(wine)
}

model Net for Wines {
    Normalization
    frozen Dense(16, activation=relu, name=hidden)
    Dropout(0.2)
    head
}

train {
    optimizer = Adam(2e-2)
    callbacks = [
        EarlyStopping(patience=1, min_delta=0.1, restore_best_weights=True),
        ReduceLROnPlateau(patience=1),
    ]
    phase reading {
        epochs = 40
    }
    phase tuning {
        unfreeze = [hidden]
        optimizer = Adam(1e-3)
        epochs = 4
        callbacks = []
    }
}
"""


def written(text: str, folder: Path) -> Path:
    checked = api.check(Source("net.arch", text))
    script = folder / "net.py"
    script.write_text(api.to_python(checked, "Net"), "utf-8")
    return script


def stopped(script: Path, save: str, epoch: int, how: signal.Signals) -> tuple[int, str]:
    """Start a training, and send it a signal in the epoch with that number, counted over phases."""
    process = subprocess.Popen(
        [*PYTHON, script.name, "--save", save],
        cwd=script.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    begun = 0
    for line in process.stdout:
        begun += line.startswith("Epoch ")
        if begun == epoch:
            process.send_signal(how)
            break
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def history(folder: Path, save: str) -> list[dict[str, str]]:
    with (folder / f"{save.removesuffix('.keras')}_history.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_killed_training_goes_on_bit_for_bit(tmp_path: Path) -> None:
    script = written(ONE_PHASE, tmp_path)
    train(script, "--save", "whole.keras")
    code, _ = stopped(script, "cut.keras", 3, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert (tmp_path / "cut_checkpoint.npz").is_file()
    assert not (tmp_path / "cut.keras").exists()
    # Two epochs are kept, so three follow.
    resumed = train(script, "--save", "cut.keras", "--resume")
    assert [f"Epoch {n}/5" in resumed for n in range(1, 6)] == [False, False, True, True, True]
    assert weights(tmp_path / "cut.keras") == weights(tmp_path / "whole.keras")
    assert history(tmp_path, "cut.keras") == history(tmp_path, "whole.keras")
    assert not (tmp_path / "cut_checkpoint.npz").exists()
    assert (tmp_path / "cut_history.png").is_file()
    assert (tmp_path / "cut_digit_confusion.png").is_file()
    # Without a checkpoint there is nothing to go on with.
    done = subprocess.run(
        [*PYTHON, script.name, "--save", "cut.keras", "--resume"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no checkpoint at cut_checkpoint.npz to resume from\n" in done.stderr


def test_phases_and_what_callbacks_have_seen_go_on(tmp_path: Path) -> None:
    script = written(TWO_PHASES, tmp_path)
    train(script, "--save", "whole.keras", "--no-plots")
    rows = history(tmp_path, "whole.keras")
    first = sum(row["phase"] == "reading" for row in rows)
    assert 3 <= first < 40, "early stopping should end the first phase"
    assert len(rows) == first + 4
    # In the middle of the first phase, and in the second.
    for epoch in (first - 1, first + 2):
        code, _ = stopped(script, "cut.keras", epoch, signal.SIGKILL)
        assert code == -signal.SIGKILL
        train(script, "--save", "cut.keras", "--resume", "--no-plots")
        assert weights(tmp_path / "cut.keras") == weights(tmp_path / "whole.keras")
        assert history(tmp_path, "cut.keras") == rows


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_with_a_sentence(how: signal.Signals, tmp_path: Path) -> None:
    script = written(ONE_PHASE, tmp_path)
    code, errors = stopped(script, "net.keras", 2, how)
    assert code == 130
    assert "Traceback" not in errors
    assert errors.endswith("\nstopped; --resume goes on from net_checkpoint.npz\n")

"""`--resume` with other examples, settings or a damaged file: a sentence that says what differs. Also models that can't be read, and
temporary files after an interrupt.
"""

from __future__ import annotations

import importlib
import random
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archlang import api
from archlang.source import Source

pytestmark = pytest.mark.slow

ARRAYS = """
model Net {
    input x: float32[4]
    input word: string
    output y: classification(3)
    data = npz("examples.npz")
    word -> TextVectorization(max_tokens=9, output_mode=multi_hot, pad_to_max_tokens=True) as known
    [x, known] -> Concatenate
    head
}
train {
    validation = 0.25
    epochs = 2
    batch_size = 8
    callbacks = [EarlyStopping(patience=5)]
}
"""

STREAM = """
model Net {
    input text: string
    output y: binary_classification(labels=["a", "b"])
    data = text_folder("texts")
    TextVectorization(max_tokens=9, output_mode=multi_hot, pad_to_max_tokens=True)
    head
}
train {
    validation = 0.25
    epochs = 2
    batch_size = 8
}
"""


class Script:
    """A script in a folder of its own, whose `main` is called with a command line."""

    def __init__(self, spec: str, folder: Path) -> None:
        checked = api.check(Source("net.arch", spec))
        assert checked.ok
        self.path = folder / "net.py"
        self.path.write_text(api.to_python(checked, "Net"), "utf-8")
        self.names: dict[str, Any] = runpy.run_path(str(self.path))["main"].__globals__

    def main(self, *arguments: str) -> None:
        sys.argv = [str(self.path), *arguments]
        self.names["main"]()

    def refusal(self, *arguments: str) -> str:
        """What the script ends with."""
        with pytest.raises(SystemExit) as ending:
            self.main(*arguments)
        return str(ending.value)

    def interrupted(self, where: str, times: int) -> None:
        """Train, with an interrupt where the checkpoint has been called so often."""
        base, calls = self.names["Checkpoint"], [0]

        def interrupt(checkpoint: Any, epoch: int, logs: Any = None) -> None:
            calls[0] += 1
            if calls[0] == times:
                raise KeyboardInterrupt
            getattr(base, where)(checkpoint, epoch, logs)

        self.names["Checkpoint"] = type("Interrupted", (base,), {where: interrupt})
        assert self.refusal("train", "--no-plots") == "130"
        self.names["Checkpoint"] = base


def arrays(rows: int = 40, **changes: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    found = {
        "x": rng.normal(size=(rows, 4)),
        "word": np.array(["one", "two", "six"])[np.arange(rows) % 3],
        "y": np.arange(rows) % 3,
    }
    np.savez("examples.npz", **{**found, **changes})  # pyright: ignore[reportArgumentType]


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["net.py"])


def test_arrays_that_have_changed_are_refused(tmp_path: Path) -> None:
    arrays()
    script = Script(ARRAYS, tmp_path)
    script.interrupted("on_epoch_begin", 2)
    words = np.array(["one", "two", "six"])[np.arange(40) % 3]
    for change, said in (
        (lambda: arrays(rows=44), "another training set (30 examples, hash "),
        (lambda: arrays(x=np.zeros((40, 4))), "another training set (30 examples, hash "),
        (lambda: arrays(word=words[::-1]), "another training set (30 examples, hash "),
        (lambda: arrays(y=(np.arange(40) + 1) % 3), "another training set (30 examples, hash "),
    ):
        change()
        message = script.refusal("train", "--resume")
        assert message.startswith(f"Net_checkpoint.npz was made with {said}")
        assert message.endswith("): resume with that one, or train without --resume")
    arrays()
    for option, said in (
        ("--seed", "another seed (0, not 4)"),
        ("--batch-size", "another batch size (8, not 4)"),
    ):
        assert said in script.refusal("train", "--resume", option, "4")
    # Another share for validation leaves other examples to train on.
    (tmp_path / "other").mkdir()
    other = Script(ARRAYS.replace("0.25", "0.5"), tmp_path / "other")
    assert "another training set (30 examples, hash " in other.refusal("train", "--resume")
    script.main("train", "--resume", "--no-plots", "--epochs", "3")
    assert not Path("Net_checkpoint.npz").exists()


def texts(change: Callable[[Path], object] = lambda _: None) -> None:
    for name in ("a", "b"):
        folder = Path("texts", name)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(12):
            (folder / f"{number}.txt").write_text(f"one {name} two", "utf-8")
    change(Path("texts"))


def test_files_that_have_changed_are_refused(tmp_path: Path) -> None:
    texts()
    script = Script(STREAM, tmp_path)
    script.interrupted("on_epoch_begin", 2)
    texts(lambda folder: (folder / "a" / "3.txt").write_text("longer than before", "utf-8"))
    assert "another training set (18 examples, hash " in script.refusal("train", "--resume")
    texts(lambda folder: (folder / "a" / "12.txt").write_text("one", "utf-8"))
    assert "(18 examples, hash " in script.refusal("train", "--resume")
    assert ", not 19 examples, hash " in script.refusal("train", "--resume")
    Path("texts/a/12.txt").unlink()
    # The same files elsewhere are the same.
    Path("texts").rename("moved")
    script.main("train", "--resume", "--no-plots", "--data", "moved")


def test_damaged_files_end_with_a_sentence(tmp_path: Path) -> None:
    arrays()
    script = Script(ARRAYS, tmp_path)
    script.interrupted("on_epoch_begin", 2)
    rng = random.Random(0)
    path = Path("Net_checkpoint.npz")
    whole = path.read_bytes()
    for damaged in (
        b"",
        b"no archive",
        whole[: len(whole) // 2],
        *(flipped(whole, rng) for _ in range(40)),
    ):
        path.write_bytes(damaged)
        message = script.refusal("train", "--resume", "--seed", "1")
        # What is not read, such as a date in the archive, may be anything.
        assert message.startswith(
            (f"{path} is damaged, or no checkpoint", f"{path} was made with another seed")
        )
    path.unlink()
    script.main("train", "--no-plots")
    saved = Path("Net.keras")
    whole = saved.read_bytes()
    for damaged in (b"", b"no archive", whole[: len(whole) // 2], whole[:-3000] + bytes(3000)):
        saved.write_bytes(damaged)
        for command in ("evaluate", "predict"):
            message = script.refusal(command)
            assert message.startswith(f"{saved} can't be read as a model: ")
            assert "\n" not in message


def flipped(whole: bytes, rng: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(8):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def test_an_interrupt_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays()
    script = Script(ARRAYS, tmp_path)
    savez = np.savez

    def interrupted(file: Any, *arguments: Any, **more: Any) -> None:
        savez(file, *arguments, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    assert script.refusal("train", "--no-plots") == "130"
    assert "stopped before an epoch was over: nothing is kept" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    assert not Path("Net_checkpoint.npz").exists()


def weights() -> list[Any]:
    """The numbers of the saved model. (The file itself also says when it was saved.)"""
    keras: Any = importlib.import_module("keras")
    return [np.asarray(weight) for weight in keras.saving.load_model("Net.keras").trainable_weights]


def test_what_fails_after_training_does_not_lose_the_model(tmp_path: Path) -> None:
    arrays()
    script = Script(ARRAYS, tmp_path)
    evaluate = script.names["evaluate"]

    def failing(*_: Any) -> None:
        raise MemoryError

    script.names["evaluate"] = failing
    with pytest.raises(MemoryError):
        script.main("train")
    assert Path("Net.keras").is_file()
    # What is left to do is done by resuming, without training again.
    script.names["evaluate"] = evaluate
    trained = weights()
    script.main("train", "--resume")
    assert Path("Net_history.png").is_file()
    np.testing.assert_equal(weights(), trained)
    assert not Path("Net_checkpoint.npz").exists()


def test_a_log_of_the_spec_goes_on(tmp_path: Path) -> None:
    arrays()
    spec = ARRAYS.replace("epochs = 2", "epochs = 4").replace(
        "[EarlyStopping(patience=5)]", '[CSVLogger("log.csv", separator=";")]'
    )
    script = Script(spec, tmp_path)
    script.interrupted("on_epoch_begin", 4)
    script.main("train", "--resume", "--no-plots")
    lines = Path("log.csv").read_text("utf-8").splitlines()
    assert [line.partition(";")[0] for line in lines] == ["epoch", "0", "1", "2", "3"]


def test_fewer_epochs_than_are_over_are_refused(tmp_path: Path) -> None:
    arrays()
    script = Script(ARRAYS.replace("epochs = 2", "epochs = 4"), tmp_path)
    script.interrupted("on_epoch_begin", 4)
    message = script.refusal("train", "--resume", "--epochs", "2")
    assert message == "Net_checkpoint.npz is of a training of 3 epochs or more, not of 2"
    assert Path("Net_checkpoint.npz").exists()
    assert not Path("Net.keras").exists()


@pytest.mark.parametrize("option", ["--epochs", "--batch-size"])
@pytest.mark.parametrize("value", ["0", "-3"])
def test_no_epochs_and_no_examples_are_refused(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays()
    script = Script(ARRAYS, tmp_path)
    assert script.refusal("train", option, value) == "2"
    assert f"argument {option}: must be at least 1, not {value}" in capsys.readouterr().err
    assert not Path("Net.keras").exists()

"""Training on two devices, and with two worker processes on this machine.

No layer of the model is random, and the examples come in the same order, so that all ways to train must reach the
weights of one device up to rounding.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.processes import PYTHON, environment, train
from tests.end_to_end.test_interrupted import history, written

pytestmark = pytest.mark.slow

SPEC = """
task Digits {
    input image: float32[8, 8, 1]
    output digit: classification(10)
    data = sklearn(digits)
}

model Net for Digits {
    Rescaling(1 / 16)
    Flatten
    Dense(16, activation=relu)
    head
}

train {
    optimizer = SGD(0.1)
    epochs = 4
    batch_size = 120
    STRATEGY
}
"""

# Two devices on one processor, as soon as TensorFlow is there.
TWO_DEVICES = """
import runpy, sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
devices = ["CPU:0", "CPU:1"]
mirrored = tf.distribute.MirroredStrategy
tf.distribute.MirroredStrategy = lambda: mirrored(devices)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

# Each worker writes down the weights with which it ends; only the first saves them.
WITH_WEIGHTS = """
import atexit, runpy, sys
import numpy as np
sys.argv = sys.argv[1:]
ending = sys.argv.pop()
import keras
fit = keras.Model.fit
def fit_and_tell(model, *args, **kwargs):
    done = fit(model, *args, **kwargs)
    np.savez(ending, *model.get_weights())
    return done
keras.Model.fit = fit_and_tell
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def script(folder: Path, strategy: str) -> Path:
    folder.mkdir()
    return written(SPEC.replace("STRATEGY", strategy), folder)


def saved(path: Path) -> list[np.ndarray]:
    import keras

    return keras.models.load_model(path, compile=False).get_weights()


def held(path: Path) -> list[np.ndarray]:
    with np.load(path) as file:
        return [file[name] for name in file.files]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start(script: Path, *arguments: str) -> list[subprocess.Popen[str]]:
    """Two workers of one training."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    return [
        subprocess.Popen(
            [*PYTHON, "-c", WITH_WEIGHTS, script.name, *arguments, f"worker_{index}.npz"],
            cwd=script.parent,
            env=environment(
                TF_CONFIG=json.dumps(
                    {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
                )
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for index in range(2)
    ]


def finish(workers: list[subprocess.Popen[str]]) -> list[tuple[str, str]]:
    """Wait, but not for ever; what each has printed."""
    try:
        return [worker.communicate(timeout=180) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """The weights that one device reaches."""
    path = script(tmp_path_factory.mktemp("alone") / "net", "")
    train(path, "--no-plots")
    return saved(path.parent / "Net.keras")


def same(ours: list[np.ndarray], theirs: list[np.ndarray]) -> None:
    # One example fewer is trained on: two devices can't share an odd number of them.
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, atol=5e-3)


def test_two_devices_reach_what_one_does(tmp_path: Path, alone: list[np.ndarray]) -> None:
    path = script(tmp_path / "net", "strategy = mirrored")
    done = subprocess.run(
        [*PYTHON, "-c", TWO_DEVICES, path.name, "--no-plots"],
        cwd=path.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    same(saved(path.parent / "Net.keras"), alone)
    odd = subprocess.run(
        [*PYTHON, "-c", TWO_DEVICES, path.name, "--batch-size", "33"],
        cwd=path.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert odd.returncode == 1
    assert odd.stderr.endswith("2 devices can't share batches of 33 evenly\n")


def test_two_workers_hold_the_same_weights_and_resume(
    tmp_path: Path, alone: list[np.ndarray]
) -> None:
    path = script(tmp_path / "net", "strategy = multi_worker")
    folder = path.parent
    workers = start(path)
    assert workers[1].stdout is not None
    for line in workers[1].stdout:
        if line.startswith("Epoch 3/4"):
            workers[1].send_signal(signal.SIGKILL)
            break
    (_, errors), _ = finish(workers)
    # The one that is left does not hang, and says what to do.
    assert workers[0].returncode == 1
    assert errors.endswith("start all again with --resume (Net_checkpoint.npz)\n")
    workers = start(path, "--resume")
    printed = finish(workers)
    assert [worker.returncode for worker in workers] == [0, 0], printed[0][1][-2000:]
    assert all("Epoch 1/4" not in text and "Epoch 4/4" in text for text, _ in printed)
    first, second = (held(folder / f"worker_{index}.npz") for index in range(2))
    for mine, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, other)
    for mine, other in zip(first, saved(folder / "Net.keras"), strict=True):
        np.testing.assert_array_equal(mine, other)
    same(first, alone)
    assert [row["epoch"] for row in history(folder, "Net.keras")] == ["1", "2", "3", "4"]
    assert (folder / "Net_digit_confusion.png").is_file()

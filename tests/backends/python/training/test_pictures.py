"""Scripts that read pictures from folders: what they find, what they read, what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from archlang.backends.python.training import TrainingPlan
from tests.backends.python.compare import load_script
from tests.backends.python.training.scripts import (
    declared,
    optimizer,
    output,
    plan,
    run,
    script,
    source,
)

# Loading a script loads TensorFlow.
pytestmark = pytest.mark.slow

CLASSIFIER = """
image = keras.Input((12, 16, 3), name="image")
x = layers.Normalization(name="scale")(image)
x = layers.Conv2D(8, 3, activation="relu")(x)
x = layers.GlobalMaxPooling2D()(x)
kind = layers.Dense({units}, activation="{activation}", name="kind")(x)
return keras.Model(image, kind, name="Net")
"""
SEGMENTER = """
image = keras.Input((12, 16, 1), name="image")
x = layers.Rescaling(1 / 255)(image)
mask = layers.Conv2D(2, 1, activation="softmax", name="mask")(x)
return keras.Model(image, mask, name="Net")
"""
IMAGE = declared("image", "float32", 12, 16, 3)
LABELLED = output("kind", "classification", labels=["sea", "wood"], class_weight=[1, 2])
MASK = output("mask", "segmentation", 2, first_label=1)
COLOURS = {"wood": (20, 120, 30), "sea": (20, 60, 200)}


def classifier(kind: Any = LABELLED, **train: Any) -> TrainingPlan:
    return plan([IMAGE], [kind], source("image_folder", "places"), **train)


def segmenter() -> TrainingPlan:
    grey = declared("image", "float32", 12, 16, 1)
    data = source("image_folder", "scans", image="photos")
    return plan([grey], [MASK], data, epochs=60, optimizer=optimizer("Adam", learning_rate=0.1))


def places(folder: Path, each: int = 20) -> Path:
    """Pictures of two colours in a folder each, in several formats."""
    random = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(each):
            noise = random.integers(-20, 20, (14, 20, 3))
            picture = Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype("uint8"))
            ending = ("png", "jpg", "bmp", "gif", "JPEG")[number % 5]
            picture.save(folder / name / f"{number:02}.{ending}")
    return folder


def scans(folder: Path) -> Path:
    """Grey pictures, bright where their masks say 2; some pixels of the masks are of no class."""
    random = np.random.default_rng(0)
    for name in ("photos", "mask"):
        (folder / name / "first").mkdir(parents=True)
    for number in range(20):
        mask = np.ones((24, 32), "uint8")
        mask[:, random.integers(8, 24) :] = 2
        photo = np.where(mask == 2, 220, 30) + random.integers(-20, 20, mask.shape)
        mask[:2] = 255
        Image.fromarray(photo.astype("uint8")).save(folder / f"photos/first/{number}.jpg")
        Image.fromarray(mask).save(folder / f"mask/first/{number}.png")
    return folder


def loaded(found: TrainingPlan, build_model: str = "pass") -> dict[str, Any]:
    return load_script(script(found, build_model))


def write(folder: Path, found: TrainingPlan, build_model: str) -> Path:
    """The script as a file that ruff has nothing to say about."""
    path = folder / "net.py"
    path.write_text(script(found, build_model), "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format"], ["check", "--select", "E,F,W,I,UP", "--ignore", "E501"]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    return path


# ------------------------------------------------------------------------------ what is found


def test_classes_are_in_the_order_of_the_labels(tmp_path: Path) -> None:
    names = loaded(classifier())
    folder = places(tmp_path / "places", 5)
    (folder / "sea" / ".hidden.png").write_bytes(b"")
    (folder / "sea" / "notes.txt").write_text("no picture")
    (folder / ".cache").mkdir()
    paths, numbers = names["find_examples"](folder)
    assert [Path(path).parent.name for path in paths] == ["sea"] * 5 + ["wood"] * 5
    assert numbers.tolist() == [0] * 5 + [1] * 5


def test_without_labels_classes_are_in_alphabetical_order(tmp_path: Path) -> None:
    names = loaded(classifier(output("kind", "classification", 2)))
    paths, numbers = names["find_examples"](places(tmp_path / "places", 5))
    assert {Path(p).parent.name: n for p, n in zip(paths, numbers.tolist(), strict=True)} == {
        "sea": 0,
        "wood": 1,
    }


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (LABELLED, "{0}", "{0} is not there; it should hold a folder of pictures for each of sea"),
        (LABELLED, "{0}/sea", "{0} has no folder 'sea'; it has wood"),
        (LABELLED, "{0}/sky/", "{0}/sky is none of the classes sea, wood"),
        (LABELLED, "{0}/sea/*", "{0}/sea holds no pictures"),
        (LABELLED, "{0}/sea/bad.png", "{0}/sea/bad.png is no picture, whatever its name says"),
        (
            output("kind", "classification", 3),
            "",
            "{0} should hold 3 folders, one a class, but has 2",
        ),
        (output("kind", "binary_classification"), "", "{0} has no folder 'no'; it has sea, wood"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    kind: Any, change: str, message: str, tmp_path: Path
) -> None:
    names = loaded(classifier(kind))
    folder = places(tmp_path / "places", 5)
    path = Path(change.format(folder).rstrip("*"))
    if change.endswith("/"):
        path.mkdir()
    elif path.suffix:
        path.write_bytes(b"GI")
    elif change:
        for inside in sorted(path.rglob("*"), reverse=True):
            if inside.is_file():
                inside.unlink()
            else:
                inside.rmdir()
        if not change.endswith("*"):
            path.rmdir()
    with pytest.raises(SystemExit) as raised:
        names["find_examples"](folder)
    assert str(raised.value).startswith(message.format(folder))


@pytest.mark.parametrize(
    ("gone", "added", "message"),
    [
        ("mask/first/7.png", None, "{0}/photos/first/7.jpg has no partner 'first/7' in {0}/mask"),
        ("photos/first/7.jpg", None, "{0}/mask/first/7.png has no partner 'first/7' in {0}/photos"),
        (None, "photos/first/7.png", "{0}/photos/first/7.jpg and {0}/photos/first/7.png have the"),
    ],
)
def test_partners_that_are_missing(
    gone: str | None, added: str | None, message: str, tmp_path: Path
) -> None:
    names = loaded(segmenter())
    folder = scans(tmp_path / "scans")
    if gone:
        (folder / gone).unlink()
    if added:
        Image.new("L", (8, 8)).save(folder / added)
    with pytest.raises(SystemExit) as raised:
        names["find_examples"](folder)
    assert str(raised.value).startswith(message.format(folder))


def test_masks_are_as_large_as_their_pictures(tmp_path: Path) -> None:
    names = loaded(segmenter())
    folder = scans(tmp_path / "scans")
    # Half as large, and of other proportions.
    Image.new("L", (16, 12), 1).save(folder / "mask/first/3.png")
    Image.new("L", (24, 32), 1).save(folder / "mask/first/12.png")
    damaged = folder / "photos/first/7.jpg"
    damaged.write_bytes(damaged.read_bytes()[:20])
    with pytest.raises(SystemExit) as raised:
        names["find_examples"](folder)
    assert str(raised.value).splitlines() == [
        f"{folder}/mask/first/12.png has 24 x 32 pixels, "
        f"but its picture {folder}/photos/first/12.jpg has 32 x 24",
        f"{folder}/mask/first/3.png has 16 x 12 pixels, "
        f"but its picture {folder}/photos/first/3.jpg has 32 x 24",
        f"{folder}/photos/first/7.jpg is no picture that can be decoded",
    ]


def test_all_damaged_pictures_are_named(tmp_path: Path) -> None:
    names = loaded(classifier())
    folder = places(tmp_path / "places", 15)
    names["check_files"](folder)
    cut = [*sorted((folder / "sea").iterdir()), *sorted((folder / "wood").iterdir())[:8]]
    for path in cut:
        path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SystemExit) as raised:
        names["check_files"](folder)
    said = [f"{path} is no picture that can be decoded" for path in cut]
    assert str(raised.value).splitlines() == [*said[:20], "and 3 more"]
    for path in cut:
        path.write_bytes(b"text")
    with pytest.raises(SystemExit) as raised:
        names["find_examples"](folder)
    said = [f"{path} is no picture, whatever its name says" for path in cut[:15]]
    assert str(raised.value).splitlines() == said


# ------------------------------------------------------------------------------ what is read


def test_pictures_are_read_as_keras_reads_them(tmp_path: Path) -> None:
    import keras

    folder = places(tmp_path / "places", 5)
    names = loaded(classifier(output("kind", "classification", 2)))
    keys = names["find_examples"](folder)
    ours = np.stack([x for x, _ in names["stream"](keys).as_numpy_iterator()])
    theirs = keras.utils.image_dataset_from_directory(
        str(folder), shuffle=False, image_size=(12, 16), batch_size=None, verbose=False
    )
    theirs = {tuple(x.reshape(-1).tolist()) for x, _ in theirs.as_numpy_iterator()}
    assert {tuple(x.reshape(-1).tolist()) for x in ours} == theirs


@pytest.mark.parametrize(("channels", "dtype"), [(1, "float32"), (3, "uint8"), (4, "float32")])
def test_channels_and_dtypes(channels: int, dtype: str, tmp_path: Path) -> None:
    wanted = declared("image", dtype, 6, 6, channels)
    names = loaded(plan([wanted], [LABELLED], source("image_folder", "places")))
    picture = Image.new("RGBA", (6, 6), (200, 100, 50, 77))
    picture.save(tmp_path / "a.png")
    found = names["load_inputs"](tmp_path / "a.png")
    assert (found.shape, found.dtype) == ((1, 6, 6, channels), dtype)
    # The luma of ITU-R 601, as for television.
    grey = round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    expected = {1: [grey], 3: [200, 100, 50], 4: [200, 100, 50, 77]}[channels]
    assert found[0, 3, 3].tolist() == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (output("kind", "classification", labels=["sea", "wood"], one_hot=True), [[1, 0], [0, 1]]),
        (output("kind", "binary_classification", labels=["sea", "wood"]), [[0], [1]]),
    ],
)
def test_targets(kind: Any, expected: list[list[float]], tmp_path: Path) -> None:
    names = loaded(classifier(kind))
    keys = names["find_examples"](places(tmp_path / "places", 1))
    targets = [y for _, y in names["stream"](keys).as_numpy_iterator()]
    assert [y.tolist() for y in targets] == expected
    assert {y.dtype for y in targets} == {np.dtype("float32")}


def test_training_examples_arrive_in_another_order_in_every_epoch(tmp_path: Path) -> None:
    names = loaded(classifier(validation=0.25))
    folder = places(tmp_path / "places")

    def order(examples: Any) -> list[float]:
        return [float(x.sum()) for x, *_ in examples.as_numpy_iterator()]

    training, held_out = names["load_splits"](folder, 7)
    first, second = order(training), order(training)
    assert len(first) == 30
    assert first != second
    assert sorted(first) == sorted(second)
    assert order(held_out) == order(held_out)
    assert not set(first) & set(order(held_out))
    # The same seed gives the same splits and the same orders.
    training, again = names["load_splits"](folder, 7)
    assert [order(training), order(training)] == [first, second]
    assert order(again) == order(held_out)
    _, other = names["load_splits"](folder, 8)
    assert order(other) != order(held_out)


def test_classes_weigh_in_one_of_two_outputs(tmp_path: Path) -> None:
    again = output("again", "reconstruction")
    names = loaded(plan([IMAGE], [LABELLED, again], source("image_folder", "places")))
    training, held_out = names["load_splits"](places(tmp_path / "places", 5), 0)
    seen: set[tuple[int, float]] = set()
    for x, y, weights in training.as_numpy_iterator():
        assert (x == y["again"]).all()
        # Losses of pictures are means over the channels, one a pixel.
        assert weights["again"].shape == (1, 1)
        seen.add((int(y["kind"]), float(weights["kind"])))
    assert seen == {(0, 1.0), (1, 2.0)}
    assert len(next(held_out.as_numpy_iterator())) == 2


def test_a_folder_to_test_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    places(tmp_path / "places", 5)
    places(tmp_path / "later", 2)
    names = loaded(classifier(test=source("image_folder", "later"), validation=0.2))
    counts = [
        sum(1 for _ in split.as_numpy_iterator())
        for split in names["load_splits"](names["DATA"], 0)
    ]
    assert counts == [8, 2, 4]
    (tmp_path / "later" / "sea" / "00.png").write_bytes(b"\x89PNG, and no more")
    with pytest.raises(SystemExit, match=r"^later/sea/00\.png is no picture that can be decoded"):
        names["check_files"](names["TEST_DATA"])


def test_folders_of_its_own_to_test_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scans(tmp_path / "scans")
    scans(tmp_path / "later")
    (tmp_path / "later" / "mask").rename(tmp_path / "later" / "truth")
    grey = declared("image", "float32", 12, 16, 1)
    names = loaded(
        plan(
            [grey],
            [MASK],
            source("image_folder", "scans", image="photos"),
            test=source("image_folder", "later", image="photos", mask="truth"),
        )
    )
    training, held_out = names["load_splits"](names["DATA"], 0)
    ours = sorted(float(x.sum()) for x, *_ in training.as_numpy_iterator())
    theirs = sorted(float(x.sum()) for x, *_ in held_out.as_numpy_iterator())
    assert ours == theirs
    assert len(ours) == 20


def test_masks_are_classes_at_the_size_of_the_input(tmp_path: Path) -> None:
    names = loaded(segmenter())
    path = tmp_path / "mask.png"
    values = np.array([[1, 2], [2, 255]], "uint8").repeat(12, axis=0).repeat(16, axis=1)
    expected = np.array([[0, 1], [1, 254]]).repeat(6, axis=0).repeat(8, axis=1)
    Image.fromarray(values).save(path)
    assert (names["read_mask"](path) == expected).all()
    # Colours of a palette stand for the numbers that point to them.
    palette = Image.fromarray(values, mode="P")
    palette.putpalette([9, 99, 199] * 256)
    palette.save(path)
    assert (names["read_mask"](path) == expected).all()
    Image.fromarray(values + 5).save(path)
    with pytest.raises(ValueError, match="classes from 1 to 2, but there is 4"):
        names["read_mask"](path)
    Image.new("RGB", (4, 4)).save(path)
    with pytest.raises(ValueError, match="one channel"):
        names["read_mask"](path)


def test_pixels_of_no_class_weigh_nothing(tmp_path: Path) -> None:
    names = loaded(segmenter())
    keys = names["find_examples"](scans(tmp_path / "scans"))
    x, y, weights = next(names["stream"](keys).as_numpy_iterator())
    assert (x.shape, y.shape, weights.shape) == ((12, 16, 1), (12, 16), (12, 16))
    assert (y[0] == 254).all()
    assert weights[0].max() == 0
    assert weights[1:].min() == 1


# --------------------------------------------------------------------------- from end to end


def test_a_script_learns_from_folders_and_names_what_it_sees(tmp_path: Path) -> None:
    places(tmp_path / "places")
    path = write(
        tmp_path,
        classifier(
            epochs=20,
            test=0.25,
            optimizer=optimizer("Adam", learning_rate=0.01),
            adapted_layers=("scale",),
        ),
        CLASSIFIER.format(units=2, activation="softmax"),
    )
    done = run(path)
    assert done.returncode == 0, done.stderr[-3000:]
    # Each class is half of the examples.
    assert "accuracy: 1.0000" in done.stdout
    done = run(path, "predict", "places/sea/00.png", "places/wood/01.jpg", "nothing.png")
    first, second = done.stdout.splitlines()
    assert first.startswith("places/sea/00.png: sea ")
    assert second.startswith("places/wood/01.jpg: wood ")
    assert done.stderr.strip().endswith("nothing.png is not there; it should be a picture")
    # A picture that begins well and ends too early.
    broken = tmp_path / "places" / "sea" / "00.png"
    broken.write_bytes(broken.read_bytes()[:60])
    done = run(path, "train", "--save", "other.keras")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == ("places/sea/00.png is no picture that can be decoded")
    assert not (tmp_path / "other.keras").exists()


def test_a_script_learns_masks_and_writes_them(tmp_path: Path) -> None:
    scans(tmp_path / "scans")
    path = write(tmp_path, segmenter(), SEGMENTER)
    done = run(path)
    assert done.returncode == 0, done.stderr[-3000:]
    photo = "scans/photos/first/3.jpg"
    done = run(path, "predict", photo)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[1] == "wrote 3_mask.png"
    with Image.open(tmp_path / "3_mask.png") as picture:
        written = np.array(picture)
    with Image.open(tmp_path / "scans/mask/first/3.png") as picture:
        mask = np.array(picture)
    counted = mask != 255
    assert (written == mask)[counted].mean() > 0.95
    # So much no constant answer reaches.
    assert max((mask == 1)[counted].mean(), (mask == 2)[counted].mean()) < 0.9
    # Nothing is written over.
    done = run(path, "predict", photo, "3_mask.png")
    assert done.returncode == 1
    assert "would overwrite another file" in done.stderr
    (tmp_path / "scans/mask/first/3.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    done = run(path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("scans/mask/first/3.png is no picture")

"""What other versions of Keras have, and what a spec is told that is for one of them."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from archlang import api
from archlang.catalogue import load, versions
from archlang.catalogue.versions import TargetError, VersionProblem, parse_target
from archlang.source import Source

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "grammar/versions.json").read_text("utf-8"))
CAT = load()


def check(stack: str, target: str | None, *, before: str = "", after: str = "") -> list[str]:
    """Codes and messages for a model of that stack."""
    text = (
        f"{before}\nmodel M {{\n    input x: float32[8, 8, 3]\n    output y: classification(4)\n"
        f"    {stack}\n    Flatten\n    head\n}}\n{after}"
    )
    checked = api.check(Source("t.arch", text), target=target)
    return [f"{problem.code}: {problem.message}" for problem in checked.diagnostics]


def problems(kind: str, name: str, target: str, *arguments: str) -> list[VersionProblem]:
    entry = CAT.get(kind, name)
    assert entry is not None
    return versions.missing(entry, arguments, target)


# ------------------------------------------------------------------ the document


def test_the_document_ends_with_the_catalogue() -> None:
    assert DOCUMENT["collected"][-1] == CAT.keras_version
    assert CAT.keras_version.startswith(DOCUMENT["supported"][-1] + ".")


def test_several_versions_are_supported_in_order() -> None:
    numbers = [versions._number(version) for version in DOCUMENT["supported"]]
    assert len(numbers) >= 2
    assert all(a < b for a, b in pairwise(numbers))


def test_what_came_later_is_in_the_catalogue() -> None:
    for key, since in DOCUMENT["since"].items():
        assert since in DOCUMENT["supported"][1:], key
        kind, _, rest = key.partition("/")
        if kind == "words":
            section, word = rest.split("/")
            assert word in CAT.words(section)
        elif rest.endswith(")"):
            name, argument = rest[:-1].split("(")
            entry = CAT.get(kind, name)
            assert entry is not None
            assert argument in (*entry.call_parameters, entry.call_input)
        elif CAT.get(kind, rest) is None:
            name, _, argument = rest.rpartition(".")
            entry = CAT.get(kind, name)
            assert entry is not None, key
            assert entry.parameter(argument) is not None, key


def test_what_was_taken_out_is_in_no_signature_of_the_catalogue() -> None:
    for key in DOCUMENT["until"]:
        kind, _, rest = key.partition("/")
        name, _, argument = rest.partition(".")
        entry = CAT.get(kind, name)
        assert entry is None or argument not in [p.name for p in entry.parameters]


def test_changed_defaults_end_with_those_of_the_catalogue() -> None:
    for key, steps in DOCUMENT["changed"].items():
        kind, _, rest = key.partition("/")
        name, _, argument = rest.rpartition(".")
        entry = CAT.get(kind, name)
        assert entry is not None
        assert steps[max(steps, key=versions._number)]["to"] == {
            "default": entry.defaults()[argument]
        }


# ------------------------------------------------------------------ targets


@pytest.mark.parametrize(
    "text", ["keras==3.12", "keras>=3.12", "keras==3.12.1", "keras==3.12.*", " keras >= 3.12 "]
)
def test_targets_that_can_be_read(text: str) -> None:
    assert parse_target(text) == "3.12"


@pytest.mark.parametrize(
    "text", ["3.12", "keras", "keras<4", "keras==3", "keras==latest", "tensorflow==2.20", ""]
)
def test_targets_that_cannot_be_read(text: str) -> None:
    with pytest.raises(TargetError, match=r"write keras==VERSION .* one of 3\.8, .*3\.15"):
        parse_target(text)


@pytest.mark.parametrize("text", ["keras==2.15", "keras==3.7", "keras>=3.99"])
def test_targets_that_are_not_supported(text: str) -> None:
    with pytest.raises(TargetError, match=r"is not supported as a target; those that are: 3\.8, "):
        parse_target(text)


# ------------------------------------------------------------------ entries


def test_a_new_entry_is_told_once_whatever_its_arguments() -> None:
    (problem,) = problems("layers", "RMSNormalization", "3.8", "axis", "epsilon")
    assert problem.argument is None
    assert problem.message == "`RMSNormalization` needs Keras 3.9, but the target is 3.8"
    assert problem.help == "raise the target to `keras>=3.9`"
    assert not problems("layers", "RMSNormalization", "3.9", "axis")


def test_a_new_argument() -> None:
    (problem,) = problems("layers", "Conv2DTranspose", "3.10", "filters", "output_padding")
    assert problem.argument == "output_padding"
    assert "needs Keras 3.11" in problem.message
    assert not problems("layers", "Conv2DTranspose", "3.10", "filters")
    assert not problems("layers", "Conv2DTranspose", "3.11", "filters", "output_padding")


def test_an_alias_has_the_same_new_arguments() -> None:
    assert problems("layers", "Convolution2DTranspose", "3.10", "output_padding")


def test_nothing_is_missing_of_the_newest() -> None:
    newest = versions.supported()[-1]
    for kind in ("layers", "ops", "optimizers"):
        for name in CAT.names(kind):
            entry = CAT.get(kind, name)
            assert entry is not None
            assert not versions.missing(entry, entry.argument_names, newest)


def test_an_argument_by_position_may_have_another_place() -> None:
    entry = CAT.get("layers", "MultiHeadAttention")
    assert entry is not None
    given = [p.name for p in entry.parameters[:9]]
    assert given[-2:] == ["sliding_window", "flash_attention"]
    told = [p.message for p in versions.missing(entry, given, "3.14", by_position=9)]
    assert told == [
        "`sliding_window` of `MultiHeadAttention` needs Keras 3.15, but the target is 3.14",
        "`flash_attention` of `MultiHeadAttention` has another place in Keras 3.14",
    ]
    # What was taken out since counts too: `rms_scaling` stood in fifth place.
    entry = CAT.get("layers", "LayerNormalization")
    assert entry is not None
    given = [p.name for p in entry.parameters[:5]]
    assert versions.missing(entry, given, "3.10", by_position=5)
    assert not versions.missing(entry, given, "3.11", by_position=5)
    assert not versions.missing(entry, given[:4], "3.10", by_position=4)


def test_a_default_that_came_or_changed() -> None:
    (problem,) = problems("ops", "conv_transpose", "3.10", "inputs", "kernel")
    assert (
        problem.message
        == "`ops.conv_transpose` needs `strides` before Keras 3.11, and the target is 3.10"
    )
    assert not problems("ops", "conv_transpose", "3.10", "inputs", "kernel", "strides")
    (changed,) = problems("optimizers", "Muon", "3.12", "learning_rate", "weight_decay")
    assert changed.code == versions.OTHER_DEFAULT
    assert changed.message == (
        "`Muon` has other defaults in Keras 3.12: adam_lr_ratio=0.1, ns_steps=6"
    )
    assert changed.help == "write `adam_lr_ratio=1, ns_steps=5` to have the newest ones in both"


# ------------------------------------------------------------------ specs


def test_without_a_target_or_with_the_newest_nothing_is_said() -> None:
    stack = "RMSNormalization\n    Conv2DTranspose(4, 3, output_padding=0)"
    assert check(stack, None) == []
    assert check(stack, f"keras=={versions.supported()[-1]}") == []


@pytest.mark.parametrize(
    ("stack", "what"),
    [
        ("RMSNormalization", "`RMSNormalization` needs Keras 3.9"),
        ("Conv2DTranspose(4, 3, strides=2, output_padding=0)", "`output_padding` of `Conv2DTranspose` needs Keras 3.11"),
        ("x -> ops.rms_normalization()", "`ops.rms_normalization` needs Keras 3.9"),
        ("Dense(8, activation=sparse_sigmoid)", "the word `sparse_sigmoid` needs Keras 3.10"),
        ('Dense(8, activation="sparse_sigmoid")', "the word `sparse_sigmoid` needs Keras 3.10"),
        ("TimeDistributed(RMSNormalization())", "`RMSNormalization` needs Keras 3.9"),
        ("Dense(8, kernel_initializer=HeNormal(input_axes=[0], output_axes=[1]))", "`input_axes` of `HeNormal` needs Keras 3.15"),
        ("[_, RMSNormalization -> ReLU] -> Add", "`RMSNormalization` needs Keras 3.9"),
    ],
)  # fmt: skip
def test_wherever_it_stands(stack: str, what: str) -> None:
    told = check(stack, "keras==3.8")
    assert told[0] == f"E0411: {what}, but the target is 3.8"


def test_words_and_layers_behind_blocks() -> None:
    before = "block Unit(act=relu) {\n    Dense(8, activation=act)\n}\n"
    assert check("Unit(sparse_sigmoid)", "keras==3.9", before=before) == [
        "E0411: the word `sparse_sigmoid` needs Keras 3.10, but the target is 3.9"
    ]
    assert check("Unit(relu)", "keras==3.9", before=before) == []
    # A name is no word.
    assert check("Dense(8, name=stft)", "keras==3.8") == []


def test_training() -> None:
    told = check(
        "ReLU", "keras==3.12", after="train {\n    optimizer = Muon(1e-3)\n    epochs = 1\n}\n"
    )
    assert [line.partition(":")[0] for line in told if "Muon" in line] == ["W1204"]
    told = check("ReLU", "keras==3.9", after="train {\n    optimizer = muon\n    epochs = 1\n}\n")
    assert "E0411: the word `muon` needs Keras 3.14, but the target is 3.9" in told


def test_of_imports_only_what_is_used(tmp_path: Path) -> None:
    (tmp_path / "blocks.arch").write_text(
        "block Old {\n    Inner\n}\nblock Inner {\n    ReLU\n}\nblock New {\n    RMSNormalization\n}\n"
    )
    for name, count in (("Old", 0), ("New", 1)):
        text = (
            f'from "blocks.arch" import {name}\nmodel M {{\n    input x: float32[8]\n'
            f"    output y: classification(4)\n    {name}\n    head\n}}\n"
        )
        checked = api.check(Source(str(tmp_path / "spec.arch"), text), target="keras==3.8")
        assert len(checked.diagnostics) == count


@pytest.mark.slow
def test_the_specs_are_right_for_every_version() -> None:
    for path in sorted((ROOT / "specs").glob("*.arch")):
        for version in versions.supported():
            checked = api.check(api.read(str(path)), target=f"keras=={version}")
            assert checked.ok, (path, version)


# ------------------------------------------------------------------ the tool


def test_comparing_snapshots() -> None:
    sys.path.insert(0, str(ROOT))
    from tools.catalogue.compare import compare

    def snapshot(version: str, **entries: dict[str, object]) -> dict[str, object]:
        found = {
            f"layers/{name}": {"arguments": arguments, "call": []}
            for name, arguments in entries.items()
        }
        return {"keras": version, "entries": found, "words": {"activations": []}}

    made = compare(
        [
            snapshot("3.8.0", A={"x": {}, "gone": {}, "y": {"default": 1}}),
            snapshot("3.9.0", A={"x": {}, "z": {}, "y": {"default": 1}}, B={"x": {}}),
            snapshot("3.10.2", A={"x": {}, "z": {}, "y": {"default": 2}}, B={"x": {}, "y": {}}),
        ]
    )
    assert made["supported"] == ["3.8", "3.9", "3.10"]
    assert made["since"] == {"layers/A.z": "3.9", "layers/B": "3.9", "layers/B.y": "3.10"}
    assert made["until"] == {"layers/A.gone": {"in": "3.9", "at": 1}}
    assert made["changed"] == {
        "layers/A.y": {"3.10": {"from": {"default": 1}, "to": {"default": 2}}}
    }
    with pytest.raises(ValueError, match="another order"):
        compare([snapshot("3.8.0", A={"x": {}, "y": {}}), snapshot("3.9.0", A={"y": {}, "x": {}})])

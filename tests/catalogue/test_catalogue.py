"""The catalogue as other parts of the compiler see it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from archlang.catalogue import load
from archlang.catalogue.codes import CODES
from archlang.catalogue.loader import KINDS

CAT = load()
EVERY = [(kind, name) for kind in KINDS for name in CAT.names(kind)]


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("layers", "Dense", "keras.layers.Dense"),
        ("activations", "gelu", "keras.activations.gelu"),
        ("initializers", "HeNormal", "keras.initializers.HeNormal"),
        ("regularizers", "L2", "keras.regularizers.L2"),
        ("constraints", "MaxNorm", "keras.constraints.MaxNorm"),
        ("losses", "BinaryCrossentropy", "keras.losses.BinaryCrossentropy"),
        ("metrics", "AUC", "keras.metrics.AUC"),
        ("optimizers", "AdamW", "keras.optimizers.AdamW"),
        ("schedules", "CosineDecay", "keras.optimizers.schedules.CosineDecay"),
        ("callbacks", "EarlyStopping", "keras.callbacks.EarlyStopping"),
        ("applications", "ResNet50", "keras.applications.ResNet50"),
        ("ops", "einsum", "keras.ops.einsum"),
        ("ops", "image.resize", "keras.ops.image.resize"),
        ("datasets", "mnist", "keras.datasets.mnist.load_data"),
    ],
)
def test_every_section_has_its_paths(kind: str, name: str, path: str) -> None:
    entry = CAT.get(kind, name)
    assert entry is not None
    assert entry.path == path


def test_sections_are_complete() -> None:
    counts = {kind: len(CAT.names(kind)) for kind in KINDS}
    assert counts["layers"] >= 140
    assert counts["ops"] >= 330
    assert counts["applications"] == 40
    assert all(counts.values())


def test_parameters_have_order_defaults_and_words() -> None:
    entry = CAT.get("layers", "Conv2D")
    assert entry is not None
    names = [parameter.name for parameter in entry.parameters]
    assert names[:4] == ["filters", "kernel_size", "strides", "padding"]
    assert entry.parameters[0].required
    assert entry.defaults()["strides"] == (1, 1)
    padding = entry.parameter("padding")
    assert padding is not None
    assert padding.words == ("valid", "same")
    kernel = entry.parameter("kernel_initializer")
    assert kernel is not None
    assert kernel.value_kind == "initializers"
    assert "he_normal" in kernel.words


def test_base_and_hidden_arguments_are_known_but_not_in_the_signature() -> None:
    conv, lstm, spatial = (CAT.get("layers", n) for n in ("Conv2D", "LSTM", "SpatialDropout1D"))
    assert conv is not None
    assert lstm is not None
    assert spatial is not None
    assert conv.base_kwargs
    assert conv.parameter("trainable") is not None
    assert conv.parameter("lora_rank") is not None
    assert "lora_rank" not in conv.defaults()
    assert lstm.parameter("zero_output_for_mask") is not None
    assert not spatial.base_kwargs
    assert spatial.parameter("trainable") is None


def test_call_parameters() -> None:
    found = {n: CAT.get("layers", n) for n in ("LSTM", "MultiHeadAttention", "Dense")}
    calls = {name: entry.call_parameters for name, entry in found.items() if entry is not None}
    assert calls["LSTM"] == ("initial_state", "mask", "training")
    assert {"value", "key", "use_causal_mask"} <= set(calls["MultiHeadAttention"])
    assert calls["Dense"] == ("training",)


def test_an_alias_has_its_own_path_and_the_parameters_of_the_other() -> None:
    alias, main = CAT.get("layers", "MaxPool2D"), CAT.get("layers", "MaxPooling2D")
    assert alias is not None
    assert main is not None
    assert alias.alias_of == "MaxPooling2D"
    assert alias.path == "keras.layers.MaxPool2D"
    assert alias.parameters == main.parameters
    assert alias.summary == main.summary


def test_find_follows_the_order_of_sections() -> None:
    both = CAT.find("BinaryCrossentropy")
    assert both is not None
    assert both.kind == "losses"
    metric = CAT.find("BinaryCrossentropy", ("metrics",))
    assert metric is not None
    assert metric.kind == "metrics"
    assert CAT.find("Dnese") is None
    assert CAT.get("layers", "Adam") is None
    assert CAT.get("nonsense", "Dense") is None


def test_applications_name_their_preprocessing() -> None:
    for name in CAT.names("applications"):
        entry = CAT.get("applications", name)
        assert entry is not None
        assert entry.preprocess is not None, name
        assert entry.preprocess.endswith(".preprocess_input")


def test_documentation() -> None:
    entry = CAT.get("layers", "Dense")
    assert entry is not None
    assert entry.summary == "Just your regular densely-connected NN layer."
    assert "dimensionality of the output" in entry.argument_doc("units")
    assert entry.argument_doc("nothing") == ""


def test_nearly_every_argument_of_a_layer_is_documented() -> None:
    bare = [
        f"{name}.{parameter.name}"
        for name in CAT.names("layers")
        if (entry := CAT.get("layers", name)) and not entry.abstract
        for parameter in entry.parameters
        if not entry.argument_doc(parameter.name)
    ]
    assert len(bare) < 110, bare


def test_words_of_sections() -> None:
    assert "adam" in CAT.words("optimizers")
    assert {"mse", "binary_crossentropy"} <= set(CAT.words("losses"))
    assert {"accuracy", "mae"} <= set(CAT.words("metrics"))
    assert {"float32", "mixed_float16"} <= set(CAT.words("dtypes"))
    # `keras.optimizers.Lamb` exists, but its `get` does not know it.
    assert "lamb" not in CAT.words("optimizers")


def test_every_entry_can_be_made() -> None:
    for kind, name in EVERY:
        entry = CAT.get(kind, name)
        assert entry is not None
        assert len(entry.argument_names) >= len(entry.parameters)


def test_loading_imports_neither_keras_nor_jsonschema() -> None:
    program = (
        "import sys\n"
        "from archlang.catalogue import load\n"
        "from archlang.catalogue.validation import validate\n"
        "entry = load().get('layers', 'Conv2D')\n"
        "assert not validate(entry, {'filters': 32, 'kernel_size': (3, 3), 'padding': 'same'})\n"
        "slow = {'keras', 'tensorflow', 'jsonschema', 'numpy'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": "compiler"})


def test_codes_are_explained() -> None:
    for code, info in CODES.items():
        assert info.code == code
        assert "E0401" <= code <= "E0449"
        assert "```arch" in info.explanation

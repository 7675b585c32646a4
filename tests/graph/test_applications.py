"""Networks of keras.applications in specs: what is known of them, what is warned of, what is refused. No Keras here."""

from __future__ import annotations

from typing import Any

from archlang import api
from archlang.graph.model import Graph
from archlang.source import Source


def _checked(body: str, image: str = "float32[64, 64, 3]", train: str = "") -> Any:
    text = f"task T {{\n    input image: {image}\n    output kind: classification(4)\n}}\n"
    return api.check(Source("t.arch", f"{text}model M for T {{\n{body}\n}}\n{train}"))


def _graph(body: str, image: str = "float32[64, 64, 3]") -> Graph:
    checked = _checked(body, image)
    assert checked.ok, [d.message for d in checked.diagnostics]
    return checked.graphs["M"]


def _said(body: str, image: str = "float32[64, 64, 3]", train: str = "") -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in _checked(body, image, train).diagnostics]


SMALL = "weights=None, include_top=False, alpha=0.25"


def test_all_is_known_of_a_step() -> None:
    graph = _graph(f"frozen MobileNet({SMALL}, pooling=avg, name=backbone)\nhead")
    backbone, head = graph.layers
    assert (backbone.name, backbone.params, backbone.trainable_params) == ("backbone", 218_544, 0)
    assert backbone.args["input_shape"] == (64, 64, 3)
    assert head.params == 256 * 4 + 4
    assert graph.macs is not None
    assert [inner.name for inner in backbone.inner or ()][:2] == ["conv1", "conv1_bn"]


def test_inner_outputs_are_bound() -> None:
    outputs = 'outputs=["conv_pw_3_relu", "conv_pw_5_relu", "conv_pw_11_relu"]'
    graph = _graph(
        f"MobileNet({SMALL}, {outputs}) as c3, c4, c5\n"
        "[c3 -> MaxPooling2D(4), c4 -> MaxPooling2D(2), c5] -> Concatenate -> Flatten\nhead"
    )
    shapes = [tensor.spec.shape for tensor in graph.nodes[1].outputs]
    assert shapes == [(None, 16, 16, 32), (None, 8, 8, 64), (None, 4, 4, 128)]


def test_one_inner_output_in_a_list_is_a_tensor() -> None:
    graph = _graph(f'MobileNet({SMALL}, outputs=["conv_pw_3_relu"]) -> Flatten\nhead')
    assert graph.nodes[1].outputs.spec.shape == (None, 16, 16, 32)


def test_names_of_inner_outputs() -> None:
    (said,) = _said(f'MobileNet({SMALL}, outputs=["conv_pw_3_rely"]) -> Flatten\nhead')
    assert said == ("E0337", "`MobileNet` has no layer `conv_pw_3_rely` to take an output from")


def test_missing_preprocessing_is_warned_of() -> None:
    body = "MobileNet(include_top=False, pooling=avg{})\nhead"
    (said,) = _said(body.format(""))
    assert said[0] == "W1306"
    assert _said("RandomFlip(horizontal) -> " + body.format(""))[0][0] == "W1306"
    assert _said(body.format(", preprocess=True")) == []
    assert _said(body.format(", weights=None")) == []
    assert _said("Rescaling(1 / 127.5, offset=-1) -> " + body.format("")) == []


def test_the_fix_puts_preprocessing_in_front() -> None:
    source = "model M {\n    input image: float32[224, 224, 3]\n    MobileNet\n}\n"
    (diagnostic,) = api.check(Source("t.arch", source)).diagnostics
    (edit,) = diagnostic.fixes[0].edits
    fixed = source[: edit.span.start] + edit.text + source[edit.span.end :]
    assert "    MobileNet(preprocess=True)\n" in fixed
    assert api.check(Source("t.arch", fixed)).diagnostics == ()


def test_refusals_stand_at_their_arguments() -> None:
    body = "MobileNet(include_top=False, pooling=avg, preprocess=True, alpha=0.3)\nhead"
    (diagnostic,) = _checked(body).diagnostics
    assert diagnostic.code == "E0336"
    assert diagnostic.span.end - diagnostic.span.start == len("0.3")


def test_a_shared_application_is_built_once() -> None:
    text = (
        "model M {{\n    input left: float32[64, 64, 3]\n    input right: float32[{size}, {size}, 3]\n"
        f"    shared eye = MobileNet({SMALL}, pooling=avg)\n"
        "    left -> eye as a\n    right -> eye as b\n    [a, b] -> Subtract -> Dense(1)\n}}\n"
    )
    good = api.check(Source("t.arch", text.format(size=64)))
    assert good.graphs["M"].params == 218_544 + 257
    bad = api.check(Source("t.arch", text.format(size=96)))
    assert [d.code for d in bad.diagnostics] == ["E0336"]
    assert bad.diagnostics[0].help == "a shared application is built for the image of its first use"


def test_selectors_know_the_inner_layers() -> None:
    body = f"frozen MobileNet({SMALL}, pooling=avg, name=backbone)\nhead"
    train = "train {{\n    epochs = 1\n    phase more {{\n        unfreeze = [{}]\n        optimizer = Adam(1e-5)\n    }}\n}}\n"
    assert _said(body, train=train.format('after(backbone, "conv_pw_10_relu")')) == []
    (said,) = _said(body, train=train.format('after(backbone, "conv_pw_10_rely")'))
    assert said == ("E0343", "`backbone` has no layer `conv_pw_10_rely`")
    (said,) = _said(body, train=train.format("last(backbone, 500)"))
    assert said[0] == "E0342"

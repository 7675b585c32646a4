"""Completion: what is offered at the cursor `^`, the best first."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archlang.language_server.analysis import Analysis
from archlang.language_server.documents import Lines
from archlang.language_server.features.completion import completions
from archlang.language_server.features.completion_items import Files, Item
from archlang.language_server.features.documentation import of_key
from archlang.syntax import tree as t
from tests.language_server.specs import ROOT, SPECS, cut_up, opened, without_cursor
from tests.language_server.typing_trial import typed

TASK = """\
task Digits {
    input image: float32[28, 28, 1]
    output digit: classification(10)
}

# How wide layers are.
let width = 64
let name = "digits"

block Unit(units, act=relu) {
    Dense(units, activation=act)
}
"""


def offered(text: str, path: str = "/work/spec.arch", **others: str) -> tuple[Item, ...]:
    """What is offered at `^` that begins as the word there does."""
    text, offset = without_cursor(text)
    project, analysis = opened(text, path, **others)
    found = completions(analysis, offset, Files(project.read_text, (str(ROOT),)))
    start = analysis.place(found.replaced).start
    typed = text[start:offset].lower()
    return tuple(x for x in found.items if x.label.strip('"').lower().startswith(typed))


def labels(text: str, most: int = 6, **others: str) -> str:
    """The first labels, on one line."""
    return "  ".join(item.label for item in offered(text, **others)[:most])


def in_model(body: str) -> str:
    return f"{TASK}\nmodel Net for Digits {{\n    {body}\n}}\n"


def item(text: str, label: str, **others: str) -> Item:
    return next(x for x in offered(text, **others) if x.label == label)


# ---------------------------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The tensor, the file's own block, the head; then layers that take pictures.
        ("^", "image  Unit  head  Activation  BatchNormalization  Bidirectional"),
        ("Conv2D(8, 3)\n    Ma^", "MaxPooling2D  Masking  MaxNumBoundingBoxes  MaxPool2D  MaxPool1D  MaxPool3D"),
        ("Flatten -> De^", "Dense  DecoderBlock  DepthwiseConv1D  DepthwiseConv2D  DenseNet121  DenseNet169"),
        ("Flatten -> ^", "Unit  head  Activation  BatchNormalization  Dense  Dropout"),
        ("Flatten as flat\n    ^", "flat  image  Unit  head  Activation  BatchNormalization"),
        # A fork: tensors and what flows in; behind it what joins.
        ("Flatten as flat\n    [^", "flat  image  _  Unit  Activation  BatchNormalization"),
        ("Flatten as flat\n    [flat, ^] -> Add", "flat  image  _  Unit  Activation  BatchNormalization"),
        ("[_, Conv2D(1, 1)] -> ^", "Add  Concatenate  AdditiveAttention  Attention  Average  Dot"),
        ("Flatten -> (^", "_  Unit  head  Activation  BatchNormalization  Dense"),
        ("Flatten -> (Dense(3) if ^", "width  name  len  range  min  max"),
        # The flow is known in the middle of a statement that has no end yet.
        ("Conv2D(8, 3) -> Flatten -> Con^", "Concatenate  ContrastLimitedAdaptiveHistogramEqualization  Conv1D  Conv1DTranspose  Conv2D  Conv2DTranspose"),
        ("[_, Flatten -> Co^] -> Add", "Concatenate  ContrastLimitedAdaptiveHistogramEqualization  Conv1D  Conv1DTranspose  Conv2D  Conv2DTranspose"),
        ("frozen ^", "Unit  EfficientNetB0  MobileNetV2  ResNet50  VGG16  ConvNeXtBase"),
        ("frozen Res^", "ResNet50  ResNet50V2  ResNet101  ResNet101V2  ResNet152  ResNet152V2"),
        ("shared unit = ^", "Unit  Activation  BatchNormalization  Bidirectional  Conv2D  Conv2DTranspose"),
        ("Flatten -> ops.me^", "mean  median  meshgrid"),
        ("Flatten -> ops.image.^", "affine_transform  crop_images  elastic_transform  extract_patches  extract_patches_3d  gaussian_blur"),
        ("Flatten ^", "as  ->"),
        ("head ^", "digit"),
        ("Flatten -> Dense(10) as ^", "digit"),
        ("Embedding(3, 4) -> Bi^", "Bidirectional"),
    ],
)  # fmt: skip
def test_steps(body: str, expected: str) -> None:
    assert labels(in_model(body)) == expected


def test_a_head_that_is_there_already_is_not_offered_first() -> None:
    items = offered(in_model("Flatten -> ^\n    Dense(3) -> head"))
    assert "head" not in [item.label for item in items[:40]]


def test_each_output_has_its_head_until_it_is_bound() -> None:
    text = in_model("Flatten as flat\n    head digit\n    flat -> ^")
    text = text.replace("    output", "    output size: regression\n    output", 1)
    assert labels(text, 3) == "Unit  head size  Activation"


def test_lists_and_what_goes_through_them() -> None:
    text = """\
model M {
    input x: float32[4]
    let found = []
    for width in [8, 16] {
        Dense(width) as ^
    }
    for width, one in zip([8, 16], reversed(found)) {
        [one, _] -> Concatenate
    }
}
"""
    assert labels(text) == "found[]"
    inside = text.replace("as ^", "as found[]").replace("[one, _]", "[^, _]")
    assert labels(inside, 4) == "one  found  x  _"
    going = text.replace("as ^", "as found[]").replace("reversed(found)", "reversed(^)")
    assert labels(going, 1) == "found"
    assert labels(text.replace("as ^", "as found[]").replace("zip([8", "^([8"), 4) == (
        "found  range  enumerate  zip"
    )


def test_a_block_of_the_library_brings_its_import() -> None:
    text = in_model("Dou^")
    found = item(text, "DoubleConv")
    assert found.detail == '(filters) from "std/unet.arch"'
    ((span, line),) = found.edits
    assert (span.start, line) == (0, 'from "std/unet.arch" import DoubleConv\n\n')


# ---------------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # What must be given comes first, then what has values here; rare arguments last.
        ("Conv2D(^)", "filters=  kernel_size=  width  strides=  padding=  dilation_rate="),
        ("Conv2D(3, 3, ^)", "strides=  padding=  dilation_rate=  groups=  activation=  use_bias="),
        ("Conv2D(3, 3, padding=same, p^)", ""),
        ("Conv2D(3, 3, kernel^", "kernel_initializer=  kernel_regularizer=  kernel_constraint="),
        ("Flatten -> LSTM(3, re^", "recurrent_activation=  recurrent_dropout=  return_sequences=  return_state=  recurrent_initializer=  recurrent_regularizer="),
        ("Flatten -> Unit(^)", "units=  width  name  act=  name=  len"),
        ("Flatten -> Unit(3, ^)", "act=  name=  relu  gelu  sigmoid  softmax"),
        ("Flatten -> Unit(3, act=^)", "relu  gelu  sigmoid  softmax  tanh  elu"),
        ("Flatten -> ops.mean(^)", "axis=  keepdims=  None  x=  width  name"),
        ("Dense(3, activation=^", "relu  gelu  sigmoid  softmax  tanh  elu"),
        ("Dense(3, activation=so^", "softmax  softplus  soft_shrink  softsign"),
        ("Dense(3, kernel_initializer=^", "glorot_uniform  he_normal  he_uniform  zeros  ones  orthogonal"),
        ("Dense(3, kernel_initializer=Ra^", "random_normal  random_uniform  RandomNormal  RandomUniform  range"),
        ("Dense(3, kernel_regularizer=L^", "l2  l1  l1l2  L2  L1  L1L2"),
        ("Dense(3, use_bias=^", "True  False  len  range  min  max"),
        ("Dense(3, dtype=^", "float32  float16  bfloat16  int32  mixed_float16  mixed_bfloat16"),
        ("Conv2D(3, 3, padding=^", "valid  same  len  range  min  max"),
        ('Conv2D(3, 3, padding="^")', "valid  same"),
        ("Bidirectional(^", "LSTM  GRU  ConvLSTM1D  ConvLSTM2D  ConvLSTM3D  RNN"),
        ("ResNet50(weights=^", "imagenet  name  len  range  min  max"),
        ('ResNet50(outputs=["conv5^', "conv5_block1_add  conv5_block1_out  conv5_block2_add  conv5_block2_out  conv5_block3_add  conv5_block3_out"),
        ("Flatten as flat\n    LSTM(3, initial_state=^", "flat  image  _  width  name  len"),
        ("Reshape((^", "width  name  len  range  min  max"),
    ],
)  # fmt: skip
def test_arguments(body: str, expected: str) -> None:
    assert labels(in_model(body)) == expected


def test_a_constant_that_does_not_fit_comes_last() -> None:
    found = [x.label for x in offered(in_model("Dense(units=^)"))]
    assert found[0] == "width"
    assert found[-1] == "name"


def test_details_of_arguments_and_their_documentation() -> None:
    text = in_model("Conv2D(3, 3, ^)")
    found = item(text, "padding=")
    assert (found.detail, found.parted) == ("= valid", True)
    _, analysis = opened(without_cursor(text)[0])
    assert of_key(analysis, found.key).startswith("**padding** of `Conv2D` · default `valid`")
    assert item(in_model("Dense(^)"), "width").detail == "constant = 64"
    assert item(in_model("Flatten as f\n    ^"), "f").detail == "tensor float32[784]"


def test_brackets_are_put_where_something_must_be_given() -> None:
    assert item(in_model("De^"), "Dense").insert == "Dense($1)"
    assert item(in_model("De^(3)"), "Dense").insert is None
    assert item(in_model("Fl^"), "Flatten").insert is None
    assert item(in_model("Dense(3, kernel_regularizer=L^"), "L2").insert == "L2($1)"


# ---------------------------------------------------------------------------------------- other statements


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for x in ^", "range  enumerate  zip  reversed  width  name"),
        ("repeat ^", "width  name  len  range  min  max"),
        ("require ^", "params  macs  width  name  True  False"),
        ("let deep = ^", "width  name  True  False  None  len"),
        ("learned query: ^", "float32  float16  bfloat16"),
        ("learned query: float32[4] = ^", "RandomNormal  TruncatedNormal  Zeros  Ones  GlorotUniform  HeNormal"),
        ("for ^", ""),
        ("let ^", ""),
        ("Dense(3)  # den^", ""),
        ("Dense(12^", ""),
    ],
)  # fmt: skip
def test_other_statements(body: str, expected: str) -> None:
    assert labels(in_model(body)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^", "task  model  block  train  let  from"),
        ("mod^", "model  model with its own input"),
        ("task T {\n    ^\n}", "input  output  data"),
        ("task T {\n    input x: ^\n}", "float32  int32  string  float16  bfloat16  uint8"),
        ("task T {\n    output y: ^\n}", "classification  binary_classification  multilabel_classification  regression  token_classification  segmentation"),
        ("task T {\n    output y: classification(^\n}", "classes=  labels=  one_hot=  loss=  metrics=  weight="),
        ("task T {\n    output y: classification(10, loss=^\n}", "SparseCategoricalCrossentropy  CategoricalCrossentropy  CategoricalFocalCrossentropy  bce  binary_crossentropy  binary_focal_crossentropy"),
        ("task T {\n    output y: regression(metrics=[^\n}", "MeanAbsoluteError  RootMeanSquaredError  MeanSquaredError  R2Score  accuracy  acc"),
        ("task T {\n    input x: float32[4]\n    output y: reconstruction(of=^\n}", "x  None  len  range  min  max"),
        ("task T {\n    input x: shifted(^)\n    output y: generation(vocab=10)\n}", "y"),
        ("task T {\n    output y: generation(text=^)\n}", "TextVectorization  len  range  min  max  sum"),
        ("block B(x: ^)", "tensor"),
        ('layer L(x=1) from "m" -> ^', "same  float32  int32  string  float16  bfloat16"),
        (TASK + "model M for ^", "Digits"),
        (TASK + "model M for Digits { head }\nmodel N = ^", "M"),
        (TASK + "model M for Digits { head }\ntrain ^", "M"),
    ],
)  # fmt: skip
def test_declarations(text: str, expected: str) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("^", "optimizer  epochs  batch_size  validation  test  seed"),
        ("epochs = 3\n    optimizer = Adam\n    ^", "batch_size  validation  test  seed  callbacks  mixed_precision"),
        ("optimizer = ^", "Adam  AdamW  SGD  RMSprop  Adadelta  Adafactor"),
        ("optimizer = Adam(^", "learning_rate=  beta_1=  beta_2=  epsilon=  amsgrad=  weight_decay="),
        ("optimizer = Adam(learning_rate=^", "0.001  CosineDecay  ExponentialDecay  CosineDecayRestarts  InverseTimeDecay  PiecewiseConstantDecay"),
        ("callbacks = [^", "EarlyStopping  ReduceLROnPlateau  ModelCheckpoint  TensorBoard  BackupAndRestore  CSVLogger"),
        ("callbacks = [EarlyStopping(monitor=^", '"val_loss"  "val_accuracy"  "loss"  "accuracy"  name  len'),
        ("mixed_precision = ^", "True  False  mixed_float16  mixed_bfloat16"),
        ("validation = ^", "csv  npz  sklearn  keras  image_folder  text_folder"),
        ("phase fine {\n        ^\n    }", "optimizer  epochs  batch_size  unfreeze  callbacks  jit_compile"),
        ("phase fine {\n        unfreeze = [^]\n    }", "base  last(base, …)  after(base, …)  digit"),
        ("phase fine {\n        unfreeze = [last(^)]\n    }", "base"),
        ('phase fine {\n        unfreeze = [after(base, "block5^")]\n    }', "block5_pool  block5_conv1  block5_conv2  block5_conv3"),
    ],
)  # fmt: skip
def test_training(body: str, expected: str) -> None:
    model = "frozen VGG16(weights=None, include_top=False, name=base) -> Flatten\n    head"
    text = in_model(model).replace("[28, 28, 1]", "[64, 64, 3]")
    assert labels(f"{text}\ntrain {{\n    {body}\n}}\n") == expected


# ---------------------------------------------------------------------------------------- files


def test_files_names_and_columns() -> None:
    blocks = "block One {\n    ReLU\n}\n\nblock Two(n) {\n    Dense(n)\n}\n"
    assert labels('from "std/^"') == (
        "std/mobilenet.arch  std/resnet.arch  std/transformer.arch  std/unet.arch"
    )
    assert labels('from "std/unet.arch" ^') == "import"
    assert labels('from "blocks.arch" import ^', blocks=blocks) == "One  Two"
    assert labels('from "blocks.arch" import Two, ^', blocks=blocks) == "One"
    data = "task T {{\n    input x: float32[4]\n    output kind: regression\n    data = {}\n}}"
    assert labels(data.format("sklearn(^)"), 2) == "iris  wine"
    assert labels(data.format('csv("specs/data/pe^")')) == "specs/data/petals.csv"
    columns = "sepal_length  sepal_width  setosa  versicolor  virginica  area"
    table = 'csv("specs/data/petals.csv", '
    assert labels(data.format(f'{table}kind="^")')) == columns
    assert (
        labels(data.format(f"{table}^)"))
        == "x=  kind=  sample_weight=  window=  separator=  decimal="
    )
    assert labels(data.format('sklearn(iris, x="sepal l^")')) == "sepal length (cm)"


# ---------------------------------------------------------------------------------------- nothing that check refuses


def _values(analysis: Analysis) -> Iterator[t.Argument]:
    """The arguments given by name whose value is a word or number."""
    for node in t.walk(analysis.program.declarations()):
        if (
            isinstance(node, t.Argument)
            and node.name is not None
            and isinstance(node.value, t.Name | t.Constant)
        ):
            yield node


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_is_offered_first_is_not_refused(path: Path) -> None:
    """In the place of values: the first thing offered is of a type and among the words that the argument takes."""
    text = path.read_text("utf-8")
    _, analysis = opened(text, str(path))
    arguments = list(_values(analysis))
    for argument in random.Random(path.stem).sample(arguments, min(8, len(arguments))):
        place = analysis.place(argument.value.span)
        before, behind = text[: place.start], text[place.end :]
        project, empty = opened(before + behind, str(path))
        found = completions(empty, place.start, Files(project.read_text, (str(ROOT),))).items
        if not found or found[0].snippet:
            continue  # what takes a number, or something with arguments of its own
        _, after = opened(f"{before}{found[0].label}{behind}", str(path))
        refused = [
            problem.message
            for problem in after.diagnostics
            if problem.is_error and after.place(problem.span).start == place.start
        ]
        assert refused == []


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_layers_offered_first_take_what_flows(path: Path) -> None:
    """In the place of steps inside flows: of the first layers that need no arguments, check refuses none."""
    text = path.read_text("utf-8")
    _, analysis = opened(text, str(path))
    flows = [n for n in t.walk(analysis.program.declarations()) if isinstance(n, t.Flow)]
    steps = [s for flow in flows for s in flow.steps[1:-1] if isinstance(s, t.Call | t.Name)]
    for step in random.Random(path.stem).sample(steps, min(3, len(steps))):
        place = analysis.place(step.span)
        before, behind = text[: place.start], text[place.end :]
        _, empty = opened(before + behind, str(path))
        items = completions(empty, place.start).items
        layers = [x for x in items if x.key.startswith("layers/") and not x.snippet]
        # What is known not to fit has a rank further down.
        for each in [x for x in layers if x.rank < 6][:4]:
            _, after = opened(f"{before}{each.label}{behind}", str(path))
            refused = [
                (each.label, problem.message)
                for problem in after.diagnostics
                if problem.is_error
                and after.place(problem.span).start == place.start
                and problem.code != "E0339"  # looking ahead is a matter of the whole model
            ]
            assert refused == []


@pytest.mark.parametrize(
    "name",
    [
        "digits_cnn",
        pytest.param("unet", marks=pytest.mark.slow),
        pytest.param("dates_attention", marks=pytest.mark.slow),
        pytest.param("std/transformer", marks=pytest.mark.slow),
    ],
)
def test_two_letters_of_a_word_are_enough(name: str) -> None:
    """While a spec is typed, every word that stands for something known is among the first five by then."""
    words = typed(ROOT / "specs" / f"{name}.arch")
    assert len(words) > 30
    assert [word for word in words if word.place is None or word.place > 5] == []


# ---------------------------------------------------------------------------------------- anywhere


@pytest.mark.slow
def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(11)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        project, analysis = opened(text, str(path))
        files = Files(project.read_text, (str(ROOT),))
        lines = Lines(text)
        for offset in (draw.randrange(len(text) + 1) for _ in range(10)):
            found = completions(analysis, offset, files)
            place = analysis.place(found.replaced)
            # Editors take only what stands in the line of the cursor.
            assert place.start <= offset <= place.end
            assert lines.line_of(place.start) == lines.line_of(offset) == lines.line_of(place.end)
            for each in found.items[:5]:
                of_key(analysis, each.key)

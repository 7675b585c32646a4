"""Reading masks: pictures whose pixels are class numbers."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored, kind_of
from archlang.tasks.data_fit import input_specs
from archlang.tasks.model import OutputSpec

_READ_MASK = '''
def READ(path: str | bytes) -> np.ndarray:
    """Read the class of every pixel, at the size of the model's answer."""
    with Image.open(path) as picture:
        # No colours, or colours that stand in a palette under the classes' numbers.
        if picture.mode not in ("1", "L", "P", "I", "I;16"):
            raise ValueError("a mask has one channel, the numbers of the classes")
        small = picture.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    classes = np.array(small).astype("int32")SHIFTED
    wrong = np.setdiff1d(classes, KNOWN)
    if wrong.size:
        raise ValueError(f"pixels are classes from FIRST to LAST, but there is {SHOWN}")
    return classes
'''

_SIZE_OF = '''
def size_of(path: str) -> tuple[int, int] | None:
    """Read how wide and how high a picture is; None of one that is damaged."""
    try:
        with Image.open(path) as picture:
            return picture.size
    except (OSError, ValueError):
        return None
'''

_CHECK_SIZES = '''
def check_sizes(pictures: np.ndarray, masks: np.ndarray) -> None:
    """Check that every mask is as large as its picture, of which it names the pixels."""
    wrong = []
    for picture, mask in zip(pictures, masks, strict=True):
        size, other = size_of(picture), size_of(mask)
        if size is None:
            wrong.append(f"{picture} is no picture that can be decoded")
        if other is None:
            wrong.append(f"{mask} is no picture that can be decoded")
        if size is not None and other is not None and size != other:
            wrong.append(
                f"{mask} has {other[0]} x {other[1]} pixels, "
                f"but its picture {picture} has {size[0]} x {size[1]}"
            )
    end_if(wrong)
'''

_WRITE_MASK = '''
def write_mask(scores: np.ndarray, file: Path) -> None:
    """Write the classes of the pixels as a picture as large as the one in the file."""
    with Image.open(file) as picture:
        size = picture.size
    mask = Image.fromarray(CLASSES.astype("TYPE"))
    path = mask_path(file)
    # An interrupted write leaves no half of a picture.
    temporary = path.with_name(f"{path.stem}.partial.png")
    mask.resize(size, Image.Resampling.NEAREST).save(temporary)
    temporary.replace(path)
    print(f"wrote {path}")
'''

_MASK_PATH = '''
def mask_path(file: Path) -> Path:
    """Where the mask of a picture is written: in the current folder."""
    return Path(f"{file.stem}_mask.png")
'''

# Lines of `main` before predictions are made: no mask may end up in the place of anything else.
KEEP_INPUTS = [
    "        masks = [mask_path(file).resolve() for file in arguments.files]",
    "        for file, mask in zip(arguments.files, masks, strict=True):",
    "            if masks.count(mask) > 1 or mask in [f.resolve() for f in arguments.files]:",
    '                raise SystemExit(f"the mask of {file} would overwrite another file: {mask}")',
]


def writes_masks(plan: TrainingPlan) -> bool:
    """Whether predicting writes a mask for each picture."""
    streamed = plan.data is not None and plan.data.source == "image_folder"
    return streamed and plan.one_input and len(mask_outputs(plan)) == 1


def add_write_mask(plan: TrainingPlan, parts: Parts) -> None:
    """`write_mask` and `mask_path`, for the one output that has masks."""
    (output,) = mask_outputs(plan)
    first, last = output.args["first_label"], output.args["first_label"] + output.args["classes"]
    classes = f"(scores.argmax(-1) + {first})" if first > 0 else "scores.argmax(-1)"
    text = _WRITE_MASK.replace("CLASSES", classes)
    parts.function("mask_path", _MASK_PATH)
    parts.function("write_mask", text.replace("TYPE", "uint8" if last <= 256 else "uint16"))


def mask_outputs(plan: TrainingPlan) -> list[OutputSpec]:
    """The outputs whose targets are masks."""
    return [output for output in plan.outputs if output.kind == "segmentation"]


def add_mask_readers(plan: TrainingPlan, parts: Parts) -> None:
    """A function that reads a mask, for each output that has masks."""
    for output in mask_outputs(plan):
        parts.imports |= {"import numpy as np", "from PIL import Image"}
        height, width = kind_of(output).target(output, input_specs(plan.task)).dims
        first, classes = output.args["first_label"], output.args["classes"]
        known = f"range({classes})"
        if ignored(output) is not None:
            known = f"[*{known}, {literal(ignored(output))}]"
        text = _READ_MASK.replace("READ", mask_reader(plan, output))
        text = text.replace("WIDTH", str(width)).replace("HEIGHT", str(height))
        text = text.replace("SHIFTED", _plus(-first)).replace("KNOWN", known)
        text = text.replace("FIRST", str(first)).replace("LAST", str(first + classes - 1))
        parts.function(mask_reader(plan, output), text.replace("SHOWN", f"wrong[0]{_plus(first)}"))


def size_checks(plan: TrainingPlan, parts: Parts, found: str, names: list[str]) -> list[str]:
    """Lines that return the keys `found`, if masks are as large as the pictures of the first input.

    `names` are the inputs and outputs that the arrays of `found` are of.
    """
    outputs = mask_outputs(plan)
    if not outputs:
        return [f"    return {found}"]
    parts.imports |= {"import numpy as np", "from PIL import Image"}
    parts.function("size_of", _SIZE_OF)
    parts.function("check_sizes", _CHECK_SIZES)
    places = [names.index(output.name) for output in outputs]
    checks = [f"    check_sizes(keys[0], keys[{place}])" for place in places]
    return [f"    keys = {found}", *checks, "    return keys"]


def mask_reader(plan: TrainingPlan, output: OutputSpec) -> str:
    """The function that reads an output's masks."""
    return "read_mask" if len(mask_outputs(plan)) == 1 else f"read_{output.name}"


def mask_lines(plan: TrainingPlan, output: OutputSpec) -> list[str]:
    """Lines that read the mask at the path that has the output's name, under that name."""
    name = output.name
    dims = kind_of(output).target(output, input_specs(plan.task)).dims
    return [
        f"    {name} = tf.numpy_function({mask_reader(plan, output)}, [{name}], tf.int32)",
        f"    {name} = tf.ensure_shape({name}, {literal(tuple(dims))})",
    ]


def mask_weight(output: OutputSpec) -> str:
    """The weight of each pixel of a mask as an expression: 0 where it counts for nothing."""
    assert ignored(output) is not None
    return f"tf.cast({output.name} != {literal(ignored(output))}, tf.float32)"


def _plus(number: int) -> str:
    if number == 0:
        return ""
    return f" + {number}" if number > 0 else f" - {-number}"

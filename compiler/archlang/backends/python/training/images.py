"""Reading pictures: folders of classes, folders that belong together, or one folder alone."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.class_folders import (
    END_IF,
    add_class_folders,
    class_output,
    class_target,
)
from archlang.backends.python.training.layout import Group, mapping, statement
from archlang.backends.python.training.masks import (
    add_mask_readers,
    mask_lines,
    mask_outputs,
    mask_reader,
    mask_weight,
    size_checks,
)
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored
from archlang.backends.python.training.streams import StreamSource, weight_of_one
from archlang.tasks.image_data import class_outputs, folders_of_pictures
from archlang.tasks.model import InputSpec, OutputSpec
from archlang.tasks.reconstruction import share_range

# What `read` calls something else than an input.
_TAKEN = frozenset({"keras", "np", "number", "tf", "weights"})

_FIND_FILES = '''
def find_files(folder: Path) -> list[str]:
    """List the pictures in a folder and below it; hidden files do not count."""
    found, wrong = [], []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in ENDINGS or path.name.startswith("."):
            continue
        try:
            with path.open("rb") as file:
                is_picture = file.read(8).startswith(BEGINNINGS)
        except OSError as error:
            raise SystemExit(f"{path} cannot be read: {error.strerror}") from error
        if not is_picture:
            wrong.append(f"{path} is no picture, whatever its name says")
        found.append(str(path))
    end_if(wrong)
    return found
'''

_FIND_BY_NAME = '''
def find_by_name(folder: Path) -> dict[str, str]:
    """List the pictures of a folder by their names without endings."""
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there; it should be a folder of pictures")
    found: dict[str, str] = {}
    for path in find_files(folder):
        name = Path(path).relative_to(folder).with_suffix("").as_posix()
        if name in found:
            raise SystemExit(f"{found[name]} and {path} have the same name")
        found[name] = path
    if not found:
        raise SystemExit(f"{folder} holds no pictures")
    return found
'''

_FIND_TOGETHER = '''
def find_together(folder: Path, parts: list[str]) -> Keys:
    """Find the pictures in parts of a folder that belong together by their names."""
    found = [find_by_name(folder / part) for part in parts]
    for part, names in zip(parts, found, strict=True):
        for other in found:
            for name, path in other.items():
                if name not in names:
                    raise SystemExit(f"{path} has no partner {name!r} in {folder / part}")
    return tuple(np.array([names[name] for name in found[0]]) for names in found)
'''

_LOAD_INPUTS = '''
def load_inputs(path: Path) -> Inputs:
    """Read a picture, as a batch of one."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should be a picture")
    try:
        return np.stack([read_picture(str(path))])
    except tf.errors.OpError as error:
        raise SystemExit(f"{path} is no picture that can be decoded") from error
'''


def add_image_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`find_examples`, `read`, `load_inputs`, `check_files`, and what they need."""
    assert plan.data is not None
    parts.imports |= {"from pathlib import Path", "import numpy as np", "import tensorflow as tf"}
    parts.constant("ENDINGS", 'ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")')
    beginnings = r'(b"BM", b"GIF8", b"\xff\xd8\xff", b"\x89PNG")'
    parts.constant("BEGINNINGS", f"# How files of pictures begin.\nBEGINNINGS = {beginnings}")
    parts.function("end_if", END_IF)
    parts.function("find_files", _FIND_FILES)
    folders = folders_of_pictures(plan.task, plan.data)
    if not folders:
        add_class_folders(plan, parts, "pictures")
    else:
        _add_find_by_name(plan, parts, folders)
    _add_read_pictures(plan, parts)
    add_mask_readers(plan, parts)
    parts.function("read", _read(plan, folders))
    _add_load_inputs(plan, parts, folders)
    _add_check_files(plan, parts, folders)


def _add_find_by_name(plan: TrainingPlan, parts: Parts, folders: dict[str, str]) -> None:
    parts.function("find_by_name", _FIND_BY_NAME)
    lines = ["def find_examples(folder: Path) -> Keys:"]
    if len(folders) == 1:
        (name,) = folders.values()
        inside = f"folder / {literal(name)}" if name else "folder"
        lines.append('    """Find the pictures."""')
        lines.append(f"    return (np.array(list(find_by_name({inside}).values())),)")
    else:
        parts.function("find_together", _FIND_TOGETHER)
        lines.append('    """Find the pictures that belong together."""')
        found = f"find_together(folder, {literal(list(folders.values()))})"
        lines += size_checks(plan, parts, found, list(folders))
    parts.function("find_examples", lines)


IMAGE_FOLDER = StreamSource(
    add_image_reader,
    data="the folder of pictures",
    files="pictures",
    one_each=True,
    checks_files=True,
)


def _reader(plan: TrainingPlan, declared: InputSpec) -> str:
    """The function that reads the pictures of an input; inputs that are alike share one."""
    kinds = {(other.dims, other.dtype) for other in plan.task.inputs}
    return "read_picture" if len(kinds) == 1 else f"read_{declared.name}"


def _add_read_pictures(plan: TrainingPlan, parts: Parts) -> None:
    for declared in plan.task.inputs:
        name = _reader(plan, declared)
        if name not in parts.names:
            parts.function(
                name,
                [
                    f"def {name}(path):",
                    '    """Read a picture, and bring it to the size of the input."""',
                    *_picture(declared),
                ],
            )


def _picture(declared: InputSpec) -> list[str]:
    height, width, channels = declared.dims
    # Not every format can be decoded to grey.
    decoded = 3 if channels == 1 else channels
    lines = [
        "    picture = tf.io.decode_image("
        f"tf.io.read_file(path), channels={decoded}, expand_animations=False)"
    ]
    if channels == 1:
        lines.append("    picture = tf.image.rgb_to_grayscale(picture)")
    resized = f"tf.image.resize(picture, ({height}, {width}))"
    if declared.dtype == "float32":
        return [*lines, f"    return {resized}"]
    if not declared.dtype.startswith("float"):
        resized = f"tf.round({resized})"
    return [*lines, f"    return tf.cast({resized}, {literal(declared.dtype)})"]


def _read(plan: TrainingPlan, folders: dict[str, str]) -> list[str]:
    """`read`, whose arguments are named as inputs and outputs: first paths, then what is read."""
    inputs = plan.task.inputs
    named = class_output(plan).name if not folders else None
    called = {i.name: f"{i.name}_path" if i.name in _TAKEN else i.name for i in inputs}
    names = [called.get(name, name) for name in folders] or [called[inputs[0].name], "number"]
    lines = [f"def read({', '.join(names)}):", f'    """{_read_doc(plan)}"""']
    again = any(output.kind == "reconstruction" for output in plan.outputs)
    read = {i.name: f"{_reader(plan, i)}({called[i.name]})" for i in inputs}
    if again:
        # What is its own target is read once.
        lines += [f"    {name} = {text}" for name, text in read.items()]
        read = {name: name for name in read}
    targets: list[tuple[str, str]] = []
    for output in plan.outputs:
        if output.name == named:
            targets.append((literal(output.name), class_target(output, "number")))
        elif output.kind == "segmentation":
            lines += mask_lines(plan, output)
            targets.append((literal(output.name), output.name))
        else:
            targets.append((literal(output.name), _again(plan, output)))
    x = mapping([(literal(name), text) for name, text in read.items()])
    each = [_named(lines, "x", read[inputs[0].name] if plan.one_input else x)]
    each.append(_named(lines, "y", targets[0][1] if plan.one_output else mapping(targets)))
    if plan.has_weights:
        weights = [(literal(o.name), _weight(plan, o)) for o in plan.outputs]
        lines += statement("weights = ", weights[0][1] if plan.one_output else mapping(weights))
        each.append("weights")
    return [*lines, f"    return {', '.join(each)}"]


def _named(lines: list[str], name: str, value: str | Group) -> str:
    """A value as it can stand in a tuple: a dict by a name."""
    if isinstance(value, str):
        return value
    lines += statement(f"{name} = ", value)
    return name


def _read_doc(plan: TrainingPlan) -> str:
    if class_outputs(plan.task):
        return "Read a picture; its target is its class."
    if mask_outputs(plan):
        return "Read an example and its mask."
    return "Read an example, which is its own target."


def _again(plan: TrainingPlan, output: OutputSpec) -> str:
    """The input that a reconstruction is of, as its target."""
    name = output.args["of"] or plan.task.inputs[0].name
    declared = next(declared for declared in plan.task.inputs if declared.name == name)
    values = name if declared.dtype == "float32" else f"tf.cast({name}, tf.float32)"
    low, high = share_range(output) or (0, 1)
    values = f"({values} - {literal(low)})" if low else values
    return f"{values} / {literal(high - low)}" if high - low != 1 else values


def _weight(plan: TrainingPlan, output: OutputSpec) -> str:
    return mask_weight(output) if ignored(output) is not None else weight_of_one(plan, output)


def _add_load_inputs(plan: TrainingPlan, parts: Parts, folders: dict[str, str]) -> None:
    if plan.one_input:
        parts.function("load_inputs", _LOAD_INPUTS)
        return
    pairs = [
        (
            literal(declared.name),
            f"np.stack([{_reader(plan, declared)}(path) for path in {declared.name}])",
        )
        for declared in plan.task.inputs
    ]
    names = [declared.name for declared in plan.task.inputs]
    own = literal([folders[name] for name in names])
    parts.function(
        "load_inputs",
        [
            "def load_inputs(path: Path) -> Inputs:",
            '    """Read the examples of a folder that holds a folder for each input."""',
            f"    {', '.join(names)} = find_together(path, {own})",
            *statement("return ", mapping(pairs)),
        ],
    )


def _add_check_files(plan: TrainingPlan, parts: Parts, folders: dict[str, str]) -> None:
    readers = [_reader(plan, declared) for declared in plan.task.inputs]
    readers += [mask_reader(plan, output) for output in mask_outputs(plan)]
    lines = [
        "def check_files(folder: Path) -> None:",
        '    """End the program if there are pictures that cannot be read, and name them."""',
        "    damaged = []",
    ]
    if len(readers) == 1:
        lines += ["    for path in find_examples(folder)[0]:", "        try:"]
        lines.append(f"            {readers[0]}(path)")
    else:
        found = "find_examples(folder)"
        lines += [f"    for paths, reader in zip({found}, [{', '.join(readers)}], strict=True):"]
        lines += ["        for path in paths:", "            try:", "                reader(path)"]
    depth = " " * (8 if len(readers) == 1 else 12)
    if mask_outputs(plan):
        lines += [
            f"{depth}except (OSError, ValueError) as error:",
            f'{depth}    damaged.append(f"{{path}}: {{error}}")',
        ]
    lines += [
        f"{depth}except tf.errors.OpError:",
        f'{depth}    damaged.append(f"{{path}} is no picture that can be decoded")',
        "    end_if(damaged)",
    ]
    parts.function("check_files", lines)

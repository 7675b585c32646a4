"""`generate`: sequences from the trained model, an id at a time."""

from __future__ import annotations

from archlang.backends.generation_masks import memory_masks
from archlang.backends.generation_source import search_sources, steps_source, with_states_source
from archlang.backends.python.literals import literal
from archlang.backends.python.objects import Imports
from archlang.backends.python.training.generating_parts import decoder_lines, encoder_lines
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.graph.decoding import Decoding
from archlang.tasks.generation import CROSSENTROPY, has_perplexity

# The options of the command line, with the arguments of `add_argument`.
SEARCH_OPTIONS: dict[str, dict[str, str]] = {
    "--max-length": {"type": "int", "default": "MAX_LENGTH"},
    "--temperature": {
        "type": "float",
        "default": "0.0",
        "help": '"above 0: ids are drawn; the higher, the more freely"',
    },
    "--top-k": {"type": "int", "default": "0", "help": '"draw from so many ids only"'},
    "--beams": {"type": "int", "default": "1", "help": '"sequences to compare"'},
}
SEARCH_CHECKS = [
    "    if arguments.beams > 1 and (arguments.temperature or arguments.top_k):",
    '        parser.error("--beams draws nothing: leave out --temperature and --top-k")',
    "    wanted = (arguments.max_length, arguments.beams, arguments.top_k + 1)",
    "    if min(wanted) < 1 or arguments.temperature < 0:",
    '        parser.error("lengths and numbers to generate with are positive")',
]
OPTIONS = [
    "        options = {",
    *(
        f'            "{name}": arguments.{name},'
        for name in ("max_length", "temperature", "top_k", "beams", "seed")
    ),
    "        }",
]

_DOC = '''\
    """Generate a sequence of ids for each example, padded with 0.

    The likeliest id is taken at each step, or, with `temperature` above 0 or `top_k`,
    drawn; with `beams` above 1, the likeliest of so many sequences at a time.
    """
'''


_CONTINUES = '''\
    """Generate how each prompt goes on: ids, padded with 0, as prompts are.

    The likeliest id is taken at each step, or, with `temperature` above 0 or `top_k`,
    drawn; with `beams` above 1, the likeliest of so many sequences at a time. With its
    prompt, a sequence is at most `max_length` ids long.
    """
'''


def perplexity(plan: TrainingPlan) -> str:
    """The line of `evaluate` that computes the perplexity; nothing where it is not measured."""
    if plan.generated is None or not plan.one_output or not has_perplexity(plan.generated):
        return ""
    name = literal(CROSSENTROPY)
    return f'    results["perplexity"] = float(np.exp(results[{name}]))\n'


def add_generate(decoding: Decoding, plan: TrainingPlan, parts: Parts) -> None:
    """`build_encoder`, `build_decoder`, `Steps`, what searches, and `generate`."""
    parts.imports |= {"import keras", "import numpy as np"}
    parts.constant("MAX_LENGTH", f"MAX_LENGTH = {decoding.max_length}")
    imports = Imports()
    taken = {"model", "x"}
    if decoding.inputs:
        parts.function("build_encoder", encoder_lines(decoding, imports, taken))
    if decoding.carries:
        parts.imports.add("from keras import layers")
        parts.function("with_states", with_states_source())
    parts.function("build_decoder", decoder_lines(decoding, imports, taken))
    parts.imports |= imports.lines
    parts.function("Steps", steps_source(decoding.carries))
    for name, source in search_sources().items():
        parts.function(name, source)
    parts.function("generate", _generate(decoding, plan))


def _generate(decoding: Decoding, plan: TrainingPlan) -> list[str]:
    continues = not decoding.inputs
    start, end = decoding.spec.args["start"], decoding.spec.args["end"]
    lines = [
        "def generate(",
        "    model,",
        "    prompts: np.ndarray," if continues else "    x: Inputs,",
        "    max_length: int = MAX_LENGTH,",
        "    temperature: float = 0.0,",
        "    top_k: int = 0,",
        "    beams: int = 1,",
        "    seed: int = 0,",
        "    batch_size: int = 64,",
        ") -> np.ndarray:",
        *(_CONTINUES if continues else _DOC).splitlines(),
    ]
    if continues:
        lines += [
            "    rows, lengths = len(prompts), np.count_nonzero(prompts, axis=1)",
            "    if lengths.max() >= max_length:",
            "        raise SystemExit(",
            '            f"sequence {lengths.argmax() + 1} has {lengths.max()} ids already, but it"',
            '            f" can be {max_length} long: shorten it, or give a larger --max-length"',
            "        )",
        ]
        if start is None:
            lines += [
                "    if not lengths.all():",
                "        raise SystemExit(",
                '            f"sequence {lengths.argmin() + 1} is empty; it needs an id to go on from"',
                "        )",
            ]
        lines += ["    decoder = build_decoder(model)"]
    else:
        lines += ["    encoder, decoder = build_encoder(model), build_decoder(model)"]
        first = plan.task.given[0].name
        lines += [f"    rows = len({'x' if plan.one_input else f'x[{literal(first)}]'})"]
    lines += [
        "    rng = np.random.default_rng(seed)",
        "    found = []",
        "    for first in range(0, rows, batch_size):",
        "        part = slice(first, first + batch_size)",
    ]
    if continues:
        lines += ["        given, taken = prompts[part], []"]
    else:
        # A batch at a time: examples of several lengths have memories of several lengths, which
        # `predict` would give as one ragged tensor.
        given = "x[part]" if plan.one_input else _by_name(plan)
        predicted = f"encoder.predict_on_batch({given})"
        if len_of_memory(decoding) == 1:
            predicted = f"[{predicted}]"
        lines += [f"        taken = {predicted}"]
        lines += ['        given = np.zeros((len(taken[0]), 0), "int32")']
    if start is None:
        last, rest, never = "given[:, 0]", "given[:, 1:]", "[0]"
    else:
        last, rest, never = "np.full(len(given), START)", "given", "[0, START]"
    stop = "END" if end is not None else "-1"
    longest = "max_length" if start is not None else "max_length - 1"
    return [
        *lines,
        "        steps = Steps(decoder, taken, len(given), max_length)",
        f"        begun = ({last}, {rest}, {never}, {stop}, {longest})",
        "        if beams > 1:",
        "            found.append(beam_search(steps, *begun, beams))",
        "        else:",
        "            noise = temperature or float(top_k > 0)",
        "            found.append(search(steps, *begun, noise, top_k, rng))",
        "    ids = np.concatenate(found)",
        *(_behind(start is not None) if continues else ["    return ids"]),
    ]


def _behind(started: bool) -> list[str]:
    """Without a start, the first id of a prompt is not among those found."""
    skipped = "lengths" if started else "(lengths - 1)"
    return [
        "    # What comes behind each prompt.",
        f"    skipped = {skipped}[:, None]",
        "    ids = np.pad(ids, [(0, 0), (0, prompts.shape[1])])",
        "    return np.take_along_axis(ids, np.arange(max_length) + skipped, axis=1)",
    ]


def len_of_memory(decoding: Decoding) -> int:
    """How many arrays the encoder gives."""
    return len(decoding.starts) + len(decoding.memory) + len(memory_masks(decoding))


def _by_name(plan: TrainingPlan) -> str:
    return "[" + ", ".join(f"x[{literal(i.name)}][part]" for i in plan.task.given) + "]"

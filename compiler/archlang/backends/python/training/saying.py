"""What a generation says: the sequences of `predict`, and the share of exact ones in `evaluate`."""

from __future__ import annotations

from archlang.backends.python.training.layout import statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.sequences import ends, text_layer

# How many held-out examples are generated for at once, or shown.
_AT_ONCE, _SHOWN = 1024, 5

_ANSWER = '''
def answer(ids: np.ndarray) -> str:
    """Write out a sequence of ids."""
    return " ".join(str(n) for n in ids if n not in OTHERS)
'''

_PREDICT = '''
def predict(model, x: Inputs, y: Targets | None = None, **options) -> None:
    """Print what is generated for each example, beside the truth where it is known."""
    for number, ids in enumerate(generate(model, x, **options)):
        truth = "" if y is None else f"  (true: {TRUTH})"
        print(f"{number + 1}: {SAID}{truth}")
'''

_CONTINUE_TEXT = '''
def predict(model, x: list[str], **options) -> None:
    """Print how the model goes on with each text."""
    prompts = np.asarray(TEXT(x), "int32")
    for text, ids in zip(x, generate(model, prompts, **options), strict=True):
        print(f"{text} … {text_of(ids)}")
'''

_CONTINUE_IDS = '''
def predict(model, x: np.ndarray, **options) -> None:
    """Print how the model goes on with each sequence."""
    for prompt, ids in zip(x, generate(model, x, **options), strict=True):
        print(f"{answer(prompt)} … {answer(ids)}")
'''

_EXACT = '''
def exact_match(model, examples: Examples) -> float:
    """The share of examples for which exactly the target is generated, step by step."""
    right: list[bool] = []
    for x, y in BATCHES:
        truths = TRUTHS
        for ids, truth in zip(generate(model, x), truths, strict=True):
            right.append(RIGHT)
    return sum(right) / len(right)
'''

_EXACT_ARRAYS = '''
def exact_match(model, examples: Examples) -> float:
    """The share of examples for which exactly the target is generated, step by step."""
    GIVEN = examples
    pairs = zip(generate(model, x), TRUTHS, strict=True)
    return float(np.mean([RIGHT for ids, truth in pairs]))
'''


def generates(plan: TrainingPlan) -> bool:
    """Whether sequences can be generated: the output is fed its own past."""
    return plan.generated is not None and plan.decoding is not None


def continues(plan: TrainingPlan) -> bool:
    """Whether the model is a language model, which goes on with what it is given."""
    return generates(plan) and not plan.task.given


def matches_exactly(plan: TrainingPlan) -> bool:
    """Whether held-out targets can be compared with what is generated for them."""
    return generates(plan) and bool(plan.task.given) and ends(plan) and plan.data is not None


def add_exact_match(plan: TrainingPlan, parts: Parts) -> None:
    """`exact_match`, for `evaluate`."""
    parts.imports.add("import numpy as np")
    if text_layer(plan) is None:
        truths, right = "y", "answer(ids) == answer(truth)"
    else:
        # The id 1 stands for all words that are not known: none of them is right.
        truths = 'np.asarray(TEXT(y), "int32")'
        right = "text_of(ids) == text_of(truth) and 1 not in truth"
    given = "x, y, _" if plan.has_weights else "x, y"
    text = _EXACT if plan.streams else _EXACT_ARRAYS
    text = text.replace("BATCHES", f"examples.batch({_AT_ONCE})").replace("GIVEN", given)
    parts.function("exact_match", text.replace("TRUTHS", truths).replace("RIGHT", right))


def add_generated_predict(plan: TrainingPlan, parts: Parts) -> None:
    """`predict`, `exact_match`, and `answer` where ids have no words."""
    parts.imports.add("import numpy as np")
    if matches_exactly(plan):
        add_exact_match(plan, parts)
    text = text_layer(plan) is not None
    if not text:
        parts.function("answer", _ANSWER.replace("OTHERS", _no_ids(plan)))
    if continues(plan):
        parts.function("predict", _CONTINUE_TEXT if text else _CONTINUE_IDS)
        return
    truth = "answer(y[number])"
    if text:
        truth = "y[number].decode()" if plan.streams else "y[number]"
    said = "text_of(ids)" if text else "answer(ids)"
    parts.function("predict", _PREDICT.replace("TRUTH", truth).replace("SAID", said))


def shown_lines(plan: TrainingPlan) -> list[str]:
    """The lines of `main` that predict for a few held-out examples."""
    shown = f"take(held_out, slice({_SHOWN}))"
    if plan.streams:
        shown = f"next(held_out.batch({_SHOWN}).as_numpy_iterator())"
    if not continues(plan):
        given = "x, y, _" if plan.has_weights else "x, y"
        return [f"            {given} = {shown}", "            predict(model, x, y, **options)"]
    if not plan.streams and text_layer(plan) is None:
        given = "_, y, _" if plan.has_weights else "_, y"
        return [
            f"            {given} = {shown}",
            "            predict(model, y[:, : y.shape[1] // 2], **options)",
        ]
    text = text_layer(plan)
    assert text is not None
    half = "text[: len(text) // 2]"
    if text.args.get("split") != "character":
        half = '" ".join(text.split()[: len(text.split()) // 2])'
    lines = statement("texts = ", f"[text.decode() for text in {shown}]", indent=3)
    if not plan.streams:
        given = "_, texts, _" if plan.has_weights else "_, texts"
        lines = [f"            {given} = {shown}"]
    return [
        *lines,
        f"            predict(model, [{half} for text in texts], **options)",
    ]


def _no_ids(plan: TrainingPlan) -> str:
    assert plan.generated is not None
    return "(0, END)" if plan.generated.args["end"] is not None else "(0,)"

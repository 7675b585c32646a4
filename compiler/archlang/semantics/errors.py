"""One small function for each problem with a name."""

from __future__ import annotations

from collections.abc import Iterable

from archlang.diagnostics import Diagnostic, Label, error, replace, warning
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.source import Span

KIND_WORDS = {
    "layers": "a layer",
    "activations": "an activation",
    "initializers": "an initializer",
    "regularizers": "a regularizer",
    "constraints": "a constraint",
    "losses": "a loss",
    "metrics": "a metric",
    "optimizers": "an optimizer",
    "schedules": "a learning-rate schedule",
    "callbacks": "a callback",
    "applications": "an application",
    "ops": "an op",
    "datasets": "a data set",
}


# What people write who come from elsewhere, and what Keras calls it.
FOREIGN_LAYERS = {
    "Linear": "Dense",
    "FullyConnected": "Dense",
    "BatchNorm": "BatchNormalization",
    "BatchNorm1d": "BatchNormalization",
    "BatchNorm2d": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "MaxPool2d": "MaxPooling2D",
    "AvgPool2d": "AveragePooling2D",
    "ConvTranspose2d": "Conv2DTranspose",
    "Upsample": "UpSampling2D",
    "MultiheadAttention": "MultiHeadAttention",
    "Sigmoid": "Activation(sigmoid)",
    "Tanh": "Activation(tanh)",
    "GELU": "Activation(gelu)",
    "SiLU": "Activation(silu)",
}


def unknown_name(
    name: str, span: Span, what: str, candidates: Iterable[str], *, help: str | None = None
) -> Diagnostic:
    """A word that is nothing, with the nearest of `candidates`; `what` says what it was taken for."""
    near = nearest(name, candidates)
    fixes = (replace(f"write `{near[0]}`", span, near[0]),) if near else ()
    return error(
        "E0201",
        f"unknown {what} `{name}`",
        span,
        label="not known here",
        help=help or did_you_mean(near),
        fixes=fixes,
    )


def not_a_step(name: str, what: str, span: Span, help: str | None = None) -> Diagnostic:
    """Something stands in a flow that takes no tensor."""
    return error("E0203", f"`{name}` is {what}, not a step of a stack", span, label=what, help=help)


def two_meanings(name: str, span: Span, other: Span, kind: str) -> Diagnostic:
    """A bare word that Keras lists and that is also a constant or parameter."""
    return error(
        "E0204",
        f"`{name}` is both a word of Keras's for this argument and a {kind}",
        span,
        label="which one?",
        labels=(Label(other, f"the {kind}"),),
        help=f'write `"{name}"` for the word, or rename the {kind}',
        fixes=(replace("put the word in quotes", span, f'"{name}"'),),
    )


def tensor_in_flow(name: str, span: Span) -> Diagnostic:
    """A named tensor behind `->`."""
    return error(
        "E0205",
        f"`{name}` is a tensor, and a named tensor only begins a flow",
        span,
        label="a tensor, not a step",
        help=f"to bring it together with what flows, use a fork: `[_, {name}] -> Add`",
    )


def unused(name: str, span: Span, what: str) -> Diagnostic:
    """A name that is bound and never used."""
    return warning(
        "W1201",
        f"{what} `{name}` is never used",
        span,
        label="never used",
        help="remove it, or call it `_`",
    )


def unclear_beginning(
    span: Span, previous: Span, why: str, inputs: tuple[str, ...] = ()
) -> Diagnostic:
    """A statement that must say where its flow begins, and doesn't; `inputs` where it is the first of a model."""
    begin = f"{inputs[0]} -> " if inputs else "_ -> "
    help = "begin with a name, a fork of names, or `_` for the tensor just named"
    if inputs:
        help = f"begin with an input, `{begin}…`, or a fork of them, `[{', '.join(inputs)}] -> …`"
    return error(
        "E0208",
        "this statement must say where its flow begins",
        span,
        label="which tensor flows in?",
        labels=(Label(previous, why),),
        help=help,
        fixes=(
            replace(f"begin with `{begin[:-4]}`", Span(span.path, span.start, span.start), begin),
        ),
    )


def argument_problem(
    message: str, span: Span, help: str | None = None, label: str = ""
) -> Diagnostic:
    """A wrong argument in the call of a block, model or function."""
    return error("E0206", message, span, label=label, help=help)


def declared_twice(name: str, span: Span, first: Span, what: str) -> Diagnostic:
    """Two of one name side by side: parameters, inputs, phases."""
    return error(
        "E0202",
        f"the {what} `{name}` is declared twice",
        span,
        label="declared again",
        labels=(Label(first, "first declared here"),),
        help="rename one of them",
    )

"""Do arguments fit a Keras object? The schemas of the catalogue say so, through `jsonschema`.

    validate(cat.get("layers", "Dense"), {"units": -3})
    # [ArgumentProblem("units", "`units` must be a positive integer, not -3", …)]

Arguments are Python values: numbers, strings, None, lists, tuples, `LayerValue` for objects,
`TensorSpec` for tensors. How the schemas see them stands in `dialect`. A nested object's own
arguments are not looked at: whoever binds it validates it against its own entry. Positional
arguments have been given their names before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import codes
from archlang.catalogue.dialect import encode, findings, quickly_valid
from archlang.catalogue.foreign_names import ELSEWHERE, OF_THE_INPUT, keras_names
from archlang.catalogue.messages import explain
from archlang.catalogue.model import Entry
from archlang.catalogue.problem import ArgumentProblem
from archlang.diagnostics.suggestions import did_you_mean, nearest

__all__ = ["ArgumentProblem", "validate"]

# What a missing argument may look like.
_EXAMPLES = {
    "units": "64",
    "filters": "32",
    "kernel_size": "3",
    "pool_size": "2",
    "rate": "0.5",
    "n": "4",
    "input_dim": "10000",
    "output_dim": "64",
    "num_heads": "8",
    "key_dim": "64",
    "activation": "relu",
    "scale": "1 / 255",
    "layer": "LSTM(64)",
    "cell": "LSTMCell(64)",
}


def validate(entry: Entry, args: Mapping[str, Any]) -> list[ArgumentProblem]:
    """What is wrong with the arguments of one object, in the order in which they were written."""
    if entry.abstract:
        return [_abstract(entry)]
    problems: list[ArgumentProblem] = []
    for name, value in args.items():
        parameter = entry.parameter(name)
        if parameter is None:
            problems.append(_unknown(entry, name, args))
            continue
        encoded = encode(value)
        if not quickly_valid(parameter.schema, encoded):
            found = findings(parameter.schema, encoded)
            if found:
                problems.append(explain(parameter, encoded, found[0]))
    if not problems and entry.together:
        problems += _together(entry, args)
    # A misspelt name may be the missing argument: one mistake, one message.
    renamed = {
        problem.replacement for problem in problems if problem.code == codes.UNKNOWN_ARGUMENT
    }
    problems += [
        _missing(entry, p.name)
        for p in entry.parameters
        if p.required and p.name not in args and p.name not in renamed
    ]
    return problems


def _together(entry: Entry, args: Mapping[str, Any]) -> list[ArgumentProblem]:
    """The first rule on several arguments that is broken, at the last of them that was written."""
    values = {**entry.defaults(), **args}
    for rule in entry.together:
        encoded = {name: encode(values.get(name)) for name in rule.refuse}
        if not all(quickly_valid(schema, encoded[name]) for name, schema in rule.refuse.items()):
            continue
        schema = {"type": "object", "properties": dict(rule.refuse)}
        if not findings(schema, encoded):
            written = ["", *(name for name in args if name in rule.refuse)]
            label = "not together" if len(written) > 1 else "more is needed"
            return [ArgumentProblem(written[-1], rule.says, label, rule.help, codes.TOGETHER)]
    return []


def _unknown(entry: Entry, name: str, args: Mapping[str, Any]) -> ArgumentProblem:
    free = [known for known in (*entry.argument_names, *entry.call_parameters) if known not in args]
    near = keras_names(name, free)
    help = did_you_mean(near)
    if not near and name in OF_THE_INPUT:
        help = "leave it out; the tensor that flows in tells it"
    elif not near and name in ELSEWHERE:
        help = ELSEWHERE[name]
    elif not near:
        near = nearest(name, free)
        help = did_you_mean(near) or _takes(entry)
    return ArgumentProblem(
        name,
        f"`{entry.name}` has no argument `{name}`",
        "unknown argument",
        help,
        codes.UNKNOWN_ARGUMENT,
        near[0] if near else None,
    )


def _takes(entry: Entry) -> str:
    names = [f"`{parameter.name}`" for parameter in entry.parameters]
    if not names:
        return (
            f"`{entry.name}` takes no arguments of its own"
            if entry.base_kwargs
            else f"`{entry.name}` takes none"
        )
    shown = names if len(names) <= 8 else [*names[:8], "…"]
    return f"`{entry.name}` takes {', '.join(shown)}"


def _missing(entry: Entry, name: str) -> ArgumentProblem:
    example = _a_first_value(entry, name)
    return ArgumentProblem(
        name,
        f"`{entry.name}` needs `{name}`",
        f"`{name}` is missing",
        f"for example `{name}={example}`" if example else None,
        codes.MISSING_ARGUMENT,
        None,
    )


def _a_first_value(entry: Entry, name: str) -> str | None:
    """An example of a value, where one is easily given."""
    parameter = entry.parameter(name)
    if name in _EXAMPLES or parameter is None:
        return _EXAMPLES.get(name)
    # Of a dozen activations none is an example.
    few = len(parameter.words) <= 8
    return next(iter(parameter.words), None) if few else None


def _abstract(entry: Entry) -> ArgumentProblem:
    # Only these can be declared in a spec.
    keyword = {"layers": "layer", "losses": "loss", "metrics": "metric"}.get(entry.kind)
    help = f'declare your own: `{keyword} Name() from "my_package.module"`' if keyword else None
    return ArgumentProblem(
        "",
        f"`{entry.name}` is a base class, to be derived from in Python",
        "does nothing by itself",
        help,
        codes.BASE_CLASS,
        None,
    )

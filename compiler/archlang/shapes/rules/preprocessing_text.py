"""Vocabularies: `StringLookup`, `IntegerLookup`, `TextVectorization`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archlang.shapes.checks import needs_numbers
from archlang.shapes.encoding import MODES, OLD_NAMES, counts_one_list, encoded
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    bad_value,
    flag,
    is_number,
    optional_whole,
    sequence,
    whole,
    written,
)

LOOKUP_MODES = (*MODES, "tf_idf")


@rule("StringLookup", "IntegerLookup")
def lookup(call: LayerCall) -> LayerResult:
    """Every value becomes its number in a vocabulary, or a vector with a place for each word."""
    spec = single(call)
    invert = flag(call, "invert")
    mode = _mode(call)
    depth = _depth(call, mode)
    _check_input(call, spec, invert)
    if invert:
        dtype = "string" if call.layer == "StringLookup" else "int64"
        return LayerResult(TensorSpec(spec.shape, dtype))
    counts_one_list(call, spec, mode)
    shape = None if spec.shape is None else encoded(spec.shape, mode, depth)
    return LayerResult(TensorSpec(shape, "float32" if mode == "tf_idf" else "int64"))


@rule("TextVectorization")
def text_vectorization(call: LayerCall) -> LayerResult:
    """Texts become rows of word numbers, or one vector for each text."""
    mode = _mode(call)
    _check_text_arguments(call, mode)
    depth = _depth(replace(call, args={**call.args, "mask_token": "", "oov_token": "[UNK]"}), mode)
    spec = single(call)
    if spec.dtype not in (None, "string"):
        raise RuleError(
            f"`TextVectorization` takes strings, but {spec.dtype} flows in",
            code="E0369",
            label=f"{spec.dtype} flows in",
            help="declare the input as string[]",
        )
    dtype = "float32" if mode == "tf_idf" else "int64"
    if spec.shape is None:
        return LayerResult(TensorSpec(None, dtype))
    words = _words(call, spec.shape)
    if mode != "int":
        return LayerResult(TensorSpec(encoded(words, mode, depth), dtype))
    length = optional_whole(call, "output_sequence_length")
    if length is not None:
        words = (*words[:-1], length)
    return LayerResult(TensorSpec(words, dtype))


def _words(call: LayerCall, shape: Shape) -> Shape:
    """The shape of the words: a last axis of any length, unless the texts come split."""
    if call.args.get("split", "whitespace") is None:
        if len(shape) < 2:
            raise RuleError(
                "`TextVectorization` with `split=None` takes a list of words for each example, "
                f"but {show_shape(shape)} flows in",
                code="E0369",
                argument="split",
                label="no axis of words",
                help="leave `split` out",
            )
        return shape
    if len(shape) > 1:
        if isinstance(shape[-1], int) and shape[-1] != 1:
            raise RuleError(
                "`TextVectorization` splits one text for each example, [] or [1], "
                f"but {show_shape(shape)} flows in",
                code="E0369",
                label=f"{show_shape(shape)} flows in",
                help="`split=None` takes texts that are split into words already",
                set_argument=("split", "None"),
            )
        shape = shape[:-1]
    return (*shape, None)


def _mode(call: LayerCall) -> str:
    mode = call.args.get("output_mode", "int")
    mode = OLD_NAMES.get(mode, mode) if isinstance(mode, str) else mode
    if mode not in LOOKUP_MODES:
        raise bad_value(call, "output_mode", mode, "int, one_hot, multi_hot, count or tf_idf")
    if mode != "int" and flag(call, "invert"):
        raise _combination(call, "output_mode", "`invert=True` turns numbers back into words")
    if mode == "int" and flag(call, "sparse"):
        raise _combination(call, "sparse", "numbers are not sparse")
    if mode != "tf_idf" and call.args.get("idf_weights") is not None:
        raise _combination(call, "idf_weights", "weights are for `output_mode=tf_idf`")
    return mode


def _depth(call: LayerCall, mode: str) -> int | None:
    """How many places a vector has; None where that is in a vocabulary file."""
    maximum = optional_whole(call, "max_tokens", minimum=2)
    padded = flag(call, "pad_to_max_tokens")
    if padded and maximum is None:
        raise _combination(call, "pad_to_max_tokens", "there is no `max_tokens` to pad to")
    unknown = whole(call, "num_oov_indices", 1, minimum=0)
    _check_salt(call)
    vocabulary = call.args.get("vocabulary")
    # A saved layer remembers the size of what it had learnt.
    size = optional_whole(call, "vocabulary_size")
    if vocabulary is None or isinstance(vocabulary, str):
        if vocabulary is None and mode != "int" and not padded and size is None:
            raise _no_width(call, mode)
    else:
        size = _vocabulary_size(call, mode, vocabulary, unknown)
        if maximum is not None and size > maximum:
            raise RuleError(
                f"the vocabulary of `{call.layer}` has {size} entries with those for unknown "
                f"words, but `max_tokens` is {maximum}",
                code="E0365",
                argument="vocabulary",
                label=f"{size} entries",
                set_argument=("max_tokens", str(size)),
            )
    if mode == "tf_idf" and vocabulary is not None:
        _check_weights(call, vocabulary)
    return maximum if padded else size


def _vocabulary_size(call: LayerCall, mode: str, vocabulary: Any, unknown: int) -> int:
    words = sequence(vocabulary)
    if not words:
        raise bad_value(call, "vocabulary", vocabulary, "a list of words or a file")
    if call.layer == "IntegerLookup":
        words = [_whole_word(call, item) for item in words]
    elif not all(isinstance(item, str) for item in words):
        raise bad_value(call, "vocabulary", vocabulary, "a list of strings or a file")
    mask, oov = call.args.get("mask_token"), call.args.get("oov_token", _OOV[call.layer])
    special = ([mask] if mask is not None and mode == "int" else []) + [oov] * unknown
    # A vocabulary may begin with the special tokens themselves.
    tokens = list(words[len(special) :] if list(words[: len(special)]) == special else words)
    repeated = next((token for i, token in enumerate(tokens) if token in tokens[:i]), None)
    if repeated is not None:
        raise RuleError(
            f"{written(repeated)} stands twice in the vocabulary of `{call.layer}`",
            code="E0365",
            argument="vocabulary",
            label=f"{written(repeated)} twice",
        )
    reserved = [mask] if mask is not None else []
    reserved += [oov] if flag(call, "invert") and oov is not None else []
    clash = next((token for token in tokens if token in reserved), None)
    if clash is not None:
        raise RuleError(
            f"{written(clash)} is reserved and cannot stand inside the vocabulary "
            f"of `{call.layer}`",
            code="E0365",
            argument="vocabulary",
            label=f"{written(clash)} is reserved",
            help="leave the reserved tokens out; the layer adds them itself",
        )
    return len(special) + len(tokens)


_OOV: Mapping[str, Any] = {
    "StringLookup": "[UNK]",
    "IntegerLookup": -1,
    "TextVectorization": "[UNK]",
}


def _whole_word(call: LayerCall, item: Any) -> int:
    try:
        return int(item)
    except (TypeError, ValueError):
        raise RuleError(
            f"the vocabulary of `IntegerLookup` holds whole numbers, not {written(item)}",
            code="E0365",
            argument="vocabulary",
            label="not a whole number",
            help="for strings there is `StringLookup`",
        ) from None


def _check_weights(call: LayerCall, vocabulary: Any) -> None:
    if isinstance(vocabulary, str):
        raise _combination(call, "vocabulary", "tf_idf needs the vocabulary as a list")
    weights = sequence(call.args.get("idf_weights"))
    words = sequence(vocabulary) or []
    if weights is None or not all(is_number(weight) for weight in weights):
        raise _combination(call, "vocabulary", "tf_idf needs `idf_weights` with a given vocabulary")
    if len(weights) != len(words):
        raise RuleError(
            f"`idf_weights` has {len(weights)} numbers for a vocabulary of {len(words)}",
            code="E0365",
            argument="idf_weights",
            label=f"{len(words)} needed",
        )


def _check_salt(call: LayerCall) -> None:
    salt = call.args.get("salt")
    if salt is None:
        return
    items = sequence(salt)
    pair = items is not None and len(items) == 2 and all(isinstance(n, int) for n in items)
    if not isinstance(salt, int) and not pair:
        raise bad_value(call, "salt", salt, "a whole number or two of them")
    if call.layer == "IntegerLookup" and call.args.get("oov_method", "floormod") != "farmhash":
        raise _combination(call, "salt", "a salt is for `oov_method=farmhash`")


def _check_input(call: LayerCall, spec: TensorSpec, invert: bool) -> None:
    if call.layer == "IntegerLookup" or invert:
        needs_numbers(call, spec)
    elif spec.dtype not in (None, "string"):
        raise RuleError(
            f"`StringLookup` looks strings up, but {spec.dtype} flows in",
            code="E0369",
            label=f"{spec.dtype} flows in",
            help="for whole numbers there is `IntegerLookup`",
        )


def _check_text_arguments(call: LayerCall, mode: str) -> None:
    ngrams = call.args.get("ngrams")
    # A list is refused by Keras.
    widths = sequence(ngrams) if isinstance(ngrams, tuple) else (ngrams,)
    if ngrams is not None and not all(isinstance(n, int) for n in widths or ()):
        raise bad_value(call, "ngrams", ngrams, "a whole number or a tuple of them")
    if mode != "int" and call.args.get("output_sequence_length") is not None:
        raise _combination(call, "output_sequence_length", "only `output_mode=int` gives sequences")
    if mode != "int" and flag(call, "ragged"):
        raise _combination(call, "ragged", "only `output_mode=int` gives sequences")


def _no_width(call: LayerCall, mode: str) -> RuleError:
    return RuleError(
        f"how wide the {mode} vectors of `{call.layer}` are is learnt from the data only",
        code="E0366",
        argument="output_mode",
        label="no width is given",
        help="give `vocabulary=[…]`, or `max_tokens=…` with `pad_to_max_tokens=True`",
    )


def _combination(call: LayerCall, argument: str, why: str) -> RuleError:
    return RuleError(
        f"`{argument}` of `{call.layer}` does not go with its other arguments: {why}",
        code="E0366",
        argument=argument,
        label=why,
    )

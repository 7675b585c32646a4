"""Generating with a model in memory: the encoder and the decoder of its graph, and the search that scripts use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import keras
import numpy as np

from archlang.backends.generation_masks import maskable
from archlang.backends.keras_model import (
    generation_prefix,
    generation_search,
    generation_states,
)
from archlang.backends.keras_model.generation_parts import build_decoder, build_encoder
from archlang.graph.decoding import Decoding
from archlang.graph.model import Graph

# They are written as scripts show them, hardly annotated.
_search: Any = generation_search
_carrying: Any = generation_states.Steps
_whole: Any = generation_prefix.Steps


def generator(model: keras.Model, graph: Graph) -> Callable[..., np.ndarray] | None:
    """The function `generate` of a model of this graph; None where it has no output that is fed its own past."""
    plan = maskable(graph)
    return None if plan is None else Generator(model, plan).generate


@dataclass
class Generator:
    """Generates sequences with a model. The encoder and the decoder are made when they are first needed."""

    model: Any
    plan: Decoding
    parts: tuple[Any, Any] | None = field(default=None)

    def generate(
        self,
        x: Any = None,
        *,
        prompts: np.ndarray | None = None,
        max_length: int | None = None,
        temperature: float = 0.0,
        top_k: int = 0,
        beams: int = 1,
        seed: int = 0,
        batch_size: int = 64,
    ) -> np.ndarray:
        """Generate a sequence of ids for each example, padded with 0: an array [examples, max_length].

        `x` are the inputs but the shifted one: an array, or a dict of several. `prompts`, padded with 0, are how the
        sequences begin; a model without other inputs needs one for each sequence, which may be empty. The likeliest id
        is taken at each step, or, with `temperature` above 0 or `top_k`, drawn; with `beams` above 1, the likeliest of so
        many sequences at a time, by the mean log-probability of an id. What comes back has neither the prompt nor the ids
        for the start and the end; with its prompt, a sequence is at most `max_length` ids long. ValueError where
        arguments do not go together.
        """
        plan = self.plan
        if beams > 1 and (temperature or top_k):
            raise ValueError(
                "beam search draws nothing: give `beams`, or `temperature` and `top_k`"
            )
        length = plan.max_length if max_length is None else max_length
        if min(length, beams, batch_size) < 1 or top_k < 0 or temperature < 0:
            raise ValueError("lengths and numbers to generate with are positive")
        if plan.inputs and x is None:
            raise ValueError(f"`generate` needs the inputs {', '.join(plan.inputs)}")
        if prompts is None and (not plan.inputs or plan.spec.args["start"] is None):
            which = "without a `start`" if plan.inputs else "without other inputs"
            raise ValueError(f"a model {which} needs `prompts`, an array [sequences, ids]")
        known = None if prompts is None else self._checked(np.asarray(prompts), length)
        if self.parts is None:
            self.parts = build_encoder(self.model, plan), build_decoder(self.model, plan)
        encoder, decoder = self.parts
        memory = [] if encoder is None else self._memory(encoder, x, batch_size)
        given = np.zeros((len(memory[0]), 0), "int32") if known is None else known
        if memory and len(given) != len(memory[0]):
            raise ValueError(f"{len(given)} prompts for {len(memory[0])} examples")
        rng = np.random.default_rng(seed)
        # Without a start, the first id is given.
        longest = length - (plan.spec.args["start"] is None)
        found = [np.zeros((0, longest), "int32")]
        for first in range(0, len(given), batch_size):
            part = slice(first, first + batch_size)
            make_steps = _carrying if plan.carries else _whole
            steps = make_steps(
                decoder, [values[part] for values in memory], len(given[part]), length
            )
            begun = (steps, *self._begin(given[part]), longest)
            if beams > 1:
                ids = _search.beam_search(*begun, beams)
            else:
                ids = _search.search(*begun, temperature or float(top_k > 0), top_k, rng)
            found.append(ids)
        ids = np.concatenate(found)
        # What comes behind each prompt; without a start, its first id is not among those found.
        known = given if plan.spec.args["start"] is not None else given[:, 1:]
        places = np.arange(length) + np.count_nonzero(known, axis=1)[:, None]
        return np.take_along_axis(np.pad(ids, [(0, 0), (0, given.shape[1])]), places, axis=1)

    def _memory(self, encoder: Any, x: Any, batch_size: int) -> list[np.ndarray]:
        given = x
        if isinstance(x, Mapping):
            by_name = cast("Mapping[str, Any]", x)
            given = [by_name[name] for name in self.plan.inputs]
        found = encoder.predict(given, batch_size, verbose=0)
        return cast("list[np.ndarray]", found) if isinstance(found, list) else [found]

    def _checked(self, prompts: np.ndarray, length: int) -> np.ndarray:
        """Prompts that can be gone on from; ValueError for others."""
        args = self.plan.spec.args
        if prompts.ndim != 2 or (prompts.size and prompts.dtype.kind not in "iu"):
            raise ValueError(
                f"`prompts` are an array of ids [sequences, ids], not {prompts.dtype} of shape {prompts.shape}"
            )
        prompts, taken = prompts.astype("int64"), [args["start"], args["end"]]
        wrong = (prompts < 0) | (prompts >= args["vocab"])
        wrong |= np.isin(prompts, [one for one in taken if one is not None])
        if wrong.any():
            row, step = np.argwhere(wrong)[0]
            raise ValueError(
                f"prompt {row} holds {prompts[row, step]}, but ids go from 0 to {args['vocab'] - 1}, those that begin "
                "and end a sequence not among them"
            )
        gaps = (prompts[:, :-1] == 0) & (prompts[:, 1:] != 0)
        if gaps.any():
            raise ValueError(f"prompt {np.argwhere(gaps)[0][0]} has padding before its end")
        lengths = np.count_nonzero(prompts, axis=1)
        if len(prompts) and lengths.max() >= length:
            raise ValueError(
                f"prompt {lengths.argmax()} has {lengths.max()} ids already, but a sequence can be {length} long: "
                "shorten it, or give a larger `max_length`"
            )
        if args["start"] is None and not lengths.all():
            raise ValueError(
                f"prompt {lengths.argmin()} is empty, but without a `start` it needs an id at least"
            )
        return prompts.astype("int32")

    def _begin(self, prompts: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int], int]:
        """The last ids, what of the prompts is left, the ids that are never made, the end."""
        start, end = self.plan.spec.args["start"], self.plan.spec.args["end"]
        stop = -1 if end is None else end
        if start is not None:
            return np.full(len(prompts), start), prompts, [0, start], stop
        return prompts[:, 0], prompts[:, 1:], [0], stop

"""Random whole specs: grown statement by statement, the checker saying what flows.

A statement that the checker refuses is left out (and handed on as a broken spec now and then), so that
what comes out is right. `mutations` makes wrong specs of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from archlang import api
from archlang.graph.model import Graph, tensors
from archlang.shapes.spec import TensorSpec, show_shape
from archlang.source import Source
from tests.differential.draw_steps import call, cell, flip, layer, op, recurrent, units
from tests.differential.spec_tree import Part, Spec, text

Random = random.Random
_MERGES = ("Add", "Add", "Concatenate", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract")  # fmt: skip


@dataclass
class Drawing:
    """A spec that is being drawn: declarations, inputs, the statements of `model M`, and what flows."""

    rng: Random
    declarations: list[Part] = field(default_factory=list[Part])
    inputs: dict[str, str] = field(default_factory=dict[str, str])
    outputs: list[str] = field(default_factory=list[str])
    body: list[Part] = field(default_factory=list[Part])
    flow: TensorSpec = field(default_factory=lambda: TensorSpec(None, None))
    named: dict[str, TensorSpec] = field(default_factory=dict[str, TensorSpec])
    shared: list[str] = field(default_factory=list[str])
    blocks: list[str] = field(default_factory=list[str])
    refused: list[Spec] = field(default_factory=list[Spec])
    count: int = 0

    def spec(self, more: tuple[Part, ...] = (), declared: tuple[Part, ...] = ()) -> Spec:
        inputs = [Part(f"input {name}: {kind}") for name, kind in self.inputs.items()]
        outputs = [Part(f"output {name}") for name in self.outputs]
        body = (*inputs, *outputs, *self.body, *more)
        return (*self.declarations, *declared, Part("model M", body))

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def add(self, *parts: Part | str, declared: tuple[Part, ...] = ()) -> bool:
        """Add statements where the checker takes them; says whether it did."""
        more = tuple(Part(part) if isinstance(part, str) else part for part in parts)
        spec = self.spec(more, declared)
        found = flowing(spec)
        if found is None:
            if flip(self.rng, 0.12):
                self.refused.append(spec)
            return False
        self.declarations += declared
        self.body += more
        self.flow = found
        return True

    # ------------------------------------------------------------------ steps

    def step(self, spec: TensorSpec | None = None) -> str:
        rng = self.rng
        if self.blocks and flip(rng, 0.12):
            return call(rng.choice(self.blocks), some_units(rng))
        if self.shared and flip(rng, 0.1):
            return rng.choice(self.shared)
        drawn = op(rng, self.flow, self.named) if flip(rng, 0.2) else layer(rng, spec or self.flow)
        if drawn.startswith("_["):
            return drawn
        return f"frozen {drawn}" if flip(rng, 0.03) and not drawn.startswith("ops.") else drawn

    def chain(self, most: int = 3) -> str:
        return " -> ".join(self.step() for _ in range(self.rng.randint(1, most)))


def some_units(rng: Random) -> list[str]:
    return [units(rng)] if flip(rng, 0.6) else []


def flowing(spec: Spec) -> TensorSpec | None:
    """What comes out of a spec's model M; None where the checker refuses it."""
    checked = api.check(Source("spec.arch", text(spec)))
    graph = checked.graphs.get("M")
    if not checked.ok or graph is None or not graph.outputs:
        return None
    found = next(reversed(graph.outputs.values())).spec
    return found if found.shape is not None else None


# ------------------------------------------------------------------ statements

Statement = Callable[[Drawing], bool]


def plain(d: Drawing) -> bool:
    return d.add(d.chain())


def named(d: Drawing) -> bool:
    name = d.new("t")
    if not d.add(f"{d.chain(2)} as {name}", "_"):
        return False
    d.named[name] = d.flow
    return True


def residual(d: Drawing) -> bool:
    merge = d.rng.choice(_MERGES)
    keep = d.step()
    return d.add(f"[_, {keep}] -> {merge}") or d.add(f"[{keep}, {d.step()}, _] -> {merge}")


def fork(d: Drawing) -> bool:
    rng = d.rng
    branches = [d.chain(2) for _ in range(rng.randint(2, 3))]
    if flip(rng, 0.4):
        # Branches that end alike mostly fit together.
        last = call("Dense", units(rng))
        branches = [f"{branch} -> {last}" for branch in branches]
    merge = rng.choice(_MERGES)
    if merge == "Concatenate" and flip(rng):
        merge = f"Concatenate(axis={rng.choice((1, -1, 2))})"
    if flip(rng, 0.12):
        merge = rng.choice(("Attention", "AdditiveAttention", "Attention(use_scale=True)", f"Dot(axes={rng.choice((1, 2, -1))})", "Dot(axes=(1, 2))"))  # fmt: skip
        branches = branches[:2]
    return d.add(f"[{', '.join(branches)}] -> {merge}")


def meeting(d: Drawing) -> bool:
    """The flow meets a tensor that was named before."""
    if not d.named:
        return plain(d)
    other = d.rng.choice(list(d.named))
    merge = d.rng.choice(_MERGES)
    forms = (
        f"[_, {other}] -> {merge}",
        f"[{other} -> {d.step(d.named[other])}, _] -> {merge}",
        f"MultiHeadAttention(2, 3, value={other})",
        f"[_, {other}] -> Attention",
        f"{other} -> {d.step(d.named[other])}",
    )
    return d.add(d.rng.choice(forms))


def group(d: Drawing) -> bool:
    inside = tuple(Part(d.chain(2)) for _ in range(d.rng.randint(1, 2)))
    return d.add(Part("frozen" if flip(d.rng, 0.4) else "", inside))


def repeat(d: Drawing) -> bool:
    return d.add(Part(f"repeat {d.rng.randint(0, 3)}", (Part(d.chain(2)),)))


def loop(d: Drawing) -> bool:
    rng = d.rng
    name = d.new("n")
    values = rng.choice(("[4, 2]", "[1, 2, 3]", "range(1, 3)", "[2 ** i for i in range(3)]"))
    step = rng.choice((f"Dense({name})", f"Dense(2 * {name}, activation=relu)", f"Conv1D({name}, 2, padding=same)", f"Conv2D({name}, 3, padding=same)", f"Dense({name}) -> Dense(shape(_)[-1])"))  # fmt: skip
    return d.add(Part(f"for {name} in {values}", (Part(step),)))


def choice(d: Drawing) -> bool:
    condition = d.rng.choice(("True", "1 > 2", "shape(_)[-1] == 4"))
    if flip(d.rng):
        return d.add(f"({d.step()} if {condition} else {d.rng.choice(('_', d.step()))})")
    return d.add(Part(f"if {condition}", (Part(d.chain(2)),)))


def block(d: Drawing) -> bool:
    rng = d.rng
    name = d.new("Block")
    first = rng.choice(("Dense(n)", "Conv1D(n, 2, padding=same)", "Conv2D(n, 3, padding=same)", "LSTM(n, return_sequences=True)"))  # fmt: skip
    body = [Part(f"{first} -> {d.step()}")]
    if flip(rng):
        body.append(Part(f"[_, {d.step()}] -> {rng.choice(_MERGES)}"))
    if flip(rng, 0.3):
        body.append(Part(f"[input, _] -> {rng.choice(_MERGES)}"))
    declared = Part(f"block {name}(n={units(rng)})", tuple(body))
    if not d.add(call(name, some_units(rng)), declared=(declared,)):
        return False
    d.blocks.append(name)
    return True


def shared(d: Drawing) -> bool:
    name = d.new("s")
    made = d.step()
    if made.startswith(("ops.", "_[", "s")):
        made = call("Dense", units(d.rng))
    uses = d.rng.choice(
        (name, f"[{name}, {d.step()} -> {name}] -> Concatenate", f"[{name}, {name}] -> Add")
    )
    if not d.add(f"shared {name} = {made}", uses):
        return False
    d.shared.append(name)
    return True


def nested(d: Drawing) -> bool:
    rng = d.rng
    name = d.new("Inner")
    if d.flow.shape is None or len(d.flow.shape) < 2:
        return False
    kind = type_text(d.flow)
    inside = [Part(f"input inside: {kind}"), Part(d.chain(2))]
    if flip(rng, 0.3):
        inside.append(Part(f"[_, inside] -> {rng.choice(_MERGES)}"))
    use = rng.choice(
        (name, name, f"frozen {name}", f"[{name}, {name}] -> Add", f"[{name}, _] -> Concatenate")
    )
    return d.add(use, declared=(Part(f"model {name}", tuple(inside)),))


def states(d: Drawing) -> bool:
    """A recurrent layer that gives its states, and mostly another one that begins with them."""
    rng = d.rng
    kind = rng.choice(("LSTM", "GRU", "SimpleRNN"))
    width = units(rng)
    out, h, c = d.new("o"), d.new("h"), d.new("c")
    arguments = [width, "return_state=True"]
    if flip(rng, 0.7):
        arguments.append("return_sequences=True")
    kept = [h, c] if kind == "LSTM" else [h]
    lines = [f"{call(kind, arguments)} as {', '.join([out, *kept])}"]
    if flip(rng, 0.6):
        state = f"[{', '.join(kept)}]" if len(kept) > 1 or flip(rng) else kept[0]
        more = ["return_sequences=True"] if flip(rng) else []
        lines.append(f"{out} -> {call(kind, width, more, f'initial_state={state}')}")
    elif flip(rng):
        lines.append(f"[{h}, {kept[-1]}] -> {rng.choice(_MERGES)}")
    else:
        lines.append(out)
    if not d.add(*lines):
        return False
    if flip(rng):
        d.named[h] = TensorSpec((None, int(width)))
    return True


def two_ways(d: Drawing) -> bool:
    """Bidirectional with its states."""
    names = [d.new("b") for _ in range(5)]
    width = units(d.rng)
    merge = d.rng.choice(("", ", merge_mode=sum"))
    first = f"Bidirectional(LSTM({width}, return_state=True, return_sequences=True){merge})"
    then = d.rng.choice((names[0], f"[{names[1]}, {names[3]}] -> Concatenate", f"{names[0]} -> Bidirectional(LSTM({width}), initial_state=[{', '.join(names[1:])}])"))  # fmt: skip
    return d.add(f"{first} as {', '.join(names)}", then)


def cells(d: Drawing) -> bool:
    names = [d.new("r"), d.new("r")]
    return d.add(f"RNN({cell(d.rng)}, return_state=True) as {', '.join(names)}", names[0])


def learned(d: Drawing) -> bool:
    shape = d.flow.shape or ()
    name = d.new("w")
    if len(shape) < 2 or not isinstance(shape[-1], int):
        return False
    dims = ", ".join(str(n) if isinstance(n, int) else "1" for n in shape[1:])
    if len(shape) == 3 and flip(d.rng):
        dims = f"1, {shape[-1]}"
    uses = (f"[_, {name}] -> Add", f"[{name}, _] -> Concatenate(axis=1)", f"ops.add(_, {name})")
    initial = d.rng.choice(("", " = RandomNormal(stddev=0.02)", " = zeros"))
    return d.add(f"learned {name}: float32[{dims}]{initial}", d.rng.choice(uses))


def gathered(d: Drawing) -> bool:
    name = d.new("g")
    inside = (Part(f"{d.chain(2)} as {name}[]"), Part("_"))
    merge = d.rng.choice(_MERGES)
    return d.add(f"let {name} = []", Part("repeat 2", inside), f"{name} -> {merge}")


def several(d: Drawing) -> bool:
    """Pieces of a tensor, and what was gathered in one call."""
    names = [d.new("p"), d.new("p")]
    axis = d.rng.choice((-1, 1))
    merge = d.rng.choice(_MERGES)
    return d.add(
        f"ops.split(2, axis={axis}) as {names[0]}, {names[1]}",
        f"[{names[1]}, {names[0]}] -> {merge}",
    )


def wrapped(d: Drawing) -> bool:
    return d.add(recurrent(d.rng, extra=["return_state=False"]))


STATEMENTS: tuple[Statement, ...] = (
    plain, plain, plain, plain, named, named, residual, residual, fork, fork, meeting, meeting, group, repeat,
    loop, choice, block, block, shared, nested, nested, states, states, two_ways, cells, learned, gathered, several,
    wrapped,
)  # fmt: skip


# ------------------------------------------------------------------ specs


def type_text(spec: TensorSpec) -> str:
    """A tensor's type; lengths that are no plain name or number are left open."""
    dims = [
        str(n) if isinstance(n, int) or str(n).isidentifier() else "None"
        for n in (spec.shape or ())[1:]
    ]
    return f"{spec.dtype}[{', '.join(dims)}]"


def input_type(rng: Random) -> str:
    time = rng.choice(("time", "None", "6", "8", "5"))
    return rng.choice(
        (
            f"float32[{rng.randint(1, 8)}]",
            f"float32[{time}, {rng.randint(1, 6)}]",
            f"float32[{time}, {rng.randint(1, 6)}]",
            f"float32[{rng.choice((6, 8, 9))}, {rng.choice((6, 8, 'width', 'None'))}, {rng.randint(1, 4)}]",
            f"float32[8, 8, {rng.choice((1, 2, 3, 4, 6))}]",
            f"int32[{time}]",
            f"int32[{rng.randint(1, 4)}]",
            f"float32[{time}, 6, 6, {rng.randint(1, 3)}]",
            "float32[]",
            "uint8[8, 8, 3]",
            f"float16[{time}, 4]",
            f"float64[{rng.randint(1, 6)}]",
        )
    )


def draw(rng: Random) -> Drawing:
    """A right spec, with those that were refused on the way."""
    d = Drawing(rng)
    d.inputs = {"x": input_type(rng)}
    if flip(rng, 0.3):
        d.inputs["y"] = d.inputs["x"] if flip(rng, 0.7) else input_type(rng)
    for name in d.inputs:
        only = Drawing(rng, inputs={name: d.inputs[name]})
        only.add("_")
        d.named[name] = only.flow
    d.flow = d.named["x"]
    if len(d.inputs) > 1:
        first = rng.choice((f"[x, y] -> {rng.choice(_MERGES)}", "x", "y", f"[x -> {layer(rng, d.flow)}, y -> {layer(rng, d.named['y'])}] -> {rng.choice(_MERGES)}"))  # fmt: skip
        if not d.add(first):
            d.add("x")
    for _ in range(rng.randint(1, 8)):
        rng.choice(STATEMENTS)(d)
    if not d.body:
        d.add("Identity")
    if flip(rng, 0.15) and d.named:
        other = rng.choice(list(d.named))
        d.outputs = ["first", "second"]
        if not d.add("_ as first", f"{other} as second"):
            d.outputs = []
    return d


def open_inputs(graph: Graph) -> bool:
    """Whether a length of an input is only known at run time."""
    return any(
        not isinstance(n, int)
        for tensor in tensors(graph.inputs)
        for n in (tensor.spec.shape or (None, None))[1:]
    )


def shown(spec: Any) -> str:
    return f"{spec.dtype}{show_shape(spec.shape)}" if isinstance(spec, TensorSpec) else str(spec)

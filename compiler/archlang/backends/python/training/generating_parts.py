"""`build_encoder` and `build_decoder`: the trained model taken apart for generating.

Both name the layers of the trained model, so they share its weights. What does not depend on the sequence so far is
the encoder's; of the decoder every call is written out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from archlang.backends.generation_masks import MaskCall, memory_masks, sees_mask
from archlang.backends.python.flat import slice_code
from archlang.backends.python.literals import literal
from archlang.backends.python.names import free, function_name
from archlang.backends.python.objects import Imports, value_code
from archlang.catalogue import load
from archlang.graph.decoding import Carried, Decoding, entering
from archlang.graph.mask_rules import ATTENTION, MULTI_HEAD
from archlang.graph.model import Node, Tensor, tensors
from archlang.narrowing import is_dict, is_list, is_tuple

Key = tuple[Node, tuple[int | str, ...]]


class Writer:
    """Writes calls of a trained model's layers, a line each."""

    def __init__(self, decoding: Decoding, imports: Imports, taken: set[str]) -> None:
        self.decoding = decoding
        self.imports = imports
        nodes = decoding.graph.nodes
        self.calls = Counter(node.layer for node in nodes if node.layer is not None)
        self.taken = set(taken)
        self.lines: list[str] = []
        self.names: dict[Key, str] = {}
        self.masks: dict[Key, str] = {}

    def new(self, wanted: str) -> str:
        """A free variable."""
        name = free(wanted, self.taken)
        self.taken.add(name)
        return name

    def code(self, value: Any) -> str:
        """A value with variables for its tensors."""
        if isinstance(value, Tensor):
            return self.names[value.node, value.path]
        if is_list(value):
            return "[" + ", ".join(self.code(item) for item in value) + "]"
        if is_tuple(value):
            items = [self.code(item) for item in value]
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        return value_code(value, self.imports)

    def called(self, node: Node) -> str:
        """A call, its tensors being variables."""
        if node.kind == "slice":
            return f"{self.code(node.inputs)}[{slice_code(node.args)}]"
        if node.kind == "op":
            entry = load().get("ops", node.op or "")
            assert entry is not None
            parts = [self.code(a) for a in node.args]
            parts += [f"{k}={self.code(v)}" for k, v in node.kwargs.items()]
            return f"{self.imports.entry(entry)}({', '.join(parts)})"
        assert node.layer is not None
        inputs: Any = node.inputs
        if is_dict(inputs):
            parts = [self.code(inputs["query"]), self.code(inputs["value"])]
            parts += [f"key={self.code(inputs['key'])}"] if "key" in inputs else []
        elif node.layer.kind == "model":
            given = [self.code(tensor) for tensor in tensors(inputs)]
            parts = [given[0] if len(given) == 1 else f"[{', '.join(given)}]"]
        else:
            parts = [self.code(inputs)]
        parts += [f"{name}={self.code(value)}" for name, value in node.kwargs.items()]
        parts += self._masks(node)
        return f"layer({literal(node.layer.name)})({', '.join(parts)})"

    def _masks(self, node: Node) -> list[str]:
        """The masks of the memory that attention looks at, which plain tensors don't carry."""
        assert node.layer is not None
        if node.layer.kind != "layers" or node.layer.class_name not in ATTENTION | MULTI_HEAD:
            return []
        inputs: Any = node.inputs
        if is_dict(inputs):
            found = [(name, self._mask(node, inputs.get(name))) for name in ("value", "key")]
            return [f"{name}_mask={mask}" for name, mask in found if mask]
        query_and_value = list(tensors(inputs))[:2]
        masks = [self._mask(node, tensor) for tensor in query_and_value]
        if not any(masks):
            return []
        return [f"mask=[{', '.join(mask or 'None' for mask in masks)}]"]

    def _mask(self, node: Node, tensor: Tensor | None) -> str | None:
        if tensor is None or not sees_mask(self.decoding, node, tensor):
            return None
        return self.masks.get((tensor.node, tensor.path))

    def assign(self, node: Node, code: str, wanted: str | None = None) -> None:
        """Name the results of a call."""
        results = list(tensors(node.outputs))
        wanted = wanted or function_name(node.name or (node.op or "slice").rpartition(".")[2])
        if is_dict(node.outputs):
            target = self.new(wanted)
            for tensor in results:
                self.names[node, tensor.path] = f"{target}[{literal(str(tensor.path[0]))}]"
        else:
            names: list[str] = []
            for number, tensor in enumerate(results):
                name = self.new(wanted if len(results) == 1 else f"{wanted}_{number}")
                self.names[node, tensor.path] = name
                names.append(name)
            target = ", ".join(names)
        self.lines.append(f"    {target} = {code}")


# ------------------------------------------------------------------ the encoder


class Encoder(Writer):
    """Finds tensors of the trained model again: outputs of its layers, and what is made of them."""

    def find(self, tensor: Tensor) -> str:
        """An expression for a tensor; what it needs is written first."""
        key = (tensor.node, tensor.path)
        if key in self.names:
            return self.names[key]
        node, layer = tensor.node, tensor.node.layer
        if node.kind == "input":
            name = self.new(node.name)
            self.lines.append(f"    {name} = layer({literal(node.name)}).output")
            self.names[key] = name
        elif (
            layer is not None
            and self.calls[layer] == 1
            and layer.kind not in ("model", "applications")
        ):
            path = "".join(f"[{literal(step)}]" for step in tensor.path)
            self.names[key] = f"layer({literal(layer.name)}).output{path}"
        else:
            for taken in entering(node):
                self.find(taken)
            self.assign(node, self.called(node))
        return self.names[key]

    def mask(self, found: MaskCall) -> str:
        """The mask that a layer makes."""
        inputs = [self.find(tensor) for tensor in found.inputs]
        layer = ".get_layer".join(f"({literal(name)})" for name in found.layer)
        layer = f"layer{layer}"
        if found.masks is None:
            return f"{layer}.compute_mask({inputs[0]})"
        masks = [self.mask(mask) if mask is not None else "None" for mask in found.masks]
        return f"{layer}.compute_mask([{', '.join(inputs)}], [{', '.join(masks)}])"


def encoder_lines(decoding: Decoding, imports: Imports, taken: set[str]) -> list[str]:
    """The function `build_encoder`."""
    writer = Encoder(decoding, imports, taken | {"layer"})
    results = [writer.find(tensor) for tensor in (*decoding.starts, *decoding.memory)]
    results += [writer.mask(mask) for _, mask in memory_masks(decoding)]
    inputs = [writer.find(tensor) for tensor in decoding.inputs.values()]
    given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    leaving = results[0] if len(results) == 1 else f"[{', '.join(results)}]"
    return [
        "def build_encoder(model) -> keras.Model:",
        '    """The part of the trained model that runs once for an example."""',
        "    layer = model.get_layer",
        *writer.lines,
        f"    return keras.Model({given}, {leaving})",
    ]


# ------------------------------------------------------------------ the decoder


def decoder_lines(decoding: Decoding, imports: Imports, taken: set[str]) -> list[str]:
    """The function `build_decoder`, for a step or for the whole sequence so far."""
    writer = _Decoder(decoding, imports, taken | {"layer", "x"})
    writer.inputs()
    for index, node in enumerate(decoding.nodes):
        writer.call(node, writer.flows_on(index))
    scores = writer.code(decoding.output) + ("[:, 0]" if decoding.carries else "")
    imports.lines.add("from keras import ops")
    scores = f"ops.log_softmax({scores})" if decoding.logits else f"ops.log({scores})"
    if decoding.carries:
        states = [writer.next[node] for node in writer.own]
        scores = f"[{', '.join([scores, *states])}]"
    given = ", ".join(writer.given)
    return [
        "def build_decoder(model) -> keras.Model:",
        f'    """{_DOCS[decoding.carries]}"""',
        "    layer = model.get_layer",
        *writer.lines,
        f"    return keras.Model([{given}], {scores})",
    ]


_DOCS = {
    True: "One step: from the last id and states to the next one's log-probabilities.",
    False: "From the sequence so far to the log-probabilities of each next id.",
}


class _Decoder(Writer):
    """Writes the part of the model that depends on the sequence so far."""

    def __init__(self, decoding: Decoding, imports: Imports, taken: set[str]) -> None:
        super().__init__(decoding, imports, taken)
        self.nodes = decoding.nodes
        self.users: dict[Node, list[Node]] = {}
        for node in self.nodes:
            for maker in {tensor.node for tensor in entering(node)}:
                self.users.setdefault(maker, []).append(node)
        self.given: list[str] = []
        # The variables of each carried layer's states, and what stands for its new ones.
        self.own: dict[Node, str] = {}
        self.next: dict[Node, str] = {}

    def inputs(self) -> None:
        """The inputs: ids, states, memory, masks."""
        decoding = self.decoding
        shifted = decoding.shifted
        name = function_name(decoding.shifted_name)
        length = "1" if decoding.carries else "None"
        self._input(shifted, name, f'({length},), dtype="int32"')
        for one in sorted(decoding.carried, key=lambda one: bool(one.starts)):
            self._states(one)
        for tensor in decoding.memory:
            maker = tensor.node
            wanted = function_name(maker.name or (maker.op or "slice").rpartition(".")[2])
            self._input(tensor, wanted, _shape(tensor))
        for tensor, _ in memory_masks(decoding):
            mask = self.new(f"{self.code(tensor)}_mask")
            self.masks[tensor.node, tensor.path] = mask
            self._declare(mask, f'({_dims(tensor, 2)}), dtype="bool"')

    def _states(self, one: Carried) -> None:
        name = self.new(f"{function_name(one.node.name)}_states")
        self.own[one.node] = name
        self.given.append(f"*{name}")
        made = ", ".join(f"keras.Input(({size},))" for size in one.sizes)
        self.lines.append(f"    {name} = [{made}]")

    def _input(self, tensor: Tensor, wanted: str, arguments: str) -> None:
        self.names[tensor.node, tensor.path] = self.new(wanted)
        self._declare(self.code(tensor), arguments)

    def _declare(self, name: str, arguments: str) -> None:
        self.given.append(name)
        self.lines.append(f"    {name} = keras.Input({arguments})")

    def flows_on(self, index: int) -> bool:
        """Whether what a call gives goes to the next call and nowhere else, and can be called `x`."""
        node = self.nodes[index]
        if index + 1 == len(self.nodes):
            return isinstance(node.outputs, Tensor)
        following = self.users.get(node) == [self.nodes[index + 1]]
        return (
            isinstance(node.outputs, Tensor) and following and node is not self.decoding.output.node
        )

    def call(self, node: Node, flows_on: bool) -> None:
        """Call a layer, op or slice once more."""
        if node in self.own:
            self._step(node, flows_on)
        elif flows_on:
            self.lines.append(f"    x = {self.called(node)}")
            self.names[node, ()] = "x"
        else:
            self.assign(node, self.called(node))

    def _step(self, node: Node, flows_on: bool) -> None:
        """One step of a recurrent layer, which takes its states and gives them back."""
        assert node.layer is not None
        one = next(one for one in self.decoding.carried if one.node is node)
        states = self.own[node]
        following = self.new(f"next_{states}")
        self.next[node] = f"*{following}"
        if any(is_list(part) for part in one.nesting):
            parts = [
                f"{states}[{part[0]}:{part[-1] + 1}]" if is_list(part) else f"{states}[{part}]"
                for part in one.nesting
            ]
            states = f"[{', '.join(parts)}]"
            new = [
                f"*{following}[{number}]" if is_list(part) else f"{following}[{number}]"
                for number, part in enumerate(one.nesting)
            ]
            self.next[node] = ", ".join(new)
        name = "x" if flows_on else self.new(function_name(node.name))
        called = f"with_states(layer({literal(node.layer.name)}))"
        given = f"{self.code(node.inputs)}, initial_state={states}"
        self.lines.append(f"    {name}, *{following} = {called}({given})")
        self.names[node, _first(node)] = name


def _first(node: Node) -> tuple[int | str, ...]:
    return next(iter(tensors(node.outputs))).path


def _shape(tensor: Tensor) -> str:
    dtype = tensor.spec.dtype
    further = "" if dtype in ("float32", None) else f", dtype={literal(dtype)}"
    return f"({_dims(tensor)}){further}"


def _dims(tensor: Tensor, axes: int | None = None) -> str:
    shape = (tensor.spec.shape or (None,))[1:axes]
    dims = [literal(dim if isinstance(dim, int) else None) for dim in shape]
    return f"{dims[0]}," if len(dims) == 1 else ", ".join(dims)

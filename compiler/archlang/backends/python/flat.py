"""`build_model` without loops and blocks: one line a layer call, written from the graph."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archlang.backends.freezing import constructor_arguments, frozen_when_built
from archlang.backends.operation_names import reserved
from archlang.backends.python.applications import construction, prepared
from archlang.backends.python.line_map import Placed, Places, places_of
from archlang.backends.python.names import free, function_name
from archlang.backends.python.objects import Imports, arguments_code, value_code
from archlang.catalogue import load
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.reaching import reachable
from archlang.narrowing import is_list, is_slice, is_tuple

# Characters of a statement's targets that fit on one line beside what they are assigned.
_TARGETS = 72


class FlatModel:
    """Writes the function that builds a graph, and those of its nested models before it."""

    def __init__(self, imports: Imports, taken: set[str]) -> None:
        self.imports = imports
        self.taken = taken
        self.functions: list[str] = []
        self.places: Places = {}
        self.learned = False
        self._builders: dict[tuple[int, str], str] = {}

    def function(self, graph: Graph, name: str, called: str | None = None) -> str:
        """The name of the function that builds `graph`, which is written first if it is not there yet.

        `called` is the name of the model it builds, where that is not the graph's.
        """
        key = (id(graph), called or graph.name)
        if key in self._builders:
            return self._builders[key]
        self._builders[key] = name
        body = _Body(self, graph, called or graph.name)
        header = f"def {name}() -> keras.Model:"
        lines = [
            Placed("    " + line, line.span if isinstance(line, Placed) else None)
            for line in body.lines()
        ]
        self.imports.lines.add("import keras")
        self.functions.append("\n".join([header, *lines]))
        self.places[name] = places_of(header, graph.span, lines)
        return name

    def builder(self, layer: Layer) -> str:
        """The function that builds the nested model of a layer."""
        assert layer.graph is not None
        wanted = free(
            f"build_{function_name(layer.name)}", self.taken | set(self._builders.values())
        )
        return self.function(layer.graph, wanted, layer.name)


class _Body:
    def __init__(self, model: FlatModel, graph: Graph, name: str) -> None:
        self.model = model
        self.graph = graph
        self.model_name = name
        self.imports = model.imports
        self.names: dict[tuple[Node, tuple[int | str, ...]], str] = {}
        self.taken = set(model.taken) | {"x"}
        self.layer_names: dict[Layer, str] = {}
        self.frozen: set[Layer] = set()
        live = reachable(graph)
        self.nodes = [n for n in graph.nodes if n in live and n.kind != "input"]
        self.calls = Counter(n.layer for n in self.nodes if n.layer is not None)

    def lines(self) -> list[str]:
        lines = counting_lines(self.graph)
        lines += [
            Placed(self._input(name, tensor), tensor.node.span)
            for name, tensor in self.graph.inputs.items()
        ]
        for index, node in enumerate(self.nodes):
            lines += [Placed(line, node.span) for line in self._node(node, self._flows_on(index))]
        outputs = {name: self._code(tensor) for name, tensor in self.graph.outputs.items()}
        inputs = [self._code(tensor) for tensor in self.graph.inputs.values()]
        entering = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        if len(outputs) == 1:
            leaving = next(iter(outputs.values()))
        else:
            leaving = (
                "{"
                + ", ".join(f"{value_code(n, self.imports)}: {c}" for n, c in outputs.items())
                + "}"
            )
        lines.append(
            f"return keras.Model({entering}, {leaving}, name={value_code(self.model_name, self.imports)})"
        )
        return lines

    def _input(self, name: str, tensor: Tensor) -> str:
        variable = self._name(tensor, name)
        return f"{variable} = {input_code(tensor, name, self.imports)}"

    def _flows_on(self, index: int) -> bool:
        """Whether a node's one result goes to the next node and nowhere else."""
        node = self.nodes[index]
        if not isinstance(node.outputs, Tensor):
            return False
        users = [n for n in self.nodes if any(t.node is node for t in _taken(n))]
        is_output = any(t.node is node for t in self.graph.outputs.values())
        following = self.nodes[index + 1] if index + 1 < len(self.nodes) else None
        return (users == [following] and not is_output) or (
            not users and is_output and following is None
        )

    def _node(self, node: Node, flows_on: bool) -> list[str]:
        lines: list[str] = []
        expression = self._expression(node, lines)
        if flows_on:
            target = "x"
            self.names[node, ()] = "x"
        else:
            results = list(tensors(node.outputs))
            wanted = function_name(node.name or (node.op or "slice").rpartition(".")[2])
            if isinstance(node.outputs, dict) or len(results) * (len(wanted) + 4) > _TARGETS:
                target = free(wanted, self.taken)
                self.taken.add(target)
                for tensor in results:
                    places = (f"[{value_code(each, self.imports)}]" for each in tensor.path)
                    self.names[node, tensor.path] = target + "".join(places)
            else:
                target = ", ".join(
                    self._name(t, wanted if len(results) == 1 else f"{wanted}_{i}")
                    for i, t in enumerate(results)
                )
        lines.append(f"{target} = {expression}")
        layer = node.layer
        if layer is not None and frozen_when_built(layer) and layer not in self.frozen:
            self.frozen.add(layer)
            lines.append(f"{self.layer_names[layer]}.trainable = False")
        return lines

    def _expression(self, node: Node, lines: list[str]) -> str:
        if node.kind == "slice":
            return f"{self._code(node.inputs)}[{slice_code(node.args)}]"
        if node.kind == "op":
            entry = load().get("ops", node.op or "")
            assert entry is not None
            parts = [self._code(a) for a in node.args] + [
                f"{k}={self._code(v)}" for k, v in node.kwargs.items()
            ]
            return f"{self.imports.entry(entry)}({', '.join(parts)})"
        layer = node.layer
        assert layer is not None
        if layer in self.layer_names:
            callee = self.layer_names[layer]
        elif layer.kind == "applications":
            callee = free(function_name(layer.name), self.taken)
            self.taken.add(callee)
            self.layer_names[layer] = callee
            lines += construction(layer, callee, self.imports)
        elif self.calls[layer] > 1 or layer.kind == "model" or frozen_when_built(layer):
            callee = free(function_name(layer.name), self.taken)
            self.taken.add(callee)
            self.layer_names[layer] = callee
            lines.append(f"{callee} = {self._layer(layer)}")
            if layer.kind == "model" and not layer.trainable:
                lines.append(f"{callee}.trainable = False")
        else:
            callee = self._layer(layer)
        if layer.kind == "applications" and isinstance(node.inputs, Tensor):
            image = self._code(node.inputs)
            code = prepared(layer, image, node.inputs.spec.dtype, self.imports)
            if code != image:
                # `x` is free here: what it holds flows on into this node alone.
                lines.append(f"x = {code}")
                return f"{callee}(x)"
        return f"{callee}({self._call_arguments(node)})"

    def _layer(self, layer: Layer) -> str:
        return layer_code(layer, self.imports, self.model)

    def _call_arguments(self, node: Node) -> str:
        inputs = node.inputs
        if isinstance(inputs, dict):
            query = self._code(inputs["query"])
            parts = [query, self._code(inputs["value"])]
            parts += [f"key={self._code(inputs['key'])}"] if "key" in inputs else []
        else:
            parts = [self._code(inputs)]
        parts += [f"{name}={self._code(value)}" for name, value in node.kwargs.items()]
        return ", ".join(parts)

    def _name(self, tensor: Tensor, wanted: str) -> str:
        name = free(wanted, self.taken)
        self.taken.add(name)
        self.names[tensor.node, tensor.path] = name
        return name

    def _code(self, value: Any) -> str:
        if isinstance(value, Tensor):
            return self.names[value.node, value.path]
        if is_list(value):
            return "[" + ", ".join(self._code(item) for item in value) + "]"
        if is_tuple(value):
            items = [self._code(item) for item in value]
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        return value_code(value, self.imports)


def _taken(node: Node) -> list[Tensor]:
    return [*tensors(node.inputs), *tensors(list(node.args)), *tensors(node.kwargs)]


def counting_lines(graph: Graph) -> list[str]:
    """Lines that keep the names Keras gives to operations apart from the layers' names, where they could meet."""
    lines: list[str] = []
    for name, count in reserved(graph).items():
        lines += [
            f"while keras.backend.get_uid({value_code(name, Imports())}) < {count}:",
            "    pass",
        ]
    if lines:
        lines.insert(
            0, "# Keras numbers operations by itself; start past the numbers that layers have here."
        )
    return lines


def input_code(tensor: Tensor, name: str, imports: Imports) -> str:
    """`keras.Input((8, 8, 1), name="image")`."""
    imports.lines.add("import keras")
    dims = tuple(
        dim if isinstance(dim, int) else None for dim in (tensor.spec.shape or (None,))[1:]
    )
    dtype = (
        ""
        if tensor.spec.dtype == "float32"
        else f", dtype={value_code(tensor.spec.dtype, imports)}"
    )
    return f"keras.Input({value_code(dims, imports)}{dtype}, name={value_code(name, imports)})"


def layer_code(layer: Layer, imports: Imports, model: FlatModel) -> str:
    """The construction of a layer, its name given."""
    name = value_code(layer.name, imports)
    arguments = layer.args if frozen_when_built(layer) else constructor_arguments(layer)
    if layer.kind == "model":
        return f"{model.builder(layer)}()"
    if layer.kind == "learned":
        model.learned = True
        parts = [value_code(tuple(layer.args["shape"]), imports)]
        if "initializer" in layer.args:
            parts.append(f"initializer={value_code(layer.args['initializer'], imports)}")
        if "trainable" in arguments:
            parts.append(f"trainable={arguments['trainable']}")
        return f"LearnedTensor({', '.join(parts)}, name={name})"
    if layer.kind == "python":
        assert layer.module is not None
        cls = imports.python(layer.module, layer.class_name)
        parts = [f"{key}={value_code(value, imports)}" for key, value in arguments.items()]
        return f"{cls}({', '.join([*parts, f'name={name}'])})"
    entry = load().get(layer.kind, layer.class_name)
    assert entry is not None
    return f"{imports.entry(entry)}({arguments_code(entry, arguments, imports, name=name)})"


def slice_code(indices: tuple[Any, ...]) -> str:
    """The inside of `x[…]`."""
    parts: list[str] = []
    for index in indices:
        if is_slice(index):
            start = "" if index.start is None else str(index.start)
            stop = "" if index.stop is None else str(index.stop)
            parts.append(f"{start}:{stop}" + (f":{index.step}" if index.step is not None else ""))
        else:
            parts.append("..." if index is Ellipsis else str(index))
    return ", ".join(parts)

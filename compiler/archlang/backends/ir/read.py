"""A document as a graph: every call is made again, so that shapes, weights and counts are the compiler's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, cast

from archlang.backends.ir.arguments import check_call, check_layer, check_op, entry_of
from archlang.backends.ir.problem import DocumentError, Path
from archlang.backends.ir.read_task import TaskReader
from archlang.backends.ir.schema import check_form
from archlang.backends.ir.values import Decoder, Json, outputs_from
from archlang.catalogue import Entry
from archlang.diagnostics import Diagnostic
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.evaluation.evaluator import Environment
from archlang.graph.construction import Construction
from archlang.graph.context import Context
from archlang.graph.model import Frame, Graph, Layer, Node, Tensor, specs, tensors
from archlang.graph.naming import Names
from archlang.graph.nesting import takes
from archlang.graph.reapplied import Reapplied, reapplied
from archlang.shapes.rule import RuleError, Weight
from archlang.shapes.spec import UNKNOWN, TensorSpec, show_shape
from archlang.source import Span
from archlang.tasks.model import InputSpec, OutputSpec, TaskSpec


def from_document(document: Mapping[str, Any]) -> Graph:
    """The graph of an `archlang-ir/1` document; DocumentError, with the place, where it is none.

    Nothing of the document is run, and modules that it names are not imported.
    """
    check_form(document)
    files = [source["path"] for source in document.get("sources", [])]
    return _GraphReader(files, ()).graph(document)


class _GraphReader:
    """Reads one graph; nested models have readers of their own."""

    def __init__(self, files: list[str], path: Path, mixed: str | None = None) -> None:
        self.files = files
        self.path = path
        self.here: Path = path
        self.nodes: dict[int, Node] = {}
        self.layers: dict[str, Layer] = {}
        self.entries: dict[Layer, Entry] = {}
        self.claimed: dict[str, Path] = {}
        self.construction = Construction(self._refuse)
        self.construction.mixed = mixed
        self.decoder = Decoder(self._tensor, self._span)
        self.tasks = TaskReader(self.decoder, self._span)

    def graph(self, raw: Json) -> Graph:
        path = self.path
        task = None
        if raw.get("task") is not None:
            task = self.tasks.task(raw["task"], (*path, "task"))
        train = self.tasks.train(
            raw.get("train"), task or TaskSpec(None, (), (), None), (*path, "train")
        )
        if train is not None and "mixed_precision" in train.settings:
            wanted = train.settings["mixed_precision"].value
            mixed = "mixed_float16" if wanted is True else wanted
            self.construction.mixed = mixed if isinstance(mixed, str) else None
        for index, layer in enumerate(raw["layers"]):
            self._layer(layer, (*path, "layers", index))
        for index, node in enumerate(raw["nodes"]):
            self._node(node, (*path, "nodes", index))
        self._check_weights(raw["layers"])
        inputs = self._inputs(raw["inputs"])
        outputs = self._outputs(raw["outputs"])
        span = self._span(raw.get("span"), path)
        if task is None:
            task = _plain_task(inputs, outputs, span)
        self._check_task(task, inputs, outputs)
        return Graph(
            raw["name"],
            task,
            train,
            inputs,
            outputs,
            self.construction.nodes,
            self.construction.layers,
            span,
            raw.get("doc"),
            self.decoder.args(raw.get("parameters", {}), (*path, "parameters")),
            {name: self._head(name, names) for name, names in raw.get("heads", {}).items()},
            mixed=self.construction.mixed,
        )

    # ------------------------------------------------------------------ layers

    def _layer(self, raw: Json, path: Path) -> None:
        name = raw["name"]
        self._claim(name, path)
        args = self.decoder.args(raw.get("args", {}), (*path, "args"))
        trainable = raw.get("trainable", True)
        span = self._span(raw.get("span"), path)
        kind, module = raw["kind"], raw.get("module")
        layer = Layer(name, kind, raw["class"], args, span, trainable, None, None, module)
        check_layer(layer, path)
        if kind == "layers":
            self.entries[layer] = entry_of("layers", layer.class_name, path)
        elif kind == "model":
            reader = _GraphReader(self.files, (*path, "graph"), self.construction.mixed)
            layer.graph = reader.graph(raw["graph"])
        self.layers[name] = layer

    def _claim(self, name: str, path: Path) -> None:
        if name in self.claimed:
            raise DocumentError(f"two layers or inputs are called `{name[:60]}`", (*path, "name"))
        self.claimed[name] = path

    def _check_weights(self, raw: Json) -> None:
        called = set(self.construction.layers)
        for index, layer in enumerate(raw):
            found, path = self.layers[layer["name"]], (*self.path, "layers", index)
            if found not in called:
                raise DocumentError(f"no node calls the layer `{found.name[:60]}`", path)
            if "weights" not in layer:
                continue
            said = _weights(layer["weights"])
            if found.kind == "python":
                continue
            if said != found.weights:
                raise DocumentError(
                    f"the weights of `{found.name[:60]}` are others", (*path, "weights")
                )

    # ------------------------------------------------------------------ nodes

    def _node(self, raw: Json, path: Path) -> None:
        self.here = path
        if raw["id"] in self.nodes:
            raise DocumentError(f"two nodes have the id {raw['id']}", (*path, "id"))
        span = self._span(raw.get("span"), path)
        frames = tuple(
            Frame(
                frame["text"],
                self._span(frame.get("span"), (*path, "path", i)),
                frame.get("round"),
            )
            for i, frame in enumerate(raw.get("path", []))
        )
        context = Context(Environment(), Names(), frames)
        match raw["kind"]:
            case "input":
                self._input(raw, span, path)
            case "layer":
                self._call(raw, context, span, path)
            case "op":
                node = Node("op", span, op=raw["op"], args=self._args(raw, path))
                node.kwargs = self.decoder.args(raw.get("kwargs", {}), (*path, "kwargs"))
                entry = entry_of("ops", raw["op"], (*path, "op"))
                check_call(node, entry, path)
                check_op(entry, node, path)
                self.construction.call_op(context, raw["op"], node.args, node.kwargs, span, {})
            case _:
                node = Node("slice", span, inputs=self._one(raw, path), args=self._args(raw, path))
                check_call(node, None, path)
                self.construction.slice(context, node.inputs, node.args, span)
        made = self.construction.nodes[-1]
        self.nodes[raw["id"]] = made
        self._check_results(raw, made, path)

    def _input(self, raw: Json, span: Span, path: Path) -> None:
        self._claim(raw["name"], path)
        spec = outputs_from(raw["outputs"], (*path, "outputs"))
        if not isinstance(spec, TensorSpec) or not spec.shape or spec.dtype is None:
            raise DocumentError(
                "an input is one tensor of known rank and dtype", (*path, "outputs")
            )
        self.construction.input(raw["name"], spec, span)

    def _call(self, raw: Json, context: Context, span: Span, path: Path) -> None:
        layer = self.layers.get(raw["layer"])
        if layer is None:
            hint = did_you_mean(nearest(raw["layer"], self.layers))
            message = f"there is no layer `{raw['layer'][:60]}`" + (f"; {hint}" if hint else "")
            raise DocumentError(message, (*path, "layer"))
        inputs = self.decoder.value(raw["inputs"], (*path, "inputs"))
        if not _only_tensors(inputs):
            raise DocumentError("a layer is called on tensors", (*path, "inputs"))
        kwargs = self.decoder.args(raw.get("kwargs", {}), (*path, "kwargs"))
        node = Node("layer", span, name=layer.name, inputs=inputs, kwargs=kwargs)
        check_call(node, self.entries.get(layer), path)
        if layer.kind == "layers":
            self.construction.call_layer(context, layer, inputs, kwargs, span, {})
            return
        if layer.kind == "applications":
            self.construction.call_application(context, layer, inputs, span, {})
            return
        if layer.kind == "learned":
            if not isinstance(inputs, Tensor):
                raise DocumentError("a learned tensor is called on one tensor", (*path, "inputs"))
            self.construction.call_learned(context, layer, inputs, span)
            return
        outputs: Any = UNKNOWN
        macs: int | None = None
        if layer.graph is not None:
            found = self._nested(layer.graph, inputs, path)
            outputs, macs = found.outputs, found.macs
            if len(found.outputs) == 1:
                outputs = next(iter(found.outputs.values()))
        elif "outputs" in raw:
            # What no rule knows: the document's word is all there is.
            outputs = outputs_from(raw["outputs"], (*path, "outputs"))
        self.construction.call_model(context, layer, inputs, outputs, span, macs)

    def _nested(self, graph: Graph, inputs: Any, path: Path) -> Reapplied:
        given = list(tensors(inputs))
        if len(given) != len(graph.inputs):
            raise DocumentError(
                f"the model takes {len(graph.inputs)} tensors, not {len(given)}", (*path, "inputs")
            )
        lengths: dict[str, Any] = {}
        for declared, tensor in zip(graph.inputs.values(), given, strict=True):
            if not takes(declared.spec, tensor.spec, lengths):
                raise DocumentError(
                    f"the model takes {declared.spec}, not {tensor.spec}", (*path, "inputs")
                )
        try:
            return reapplied(graph, [tensor.spec for tensor in given])
        except RuleError as problem:
            raise DocumentError(problem.message, (*path, "inputs")) from None

    def _check_results(self, raw: Json, node: Node, path: Path) -> None:
        """What the document says must be what the rules say."""
        if "outputs" in raw and not _trusted(node):
            said = outputs_from(raw["outputs"], (*path, "outputs"))
            found = specs(node.outputs)
            if said != found:
                raise DocumentError(
                    f"says {_shown(said)}, but what comes out is {_shown(found)}",
                    (*path, "outputs"),
                )
        if raw.get("macs") is not None and raw["macs"] != node.macs:
            raise DocumentError(f"says {raw['macs']}, but it takes {node.macs}", (*path, "macs"))

    # ------------------------------------------------------------------ parts

    def _args(self, raw: Json, path: Path) -> tuple[Any, ...]:
        return tuple(self.decoder.value(raw.get("args", []), (*path, "args")))

    def _one(self, raw: Json, path: Path) -> Tensor:
        value = self.decoder.value(raw["inputs"], (*path, "inputs"))
        if not isinstance(value, Tensor):
            raise DocumentError("a slice is of one tensor", (*path, "inputs"))
        return value

    def _tensor(self, raw: Json, path: Path) -> Tensor:
        node = self.nodes.get(raw["node"])
        if node is None:
            raise DocumentError(f"there is no earlier node {raw['node']}", (*path, "node"))
        steps = tuple(raw.get("path", []))
        found = node.outputs
        for step in steps:
            found = _step(found, step)
        if isinstance(found, Tensor):
            return found
        if _trusted(node) and isinstance(node.outputs, Tensor) and len(steps) == 1:
            # One of several results of a step of which nothing is known.
            return Tensor(node, steps, UNKNOWN)
        raise DocumentError(f"node {raw['node']} has no such result", (*path, "path"))

    def _span(self, raw: Json, path: Path) -> Span:
        if raw is None:
            return Span("", 0, 0)
        source, start, end = int(raw["source"]), int(raw["start"]), int(raw["end"])
        if source >= len(self.files):
            raise DocumentError(f"there is no source {source}", (*path, "span", "source"))
        return Span(self.files[source], start, max(start, end))

    def _inputs(self, raw: Json) -> dict[str, Tensor]:
        inputs: dict[str, Tensor] = {}
        for index, item in enumerate(raw):
            path = (*self.path, "inputs", index)
            node = self.nodes.get(item["node"])
            if node is None or node.kind != "input" or node.name != item["name"]:
                raise DocumentError(
                    f"node {item['node']} is no input `{item['name'][:60]}`", (*path, "node")
                )
            inputs[item["name"]] = node.outputs
        for node in self.construction.nodes:
            if node.kind == "input" and node.name not in inputs:
                raise DocumentError(
                    f"the input `{node.name[:60]}` is missing", (*self.path, "inputs")
                )
        return inputs

    def _outputs(self, raw: Json) -> dict[str, Tensor]:
        outputs: dict[str, Tensor] = {}
        for index, item in enumerate(raw):
            path = (*self.path, "outputs", index)
            if item["name"] in outputs:
                raise DocumentError(
                    f"two outputs are called `{item['name'][:60]}`", (*path, "name")
                )
            outputs[item["name"]] = self._tensor(item["tensor"], (*path, "tensor"))
        return outputs

    def _head(self, output: str, names: list[str]) -> list[Layer]:
        for name in names:
            if name not in self.layers:
                raise DocumentError(
                    f"there is no layer `{name[:60]}`", (*self.path, "heads", output)
                )
        return [self.layers[name] for name in names]

    def _check_task(
        self, task: TaskSpec, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]
    ) -> None:
        for what, declared, found in (
            ("inputs", [spec.name for spec in task.inputs], list(inputs)),
            ("outputs", [spec.name for spec in task.outputs], list(outputs)),
        ):
            if declared != found:
                raise DocumentError(
                    f"the task has {', '.join(declared) or 'none'}, but the model {', '.join(found)}",
                    (*self.path, "task", what),
                )
        for index, spec in enumerate(task.inputs):
            if inputs[spec.name].spec != TensorSpec((None, *spec.dims), spec.dtype):
                raise DocumentError(
                    f"the input `{spec.name[:60]}` of the model is another",
                    (*self.path, "task", "inputs", index),
                )

    def _refuse(self, diagnostic: Diagnostic) -> NoReturn:
        """What the rules refuse, at the node that is being read."""
        raise DocumentError(
            diagnostic.message + (f"; {diagnostic.help}" if diagnostic.help else ""), self.here
        )


def _trusted(node: Node) -> bool:
    return node.layer is not None and node.layer.kind == "python"


def _only_tensors(value: Any) -> bool:
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return bool(named) and all(isinstance(item, Tensor) for item in named.values())
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return bool(items) and all(_only_tensors(item) for item in items)
    return isinstance(value, Tensor)


def _step(nested: Any, step: int | str) -> Any:
    if isinstance(nested, dict):
        return cast("dict[str, Any]", nested).get(str(step))
    if isinstance(nested, list) and isinstance(step, int):
        items = cast("list[Any]", nested)
        return items[step] if 0 <= step < len(items) else None
    return None


def _weights(raw: Json) -> tuple[Weight, ...] | None:
    if raw is None:
        return None
    return tuple(Weight(w["name"], tuple(w["shape"]), w["dtype"], w["trainable"]) for w in raw)


def _shown(outputs: Any) -> str:
    if isinstance(outputs, TensorSpec):
        return f"{show_shape(outputs.shape)} {outputs.dtype or '?'}"
    if isinstance(outputs, dict):
        named = cast("dict[str, Any]", outputs)
        return ", ".join(f"{name}: {_shown(item)}" for name, item in named.items())
    return ", ".join(_shown(item) for item in outputs) or "nothing"


def _plain_task(
    inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], span: Span
) -> TaskSpec:
    """The interface of a model whose document names no task."""
    return TaskSpec(
        None,
        tuple(
            InputSpec(name, t.spec.dtype or "float32", (t.spec.shape or (None,))[1:], span)
            for name, t in inputs.items()
        ),
        tuple(OutputSpec(name, span) for name in outputs),
        None,
    )

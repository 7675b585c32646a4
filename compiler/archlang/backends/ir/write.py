"""A graph as a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.backends.ir.values import FORMAT, Encoder, Json, dim_to, outputs_to
from archlang.graph.model import Frame, Graph, Layer, Node, Tensor
from archlang.source import Source, Span
from archlang.tasks.model import InputSpec, OutputSpec, SettingSpec, TaskSpec, TrainSpec
from archlang.version import __version__


def to_document(graph: Graph, sources: Mapping[str, Source] | None = None) -> dict[str, Json]:
    """The `archlang-ir/1` document of a graph. With the texts of its files, places have line numbers too."""
    places = _Places(sources or {})
    body = _GraphWriter(places).graph(graph)
    return {
        "format": FORMAT,
        "generator": f"archlang {__version__}",
        **body,
        "sources": [{"path": path} for path in places.files],
    }


class _Places:
    """Spans as places in numbered files."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.files: dict[str, int] = {}

    def place(self, span: Span) -> Json:
        file = self.files.setdefault(span.path, len(self.files))
        place = {"source": file, "start": span.start, "end": span.end}
        source = self.sources.get(span.path)
        if source is not None:
            place["line"] = source.position(span.start).line
        return place


class _GraphWriter:
    """Writes one graph; nested models have writers of their own."""

    def __init__(self, places: _Places) -> None:
        self.places = places
        self.place = places.place
        self.ids: dict[Node, int] = {}
        self.encoder = Encoder(self._reference, self.place)

    def graph(self, graph: Graph) -> dict[str, Json]:
        self.ids = {node: index for index, node in enumerate(graph.nodes)}
        return {
            "name": graph.name,
            "doc": graph.doc,
            "parameters": self.encoder.args(graph.parameters),
            "inputs": [
                {"name": name, "node": self.ids[tensor.node]}
                for name, tensor in graph.inputs.items()
            ],
            "outputs": [
                {"name": name, "tensor": self._reference(tensor)}
                for name, tensor in graph.outputs.items()
            ],
            "heads": {name: [x.name for x in layers] for name, layers in graph.heads.items()},
            "layers": [self._layer(layer) for layer in graph.layers],
            "nodes": [self._node(node) for node in graph.nodes],
            "task": self._task(graph.task),
            "train": None if graph.train is None else self._train(graph.train),
            "span": self.place(graph.span),
        }

    def _reference(self, tensor: Tensor) -> Json:
        reference: dict[str, Json] = {"node": self.ids[tensor.node]}
        if tensor.path:
            reference["path"] = list(tensor.path)
        return reference

    # ------------------------------------------------------------------ layers and nodes

    def _layer(self, layer: Layer) -> Json:
        written: dict[str, Json] = {
            "name": layer.name,
            "kind": layer.kind,
            "class": layer.class_name,
        }
        if layer.module is not None:
            written["module"] = layer.module
        written["args"] = self.encoder.args(layer.args)
        written["trainable"] = layer.trainable
        if layer.graph is not None:
            written["graph"] = _GraphWriter(self.places).graph(layer.graph)
        else:
            written["weights"] = self._weights(layer)
        written["span"] = self.place(layer.span)
        return written

    def _weights(self, layer: Layer) -> Json:
        if layer.weights is None:
            return None
        return [
            {"name": w.name, "shape": list(w.shape), "dtype": w.dtype, "trainable": w.trainable}
            for w in layer.weights
        ]

    def _node(self, node: Node) -> Json:
        written: dict[str, Json] = {"id": self.ids[node], "kind": node.kind}
        match node.kind:
            case "input":
                written["name"] = node.name
            case "layer":
                assert node.layer is not None
                written["layer"] = node.layer.name
                written["inputs"] = self.encoder.value(node.inputs)
                written["kwargs"] = self.encoder.args(node.kwargs)
            case "op":
                written["op"] = node.op
                written["args"] = [self.encoder.value(value) for value in node.args]
                written["kwargs"] = self.encoder.args(node.kwargs)
            case "slice":
                written["inputs"] = self.encoder.value(node.inputs)
                written["args"] = [self.encoder.value(value) for value in node.args]
        written["outputs"] = outputs_to(node.outputs)
        written["macs"] = node.macs
        written["path"] = [self._frame(frame) for frame in node.path]
        written["span"] = self.place(node.span)
        return written

    def _frame(self, frame: Frame) -> Json:
        return {"text": frame.text, "round": frame.round, "span": self.place(frame.span)}

    # ------------------------------------------------------------------ task and training

    def _task(self, task: TaskSpec) -> Json:
        return {
            "name": task.name,
            "doc": task.doc,
            "inputs": [self._input(spec) for spec in task.inputs],
            "outputs": [self._output(spec) for spec in task.outputs],
            "data": None if task.data is None else self.encoder.data(task.data),
        }

    def _input(self, spec: InputSpec) -> Json:
        return {
            "name": spec.name,
            "dtype": spec.dtype,
            "dims": [dim_to(dim) for dim in spec.dims],
            "shifted": spec.shifted,
            "doc": spec.doc,
            "span": self.place(spec.span),
        }

    def _output(self, spec: OutputSpec) -> Json:
        return {
            "name": spec.name,
            "kind": spec.kind,
            "args": self.encoder.args(spec.args),
            "dtype": spec.dtype,
            "dims": None if spec.dims is None else [dim_to(dim) for dim in spec.dims],
            "doc": spec.doc,
            "span": self.place(spec.span),
        }

    def _train(self, train: TrainSpec) -> Json:
        return {
            "settings": self._settings(train.settings),
            "phases": [
                {"name": phase.name, "settings": self._settings(phase.settings)}
                for phase in train.phases
            ],
        }

    def _settings(self, settings: Mapping[str, SettingSpec]) -> Json:
        written: dict[str, Any] = {}
        for name, setting in settings.items():
            value = self.encoder.value(setting.value)
            written[name] = {"value": value, "span": self.place(setting.span)}
        return written

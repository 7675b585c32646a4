"""Building a graph call by call: layers made, shapes asked of the rules, nodes added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import Entry, load
from archlang.diagnostics import Label, error, warning
from archlang.evaluation.evaluator import TooMuch
from archlang.evaluation.values import contains_unknown
from archlang.graph.context import Context, Flow
from archlang.graph.model import BROKEN, Graph, Layer, Node, Passed, Tensor, specs, tensors
from archlang.graph.refusals import path_notes, refusal
from archlang.narrowing import is_dict, is_slice
from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.ops.macs import op_macs
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, Weight, apply, single
from archlang.shapes.spec import UNKNOWN, TensorSpec, show_shape
from archlang.source import Span

MOST_NODES = 20_000


class Construction:
    """The graph of one model while it grows."""

    def __init__(self, report: Any) -> None:
        self.report = report
        self.nodes: list[Node] = []
        self.layers: list[Layer] = []
        self._held: set[Layer] = set()
        self.names: dict[str, Span] = {}
        self.uses: list[str] = []
        self.passed: list[Passed] = []
        # The nodes of steps that could not be carried out, and how many others were there before each.
        self.breaks: list[tuple[int, Node]] = []
        self.mixed: str | None = None
        # Whether it has been reported already that nothing flows at the model's beginning.
        self.no_beginning = False

    # ------------------------------------------------------------------ nodes

    def input(self, name: str, spec: TensorSpec, span: Span) -> Tensor:
        """An input of the model."""
        node = self._add(Node("input", span, name=name))
        self.claim(name, span)
        tensor = Tensor(node, (), spec)
        node.outputs = tensor
        return tensor

    def broken(self, span: Span) -> Tensor:
        """A tensor of which nothing is known, in place of a step that has been reported."""
        node = Node("op", span, op=BROKEN)
        node.outputs = Tensor(node, (), UNKNOWN)
        self.breaks.append((len(self.nodes), node))
        return node.outputs

    def make_layer(
        self,
        context: Context,
        kind: Any,
        class_name: str,
        args: Mapping[str, Any],
        span: Span,
        *,
        name: str | None = None,
        module: str | None = None,
        graph: Graph | None = None,
    ) -> Layer:
        """A layer object; its weights come with its first call."""
        given = dict(args)
        chosen = given.pop("name", None)
        if name is None:
            name = (
                context.names.chosen(chosen)
                if isinstance(chosen, str)
                else context.names.number(class_name)
            )
        trainable = not context.frozen and given.get("trainable", True) is not False
        layer = Layer(name, kind, class_name, given, span, trainable, None, graph, module)
        self.claim(name, span)
        return layer

    def claim(self, name: str, span: Span) -> None:
        """Keras needs names to be different."""
        if name in self.names:
            first = self.names[name]
            again = first == span
            self.report(
                error(
                    "E0324",
                    f"two layers or inputs are called `{name}`",
                    span,
                    label="named anew in every round" if again else "the second",
                    labels=() if again else (Label(first, "the first"),),
                    help='make it differ from round to round: `name="block" + str(i)`'
                    if again
                    else "choose another `name=`",
                )
            )
        self.names.setdefault(name, span)

    def hold(self, layer: Layer) -> bool:
        """Take a layer into the model at its first call; says whether this is the first."""
        if layer in self._held:
            return False
        self._held.add(layer)
        self.layers.append(layer)
        return True

    def call_layer(
        self,
        context: Context,
        layer: Layer,
        flow: Flow,
        call_args: Mapping[str, Any],
        span: Span,
        spans: Mapping[str, Span],
        *,
        good: bool = True,
    ) -> Flow:
        """Call a Keras layer on what flows; `good` is False where its arguments have been found wrong."""
        inputs = _call_inputs(layer, flow, call_args)
        rest = {
            key: value
            for key, value in call_args.items()
            if not (isinstance(inputs, dict) and key in inputs)
        }
        result = LayerResult(UNKNOWN, None, None)
        if good and not any(
            contains_unknown(v) for v in (*layer.args.values(), *call_args.values())
        ):
            entry = load().get("layers", layer.class_name)
            assert entry is not None
            try:
                result = apply(
                    LayerCall(
                        entry.alias_of or entry.name,
                        full_args(entry, layer, self.mixed),
                        specs(inputs),
                        specs(rest),
                    )
                )
            except RuleError as problem:
                self._refuse(problem, context, span, spans, inputs)
        self._hold(layer, result.weights, flow, context, span)
        node = Node(
            "layer",
            span,
            context.path,
            layer.name,
            layer,
            inputs=inputs,
            kwargs=dict(rest),
            macs=result.macs,
        )
        return self._finish(node, result.outputs)

    def call_model(
        self,
        context: Context,
        layer: Layer,
        flow: Flow,
        outputs: Any,
        span: Span,
        macs: int | None = None,
    ) -> Flow:
        """Call a nested model (or a layer whose outputs are known) on what flows."""
        self.hold(layer)
        if layer.kind == "learned":
            macs = 0
        node = Node("layer", span, context.path, layer.name, layer, inputs=flow, macs=macs)
        return self._finish(node, outputs)

    def call_application(
        self,
        context: Context,
        layer: Layer,
        flow: Flow,
        span: Span,
        spans: Mapping[str, Span],
        *,
        good: bool = True,
    ) -> Flow:
        """Call an application of Keras; its `input_shape` is that of the image that flows in first."""
        from archlang.shapes.applications import application  # most specs have none

        outputs: Any = UNKNOWN
        weights: tuple[Weight, ...] | None = None
        macs: int | None = None
        if good and not any(contains_unknown(value) for value in layer.args.values()):
            try:
                image = single(LayerCall(layer.class_name, layer.args, specs(flow)))
                if image.shape is not None:
                    result = application(layer.class_name, layer.args, image, self.mixed)
                    outputs, weights, macs = result.outputs, result.weights, result.macs
                    layer.args["input_shape"] = result.image
                    layer.inner = result.layers
                    if result.unsound is not None:
                        self.report(warning("W1309", result.unsound, span, label="size not known"))
            except RuleError as problem:
                if layer in self.layers and problem.argument == "input_shape":
                    problem.argument = None
                    problem.help = "a shared application is built for the image of its first use"
                self._refuse(problem, context, span, spans, flow)
        self._hold(layer, weights, flow, context, span)
        node = Node("layer", span, context.path, layer.name, layer, inputs=flow, macs=macs)
        return self._finish(node, outputs)

    def call_learned(self, context: Context, layer: Layer, source: Tensor, span: Span) -> Flow:
        """Call the layer of a learned tensor, on any tensor of the model for its batch size."""
        sizes, dtype = tuple(layer.args["shape"]), layer.args.get("dtype", "float32")
        layer.weights = (Weight("value", sizes, dtype),)
        if self.mixed is not None and "dtype" not in layer.args:
            dtype = self.mixed.removeprefix("mixed_")
        return self.call_model(context, layer, source, TensorSpec((None, *sizes), dtype), span)

    def call_op(
        self,
        context: Context,
        op: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        span: Span,
        spans: Mapping[str, Span],
    ) -> Flow:
        """Call a function of keras.ops."""
        outputs: Any = UNKNOWN
        macs: int | None = None
        if not any(contains_unknown(value) for value in (*args, *kwargs.values())):
            call = OpCall(
                op, tuple(specs(a) for a in args), {k: specs(v) for k, v in kwargs.items()}
            )
            try:
                outputs, macs = apply_op(call), op_macs(call)
            except RuleError as problem:
                self._refuse(problem, context, span, spans, args)
        return self._finish(
            Node(
                "op",
                span,
                context.path,
                op=op,
                args=args,
                kwargs=kwargs,
                macs=macs,
            ),
            outputs,
        )

    def slice(self, context: Context, tensor: Tensor, indices: tuple[Any, ...], span: Span) -> Flow:
        """A slice of a tensor, batch axis first."""
        outputs: Any = UNKNOWN
        try:
            if tensor.spec.shape is not None:
                from archlang.shapes.ops.indexing import written_slice

                outputs = written_slice(tensor.spec, tuple(place(index) for index in indices))
        except RuleError as problem:
            self._refuse(problem, context, span, {}, tensor)
        return self._finish(Node("slice", span, context.path, inputs=tensor, args=indices), outputs)

    # ------------------------------------------------------------------ parts

    def _hold(
        self,
        layer: Layer,
        weights: tuple[Weight, ...] | None,
        flow: Flow,
        context: Context,
        span: Span,
    ) -> None:
        if self.hold(layer):
            layer.weights = weights
        elif weights is not None and layer.weights is not None:
            ours = [(w.name, w.shape) for w in layer.weights]
            if ours != [(w.name, w.shape) for w in weights] or self._other_rank(layer, flow):
                shapes = " and ".join(show_shape(t.spec.shape) for t in tensors(flow))
                self.report(
                    error(
                        "E0320",
                        f"the shared layer `{layer.name}` was first called on another shape",
                        span,
                        label=f"{shapes} here",
                        labels=(Label(layer.span, "shared from here"),),
                        notes=path_notes(context.path),
                        help="a shared layer has one set of weights, which fits tensors of one width",
                    )
                )

    def _other_rank(self, layer: Layer, flow: Flow) -> bool:
        """Whether a layer that Keras binds to a number of axes was first called with another."""
        if layer.class_name not in ("BatchNormalization", "GroupNormalization"):
            return False
        first = next((node.inputs for node in self.nodes if node.layer is layer), None)
        before, now = ([t.spec.rank for t in tensors(nested)] for nested in (first, flow))
        return first is not None and None not in (*before, *now) and before != now

    def _finish(self, node: Node, outputs: Any) -> Flow:
        self._add(node)
        if any(
            tensor.spec.shape is None for tensor in tensors([node.inputs, node.args, node.kwargs])
        ):
            outputs = _unless_open(outputs)
        node.outputs = _tensors_of(node, outputs, ())
        return node.outputs

    def _add(self, node: Node) -> Node:
        self.nodes.append(node)
        if len(self.nodes) > MOST_NODES:
            self.report(
                error(
                    "E0804",
                    f"the model has more than {MOST_NODES:,} layer calls",
                    node.span,
                    label="stopped here",
                    notes=path_notes(node.path),
                )
            )
            raise TooMuch
        return node

    def _refuse(
        self,
        problem: RuleError,
        context: Context,
        span: Span,
        spans: Mapping[str, Span],
        inputs: Any,
    ) -> None:
        self.report(refusal(problem, context.path, span, spans, inputs))


def full_args(entry: Entry, layer: Layer, mixed: str | None) -> dict[str, Any]:
    """All arguments of a layer: what is written, Keras's defaults, and the policy of mixed precision, if there is one."""
    full = entry.defaults()
    if mixed is not None:
        full.setdefault("dtype", mixed)
        if full["dtype"] is None:
            full["dtype"] = mixed
    full.update(layer.args)
    return full


def place(index: Any) -> Any:
    """An index of a slice as the rules take it."""
    return (index.start, index.stop, index.step) if is_slice(index) else index


def _call_inputs(layer: Layer, flow: Flow, call_args: Mapping[str, Any]) -> Any:
    """What a layer is called on, as the shape rules take it.

    `MultiHeadAttention` in a plain flow attends to itself; its other inputs are given by keyword.
    """
    if layer.class_name in (
        "MultiHeadAttention",
        "GroupedQueryAttention",
        "GroupQueryAttention",
    ) and isinstance(flow, Tensor):
        inputs: dict[str, Any] = {"query": flow, "value": call_args.get("value", flow)}
        if "key" in call_args:
            inputs["key"] = call_args["key"]
        return inputs
    return flow


def _tensors_of(node: Node, outputs: Any, path: tuple[int | str, ...]) -> Any:
    if isinstance(outputs, TensorSpec):
        return Tensor(node, path, outputs)
    if is_dict(outputs):
        return {k: _tensors_of(node, v, (*path, k)) for k, v in outputs.items()}
    return [_tensors_of(node, item, (*path, i)) for i, item in enumerate(outputs)]


def _unless_open(outputs: Any) -> Any:
    """The outputs of a step into which something unknown flows: what they leave open is unknown too, not of any length."""
    if isinstance(outputs, TensorSpec):
        open = outputs.shape is not None and None in outputs.shape[1:]
        return outputs.with_shape(None) if open else outputs
    if is_dict(outputs):
        return {key: _unless_open(value) for key, value in outputs.items()}
    return [_unless_open(item) for item in outputs]

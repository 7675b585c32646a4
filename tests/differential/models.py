"""Random whole models: what `check` says to a spec, and what Keras says to the same graph.

What is accepted has to build, with the shapes, dtypes and parameter counts that the checker told; what is
refused for its shapes or arguments has to fail in Keras too, when built or when run, unless it is on the
list of what Keras accepts without sense (`nonsense`). A disagreement is shrunk to a small spec.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

from archlang import api
from archlang.diagnostics import Diagnostic
from archlang.graph.batch_axis import batch_problems
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.graph.reaching import reachable
from archlang.shapes.spec import TensorSpec
from archlang.source import Source
from tests.differential.draw_models import open_inputs, shown
from tests.differential.live_keras import CPU_LIMITS as LIMITS
from tests.differential.nonsense import is_nonsense
from tests.differential.spec_tree import Spec, text

# Codes of the rules for shapes and arguments; with all others, the spec is no model at all.
_OF_RULES = (
    "E030",
    "E031",
    "E0320",
    "E0325",
    "E0335",
    "E0338",
    "E035",
    "E036",
    "E037",
    "E038",
    "E040",
    "E041",
)
CPU_LIMITS = re.compile(
    LIMITS.pattern + "|Input dims must be <= 5|No algorithm worked|must be non-negative"
)
_OPEN_LENGTHS = (12, 7, 30)
# Warnings of what fails when it runs, or when data of another length come.
_FAILS_LATE = frozenset({"W1321", "W1322", "W1324", "W1326"})
# An id beyond the table: what it is, is not the model's to say (`ops.one_hot` into an `Embedding`).
_OF_THE_NUMBERS = re.compile(r"indices\[[\d,]+\] = -?\d+ is not in \[0, ")


@dataclass(frozen=True)
class Outcome:
    """How checker and Keras stand to a spec: `accepted`, `refused` or `unfit` (no model at all)."""

    verdict: str
    problem: str | None = None
    kind: str = ""
    nonsense: bool = False


def ask(spec: Spec, *, run: bool = False) -> Outcome:
    """Both answers to a spec, compared; `run` also runs what is accepted."""
    source = text(spec)
    try:
        checked = api.check(Source("spec.arch", source))
    except Exception as error:
        return Outcome("crash", f"the checker fails: {type(error).__name__}: {error}", "crash")
    errors = [problem for problem in checked.diagnostics if problem.is_error]
    graph = checked.graphs.get("M")
    if errors and not all(problem.code.startswith(_OF_RULES) for problem in errors):
        return Outcome("unfit")
    if graph is None or not graph.inputs or not graph.outputs or _has_hole(graph):
        return Outcome("unfit")
    if not errors:
        return _accepted(graph, run, {problem.code for problem in checked.diagnostics})
    if not any(_inside(problem, node) for problem in errors for node in _nodes(graph)):
        # At a step that reaches no output, and that Keras is never asked about.
        return Outcome("unfit")
    if any(problem.code == "E0320" for problem in errors) and not _all_calls_count(graph):
        # The first call of a shared layer reaches no output: Keras is never asked about it.
        return Outcome("unfit")
    said = "; ".join(f"{problem.code} {problem.message}" for problem in errors)
    try:
        _built(graph)
        ran = _run(graph)
    except Exception:
        return Outcome("refused")
    if ran is not None:
        return Outcome("refused")
    if (
        _loses_length(graph)
        or batch_problems([graph])
        or all(is_nonsense(problem.code, problem.message) for problem in errors)
    ):
        return Outcome("refused", nonsense=True)
    return Outcome("refused", f"refused, but Keras builds and runs it: {said}", errors[0].code)


def _all_calls_count(graph: Graph) -> bool:
    """Whether all calls of layers that are called several times reach an output."""
    called = Counter(node.layer.name for node in graph.nodes if node.layer is not None)
    counted = Counter(node.layer.name for node in _nodes(graph) if node.layer is not None)
    return all(counted[name] == count for name, count in called.items() if count > 1)


def _loses_length(graph: Graph) -> bool:
    """Whether Keras keeps a length open that is known (W1328), and so refuses nothing that does not fit into it."""
    layers = [node.layer for node in _nodes(graph) if node.layer is not None]
    shapes = [
        layer.args.get("output_shape") for layer in layers if layer.class_name == "EinsumDense"
    ]
    return any(isinstance(shape, (list, tuple)) and None in shape for shape in shapes)


def builds(source: str) -> bool:
    """Whether Keras builds the graph of a spec, whatever the checker says to it."""
    graph = api.check(Source("spec.arch", source)).graphs.get("M")
    if graph is None or not graph.outputs or _has_hole(graph):
        return False
    try:
        _built(graph)
    except Exception:
        return False
    return True


def _accepted(graph: Graph, run: bool, warned: set[str]) -> Outcome:
    try:
        builder = _built(graph)
    except Exception as error:
        if "W1328" in warned:
            return Outcome("accepted with a warning")
        return Outcome(
            "accepted", f"accepted, but Keras: {_first_line(error)}", type(error).__name__
        )
    if "W1332" in warned:
        # An op has taken the batch axis: what follows depends on how many examples there are.
        return Outcome("accepted without a batch")
    wrong = _counts(graph, builder) or None
    nodes = [*_nodes(graph)]
    differing = [node for node in nodes if _differs(node, builder.value) is not None]
    run = run or _promises_another_dtype(nodes, builder)
    if wrong is None and (differing or run):
        try:
            computed = _computed(graph, nodes)
        except Exception as error:
            failed = f"{type(error).__name__} {error}"
            if warned & _FAILS_LATE:
                return Outcome("accepted with a warning")
            known = CPU_LIMITS.search(failed) or _OF_THE_NUMBERS.search(failed)
            if not open_inputs(graph) and not known and not differing:
                return Outcome(
                    "accepted", f"accepted, but fails when run: {_first_line(error)}", "run"
                )
            computed = None
        # What is computed is the truth where Keras promises something else.
        wrong = next(filter(None, (_wrong(graph, node, builder, computed) for node in nodes)), None)
    return Outcome("accepted", wrong, wrong.split(":")[0] if wrong else "")


def _wrong(graph: Graph, node: Node, builder: Any, computed: Any) -> str | None:
    """Where a node is not what it is computed to be, or where it cannot be run, what Keras promises."""
    promised = _differs(node, builder.value)
    if computed is None and promised is not None:
        with suppress(Exception):
            computed = _computed(graph, [node])
    problem = promised if computed is None else _differs(node, computed, exact=False)
    return None if problem is None else f"{_described(node)}: {problem}"


# ------------------------------------------------------------------ Keras's side


def _built(graph: Graph) -> Any:
    """The model built on symbols, its weights never made."""
    import keras
    from keras.src.backend.common import global_state

    try:
        with keras.StatelessScope(initialize_variables=False):
            return _build(graph)
    finally:
        global_state.set_global_attribute("uninitialized_variables", [])


def _build(graph: Graph) -> Any:
    from archlang.backends.keras_model.model import prepared

    builder = prepared(graph)
    builder.model = builder.build("M")  # type: ignore[attr-defined]
    return builder


def _computed(graph: Graph, nodes: list[Node]) -> Callable[[Tensor], Any]:
    """What every tensor of the graph is on made-up numbers."""
    import keras

    builder = _build(graph)
    wanted = [tensor for node in nodes for tensor in tensors(node.outputs)]
    model = keras.Model(builder.model.inputs, [builder.value(tensor) for tensor in wanted])
    last: Exception | None = None
    # An `Embedding` with one row has a vector for the id 0 only.
    for (batch, length), value in product(_sizes(graph), (1, 0)):
        try:
            results = model([_array(t, batch, length, value) for t in graph.inputs.values()])
        except Exception as error:
            last = error
            continue
        results = results if isinstance(results, (list, tuple)) else [results]
        found = {id(tensor): result for tensor, result in zip(wanted, results, strict=True)}
        return lambda tensor: found[id(tensor)]
    assert last is not None
    raise last


def _run(graph: Graph) -> str | None:
    """Why a model cannot be run, or that it computes something else than Keras promises."""
    import keras

    builder = _build(graph)
    outputs = [builder.value(tensor) for tensor in graph.outputs.values()]
    model = keras.Model(builder.model.inputs, outputs)
    problem: str | None = "never run"
    # An `Embedding` with one row has a vector for the id 0 only.
    for (batch, length), value in product(_sizes(graph), (1, 0)):
        try:
            results = model([_array(t, batch, length, value) for t in graph.inputs.values()])
        except Exception as error:
            problem = _first_line(error)
            continue
        results = results if isinstance(results, (list, tuple)) else [results]
        for told, real in zip(outputs, results, strict=True):
            if len(told.shape) != len(real.shape):
                return "another rank"
            if any(a is not None and a != b for a, b in zip(told.shape, real.shape, strict=True)):
                return "another shape"
        return None
    return problem


def _sizes(graph: Graph) -> list[tuple[int, int]]:
    """Batch sizes and open lengths to try: reshapes over the batch want one that divides evenly."""
    lengths = _OPEN_LENGTHS if open_inputs(graph) else _OPEN_LENGTHS[:1]
    written = {
        n
        for node in graph.nodes
        for tensor in tensors(node.outputs)
        for n in tensor.spec.shape or ()
        if isinstance(n, int) and 2 < n <= 64
    }
    ops = any(node.kind == "op" for node in graph.nodes)
    batches = [2, 60, *sorted(written)] if ops else [2]
    return [(batch, length) for batch in batches for length in lengths]


def _array(tensor: Tensor, batch: int, length: int, value: int) -> Any:
    import tensorflow as tf

    dims = [n if isinstance(n, int) else length for n in (tensor.spec.shape or ())[1:]]
    return tf.cast(tf.fill((batch, *dims), value), tensor.spec.dtype)


# ------------------------------------------------------------------ comparing


def _nodes(graph: Graph) -> Iterator[Node]:
    live = reachable(graph)
    return (node for node in graph.nodes if node in live)


def _inside(problem: Diagnostic, node: Node) -> bool:
    return node.span.start <= problem.span.start and problem.span.end <= node.span.end


def _has_hole(graph: Graph) -> bool:
    """Whether a step stands for one that could not be read."""
    return any(
        tensor.node.op == "?"
        for node in graph.nodes
        for tensor in tensors(
            [node.inputs, list(node.args), node.kwargs, list(graph.outputs.values())]
        )
    )


def _differs(node: Node, value: Callable[[Tensor], Any], *, exact: bool = True) -> str | None:
    """Where a node's outputs are others than Keras's; `exact` where what is open has to be so in Keras."""
    import keras

    for tensor in tensors(node.outputs):
        try:
            real = value(tensor)
        except (KeyError, IndexError, TypeError) as error:
            return f"{type(error).__name__} at {tensor.path}"
        if tensor.spec.shape is None:
            continue
        theirs = TensorSpec(tuple(real.shape), keras.backend.standardize_dtype(real.dtype))
        if not _fits(tensor.spec, theirs, exact):
            return f"{shown(tensor.spec)}, Keras {shown(theirs)}"
    return None


def _promises_another_dtype(nodes: list[Node], builder: Any) -> bool:
    import keras

    found = [tensor for node in nodes for tensor in tensors(node.outputs) if tensor.spec.dtype]
    return any(
        keras.backend.standardize_dtype(builder.value(tensor).dtype) != tensor.spec.dtype
        for tensor in found
    )


def _fits(ours: TensorSpec, theirs: TensorSpec, exact: bool) -> bool:
    assert ours.shape is not None
    assert theirs.shape is not None
    # Of dtypes Keras's promise is wrong too often.
    if len(ours.shape) != len(theirs.shape) or (not exact and ours.dtype != theirs.dtype):
        return False
    for a, b in zip(ours.shape, theirs.shape, strict=True):
        if isinstance(a, int) and a != b and not (exact and b is None):
            return False
        if exact and not isinstance(a, int) and b is not None:
            return False
    return True


def _counts(graph: Graph, builder: Any) -> str | None:
    """Where parameters are counted otherwise than Keras counts them."""
    for layer, made in builder.layers.items():
        if layer.params is None:
            return f"parameters of {layer.class_name}: not known"
        theirs = (_sum(made.trainable_weights), _sum(made.non_trainable_weights))
        ours = (layer.trainable_params, layer.params - (layer.trainable_params or 0))
        if ours != theirs:
            return f"parameters of {layer.class_name}: {ours} trainable and not, Keras {theirs}"
    moved = _sum(builder.model.trainable_weights)
    if moved != graph.trainable_params:
        return f"parameters: {graph.trainable_params} trainable in all, Keras {moved}"
    total = builder.model.count_params()
    return None if graph.params == total else f"parameters: {graph.params} in all, Keras {total}"


def _sum(weights: Any) -> int:
    total = 0
    for weight in weights:
        count = 1
        for n in weight.shape:
            count *= n
        total += count
    return total


def _described(node: Node) -> str:
    if node.layer is not None:
        return node.layer.class_name
    return f"ops.{node.op}" if node.op else node.kind


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines)[:300]}"

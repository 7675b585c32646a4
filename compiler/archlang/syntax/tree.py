"""The syntax tree: one frozen dataclass for each form of the language, each with its span.

Nodes are compared by identity, so that later stages can keep what they learn about a node in tables
beside the tree. `dump` gives a value to compare two trees by.

The stack of a model and the argument of a layer share one family of expressions. Which of them make sense
where is decided by `semantics`, which can say why not; the grammar only says what can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, fields
from functools import cache
from typing import Any, Literal

from archlang.narrowing import is_tuple
from archlang.records import node, record
from archlang.source import Source, Span


@node
class Node:
    """Anything in the tree."""

    span: Span


# ---------------------------------------------------------------------------------------- expressions


@node
class Expr(Node):
    """A value, or a step of a stack."""


@node
class Constant(Expr):
    """`3`, `1e-3`, `"text"`, `True`, `False`, `None`; `text` is how it was written."""

    value: int | float | str | bool | None
    text: str


@node
class Name(Expr):
    """A single word: `Dense`, `width`, `relu`, `_` (what flows in), `input` (what flows into the block)."""

    id: str


@node
class Dotted(Expr):
    """`ops.mean`, `ops.image.resize`, `optimizers.schedules.CosineDecay`: two or more words."""

    parts: tuple[Name, ...]

    @property
    def id(self) -> str:
        return ".".join(part.id for part in self.parts)


@node
class Argument(Node):
    """`3` or `padding=same` in a call; `name` is None for a positional one."""

    name: Name | None
    value: Expr


@node
class Call(Expr):
    """`Conv2D(32, 3, padding=same)`, `range(3)`, `ops.mean(axis=1)`."""

    callee: Name | Dotted
    arguments: tuple[Argument, ...]


@node
class ListExpr(Expr):
    """`[a, b]`: in a flow a fork, in an argument a list."""

    items: tuple[Expr, ...]


@node
class TupleExpr(Expr):
    """`(a, b)`, `(a,)`, `()`."""

    items: tuple[Expr, ...]


@node
class NameTarget(Node):
    """A name that a loop, a comprehension or `as` binds; `_` discards."""

    id: str


@node
class TupleTarget(Node):
    """`(a, b)` or `i, (a, b)` in `for`."""

    items: tuple[Target, ...]


Target = NameTarget | TupleTarget


@node
class ComprehensionClause(Node):
    """`for x in xs if cond if cond`; a comprehension has one or more."""

    target: Target
    iterable: Expr
    conditions: tuple[Expr, ...]


@node
class Comprehension(Expr):
    """`[2 ** i for i in range(10)]`; in a flow a fork with one branch a round."""

    element: Expr
    clauses: tuple[ComprehensionClause, ...]


@node
class SliceExpr(Expr):
    """`1:`, `:-1`, `::2` inside `[ ]`."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@node
class Subscript(Expr):
    """`list[0]`, `x[:, 0]`, `shape(_)[-1]`; two or more indices where commas stand."""

    value: Expr
    indices: tuple[Expr, ...]


@node
class Unary(Expr):
    """`-x`, `+x`, `not x`."""

    operator: Literal["-", "+", "not"]
    operand: Expr


@node
class Binary(Expr):
    """`a + b`; `and` and `or` too."""

    operator: Literal["+", "-", "*", "/", "//", "%", "**", "and", "or"]
    left: Expr
    right: Expr


@node
class Compare(Expr):
    """`0 < x <= 3`, `x in (1, 2)`, `x not in xs`: operands are one more than operators."""

    operands: tuple[Expr, ...]
    operators: tuple[str, ...]


@node
class Conditional(Expr):
    """`A if condition else B`, between values or between steps."""

    then: Expr
    condition: Expr
    otherwise: Expr


@node
class Flow(Expr):
    """`a -> b -> c`: two or more steps in a row. Flows of one step are that step."""

    steps: tuple[Expr, ...]


@node
class Group(Expr):
    """`{ … }`: a stack in a stack."""

    body: tuple[Statement, ...]


@node
class Frozen(Expr):
    """`frozen ResNet50(…)`, `frozen { … }`."""

    step: Expr


@node
class Head(Expr):
    """`head`, or `head department`."""

    output: Name | None


@node
class Missing(Expr):
    """A hole where something could not be read; a diagnostic has been given already."""


# ---------------------------------------------------------------------------------------- types


@node
class TensorType(Node):
    """`float32[28, 28, 1]`, `string`: `dims` without the batch axis; `string` and `float32` alone are rank 0."""

    dtype: Name
    dims: tuple[Expr, ...]


@node
class ShiftedType(Node):
    """`shifted(translation)`: the past of a `generation` output."""

    output: Name


@node
class DimsType(Node):
    """`[h, w, c]` in a block's contract: dims without a dtype."""

    dims: tuple[Expr, ...]


# ---------------------------------------------------------------------------------------- statements


@node
class Statement(Node):
    """A line of a stack."""


@node
class AsTarget(Node):
    """`x` or `skips[]` behind `as`; `_` discards; `append` says that it is a list's next element."""

    name: Name
    append: bool


@node
class FlowStatement(Statement):
    """`x -> Dense(8) as y`; `value` is a step, a `Flow`, a fork, a group or a choice."""

    value: Expr
    targets: tuple[AsTarget, ...]


@node
class Let(Statement):
    """`let width = 64`, as a declaration or in a stack (`let skips = []` gathers tensors)."""

    name: Name
    value: Expr
    doc: str | None = None


@node
class Shared(Statement):
    """`shared encoder = LSTM(64)`."""

    name: Name
    value: Expr


@node
class Learned(Statement):
    """`learned cls: float32[1, width] = RandomNormal(stddev=0.02)`."""

    name: Name
    type: TensorType
    initializer: Expr | None


@node
class Repeat(Statement):
    """`repeat N { … }`."""

    count: Expr
    body: tuple[Statement, ...]


@node
class For(Statement):
    """`for i, (a, b) in enumerate(pairs) { … }`."""

    target: Target
    iterable: Expr
    body: tuple[Statement, ...]


@node
class If(Statement):
    """`if c { … } else if d { … } else { … }`; an `else if` is an `If` alone in `otherwise`."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] | None


@node
class Require(Statement):
    """`require params < 5_000_000`."""

    condition: Expr


@node
class InputDecl(Statement):
    """`input image: float32[28, 28, 1]`, in a task or directly in a model."""

    name: Name
    type: TensorType | ShiftedType
    doc: str | None = None


@node
class OutputDecl(Statement):
    """`output digit: classification(10)`, `output code: float32[64]`, `output x` (inferred)."""

    name: Name
    type: Call | TensorType | None
    doc: str | None = None


@node
class DataDecl(Statement):
    """`data = sklearn(digits)`, in a task or directly in a model."""

    value: Expr


# ---------------------------------------------------------------------------------------- declarations


@node
class Parameter(Node):
    """`filters`, `strides=1`, `memory: tensor`."""

    name: Name
    default: Expr | None
    is_tensor: bool


@node
class Import(Node):
    """`from "blocks/resnet.arch" import Bottleneck, ConvBn`."""

    path: Constant
    names: tuple[Name, ...]


@node
class PythonDecl(Node):
    """`layer Swish(beta=1.0) from "my_package.layers" -> same`; `loss` and `metric` likewise.

    `result` is `"same"`, a type, or None where the shape is not known.
    """

    kind: Literal["layer", "loss", "metric"]
    name: Name
    parameters: tuple[Parameter, ...]
    module: Constant
    result: TensorType | Literal["same"] | None
    doc: str | None = None


@node
class Task(Node):
    """`task Name { … }`; members in the order in which they stand."""

    name: Name
    members: tuple[InputDecl | OutputDecl | DataDecl, ...]
    doc: str | None = None


@node
class Contract(Node):
    """`: [h, w, c] -> [h / 2, w / 2, filters]` behind a block's parameters."""

    takes: DimsType | TensorType
    gives: DimsType | TensorType


@node
class Block(Node):
    """`block Name(parameters) { … }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    contract: Contract | None
    body: tuple[Statement, ...]
    doc: str | None = None


@node
class Model(Node):
    """`model Name(depth=50) for Task { … }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    task: Name | None
    body: tuple[Statement, ...]
    doc: str | None = None


@node
class Variant(Node):
    """`model Deep = Name(depth=101)`."""

    name: Name
    base: Call
    doc: str | None = None


@node
class Setting(Node):
    """`epochs = 12` in `train` or a phase."""

    name: Name
    value: Expr


@node
class Phase(Node):
    """`phase fine_tune { … }`."""

    name: Name
    settings: tuple[Setting, ...]


@node
class Train(Node):
    """`train { … }`, or `train Name { … }` for one model."""

    model: Name | None
    settings: tuple[Setting, ...]
    phases: tuple[Phase, ...]
    doc: str | None = None


_PLAIN = re.compile(r"Span|(?:(?:int|float|str|bool|None|Literal\[[^]]*])(?: \| |$))+")
"""The types of fields that hold no nodes, as they are written here."""

Declaration = Import | PythonDecl | Let | Task | Block | Model | Variant | Train


@record
class Comment:
    """A `#` comment, its text without the `#` and the white space around it."""

    span: Span
    text: str
    own_line: bool


@node
class Tree:
    """A whole spec: its declarations in order, and its comments beside them.

    `doc` is the comment block at the top of the file, if a blank line parts it from the first declaration.
    """

    source: Source
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(default=())
    doc: str | None = None


def walk(node: object) -> Iterator[Node]:
    """A node, or each of a tuple of nodes, with all nodes inside, in the order of the source."""
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Node):
            yield each
            for name in _inner_fields(type(each)):
                value = getattr(each, name)
                if isinstance(value, Node | tuple):
                    waiting.append(value)
        elif is_tuple(each):
            waiting.extend(reversed(each))


@cache
def _inner_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes, the last first."""
    return tuple(f.name for f in reversed(fields(kind)) if not _PLAIN.fullmatch(str(f.type)))


def dump(node: object) -> Any:
    """A tree without spans and without how constants were written, as nested tuples: for comparing two trees."""
    if isinstance(node, Constant):
        return ("Constant", type(node.value).__name__, node.value)
    if isinstance(node, Tree):
        return ("Tree", dump(node.declarations))
    if isinstance(node, Node):
        parts = (
            (f.name, dump(getattr(node, f.name)))
            for f in fields(node)
            if f.name not in ("span", "doc")
        )
        return (type(node).__name__, *parts)
    if is_tuple(node):
        return tuple(dump(item) for item in node)
    return node

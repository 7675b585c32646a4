"""The structured IR: the trees of a spec and its imports, and tables that say what each name in them stands for.

Blocks and loops still stand; nothing has been computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from archlang.catalogue import Entry
from archlang.records import mutable, record
from archlang.source import Source, Span, file_of
from archlang.syntax.tree import (
    Argument,
    AsTarget,
    Block,
    Call,
    Declaration,
    Let,
    Model,
    Name,
    NameTarget,
    Node,
    Parameter,
    PythonDecl,
    Statement,
    Task,
    Train,
    Tree,
    Variant,
)

VariableKind = Literal[
    "parameter",  # a value given to a block or model
    "tensor_parameter",  # `memory: tensor`
    "loop",  # bound by `for` or a comprehension
    "let",  # `let` in a stack, a value
    "list",  # `let skips = []`, gathers tensors
    "tensor",  # named by `as`
    "shared",
    "learned",
    "input",  # an input of the task
]


@mutable
class Variable:
    """A name bound inside a model or block."""

    name: str
    kind: VariableKind
    span: Span
    uses: int = 0
    # Bound again by a later `as`; generated code must then keep one Python name for all.
    rebound: bool = False


@mutable
class Symbol:
    """A name declared in a file: what declares it, and the module that it belongs to."""

    name: str
    declaration: Let | Task | Block | Model | Variant | PythonDecl
    module: Module
    uses: int = 0


@record
class Word:
    """A bare word that Keras lists (`same`), or one that is taken as it is (`name=backbone`)."""

    text: str


@record
class VariableRef:
    variable: Variable


@record
class SymbolRef:
    symbol: Symbol


@record
class EntryRef:
    """A name of Keras's: `Dense`, `ops.mean`."""

    entry: Entry


@record
class BuiltinRef:
    """`len`, `range`, `shape`, …; `params` and `macs` in a `require`."""

    name: str


@record
class FlowingRef:
    """`_`: the tensor flowing into the step."""


@record
class BodyInputRef:
    """`input`: what flows into the block."""


@record
class DimensionRef:
    """A symbolic dimension of a type."""

    name: str


@record
class Unresolved:
    """A name that is nothing; a diagnostic has been given."""


Resolution = (
    Word
    | VariableRef
    | SymbolRef
    | EntryRef
    | BuiltinRef
    | FlowingRef
    | BodyInputRef
    | DimensionRef
    | Unresolved
)


@record
class BoundCall:
    """The arguments of a call by the parameters they go to.

    `constructor` goes to the class (or block, model, function), `call` to the layer's call; `extra` are positional
    arguments of a function that takes any number.
    """

    constructor: Mapping[str, Argument]
    call: Mapping[str, Argument]
    extra: tuple[Argument, ...] = ()


@mutable
class Module:
    """One file: its tree, and the names visible everywhere in it."""

    tree: Tree
    names: dict[str, Symbol] = field(default_factory=dict[str, Symbol])
    broken: bool = False  # parts of it could not be read
    unread: tuple[Span, ...] = ()  # where


@mutable
class Tables:
    """What resolution found out about nodes, by node (nodes compare by identity)."""

    names: dict[Node, Resolution] = field(default_factory=dict[Node, Resolution])
    calls: dict[Call, BoundCall] = field(default_factory=dict[Call, BoundCall])
    targets: dict[AsTarget | NameTarget | Name, Variable] = field(
        default_factory=dict["AsTarget | NameTarget | Name", Variable]
    )
    outputs: dict[AsTarget, str] = field(default_factory=dict[AsTarget, str])
    variables: dict[Model | Block, list[Variable]] = field(
        default_factory=dict["Model | Block", "list[Variable]"]
    )
    parameters: dict[Parameter, Variable] = field(default_factory=dict[Parameter, Variable])
    # For each model: the variables of its task's inputs, by name.
    inputs: dict[Model, dict[str, Variable]] = field(
        default_factory=dict["Model", "dict[str, Variable]"]
    )
    statements: dict[Statement, Variable] = field(default_factory=dict[Statement, Variable])

    def add(self, other: Tables) -> None:
        """Take over what other tables say of other nodes."""
        self.names.update(other.names)
        self.calls.update(other.calls)
        self.targets.update(other.targets)
        self.outputs.update(other.outputs)
        self.variables.update(other.variables)
        self.parameters.update(other.parameters)
        self.inputs.update(other.inputs)
        self.statements.update(other.statements)


@mutable
class Program:
    """A resolved spec. `module` is the file that was asked for, `modules` all files by path."""

    module: Module
    modules: dict[str, Module]
    sources: dict[str, Source]
    tables: Tables

    def declarations(self) -> tuple[Declaration, ...]:
        """The declarations of the file that was asked for."""
        return self.module.tree.declarations

    def module_at(self, span: Span) -> Module:
        """The file in which a span stands."""
        return self.modules[file_of(span.path)]

    @property
    def models(self) -> list[Model | Variant]:
        """The models of the file, in order."""
        return [d for d in self.declarations() if isinstance(d, (Model, Variant))]

    @property
    def trains(self) -> list[Train]:
        return [d for d in self.declarations() if isinstance(d, Train)]

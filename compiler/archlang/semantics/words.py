"""Which bare words a parameter of a block or model takes: those of the Keras arguments that it is passed on to."""

from __future__ import annotations

from archlang.catalogue import load
from archlang.semantics.program import Module, Symbol
from archlang.syntax.tree import (
    Argument,
    Block,
    Call,
    Conditional,
    ListExpr,
    Model,
    Name,
    Node,
    Parameter,
    TupleExpr,
    walk,
)

_STEP_KINDS = (
    "layers",
    "applications",
    "optimizers",
    "initializers",
    "regularizers",
    "losses",
    "metrics",
)


class ParameterWords:
    """Finds them, remembering what was found; blocks that pass a parameter round in a circle are no problem."""

    def __init__(self) -> None:
        self._found: dict[Parameter, tuple[str, ...]] = {}
        self._calls: dict[Block | Model, list[Call]] = {}

    def of(self, module: Module, owner: Block | Model, parameter: Parameter) -> tuple[str, ...]:
        """The words that `parameter` of `owner` takes, from its uses in the body."""
        found = self._found.get(parameter)
        if found is not None:
            return found
        self._found[parameter] = ()
        words: dict[str, None] = {}
        if owner not in self._calls:
            self._calls[owner] = [n for n in walk(owner.body) if isinstance(n, Call)]
        for call in self._calls[owner]:
            for position, argument in enumerate(call.arguments):
                if _mentions(argument.value, parameter.name.id):
                    words.update(
                        dict.fromkeys(self._argument_words(module, call, position, argument))
                    )
        self._found[parameter] = tuple(words)
        return self._found[parameter]

    def _argument_words(
        self, module: Module, call: Call, position: int, argument: Argument
    ) -> tuple[str, ...]:
        if not isinstance(call.callee, Name):
            entry = load().get("ops", call.callee.id.removeprefix("ops."))
        else:
            symbol = module.names.get(call.callee.id)
            if symbol is not None:
                return self._symbol_words(symbol, position, argument)
            entry = load().find(call.callee.id, _STEP_KINDS)
        if entry is None:
            return ()
        if argument.name is not None:
            parameter = entry.parameter(argument.name.id)
        else:
            parameter = entry.parameters[position] if position < len(entry.parameters) else None
        return parameter.words if parameter is not None else ()

    def _symbol_words(self, symbol: Symbol, position: int, argument: Argument) -> tuple[str, ...]:
        declaration = symbol.declaration
        if not isinstance(declaration, (Block, Model)):
            return ()
        parameters = declaration.parameters
        if argument.name is not None:
            wanted = argument.name.id
            target = next((p for p in parameters if p.name.id == wanted), None)
        else:
            target = parameters[position] if position < len(parameters) else None
        return self.of(symbol.module, declaration, target) if target is not None else ()


def _mentions(value: Node, name: str) -> bool:
    if isinstance(value, Name):
        return value.id == name
    if isinstance(value, Conditional):
        return _mentions(value.then, name) or _mentions(value.otherwise, name)
    if isinstance(value, (ListExpr, TupleExpr)):
        return any(_mentions(item, name) for item in value.items)
    return False

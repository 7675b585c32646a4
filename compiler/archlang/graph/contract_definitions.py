"""Contracts checked at the definition of a block, without any use: by an example.

A contract speaks of every length, so one example that it gets wrong proves it wrong. Lengths are chosen large, and so that
the quotients in the contract come out even; a block that can't take the example (an `Add` with fixed
channels, a group that does not divide) is left to its uses. Parameters have their defaults; one without a default is given a length if
the contract uses it as one, else the block is left to its uses as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import lcm
from typing import Any

from archlang.diagnostics import Diagnostic
from archlang.evaluation.evaluator import Environment, TooMuch
from archlang.graph.construction import Construction
from archlang.graph.context import Context, Flow
from archlang.graph.contracts import Contracts, Lengths, NotWhole, dimension_names
from archlang.graph.elaborate import Elaborator, deep_stack
from archlang.graph.model import Frame
from archlang.graph.naming import Names
from archlang.graph.steps import Steps
from archlang.semantics.program import Program, Variable, VariableRef
from archlang.shapes.spec import Dim, TensorSpec
from archlang.syntax import tree as t

# Divisible by what networks divide by, different from each other, and not too small for deep ones.
_LENGTHS = (256, 384, 320, 448, 512, 576)
_WIDTH = 192


def definition_problems(program: Program, overrides: Mapping[str, Any]) -> list[Diagnostic]:
    """The contracts of the file's blocks that an example proves wrong."""
    blocks = [
        d for d in program.declarations() if isinstance(d, t.Block) and d.contract is not None
    ]
    return [
        problem for block in blocks for problem in _Example(program, overrides, block).problems()
    ]


class _Example:
    """One block, called on one tensor that it takes."""

    def __init__(self, program: Program, overrides: Mapping[str, Any], block: t.Block) -> None:
        self.found: list[Diagnostic] = []
        # With a mailbox of its own: what goes wrong inside says only that the example does not suit.
        self.elaborator = Elaborator(program, overrides, self.found.append)
        self.evaluator = self.elaborator.evaluator
        self.block = block
        assert block.contract is not None
        self.contract = block.contract

    def problems(self) -> list[Diagnostic]:
        construction = Construction(self.found.append)
        steps = Steps(
            self.elaborator, construction, lambda head, flow, _: construction.broken(head.span)
        )
        env = Environment()
        try:
            with deep_stack():
                return self._run(construction, steps, env)
        except (TooMuch, RecursionError, NotWhole):
            return []

    def _run(self, construction: Construction, steps: Steps, env: Environment) -> list[Diagnostic]:
        if not self._give_parameters(env):
            return []
        contracts = Contracts(self.evaluator, self.found.append)
        takes = self.contract.takes
        lengths = self._lengths(env)
        dims = tuple(contracts.length(dim, lengths, env) for dim in takes.dims)
        dtype = takes.dtype.id if isinstance(takes, t.TensorType) else "float32"
        given = construction.input("example", TensorSpec((None, *dims), dtype), takes.span)
        env.flowing = env.body_input = given
        use = self.block.name.span
        context = Context(env, Names(), (Frame(self.block.name.id, use),))
        bound: Lengths = {}
        if self.found or contracts.match(takes, dims, bound, env):
            return []
        flow: Flow = steps.body(self.block.body, given, context)
        if any(problem.is_error for problem in self.found):
            return []
        self.found.clear()
        contracts.leave(self.block, flow, {**self._shown(env), **bound}, use, context, False)
        return [_at_definition(problem) for problem in self.found]

    def _give_parameters(self, env: Environment) -> bool:
        """Give each parameter its default, or a length; False where one can have neither."""
        widths = {variable for variable, _ in self._parameters()}
        for index, parameter in enumerate(self.block.parameters):
            variable = self.evaluator.tables.parameters[parameter]
            if parameter.is_tensor:
                return False
            if parameter.default is not None:
                env.values[variable] = self.evaluator.evaluate(parameter.default, env)
            elif variable in widths:
                env.values[variable] = _WIDTH + 64 * index
            else:
                return False
        return not self.found

    def _shown(self, env: Environment) -> Lengths:
        """The parameters that the contract uses, for the message to tell."""
        values = {name: env.values.get(variable) for variable, name in self._parameters()}
        return {name: value for name, value in values.items() if isinstance(value, int)}

    def _parameters(self) -> Iterator[tuple[Variable, str]]:
        for dim in (*self.contract.takes.dims, *self.contract.gives.dims):
            for name in _names(dim):
                found = self.evaluator.tables.names.get(name)
                if isinstance(found, VariableRef):
                    yield found.variable, name.id

    def _lengths(self, env: Environment) -> Lengths:
        """A length for each name, a multiple of all that the contract divides it by."""
        lengths: Lengths = {}
        for dim in self.contract.takes.dims:
            for name in dimension_names(dim, self.evaluator):
                if name not in lengths:
                    base = _LENGTHS[len(lengths) % len(_LENGTHS)]
                    lengths[name] = lcm(base, *self._divisors(name, env))
        return lengths

    def _divisors(self, name: str, env: Environment) -> Iterator[int]:
        for dim in (*self.contract.takes.dims, *self.contract.gives.dims):
            for part in _parts(dim):
                if isinstance(part, t.Binary) and part.operator == "/":
                    by: Dim = None
                    if not dimension_names(part.right, self.evaluator):
                        by = Contracts(self.evaluator, self.found.append).length(
                            part.right, {}, env
                        )
                    if (
                        isinstance(by, int)
                        and 0 < by <= 4096
                        and name in dimension_names(part.left, self.evaluator)
                    ):
                        yield by


def _at_definition(problem: Diagnostic) -> Diagnostic:
    return replace(problem, code="E0332") if problem.code == "E0331" else problem


def _parts(expr: t.Expr) -> Iterator[t.Expr]:
    yield expr
    match expr:
        case t.Binary():
            yield from _parts(expr.left)
            yield from _parts(expr.right)
        case t.Unary():
            yield from _parts(expr.operand)
        case _:
            pass


def _names(expr: t.Expr) -> Iterator[t.Name]:
    return (part for part in _parts(expr) if isinstance(part, t.Name))

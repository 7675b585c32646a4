"""Contracts of blocks, `[h, w, c] -> [h / 2, w / 2, filters]`, checked at each use.

What flows in is matched against the first type, from which its names get their lengths; what comes out is compared
with the second. `h / 2` is exact: where h is odd, the block is not kept to its contract. `h // 2` rounds down. What depends
on lengths that are known only at run time is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archlang.diagnostics import Diagnostic, Label, error
from archlang.evaluation.evaluator import Environment, Evaluator
from archlang.evaluation.values import UNKNOWN, UnknownDim, ValueProblem, binary, show
from archlang.graph.context import Context, Flow
from archlang.graph.model import Tensor
from archlang.graph.refusals import path_notes
from archlang.semantics.program import DimensionRef
from archlang.shapes.dims import Sym, equal, exact_quotient, sub, symbol
from archlang.shapes.dims import show as show_dim
from archlang.shapes.spec import Dim
from archlang.source import Source, Span
from archlang.syntax import tree as t

Report = Callable[[Diagnostic], None]
# The lengths that the names of a contract stand for.
Lengths = dict[str, Dim]


class NotWhole(Exception):
    """A quotient of a contract that is no whole number."""

    def __init__(self, expr: t.Expr, value: Any, by: Any) -> None:
        super().__init__(f"{value} / {by}")
        self.expr = expr


class Contracts:
    """Checks uses of blocks; one for a graph."""

    def __init__(self, evaluator: Evaluator, report: Report) -> None:
        self.evaluator = evaluator
        self.report = report

    # ------------------------------------------------------------------ at a use

    def enter(
        self, block: t.Block, flow: Flow, use: Span, context: Context, mixed: bool
    ) -> Lengths | None:
        """Match what flows in; the lengths of the contract's names, None where it does not fit."""
        contract = block.contract
        if contract is None or flow is None:
            return {}
        what = f"`{context.path[-1].text}`"
        takes = Label(contract.takes.span, "the contract")
        if not isinstance(flow, Tensor):
            self._report(
                "E0334",
                f"{what} takes one tensor, but several flow in",
                use,
                context,
                "several tensors",
                takes,
            )
            return None
        if self._other_dtype(contract.takes, flow, mixed):
            message = f"{what} takes {_dtype(contract.takes)}, but {flow.spec.dtype} flows in"
            self._report("E0330", message, use, context, f"{flow.spec.dtype} flows in", takes)
            return None
        if flow.spec.shape is None:
            return {}
        found = flow.spec.shape[1:]
        message = f"{what} takes {self._text(contract.takes)}, but {flow.spec} flows in"
        if len(found) != len(contract.takes.dims):
            label = f"{_axes(len(found))}, not {len(contract.takes.dims)}"
            self._report("E0330", message, use, context, label, takes)
            return None
        lengths: Lengths = {}
        for index, reason in self.match(contract.takes, found, lengths, context.env):
            at = Label(contract.takes.dims[index].span, "the contract")
            self._report("E0330", message, use, context, f"axis {index + 1} {reason}", at)
            return None
        return lengths

    def leave(
        self,
        block: t.Block,
        result: Flow,
        lengths: Lengths,
        use: Span,
        context: Context,
        mixed: bool,
    ) -> None:
        """Compare what comes out, with the names standing for the lengths that came in."""
        contract = block.contract
        if contract is None or result is None:
            return
        gives, what = contract.gives, f"`{context.path[-1].text}`"
        example = use == block.name.span
        here = Label(use, ("for example" if example else "used here") + _known(lengths))
        if not isinstance(result, Tensor):
            self._report(
                "E0334",
                f"{what} is to give one tensor, but ends in several",
                gives.span,
                context,
                "one tensor",
                here,
            )
            return
        end = Label(result.node.span, f"{result.spec} comes out here")
        message = f"{what} is to give {self._text(gives)}, but gives {result.spec}"
        if self._other_dtype(gives, result, mixed):
            message = f"{what} is to give {_dtype(gives)}, but gives {result.spec.dtype}"
            self._report(
                "E0331", message, gives.span, context, f"not {result.spec.dtype}", here, end
            )
            return
        if result.spec.shape is None:
            return
        found = result.spec.shape[1:]
        if len(found) != len(gives.dims):
            comes = "comes" if len(found) == 1 else "come"
            label = f"{_axes(len(gives.dims))}, but {len(found)} {comes} out"
            self._report("E0331", message, gives.span, context, label, here, end)
            return
        for dim, there in zip(gives.dims, found, strict=True):
            try:
                wanted = self.length(dim, lengths, context.env)
            except NotWhole as problem:
                odd = f"`{self._text(problem.expr)}` is no whole number: {problem}"
                self._report(
                    "E0333", odd, problem.expr.span, context, str(problem), here, help=_ROUNDED
                )
                return
            if equal(wanted, there) is False:
                label = f"{show_dim(wanted)}, but {show_dim(there)} comes out"
                self._report("E0331", message, dim.span, context, label, here, end)
                return

    # ------------------------------------------------------------------ lengths

    def match(
        self,
        takes: t.DimsType | t.TensorType,
        found: tuple[Dim, ...],
        lengths: Lengths,
        env: Environment,
    ) -> list[tuple[int, str]]:
        """Bind the names of a type to the lengths of a shape; the axes that don't fit, with the reason."""
        problems: list[tuple[int, str]] = []
        # Plain names first, so that `[2 * h, h]` is told as it is meant.
        order = sorted(range(len(found)), key=lambda i: not isinstance(takes.dims[i], t.Name))
        for index in order:
            dim, there = takes.dims[index], found[index]
            name = self._free(dim, lengths)
            if name is None:
                wanted = self._quiet(dim, lengths, env)
                if equal(wanted, there) is False:
                    problems.append((index, f"is {show_dim(there)}, not {show_dim(wanted)}"))
                continue
            lengths[name], fits = self._solve(dim, name, there, lengths, env)
            if not fits:
                problems.append((index, f"is {show_dim(there)}, which is no `{self._text(dim)}`"))
        return sorted(problems)

    def length(self, expr: t.Expr, lengths: Mapping[str, Dim], env: Environment) -> Dim:
        """What a dimension of a contract comes to; None where that is not known."""
        value = self._value(expr, lengths, env)
        if value is None or value is UNKNOWN or isinstance(value, Sym | UnknownDim):
            return value if isinstance(value, Sym) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, float):
            raise NotWhole(expr, value, 1)
        message = f"a dimension is a whole number, not {show(value)}"
        self.report(error("E0705", message, expr.span, label="not a length"))
        return None

    def _value(self, expr: t.Expr, lengths: Mapping[str, Dim], env: Environment) -> Any:
        match expr:
            case t.Name() if isinstance(
                found := self.evaluator.tables.names.get(expr), DimensionRef
            ):
                return _or_unknown(lengths.get(found.name))
            case t.Binary(operator="/"):
                left = self._value(expr.left, lengths, env)
                right = self._value(expr.right, lengths, env)
                if isinstance(left, int) and isinstance(right, int) and right:
                    if left % right:
                        raise NotWhole(expr, left, right)
                    return left // right
                return self._binary(expr, left, right)
            case t.Binary():
                left = self._value(expr.left, lengths, env)
                return self._binary(expr, left, self._value(expr.right, lengths, env))
            case _:
                return self.evaluator.evaluate(expr, env)

    def _binary(self, expr: t.Binary, left: Any, right: Any) -> Any:
        try:
            return binary(expr.operator, left, right)
        except ValueProblem as problem:
            self.report(error(problem.code, problem.message, expr.span, help=problem.help))
            return UNKNOWN

    def _quiet(self, dim: t.Expr, lengths: Lengths, env: Environment) -> Dim:
        try:
            return self.length(dim, lengths, env)
        except NotWhole:
            return None

    def _free(self, dim: t.Expr, lengths: Lengths) -> str | None:
        """The one name of a dimension that has no length yet, if there is one."""
        names = [n for n in dimension_names(dim, self.evaluator) if n not in lengths]
        return names[0] if len(set(names)) == 1 else None

    def _solve(
        self, dim: t.Expr, name: str, there: Dim, lengths: Lengths, env: Environment
    ) -> tuple[Dim, bool]:
        """The length of `name` where `dim` is `there`, and whether there is one: `2 * h` is never 7."""
        if isinstance(dim, t.Name):
            return there, True
        wanted = self._quiet(dim, {**lengths, name: symbol(name)}, env)
        alone = symbol(name).terms[0][0]
        if there is None or not isinstance(wanted, Sym):
            return None, True
        factor = dict(wanted.terms).get(alone)
        if factor is None or len(wanted.terms) > (2 if wanted.constant else 1):
            return None, True
        rest = sub(there, wanted.constant)
        found = exact_quotient(rest, factor)
        certain = isinstance(rest, int) and (
            found is None or not isinstance(found, int) or found < 0
        )
        return (None, False) if certain else (found, True)

    # ------------------------------------------------------------------ words

    def _other_dtype(self, type: t.DimsType | t.TensorType, tensor: Tensor, mixed: bool) -> bool:
        wanted, found = _dtype(type), tensor.spec.dtype
        if wanted is None or found is None or wanted == found:
            return False
        return not (mixed and "float" in wanted and "float" in found)

    def _text(self, node: t.Node) -> str:
        source: Source = self.evaluator.program.sources[node.span.path]
        return " ".join(source.slice(node.span).split())

    def _report(
        self,
        code: str,
        message: str,
        span: Span,
        context: Context,
        label: str,
        *labels: Label,
        help: str | None = None,
    ) -> None:
        # The last frame is the use itself, which the labels show.
        notes = path_notes(context.path[:-1])
        self.report(error(code, message, span, label=label, labels=labels, notes=notes, help=help))


def dimension_names(expr: t.Expr, evaluator: Evaluator) -> list[str]:
    """The names in a dimension that stand for lengths."""
    match expr:
        case t.Name():
            found = evaluator.tables.names.get(expr)
            return [found.name] if isinstance(found, DimensionRef) else []
        case t.Binary():
            return [*dimension_names(expr.left, evaluator), *dimension_names(expr.right, evaluator)]
        case t.Unary():
            return dimension_names(expr.operand, evaluator)
        case _:
            return []


_ROUNDED = (
    "`//` rounds down: write it where the block does too, as pooling without `padding=same` does"
)


def _or_unknown(length: Dim) -> Any:
    return UnknownDim() if length is None else length


def _dtype(type: t.DimsType | t.TensorType) -> str | None:
    return type.dtype.id if isinstance(type, t.TensorType) else None


def _axes(count: int) -> str:
    return f"{count} ax{'i' if count == 1 else 'e'}s"


def _known(lengths: Lengths) -> str:
    parts = [f"{name} = {show_dim(value)}" for name, value in lengths.items() if value is not None]
    return f", with {', '.join(parts)}" if parts else ""

"""Functions of generated code: a block as a function, a model as `build_model`, with the author's loops and names."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archlang.backends.python.line_map import Placed
from archlang.backends.python.literals import literal
from archlang.backends.python.liveness import Liveness
from archlang.backends.python.names import Locals, free, function_name
from archlang.backends.python.numbering import Numbering, number
from archlang.backends.python.values import CannotWrite, Values
from archlang.semantics.program import Variable
from archlang.source import Span
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.backends.python.structured import Structured


class FunctionWriter:
    """The lines of one function, and the names in it.

    `prefix` says that layer names begin with the function's `name` argument, as in blocks; `freezable` that
    layers take the function's `trainable` argument.
    """

    def __init__(
        self, script: Structured, owner: t.Model | t.Block, *, prefix: bool, freezable: bool = False
    ) -> None:
        self.script = script
        self.owner = owner
        self.tables = script.program.tables
        self.imports = script.imports
        self.prefix = prefix
        self.freezable = freezable
        self.lines: list[str] = []
        self.at: Span | None = None  # what is being written
        self.depth = 1
        user_names = {variable.name for variable in self.tables.variables.get(owner, [])}
        self.x = next(
            name
            for name in ("x", "h", "y", "z", "flow", "flowing_tensor")
            if name not in user_names
        )
        self.locals = Locals({*script.taken, self.x})
        self.values = Values(script.constants, self.imports, self.locals)
        self.live = Liveness(self.tables)
        self.numbering: Numbering = number(owner.body, self.tables)
        self.counters: dict[str, str] = {}
        self.frozen = False
        self.prelude_at = 0  # where lines that stand before the stack go

    def emit(self, line: str) -> None:
        """Add a line at the current indentation."""
        self.lines.append(Placed("    " * self.depth + line, self.at) if line else "")

    @contextmanager
    def indented(self) -> Generator[None]:
        """Lines inside stand one level deeper; a body without any gets a `pass`."""
        before = len(self.lines)
        self.depth += 1
        yield
        if len(self.lines) == before:
            self.emit("pass")
        self.depth -= 1

    def define(self, variable: Variable) -> str:
        """The Python name of a variable, a new one if it has none yet."""
        return self.locals.of(variable) or self.locals.new(variable, variable.name)

    def start_counters(self) -> None:
        """Lines that begin to count the layers whose numbers only running the code tells."""
        for kind in self.numbering.counted:
            name = self.locals.new(("counter", kind), f"{kind}_numbers")
            self.counters[kind] = name
            self.imports.lines.add("from itertools import count")
            self.emit(f"{name} = count(1)")

    # ------------------------------------------------------------------ names of layers

    def layer_name(self, site: t.Node, bound_name: t.Argument | None) -> str:
        """The code of a layer's or block's name."""
        if bound_name is not None:
            code = self.values.code(bound_name.value)
            if not self.prefix:
                return code
            if code.startswith('"') and "{" not in code and "}" not in code:
                return f'f"{{name}}_{code[1:-1]}"'
            return f'f"{{name}}_{{{code}}}"' if '"' not in code else f'name + "_" + {code}'
        kind = self.numbering.kinds.get(site)
        if kind is None:
            raise CannotWrite
        head = "{name}_" if self.prefix else ""
        if kind in self.numbering.rounds:
            return f'f"{head}{kind}_{{{self.locals.of(("round", self.numbering.rounds[kind]))}}}"'
        if kind in self.counters:
            return f'f"{head}{kind}_{{next({self.counters[kind]})}}"'
        return self.fixed_name(f"{kind}_{self.numbering.numbers[site]}")

    def fixed_name(self, name: str) -> str:
        """The code of a name that is known; `name` must hold no braces or quotes where a prefix goes before it."""
        if not self.prefix:
            return literal(name)
        return f'f"{{name}}_{name}"'

    def trainable_arguments(self) -> list[str]:
        """`trainable=False` in a frozen part; a block's own argument in a block that is used frozen."""
        if self.frozen:
            return ["trainable=False"]
        return ["trainable=trainable"] if self.freezable else []


def parameter_code(
    writer: FunctionWriter, parameters: tuple[t.Parameter, ...], given: dict[str, str]
) -> list[str]:
    """The parameters of a function; `given` are defaults that take the place of the written ones."""
    codes: list[str] = []
    for parameter in parameters:
        variable = writer.tables.parameters[parameter]
        code = writer.locals.new(variable, parameter.name.id)
        if parameter.name.id in given:
            code += f"={given[parameter.name.id]}"
        elif parameter.default is not None:
            code += f"={writer.values.code(parameter.default)}"
        codes.append(code)
    return codes


__all__ = ["FunctionWriter", "free", "function_name", "parameter_code"]

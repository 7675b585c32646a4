"""Specs drawn at random: every form of the grammar, nested in every other, with space wherever space may be."""

from __future__ import annotations

from random import Random

# Not `phase`: where a statement begins with it, the compiler takes a keyword behind it for the name of a phase.
NAMES = ("x", "Dense", "_", "width", "task", "model", "from", "train", "layer", "relu", "i2")
RESERVED = ("head", "input", "for", "not", "True", "in", "else")
NUMBERS = ("0", "64", "5_000_000", "1e-3", ".5", "5.", "0x1F", "1_0.2e+3")
STRINGS = ('""', "''", '"a b"', "'(#'", '"\\"}"', "'->\\\\'", '"ä → 🙂"')
# `//` is drawn in parentheses only: elsewhere the compiler takes it for a comment where words follow it.
BINARY = ("+", "-", "*", "/", "%", "**", "and", "or")
COMPARING = ("<", ">", "<=", ">=", "==", "!=", "in", "not in", "not  in")


class Drawer:
    """Draws text; `depth` bounds how forms nest."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def spec(self) -> str:
        lines = [self._declaration() for _ in range(self.random.randrange(1, 5))]
        text = self._line_end().join(lines)
        return self.random.choice(("", "\n", "# top\n\n", "\ufeff")) + text + self.random.choice(("", "\n", "\n# end"))  # fmt: skip

    # ------------------------------------------------------------------------------ declarations

    def _declaration(self) -> str:
        s, word = self._space, self._capital
        match self.random.randrange(8):
            case 0:
                return f"from {s()}{self._string()} import {word()},{s()}{word()}"
            case 1:
                kind = self.random.choice(("layer", "loss", "metric"))
                result = self.random.choice(("", " -> same", f" ->{self._break()}float32[3, n]"))
                return f"{kind} {word()}{self._parameters()} from {self._string()}{result}"
            case 2:
                return f"task {word()}{s()}{self._braced([self._member(1) for _ in range(3)])}"
            case 3:
                contract = self.random.choice(("", ": [h, w] -> [h / 2]", ":float32[3] -> x", ": x -> []"))  # fmt: skip
                return f"block {word()}{self._parameters()}{contract} {self._body(3)}"
            case 4:
                task = self.random.choice(("", f" for {word()}"))
                return f"model {word()}{self._parameters()}{task} {self._body(3)}"
            case 5:
                return f"model {word()} ={s()}{self.random.choice((word(), self._call(1)))}"
            case 6:
                return f"train {self.random.choice(('', word() + ' '))}{self._settings()}"
            case _:
                return f"let {self._small()}{s()}={s()}{self._flow(2)}"

    def _parameters(self) -> str:
        if self.random.random() < 0.3:
            return ""
        forms = (self._small(), f"{self._small()}2={self._flow(1)}", f"{self._small()}3: tensor")
        return self._bracketed("(", forms[: self.random.randrange(4)], ")")

    # -------------------------------------------------------------------------------- statements

    def _body(self, depth: int) -> str:
        if depth == 0:
            return self.random.choice(("{}", "{ x }", "{\n}", "{ # none\n}"))
        return self._braced(
            [self._statement(depth - 1) for _ in range(self.random.randrange(1, 4))]
        )

    def _braced(self, lines: list[str]) -> str:
        begin = self.random.choice(("{ ", "{", "{\n", "{ # c\n\n    "))
        end = self.random.choice(("}", " }", "\n}", " # }\n}"))
        return begin + self._line_end().join(lines) + end

    def _settings(self) -> str:
        lines = [f"{self._small()}{self._space()}= {self._flow(2)}" for _ in range(2)]
        phase = f"phase warm {self._braced(lines)}"
        return self._braced([*lines, *self.random.choice(((), (phase,)))])

    def _member(self, depth: int) -> str:
        small = self._small
        match self.random.randrange(3):
            case 0:
                kind = self.random.choice(
                    ("string", "int32[]", "float32[28, n * 2,]", "model[2]", "shifted(y)")
                )
                return f"input {small()}:{self._space()}{kind}"
            case 1:
                kind = self.random.choice(
                    ("", ": regression", f": {self._call(depth)}", ": bool[2]")
                )
                return f"output {small()}{kind}"
            case _:
                return f"data ={self._space()}{self._call(depth)}"

    def _statement(self, depth: int) -> str:
        small, flow, head, body, s = self._small, self._flow, self._header, self._body, self._space
        match self.random.randrange(11):
            case 0:
                return f"let {small()} = {flow(depth)}"
            case 1:
                return f"shared {small()}{s()}= {flow(depth)}"
            case 2:
                initializer = self.random.choice(("", f" = {flow(depth)}"))
                return f"learned {small()}: float32[{self._items(depth)}]{initializer}"
            case 3:
                return f"repeat {head(depth)} {body(depth)}"
            case 4:
                return f"for {self._targets()} in {head(depth)}{s()}{body(depth)}"
            case 5:
                orelse = self.random.choice(
                    ("", f"{self._break()} else {body(depth)}", f" else if {head(depth)} {body(depth)}")
                )  # fmt: skip
                return f"if {head(depth)} {body(depth)}{orelse}"
            case 6:
                return f"require {self._test(depth)}"
            case 7:
                return self._member(depth)
            case _:
                names = self.random.choice(("", " as x", " as x,  y[]", " as a, _, skips[ ]"))
                return flow(depth) + names

    def _header(self, depth: int) -> str:
        """What stands before a body; where a bare choice does, the compiler goes by indentation, which drawn specs have not."""
        return self.random.choice((self._test(depth), f"({self._flow(depth)})"))

    def _targets(self) -> str:
        return self.random.choice(("i", "i, j", "i,", "(a,)", "i, (a, (b, _)),", "(a, b)"))

    # ----------------------------------------------------------------------- expressions and steps

    def _flow(self, depth: int) -> str:
        steps = [self._step(depth)]
        while self.random.random() < 0.3:
            steps.append(self._step(depth))
        # A choice among the steps of a flow has parentheses.
        steps = [f"({step})" if " if " in step and len(steps) > 1 else step for step in steps]
        text = steps[0]
        for step in steps[1:]:
            text += f"{self._break()}->{self._break()}{step}"
        return text

    def _step(self, depth: int) -> str:
        # A group is a step, not an operand: behind `} else` the compiler waits for a body.
        if depth and self.random.random() < 0.1:
            return self.random.choice(("", "frozen ")) + self._body(depth - 1)
        return self._choice(depth)

    def _choice(self, depth: int) -> str:
        if depth and self.random.random() < 0.15:
            return f"{self._test(depth)} if {self._test(depth - 1)} else {self._choice(depth - 1)}"
        return self._test(depth)

    def _test(self, depth: int) -> str:
        if depth == 0:
            return self._atom(0)
        roll = self.random.random()
        if roll < 0.55:
            return self._atom(depth)
        if roll < 0.6:
            return f"not {self._test(depth - 1)}"
        if roll < 0.7:
            operands = [self._atom(depth - 1) for _ in range(self.random.randrange(2, 4))]
            return "".join(f"{o} {self.random.choice(COMPARING)} " for o in operands) + self._atom(
                0
            )
        if roll < 0.78:
            return self.random.choice("+-") + self._atom(depth - 1)
        operators = [self.random.choice(BINARY) for _ in range(self.random.randrange(1, 4))]
        text = self._atom(depth - 1)
        for operator in operators:
            sign = self.random.choice(("", "", "-")) if operator not in ("and", "or") else ""
            text += f" {operator} {sign}{self._atom(depth - 1)}"
        return text

    def _atom(self, depth: int) -> str:
        simple = (
            self.random.choice(NAMES), self.random.choice(NUMBERS), self._string(), "True", "None", "input",
            "head", "head kind", "ops.not.mean", "_", "(9 // n * 2)",
        )  # fmt: skip
        if depth == 0:
            return self.random.choice(simple)
        flow = self._flow
        match self.random.randrange(10):
            case 0:
                return self._bracketed("[", [flow(depth - 1) for _ in range(self.random.randrange(3))], "]")  # fmt: skip
            case 1:
                return f"[{flow(depth - 1)} for {self._targets()} in {self._atom(depth - 1)} if {self._atom(0)}]"
            case 2:
                return f"({self._line()}{flow(depth - 1)}{self._line()})"
            case 3:
                return self.random.choice(
                    ("()", f"({flow(depth - 1)},)", f"({flow(0)}, {flow(depth - 1)})")
                )
            case 4:
                return f"frozen {self._call(depth - 1)}"
            case 5:
                index = self.random.choice(("0", ":, -1", "::2", "a:b, 1:", flow(depth - 1)))
                return f"{self.random.choice(('x', 'f(x)', '_[0]'))}{self._space()}[{index}]"
            case 6 | 7:
                return self._call(depth - 1)
            case _:
                return self.random.choice(simple)

    def _call(self, depth: int) -> str:
        arguments = [self._flow(depth) for _ in range(self.random.randrange(3))]
        names = self.random.sample((*NAMES, *RESERVED), self.random.randrange(3))
        arguments += [f"{name}{self._space()}={self._flow(depth)}" for name in names]
        return self.random.choice(("Dense", "f", "ops.image.x")) + self._bracketed(
            "(", arguments, ")"
        )

    def _items(self, depth: int) -> str:
        return ", ".join(self._flow(depth) for _ in range(self.random.randrange(1, 3)))

    def _bracketed(self, opener: str, items: list[str] | tuple[str, ...], closer: str) -> str:
        inner = f",{self._line()}".join(items)
        comma = self.random.choice(("", ",")) if items else ""
        return f"{opener}{self._line()}{inner}{comma}{self._line()}{closer}"

    # --------------------------------------------------------------------------- words and space

    def _string(self) -> str:
        return self.random.choice(STRINGS)

    def _capital(self) -> str:
        return self.random.choice(("Dense", "Net", "T"))

    def _small(self) -> str:
        return self.random.choice(("x", "_y", "model", "task", "data"))

    def _space(self) -> str:
        return self.random.choice(("", " ", "\t", "  "))

    def _line(self) -> str:
        """Between brackets, where lines count as space."""
        return self.random.choice(("", "", "", " ", "\n", "\r\n    ", " # (\n"))

    def _break(self) -> str:
        """Before and behind an arrow."""
        return self.random.choice((" ", " ", "\n    ", " # ->\n\n # c\n"))

    def _line_end(self) -> str:
        return self.random.choice(("\n", "\n\n", "\r\n", " # c\n", "\n# c\n\n  # d\n", "\r"))

"""Random Python statements of the kinds that archlang writes, from a seed; not laid out yet."""

# ruff: noqa: RUF028

from __future__ import annotations

from random import Random

WORDS = [
    "x", "y", "skip", "inputs", "filters", "layers", "keras", "ops", "hidden_units", "batch_size",
    "learning_rate", "validation_fraction", "number_of_classes", "residual_connection_strength",
    "average_attention_output_projection_kernel",
]  # fmt: skip
SHORT = ["x", "y", "skip", "inputs"]
TEXTS = [
    "relu", "same", "he_normal", "sparse_categorical_crossentropy", "a longer text with several words",
    "the file holds no column of that name; it has these columns instead of it",
]  # fmt: skip


class Code:
    """Draws statements; `depth` bounds how expressions nest."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def statement(self) -> str:
        """One statement, with a body where it needs one, perhaps inside a function."""
        r = self._random
        depth = r.choice([2, 2, 3])
        value = self.expression(depth)
        name = self.name()
        forms = [
            lambda: f"{name} = {value}",
            lambda: f"{name} = {value}",
            lambda: f"{name} = {self.call(depth)}",
            lambda: f"{name} = {self.layer(depth)}",
            lambda: f"{name} = {self.layer(depth)}",
            lambda: f"{name} = {self.chain(depth)}",
            lambda: f"{r.choice(SHORT)}, {r.choice(SHORT)} = {value}",
            lambda: f"{r.choice(SHORT)}: {self.annotation()} = {self.call(depth)}",
            lambda: f"{name} += {value}",
            lambda: f'{r.choice(SHORT)}["{r.choice(TEXTS[:2])}"] = {self.call(depth)}',
            lambda: f"return {value}",
            lambda: f"return {self.layer(depth)}",
            lambda: f"return {value}, {self.expression(depth)}",
            lambda: self.call(depth),
            lambda: self.chain(depth),
            lambda: f"assert {value}, {self.string()}",
            lambda: f"assert {value}",
            lambda: f"raise SystemExit({self.string()})",
            lambda: f"raise ValueError({self.string()}) from error",
            lambda: f"if {value}:\n    pass",
            lambda: f"if {name}:\n    pass\nelif {value}:\n    pass",
            lambda: f"while {value}:\n    pass",
            lambda: f"for {name} in {self.call(depth)}:\n    pass",
            lambda: f"for {name}, ({self.name()}, {self.name()}) in {self.call(depth)}:\n    pass",
            lambda: f"with {self.call(depth)} as {name}:\n    pass",
            lambda: f"with {self.call(depth)}:\n    pass",
            lambda: self.signature(),
            lambda: (
                f"from {self.name()} import {', '.join(self.name() for _ in range(r.randint(1, 7)))}"
            ),
            lambda: f"@{name}.register({value})\ndef f():\n    pass",
        ]
        text = r.choice(forms)()
        if text.startswith("return"):
            return "def g():\n" + indented(text)
        return "def g():\n" + indented(text) if r.random() < 0.5 else text

    def signature(self) -> str:
        r = self._random
        parts = [
            r.choice(
                [
                    name,
                    f"{name}={self.atom()}",
                    f"{name}: {self.annotation()} = {self.atom()}",
                ]
            )
            for name in (f"{self.name()}_{i}" for i in range(r.randint(0, 6)))
        ]
        # What has a default stands behind what has none.
        parts.sort(key=lambda part: "=" in part)
        if r.random() < 0.3:
            parts.insert(r.randint(0, len(parts)), "*")
            if parts[-1] == "*":
                parts.pop()
        if r.random() < 0.2:
            parts.append(f"**{self.name()}")
        result = f" -> {self.annotation()}" if r.random() < 0.6 else ""
        return f"def {self.name()}({', '.join(parts)}){result}:\n    pass"

    def annotation(self) -> str:
        return self._random.choice(
            ["int", "keras.Model", "dict[str, list[int]]", "tuple[int, ...]", "float | None"]
        )

    def name(self) -> str:
        return self._random.choice(WORDS)

    def string(self) -> str:
        r = self._random
        text = r.choice(TEXTS)
        if r.random() < 0.3:
            return f'f"{text} {{{self.name()}}} {{{self.name()}.{self.name()}}}"'
        return f'"{text}"'

    def atom(self) -> str:
        r = self._random
        return r.choice(
            [
                self.name,
                self.name,
                self.string,
                lambda: str(r.randint(0, 300)),
                lambda: r.choice(["1e-3", "0.5", "True", "None", "-1", "()", "[]", "{}", "f()"]),
                lambda: f"{self.name()}.{self.name()}",
            ]  # fmt: skip
        )()

    def arguments(self, depth: int) -> str:
        r = self._random
        parts = [self.expression(depth - 1) for _ in range(r.choice([0, 1, 1, 2, 3]))]
        if r.random() < 0.1:
            parts.append(f"*{self.name()}")
        names = r.sample(WORDS[:10], r.choice([0, 0, 1, 2, 4]))
        parts += [f"{name}={self.expression(depth - 1)}" for name in names]
        if r.random() < 0.1:
            parts.append(f"**{self.name()}")
        return ", ".join(parts)

    def call(self, depth: int) -> str:
        r = self._random
        if r.random() < 0.08:
            return f"{self.name()}({self.expression(depth - 1)} for {self.name()} in {self.atom()})"
        callee = ".".join(self.name() for _ in range(r.choice([1, 2, 2, 3])))
        return f"{callee}({self.arguments(depth)})"

    def layer(self, depth: int) -> str:
        inputs = self._random.choice([self.name(), f"[{self.name()}, {self.name()}]"])
        return f"{self.call(depth)}({inputs})"

    def chain(self, depth: int) -> str:
        r = self._random
        text = r.choice([self.name(), self.call(depth - 1)])
        for _ in range(r.randint(1, 4)):
            text += r.choice(
                [
                    f".{self.name()}({self.arguments(depth - 1)})",
                    f".{self.name()}()",
                    f".{self.name()}",
                    f"[{self.index(depth)}]",
                ]
            )
        return text

    def index(self, depth: int) -> str:
        r = self._random
        one = [
            lambda: self.atom(), lambda: ":", lambda: "1:", lambda: ":-1", lambda: "::2",
            lambda: f"{self.name()} + 1 :", lambda: f"{self.name()} : {self.name()} * 2", lambda: "None",
        ]  # fmt: skip
        return ", ".join(r.choice(one)() for _ in range(r.choice([1, 1, 2, 3])))

    def items(self, depth: int) -> str:
        return ", ".join(self.expression(depth - 1) for _ in range(self._random.randint(2, 5)))

    def expression(self, depth: int) -> str:
        r = self._random
        if depth <= 0:
            return self.atom()
        inner = depth - 1
        forms = [
            lambda: self.atom(),
            lambda: self.atom(),
            lambda: self.call(depth),
            lambda: self.call(depth),
            lambda: self.layer(inner),
            lambda: self.chain(inner),
            lambda: f"[{self.items(depth)}]",
            lambda: f"[{self.expression(inner)}]",
            lambda: f"({self.items(depth)})",
            lambda: f"({self.expression(inner)},)",
            lambda: "{" + ", ".join(
                f"{self.string()}: {self.expression(inner)}" for _ in range(r.randint(1, 4))
            ) + "}",
            lambda: f"[{self.expression(inner)} for {self.name()} in {self.call(inner)}]",
            lambda: f"[{self.atom()} for {self.name()} in {self.atom()} if {self.comparison(inner)}]",
            lambda: "{" + f"{self.atom()}: {self.atom()} for {self.name()} in {self.call(inner)}" + "}",
            lambda: self.arithmetic(depth),
            lambda: self.arithmetic(depth),
            lambda: self.comparison(depth),
            lambda: f" {r.choice(['and', 'or'])} ".join(
                f"({self.comparison(inner)})" if r.random() < 0.2 else self.comparison(inner)
                for _ in range(r.randint(2, 4))
            ),
            lambda: f"not {self.call(inner)}",
            lambda: f"-{self.name()}",
            lambda: f"{self.atom()} if {self.comparison(inner)} else {self.atom()}",
            lambda: f"({self.call(inner)} if {self.name()} else {self.atom()})",
        ]  # fmt: skip
        return r.choice(forms)()

    def arithmetic(self, depth: int) -> str:
        r = self._random
        parts = [self.operand(depth - 1)]
        for _ in range(r.randint(1, 3)):
            parts += [r.choice(["+", "-", "*", "/", "//", "**", "%", "@"]), self.operand(depth - 1)]
        return " ".join(parts)

    def operand(self, depth: int) -> str:
        r = self._random
        if r.random() < 0.2:
            return f"({self.arithmetic(depth - 1)})" if depth > 0 else self.name()
        return r.choice([self.name(), str(r.randint(1, 99)), self.call(depth), self.chain(depth)])

    def comparison(self, depth: int) -> str:
        operator = self._random.choice(["==", "<", ">=", "in", "is not", "!="])
        return f"{self.operand(depth - 1)} {operator} {self.operand(depth - 1)}"


def indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))

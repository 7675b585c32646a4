"""Builds declarations and statements: one method for each rule of `grammar/arch.lark`.

Where the grammar is wider than the language, this says what is wrong: a statement in a body that
has no place for it, or a name that begins with the wrong letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archlang.records import record
from archlang.source import Source, Span
from archlang.syntax import errors
from archlang.syntax import tree as t
from archlang.syntax.comments import Comments
from archlang.syntax.expressions import Children, ExpressionBuilder
from archlang.syntax.tokens import RESERVED, Broken, Token

DTYPES = frozenset(
    [
        "float16",
        "float32",
        "float64",
        "bfloat16",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "string",
        "complex64",
        "complex128",
    ]
)
"""The words that are a tensor type without brackets; any other word behind `output x:` names a
task.
"""

MAX_RENAMED = 50
"""How many places the fix of a misnamed thing changes at most."""


@record
class Body:
    """`{ … }` before it is known what it belongs to."""

    span: Span
    statements: tuple[t.Node, ...]


class Builder(ExpressionBuilder):
    """The rules from `spec` down to statements."""

    def __init__(self, source: Source, tokens: Sequence[Token], comments: Comments) -> None:
        super().__init__(source, tokens)
        self.comments = comments
        self._names: dict[str, list[Token]] | None = None

    def spec(self, children: Children) -> t.Tree:
        declarations: list[t.Declaration] = []
        outside: list[t.Node] = []  # a run of statements that stand in no body
        for child in children:
            if isinstance(child, t.Declaration):
                declarations.append(child)
                self._report_outside(outside)
                outside = []
            elif isinstance(child, t.Node) and not _is_hole(child):
                outside.append(child)
        self._report_outside(outside)
        first = declarations[0].span.start if declarations else None
        return t.Tree(
            self.source, tuple(declarations), self.comments.all, self.comments.at_top(first)
        )

    def _report_outside(self, run: list[t.Node]) -> None:
        if run:
            self.problems.append(errors.outside(_place(run[0]), _noun(run[0]), len(run)))

    # ---------------------------------------------------------------------- declarations

    def import_(self, children: Children) -> t.Import:
        names = tuple(self.to_name(token) for token in children[3::2])
        return t.Import(self.span(children), self.string([children[1]]), names)

    def python(self, children: Children) -> t.PythonDecl:
        kind = children[0].text
        parameters = _only(children, list)
        at = next(i for i, c in enumerate(children) if isinstance(c, Token) and c.type == "FROM")
        module = self.string([children[at + 1]])
        result = children[-1].type if isinstance(children[-1], _Result) else None
        name = self._type_name(children[1], kind)
        return t.PythonDecl(
            self.span(children),
            kind,
            name,
            tuple(parameters or ()),
            module,
            result,
            self._doc(children),
        )

    def result(self, children: Children) -> _Result:
        kind = children[1]
        if isinstance(kind, t.Name) and kind.id == "same":
            return _Result(self.span(children), "same")
        return _Result(self.span(children), self._tensor_type(kind, "a layer's result"))

    def task(self, children: Children) -> t.Task:
        members: list[t.InputDecl | t.OutputDecl | t.DataDecl] = []
        for statement in children[2].statements:
            if isinstance(statement, t.Setting) and statement.name.id == "data":
                statement = t.DataDecl(statement.span, statement.value)
            if isinstance(statement, (t.InputDecl, t.OutputDecl, t.DataDecl)):
                members.append(statement)
            elif not _is_hole(statement):
                self.problems.append(errors.not_in_a_task(_place(statement), _noun(statement)))
        name = self._type_name(children[1], "task")
        return t.Task(self.span(children), name, tuple(members), self._doc(children))

    def block(self, children: Children) -> t.Block:
        name = self._type_name(children[1], "block")
        parameters = _only(children, list) or ()
        contract = _only(children, t.Contract)
        body = self._stack(children[-1])
        return t.Block(
            self.span(children), name, tuple(parameters), contract, body, self._doc(children)
        )

    def contract(self, children: Children) -> t.Contract:
        return t.Contract(self.span(children), children[1], children[3])

    def contract_type(self, children: Children) -> t.DimsType | t.TensorType:
        items = _only(children, list) or ()
        if children[0].type == "NAME":
            return t.TensorType(self.span(children), self.to_name(children[0]), tuple(items))
        return t.DimsType(self.span(children), tuple(items))

    def model(self, children: Children) -> t.Model:
        name = self._type_name(children[1], "model")
        parameters = _only(children, list) or ()
        task = None
        for i, child in enumerate(children):
            if isinstance(child, Token) and child.type == "FOR":
                task = self.to_name(children[i + 1])
        body = self._stack(children[-1])
        return t.Model(
            self.span(children), name, tuple(parameters), task, body, self._doc(children)
        )

    def variant(self, children: Children) -> t.Variant:
        base = children[3]
        if isinstance(base, Token):
            base = t.Call(self.token_span(base), self.to_name(base), ())
        return t.Variant(
            self.span(children), self._type_name(children[1], "model"), base, self._doc(children)
        )

    def train(self, children: Children) -> t.Train:
        model = self.to_name(children[1]) if len(children) == 3 else None
        settings: list[t.Setting] = []
        phases: list[t.Phase] = []
        for statement in children[-1].statements:
            if isinstance(statement, t.Setting):
                settings.append(statement)
            elif isinstance(statement, t.Phase):
                phases.append(statement)
            else:
                self._misplaced_setting(statement, "train")
        return t.Train(
            self.span(children), model, tuple(settings), tuple(phases), self._doc(children)
        )

    def phase(self, children: Children) -> t.Phase:
        settings: list[t.Setting] = []
        for statement in children[2].statements:
            if isinstance(statement, t.Setting):
                settings.append(statement)
            else:
                self._misplaced_setting(statement, "a phase")
        return t.Phase(self.span(children), self._value_name(children[1], "phase"), tuple(settings))

    def parameters(self, children: Children) -> list[t.Parameter]:
        return [child for child in children if isinstance(child, t.Parameter)]

    def parameter(self, children: Children) -> t.Parameter | None:
        first: Token = children[0]
        if first.type == "HOLE":
            return None
        if first.text in RESERVED:
            self.problems.append(errors.reserved_word(self.token_span(first), first.text))
        name = self._value_name(first, "parameter")
        last: Token | t.Expr | None = children[2] if len(children) == 3 else None
        if not isinstance(last, Token):
            return t.Parameter(self.span(children), name, last, is_tensor=False)
        if last.text != "tensor":
            self.problems.append(errors.bad_parameter_type(self.token_span(last), last.text))
        return t.Parameter(self.span(children), name, None, is_tensor=True)

    # ---------------------------------------------------------------------- statements

    def body(self, children: Children) -> Body:
        return Body(self.span(children), tuple(c for c in children if isinstance(c, t.Node)))

    def group(self, children: Children) -> t.Expr:
        return t.Group(children[0].span, self._stack(children[0]))

    def broken(self, children: Children) -> t.Node | None:
        token: Broken = children[0]
        return token.node

    def flow_statement(self, children: Children) -> t.Statement:
        targets: tuple[t.AsTarget, ...] = children[2] if len(children) == 3 else ()
        last = targets[-1] if targets else children[0]
        return t.FlowStatement(self.span([children[0], last]), children[0], targets)

    def as_targets(self, children: Children) -> tuple[t.AsTarget, ...]:
        return tuple(children[::2])

    def as_target(self, children: Children) -> t.AsTarget:
        name = self._value_name(children[0], "tensor")
        return t.AsTarget(self.span(children), name, len(children) == 3)

    def let(self, children: Children) -> t.Let:
        name = self._value_name(children[1], "constant")
        return t.Let(self.span(children), name, children[3], self._doc(children))

    def shared(self, children: Children) -> t.Statement:
        return t.Shared(
            self.span(children), self._value_name(children[1], "shared layer"), children[3]
        )

    def learned(self, children: Children) -> t.Statement:
        kind = self._tensor_type(children[3], "a learned tensor")
        initializer = children[5] if len(children) == 6 else None
        return t.Learned(
            self.span(children), self._value_name(children[1], "tensor"), kind, initializer
        )

    def repeat(self, children: Children) -> t.Statement:
        return t.Repeat(self.span(children), children[1], self._stack(children[2]))

    def for_(self, children: Children) -> t.Statement:
        return t.For(self.span(children), children[1], children[3], self._stack(children[4]))

    def if_(self, children: Children) -> t.Statement:
        otherwise: tuple[t.Statement, ...] | None = None
        if len(children) == 5:
            last = children[4]
            otherwise = self._stack(last) if isinstance(last, Body) else (last,)
        return t.If(self.span(children), children[1], self._stack(children[2]), otherwise)

    def require(self, children: Children) -> t.Statement:
        return t.Require(self.span(children), children[1])

    def input_decl(self, children: Children) -> t.Statement:
        written = children[3]
        kind = _shifted(written) or self._tensor_type(written, "an input")
        name = self._value_name(children[1], "input")
        return t.InputDecl(self.span(children), name, kind, self._doc(children))

    def output_decl(self, children: Children) -> t.Statement:
        kind = children[3] if len(children) == 4 else None
        if isinstance(kind, t.Name):
            kind = (
                t.TensorType(kind.span, kind, ())
                if kind.id in DTYPES
                else t.Call(kind.span, kind, ())
            )
        elif isinstance(kind, t.Missing):
            kind = None
        name = self._value_name(children[1], "output")
        return t.OutputDecl(self.span(children), name, kind, self._doc(children))

    def assignment(self, children: Children) -> t.Setting:
        return t.Setting(self.span(children), self.to_name(children[0]), children[2])

    def targets(self, children: Children) -> t.Target:
        if len(children) == 1:
            return children[0]
        return t.TupleTarget(self.span(children), tuple(children[::2]))

    def target(self, children: Children) -> t.Target:
        if len(children) == 1:
            return t.NameTarget(
                self.token_span(children[0]), self._value_name(children[0], "loop variable").id
            )
        inner: t.Target = children[1]
        items = inner.items if isinstance(inner, t.TupleTarget) else (inner,)
        return t.TupleTarget(self.span(children), items)

    def type(self, children: Children) -> t.Node:
        first = children[0]
        if not isinstance(first, Token):
            return first
        if first.type == "HOLE":
            return t.Missing(self.token_span(first))
        if len(children) == 1:
            return self.to_name(first)
        return t.TensorType(
            self.span(children), self.to_name(first), tuple(_only(children, list) or ())
        )

    # ---------------------------------------------------------------------- helpers

    def _stack(self, body: Body) -> tuple[t.Statement, ...]:
        """The statements of a body that is a stack."""
        statements: list[t.Statement] = []
        for statement in body.statements:
            if isinstance(statement, t.Statement):
                statements.append(statement)
            elif isinstance(statement, t.Setting):
                statements.append(self._assignment_in_stack(statement))
            else:
                self.problems.append(errors.not_in_a_stack(_place(statement), _noun(statement)))
        return tuple(statements)

    def _misplaced_setting(self, statement: t.Node, where: str) -> None:
        value = statement.value if isinstance(statement, t.FlowStatement) else None
        if isinstance(value, t.Compare) and value.operators == ("==",):
            left, right = value.operands
            between = self.source.text[left.span.end : right.span.start]
            start = left.span.end + between.index("==")
            self.problems.append(errors.comparison_for_equal(Span(self.path, start, start + 2)))
        elif not _is_hole(statement):
            self.problems.append(errors.not_in_train(_place(statement), _noun(statement), where))

    def _assignment_in_stack(self, setting: t.Setting) -> t.Statement:
        name, value = setting.name, setting.value
        if name.id == "data":
            return t.DataDecl(setting.span, value)
        self.problems.append(
            errors.assignment(name.span, value.span, name.id, self.source.slice(value.span))
        )
        return t.FlowStatement(setting.span, value, (t.AsTarget(name.span, name, False),))

    def _tensor_type(self, written: t.Node, what: str) -> t.TensorType:
        if isinstance(written, t.TensorType):
            return written
        if isinstance(written, t.Name):
            return t.TensorType(written.span, written, ())
        if not isinstance(written, t.Missing):
            self.problems.append(
                errors.bad_tensor_type(written.span, self.source.slice(written.span), what)
            )
        hole = t.Missing(written.span)
        return t.TensorType(written.span, t.Name(written.span, "float32"), (hole,))

    def _type_name(self, token: Token, what: str) -> t.Name:
        text = token.text
        if text and not text[0].isupper():
            self.problems.append(errors.needs_capital(self._places(token), what, text))
        return self.to_name(token)

    def _value_name(self, token: Token, what: str) -> t.Name:
        text = token.text
        if text[:1].isupper():
            self.problems.append(errors.needs_small_letter(self._places(token), what, text))
        return self.to_name(token)

    def _places(self, token: Token) -> list[Span]:
        """The spans of a name: this one first, then wherever else it is written."""
        if self._names is None:
            self._names = {}
            for other in self.tokens:
                if other.type == "NAME":
                    self._names.setdefault(other.text, []).append(other)
        others = [
            other for other in self._names[token.text][:MAX_RENAMED] if other.start != token.start
        ]
        return [self.token_span(token), *map(self.token_span, others)]

    def _doc(self, children: Children) -> str | None:
        return self.comments.above(children[0].start)


# Rules whose names are Python keywords.
for _rule in ("import", "for", "if"):
    setattr(Builder, _rule, getattr(Builder, _rule + "_"))


@record
class _Result:
    span: Span
    type: Any


def _only(children: Iterable[Any], kind: type[Any]) -> Any:
    """The child of that type, if there is one."""
    return next((child for child in children if isinstance(child, kind)), None)


def _shifted(written: t.Node) -> t.ShiftedType | None:
    if (
        isinstance(written, t.Call)
        and written.callee.id == "shifted"
        and len(written.arguments) == 1
    ):
        argument = written.arguments[0]
        if argument.name is None and isinstance(argument.value, t.Name):
            return t.ShiftedType(written.span, argument.value)
    return None


def _is_hole(statement: t.Node) -> bool:
    """Whether this is what is left of a broken statement, which has its error already."""
    return isinstance(statement, t.FlowStatement) and isinstance(statement.value, t.Missing)


def _place(statement: t.Node) -> Span:
    """The part of a statement that a message points at."""
    if isinstance(statement, (t.Setting, t.Phase, t.Let, t.InputDecl, t.OutputDecl)):
        return statement.name.span
    if isinstance(statement, t.FlowStatement):
        return (
            statement.value.steps[0].span
            if isinstance(statement.value, t.Flow)
            else statement.value.span
        )
    return statement.span


_NOUNS: dict[type[t.Node], str] = {
    t.Setting: "a setting",
    t.Phase: "a phase",
    t.Let: "a constant",
    t.Shared: "a shared layer",
    t.Learned: "a learned tensor",
    t.Repeat: "a loop",
    t.For: "a loop",
    t.If: "a choice",
    t.Require: "a `require`",
    t.InputDecl: "an input",
    t.OutputDecl: "an output",
    t.DataDecl: "a data source",
}


def _noun(statement: t.Node) -> str:
    return _NOUNS.get(type(statement), "a layer")

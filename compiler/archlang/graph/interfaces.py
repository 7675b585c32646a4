"""Evaluating the interface of a model and its training: `TaskSpec` and `TrainSpec` from their trees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archlang.diagnostics import Diagnostic, Severity, error
from archlang.evaluation.evaluator import Environment, Evaluator
from archlang.evaluation.values import UNKNOWN, UnknownDim, contains_unknown, show
from archlang.semantics.errors import unknown_name
from archlang.semantics.program import Program
from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Dim, Shape
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.data_sources import check_data
from archlang.tasks.held_out import check_held_out
from archlang.tasks.model import (
    DataSpec,
    InputSpec,
    OutputSpec,
    PhaseSpec,
    SettingSpec,
    TaskSpec,
    TrainSpec,
)
from archlang.tasks.problem import Problem
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import SETTINGS, check_phase, check_train


class Interfaces:
    """Evaluates tasks and training, each problem at its place."""

    def __init__(self, evaluator: Evaluator, program: Program) -> None:
        self.evaluator = evaluator
        self.program = program
        self.report = evaluator.report
        self.wrong: set[Span] = set()  # inputs whose dimensions have been reported

    def task(
        self,
        name: str | None,
        members: Iterable[t.Statement],
        env: Environment,
        doc: str | None = None,
    ) -> TaskSpec:
        """The interface that inputs, outputs and data declare."""
        inputs: list[InputSpec] = []
        outputs: list[OutputSpec] = []
        data: DataSpec | None = None
        data_problems: list[Problem] = []
        kept = list(members)
        for member in kept:
            if isinstance(member, t.InputDecl):
                inputs.append(self._input(member, env))
            elif isinstance(member, t.OutputDecl):
                outputs.append(self._output(member, env))
            elif isinstance(member, t.DataDecl):
                data = self.data(member.value, env)
        shifted = [
            InputSpec(i.name, "int32", (None,), i.span, i.shifted, i.doc) if i.shifted else i
            for i in inputs
        ]
        # Of two with one name, which has been reported, the first counts.
        first_inputs = list({i.name: i for i in reversed(shifted)}.values())[::-1]
        first_outputs = list({o.name: o for o in reversed(outputs)}.values())[::-1]
        task = TaskSpec(name, tuple(first_inputs), tuple(first_outputs), data, doc)
        if any(declared.shifted for declared in first_inputs):
            from archlang.tasks.generation import beginning_problems

            for output, problem in beginning_problems(task):
                self._place([problem], output.span, {}, {})
        if data is not None:
            data_problems = check_data(task, data)
            self._place_data(data_problems, kept, data)
        return task

    def _place_data(
        self, problems: list[Problem], members: list[t.Statement], data: DataSpec
    ) -> None:
        calls = [
            m.value for m in members if isinstance(m, t.DataDecl) and isinstance(m.value, t.Call)
        ]
        names = {
            a.name.id: a.name.span for call in calls for a in call.arguments if a.name is not None
        }
        for problem in problems:
            # What is wrong with the source's name stands at the name.
            whole = calls[-1].callee.span if problem.code == "E0530" and calls else data.span
            self._place([problem], whole, data.spans, names)

    def _input(self, member: t.InputDecl, env: Environment) -> InputSpec:
        if isinstance(member.type, t.ShiftedType):
            return InputSpec(
                member.name.id,
                "int32",
                (None,),
                member.name.span,
                member.type.output.id,
                member.doc,
            )
        dims = self.dims(member.type.dims, env)
        if any(
            dim is None and not _is_none(written)
            for dim, written in zip(dims, member.type.dims, strict=True)
        ):
            self.wrong.add(member.name.span)
        return InputSpec(
            member.name.id, member.type.dtype.id, dims, member.name.span, None, member.doc
        )

    def _output(self, member: t.OutputDecl, env: Environment) -> OutputSpec:
        name, span = member.name.id, member.name.span
        if isinstance(member.type, t.TensorType):
            dims = self.dims(member.type.dims, env)
            return OutputSpec(name, span, dtype=member.type.dtype.id, dims=dims, doc=member.doc)
        if member.type is None:
            return OutputSpec(name, span, doc=member.doc)
        call = member.type
        word = call.callee.id
        kind = KINDS.get(word)
        if kind is None:
            help = None if word[:1].islower() else "tasks are written small"
            self.report(unknown_name(word, call.callee.span, "task", KINDS, help=help))
            return OutputSpec(name, span, doc=member.doc)
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        spans: dict[str, Span] = {}
        names: dict[str, Span] = {}
        for index, argument in enumerate(call.arguments):
            value = self.evaluator.evaluate(argument.value, env)
            if argument.name is None:
                positional.append(value)
                spans[str(index)] = argument.value.span
                if index < len(kind.parameters):
                    spans[kind.parameters[index].name] = argument.value.span
            else:
                keywords[argument.name.id] = value
                spans[argument.name.id] = argument.value.span
                names[argument.name.id] = argument.name.span
        if any(contains_unknown(value) for value in (*positional, *keywords.values())):
            return OutputSpec(name, span, doc=member.doc)
        args, problems = kind.bind(positional, keywords)
        self._place(problems, call.callee.span, spans, names)
        if problems:
            return OutputSpec(name, span, doc=member.doc)
        return OutputSpec(name, span, kind.name, args, doc=member.doc)

    def dims(self, dims: tuple[t.Expr, ...], env: Environment) -> Shape:
        """The dimensions of a type, each checked."""
        return tuple(self._dim(dim, env) for dim in dims)

    def _dim(self, expr: t.Expr, env: Environment) -> Dim:
        value = self.evaluator.evaluate(expr, env)
        if value is None or value is UNKNOWN or isinstance(value, UnknownDim):
            return None
        if isinstance(value, Sym):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.report(
            error(
                "E0705",
                f"a dimension must be a positive whole number, a name or None, not {show(value)}",
                expr.span,
                label="not a size",
            )
        )
        return None

    def data(self, expr: t.Expr, env: Environment) -> DataSpec | None:
        """`sklearn(digits)` as a source with its arguments."""
        if not isinstance(expr, t.Call):
            if not isinstance(expr, t.Missing):
                self.report(
                    error(
                        "E0530",
                        "`data` is a source",
                        expr.span,
                        label="not a source",
                        help='for example `data = csv("table.csv")` or `data = sklearn(digits)`',
                    )
                )
            return None
        bound = self.program.tables.calls.get(expr)
        if bound is None:
            return None
        args = tuple(self.evaluator.evaluate(argument.value, env) for argument in bound.extra)
        kwargs = {n: self.evaluator.evaluate(a.value, env) for n, a in bound.constructor.items()}
        if any(contains_unknown(value) for value in (*args, *kwargs.values())):
            return None
        spans = {str(i): argument.value.span for i, argument in enumerate(bound.extra)}
        spans.update({n: a.value.span for n, a in bound.constructor.items()})
        return DataSpec(expr.callee.id, args, kwargs, expr.span, spans)

    # ------------------------------------------------------------------ training

    def train(self, trees: list[t.Train], task: TaskSpec) -> TrainSpec:
        """`train { … }` with `train Model { … }` laid over it."""
        env = Environment()
        settings: dict[str, SettingSpec] = {}
        phases: dict[str, dict[str, SettingSpec]] = {}
        names: dict[str, Span] = {}
        in_phases: dict[str, dict[str, Span]] = {}
        for tree in trees:
            settings.update(self._settings(tree.settings, env, names))
        for tree in trees:
            for phase in tree.phases:
                places = in_phases.setdefault(phase.name.id, {})
                phases.setdefault(phase.name.id, {}).update(
                    self._settings(phase.settings, env, places)
                )
        spec = TrainSpec(settings)
        self._place_settings(check_train(spec), settings, names)
        for name in ("validation", "test"):
            setting = settings.get(name)
            if setting is not None and isinstance(setting.value, DataSpec):
                self._place(
                    check_held_out(name, setting.value, task),
                    setting.value.span,
                    setting.value.spans,
                    {},
                )
        built: list[PhaseSpec] = []
        above = settings
        for name, own in phases.items():
            merged = {
                **{k: v for k, v in above.items() if k not in ("unfreeze", "batch_norm")},
                **own,
            }
            values = {key: setting.value for key, setting in merged.items()}
            self._place_settings(check_phase(values, frozenset(own)), own, in_phases[name])
            built.append(PhaseSpec(name, merged))
            above = merged
        return TrainSpec(settings, tuple(built))

    def _settings(
        self, settings: tuple[t.Setting, ...], env: Environment, names: dict[str, Span]
    ) -> dict[str, SettingSpec]:
        found: dict[str, SettingSpec] = {}
        for setting in settings:
            names[setting.name.id] = setting.name.span
            if setting.name.id in found:
                self.report(
                    error(
                        "E0202",
                        f"`{setting.name.id}` is set twice",
                        setting.name.span,
                        label="set again",
                    )
                )
            value: Any
            if setting.name.id not in SETTINGS:
                value = None  # no value makes it a setting
            elif setting.name.id in ("validation", "test") and isinstance(setting.value, t.Call):
                value = self.data(setting.value, env)
                if value is None:
                    continue
            else:
                value = self.evaluator.evaluate(setting.value, env)
            if contains_unknown(value):
                continue
            if (
                setting.name.id == "optimizer"
                and isinstance(value, LayerValue)
                and value.kind == "declared"
            ):
                continue
            found[setting.name.id] = SettingSpec(value, setting.value, setting.value.span)
        return found

    def _place_settings(
        self,
        problems: list[Problem],
        settings: Mapping[str, SettingSpec],
        names: Mapping[str, Span],
    ) -> None:
        spans = {name: setting.span for name, setting in settings.items()}
        for problem in problems:
            fallback = next(iter(spans.values()), None)
            if fallback is not None:
                self._place([problem], fallback, spans, names)

    def _place(
        self,
        problems: list[Problem],
        whole: Span,
        spans: Mapping[str, Span],
        names: Mapping[str, Span],
    ) -> None:
        for problem in problems:
            self.report(placed(problem, whole, spans, names))


def _is_none(expr: t.Expr) -> bool:
    return isinstance(expr, t.Constant) and expr.value is None


def placed(
    problem: Problem,
    whole: Span,
    spans: Mapping[str, Span] | None = None,
    names: Mapping[str, Span] | None = None,
) -> Diagnostic:
    """A problem of a task as a diagnostic: at its argument's value, at the argument's name, or at the whole."""
    argument = problem.argument or ""
    span = (
        ((names or {}).get(argument) if problem.at_name else None)
        or (spans or {}).get(argument)
        or whole
    )
    severity = Severity.ERROR if problem.severity == "error" else Severity.WARNING
    return Diagnostic(
        problem.code, severity, problem.message, span, problem.label, help=problem.help
    )

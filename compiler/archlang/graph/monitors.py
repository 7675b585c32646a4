"""What callbacks watch, checked against what training logs; each problem at the argument at fault."""

from __future__ import annotations

from typing import Any, cast

from archlang.diagnostics import Diagnostic, Edit, Fix, Severity
from archlang.graph.model import Graph
from archlang.syntax import tree as t
from archlang.tasks import checks
from archlang.tasks.model import SettingSpec
from archlang.tasks.monitors import MonitorProblem, check_monitors, phases_of, validation_of


def monitor_problems(graph: Graph) -> list[Diagnostic]:
    """What is wrong with `monitor` and `mode` of the callbacks of a model's training."""
    task, train = graph.task, graph.train
    if train is None or all(output.kind is None for output in task.outputs):
        return []
    # Without data, who calls `train` in the script may validate.
    validates = task.data is None or bool(validation_of(task, train))
    found: list[Diagnostic] = []
    done: list[SettingSpec] = []
    for phase in phases_of(train):
        setting = phase.settings.get("callbacks")
        # Phases inherit the callbacks of those before them.
        if setting is None or setting in done:
            continue
        done.append(setting)
        callbacks = cast("list[Any]", setting.value) if checks.is_list(setting.value) else []
        for problem in check_monitors(task, callbacks, validates=validates):
            found.append(_placed(problem, setting))
    return found


def _placed(problem: MonitorProblem, setting: SettingSpec) -> Diagnostic:
    written = setting.expr.items if isinstance(setting.expr, t.ListExpr) else ()
    whole = len(written) == len(setting.value)
    call = written[problem.callback] if whole else setting.expr
    callback = setting.value[problem.callback].name
    first = problem.argument == "monitor" and callback != "ModelCheckpoint"
    value = _argument(call, problem.argument, first)
    span = call.span if value is None else value.span
    fixes: tuple[Fix, ...] = ()
    if problem.instead is not None and value is not None:
        quoted = isinstance(value, t.Constant)
        text = f'"{problem.instead}"' if quoted else problem.instead
        fixes = (Fix(f"write `{problem.instead}`", (Edit(span, text),)),)
    elif problem.add is not None and isinstance(call, t.Call) and call.arguments:
        at = call.arguments[-1].value.span.after
        fixes = (Fix(f"add `{problem.add}`", (Edit(at, f", {problem.add}"),)),)
    severity = Severity.ERROR if problem.severity == "error" else Severity.WARNING
    return Diagnostic(
        problem.code,
        severity,
        problem.message,
        span,
        problem.label,
        help=problem.help,
        fixes=fixes,
    )


def _argument(call: t.Expr, name: str, first: bool) -> t.Expr | None:
    """The value of an argument of a call, which may be the first without a name."""
    if not isinstance(call, t.Call):
        return None
    for argument in call.arguments:
        if argument.name is not None and argument.name.id == name:
            return argument.value
    if first and call.arguments and call.arguments[0].name is None:
        return call.arguments[0].value
    return None

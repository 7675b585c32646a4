"""Windows over a series: a table whose rows follow one another in time."""

from __future__ import annotations

from dataclasses import replace

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.tasks.model import OutputSpec
from archlang.tasks.registry import KINDS
from archlang.tasks.series_data import steps_behind

_WINDOWS = '''
def windows(rows: np.ndarray, length: int, first: int, count: int) -> np.ndarray:
    """Cut so many windows out of a series, each a row further than the one before."""
    starts = first + np.arange(count)
    return rows[starts[:, None] + np.arange(length)]
'''

_SPLIT = '''
def split(examples: Examples, fraction: float) -> tuple[Examples, Examples]:
    """Set the last fraction of a series aside.REASON"""
    count = COUNT
    aside = round(count * fraction)
    kept = count - asideGAP
    if aside == 0 or kept <= 0:
        raise SystemExit(
            f"{count} windows are too few to set the last {fraction:.0%} aside"
        )
    return take(examples, slice(kept)), take(examples, slice(count - aside, count))
'''
_REASON = """

    The windows that reach into both parts are left out: none of what is to be predicted
    there has been trained on.
    """


def rows_of(plan: TrainingPlan) -> TrainingPlan:
    """The plan for one row of a series, of which windows are made; else the plan itself."""
    if plan.window is None:
        return plan
    inputs = tuple(replace(declared, dims=declared.dims[1:]) for declared in plan.task.inputs)
    outputs = tuple(map(_of_a_row, plan.task.outputs))
    return replace(plan, task=replace(plan.task, inputs=inputs, outputs=outputs))


def add_series_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_data` and `load_inputs`, given `inputs_of` and `targets_of` for rows."""
    horizon = max(map(steps_behind, plan.outputs))
    parts.constant("WINDOW", f"WINDOW = {plan.window}")
    if horizon:
        parts.constant("HORIZON", f"HORIZON = {horizon}")
    parts.function("windows", _WINDOWS)
    behind = " - HORIZON" if horizon else ""
    needed = f"{{WINDOW{' + HORIZON' if horizon else ''}}}"
    lines = [
        "def load_data(path: Path) -> Examples:",
        '    """Read windows of the series, and what each is to be answered with."""',
        "    table = read_table(path, INPUT_COLUMNS + TARGET_COLUMNS)",
        "    x, y = inputs_of(table), targets_of(table)",
        f"    count = len(table) - WINDOW{behind} + 1",
        "    if count < 1:",
        "        raise SystemExit(",
        '            f"{path} has {len(table)} rows, but a window and what is behind it take "',
        f'            f"{needed}"',
        "        )",
    ]
    if plan.one_input:
        lines.append("    x = windows(x, WINDOW, 0, count)")
    else:
        cut = "windows(rows, WINDOW, 0, count)"
        lines += statement("x = ", f"{{key: {cut} for key, rows in x.items()}}")
    if plan.one_output:
        lines += statement("y = ", _target(plan, plan.outputs[0], "y"))
    else:
        pairs = [
            (literal(output.name), _target(plan, output, f"y[{literal(output.name)}]"))
            for output in plan.outputs
        ]
        lines += statement("y = ", mapping(pairs))
    parts.function("load_data", [*lines, "    return x, y"])
    last = "rows[-WINDOW:][None]"
    returned = "x[-WINDOW:][None]"
    if not plan.one_input:
        returned = f"{{key: {last} for key, rows in x.items()}}"
    parts.function(
        "load_inputs",
        [
            "def load_inputs(path: Path) -> Inputs:",
            '    """Read the last window of a series, whose future is to be predicted."""',
            "    table = read_table(path, INPUT_COLUMNS)",
            "    if len(table) < WINDOW:",
            "        raise SystemExit(",
            '            f"{path} has {len(table)} rows, but a window takes {WINDOW}"',
            "        )",
            "    x = inputs_of(table)",
            f"    return {returned}",
        ],
    )


def split_of_series(plan: TrainingPlan, count: str) -> str:
    """`split` for a series."""
    kinds = {output.kind for output in plan.outputs}
    horizon = max(map(steps_behind, plan.outputs))
    gap = "WINDOW" if "reconstruction" in kinds else "HORIZON"
    has_gap = gap == "WINDOW" or horizon > 1
    text = _SPLIT.replace("GAP", f" - ({gap} - 1)" if has_gap else "")
    return text.replace("REASON", _REASON if has_gap else "").replace("COUNT", count)


def _of_a_row(output: OutputSpec) -> OutputSpec:
    """A forecast of many steps is made of numbers of single rows."""
    if output.kind != "forecasting":
        return output
    args, _ = KINDS["regression"].bind((output.args["features"],), {})
    return replace(output, kind="regression", args=args)


def _target(plan: TrainingPlan, output: OutputSpec, rows: str) -> str:
    if output.kind == "reconstruction":
        return f"windows({rows}, WINDOW, 0, count)"
    if output.kind == "forecasting":
        horizon = output.args["horizon"]
        same = horizon == max(map(steps_behind, plan.outputs))
        return f"windows({rows}, {'HORIZON' if same else horizon}, WINDOW, count)"
    return f"{rows}[WINDOW : WINDOW + count]"

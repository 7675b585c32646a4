"""Puts the training half of a script together."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.answering import add_predict
from archlang.backends.python.training.arrays import (
    add_array_inputs,
    add_array_reader,
    add_prompt_reader,
    add_single_input_reader,
)
from archlang.backends.python.training.built_in_sets import add_set_reader
from archlang.backends.python.training.distribution import add_distribution
from archlang.backends.python.training.fitting import add_training
from archlang.backends.python.training.generating import add_generate
from archlang.backends.python.training.other_sources import add_other_readers
from archlang.backends.python.training.plan import Parts, Sections, TrainingPlan
from archlang.backends.python.training.plots import add_plots
from archlang.backends.python.training.program import add_main, add_summary_only, predicts_from
from archlang.backends.python.training.sequences import add_sequences, add_text
from archlang.backends.python.training.splitting import add_splits, add_types
from archlang.backends.python.training.stream_sources import stream_source
from archlang.backends.python.training.tables import add_table_reader
from archlang.backends.python.training.targets import add_labels


def training_sections(plan: TrainingPlan) -> Sections:
    """Everything of a script but its docstring, its blocks and `build_model`.

    Functions stand in the order in which they are called: reading, splitting, training, predicting,
    `main`.
    """
    parts = Parts()
    if not plan.outputs:
        add_summary_only(parts)
        return parts.sections()
    if plan.has_file:
        assert plan.data is not None
        parts.imports.add("from pathlib import Path")
        parts.constant("DATA", f"DATA = Path({literal(plan.data.args[0])})")
    add_labels(plan, parts)
    add_text(plan, parts)
    types = Parts()
    add_types(plan, types)
    _add_reading(plan, parts)
    if plan.data is not None:
        add_other_readers(plan, parts, _add_reading)
        add_splits(plan, parts)
    add_sequences(plan, parts)
    add_distribution(plan, parts)
    add_training(plan, parts)
    add_plots(plan, parts)
    if plan.decoding is not None:
        add_generate(plan.decoding, plan, parts)
    add_predict(plan, parts)
    add_main(plan, parts)
    # Types stand last among the constants, a blank line apart.
    parts.imports |= types.imports
    parts.names += types.names
    parts.constants += ["", *types.constants] if parts.constants else types.constants
    return parts.sections()


def _add_reading(plan: TrainingPlan, parts: Parts) -> None:
    if plan.reads == "table":
        add_table_reader(plan, parts)
    elif plan.reads == "arrays":
        add_array_reader(plan, parts)
    elif plan.reads == "set":
        add_set_reader(plan, parts)
    elif plan.reads == "stream":
        stream_source(plan).add(plan, parts)
    elif not plan.task.given:
        add_prompt_reader(plan, parts)
    elif predicts_from(plan) == "array":
        add_single_input_reader(plan, parts)
    else:
        add_array_inputs(plan, parts)

"""Labels that count differently: a loss that weighs each, since Keras's weights are of examples."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, kind_of
from archlang.backends.python.training.values import python_value
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import OutputSpec


def weighs_labels(output: OutputSpec) -> bool:
    """Whether an output has labels of which each counts as the task says."""
    return output.kind == "multilabel_classification" and bool(output.args.get("class_weight"))


def loss_of(plan: TrainingPlan, output: OutputSpec) -> str | Group:
    """The loss of an output as Python."""
    if weighs_labels(output):
        return _loss_name(plan, output)
    return python_value(kind_of(output).loss(output))


def add_weighted_losses(plan: TrainingPlan, parts: Parts) -> None:
    """A loss for each output whose labels are weighed, and its weights."""
    for output in plan.outputs:
        if not weighs_labels(output):
            continue
        weights = [float(weight) for weight in output.args["class_weight"]]
        constant = _constant_name(plan, output)
        parts.constant(constant, f"{constant} = {literal(weights)}")
        loss = kind_of(output).loss(output)
        each = LayerValue(loss.kind, loss.name, {**loss.args, "reduction": "none"})
        parts.function(
            _loss_name(plan, output),
            [
                # Saved models name their loss; this is how it is found again.
                "@keras.saving.register_keras_serializable()",
                f"def {_loss_name(plan, output)}(y_true, y_pred):",
                '    """Let the loss of each label count as the label does."""',
                *statement("loss = ", python_value(each)),
                "    # With an axis of its own, a label has a loss of its own.",
                "    losses = loss(y_true[..., None], y_pred[..., None])",
                *statement(
                    "return ",
                    call(
                        "keras.ops.mean",
                        call("keras.ops.multiply", "losses", constant),
                        ("axis", "-1"),
                    ),
                ),
            ],
        )


def _loss_name(plan: TrainingPlan, output: OutputSpec) -> str:
    return "weighted_loss" if len(plan.outputs) == 1 else f"weighted_loss_of_{output.name}"


def _constant_name(plan: TrainingPlan, output: OutputSpec) -> str:
    return "LABEL_WEIGHTS" if len(plan.outputs) == 1 else f"{output.name.upper()}_LABEL_WEIGHTS"

"""One sentence that says what a model does, for the first line of its script."""

from __future__ import annotations

from archlang.graph.model import Graph
from archlang.tasks.model import OutputSpec


def summary_line(graph: Graph) -> str:
    """`Cnn: classifies image as one of 10 classes.`"""
    inputs = [declared.name for declared in graph.task.inputs]
    given = _listed([name.replace("_", " ") for name in inputs])
    parts = [_does(output, given if i == 0 else "") for i, output in enumerate(graph.task.outputs)]
    return (
        f"{graph.name}: {', and '.join(part for part in parts if part)}."
        if parts
        else f"{graph.name}: a Keras model."
    )


def _does(output: OutputSpec, given: str) -> str:
    name = output.name.replace("_", " ")
    labels, classes = output.args.get("labels"), output.args.get("classes")
    source = f" from {given}" if given else ""
    match output.kind:
        case "classification":
            if labels and len(labels) <= 5:
                return f"classifies {name}{source} as {_listed([str(label) for label in labels], 'or')}"
            return f"classifies {name}{source} into {classes or len(labels or ())} classes"
        case "binary_classification":
            return f"decides {name}{source}" + (f": {labels[0]} or {labels[1]}" if labels else "")
        case "multilabel_classification":
            return f"labels {name}{source} with any of {classes or len(labels or ())} labels"
        case "regression":
            return f"predicts {name}{source}"
        case "token_classification":
            return f"classifies every step as {name}{source}"
        case "segmentation":
            return f"segments {name}{source}"
        case "generation":
            return f"generates {name}{source}"
        case "forecasting":
            return f"forecasts {name}{source}"
        case "reconstruction":
            return f"reconstructs {name}{source}"
        case _:
            return f"computes {name}{source}"


def _listed(items: list[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"

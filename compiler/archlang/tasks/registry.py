"""All kinds of tasks, by the word that a spec writes."""

from __future__ import annotations

from archlang.tasks.binary_classification import BinaryClassification
from archlang.tasks.classification import Classification
from archlang.tasks.forecasting import Forecasting
from archlang.tasks.generation import Generation
from archlang.tasks.kind import TaskKind
from archlang.tasks.multilabel_classification import MultilabelClassification
from archlang.tasks.reconstruction import Reconstruction
from archlang.tasks.regression import Regression
from archlang.tasks.segmentation import Segmentation
from archlang.tasks.token_classification import TokenClassification

KINDS: dict[str, TaskKind] = {
    kind.name: kind
    for kind in (
        Classification(),
        BinaryClassification(),
        MultilabelClassification(),
        Regression(),
        TokenClassification(),
        Segmentation(),
        Generation(),
        Forecasting(),
        Reconstruction(),
    )
}

"""The training half of a generated script: data, splits, training, evaluation, prediction, command
line.
"""

from archlang.backends.python.training.plan import Sections, TrainingPlan
from archlang.backends.python.training.script import training_sections

__all__ = ["Sections", "TrainingPlan", "training_sections"]

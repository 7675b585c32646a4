"""The sources of streams, by name."""

from __future__ import annotations

from archlang.backends.python.training.images import IMAGE_FOLDER
from archlang.backends.python.training.plan import TrainingPlan
from archlang.backends.python.training.streams import StreamSource
from archlang.backends.python.training.text_file import TEXT_FILE
from archlang.backends.python.training.text_folders import TEXT_FOLDER
from archlang.backends.python.training.text_pairs import TEXT_PAIRS

STREAM_SOURCES: dict[str, StreamSource] = {
    "image_folder": IMAGE_FOLDER,
    "text_file": TEXT_FILE,
    "text_folder": TEXT_FOLDER,
    "text_pairs": TEXT_PAIRS,
}


def stream_source(plan: TrainingPlan) -> StreamSource:
    """The source of a plan whose examples are a stream."""
    assert plan.data is not None
    return STREAM_SOURCES[plan.data.source]

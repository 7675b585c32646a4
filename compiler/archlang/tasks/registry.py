"""All kinds of tasks, by the word that a spec writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from archlang.tasks.kind import TaskKind

_CLASSES = {
    "classification": "Classification",
    "binary_classification": "BinaryClassification",
    "multilabel_classification": "MultilabelClassification",
    "regression": "Regression",
    "token_classification": "TokenClassification",
    "segmentation": "Segmentation",
    "generation": "Generation",
    "forecasting": "Forecasting",
    "reconstruction": "Reconstruction",
}


class _Kinds(Mapping[str, TaskKind]):
    """A kind's module, which has its name, is imported when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, TaskKind] = {}

    def __getitem__(self, word: str) -> TaskKind:
        if word not in self._made:
            # First the name: an unknown word is a KeyError, as of any mapping.
            name = _CLASSES[word]
            kind = getattr(import_module(f"archlang.tasks.{word}"), name)
            self._made[word] = kind()
        return self._made[word]

    def __contains__(self, word: object) -> bool:
        return word in _CLASSES

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


KINDS: Mapping[str, TaskKind] = _Kinds()

"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Sequence

Path = tuple[str | int, ...]


class DocumentError(ValueError):
    """A document that is no IR of a model: `path` leads to the place, `message` says what is wrong there."""

    def __init__(self, message: str, path: Sequence[str | int] = ()) -> None:
        place = show_path(path)
        super().__init__(f"{message} (at {place})" if place else message)
        self.message = message
        self.path = tuple(path)


def show_path(path: Sequence[str | int]) -> str:
    """`layers[2].args.units`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.isidentifier():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text

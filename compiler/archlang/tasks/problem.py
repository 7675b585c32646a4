"""A problem in a task, its data or its training, before it has a place in the source."""

from __future__ import annotations

from typing import Literal

from archlang.records import record


@record
class Problem:
    """What is wrong, and with which argument or setting.

    `argument` is a parameter's or setting's name; for a positional argument that no parameter takes
    it is its position as text (`"1"`), which is also how `DataSpec.spans` calls positional
    arguments. None means the whole call. `at_name` puts the carets under the word itself, not its
    value. The checker knows the spans.
    """

    code: str
    argument: str | None
    message: str
    help: str | None = None
    label: str = ""
    severity: Literal["error", "warning"] = "error"
    at_name: bool = False

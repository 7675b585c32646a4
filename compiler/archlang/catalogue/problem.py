"""One thing wrong with the arguments of a Keras object.

The caller knows where each argument stands in the source.
"""

from __future__ import annotations

from dataclasses import replace

from archlang.records import record


@record
class ArgumentProblem:
    """A problem of one argument, in words.

    `argument` is the name as written, for a missing argument (E0402) the name that is missing, and
    empty where the object as a whole is at fault. `replacement` is the text of a better value,
    for an unknown argument (E0401) a better name.
    """

    argument: str
    message: str
    label: str
    help: str | None
    code: str
    replacement: str | None = None

    def with_help(self, help: str | None, replacement: str | None) -> ArgumentProblem:
        """The same with a way out."""
        return replace(self, help=help, replacement=replacement)

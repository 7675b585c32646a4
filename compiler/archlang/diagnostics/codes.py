"""What a diagnostic code stands for; every package that reports problems has a table of these."""

from __future__ import annotations

from archlang.records import record


@record
class CodeInfo:
    """A code, its title in a few words, and an explanation in Markdown with a wrong and a right
    example.
    """

    code: str
    title: str
    explanation: str

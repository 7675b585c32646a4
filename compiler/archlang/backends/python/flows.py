"""What flows through a stack, as code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """What flows, as code: a variable, or a list of variables (`items`) after a fork."""

    code: str
    items: tuple[str, ...] | None = None


NOTHING = Flow("")


def fork_flow(items: list[str]) -> Flow:
    """Several tensors at once."""
    return Flow(f"[{', '.join(items)}]", tuple(items))

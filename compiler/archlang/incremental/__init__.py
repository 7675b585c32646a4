"""Checking a spec again after a small change: what has not changed is not read and elaborated anew."""

from archlang.incremental.memory import Interrupted, Memory

__all__ = ["Interrupted", "Memory"]

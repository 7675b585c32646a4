"""Diagnostics: problems as data, and the renderers that turn them into text or JSON."""

from archlang.diagnostics.model import (
    Diagnostic,
    Edit,
    Fix,
    Label,
    Severity,
    error,
    replace,
    warning,
)

__all__ = ["Diagnostic", "Edit", "Fix", "Label", "Severity", "error", "replace", "warning"]

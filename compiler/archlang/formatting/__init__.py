"""The one layout of a spec: `archc fmt`."""

from archlang.formatting.canonical import ChangedMeaning, Unreadable, format_source

__all__ = ["ChangedMeaning", "Unreadable", "format_source"]

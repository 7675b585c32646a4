"""Syntax: from the text of a spec to its tree."""

from archlang.syntax.parser import ParseResult, parse

__all__ = ["ParseResult", "parse"]

"""Specs as HTML that is safe to show whoever wrote them: text is escaped, pictures are images, which run nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape

# What `archlang.diagnostics.text` says in colours, in shades that can be read on light and dark pages.
_STYLES = {
    "1": "font-weight:bold",
    "31": "color:#d73a49",
    "32": "color:#1a9c47",
    "33": "color:#b7791f",
    "36": "color:#0e8aa5",
    "94": "color:#5b8def",
}
_CODES = re.compile(r"\x1b\[([0-9;]*)m")
_PRE = "white-space:pre;overflow-x:auto;line-height:1.3;margin:0.5em 0"


def preformatted(text: str) -> str:
    """A text for a terminal, with its colours, as HTML."""
    return f'<pre style="{_PRE}">{_spans(text)}</pre>'


def _spans(text: str) -> str:
    parts: list[str] = []
    opened = at = 0
    for match in _CODES.finditer(text):
        parts.append(escape(text[at : match.start()]))
        at = match.end()
        for code in match[1].split(";"):
            if code in _STYLES:
                parts.append(f'<span style="{_STYLES[code]}">')
                opened += 1
            elif code in ("", "0"):
                parts.append("</span>" * opened)
                opened = 0
    parts.append(escape(text[at:]) + "</span>" * opened)
    return "".join(parts)


def picture(svg: str, name: str) -> str:
    """An SVG as an image, as wide as the page at most."""
    data = b64encode(svg.encode()).decode("ascii")
    return (
        f'<img alt="{escape(name)}" style="max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def section(title: str, *parts: str, open: bool = True) -> str:
    """Parts that can be folded away, under a title."""
    return f"<details{' open' if open else ''}><summary>{escape(title)}</summary>{''.join(parts)}</details>"

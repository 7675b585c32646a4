"""Colours of diagrams, light and dark, as CSS that other pages' elements do not feel.

A diagram follows `prefers-color-scheme`. `data-theme="light"` or `"dark"` on it or around it decides, and so do the classes
that VS Code gives the body of its webviews.
"""

from __future__ import annotations

from archlang.backends.diagram.families import FAMILIES

_LIGHT = {
    "convolution": "#2563eb",
    "dense": "#7c3aed",
    "recurrent": "#db2777",
    "attention": "#ea580c",
    "activation": "#ca8a04",
    "normalization": "#0d9488",
    "pooling": "#0891b2",
    "regularization": "#78716c",
    "reshaping": "#64748b",
    "merging": "#16a34a",
    "preprocessing": "#9333ea",
    "application": "#be123c",
    "op": "#475569",
    "custom": "#a16207",
}
_DARK = {
    "convolution": "#60a5fa",
    "dense": "#a78bfa",
    "recurrent": "#f472b6",
    "attention": "#fb923c",
    "activation": "#facc15",
    "normalization": "#2dd4bf",
    "pooling": "#22d3ee",
    "regularization": "#a8a29e",
    "reshaping": "#94a3b8",
    "merging": "#4ade80",
    "preprocessing": "#d8b4fe",
    "application": "#fb7185",
    "op": "#cbd5e1",
    "custom": "#fcd34d",
}

# Selector, property: the colour in light, in dark.
_COLOURS = [
    (".page", "fill", "#ffffff", "#0f172a"),
    (".card", "fill", "#ffffff", "#1e293b"),
    (".card,.behind", "stroke", "#cbd5e1", "#475569"),
    (".behind", "fill", "#f1f5f9", "#172033"),
    (".box", "fill", "#64748b", "#94a3b8"),
    (".box", "stroke", "#94a3b8", "#64748b"),
    (".bar", "fill", "#64748b", "#94a3b8"),
    (".line", "stroke", "#64748b", "#94a3b8"),
    (".tip", "fill", "#64748b", "#94a3b8"),
    (".name,.title,.heading", "fill", "#0f172a", "#f1f5f9"),
    (".args", "fill", "#334155", "#cbd5e1"),
    (".params,.shape,.under", "fill", "#526071", "#a3b1c4"),
    (".chip", "fill", "#ffffff", "#0f172a"),
    (".pill", "fill", "#475569", "#cbd5e1"),
    (".end", "fill", "#e2e8f0", "#334155"),
    (".end", "stroke", "#94a3b8", "#64748b"),
    (".lock", "fill", "#526071", "#a3b1c4"),
    (".selected .card,.selected .box,a:focus .card,a:focus .box", "stroke", "#2563eb", "#60a5fa"),
]

_FIXED = """\
.archlang text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.archlang .name,.archlang .title,.archlang .chip,.archlang .heading{font-weight:bold}
.archlang .line{fill:none;stroke-width:1.5}
.archlang .box{fill-opacity:.05;stroke-width:1}
.archlang .frozen .box,.archlang .frozen .card{stroke-dasharray:5 3}
.archlang .bar{fill-opacity:.12}
.archlang .tint{fill-opacity:.1}
.archlang a{cursor:pointer;text-decoration:none}
.archlang a:hover .card,.archlang .selected .card,.archlang a:hover .end{stroke-width:2}
.archlang .edge:hover .line{stroke-width:3}"""


def css() -> str:
    """The style sheet of a diagram."""
    light, dark = _rules(False), _rules(True)
    return "\n".join(
        [
            _FIXED,
            *_with("", light),
            "@media (prefers-color-scheme:dark){",
            *_with("", dark),
            "}",
            *_around("light", "vscode-light", light),
            *_around("dark", "vscode-dark", dark),
        ]
    )


def _rules(dark: bool) -> list[tuple[str, str]]:
    rules = [
        (selector, f"{{{prop}:{colours[dark]}}}") for selector, prop, *colours in _COLOURS
    ]
    family = _DARK if dark else _LIGHT
    return rules + [(f".{name} .strip,.{name} .tint,.{name}.strip", f"{{fill:{family[name]}}}") for name in FAMILIES]


def _with(prefix: str, rules: list[tuple[str, str]]) -> list[str]:
    return [
        ",".join(f"{prefix}.archlang {part}" for part in selector.split(",")) + colours
        for selector, colours in rules
    ]


def _around(theme: str, body: str, rules: list[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    for selector, colours in rules:
        parts = selector.split(",")
        own = [f'.archlang[data-theme="{theme}"] {part}' for part in parts]
        around = [f':is([data-theme="{theme}"],.{body}) .archlang:not([data-theme]) {part}' for part in parts]
        # A selector that a viewer does not know would make it leave out the whole rule.
        found += [",".join(own) + colours, ",".join(around) + colours]
    return found

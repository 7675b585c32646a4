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
    "activation": "#b7791f",
    "normalization": "#0d9488",
    "pooling": "#0891b2",
    "regularization": "#78716c",
    "reshaping": "#64748b",
    "merging": "#16a34a",
    "preprocessing": "#65a30d",
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
    "preprocessing": "#a3e635",
    "application": "#fb7185",
    "op": "#cbd5e1",
    "custom": "#fcd34d",
}

STROKES = _LIGHT
"""The colours of the families, for formats with one theme."""

WRONG = "#b91c1c"
"""The colour of what is wrong, in such formats."""

# Name: the colour in light, in dark; then where it is used.
_COLOURS = {
    "page": ("#ffffff", "#0f172a"),
    "card": ("#ffffff", "#1e293b"),
    "rim": ("#cbd5e1", "#475569"),
    "behind": ("#f1f5f9", "#172033"),
    "box": ("#f8fafc", "#141d31"),
    "deep": ("#eff2f6", "#1b263b"),
    "bar": ("#e2e8f0", "#2b374b"),
    "edge": ("#64748b", "#94a3b8"),
    "border": ("#94a3b8", "#64748b"),
    "strong": ("#0f172a", "#f1f5f9"),
    "text": ("#334155", "#cbd5e1"),
    "weak": ("#526071", "#a3b1c4"),
    "chip": ("#475569", "#cbd5e1"),
    "on-chip": ("#ffffff", "#0f172a"),
    "end": ("#e2e8f0", "#334155"),
    "chosen": ("#2563eb", "#60a5fa"),
    "wrong": (WRONG, "#f87171"),
}
_USES = [
    (".page", "fill", "page"),
    (".card", "fill", "card"),
    (".card,.behind", "stroke", "rim"),
    (".behind", "fill", "behind"),
    (".box", "fill", "box"),
    (".deep .box", "fill", "deep"),
    (".bar", "fill", "bar"),
    (".box,.end", "stroke", "border"),
    (".line", "stroke", "edge"),
    (".tip", "fill", "edge"),
    (".name,.title,.heading", "fill", "strong"),
    (".args", "fill", "text"),
    (".params,.shape,.under,.lock", "fill", "weak"),
    (".pill", "fill", "chip"),
    (".chip", "fill", "on-chip"),
    (".end", "fill", "end"),
    (".wrong .card,.wrong .box,.wrong .end", "stroke", "wrong"),
    (".pill.error,.broken .strip,.broken .tint", "fill", "wrong"),
    (
        ".selected .card,.selected .box,.selected .end,a:focus .card,a:focus .box",
        "stroke",
        "chosen",
    ),
    *((f".{name} .strip,.{name} .tint,.{name}.strip", "fill", name) for name in FAMILIES),
]

_FIXED = """\
.archlang text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.archlang .name,.archlang .title,.archlang .chip,.archlang .heading{font-weight:bold}
.archlang .line{fill:none;stroke-width:1.5}
.archlang .box{stroke-width:1}
.archlang .frozen .box,.archlang .frozen .card{stroke-dasharray:5 3}
.archlang .wrong .card,.archlang .wrong .box,.archlang .wrong .end{stroke-width:2}
.archlang .tint{fill-opacity:.1}
.archlang a{cursor:pointer;text-decoration:none}
.archlang a:hover .card,.archlang .selected .card,.archlang a:hover .end{stroke-width:2}
.archlang .edge:hover .line{stroke-width:3}"""


def css(theme: str | None = None) -> str:
    """The style sheet of a diagram: in the colours of a theme, or in its viewer's.

    Then colours are also variables, `--archlang-card` and so on. Programs that know no variables show the light ones.
    """
    colours = _themed(theme == "dark")
    rules = [_FIXED]
    for selector, prop, name in _USES:
        where = ",".join(f".archlang {part}" for part in selector.split(","))
        variable = "" if theme else f";{prop}:var(--archlang-{name})"
        rules.append(f"{where}{{{prop}:{colours[name]}{variable}}}")
    if theme is None:
        light, dark = _variables(False), _variables(True)
        rules += [
            f".archlang{light}",
            f"@media (prefers-color-scheme:dark){{.archlang{dark}}}",
            f'[data-theme="light"] .archlang,.vscode-light .archlang,.vscode-high-contrast-light .archlang,.archlang[data-theme="light"]{light}',
            f'[data-theme="dark"] .archlang,.vscode-dark .archlang,.vscode-high-contrast:not(.vscode-high-contrast-light) .archlang,.archlang[data-theme="dark"]{dark}',
        ]
    return "\n".join(rules)


def _themed(dark: bool) -> dict[str, str]:
    own = {name: colours[dark] for name, colours in _COLOURS.items()}
    return own | (_DARK if dark else _LIGHT)


def _variables(dark: bool) -> str:
    said = ";".join(f"--archlang-{name}:{colour}" for name, colour in _themed(dark).items())
    return f"{{{said}}}"

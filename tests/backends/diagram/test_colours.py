"""Texts can be read: the contrast of WCAG 2.1, 4.5:1 for texts and 3:1 for what is not text, light and dark."""

from __future__ import annotations

import re

import pytest

from archlang.backends.diagram.families import FAMILIES
from archlang.backends.diagram.style import css

Colour = tuple[float, ...]


def colours(theme: str) -> dict[str, Colour]:
    """The colours of a theme, as the style sheet's variables have them."""
    (light, dark) = re.findall(r"^(?:@media \([^)]*\)\{)?\.archlang\{(--[^}]*)\}", css(), re.M)
    said = dict(part.split(":") for part in (dark if theme == "dark" else light).split(";"))
    return {name.removeprefix("--archlang-"): _rgb(value) for name, value in said.items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_and_lines_stand_out(theme: str) -> None:
    found = colours(theme)
    (alpha,) = map(float, re.findall(r"\.tint\{fill-opacity:([.\d]+)\}", css()))
    surfaces = {name: found[name] for name in ("page", "box", "deep")}
    cards = {name: _over(found[name], found["card"], alpha) for name in (*FAMILIES, "wrong")}
    texts = [
        *((text, "card", back) for back in cards.values() for text in ("strong", "text", "weak")),
        *(("weak", name, back) for name, back in surfaces.items()),
        *((text, "bar", found["bar"]) for text in ("strong", "weak")),
        *((text, "end", found["end"]) for text in ("strong", "text")),
        ("strong", "page", found["page"]),
        ("on-chip", "chip", found["chip"]),
        ("on-chip", "wrong", found["wrong"]),
    ]
    for text, name, back in texts:
        assert _contrast(found[text], back) >= 4.5, (text, name)
    for name in (*FAMILIES, "wrong", "edge"):
        for where, back in surfaces.items():
            if where == "page" or name in ("wrong", "edge"):
                assert _contrast(found[name], back) >= 3, (name, where)


def test_a_fixed_theme_has_the_same_colours() -> None:
    for theme in ("light", "dark"):
        fixed = {_rgb(value) for value in re.findall(r"#[0-9a-f]{6}", css(theme))}
        assert fixed == set(colours(theme).values())
        assert "var(" not in css(theme)


def test_the_measure() -> None:
    assert _contrast(_rgb("#000000"), _rgb("#ffffff")) == pytest.approx(21)
    assert _contrast(_rgb("#777777"), _rgb("#ffffff")) == pytest.approx(4.48, abs=0.01)


def _rgb(said: str) -> Colour:
    return tuple(int(said[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _over(front: Colour, back: Colour, alpha: float) -> Colour:
    return tuple(a * alpha + b * (1 - alpha) for a, b in zip(front, back, strict=True))


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)

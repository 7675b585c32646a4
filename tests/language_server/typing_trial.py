"""A spec typed character by character: how soon completion offers each word.

    python -m tests.language_server.typing_trial [SPEC …]

With two letters of a word typed, and the brackets closed behind the cursor as editors do, is the word among the first five?
Names that the spec makes up there can't be, and don't count.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.completion import completions
from archlang.language_server.features.completion_items import Files, Item
from archlang.language_server.features.occurrences import Role
from archlang.syntax import tree as t
from archlang.syntax.engine import tokenize
from tests.language_server.specs import ROOT, SPECS, opened

_CLOSED = {"LPAR": ")", "LSQB": "]", "LBRACE": "\n}"}
_CLOSERS = frozenset(("RPAR", "RSQB", "RBRACE"))
TYPED = 2


@dataclass(frozen=True)
class Word:
    """A word that was typed: its line, and at which place it was offered, counted from 1; None if it was not."""

    line: int
    text: str
    place: int | None


def typed(path: Path) -> list[Word]:
    """Every word of a spec that stands for something known, in order."""
    text = path.read_text("utf-8")
    _, whole = opened(text, str(path))
    new = _made_up(whole)
    words: list[Word] = []
    for token in tokenize(text):
        if token.type in ("STRING", "NUMBER", "COMMENT") or not token.text[:1].isalpha():
            continue
        if len(token.text) > TYPED and token.start not in new:
            place = _place(path, text[: token.start + TYPED], token.text)
            words.append(Word(text.count("\n", 0, token.start) + 1, token.text, place))
    return words


def _place(path: Path, before: str, word: str) -> int | None:
    text = before + _closing(before)
    project, analysis = opened(text, str(path))
    found = completions(analysis, len(before), Files(project.read_text, (str(ROOT),)))
    begun = before[-TYPED:]
    places = [x for x in found.items if x.label.lower().startswith(begun.lower())]
    # Editors show what begins with just these letters before what has others in their case.
    places.sort(key=lambda x: not x.label.startswith(begun))
    return next((i for i, x in enumerate(places, 1) if _is(x, word)), None)


def _is(item: Item, word: str) -> bool:
    return item.label.rstrip("=").split("(")[0].split()[0] == word


def _closing(text: str) -> str:
    open_brackets: list[str] = []
    for token in tokenize(text):
        if token.type in _CLOSED:
            open_brackets.append(_CLOSED[token.type])
        elif token.type in _CLOSERS and open_brackets:
            open_brackets.pop()
    return "".join(reversed(open_brackets)) + "\n"


def _made_up(analysis: Analysis) -> set[int]:
    """Where a name stands for the first time."""
    found = {each.span.start for each in analysis.occurrences if each.role is not Role.READS}
    for node in t.walk(analysis.program.declarations()):
        if isinstance(node, t.Argument) and node.name is not None and node.name.id == "name":
            found.add(analysis.place(node.value.span).start)
        if isinstance(node, t.TensorType):
            found |= {analysis.place(x.span).start for x in t.walk(node.dims)}
    return found


def main() -> None:
    """Print the shares of each spec, and the words that come late."""
    for path in [Path(name) for name in sys.argv[1:]] or SPECS:
        words = typed(path)
        soon = [word for word in words if word.place is not None and word.place <= 5]
        first = [word for word in words if word.place == 1]
        print(f"{path.stem}: {len(words)} words, {len(soon)} in the first five, {len(first)} first")
        for word in words:
            if word not in soon:
                print(f"    line {word.line}: {word.text} {word.place or 'not offered'}")


if __name__ == "__main__":
    main()

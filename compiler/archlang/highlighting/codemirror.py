"""The words that JupyterLab's editor colours, as `editors/jupyterlab/static/words.js` holds them."""

from __future__ import annotations

from archlang.highlighting import words


def document() -> str:
    """The file: a module of JavaScript with lists of words. The rules stand beside it, in `language.js`."""
    lists = {
        "declarations": words.declaration_words(),
        "keywords": words.keywords(),
        "operators": words.OPERATOR_WORDS,
        "constants": words.CONSTANTS,
        "types": (*words.dtypes(), *words.task_kinds()),
        "sources": words.data_sources(),
        "values": words.values(),
        "classes": (*words.layers(), *words.applications(), *words.objects()),
    }
    lines = (f'  {name}: "{" ".join(which)}",' for name, which in lists.items())
    return "\n".join(
        [
            "// Written by tools/make_highlighting.py.",
            "const lists = {",
            *lines,
            "};",
            "",
            'export default Object.fromEntries(Object.entries(lists).map(([kind, list]) => [kind, list.split(" ")]));',
            "",
        ]
    )

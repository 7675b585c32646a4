"""A spec as a value in a notebook or a Python session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archlang import api
from archlang.backends.summary import summary_text
from archlang.diagnostics import Diagnostic
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.diagnostics.text import count, render
from archlang.notebook import html
from archlang.source import Source

if TYPE_CHECKING:
    import keras

CELL = "<cell>"
"""The name of a spec that has no file."""

_MOST_OPEN = 3


class Spec:
    """A checked spec, which shows what is wrong with it, or else its models' pictures and summaries.

    spec = Spec("model M { … }")
    spec = Spec.read("specs/digits_cnn.arch", set={"width": 64})
    model = spec.build("Cnn")

    Checking does not import Keras; `build` does. Files that are imported are looked for from the working directory, or
    beside the file of the spec.
    """

    def __init__(
        self, text: str, *, path: str = CELL, set: Mapping[str, Any] | None = None
    ) -> None:
        """Check a text. `set` has other values for constants and model parameters; OverrideError for unknown ones."""
        self.checked = api.check(Source(path, text), overrides=set)

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, set: Mapping[str, Any] | None = None) -> Spec:
        """The spec in a file. OSError or UnicodeDecodeError where it can't be read."""
        return cls(api.read(path).text, path=os.fspath(path), set=set)

    # ---------------------------------------------------------------------- what it is

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings don't count."""
        return self.checked.ok

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with it."""
        return self.checked.diagnostics

    @property
    def models(self) -> list[str]:
        """The names of its models."""
        return list(self.checked.graphs)

    def problems(self, *, colour: bool = False) -> str:
        """What is wrong, as `archc check` tells it; empty if nothing is."""
        return render(self.diagnostics, self.checked.sources, colour=colour)

    # ---------------------------------------------------------------------- what it gives

    def summary(self, model: str | None = None) -> str:
        """The layers of a model as a table. CompileError where the spec has errors."""
        graph = api.elaborate(self.checked, self._name(model))
        return summary_text(graph, sources=self.checked.sources)

    def picture(self, model: str | None = None) -> str:
        """The picture of a model, as SVG. CompileError where the spec has errors."""
        name = self._name(model)
        nowhere = dict.fromkeys(self.checked.sources, "")
        return api.diagram(self.checked, name, links=nowhere).text

    def script(self, model: str | None = None) -> str:
        """The Python script that builds, trains and uses a model. CompileError where there is none."""
        return api.to_python(self.checked, self._name(model))

    def build(self, model: str | None = None) -> keras.Model:
        """The Keras model, not compiled. CompileError where the spec has errors. Imports Keras."""
        return api.build(api.elaborate(self.checked, self._name(model)))

    def _name(self, model: str | None) -> str:
        """The model meant: the one asked for, or the only one."""
        if not self.ok:
            raise api.CompileError(
                f"the spec has {count(self.diagnostics)}", self.diagnostics, self.checked.sources
            )
        if model is not None:
            if model not in self.checked.graphs:
                hint = did_you_mean(nearest(model, self.models))
                there = hint or f"it has {', '.join(self.models) or 'no model'}"
                raise api.CompileError(f"the spec has no model {model!r}; {there}")
            return model
        if len(self.models) != 1:
            there = f"several models: {', '.join(self.models)}" if self.models else "no model"
            raise api.CompileError(f"the spec has {there}")
        return self.models[0]

    # ---------------------------------------------------------------------- how it is shown

    def __repr__(self) -> str:
        parts = [self.problems()] if self.diagnostics else []
        if self.ok:
            parts += [f"{name}\n{self.summary(name)}" for name in self.models]
        return "\n".join(part.rstrip("\n") for part in parts) or "a spec without models"

    def _repr_html_(self) -> str:
        parts: list[str] = []
        if self.diagnostics:
            parts.append(html.preformatted(self.problems(colour=True)))
        for index, name in enumerate(self.models if self.ok else ()):
            table = html.section("layers", html.preformatted(self.summary(name)), open=False)
            shown = html.picture(self.picture(name), name)
            parts.append(html.section(name, shown, table, open=index < _MOST_OPEN))
        return "".join(parts)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

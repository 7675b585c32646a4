"""Resolving `train { … }`: settings, phases, selectors of layers."""

from __future__ import annotations

from archlang.diagnostics import Label, error
from archlang.semantics import errors
from archlang.semantics.interfaces import InterfaceResolver, identifiers
from archlang.semantics.program import Module, Word
from archlang.semantics.scopes import Scope
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.settings import SETTINGS


class TrainResolver:
    """Resolves the training of a file's models."""

    def __init__(self, module: Module, top: Scope, interfaces: InterfaceResolver) -> None:
        self.module = module
        self.top = top
        self.interfaces = interfaces
        self.values = interfaces.values
        self.tables = interfaces.tables
        self.problems = interfaces.problems

    def twice(self) -> None:
        first: dict[str | None, t.Train] = {}
        for train in self.module.tree.declarations:
            if not isinstance(train, t.Train):
                continue
            name = train.model.id if train.model is not None else None
            if name in first:
                what = f"`train {name}`" if name is not None else "`train`"
                label = Label(_keyword(first[name]), "first declared here")
                self.problems.append(
                    error(
                        "E0202",
                        f"{what} is declared twice",
                        _keyword(train),
                        label="declared again",
                        labels=(label,),
                        help="write all settings into one; settings of one model go into `train Name { … }`",
                    )
                )
            first.setdefault(name, train)
            phases: dict[str, t.Name] = {}
            for phase in train.phases:
                if phase.name.id in phases:
                    first_span = phases[phase.name.id].span
                    self.problems.append(
                        errors.declared_twice(phase.name.id, phase.name.span, first_span, "phase")
                    )
                phases.setdefault(phase.name.id, phase.name)

    def train(self, train: t.Train) -> None:
        if train.model is not None:
            symbol = self.module.names.get(train.model.id)
            models = [
                n
                for n, s in self.module.names.items()
                if isinstance(s.declaration, t.Model | t.Variant)
            ]
            if symbol is None or train.model.id not in models:
                self.problems.append(
                    errors.unknown_name(train.model.id, train.model.span, "model", models)
                )
            else:
                symbol.uses += 1
        for setting in train.settings:
            self._setting(setting)
        for phase in train.phases:
            for setting in phase.settings:
                self._setting(setting)

    def _setting(self, setting: t.Setting) -> None:
        name = setting.name.id
        if name not in SETTINGS:
            # The setting is the mistake, whatever stands behind it.
            before = len(self.problems)
            self.values.value(setting.value, self.top, any_word=True)
            del self.problems[before:]
        elif name == "unfreeze":
            self._selectors(setting.value)
        elif name in ("validation", "test") and isinstance(setting.value, t.Call):
            self.interfaces.data(setting.value, self.top)
        else:
            kinds = {"optimizer": ("optimizers",), "callbacks": ("callbacks",)}.get(name)
            words = identifiers("optimizers") if name == "optimizer" else ()
            self.values.value(
                setting.value,
                self.top,
                words=words,
                kinds=kinds,
                any_word=name in ("strategy", "mixed_precision"),
            )

    def _selectors(self, value: t.Expr) -> None:
        """`[backbone, last(backbone, 20), after(backbone, "block4")]`: names of layers stand for themselves."""
        items = value.items if isinstance(value, t.ListExpr) else (value,)
        for item in items:
            if isinstance(item, t.Name):
                self.tables.names[item] = Word(item.id)
            elif (
                isinstance(item, t.Call)
                and isinstance(item.callee, t.Name)
                and item.callee.id in ("last", "after")
            ):
                self.tables.names[item.callee] = Word(item.callee.id)
                for argument in item.arguments:
                    self.values.value(argument.value, self.top, any_word=True)
            elif isinstance(item, t.Call):
                self.problems.append(
                    errors.unknown_name(
                        item.callee.id, item.callee.span, "selector", ("last", "after")
                    )
                )
            else:
                self.values.value(item, self.top)


def _keyword(train: t.Train) -> Span:
    return Span(train.span.path, train.span.start, train.span.start + len("train"))

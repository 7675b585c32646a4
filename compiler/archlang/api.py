"""The compiler as functions: the same arrows as the command's, from text to tree to graph to code.

source = read("specs/digits_cnn.arch")
checked = check(source)
script = to_python(checked, "Cnn")
model = build(checked.graphs["Cnn"])
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from archlang.catalogue.versions import TargetError, parse_target
from archlang.diagnostics import Diagnostic, Severity
from archlang.diagnostics.suggestions import nearest
from archlang.evaluation.evaluator import TooMuch
from archlang.graph.adapting import adapting_problems
from archlang.graph.batch_axis import batch_problems
from archlang.graph.causality import causality_problems
from archlang.graph.contract_definitions import definition_problems
from archlang.graph.doubts import doubtful
from archlang.graph.elaborate import Elaborator
from archlang.graph.lint import dead_layers, lint
from archlang.graph.masks import lost_masks
from archlang.graph.model import Graph
from archlang.graph.monitors import monitor_problems
from archlang.graph.pending import pending_problems
from archlang.graph.pretrained import pretrained_problems
from archlang.graph.promised import promise_problems
from archlang.graph.selectors import selector_problems
from archlang.graph.vocabularies import vocabulary_problems
from archlang.library import library_text
from archlang.records import record
from archlang.semantics.imports import Reader
from archlang.semantics.program import Program
from archlang.semantics.resolve import resolve
from archlang.semantics.targets import target_problems
from archlang.source import STDIN, Source, Span
from archlang.syntax import ParseResult, parse
from archlang.syntax.tree import Let, Model

if TYPE_CHECKING:
    import keras

    from archlang.backends.diagram import Diagram, Form
    from archlang.backends.python.line_map import Places
    from archlang.incremental import Memory


class OverrideError(ValueError):
    """`--set` names nothing that the spec has."""


class CompileError(ValueError):
    """A spec with errors was to be compiled; `diagnostics` has them.

    With the texts of its files (`sources`) the message ends in the errors, as `archc check` shows them.
    """

    def __init__(
        self,
        message: str,
        diagnostics: tuple[Diagnostic, ...] = (),
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
        if errors and sources is not None:
            from archlang.diagnostics.text import render

            message = f"{message}\n\n{render(errors, sources).rstrip()}"
        super().__init__(message)
        self.diagnostics = diagnostics


@record
class Checked:
    """A checked spec: the structured IR, the graph of each model, and everything there is to say about it."""

    source: Source
    program: Program
    graphs: dict[str, Graph]
    diagnostics: tuple[Diagnostic, ...]
    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings don't count."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    @property
    def sources(self) -> dict[str, Source]:
        """The texts of all files involved, by path."""
        return self.program.sources


def read(path: str | os.PathLike[str]) -> Source:
    """The text of a spec; `-` is standard input. OSError or UnicodeDecodeError where it can't be read."""
    path = os.fspath(path)
    if path == "-":
        return Source(STDIN, sys.stdin.buffer.read().decode("utf-8"))
    return Source(path, Path(path).read_bytes().decode("utf-8"))


def check(
    source: Source,
    *,
    overrides: Mapping[str, Any] | None = None,
    target: str | None = None,
    read_text: Reader | None = None,
    memory: Memory | None = None,
) -> Checked:
    """Parse, resolve and elaborate a spec, with everything that is wrong with it.

    `overrides` are values for constants and model parameters by name; OverrideError where there is no such name.
    `target` is the oldest Keras that the spec is for, such as `keras>=3.12`; TargetError where it is not supported. Without
    one it is the catalogue's.
    Imports are read from disk, relative to the source's path, or by `read_text` (the text of a path, None if there is no
    such file). With a `memory` only what has changed since its last check is done anew; it is for checks with the same
    overrides. Keras is not imported.
    """
    wanted = None if target is None else parse_target(target)
    parsed = parse(source) if memory is None else memory.parse(source)
    program, problems = resolve(
        source,
        parsed.tree,
        read_text or _reader(source),
        parsed.diagnostics,
        parse=parse if memory is None else memory.parse_imported,
        parts=None if memory is None else memory.sources,
        kept=None if memory is None else memory.resolutions,
    )
    values = dict(overrides or {})
    _check_overrides(program, values)
    found: list[Diagnostic] = [*parsed.diagnostics, *problems]
    seen = {(problem.code, problem.span) for problem in found}

    def report(diagnostic: Diagnostic) -> None:
        # The same place is visited for each use of a block and each round of a loop.
        if (diagnostic.code, diagnostic.span) not in seen:
            seen.add((diagnostic.code, diagnostic.span))
            found.append(diagnostic)

    graphs: dict[str, Graph] = {}
    elaborator = Elaborator(program, values, report)
    try:
        for declaration in program.models:
            if memory is None:
                graph = elaborator.model(declaration)
            else:
                graph, reported = memory.graph(program, declaration, values)
                for problem in reported:
                    report(problem)
            if graph is not None:
                graphs[declaration.name.id] = graph
        if memory is None:
            elaborator.rest()
        else:
            for problem in memory.rest(program, values):
                report(problem)
            elaborator.trains_alone()
    except TooMuch:
        pass
    if not any(problem.is_error for problem in found):
        data = any(graph.task.data is not None for graph in graphs.values())
        for graph in graphs.values():
            look = partial(_graph_problems, graph, graphs, program, data=data)
            for problem in look() if memory is None else memory.problems(graph, data, look):
                report(problem)
        for problem in (
            *dead_layers(list(graphs.values()), program),
            *definition_problems(program, values),
        ):
            report(problem)
    if wanted is not None:
        found += target_problems(program, wanted)
    return Checked(
        source, program, graphs, tuple(_sorted(_one_for_a_mistake(found, program))), values
    )


def _graph_problems(
    graph: Graph, graphs: Mapping[str, Graph], program: Program, *, data: bool
) -> list[Diagnostic]:
    """What is to be said of a model that has been elaborated without errors."""
    return [
        *promise_problems(graph),
        *lost_masks(graph),
        *selector_problems(graph),
        *monitor_problems(graph),
        *pretrained_problems(graph, graphs),
        *pending_problems(graph),
        *adapting_problems(graph, graphs),
        *vocabulary_problems(graph),
        *causality_problems(graph),
        *lint(graph, program),
        *doubtful(graph, data=data),
        *batch_problems([graph]),
    ]


def to_python(
    checked: Checked, model: str, *, flat: bool = False, places: Places | None = None
) -> str:
    """The standalone Python script of a model.

    Where the statements of its functions come from is added to `places` (`archlang.backends.python.line_map`).
    CompileError where the spec has errors, or asks training for what this version can't do.
    """
    from archlang.backends.python.script import script

    graph = _graph(checked, model)
    missing = tuple(replace(d, severity=Severity.ERROR) for d in pending_problems(graph))
    if missing:
        raise CompileError(f"{model} asks for what is not there yet", missing, checked.sources)
    return script(
        checked.program, graph, checked.overrides, checked.graphs, flat=flat, places=places
    )


def to_ir(checked: Checked, model: str) -> dict[str, Any]:
    """The graph of a model as an `archlang-ir/1` document. CompileError where the spec has errors."""
    from archlang.backends.ir import to_document

    return to_document(_graph(checked, model), checked.sources)


def diagram(
    checked: Checked,
    model: str,
    *,
    form: Form = "svg",
    fold: bool = True,
    theme: Literal["light", "dark"] | None = None,
    links: Mapping[str, str] | None = None,
    place: Callable[[Span], Span] | None = None,
) -> Diagram:
    """The picture of a model: its text, as SVG, Mermaid or Graphviz's dot, and where all that it shows is written.

    `fold=False` draws every round of loops. `theme` fixes the colours of an SVG, which otherwise are its viewer's. `links`
    has the address of each file (its path where it has none, no link where that is empty). After a check with a `memory`,
    `place` is its `place`, and offsets are those of whole files. CompileError where the spec has errors.
    """
    from archlang.backends.diagram import diagram

    return diagram(
        _graph(checked, model),
        {**checked.sources, checked.source.path: checked.source},
        program=checked.program,
        form=form,
        fold=fold,
        theme=theme,
        links=links,
        place=place,
    )


def from_ir(document: Mapping[str, Any]) -> Graph:
    """The graph that an `archlang-ir/1` document describes; ValueError, with the place, where it is not one."""
    from archlang.backends.ir import from_document

    return from_document(document)


def build(graph: Graph) -> keras.Model:
    """The Keras model of a graph. It is not compiled. Imports Keras.

    A model with a `generation` output that is fed its own past has a method `generate`, which gives ids
    (`archlang.backends.keras_model.generation` documents its arguments).
    """
    from archlang.backends.keras_model import build_model

    return build_model(graph)


def elaborate(checked: Checked, model: str) -> Graph:
    """The graph of a model of a checked spec. CompileError where the spec has errors."""
    return _graph(checked, model)


def _graph(checked: Checked, model: str) -> Graph:
    if not checked.ok:
        raise CompileError(
            f"{checked.source.path} has errors", checked.diagnostics, checked.sources
        )
    if model not in checked.graphs:
        raise CompileError(f"{checked.source.path} has no model {model}")
    return checked.graphs[model]


def _reader(source: Source) -> Any:
    def read_text(path: str) -> str | None:
        if path.startswith("std/"):
            return library_text(path)
        try:
            return Path(path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError, ValueError):
            return None

    return read_text


def _check_overrides(program: Program, values: Mapping[str, Any]) -> None:
    known = {
        name for name, symbol in program.module.names.items() if isinstance(symbol.declaration, Let)
    }
    for symbol in program.module.names.values():
        if isinstance(symbol.declaration, Model):
            known |= {parameter.name.id for parameter in symbol.declaration.parameters}
    for name in values:
        if name not in known:
            near = nearest(name, known)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            there = f"; there are {', '.join(sorted(known))}" if known and not near else ""
            raise OverrideError(
                f"the spec has no constant or model parameter `{name}` to set{hint}{there}"
            )


def _one_for_a_mistake(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """Leave out what later stages say about a line that could not be read as it stands."""
    unread: set[tuple[str, int]] = set()
    for problem in found:
        if problem.code.startswith("E01"):
            source = program.sources[problem.span.path]
            first, last = (
                source.position(at).line for at in (problem.span.start, problem.span.end)
            )
            unread.update((source.path, line) for line in range(first, last + 1))

    def stands(problem: Diagnostic) -> bool:
        line = program.sources[problem.span.path].position(problem.span.start).line
        return problem.code.startswith("E01") or (problem.span.path, line) not in unread

    return [problem for problem in found if stands(problem)]


def _sorted(found: list[Diagnostic]) -> list[Diagnostic]:
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return sorted(found, key=lambda d: (d.span.path, d.span.start, order[d.severity], d.code))


__all__ = [
    "Checked",
    "CompileError",
    "OverrideError",
    "ParseResult",
    "TargetError",
    "build",
    "check",
    "diagram",
    "elaborate",
    "from_ir",
    "parse",
    "read",
    "to_ir",
    "to_python",
]

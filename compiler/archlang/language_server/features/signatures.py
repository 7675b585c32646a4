"""What can be called, and what it takes: Keras's objects, blocks, models, tasks, data sources.

Completion, hover and signature help all speak of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import Entry, load
from archlang.catalogue.describe import describe
from archlang.catalogue.describe import show as show_default
from archlang.language_server.analysis import Analysis
from archlang.records import record
from archlang.semantics.calls import OF_APPLICATIONS
from archlang.semantics.program import Module, Symbol
from archlang.semantics.words import ParameterWords
from archlang.source import Span, file_of
from archlang.syntax import tree as t
from archlang.tasks.data_sets import KERAS_SET_ARGUMENTS
from archlang.tasks.data_sources import SAMPLE_WEIGHT, SOURCES
from archlang.tasks.registry import KINDS

_OF_APPLICATIONS = {
    "preprocess": ("False", "Put the application's own preprocessing of images in front."),
    "outputs": ("None", "The names of inner layers whose outputs are the results, as a list."),
}
_OF_USES = {
    "name": "The name of this use; those of its layers begin with it.",
    "weights": "A model of the file, or the path of a `.keras` file, whose trained weights it starts with.",
    "dtype": "The dtype or policy that the layer computes in.",
    "trainable": "Whether training moves its weights.",
}
_SELECTORS = {
    "last": ("The last layers with weights of a nested model or application.", ("layer", "n")),
    "after": (
        "The layers behind one of a nested model or application.",
        ("layer", "inner"),
    ),
}
_BUILTINS = {
    "len": ("How many elements a list has.", ("list",)),
    "range": ("The whole numbers from `start` to below `stop`.", ("start", "stop", "step")),
    "min": ("The least of some numbers.", ("values",)),
    "max": ("The greatest of some numbers.", ("values",)),
    "sum": ("The sum of a list of numbers.", ("list",)),
    "round": ("A number rounded to so many digits.", ("number", "digits")),
    "abs": ("A number without its sign.", ("number",)),
    "int": ("A number without its fraction.", ("number",)),
    "float": ("A number as a float.", ("number",)),
    "str": ("A value as text.", ("value",)),
    "enumerate": ("Pairs of a number, counted from 0, and an element.", ("list", "start")),
    "zip": ("Tuples of the elements of several lists, side by side.", ("lists",)),
    "reversed": ("A list from its end to its beginning.", ("list",)),
    "shape": ("The shape of a tensor, the batch axis first.", ("tensor",)),
}
BUILTINS = tuple(_BUILTINS)


@record
class Param:
    """An argument: its default as a spec writes it (None where it must be given), what it takes in words, the bare words among that, and
    the section of Keras's objects that it takes.
    """

    name: str
    default: str | None = None
    doc: str = ""
    takes: str = ""
    words: tuple[str, ...] = ()
    section: str | None = None
    required: bool = False
    by_position: bool = True
    boolean: bool = False
    many: bool = False  # any number of them
    schema: Mapping[str, Any] | None = None


@record
class Callee:
    """What can be called. `kind` is a section of the catalogue, or `block`, `model`, `python`, `task`, `source`, `selector`, `builtin`."""

    name: str
    kind: str
    params: tuple[Param, ...]
    doc: str = ""
    entry: Entry | None = None
    symbol: Symbol | None = None

    def param(self, name: str) -> Param | None:
        """The parameter of a name."""
        return next((each for each in self.params if each.name == name), None)

    @property
    def positional(self) -> tuple[Param, ...]:
        """Those that an argument without a name may go to, in order."""
        return tuple(each for each in self.params if each.by_position)

    @property
    def required(self) -> tuple[Param, ...]:
        """Those that must be given."""
        return tuple(each for each in self.params if each.required)

    def label(self) -> str:
        """The call as a signature shows it, arguments that every layer has left out."""
        return (
            f"{self.name}({', '.join(shown(each) for each in self.params if _is_own(self, each))})"
        )


def shown(param: Param) -> str:
    """A parameter with its default."""
    if param.many:
        return f"{param.name}, …"
    return param.name if param.default is None else f"{param.name}={param.default}"


def of_entry(entry: Entry) -> Callee:
    """What an object of Keras takes; of an op, what stands behind the flow too."""
    params = [_of_parameter(entry, each.name, True) for each in entry.parameters]
    own = {each.name for each in params}
    params += [
        _of_parameter(entry, name, False) for name in entry.argument_names if name not in own
    ]
    if entry.kind == "applications":
        params += [
            Param(name, *_OF_APPLICATIONS[name], by_position=False, boolean=name == "preprocess")
            for name in OF_APPLICATIONS
        ]
    if entry.kind in ("layers", "applications"):
        known = {each.name for each in params}
        # `training` is Keras's to set.
        params += [
            Param(
                name,
                None,
                entry.argument_doc(name) or "Goes to the call.",
                by_position=False,
                boolean=name.startswith(("use_", "return_")),
            )
            for name in entry.call_parameters
            if name not in known and name != "training"
        ]
    name = f"ops.{entry.name}" if entry.kind == "ops" else entry.name
    return Callee(name, entry.kind, tuple(params), entry.summary, entry)


def _of_parameter(entry: Entry, name: str, in_signature: bool) -> Param:
    parameter = entry.parameter(name)
    assert parameter is not None
    return Param(
        name,
        None if parameter.required else show_default(parameter.default).strip("`"),
        entry.argument_doc(name),
        describe(parameter.schema),
        parameter.words,
        parameter.value_kind,
        parameter.required and in_signature,
        in_signature and not parameter.keyword_only,
        _is_boolean(parameter.schema),
        schema=parameter.schema,
    )


def _is_boolean(schema: Mapping[str, object]) -> bool:
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return {"type": "boolean"} in branches
    return schema.get("type") == "boolean"


def _is_own(callee: Callee, param: Param) -> bool:
    """Whether a parameter is shown in the signature: the rest is completed, but would hide what matters."""
    return param.by_position or callee.kind not in ("layers", "applications")


def of_symbol(analysis: Analysis, symbol: Symbol) -> Callee | None:
    """What a block, model, variant or Python object takes."""
    declaration = symbol.declaration
    if isinstance(declaration, t.Variant):
        base = symbol.module.names.get(declaration.base.callee.id)
        found = None if base is None or base is symbol else of_base(analysis, base, 0)
        return (
            None
            if found is None
            else Callee(symbol.name, "model", found.params, declaration.doc or "")
        )
    if not isinstance(declaration, t.Block | t.Model | t.PythonDecl):
        return None
    words = ParameterWords()
    params = [
        _of_declared(analysis, symbol.module, declaration, each, words)
        for each in declaration.parameters
    ]
    further = {"block": ("name",), "model": ("name", "weights")}
    kind = {t.Block: "block", t.Model: "model", t.PythonDecl: "python"}[type(declaration)]
    params += [
        Param(name, None, _OF_USES[name], by_position=False)
        for name in further.get(kind, ("name", "dtype", "trainable"))
        if all(each.name != name for each in params)
    ]
    return Callee(symbol.name, kind, tuple(params), declaration.doc or "", symbol=symbol)


def of_base(analysis: Analysis, symbol: Symbol, depth: int) -> Callee | None:
    """What the model takes that a chain of variants ends in; None where it is a circle."""
    declaration = symbol.declaration
    if isinstance(declaration, t.Variant):
        base = symbol.module.names.get(declaration.base.callee.id)
        return None if base is None or depth > 50 else of_base(analysis, base, depth + 1)
    return of_symbol(analysis, symbol)


def _of_declared(
    analysis: Analysis,
    module: Module,
    owner: t.Block | t.Model | t.PythonDecl,
    parameter: t.Parameter,
    words: ParameterWords,
) -> Param:
    default = None
    if parameter.default is not None:
        default = text_of(analysis, parameter.default.span)
    found = ()
    if not isinstance(owner, t.PythonDecl) and not parameter.is_tensor:
        found = words.of(module, owner, parameter)
    return Param(
        parameter.name.id,
        default,
        "A tensor." if parameter.is_tensor else "",
        words=found,
        required=parameter.default is None,
        boolean=default in ("True", "False"),
    )


def text_of(analysis: Analysis, span: Span) -> str:
    """The text of a span in any file of the program, on one line."""
    sources = analysis.program.sources
    source = sources.get(span.path) or sources.get(file_of(span.path))
    return "" if source is None else " ".join(source.slice(span).split())


def of_task_kind(word: str) -> Callee | None:
    """What a kind of task takes: `classification`."""
    kind = KINDS.get(word)
    if kind is None:
        return None
    positional = max(1, len(kind.own_parameters))
    params = tuple(
        Param(
            each.name,
            str(each.default),
            each.doc,
            section={"loss": "losses", "metrics": "metrics", "text": "layers"}.get(each.name),
            words=_words_of_task(each.name),
            by_position=index < positional,
            boolean=isinstance(each.default, bool),
        )
        for index, each in enumerate(kind.parameters)
    )
    return Callee(word, "task", params, kind.summary)


def _words_of_task(name: str) -> tuple[str, ...]:
    section = {"loss": "losses", "metrics": "metrics"}.get(name)
    return () if section is None else load().words(section)


def of_source(word: str, names: tuple[str, ...] = (), data_set: str = "") -> Callee | None:
    """What a data source takes; `names` are the inputs and outputs that keywords may map."""
    source = SOURCES.get(word)
    if source is None:
        return None
    options = source.options if word != "keras" else KERAS_SET_ARGUMENTS.get(data_set, ())
    params = [Param(_first(word), None, f"This is {source.first}.", required=True)]
    if source.maps:
        params += [
            Param(name, None, f"What of the data is `{name}`.", by_position=False) for name in names
        ]
        params.append(Param(SAMPLE_WEIGHT, None, "What each example counts.", by_position=False))
    params += [Param(name, None, _OPTIONS.get(name, ""), by_position=False) for name in options]
    return Callee(word, "source", tuple(params), source.doc)


_OPTIONS = {
    "window": "How many rows, characters or words make one example.",
    "separator": "The character between columns, where it is no comma.",
    "decimal": 'The decimal mark, `","` or `"."`.',
}


def _first(word: str) -> str:
    if word in ("sklearn", "keras"):
        return "data_set"
    return "function" if word == "python" else "path"


def of_word(word: str) -> Callee | None:
    """What a selector of layers or a function of expressions takes."""
    if word in _SELECTORS:
        doc, names = _SELECTORS[word]
        return Callee(word, "selector", tuple(Param(name, required=True) for name in names), doc)
    if word in _BUILTINS:
        doc, names = _BUILTINS[word]
        many = word in ("min", "max", "zip")
        return Callee(word, "builtin", tuple(Param(name, many=many) for name in names), doc)
    return None


def find_callee(
    analysis: Analysis, name: str, sections: tuple[str, ...] | None = None
) -> Callee | None:
    """What a name that is called means in a stack or a value: the file's own first, then Keras's."""
    if name.startswith("ops."):
        entry = load().get("ops", name.removeprefix("ops."))
        return None if entry is None else of_entry(entry)
    symbol = analysis.program.module.names.get(name)
    if symbol is not None:
        return of_symbol(analysis, symbol)
    entry = load().find(name.rpartition(".")[2], sections)
    if entry is None and sections is not None:
        entry = load().find(name.rpartition(".")[2])
    if entry is not None and entry.kind not in ("ops", "datasets", "activations"):
        return of_entry(entry)
    return of_word(name)

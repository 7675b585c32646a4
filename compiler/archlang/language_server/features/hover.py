"""Hover: what the word under the cursor is, and what it does here."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.language_server.analysis import Analysis
from archlang.language_server.features import documentation
from archlang.language_server.features.calls_at import call_at
from archlang.language_server.features.cursor import Cursor, cursor_at
from archlang.language_server.features.hover_names import (
    dimension,
    of_import,
    of_output,
    of_symbol,
    of_variable,
)
from archlang.language_server.features.hover_steps import of_entry_step, of_step
from archlang.language_server.features.keywords import KEYWORDS
from archlang.language_server.features.signatures import (
    Callee,
    find_callee,
    of_entry,
    of_source,
    of_task_kind,
    of_word,
)
from archlang.records import record
from archlang.semantics.program import (
    BodyInputRef,
    BuiltinRef,
    DimensionRef,
    EntryRef,
    FlowingRef,
    SymbolRef,
    Unresolved,
    VariableRef,
    Word,
)
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.syntax.tokens import RESERVED
from archlang.tasks.data_sets import KERAS_SETS, SKLEARN_SETS
from archlang.tasks.settings import SETTINGS

_DECLARATIONS = frozenset(
    ("task", "model", "block", "layer", "loss", "metric", "train", "phase", "from", "import")
)


@record
class Hover:
    """Markdown about a span of the tree."""

    span: Span
    text: str


def hover(analysis: Analysis, offset: int) -> Hover | None:
    """What there is to say about the word at an offset; None if nothing."""
    cursor = cursor_at(analysis, offset)
    if cursor.in_comment:
        return None
    path = analysis.path_at(offset)
    if cursor.string is not None:
        return _string(analysis, path)
    word = cursor.text[cursor.start : cursor.end]
    if not word:
        return None
    span = Span(cursor.path, cursor.start, cursor.end)
    text = _keyword(cursor, word, path)
    if text is None:
        text = _named(analysis, path, span, word)
    if text is None and word in KEYWORDS and word in RESERVED:
        text = f"**{word}**: {KEYWORDS[word]}"
    if text is None and any(isinstance(node, t.Missing) for node in path[-1:]):
        text = _by_tokens(analysis, cursor, word)
    return Hover(span, text) if text else None


def _by_tokens(analysis: Analysis, cursor: Cursor, word: str) -> str | None:
    """What can be told of a word where the tree has a hole: an argument, or something that is called."""
    call = call_at(analysis, cursor)
    param = None if call is None or cursor.following != "=" else call.callee.param(word)
    if call is not None and param is not None:
        return documentation.argument(call.callee, param)
    callee = find_callee(analysis, cursor.dotted + word) if cursor.following == "(" else None
    return None if callee is None else documentation.of_callee(callee)


def _keyword(cursor: Cursor, word: str, path: Sequence[t.Node]) -> str | None:
    """The meaning of a keyword where it is one; `head` and `input` say more where the tree knows them."""
    if path and isinstance(path[-1], t.Name | t.Head) and word in ("head", "input", "_"):
        return None
    if any(isinstance(node, t.Argument) and node.name is path[-1] for node in path):
        return None
    begins = not cursor.statement and cursor.inner.kind in ("", "{")
    if word in RESERVED or (begins and word in _DECLARATIONS and not _is_setting(path)):
        return f"**{word}**: {KEYWORDS[word]}"
    in_import = bool(cursor.statement) and cursor.statement[0].text == "from"
    if word == "import" and in_import and len(cursor.statement) == 2:
        return f"**import**: {KEYWORDS['import']}"
    if begins and word == "data" and not _is_setting(path):
        return f"**data**: {KEYWORDS['data']}"
    return None


def _is_setting(path: Sequence[t.Node]) -> bool:
    return any(isinstance(node, t.Setting) for node in path)


# ---------------------------------------------------------------------------------------- names


def _named(analysis: Analysis, path: Sequence[t.Node], span: Span, word: str) -> str | None:
    """What the tree knows of the innermost node with the ones around it."""
    if not path:
        return None
    node = path[-1]
    above = path[-2] if len(path) > 1 else None
    if isinstance(node, t.Head):
        return of_output(analysis, node, path)
    if isinstance(node, t.NameTarget):
        return of_variable(analysis, analysis.program.tables.targets.get(node), word)
    if not isinstance(node, t.Name):
        return None
    if isinstance(above, t.Argument) and above.name is node:
        return _argument(analysis, path, node)
    if isinstance(above, t.Dotted):
        return _resolved(analysis, path[:-1], above)
    if isinstance(above, t.Setting) and above.name is node:
        setting = SETTINGS.get(node.id)
        return None if setting is None else f"**{node.id}**: {setting.doc}"
    if isinstance(above, t.Phase):
        return f"**phase {node.id}**: {KEYWORDS['phase']}"
    if isinstance(above, t.TensorType) and above.dtype is node:
        return f"**{node.id}**: the dtype of `{analysis.slice(above.span)}`"
    if isinstance(above, t.Head) or (isinstance(above, t.OutputDecl) and above.name is node):
        return of_output(analysis, above, path)
    return _resolved(analysis, path, node) or _declared(analysis, path, node)


def _declared(analysis: Analysis, path: Sequence[t.Node], name: t.Name) -> str | None:
    """A name at the place that binds it, or in a place that is no expression."""
    tables = analysis.program.tables
    above = path[-2] if len(path) > 1 else None
    match above:
        case t.AsTarget():
            if above in tables.outputs:
                found = of_output(analysis, above, path)
                if found is not None:
                    return found
            return of_variable(analysis, tables.targets.get(above), name.id)
        case t.Parameter():
            return of_variable(analysis, tables.parameters.get(above), name.id)
        case t.Let() if above in analysis.program.declarations():
            return of_symbol(analysis, analysis.program.module.names.get(name.id))
        case t.Let() | t.Shared() | t.Learned():
            return of_variable(analysis, tables.statements.get(above), name.id)
        case t.InputDecl():
            return _input(analysis, above)
        case t.Import():
            return of_import(analysis, above, name)
        case t.Task() | t.Block() | t.Model() | t.Variant() | t.PythonDecl() | t.Train():
            return of_symbol(analysis, analysis.program.module.names.get(name.id))
        case _:
            return None


def _resolved(analysis: Analysis, path: Sequence[t.Node], name: t.Name | t.Dotted) -> str | None:
    """What resolution says that a name in an expression is."""
    call = path[-2] if len(path) > 1 and isinstance(path[-2], t.Call) else None
    if call is not None and call.callee is not name:
        call = None
    step = call or name
    special = _task_or_source(path, name)
    if special is not None:
        what = "kind of task" if special.kind == "task" else "source of data"
        return f"**{special.name}** · {what}\n\n{documentation.of_callee(special)}"
    match analysis.program.tables.names.get(name):
        case EntryRef(entry=entry):
            return of_entry_step(analysis, entry, step)
        case SymbolRef(symbol=symbol):
            return of_step(analysis, symbol, step) or of_symbol(analysis, symbol)
        case VariableRef(variable=variable):
            return of_variable(analysis, variable, name.id, at=step)
        case BuiltinRef(name=word):
            callee = of_word(word)
            if callee is not None:
                return documentation.of_callee(callee)
            return f"**{word}**: {KEYWORDS[word]}" if word in KEYWORDS else None
        case FlowingRef() | BodyInputRef():
            return f"**{name.id}**: {KEYWORDS[name.id]}" if name.id in KEYWORDS else None
        case DimensionRef(name=word):
            return dimension(analysis, word)
        case Word(text=text):
            return _word(analysis, path, name, text)
        case Unresolved():
            return None
        case _:
            return None


def _task_or_source(path: Sequence[t.Node], name: t.Name | t.Dotted) -> Callee | None:
    """The kind of task or source of data that a word names."""
    for above in path[:-1]:
        called = above.type if isinstance(above, t.OutputDecl) else None
        if isinstance(called, t.Call) and called.callee is name:
            return of_task_kind(name.id)
        if isinstance(above, t.DataDecl | t.Setting):
            value = above.value
            if isinstance(value, t.Call) and value.callee is name:
                return of_source(name.id)
    return None


def _argument(analysis: Analysis, path: Sequence[t.Node], name: t.Name) -> str | None:
    """The argument that a name in a call stands for, and the value that it has here."""
    call = next((node for node in reversed(path) if isinstance(node, t.Call)), None)
    if call is None:
        return None
    callee = _callee(analysis, path, call)
    param = None if callee is None else callee.param(name.id)
    if callee is None or param is None:
        return None
    return documentation.argument(callee, param)


def _callee(analysis: Analysis, path: Sequence[t.Node], call: t.Call) -> Callee | None:
    for above in path:
        if isinstance(above, t.OutputDecl) and above.type is call:
            return of_task_kind(call.callee.id)
        if isinstance(above, t.DataDecl | t.Setting) and above.value is call:
            names = [a.name.id for a in call.arguments if a.name is not None]
            source = of_source(call.callee.id, tuple(names))
            if source is not None:
                return source
    match analysis.program.tables.names.get(call.callee):
        case EntryRef(entry=entry):
            return of_entry(entry)
        case _:
            return find_callee(analysis, call.callee.id)


def _word(
    analysis: Analysis, path: Sequence[t.Node], name: t.Name | t.Dotted, text: str
) -> str | None:
    """A bare word: what it is a value of."""
    for sets in (SKLEARN_SETS, KERAS_SETS):
        data_set = sets.get(text)
        if data_set is not None and any(isinstance(node, t.DataDecl) for node in path):
            dims = "of any length" if data_set.dims is None else f"of shape {list(data_set.dims)}"
            what = f"{data_set.classes} classes" if data_set.classes else "numbers"
            return f"**{text}**: {data_set.title}, {dims}; the targets are {what}."
    argument = next((n for n in reversed(path) if isinstance(n, t.Argument)), None)
    call = next((n for n in reversed(path) if isinstance(n, t.Call)), None)
    if argument is None or call is None:
        return None
    if call.callee.id in ("last", "after"):
        return None
    bound = analysis.program.tables.calls.get(call)
    taken = {} if bound is None else {**bound.constructor, **bound.call}
    param_name = next((n for n, given in taken.items() if given is argument), None)
    if param_name is None and argument.name is not None:
        param_name = argument.name.id
    callee = _callee(analysis, path, call)
    param = None if callee is None or param_name is None else callee.param(param_name)
    if callee is None or param is None:
        return None
    return f"**{text}**: a value of `{param.name}`\n\n{documentation.argument(callee, param)}"


def _input(analysis: Analysis, declared: t.InputDecl) -> str:
    shown = analysis.slice(declared.type.span)
    parts = [f"**{declared.name.id}** · input `{shown}`"]
    if declared.doc:
        parts.append(declared.doc)
    return "\n\n".join(parts)


def _string(analysis: Analysis, path: Sequence[t.Node]) -> Hover | None:
    """A string: the file that an import names."""
    if len(path) < 2 or not isinstance(path[-1], t.Constant):
        return None
    above = path[-2]
    if isinstance(above, t.Import) and above.path is path[-1]:
        text = of_import(analysis, above, None)
        return None if text is None else Hover(path[-1].span, text)
    return None

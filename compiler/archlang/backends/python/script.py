"""The whole script: what it is, what it imports, constants, blocks, `build_model`, data, training, prediction."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from archlang.backends.generation_masks import maskable
from archlang.backends.learned_tensor import learned_tensor_source
from archlang.backends.python.applications import helpers
from archlang.backends.python.flat import FlatModel
from archlang.backends.python.layout import wrap
from archlang.backends.python.line_map import Places
from archlang.backends.python.literals import docstring
from archlang.backends.python.names import Locals
from archlang.backends.python.objects import Imports
from archlang.backends.python.structured import Structured
from archlang.backends.python.summary_line import summary_line
from archlang.backends.python.training.plan import TrainingPlan
from archlang.backends.python.training.script import training_sections
from archlang.backends.python.values import CannotWrite, Constants, Values
from archlang.evaluation.evaluator import Evaluator
from archlang.graph.adapting import adapted
from archlang.graph.model import Graph
from archlang.graph.pretrained import pretrained
from archlang.semantics.program import Program
from archlang.syntax import tree as t
from archlang.tasks.model import TrainSpec

_START_SHORT = """\
if __name__ == "__main__":
    main()"""

_START = """\
if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\\nstopped", file=sys.stderr)
        sys.exit(130)"""


def script(
    program: Program,
    graph: Graph,
    overrides: Mapping[str, Any] | None = None,
    graphs: Mapping[str, Graph] | None = None,
    *,
    flat: bool = False,
    places: Places | None = None,
) -> str:
    """The standalone Python script of a model: builds, trains, evaluates and predicts without archlang.

    `graphs` are all models of the spec: of some, a nested model may take the trained weights. `flat` unrolls loops and
    blocks into a line a layer. Where the statements of functions come from is added to `places`.
    """
    evaluator = Evaluator(program, overrides or {}, lambda _: None)
    imports = Imports()
    constants = Constants(program, evaluator, set())
    plan = _plan(program, graph, graphs or {}, constants, imports)
    sections = training_sections(plan)
    if sections.names & set(constants.names.values()):
        # Constants that `train` uses have taken names of the script's own.
        imports, constants = Imports(), Constants(program, evaluator, set(sections.names))
        plan = _plan(program, graph, graphs or {}, constants, imports)
        sections = training_sections(plan)
    building = helpers(graph)
    taken = set(sections.names) | {"build_model"} | set(building) | _bound(sections.imports)
    constants.taken |= taken
    functions, learned, from_where = _functions(
        program, graph, constants, imports, taken, overrides or {}, flat
    )
    if places is not None:
        places |= from_where
    lines = imports.lines | sections.imports
    if learned:
        lines |= {"import keras", "from keras import ops"}
    if "parse_arguments" in sections.names:
        lines |= {"import sys"}
    own = {line for line in lines if _is_written_in_python(program, line)}
    header = f"{docstring(_description(program, graph))}\n\n{_import_block(lines - own)}"
    header += "".join(f"\n\n{block}" for block in _own_imports(own))
    block = "\n".join(
        line for line in ["\n".join(constants.lines), sections.constants.rstrip("\n")] if line
    )
    parts = [f"{header}\n\n{block}" if block else header]
    parts += [learned_tensor_source().rstrip("\n")] if learned else []
    parts += [source.rstrip("\n") for source in building.values()]
    parts += functions
    parts.append(sections.functions.rstrip("\n"))
    parts.append(_START if "parse_arguments" in sections.names else _START_SHORT)
    return wrap("\n\n\n".join(parts) + "\n")


def _bound(lines: Iterable[str]) -> set[str]:
    """The names that imports bind."""
    named = (name for line in lines for name in line.partition("import ")[2].split(","))
    return {name.split(" as ")[-1].strip().partition(".")[0] for name in named}


def _plan(
    program: Program,
    graph: Graph,
    graphs: Mapping[str, Graph],
    constants: Constants,
    imports: Imports,
) -> TrainingPlan:
    def python(expr: t.Expr) -> str:
        return Values(constants, imports, Locals(())).code(expr)

    return TrainingPlan(
        spec_name=posixpath.basename(program.module.tree.source.path.replace("\\", "/")),
        model_name=graph.name,
        task=graph.task,
        train=graph.train or TrainSpec({}),
        input_specs={name: tensor.spec for name, tensor in graph.inputs.items()},
        output_specs={name: tensor.spec for name, tensor in graph.outputs.items()},
        python=python,
        imports_of=lambda expr: _imports_of(expr, constants),
        adapted_layers=tuple(adapted(graph)),
        block_uses=frozenset(graph.uses) - {layer.name for layer in graph.layers},
        pretrained=tuple(pretrained(graph, graphs)),
        modules=_modules(program),
        decoding=maskable(graph),
    )


def _modules(program: Program) -> dict[str, str]:
    """Where what is written in Python lives."""
    return {
        name: str(symbol.declaration.module.value)
        for name, symbol in program.module.names.items()
        if isinstance(symbol.declaration, t.PythonDecl)
    }


def _imports_of(expr: t.Expr, constants: Constants) -> frozenset[str]:
    imports = Imports()
    Values(constants, imports, Locals(())).code(expr)
    return frozenset(imports.lines)


def _functions(
    program: Program,
    graph: Graph,
    constants: Constants,
    imports: Imports,
    taken: set[str],
    overrides: Mapping[str, Any],
    flat: bool,
) -> tuple[list[str], bool, Places]:
    """The functions up to `build_model`, whether they use the layer of learned tensors, and where they come from."""
    if not flat:
        before = (
            list(constants.lines),
            dict(constants.names),
            set(constants.taken),
            set(imports.lines),
        )
        structured = Structured(program, constants, imports, set(taken), overrides)
        try:
            declaration, is_variant = _declaration(program, graph)
            structured.model(declaration, graph, "build_model", fixed=is_variant)
            return (
                structured.functions,
                structured.flat.learned,
                structured.flat.places | structured.places,
            )
        except CannotWrite:
            # A form without a structured counterpart is written flat, which is always possible.
            constants.lines, constants.names, constants.taken = before[0], before[1], before[2]
            imports.lines = before[3]
    model = FlatModel(imports, set(taken))
    model.function(graph, "build_model")
    return model.functions, model.learned, model.places


def _declaration(program: Program, graph: Graph) -> tuple[t.Model, bool]:
    declaration = program.module.names[graph.name].declaration
    is_variant = isinstance(declaration, t.Variant)
    while isinstance(declaration, t.Variant):
        declaration = program.module.names[declaration.base.callee.id].declaration
    assert isinstance(declaration, t.Model)
    return declaration, is_variant


def _description(program: Program, graph: Graph) -> str:
    tree = program.module.tree
    name = posixpath.basename(tree.source.path.replace("\\", "/")).strip("<>")
    doc = graph.doc or graph.task.doc or tree.doc
    origin = f"Written by archlang from {name}; change the spec, not this file."
    paragraphs = [summary_line(graph), *([doc] if doc else []), origin]
    return "\n\n".join(paragraphs)


def _import_block(lines: set[str]) -> str:
    """Imports in isort's order: the standard library, then the rest; `import` before `from`, merged by module."""
    plain: list[str] = []
    members: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            members.setdefault(module, set()).update(name.strip() for name in names.split(","))
        else:
            plain.append(line)
    groups: list[list[str]] = [[], []]
    for line in sorted(plain):
        groups[not _is_standard(line.split()[1])].append(line)
    for module in sorted(members, key=lambda name: (name.lower(), name)):
        names = ", ".join(sorted(members[module], key=_member_key))
        groups[not _is_standard(module)].append(f"from {module} import {names}")
    return "\n\n".join("\n".join(group) for group in groups if group)


def _is_written_in_python(program: Program, line: str) -> bool:
    """Whether an import is of a module that the spec names, which may not be there."""
    return any(
        isinstance(declaration, t.PythonDecl)
        and line.startswith(f"from {declaration.module.value} import ")
        and str(declaration.module.value).partition(".")[0] not in ("keras", "tensorflow")
        for module in program.modules.values()
        for declaration in module.tree.declarations
    )


def _own_imports(lines: set[str]) -> list[str]:
    """Imports of the user's own modules; where one is missing, a sentence says which."""
    blocks: list[str] = []
    for line in _import_block(lines).split("\n") if lines else []:
        module, _, names = line.removeprefix("from ").partition(" import ")
        listed = names.replace(", ", " and ", 1) if names.count(",") == 1 else names
        blocks.append(
            f"try:\n    {line}\nexcept ImportError as error:\n"
            f"    raise SystemExit(\n"
            f'        f"{listed} cannot be imported from {module}: {{error}}"\n'
            f"    ) from error"
        )
    return blocks


def _member_key(name: str) -> tuple[int, str]:
    # isort: constants, then classes, then the rest.
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names

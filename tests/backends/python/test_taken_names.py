"""Names of a spec that the script needs for itself: the script's stay, the spec's get numbers."""

from __future__ import annotations

import ast

from archlang import api
from archlang.source import Source

SPEC = """
let test = 1e-3
let validation = 16

task Iris {
    input measures: float32[4]
    output kind: classification(3)
    data = sklearn(iris)
}

block %s(n) {
    Dense(n, activation=relu)
}

model Mlp for Iris {
    %s(8)
    head
}

train {
    optimizer = Adam(test)
    batch_size = validation
    validation = 0.2
    test = 0.25
}
"""


def script(block: str) -> str:
    checked = api.check(Source("iris.arch", SPEC % (block, block)))
    assert checked.ok, [problem.message for problem in checked.diagnostics]
    return api.to_python(checked, "Mlp")


def test_constants_that_train_uses_are_not_those_of_the_splits() -> None:
    constants: dict[str, float] = {}
    tree = ast.parse(script("Hidden"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            (target,) = node.targets
            assert isinstance(target, ast.Name)
            assert target.id not in constants
            constants[target.id] = node.value.value
    assert constants["TEST"] == 0.25
    assert constants["VALIDATION"] == 0.2
    adams = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func).endswith(".Adam")
    ]
    (rate,) = adams[0].args
    assert constants[ast.unparse(rate)] == 1e-3


def test_no_function_has_the_name_of_a_module() -> None:
    for block in ("Json", "Signal", "Zipfile", "Sys", "Argparse", "Path", "Np"):
        tree = ast.parse(script(block))
        imported = {
            (alias.asname or alias.name).partition(".")[0]
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert not imported & defined
        assert any(name.startswith(block.lower()) for name in defined)

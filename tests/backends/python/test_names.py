"""Names in generated Python."""

from __future__ import annotations

import ast
import builtins
import keyword

import pytest

from archlang import api
from archlang.backends.python.names import Locals, constant_name, free, function_name
from archlang.source import Source


def test_free_names() -> None:
    assert free("width", ()) == "width"
    assert free("width", ("width",)) == "width_2"
    assert free("width", ("width", "width_2")) == "width_3"
    assert free("lambda", ()) == "lambda_"
    assert free("lambda", ("lambda_",)) == "lambda_2"
    assert free("keras", ()) == "keras_"


def test_names_of_functions_and_constants() -> None:
    assert function_name("ConvBn") == "conv_bn"
    assert constant_name("base_width") == "BASE_WIDTH"


def test_names_of_a_closed_scope_are_free_again() -> None:
    names = Locals({"x"})
    assert names.new(1, "x") == "x_2"
    with names.scope():
        assert names.new(2, "skip") == "skip"
        assert names.new(3, "skip") == "skip_2"
        assert names.of(1) == "x_2"
    assert names.of(2) is None
    assert names.new(4, "skip") == "skip"


def test_kept_names_pass_to_the_scope_around() -> None:
    names = Locals(())
    names.open()
    names.new(1, "branch")
    names.close(keep=True)
    assert names.of(1) == "branch"
    assert names.new(2, "branch") == "branch_2"


@pytest.mark.parametrize(
    "name", ["list", "lambda_", "keras", "count", "print", "x", "name", "inputs"]
)
def test_names_of_a_spec_hide_nothing_that_the_script_needs(name: str) -> None:
    text = (
        f"let {name}_size = 3\nblock B({name}=3) {{\n    Dense({name}) as {name}_tensor\n"
        f"    [{name}_tensor, _] -> Concatenate\n}}\n"
        f"model M {{\n    input {name}: float32[8]\n    {name} -> B -> B({name}={name}_size)\n}}\n"
    )
    checked = api.check(Source("test.arch", text))
    assert checked.ok, checked.diagnostics
    tree = ast.parse(api.to_python(checked, "M"))
    bound = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    bound |= {
        argument.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for argument in node.args
    }
    assert not bound & (set(keyword.kwlist) | set(dir(builtins)) | {"keras", "layers"})

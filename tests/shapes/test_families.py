"""`families` names the module of every rule, or `LazyRules` would not find it."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from archlang.shapes import families, ops, rules
from archlang.shapes.lazy_rules import LazyRules
from archlang.shapes.ops import OP_RULES
from archlang.shapes.rule import RULES


@pytest.mark.parametrize(
    ("package", "table", "named"),
    [(rules, RULES, families.LAYERS), (ops, OP_RULES, families.OPS)],
    ids=["layers", "ops"],
)
def test_every_rule_is_where_it_is_said_to_be(
    package: Any, table: LazyRules[Any], named: dict[str, str]
) -> None:
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    registered: dict[str, set[str]] = {}
    for name, rule in table._registered.items():  # pyright: ignore[reportPrivateUsage]
        registered.setdefault(rule.__module__.rpartition(".")[2], set()).add(name)
    assert {module: set(names.split()) for module, names in named.items()} == registered
    assert set(table) == {name for names in registered.values() for name in names}


def test_unknown_and_twice() -> None:
    assert RULES.get("Nothing") is None
    assert "Nothing" not in RULES
    assert callable(RULES["Dense"])
    with pytest.raises(ValueError, match="two rules for Dense"):
        RULES.register("Dense", RULES["Dense"])

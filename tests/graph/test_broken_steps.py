"""What is left of a model around a step that could not be carried out."""

from __future__ import annotations

import pytest

from archlang import api
from archlang.graph.model import BROKEN, Graph, tensors
from archlang.source import Source

SPEC = """\
block Unit(width) {
    Dense(width) -> ReLU
}

model M {
    input x: float32[8]
    Dense(4) as early
    HERE
    Dense(2)
}
"""


def checked(step: str, more: str = "") -> api.Checked:
    return api.check(Source("m.arch", SPEC.replace("HERE", step) + more))


def left(graph: Graph) -> list[str]:
    """The layers in order, `?` for what was broken."""
    names = [node.layer.class_name if node.layer else node.name for node in graph.nodes]
    for before, _ in reversed(graph.broken):
        names.insert(before, "?")
    return names


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("Dens(3)", ["x", "Dense", "?", "Dense"]),
        ("Dense(3) -> Dens(3) -> ReLU", ["x", "Dense", "Dense", "?", "ReLU", "Dense"]),
        (
            "[Dens(1), Dense(3)] -> Concatenate",
            ["x", "Dense", "?", "Dense", "Concatenate", "Dense"],
        ),
        ("Unit(3) -> Dens(3)", ["x", "Dense", "Dense", "ReLU", "?", "Dense"]),
        ("Unit(", ["x", "Dense", "Dense", "ReLU", "Dense"]),
    ],
)
def test_what_flows_into_it_is_no_dead_end(step: str, names: list[str]) -> None:
    graph = checked(step).graphs["M"]
    assert left(graph) == names
    assert graph.dead == []
    for _, node in graph.broken:
        assert node.op == BROKEN
        (taken,) = tensors(node.inputs)
        assert taken.spec.shape is not None


def test_nothing_flows_into_a_name() -> None:
    graph = checked("[early, other] -> Concatenate").graphs["M"]
    ((_, node),) = graph.broken
    assert node.inputs is None


def test_what_leads_nowhere_is_dead_still() -> None:
    graph = checked("early -> Dens(3)\n    early").graphs["M"]
    assert graph.broken == []
    assert left(graph) == ["x", "Dense", "Dense"]


def test_its_parameters_are_not_judged() -> None:
    wanted = "    require params == 46\n}\n"
    spec = SPEC.removesuffix("}\n") + wanted
    for step, codes in (("ReLU", []), ("Dense(4)", ["E0704"]), ("Dens(4)", ["E0201"])):
        found = api.check(Source("m.arch", spec.replace("HERE", step))).diagnostics
        assert [problem.code for problem in found if problem.is_error] == codes

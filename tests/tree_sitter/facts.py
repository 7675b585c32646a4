"""What the compiler's tree and the tree of tree-sitter both say of a spec: nodes with their kinds and places.

Each node that both know becomes a `Fact`, with offsets in characters. How nodes nest follows from their places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from archlang.syntax import tree as t


class Fact(NamedTuple):
    start: int
    end: int
    kind: str
    detail: str = ""


# ---------------------------------------------------------------------------------------- the compiler's tree

_DETAILS: dict[type[t.Node], str] = {
    t.Constant: "text",
    t.Name: "id",
    t.NameTarget: "id",
    t.Unary: "operator",
    t.Binary: "operator",
    t.PythonDecl: "kind",
}
_KINDS: dict[type[t.Node], str] = {t.NameTarget: "Name", t.DataDecl: "Setting"}


def of_compiler(tree: t.Tree) -> list[Fact]:
    """The facts of the compiler's tree, in order."""
    facts = [Fact(c.span.start, c.span.end, "Comment") for c in tree.comments]
    for node in t.walk(tree.declarations):
        facts += _of_node(node)
    return sorted(facts)


def _of_node(node: t.Node) -> Iterator[Fact]:
    start, end = node.span.start, node.span.end
    match node:
        case t.Argument(name=None):
            return  # its value says it
        case t.Call(callee=callee) if callee.span == node.span:
            return  # `output x: regression`
        case t.TensorType(dtype=dtype) if dtype.span == node.span:
            return  # `input x: string`
        case t.ShiftedType():
            yield Fact(start, end, "Call")
            yield Fact(start, start + len("shifted"), "Name", "shifted")
            return
        case t.DataDecl():
            yield Fact(start, start + len("data"), "Name", "data")
        case _:
            pass
    detail = str(getattr(node, _DETAILS.get(type(node), ""), ""))
    if isinstance(node, t.Compare):
        detail = ", ".join(node.operators)
    elif isinstance(node, t.AsTarget) and node.append:
        detail = "[]"
    elif isinstance(node, t.SliceExpr):
        parts = (node.lower, node.upper, node.step)
        detail = ":".join("x" if part else "" for part in parts)
    yield Fact(start, end, _KINDS.get(type(node), type(node).__name__), detail)


# ---------------------------------------------------------------------------------------- the tree of tree-sitter

_COUNTERPARTS = {
    "assignment": "Setting",
    "as_target": "AsTarget",
    "binary": "Binary",
    "block": "Block",
    "call": "Call",
    "comment": "Comment",
    "comparison": "Compare",
    "conditional": "Conditional",
    "contract": "Contract",
    "dims_type": "DimsType",
    "dotted_name": "Dotted",
    "flow": "Flow",
    "flow_statement": "FlowStatement",
    "for": "For",
    "for_clause": "ComprehensionClause",
    "frozen": "Frozen",
    "group": "Group",
    "head": "Head",
    "identifier": "Name",
    "if": "If",
    "import": "Import",
    "input": "Name",
    "input_declaration": "InputDecl",
    "keyword_argument": "Argument",
    "learned": "Learned",
    "let": "Let",
    "list": "ListExpr",
    "list_comprehension": "Comprehension",
    "model": "Model",
    "number": "Constant",
    "output_declaration": "OutputDecl",
    "parameter": "Parameter",
    "phase": "Phase",
    "python": "PythonDecl",
    "repeat": "Repeat",
    "require": "Require",
    "shared": "Shared",
    "slice": "SliceExpr",
    "string": "Constant",
    "subscript": "Subscript",
    "target_list": "TupleTarget",
    "task": "Task",
    "tensor_type": "TensorType",
    "train": "Train",
    "true": "Constant",
    "false": "Constant",
    "none": "Constant",
    "tuple": "TupleExpr",
    "tuple_target": "TupleTarget",
    "unary": "Unary",
    "variant": "Variant",
}
_WITHOUT = frozenset(
    ("arguments", "body", "comparator", "escape_sequence", "parameters", "source_file", "string_content")
)  # fmt: skip


def of_tree_sitter(root: Node, text: str) -> list[Fact]:
    """The facts of tree-sitter's tree, in order."""
    facts: list[Fact] = []
    _collect(root, facts, None)
    if text.isascii():
        return sorted(facts)
    chars = [0] * (len(text.encode()) + 1)  # the character at each byte
    at = 0
    for number, char in enumerate(text):
        chars[at] = number
        at += len(char.encode())
    chars[at] = len(text)
    return sorted(fact._replace(start=chars[fact.start], end=chars[fact.end]) for fact in facts)


def _collect(node: Node, facts: list[Fact], place: Node | None) -> None:
    """`place` is the outermost pair of parentheses around a node: the compiler counts them to it."""
    if node.type == "parenthesized":
        for child in node.named_children:
            _collect(child, facts, None if child.type == "comment" else place or node)
        return
    if node.type not in _WITHOUT:
        start, end = (place or node).start_byte, (place or node).end_byte
        facts.append(Fact(start, end, _COUNTERPARTS[node.type], _detail(node)))
    for number, child in enumerate(node.children):
        if not child.is_named:
            continue
        field = node.field_name_for_child(number)
        same = node.type == "python" and field == "result" and _text(child) == "same"
        tensor = node.type == "parameter" and field == "type"
        if not (same or tensor):  # flags in the compiler's tree
            _collect(child, facts, None)


def _detail(node: Node) -> str:
    match node.type:
        case "identifier" | "input" | "number" | "string" | "true" | "false" | "none":
            return _text(node)
        case "unary" | "binary":
            return _text(node.child_by_field_name("operator"))
        case "python":
            return _text(node.child_by_field_name("kind"))
        case "comparison":
            comparators = (child for child in node.children if child.type == "comparator")
            return ", ".join(
                " ".join(_text(word) for word in each.children if word.type != "comment")
                for each in comparators
            )
        case "as_target":
            return "[]" if node.child_count > 1 else ""
        case "slice":
            parts = map(node.child_by_field_name, ("lower", "upper", "step"))
            return ":".join("x" if part else "" for part in parts)
        case _:
            return ""


def _text(node: Node | None) -> str:
    assert node is not None
    assert node.text is not None
    return node.text.decode()

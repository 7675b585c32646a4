"""Python statements as documents: each takes one logical line and gives the lines of ruff."""

from __future__ import annotations

import ast

from archlang.backends.python.document import (
    SOFT,
    SPACE,
    Doc,
    Group,
    IfBreak,
    Indent,
    print_document,
)
from archlang.backends.python.expressions import Expressions, UnsupportedError
from archlang.backends.python.precedence import Parens

# Headers cannot be parsed without a body, and `elif` not without an `if`.
_HEADERS = ("if ", "elif ", "while ", "for ", "with ", "def ", "class ")


def wrap_statement(text: str, indent: int, width: int) -> str:
    """A statement or the header of one, broken to the width; as it is if its form is unknown."""
    try:
        doc = _document(text)
    except (UnsupportedError, SyntaxError):
        return text
    return print_document(doc, indent=indent, width=width)


def _document(text: str) -> Doc:
    prefix = ""
    if text.startswith("@"):
        prefix, text = "@", text[1:]
    code = text
    if text.startswith(_HEADERS):
        # As long as `elif`, so that the columns stay.
        code = ("if   " + text[5:] if text.startswith("elif ") else text) + " pass"
    tree = ast.parse(code)
    if len(tree.body) != 1:
        raise UnsupportedError("several statements on a line")
    doc = _Statement(text, tree).document(tree.body[0])
    return [prefix, doc] if prefix else doc


class _Statement:
    def __init__(self, text: str, tree: ast.Module) -> None:
        self._text = text
        self._parens = Parens(text, tree)
        self._expressions = Expressions(self._parens)

    def document(self, node: ast.stmt) -> Doc:
        optional = self._expressions.optional
        match node:
            case ast.Assign():
                targets = [self._upto(target) + " = " for target in node.targets]
                prefer = isinstance(node.targets[-1], (ast.Tuple, ast.List, ast.Subscript))
                return [*targets, optional(node.value, prefer=prefer)]
            case ast.AugAssign():
                return [self._before(node.value), optional(node.value)]
            case ast.AnnAssign() if node.value is not None:
                # A bare name as the type has nothing to break.
                prefer = not isinstance(node.annotation, (ast.Name, ast.Attribute))
                return [self._before(node.value), optional(node.value, prefer=prefer)]
            case ast.Return() if node.value is not None:
                return ["return ", self._expressions.returned(node.value)]
            case ast.Expr():
                if isinstance(node.value, ast.BinOp):
                    return optional(node.value)
                return self._expressions.format(node.value, None)
            case ast.Assert():
                return self._assert(node)
            case ast.Raise() if node.exc is not None:
                cause: Doc = [" from ", optional(node.cause)] if node.cause is not None else ""
                return ["raise ", optional(node.exc), cause]
            case ast.If() | ast.While():
                return [self._before(node.test), optional(node.test), ":"]
            case ast.For():
                target = self._expressions.target(node.target, None)
                return ["for ", target, " in ", optional(node.iter), ":"]
            case ast.With():
                return self._with(node)
            case ast.FunctionDef():
                return self._function(node)
            case ast.ClassDef():
                return self._class(node)
            case ast.ImportFrom():
                return self._import(node)
            case _:
                raise UnsupportedError(type(node).__name__)

    def _before(self, node: ast.expr) -> str:
        """What the statement says up to an expression, the parentheses around that not counted."""
        return self._parens.before(node)

    def _upto(self, node: ast.expr) -> str:
        return self._parens.written(node)

    def _assert(self, node: ast.Assert) -> Doc:
        test = self._expressions.optional(node.test)
        if node.msg is None:
            return ["assert ", test]
        message = self._expressions.if_expands(self._expressions.bare(node.msg, "brackets"))
        return ["assert ", test, ", ", message]

    def _with(self, node: ast.With) -> Doc:
        items: list[Doc] = []
        for item in node.items:
            doc: list[Doc] = [self._expressions.format(item.context_expr, "brackets")]
            if item.optional_vars is not None:
                doc += [" as ", self._parens.written(item.optional_vars)]
            items.append(doc)
        if len(node.items) == 1:
            item = node.items[0]
            if item.optional_vars is None:
                return ["with ", self._expressions.optional(item.context_expr), ":"]
            target = " as " + self._parens.written(item.optional_vars)
            return ["with ", self._expressions.optional_with(item.context_expr, target), ":"]
        joined: list[Doc] = []
        for index, written in enumerate(items):
            joined += [written] if index == 0 else [",", SPACE, written]
        return ["with ", self._expressions.if_expands([*joined, IfBreak(",")]), ":"]

    def _function(self, node: ast.FunctionDef) -> Doc:
        arguments = node.args
        items: list[Doc] = []
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [
            *[None] * (len(positional) - len(arguments.defaults)),
            *arguments.defaults,
        ]
        for index, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
            items.append(self._parameter(argument, default))
            if index + 1 == len(arguments.posonlyargs):
                items.append("/")
        if arguments.vararg is not None:
            items.append(["*", self._parameter(arguments.vararg, None)])
        elif arguments.kwonlyargs:
            items.append("*")
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            items.append(self._parameter(argument, default))
        if arguments.kwarg is not None:
            items.append(["**", self._parameter(arguments.kwarg, None)])
        returns = f" -> {self._parens.written(node.returns)}" if node.returns is not None else ""
        expand = self._parens.trailing_comma(self._text.rindex(")", 0, self._text.rindex(":")))
        parameters = self._expressions.parameters(items, expand=expand and not returns)
        return Group([f"def {node.name}", parameters, returns, ":"])

    def _parameter(self, argument: ast.arg, default: ast.expr | None) -> Doc:
        doc: list[Doc] = [argument.arg]
        if argument.annotation is not None:
            doc += [": ", self._expressions.format(argument.annotation, "brackets")]
        if default is not None:
            equals = "=" if argument.annotation is None else " = "
            doc += [equals, self._expressions.format(default, "brackets")]
        return doc

    def _class(self, node: ast.ClassDef) -> Doc:
        items: list[Doc] = [self._expressions.format(base, "brackets") for base in node.bases]
        for keyword in node.keywords:
            name = "**" if keyword.arg is None else f"{keyword.arg}="
            items.append([name, self._expressions.format(keyword.value, "brackets")])
        bases = self._expressions.arguments(items, None) if items else ""
        return [f"class {node.name}", bases, ":"]

    def _import(self, node: ast.ImportFrom) -> Doc:
        head = f"from {'.' * node.level}{node.module or ''} import "
        names: list[Doc] = []
        for alias in node.names:
            name = alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"
            names += [name] if not names else [",", SPACE, name]
        comma = self._text.endswith(",)")
        return [
            head,
            Group(
                [IfBreak("("), Indent([SOFT, *names, IfBreak(",")]), SOFT, IfBreak(")")],
                expand=comma,
            ),
        ]

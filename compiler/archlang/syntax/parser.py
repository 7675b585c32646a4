"""From a source to its tree: lexer, spelling, structure, layout, grammar, in this order."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic
from archlang.records import record
from archlang.source import Source
from archlang.syntax import token_errors
from archlang.syntax.builder import Builder
from archlang.syntax.comments import Comments
from archlang.syntax.engine import Machine, tokenize
from archlang.syntax.layout import lay_out
from archlang.syntax.spelling import spell
from archlang.syntax.structure import structure
from archlang.syntax.tokens import Token
from archlang.syntax.tree import Tree


@record
class ParseResult:
    """A tree, and what was wrong with the text. With errors the tree has holes, and may lack what
    was broken.
    """

    tree: Tree
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> ParseResult:
    """Reads a spec. Never raises: what cannot be read is reported, and the rest is read
    nevertheless.
    """
    spelled = spell(source, tokenize(source.text))
    tokens, unbalanced = structure(source, spelled.tokens)
    tokens, too_deep = lay_out(source.path, tokens)
    problems = [*spelled.problems, *unbalanced]
    if not any(problem.code == token_errors.UNCLOSED for problem in unbalanced):
        problems += too_deep  # else the depth comes from that
    end = len(source.text)
    tokens.append(Token("$END", "", end, end))
    comments = Comments(source, spelled.comments)

    builder = Builder(source, tokens, comments)
    machine = Machine(builder)
    feed = machine.feed
    if all(feed(token) for token in tokens):
        tree: Tree = machine.result
    else:
        # Something does not fit: once more, with snapshots to go back to.
        from archlang.syntax.recovery import Recovery

        builder = Builder(source, tokens, comments)
        recovery = Recovery(source, builder, tokens, problems)
        tree = recovery.run()
        problems += recovery.problems
    # What these lines hold has been explained; that it is no statement of the language follows from it.
    explained = [*spelled.problems, *(problem for problem in problems if problem.code == "E0135")]
    lines = {source.position(problem.span.start).line for problem in explained}
    problems += (
        problem
        for problem in builder.problems
        if not (
            problem.code in token_errors.CONSEQUENCES
            and source.position(problem.span.start).line in lines
        )
    )
    problems.sort(key=lambda problem: (problem.span.start, problem.span.end))
    return ParseResult(tree, tuple(problems))

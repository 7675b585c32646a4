"""The codes of problems with names and files."""

from archlang.diagnostics.codes import CodeInfo

CODES: dict[str, CodeInfo] = {
    code: CodeInfo(code, title, text)
    for code, title, text in [
        (
            "E0201",
            "unknown name",
            "A word is used that nothing in the file, its imports or Keras is called by. "
            "`Dnese(8)` is misspelt; `Dense(8)` is a layer of Keras. Words in lower case are tensors, "
            "constants and parameters; they must be defined above their use.",
        ),
        (
            "E0202",
            "name declared twice",
            "Two declarations of one file have the same name, or two inputs or outputs of a task. "
            "Rename one of them.",
        ),
        (
            "E0203",
            "not a step of a stack",
            "Something stands in the flow that takes no tensor: a constant, an optimizer, a loss. A step is a "
            "layer, a block, a model, a function of `ops`, a fork, a group, a choice or `head`.",
        ),
        (
            "E0204",
            "bare word with two meanings",
            "A bare word is both one of the words that Keras lists for this argument and a constant or parameter in "
            'scope. Write the word in quotes (`padding="same"`), or rename the constant.',
        ),
        (
            "E0205",
            "a tensor in the wrong place",
            "A named tensor begins a flow and stands nowhere else in it. To bring it together with the flow, "
            "use a fork: `[_, skip] -> Add`. Layers that merge are given tensors in the same way: "
            "`[a, b] -> Concatenate`, not `Concatenate([a, b])`.",
        ),
        (
            "E0206",
            "wrong arguments in a call",
            "A block, model or function is called with an argument that it does not have, with too many, "
            "with one given twice, or without one that it needs.",
        ),
        (
            "E0207",
            "not a value",
            "Something stands in an argument that is no value there, such as `head`, a group or a flow of steps.",
        ),
        (
            "E0208",
            "unclear where a flow begins",
            "After a side branch (a statement that begins with a name and ends in `as`), after one that names several "
            "results, or after the head of one of several outputs, the next statement must say where it begins: a name, a "
            "fork of names, or `_` for the tensor just named.",
        ),
        (
            "E0209",
            "wrong kind of thing",
            "A name stands for another kind of thing than is needed here: `model X for Y` needs a task, "
            "a variant needs a model.",
        ),
        (
            "E0210",
            "wrong place for a declaration",
            "`input`, `output` and `data` belong in a task or directly in a model, "
            "not in a block, a loop or a group, and not in a model that is `for` a task.",
        ),
        (
            "E0211",
            "nested steps that need a name",
            "`head` stands where the model has several outputs or none; say which one: `head department`.",
        ),
        (
            "E0601",
            "file to import not found",
            '`from "…" import` names a file that can\'t be read. The path is relative to the importing file; '
            "paths beginning with `std/` are the library that comes with archlang.",
        ),
        (
            "E0602",
            "import cycle",
            "Files import each other in a circle. Move what both need into a third file.",
        ),
        (
            "E0603",
            "nothing of that name to import",
            "The imported file declares no such name.",
        ),
        (
            "W1201",
            "unused name",
            "A name is bound and never used. Remove it, or bind `_` to say that it is meant.",
        ),
        (
            "W1202",
            "symbolic dimension like a constant",
            "A dimension in a type is symbolic (any length) but is spelt almost as a constant of the file.",
        ),
        (
            "W1204",
            "other default in the targeted Keras",
            "An argument is left to its default, and the Keras of `--target` has another default than the newest one. "
            "Write the value, and both do the same.",
        ),
        (
            "N1203",
            "name hides one of Keras's",
            "A declaration of this file has the name of something in Keras; in this file the name means the file's own.",
        ),
    ]
}

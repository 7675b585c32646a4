"""The codes of problems that show when a program is evaluated and expanded."""

from archlang.diagnostics.codes import CodeInfo

CODES: dict[str, CodeInfo] = {
    code: CodeInfo(code, title, text)
    for code, title, text in [
        (
            "E0320",
            "shared layer on another shape",
            "A shared layer has one set of weights, made for the first tensor it was called on. Called on a tensor of "
            "another width, the weights would not fit.",
        ),
        (
            "E0321",
            "wrong number of results",
            "A step gives another number of results than there are names behind `as`. `LSTM(64, return_state=True)` "
            "gives three: the output, and the states h and c.",
        ),
        (
            "E0322",
            "nothing flows in",
            "A layer stands where no tensor flows: the model has no input, or the body is empty before it.",
        ),
        (
            "E0323",
            "output not bound",
            "A model must bind every output of its task: with `head`, `as name`, or, where there is one output, by ending "
            "on it.",
        ),
        (
            "E0324",
            "two layers of one name",
            "Keras needs the names of a model's layers and inputs to be different.",
        ),
        (
            "E0325",
            "nested model on another shape",
            "A model used as a step is called on a tensor that its input does not take.",
        ),
        (
            "E0326",
            "several tensors where one is needed",
            "A model's output, or the input of a block, is one tensor; here several flow. Merge them first.",
        ),
        (
            "E0327",
            "output of another shape than declared",
            "The tensor bound to an output has another shape or dtype than the task declares.",
        ),
        (
            "E0701",
            "expression without a value",
            "An operation is applied to values that it does not go with, such as a number and a text.",
        ),
        (
            "E0702",
            "wrong number of elements to bind",
            "A loop or comprehension binds several names, but its elements have another number of parts.",
        ),
        ("E0703", "constant defined by itself", "Constants may not depend on themselves."),
        (
            "E0704",
            "requirement not met",
            "A `require` states something that does not hold. The note shows the numbers.",
        ),
        (
            "E0705",
            "wrong value in a type",
            "A dimension is a positive whole number, a name (any length, the same wherever it is named) or None (any length).",
        ),
        (
            "E0801",
            "value too large",
            "Compile-time values are bounded, so that no spec can hang the compiler: lists of 100,000 elements, numbers of 4,096 bits.",
        ),
        (
            "E0802",
            "too many steps",
            "Compile-time work is bounded, so that no spec can hang the compiler.",
        ),
        (
            "E0803",
            "recursion without end",
            "Blocks may use themselves, but only so deep. A recursive block needs an `if` that ends it.",
        ),
        (
            "E0804",
            "too many layers",
            "A model has more layer calls than the compiler allows.",
        ),
        (
            "W1301",
            "layer reaches no output",
            "What this layer computes is used by no output of the model; Keras leaves it out. It is probably a branch that was forgotten.",
        ),
        (
            "W1302",
            "very large Flatten",
            "A `Flatten` makes the next layer hold over 50 million weights. `GlobalAveragePooling2D` or more pooling before it is usual.",
        ),
        (
            "W1303",
            "dropout right before a softmax head",
            "Dropout on the inputs of the last layer is usual; on its outputs it makes no sense.",
        ),
        (
            "W1304",
            "bias before batch normalization",
            "Batch normalization subtracts the mean, and a bias with it. `use_bias=False` saves the weights.",
        ),
        (
            "W1307",
            "mask lost on the way",
            "`Embedding(mask_zero=True)` and `Masking` mark padding. Layers such as `Conv1D`, `Flatten`, `Reshape`, slices and ops "
            "drop the mark, and a later recurrent layer, attention or `GlobalAveragePooling1D` reads padding as data.",
        ),
        (
            "W1305",
            "input not used",
            "An input of the model reaches no output.",
        ),
    ]
}

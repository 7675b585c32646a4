"""The diagnostic codes of tasks, training settings and data sources: E0501 to E0549, W0525."""

from __future__ import annotations

from archlang.diagnostics.codes import CodeInfo


def _code(code: str, title: str, explanation: str, wrong: str, right: str) -> tuple[str, CodeInfo]:
    text = f"{explanation}\n\nWrong:\n\n```arch\n{wrong}\n```\n\nRight:\n\n```arch\n{right}\n```\n"
    return code, CodeInfo(code, title, text)


CODES: dict[str, CodeInfo] = dict(
    (
        _code(
            "E0501",
            "a task has no such argument",
            "The kinds of tasks take the arguments that the language reference lists, each once.",
            "output digit: classification(clases=10)",
            "output digit: classification(classes=10)",
        ),
        _code(
            "E0502",
            "a task's argument has a value that does not fit",
            "An argument has the wrong type, or lies outside of what makes sense.",
            "output price: regression(range=(5, 2))",
            "output price: regression(range=(2, 5))",
        ),
        _code(
            "E0503",
            "arguments of a task are missing or disagree",
            "Two arguments say different things, or one is missing without which the task is not "
            "defined.",
            'output animal: classification(classes=3, labels=["cat", "dog"])',
            'output animal: classification(labels=["cat", "dog"])',
        ),
        _code(
            "E0504",
            "a head can't follow what flows into it",
            "A head needs a tensor of a certain rank: one vector an example for one answer an "
            "example, a vector "
            "for every step for answers on every step, a feature map for a mask.",
            "Conv2D(32, 3)\nhead",
            "Conv2D(32, 3)\nGlobalAveragePooling2D\nhead",
        ),
        _code(
            "E0505",
            "an output has the wrong number of axes for its task",
            "The last layer of a hand-written head gives a tensor of another rank than the task "
            "asks for.",
            "LSTM(64, return_sequences=True)\nDense(3, activation=softmax)   # classification(3)",
            "LSTM(64)\nDense(3, activation=softmax)",
        ),
        _code(
            "E0506",
            "an output has the wrong size for its task",
            "The last layer of a hand-written head has more or fewer units than the task has "
            "classes or targets.",
            "Dense(12, activation=softmax)   # classification(10)",
            "Dense(10, activation=softmax)",
        ),
        _code(
            "E0507",
            "the last activation does not fit the task",
            "Classes that exclude each other need softmax, labels that do not exclude each other "
            "sigmoid, and a "
            "single unit never softmax, which would always give 1.",
            "Dense(1, activation=softmax)   # binary_classification",
            "Dense(1, activation=sigmoid)",
        ),
        _code(
            "E0508",
            "logits and probabilities are mixed up",
            "A loss that expects probabilities gets logits, or one that expects logits gets "
            "probabilities.",
            "Dense(10)   # classification(10)",
            "Dense(10, activation=softmax)",
        ),
        _code(
            "E0509",
            "the last activation cannot reach the values to be predicted",
            "A regression's targets can have values that its last activation never gives.",
            "Dense(1, activation=sigmoid)   # regression",
            "Dense(1)",
        ),
        _code(
            "E0520",
            "`train` has no such setting",
            "Settings are those that the language reference lists. Some are for the whole "
            "training, not for a phase.",
            "train { epoch = 3 }",
            "train { epochs = 3 }",
        ),
        _code(
            "E0521",
            "a setting has a value that does not fit",
            "A setting has the wrong type, or lies outside of what makes sense.",
            "train { validation = 20 }",
            "train { validation = 0.2 }",
        ),
        _code(
            "E0522",
            "settings disagree",
            "Settings that are fine each by itself contradict each other.",
            "train {\n    validation = 0.5\n    test = 0.5\n}",
            "train {\n    validation = 0.2\n    test = 0.2\n}",
        ),
        _code(
            "E0523",
            "a callback watches what is not logged",
            "Logged after every epoch are the loss, the metrics by their names and, where there is "
            "something to validate on, the same with `val_` before them. With several outputs the "
            "name of an output stands before its losses and metrics: `val_digit_accuracy`. Keras "
            "only warns of another `monitor`, and trains as if the callback were not there.",
            'callbacks = [EarlyStopping(monitor="val_acc", patience=3)]',
            'callbacks = [EarlyStopping(monitor="val_accuracy", patience=3)]',
        ),
        _code(
            "E0524",
            "a callback does not know what is better",
            "Keras finds out by itself whether a larger or a smaller value is better for the loss, and for "
            "its metrics where a model has one output. Elsewhere `mode` has to say so; without it "
            "training ends in an error after the first epoch.",
            'callbacks = [EarlyStopping(monitor="val_digit_accuracy")]   # several outputs',
            'callbacks = [EarlyStopping(monitor="val_digit_accuracy", mode=max)]',
        ),
        _code(
            "W0525",
            "a callback takes the worse for the better",
            "A `mode` says the opposite of what is known of the metric: accuracy is better when it "
            "is larger, an error or a loss when it is smaller.",
            'callbacks = [EarlyStopping(monitor="val_accuracy", mode=min)]',
            'callbacks = [EarlyStopping(monitor="val_accuracy", mode=max)]',
        ),
        _code(
            "E0530",
            "no such data source",
            "Sources are those that the language reference lists.",
            'data = cvs("people.csv")',
            'data = csv("people.csv")',
        ),
        _code(
            "E0531",
            "no such data set",
            "The source has no data set of that name.",
            "data = sklearn(irises)",
            "data = sklearn(iris)",
        ),
        _code(
            "E0532",
            "an argument of a data source does not fit",
            "A data source's keyword is an argument of the source, or maps an input or output to "
            "a column or key.",
            'data = csv("people.csv", hour="hours-per-week")   # input hours',
            'data = csv("people.csv", hours="hours-per-week")',
        ),
        _code(
            "E0533",
            "the data does not fit the task",
            "The shapes, classes or values of a known data set are not those of the task's inputs "
            "and outputs.",
            "input image: float32[9, 9, 1]\ndata = sklearn(digits)",
            "input image: float32[8, 8, 1]\ndata = sklearn(digits)",
        ),
        _code(
            "E0540",
            "not there yet",
            "The language has this, but this version of the compiler can't train with it.",
            "output words: generation(vocab=500)\noutput mood: binary_classification\n"
            'data = npz("letters.npz")',
            'output words: generation(vocab=500)\ndata = npz("letters.npz")',
        ),
    )
)

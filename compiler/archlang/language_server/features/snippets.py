"""Whole declarations and statements with places to fill in."""

from __future__ import annotations

from archlang.language_server.features.completion_items import Item, snippet

DECLARATIONS: tuple[Item, ...] = (
    snippet(
        "task",
        "inputs, outputs and data",
        "task ${1:Name} {\n    input ${2:image}: float32[${3:28, 28, 1}]\n"
        "    output ${4:label}: ${5:classification(10)}\n    data = ${6:keras(mnist)}\n}",
        2,
    ),
    snippet("model", "a network", "model ${1:Name} for ${2:Task} {\n    $0\n    head\n}", 2),
    snippet(
        "model with its own input",
        "a network without a task",
        "model ${1:Name} {\n    input ${2:x}: float32[${3:28, 28, 1}]\n    $0\n}",
        4,
    ),
    snippet("variant", "a model with other arguments", "model ${1:Name} = ${2:Base}($0)", 4),
    snippet("block", "a reusable piece of stack", "block ${1:Name}(${2:width}) {\n    $0\n}", 2),
    snippet(
        "train",
        "how models are trained",
        "train {\n    optimizer = ${1:Adam(1e-3)}\n    epochs = ${2:10}\n    batch_size = ${3:32}\n"
        "    validation = ${4:0.2}\n}",
        2,
    ),
    snippet("let", "a constant", "let ${1:width} = ${2:64}", 3),
    snippet(
        "from", "names from another spec", 'from "${1:std/resnet.arch}" import ${2:Bottleneck}', 3
    ),
    snippet(
        "layer",
        "a layer written in Python",
        'layer ${1:Name}(${2:beta=1.0}) from "${3:package.module}" -> ${4:same}',
        4,
    ),
    snippet("loss", "a loss written in Python", 'loss ${1:Name}($2) from "${3:package.module}"', 5),
    snippet(
        "metric", "a metric written in Python", 'metric ${1:Name}($2) from "${3:package.module}"', 5
    ),
)

PHASE = snippet(
    "phase",
    "a further phase of training",
    "phase ${1:fine_tune} {\n    unfreeze = [${2:backbone}]\n    optimizer = ${3:Adam(1e-5)}\n    epochs = ${4:3}\n}",
    6,
)

MEMBERS: tuple[Item, ...] = (
    snippet("input", "what goes in", "input ${1:x}: float32[${2:8}]", 1),
    snippet("output", "what comes out", "output ${1:y}: ${2:classification(10)}", 2),
    snippet("data", "where the examples are", "data = $0", 3),
)

STATEMENTS: tuple[Item, ...] = (
    snippet("fork", "branches that are joined", "[${1:_}, ${2:Dense(64)}] -> ${3:Concatenate}", 6),
    snippet("residual", "a step and what flowed into it, added", "[_, ${1:Dense(64)}] -> Add", 6),
    snippet("repeat", "the same stack several times", "repeat ${1:2} {\n    $0\n}", 6),
    snippet("for", "a stack for each element", "for ${1:width} in ${2:[32, 64]} {\n    $0\n}", 6),
    snippet("if", "a choice at compile time", "if ${1:condition} {\n    $0\n}", 6),
    snippet("let", "a constant in this stack", "let ${1:name} = $0", 7),
    snippet("shared", "a layer whose uses share weights", "shared ${1:encoder} = ${2:LSTM(64)}", 7),
    snippet(
        "learned",
        "a trainable tensor",
        "learned ${1:token}: float32[${2:1, 64}] = ${3:RandomNormal(stddev=0.02)}",
        7,
    ),
    snippet("require", "a promise checked at compile time", "require ${1:params < 1_000_000}", 7),
)

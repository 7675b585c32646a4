"""Small specs that between them use every form of graph that backends have to build."""

FEATURES: dict[str, str] = {
    "fork": """
model M {
    input x: float32[6]
    [_, Dense(6) -> ReLU, Dense(6, use_bias=False)] -> Add -> [Dense(2), Dense(3)] -> Concatenate
}
""",
    "shared layer": """
model M {
    input a: float32[10, 4]
    input b: float32[10, 4]
    shared encoder = LSTM(5)
    a -> encoder as left
    b -> encoder as right
    [left, right] -> Dot(axes=1, normalize=True)
}
""",
    "shared block": """
block Tower(width) { Dense(width, activation=relu) -> BatchNormalization -> Dense(width) }
model M {
    input a: float32[6]
    input b: float32[6]
    shared tower = Tower(8)
    a -> tower as left
    b -> tower as right
    [left, right] -> Subtract -> ops.abs -> Dense(1)
}
""",
    "shared block of two tensors": """
block Join(other: tensor) { [_, other] -> Concatenate -> Dense(4) }
block Pair { Concatenate -> Dense(4) }
model M {
    input a: float32[6]
    input b: float32[3]
    shared pair = Pair
    [a, b] -> pair as first
    a -> Dense(6) as again
    [again, b] -> pair as second
    first -> Join(second)
}
""",
    "nested model": """
model Encoder {
    input image: float32[8, 8, 1]
    Conv2D(4, 3, activation=relu) -> GlobalAveragePooling2D -> Dense(5)
}
model Decoder {
    input code: float32[5]
    Dense(64) -> Reshape((8, 8, 1))
}
model Autoencoder {
    input image: float32[8, 8, 1]
    image -> Encoder -> Decoder
}
""",
    "nested model with several outputs": """
model Two {
    input x: float32[8]
    output mean: float32[3]
    output spread: float32[2]
    Dense(4) as hidden
    hidden -> Dense(3) as mean
    hidden -> Dense(2) as spread
}
model M {
    input x: float32[8]
    x -> Two as a, b
    [a, b] -> Concatenate -> Dense(1)
}
""",
    "nested model with several inputs, used twice, frozen": """
model Score {
    input left: float32[4]
    input right: float32[time, 4]
    right -> GlobalAveragePooling1D as pooled
    [left, pooled] -> Concatenate -> BatchNormalization -> Dense(2)
}
model M {
    input a: float32[4]
    input b: float32[steps, 4]
    shared score = frozen Score
    [a, b] -> score as one
    a -> Dense(4) as a2
    [a2, b] -> score as two
    [one, two] -> Add
}
""",
    "learned": """
model M {
    input image: float32[8, 8, 3]
    Conv2D(6, 2, strides=2) -> Reshape((-1, 6)) as patches
    patches
    learned cls: float32[1, 6] = RandomNormal(stddev=0.02)
    learned positions: float32[17, 6]
    [cls, _] -> Concatenate(axis=1) as tokens
    [tokens, positions] -> Add
    _[:, 0]
    Dense(3)
}
""",
    "ops": """
model M {
    input x: float32[5, 4]
    x -> ops.mean(axis=1, keepdims=True) -> ops.relu as m
    [x, m] -> ops.concatenate(axis=1) as k
    x -> ops.einsum("bij,bkj->bik", _, k) -> ops.reshape((-1, 30)) -> Dense(1)
}
""",
    "names that operations have too": """
model M {
    input mean: float32[5]
    input add: float32[5]
    mean -> ops.add(1.0) -> ops.add(2.0) -> ops.add(3.0) as more
    mean -> ops.mean(axis=1, keepdims=True) as middle
    [more, add] -> Add as sum
    [more, sum] -> Add as twice
    twice -> ReLU -> ops.relu -> Dense(1, name=relu_2) as one
    [one, middle] -> Multiply
}
""",
    "masks": """
model M {
    input a: int32[20]
    input b: int32[20]
    a -> Embedding(10, 8, mask_zero=True) as ea
    b -> Embedding(10, 8, mask_zero=True) as eb
    [ea, eb] -> Concatenate(axis=1) -> LSTM(4, return_sequences=True) as l
    [ea, eb] -> Concatenate -> LSTM(4) as n
    [ea, eb] -> Add -> GRU(3) as s
    [l, l] -> Concatenate(axis=1) -> LSTM(4) as k
    [k, n, s] -> Concatenate
    Dense(1)
}
""",
    "slices": """
model M {
    input x: float32[10, 6]
    x[:, 0] as first
    x[:, -1] as last
    x[:, 2:8:2] -> Flatten as some
    x[:, :, None] -> Flatten as all
    [first, last, some, all] -> Concatenate -> Dense(2)
}
""",
    "states": """
model M {
    input x: float32[time, 4]
    input y: float32[steps, 4]
    x -> LSTM(6, return_state=True) as last, h, c
    y -> LSTM(6, initial_state=[h, c], return_sequences=True) as decoded
    y -> GRU(6, return_state=True, initial_state=last) as g, state
    decoded -> Dense(3) -> GlobalMaxPooling1D as pooled
    [pooled, g, state] -> Concatenate
}
""",
    "wrappers": """
model M {
    input x: float32[time, 8, 8, 1]
    x -> TimeDistributed(Conv2D(4, 3, kernel_regularizer=L2(1e-4)))
    TimeDistributed(Flatten)
    Bidirectional(LSTM(5, return_sequences=True), merge_mode=sum)
    RNN(StackedRNNCells([GRUCell(4), LSTMCell(3)]))
    Dense(2)
}
""",
    "attention": """
model M {
    input x: float32[time, 16]
    input memory: float32[steps, 12]
    x -> MultiHeadAttention(2, 8) as own
    own -> MultiHeadAttention(2, 8, value=memory) as cross
    cross -> MultiHeadAttention(2, 8, value=memory, key=memory, use_causal_mask=False) as both
    both -> GroupQueryAttention(8, 4, 2) -> LayerNormalization -> GlobalAveragePooling1D -> Dense(1)
}
""",
    "frozen": """
block Stem { Conv2D(4, 3) -> BatchNormalization -> ReLU }
model M {
    input image: float32[12, 12, 1]
    frozen Stem
    frozen {
        Conv2D(4, 3)
        SpatialDropout2D(0.1)
        BatchNormalization
    }
    frozen TimeDistributed(BatchNormalization)
    BatchNormalization -> Dense(3, trainable=False) -> Flatten
    Dense(2)
}
""",
    "several outputs": """
task Both {
    input x: float32[7]
    output kind: classification(3)
    output size: regression(range=(0, 10))
    output tags: multilabel_classification(labels=["a", "b"])
}
model M for Both {
    Dense(8, activation=relu) as hidden
    hidden -> head kind
    hidden -> head size
    hidden -> Dense(2, activation=sigmoid, name=tag_layer) as tags
}
train {
    optimizer = AdamW(CosineDecay(1e-3, 100), weight_decay=1e-4)
    epochs = 3
    callbacks = [EarlyStopping(patience=2)]
    phase second {
        unfreeze = [tag_layer]
        optimizer = Adam(1e-5)
        epochs = 1
    }
}
""",
    "arguments that are objects": """
model M {
    input x: float32[7]
    Dense(4, kernel_regularizer=L1L2(1e-5, 1e-4), kernel_initializer=TruncatedNormal(stddev=0.1), bias_constraint=UnitNorm)
    Dense(3, activation=leaky_relu, kernel_constraint=MaxNorm(2), activity_regularizer=L2(0.01))
    EinsumDense("ab,bc->ac", output_shape=5, bias_axes="c")
}
""",
    "symbolic dimensions": """
model M {
    input a: int32[time]
    input b: float32[2 * time, 4]
    a -> Embedding(50, 4) as e
    b -> Conv1D(4, 2, strides=2, padding=same) as halved
    [e, halved] -> Add -> Conv1D(8, 3, padding=same) -> MaxPooling1D(2) as y
    y -> UpSampling1D(2) -> GlobalAveragePooling1D -> Dense(1)
}
""",
    "what reaches no output": """
model M {
    input x: float32[7]
    x -> Dense(100) -> Dense(100) as lost
    x -> Dense(3)
}
""",
    "mixed precision": """
model M {
    input x: float32[7]
    output y: classification(3)
    Dense(8, activation=relu) -> BatchNormalization
    learned scale: float32[8] = Ones
    [_, scale] -> Multiply
    head
}
train { mixed_precision = True }
""",
    "texts": """
model M {
    input title: string[1]
    output y: binary_classification
    TextVectorization(max_tokens=100, output_sequence_length=12, vocabulary=["a", "b"]) -> Embedding(100, 4, mask_zero=True)
    LSTM(3)
    head
}
""",
    "variants": """
model Deep(depth=2, width=4) {
    input x: float32[width]
    for i in range(depth) { Dense(width, name="dense_of_" + str(i)) }
    repeat 2 { [_, Dense(width)] -> Add }
}
model Deeper = Deep(depth=4, width=5)
""",
}

"""The diagnostic codes of recurrent, attention and preprocessing layers, of wrappers and of
`keras.ops`.
"""

from __future__ import annotations

from archlang.diagnostics.codes import CodeInfo

DATA_CODES = (
    CodeInfo(
        "E0350",
        "no sequence flows in",
        "Recurrent and attention layers read a sequence, [time, features]. A recurrent layer "
        "gives its last step "
        "only, unless told otherwise. Wrong: `LSTM(64) -> LSTM(64)`. "
        "Right: `LSTM(64, return_sequences=True) -> LSTM(64)`.",
    ),
    CodeInfo(
        "E0352",
        "stateful without a batch size",
        "A stateful layer keeps a state for each example of a batch, and the batch size of a "
        "model is open. "
        "Wrong: `LSTM(64, stateful=True)`. Right: `LSTM(64)`.",
    ),
    CodeInfo(
        "E0353",
        "states or a mask that do not fit",
        "`initial_state` is one tensor for each state, as wide as the layer; a mask has one "
        "value a step. "
        "Wrong: `LSTM(64, initial_state=[h])`. Right: `LSTM(64, initial_state=[h, c])`.",
    ),
    CodeInfo(
        "E0354",
        "not a layer or cell that can be wrapped",
        "`Bidirectional` wraps a recurrent layer, `RNN` a cell, `TimeDistributed` any layer. "
        "Wrong: `Bidirectional(Dense(8))`. Right: `Bidirectional(LSTM(8))`.",
    ),
    CodeInfo(
        "E0355",
        "two directions that do not go together",
        "One layer of `Bidirectional` reads forwards, the other backwards, and they give results "
        "of one shape. "
        "Wrong: `Bidirectional(LSTM(8), backward_layer=LSTM(8))`. Right: `Bidirectional(LSTM(8))`.",
    ),
    CodeInfo(
        "E0356",
        "several results for each step",
        "`TimeDistributed` needs a layer with one result. "
        "Wrong: `TimeDistributed(LSTM(8, return_state=True))`. Right: `TimeDistributed(LSTM(8))`.",
    ),
    CodeInfo(
        "E0357",
        "the wrong number of tensors",
        "A layer takes a fixed number of tensors. Wrong: `x -> Attention`. Right: `[x, x] -> "
        "Attention`.",
    ),
    CodeInfo(
        "E0358",
        "queries, values and keys that do not fit",
        "Queries and keys must be equally wide, and there is one key for each value. "
        "Wrong: `Attention` of [6, 4] and [6, 5]. Right: put `Dense(4)` before the second.",
    ),
    CodeInfo(
        "E0359",
        "attention arguments that do not go together",
        "Query heads are divided among key heads; flash attention has no dropout and no scores. "
        "Wrong: `GroupQueryAttention(64, 8, 3)`. Right: `GroupQueryAttention(64, 8, 4)`.",
    ),
    CodeInfo(
        "E0360",
        "a recurrent convolution that does not fit",
        "`ConvLSTM` layers need known sizes, a window that fits, and strides or dilation, not "
        "both. "
        "Wrong: `ConvLSTM2D(8, 9)` on images of 8x8. Right: `ConvLSTM2D(8, 3)`.",
    ),
    CodeInfo(
        "E0362",
        "no image flows in",
        "Image layers take [height, width, channels]. Wrong: `[64] -> RandomFlip`. "
        "Right: `[8, 8, 1] -> RandomFlip`.",
    ),
    CodeInfo(
        "E0363",
        "image sizes that do not go together",
        "An image is cropped to the aspect ratio or padded to it, and tiles are no smaller than "
        "a pixel. "
        "Wrong: `Resizing(8, 8, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)`. Right: "
        "one of the two.",
    ),
    CodeInfo(
        "E0364",
        "the wrong number of channels",
        "Hue and saturation need colours. Wrong: `[28, 28, 1] -> RandomHue(0.2)`. "
        "Right: `[28, 28, 3] -> RandomHue(0.2)`.",
    ),
    CodeInfo(
        "E0365",
        "a vocabulary that does not work",
        "Every word stands once, reserved tokens are left out, and `max_tokens` has room for all. "
        'Wrong: `StringLookup(vocabulary=["a", "a"])`. '
        'Right: `StringLookup(vocabulary=["a", "b"])`.',
    ),
    CodeInfo(
        "E0366",
        "lookup arguments that do not go together",
        "Vectors need a width that is known before the data is seen. "
        "Wrong: `StringLookup(output_mode=one_hot)`. "
        'Right: `StringLookup(output_mode=one_hot, vocabulary=["a", "b"])`.',
    ),
    CodeInfo(
        "E0367",
        "a mean or scale that does not fit",
        "A list has one number for each position of the axes that it is for. "
        "Wrong: `[5] -> Normalization(mean=[0.0, 1.0], variance=[1.0, 1.0])`. Right: five "
        "numbers, or one.",
    ),
    CodeInfo(
        "E0368",
        "bins that do not work",
        "`Discretization` takes `num_bins` or `bin_boundaries`. Wrong: `Discretization()`. "
        "Right: `Discretization(bin_boundaries=[0.0, 1.0])`.",
    ),
    CodeInfo(
        "E0369",
        "this cannot be encoded",
        "Lookups take strings or whole numbers, texts come one for each example. "
        "Wrong: `float32[4] -> StringLookup(…)`. Right: `string[4] -> StringLookup(…)`.",
    ),
    CodeInfo(
        "E0370",
        "a spectrogram that does not fit",
        "Frames must fit into the signal and into the transform. "
        "Wrong: `STFTSpectrogram(frame_length=512, fft_length=256)`. "
        "Right: `STFTSpectrogram(frame_length=256, fft_length=256)`.",
    ),
    CodeInfo(
        "E0371",
        "shapes that do not broadcast",
        "Taken together element by element, sizes must be equal or 1, counted from the last axis. "
        "Wrong: `ops.add` of [4, 3] and [4, 2]. Right: [4, 3] and [4, 1].",
    ),
    CodeInfo(
        "E0372",
        "an axis that is not there",
        "Ops count axes from 0 with the batch axis first, or from -1 at the end. "
        "Wrong: `[64] -> ops.mean(axis=2)`. Right: `[64] -> ops.mean(axis=1)`.",
    ),
    CodeInfo(
        "E0373",
        "an op's argument that does not work",
        "Every op has the arguments of `keras.ops`. Wrong: `ops.tile(_, -1)`. Right: "
        "`ops.tile(_, 2)`.",
    ),
    CodeInfo(
        "E0374",
        "a product of shapes that do not fit",
        "The axes that a product sums over must be equally long. "
        "Wrong: `ops.matmul` of [4, 3] and [4, 3]. Right: [4, 3] and [3, 4].",
    ),
    CodeInfo(
        "E0375",
        "sizes that do not work out",
        "Reshaping keeps all numbers, pieces divide an axis evenly, windows fit into what they "
        "slide over. "
        "Wrong: `[10] -> ops.split(3, axis=1)`. Right: `[9] -> ops.split(3, axis=1)`.",
    ),
    CodeInfo(
        "E0376",
        "an op has no version for this dtype",
        "Most activations compute with floats only. Wrong: `int32[4] -> ops.sigmoid`. "
        'Right: `int32[4] -> ops.cast("float32") -> ops.sigmoid`.',
    ),
    CodeInfo(
        "E0377",
        "a slice that goes beyond its tensor",
        "A slice has a place for each axis, the batch first, positions inside it, and leaves something. "
        "Wrong: `x[:, 5]` and `x[:, 4:]` of [4]. Right: `x[:, 3]` and `x[:, 3:]`.",
    ),
    CodeInfo(
        "E0378",
        "tensors that cannot be joined",
        "Joined along an axis, tensors must be equal in all others. "
        "Wrong: `ops.stack` of [4] and [5]. Right: [4] and [4].",
    ),
)

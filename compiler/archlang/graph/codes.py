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
            "E0336",
            "application on an image or with arguments that it does not take",
            "The networks of `keras.applications` take images from a smallest size on (32, 71 or 75). With the weights of ImageNet they "
            "take 3 channels, and with its head too just the size that they were trained on, and 1000 classes.",
        ),
        (
            "E0337",
            "no such layer in an application",
            "`outputs=[…]` names layers inside the application, by the names that Keras gives them in its source (`conv4_block6_out`). "
            "Layers that Keras only numbers (`conv2d_17`) can't be named: their numbers differ from session to session.",
        ),
        (
            "E0339",
            "step that sees later steps",
            "A `generation` output is made a step at a time, each from the steps before it. While training, its `shifted` input holds "
            "the whole target, so a layer that lets a step see those after it (`Bidirectional`, attention to itself without "
            "`use_causal_mask=True`, a pooling or normalization over the steps, a convolution without `padding=causal`) lets the model "
            "copy what it should learn to find. It would look good in training, and generate nonsense.",
        ),
        (
            "E0341",
            "selector matches nothing",
            "`unfreeze` names layers of the model: a layer, a nested model or application, a shared layer, or the use of a block "
            "(`residual_3`). A name that matches nothing, or nothing that has weights, would silently leave training as it was.",
        ),
        (
            "E0342",
            "fewer layers than asked for",
            "`last(backbone, n)` selects the last n layers with weights. There must be as many; for all of them name the whole: "
            "`unfreeze = [backbone]`.",
        ),
        (
            "E0343",
            "no such inner layer",
            '`last(backbone, n)` and `after(backbone, "layer")` select inside a nested model or an application; `after` takes the '
            "name of a layer in it, behind which there are weights.",
        ),
        (
            "E0344",
            "weights that the other model does not have",
            "`Encoder(weights=Autoencoder)` takes the weights that `Encoder` has after training `Autoencoder`, so `Autoencoder` must be "
            "trained (it has a task) and must contain `Encoder`, with the same arguments.",
        ),
        (
            "E0345",
            "learns behind a layer that trains",
            "`Normalization`, `TextVectorization`, `StringLookup`, `IntegerLookup` and `Discretization` learn once, before "
            "training, from what flows into them. Behind a layer that trains they would go on with the means or words of "
            "an untrained network. `BatchNormalization` keeps up with what changes.",
        ),
        (
            "E0346",
            "can't learn here",
            "A layer that learns before training (`Normalization`, `TextVectorization` and their like) is adapted on what flows "
            "into it. In a nested model, or used at several places, it learns from inputs of the whole model only; in a "
            "model that takes its weights from elsewhere it can't learn, since a vocabulary is no weight.",
        ),
        (
            "E0347",
            "`Embedding` smaller than its vocabulary",
            "An `Embedding` needs a row for every number that the vocabulary in front of it gives: `max_tokens`, or the words of "
            "`vocabulary=` with the tokens for padding and unknown words (`TextVectorization` adds two). Behind the `shifted` past of a "
            "generation it needs one for every id, those that begin and end a sequence included: `vocab`, or two more than the "
            "words of `text=`. Keras fails in the middle of training at the first number without a row, or reads zeros on a GPU.",
        ),
        (
            "E0348",
            "built for another shape",
            "A few layers of Keras promise another shape than they compute: `TextVectorization` that makes one vector of a text "
            "`[1]`, `Hashing(output_mode=one_hot)` of several numbers, the scores of `MultiHeadAttention` on a query and a value of "
            "different lengths. Keras refuses what follows for the promised shape, or makes weights for it that fail when the "
            "model runs.",
        ),
        (
            "W1342",
            "vocabulary of open size before an `Embedding`",
            "Without `max_tokens`, a lookup learns every word of the data, and nothing says that the `Embedding` behind it has "
            "enough rows. `max_tokens` keeps the most frequent words.",
        ),
        (
            "W1343",
            "tf_idf weights that may not load",
            "Keras saves learnt tf_idf weights padded to `max_tokens`, but loads them only if there are as many words: a model "
            "with a vocabulary that the data does not fill is saved, and can't be loaded again.",
        ),
        (
            "E0330",
            "not what the contract takes",
            "`block Down(filters): [h, w, c] -> [h / 2, w / 2, filters]` says what the block takes and gives. What flows in has "
            "another number of axes, another dtype, or another length where the contract names a number, a parameter or a "
            "length that another axis has.",
        ),
        (
            "E0331",
            "not what the contract gives",
            "What comes out of a block is not what its contract says, with the names standing for the lengths of what flowed in. "
            "Mend the block, or its contract.",
        ),
        (
            "E0332",
            "contract that an example proves wrong",
            "A contract speaks of every tensor that the block takes. For the lengths in the label the block gives something else. "
            "If it is meant for some lengths only, write them as numbers: `[h, w, 3]`.",
        ),
        (
            "E0333",
            "quotient in a contract that is not whole",
            "`/` in a contract is exact: `h / 2` asks for an even h. `h // 2` rounds down, as pooling and convolution without "
            "`padding=same` do; `(h + 1) // 2` rounds up, as they do with it.",
        ),
        (
            "E0334",
            "several tensors where a contract has one",
            "A contract speaks of one tensor that flows in and one that comes out. A block with several has no contract.",
        ),
        (
            "E0335",
            "mask that fails",
            "`Embedding(mask_zero=True)` and `Masking` mark padding, and layers that know of masks expect them of certain axes. "
            "Keras builds the model, and it fails with the first batch: `Softmax` needs a mask of every number, where that of a "
            "sequence has one value a step (`Activation(softmax)` leaves it alone); merges of masked tensors need masks with the "
            "same axes; recurrent layers, attention and `GlobalAveragePooling1D` need one value a step.",
        ),
        (
            "E0338",
            "batch axis taken for another",
            "Ops and slices count axes as Keras does, the batch axis first. Here the batch meets an axis of the example: "
            "`ops.matmul(_, _)` of [n] multiplies a table of batch x n with itself, which works when a batch has n examples and "
            "fails for every other.",
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
            "What this layer computes is used by no output of the model; Keras leaves it out. It is probably a branch that was "
            "forgotten. A place in a block is spoken of only if it is so at every use of the block.",
        ),
        (
            "W1302",
            "very large Flatten",
            "A `Flatten` makes the next layer hold over 50 million weights, and leaves more than seven positions along an axis "
            "to it. `GlobalAveragePooling2D` or more pooling before it is usual. What has been pooled to 7 x 7 or less, as "
            "in VGG16, is meant to be flattened.",
        ),
        (
            "W1303",
            "dropout on what a softmax takes or gives",
            "Dropout on the features that flow into a head is usual. Between the class scores and their softmax, or behind "
            "the softmax of an output, it removes classes at random; and a head that sees less than half of its features "
            "(a rate above 0.5 right before it) learns from noise.",
        ),
        (
            "W1304",
            "bias before batch normalization",
            "Batch normalization subtracts the mean, and a bias with it. `use_bias=False` saves the weights. Published models "
            "that have such biases, like ResNet50, write `use_bias=True`: what is written is meant, and not warned of.",
        ),
        (
            "W1307",
            "mask lost on the way",
            "`Embedding(mask_zero=True)` and `Masking` mark padding. Layers such as `Conv1D`, `Flatten`, `Reshape`, slices and ops "
            "drop the mark, and a later recurrent layer, attention or `GlobalAveragePooling1D` reads padding as data. "
            "`MultiHeadAttention` keeps it on what it gives, but takes it off the tensors that it is given: other calls that take "
            "them find none, if Keras makes them later, as an `Add` of the input and the attention. Behind `LayerNormalization` or "
            "`Rescaling(1.0)` it has a tensor of its own.",
        ),
        (
            "W1341",
            "unfreezing what trains already",
            "A phase unfreezes something that is not frozen, or that an earlier phase has unfrozen. Write `frozen` before what is to "
            "keep its weights at first, or leave the selector out.",
        ),
        (
            "W1320",
            "step without effect",
            "What goes in comes out: a merge of a single tensor, cropping or padding by 0, pooling of single positions, the "
            "softmax of one number (which is always 1).",
        ),
        (
            "W1321",
            "shape that fits one length only",
            "A length that is only known at run time flows into a step that makes sense for one value of it, or makes a width "
            "that no layer with weights can follow.",
        ),
        (
            "W1322",
            "unrolling of an open length",
            "`unroll=True` writes out every step of a sequence, so the number of steps must be known. Keras builds the model, "
            "and fails in `fit`.",
        ),
        (
            "W1323",
            "old or uneven spelling",
            "Keras takes this for the sake of older programs, or by accident.",
        ),
        (
            "W1324",
            "dtype with a surprise",
            "The layer takes tensors of this dtype, and does something else with them than it is there for: texts added up, "
            "truth values multiplied, fractions hashed or cut off.",
        ),
        (
            "W1325",
            "crop or pooling to a larger size",
            "A crop that is larger than the image stretches it, and adaptive pooling to a larger size repeats positions.",
        ),
        (
            "W1326",
            "nothing to learn a state from",
            "`StringLookup`, `TextVectorization`, `Normalization` and their like learn a vocabulary or mean from data before "
            "training. Without data and without `vocabulary=` or `mean=` they fail when they run, or do nothing.",
        ),
        (
            "W1332",
            "examples of a batch mixed",
            "A sum, a softmax, a sort, a reshape or a slice over axis 0 puts the numbers of several examples together: what comes out "
            "for one example depends on the others in its batch. Some losses want that; a model's answers hardly ever do.",
        ),
        (
            "W1333",
            "crop that happens while training only",
            "Keras's `RandomCrop` cuts a piece out while training and leaves the image as it is when the model predicts or is "
            "evaluated, so that what follows sees two sizes: a `Flatten` with `Dense` behind it fails, pooling sees another scale.",
        ),
        (
            "W1334",
            "pooling that ends the process",
            "`AdaptiveMaxPooling` of the TensorFlow backend divides by zero on a CPU where the last axis has, or gets, a single "
            "position; the process ends without a message. `GlobalMaxPooling` computes the same.",
        ),
        (
            "W1330",
            "mask without steps",
            "`Masking` marks the steps of a sequence that are padding. Of features alone, it marks whole examples, and a layer "
            "that uses the mask fails when it runs.",
        ),
        (
            "W1329",
            "dropout of everything",
            "With a rate of 1 nothing gets through while training, so that nothing is learnt.",
        ),
        (
            "W1328",
            "length that Keras loses",
            "Keras takes `None` in the `output_shape` of an `EinsumDense` for an open length, also where the input tells it; "
            "it can't build a layer with weights over that axis.",
        ),
        (
            "W1327",
            "one-hot encoding of a table",
            "Each number becomes a vector, so the tensor gets one more axis.",
        ),
        (
            "W1344",
            "step that may see later steps",
            "What a layer written in Python, or attention put together from ops, does with the steps of the output's own past is not "
            "known. If it lets a step see those after it, the model learns to copy them, and can't generate.",
        ),
        (
            "W1306",
            "pretrained backbone without its preprocessing",
            "The weights of ImageNet were trained on images prepared in one way: from -1 to 1, or with the means of the channels taken off. "
            "On other numbers they are of little use. `preprocess=True` puts the application's own preprocessing in front.",
        ),
        (
            "W1309",
            "application that needs a known image size",
            "Keras builds a NASNet without a known height and width, but leaves out layers that it needs, so it fails when it runs.",
        ),
        (
            "W1305",
            "input not used",
            "An input of the model reaches no output.",
        ),
        (
            "W1308",
            "fine-tuning at the first learning rate",
            "A phase of training that unfreezes layers runs at the learning rate of the first phase, or a higher one. Pretrained "
            "weights are soon spoilt so: a tenth of the rate or less is usual.",
        ),
    ]
}

"""What is used most: of things that fit equally well, these are offered first."""

from __future__ import annotations

import re

# What most networks are made of.
LAYERS = frozenset(
    [
        "Activation",
        "Add",
        "BatchNormalization",
        "Bidirectional",
        "Concatenate",
        "Conv1D",
        "Conv2D",
        "Conv2DTranspose",
        "Dense",
        "Dropout",
        "Embedding",
        "Flatten",
        "GRU",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "LSTM",
        "LayerNormalization",
        "MaxPooling1D",
        "MaxPooling2D",
        "MultiHeadAttention",
        "Normalization",
        "RandomFlip",
        "RandomRotation",
        "RandomZoom",
        "ReLU",
        "Rescaling",
        "Reshape",
        "TextVectorization",
        "UpSampling2D",
    ]
)
# Wrappers of code that is not in the spec, and what a spec says with other words.
UNUSUAL_LAYERS = frozenset(
    ("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "Layer", "InputLayer")
)

_FIRST = (
    # Layers that stand in other layers.
    "LSTM", "GRU", "Dense", "Conv2D", "LSTMCell", "GRUCell",
    # Activations.
    "relu", "gelu", "sigmoid", "softmax", "tanh", "elu", "selu", "silu", "leaky_relu", "softplus", "linear",
    # Initializers.
    "RandomNormal", "TruncatedNormal", "Zeros", "Ones", "GlorotUniform", "HeNormal",
    "glorot_uniform", "he_normal", "he_uniform", "zeros", "ones", "orthogonal", "random_normal",
    # Regularizers.
    "L2", "L1", "L1L2", "l2", "l1",
    # Dtypes.
    "float32", "float16", "bfloat16", "int32", "mixed_float16", "mixed_bfloat16",
    # Optimizers, their schedules, callbacks.
    "Adam", "AdamW", "SGD", "RMSprop", "adam", "sgd", "CosineDecay", "ExponentialDecay",
    "EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint", "TensorBoard",
    # Losses and metrics.
    "MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossentropy", "CategoricalCrossentropy", "AUC", "accuracy",
    # Applications.
    "EfficientNetB0", "MobileNetV2", "ResNet50", "VGG16",
)  # fmt: skip
_PLACES = {word: index for index, word in reversed(list(enumerate(_FIRST)))}

# Arguments that are seldom given.
_RARE = re.compile(
    r"trainable|autocast|dtype|name|data_format|quantization_config|seed|.*(regularizer|constraint|initializer)|lora_.*"
)


def place(name: str) -> tuple[object, ...]:
    """A key to sort names by: those that are used most first, the others as they are, `ResNet50` before `ResNet101`."""
    index = _PLACES.get(name, len(_FIRST))
    parts = re.split(r"(\d+)", name)
    return index, *[(int(part), "") if part.isdigit() else (0, part) for part in parts]


def is_rare(argument: str) -> bool:
    """Whether an argument of a layer is seldom given."""
    return _RARE.fullmatch(argument) is not None

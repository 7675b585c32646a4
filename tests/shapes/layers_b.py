"""The layers that the rules for sequences, attention and preprocessing speak for."""

from __future__ import annotations

LAYERS = (
    "LSTM", "GRU", "SimpleRNN", "RNN", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells",
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional", "TimeDistributed", "Pipeline",
    "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention",
    "Rescaling", "Normalization", "Discretization", "CategoryEncoding", "Hashing", "HashedCrossing",
    "StringLookup", "IntegerLookup", "TextVectorization", "MelSpectrogram", "STFTSpectrogram",
    "Resizing", "CenterCrop", "RandomCrop", "MaxNumBoundingBoxes",
    "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix",
    "Equalization",
    "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter",
    "RandomContrast", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "Solarization", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper",
)  # fmt: skip

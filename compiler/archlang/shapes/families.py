"""Which module has the rule of which layer and op.

The rules are many and a spec needs few, so `lazy_rules` imports a module when one of its rules is
asked for. A test proves that this is what the modules register.
"""

from __future__ import annotations

LAYERS = {
    "activations": "Activation ELU LeakyReLU PReLU ReLU Softmax",
    "attention": "AdditiveAttention Attention",
    "conv_recurrent": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "convolution": (
        "Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D "
        "Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D "
        "Convolution3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D "
        "SeparableConv2D SeparableConvolution1D SeparableConvolution2D"
    ),
    "core": "Dense Embedding Identity Masking ReversibleEmbedding",
    "dot": "Dot",
    "einsum": "EinsumDense",
    "foreign": "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
    "merging": "Add Average Concatenate Maximum Minimum Multiply Subtract",
    "multi_head": "GroupQueryAttention MultiHeadAttention",
    "normalization": (
        "BatchNormalization GroupNormalization LayerNormalization RMSNormalization "
        "SpectralNormalization UnitNormalization"
    ),
    "padding": (
        "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D "
        "ZeroPadding1D ZeroPadding2D ZeroPadding3D"
    ),
    "pooling": (
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D "
        "AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D "
        "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D "
        "GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D "
        "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D MaxPool1D MaxPool2D "
        "MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D"
    ),
    "preprocessing_audio": "MelSpectrogram STFTSpectrogram",
    "preprocessing_hashing": "HashedCrossing Hashing",
    "preprocessing_image": (
        "AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix "
        "Equalization MaxNumBoundingBoxes MixUp RandAugment RandomBrightness "
        "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop "
        "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale "
        "RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation "
        "RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Resizing "
        "Solarization"
    ),
    "preprocessing_numeric": "CategoryEncoding Discretization Normalization Rescaling",
    "preprocessing_text": "IntegerLookup StringLookup TextVectorization",
    "recurrent": "GRU GRUCell LSTM LSTMCell RNN SimpleRNN SimpleRNNCell StackedRNNCells",
    "regularization": (
        "ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D"
    ),
    "reshaping": "Flatten Permute RepeatVector Reshape",
    "wrappers": "Bidirectional Pipeline TimeDistributed",
}
"""The modules of `archlang.shapes.rules`."""

OPS = {
    "elementwise": (
        "abs absolute add angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh array "
        "bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or "
        "bitwise_right_shift bitwise_xor cast cbrt ceil celu clip conj conjugate "
        "convert_to_tensor copy cos cosh deg2rad divide divide_no_nan elu empty_like equal "
        "erf erfc erfinv exp exp2 expm1 fabs floor floor_divide fmax fmin fmod full_like gcd "
        "gelu glu greater greater_equal hard_shrink hard_sigmoid hard_silu hard_swish "
        "hard_tanh heaviside hypot i0 imag isclose isfinite isinf isnan isneginf isposinf "
        "isreal layer_normalization lcm leaky_relu left_shift less less_equal log log10 log1p "
        "log2 log_sigmoid log_softmax logaddexp logaddexp2 logical_and logical_not logical_or "
        "logical_xor maximum minimum mod multiply nan_to_num negative nextafter normalize "
        "not_equal ones_like power rad2deg real reciprocal relu relu6 right_shift "
        "rms_normalization round rsqrt selu sigmoid sign signbit silu sin sinc sinh "
        "soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax sqrt "
        "square squareplus stop_gradient subtract swish tan tanh tanh_shrink threshold tril "
        "triu true_divide trunc where zeros_like"
    ),
    "indexing": "get_item one_hot slice take take_along_axis",
    "joining": "concatenate split stack unstack",
    "neural": (
        "average_pool conv conv_transpose depthwise_conv dot_product_attention "
        "image.extract_patches image.resize image.rgb_to_grayscale max_pool separable_conv"
    ),
    "products": "dot einsum inner kron matmul outer tensordot vdot",
    "reductions": (
        "all amax amin any argmax argmin argsort average count_nonzero cumprod cumsum "
        "logsumexp max mean median min nanargmax nanargmin nancumprod nancumsum nanmax "
        "nanmean nanmedian nanmin nanprod nanstd nansum nanvar norm prod sort std sum top_k "
        "var"
    ),
    "reshaping": (
        "broadcast_to expand_dims flip fliplr flipud moveaxis pad repeat reshape roll squeeze "
        "swapaxes tile transpose"
    ),
}
"""The modules of `archlang.shapes.ops`."""

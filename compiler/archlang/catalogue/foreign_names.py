"""Names that arguments have in other libraries and in older Keras, and what Keras calls them."""

from __future__ import annotations

from collections.abc import Iterable

# For each foreign name the Keras names that it may mean; the first that the entry takes is meant.
FOREIGN: dict[str, tuple[str, ...]] = {
    # PyTorch
    "out_features": ("units",),
    "out_channels": ("filters",),
    "hidden_size": ("units",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim", "key_dim"),
    "stride": ("strides",),
    "dilation": ("dilation_rate",),
    "padding_mode": ("padding",),
    "bias": ("use_bias",),
    "p": ("rate",),
    "eps": ("epsilon",),
    "lr": ("learning_rate",),
    "betas": ("beta_1",),
    "alpha": ("negative_slope", "rho"),
    "nhead": ("num_heads",),
    "embed_dim": ("key_dim",),
    "vdim": ("value_dim",),
    "num_groups": ("groups",),
    "normalized_shape": ("axis",),
    "elementwise_affine": ("scale",),
    "affine": ("scale",),
    "scale_factor": ("size",),
    "nonlinearity": ("activation",),
    "dim": ("axis", "axes"),
    "ignore_index": ("ignore_class",),
    "margin_loss": ("margin",),
    "gamma": ("decay_rate",),
    # Keras 1 and 2, TensorFlow 1
    "nb_filter": ("filters",),
    "nb_row": ("kernel_size",),
    "nb_col": ("kernel_size",),
    "filter_length": ("kernel_size",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "border_mode": ("padding",),
    "dim_ordering": ("data_format",),
    "output_dim": ("units",),
    "init": ("kernel_initializer", "embeddings_initializer"),
    "inner_init": ("recurrent_initializer",),
    "inner_activation": ("recurrent_activation",),
    "W_regularizer": ("kernel_regularizer",),
    "b_regularizer": ("bias_regularizer",),
    "W_constraint": ("kernel_constraint",),
    "b_constraint": ("bias_constraint",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "pool_length": ("pool_size",),
    "atrous_rate": ("dilation_rate",),
    "std": ("stddev",),
    "sigma": ("stddev",),
    "decay": ("weight_decay", "momentum", "rho"),
    "weights": ("embeddings_initializer", "kernel_initializer"),
    "use_bn": (),
    # What people write by heart
    "kernel": ("kernel_size",),
    "ksize": ("kernel_size",),
    "filter_size": ("kernel_size",),
    "size": ("pool_size", "kernel_size", "units", "output_size"),
    "pool": ("pool_size",),
    "window": ("pool_size", "kernel_size"),
    "channels": ("filters",),
    "num_filters": ("filters",),
    "n_filters": ("filters",),
    "features": ("units", "filters"),
    "num_units": ("units",),
    "n_units": ("units",),
    "hidden": ("units",),
    "hidden_dim": ("units",),
    "hidden_units": ("units",),
    "neurons": ("units",),
    "width": ("units",),
    "pad": ("padding",),
    "act": ("activation",),
    "activation_fn": ("activation",),
    "prob": ("rate",),
    "drop": ("rate",),
    "dropout": ("rate",),
    "drop_rate": ("rate",),
    "dropout_rate": ("rate", "dropout"),
    "keep_prob": ("rate",),
    "attention_dropout": ("dropout",),
    "heads": ("num_heads",),
    "n_heads": ("num_heads",),
    "head_size": ("key_dim", "head_dim"),
    "vocab_size": ("input_dim", "max_tokens"),
    "vocabulary_size": ("max_tokens", "input_dim"),
    "vocab": ("vocabulary",),
    "return_seq": ("return_sequences",),
    "learning": ("learning_rate",),
    "rate": ("learning_rate", "dropout"),
    "initializer": ("kernel_initializer", "embeddings_initializer", "depthwise_initializer"),
    "regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "constraint": ("kernel_constraint",),
    "num_classes": ("classes", "units"),
    "pretrained": ("weights",),
    "top": ("include_top",),
    "times": ("n",),
    "shape": ("target_shape",),
    "metric": ("monitor",),
    "steps": ("decay_steps",),
    "standard_deviation": ("stddev",),
}

# Arguments that say what comes in: in a spec the input's type and the layers above tell that.
OF_THE_INPUT = {
    "in_features", "in_channels", "input_size", "input_shape", "input_dim", "batch_input_shape",
    "input_length", "num_features", "batch_shape", "batch_size", "input_dtype",
}  # fmt: skip

# What is written in another way in a spec.
ELSEWHERE = {
    "batch_first": "Keras always has the batch axis first; leave it out",
    "bidirectional": "wrap the layer: `Bidirectional(LSTM(64))`",
    "num_layers": "write one layer after the other, or `repeat 2 { … }`",
    "track_running_stats": "leave it out; `frozen` keeps the statistics as they are",
    "inplace": "leave it out; Keras has no layers in place",
    "training": "leave it out; Keras knows when it trains",
    "device": "leave it out; where the model runs is said in `train { strategy = … }`",
}


def keras_names(name: str, taken: Iterable[str]) -> list[str]:
    """What a foreign name means among the names that an entry takes."""
    known = set(taken)
    return [candidate for candidate in FOREIGN.get(name, ()) if candidate in known][:1]

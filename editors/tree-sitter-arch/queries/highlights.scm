; Written by tools/make_highlighting.py.

(comment) @comment.line
(string) @string
(escape_sequence) @constant.character.escape
(number) @constant.numeric
[(true) (false)] @constant.builtin.boolean
(none) @constant.builtin

["task" "model" "block" "layer" "loss" "metric" "train" "phase"] @keyword.storage.type
["from" "import"] @keyword.control.import
["for" "repeat"] @keyword.control.repeat
["if" "else"] @keyword.control.conditional
["and" "in" "not" "or"] @keyword.operator
["as" "frozen" "head" "input" "learned" "let" "output" "require" "shared"] @keyword
(input) @keyword

["->" "=" "+" "-" "*" "**" "/" "//" "%" "<" ">" "<=" ">=" "==" "!="] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter

; Layers, blocks, tasks and models begin with a capital.
((identifier) @type (#match? @type "^[A-Z]"))

; Types of inputs and outputs.
(input_declaration type: (identifier) @type.builtin)
(output_declaration type: (identifier) @type.builtin)
(learned type: (identifier) @type.builtin)
(tensor_type dtype: (identifier) @type.builtin)
(output_declaration type: (call function: (identifier) @type.builtin
  (#match? @type.builtin "^[a-z_]")))
(input_declaration type: (call function: (identifier) @function.builtin
  (#eq? @function.builtin "shifted")))
(contract [takes: (identifier) gives: (identifier)] @type.builtin)
(python result: (identifier) @type.builtin)
(parameter type: (identifier) @type.builtin)

; Arguments and settings.
(keyword_argument name: (identifier) @variable.parameter
  (#match? @variable.parameter "^[a-z_]"))
(parameter name: (identifier) @variable.parameter
  (#match? @variable.parameter "^[a-z_]"))
(assignment name: (identifier) @variable.other.member
  (#match? @variable.other.member "^[a-z_]"))
(phase name: (identifier) @label
  (#match? @label "^[a-z_]"))

; Words that stand for an object of Keras.
(keyword_argument value: (identifier) @type.builtin
  (#any-of? @type.builtin "bfloat16" "bool" "complex128" "complex64" "float16" "float32" "float64" "float8_e4m3fn" "float8_e5m2" "int16" "int32" "int64" "int8" "mixed_bfloat16" "mixed_float16" "string" "uint16" "uint32" "uint64" "uint8"))
(keyword_argument value: (identifier) @constant.builtin
  (#any-of? @constant.builtin "acc" "accuracy" "adadelta" "adafactor" "adagrad" "adam" "adamax" "adamw" "auc" "bce" "binary_accuracy" "binary_crossentropy" "binary_focal_crossentropy" "binary_io_u" "categorical_accuracy" "categorical_crossentropy" "categorical_focal_crossentropy" "categorical_hinge" "ce" "celu" "circle" "concordance_correlation" "cosine_similarity" "crossentropy" "ctc" "dice" "elu" "exponential" "f1_score" "f_beta_score" "false_negatives" "false_positives" "ftrl" "gelu" "glorot_normal" "glorot_uniform" "glu" "hard_shrink" "hard_sigmoid" "hard_silu" "hard_swish" "hard_tanh" "he_normal" "he_uniform" "hinge" "huber" "identity" "kl_divergence" "kld" "leaky_relu" "lecun_normal" "lecun_uniform" "linear" "lion" "log_cosh" "log_cosh_error" "log_sigmoid" "log_softmax" "mae" "mape" "mean" "mean_absolute_error" "mean_absolute_percentage_error" "mean_squared_error" "mean_squared_logarithmic_error" "mish" "mse" "msle" "muon" "nadam" "normal" "one" "ones" "orthogonal" "pearson_correlation" "poisson" "precision" "r2_score" "random_normal" "random_uniform" "recall" "relu" "relu6" "rmsprop" "root_mean_squared_error" "schedulefreeadamw" "selu" "sgd" "sigmoid" "silu" "soft_shrink" "softmax" "softplus" "softsign" "sparse_categorical_accuracy" "sparse_categorical_crossentropy" "sparse_plus" "sparse_sigmoid" "sparse_top_k_categorical_accuracy" "sparsemax" "squared_hinge" "squareplus" "stft" "sum" "swish" "tanh" "tanh_shrink" "threshold" "top_k_categorical_accuracy" "true_negatives" "true_positives" "truncated_normal" "tversky" "uniform" "variance_scaling" "zero" "zeros"))
(assignment value: (identifier) @constant.builtin
  (#any-of? @constant.builtin "acc" "accuracy" "adadelta" "adafactor" "adagrad" "adam" "adamax" "adamw" "auc" "bce" "binary_accuracy" "binary_crossentropy" "binary_focal_crossentropy" "binary_io_u" "categorical_accuracy" "categorical_crossentropy" "categorical_focal_crossentropy" "categorical_hinge" "ce" "celu" "circle" "concordance_correlation" "cosine_similarity" "crossentropy" "ctc" "dice" "elu" "exponential" "f1_score" "f_beta_score" "false_negatives" "false_positives" "ftrl" "gelu" "glorot_normal" "glorot_uniform" "glu" "hard_shrink" "hard_sigmoid" "hard_silu" "hard_swish" "hard_tanh" "he_normal" "he_uniform" "hinge" "huber" "identity" "kl_divergence" "kld" "leaky_relu" "lecun_normal" "lecun_uniform" "linear" "lion" "log_cosh" "log_cosh_error" "log_sigmoid" "log_softmax" "mae" "mape" "mean" "mean_absolute_error" "mean_absolute_percentage_error" "mean_squared_error" "mean_squared_logarithmic_error" "mish" "mse" "msle" "muon" "nadam" "normal" "one" "ones" "orthogonal" "pearson_correlation" "poisson" "precision" "r2_score" "random_normal" "random_uniform" "recall" "relu" "relu6" "rmsprop" "root_mean_squared_error" "schedulefreeadamw" "selu" "sgd" "sigmoid" "silu" "soft_shrink" "softmax" "softplus" "softsign" "sparse_categorical_accuracy" "sparse_categorical_crossentropy" "sparse_plus" "sparse_sigmoid" "sparse_top_k_categorical_accuracy" "sparsemax" "squared_hinge" "squareplus" "stft" "sum" "swish" "tanh" "tanh_shrink" "threshold" "top_k_categorical_accuracy" "true_negatives" "true_positives" "truncated_normal" "tversky" "uniform" "variance_scaling" "zero" "zeros"))
(list (identifier) @constant.builtin
  (#any-of? @constant.builtin "acc" "accuracy" "adadelta" "adafactor" "adagrad" "adam" "adamax" "adamw" "auc" "bce" "binary_accuracy" "binary_crossentropy" "binary_focal_crossentropy" "binary_io_u" "categorical_accuracy" "categorical_crossentropy" "categorical_focal_crossentropy" "categorical_hinge" "ce" "celu" "circle" "concordance_correlation" "cosine_similarity" "crossentropy" "ctc" "dice" "elu" "exponential" "f1_score" "f_beta_score" "false_negatives" "false_positives" "ftrl" "gelu" "glorot_normal" "glorot_uniform" "glu" "hard_shrink" "hard_sigmoid" "hard_silu" "hard_swish" "hard_tanh" "he_normal" "he_uniform" "hinge" "huber" "identity" "kl_divergence" "kld" "leaky_relu" "lecun_normal" "lecun_uniform" "linear" "lion" "log_cosh" "log_cosh_error" "log_sigmoid" "log_softmax" "mae" "mape" "mean" "mean_absolute_error" "mean_absolute_percentage_error" "mean_squared_error" "mean_squared_logarithmic_error" "mish" "mse" "msle" "muon" "nadam" "normal" "one" "ones" "orthogonal" "pearson_correlation" "poisson" "precision" "r2_score" "random_normal" "random_uniform" "recall" "relu" "relu6" "rmsprop" "root_mean_squared_error" "schedulefreeadamw" "selu" "sgd" "sigmoid" "silu" "soft_shrink" "softmax" "softplus" "softsign" "sparse_categorical_accuracy" "sparse_categorical_crossentropy" "sparse_plus" "sparse_sigmoid" "sparse_top_k_categorical_accuracy" "sparsemax" "squared_hinge" "squareplus" "stft" "sum" "swish" "tanh" "tanh_shrink" "threshold" "top_k_categorical_accuracy" "true_negatives" "true_positives" "truncated_normal" "tversky" "uniform" "variance_scaling" "zero" "zeros"))

; Functions of expressions, data sources, and `keras.ops`.
(call function: (identifier) @function.builtin
  (#any-of? @function.builtin "abs" "csv" "enumerate" "float" "image_folder" "int" "keras" "len" "max" "min" "npz" "python" "range" "reversed" "round" "shape" "sklearn" "str" "sum" "text_file" "text_folder" "text_pairs" "zip"))
(dotted_name (identifier) @namespace . "."
  (#match? @namespace "^[a-z_]"))
((dotted_name (identifier) @function .)
  (#match? @function "^[a-z_]"))

; What the spec names itself, where it is named.
(let name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(shared name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(learned name: (identifier) @constant
  (#match? @constant "^[a-z_]"))
(as_target name: (identifier) @variable
  (#match? @variable "^[a-z_]"))
(input_declaration name: (identifier) @variable
  (#match? @variable "^[a-z_]"))
(output_declaration name: (identifier) @variable
  (#match? @variable "^[a-z_]"))

"""Shape rules: what Keras layers and ops make of shapes, dtypes and parameters, known without
Keras.

`dims` and `spec` say what a dimension and a tensor are, `rule` what a rule is; `rules/` has one
file a layer family, `ops/` the rules of `keras.ops`.
"""

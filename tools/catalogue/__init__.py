"""How the catalogue of Keras is made.

`collect` asks Keras, `identifiers` what its `get`s take, `docs` reads docstrings, `annotate` and
`types` give every parameter a JSON Schema, `write` lays the documents out.
"""

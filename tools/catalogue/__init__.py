"""How the catalogue of Keras is made: `collect` asks Keras, `docs` reads docstrings, `types` gives every
parameter a JSON Schema, `write` lays the documents out."""

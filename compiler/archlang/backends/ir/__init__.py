"""The flat IR as a JSON document, `archlang-ir/1`, described by `grammar/ir.schema.json`.

    document = to_document(graph)
    graph = from_document(document)

A document is data from anywhere: reading one checks it against the schema, checks every argument against the catalogue, asks the
shape rules again, and runs nothing.
"""

from archlang.backends.ir.problem import DocumentError
from archlang.backends.ir.read import from_document
from archlang.backends.ir.values import FORMAT
from archlang.backends.ir.write import to_document

__all__ = ["FORMAT", "DocumentError", "from_document", "to_document"]

"""Shape rules for layers, one module a family; `archlang.shapes.families` says which has what."""

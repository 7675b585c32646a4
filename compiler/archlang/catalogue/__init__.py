"""The catalogue: what Keras offers, as data. `load()` gives it; checking a spec imports no Keras."""

from archlang.catalogue.loader import Catalogue, load
from archlang.catalogue.model import Entry, Parameter

__all__ = ["Catalogue", "Entry", "Parameter", "load"]

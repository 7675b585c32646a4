"""What Keras offers, as data: `load()` gives it, and no Keras is imported."""

from archlang.catalogue.loader import Catalogue, load
from archlang.catalogue.model import Entry, Parameter

__all__ = ["Catalogue", "Entry", "Parameter", "load"]

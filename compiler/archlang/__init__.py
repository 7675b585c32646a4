"""archlang: a small declarative language for deep-learning tasks and layer stacks, compiled to Keras."""

from archlang.version import __version__

__all__ = ["__version__"]

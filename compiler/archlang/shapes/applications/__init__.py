"""What `keras.applications` gives, known without Keras: shapes, weights, multiply-adds and inner layers of all 40 networks.

`arguments` settles what a builder makes of its arguments and refuses what Keras refuses; `stored` and the two `mobilenet`
modules give a network's operations, `evaluate` asks the layer rules about them; `preprocessing` says what goes in front.
"""

from archlang.shapes.applications.application import (
    ApplicationResult,
    InnerLayer,
    application,
)
from archlang.shapes.applications.preprocessing import lacks_preprocessing, preprocessing_mode

__all__ = [
    "ApplicationResult",
    "InnerLayer",
    "application",
    "lacks_preprocessing",
    "preprocessing_mode",
]

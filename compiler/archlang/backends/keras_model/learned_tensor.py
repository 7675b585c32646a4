"""The layer of a `learned` tensor. Generated programs hold a copy of the class, read from this file."""

# pyright: basic
# Written as an author of Keras layers writes one, without annotations, since scripts show it.

import keras
from keras import ops


@keras.saving.register_keras_serializable()
class LearnedTensor(keras.layers.Layer):
    """A trainable tensor, the same for every example of a batch."""

    def __init__(
        self, shape, initializer: str | keras.initializers.Initializer = "zeros", **kwargs
    ):
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.initializer = keras.initializers.get(initializer)
        self.supports_masking = True

    def build(self, input_shape):
        self.value = self.add_weight(name="value", shape=self.shape, initializer=self.initializer)

    def call(self, inputs):
        batch_size = (ops.shape(inputs) or inputs.shape)[0]
        return ops.broadcast_to(self.value, (batch_size, *self.shape))

    def compute_mask(self, inputs, previous_mask):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "shape": self.shape, "initializer": initializer}

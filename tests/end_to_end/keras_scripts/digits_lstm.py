"""Handwritten digits as sequences of rows, as one writes it in Keras by hand."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load(seed):
    digits = load_digits()
    rows = digits.images.astype("float32")
    x_train, x_val, y_train, y_val = train_test_split(
        rows, digits.target, test_size=0.2, random_state=seed
    )
    return (x_train, y_train), (x_val, y_val)


def build():
    inputs = keras.Input(shape=(8, 8))
    x = layers.Rescaling(1.0 / 16)(inputs)
    x = layers.Bidirectional(layers.LSTM(32, return_sequences=True))(x)
    x = layers.LSTM(64)(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def fit(model, train, val, epochs=30):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    x, y = train
    return model.fit(x, y, batch_size=64, epochs=epochs, validation_data=val, verbose=0)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    train, val = load(0)
    model = build()
    fit(model, train, val)
    print("accuracy:", model.evaluate(*val, verbose=0)[1])

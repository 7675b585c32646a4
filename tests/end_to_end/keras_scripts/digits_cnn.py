"""Handwritten digits with a small CNN, as one writes it in Keras by hand."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load(seed):
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8, 1).astype("float32")
    x_train, x_val, y_train, y_val = train_test_split(
        images, labels, test_size=0.2, random_state=seed
    )
    return (x_train, y_train), (x_val, y_val)


def build():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


def fit(model, train, val, epochs=30):
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(*train, batch_size=64, epochs=epochs, validation_data=val, verbose=0)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    train, val = load(0)
    model = build()
    fit(model, train, val)
    print("accuracy:", model.evaluate(*val, verbose=0)[1])

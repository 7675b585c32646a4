"""Breast tumours, malignant or benign, as one writes it in Keras by hand."""

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def load(seed):
    x, y = load_breast_cancer(return_X_y=True)
    x = x.astype("float32")
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, random_state=seed)
    # A quarter of what is left is a fifth of all.
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.25, random_state=seed
    )
    return (x_train, y_train), (x_val, y_val), (x_test, y_test)


def build():
    return keras.Sequential(
        [
            keras.Input((30,)),
            layers.Normalization(),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def fit(model, train, val, epochs=60):
    x, y = train
    model.layers[0].adapt(x)
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    stopping = keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)
    return model.fit(
        x,
        y,
        batch_size=32,
        epochs=epochs,
        validation_data=val,
        callbacks=[stopping],
        verbose=0,
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    train, val, test = load(0)
    model = build()
    fit(model, train, val)
    print("accuracy:", model.evaluate(*test, verbose=0)[1])

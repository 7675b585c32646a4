"""The progress of diabetes by linear regression, as one writes it in Keras by hand."""

import keras
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split


def load(seed):
    x, y = load_diabetes(return_X_y=True)
    x_train, x_val, y_train, y_val = train_test_split(
        x.astype("float32"), y.astype("float32"), test_size=0.2, random_state=seed
    )
    return (x_train, y_train), (x_val, y_val)


def build():
    normalize = layers.Normalization()
    return keras.Sequential([keras.Input((10,)), normalize, layers.Dense(1)])


def fit(model, train, val, epochs=80):
    x, y = train
    model.layers[0].adapt(x)
    model.compile(optimizer=keras.optimizers.Adam(1.0), loss="mse", metrics=["mae"])
    return model.fit(x, y, batch_size=32, epochs=epochs, validation_data=val, verbose=0)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    train, val = load(0)
    model = build()
    fit(model, train, val)
    print("mae:", model.evaluate(*val, verbose=0)[1])

"""The data sets that scikit-learn and Keras come with: what they hold, without loading them."""

from __future__ import annotations

from typing import Literal

from archlang.records import record


@record
class DataSet:
    """A built-in data set.

    `dims` is the shape of one example, None for sequences of varying length. Class sets have
    `classes`; the others have `targets` numbers an example, from `low` to `high`. `columns` are the
    names in scikit-learn's table, the targets' last.
    """

    name: str
    title: str
    dims: tuple[int, ...] | None
    classes: int | None = None
    targets: int = 1
    low: float = 0.0
    high: float = 0.0
    columns: tuple[str, ...] = ()
    loader: str = ""

    @property
    def kind(self) -> Literal["classes", "numbers"]:
        """Whether the targets are class numbers or measurements."""
        return "numbers" if self.classes is None else "classes"


def _table(sets: tuple[DataSet, ...]) -> dict[str, DataSet]:
    return {data_set.name: data_set for data_set in sets}


_MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)

SKLEARN_SETS = _table(
    (
        DataSet(
            "iris",
            "the measurements of irises",
            (4,),
            classes=3,
            columns=(
                "sepal length (cm)",
                "sepal width (cm)",
                "petal length (cm)",
                "petal width (cm)",
                "target",
            ),
            loader="load_iris",
        ),
        DataSet(
            "wine",
            "the chemical analyses of wines",
            (13,),
            classes=3,
            columns=(
                "alcohol",
                "malic_acid",
                "ash",
                "alcalinity_of_ash",
                "magnesium",
                "total_phenols",
                "flavanoids",
                "nonflavanoid_phenols",
                "proanthocyanins",
                "color_intensity",
                "hue",
                "od280/od315_of_diluted_wines",
                "proline",
                "target",
            ),
            loader="load_wine",
        ),
        DataSet(
            "breast_cancer",
            "the measurements of breast tumours",
            (30,),
            classes=2,
            columns=(
                *(f"mean {measure}" for measure in _MEASURES),
                *(f"{measure} error" for measure in _MEASURES),
                *(f"worst {measure}" for measure in _MEASURES),
                "target",
            ),
            loader="load_breast_cancer",
        ),
        DataSet(
            "digits",
            "the handwritten digits",
            (8, 8),
            classes=10,
            columns=(
                *(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
                "target",
            ),
            loader="load_digits",
        ),
        DataSet(
            "diabetes",
            "the diabetes patients",
            (10,),
            low=25,
            high=346,
            columns=("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "target"),
            loader="load_diabetes",
        ),
        DataSet(
            "linnerud",
            "the exercises and bodies of the Linnerud study",
            (3,),
            targets=3,
            low=31,
            high=247,
            columns=("Chins", "Situps", "Jumps", "Weight", "Waist", "Pulse"),
            loader="load_linnerud",
        ),
        DataSet(
            "california_housing",
            "the Californian house prices",
            (8,),
            low=0.14999,
            high=5.00001,
            columns=(
                "MedInc",
                "HouseAge",
                "AveRooms",
                "AveBedrms",
                "Population",
                "AveOccup",
                "Latitude",
                "Longitude",
                "MedHouseVal",
            ),
            loader="fetch_california_housing",
        ),
    )
)

KERAS_SETS = _table(
    (
        DataSet("mnist", "the handwritten digits of MNIST", (28, 28), classes=10),
        DataSet("fashion_mnist", "the pictures of clothes of Fashion-MNIST", (28, 28), classes=10),
        DataSet("cifar10", "the pictures of CIFAR-10", (32, 32, 3), classes=10),
        DataSet("cifar100", "the pictures of CIFAR-100", (32, 32, 3), classes=100),
        DataSet("imdb", "the film reviews of IMDB as word numbers", None, classes=2),
        DataSet("reuters", "the Reuters news as word numbers", None, classes=46),
        DataSet("california_housing", "the Californian house prices", (8,), low=14999, high=500001),
        DataSet("boston_housing", "the Boston house prices", (13,), low=5, high=50),
    )
)

# What the loaders of `keras.datasets` take, beside where to cache and how to shuffle.
_SEQUENCE_ARGUMENTS = ("num_words", "skip_top", "maxlen", "start_char", "oov_char", "index_from")
KERAS_SET_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "cifar100": ("label_mode",),
    "imdb": _SEQUENCE_ARGUMENTS,
    "reuters": (*_SEQUENCE_ARGUMENTS, "test_split"),
    "california_housing": ("version", "test_split"),
    "boston_housing": ("test_split",),
}

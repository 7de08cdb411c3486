"""Iris: sepals against petals."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.real_tables import RealData, declare


def _load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_iris

    bunch = load_iris()
    return bunch.data[:, 0:2], bunch.data[:, 2:4], bunch.target


declare(
    RealData(
        name="iris",
        title="Iris: sepal against petal",
        question="Which of three irises is it? Do the sepals tell anything that the petals do not?",
        names=("sepal", "petal", "species"),
        x1_text="Length and width of the sepals (the green leaves below the flower).",
        x2_text="Length and width of the petals.",
        columns1=("sepal length (cm)", "sepal width (cm)"),
        columns2=("petal length (cm)", "petal width (cm)"),
        y_labels=("setosa", "versicolor", "virginica"),
        rows=150,
        source="Fisher 1936, data of Anderson 1935; ships with scikit-learn",
        license="CC BY 4.0 (UCI Machine Learning Repository)",
        citation="Fisher 1936, Annals of Eugenics 7(2), 179-188; doi 10.24432/C56C76",
        story="Petals nearly settle the species. Sepals repeat two thirds of that and add nothing of their own.",
        load=_load,
        specimens=True,
    )
)

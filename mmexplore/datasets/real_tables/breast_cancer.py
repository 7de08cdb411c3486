"""Breast cancer Wisconsin (diagnostic): the average cell nucleus against the worst ones."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.real_tables import RealData, declare

_FEATURES = (
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


def _load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return bunch.data[:, 0:10], bunch.data[:, 20:30], bunch.target


declare(
    RealData(
        name="breast_cancer",
        title="Breast cancer: mean against worst nuclei",
        question="Is the tumour malignant? What do the average nuclei tell that the most abnormal ones do not?",
        names=("mean of the nuclei", "worst of the nuclei", "diagnosis"),
        x1_text="Ten measures of the cell nuclei in an image of a needle biopsy, averaged over the nuclei.",
        x2_text="The same ten measures, averaged over the three largest values only.",
        columns1=tuple(f"mean {feature}" for feature in _FEATURES),
        columns2=tuple(f"worst {feature}" for feature in _FEATURES),
        y_labels=("malignant", "benign"),
        rows=569,
        source="UCI Machine Learning Repository, Breast Cancer Wisconsin (Diagnostic); ships with scikit-learn",
        license="CC BY 4.0",
        citation="Street, Wolberg & Mangasarian 1993, Proc. SPIE 1905, 861-870; doi 10.24432/C5DW2B",
        story="Two summaries of the same nuclei: nine tenths of what they tell is told by either, and only the worst ones add a little of their own.",
        load=_load,
        specimens=True,
    )
)

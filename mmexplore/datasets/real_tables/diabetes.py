"""Diabetes progression: what the doctor sees against what the laboratory measures."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.real_tables import RealData, declare
from mmexplore.discretize import Discretizer


def _load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    # the target is a number: cut into thirds of the patients
    thirds = Discretizer(method="quantile", bins=3).discretize(bunch.target, ("progression",))
    return bunch.data[:, 0:4], bunch.data[:, 4:10], thirds.codes


declare(
    RealData(
        name="diabetes",
        title="Diabetes: clinical against serum",
        question="How far will the disease progress in a year? Does the blood tell more than age, sex, weight and pressure?",
        names=("clinical", "serum", "progression"),
        x1_text="What a doctor sees without a laboratory: age, sex, body mass index, blood pressure.",
        x2_text="Six blood serum measures: cholesterol, LDL, HDL, their ratio, log triglycerides, blood sugar.",
        columns1=("age", "sex", "bmi", "bp"),
        columns2=(
            "s1 total cholesterol",
            "s2 LDL",
            "s3 HDL",
            "s4 cholesterol / HDL",
            "s5 log triglycerides",
            "s6 sugar",
        ),
        y_labels=("lowest third", "middle third", "highest third"),
        rows=442,
        source="Efron, Hastie, Johnstone & Tibshirani 2004; ships with scikit-learn (unscaled)",
        license="no licence stated; distributed with scikit-learn (BSD-3-Clause)",
        citation="Efron, Hastie, Johnstone & Tibshirani 2004, Annals of Statistics 32(2), 407-499",
        story="A hard target: both tell little, most of it alike, and adding up the two gains a little more.",
        load=_load,
        specimens=True,
    )
)

"""Wine recognition: phenolic compounds against the rest of the chemical analysis."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.real_tables import RealData, declare

# The four columns that measure phenolic compounds directly. Colour, hue and the optical density ratio depend on phenols
# too, but are readings of light and stay with the rest.
_PHENOLICS = (5, 6, 7, 8)
_REST = (0, 1, 2, 3, 4, 9, 10, 11, 12)


def _load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_wine

    bunch = load_wine()
    return bunch.data[:, _PHENOLICS], bunch.data[:, _REST], bunch.target


declare(
    RealData(
        name="wine",
        title="Wine: phenolics against the rest",
        question="From which of three growers is the wine? Do the phenols tell, or the rest of the analysis?",
        names=("phenolics", "the rest", "grower"),
        x1_text="Four amounts of phenolic compounds: total phenols, flavanoids, nonflavanoid phenols, proanthocyanins.",
        x2_text="Nine other measures: alcohol, acid, ash and its alkalinity, magnesium, colour, hue, optical density, proline.",
        columns1=("total_phenols", "flavanoids", "nonflavanoid_phenols", "proanthocyanins"),
        columns2=(
            "alcohol",
            "malic_acid",
            "ash",
            "alcalinity_of_ash",
            "magnesium",
            "color_intensity",
            "hue",
            "od280/od315_of_diluted_wines",
            "proline",
        ),
        y_labels=("grower 1", "grower 2", "grower 3"),
        rows=178,
        source="UCI Machine Learning Repository, Wine; ships with scikit-learn",
        license="CC BY 4.0",
        citation="Aeberhard & Forina 1992; doi 10.24432/C5PC7J",
        story="The second group of measurements nearly settles the grower; the first repeats two thirds of that and adds nothing of its own.",
        load=_load,
        specimens=True,
    )
)

"""Handwritten digits, 8 x 8 pixels: the left half of the image against the right half."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.real_tables import RealData, declare

_LEFT, _RIGHT = range(4), range(4, 8)


def _names(columns: range) -> tuple[str, ...]:
    return tuple(f"row {r + 1} column {c + 1}" for r in range(8) for c in columns)


def _load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = bunch.images  # (n, 8, 8)
    n = len(images)
    return images[:, :, _LEFT].reshape(n, -1), images[:, :, _RIGHT].reshape(n, -1), bunch.target


def _load_parity() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right, digit = _load()
    return left, right, digit % 2


_SOURCE = (
    "UCI Machine Learning Repository, Optical Recognition of Handwritten Digits (test set); ships with scikit-learn"
)
_CITATION = "Alpaydin & Kaynak 1998; doi 10.24432/C50P49"

declare(
    RealData(
        name="digits",
        title="Digits: left against right half",
        question="Which digit is it? What does each half of the image tell?",
        names=("left half", "right half", "digit"),
        x1_text="The 32 pixels of the left half of an 8 x 8 image of a handwritten digit.",
        x2_text="The 32 pixels of the right half.",
        columns1=_names(_LEFT),
        columns2=_names(_RIGHT),
        y_labels=tuple("0123456789"),
        rows=1797,
        source=_SOURCE,
        license="CC BY 4.0",
        citation=_CITATION,
        story="Either half, read well, nearly tells the digit: mostly redundancy, with a little of each one's own. Eight clusters of a half, "
        "which keep shapes apart that a single direction cannot, still lose a third of it.",
        load=_load,
        bins1=8,
        bins2=8,
        method="kmeans",
    )
)

declare(
    RealData(
        name="digits_parity",
        title="Digits: odd or even",
        question="Is the digit odd or even? What does each half of the image tell?",
        names=("left half", "right half", "parity"),
        x1_text="The 32 pixels of the left half of an 8 x 8 image of a handwritten digit.",
        x2_text="The 32 pixels of the right half.",
        columns1=_names(_LEFT),
        columns2=_names(_RIGHT),
        y_labels=("even", "odd"),
        rows=1797,
        source=_SOURCE,
        license="CC BY 4.0",
        citation=_CITATION,
        story="Parity looks like synergy when each half is a few states; but either half, read well, nearly settles it: mostly redundancy, some of it the left half's own, and a tenth only together.",
        load=_load_parity,
        bins1=8,
        bins2=8,
        method="kmeans",
    )
)

"""Entropies in bits that the closed forms of gates are made of."""

from __future__ import annotations

import math

import numpy as np


def entropy(masses: np.ndarray) -> float:
    """H = -sum p log2 p of masses of any shape that sum to 1."""
    positive = masses[masses > 0]
    return float(-(positive * np.log2(positive)).sum())


def binary_entropy(x: float) -> float:
    """h(x) = -x log2 x - (1-x) log2 (1-x)."""
    return entropy(np.array([x, 1.0 - x]))


LOG2_3 = math.log2(3.0)
AND_REDUNDANCY = binary_entropy(0.25) - 0.5  # I(X1;Y) of AND, OR and NAND: 0.311278

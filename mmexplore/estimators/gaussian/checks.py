"""Rows that a Gaussian decomposition can take, and sentences on what may mislead in its answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.measurements import as_measurements
from mmexplore.info.gaussian.covariance import coordinate

Dims = tuple[int, int, int]
ROWS_PER_COORDINATE = 10
FAR = 5.0  # standard errors that a moment may lie from a Gaussian's
MOST_PRODUCTS = 20_000
MOST_LABELS = 20
_INSTEAD = "measurements, (n,) or (n, d). For labels use the discrete decomposition (mm.estimate_from_samples)"
SINGULAR = 1e-6  # smallest eigenvalue of the correlations that still counts as a direction


def as_rows(x1: Any, x2: Any, y: Any) -> tuple[np.ndarray, Dims]:
    """The rows side by side, standardised, shape (n, p), and d1, d2, dy."""
    blocks = [as_measurements(values, name, _INSTEAD) for name, values in (("x1", x1), ("x2", x2), ("y", y))]
    lengths = [len(block) for block in blocks]
    if len(set(lengths)) > 1:
        raise BadData(f"x1, x2 and y have {', '.join(f'{n:,}' for n in lengths)} rows; they have to be the same rows")
    dims = (blocks[0].shape[1], blocks[1].shape[1], blocks[2].shape[1])
    rows, n, p = np.concatenate(blocks, axis=1), lengths[0], sum(dims)
    if n < p + 2:
        raise BadData(
            f"{n:,} rows for {p} columns: the covariance would be singular; allowed: at least {p + 2} rows, better "
            f"{ROWS_PER_COORDINATE * p:,}. Give fewer columns (for instance the first principal components) or more rows"
        )
    middle = rows.mean(axis=0)
    spread = rows.std(axis=0)
    flat = np.flatnonzero(spread <= 1e-12 * np.maximum(np.abs(middle), 1e-300))
    if len(flat):
        raise BadData(f"{coordinate(int(flat[0]), dims)} is constant; leave it out: it tells nothing")
    return (rows - middle) / spread, dims


def sample_warnings(rows: np.ndarray, dims: Dims, target: np.ndarray) -> list[str]:
    """What may mislead, in sentences; `target` holds y as it was given, shape (n, dy)."""
    n, p = rows.shape
    warnings = []
    if n < ROWS_PER_COORDINATE * p:
        warnings.append(
            f"Few rows: {n:,} for {p} coordinates, {n / p:.1f} each; below {ROWS_PER_COORDINATE} intervals are wide and rest on "
            "the Gaussian assumption."
        )
    labels = label_warning(target)
    if labels:
        warnings.append(labels)
    if dims[2] == 1:
        warnings.append(
            "Scalar target: for Gaussian variables and one target coordinate the smaller of U1 and U2 is 0 whatever the data "
            "(R = min(I1, I2)); that one of them is 0 here is no finding."
        )
    warnings += _shape_warnings(rows, dims)
    synergy = _missed_synergy(rows, dims)
    if synergy:
        warnings.append(synergy)
    least = float(np.linalg.eigvalsh(rows.T @ rows / n)[0])
    if least < SINGULAR:
        warnings.append(
            f"Nearly singular: the smallest eigenvalue of the correlations is {least:.1g}; coordinates almost repeat each "
            "other, and the informations hang on tiny differences."
        )
    return warnings


def label_warning(target: np.ndarray) -> str:
    """Whether the target looks like class labels written as whole numbers; empty if not."""
    few = [np.unique(column) for column in target.T]
    whole = all(len(v) <= MOST_LABELS and len(v) * 5 <= len(target) and np.all(v == np.round(v)) for v in few)
    if not whole:
        return ""
    seen = " x ".join(str(len(v)) for v in few[:4]) + (" x ..." if len(few) > 4 else "")
    return (
        f"Labels: y has only {seen} different whole values. A class label written as a number is no Gaussian variable (its order "
        "and its distances would count), and one column a class over-states what is told: use the discrete decomposition "
        "(mm.estimate_from_samples)."
    )


def _shape_warnings(rows: np.ndarray, dims: Dims) -> list[str]:
    """Columns, and pairs of blocks, whose moments are not those of a Gaussian."""
    n = len(rows)
    skew = np.abs((rows**3).mean(axis=0)) / math.sqrt(6 / n)
    tails = np.abs((rows**4).mean(axis=0) - 3) / math.sqrt(24 / n)
    far = np.maximum(skew, tails)
    odd = np.flatnonzero(far > FAR)
    warnings = []
    if len(odd):
        worst = [coordinate(int(k), dims) for k in odd[np.argsort(-far[odd])][:5]]
        more = f" and {len(odd) - 5} more" if len(odd) > 5 else ""
        warnings.append(
            f"Not Gaussian: skewness or tails of {', '.join(worst)}{more} differ from a Gaussian's by over {FAR:g} standard "
            "errors; informations may be wrong in either direction. Ranks mapped to normal scores (a Gaussian copula) repair "
            "single columns."
        )
        return warnings
    d1, d2, _ = dims
    y = list(range(d1 + d2, rows.shape[1]))
    for name, x in (("x1", list(range(d1))), ("x2", list(range(d1, d1 + d2)))):
        block = rows[:, x + y]
        sizes, directions = np.linalg.eigh(block.T @ block / n)
        varying = sizes > SINGULAR  # columns that are combinations of others add no direction
        q = int(varying.sum())
        distance = ((block @ directions[:, varying]) ** 2 / sizes[varying]).sum(axis=1)
        expected = q * (q + 2) * (n - 1) / (n + 1)  # Mardia 1970
        if abs(float((distance**2).mean()) - expected) / math.sqrt(8 * q * (q + 2) / n) > FAR:
            warnings.append(
                f"Not Gaussian together: single columns pass, but {name} and y jointly do not (Mardia's kurtosis); "
                "I({name};Y) may be wrong.".replace("{name}", name.upper())
            )
    return warnings


def _missed_synergy(rows: np.ndarray, dims: Dims) -> str:
    """Whether products of a coordinate of x1 and one of x2 go with y: a Gaussian's third moments are 0."""
    from scipy.stats import norm

    d1, d2, dy = dims
    count = d1 * d2 * dy
    if count > MOST_PRODUCTS:
        return ""
    x1, x2, y = rows[:, :d1], rows[:, d1 : d1 + d2], rows[:, d1 + d2 :]
    n, worst, where = len(rows), 0.0, (0, 0, 0)
    for i in range(d1):
        for k in range(dy):
            product = (x1[:, i] * y[:, k])[:, None] * x2
            z = np.abs(product.mean(axis=0)) * math.sqrt(n) / (product.std(axis=0) + 1e-300)
            j = int(np.argmax(z))
            if z[j] > worst:
                worst, where = float(z[j]), (i, j, k)
    if worst <= max(4.0, float(norm.isf(0.5e-3 / count))):
        return ""
    i, j, k = where
    return (
        f"Missed synergy: the product x1[{i + 1}] x2[{j + 1}] goes with y[{k + 1}] ({worst:.0f} standard errors), which no "
        "Gaussian does. I12 and S leave this out; estimate I(X1,X2;Y) by neighbours or a network."
    )

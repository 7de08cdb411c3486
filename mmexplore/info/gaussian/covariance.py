"""A covariance that can be decomposed: checked, in double precision, or refused in a sentence that names the block."""

from __future__ import annotations

from typing import Any

import array_api_compat
import numpy as np

from mmexplore.errors import BadData
from mmexplore.info.tables import Array

SINGULAR = 1e-13  # smallest eigenvalue of a correlation matrix that still leaves digits
NEGATIVE = 1e-10  # an eigenvalue of correlations below this is no rounding
LARGEST = 20_000  # rows; 3.2 GB


def sizes(d1: Any, d2: Any, dy: Any) -> tuple[int, int, int]:
    """The three dimensions as whole numbers from 1 on."""
    for name, value in (("d1", d1), ("d2", d2), ("dy", dy)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or value < 1:
            raise BadData(f"{name} is {value!r}; allowed: a whole number from 1 on")
    return int(d1), int(d2), int(dy)


def as_covariance(cov: Any, dims: tuple[int, int, int]) -> Array:
    """`cov` in float64, shape (..., p, p), exactly symmetric and finite, with positive variances."""
    if not array_api_compat.is_array_api_obj(cov):
        try:
            cov = np.asarray(cov, dtype=float)
        except (TypeError, ValueError):
            raise BadData("cov is no array of numbers; allowed: a square matrix, or a batch of them") from None
    xp = array_api_compat.array_namespace(cov)
    if array_api_compat.is_numpy_array(cov):
        if cov.dtype.kind not in "fiu":
            raise BadData(f"cov holds {cov.dtype}; allowed: real numbers")
    elif cov.is_complex() or cov.dtype is xp.bool:
        raise BadData(f"cov holds {cov.dtype}; allowed: real numbers")
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2]:
        raise BadData(f"cov has shape {tuple(cov.shape)}; it has to be square: (p, p), or a batch (..., p, p)")
    if cov.shape[-1] != sum(dims):
        raise BadData(
            f"cov is {cov.shape[-1]} x {cov.shape[-1]}, but d1 + d2 + dy = {' + '.join(map(str, dims))} = {sum(dims)}"
        )
    if cov.shape[-1] > LARGEST:
        raise BadData(f"cov has {cov.shape[-1]} rows; allowed: at most {LARGEST}")
    if 0 in cov.shape:
        raise BadData(f"cov has shape {tuple(cov.shape)}: the batch is empty")
    cov = xp.astype(cov, xp.float64, copy=False)
    if not bool(xp.all(xp.isfinite(cov))):
        raise BadData("cov holds values that are not finite (nan or infinite): leave out the rows they come from")
    variances = xp.linalg.diagonal(cov)
    if bool(xp.any(variances <= 0)):
        row = int(xp.argmin(xp.reshape(variances, (-1,)))) % sum(dims)
        raise BadData(
            f"cov has the variance {xp.min(variances).item():.3g} for {coordinate(row, dims)}; it has to be above 0: "
            "leave out what is constant"
        )
    transposed = xp.swapaxes(cov, -1, -2)
    scale = xp.sqrt(variances[..., :, None] * variances[..., None, :])
    unlike = xp.abs(cov - transposed) / scale
    if bool(xp.any(unlike > 1e-8)):
        raise BadData(
            f"cov is not symmetric: entries differ from their mirror images by up to {xp.max(unlike).item():.2g} of the scale"
        )
    return 0.5 * (cov + transposed)


def coordinate(row: int, dims: tuple[int, int, int]) -> str:
    """Name of a row of the covariance: the coordinate of a block, counted from 1."""
    for name, size in zip(("x1", "x2", "y"), dims, strict=True):
        if row < size:
            return f"{name}[{row + 1}]"
        row -= size
    raise BadData(f"row is {row}; allowed: 0 to {sum(dims) - 1}")


def refusal(correlation: np.ndarray, dims: tuple[int, int, int], kept: tuple[tuple[int, ...], ...]) -> BadData:
    """Why the correlations (batch, p, p) cannot be decomposed: the smallest block at fault; of x1, x2, y and (x1, x2) the `kept` rows."""
    rows = {("x1",): kept[0], ("x2",): kept[1], ("y",): kept[2], ("x1", "x2"): kept[3]}
    for names in (("x1",), ("x2",), ("y",), ("x1", "y"), ("x2", "y"), ("x1", "x2"), ("x1", "x2", "y")):
        index = list(rows[names] if names in rows else (*rows[names[:-1]], *rows["y",]))
        block = correlation[:, index][:, :, index]
        values, vectors = np.linalg.eigh(block)
        worst = int(np.argmin(values[:, 0]))
        least = float(values[worst, 0])
        if least > SINGULAR * len(index):
            continue
        where = names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]} together"
        if least < -NEGATIVE * len(index):
            return BadData(
                f"cov is not positive semi-definite: the block of {where} has the eigenvalue {least:.3g} (of its "
                "correlations), so no variables can have it"
            )
        parts = sorted(np.argsort(-np.abs(vectors[worst, :, 0]))[:3])
        weights = ", ".join(coordinate(index[k], dims) for k in parts if abs(vectors[worst, k, 0]) > 1e-6)
        if names == ("x1", "x2"):
            why = "one modality repeats a part of the other without noise; leave the part out of one, or add a little noise"
        elif "y" in names and len(names) > 1:
            why = "the target follows without noise, so the information is infinite; add the noise of the measurement"
        else:
            why = "a combination of its coordinates never varies; leave one out, or give more rows than columns"
        return BadData(f"cov is singular in the block of {where} (see {weights}): {why}")
    return BadData("cov is singular to working precision: its blocks cannot be told apart")

"""What two real views share and what is each one's own, as far as straight lines can say.

Shared factors are the leading canonical variates (the mean of the two views' variates), private ones the leading principal
components of what is left of a view after regression on the other. Directions come from the training rows, with a ridge.
"""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.views.base import Array, Factor, Kind

_RIDGE = 1e-2
_LEAST_CORRELATION = 0.2


def linear_factors(x: Array, y: Array, train: np.ndarray, shared: int = 2, private: int = 1) -> tuple[Factor, ...]:
    """Factors of standardised views: at most `shared` shared ones, `private` ones of each view."""
    a, b = _standard(x, train), _standard(y, train)
    cxx, cyy, cxy = _second(a, a, train), _second(b, b, train), _second(a, b, train)
    root_x, root_y = _inverse_root(cxx), _inverse_root(cyy)
    left, rho, right = np.linalg.svd(root_x @ cxy @ root_y)
    factors = []
    for i in range(min(shared, len(rho))):
        if rho[i] > _LEAST_CORRELATION:
            variate = a @ root_x @ left[:, i] + b @ root_y @ right[i]
            factors.append(Factor(f"linear shared {i + 1}: correlation {rho[i]:.2f}", "shared", variate / 2))
    sides: tuple[tuple[str, Kind, Array, Array, Array, Array], ...] = (
        ("X", "unique1", a, b, cyy, cxy.T),
        ("Y", "unique2", b, a, cxx, cxy),
    )
    for name, kind, own, other, c_other, cross in sides:
        ridge = _RIDGE * np.eye(len(c_other))
        rest = own - other @ np.linalg.solve(c_other + ridge, cross)
        directions = np.linalg.eigh(_second(rest, rest, train))[1][:, ::-1]
        factors += [
            Factor(f"linear private {i + 1} of {name}", kind, rest @ directions[:, i])
            for i in range(min(private, own.shape[1]))
        ]
    return tuple(factors)


def _standard(view: Array, train: np.ndarray) -> Array:
    spread = view[train].std(axis=0)
    return np.asarray((view - view[train].mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _second(a: Array, b: Array, train: np.ndarray) -> Array:
    return np.asarray(a[train].T @ b[train] / train.sum())


def _inverse_root(c: Array) -> Array:
    values, vectors = np.linalg.eigh(c + _RIDGE * np.eye(len(c)))
    return np.asarray(vectors / np.sqrt(values) @ vectors.T)

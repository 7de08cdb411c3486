"""Pictures as bytes: codes of values, and planes of latents that move smoothly from setting to setting."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
SCATTER_RANGE = 4.0
_INERTIA = 0.02


def coded(values: npt.NDArray[np.floating], low: Array | float, high: Array | float) -> npt.NDArray[np.uint8]:
    """Bytes: 0 at `low`, 255 at `high`, beyond them cut off."""
    width = np.maximum(np.asarray(high) - np.asarray(low), 1e-12)
    return np.clip(np.rint((values - low) * (255.0 / width)), 0, 255).astype(np.uint8)


def limits(view: Array, image: bool) -> tuple[Array, Array]:
    """Low and high of each column for its codes: the range of the rows; one range for all pixels."""
    low, high = view.min(axis=0), view.max(axis=0)
    if image:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    return low, high


def planes(means: npt.NDArray[np.floating]) -> Array:
    """The plane of the most used directions at every setting of a grid, (B, G, K, 2), turned to agree with its neighbours.

    Each plane is spanned by the two leading principal directions of the means, with a little inertia towards the neighbour's plane (it
    decides where nothing is used), and turned within itself (Procrustes) to the neighbour. The walk begins at the largest beta and gamma.

    Args:
        means: posterior means of the plotted rows, (B, G, N, K).
    """
    count_b, count_g, _, k = means.shape
    bases = np.zeros((count_b, count_g, k, 2))
    if k <= 2:
        bases[..., :k, :k] = np.eye(k)
        return bases
    centred = means - means.mean(axis=2, keepdims=True)
    cov = np.einsum("bgnk,bgnl->bgkl", centred, centred, optimize=True) / means.shape[2]
    for b in reversed(range(count_b)):
        for g in reversed(range(count_g)):
            before = bases[b + 1, g] if b + 1 < count_b else bases[b, g + 1] if g + 1 < count_g else None
            matrix = cov[b, g] if before is None else cov[b, g] + _INERTIA * before @ before.T
            plane = np.linalg.eigh(matrix)[1][:, :-3:-1]
            if before is not None:
                left, _, right = np.linalg.svd(plane.T @ before)
                plane = plane @ left @ right
            bases[b, g] = plane
    return bases

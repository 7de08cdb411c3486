"""Independent answers for BROJA: a general conic solver, brute force in one dimension, and tables with closed forms."""

from __future__ import annotations

import numpy as np

from benchmarks.peers import clarabel_union

__all__ = ["clarabel_union", "degraded", "information", "nasty", "scan_2x2x2"]


def information(p: np.ndarray) -> float:
    """I(Y; X1,X2) in bits, straight from the definition."""
    joint = p.reshape(-1, p.shape[-1])
    outer = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    on = joint > 0
    return float((joint[on] * np.log2(joint[on] / outer[on])).sum())


def scan_2x2x2(p: np.ndarray, points: int = 400) -> float:
    """The least information over a grid of the couplings of a 2x2x2 table: two free numbers, one for each y."""
    move = np.array([[1.0, -1.0], [-1.0, 1.0]])
    ends = []
    for y in range(2):
        q = p[:, :, y]
        ends.append(np.linspace(-min(q[0, 0], q[1, 1]), min(q[0, 1], q[1, 0]), points))
    first, second = np.meshgrid(*ends, indexing="ij")
    tables = np.stack([p[:, :, y] + shift[..., None, None] * move for y, shift in enumerate((first, second))], axis=-1)
    tables = np.maximum(tables.reshape(-1, 4, 2), 0.0)
    pairs = tables.sum(axis=2, keepdims=True)
    ratio = np.where(tables > 0, tables / np.where(pairs > 0, pairs, 1.0), 1.0)
    conditional = -(tables * np.log2(ratio)).sum(axis=(1, 2))
    py = p.sum(axis=(0, 1))
    return float(-(py[py > 0] * np.log2(py[py > 0])).sum() - conditional.max())


def degraded(seed: int, n1: int, n2: int, ny: int) -> np.ndarray:
    """A table whose X2 is a noisier version of X1 as a channel from Y, though not a function of it: U2 = 0, I* = I1."""
    rng = np.random.default_rng(seed)
    p1 = rng.dirichlet(np.ones(n1 * ny)).reshape(n1, ny)
    noise = rng.dirichlet(np.ones(n2), size=n1)  # p(x2 | x1'), x1' an independent copy of x1 given y
    p2 = noise.T @ p1
    return p1[:, None, :] * p2[None] / p1.sum(axis=0)


def nasty(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Random tables of the awkward kinds: sparse, deterministic, skewed by 15 orders of magnitude, with unused states."""
    n = int(np.prod(shape))
    kind = rng.integers(6)
    p = rng.dirichlet(np.full(n, (1.0, 0.1)[rng.integers(2)]))
    if kind == 1:
        p = p * (rng.random(n) < 0.3)
    elif kind == 2:
        p = p * 10.0 ** (-rng.uniform(0, 15, n) * (rng.random(n) < 0.5))
    elif kind == 3:
        y = rng.integers(shape[2], size=(*shape[:2], 1))
        p = p.reshape(shape).sum(axis=2, keepdims=True) * (np.arange(shape[2]) == y)
    elif kind == 4:
        p = rng.poisson(0.7, n).astype(float)
    p = p.reshape(shape)
    if rng.random() < 0.2:
        p[rng.integers(shape[0])] = 0
    if rng.random() < 0.2:
        p[:, rng.integers(shape[1])] = 0
    return p / p.sum() if p.sum() > 0 else np.full(shape, 1 / n)

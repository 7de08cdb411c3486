"""New tables of counts from one: rows drawn again, and rows with a column shuffled.

A table of counts is all an estimate sees of the rows, so tables are drawn directly:

- rows drawn again with replacement: Multinomial(n, c / n) (Efron 1979);
- a column shuffled: the law of a table with both margins fixed, drawn column by column from multivariate hypergeometric
  laws, or by shuffling the rows where that is cheaper; both have the same law (Fisher 1935; Patefield 1981);
- rows drawn without replacement: multivariate hypergeometric;
- rows drawn from the coupling of least synergy: Multinomial(n, q*), a parametric bootstrap.

Every replicate has a random stream of its own, named by (seed, stream, number), so that nothing depends on how the
work is cut into chunks.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from mmexplore.errors import NotConverged
from mmexplore.info.broja import solve

Draw = Callable[[np.random.Generator], np.ndarray]

# Shuffling a row costs about this share of drawing one hypergeometric number.
_ROW_COST = 0.12
_CALL_COST = 60.0  # and starting a hypergeometric draw about so many numbers


def stream(seed: int, name: str, number: int = 0) -> np.random.Generator:
    """The random stream of one replicate."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()), number)))


def bootstrap(counts: np.ndarray) -> Draw:
    """n rows drawn with replacement."""
    cells, shape = np.flatnonzero(counts), counts.shape
    weights = counts.ravel()[cells]
    n = int(weights.sum())
    shares = weights / n

    def draw(rng: np.random.Generator) -> np.ndarray:
        table = np.zeros(counts.size, dtype=np.int64)
        table[cells] = rng.multinomial(n, shares)
        return table.reshape(shape)

    return draw


def least_synergy(counts: np.ndarray, rows: int = 0) -> Draw:
    """Rows drawn from a coupling of least I(X1,X2;Y) with the table's p(x1, y) and p(x2, y): S = 0 in its population.

    Args:
        counts: rows in each cell, or shares.
        rows: how many are drawn; 0: as many as there are.
    """
    n = rows or int(counts.sum())
    coupling = solve(counts[None] / counts.sum(), 1e-8, coupling=True).coupling
    if coupling is None:  # not while a coupling is asked for
        raise NotConverged("the solver returned no coupling")
    return from_shares(np.maximum(np.asarray(coupling[0], dtype=np.float64), 0.0), n)


def from_shares(shares: np.ndarray, n: int) -> Draw:
    """n rows drawn from a table of shares."""
    cells = np.flatnonzero(shares)
    p = shares.ravel()[cells]
    p = p / p.sum()

    def draw(rng: np.random.Generator) -> np.ndarray:
        table = np.zeros(shares.size, dtype=np.int64)
        table[cells] = rng.multinomial(n, p)
        return table.reshape(shares.shape)

    return draw


def weighted_null(shares: np.ndarray, key: str, n: int) -> Draw:
    """n rows drawn from the product of shares that makes something absent: what a shuffle does to rows that count alike."""
    p1, p2, py = (shares.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    if key == "target":
        return from_shares(shares.sum(axis=2)[:, :, None] * py, n)
    if key == "modality1":
        return from_shares(p1[:, None, None] * shares.sum(axis=0), n)
    if key == "modality2":
        return from_shares(p2[None, :, None] * shares.sum(axis=1)[:, None, :], n)
    return from_shares(shares.sum(axis=1)[:, None, :] * shares.sum(axis=0)[None] / np.maximum(py, 1e-300), n)


def parts(counts: np.ndarray, size: int, number: int) -> Draw:
    """`number` disjoint subsets of `size` rows each, drawn without replacement; shape (number, n1, n2, ny)."""
    cells = np.flatnonzero(counts)
    weights = counts.ravel()[cells]

    def draw(rng: np.random.Generator) -> np.ndarray:
        tables = np.zeros((number, counts.size), dtype=np.int64)
        left = weights
        for k in range(number):
            taken = rng.multivariate_hypergeometric(left, size) if size < left.sum() else left
            tables[k, cells] = taken
            left = left - taken
        return tables.reshape(number, *counts.shape)

    return draw


def target_shuffled(counts: np.ndarray) -> Draw:
    """The target shuffled over the rows: p(x1, x2) and p(y) stay."""
    n1, n2, ny = counts.shape
    return _against(counts.reshape(n1 * n2, ny), lambda table: table.reshape(n1, n2, ny))


def modality1_shuffled(counts: np.ndarray) -> Draw:
    """Modality 1 shuffled over the rows: p(x2, y) and p(x1) stay."""
    n1, n2, ny = counts.shape
    return _against(counts.reshape(n1, n2 * ny).T, lambda table: table.T.reshape(n1, n2, ny))


def modality2_shuffled(counts: np.ndarray) -> Draw:
    """Modality 2 shuffled over the rows: p(x1, y) and p(x2) stay."""
    draw = modality1_shuffled(counts.transpose(1, 0, 2))
    return lambda rng: draw(rng).transpose(1, 0, 2)


def shuffled_within_classes(counts: np.ndarray) -> Draw:
    """Modality 1 shuffled among the rows of equal target: p(x1, y) and p(x2, y) stay."""
    draws = [_against(counts[:, :, y], lambda table: table) for y in range(counts.shape[2])]
    return lambda rng: np.stack([draw(rng) for draw in draws], axis=2)


def _against(table: np.ndarray, shaped: Callable[[np.ndarray], np.ndarray]) -> Draw:
    """Shuffle the column's symbol against the row's symbol of a two-way table of counts, then give it its shape."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    k, m = np.flatnonzero(rows), np.flatnonzero(columns)
    if len(m) > len(k):  # the loop runs over the smaller alphabet
        turned = _against(table.T, lambda drawn: drawn.T)
        return lambda rng: shaped(turned(rng))
    r, c = rows[k], columns[m]
    n = int(r.sum())
    by_rows = n * _ROW_COST < (len(c) - 1) * (len(r) + _CALL_COST)
    codes_r = np.repeat(np.arange(len(r)) * len(c), r if by_rows else 0)
    codes_c = np.repeat(np.arange(len(c)), c if by_rows else 0)

    def draw(rng: np.random.Generator) -> np.ndarray:
        if by_rows:
            small = np.bincount(codes_r + rng.permutation(codes_c), minlength=len(r) * len(c)).reshape(len(r), len(c))
        else:
            small = np.empty((len(r), len(c)), dtype=np.int64)
            left = r
            for j in range(len(c) - 1):
                small[:, j] = rng.multivariate_hypergeometric(left, c[j])
                left = left - small[:, j]
            small[:, -1] = left
        full = np.zeros(table.shape, dtype=np.int64)
        full[np.ix_(k, m)] = small
        return shaped(full)

    return draw

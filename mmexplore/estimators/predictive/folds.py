"""Which rows are predicted together: folds that are stratified by class, keep groups whole, or are blocks of time.

A row's label must not have been seen by whatever predicts it. Rows that repeat a subject are not new rows: with random folds a label
independent of x reads .59 bit, with folds of whole groups none. Rows near in time likewise, so a series is cut into contiguous blocks.
"""

from __future__ import annotations

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.tables.resampling import stream

FOLDS = 5
MORE_FOLDS = 10  # where rows are few, every tenth counts
FEW_ROWS = 300
ROWS_PER_FOLD = 2  # of every class


def how_many(codes: np.ndarray) -> int:
    """Folds for rows of these classes (those of many rows): 10 below 300 rows if every class has 20 rows, else 5."""
    least = int(np.bincount(codes).min())
    return MORE_FOLDS if len(codes) < FEW_ROWS and least >= ROWS_PER_FOLD * MORE_FOLDS else FOLDS


def assign(
    codes: np.ndarray, folds: int, seed: int, groups: np.ndarray | None = None, time: np.ndarray | None = None
) -> np.ndarray:
    """The fold of every row, integers (n,).

    Args:
        codes: classes from 0 up, (n,).
        folds: how many; fewer where there are fewer groups.
        seed: of the shuffling.
        groups: group of every row from 0 up, (n,): no group is in two folds.
        time: place of every row in the series, (n,): folds are contiguous blocks; of whole groups where there are groups, too.

    Raises:
        BadData: fewer than two groups.
    """
    if groups is not None:
        count = int(groups.max()) + 1
        if count < 2:
            raise BadData(
                "groups holds one group only; allowed: at least 2, better 20: the rows of a group are predicted from other groups"
            )
        if time is not None:
            first = np.full(count, np.inf)
            np.minimum.at(first, groups, time)
            rank = np.argsort(np.argsort(first, kind="stable"))
            ahead = np.concatenate([[0], np.cumsum(np.bincount(rank[groups], minlength=count))[:-1]])
            block = np.minimum(ahead * min(folds, count) // len(codes), min(folds, count) - 1)
            return _close_up(block[rank[groups]])
        return _whole_groups(codes, min(folds, count), groups, seed)
    if time is not None:
        place = np.empty(len(codes), dtype=np.int64)
        place[np.argsort(time, kind="stable")] = np.arange(len(codes))
        return place * folds // len(codes)
    rng, found, start = stream(seed, "folds"), np.empty(len(codes), dtype=np.int64), 0
    for k in range(int(codes.max()) + 1):
        members = rng.permutation(np.flatnonzero(codes == k))
        found[members] = (start + np.arange(len(members))) % folds
        start += len(members)
    return found


def _whole_groups(codes: np.ndarray, folds: int, groups: np.ndarray, seed: int) -> np.ndarray:
    """Groups, the largest first, each into the fold that it leaves most even over classes."""
    ny, count = int(codes.max()) + 1, int(groups.max()) + 1
    table = np.bincount(groups * ny + codes, minlength=count * ny).reshape(count, ny)
    share = table / np.maximum(table.sum(axis=0), 1)  # of every class
    shuffled = stream(seed, "folds").permutation(count)
    order = shuffled[np.argsort(-table.sum(axis=1)[shuffled], kind="stable")]
    filled = np.zeros((folds, ny))
    found = np.empty(count, dtype=np.int64)
    for group in order:
        # sum of squares grows least where this group's classes are rarest
        cost = filled @ share[group]
        found[group] = best = int(np.argmin(cost + 1e-9 * filled.sum(axis=1)))
        filled[best] += share[group]
    return _close_up(found[groups])


def _close_up(block: np.ndarray) -> np.ndarray:
    """The same folds, numbered without gaps."""
    return np.asarray(np.unique(block, return_inverse=True)[1], dtype=np.int64)

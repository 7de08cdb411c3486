"""Which rows are used: classes with enough rows, and at most so many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.folds import FOLDS, ROWS_PER_FOLD
from mmexplore.estimators.tables.resampling import stream

LEAST = FOLDS * ROWS_PER_FOLD


@dataclass(frozen=True)
class Used:
    """The rows that are used.

    Attributes:
        index: their places among the rows given, rising, (n,).
        codes: their classes from 0 up, (n,).
        classes: names.
        dropped: rows of classes that have fewer than 10, by name.
        notes: what was left out, in sentences.
    """

    index: np.ndarray
    codes: np.ndarray
    classes: tuple[str, ...]
    dropped: dict[str, int]
    notes: tuple[str, ...]


def choose(
    codes: np.ndarray,
    classes: tuple[str, ...],
    weights: np.ndarray | None,
    groups: np.ndarray | None,
    time: np.ndarray | None,
    most: int,
    seed: int,
) -> Used:
    """Rows of positive weight whose class has at least 10 such rows; at most `most` of them, stratified by class.

    Of groups whole ones are drawn; of a series every so many-th row.

    Raises:
        BadData: fewer than two classes have enough rows.
    """
    index = np.arange(len(codes)) if weights is None else np.flatnonzero(weights > 0)
    counts = np.bincount(codes[index], minlength=len(classes))
    kept = np.flatnonzero(counts >= LEAST)
    if len(kept) < 2:
        best = f"the largest classes have {', '.join(f'{c:,}' for c in np.sort(counts)[::-1][:3])} rows"
        raise BadData(
            f"y has {len(kept)} class{'' if len(kept) == 1 else 'es'} of at least {LEAST} rows ({best}); allowed: at least 2 such classes, "
            f"so that every one of {FOLDS} folds holds two rows of each"
        )
    dropped = {classes[k]: int(counts[k]) for k in np.flatnonzero((counts > 0) & (counts < LEAST))}
    notes = []
    if dropped:
        some = ", ".join(f"{name[:40]} ({count})" for name, count in list(dropped.items())[:8])
        more = f" and {len(dropped) - 8} more" if len(dropped) > 8 else ""
        notes.append(f"Classes with fewer than {LEAST} rows are left out, with their rows: {some}{more}.")
        index = index[np.isin(codes[index], kept)]
    if len(index) > most:
        before = len(index)
        index = _fewer(index, codes, groups, time, most, seed)
        notes.append(f"Fitted on {len(index):,} of {before:,} rows, drawn evenly from the classes.")
    again = np.bincount(codes[index], minlength=len(classes))
    if (again[kept] < LEAST).any():
        kept = kept[again[kept] >= LEAST]
        index = index[np.isin(codes[index], kept)]
        notes.append(f"Classes that have fewer than {LEAST} rows among these are left out; {len(kept)} remain.")
        if len(kept) < 2:
            raise BadData(
                f"fewer than 2 classes have {LEAST} rows among {most:,}; allowed: more rows (most_rows), or rarer classes merged"
            )
    new = np.full(len(classes), -1)
    new[kept] = np.arange(len(kept))
    return Used(index, new[codes[index]], tuple(classes[k] for k in kept), dropped, tuple(notes))


def _fewer(
    index: np.ndarray, codes: np.ndarray, groups: np.ndarray | None, time: np.ndarray | None, most: int, seed: int
) -> np.ndarray:
    rng = stream(seed, "rows")
    if groups is not None:
        order = rng.permutation(int(groups.max()) + 1)
        sizes = np.bincount(groups[index], minlength=len(order))[order]
        drawn = order[: max(2, int(np.searchsorted(np.cumsum(sizes), most, side="right")))]
        return index[np.isin(groups[index], drawn)]
    if time is not None:
        order = index[np.argsort(time[index], kind="stable")]
        return np.sort(order[np.linspace(0, len(order) - 1, most).astype(np.int64)])
    # places in a list sorted by class, evenly spaced with one random start: every class gets its share
    order = rng.permutation(index)
    order = order[np.argsort(codes[order], kind="stable")]
    places = ((np.arange(most) + rng.random()) * len(order) / most).astype(np.int64)
    return np.sort(order[places])

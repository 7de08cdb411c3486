"""A visitor's own two views: checked at the door, a quarter of the rows held out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmexplore.datasets.pairs import Factor, TwoViews, check_views, held_out_rows
from mmexplore.datasets.pairs.linear_factors import linear_factors
from mmexplore.errors import BadData

_MOST_CLASSES = 20


def given_views(arrays: Mapping[str, np.ndarray], seed: int = 0) -> TwoViews:
    """Two views from arrays ``x1`` (n, d1), ``x2`` (n, d2) and, if there is one, the target ``y`` (n,).

    A target of at most 20 different values is a label, a longer one a number; a target of several columns is left out.
    """
    missing = [name for name in ("x1", "x2") if name not in arrays]
    if missing:
        raise BadData(f"the data have no {missing[0]}; allowed: arrays x1 and x2, and y if there is a target")
    x, y = (_columns(name, arrays[name]) for name in ("x1", "x2"))
    check_views(x, y)
    held_out = held_out_rows(len(x), 0.25, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))))
    label: np.ndarray | None = None
    names: tuple[str, ...] = ()
    known: list[Factor] = []
    target = np.asarray(arrays["y"]) if "y" in arrays else None
    if target is not None and target.size == len(target):
        target = target.reshape(-1)
        if len(target) != len(x):
            raise BadData(f"y has {len(target):,} rows and x1 has {len(x):,}; allowed: the same rows")
        values, codes = np.unique(target, return_inverse=True)
        if len(values) <= _MOST_CLASSES:
            if len(values) > 1:
                label, names = codes.astype(np.int64), tuple(str(value) for value in values)
                known = [Factor("target", "shared", label, len(names))]
        elif np.issubdtype(target.dtype, np.number) and np.isfinite(target.astype(np.float64)).all():
            known = [Factor("target", "shared", target.astype(np.float64))]
    return TwoViews(
        x=x,
        y=y,
        held_out=held_out,
        columns_x=tuple(f"x1 column {i + 1}" for i in range(x.shape[1])),
        columns_y=tuple(f"x2 column {i + 1}" for i in range(y.shape[1])),
        names=("your first view", "your second view"),
        label=label,
        class_names=names,
        factors=(*known, *linear_factors(x, y, ~held_out)),
    )


def _columns(name: str, values: np.ndarray) -> np.ndarray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData(f"{name} holds text; allowed: numbers") from None
    return array[:, None] if array.ndim == 1 else array

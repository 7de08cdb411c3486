"""A visitor's own two views: checked at the door, a quarter of the rows held out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmexplore.datasets.views.base import (
    Factor,
    Facts,
    TwoViews,
    View,
    check_views,
    column_names,
    declare,
    held_out_rows,
)
from mmexplore.datasets.views.linear_factors import linear_factors
from mmexplore.errors import BadData
from mmexplore.spec import param

_MOST_CLASSES = 20


@declare
class Own(View):
    """A visitor's own samples, named by their hash; the samples themselves come with the run."""

    name = "own"
    title = "Your own data"
    sentence = "Two views and a label that you brought; columns are standardised."
    listed = False
    scaled = True

    id: str = param("", label="Hash of the rows", max_length=80)

    def sample(self, seed: int) -> TwoViews:
        """Not from here: `given_views` or `of_arrays` take the rows of the run."""
        raise BadData("your own rows come with the run: open the page with your data and start it there")

    def facts(self) -> Facts:
        """Not from here, either."""
        raise BadData("your own rows come with a file; drop one on the page")


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
    number: np.ndarray | None = None
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
            number = target.astype(np.float64)
            known = [Factor("target", "shared", number)]
    return TwoViews(
        x1=x,
        x2=y,
        held_out=held_out,
        columns1=column_names("x1", x.shape[1]),
        columns2=column_names("x2", y.shape[1]),
        names=("your first view", "your second view"),
        y=label,
        y_real=number,
        class_names=names,
        factors=(*known, *linear_factors(x, y, ~held_out)),
    )


def _columns(name: str, values: np.ndarray) -> np.ndarray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData(f"{name} holds text; allowed: numbers") from None
    return array[:, None] if array.ndim == 1 else array

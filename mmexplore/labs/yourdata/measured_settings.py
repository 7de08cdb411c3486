"""How a study tells of measurements without bins: the settings alone, which `mmexplore.labs.yourdata.study` holds and `mmexplore.labs.yourdata.without_bins` obeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.errors import BadData
from mmexplore.spec import Spec, param

FEW_VALUES = 12  # a target with at most so many different numbers is a label, as where it is binned


@dataclass(frozen=True)
class MeasuredSettings(Spec):
    """How measurements are told without bins."""

    target_as: str = param(
        "auto",
        label="The target is",
        choices=("auto", "label", "number"),
        help=f"A label or a measurement; by itself, numbers of more than {FEW_VALUES} different values are a measurement.",
    )
    neighbours: int = param(4, label="Neighbours", low=1, high=50, step=1, help="Of the nearest-neighbour estimate.")
    most_rows: int = param(
        4000,
        label="Rows for neighbours",
        low=100,
        high=50_000,
        step=100,
        help="Counting neighbours takes time that grows with the square of the rows; so many are drawn where there are more.",
    )
    trained: str = param(
        "none",
        label="Train networks",
        choices=("none", "decomposition", "information"),
        help="On these rows, in a process of its own: a decomposition (BATCH for a label, flows for a measurement), or I(X1,X2;Y) by InfoNCE.",
        widget="segments",
    )


def target_kind(y: Any, asked: str) -> str:
    """Whether a target column is a ``"scalar"`` or a ``"label"``, as asked or as its values suggest.

    Raises:
        BadData: asked for a number, and it holds none.
    """
    import pandas as pd

    numeric = pd.api.types.is_numeric_dtype(y) and not pd.api.types.is_bool_dtype(y)
    if asked == "number" and not numeric:
        raise BadData(f"the target {str(y.name)[:60]!r} holds no numbers; allowed: take it as a label")
    if asked != "auto":
        return "scalar" if asked == "number" else "label"
    return "scalar" if numeric and y.nunique(dropna=True) > FEW_VALUES else "label"

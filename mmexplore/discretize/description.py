"""What was done to the columns of a variable, so that a page or a report can show all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["category", "cut", "cluster"]


@dataclass(frozen=True)
class StatePart:
    """One symbol of a state: a category, a cut column or direction, a cluster.

    Attributes:
        name: the column's name, ``"direction 1"`` or ``"cluster"``.
        kind: ``"category"`` (as is), ``"cut"`` (bins along a column or a direction) or ``"cluster"`` (k-means).
        columns: the columns that enter.
        labels: one text a symbol.
        edges: cuts between the bins, in the column's own units where one column is cut by itself, else in standard
            deviations along the direction; empty for the other kinds.
        weights: weight of each column, in standard units: of the direction, or of the score that orders the clusters;
            empty for a category.
        explained: share of the standardised columns' variance along the direction, or between the clusters; nan for a
            category.
        missing: whether the last label is the state of missing values.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    edges: np.ndarray
    weights: np.ndarray
    explained: float
    missing: bool = False

    def __post_init__(self) -> None:
        for array in (self.edges, self.weights):
            array.setflags(write=False)


@dataclass(frozen=True)
class Discretization:
    """States of n rows, and how they were made.

    Attributes:
        codes: state of each row, 0 to k-1, in rising order of the score where there is one; -1 for a row without a state
            (a missing value); shape (n,).
        labels: one text a state.
        counts: rows in each state, shape (k,).
        method: what was asked for, one of `METHODS`.
        asked: number of bins asked for.
        columns: names of all columns.
        numbers: names of those that are numbers.
        parts: the symbols that make up a state, in order.
        centres: mean of each number in each state, in the columns' own units, shape (k, len(numbers)).
        missing: rows without a state.
        notes: sentences on what was not as asked for.
    """

    codes: np.ndarray
    labels: tuple[str, ...]
    counts: np.ndarray
    method: str
    asked: int
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    parts: tuple[StatePart, ...]
    centres: np.ndarray
    missing: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        for array in (self.codes, self.counts, self.centres):
            array.setflags(write=False)

    @property
    def bins(self) -> int:
        """Number of states, k."""
        return len(self.labels)

    @property
    def kept(self) -> np.ndarray:
        """Which rows have a state, shape (n,)."""
        return self.codes >= 0

    @property
    def edges(self) -> np.ndarray:
        """Cuts of the first part."""
        return self.parts[0].edges

    @property
    def weights(self) -> np.ndarray:
        """Weights of the first part."""
        return self.parts[0].weights

    @property
    def explained(self) -> float:
        """Share of the numbers' variance that the parts keep before it is cut; nan where there are no numbers."""
        shares = [part.explained for part in self.parts if part.kind != "category"]
        by_column = len(shares) > 1 and all(part.kind == "category" or len(part.columns) == 1 for part in self.parts)
        return float("nan") if not shares else 1.0 if by_column else float(sum(shares))

    def sentences(self) -> list[str]:
        """What was done, part by part, for a reader."""
        return [_sentence(part) for part in self.parts]


def _sentence(part: StatePart) -> str:
    n = len(part.labels)
    states = f"{n} state{'s' * (n != 1)}"
    share = f"{100 * part.explained:.0f} % of their variance"
    several = len(part.columns) > 1
    if part.kind == "category":
        return f"{part.name}: {states}, as they are"
    if part.kind == "cluster":
        return f"{len(part.columns)} standardised columns: {n} k-means clusters ({share} lies between them)"
    cuts = ", ".join(f"{edge:.3g}" for edge in part.edges)
    where = f"cut at {cuts}" if cuts else "one state"
    source = f"{part.name} of {len(part.columns)} standardised columns ({share})" if several else part.name
    return f"{source}: {states}, {where}"

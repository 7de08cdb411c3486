"""Subgroups of the rows, answered from what every row says: nothing is fitted again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive import Reading
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.tabular import Dataset
from mmexplore.whatif import subgroups

FEWEST = 10  # rows of a subgroup


@dataclass(frozen=True)
class Subgroups:
    """The atoms of every subgroup.

    Attributes:
        read: label, rows, and its atoms and informations by name.
        left: label of what has no answer, and why.
    """

    read: tuple[tuple[str, int, dict[str, Reading]], ...]
    left: tuple[tuple[str, str], ...]


def of_rows(headline: Headline, dataset: Dataset, column: str, level: float) -> Subgroups:
    """The means of the rows that share a value (or a range) of a column.

    Raises:
        BadData: no such column, or too many values in it.
    """
    dataset.column(column)
    where = headline.of_data[headline.rows.index]
    read: list[tuple[str, int, dict[str, Reading]]] = []
    left: list[tuple[str, str]] = []
    for group in subgroups(dataset.frame[column]):
        inside = np.isin(where, group.rows)
        count = int(inside.sum())
        if count < FEWEST:
            left.append((group.label, f"{count} rows, too few for an interval (at least {FEWEST})"))
            continue
        try:
            read.append((group.label, count, headline.rows.slice(inside, level)))
        except BadData as error:
            left.append((group.label, str(error)))
    return Subgroups(tuple(read), tuple(left))

"""How a study's rows were drawn: what was said (groups, order, weights), and which columns look as if they named subjects."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from mmexplore.datasets import real_info
from mmexplore.errors import BadData
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.labs.yourdata.predictive_settings import IDENTICAL, INDEPENDENT, ROW_ORDER
from mmexplore.tabular.safe import quoted
from mmexplore.tabular.weights import looks_like_weights

if TYPE_CHECKING:
    from pandas import Series

    from mmexplore.labs.yourdata.study import Study
    from mmexplore.tabular import Dataset, Roles

SAME_VALUES = "values in all columns"
FEW_IDS, MOST_SUSPECTS = 5, 12
MOST_COMPARED = 200_000  # rows
HEAVY = 0.1  # of the rows: a value that so many have
_SUBJECT = re.compile(
    r"(?:^|[\W_])(?:id|ids|subj|subject|patient|participant|person|user|speaker|recording|session|trial|animal|mouse|rat|document|doc|video|clip|"
    r"family|household|school|cluster|block)s?(?:[\W_]*(?:id|no|nr|number|code))?$|(?<=[a-z])I[Dd]$",
    re.IGNORECASE,
)


def sampling_of(study: Study, dataset: Dataset, roles: Roles, rows: np.ndarray) -> Sampling:
    """What was said of rows of the data, and where nothing was, the columns that may name subjects.

    Args:
        study: what is asked.
        dataset: the data.
        roles: which columns play which part.
        rows: rows of the data, (m,).

    Raises:
        BadData: no such column, or one with gaps or without numbers where they are needed.
    """
    groups, time, weights = (
        groups_of(study, dataset, roles, rows),
        order_of(study, dataset, rows),
        weights_of(study, dataset, rows),
    )
    suspects = {} if study.groups or study.order else suspects_of(dataset, roles, rows)
    return Sampling(groups, time, weights, study.weights_are, suspects)


def placed(study: Study, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Which rows have a subject, where subjects were named."""
    if study.groups in ("", IDENTICAL):
        return np.ones(len(rows), dtype=bool)
    return ~dataset.frame[column_of(dataset, "groups", study.groups)].isna().to_numpy()[rows]


def groups_of(study: Study, dataset: Dataset, roles: Roles, rows: np.ndarray) -> np.ndarray | None:
    """The subject of every row; None where nothing is said."""
    if not study.groups:
        return None
    if study.groups == IDENTICAL:
        return _identical(dataset, roles, rows)
    return dataset.frame[column_of(dataset, "groups", study.groups)].iloc[rows].astype(str).to_numpy(dtype=str)


def order_of(study: Study, dataset: Dataset, rows: np.ndarray) -> np.ndarray | bool | None:
    """The place of every row in the series; False: rows are independent; None where nothing is said, nor known of data that come along."""
    if not study.order:
        return False if study.source == "real" and not study.groups and real_info(study.real).specimens else None
    if study.order == INDEPENDENT:
        return False
    if study.order == ROW_ORDER:
        return rows
    values = dataset.frame[column_of(dataset, "order", study.order)].iloc[rows]
    if values.isna().any():
        raise BadData(
            f"order names the column {quoted(study.order)}, which is empty in {int(values.isna().sum()):,} rows; allowed: a place for every row"
        )
    return np.asarray(values.rank(method="first").to_numpy(dtype=np.float64))


def weights_of(study: Study, dataset: Dataset, rows: np.ndarray) -> np.ndarray | None:
    """The weight of every row; None where all count alike."""
    if not study.weights:
        return None
    name = column_of(dataset, "weights", study.weights)
    if not dataset.info[name].numeric:
        raise BadData(
            f"weights names the column {quoted(name)}, which holds no numbers; allowed: numbers of at least 0"
        )
    values = dataset.frame[name].iloc[rows].to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isnan(values).any():
        raise BadData(
            f"weights names the column {quoted(name)}, which is empty in {int(np.isnan(values).sum()):,} rows; fill them in, 0 for none"
        )
    return np.asarray(values)


def column_of(dataset: Dataset, field: str, name: str) -> str:
    """A column that is there.

    Raises:
        BadData: it is not.
    """
    if name not in dataset.info:
        raise BadData(
            f"{field} names the column {quoted(name)}, which is not there; allowed: a column of {dataset.name[:60]}"
        )
    return name


def suspects_of(dataset: Dataset, roles: Roles, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Columns in no part whose values may name subjects, each with many rows of one value; and identical rows, where columns are measured."""
    used = {*roles.x1, *roles.x2, *roles.y}
    found: dict[str, np.ndarray] = {}
    for info in dataset.columns[:2000]:
        if info.name in used or not FEW_IDS <= info.distinct <= len(rows) / 2 or not _SUBJECT.search(info.name):
            continue
        found[info.name] = dataset.frame[info.name].iloc[rows].astype(str).to_numpy(dtype=str)
        if len(found) >= MOST_SUSPECTS:
            break
    measured = [name for name in used if name in dataset.info and dataset.info[name].measured]
    if measured and len(rows) <= MOST_COMPARED and all(_recurs(dataset.frame[name].iloc[rows]) for name in measured):
        same = _identical(dataset, roles, rows)
        if len(np.unique(same)) <= 0.9 * len(rows):
            found[SAME_VALUES] = same
    return found


def _recurs(column: Series) -> bool:
    """Whether the values of a measured column meet again more often than rounding makes them.

    Of rounded readings about half as many pairs of rows are equal as lie one step of the scale apart; rows written twice are equal and no more
    than that. Values that many rows have (zeros, a limit of the scale) say nothing of it.
    """
    values, counts = np.unique(column.dropna().to_numpy(dtype=np.float64), return_counts=True)
    rare = counts <= HEAVY * counts.sum()
    values, counts = values[rare], counts[rare].astype(np.float64)
    if len(values) < 3:
        return False
    gaps = np.diff(values)
    beside = gaps < 1.5 * gaps.min()
    equal, near = float((counts * (counts - 1)).sum() / 2), float((counts[1:] * counts[:-1])[beside].sum())
    return equal > near + 3.0 * math.sqrt(near + 1.0)


def suggested_weights(dataset: Dataset, roles: Roles | None = None) -> str:
    """A column that looks like a survey's weights: by its name, positive numbers that differ; empty where there is none."""
    used = set() if roles is None else {*roles.x1, *roles.x2, *roles.y}
    return next(
        (info.name for info in dataset.columns if info.name not in used and looks_like_weights(dataset, info.name)), ""
    )


def _identical(dataset: Dataset, roles: Roles, rows: np.ndarray) -> np.ndarray:
    """A number for every row, the same for rows whose columns all hold the same values."""
    frame = dataset.frame[[*roles.x1, *roles.x2, *roles.y]].iloc[rows]
    return np.asarray(frame.groupby(list(frame.columns), dropna=False, sort=False).ngroup().to_numpy())

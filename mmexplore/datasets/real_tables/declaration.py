"""Real data in two modalities, as they ship with scikit-learn. A new data set is one new file in this folder.

A declaration names the columns of each modality and the target; `real` discretises each modality by itself and counts.
scikit-learn is imported only when rows are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mmexplore.datasets.labelled import LabelledTable
from mmexplore.discretize import (
    BINS_HELP,
    MIN_BINS,
    Discretization,
    Discretizer,
)
from mmexplore.registry import Registry
from mmexplore.spec import Spec, param
from mmexplore.whatif.tables import what_if

_MOST_BINS = 12
_METHODS = ("quantile", "kmeans")
_METHOD_HELP = "Quantiles along the first principal direction, or k-means clusters."


class RealSamples(NamedTuple):
    """The rows of a data set; arrays are read-only.

    Attributes:
        x1, x2: the two modalities, shapes (n, d1) and (n, d2), in the columns' own units.
        y: target, codes into `y_labels`, shape (n,).
        columns1, columns2: names of the columns.
        y_labels: names of the target's states.
    """

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    columns1: tuple[str, ...]
    columns2: tuple[str, ...]
    y_labels: tuple[str, ...]


@dataclass(frozen=True)
class RealData:
    """One data set.

    Attributes:
        name: the key, as in ``mmexplore.real(name)``.
        title: what it is called.
        question: what the two modalities are asked to tell.
        names: what X1, X2 and Y are.
        x1_text, x2_text: the modalities in a sentence.
        columns1, columns2: their columns.
        y_labels: states of the target.
        rows: number of rows.
        source: where the data are from.
        license: under which terms they are shared.
        citation: who is to be cited.
        story: what to expect, and why.
        load: the rows; called once.
        bins1, bins2, method: the discretisation that suits the data, used where none is asked for.
        specimens: whether every row is a specimen of its own (a flower, a patient), so that its place in the list says nothing.
    """

    name: str
    title: str
    question: str
    names: tuple[str, str, str]
    x1_text: str
    x2_text: str
    columns1: tuple[str, ...]
    columns2: tuple[str, ...]
    y_labels: tuple[str, ...]
    rows: int
    source: str
    license: str
    citation: str
    story: str
    load: Callable[[], tuple[np.ndarray, np.ndarray, np.ndarray]]
    bins1: int = 4
    bins2: int = 4
    method: str = "quantile"
    specimens: bool = False


@dataclass(frozen=True)
class Binning(Spec):
    """How the two modalities of a data set become states."""

    bins1: int = param(4, label="Bins of modality 1", low=MIN_BINS, high=_MOST_BINS, step=1, help=BINS_HELP)
    bins2: int = param(4, label="Bins of modality 2", low=MIN_BINS, high=_MOST_BINS, step=1, help=BINS_HELP)
    method: str = param("quantile", label="Binning", choices=_METHODS, help=_METHOD_HELP)


@dataclass(frozen=True)
class RealTable:
    """A data set as a table, with how it was made.

    Attributes:
        table: relative frequencies and labels of the states.
        modality1, modality2: how each modality was discretised.
        binning: what was asked for.
        rows: number of rows counted.
    """

    table: LabelledTable
    modality1: Discretization
    modality2: Discretization
    binning: Binning
    rows: int


REGISTRY: Registry[RealData] = Registry("data set", "mmexplore.datasets.real_tables")


def declare(data: RealData) -> RealData:
    """Register a data set under its name."""
    return REGISTRY.add(data.name, data)


def real_data() -> tuple[str, ...]:
    """Names of the data sets."""
    return REGISTRY.names()


def real_info(name: str) -> RealData:
    """The declaration of a data set: question, modalities, source, licence, what to expect."""
    return REGISTRY[name]


def real_samples(name: str) -> RealSamples:
    """The rows of a data set."""
    return _samples(REGISTRY[name].name)


@lru_cache(maxsize=32)
def _samples(name: str) -> RealSamples:
    entry = REGISTRY[name]
    x1, x2, y = entry.load()
    arrays = (np.array(x1, dtype=np.float64), np.array(x2, dtype=np.float64), np.array(y, dtype=np.int64))
    for array in arrays:
        array.setflags(write=False)
    return RealSamples(*arrays, entry.columns1, entry.columns2, entry.y_labels)


def real_table(
    name: str, *, bins1: int | None = None, bins2: int | None = None, method: str | None = None
) -> RealTable:
    """A data set's table with its labels and everything that was done to the columns.

    Args:
        name: one of `real_data()`.
        bins1, bins2: states of each modality, 2 to 12; the data set's own choice if left out.
        method: ``"quantile"`` or ``"kmeans"``; the data set's own choice if left out.
    """
    entry = REGISTRY[name]
    binning = Binning(
        bins1=entry.bins1 if bins1 is None else bins1,
        bins2=entry.bins2 if bins2 is None else bins2,
        method=entry.method if method is None else method,
    )
    return _real_table(entry.name, binning)


@lru_cache(maxsize=128)
def _real_table(name: str, binning: Binning) -> RealTable:
    samples = _samples(name)
    first = Discretizer(method=binning.method, bins=binning.bins1).discretize(samples.x1, samples.columns1)
    second = Discretizer(method=binning.method, bins=binning.bins2).discretize(samples.x2, samples.columns2)
    shape = (first.bins, second.bins, len(samples.y_labels))
    flat = np.ravel_multi_index((first.codes, second.codes, samples.y), shape)
    p = np.bincount(flat, minlength=shape[0] * shape[1] * shape[2]).reshape(shape) / len(samples.y)
    table = LabelledTable(p, first.labels, second.labels, samples.y_labels)
    return RealTable(table, first, second, binning, len(samples.y))


def real(
    name: str,
    *,
    bins1: int | None = None,
    bins2: int | None = None,
    method: str | None = None,
    **values: Any,
) -> np.ndarray:
    """The table of a data set, changed by what-ifs.

    Args:
        name: one of `real_data()`.
        bins1, bins2, method: see `real_table`.
        values: fields of `WhatIf`, single or as arrays.

    Returns:
        p(x1, x2, y), shape (..., n1, n2, ny). Fewer states than asked for appear where values are tied.

    >>> real("iris", bins1=3, bins2=3).shape
    (3, 3, 3)
    """
    return what_if(real_table(name, bins1=bins1, bins2=bins2, method=method).table.p, **values)

"""Real tables whose columns fall into two views; they ship with scikit-learn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mmexplore.datasets.views.base import Factor, Facts, LabelTruth, TwoViews, View, declare, held_out_rows
from mmexplore.datasets.views.linear_factors import linear_factors
from mmexplore.datasets.views.tables import table_truth
from mmexplore.spec import param

_UCI = "UCI Machine Learning Repository, ships with scikit-learn"


@dataclass(frozen=True)
class _Columns(View):
    """Two choices of a table's columns; the target is the label."""

    first: ClassVar[tuple[int, ...]]
    second: ClassVar[tuple[int, ...]]
    view_names: ClassVar[tuple[str, str]]
    size: ClassVar[tuple[int, int]]  # samples, classes
    counted: ClassVar[str] = ""  # the real table of the same rows and label, if there is one

    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the choice of held-out rows.")

    @staticmethod
    @abstractmethod
    def table() -> Any:
        """The table as scikit-learn gives it."""

    def facts(self) -> Facts:
        """As the table is."""
        samples, classes = self.size
        return Facts(samples, len(self.first), len(self.second), classes=classes, numeric_target=classes == 0)

    def truth(self) -> LabelTruth | None:
        """The decomposition of the real table of the same rows, where there is one."""
        return table_truth(self.counted) if self.counted else None

    def sample(self, seed: int) -> TwoViews:
        """All rows, a quarter held out."""
        bunch = self.table()
        x, y = (np.asarray(bunch.data, dtype=np.float64)[:, list(columns)] for columns in (self.first, self.second))
        columns = [str(name) for name in bunch.feature_names]
        held_out = held_out_rows(len(x), 0.25, self.stream("held out"))
        own = linear_factors(x, y, ~held_out)
        target = np.asarray(bunch.target)
        named = tuple(str(name) for name in getattr(bunch, "target_names", ()))
        known = Factor("class", "shared", target.astype(np.int64), len(named)) if named else None
        return TwoViews(
            x1=x,
            x2=y,
            held_out=held_out,
            columns1=tuple(columns[c] for c in self.first),
            columns2=tuple(columns[c] for c in self.second),
            names=self.view_names,
            y=None if known is None else known.values,
            y_real=target.astype(np.float64) if known is None else None,
            class_names=named,
            factors=(known or Factor("target", "shared", target.astype(np.float64)), *own),
        )


def _loader(name: str) -> Callable[[], Any]:
    def load() -> Any:
        import sklearn.datasets

        return getattr(sklearn.datasets, name)()

    return load


@declare
class BreastCancer(_Columns):
    """Mean against worst nuclei."""

    name = "breast-cancer"
    title = "Breast cancer: mean and worst"
    sentence = "Ten measures of cell nuclei, averaged over all of them, and over the three largest: much is shared."
    source = f"Breast Cancer Wisconsin (Diagnostic), {_UCI}; Street, Wolberg & Mangasarian 1993; CC BY 4.0"
    counted = "breast_cancer"
    first, second = tuple(range(10)), tuple(range(20, 30))
    size = (569, 2)
    view_names = ("mean of the nuclei", "worst of the nuclei")
    table = staticmethod(_loader("load_breast_cancer"))


@declare
class BreastCancerSpread(_Columns):
    """Mean against standard error."""

    name = "breast-cancer-spread"
    title = "Breast cancer: mean and spread"
    sentence = "Ten measures of cell nuclei, their means and their standard errors: some is shared."
    source = f"Breast Cancer Wisconsin (Diagnostic), {_UCI}; Street, Wolberg & Mangasarian 1993; CC BY 4.0"
    first, second = tuple(range(10)), tuple(range(10, 20))
    size = (569, 2)
    view_names = ("mean of the nuclei", "standard error")
    table = staticmethod(_loader("load_breast_cancer"))


@declare
class Wine(_Columns):
    """Phenols against the rest."""

    name = "wine"
    title = "Wine: phenols and the rest"
    sentence = "Total phenols, flavanoids, other phenols and proanthocyanins, against nine other measures of a wine."
    source = f"Wine recognition, {_UCI}; Aeberhard & Forina 1991; CC BY 4.0"
    counted = "wine"
    first, second = (5, 6, 7, 8), (0, 1, 2, 3, 4, 9, 10, 11, 12)
    size = (178, 3)
    view_names = ("phenols", "the rest")
    table = staticmethod(_loader("load_wine"))


@declare
class Diabetes(_Columns):
    """Clinical against serum measures."""

    name = "diabetes"
    title = "Diabetes: clinic and serum"
    sentence = "Age, sex, body mass and blood pressure, against six measures of blood serum: little is shared."
    source = "Efron, Hastie, Johnstone & Tibshirani 2004, Annals of Statistics 32, 407; ships with scikit-learn"
    first, second = (0, 1, 2, 3), (4, 5, 6, 7, 8, 9)
    size = (442, 0)
    view_names = ("clinic", "serum")
    table = staticmethod(_loader("load_diabetes"))

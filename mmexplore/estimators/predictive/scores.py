"""From what predictors say of every row to the rows of every information: states, soft tables, the dual point, and who says most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.predictive.dual import Dual, dual_of, late_fusion, scored
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.rows import RowAtoms
from mmexplore.estimators.predictive.states import soft_table, states
from mmexplore.types import Atoms


@dataclass(frozen=True)
class Scores:
    """What is known before the joint stage.

    Attributes:
        i1, i2: bits of every row by the soft tables, (n,).
        free: v of the dual point, (n,).
        union: the rows that stand for I*: those of the dual point, or of the modality that says more.
        fused: the late fusion that the dual point is, (n, ny).
    """

    i1: np.ndarray
    i2: np.ndarray
    free: np.ndarray
    union: np.ndarray
    fused: np.ndarray

    @classmethod
    def of(cls, first: np.ndarray, second: np.ndarray, problem: Problem) -> Scores:
        """Of the probabilities that either modality gives, (n, ny) each."""
        cells = [states(p, problem) for p in (first, second)]
        tables = [soft_table(p, cell, problem) for p, cell in zip((first, second), cells, strict=True)]
        i1, i2 = (_table_bits(table, cell, problem) for table, cell in zip(tables, cells, strict=True))
        dual: Dual = dual_of(*tables)
        free = scored(dual, cells[0], cells[1], problem)
        i1, i2 = (_at_least_nothing(rows, problem) for rows in (i1, i2))
        union = max((free, i1, i2), key=problem.mean)
        return cls(i1, i2, free, union, late_fusion(dual, cells[0], cells[1], problem))

    def numbers(self, problem: Problem) -> dict[str, float]:
        """Means by name."""
        means = {"i1": problem.mean(self.i1), "i2": problem.mean(self.i2), "union": problem.mean(self.union)}
        atoms = Atoms.of(means["i1"], means["i2"], float("nan"), means["union"])
        return means | {name: getattr(atoms, name) for name in ("redundancy", "unique1", "unique2")}

    def rows(
        self,
        late: np.ndarray,
        joint: np.ndarray,
        index: np.ndarray,
        given: int,
        clusters: np.ndarray | None,
        problem: Problem,
    ) -> RowAtoms:
        """Everything row by row.

        Args:
            late, joint: probabilities of the best additive and the best joint predictor, (n, ny).
            index: place of every row among those given.
            given: how many were given.
            clusters: group or block of time of every row, or None.
            problem: labels and weights.
        """
        added = max((problem.bits(late), problem.bits(self.fused), self.union), key=problem.mean)
        return RowAtoms(
            index=index,
            given=given,
            codes=problem.codes,
            i1=self.i1,
            i2=self.i2,
            i12=max((problem.bits(joint), added), key=problem.mean),
            union=self.union,
            late=added,
            weights=problem.weights,
            clusters=clusters,
        )


def _table_bits(table: np.ndarray, cell: np.ndarray, problem: Problem) -> np.ndarray:
    """log2 p(y|t)/p(y) of every row."""
    given = table / table.sum(axis=1, keepdims=True)
    return np.asarray(np.log2(given[cell, problem.codes]) - np.log2(problem.py)[problem.codes])


def _at_least_nothing(rows: np.ndarray, problem: Problem) -> np.ndarray:
    """Rows of an information; none where they say less than p(y) does."""
    return rows if problem.mean(rows) > 0 else np.zeros_like(rows)

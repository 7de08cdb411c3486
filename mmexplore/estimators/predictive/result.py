"""What a predictive estimate says beside its four numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.bounds import Bounds
from mmexplore.estimators.predictive.change import Change, changes
from mmexplore.estimators.predictive.nulls import InteractionTest, SynergyTest
from mmexplore.estimators.predictive.reread import reread
from mmexplore.estimators.predictive.rows import Reading, RowAtoms

LEANS = {
    "redundancy": "A lower bound: predictors miss information, which R only loses; where U1 and U2 are both 0 it loses up to 1/sqrt(n) more.",
    "unique1": "Falls by what the predictors of X1 miss, rises by what those of X2 miss; where it is 0 it is read a little above.",
    "unique2": "Falls by what the predictors of X2 miss, rises by what those of X1 miss; where it is 0 it is read a little above.",
    "synergy": "Falls by what the joint predictors miss, rises by what the predictors of X1 and X2 alone miss together.",
    "i1": "A lower bound.",
    "i2": "A lower bound.",
    "i12": "A lower bound.",
}


@dataclass(frozen=True)
class Fitted:
    """A pooled predictor: who is in it, and whether its probabilities mean what they say.

    Attributes:
        weights: pool weight of every member by its name, the largest first; mean over folds.
        temperature: of the pool; below 1: the members were too sure.
        believed: the information that the probabilities believe in, mean KL(q(.|i) | p(y)), in bits.
        on_labels: the information they score on labels that chose nothing of them, mean log2 q(y_i|i)/p(y_i).
    """

    weights: dict[str, float]
    temperature: float
    believed: float
    on_labels: float

    @property
    def calibrated(self) -> bool:
        """Whether the two agree within .05 bit and a tenth."""
        return abs(self.believed - self.on_labels) <= 0.05 + 0.1 * abs(self.on_labels)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "weights": dict(self.weights),
            "temperature": self.temperature,
            "believed": self.believed,
            "on_labels": self.on_labels,
        }


@dataclass(frozen=True)
class Prediction:
    """All that a predictive estimate says.

    Attributes:
        title: what was decomposed, in a sentence (a binned target is another target).
        classes: those that were kept, in the order of the posteriors' columns.
        dropped: classes with too few rows, and how many rows they had.
        entropy: H(Y) of the rows used, in bits: the ceiling of every information.
        readings: by name, the atoms, informations, `union`, and the two parts of synergy: `combining` (what adding the logits of both
            gains over I*) and `interaction` (what is beyond any addition); each with standard error, interval and one-sided lower end.
        leans: which way each of them errs, by name, in a sentence.
        union_bound: lower bound of I* that the dual point proves on the rows; I* itself unless a modality alone says more.
        bounds: of the atoms without any model.
        interaction: test of what is beyond late fusion.
        synergy: test of S = 0; None where it was switched off or cannot be made.
        fitted: pooled predictors of ``"x1"``, ``"x2"``, ``"late"`` and ``"joint"``.
        rows: everything row by row; `RowAtoms.slice` gives the atoms of subgroups.
        folds: fold of every row used, (rows.n,).
        posteriors: out-of-fold probabilities of ``"x1"``, ``"x2"``, ``"late"`` and ``"joint"``, (rows.n, classes) each.
        columns: names of the columns of X1 and of X2 that were read.
    """

    title: str
    classes: tuple[str, ...]
    dropped: dict[str, int]
    entropy: float
    readings: dict[str, Reading]
    leans: dict[str, str]
    union_bound: Reading
    bounds: Bounds
    interaction: InteractionTest
    synergy: SynergyTest | None
    fitted: dict[str, Fitted]
    rows: RowAtoms
    folds: np.ndarray
    posteriors: dict[str, np.ndarray]
    columns: tuple[tuple[str, ...], tuple[str, ...]]

    def slice(self, where: Any, level: float = 0.95) -> dict[str, Reading]:
        """Atoms of some of the rows; see `RowAtoms.slice`."""
        return self.rows.slice(where, level)

    def since(self, before: Prediction, level: float = 0.95) -> dict[str, Change]:
        """After minus before of every number, with its interval: of two answers to the same n rows, or to parts of them that are n rows long
        with weight 0 for the others.

        Args:
            before: the answer before columns, weights or seed were changed; row i has to be the same case in both.
            level: of the intervals.

        Raises:
            BadData: another number of rows given.
        """
        if before.rows.given != self.rows.given:
            raise BadData(
                f"before has {before.rows.given:,} rows, this answer {self.rows.given:,}; allowed: answers to the same rows (weights of 0 leave some out)"
            )
        return changes(before.rows, self.rows, level)

    def on_rows(self, where: Any, merged: Any = None, level: float = 0.95) -> dict[str, Change]:
        """What the same predictors say of some of the rows, or of other weights or joined classes, less what they say of all; nothing is fitted.

        Args:
            where: truth values or weights of at least 0, of the rows given or of the rows used; p(y) is that of the rows so weighted.
            merged: the new class of each of `classes`, from 0 up; None: as they are.
            level: of the intervals.

        Raises:
            BadData: another length, negative weights, fewer than 10 rows or two classes left.
        """
        read = reread(self.rows, self.posteriors, self.rows.chosen(where), merged)
        return changes(self.rows, read, level, refitted=False)

    def statements(self) -> tuple[str, ...]:
        """What can be said, in sentences: lower ends, bounds and both tests."""
        r, s = self.readings["redundancy"], self.readings["synergy"]
        told = [
            f"R is at least {max(0.0, r.at_least, self.bounds.redundancy):.3f} bit (95 %).",
            f"S is at least {max(0.0, s.at_least):.3f} bit (95 %) unless the predictors of X1 and X2 alone miss together more than that.",
            f"Without any model: S at most {self.bounds.synergy:.3f}, U1 at most {self.bounds.unique1:.3f}, U2 at most {self.bounds.unique2:.3f} bit.",
            self.interaction.words(),
        ]
        return tuple(told if self.synergy is None else [*told, self.synergy.words()])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the rows."""
        test = self.synergy
        return {
            "title": self.title,
            "classes": list(self.classes),
            "dropped": dict(self.dropped),
            "entropy": self.entropy,
            "rows": self.rows.n,
            "rows_given": self.rows.given,
            "readings": {name: one.to_dict() for name, one in self.readings.items()},
            "leans": dict(self.leans),
            "union_bound": self.union_bound.to_dict(),
            "bounds": {name: getattr(self.bounds, name) for name in ("redundancy", "unique1", "unique2", "synergy")},
            "interaction": {
                "gain": self.interaction.gain,
                "z": self.interaction.z,
                "p": self.interaction.p,
                "present": self.interaction.present,
                "words": self.interaction.words(),
            },
            "synergy_test": None
            if test is None
            else {
                "p": test.p,
                "draws": test.draws,
                "at_least": test.at_least,
                "present": test.present,
                "words": test.words(),
            },
            "fitted": {name: one.to_dict() for name, one in self.fitted.items()},
            "statements": list(self.statements()),
        }

"""What the predictors of a study say, read from a run or from an estimate made here: the page, the report and the command line begin with it.

Everything is in bits. The rows are kept, so that a subgroup is answered without fitting again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.predictive import Reading, RowAtoms
from mmexplore.estimators.predictive.rows import LEAK, ONE_SIDED, REFIT
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.types import ATOMS, PID
from mmexplore.types import Atoms as FourAtoms

FEW, TOO_FEW = 300, 60  # rows
RARE, TOO_RARE = 30, 10  # rows of the rarest class
WIDE = 0.1  # bit, half an interval
# rows a column below which columns that tell nothing cost much: of 1,000 rows of mixture (8 columns that tell) and sign-sum (10), noise beside
# them took 1 and 7 % of I12 at 20 rows a column, 2 and 31 % at 8
CROWDED = 20

ARROWS = {
    "redundancy": "at least",
    "unique1": "either way",
    "unique2": "either way",
    "synergy": "either way",
    "i1": "at least",
    "i2": "at least",
    "i12": "at least",
}


_SAID = {"x1": "x1", "x2": "x2", "late": "p_late", "joint": "p_joint"}  # arrays of out-of-fold probabilities


@dataclass(frozen=True)
class Test:
    """A test in short.

    Attributes:
        p: its p-value.
        present: whether it says yes, by more than the p-value alone.
        words: the verdict in a sentence.
    """

    p: float
    present: bool
    words: str


@dataclass(frozen=True)
class Predictor:
    """A pooled predictor: weights of its members, and what it believes in against what it scores, in bits."""

    weights: dict[str, float]
    temperature: float
    believed: float
    on_labels: float


@dataclass(frozen=True)
class Headline:
    """A decomposition by cross-fitted predictors.

    Attributes:
        title: what was decomposed.
        n: rows given.
        classes, dropped: of the target; dropped ones with their rows.
        entropy: H(Y), the ceiling of every information.
        readings: atoms, informations, union, combining and interaction, by name.
        leans: which way each errs, in a sentence.
        bounds: of the atoms without any model.
        interaction, synergy: the tests; None where the test of S = 0 was not made.
        predictors: of ``x1``, ``x2``, ``late`` and ``joint``.
        calibrated: whether their probabilities mean what they say, and the sentence with the numbers.
        proven: whether the dual point proves I* on rows that did not choose it, and the sentence with the numbers.
        warnings: sentences on what may mislead.
        rows: everything row by row.
        of_data: the row of the data behind each row given, shape (n,).
        posteriors: what the predictors of modality 1 and of modality 2 say of every row used, out of fold, (rows, classes) each.
        fused: the same of the best additive and of the best joint predictor; None in runs that did not keep them.
        columns: how many of modality 1 and of modality 2.
        level: of the intervals.
        seconds: it took.
        doubt: why rows look dependent though nothing was said of it, in sentences; empty where they do not.
    """

    title: str
    n: int
    classes: tuple[str, ...]
    dropped: dict[str, int]
    entropy: float
    readings: dict[str, Reading]
    leans: dict[str, str]
    bounds: dict[str, float]
    interaction: Test
    synergy: Test | None
    predictors: dict[str, Predictor]
    calibrated: tuple[bool, str]
    proven: tuple[bool, str]
    warnings: tuple[str, ...]
    rows: RowAtoms
    of_data: np.ndarray
    posteriors: tuple[np.ndarray, np.ndarray]
    fused: tuple[np.ndarray, np.ndarray] | None
    columns: tuple[int, int]
    level: float
    seconds: float
    doubt: str = ""

    @classmethod
    def of(cls, result: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Headline:
        """Read what `PIDEstimate.to_dict` and `row_arrays` wrote.

        Raises:
            BadData: it is no such result.
        """
        try:
            return _read(result, arrays)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise BadData(f"this is no result of the predictive estimator: {error}") from None

    @property
    def value(self) -> PID:
        """The four numbers as a decomposition without a certificate."""
        read, nan = self.readings, float("nan")
        return PID(
            i1=read["i1"].value,
            i2=read["i2"].value,
            i12=read["i12"].value,
            union=read["union"].value,
            union_lower=nan,
            union_upper=nan,
            measure="broja",
            certificate="none",
            converged=True,
            tolerance=0.0,
            iterations=0,
            seconds=self.seconds,
        )

    @property
    def places(self) -> np.ndarray:
        """The row of the data that each row used is, (rows,)."""
        return np.asarray(self.of_data[self.rows.index])

    @property
    def above_zero(self) -> tuple[str, ...]:
        """The atoms that the rows tell from 0; synergy only where its test says so, too."""
        read = self.readings
        above = [name for name in ATOMS if read[name].at_least > 0 and not read[name].bound_only]
        tested = self.synergy is not None and self.synergy.present
        return tuple(name for name in above if name != "synergy" or tested)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the rows."""
        return {
            "estimator": "predictive",
            "what": self.title,
            "n": self.n,
            "rows": self.rows.n,
            "classes": list(self.classes),
            "dropped": dict(self.dropped),
            "unit": "bit",
            "entropy": self.entropy,
            "level": self.level,
            "readings": {name: one.to_dict() for name, one in self.readings.items()},
            "which_way_it_errs": dict(self.leans),
            "bounds_without_a_model": dict(self.bounds),
            "interaction": vars(self.interaction),
            "synergy_test": None if self.synergy is None else vars(self.synergy),
            "predictors": {name: vars(one) for name, one in self.predictors.items()},
            "calibrated": self.calibrated[0],
            "calibration": self.calibrated[1],
            "union_proven": self.proven[0],
            "union": self.proven[1],
            "enough_rows": list(self.light()),
            "columns": list(self.columns),
            "columns_for_rows": self.crowded,
            "warnings": list(self.warnings),
        }

    def cautious(self, more: str, less: str = "") -> Reading:
        """A value or a difference with all that may have made it by chance, so that it can be compared with 0.

        Rows are not all that moves it: fitted on other rows, predictors come out otherwise, by .5/sqrt(n). And I12, for which the best of
        many joint predictors are chosen on these rows, is 3/n too large at worst. Without any information, sixteen shuffled targets of
        240 rows gave I12 = .022 bit on average, and four of them above 1.645 standard errors of rows.
        """
        of = self.rows.quantities()
        mean, rows = self.rows.scatter(of[more] - of[less] if less else of[more])
        mean -= LEAK / self.rows.units if more == "i12" else 0.0
        se = float(np.hypot(rows, REFIT / np.sqrt(self.rows.units)))
        reach = _reach(self.level) * se
        return Reading(mean, se, Interval(mean - reach, mean + reach), mean - ONE_SIDED * se)

    @property
    def crowded(self) -> str:
        """Whether rows are few for so many columns, in a sentence; empty where they are not."""
        columns, rows = sum(self.columns), self.rows.units
        if rows >= CROWDED * columns:
            return ""
        what = "rows" if rows == self.rows.n else "independent groups or blocks of rows"
        return (
            f"{columns:,} columns for {rows:,} {what}, {rows / columns:.2g} a column: columns that tell nothing lower what predictors read. That is a "
            "statement about so many rows, not about the modality. In simulations of 1,000 rows, 8 rows a column cost 2 and 31 % of I12, 20 rows 1 and 7 %."
        )

    def light(self) -> tuple[str, str]:
        """Green, amber or red, and why: whether the rows are enough for what is said."""
        n, rarest = self.rows.units, int(np.bincount(self.rows.codes).min())
        half = max(0.5 * (r.interval.high - r.interval.low) for r in (self.readings[name] for name in ATOMS))
        rows = (
            f"{n:,} rows"
            if n == self.rows.n
            else f"{self.rows.n:,} rows in {n:,} groups or blocks that are independent"
        )
        numbers = f"{rows}, {rarest:,} in the rarest class; the widest interval of an atom is ± {half:.2f} bit"
        if n < TOO_FEW or rarest < TOO_RARE:
            return (
                "red",
                f"{numbers}. Below {TOO_FEW} independent rows or {TOO_RARE} rows of a class predictors hardly learn: only large numbers mean anything.",
            )
        if n < FEW or rarest < RARE or half > WIDE:
            return (
                "amber",
                f"{numbers}. Below {FEW} independent rows or {RARE} rows of a class, predictors miss much of what more rows would show them.",
            )
        if self.doubt:
            return "amber", f"{numbers}. {self.doubt}"
        return "green", f"{numbers}."


def row_arrays(estimate: PIDEstimate, of_data: np.ndarray) -> dict[str, np.ndarray]:
    """What every row says, as arrays that `Headline.of` reads; `of_data`: the row of the data behind each row given."""
    if estimate.predictive is None:
        raise BadData(f"the estimator is {estimate.estimator!r}; allowed: predictive, which speaks of every row")
    rows, said = estimate.predictive.rows, estimate.predictive.posteriors
    names = ("index", "codes", "i1", "i2", "i12", "union", "late", "weights")
    arrays = {name: getattr(rows, name) for name in names} | {"of_data": np.asarray(of_data)}
    arrays |= {name: said[of].astype(np.float32) for of, name in _SAID.items()}
    return arrays if rows.clusters is None else arrays | {"clusters": rows.clusters}


def headline_of(estimate: PIDEstimate, of_data: np.ndarray) -> Headline:
    """The headline of an estimate made in this process."""
    return Headline.of(estimate.to_dict(), row_arrays(estimate, of_data))


def _read(result: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Headline:
    told = result["predictive"]
    rows = RowAtoms(
        given=int(result["n"]),
        clusters=arrays.get("clusters"),
        **{name: arrays[name] for name in ("index", "codes", "i1", "i2", "i12", "union", "late", "weights")},
    )
    checks = {str(check["name"]): (bool(check["passed"]), str(check["words"])) for check in result["checks"]}
    interaction, synergy = told["interaction"], told["synergy_test"]
    return Headline(
        title=str(told["title"]),
        n=int(result["n"]),
        classes=tuple(map(str, told["classes"])),
        dropped={str(name): int(count) for name, count in told["dropped"].items()},
        entropy=float(told["entropy"]),
        readings={name: read_reading(one) for name, one in told["readings"].items()},
        leans=dict(told["leans"]),
        bounds={name: float(told["bounds"][name]) for name in FourAtoms._fields},
        interaction=Test(float(interaction["p"]), bool(interaction["present"]), str(interaction["words"])),
        synergy=None if synergy is None else Test(float(synergy["p"]), bool(synergy["present"]), str(synergy["words"])),
        predictors={
            name: Predictor(
                dict(one["weights"]), float(one["temperature"]), float(one["believed"]), float(one["on_labels"])
            )
            for name, one in told["fitted"].items()
        },
        calibrated=checks["calibration"],
        proven=checks["union information"],
        warnings=(*map(str, result.get("said", ())), *map(str, result["warnings"])),
        rows=rows,
        of_data=arrays["of_data"],
        posteriors=(arrays["x1"], arrays["x2"]),
        fused=(arrays["p_late"], arrays["p_joint"]) if "p_joint" in arrays else None,
        columns=(int(result["dims"][0]), int(result["dims"][1])),
        level=float(result["settings"]["level"]),
        seconds=float(result["seconds"]),
    )


def read_reading(one: Mapping[str, Any]) -> Reading:
    """What `Reading.to_dict` wrote."""
    value, se, at_least, low, high = map(_number, (one["value"], one["se"], one["at_least"], *one["interval"]))
    return Reading(value, se, Interval(low, high), at_least, bool(one["bound_only"]))


def _number(value: Any) -> float:
    """A number; JSON has none that is not finite."""
    return float("nan") if value is None else float(value)


def _reach(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * level))

"""From rows as they were given to an `Answer`: labels, samplings and columns read, the estimate, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.discretize import Discretizer, discretize_target
from mmexplore.errors import BadData
from mmexplore.estimators.mi.variables import repeated_share
from mmexplore.estimators.pids import Answer, Check
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.predictive.columns import Columns, as_array, pick, read_columns
from mmexplore.estimators.predictive.estimate import SHORT, Asked, Design, predictive_pid
from mmexplore.estimators.predictive.rare import Used, choose
from mmexplore.estimators.predictive.result import Prediction
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.watching import Watcher
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATIONS

FEWEST_ROWS = 20
REPEATED = 0.05  # share of rows that occur more than once, above which groups are asked for
LOOKED_AT = 20  # columns
REPEATS = 20  # columns with fewer different values than one in so many rows repeat by nature


@dataclass(frozen=True)
class Start:
    """What is the same whatever the modalities are: labels, the rows used, how they were drawn.

    Attributes:
        used: rows and classes.
        design: how they were drawn, of the rows used.
        groups: of all rows, or None.
        title: what is decomposed.
        notes: what was done to the target, in sentences.
    """

    used: Used
    design: Design
    groups: np.ndarray | None
    title: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, rows: Rows, settings: PredictiveSettings) -> Start:
        """Read labels and sampling, and choose the rows.

        Raises:
            BadData: no two classes with enough rows, or a sampling that is none.
        """
        codes, classes, title, notes = _labels(rows, settings)
        groups, time, weights = _sampling(rows.sampling, rows.n)
        if weights is not None and (worth := _worth(weights)) < FEWEST_ROWS:
            raise BadData(
                f"weights make {rows.n:,} rows worth {worth:,.1f} of equal weight (Kish); allowed: worth at least {FEWEST_ROWS}"
            )
        used = choose(codes, classes, weights, groups, time, settings.most_rows, settings.seed)
        at = used.index
        design = Design(
            None if groups is None else np.unique(groups[at], return_inverse=True)[1],
            None if time is None else time[at],
            None if weights is None else weights[at],
        )
        return cls(used, design, groups, title, notes)

    def columns(self, x: Any, role: str, settings: PredictiveSettings) -> Columns:
        """A modality's columns of the rows used; `role` is what its notes call it."""
        return read_columns(pick(x, self.used.index), role, settings.seed)

    def asked(self, n: int, columns: tuple[tuple[str, ...], tuple[str, ...]], settings: PredictiveSettings) -> Asked:
        """What is asked of two modalities of n rows given."""
        return Asked(
            self.design,
            given=n,
            title=self.title,
            columns=columns,
            draws=settings.draws,
            level=settings.level,
            seed=settings.seed,
        )


def answer(rows: Rows, settings: PredictiveSettings, watcher: Watcher) -> Answer:
    """`predictive_pid` of the rows that can be used."""
    start = Start.of(rows, settings)
    columns = [start.columns(x, role, settings) for role, x in (("x1", rows.x1), ("x2", rows.x2))]
    frames = iter(range(1000))
    found = predictive_pid(
        columns[0].values,
        columns[1].values,
        start.used,
        start.asked(rows.n, (columns[0].names, columns[1].names), settings),
        report=watcher.progress,
        early=lambda numbers: watcher.frame(next(frames), numbers),
    )
    notes = (note for part in columns for note in part.notes)
    said = (*start.notes, *start.used.notes, *notes, *repeated_measurements(columns, start.groups))
    return _answer(found, said, start.used, start.design)


def _answer(found: Prediction, said: tuple[str, ...], used: Used, design: Design) -> Answer:
    numbers = {name: one.value for name, one in found.readings.items()}
    test = found.synergy
    details = {"entropy": found.entropy, "combining": numbers["combining"], "interaction": numbers["interaction"]}
    details |= {f"{name}_at_least": found.readings[name].at_least for name in ("redundancy", "synergy")}
    details |= {f"{name}_bound": getattr(found.bounds, name) for name in ATOMS}
    details |= {
        "interaction_p": found.interaction.p,
        "union_bound": found.union_bound.value,
        "rows_used": float(found.rows.n),
    }
    details |= {} if test is None else {"no_synergy_p": test.p}
    return Answer(
        i1=numbers["i1"],
        i2=numbers["i2"],
        i12=numbers["i12"],
        union=numbers["union"],
        intervals={name: found.readings[name].interval for name in (*ATOMS, *INFORMATIONS)},
        checks=_checks(found),
        warnings=(*said, *_warnings(found, design)),
        details=details,
        predictive=found,
    )


def _checks(found: Prediction) -> tuple[Check, ...]:
    short = max(found.readings["i1"].value, found.readings["i2"].value) - found.union_bound.value
    told = {"x1": "X1", "x2": "X2", "joint": "both modalities"}
    off = [
        f"{words} believe in {one.believed:.2f} bit and score {one.on_labels:.2f}"
        for name, words in told.items()
        if not (one := found.fitted[name]).calibrated
    ]
    return (
        Check(
            "union information",
            short <= SHORT,
            f"The dual point proves an I* of {found.union_bound.value:.3f} bit on the rows; the larger modality alone says "
            + (f"{short:.3f} more ({SHORT:g} allowed), and stands for it." if short > 0 else "less, as it must."),
        ),
        Check(
            "calibration",
            not off,
            f"The predictors of {'; '.join(off)}: R may be read too high."
            if off
            else "The predictors score on labels what their probabilities believe in.",
        ),
    )


def _warnings(found: Prediction, design: Design) -> list[str]:
    bounded = [
        f"{ATOM_SYMBOLS[name]} {found.readings[name].words()}" for name in ATOMS if found.readings[name].bound_only
    ]
    weights, *others = design_notes(found, design)
    said = [weights] if weights else []
    if bounded:
        said.append(f"Cannot be told from 0: {', '.join(bounded)} bit.")
    said += [*found.statements()[3:], *others]
    if found.synergy is None and (design.groups is not None or design.weights is not None):
        said.append("No test of S = 0: pairing rows anew would break groups and weights.")
    return said


def design_notes(found: Prediction, design: Design) -> list[str]:
    """How the rows were drawn and what follows, in sentences: of weights first (empty where there are none), then of groups and time."""
    worth = 0.0 if design.weights is None else _worth(design.weights)
    said = [f"Weights: {found.rows.n:,} rows are worth {worth:,.0f} of equal weight (Kish)." if worth else ""]
    counts = np.bincount(found.folds)
    if design.groups is not None:
        said.append(
            f"{len(np.unique(design.groups)):,} groups in {len(counts)} folds; no group is predicted from its own rows."
        )
        lonely = _lonely(found, design.groups)
        if lonely:
            said.append(f"Classes that one group alone holds cannot be predicted from others: {', '.join(lonely[:8])}.")
    if design.time is not None:
        said.append(f"A series in {len(counts)} blocks; errors are those of blocks, and there is no test of S = 0.")
    return said


def repeated_measurements(columns: list[Columns], groups: np.ndarray | None) -> list[str]:
    """Whether measurements occur in several rows: subjects, perhaps, that should be told."""
    values = np.concatenate([part.values for part in columns], axis=1)
    if groups is not None or not values.shape[1]:
        return []
    some = values[:, np.unique(np.linspace(0, values.shape[1] - 1, LOOKED_AT).astype(int))]
    codes = np.stack([np.unique(column, return_inverse=True)[1] for column in some.T], axis=1)
    share = repeated_share(codes)
    measured = int(codes.max()) + 1 > len(codes) // REPEATS
    if share <= REPEATED or not measured:
        return []
    return [
        f"{share:.0%} of the rows repeat the measurements of others: if these are the same subjects, say groups, or folds leak."
    ]


def _worth(weights: np.ndarray) -> float:
    """How many rows of equal weight these rows are worth (Kish 1965)."""
    top = float(weights.max(initial=0.0))
    if not top:
        raise BadData("all weights are 0; allowed: some above 0")
    scaled = weights / top
    return float(scaled.sum() ** 2 / (scaled**2).sum())


def _lonely(found: Prediction, groups: np.ndarray) -> list[str]:
    codes = found.rows.codes
    return [name for k, name in enumerate(found.classes) if len(np.unique(groups[codes == k])) == 1]


def _labels(rows: Rows, settings: PredictiveSettings) -> tuple[np.ndarray, tuple[str, ...], str, tuple[str, ...]]:
    """Classes of all rows, their names, what is decomposed, and what was done."""
    if rows.target == "label":
        return rows.codes, rows.classes, f"the label of {len(rows.classes)} classes", ()
    y = np.asarray(rows.y, dtype=np.float64).reshape(rows.n, -1)
    gone = int((~np.isfinite(y)).any(axis=1).sum())
    if gone:
        raise BadData(f"y has {gone:,} rows with a missing or infinite value; leave these rows out")
    if rows.target == "scalar":
        cut = discretize_target(y[:, 0], settings.classes, most=2, name="y")
    else:
        cut = Discretizer(method="kmeans", bins=settings.classes, missing="refuse").discretize(y)
    words = f"y in {len(cut.labels)} {'quantiles' if rows.target == 'scalar' else 'clusters'}"
    said = f"What is decomposed is {words}, not y itself: unique parts can only be smaller, redundancy and synergy may be smaller or larger."
    return np.asarray(cut.codes, dtype=np.int64), tuple(map(str, cut.labels)), words, (said, *cut.notes)


def _sampling(sampling: Sampling, n: int) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
    """Groups from 0 up, places in a series, and weights; (n,) each, or None."""
    groups = time = weights = None
    if sampling.groups is not None:
        ids = _one_a_row(sampling.groups, "groups", n)
        groups = np.unique(ids.astype(str) if ids.dtype == object else ids, return_inverse=True)[1].astype(np.int64)
    if sampling.time is not None and sampling.time is not False:
        time = np.arange(n) if sampling.time is True else _order(_one_a_row(sampling.time, "time", n))
    if sampling.weights is not None:
        try:
            weights = _one_a_row(sampling.weights, "weights", n).astype(np.float64)
        except (TypeError, ValueError):
            raise BadData("weights hold no numbers; allowed: at least 0, one a row") from None
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise BadData(
                f"weights has {int((~(weights >= 0) | np.isinf(weights)).sum()):,} negative, missing or infinite values; allowed: at least 0"
            )
    return groups, time, weights


def _one_a_row(values: Any, name: str, n: int) -> np.ndarray:
    array = as_array(values)
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.shape != (n,):
        raise BadData(f"{name} has shape {array.shape}; allowed: ({n:,},), one value a row")
    return array


def _order(values: np.ndarray) -> np.ndarray:
    """Place of every row by numbers, dates or text."""
    import pandas as pd

    gone = int(np.asarray(pd.isna(values)).sum())
    if gone:
        raise BadData(f"time is missing in {gone:,} rows; leave these rows out")
    try:
        return np.asarray(np.unique(values, return_inverse=True)[1])
    except TypeError:
        return np.asarray(np.unique(values.astype(str), return_inverse=True)[1])

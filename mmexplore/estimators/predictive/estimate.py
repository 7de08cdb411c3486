"""From two modalities and a label to the decomposition that cross-fitted predictors show.

1. Folds. 2. Each modality: a family of classifiers, out of fold. 3. Pooled and calibrated: T1, T2. 4. States of T1 and T2, soft tables, the
dual point of least union information, scored on the true labels. 5. Both modalities: late fusion and joint predictors. 6. Rows, their
means and standard errors. 7. Two tests.

No column is binned: a modality is replaced by what a predictor says of the label from it, which loses nothing where the predictor is right
(X enters a decomposition by p(y|x) alone, up to Blackwell equivalence: Bertschinger et al. 2014, arXiv 1311.2852) and can only lower R, I1, I2
and I* where it is not (garbling: Banerjee, Olbrich, Jost & Rauh 2018, arXiv 1807.05103).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmexplore.datasets.closed_forms import entropy
from mmexplore.estimators.predictive.bounds import bounds
from mmexplore.estimators.predictive.folds import assign, how_many
from mmexplore.estimators.predictive.joint import fuse
from mmexplore.estimators.predictive.nulls import SynergyTest, interaction_test, synergy_test
from mmexplore.estimators.predictive.pooling import Pool, pool
from mmexplore.estimators.predictive.probes import STEEP_RIDGE, Member, constant, curved, linear
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.rare import Used
from mmexplore.estimators.predictive.result import LEANS, Fitted, Prediction
from mmexplore.estimators.predictive.rows import Reading, RowAtoms, reading, readings, within
from mmexplore.estimators.predictive.scores import Scores
from mmexplore.estimators.predictive.views import View, joined
from mmexplore.estimators.tables.resampling import stream
from mmexplore.types import Atoms

SHORT = 0.01  # bit by which I* may fall short of the larger modality
BLOCKS = 50  # of a series, for standard errors
ROWS_PER_BLOCK = 20
STEPS_A_MODALITY, STEPS_A_PAIR = 7, 14  # calls of `tell` in a fold, roughly
NULL_ROWS = 2000  # rows that the test of S = 0 uses at most

Report = Callable[[float, str], None]
Early = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class Design:
    """How the rows were drawn, all of the rows used, or None.

    Attributes:
        groups: group of every row from 0 up, (n,).
        time: place of every row in a series, (n,).
        weights: of the rows, positive, (n,).
    """

    groups: np.ndarray | None = None
    time: np.ndarray | None = None
    weights: np.ndarray | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked, beside the rows.

    Attributes:
        design: how the rows were drawn.
        given: how many rows were given.
        title: what is decomposed.
        columns: names of the columns.
        draws: of the test of S = 0; 0: no test.
        level: of the intervals.
        seed: of every random draw.
    """

    design: Design
    given: int
    title: str
    columns: tuple[tuple[str, ...], tuple[str, ...]]
    draws: int
    level: float
    seed: int


def predictive_pid(
    x1: np.ndarray, x2: np.ndarray, used: Used, asked: Asked, *, report: Report, early: Early
) -> Prediction:
    """Estimate and say what is known of its error.

    Args:
        x1, x2: columns of the rows used, nan where missing, float64 (n, d).
        used: these rows and their classes.
        asked: everything else.
        report: told the share of the work done and a few words; may raise.
        early: told numbers by name as soon as there are some.
    """
    problem = problem_of(used, asked, report)
    return of_pair(Modality(x1, problem, "X1"), Modality(x2, problem, "X2"), used, asked, problem, early)


def problem_of(used: Used, asked: Asked, report: Report, modalities: int = 2) -> Problem:
    """Labels, weights and folds, which are the same whatever the modalities are.

    Args:
        used: the rows used and their classes.
        asked: how they were drawn, and what is tested.
        report: told the share of the work done and a few words; may raise.
        modalities: every pair of so many is to be fitted.
    """
    design, seed = asked.design, asked.seed
    folds = assign(used.codes, how_many(used.codes), seed, design.groups, design.time)
    weights = np.ones(len(used.codes)) if design.weights is None else design.weights / design.weights.mean()
    pairs = modalities * (modalities - 1) // 2
    each_fold = STEPS_A_MODALITY * modalities + STEPS_A_PAIR * pairs
    steps = _Steps(report, each_fold * (int(folds.max()) + 1) + pairs * asked.draws)
    return Problem(used.codes, len(used.classes), weights, folds, seed, steps)


class Modality:
    """A modality and what predicts the label from it alone; fitted when it is asked for, once for all pairs that it is part of.

    Attributes:
        view: its columns.
    """

    def __init__(self, values: np.ndarray, problem: Problem, words: str) -> None:
        """Take the columns of the rows used, nan where missing, float64 (n, d), and what to call them in the progress."""
        self.view = View(values, problem.seed)
        self._problem, self._words = problem, words

    @cached_property
    def lines(self) -> list[Member]:
        """Linear predictors."""
        return linear(self.view, self._problem, self._words)

    @cached_property
    def pool(self) -> Pool:
        """All predictors, pooled."""
        members = curved(self.view, self.lines, self._problem, self._words)
        return pool([constant(self._problem), *self.lines, *members], self._problem)


def of_pair(first: Modality, second: Modality, used: Used, asked: Asked, problem: Problem, early: Early) -> Prediction:
    """`predictive_pid` of two modalities that other pairs may share."""
    views = (first.view, second.view)
    both = joined(*views)
    lines = [first.lines, second.lines, linear(both, problem, "Both modalities", STEEP_RIDGE)]
    means = [problem.mean(problem.bits(pool([constant(problem), *members], problem).p)) for members in lines]
    early(dict(zip(("i1", "i2", "i12"), means, strict=True)))
    alone = (first.pool, second.pool)
    scores = Scores.of(alone[0].p, alone[1].p, problem)
    early(scores.numbers(problem))
    fusion = fuse(views, both, lines[2], alone, Member("dual point", scores.fused), problem)
    rows = scores.rows(
        fusion.late.p, fusion.joint.p, used.index, asked.given, _clusters(asked.design, problem.n), problem
    )
    early(_means(rows))
    free = {"unique1": scores.free - scores.i2, "unique2": scores.free - scores.i1}
    found = within(entropy(problem.py), readings(rows, free, asked.level))
    test = _tested(views, alone, found["synergy"], asked, problem)
    pools = {"x1": alone[0], "x2": alone[1], "late": fusion.late, "joint": fusion.joint}
    return _told(used, asked, problem, scores, rows, found, test, pools)


def _told(
    used: Used,
    asked: Asked,
    problem: Problem,
    scores: Scores,
    rows: RowAtoms,
    found: dict[str, Reading],
    test: SynergyTest | None,
    pools: dict[str, Pool],
) -> Prediction:
    """Everything in one place."""
    most = entropy(problem.py)
    return Prediction(
        title=asked.title,
        classes=used.classes,
        dropped=used.dropped,
        entropy=most,
        readings=found,
        leans=dict(LEANS),
        union_bound=reading(*rows.scatter(scores.free), asked.level),
        bounds=bounds(found["i1"].at_least, found["i2"].at_least, most),
        interaction=interaction_test(problem.bits(pools["joint"].p), problem.bits(pools["late"].p), rows),
        synergy=test,
        fitted={name: _fitted(one, problem) for name, one in pools.items()},
        rows=rows,
        folds=problem.folds,
        posteriors={name: one.p for name, one in pools.items()},
        columns=asked.columns,
    )


class _Steps:
    """Turns pieces of work into a share of the whole."""

    def __init__(self, report: Report, expected: int) -> None:
        self._report, self._expected, self._done = report, expected, 0

    def __call__(self, words: str) -> None:
        self._report(min(0.99, self._done / self._expected), words)
        self._done += 1


def _clusters(design: Design, n: int) -> np.ndarray | None:
    """What is independent of each other: groups, or blocks of time."""
    if design.groups is not None:
        return design.groups
    if design.time is None:
        return None
    place = np.empty(n, dtype=np.int64)
    place[np.argsort(design.time, kind="stable")] = np.arange(n)
    return place * int(np.clip(n // ROWS_PER_BLOCK, 5, BLOCKS)) // n


def _means(rows: RowAtoms) -> dict[str, float]:
    means = {name: rows.scatter(getattr(rows, name))[0] for name in ("i1", "i2", "i12", "union")}
    atoms = Atoms.of(means["i1"], means["i2"], means["i12"], means["union"])
    return means | {name: float(value) for name, value in atoms._asdict().items()}


def _tested(
    views: tuple[View, View], alone: tuple[Pool, ...], synergy: Reading, asked: Asked, problem: Problem
) -> SynergyTest | None:
    design = asked.design
    if not asked.draws or any(part is not None for part in (design.groups, design.time, design.weights)):
        return None
    few = np.arange(problem.n)
    if problem.n > NULL_ROWS:
        few = np.sort(stream(problem.seed, "test rows").choice(problem.n, NULL_ROWS, replace=False))
    smaller = Problem(
        problem.codes[few],
        problem.ny,
        problem.weights[few],
        problem.folds[few],
        problem.seed,
        problem.tell,
    )
    parts = tuple(View(view.raw[few], view.seed) for view in views)
    return synergy_test((parts[0], parts[1]), (alone[0].p[few], alone[1].p[few]), synergy, asked.draws, smaller)


def _fitted(one: Pool, problem: Problem) -> Fitted:
    believed = (one.p * (np.log2(one.p) - np.log2(problem.py))).sum(axis=1)
    return Fitted(one.weights, one.temperature, problem.mean(believed), problem.mean(problem.bits(one.p)))

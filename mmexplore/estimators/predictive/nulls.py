"""Two tests: is there interaction beyond every late fusion, and is there synergy at all?

**Interaction.** The paired z of log scores, joint pool minus additive pool, one-sided; said only above .01 bit, too, since an infinite
slope (the sign of a sum) leaves .003.

**S = 0.** Within each class and fold the rows of modality 2 are paired anew with those of modality 1, at random with chances
prod q*(t1, t2 | y) / q*(t1 | y) q*(t2 | y) of the coupling of least synergy of few states: swaps of two partners, taken or left by the rule
of Metropolis, as in the conditional permutation test (Berrett, Wang, Barber & Samworth 2020, arXiv 1807.05405). This keeps (X1, Y), (X2, Y)
and the folds exactly and is drawn from a population without synergy. A cheap joint stage is fitted on the rows and on every such draw:
p = (1 + #{draw >= rows}) / (draws + 1). Pairing anew leaves R, U1 and U2 as they are, so there is no such test for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from mmexplore.errors import NotConverged
from mmexplore.estimators.predictive.joint import crossed_features, few_scores
from mmexplore.estimators.predictive.logistic import cross_logistic
from mmexplore.estimators.predictive.pooling import mixture_weights
from mmexplore.estimators.predictive.probes import standardised
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.rows import Reading, RowAtoms
from mmexplore.estimators.predictive.states import states
from mmexplore.estimators.predictive.views import View
from mmexplore.estimators.tables.resampling import stream
from mmexplore.info.broja import solve

ALPHA = 0.05
LEAST_GAIN = 0.01  # bit
HARD_STATES = 8
HARD_CLUSTERS = 6
STAGE_FOLDS = 3  # of the cheap joint stage
STAGE = 6  # components of a modality in the cheap stage
STAGE_RIDGE = 0.2
STAGE_DONE = 1e-4  # nats a row at which its fits end
STAGE_CLOSE = 1e-3  # and its weights
RAREST = 1e-4  # odds of a pair of states that the coupling does not have
SWAPS = 60  # of every row
CUTS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class InteractionTest:
    """Whether something is beyond every late fusion.

    Attributes:
        gain: joint pool minus additive pool, bits a row.
        z, p: of the paired differences, one-sided.
        present: p <= .05 and gain > .01 bit.
    """

    gain: float
    z: float
    p: float
    present: bool

    def words(self) -> str:
        """The verdict in a sentence."""
        told = (
            f"both modalities together predict {self.gain:.3f} bit better than the best late fusion (z = {self.z:.1f})"
        )
        return f"Interaction: {told}." if self.present else f"No interaction beyond late fusion is seen: {told}."


def interaction_test(joint: np.ndarray, late: np.ndarray, rows: RowAtoms) -> InteractionTest:
    """From the log scores of the two pools, bits of every row, (n,)."""
    gain, se = rows.scatter(joint - late)
    z = gain / se if se > 0 else 0.0
    p = float(ndtr(-z))
    return InteractionTest(gain, float(z), p, bool(p <= ALPHA and gain > LEAST_GAIN))


@dataclass(frozen=True)
class SynergyTest:
    """Whether there is synergy.

    Attributes:
        statistic: I12 by the cheap joint stage, on the rows, in bits.
        null: the same on every draw without synergy.
        p: share of draws, and of the rows, that reach the statistic.
        at_least: one-sided lower end of S.
        present: p <= .05 and `at_least` > 0.
    """

    statistic: float
    null: np.ndarray
    p: float
    at_least: float
    present: bool

    @property
    def draws(self) -> int:
        """How many."""
        return len(self.null)

    def words(self) -> str:
        """The verdict in a sentence."""
        told = f"p = {self.p:.2g} of {self.draws} draws without synergy, S at least {max(0.0, self.at_least):.3f} bit"
        if self.present:
            return f"Synergy: {told}. It stands unless the predictors of X1 and X2 alone miss together more than S."
        return f"No synergy is established: {told}."


def synergy_test(
    views: tuple[View, View], posteriors: tuple[np.ndarray, np.ndarray], synergy: Reading, draws: int, problem: Problem
) -> SynergyTest:
    """Fit the cheap joint stage on the rows and on `draws` pairings without synergy.

    Args:
        views: the modalities.
        posteriors: what each says alone, out of fold, (n, ny).
        synergy: S as estimated.
        draws: how many.
        problem: labels and folds; weights are taken for equal.
    """
    stage = _Stage.of(views, posteriors)
    cells = [states(p, problem, HARD_STATES, HARD_CLUSTERS) for p in posteriors]
    odds = least_synergy(cells[0], cells[1], problem)
    blocks = problem.codes * (int(problem.folds.max()) + 1) + problem.folds
    coarse = replace(problem, folds=problem.folds % STAGE_FOLDS)
    statistic = stage.information(np.arange(problem.n), coarse)
    null = np.empty(draws)
    for k in range(draws):
        problem.tell("Testing S = 0")
        rng = stream(problem.seed, "no synergy", k)
        partner = paired_anew(odds, cells[0], cells[1], blocks, problem.codes, rng)
        null[k] = stage.information(partner, coarse)
    p = (1 + int((null >= statistic).sum())) / (draws + 1)
    return SynergyTest(statistic, null, p, synergy.at_least, bool(p <= ALPHA and synergy.at_least > 0))


@dataclass(frozen=True)
class _Stage:
    """A joint predictor that takes milliseconds: what each modality says alone, few components, their products, and cells of scores."""

    scores: tuple[np.ndarray, np.ndarray]
    parts: tuple[np.ndarray, np.ndarray]
    cells: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, views: tuple[View, View], posteriors: tuple[np.ndarray, np.ndarray]) -> _Stage:
        scores = [few_scores(p) for p in posteriors]
        cells = [np.concatenate([_cut(column) for column in score.T], axis=1) for score in scores]
        parts = [view.components(STAGE) for view in views]
        return cls((scores[0], scores[1]), (parts[0], parts[1]), (cells[0], cells[1]))

    def information(self, partner: np.ndarray, problem: Problem) -> float:
        """I12 in bits, where row i of modality 1 goes with row `partner[i]` of modality 2."""
        scores, parts, cells = ((a, b[partner]) for a, b in (self.scores, self.parts, self.cells))
        added = standardised(np.concatenate(scores, axis=1))
        products = np.concatenate([crossed_features(*scores), crossed_features(*parts)], axis=1)
        plateaus = np.concatenate([added, crossed_features(*cells)], axis=1)
        stages = ((added, 1.0), (products, STAGE_RIDGE), (plateaus, STAGE_RIDGE))
        ps = [cross_logistic(x, problem, (c,), done=STAGE_DONE)[0] for x, c in stages]
        weights = mixture_weights(np.stack([problem.own(p) for p in ps], axis=1), problem.weights, close=STAGE_CLOSE)
        return problem.mean(problem.bits(sum(w * p for w, p in zip(weights, ps, strict=True))))


def _cut(column: np.ndarray) -> np.ndarray:
    """Which quarter, as three columns of 0 and 1."""
    return np.stack([column > cut for cut in np.quantile(column, CUTS)], axis=1).astype(np.float64)


def least_synergy(first: np.ndarray, second: np.ndarray, problem: Problem) -> np.ndarray:
    """ln q*(t1, t2 | y) / q*(t1 | y) q*(t2 | y) of the coupling of least synergy, (states 1, states 2, ny)."""
    counts = np.zeros((int(first.max()) + 1, int(second.max()) + 1, problem.ny))
    np.add.at(counts, (first, second, problem.codes), 1.0)
    coupling = solve(counts[None] / problem.n, 1e-6, coupling=True).coupling
    if coupling is None:  # not while one is asked for
        raise NotConverged("the solver returned no coupling")
    q = np.maximum(np.asarray(coupling[0], dtype=np.float64), 0.0)
    apart = q.sum(axis=1, keepdims=True) * q.sum(axis=0, keepdims=True) / np.maximum(q.sum(axis=(0, 1)), 1e-300)
    return np.log(np.maximum(q / np.maximum(apart, 1e-300), RAREST))


def paired_anew(
    odds: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    blocks: np.ndarray,
    codes: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """The row of modality 2 that goes with every row of modality 1, (n,): a random pairing within blocks, of chance prod exp(odds).

    Args:
        odds: log odds of pairs of states, by class, of `least_synergy`.
        first, second: states, (n,).
        blocks: rows of one class and one fold, (n,).
        codes: classes, (n,).
        rng: of the draw.
    """
    n = len(codes)
    partner = np.empty(n, dtype=np.int64)
    partner[np.argsort(blocks, kind="stable")] = np.argsort(blocks + rng.random(n))
    for _ in range(SWAPS):
        order = np.argsort(blocks + rng.random(n))
        i, j = order[: n - 1 : 2], order[1::2]
        same = blocks[i] == blocks[j]
        i, j = i[same], j[same]
        y, a, b, c, d = codes[i], first[i], first[j], second[partner[i]], second[partner[j]]
        gain = odds[a, d, y] + odds[b, c, y] - odds[a, c, y] - odds[b, d, y]
        swap = np.log(rng.random(len(i))) < gain
        i, j = i[swap], j[swap]
        partner[i], partner[j] = partner[j], partner[i]
    return partner

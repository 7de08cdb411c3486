"""Two tests: is there interaction beyond every late fusion, and is there synergy at all?

**Interaction.** The paired z of log scores, joint pool minus additive pool, one-sided; said only above .01 bit, too, since an infinite
slope (the sign of a sum) leaves .003.

**S = 0.** Within each class the rows of modality 2 are paired anew with those of modality 1, so that pairs of states follow an integer
rounding of the coupling of least synergy q*(t1, t2 | y) of few states. This keeps (X1, Y) and (X2, Y) exactly and has no synergy. A cheap
joint stage is fitted on the rows and on every such draw: p = (1 + #{draw >= rows}) / (draws + 1). Pairing anew leaves R, U1 and U2 as they
are, so there is no such test for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from mmexplore.errors import NotConverged
from mmexplore.estimators.predictive.joint import crossed_features
from mmexplore.estimators.predictive.logistic import cross_logistic
from mmexplore.estimators.predictive.pooling import mixture_weights
from mmexplore.estimators.predictive.probes import Member, logits, standardised
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
STAGE = 6  # components of a modality in the cheap stage
STAGE_RIDGE = 0.2
STAGE_DONE = 1e-4  # nats a row at which its fits end
STAGE_CLOSE = 1e-3  # and its weights
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
    pairs = _least_synergy(cells[0], cells[1], problem)
    everyone = np.arange(problem.n)
    statistic = stage.information(everyone, problem)
    null = np.empty(draws)
    for k in range(draws):
        problem.tell("Testing S = 0")
        partner = _paired_anew(pairs, cells[0], cells[1], problem, stream(problem.seed, "no synergy", k))
        null[k] = stage.information(partner, problem)
    p = (1 + int((null >= statistic).sum())) / (draws + 1)
    at_least = synergy.at_least
    return SynergyTest(statistic, null, p, at_least, bool(p <= ALPHA and at_least > 0))


@dataclass(frozen=True)
class _Stage:
    """A joint predictor that takes milliseconds: what each modality says alone, few components, their products, and cells of scores."""

    scores: tuple[np.ndarray, np.ndarray]
    parts: tuple[np.ndarray, np.ndarray]
    cells: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, views: tuple[View, View], posteriors: tuple[np.ndarray, np.ndarray]) -> _Stage:
        scores = [standardised(logits([Member("", p)])) for p in posteriors]
        cells = [np.concatenate([_cut(column) for column in score.T[:4]], axis=1) for score in scores]
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


def _least_synergy(first: np.ndarray, second: np.ndarray, problem: Problem) -> np.ndarray:
    """Rows of every class in every pair of states under the coupling of least synergy, integers (states 1, states 2, ny)."""
    shape = int(first.max()) + 1, int(second.max()) + 1, problem.ny
    counts = np.zeros(shape, dtype=np.int64)
    np.add.at(counts, (first, second, problem.codes), 1)
    coupling = solve(counts[None] / problem.n, 1e-6, coupling=True).coupling
    if coupling is None:  # not while one is asked for
        raise NotConverged("the solver returned no coupling")
    q = np.asarray(coupling[0], dtype=np.float64) * problem.n
    return np.stack(
        [rounded(q[:, :, y], counts[:, :, y].sum(axis=1), counts[:, :, y].sum(axis=0)) for y in range(problem.ny)],
        axis=2,
    )


def rounded(q: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """A table of whole numbers near `q` with these sums: rounded down, and what is missing where the most was cut off."""
    table = np.floor(q + 1e-9).astype(np.int64)
    # rounding down may still exceed a sum by what the coupling is off
    while (table.sum(axis=1) > rows).any() or (table.sum(axis=0) > columns).any():
        over = (table.sum(axis=1) > rows)[:, None] | (table.sum(axis=0) > columns)[None, :]
        table[np.unravel_index(np.argmax(np.where(over, table, -1)), table.shape)] -= 1
    left, below = rows - table.sum(axis=1), columns - table.sum(axis=0)
    short = q - table
    while left.sum() > 0:
        open_cells = (left > 0)[:, None] & (below > 0)[None, :]
        a, b = np.unravel_index(np.argmax(np.where(open_cells, short, -np.inf)), table.shape)
        table[a, b] += 1
        left[a] -= 1
        below[b] -= 1
        short[a, b] -= 1.0
    return table


def _paired_anew(
    pairs: np.ndarray, first: np.ndarray, second: np.ndarray, problem: Problem, rng: np.random.Generator
) -> np.ndarray:
    """The row of modality 2 that goes with every row of modality 1, (n,): within classes, by the numbers of `pairs`."""
    partner = np.empty(problem.n, dtype=np.int64)
    for y in range(problem.ny):
        members = np.flatnonzero(problem.codes == y)
        a, b = (rng.permutation(members) for _ in range(2))
        a = a[np.argsort(first[a], kind="stable")]
        b = b[np.argsort(second[b], kind="stable")]
        table = pairs[:, :, y]
        # rows of modality 1 lie by state, and within a state by the state of their partner
        wanted = np.repeat(np.tile(np.arange(table.shape[1]), table.shape[0]), table.ravel())
        partner[a[np.argsort(wanted, kind="stable")]] = b
    return partner

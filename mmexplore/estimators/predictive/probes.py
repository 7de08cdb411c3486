"""What predicts the label from the columns of one modality, or of both: a family of cross-fitted classifiers.

Ridge logistic regression of three strengths on standardised columns and on their normal scores, of products of few components, and of
Nyström features (Williams & Seeger 2001); nearest neighbours; boosted trees; and a boosting of the logistic scores, which recalibrates
them and finds plateaus. None is right for all data; `mmexplore.estimators.predictive.pooling` weighs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.estimators.predictive.logistic import cross_logistic
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.views import View
from mmexplore.estimators.tables.resampling import stream

RIDGE = (0.02, 1.0, 30.0)
STEEP_RIDGE = (*RIDGE, 1000.0)  # of both modalities: the sign of a sum has an infinite slope
WIDE_RIDGE = (0.001, 0.02)
NEAR = (12, 40)
SEEN = 60  # neighbours that are looked up, of which those of other folds count
FEW_COORDINATES = 4  # in which a tree finds neighbours faster than looking at all
QUADRATIC = 8
LANDMARKS = 250
KERNEL_RIDGE = (0.5, 10.0)
BEST_COLUMNS = 32
BINS = 64
TREES = 50, 8  # boosting rounds and leaves on columns
FEW_TREES = 30, 4  # and on scores
FEWEST = 6  # rounds, whatever the number of classes
PACE = 6.0  # rounds times learning rate
RATES = 0.08, 0.2
LINEAR = "logistic"


@dataclass(frozen=True)
class Member:
    """A cross-fitted predictor.

    Attributes:
        name: what it is, in a few words.
        p: out-of-fold probabilities, (n, ny).
    """

    name: str
    p: np.ndarray


def constant(problem: Problem) -> Member:
    """p(y) for every row."""
    return Member("no column", np.tile(problem.py, (problem.n, 1)))


def linear(view: View, problem: Problem, words: str, penalties: tuple[float, ...] = RIDGE) -> list[Member]:
    """Ridge logistic regressions on the columns, and on their normal scores."""
    told = f"{words}: linear"
    if view.wide:
        found = [
            Member(f"{LINEAR}, C = {c:g}", p)
            for c, p in zip(WIDE_RIDGE, cross_logistic(view.linear, problem, WIDE_RIDGE, told), strict=True)
        ]
        few = view.components(view.few_components())
        return [*found, Member(f"{LINEAR}, {few.shape[1]} components", cross_logistic(few, problem, (1.0,), told)[0])]
    found = []
    for what, x in (("", view.linear), (" of normal scores", view.scores)):
        if x is not None:
            ps = cross_logistic(x, problem, penalties, told)
            found += [Member(f"{LINEAR}{what}, C = {c:g}", p) for c, p in zip(penalties, ps, strict=True)]
    return found


def curved(view: View, lines: Sequence[Member], problem: Problem, words: str, on_scores: bool = True) -> list[Member]:
    """The rest of the family: products, neighbours, kernels, trees, and, if asked for, trees on the scores of the linear ones."""
    quadratic = Member(
        "quadratic", cross_logistic(products(view.components(QUADRATIC)), problem, (0.05,), f"{words}: products")[0]
    )
    problem.tell(f"{words}: neighbours")
    found = [quadratic, *_neighbours(view.near, problem), *_kernel(view.near, problem, words)]
    found.append(Member("boosted trees", boosted(view.raw, problem, TREES, words=f"{words}: trees")))
    if on_scores:
        scores = logits([*representative(lines), quadratic])
        found.append(Member("trees on scores", boosted(scores, problem, FEW_TREES, words=f"{words}: trees on scores")))
    return found


def representative(lines: Sequence[Member]) -> list[Member]:
    """The linear predictors of middling strength, for what is stacked on them."""
    return [m for m in lines if m.name.endswith(("C = 1", "components"))] or list(lines[:1])


def logits(members: Sequence[Member]) -> np.ndarray:
    """ln p(y)/p(class 0) of every member, side by side, (n, members (ny - 1))."""
    return np.concatenate([np.log(m.p[:, 1:]) - np.log(m.p[:, :1]) for m in members], axis=1)


def products(parts: np.ndarray) -> np.ndarray:
    """Columns, and all products of two of them, of variance 1, (n, k + k (k + 1) / 2)."""
    a, b = np.triu_indices(parts.shape[1])
    return standardised(np.concatenate([parts, parts[:, a] * parts[:, b]], axis=1))


def standardised(x: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1."""
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0))


def _neighbours(x: np.ndarray, problem: Problem) -> list[Member]:
    """The classes of the nearest rows of other folds, nearer ones counting more."""
    from sklearn.neighbors import NearestNeighbors

    if not x.shape[1]:
        return []
    seen = min(SEEN, problem.n - 1)
    how = "kd_tree" if x.shape[1] <= FEW_COORDINATES else "brute"
    distance, index = NearestNeighbors(n_neighbors=seen, algorithm=how).fit(x).kneighbors()
    distance, weights = distance.astype(np.float64), problem.weights
    allowed = problem.folds[index] != problem.folds[:, None]
    order = np.cumsum(allowed, axis=1)
    closest = max(1e-3 * float(np.median(distance)), 1e-12)
    found = []
    for k in NEAR:
        counted = allowed & (order <= k)
        votes = np.where(counted, weights[index] / (distance + closest), 0.0)
        p = np.empty((problem.n, problem.ny))
        for y in range(problem.ny):
            p[:, y] = (votes * (problem.codes[index] == y)).sum(axis=1)
        mass = votes.sum(axis=1, keepdims=True)
        # half a neighbour of no known class
        share = np.where(mass > 0, 0.5 * mass / np.maximum(counted.sum(axis=1, keepdims=True), 1), 1.0)
        found.append(Member(f"{k} neighbours", problem.clip((p + share * problem.py) / (mass + share))))
    return found


def _kernel(x: np.ndarray, problem: Problem, words: str) -> list[Member]:
    """Ridge logistic regression in the span of a Gaussian kernel's values at some rows."""
    count = min(LANDMARKS, max(20, problem.n // 4), problem.n)
    if not x.shape[1]:
        return []
    rows = stream(problem.seed, "landmarks").choice(problem.n, count, replace=False)
    width = 1.0 / x.shape[1]
    sizes, axes = np.linalg.eigh(_gauss(x[rows], x[rows], width))
    kept = sizes > 1e-6 * sizes[-1]
    features = _gauss(x, x[rows], width) @ (axes[:, kept] / np.sqrt(sizes[kept]))
    ps = cross_logistic(features, problem, KERNEL_RIDGE, f"{words}: kernel")
    return [Member(f"kernel, C = {c:g}", p) for c, p in zip(KERNEL_RIDGE, ps, strict=True)]


def _gauss(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """exp(-width |a - b|^2), (len(a), len(b))."""
    square = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    return np.exp(-width * np.maximum(square, 0.0).astype(np.float64))


def boosted(
    x: np.ndarray,
    problem: Problem,
    size: tuple[int, int],
    *,
    apart: int = 0,
    words: str = "",
) -> np.ndarray:
    """Out-of-fold probabilities of boosted trees, (n, ny).

    Args:
        x: columns, nan where missing, (n, d).
        problem: labels, weights and folds.
        size: rounds for two classes, fewer where there are more; and leaves of a tree.
        apart: trees may use the first `apart` columns or the others, not both; 0: any.
        words: for the progress.
    """
    if not x.shape[1]:
        return constant(problem).p
    x = binned(x)

    def fit(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        seen = _best_columns(x[train], problem.codes[train], apart)
        return boost(x[train][:, seen], x[test][:, seen], problem, train, size, int((seen < apart).sum()))

    return problem.cross(fit, words)


def binned(x: np.ndarray) -> np.ndarray:
    """Columns as ranks among at most `BINS` quantiles, nan where missing: what trees see of them, made once for all folds."""
    found = np.empty(x.shape)
    for k, column in enumerate(x.T):
        gone = np.isnan(column)
        there = column[~gone]
        values = np.unique(there)
        cuts = values[1:] if len(values) <= BINS else np.unique(np.quantile(there, np.arange(1, BINS) / BINS))
        found[:, k] = np.where(gone, np.nan, np.searchsorted(cuts, column, side="right"))
    return found


def boost(
    x: np.ndarray, other: np.ndarray, problem: Problem, train: np.ndarray, size: tuple[int, int], apart: int = 0
) -> np.ndarray:
    """Boosted trees learned from rows `x` (those with the indices `train`): probabilities of `other`, (m, ny)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    codes, (trees, leaves) = problem.codes[train], size
    rounds = trees if problem.ny == 2 else max(FEWEST, 2 * trees // problem.ny)
    parts = [range(apart), range(apart, x.shape[1])] if 0 < apart < x.shape[1] else None
    how: dict[str, Any] = {"interaction_cst": parts}
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        max_leaf_nodes=leaves,
        learning_rate=float(np.clip(PACE / rounds, *RATES)),
        min_samples_leaf=int(np.clip(len(codes) // 40, 5, 20)),
        early_stopping=False,
        max_bins=BINS,
        random_state=problem.seed,
        **how,
    )
    if codes.min() == codes.max():
        return np.tile(problem.py, (len(other), 1))
    model.fit(x, codes, sample_weight=None if problem.even else problem.weights[train])
    found = np.zeros((len(other), problem.ny))
    found[:, model.classes_] = model.predict_proba(other)
    return found


def _best_columns(x: np.ndarray, codes: np.ndarray, apart: int) -> np.ndarray:
    """The columns that differ most between the classes of the training rows, by their F; all where they are few.

    Of two modalities, half of each.
    """
    d = x.shape[1]
    if d <= 3 * BEST_COLUMNS:
        return np.arange(d)
    f = np.nan_to_num(_f_values(x, codes), nan=0.0)
    if not apart:
        return np.sort(np.argsort(-f)[:BEST_COLUMNS])
    halves = (np.argsort(-f[:apart])[: BEST_COLUMNS // 2], apart + np.argsort(-f[apart:])[: BEST_COLUMNS // 2])
    return np.sort(np.concatenate(halves))


def _f_values(x: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Variance of class means over variance within, (d,)."""
    middle = np.nanmean(x, axis=0)
    x = np.where(np.isnan(x), middle, x) - middle
    between = np.zeros(x.shape[1])
    for k in np.unique(codes):
        members = x[codes == k]
        between += len(members) * members.mean(axis=0) ** 2
    within = (x * x).sum(axis=0) - between
    return np.asarray(between / np.maximum(within, 1e-12 * np.maximum(between, 1e-300)))

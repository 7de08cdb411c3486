"""What predicts the label from both modalities: by adding what each of them says (late fusion), and by any means.

The additive family must hold models fitted jointly, too: with stacked posteriors alone, six Gaussian classes look like an interaction.
The joint family adds products of components of the two modalities, and a boosting of the few directions in which these products matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.predictive.gated import Gated, fit_gated
from mmexplore.estimators.predictive.logistic import cross_logistic, fit, predict
from mmexplore.estimators.predictive.pooling import Pool, pool
from mmexplore.estimators.predictive.probes import (
    FEW_TREES,
    TREES,
    Member,
    binned,
    boost,
    boosted,
    curved,
    logits,
    products,
    representative,
    standardised,
)
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.views import View

SIDE = 20  # components of a modality whose products are taken
PRODUCT_RIDGE = 0.2
DIRECTIONS = 2  # a class
MOST_GATES = 6
MOST_SCORES = 4
JOINT_TREES = 45, 6


@dataclass(frozen=True)
class Fusion:
    """Predictors of both modalities.

    Attributes:
        late: pool of the additive ones.
        joint: pool of all.
    """

    late: Pool
    joint: Pool


def fuse(
    views: tuple[View, View], both: View, lines: list[Member], alone: tuple[Pool, Pool], dual: Member, problem: Problem
) -> Fusion:
    """Fit both families.

    Args:
        views: the modalities.
        both: them side by side.
        lines: linear predictors of `both`; they are additive.
        alone: what each modality says, pooled.
        dual: the late fusion that the dual point is.
        problem: labels, weights and folds.
    """
    stacked = [Member("x1 alone", alone[0].p), Member("x2 alone", alone[1].p)]
    additive = [*stacked, dual, *lines, *_additive(views, stacked, problem)]
    joint = curved(both, lines, problem, "Both modalities", on_scores=False)
    crossed = _products(views, problem)
    scores = logits([*stacked, *representative(lines), joint[0], *crossed[:2]])
    together = boosted(scores, problem, JOINT_TREES, words="Both modalities: trees on all scores")
    joint += [*crossed, _stacked_products(stacked, problem), Member("trees on all scores", together)]
    return Fusion(pool(additive, problem), pool([*additive, *joint], problem))


def _additive(views: tuple[View, View], stacked: list[Member], problem: Problem) -> list[Member]:
    """Models fitted jointly in which nothing of one modality meets anything of the other."""
    words = "Late fusion"
    each = [logits([member]) for member in stacked]
    added = cross_logistic(standardised(np.concatenate(each, axis=1)), problem, (1.0,), words)[0]
    squares = np.concatenate([products(view.components(8)) for view in views], axis=1)
    quadratic = cross_logistic(squares, problem, (0.05,), words)[0]
    columns = np.concatenate([views[0].raw, views[1].raw], axis=1)
    trees = boosted(columns, problem, TREES, apart=views[0].d, words=words) if views[0].d and views[1].d else None
    scores = boosted(np.concatenate(each, axis=1), problem, FEW_TREES, apart=each[0].shape[1], words=words)
    found = [
        Member("logits added", added),
        Member("quadratic, added", quadratic),
        Member("trees on scores, added", scores),
    ]
    return found if trees is None else [*found, Member("boosted trees, added", trees)]


def crossed_features(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Columns of both and all products of one of each, of variance 1, (n, k1 + k2 + k1 k2)."""
    pairs = (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)
    return standardised(np.concatenate([first, second, pairs], axis=1))


def _products(views: tuple[View, View], problem: Problem) -> list[Member]:
    """Logistic regression on all products of components, gates that begin at its directions, and trees on the gates' directions."""
    first, second = (view.components(SIDE) for view in views)
    features = crossed_features(first, second)
    k1, k2 = first.shape[1], second.shape[1]
    linear, gated, trees = (np.empty((problem.n, problem.ny)) for _ in range(3))
    for train, test in problem.splits:
        problem.tell("Both modalities: products")
        weights = problem.weights[train]
        w = fit(features[train], problem.codes[train], problem.ny, weights, PRODUCT_RIDGE)
        linear[test] = predict(features[test], w)
        if not k1 * k2:
            gated[test] = trees[test] = linear[test]
            continue
        u, v = _directions(w, features, first, second)
        net = fit_gated(first[train], second[train], problem.one_hot[train], weights, u, v)
        gated[test] = net.predict(first[test], second[test])
        seen = binned(_seen(w, net, features, first, second))
        trees[test] = boost(seen[train], seen[test], problem, train, JOINT_TREES)
    names = f"products, {k1} x {k2} components", "gates", "trees on gates"
    return [Member(name, problem.clip(p)) for name, p in zip(names, (linear, gated, trees), strict=True)]


def _directions(
    w: np.ndarray, features: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Leading singular directions of the products' weights, (k1, gates) and (k2, gates): two a class, six at most."""
    k1, k2 = first.shape[1], second.shape[1]
    spread = np.maximum((first[:, :, None] * second[:, None, :]).reshape(len(first), -1).std(axis=0), 1e-12)
    left, right, size = [], [], []
    for y in range(1 if w.shape[1] == 2 else 0, w.shape[1]):
        a, s, b = np.linalg.svd((w[k1 + k2 : -1, y] / spread).reshape(k1, k2), full_matrices=False)
        count = min(DIRECTIONS, len(s))
        left += list(a.T[:count])
        right += list(b[:count])
        size += list(s[:count])
    kept = np.argsort(-np.array(size))[:MOST_GATES]
    return np.stack(left, axis=1)[:, kept], np.stack(right, axis=1)[:, kept]


def _seen(w: np.ndarray, net: Gated, features: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """What the trees see: both modalities along the gates' directions, their products, and the linear scores of each."""
    k1, k2 = first.shape[1], second.shape[1]
    a, b = net.bent(first, second)
    several = slice(1 if w.shape[1] == 2 else 0, None)
    lines = [features[:, :k1] @ w[:k1, several], features[:, k1 : k1 + k2] @ w[k1 : k1 + k2, several]]
    return np.concatenate([a, b, a * b, *lines], axis=1)


def few_scores(p: np.ndarray) -> np.ndarray:
    """Logits of a posterior, of variance 1; where classes are many, the leading components of them, (n, at most 4)."""
    scores = standardised(logits([Member("", p)]))
    return View(scores).components(MOST_SCORES) if scores.shape[1] > MOST_SCORES else scores


def _stacked_products(stacked: list[Member], problem: Problem) -> Member:
    """Logistic regression on the logits of the two posteriors and their products."""
    first, second = (few_scores(member.p) for member in stacked)
    p = cross_logistic(crossed_features(first, second), problem, (1.0,), "Both modalities: products of scores")[0]
    return Member("products of scores", p)

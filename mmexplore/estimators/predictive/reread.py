"""Other rows, other weights, fewer classes: answered by the predictors that are there, without fitting again.

A class that stands for several is predicted by the sum of their probabilities, which is exact. Where the shares of the classes are other ones,

    q'(y|x) = q(y|x) p'(y)/p(y) / sum over y     (Saerens, Latinne & Decaestecker 2002, Neural Computation 14, 21)

is the prediction if the columns given the class are as before (classes drawn anew), and q itself is where p(y|x) is (rows chosen by
columns that the predictor sees); of each predictor, whichever scores more on these rows is taken. Any q gives lower bounds of I1, I2, I12 and, through the dual point,
of I*, of the new rows as of the old. So this is what the change of rows does by itself; predictors fitted anew on the new rows are another answer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.rows import RowAtoms
from mmexplore.estimators.predictive.scores import Scores

PREDICTORS = ("x1", "x2", "late", "joint")
FEWEST = 10  # rows


def reread(
    rows: RowAtoms,
    posteriors: Mapping[str, np.ndarray],
    weights: np.ndarray,
    merged: np.ndarray | None = None,
    seed: int = 0,
) -> RowAtoms:
    """The atoms of the same predictors on rows of other weights, with the classes merged as told.

    Args:
        rows: of the answer, n used.
        posteriors: out-of-fold probabilities of ``x1``, ``x2``, ``late`` and ``joint``, (n, ny) each.
        weights: how often each row counts now, at least 0, (n,); beside the weights it has.
        merged: the new class of each of the ny, from 0 up, (ny,); None: as they are.
        seed: of the clusters of states.

    Returns:
        Rows of positive weight; their `index` is that of the rows given.

    Raises:
        BadData: another length, weights below 0, fewer than 10 rows, or fewer than two classes left.
    """
    chosen = np.asarray(weights, dtype=np.float64)
    if chosen.shape != (rows.n,) or not np.isfinite(chosen).all() or (chosen < 0).any():
        raise BadData(
            f"weights have shape {chosen.shape}; allowed: ({rows.n},) finite numbers of at least 0, one a row used"
        )
    kept = np.flatnonzero(chosen * rows.weights > 0)
    if len(kept) < FEWEST:
        raise BadData(f"{len(kept)} rows are left; allowed: at least {FEWEST}")
    ny = posteriors["x1"].shape[1]
    new = np.arange(ny) if merged is None else np.asarray(merged, dtype=np.int64)
    gather = (new[:, None] == np.arange(int(new.max()) + 1)).astype(np.float64)
    shares = np.bincount(rows.codes, rows.weights, ny) @ gather / rows.weights.sum()
    there, codes = np.unique(new[rows.codes[kept]], return_inverse=True)
    if len(there) < 2:
        raise BadData("one class is left, of which nothing can tell; allowed: at least 2")
    weighted = rows.weights[kept] * chosen[kept]
    problem = Problem(
        codes=codes.astype(np.int64),
        ny=len(there),
        weights=weighted / weighted.mean(),
        folds=np.zeros(len(kept), dtype=np.int64),
        seed=seed,
        tell=_silent,
    )
    moved = problem.py / shares[there]
    p = {
        name: _moved((posteriors[name][kept].astype(np.float64) @ gather)[:, there], moved, problem)
        for name in PREDICTORS
    }
    clusters = None if rows.clusters is None else np.unique(rows.clusters[kept], return_inverse=True)[1]
    scores = Scores.of(p["x1"], p["x2"], problem)
    return scores.rows(p["late"], p["joint"], rows.index[kept], rows.given, clusters, problem)


def _moved(p: np.ndarray, factor: np.ndarray, problem: Problem) -> np.ndarray:
    """As it is, or moved to the new shares of the classes: what says more of these rows."""
    as_it_is, moved = (problem.clip(q / q.sum(axis=1, keepdims=True)) for q in (p, p * factor))
    return max((as_it_is, moved), key=lambda q: problem.mean(problem.bits(q)))


def _silent(words: str) -> None:
    """Nothing here takes long."""

"""Predictive: what cross-fitted classifiers say of the label from each modality and from both; no column is binned.

See `mmexplore.estimators.predictive.estimate` for the method. Any columns (text, gaps, more columns than rows), class labels; a target of
numbers is cut into classes first, and what is decomposed is then the class. Rows that repeat subjects (`groups`), series (`time`) and
weighted rows (`weights`) are known to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.pids import Answer, estimator
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.tables.estimate import Settings
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import Spec, param


@dataclass(frozen=True)
class PredictiveSettings(Spec):
    """How a target of numbers is cut, and how much is tested."""

    classes: int = param(
        3,
        label="Target's classes",
        low=2,
        high=20,
        step=1,
        help="Of a target that is no label: quantiles, or clusters of a vector.",
    )
    draws: int = param(
        39,
        label="Draws without synergy",
        low=0,
        high=999,
        step=20,
        help="Of the test of S = 0; 0: no test; 19 are the fewest that can tell.",
    )
    most_rows: int = param(
        20_000,
        label="Rows fitted",
        low=500,
        high=200_000,
        step=500,
        help="At most; more are thinned evenly, class by class.",
    )
    level: float = Settings.field("level")
    seed: int = Settings.field("seed")

    def seconds(self, n: int, dims: tuple[int, int, int], classes: int = 2) -> float:
        """As `Task.seconds`, of n rows; `dims`: columns of x1, x2 and y. All fits on twice as many folds where rows are few, and the test of S = 0."""
        n = min(n, self.most_rows)
        fits = (2.0 if n < 300 else 1.0) * (0.55 + 1e-4 * n * (1.0 + 0.25 * (dims[0] + dims[1])))
        return fits + 0.012 * self.draws * (max(classes, 2) - 1) ** 0.8


@estimator(
    "predictive",
    label="Predictive",
    summary="What cross-fitted classifiers say of the label from each modality and from both, row by row, with intervals and tests.",
    assumes="The classifiers find what there is to find: each atom's error is bounded by what they miss.",
    fails="A synergy is only as sure as the predictors of X1 and X2 alone: what both miss together is read as synergy. Few rows a class.",
    reference="Bertschinger et al. 2014, arXiv 1311.2852; Banerjee et al. 2018, arXiv 1807.05103; Liang et al. 2023, arXiv 2306.04539",
    targets=("label", "scalar", "vector"),
    instead="",
    settings=PredictiveSettings,
    slow=True,
    any_columns=True,
)
def predictive(rows: Rows, settings: PredictiveSettings, watcher: Watcher) -> Answer:
    """`mmexplore.estimators.predictive.answer.answer`, imported when it is asked for: it brings SciPy's optimisers.

    On one thread: fits of hundreds of rows are slower on several, and many times slower where others work beside them.
    """
    import sklearn.ensemble  # noqa: F401  its libraries have to be there to be limited
    import threadpoolctl

    from mmexplore.estimators.predictive.answer import answer

    with threadpoolctl.threadpool_limits(1):
        return answer(rows, settings, watcher)

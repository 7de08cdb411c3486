"""`learning_curve`: what cross-fitted predictors read against the number of rows, and what columns of noise cost them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.pids.rows import Rows, read_rows
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.estimators.watching import Collector, Watcher

if TYPE_CHECKING:
    from mmexplore.estimators.predictive.curve import LearningCurve


def learning_curve(
    x1: Any,
    x2: Any,
    y: Any,
    *,
    target: str | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    groups: Any = None,
    time: Any = None,
    weights: Any = None,
    **settings: Any,
) -> LearningCurve:
    """Would more rows show more? I1, I2, I12, R, U1, U2 and S as predictors read them on n/8, n/4, n/2 and n rows, in bits.

    Pieces are nested and stratified by class, two of every size, and everything is fitted anew on each; a last fit on all rows with as many
    columns again that tell nothing says what such columns cost here. Takes about five times as long as the estimate itself.

    Args:
        x1, x2, y, target, progress, should_stop, groups, time, weights: as of `estimate_pid` with ``estimator="predictive"``.
        settings: of that estimator; there is no test of S = 0, so ``draws`` does nothing.

    Returns:
        points (each with its readings and their intervals), the gain of the last doubling, the change by columns of noise, and
        `words()` and `noise_words()`, which say what follows.

    Raises:
        BadSpec: a setting unknown or out of range.
        BadData: rows that are none, or too few to be halved: 20 of every class, and 100 in all.
        Interrupted: it was stopped.
    """
    for name in settings:
        PredictiveSettings.parameter(name)
    rows = read_rows(x1, x2, y, target, Sampling(groups, time, weights))
    return learning_of(rows, PredictiveSettings(**settings), Collector("cpu", progress, should_stop))


def learning_of(rows: Rows, settings: PredictiveSettings, watcher: Watcher) -> LearningCurve:
    """The same of rows already read, reporting to a watcher; on one thread, as the estimator itself."""
    import sklearn.ensemble  # noqa: F401  its libraries have to be there to be limited
    import threadpoolctl

    from mmexplore.estimators.predictive.learning import learning

    with threadpoolctl.threadpool_limits(1):
        return learning(rows, settings, watcher)

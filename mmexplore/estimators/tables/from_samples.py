"""From labels in any form to an estimate."""

from __future__ import annotations

from typing import Any

from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import Estimate, Settings, estimate
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.info.samples import label_codes, table_from_samples


def estimate_from_samples(
    x1: Any,
    x2: Any,
    y: Any,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    groups: Any = None,
    time: Any = None,
    weights: Any = None,
    weights_are: str = "sampling",
    **values: Any,
) -> Estimate:
    """Estimate the decomposition of the population from rows of labels, in bits.

    Args:
        x1, x2, y: n labels each, or shape (n, k) for k columns that make one symbol; see `table_from_samples`.
        settings: how; see `Settings`.
        progress, should_stop: see `estimate`.
        groups: ids of the subjects or recordings that rows repeat, (n,).
        time: True: rows are a series in this order; what to order them by, (n,); False: rows are independent, whatever they look like.
        weights: of the rows, at least 0, (n,).
        weights_are: ``"sampling"``: how many of the population a row stands for; ``"counts"``: how many rows it is.
        values: fields of `Settings` to change, for instance ``correction="panzeri_treves"``.

    Raises:
        BadData: see `table_from_samples`.
        BadSpec: a setting is unknown or out of range.

    >>> e = estimate_from_samples(["a", "b"] * 50, [0, 0, 1, 1] * 25, ["s", "o", "o", "s"] * 25, bootstraps=50)
    >>> round(e.value.synergy, 6), e.light.colour
    (1.0, 'amber')
    """
    x1, x2, y = (column if hasattr(column, "__len__") else list(column) for column in (x1, x2, y))
    table_from_samples(x1, x2, y)  # first, for its checks
    settings = (Settings() if settings is None else settings).replace(**values) if values else settings
    sampling = Sampling(groups, time, weights, weights_are)
    codes1, codes2, codes_y = (label_codes(name, column)[0] for name, column in (("x1", x1), ("x2", x2), ("y", y)))
    return estimate(codes1, codes2, codes_y, settings, sampling=sampling, progress=progress, should_stop=should_stop)

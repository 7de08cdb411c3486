"""From labels in any form to an estimate."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore.estimators.tables.estimate import Estimate, Settings, estimate_counts
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.info.samples import table_from_samples


def estimate_from_samples(
    x1: Any,
    x2: Any,
    y: Any,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    **values: Any,
) -> Estimate:
    """Estimate the decomposition of the population from rows of labels, in bits.

    Args:
        x1, x2, y: n labels each, or shape (n, k) for k columns that make one symbol; see `table_from_samples`.
        settings: how; see `Settings`.
        progress, should_stop: see `estimate`.
        values: fields of `Settings` to change, for instance ``correction="panzeri_treves"``.

    Raises:
        BadData: see `table_from_samples`.
        BadSpec: a setting is unknown or out of range.

    >>> e = estimate_from_samples(["a", "b"] * 50, [0, 0, 1, 1] * 25, ["s", "o", "o", "s"] * 25, bootstraps=50)
    >>> round(e.value.synergy, 6), e.light.colour
    (1.0, 'amber')
    """
    x1, x2, y = (column if hasattr(column, "__len__") else list(column) for column in (x1, x2, y))
    table = table_from_samples(x1, x2, y)  # first, for its checks
    settings = (Settings() if settings is None else settings).replace(**values) if values else settings
    counts = np.rint(table.p * len(y)).astype(np.int64)
    return estimate_counts(counts, settings, progress=progress, should_stop=should_stop)

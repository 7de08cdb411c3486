"""Gaussian copula: every column mapped to normal scores by its ranks, then as `gaussian`.

Strictly monotone maps of single columns change no information, so heavy tails and skewness of single columns do no harm. What stays
assumed is that the columns are jointly Gaussian after these maps: curved relations between columns of one block, and products of both
modalities, are left out as before.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from mmexplore.estimators.gaussian import GaussianSettings, gaussian_pid_from_samples
from mmexplore.estimators.normal_scores import normal_scores
from mmexplore.estimators.pids import Answer, estimator
from mmexplore.estimators.pids.gaussian import INSTEAD, answer, within_assumption
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.watching import Watcher

FEW = 30  # different values


@estimator(
    "copula",
    label="Gaussian copula",
    summary="Ranks of every column mapped to normal scores, then the Gaussian closed form.",
    assumes="The columns are jointly Gaussian after a monotone map of each.",
    fails="Curved relations that no map of single columns straightens, products of both modalities, columns with few different values.",
    reference="Ma & Sun 2011; closed form",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=GaussianSettings,
)
def copula(rows: Rows, settings: GaussianSettings, watcher: Watcher) -> Answer:
    """`gaussian_pid_from_samples` of normal scores."""
    blocks = rows.blocks()
    x1, x2, y = (normal_scores(block) for block in blocks)
    found = answer(gaussian_pid_from_samples(x1, x2, y, settings, progress=watcher.progress))
    found = within_assumption(found, rows, settings.seed)
    few = [
        f"{name}[{k + 1}]"
        for name, block in zip(("x1", "x2", "y"), blocks, strict=True)
        for k, column in enumerate(block.T)
        if len(np.unique(column)) < min(FEW, rows.n // 2)
    ]
    if not few:
        return found
    more = f" and {len(few) - 5} more" if len(few) > 5 else ""
    told = f"Few different values in {', '.join(few[:5])}{more}: no monotone map makes such a column Gaussian, so the copula does not hold there and no interval is given."
    return dataclasses.replace(found, intervals={}, warnings=(*found.warnings, told))

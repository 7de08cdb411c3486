"""Rare features of X that predict: what a compression is likely to discard first, and should not.

A candidate is a column that is unusually high or low (two standard deviations); rare means present in 1 to 10 percent of the training samples. The
information of one occurrence is KL(p(label|feature) || p(label)) in nats, or for views without a label half the squared shift of the mean of
Y's whitened leading components. Kept are those beyond chance (the 99.9 % quantile of chi square), the most informative in all first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from mmexplore.datasets.views import TwoViews

_LEAST, _MOST = 0.01, 0.10
_MANY = 6
_COMPONENTS = 5
_FEWEST = 8


@dataclass(frozen=True)
class RareFeatures:
    """E rare features.

    Attributes:
        names: what they are.
        share: shares of training samples that have them, (E,).
        nats: information of one occurrence, (E,).
        rows: which samples have them, all samples, (n, E).
    """

    names: tuple[str, ...]
    share: npt.NDArray[np.float64]
    nats: npt.NDArray[np.float64]
    rows: npt.NDArray[np.bool_]


def rare_features(views: TwoViews) -> RareFeatures:
    """The most informative rare features of X."""
    train = ~views.held_out
    x = views.flat1
    middle, spread = x[train].mean(axis=0), x[train].std(axis=0)
    scaled = (x - middle) / np.where(spread > 0, spread, 1.0)
    candidates = []
    for column, name in enumerate(views.columns1):
        best = None
        for word, present in (("high", scaled[:, column] > 2), ("low", scaled[:, column] < -2)):
            inside = present[train]
            share = float(inside.mean())
            if not _LEAST <= share <= _MOST or inside.sum() < _FEWEST or present[~train].sum() < 2:
                continue
            nats, chance = _information(views, inside, train)
            if nats > chance and (best is None or nats * share > best[0]):
                best = (nats * share, f"{name} {word}", share, nats, present)
        if best is not None:
            candidates.append(best)
    chosen = sorted(candidates, key=lambda entry: -entry[0])[:_MANY]
    return RareFeatures(
        tuple(entry[1] for entry in chosen),
        np.array([entry[2] for entry in chosen]),
        np.array([entry[3] for entry in chosen]),
        np.stack([entry[4] for entry in chosen], 1) if chosen else np.zeros((len(x), 0), dtype=bool),
    )


def _information(views: TwoViews, inside: npt.NDArray[np.bool_], train: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The information of one occurrence, in nats, and what chance shows at the 99.9 % quantile."""
    count = int(inside.sum())
    if views.y is not None:
        codes = views.y[train]
        classes = max(2, len(views.class_names))
        p = np.bincount(codes, minlength=classes) / len(codes)
        q = np.bincount(codes[inside], minlength=classes) / count
        with np.errstate(divide="ignore", invalid="ignore"):
            nats = float(np.where(q > 0, q * np.log(q / p), 0.0).sum())
        return nats, float(chi2.ppf(0.999, classes - 1)) / (2 * count)
    y = views.flat2[train]
    spread = y.std(axis=0)
    y = (y - y.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    values, vectors = np.linalg.eigh(y.T @ y / len(y))
    lead = min(_COMPONENTS, int((values > 1e-9).sum()))
    white = y @ vectors[:, -lead:] / np.sqrt(values[-lead:])
    nats = 0.5 * float((white[inside].mean(axis=0) ** 2).sum())
    return nats, float(chi2.ppf(0.999, lead)) / (2 * count)

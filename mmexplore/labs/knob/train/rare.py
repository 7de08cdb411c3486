"""Rare features of X that predict: what a compression is likely to throw away first, and should not.

A candidate is a column that is unusually high or low (two standard deviations); rare means held by 1 to 10 percent of the training rows. What
one occurrence tells is KL(p(label|feature) || p(label)) in nats, or for views without a label half the squared shift of the mean of
Y's whitened leading components. Kept are those beyond chance (the 99.9 % quantile of chi square), the most telling in all first.
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
class Rare:
    """E rare features.

    Attributes:
        names: what they are.
        share: shares of training rows that hold them, (E,).
        nats: what one occurrence tells, (E,).
        rows: who holds them, all rows, (n, E).
    """

    names: tuple[str, ...]
    share: npt.NDArray[np.float64]
    nats: npt.NDArray[np.float64]
    rows: npt.NDArray[np.bool_]


def rare_features(views: TwoViews) -> Rare:
    """The most telling rare features of X."""
    train = ~views.held_out
    x = views.flat1
    middle, spread = x[train].mean(axis=0), x[train].std(axis=0)
    scaled = (x - middle) / np.where(spread > 0, spread, 1.0)
    found = []
    for column, name in enumerate(views.columns1):
        best = None
        for word, held in (("high", scaled[:, column] > 2), ("low", scaled[:, column] < -2)):
            inside = held[train]
            share = float(inside.mean())
            if not _LEAST <= share <= _MOST or inside.sum() < _FEWEST or held[~train].sum() < 2:
                continue
            nats, chance = _told(views, inside, train)
            if nats > chance and (best is None or nats * share > best[0]):
                best = (nats * share, f"{name} {word}", share, nats, held)
        if best is not None:
            found.append(best)
    found = sorted(found, key=lambda entry: -entry[0])[:_MANY]
    return Rare(
        tuple(entry[1] for entry in found),
        np.array([entry[2] for entry in found]),
        np.array([entry[3] for entry in found]),
        np.stack([entry[4] for entry in found], 1) if found else np.zeros((len(x), 0), dtype=bool),
    )


def _told(views: TwoViews, inside: npt.NDArray[np.bool_], train: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """What one occurrence tells, in nats, and what chance shows at the 99.9 % quantile."""
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

"""Rare features of X that predict: what a compression is likely to discard first, and should not; and whether it has.

A candidate is a column that is unusually high or low (two standard deviations); rare means present in 1 to 10 percent of the training samples. The
information of one occurrence is KL(p(label|feature) || p(label)) in nats, or for views without a label half the squared shift of the mean of
Y's whitened leading components. Kept are those beyond chance (the 99.9 % quantile of chi square), the most informative in all first.

**Lost is what still adds to the latents.** That a feature can no longer be rebuilt from the latents is no loss by itself: what it says of the
label may have been kept another way. So a probe of the latents alone, q(y|z), is compared with one that is told the feature besides,

    q(y|z, feature) proportional to q(y|z) exp(o_y),      o fitted on rows that have the feature, with a prior N(0, 1),

and the gain is the mean of log q(y|z, feature) - log q(y|z) over held-out rows that have it, with its standard error: the information of
one occurrence given the latents, from below up to the probe's own error. Without a label, y are Y's leading components, q a Gaussian of the
probe's residuals and o a shift of its mean. The probe is the MLP probe: what a linear one misses would look like a loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import chi2
from torch import Tensor

from mmexplore.datasets.views import TwoViews

_LEAST, _MOST = 0.01, 0.10
_MANY = 6
_COMPONENTS = 5
_FEWEST = 8
MOST_ROWS = 600  # held-out rows of one feature that are asked; as many training rows
_NEWTON = 40


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
            if not _LEAST <= share <= _MOST or inside.sum() < _FEWEST or present[~train].sum() < _FEWEST:
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
    white = leading(views)[train]
    nats = 0.5 * float((white[inside].mean(axis=0) ** 2).sum())
    return nats, float(chi2.ppf(0.999, white.shape[1])) / (2 * count)


def leading(views: TwoViews) -> npt.NDArray[np.float64]:
    """Y's leading principal components of all rows, (n, c), whitened by the training rows."""
    train = ~views.held_out
    y = views.flat2
    spread = y[train].std(axis=0)
    y = (y - y[train].mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    values, vectors = np.linalg.eigh(y[train].T @ y[train] / train.sum())
    lead = min(_COMPONENTS, int((values > 1e-9).sum()))
    return np.asarray(y @ vectors[:, -lead:] / np.sqrt(values[-lead:]))


# -- what one adds to a representation ------------------------------------------------------------------------------------


def label_gain(fit: Tensor, fit_codes: Tensor, new: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
    """What the feature adds about a label, in nats an occurrence, and its standard error, (S,) each.

    Args:
        fit, new: log q(y|z) of rows that have the feature, for fitting the offsets and for judging them, (S, m, C).
        fit_codes, codes: their classes, (m,).
    """
    offsets = fit.new_zeros((len(fit), 1, fit.shape[-1]))
    known = torch.nn.functional.one_hot(fit_codes, fit.shape[-1]).to(fit.dtype)
    one = torch.eye(fit.shape[-1], dtype=fit.dtype, device=fit.device)
    for _ in range(_NEWTON):  # steps of at most 1: the whole step overshoots where a class is all but certain
        chances = (fit + offsets).softmax(-1)
        slope = (known - chances).sum(-2) - offsets[:, 0]
        bend = torch.diag_embed(chances.sum(-2)) - chances.mT @ chances + one
        step = torch.linalg.solve(bend, slope)[:, None]
        offsets = offsets + step / step.abs().amax(-1, keepdim=True).clamp_min(1.0)
    told = (new + offsets).log_softmax(-1) - new
    return _mean(told.gather(-1, codes.expand(told.shape[:-1])[..., None])[..., 0])


def number_gain(fit: Tensor, new: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """What the feature adds about numbers, in nats an occurrence, and its standard error, (S,) each.

    Args:
        fit, new: what the probe leaves of the numbers in rows that have the feature, for fitting the shift and for judging it, (S, m, c).
        others: the same of rows of any kind, for the covariance, (S, n, c).
    """
    shift = fit.sum(-2, keepdim=True) / (fit.shape[-2] + 1)
    c = others.shape[-1]
    covariance = others.mT @ others / others.shape[-2] + 1e-6 * torch.eye(c, dtype=fit.dtype, device=fit.device)
    root = torch.linalg.cholesky(covariance)

    def length(rows: Tensor) -> Tensor:
        return torch.linalg.solve_triangular(root, rows.mT, upper=False).square().sum(-2)

    return _mean(0.5 * (length(new) - length(new - shift)))


def _mean(gains: Tensor) -> tuple[Tensor, Tensor]:
    return gains.mean(-1), gains.std(-1) / gains.shape[-1] ** 0.5

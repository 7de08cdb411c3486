"""Regressions of numbers on representations, fitted in closed form at all settings at once, scored on rows they have not seen.

A probe reads [z, tanh(z W), 1] with a fixed random W, after z was standardised: a ridge regression in that space. Classes are read by
`mmexplore.labs.knob.train.readers`.

Tensors are (S, n, k): n rows at each of S settings.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

TURNS = 24
_RIDGE = 1e-4


class RandomFeatureProbe:
    """The features of one representation, with the scale of its fitting rows.

    Args:
        fit: representation of the fitting rows, (S, n, k).
        generator: draws W.
        turns: columns of W.
    """

    def __init__(self, fit: Tensor, generator: torch.Generator, turns: int = TURNS) -> None:
        self._middle = fit.mean(-2, keepdim=True)
        self._size = fit.std(-2, keepdim=True).clamp_min(1e-6)
        k = fit.shape[-1]
        drawn = torch.randn((k, turns), generator=generator, device=generator.device)
        self._turns = drawn.to(fit.device) * (1.5 / k**0.5)
        features = self.features(fit)
        self._features = features
        p, n = features.shape[-1], features.shape[-2]
        gram = features.mT @ features + _RIDGE * n * torch.eye(p, device=fit.device)
        self._root = torch.linalg.cholesky(gram)

    def scaled(self, z: Tensor) -> Tensor:
        """Standardised by the fitting rows."""
        return (z - self._middle) / self._size

    def features(self, z: Tensor) -> Tensor:
        """[z, tanh(z W), 1], (S, n, p)."""
        z = self.scaled(z)
        return torch.cat([z, torch.tanh(z @ self._turns), torch.ones_like(z[..., :1])], -1)

    def fit(self, targets: Tensor) -> Tensor:
        """Coefficients (S, p, q) of targets (n, q)."""
        return torch.cholesky_solve(self._features.mT @ targets, self._root)


def r2(predicted: Tensor, truth: Tensor) -> Tensor:
    """1 - residual / variance of each column, (S, q); below 0 where knowing nothing is better."""
    residual = (predicted - truth).square().mean(-2)
    return 1 - residual / truth.var(0, correction=0).clamp_min(1e-12)


def accuracy(scores: Tensor, codes: Tensor) -> Tensor:
    """Share of rows whose largest score is their class's, (S,)."""
    return (scores.argmax(-1) == codes).to(scores.dtype).mean(-1)


def gaussian_information(reader: RandomFeatureProbe, fit: Tensor, new: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """I(z; v) for Gaussian v from below, in nats, and its standard error over rows, (S,).

    v (n, m) is regressed on z's features; a Gaussian of the residuals' covariance is the least informative law with that covariance, so
    1/2 log det Cov(v) - 1/2 log det Cov(residual) is a lower bound in the population. Covariances are those of the new rows.

    Args:
        reader: fitted on the fitting rows.
        fit: v of the fitting rows, (n, m).
        new: the representation of new rows, (S, n', k).
        known: v of the new rows, (n', m).
    """
    predicted = reader.features(new) @ reader.fit(fit)
    residual = (known - predicted).double()
    n = len(known)
    centred = (known - known.mean(0)).double()
    cov = centred.mT @ centred / n
    left = residual.mT @ residual / n
    value = 0.5 * (torch.linalg.slogdet(cov)[1] - torch.linalg.slogdet(left)[1])
    # per row: half the difference of squared lengths in the two metrics
    before = (centred @ torch.linalg.inv(cov) * centred).sum(-1)
    after = (residual @ torch.linalg.inv(left) * residual).sum(-1)
    error = (0.5 * (before - after)).std(-1) / n**0.5
    return value.float(), error.float()


def channel_information(z: Tensor, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
    """I(X;Z) of a channel q(z|x) = N(mean, exp(log_variance)) between two bounds in expectation, in nats, (S,) each.

    The density at a sample given its own row is set against the mean density over rows, with that row (at most log n) and without it
    (Poole, Ozair, van den Oord, Alemi & Tucker 2019, arXiv 1905.06922, section 2 with the known conditional density).

    Args:
        z: samples, (S, n, k), one a row.
        mean, log_variance: of each row's posterior, (S, n, k).
    """
    precision, n = (-log_variance).exp(), z.shape[-2]
    scores = -0.5 * (
        z.square() @ precision.mT
        - 2 * z @ (mean * precision).mT
        + (mean.square() * precision + log_variance).sum(-1)[..., None, :]
    )
    own = scores.diagonal(dim1=-2, dim2=-1).clone()
    scores.diagonal(dim1=-2, dim2=-1).fill_(-torch.inf)
    others = scores.logsumexp(-1)
    low = own - torch.logaddexp(others, own) + math.log(n)
    return low.mean(-1), (own - others + math.log(n - 1)).mean(-1)

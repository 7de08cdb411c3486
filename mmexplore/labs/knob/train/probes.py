"""Small readers of representations, fitted in closed form at all settings at once, scored on rows they have not seen.

A probe reads [z, tanh(z W), 1] with a fixed random W, after z was standardised: a ridge regression in that space. Classes are read as
one-hot targets (the largest wins), their information by linear discriminant analysis on z:

    I(z; label) >= H(label) + E log q(label|z),    q(c|z) proportional to p_c N(z; m_c, S) with one covariance S.

Tensors are (S, n, k): n rows at each of S settings.
"""

from __future__ import annotations

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


def auc(scores: Tensor, positive: Tensor) -> Tensor:
    """Area under the ROC of scores (S, n, E) for positives (n, E): the chance that a positive is ranked above a negative, (S, E)."""
    n = scores.shape[-2]
    ranks = scores.argsort(-2).argsort(-2).to(scores.dtype) + 1
    flags = positive.to(scores.dtype)
    count = flags.sum(0)
    area = (ranks * flags).sum(-2) - count * (count + 1) / 2
    return torch.where((count > 0) & (count < n), area / (count * (n - count)).clamp_min(1), torch.full_like(area, 0.5))


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


def label_information(fit: Tensor, codes: Tensor, new: Tensor, new_codes: Tensor, classes: int) -> Tensor:
    """I(z; label) from below, in nats, (S,): the entropy of the new rows' classes less the discriminant's cross entropy."""
    middle, size = fit.mean(-2, keepdim=True), fit.std(-2, keepdim=True).clamp_min(1e-6)
    fit, new = (fit - middle) / size, (new - middle) / size
    one_hot = torch.nn.functional.one_hot(codes, classes).to(fit.dtype)  # (n, C)
    count = one_hot.sum(0)
    means = (one_hot.T @ fit) / count.clamp_min(1)[:, None]  # (S, C, k)
    rest = fit - means[..., codes, :]
    k = fit.shape[-1]
    within = rest.mT @ rest / max(1, len(codes) - classes) + 1e-3 * torch.eye(k, device=fit.device)
    root = torch.linalg.cholesky(within)
    a = torch.linalg.solve_triangular(root, new.mT, upper=False).mT
    b = torch.linalg.solve_triangular(root, means.mT, upper=False).mT
    prior = ((count + 0.5) / (count + 0.5).sum()).log()
    scores = a @ b.mT - 0.5 * b.square().sum(-1)[..., None, :] + prior
    surprise = scores.logsumexp(-1) - scores.gather(-1, new_codes.expand(len(scores), -1)[..., None])[..., 0]
    share = torch.bincount(new_codes, minlength=classes).to(fit.dtype) / len(new_codes)
    entropy = -(share * share.clamp_min(1e-12).log()).sum()
    return entropy - surprise.mean(-1)

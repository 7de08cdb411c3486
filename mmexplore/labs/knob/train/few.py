"""A judge for few rows: nothing to train but a few correlations, shrunk, so that it cannot learn the rows by heart.

The critic is the log density ratio of jointly Gaussian a and b, in the canonical coordinates a_i, b_i of the training rows,

    f(a, b) = t sum_i [ q_i a_i b_i - q_i^2 b_i^2 / 2 ] / (1 - q_i^2),

with covariances shrunk towards their diagonals and correlations towards 0 (Schäfer & Strimmer 2005). The scale t in [0, 1] is the best
on parts of the training rows that f was not fitted on, in turns. Scored by InfoNCE on held-out rows any such f is a lower bound in the
expectation, whether or not anything is Gaussian; t = 0 gives exactly 0, so 0 is told where held-out rows say less.
Encoders have seen all training rows, whose latents therefore tell more than those of new rows: this shrinkage is more than sampling asks for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from mmexplore.labs.knob.train.dial import Settings
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.training.loop import torch_stream

FEW = 2000  # training rows below which critics that are trained learn them by heart
TOO_FEW = 100  # training rows below which little can be said at all
_SHRINK = 0.2
_SCALES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
_FOLDS = 4
_APART = 96  # rows told apart where the scale is chosen
_HIGHEST = 0.999  # a correlation of 1 has no density
_RIDGE = 1e-6


class GaussianCritic:
    """Shrunk canonical correlations of two sides, at all settings at once.

    Args:
        a, b: rows that belong together, (S, n, p) and (n, q) or (S, n, q).
    """

    def __init__(self, a: Tensor, b: Tensor) -> None:
        a, b = a.double(), b.double()
        n = a.shape[-2]
        self._middle_a, self._middle_b = a.mean(-2, keepdim=True), b.mean(-2, keepdim=True)
        a, b = a - self._middle_a, b - self._middle_b
        self._root_a, self._root_b = _root(a), _root(b)
        between = (1 - _SHRINK) * (a.mT @ b) / n
        half = torch.linalg.solve_triangular(self._root_a, between, upper=False)
        whitened = torch.linalg.solve_triangular(self._root_b, half.mT, upper=False).mT  # (S, p, q)
        left, correlations, right = torch.linalg.svd(whitened, full_matrices=False)
        self._left, self._right = left, right.mT
        self.correlations = correlations.clamp_max(_HIGHEST)

    def scores(self, a: Tensor, b: Tensor) -> Tensor:
        """Scores f(a_i, b_j) at t = 1, (S, m, m)."""
        first = (
            torch.linalg.solve_triangular(self._root_a, (a.double() - self._middle_a).mT, upper=False).mT @ self._left
        )
        second = torch.linalg.solve_triangular(self._root_b, (b.double() - self._middle_b).mT, upper=False).mT
        second = second @ self._right
        q = self.correlations[..., None, :]
        weight = 1 / (1 - q.square())
        return (first * q * weight) @ second.mT - 0.5 * (q.square() * weight * second.square()).sum(-1)[..., None, :]


def told_apart(scores: Tensor) -> Tensor:
    """InfoNCE of every row in nats, (..., m), whose mean is the estimate."""
    return scores.diagonal(dim1=-2, dim2=-1) - scores.logsumexp(-1) + math.log(scores.shape[-1])


def best_scale(a: Tensor, b: Tensor, order: Tensor) -> Tensor:
    """The scale t, (S,), that tells rows apart best which the critic was not fitted on, over parts in turn.

    Args:
        a, b: training rows, (S, n, p) and (n, q) or (S, n, q).
        order: a random order of the rows, (n,).
    """
    parts = order.tensor_split(_FOLDS)
    total = torch.zeros((len(a), len(_SCALES)), dtype=torch.float64, device=a.device)
    for i, part in enumerate(parts):
        rest = torch.cat([other for j, other in enumerate(parts) if j != i])
        critic = GaussianCritic(a[..., rest, :], b[..., rest, :])
        scores = critic.scores(a[..., part[:_APART], :], b[..., part[:_APART], :])
        for k, scale in enumerate(_SCALES):
            total[:, k] += told_apart(scale * scores).mean(-1)
    return torch.tensor(_SCALES, dtype=torch.float64, device=a.device)[total.argmax(-1)]


def few_rows_information(
    fit: tuple[Tensor, Tensor], new: tuple[Tensor, Tensor], order: Tensor, apart: int
) -> tuple[Tensor, Tensor]:
    """Information of two sides in nats, not below 0, and the standard error of what was measured, (S,).

    Args:
        fit: both sides of the training rows, (S, n, p) and (n, q) or (S, n, q).
        new: both sides of held-out rows.
        order: a random order of the training rows, (n,).
        apart: rows that are told apart at a time; rows left over are left out.
    """
    scale = best_scale(*fit, order)
    critic = GaussianCritic(*fit)
    a, b = new
    m = a.shape[-2]
    size = min(m, apart)
    terms = []
    for start in range(0, m - size + 1, size):
        rows = slice(start, start + size)
        terms.append(told_apart(scale[:, None, None] * critic.scores(a[..., rows, :], b[..., rows, :])))
    values = torch.cat(terms, -1)
    error = values.std(-1) / values.shape[-1] ** 0.5
    return values.mean(-1).clamp_min(0.0).float(), error.float()


class FewRowsJudge:
    """Estimates for one learner, fitted anew whenever they are asked for; nothing is trained.

    Args:
        learner: whose latents are judged.
        pairs: of what with what: a latent, and a latent or a view.
        apart: held-out rows that are told apart.
    """

    def __init__(self, learner: KnobLearner, pairs: tuple[tuple[str, str], ...], apart: int) -> None:
        self.learner, self.pairs, self.apart = learner, pairs, apart
        spec, rows = learner.spec, learner.rows
        device = rows.x.device
        self._train = torch.as_tensor(rows.train, device=device)
        n = len(rows.train)
        self._order = torch.randperm(n, generator=torch_stream(spec.seed, "rows of the judge", device), device=device)
        stream = torch_stream(spec.seed, "noise of the judge", device)
        names = learner.method.graphs.latents
        self._noise = {name: torch.randn((n, spec.latent), generator=stream, device=device) for name in names}

    def step(self, i: int) -> Mapping[str, Tensor]:
        """Nothing to update."""
        return {}

    def estimate(
        self, pair: tuple[str, str], latents: Mapping[str, Tensor], sides: Mapping[str, Tensor], settings: Settings
    ) -> tuple[Tensor, Tensor]:
        """The information of a pair in nats and its standard error over rows, (S,), on the rows given, which share all settings."""
        learner = self.learner
        known = learner.rows.sides(self._train)
        drawn = {}
        for name, posterior in learner.model.encode(known, settings).items():
            drawn[name] = posterior.sample(self._noise[name]) if learner.method.stochastic else posterior.mean
        first, second = pair
        fit = drawn[first], drawn[second] if second in drawn else known[second]
        new = latents[first], latents[second] if second in latents else sides[second]
        return few_rows_information(fit, new, self._order, self.apart)

    def warning(self) -> str:
        """What the reader must know."""
        n = len(self._train)
        too_few = "; these are too few to say how much more there is" if n < TOO_FEW else ""
        return (
            f"Only {n:,} rows to train on: informations without a closed form are read off shrunk linear correlations, "
            f"a lower bound that misses what is not linear, and shown as 0, always a valid lower bound, where held-out rows show nothing{too_few}."
        )


def _root(rows: Tensor) -> Tensor:
    """Cholesky factor of the covariance of centred rows, shrunk towards its diagonal."""
    cov = rows.mT @ rows / rows.shape[-2]
    own = cov.diagonal(dim1=-2, dim2=-1)
    floor = _RIDGE * own.mean(-1, keepdim=True).clamp_min(_RIDGE)
    return torch.linalg.cholesky((1 - _SHRINK) * cov + torch.diag_embed(_SHRINK * own + floor))

"""An estimator of mutual information for few samples: only a few correlations are fitted, and shrunk, so that it cannot overfit.

The critic is the log density ratio of jointly Gaussian a and b, in the canonical coordinates a_i, b_i of the training samples,

    f(a, b) = t sum_i [ q_i a_i b_i - q_i^2 b_i^2 / 2 ] / (1 - q_i^2),

with covariances shrunk towards their diagonals and correlations towards 0 (Schäfer & Strimmer 2005). The scale t in [0, 1] is the best
on parts of the training samples that f was not fitted on, in turns (cross-validation). Scored by InfoNCE on held-out samples any such f is a lower bound in the
expectation, whether or not anything is Gaussian; t = 0 gives exactly 0, so 0 is reported where held-out samples give less.
Encoders have seen all training samples, whose latents therefore hold more information than those of new samples: this shrinkage is more than sampling asks for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from mmexplore.labs.knob.train.dial import KnobSettings
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.training.loop import torch_stream

FEW = 2000  # training samples below which trained critics overfit
TOO_FEW = 100  # training samples below which little can be said at all
_SHRINK = 0.2
_HARDLY = 0.002
_SCALES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
_FOLDS = 4
_BATCH = 96  # samples of a score matrix where the scale is chosen
_HIGHEST = 0.999  # a correlation of 1 has no density
_RIDGE = 1e-6


class GaussianCritic:
    """Shrunk canonical correlations of two sides, at all settings at once.

    Args:
        a, b: paired samples, (S, n, p) and (n, q) or (S, n, q).
        shrink: how far correlations are drawn towards 0, a share; few samples ask for much.
    """

    def __init__(self, a: Tensor, b: Tensor, shrink: float = _SHRINK) -> None:
        a, b = a.double(), b.double()
        n = a.shape[-2]
        self._middle_a, self._middle_b = a.mean(-2, keepdim=True), b.mean(-2, keepdim=True)
        a, b = a - self._middle_a, b - self._middle_b
        self._root_a, self._root_b = _root(a, shrink), _root(b, shrink)
        between = (1 - shrink) * (a.mT @ b) / n
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


def infonce_terms(scores: Tensor) -> Tensor:
    """InfoNCE of every sample in nats, (..., m), whose mean is the estimate."""
    return scores.diagonal(dim1=-2, dim2=-1) - scores.logsumexp(-1) + math.log(scores.shape[-1])


def best_scale(a: Tensor, b: Tensor, order: Tensor) -> Tensor:
    """The scale t, (S,), of the highest InfoNCE on samples that the critic was not fitted on, over parts in turn.

    Args:
        a, b: training samples, (S, n, p) and (n, q) or (S, n, q).
        order: a random order of the samples, (n,).
    """
    parts = order.tensor_split(_FOLDS)
    total = torch.zeros((len(a), len(_SCALES)), dtype=torch.float64, device=a.device)
    for i, part in enumerate(parts):
        rest = torch.cat([other for j, other in enumerate(parts) if j != i])
        critic = GaussianCritic(a[..., rest, :], b[..., rest, :])
        scores = critic.scores(a[..., part[:_BATCH], :], b[..., part[:_BATCH], :])
        for k, scale in enumerate(_SCALES):
            total[:, k] += infonce_terms(scale * scores).mean(-1)
    return torch.tensor(_SCALES, dtype=torch.float64, device=a.device)[total.argmax(-1)]


def small_sample_information(
    fit: tuple[Tensor, Tensor], new: tuple[Tensor, Tensor], order: Tensor, apart: int
) -> tuple[Tensor, Tensor]:
    """Information of two sides in nats, not below 0, and the standard error of what was measured, (S,).

    Args:
        fit: both sides of the training samples, (S, n, p) and (n, q) or (S, n, q).
        new: both sides of held-out samples.
        order: a random order of the training samples, (n,).
        apart: samples of one score matrix; samples left over are left out.
    """
    scale = best_scale(*fit, order)
    critic = GaussianCritic(*fit)
    a, b = new
    m = a.shape[-2]
    size = min(m, apart)
    terms = []
    for start in range(0, m - size + 1, size):
        rows = slice(start, start + size)
        terms.append(infonce_terms(scale[:, None, None] * critic.scores(a[..., rows, :], b[..., rows, :])))
    values = torch.cat(terms, -1)
    error = values.std(-1) / values.shape[-1] ** 0.5
    return values.mean(-1).clamp_min(0.0).float(), error.float()


def correlated_information(fit: tuple[Tensor, Tensor], new: tuple[Tensor, Tensor], apart: int) -> tuple[Tensor, Tensor]:
    """Information of two representations in nats from below, and its standard error, (S,): InfoNCE on new samples with the density ratio of
    the canonical correlations of many. Next to the best critic where the two are nearly Gaussian, which a trained one only approaches.

    Args:
        fit, new: both sides of the samples that the correlations are of, and of others, (S, n, p) and (S, n, q).
        apart: samples of one score matrix; samples left over are left out.
    """
    critic = GaussianCritic(*fit, shrink=_HARDLY)
    size = min(new[0].shape[-2], apart)
    starts = range(0, new[0].shape[-2] - size + 1, size)
    parts = [infonce_terms(critic.scores(*(side[..., s : s + size, :] for side in new))) for s in starts]
    values = torch.cat(parts, -1)
    return values.mean(-1).float(), (values.std(-1) / values.shape[-1] ** 0.5).float()


class SmallSampleJudge:
    """Estimates for one learner, fitted anew whenever they are asked for; nothing is trained.

    Args:
        learner: whose latents are judged.
        pairs: of what with what: a latent, and a latent or a view.
        apart: held-out samples of one score matrix.
    """

    def __init__(self, learner: KnobLearner, pairs: tuple[tuple[str, str], ...], apart: int) -> None:
        self.learner, self.pairs, self.apart = learner, pairs, apart
        spec, data = learner.spec, learner.data
        device = data.x.device
        self._train = torch.as_tensor(data.train, device=device)
        n = len(data.train)
        self._order = torch.randperm(n, generator=torch_stream(spec.seed, "rows of the judge", device), device=device)
        stream = torch_stream(spec.seed, "noise of the judge", device)
        names = learner.method.graphs.latents
        self._noise = {name: torch.randn((n, spec.latent), generator=stream, device=device) for name in names}

    def step(self, i: int) -> Mapping[str, Tensor]:
        """Nothing to update."""
        return {}

    def estimate(
        self, pair: tuple[str, str], latents: Mapping[str, Tensor], sides: Mapping[str, Tensor], settings: KnobSettings
    ) -> tuple[Tensor, Tensor]:
        """The information of a pair in nats and its standard error over samples, (S,), on the samples given, the same at all settings."""
        learner = self.learner
        known = learner.data.sides(self._train)
        drawn = {}
        for name, posterior in learner.model.encode(known, settings).items():
            drawn[name] = posterior.sample(self._noise[name]) if learner.method.stochastic else posterior.mean
        first, second = pair
        fit = drawn[first], drawn[second] if second in drawn else known[second]
        new = latents[first], latents[second] if second in latents else sides[second]
        return small_sample_information(fit, new, self._order, self.apart)

    def warning(self) -> str:
        """What the reader must know."""
        n = len(self._train)
        too_few = "; these are too few to say how much more there is" if n < TOO_FEW else ""
        return (
            f"Only {n:,} samples to train on: informations without a closed form are estimated from shrunk linear correlations, "
            f"a lower bound that misses what is not linear, and shown as 0, always a valid lower bound, where held-out samples show nothing{too_few}."
        )


def _root(rows: Tensor, shrink: float) -> Tensor:
    """Cholesky factor of the covariance of centred samples, shrunk towards its diagonal."""
    cov = rows.mT @ rows / rows.shape[-2]
    own = cov.diagonal(dim1=-2, dim2=-1)
    floor = _RIDGE * own.mean(-1, keepdim=True).clamp_min(_RIDGE)
    return torch.linalg.cholesky((1 - shrink) * cov + torch.diag_embed(shrink * own + floor))

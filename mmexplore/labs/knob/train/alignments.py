"""How two latents tell each other: bounds of I(Zx;Zy) by a critic's scores, and the alignments of deterministic methods.

Each takes latents (S, m, k) and returns what is maximised, (S,). In nats: `infonce`, `smile`, `mine`, `clip` and `cca` (for Gaussian
latents); `barlow` and `vicreg` are losses with their sign turned, no informations.

References: Zbontar et al. 2021 (arXiv 2103.03230, section 2.1, lambda = 0.005); Bardes, Ponce & LeCun 2022 (arXiv 2105.04906, eq. 1-6,
weights 25, 25, 1); Andrew et al. 2013 (ICML) with the information of canonical correlations instead of their sum.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmexplore.labs.knob.train.networks import Build, Critic, Place
from mmexplore.training import bounds

_RIDGE = 1e-3


class ScoredAlignment(nn.Module):
    """A critic's scores through one of the bounds of `mmexplore.training.bounds`."""

    in_nats = True

    def __init__(self, build: Build, k: int, bound: str) -> None:
        super().__init__()
        self.bound = bound
        self.critic = Critic(build, k, k)
        self._average: Tensor | None = None
        self._steady = build.knobs == 0  # settings that stay have an average of their own

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, k) twice to (S,)."""
        scores = self.critic(a, b, place)
        if self.bound == "infonce":
            return bounds.infonce(scores, symmetric=True)
        if self.bound == "smile":
            return bounds.smile(scores)
        value, average = bounds.mine(scores, self._average if self.training else None)
        if self._steady and self.training:
            self._average = average
        return value


class ClipAlignment(nn.Module):
    """InfoNCE both ways with the cosine over a learned temperature as the score."""

    in_nats = True

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, k) twice to (S,)."""
        a, b = (nn.functional.normalize(z, dim=-1) for z in (a, b))
        return bounds.infonce(a @ b.mT * self.log_scale.clamp(max=4.6).exp(), symmetric=True)


class BarlowAlignment(nn.Module):
    """Minus the distance of the cross-correlation from the identity."""

    in_nats = False

    def __init__(self, weight: float = 0.005) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, k) twice to (S,)."""
        c = _standard(a).mT @ _standard(b) / a.shape[-2]  # (S, k, k)
        on = (1 - c.diagonal(dim1=-2, dim2=-1)).square().sum(-1)
        off = c.square().sum((-2, -1)) - c.diagonal(dim1=-2, dim2=-1).square().sum(-1)
        return -(on + self.weight * off)


class VicRegAlignment(nn.Module):
    """Minus the weighted sum of invariance, variance and covariance penalties."""

    in_nats = False

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, k) twice to (S,)."""
        loss = 25 * (a - b).square().mean((-2, -1))
        for z in (a, b):
            loss = loss + 25 * (1 - (z.var(-2) + 1e-4).sqrt()).relu().mean(-1)
            centred = z - z.mean(-2, keepdim=True)
            c = centred.mT @ centred / (z.shape[-2] - 1)
            off = c.square().sum((-2, -1)) - c.diagonal(dim1=-2, dim2=-1).square().sum(-1)
            loss = loss + off / z.shape[-1]
        return -loss


class GaussianInformation(nn.Module):
    """-1/2 sum log(1 - rho_i^2) of the latents' canonical correlations, by log-determinants in float64."""

    in_nats = True

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, k) twice to (S,)."""
        k = a.shape[-1]
        both = torch.cat([_standard(a), _standard(b)], -1).double()
        ridge = _RIDGE * torch.eye(2 * k, dtype=both.dtype, device=both.device)
        c = both.mT @ both / both.shape[-2] + ridge
        parts = (c[..., :k, :k], c[..., k:, k:], c)
        first, second, whole = (torch.linalg.slogdet(part)[1] for part in parts)
        return (0.5 * (first + second - whole)).to(a.dtype)


def _standard(z: Tensor) -> Tensor:
    centred = z - z.mean(-2, keepdim=True)
    return centred / (centred.square().mean(-2, keepdim=True) + 1e-6).sqrt()


def alignment(name: str, build: Build, k: int) -> nn.Module:
    """The alignment of that name: a bound, or what a method fixes."""
    fixed = {"clip": ClipAlignment, "barlow": BarlowAlignment, "vicreg": VicRegAlignment, "cca": GaussianInformation}
    return fixed[name]() if name in fixed else ScoredAlignment(build, k, name)

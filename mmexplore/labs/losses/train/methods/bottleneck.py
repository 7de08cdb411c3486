"""Variational bottlenecks of both views: VAE, DVSIB and DVCCA, with normal latents and decoders of learned scalar variance.

    KL(N(mu, s^2) || N(0, I)) a view;  -log p(x | z) = d/2 log(2 pi v) + |x - x^|^2 / (2 v), v learned

    VAE    KL1 + KL2 + beta [nll(x1|z1) + nll(x2|z2)]
    DVSIB  KL1 + KL2 - beta NCE(z1, z2) + gamma [nll(x1|z1) + nll(x2|z2)]
    DVCCA  KL1 + KL2 + beta [nll(x2|z1) + nll(x1|z2)] + beta gamma [nll(x1|z1) + nll(x2|z2)]

Abdelaleem, Nemenman & Martini 2025, arXiv 2310.03311; Wang et al. 2016, arXiv 1610.03454; Kingma & Welling 2014, arXiv 1312.6114.
Probes read drawn latents by default: a mean carries in its smallest digits what a draw loses, so it shows more than the code that the rate
is paid for.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from mmexplore.labs.losses.train.bank import Mlp
from mmexplore.labs.losses.train.method import Batch, LossMethod, side_by_side
from mmexplore.training.bounds import infonce
from mmexplore.units import BITS_PER_NAT


class BottleneckMethod(LossMethod):
    """Stochastic latents: encoders put out means and log variances."""

    def encoder_outputs(self) -> int:
        """Mean and log variance."""
        return 2 * self.shape.embedding

    def decoder(self, view: tuple[int, ...]) -> Mlp:
        """A decoder from one latent."""
        return Mlp(self.draw, [self.shape.embedding, self.shape.width, math.prod(view)])

    def variances(self, count: int) -> nn.Parameter:
        """Log variances of decoders, (K, count)."""
        return nn.Parameter(torch.zeros(self.shape.members, count))

    def sample(self, x: Tensor, view: int, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        """A drawn latent, and its mean rate in nats, (K,)."""
        mean, log_var = (self.encoder1 if view == 1 else self.encoder2)(x).chunk(2, dim=-1)
        log_var = log_var.clamp(-10.0, 4.0)
        drawn = mean + torch.randn(mean.shape, generator=noise, device=mean.device) * (0.5 * log_var).exp()
        rate = 0.5 * (mean.square() + log_var.exp() - 1.0 - log_var).sum(dim=-1).mean(dim=-1)
        return drawn, rate

    def encode(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, Tensor]:
        """Means of both latents."""
        e = self.shape.embedding
        return self.encoder1(x1)[..., :e], self.encoder2(x2)[..., :e]

    def read(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Both latents drawn; their means without `noise`."""
        if noise is None:
            return self.encode(x1, x2)
        return self.sample(x1, 1, noise)[0], self.sample(x2, 2, noise)[0]

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """Of the latents."""
        return side_by_side("z", *self.read(x1, x2, noise))


def negative_log_likelihood(x: Tensor, guess: Tensor, log_var: Tensor) -> Tensor:
    """Mean over rows, nats, (K,); log_var is (K,)."""
    x = x.flatten(2)
    log_var = log_var.clamp(-8.0, 4.0)
    errors = (x - guess).square().sum(dim=-1).mean(dim=-1)
    return 0.5 * (x.shape[-1] * (math.log(2.0 * math.pi) + log_var) + errors * (-log_var).exp())


class VaeMethod(BottleneckMethod):
    """Each view by itself."""

    def build(self) -> None:
        """Two decoders."""
        self.back1, self.back2 = self.decoder(self.shape.view1), self.decoder(self.shape.view2)
        self.log_var = self.variances(2)

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Rate plus beta distortion."""
        (z1, r1), (z2, r2) = self.sample(batch.x1, 1, noise), self.sample(batch.x2, 2, noise)
        nll = self.restored(batch, z1, z2)
        return r1 + r2 + self.objective.beta * nll, {"rate": (r1 + r2) * BITS_PER_NAT, "nll_nats": nll}

    def restored(self, batch: Batch, z1: Tensor, z2: Tensor) -> Tensor:
        """Both views from their own latents."""
        return negative_log_likelihood(batch.x1, self.back1(z1), self.log_var[:, 0]) + negative_log_likelihood(
            batch.x2, self.back2(z2), self.log_var[:, 1]
        )


class DvsibMethod(VaeMethod):
    """What the latents share, and gamma times what reconstructs each view."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Negative squared distances are the critic: the optimal one of normal latents of one spread."""
        (z1, r1), (z2, r2) = self.sample(batch.x1, 1, noise), self.sample(batch.x2, 2, noise)
        shared = infonce(-torch.cdist(z1, z2).square(), symmetric=True)
        nll = self.restored(batch, z1, z2)
        total = r1 + r2 - self.objective.beta * shared + self.objective.gamma * nll
        return total, {"rate": (r1 + r2) * BITS_PER_NAT, "nce_12": shared * BITS_PER_NAT, "nll_nats": nll}

    def scores(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> Tensor:
        """Negative squared distances of the latents."""
        return -torch.cdist(*self.read(x1, x2, noise)).square()


class DvccaMethod(VaeMethod):
    """Each latent reconstructs the other view, and gamma times its own."""

    def build(self) -> None:
        """Four decoders."""
        super().build()
        self.over2, self.over1 = self.decoder(self.shape.view2), self.decoder(self.shape.view1)
        self.log_var_over = self.variances(2)

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Rate plus beta times what is restored."""
        (z1, r1), (z2, r2) = self.sample(batch.x1, 1, noise), self.sample(batch.x2, 2, noise)
        nll = negative_log_likelihood(batch.x2, self.over2(z1), self.log_var_over[:, 0])
        nll = nll + negative_log_likelihood(batch.x1, self.over1(z2), self.log_var_over[:, 1])
        if self.objective.gamma > 0:
            nll = nll + self.objective.gamma * self.restored(batch, z1, z2)
        return r1 + r2 + self.objective.beta * nll, {"rate": (r1 + r2) * BITS_PER_NAT, "nll_nats": nll}

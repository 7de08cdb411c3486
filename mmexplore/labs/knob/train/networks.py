"""Networks that are told where the knobs stand, and stacks of separate networks, behind one interface.

Tensors carry the settings first: (S, m, d) are m rows at each of S settings; rows that all settings share are (m, d). Every network is a
stack of `copies` with weights of their own, and every setting says which copy answers it (`Place.copy`). A copy is told the knobs: after
each layer FiLM turns every unit by (1 + scale(knobs)) h + shift(knobs) (Perez, Strub, de Vries, Dumoulin & Courville 2018, arXiv 1709.07871),
with heads that begin at zero, so that it begins as a plain network; trained over sampled settings it answers all of them (Dosovitskiy
& Djolonga 2020, ICLR). Without knobs a stack is so many separate networks, one for each setting.

Latents are drawn from N(mean, exp(log_variance)), log_variance clamped to [-10, 4]; views are told by Gaussians whose log-variances are
fixed, or learned for every column (and every setting).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

LATENT_LIMITS = (-10.0, 4.0)
VIEW_LIMITS = (-7.0, 4.0)
FIRST_LOG_VARIANCE = -3.0  # little noise at first: from much noise a symmetric method never leaves the collapsed state
_TRUNK = 32


class Build(NamedTuple):
    """What all networks of a model have in common.

    Attributes:
        knobs: how many knobs a network is told.
        copies: networks in a stack.
        width, depth: of the hidden layers; depth 0 is a linear network.
        generator: draws the first weights.
    """

    knobs: int
    copies: int
    width: int
    depth: int
    generator: torch.Generator


class Place(NamedTuple):
    """Where S settings stand, for networks.

    Attributes:
        knobs: what they are told, (S, c) in [-1, 1], or None.
        copy: which copy of the stack answers each, (S,), or None where there is one copy only.
        even: the copies answer as many settings each, one copy after the other: their weights need not be gathered.
    """

    knobs: Tensor | None
    copy: Tensor | None
    even: bool = False

    def own(self, weights: Tensor) -> Tensor:
        """Each setting's own of weights (copies, ...): (S, ...), or (1, ...) where there is one copy only."""
        return weights if self.copy is None else weights[self.copy]

    def times(self, x: Tensor, weights: Tensor) -> Tensor:
        """Rows (S, m, i), or (m, i) that all settings share, times each setting's own weights (copies, i, o): (S, m, o)."""
        if self.even and x.ndim == 3:
            s, m, i = x.shape
            return (x.reshape(len(weights), -1, i) @ weights).reshape(s, m, -1)
        return x @ self.own(weights)


class Layer(nn.Module):
    """An affine layer of a stack of networks."""

    def __init__(self, build: Build, inputs: int, outputs: int, scale: float = 1.0) -> None:
        super().__init__()
        bound = scale * math.sqrt(3.0 / inputs)
        drawn = torch.rand((build.copies, inputs, outputs), generator=build.generator) * 2 - 1
        self.weight = nn.Parameter(drawn * bound)
        self.bias = nn.Parameter(torch.zeros(build.copies, 1, outputs))

    def forward(self, x: Tensor, place: Place) -> Tensor:
        """(m, i) or (S, m, i) to (S, m, o), or to (m, o) where one copy reads rows that all settings share."""
        if place.copy is None and len(self.weight) == 1:
            return x @ self.weight[0] + self.bias[0]
        return place.times(x, self.weight) + place.own(self.bias)


class KnobHeads(nn.Module):
    """What the knobs say to every layer: a small network of the knobs with heads that begin at zero."""

    def __init__(self, build: Build, sizes: list[int]) -> None:
        super().__init__()
        self.sizes = sizes
        self.first = nn.Parameter(2.0 * torch.randn((build.knobs, _TRUNK), generator=build.generator))
        self.offset = nn.Parameter(torch.randn(_TRUNK, generator=build.generator))
        self.heads = nn.Parameter(torch.zeros(build.copies, _TRUNK, sum(sizes)))

    def forward(self, knobs: Tensor, place: Place) -> list[Tensor]:
        """One (S, 1, size) a layer."""
        features = torch.tanh(knobs @ self.first + self.offset)[:, None, :]
        return list(place.times(features, self.heads).split(self.sizes, dim=-1))


class Network(nn.Module):
    """Perceptrons that are told the knobs.

    Args:
        build: see `Build`.
        inputs: columns in.
        outputs: columns out.
        scale: of the first weights of the last layer.
        turn_inputs: let the knobs scale the inputs too (for decoders, whose latents shrink with beta).
        extra: further outputs that depend on the knobs alone; `extra` of the result.
    """

    def __init__(
        self, build: Build, inputs: int, outputs: int, *, scale: float = 1.0, turn_inputs: bool = False, extra: int = 0
    ) -> None:
        super().__init__()
        sizes = [inputs, *[build.width] * build.depth, outputs]
        gains = [math.sqrt(2.0)] * build.depth + [scale]
        layers = [Layer(build, a, b, gain) for a, b, gain in zip(sizes[:-1], sizes[1:], gains, strict=True)]
        self.layers = nn.ModuleList(layers)
        self.last = layers[-1]
        self.turn_inputs = turn_inputs
        self.heads: KnobHeads | None = None
        if build.knobs:
            self.heads = KnobHeads(
                build, [2 * size for size in sizes[1:]] + ([inputs] if turn_inputs else []) + [extra]
            )

    def forward(self, x: Tensor, place: Place) -> tuple[Tensor, Tensor | None]:
        """Outputs (S, m, o), and the extra outputs (S, 1, extra) of networks that are told the knobs."""
        said = self.heads(place.knobs, place) if self.heads is not None and place.knobs is not None else []
        if said and self.turn_inputs:
            x = x * (1 + said[len(self.layers)])
        for i, layer in enumerate(self.layers):
            x = layer(x, place)
            if said:
                scale, shift = said[i].chunk(2, dim=-1)
                x = torch.addcmul(shift, x, 1 + scale) if x.ndim == 3 else x * (1 + scale) + shift
            if i + 1 < len(self.layers):
                x = nn.functional.silu(x)
        return (x if x.ndim == 3 else x[None]), (said[-1] if said else None)


class Posterior(NamedTuple):
    """q(z|rows) at S settings: mean and log-variance, (S, m, k)."""

    mean: Tensor
    log_variance: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Latents, (S, m, k), from standard normal noise that broadcasts to it."""
        return self.mean + (0.5 * self.log_variance).exp() * noise

    @property
    def kl(self) -> Tensor:
        """KL(q || N(0, 1)) of every dimension in nats, (S, m, k)."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1 - self.log_variance)


class Encoder(nn.Module):
    """Rows to a posterior."""

    def __init__(self, build: Build, inputs: int, latent: int, stochastic: bool = True) -> None:
        super().__init__()
        self.latent, self.stochastic = latent, stochastic
        self.network = Network(build, inputs, 2 * latent if stochastic else latent)
        if stochastic:
            last = self.network.last
            with torch.no_grad():
                last.weight[..., latent:] *= 0.1
                last.bias[..., latent:] = FIRST_LOG_VARIANCE

    def forward(self, x: Tensor, place: Place) -> Posterior:
        """Rows (m, d) or (S, m, d) to a posterior of (S, m, k); noiseless where the method is deterministic."""
        out, _ = self.network(x, place)
        if not self.stochastic:
            return Posterior(out, torch.full_like(out, -torch.inf))
        mean, log_variance = out.split(self.latent, dim=-1)
        return Posterior(mean, log_variance.clamp(*LATENT_LIMITS))


class Decoder(nn.Module):
    """Latents to a Gaussian of a view.

    Args:
        variance: ``"fixed"`` (1), ``"learned"`` for each column and setting, or ``"full"``: a learned covariance.
        spread: variances of the view's columns, (d,): those without any do not count, the others begin there.
    """

    def __init__(self, build: Build, latent: int, spread: Tensor, variance: str) -> None:
        super().__init__()
        d = len(spread)
        self.variance = variance
        self.lower = d * (d - 1) // 2 if variance == "full" else 0
        extra = 0 if variance == "fixed" else d + self.lower
        self.network = Network(build, latent, d, turn_inputs=True, extra=extra)
        self.counts: Tensor
        self.spread: Tensor
        self.places: Tensor
        self.register_buffer("counts", (spread > 1e-8).to(spread.dtype))
        self.register_buffer("spread", spread.clamp_min(1e-8))
        self.register_buffer("places", torch.tril_indices(d, d, -1))
        lead = (build.copies, 1)
        if variance != "fixed":
            begin = self.spread.log().clamp(*VIEW_LIMITS)
            self.log_variance = nn.Parameter(begin.expand(*lead, d).clone())
        if self.lower:
            self.mixing = nn.Parameter(torch.zeros(*lead, self.lower))

    def forward(self, z: Tensor, place: Place) -> tuple[Tensor, Tensor | None]:
        """Latents (S, m, k) to means (S, m, d) and what the knobs say of the covariance."""
        return self.network(z, place)

    def gain(self, output: tuple[Tensor, Tensor | None], view: Tensor, place: Place) -> Tensor:
        """log q(view|z) + entropy of a Gaussian with the columns' variances, in nats, (S, m)."""
        mean, correction = output
        residual = (view - mean) * self.counts
        entropy = 0.5 * ((1 + self.spread.log()) * self.counts).sum()
        if self.variance == "fixed":
            return entropy - 0.5 * residual.square().sum(-1)
        log_variance = place.own(self.log_variance)
        if correction is not None:
            log_variance = log_variance + correction[..., : residual.shape[-1]]
        log_variance = log_variance.clamp(*VIEW_LIMITS)
        if self.lower:
            said_lower = 0.0 if correction is None else correction[..., residual.shape[-1] :]
            residual = residual - self._mixed(place.own(self.mixing) + said_lower, residual)
        surprise = residual.square() * (-log_variance).exp() + log_variance
        return entropy - 0.5 * (surprise * self.counts).sum(-1)

    def _mixed(self, below: Tensor, residual: Tensor) -> Tensor:
        """What the columns before a column say of its residual: a unit lower triangular factor of the precision."""
        below = below.reshape(-1, self.lower)
        d = residual.shape[-1]
        matrix = residual.new_zeros((len(below), d, d))
        matrix[:, self.places[0], self.places[1]] = below
        return residual @ matrix.mT


class Critic(nn.Module):
    """Scores of pairs, f(a_i, b_j) = g(a_i) . h(b_j) + u(a_i) + v(b_j): separable, so that B rows give B x B scores."""

    def __init__(self, build: Build, first: int, second: int, embedding: int = 32) -> None:
        super().__init__()
        build = build._replace(depth=max(1, build.depth))
        self.first = Network(build, first, embedding + 1)
        self.second = Network(build, second, embedding + 1)
        self.root = math.sqrt(embedding)

    def forward(self, a: Tensor, b: Tensor, place: Place) -> Tensor:
        """(S, m, first) and (S, m, second) to scores (S, m, m)."""
        g, h = self.first(a, place)[0], self.second(b, place)[0]
        scores = g[..., :-1] @ h[..., :-1].mT / self.root
        return scores + g[..., -1:] + h[..., -1:].mT

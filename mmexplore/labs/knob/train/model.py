"""The networks of a method and the value of every term of its loss, both read off its graphs.

The loss divided by beta is what is minimised, so that telling keeps its weight and compression gets cheaper as beta grows:

    L / beta = sum of rates / beta - (sum of shared terms + gamma sum of reconstructions).

Decoders learn to tell as well as they can at *every* setting: gamma does not scale their own gradient but the one that flows through them
into the encoders (`passed`), which is the gradient of the loss for the encoders and, up to a positive factor, for the decoders. A view that
a method does not tell has a spectator decoder, which passes nothing on: it shows what could be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.graphs import VIEWS, Term
from mmexplore.labs.knob.methods import Method
from mmexplore.labs.knob.train.alignments import alignment
from mmexplore.labs.knob.train.dial import KnobSettings
from mmexplore.labs.knob.train.networks import Build, Decoder, Encoder, Posterior

MOST_FULL = 32
_EVEN_BETA = 4.0
_COLUMNS = 8.0  # told columns whose gradient weighs about as much as two latents telling each other


@dataclass(frozen=True)
class Values:
    """Terms of a loss at S settings.

    Attributes:
        terms: by symbol, (S, m) where rows add up, (S,) for a mutual term.
        spectators: gains of the views that are not told, (S, m).
        posteriors: by latent.
        latents: sampled, by latent, (S, m, k).
    """

    terms: dict[str, Tensor]
    spectators: dict[str, Tensor]
    posteriors: dict[str, Posterior]
    latents: dict[str, Tensor]


def loss_over_beta(terms: Iterable[Term], values: Mapping[str, Tensor], beta: Tensor, gamma: Tensor) -> Tensor:
    """L / beta, (S,), from the terms' values, (S,) or (S, m): the derived loss itself."""
    total = torch.zeros_like(beta)
    weight = _gamma_weight(terms, gamma)
    for term in terms:
        value = values[term.symbol]
        value = value.mean(-1) if value.ndim > 1 else value
        if term.role == "rate":
            total = total + value / beta
        else:
            total = total - (weight * value if term.role == "reconstruction" else value)
    return total


def _gamma_weight(terms: Iterable[Term], gamma: Tensor) -> Tensor:
    """What reconstructions weigh beside shared terms: gamma, or 1 where nothing is shared."""
    return gamma if any(term.role == "shared" for term in terms) else torch.ones_like(gamma)


class Model(nn.Module):
    """Encoders, decoders and alignments of a method.

    Args:
        method: its declaration.
        spreads: variances of the columns of ``X`` and ``Y``.
        latent: dimensions of each latent.
        variance: of the decoders.
        mi: bound by which latents tell each other, where the method leaves it open.
        build: conditioned or stacked, and the sizes.
    """

    def __init__(
        self, method: Method, spreads: Mapping[str, Tensor], latent: int, variance: str, mi: str, build: Build
    ) -> None:
        super().__init__()
        self.method, self.latent = method, latent
        graphs = method.graphs
        if variance == "full":
            for view in VIEWS:
                if len(spreads[view]) > MOST_FULL:
                    raise BadSpec(
                        f"variance is 'full' and {view} has {len(spreads[view])} columns; allowed: at most {MOST_FULL}, or 'learned'"
                    )
        size = self.size = {view: len(spreads[view]) for view in VIEWS}
        self.encoders = nn.ModuleDict(
            {
                edge.child: Encoder(build, sum(size[view] for view in edge.parents), latent, method.stochastic)
                for edge in graphs.encoder
            }
        )
        self.decoded = {term.child: term for term in method.terms if term.kind == "decoded"}
        self.parents = {view: self._parents_of(view) for view in VIEWS}
        self.decoders = nn.ModuleDict(
            {view: Decoder(build, latent * len(self.parents[view]), spreads[view], variance) for view in VIEWS}
        )
        self.alignments = nn.ModuleDict(
            {
                term.symbol: alignment(method.alignment or mi, build, latent)
                for term in method.terms
                if term.kind == "mutual"
            }
        )

    def _parents_of(self, view: str) -> tuple[str, ...]:
        """The latents that tell a view; for a spectator those that see it, or all if none does."""
        if view in self.decoded:
            return self.decoded[view].parents
        graphs = self.method.graphs
        return tuple(name for name in graphs.latents if view in graphs.sees(name)) or graphs.latents

    def encode(self, sides: Mapping[str, Tensor], settings: KnobSettings, only: str = "") -> dict[str, Posterior]:
        """Posteriors of every latent, or of one only, (S, m, k), of rows (m, d) or (S, m, d)."""
        posteriors = {}
        for edge in self.method.graphs.encoder:
            if only not in ("", edge.child):
                continue
            rows = torch.cat([sides[view] for view in edge.parents], -1) if len(edge.parents) > 1 else None
            posteriors[edge.child] = self.encoders[edge.child](
                sides[edge.parents[0]] if rows is None else rows, settings.place
            )
        return posteriors

    def draw(self, posteriors: Mapping[str, Posterior], generator: torch.Generator) -> dict[str, Tensor]:
        """One sample of every latent, (S, m, k)."""
        drawn = {}
        for name, posterior in posteriors.items():
            if self.method.stochastic:
                mean = posterior.mean
                noise = torch.randn(mean.shape, generator=generator, device=mean.device, dtype=mean.dtype)
                drawn[name] = posterior.sample(noise)
            else:
                drawn[name] = posterior.mean
        return drawn

    def decode(
        self, view: str, latents: Mapping[str, Tensor], settings: KnobSettings, passed: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """A view's decoder on its latents; `passed` (S,) is the share of the gradient that reaches the latents, all if None."""
        z = torch.cat([latents[name] for name in self.parents[view]], -1)
        if passed is not None:
            share = passed[:, None, None]
            z = share * z + ((1 - share) * z).detach()
        decoder = self.decoders[view]
        return decoder(z, settings.place)

    def values(
        self,
        sides: Mapping[str, Tensor],
        settings: KnobSettings,
        generator: torch.Generator,
        *,
        posteriors: dict[str, Posterior] | None = None,
        latents: dict[str, Tensor] | None = None,
        apart: int = 4096,
    ) -> Values:
        """Every term at every setting; gradients as the module says. Two latents tell each other among at most `apart` rows."""
        posteriors = self.encode(sides, settings) if posteriors is None else posteriors
        latents = self.draw(posteriors, generator) if latents is None else latents
        weight = _gamma_weight(self.method.terms, settings.gamma)
        terms, spectators = {}, {}
        for term in self.method.terms:
            if term.kind == "rate":
                terms[term.symbol] = posteriors[term.child].kl.sum(-1)
            elif term.kind == "decoded":
                passed = self.evened(settings) * (weight if term.role == "reconstruction" else 1.0)
                reconstruction = self.decode(term.child, latents, settings, passed)
                terms[term.symbol] = self.decoders[term.child].gain(reconstruction, sides[term.child], settings.place)  # type: ignore[operator]
            else:
                a, b = latents[term.parents[0]], latents[term.child]
                size = min(a.shape[-2], apart)
                starts = range(0, a.shape[-2] - size + 1, size)
                align = self.alignments[term.symbol]
                parts = [align(a[..., s : s + size, :], b[..., s : s + size, :], settings.place) for s in starts]
                terms[term.symbol] = parts[0] if len(parts) == 1 else torch.stack(parts).mean(0)
        for view in VIEWS:
            if view not in self.decoded:
                unmoved = {name: z.detach() for name, z in latents.items()}
                reconstruction = self.decode(view, unmoved, settings)
                spectators[view] = self.decoders[view].gain(reconstruction, sides[view], settings.place)  # type: ignore[operator]
        return Values(terms, spectators, posteriors, latents)

    def evened(self, settings: KnobSettings) -> Tensor:
        """A positive weight of each setting, (S,), that moves none of their optima.

        Settings share weights: telling many columns at a large gamma would drown what the others ask, and the price of rates at a small
        beta would close latents that tell each other at a larger one, which they do not leave again (the transition is of first order).
        """
        weight = torch.ones_like(settings.beta)
        if "gamma" in self.method.knobs:
            own = [term.child for term in self.method.terms if term.role == "reconstruction"]
            weight = weight / (1 + settings.gamma * sum(self.size[view] for view in own) / _COLUMNS)
        if self.method.mutual and self.method.stochastic:
            weight = weight * settings.beta / (settings.beta + _EVEN_BETA)
        return weight

    def surrogate(self, values: Values, settings: KnobSettings, price: float = 1.0) -> Tensor:
        """What is differentiated: the sum of L / beta with every decoder at full weight, over the settings' mean.

        `price` scales the rates while training begins: a latent that has not yet learned to tell anything is not thrown away.
        """
        total = torch.zeros_like(settings.beta)
        for term in self.method.terms:
            value = values.terms[term.symbol]
            value = value.mean(-1) if value.ndim > 1 else value
            if term.role == "rate":
                value = -price * value / settings.beta
            total = total - (value if term.kind == "decoded" else self.evened(settings) * value)
        for gain in values.spectators.values():
            total = total - gain.mean(-1)
        return total.mean()

    def groups(self) -> list[list[nn.Parameter]]:
        """Weights that are clipped together: each stack by itself, so that a steep decoder does not slow the encoders."""
        modules = [*self.encoders.values(), *self.decoders.values(), *self.alignments.values()]
        return [weights for module in modules if (weights := list(module.parameters()))]

"""Critics: a score for every pair of a batch, (K, B, B), entry (i, j) for x1 of row i with x2 of row j.

Separable: cosine of g(x1) and h(x2) over a temperature, 2 B passes. Concatenated: f([x1, x2]), B^2 passes, as in Liang et al. 2023. A
condition stands beside the input it conditions: g([x1, c1]), h([x2, c2]).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from mmexplore.labs.losses.train.bank import Dense, Mlp, Streams


def cosine(z1: Tensor, z2: Tensor, temperature: float) -> Tensor:
    """Cosines over the temperature, (K, B, B)."""
    return normalize(z1, dim=-1) @ normalize(z2, dim=-1).transpose(-1, -2) / temperature


class Separable(nn.Module):
    """cos(g(x1), h(x2)) / temperature."""

    def __init__(self, draw: Streams, d1: int, d2: int, width: int, out: int, temperature: float) -> None:
        super().__init__()
        self.g, self.h = Mlp(draw, [d1, width, out]), Mlp(draw, [d2, width, out])
        self._temperature = temperature

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Scores (K, B, B)."""
        return cosine(self.g(x1), self.h(x2), self._temperature)


class Inner(nn.Module):
    """<g(x1), h(x2)> without a bound on the scores: for estimating information, where a temperature would cap it."""

    def __init__(self, draw: Streams, d1: int, d2: int, width: int, out: int) -> None:
        super().__init__()
        self.g, self.h = Mlp(draw, [d1, width, width, out]), Mlp(draw, [d2, width, width, out])
        self._scale = out**-0.5

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Scores (K, B, B)."""
        return self.g(x1) @ self.h(x2).transpose(-1, -2) * self._scale


class Concatenated(nn.Module):
    """f([x1, x2]) of every pair; the first layer's two halves are computed once a row."""

    def __init__(self, draw: Streams, d1: int, d2: int, width: int) -> None:
        super().__init__()
        self.first, self.second = Dense(draw, d1, width), Dense(draw, d2, width)
        self.rest = Mlp(draw, [width, width, 1])

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Scores (K, B, B)."""
        k, b, _ = x1.shape
        pairs = torch.relu(self.first(x1)[:, :, None] + self.second(x2)[:, None])  # (K, B, B, width)
        return self.rest(pairs.reshape(k, b * x2.shape[1], -1)).reshape(k, b, x2.shape[1])


def critic(kind: str, draw: Streams, d1: int, d2: int, width: int, temperature: float) -> nn.Module:
    """The critic of that name."""
    if kind == "concatenated":
        return Concatenated(draw, d1, d2, width)
    return Separable(draw, d1, d2, width, min(width, 64), temperature)

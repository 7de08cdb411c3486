"""Where the knobs stand: settings of beta and gamma, the places on their dials, and settings drawn for training.

The network is told places in [-1, 1]: log beta between its ends, and gamma's place among `GAMMAS` (from 0 to the first doubling the
dial is linear, then each step doubles). Places are drawn stratified, so that every batch sees the whole dial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmexplore.tasks.knob import GAMMAS

_FIRST = GAMMAS[1]
_LAST = len(GAMMAS) - 1


def gamma_place(gamma: Tensor) -> Tensor:
    """Place of gamma on its dial, 0 to 10."""
    return torch.where(gamma <= _FIRST, gamma / _FIRST, 1 + (gamma.clamp_min(_FIRST) / _FIRST).log2())


def gamma_at(place: Tensor) -> Tensor:
    """Gamma at a place of its dial."""
    return torch.where(place <= 1, place * _FIRST, _FIRST * 2 ** (place.clamp_min(1) - 1))


@dataclass(frozen=True)
class Settings:
    """S settings of the knobs.

    Attributes:
        beta, gamma: (S,).
        knobs: what a conditioned network is told, (S, c); None for networks that are told nothing.
        rows: numbers of the settings in a stack of separate networks, or None for all.
    """

    beta: Tensor
    gamma: Tensor
    knobs: Tensor | None

    def __len__(self) -> int:
        return len(self.beta)

    def part(self, start: int, stop: int) -> Settings:
        """Some of the settings of a conditioned network."""
        told = None if self.knobs is None else self.knobs[start:stop]
        return Settings(self.beta[start:stop], self.gamma[start:stop], told)


@dataclass(frozen=True)
class Dial:
    """The knobs a conditioned network is told.

    Attributes:
        low, high: ends of beta.
        acting: which of ``beta`` and ``gamma`` act.
        device: where settings are made.
    """

    low: float
    high: float
    acting: tuple[str, ...]
    device: torch.device

    def settings(self, beta: np.ndarray, gamma: np.ndarray) -> Settings:
        """Every pair of the given settings, beta first, (B G,)."""
        pairs = np.stack(np.meshgrid(beta, gamma, indexing="ij"), -1).reshape(-1, 2)
        both = torch.as_tensor(pairs, dtype=torch.float32, device=self.device)
        return self._told(both[:, 0], both[:, 1])

    def draw(self, count: int, generator: torch.Generator) -> Settings:
        """`count` random settings, stratified on each dial."""

        def places() -> Tensor:
            order = torch.randperm(count, generator=generator, device=self.device)
            return (order + torch.rand(count, generator=generator, device=self.device)) / count

        log_low, log_high = np.log(self.low), np.log(self.high)
        beta = (log_low + (log_high - log_low) * places()).exp()
        gamma = gamma_at(_LAST * places()) if "gamma" in self.acting else torch.ones_like(beta)
        return self._told(beta, gamma)

    def _told(self, beta: Tensor, gamma: Tensor) -> Settings:
        told = []
        if "beta" in self.acting:
            middle, half = np.log(self.low * self.high) / 2, np.log(self.high / self.low) / 2
            told.append((beta.log() - middle) / half)
        if "gamma" in self.acting:
            told.append(gamma_place(gamma) * (2 / _LAST) - 1)
        return Settings(beta, gamma, torch.stack(told, -1) if told else None)

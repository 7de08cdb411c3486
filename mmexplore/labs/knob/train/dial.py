"""Where the knobs stand: settings of beta and gamma, the places on their dials, and settings drawn for training.

The network is told places in [-1, 1]: log beta between its ends, and gamma's place among `GAMMAS` (from 0 to the first doubling the
dial is linear, then each step doubles). Places are drawn stratified, so that every batch sees the whole dial. gamma = 0 has networks
of its own: what it asks for, only what the views share, a network that also learns to tell a hundred columns back does not find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmexplore.labs.knob.task import GAMMAS
from mmexplore.labs.knob.train.networks import Place

_FIRST = GAMMAS[1]
_LAST = len(GAMMAS) - 1
# gamma = 0 asks for other features than telling back: these stretches of the dial, as places, have weights of their own
_STRETCHES = ((0.0, 0.0), (0.25, 10.0))


def gamma_place(gamma: Tensor) -> Tensor:
    """Place of gamma on its dial, 0 to 10."""
    return torch.where(gamma <= _FIRST, gamma / _FIRST, 1 + (gamma.clamp_min(_FIRST) / _FIRST).log2())


def gamma_at(place: Tensor) -> Tensor:
    """Gamma at a place of its dial."""
    return torch.where(place <= 1, place * _FIRST, _FIRST * 2 ** (place.clamp_min(1) - 1))


@dataclass(frozen=True)
class KnobSettings:
    """S settings of the knobs.

    Attributes:
        beta, gamma: (S,).
        place: what networks are told of them.
    """

    beta: Tensor
    gamma: Tensor
    place: Place

    def __len__(self) -> int:
        return len(self.beta)

    def part(self, start: int, stop: int) -> KnobSettings:
        """Some of the settings."""
        knobs, copy = (None if t is None else t[start:stop] for t in (self.place.knobs, self.place.copy))
        return KnobSettings(self.beta[start:stop], self.gamma[start:stop], Place(knobs, copy))


@dataclass(frozen=True)
class KnobInputs:
    """The knobs networks are told.

    Attributes:
        low, high: ends of beta.
        acting: which of ``beta`` and ``gamma`` they are told.
        device: where settings are made.
    """

    low: float
    high: float
    acting: tuple[str, ...]
    device: torch.device

    @property
    def stretches(self) -> tuple[tuple[float, float], ...]:
        """Stretches of gamma's dial whose networks have weights of their own."""
        return _STRETCHES if "gamma" in self.acting else ((0.0, float(_LAST)),)

    @property
    def copies(self) -> int:
        """Networks in a stack that answers this dial; separate networks are told nothing and need one each."""
        return len(self.stretches)

    def settings(self, beta: np.ndarray, gamma: np.ndarray) -> KnobSettings:
        """Every pair of the given settings, beta first, (B G,)."""
        pairs = np.stack(np.meshgrid(beta, gamma, indexing="ij"), -1).reshape(-1, 2)
        both = torch.as_tensor(pairs, dtype=torch.float32, device=self.device)
        return self._settings(both[:, 0], both[:, 1])

    def draw(self, count: int, generator: torch.Generator) -> KnobSettings:
        """`count` random settings, as many for each stretch, stratified on each dial."""
        each = count // self.copies

        def places() -> Tensor:
            order = torch.randperm(each * self.copies, generator=generator, device=self.device)
            return (order + torch.rand(len(order), generator=generator, device=self.device)) / len(order)

        log_low, log_high = np.log(self.low), np.log(self.high)
        beta = (log_low + (log_high - log_low) * places()).exp()
        if "gamma" not in self.acting:
            return self._settings(beta, torch.ones_like(beta), even=True)
        within = torch.rand(each * self.copies, generator=generator, device=self.device)
        ends = torch.tensor(self.stretches, device=self.device).repeat_interleave(each, 0)
        return self._settings(beta, gamma_at(ends[:, 0] + (ends[:, 1] - ends[:, 0]) * within), even=True)

    def _settings(self, beta: Tensor, gamma: Tensor, even: bool = False) -> KnobSettings:
        inputs, copy = [], None
        if "beta" in self.acting:
            middle, half = np.log(self.low * self.high) / 2, np.log(self.high / self.low) / 2
            inputs.append((beta.log() - middle) / half)
        if "gamma" in self.acting:
            place = gamma_place(gamma)
            inputs.append(place * (2 / _LAST) - 1)
            starts = torch.tensor([start for start, _ in self.stretches], device=self.device)
            copy = (torch.searchsorted(starts, place, right=True) - 1).clamp_min(0)
        elif not self.acting:  # one network for each setting
            copy = torch.arange(len(beta), device=self.device) if len(beta) > 1 else None
        return KnobSettings(beta, gamma, Place(torch.stack(inputs, -1) if inputs else None, copy, even))

"""CLIP: symmetric InfoNCE across the views, cosine over a temperature. Radford et al. 2021, arXiv 2103.00020."""

from __future__ import annotations

import torch
from torch import Tensor

from mmexplore.labs.losses.train.critics import cosine
from mmexplore.labs.losses.train.method import Batch, LossMethod
from mmexplore.training.bounds import infonce
from mmexplore.units import BITS_PER_NAT


class ClipMethod(LossMethod):
    """L = -NCE(z1, z2)."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """The bound, sign turned."""
        bound = infonce(cosine(*self.encode(batch.x1, batch.x2), self.objective.temperature), symmetric=True)
        return -bound, {"nce_12": bound * BITS_PER_NAT}

    def scores(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Cosines over the temperature."""
        return cosine(*self.encode(x1, x2), self.objective.temperature)

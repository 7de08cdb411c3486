"""CLIP: symmetric InfoNCE across the views, cosine over a temperature. Radford et al. 2021, arXiv 2103.00020.

A projection head may stand before the loss (Chen et al. 2020, arXiv 2002.05709): what trains the loss is what is read after it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mmexplore.labs.losses.train.critics import cosine
from mmexplore.labs.losses.train.method import Batch, HeadedMethod
from mmexplore.training.bounds import infonce
from mmexplore.units import BITS_PER_NAT


class ClipMethod(HeadedMethod):
    """L = -NCE(p1, p2), p_i the projected z_i."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """The bound, sign turned."""
        bound = infonce(cosine(*self.project(batch.x1, batch.x2), self.objective.temperature), symmetric=True)
        return -bound, {"nce_12": bound * BITS_PER_NAT}

    def scores(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> Tensor:
        """Cosines over the temperature."""
        return cosine(*self.project(x1, x2), self.objective.temperature)

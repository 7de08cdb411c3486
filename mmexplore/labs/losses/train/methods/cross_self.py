"""Cross + Self: InfoNCE across the views and, within each view, across augmentations. Yuan et al. 2021, arXiv 2104.12836."""

from __future__ import annotations

import torch
from torch import Tensor

from mmexplore.labs.losses.train.critics import cosine
from mmexplore.labs.losses.train.method import Batch
from mmexplore.labs.losses.train.methods.clip import ClipMethod
from mmexplore.training.bounds import infonce
from mmexplore.units import BITS_PER_NAT


class CrossSelfMethod(ClipMethod):
    """L = -NCE(p1', p2') - NCE(p1', p1'') - NCE(p2', p2''), p_i the projected z_i."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Three bounds, signs turned."""
        first, second = batch.pairs()
        (z1, z2), (t1, t2) = self.project(*first), self.project(*second)
        bounds = {
            name: infonce(cosine(a, b, self.objective.temperature), symmetric=True)
            for name, a, b in (("nce_12", z1, z2), ("nce_11", z1, t1), ("nce_22", z2, t2))
        }
        return -torch.stack(list(bounds.values())).sum(0), {k: v * BITS_PER_NAT for k, v in bounds.items()}

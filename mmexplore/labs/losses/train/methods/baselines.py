"""What every table must hold: raw inputs and an untrained encoder."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool3d

from mmexplore.labs.losses.train.method import Batch, LossMethod, side_by_side


class UntrainedMethod(LossMethod):
    """The encoders with their initial weights."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Nothing is trained: baselines are read, and take no steps."""
        raise ValueError("an untrained encoder has no loss")


class RawMethod(UntrainedMethod):
    """The inputs themselves."""

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """Views as they are; pictures at a quarter of their resolution, 8 x 8 x 3 numbers."""
        z1, z2 = (avg_pool3d(x, (1, 4, 4)).flatten(2) if x.ndim == 5 else x for x in (x1, x2))
        return side_by_side("z", z1, z2)

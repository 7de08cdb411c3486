"""Predict the other view from the embedding of each: what a model that continues from one modality to the next is trained for."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from mmexplore.labs.losses.train.bank import Mlp
from mmexplore.labs.losses.train.method import Batch, LossMethod


class PredictMethod(LossMethod):
    """L = |x2 - g(z1)|^2 + |x1 - h(z2)|^2."""

    def build(self) -> None:
        """Two decoders."""
        w = self.shape.width
        self.to2 = Mlp(self.draw, [self.outputs, w, math.prod(self.shape.view2)])
        self.to1 = Mlp(self.draw, [self.outputs, w, math.prod(self.shape.view1)])

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared errors."""
        z1, z2 = self.encode(batch.x1, batch.x2)
        error2 = (self.to2(z1) - batch.x2.flatten(2)).square().mean(dim=(1, 2))
        error1 = (self.to1(z2) - batch.x1.flatten(2)).square().mean(dim=(1, 2))
        return error1 + error2, {"error1": error1, "error2": error2}

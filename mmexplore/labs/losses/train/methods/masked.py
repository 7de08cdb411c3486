"""Masked reconstruction: hide a share of each view, now and then a whole one, and reconstruct both from one fused embedding.

He et al. 2022, arXiv 2111.06377 (one view); Bachmann et al. 2022, arXiv 2204.01678 (several).
"""

from __future__ import annotations

import torch
from torch import Tensor

from mmexplore.labs.losses.train.bank import Mlp
from mmexplore.labs.losses.train.method import Batch
from mmexplore.labs.losses.train.methods.comm import FusedMethod

_PATCH = 8


class MaskedMethod(FusedMethod):
    """L = |x1 - x1^|^2 + |x2 - x2^|^2, over all numbers, hidden or not."""

    def build(self) -> None:
        """The fusion and two decoders."""
        super().build()
        w, out = self.shape.width, 2 * self.shape.embedding
        self.decoder1 = Mlp(self.draw, [out, w, _numbers(self.shape.view1)])
        self.decoder2 = Mlp(self.draw, [out, w, _numbers(self.shape.view2)])

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared errors; views have variance one or so."""
        k, b = batch.x1.shape[:2]
        whole = torch.rand((k, b, 1), generator=noise, device=batch.x1.device)
        blind = self.objective.blind
        keep = (whole >= blind / 2, (whole < blind / 2) | (whole >= blind))
        seen = [
            hide(x, self.objective.hidden, noise) * _as(which, x)
            for x, which in zip((batch.x1, batch.x2), keep, strict=True)
        ]
        z = self.fuse(*self.encode(*seen))
        error1 = (self.decoder1(z) - batch.x1.flatten(2)).square().mean(dim=(1, 2))
        error2 = (self.decoder2(z) - batch.x2.flatten(2)).square().mean(dim=(1, 2))
        return error1 + error2, {"error1": error1, "error2": error2}


def hide(x: Tensor, share: float, noise: torch.Generator) -> Tensor:
    """Zeros in place of a random share of the numbers (of patches of a picture)."""
    if x.ndim == 3:
        return x * (torch.rand(x.shape, generator=noise, device=x.device) >= share)
    k, b, _, h, w = x.shape
    mask = (torch.rand((k, b, 1, h // _PATCH, w // _PATCH), generator=noise, device=x.device) >= share).to(x.dtype)
    return x * mask.repeat_interleave(_PATCH, dim=-1).repeat_interleave(_PATCH, dim=-2)


def _as(which: Tensor, x: Tensor) -> Tensor:
    return which.reshape(*which.shape[:2], *[1] * (x.ndim - 2)).to(x.dtype)


def _numbers(view: tuple[int, ...]) -> int:
    count = 1
    for size in view:
        count *= size
    return count

"""Augmentations of rows and pictures, on the device, for a whole stack at once.

gentle: rows get noise N(0, .01^2), a tenth of their numbers hidden, or nothing, one of the three each; pictures shift by up to two
pixels, change their light and get noise. Nothing a label could hang on is destroyed: the "unique" augmentation of Liang et al. 2023.
strong: rows may also have their halves swapped (the fourth augmentation of the authors' notebook); pictures get their colours turned
and a hole of a third of the side: what it destroys, an encoder learns to drop.
"""

from __future__ import annotations

import torch
from torch import Tensor

_NOISE = 0.01
_HIDDEN = 0.1


def augment(x: Tensor, kind: str, noise: torch.Generator) -> Tensor:
    """An augmented copy of rows (K, B, d) or pictures (K, B, 3, h, w)."""
    return _pictures(x, kind, noise) if x.ndim == 5 else _rows(x, kind, noise)


def _rows(x: Tensor, kind: str, noise: torch.Generator) -> Tensor:
    k, b, d = x.shape
    which = torch.randint(0, 4 if kind == "strong" else 3, (k, b, 1), generator=noise, device=x.device)
    noisy = x + _NOISE * torch.randn(x.shape, generator=noise, device=x.device)
    holes = x * (torch.rand(x.shape, generator=noise, device=x.device) >= _HIDDEN)
    augmented = torch.where(which == 0, noisy, torch.where(which == 1, holes, x))
    if kind == "strong":
        augmented = torch.where(which == 3, torch.cat([x[..., d // 2 :], x[..., : d // 2]], dim=-1), augmented)
    return augmented


def _pictures(x: Tensor, kind: str, noise: torch.Generator) -> Tensor:
    k, b, c, h, w = x.shape
    n = k * b
    flat = x.reshape(n, c, h, w)
    shift = torch.randint(-2, 3, (2, n), generator=noise, device=x.device)
    rows = (torch.arange(h, device=x.device) - shift[0][:, None]).clamp(0, h - 1)
    columns = (torch.arange(w, device=x.device) - shift[1][:, None]).clamp(0, w - 1)
    flat = flat.gather(2, rows[:, None, :, None].expand(n, c, h, w)).gather(
        3, columns[:, None, None, :].expand(n, c, h, w)
    )
    light = 0.85 + 0.3 * torch.rand((n, 1, 1, 1), generator=noise, device=x.device)
    flat = (flat + 1.0) * light - 1.0 + 0.05 * torch.randn(flat.shape, generator=noise, device=x.device)
    if kind == "strong":
        turn = torch.randint(0, c, (n, 1), generator=noise, device=x.device)  # channels round: hues by thirds
        order = (torch.arange(c, device=x.device) + turn) % c
        flat = flat.gather(1, order[:, :, None, None].expand(n, c, h, w))
        hole = h // 3
        top = torch.randint(0, h - hole, (n, 1, 1, 1), generator=noise, device=x.device)
        left = torch.randint(0, w - hole, (n, 1, 1, 1), generator=noise, device=x.device)
        down, right = torch.arange(h, device=x.device)[None, None, :, None], torch.arange(w, device=x.device)
        inside = (down >= top) & (down < top + hole) & (right >= left) & (right < left + hole)
        flat = flat.masked_fill(inside, -1.0)
    return flat.reshape(k, b, c, h, w)

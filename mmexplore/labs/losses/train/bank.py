"""Networks in stacks: K of them of one shape, with weights of their own, computed together by batched matrix products.

Tensors lead with the stack: x has shape (K, B, d). The networks never see each other: the loss is a sum over the stack, Adam works
number by number, and gradients are clipped for each network by itself, so a stack of K trains like K single ones. Each member
draws its initial weights from its own stream.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from mmexplore.training.loop import torch_stream

Streams = Sequence[torch.Generator]
"""One CPU stream for each member of the stack."""

_NARROW = 8  # channels


def streams(seeds: Sequence[int], name: str) -> Streams:
    """The streams of a stack, named by each member's seed and a name."""
    return [torch_stream(seed, name) for seed in seeds]


def uniform(draw: Streams, shape: tuple[int, ...], limit: float) -> nn.Parameter:
    """Weights U(-limit, limit), shape (K, *shape)."""
    return nn.Parameter(torch.stack([torch.rand(shape, generator=g) * (2 * limit) - limit for g in draw]))


class Dense(nn.Module):
    """A linear layer a member: (K, B, d_in) to (K, B, d_out)."""

    def __init__(self, draw: Streams, d_in: int, d_out: int) -> None:
        super().__init__()
        self.weight = uniform(draw, (d_in, d_out), 1.0 / math.sqrt(d_in))
        self.bias = uniform(draw, (1, d_out), 1.0 / math.sqrt(d_in))

    def forward(self, x: Tensor) -> Tensor:
        """The layer."""
        return torch.baddbmm(self.bias, x, self.weight)


class Mlp(nn.Module):
    """Dense layers of the given sizes with ReLU between them."""

    def __init__(self, draw: Streams, sizes: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Dense(draw, a, b) for a, b in pairwise(sizes))

    def forward(self, x: Tensor) -> Tensor:
        """(K, B, sizes[0]) to (K, B, sizes[-1])."""
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class Heads(nn.Module):
    """`count` small networks a member on the same input: (K, B, d_in) to (count, K, B, d_out)."""

    def __init__(self, draw: Streams, count: int, sizes: Sequence[int]) -> None:
        super().__init__()
        self.count = count
        self.net = Mlp([g for _ in range(count) for g in draw], sizes)

    def forward(self, x: Tensor) -> Tensor:
        """All heads of all members in one product."""
        k, b, d = x.shape
        wide = x.expand(self.count, k, b, d).reshape(self.count * k, b, d)
        return self.net(wide).reshape(self.count, k, b, -1)


class Conv(nn.Module):
    """A convolution a member: (K, B, c_in, h, w) to (K, B, c_out, h', w'), as one grouped convolution."""

    def __init__(self, draw: Streams, c_in: int, c_out: int, size: int, stride: int) -> None:
        super().__init__()
        limit = 1.0 / math.sqrt(c_in * size * size)
        self.weight = uniform(draw, (c_out, c_in, size, size), limit)
        self.bias = uniform(draw, (c_out,), limit)
        self._stride, self._pad = stride, (size - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        """Members stand side by side as groups of channels; of few channels each, one after the other is four times as fast."""
        k, b, c, h, w = x.shape
        if c < _NARROW:
            return torch.stack([self._one(x[i], i) for i in range(k)])
        side = x.transpose(0, 1).reshape(b, k * c, h, w)
        weight = self.weight.flatten(0, 1)
        out = nn.functional.conv2d(side, weight, self.bias.flatten(), stride=self._stride, padding=self._pad, groups=k)
        return out.reshape(b, k, -1, *out.shape[-2:]).transpose(0, 1)

    def _one(self, x: Tensor, i: int) -> Tensor:
        return nn.functional.conv2d(x, self.weight[i], self.bias[i], stride=self._stride, padding=self._pad)


class Pictures(nn.Module):
    """Encoder of 32 x 32 pictures: three strided convolutions, then two dense layers."""

    def __init__(self, draw: Streams, channels: int, width: int, embedding: int) -> None:
        super().__init__()
        self.first = Conv(draw, 3, channels, 5, 2)
        self.second = Conv(draw, channels, 2 * channels, 3, 2)
        self.third = Conv(draw, 2 * channels, 2 * channels, 3, 2)
        self.top = Mlp(draw, [2 * channels * 16, width, embedding])

    def forward(self, x: Tensor) -> Tensor:
        """(K, B, 3, 32, 32) to (K, B, embedding)."""
        h = torch.relu(self.first(x))
        h = torch.relu(self.second(h))
        h = torch.relu(self.third(h))
        return self.top(h.flatten(2))


def clip_each(gradients: Sequence[Tensor], norm: float, members: int) -> None:
    """Scale each member's gradients (leading axis, or `count` stacked copies of it) down to at most `norm`, in place."""
    squares = gradients[0].new_zeros(members)
    for g in gradients:
        squares += g.reshape(-1, members, g[0].numel()).square().sum(dim=(0, 2))
    scale = (norm / squares.sqrt().clamp_min(1e-12)).clamp_max(1.0)
    for g in gradients:
        g.reshape(-1, members, g[0].numel()).mul_(scale[None, :, None])

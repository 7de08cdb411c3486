"""Critics: networks that score pairs of rows. Every parameter leads with a dimension of copies, trained beside each other.

separable      f_ij = <g(x_i), h(y_j)> / sqrt(embedding)
concatenated   f_ij = net([x_i, y_j]); its first layer is W_x x_i + W_y y_j, so that only the layers behind it see B x B pairs
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


class Layers(nn.Module):
    """A perceptron of `copies` independent copies, ReLU between its layers.

    Args:
        copies: leading dimension of every parameter.
        sizes: inputs, hidden units, outputs.
        generator: draws the weights, uniform within 1/sqrt(inputs), on the CPU, so that every device starts alike.
    """

    def __init__(self, copies: int, sizes: Sequence[int], generator: torch.Generator) -> None:
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in pairwise(sizes):
            reach = 1 / math.sqrt(inputs)
            for parameters, shape in ((self.weights, (copies, inputs, outputs)), (self.biases, (copies, 1, outputs))):
                parameters.append(nn.Parameter((2 * torch.rand(shape, generator=generator) - 1) * reach))

    def forward(self, rows: Tensor) -> Tensor:
        """(copies, B, inputs) to (copies, B, outputs)."""
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            rows = torch.baddbmm(bias, torch.relu(rows) if k else rows, weight)
        return rows


class SeparableCritic(nn.Module):
    """Inner products of two networks' embeddings."""

    def __init__(
        self, copies: int, dims: tuple[int, int], hidden: Sequence[int], embedding: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.of_x = Layers(copies, (dims[0], *hidden, embedding), generator)
        self.of_y = Layers(copies, (dims[1], *hidden, embedding), generator)
        self.scale = 1 / math.sqrt(embedding)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x (copies, B, dx), y (copies, B, dy) to scores (copies, B, B)."""
        return torch.bmm(self.of_x(x), self.of_y(y).transpose(1, 2)) * self.scale


class ConcatenatedCritic(nn.Module):
    """One network on every pair."""

    def __init__(self, copies: int, dims: tuple[int, int], hidden: Sequence[int], generator: torch.Generator) -> None:
        super().__init__()
        self.first = Layers(copies, (sum(dims), hidden[0]), generator)
        self.rest = Layers(copies, (*hidden, 1), generator)
        self.dx = dims[0]

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x (copies, B, dx), y (copies, B, dy) to scores (copies, B, B)."""
        weight, bias = self.first.weights[0], self.first.biases[0]
        a = torch.bmm(x, weight[:, : self.dx])  # (copies, B, hidden)
        b = torch.baddbmm(bias, y, weight[:, self.dx :])
        pairs = torch.relu(a[:, :, None] + b[:, None])  # (copies, B, B, hidden)
        copies, rows = pairs.shape[:2]
        return self.rest(pairs.flatten(1, 2)).reshape(copies, rows, rows)


def clip_each(module: nn.Module, most: float) -> None:
    """Scale the gradients of every copy down to the norm `most`, each copy by itself."""
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    norm = torch.stack([g.flatten(1).square().sum(dim=1) for g in gradients]).sum(dim=0).sqrt()  # (copies,)
    factor = (most / (norm + 1e-12)).clamp(max=1.0)
    for g in gradients:
        g.mul_(factor.reshape(-1, *[1] * (g.ndim - 1)))

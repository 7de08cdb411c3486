"""Small networks whose first weights come from a stream of their own, in double precision."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


def draw_weights(module: nn.Module, generator: torch.Generator) -> None:
    """Draw every linear layer's weights and biases anew, uniform within 1/sqrt(inputs), and other free parameters N(0, .1)."""
    linear = [part for part in module.modules() if isinstance(part, nn.Linear)]
    owned = {id(p) for part in linear for p in part.parameters(recurse=False)}
    with torch.no_grad():
        for part in linear:
            bound = 1 / math.sqrt(part.in_features)
            for parameter in part.parameters(recurse=False):
                parameter.copy_(_drawn(parameter, generator).mul_(2 * bound).sub_(bound))
        for parameter in module.parameters():
            if id(parameter) not in owned:
                parameter.copy_((_drawn(parameter, generator) - 0.5) * (0.1 * math.sqrt(12.0)))


def _drawn(like: Tensor, generator: torch.Generator) -> Tensor:
    """Uniform numbers in [0, 1) drawn on the CPU, so that every device starts from the same weights."""
    return torch.rand(like.shape, generator=generator, dtype=like.dtype).to(like.device)


def perceptron(sizes: Sequence[int], generator: torch.Generator, device: str | torch.device) -> nn.Sequential:
    """Linear layers of these sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs, dtype=torch.float64, device=device), nn.ReLU()]
    net = nn.Sequential(*layers[:-1])
    draw_weights(net, generator)
    return net

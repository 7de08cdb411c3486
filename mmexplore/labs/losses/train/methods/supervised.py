"""Supervised fusion: late (a sum of linear logits of each embedding) and early (a network of both embeddings)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from mmexplore.labs.losses.train.bank import Dense
from mmexplore.labs.losses.train.method import Batch, LossMethod, Shape
from mmexplore.labs.losses.train.methods.comm import FusedMethod
from mmexplore.units import BITS_PER_NAT


def label_loss(logits: Tensor, labels: Tensor, classes: tuple[int, ...]) -> Tensor:
    """Cross-entropy in nats, summed over labels, mean over rows, (K,)."""
    k = logits.shape[0]
    total = logits.new_zeros(k)
    start = 0
    for i, c in enumerate(classes):
        part = logits[..., start : start + c]
        total = total + cross_entropy(part.flatten(0, 1), labels[..., i].flatten(), reduction="none").reshape(
            k, -1
        ).mean(dim=-1)
        start += c
    return total


def _read(shape: Shape) -> int:
    return sum(shape.classes)


class LateMethod(LossMethod):
    """A z1 + B z2."""

    def build(self) -> None:
        """Linear logits of both."""
        self.vote = Dense(self.draw, 2 * self.outputs, _read(self.shape))

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy of all labels."""
        logits = self.vote(torch.cat(self.encode(batch.x1, batch.x2), dim=-1))
        loss = label_loss(logits, batch.labels, self.shape.classes)
        return loss, {"cross_entropy": loss * BITS_PER_NAT}


class EarlyMethod(FusedMethod):
    """A linear read-out of a fused embedding."""

    def build(self) -> None:
        """The fusion and the read-out."""
        super().build()
        self.vote = Dense(self.draw, 2 * self.shape.embedding, _read(self.shape))

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy of all labels."""
        logits = self.vote(self.fuse(*self.encode(batch.x1, batch.x2)))
        loss = label_loss(logits, batch.labels, self.shape.classes)
        return loss, {"cross_entropy": loss * BITS_PER_NAT}

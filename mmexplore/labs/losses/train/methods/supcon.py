"""SupCon: all embeddings of rows of one label together, of both views. Khosla et al. 2020, arXiv 2004.11362, eq. 2 ("out")."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from mmexplore.labs.losses.train.critics import cosine
from mmexplore.labs.losses.train.method import Batch
from mmexplore.labs.losses.train.methods.clip import ClipMethod


def supervised_contrastive(f: Tensor, same: Tensor) -> Tensor:
    """Mean over anchors of minus the mean log softmax of its positives, (K,).

    Args:
        f: scores of all embeddings with all embeddings, (K, m, m).
        same: whether two embeddings have one label, (K, m, m); an embedding is not its own positive.
    """
    itself = torch.eye(f.shape[-1], dtype=torch.bool, device=f.device)
    chances = f.masked_fill(itself, -math.inf).log_softmax(dim=-1).masked_fill(itself, 0.0)
    positive = (same & ~itself).to(f.dtype)
    number = positive.sum(dim=-1)
    mean = (chances * positive).sum(dim=-1) / number.clamp_min(1.0)
    return -(mean.sum(dim=-1) / (number > 0).sum(dim=-1).clamp_min(1))


class SupConMethod(ClipMethod):
    """The label decides who belongs together."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Embeddings of both views are anchors and positives alike; several labels count as one joint label."""
        z = torch.cat(self.project(batch.x1, batch.x2), dim=1)  # (K, 2B, d)
        labels = batch.labels.repeat(1, 2, 1)
        same = (labels[:, :, None] == labels[:, None]).all(dim=-1)
        loss = supervised_contrastive(cosine(z, z, self.objective.temperature), same)
        return loss, {"supcon_nats": loss}

"""CoMM: augmented pairs through one fusion. Dufumier, Castillo-Navarro, Tuia & Thiran 2025, arXiv 2409.07402.

    L = -NCE(Z', Z'') - sum_i 1/2 [NCE(Zi'', Z') + NCE(Zi', Z'')]

Z is the fused embedding of an augmented pair, Zi the fused embedding with the other view's embedding replaced by a learned token; Zi comes from the
other augmentation, or else nuisance would be rewarded. The nonlinear fusion sees the embeddings and their products, these eight times as
large (embeddings are well below one, their products tiny): of six seeds on the known bits all find the XOR within 150 steps then,
four of six without the factor, and with other temperatures or a smaller private amplitude it may be none.

As in the authors' code a projection head stands between Z and the loss, and each Zi is matched with the fused embedding of the other
augmentation (the paper's equation names both). Different there: the head has batch normalisation, negatives come from within an
augmentation as well (NT-Xent), the fusion is a transformer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmexplore.labs.losses.train.bank import Dense, Mlp, uniform
from mmexplore.labs.losses.train.critics import cosine
from mmexplore.labs.losses.train.method import Batch, LossMethod, projection
from mmexplore.training.bounds import infonce
from mmexplore.units import BITS_PER_NAT

_MOST = 64
_PRODUCTS = 8.0


class FusedMethod(LossMethod):
    """Two encoders with wide outputs and a fusion; z12 is the fused embedding, z_i the fused embedding of a view alone."""

    def encoder_outputs(self) -> int:
        """Views are not narrowed before the fusion, up to 64 numbers each."""
        return min(self.shape.width, _MOST)

    def build(self) -> None:
        """The fusion and a token for a missing view."""
        w, out = self.outputs, 2 * self.shape.embedding
        self.fusion: nn.Module = self.make_fusion(w, out)
        self.token1, self.token2 = uniform(self.draw, (1, w), 0.1), uniform(self.draw, (1, w), 0.1)

    def make_fusion(self, w: int, out: int) -> nn.Module:
        """A network of [h1, h2, h1 h2]."""
        return Mlp(self.draw, [3 * w, self.shape.width, out])

    def encode(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, Tensor]:
        """Rectified: without it the plateau on which an XOR is not yet found is left later, or never."""
        return torch.relu(self.encoder1(x1)), torch.relu(self.encoder2(x2))

    def fuse(self, h1: Tensor, h2: Tensor) -> Tensor:
        """The fused embedding, (K, B, 2 embedding)."""
        return self.fusion(torch.cat([h1, h2, _PRODUCTS * h1 * h2], dim=-1))

    def alone(self, h: Tensor, view: int) -> Tensor:
        """The fused embedding of one view, the other one missing."""
        return self.fuse(h, self.token2.expand_as(h)) if view == 1 else self.fuse(self.token1.expand_as(h), h)

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """Each view alone, and both."""
        h1, h2 = self.encode(x1, x2)
        return {"z1": self.alone(h1, 1), "z2": self.alone(h2, 2), "z12": self.fuse(h1, h2)}


class CommMethod(FusedMethod):
    """Non-linear fusion, and one projection head for all fused embeddings."""

    def build(self) -> None:
        """The fusion and the head."""
        super().build()
        self.head = projection(self.objective.head, self.draw, 2 * self.shape.embedding)

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """Before and, where there is one, after the head."""
        before = super().embeddings(x1, x2, noise)
        if not self.objective.has_head:
            return before
        return before | {name.replace("z", "loss"): self.head(z) for name, z in before.items()}

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Five bounds, signs turned."""
        first, second = batch.pairs()
        (h1, h2), (t1, t2) = self.encode(*first), self.encode(*second)
        z, t = self.head(self.fuse(h1, h2)), self.head(self.fuse(t1, t2))

        def bound(a: Tensor, b: Tensor) -> Tensor:
            return infonce(cosine(a, b, self.objective.temperature), symmetric=True)

        def alone(h: Tensor, view: int) -> Tensor:
            projected: Tensor = self.head(self.alone(h, view))
            return projected

        terms = {
            "nce_fused": bound(z, t),
            "nce_1": 0.5 * (bound(alone(t1, 1), z) + bound(alone(h1, 1), t)),
            "nce_2": 0.5 * (bound(alone(t2, 2), z) + bound(alone(h2, 2), t)),
        }
        return -torch.stack(list(terms.values())).sum(0), {k: v * BITS_PER_NAT for k, v in terms.items()}


class CommLinearMethod(CommMethod):
    """Linear fusion: a sum of a map of each embedding, no products, nothing between."""

    def make_fusion(self, w: int, out: int) -> nn.Module:
        """One dense layer."""
        return Dense(self.draw, 2 * w, out)

    def fuse(self, h1: Tensor, h2: Tensor) -> Tensor:
        """The sum."""
        return self.fusion(torch.cat([h1, h2], dim=-1))

"""FactorCL: shared and unique information in heads of their own. Liang et al. 2023, arXiv 2306.05268.

    SUP: max NCE(1,2) - w CLUB(1,2|Y) + NCE(1,Y) + NCE(2,Y) - w CLUB(1,2) + NCE(1,2|Y)
    SSL: max NCE(1,2) - w CLUB(11',22') + NCE(1,1') + NCE(2,2') - w CLUB(1,2) + NCE(11',22')

Each term has a head a view. Z_S holds the heads of NCE(1,2) and the CLUB term of the pair given Y, Z_U the others. The critics
of the CLUB terms are fitted by InfoNCE on training rows, embeddings held fixed; the outer step leaves them alone.

Given Y, negatives are rows of the same label (eq. 13 and 14). With negatives of all labels and the label in both inputs the two terms would
stand for I(X1;X2|Y) + H(Y); with the label in one input, as in the authors' code, for I(X1,Y;X2). An augmentation is nobody else's, so
there are no negatives of the same condition: where the paper writes I(X1;X2|X1',X2'), its code and this one estimate I(X1,X1';X2,X2'), and the
terms are named so.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from mmexplore.labs.losses.train.bank import Heads
from mmexplore.labs.losses.train.critics import critic
from mmexplore.labs.losses.train.method import Batch, LossMethod, head_sizes, side_by_side
from mmexplore.training.bounds import conditional_infonce, conditional_nce_club, infonce, nce_club
from mmexplore.units import BITS_PER_NAT

TERMS = ("nce_12", "club_pair", "nce_own", "club_12", "nce_pair")
SHARED = (0, 1)
UNIQUE = (2, 3, 4)


class FactorClMethod(LossMethod):
    """What the three forms share."""

    def build(self) -> None:
        """Five heads a view, or none; six critics."""
        e, width, kind = self.outputs, self.shape.width, self.objective.head
        if self.objective.has_head:
            self.heads1 = Heads(self.draw, len(TERMS), head_sizes(kind, e))
            self.heads2 = Heads(self.draw, len(TERMS), head_sizes(kind, e))
        c = self.condition_width()

        def made(d1: int, d2: int) -> nn.Module:
            return critic(self.objective.critic, self.draw, d1, d2, width, self.objective.temperature)

        self.nce_12, self.club_12 = made(e, e), made(e, e)
        self.nce_pair, self.club_pair = made(e + c, e + c), made(e + c, e + c)
        own = self.own_width()
        self.nce_1, self.nce_2 = made(e, own), made(e, own)
        self._club_inputs: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None
        self._same: Tensor | None = None

    def project(self, z: Tensor, view: int) -> Sequence[Tensor]:
        """What each term sees of a view, (K, B, e) each, in the order of `TERMS`."""
        if not self.objective.has_head:
            return (z,) * len(TERMS)
        # unbound, not indexed: the gradient of an index fills all heads with zeros
        return (self.heads1 if view == 1 else self.heads2)(z).unbind()

    def condition_width(self) -> int:
        """Columns of a condition."""
        return self.outputs

    def own_width(self) -> int:
        """Columns of what a view is asked to recognise: its augmentation, or the label."""
        return self.outputs

    def critics(self) -> list[nn.Parameter]:
        """The upper bounds' critics."""
        return [*self.club_12.parameters(), *self.club_pair.parameters()]

    def terms(
        self,
        h1: Sequence[Tensor],
        h2: Sequence[Tensor],
        given: tuple[Tensor, Tensor],
        given_club: tuple[Tensor, Tensor],
        own: tuple[Tensor, Tensor],
        same: Tensor | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss and its six terms.

        Args:
            h1, h2: what each term sees of the views, (K, B, e) each.
            given, given_club: what stands beside both views in the NCE and in the CLUB term of the pair.
            own: what the views are asked to recognise.
            same: whether two rows have one label, (K, B, B), where the pair's terms are conditional on it.
        """
        inputs = (h1[3], h2[3])
        pair_inputs = (torch.cat([h1[1], given_club[0]], dim=-1), torch.cat([h2[1], given_club[1]], dim=-1))
        pair = self.nce_pair(torch.cat([h1[4], given[0]], dim=-1), torch.cat([h2[4], given[1]], dim=-1))
        club_pair = self.club_pair(*pair_inputs)
        bounds = {
            "nce_12": infonce(self.nce_12(h1[0], h2[0])),
            "club_pair": nce_club(club_pair) if same is None else conditional_nce_club(club_pair, same),
            "nce_1": infonce(self.nce_1(h1[2], own[0])),
            "nce_2": infonce(self.nce_2(h2[2], own[1])),
            "club_12": nce_club(self.club_12(*inputs)),
            "nce_pair": infonce(pair) if same is None else conditional_infonce(pair, same),
        }
        self._same = same
        self._club_inputs = (
            (inputs[0].detach(), inputs[1].detach()),
            (pair_inputs[0].detach(), pair_inputs[1].detach()),
        )
        gain = bounds["nce_12"] + bounds["nce_1"] + bounds["nce_2"] + bounds["nce_pair"]
        price = self.objective.club * (bounds["club_12"] + bounds["club_pair"])
        return price - gain, {k: v * BITS_PER_NAT for k, v in bounds.items()}

    def inner_loss(self) -> Tensor:
        """Both CLUB critics by InfoNCE, on the embeddings of the last batch."""
        if self._club_inputs is None:
            raise ValueError("inner_loss follows loss: there is no batch yet")
        plain, pair = self._club_inputs
        scores = self.club_pair(*pair)
        fitted = infonce(scores) if self._same is None else conditional_infonce(scores, self._same)
        return -infonce(self.club_12(*plain)) - fitted

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """The encoders' embeddings, all heads side by side, and the heads gathered by what they are for."""
        embeddings = super().embeddings(x1, x2, noise)
        if not self.objective.has_head:
            return embeddings
        h1, h2 = self.project(embeddings["z1"], 1), self.project(embeddings["z2"], 2)
        embeddings |= side_by_side("loss", torch.cat(list(h1), dim=-1), torch.cat(list(h2), dim=-1))
        for name, heads in (("1", h1), ("2", h2)):
            embeddings[f"s{name}"] = torch.cat([heads[i] for i in SHARED], dim=-1)
            embeddings[f"u{name}"] = torch.cat([heads[i] for i in UNIQUE], dim=-1)
        return embeddings

    def scores(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> Tensor:
        """The critic of I(X1;X2)."""
        z1, z2 = self.encode(x1, x2)
        scores: Tensor = self.nce_12(self.project(z1, 1)[0], self.project(z2, 2)[0])
        return scores


class FactorClSupMethod(FactorClMethod):
    """With the label: it stands as one-hot columns wherever an augmentation would stand."""

    def condition_width(self) -> int:
        """One column a value of each label."""
        return sum(self.shape.classes)

    def own_width(self) -> int:
        """As the condition."""
        return sum(self.shape.classes)

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """The supervised form."""
        z1, z2 = self.encode(batch.x1, batch.x2)
        y = torch.cat([one_hot(batch.labels[..., i], c) for i, c in enumerate(self.shape.classes)], dim=-1).to(z1.dtype)
        same = (batch.labels[:, :, None] == batch.labels[:, None]).all(dim=-1)
        return self.terms(self.project(z1, 1), self.project(z2, 2), (y, y), (y, y), (y, y), same)


class FactorClSslMethod(FactorClMethod):
    """With augmentations; `bug` conditions the CLUB term on the view itself, as the public code does."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """The self-supervised form."""
        second = batch.pairs()[1]
        (z1, z2), (t1, t2) = self.encode(batch.x1, batch.x2), self.encode(*second)
        h1, h2 = self.project(z1, 1), self.project(z2, 2)
        a1, a2 = self.project(t1, 1), self.project(t2, 2)
        itself = getattr(self.objective, "bug", False)
        given_club = (h1[1], h2[1]) if itself else (a1[1], a2[1])
        return self.terms(h1, h2, (a1[4], a2[4]), given_club, (a1[2], a2[2]))


class FactorClIndAugMethod(FactorClSslMethod):
    """Strong augmentations, each view's drawn by itself."""

    augmentation = "strong"

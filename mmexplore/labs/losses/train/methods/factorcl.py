"""FactorCL: shared and unique information in heads of their own. Liang et al. 2023, arXiv 2306.05268.

    SUP: max NCE(1,2) - w CLUB(1,2|Y) + NCE(1,Y) + NCE(2,Y) - w CLUB(1,2) + NCE(1,2|Y)
    SSL: the same with augmentations 1', 2' in the label's place: NCE(i, i'), conditions (1', 2')

Each term has a head a view. Z_S holds the heads of NCE(1,2) and CLUB(1,2|.), Z_U those of NCE(i,.), CLUB(1,2) and NCE(1,2|.). The critics
of the CLUB terms are fitted by InfoNCE on training rows, embeddings held fixed; the outer step leaves them alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from mmexplore.labs.losses.train.bank import Heads
from mmexplore.labs.losses.train.critics import critic
from mmexplore.labs.losses.train.method import Batch, LossMethod
from mmexplore.training.bounds import infonce, nce_club
from mmexplore.units import BITS_PER_NAT

TERMS = ("nce_12", "club_12_given", "nce_own", "club_12", "nce_12_given")
SHARED = (0, 1)
UNIQUE = (2, 3, 4)


class FactorClMethod(LossMethod):
    """What the three forms share."""

    def build(self) -> None:
        """Five heads a view, six critics."""
        e, width = self.outputs, self.shape.width
        self.heads1 = Heads(self.draw, len(TERMS), [e, e, e])
        self.heads2 = Heads(self.draw, len(TERMS), [e, e, e])
        c = self.condition_width()

        def made(d1: int, d2: int) -> nn.Module:
            return critic(self.objective.critic, self.draw, d1, d2, width, self.objective.temperature)

        self.nce_12, self.club_12 = made(e, e), made(e, e)
        self.nce_12_given, self.club_12_given = made(e + c, e + c), made(e + c, e + c)
        own = self.own_width()
        self.nce_1, self.nce_2 = made(e, own), made(e, own)
        self._club_inputs: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None

    def condition_width(self) -> int:
        """Columns of a condition."""
        return self.outputs

    def own_width(self) -> int:
        """Columns of what a view is asked to recognise: its augmentation, or the label."""
        return self.outputs

    def critics(self) -> list[nn.Parameter]:
        """The upper bounds' critics."""
        return [*self.club_12.parameters(), *self.club_12_given.parameters()]

    def terms(
        self,
        h1: Sequence[Tensor],
        h2: Sequence[Tensor],
        given: tuple[Tensor, Tensor],
        given_club: tuple[Tensor, Tensor],
        own: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss and its six terms from five heads a view, (K, B, e) each, the two conditions of the NCE and of the CLUB term, and what is recognised."""
        pair_club = (h1[3], h2[3])
        pair_club_given = (torch.cat([h1[1], given_club[0]], dim=-1), torch.cat([h2[1], given_club[1]], dim=-1))
        bounds = {
            "nce_12": infonce(self.nce_12(h1[0], h2[0])),
            "club_12_given": nce_club(self.club_12_given(*pair_club_given)),
            "nce_1": infonce(self.nce_1(h1[2], own[0])),
            "nce_2": infonce(self.nce_2(h2[2], own[1])),
            "club_12": nce_club(self.club_12(*pair_club)),
            "nce_12_given": infonce(
                self.nce_12_given(torch.cat([h1[4], given[0]], dim=-1), torch.cat([h2[4], given[1]], dim=-1))
            ),
        }
        self._club_inputs = (
            (pair_club[0].detach(), pair_club[1].detach()),
            (pair_club_given[0].detach(), pair_club_given[1].detach()),
        )
        gain = bounds["nce_12"] + bounds["nce_1"] + bounds["nce_2"] + bounds["nce_12_given"]
        price = self.objective.club * (bounds["club_12"] + bounds["club_12_given"])
        return price - gain, {k: v * BITS_PER_NAT for k, v in bounds.items()}

    def inner_loss(self) -> Tensor:
        """Both CLUB critics by InfoNCE, on the embeddings of the last batch."""
        if self._club_inputs is None:
            raise ValueError("inner_loss follows loss: there is no batch yet")
        plain, given = self._club_inputs
        return -infonce(self.club_12(*plain)) - infonce(self.club_12_given(*given))

    def embeddings(self, x1: Tensor, x2: Tensor) -> dict[str, Tensor]:
        """The encoders' embeddings, and the heads gathered by what they are for."""
        embeddings = super().embeddings(x1, x2)
        for name, heads in (("1", self.heads1(embeddings["z1"])), ("2", self.heads2(embeddings["z2"]))):
            embeddings[f"s{name}"] = torch.cat([heads[i] for i in SHARED], dim=-1)
            embeddings[f"u{name}"] = torch.cat([heads[i] for i in UNIQUE], dim=-1)
        return embeddings

    def scores(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The critic of the shared heads."""
        z1, z2 = self.encode(x1, x2)
        scores: Tensor = self.nce_12(self.heads1(z1)[0], self.heads2(z2)[0])
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
        return self.terms(self.heads1(z1).unbind(), self.heads2(z2).unbind(), (y, y), (y, y), (y, y))


class FactorClSslMethod(FactorClMethod):
    """With augmentations; `bug` conditions the CLUB term on the view itself, as the public code does."""

    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """The self-supervised form."""
        second = batch.pairs()[1]
        (z1, z2), (t1, t2) = self.encode(batch.x1, batch.x2), self.encode(*second)
        # unbound, not indexed: the gradient of an index fills all heads with zeros
        h1, h2 = self.heads1(z1).unbind(), self.heads2(z2).unbind()
        a1, a2 = self.heads1(t1).unbind(), self.heads2(t2).unbind()
        itself = getattr(self.objective, "bug", False)
        given_club = (h1[1], h2[1]) if itself else (a1[1], a2[1])
        return self.terms(h1, h2, (a1[4], a2[4]), given_club, (a1[2], a2[2]))


class FactorClIndAugMethod(FactorClSslMethod):
    """Strong augmentations, each view's drawn by itself."""

    augmentation = "strong"

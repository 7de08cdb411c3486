"""What a method is: networks for a whole stack, a loss for each member, and embeddings to be read."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from mmexplore.labs.losses.objectives import Objective
from mmexplore.labs.losses.train.bank import Mlp, Pictures, Streams, streams


@dataclass(frozen=True)
class Shape:
    """Sizes of a method's networks.

    Attributes:
        seeds: one a member of the stack.
        view1, view2: shapes of one row: (d,), or (3, side, side).
        classes: number of values of each label that a supervised method uses.
        width, layers, embedding: of the encoders.
        device: where they live.
    """

    seeds: tuple[int, ...]
    view1: tuple[int, ...]
    view2: tuple[int, ...]
    classes: tuple[int, ...]
    width: int
    layers: int
    embedding: int
    device: str = "cpu"

    @property
    def members(self) -> int:
        """K."""
        return len(self.seeds)


@dataclass(frozen=True)
class Batch:
    """Rows of every member, (K, B, ...): as they are, two augmented copies (None where not asked for), and labels.

    Attributes:
        x1, x2: the views (where data make their own positive pairs: one member of a pair).
        first, second: (x1', x2') and (x1'', x2'').
        labels: values from 0, (K, B, number of labels).
    """

    x1: Tensor
    x2: Tensor
    labels: Tensor
    first: tuple[Tensor, Tensor] | None = None
    second: tuple[Tensor, Tensor] | None = None

    def pairs(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Both augmented copies."""
        if self.first is None or self.second is None:
            raise ValueError("this method needs augmented pairs: its objective must say pairs = True")
        return self.first, self.second


class LossMethod(nn.Module, ABC):
    """Base of the methods: two encoders, and what a method adds to them.

    Class attributes:
        augmentation: the kind of augmentation: "given" as the run asks, "strong" for every view by itself.
    """

    augmentation: ClassVar[str] = "given"

    def __init__(self, objective: Objective, shape: Shape) -> None:
        super().__init__()
        self.objective: Any = objective
        self.shape = shape
        self.draw = streams(shape.seeds, objective.text())
        self.outputs = self.encoder_outputs()
        self.encoder1 = encoder(self.draw, shape, shape.view1, self.outputs)
        self.encoder2 = encoder(self.draw, shape, shape.view2, self.outputs)
        self.build()

    def encoder_outputs(self) -> int:
        """Number of outputs of an encoder."""
        return self.shape.embedding

    def build(self) -> None:
        """Further networks."""

    def encode(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings of both views."""
        return self.encoder1(x1), self.encoder2(x2)

    @abstractmethod
    def loss(self, batch: Batch, noise: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """What each member makes small, (K,), and its terms, (K,) each, in the units that the objective declares."""

    def critics(self) -> list[nn.Parameter]:
        """Parameters that the outer step must leave alone: they are fitted by `inner_loss`."""
        return []

    def inner_loss(self) -> Tensor:
        """What the critics of the upper bounds make small, (K,), on the rows of the last `loss`; asked only where there are critics."""
        raise ValueError(f"{self.objective.title} has no critics of upper bounds")

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """What is read, by the names of `READOUTS`, (K, n, d) each; loss1, loss2, loss12 only where a head stands before the loss.

        Args:
            x1, x2: rows.
            noise: draws the representations of a stochastic method; None for their means.
        """
        return side_by_side("z", *self.encode(x1, x2))

    def scores(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> Tensor | None:
        """Scores of its critic between the views, (K, B, B); None where it has none."""
        return None

    def inner_parameters(self) -> set[int]:
        """Identities of the critics' parameters."""
        return {id(p) for p in self.critics()}

    def outer(self) -> list[nn.Parameter]:
        """Everything but the critics of the upper bounds."""
        inner = self.inner_parameters()
        return [p for p in self.parameters() if id(p) not in inner]


class HeadedMethod(LossMethod):
    """Two encoders, and a projection head for each view that the loss acts on."""

    def build(self) -> None:
        """The heads; nothing where the objective has none."""
        kind = self.objective.head
        self.head1 = projection(kind, self.draw, self.outputs)
        self.head2 = projection(kind, self.draw, self.outputs)

    def project(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, Tensor]:
        """What the loss acts on, of both views."""
        z1, z2 = self.encode(x1, x2)
        return self.head1(z1), self.head2(z2)

    def embeddings(self, x1: Tensor, x2: Tensor, noise: torch.Generator | None = None) -> dict[str, Tensor]:
        """Before and, where there are heads, after them."""
        z1, z2 = self.encode(x1, x2)
        before = side_by_side("z", z1, z2)
        return before | side_by_side("loss", self.head1(z1), self.head2(z2)) if self.objective.has_head else before


def side_by_side(layer: str, one: Tensor, two: Tensor) -> dict[str, Tensor]:
    """Read-outs of a layer ("z" or "loss"): of each view, and of both side by side."""
    return {f"{layer}1": one, f"{layer}2": two, f"{layer}12": torch.cat([one, two], dim=-1)}


HIDDEN = {"linear": 0, "mlp": 1, "mlp2": 2}
"""Hidden layers of a projection head by its kind."""


def head_sizes(kind: str, width: int) -> list[int]:
    """Layers of a projection head that is no narrower than what it projects."""
    return [width] * (HIDDEN[kind] + 2)


def projection(kind: str, draw: Streams, width: int) -> nn.Module:
    """A projection head of a kind in `HIDDEN`; "none" is no head."""
    if kind == "none":
        return nn.Identity()
    return Mlp(draw, head_sizes(kind, width))


def encoder(draw: Streams, shape: Shape, view: Sequence[int], outputs: int) -> nn.Module:
    """An encoder of rows of the given shape."""
    if len(view) == 3:
        return Pictures(draw, max(4, shape.width // 4), shape.width, outputs)
    return Mlp(draw, [view[0], *[shape.width] * shape.layers, outputs])


def make(objective: Objective, shape: Shape) -> LossMethod:
    """The method that trains an objective."""
    module, _, name = objective.program.partition(":")
    method: LossMethod = getattr(importlib.import_module(module), name)(objective, shape)
    return method.to(shape.device)

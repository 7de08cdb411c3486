"""The rows of a stack: each member draws its own data, a fifth of it held out; batches and augmented pairs of the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.factors import Sample, Views
from mmexplore.datasets.factors.bits import Bits
from mmexplore.datasets.factors.tabular import Own, of_arrays
from mmexplore.errors import BadData
from mmexplore.labs.losses.train.augment import augment
from mmexplore.labs.losses.train.method import Batch, Method
from mmexplore.training.loop import Minibatches, torch_stream

HELD_OUT = 0.2


@dataclass(frozen=True)
class Rows:
    """Rows of K members on a device; the first `train` of each are for training, the others are held out.

    Attributes:
        views: their declaration.
        seeds: one a member.
        x1, x2: (K, n, ...).
        labels: codes of every label, (K, n, L), in the order of `names`; the first one is the label itself.
        factors: real-valued factors by name, (K, n, k).
        latents: what positive pairs are made of, one array a member, where the data make their own.
        classes: number of values of each label.
        train: rows for training.
    """

    views: Views
    seeds: tuple[int, ...]
    x1: Tensor
    x2: Tensor
    labels: Tensor
    names: tuple[str, ...]
    factors: Mapping[str, Tensor]
    latents: Sequence[np.ndarray]
    classes: tuple[int, ...]
    train: int

    @property
    def n(self) -> int:
        """Rows of a member."""
        return self.x1.shape[1]

    @property
    def test(self) -> slice:
        """The held-out rows."""
        return slice(self.train, self.n)


def draw_rows(
    views: Views,
    seeds: Sequence[int],
    device: str,
    arrays: Mapping[str, np.ndarray] | None = None,
    held_out: float = HELD_OUT,
) -> Rows:
    """Each member's rows; `arrays` are a visitor's own."""
    if isinstance(views, Own):
        if arrays is None:
            raise BadData("your own rows did not come with the run: open the page with your data and start it there")
        samples = [of_arrays(arrays, seed) for seed in seeds]
    else:
        samples = [views.draw(seed) for seed in seeds]
    names = tuple(samples[0].labels)
    latents = [sample.latents["bits"] for sample in samples] if isinstance(views, Bits) else []
    n = len(samples[0].y)
    return Rows(
        views=views,
        seeds=tuple(seeds),
        x1=_stack([s.x1 for s in samples], device),
        x2=_stack([s.x2 for s in samples], device),
        labels=torch.stack([_codes(s, names, device) for s in samples]),
        names=names,
        factors={k: _stack([s.factors[k].astype(np.float32) for s in samples], device) for k in samples[0].factors},
        latents=latents,
        classes=tuple(int(max(s.labels[name].max() for s in samples)) + 1 for name in names),
        train=n - max(1, round(held_out * n)),
    )


def _stack(arrays: Sequence[np.ndarray], device: str) -> Tensor:
    return torch.as_tensor(np.stack(arrays), device=device)


def _codes(sample: Sample, names: Sequence[str], device: str) -> Tensor:
    return torch.as_tensor(np.stack([sample.labels[name] for name in names], axis=-1), device=device)


class Batches:
    """Batches of training rows for one method: every member in its own order.

    Args:
        rows: the rows.
        size: rows a batch.
        method: says whether it needs pairs, and of what kind.
        kind: the augmentation that the run asks for.
        told: which of the labels a method is told, by number.
    """

    def __init__(self, rows: Rows, size: int, method: Method, kind: str, told: Sequence[int] = (0,)) -> None:
        self._rows = rows
        self._size = min(size, rows.train)
        self._pairs = method.objective.pairs
        self._kind = "strong" if method.augmentation == "strong" else kind
        self._told = list(told)
        name = method.objective.text()
        device = str(rows.x1.device)
        self._orders = [Minibatches(rows.train, self._size, torch_stream(seed, f"order {name}")) for seed in rows.seeds]
        self._numpy = [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(7,))) for seed in rows.seeds]
        self.noise = torch_stream(rows.seeds[0], f"noise {name}", device)

    def __next__(self) -> Batch:
        """The next batch."""
        rows = self._rows
        k = len(rows.seeds)
        device = rows.x1.device
        chosen = torch.stack([next(order) for order in self._orders]).to(device)  # (K, B)
        flat = (chosen + torch.arange(k, device=device)[:, None] * rows.n).reshape(-1)
        labels = rows.labels.flatten(0, 1)[flat].reshape(k, self._size, -1)[..., self._told]
        if rows.latents:
            first = self._made(chosen)
            second = self._made(chosen) if self._pairs else None
            return Batch(*first, labels, first, second)
        x1 = rows.x1.flatten(0, 1)[flat].reshape(k, self._size, *rows.x1.shape[2:])
        x2 = rows.x2.flatten(0, 1)[flat].reshape(k, self._size, *rows.x2.shape[2:])
        if not self._pairs:
            return Batch(x1, x2, labels)
        made = [augment(x, self._kind, self.noise) for x in (x1, x2, x1, x2)]
        return Batch(x1, x2, labels, (made[0], made[1]), (made[2], made[3]))

    def _made(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """One member of the data's own positive pairs."""
        views = self._rows.views
        if not isinstance(views, Bits):
            raise BadData(f"{views.name} makes no positive pairs of its own")
        together = self._kind != "strong"
        numbers = chosen.cpu().numpy()
        made = [
            views.augment(self._rows.latents[i][numbers[i]], seed, self._numpy[i], together)
            for i, seed in enumerate(self._rows.seeds)
        ]
        device = self._rows.x1.device
        return (
            torch.as_tensor(np.stack([m[0] for m in made]), device=device),
            torch.as_tensor(np.stack([m[1] for m in made]), device=device),
        )

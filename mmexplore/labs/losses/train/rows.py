"""The rows of a stack: each member draws its own data, a fifth of it held out; batches and augmented pairs of the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.views import TwoViews, View, why_not
from mmexplore.datasets.views.bits import Bits
from mmexplore.datasets.views.own import Own
from mmexplore.datasets.views.tables import of_arrays
from mmexplore.errors import BadData
from mmexplore.labs.losses.needs import NEEDS
from mmexplore.labs.losses.train.augment import augment
from mmexplore.labs.losses.train.method import Batch, LossMethod
from mmexplore.training.loop import Minibatches, torch_stream


@dataclass(frozen=True)
class StackRows:
    """Rows of K members on a device; the first `train` of each are for training, the others are held out.

    Attributes:
        views: their declaration.
        seeds: one a member.
        x1, x2: (K, n, ...).
        labels: values of every label, from 0, (K, n, L), in the order of `names`; the first one is the label itself.
        factors: real-valued factors by name, (K, n, k).
        latents: what positive pairs are made of, one array a member, where the data make their own.
        classes: number of values of each label.
        train: rows for training.
    """

    views: View
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
    views: View,
    seeds: Sequence[int],
    device: str,
    arrays: Mapping[str, np.ndarray] | None = None,
    held_out: float | None = None,
) -> StackRows:
    """Each member's rows.

    Args:
        views: the declaration of the data.
        seeds: one a member.
        device: where the rows are to live.
        arrays: a visitor's own, where the data are.
        held_out: share of the rows, the last ones; left out, the held-out part of the data.

    Raises:
        BadData: the data do not fit this lab.
    """
    if isinstance(views, Own):
        if arrays is None:
            raise BadData("your own rows did not come with the run: open the page with your data and start it there")
        samples = [of_arrays(arrays, seed) for seed in seeds]
    else:
        fault = why_not(views, NEEDS)
        if fault is not None:
            raise BadData(f"{views.name} does not fit: {fault}")
        samples = [ready(views.draw(seed)) for seed in seeds]
    names = tuple(samples[0].labels)
    latents = [sample.latents["bits"] for sample in samples] if isinstance(views, Bits) else []
    n = samples[0].n
    aside = int(samples[0].held_out.sum()) if held_out is None else max(1, round(held_out * n))
    measured = [_measured(sample) for sample in samples]
    factors = [k for k in measured[0] if all(k in of_sample for of_sample in measured)]
    return StackRows(
        views=views,
        seeds=tuple(seeds),
        x1=_stack([s.x1 for s in samples], device),
        x2=_stack([s.x2 for s in samples], device),
        labels=torch.stack([_codes(s, names, device) for s in samples]),
        names=names,
        factors={k: _stack([of_sample[k] for of_sample in measured], device) for k in factors},
        latents=latents,
        classes=tuple(int(max(s.labels[name].max() for s in samples)) + 1 for name in names),
        train=n - aside,
    )


def ready(drawn: TwoViews) -> TwoViews:
    """Samples for a network: training rows first, columns standardised by them and pixels by one size for all, as float32.

    What comes scaled (`View.scaled`) is left as it is.
    """
    if drawn.declaration is not None and drawn.declaration.scaled:
        return drawn
    order = np.argsort(drawn.held_out, kind="stable")
    train = ~drawn.held_out
    x1, x2 = (
        _standardised(view, train, image is not None)[order]
        for view, image in ((drawn.x1, drawn.image1), (drawn.x2, drawn.image2))
    )
    return replace(
        drawn,
        x1=x1,
        x2=x2,
        held_out=drawn.held_out[order],
        y=None if drawn.y is None else drawn.y[order],
        labels={name: codes[order] for name, codes in drawn.labels.items()},
        factors=tuple(replace(factor, values=factor.values[order]) for factor in drawn.factors),
        latents={name: values[order] for name, values in drawn.latents.items()},
        canonical=None,
    )


def _measured(sample: TwoViews) -> dict[str, np.ndarray]:
    """Real-valued factors (n, k) by what all members call them: without what a member adds after a colon."""
    return {
        f.name.partition(":")[0]: f.values.reshape(sample.n, -1).astype(np.float32)
        for f in sample.factors
        if not f.classes
    }


def _standardised(view: np.ndarray, train: np.ndarray, image: bool) -> np.ndarray:
    middle, spread = view[train].mean(axis=0), view[train].std(axis=0)
    size = np.sqrt(np.mean(spread**2)) if image else np.where(spread > 0, spread, 1.0)
    return np.asarray((view - middle) / size, dtype=np.float32)


def _stack(arrays: Sequence[np.ndarray], device: str) -> Tensor:
    return torch.as_tensor(np.stack(arrays), device=device)


def _codes(sample: TwoViews, names: Sequence[str], device: str) -> Tensor:
    return torch.as_tensor(np.stack([sample.labels[name] for name in names], axis=-1), device=device)


class Batches:
    """Batches of training rows for one method: every member in its own order.

    Args:
        rows: the rows.
        size: rows a batch.
        method: says whether it needs pairs, and of what kind.
        kind: the augmentation that the run asks for.
        used: which of the labels a method uses, by number.
    """

    def __init__(self, rows: StackRows, size: int, method: LossMethod, kind: str, used: Sequence[int] = (0,)) -> None:
        self._rows = rows
        self._size = min(size, rows.train)
        self._pairs = method.objective.pairs
        self._kind = "strong" if method.augmentation == "strong" else kind
        self._used = list(used)
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
        labels = rows.labels.flatten(0, 1)[flat].reshape(k, self._size, -1)[..., self._used]
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

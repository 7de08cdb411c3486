"""A method as a learner of the one loop: an outer step on everything but the critics of upper bounds, then inner steps on these alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from mmexplore.labs.losses.train.bank import clip_each
from mmexplore.labs.losses.train.method import LossMethod
from mmexplore.labs.losses.train.rows import Batches
from mmexplore.training.loop import Look

CLIP = 10.0
WARM_UP = 50
_FLAT = 0.5  # share of the steps before the rate falls


class Trainee:
    """Trains one method.

    Args:
        method: networks, loss, embeddings.
        batches: where its rows come from.
        rate: learning rate of Adam: 50 steps of warm-up (a tenth of a short run), flat to the middle, then linear to 0.
        steps: how many there will be.
        seen: what an evaluation shows.
    """

    def __init__(
        self, method: LossMethod, batches: Batches, rate: float, steps: int, seen: Callable[[int], Look]
    ) -> None:
        self.method = method
        self._batches = batches
        self._rate, self._steps = rate, steps
        self._seen = seen
        self._outer = method.outer()
        self._inner = method.critics()
        self._outer_adam = _adam(self._outer, rate)
        self._inner_adam = _adam(self._inner, rate) if self._inner else None
        self._inner_steps = int(getattr(method.objective, "club_steps", 1))

    def step(self, i: int) -> Mapping[str, Tensor]:
        """One update of the encoders, heads and lower bounds' critics; then some of the upper bounds' critics."""
        self.method.train()
        rate = self._rate * factor(i, self._steps)
        loss, terms = self.method.loss(next(self._batches), self._batches.noise)
        _update(loss.sum(), self._outer, self._outer_adam, rate, self.method.shape.members)
        if self._inner_adam is not None:
            for _ in range(self._inner_steps):
                _update(self.method.inner_loss().sum(), self._inner, self._inner_adam, rate, self.method.shape.members)
        return {"loss": loss.detach().mean()} | {name: term.detach().mean() for name, term in terms.items()}

    def look(self, i: int) -> Look:
        """What is seen after `i` updates."""
        self.method.eval()
        with torch.no_grad():
            return self._seen(i)


def factor(i: int, steps: int) -> float:
    """Share of the full learning rate at step `i`."""
    rise = min(1.0, (i + 1) / max(1, min(WARM_UP, steps // 10)))
    fall = min(1.0, (steps - i) / max(1.0, (1.0 - _FLAT) * steps))
    return rise * fall


def _adam(parameters: Sequence[nn.Parameter], rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(parameters, lr=rate, fused=True)


def _update(
    loss: Tensor, parameters: Sequence[nn.Parameter], adam: torch.optim.Adam, rate: float, members: int
) -> None:
    """Gradients of the loss for these parameters alone, clipped member by member, and one step."""
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    there = [(p, g) for p, g in zip(parameters, gradients, strict=True) if g is not None]
    clip_each([g for _, g in there], CLIP, members)
    for p, g in there:
        p.grad = g
    adam.param_groups[0]["lr"] = rate
    adam.step()

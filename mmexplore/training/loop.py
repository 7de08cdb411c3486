"""The one training loop: a learner steps, now and then it is looked at, and every look becomes a frame of the run.

    frames at steps 0 = t_0 < t_1 < ... < t_K = steps,   t_k = round(steps (k / K)^2),

so that the beginning, where most happens, is seen closely. The steps depend on nothing but `steps` and `looks`: same spec, same
frames. A learner owns its parameters, its data and its random streams; the loop owns when things happen, the running means of
the loss terms, the check that they are finite, and the report to the recorder (which raises `Stopped` when the run is to stop).

    class Mine:
        def step(self, i):   # one update; returns its loss terms
            loss = ...
            descend(loss, self.optimizer, self.parameters)
            return {"loss": loss, "rate_nats": rate}

        def look(self, i):   # what is to be seen after i updates
            return Look({"relevance_nats": 1.3}, {"z": z})

    train(Mine(...), recorder, steps=1500)
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch

from mmexplore.errors import NotConverged

LOOKS = 60
_PROGRESS_EVERY = 5


@dataclass(frozen=True)
class Look:
    """What is seen of a learner at one moment: numbers for the curves, arrays for the pictures, and whether to end here."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] | None = None
    last: bool = False


class Learner(Protocol):
    """Something that can be trained."""

    def step(self, i: int) -> Mapping[str, torch.Tensor]:
        """Update once, the i-th time from 0, and return the loss terms (scalars; the loop takes their running means)."""

    def look(self, i: int) -> Look:
        """What is to be seen after `i` updates."""


class LoopRecorder(Protocol):
    """The part of a recorder the loop needs."""

    def frame(self, step: int, numbers: Mapping[str, float], arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Take one frame."""

    def progress(self, share: float, words: str) -> None:
        """Take note of how far the work is, between 0 and 1."""


def look_steps(steps: int, looks: int = LOOKS) -> tuple[int, ...]:
    """After how many updates a learner is looked at: 0 and `steps` included, closer together at the beginning."""
    count = max(1, min(looks, steps))
    return tuple(sorted({round(steps * (k / count) ** 2) for k in range(count + 1)}))


def train(
    learner: Learner,
    recorder: LoopRecorder,
    steps: int,
    *,
    looks: int = LOOKS,
    share: tuple[float, float] = (0.0, 1.0),
    words: str = "Training",
    first: int = 0,
) -> None:
    """Train for `steps` updates; each look gives a frame with the means of the loss terms since the one before.

    Args:
        learner: what is trained.
        recorder: takes frames and progress, and raises when the run is to stop.
        steps: number of updates.
        looks: at most so many looks after the first one.
        share: the part of the whole run's progress that this training is.
        words: what the progress line says.
        first: number of the first frame, for a run that trains several times in a row.
    """
    moments = set(look_steps(steps, looks))
    low, high = share
    sums: dict[str, torch.Tensor] = {}
    count = 0
    recorder.progress(low, words)
    if first == 0:
        seen = learner.look(0)
        recorder.frame(0, seen.numbers, seen.arrays)
    for i in range(steps):
        for name, term in learner.step(i).items():
            value = term.detach()
            sums[name] = sums[name] + value if name in sums else value
        count += 1
        done = i + 1
        if done in moments:
            means = {name: float(total) / count for name, total in sums.items()}
            _check_finite(means, done)
            seen = learner.look(done)
            recorder.frame(first + done, {**means, **seen.numbers}, seen.arrays)
            sums, count = {}, 0
            if seen.last:
                recorder.progress(high, words)
                return
        if done % _PROGRESS_EVERY == 0 or done == steps:
            recorder.progress(low + (high - low) * done / steps, words)


def _check_finite(means: Mapping[str, float], done: int) -> None:
    for name, value in means.items():
        if not np.isfinite(value):
            raise NotConverged(
                f"training diverged: {name} is {value} after {done} updates; try a smaller learning rate or another seed"
            )


def descend(
    loss: torch.Tensor, optimizer: torch.optim.Optimizer, parameters: Iterable[torch.Tensor], clip: float = 1.0
) -> None:
    """One update: gradients of `loss`, clipped to the norm `clip`, then the optimiser's step."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(parameters), clip)
    optimizer.step()


def torch_stream(seed: int, name: str, device: str | torch.device = "cpu") -> torch.Generator:
    """A random stream of its own, named by seed and name, on a device."""
    state = np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()),)).generate_state(1, np.uint64)
    return torch.Generator(device=device).manual_seed(int(state[0] >> np.uint64(1)))


class Minibatches:
    """Endless batches of row numbers: epoch after epoch, each a new order; the last few rows of an epoch go to the next.

    Args:
        n: number of rows.
        size: rows a batch; all of them if there are fewer.
        generator: the stream that draws the orders, on the device where the rows are.
    """

    def __init__(self, n: int, size: int, generator: torch.Generator) -> None:
        self.n, self.size, self._generator = n, min(n, size), generator
        self._order = torch.empty(0, dtype=torch.long, device=generator.device)

    def __next__(self) -> torch.Tensor:
        """Row numbers, shape (size,)."""
        while len(self._order) < self.size:
            fresh = torch.randperm(self.n, generator=self._generator, device=self._generator.device)
            self._order = torch.cat([self._order, fresh])
        batch, self._order = self._order[: self.size], self._order[self.size :]
        return batch

    def __iter__(self) -> Minibatches:
        return self


def schedule(optimizer: torch.optim.Optimizer, steps: int, warm_up: int = 20) -> torch.optim.lr_scheduler.LambdaLR:
    """Learning rate: up over the first few updates, then down to a hundredth along a cosine."""

    def factor(i: int) -> float:
        rise = min(1.0, (i + 1) / warm_up)
        fall = 0.5 * (1.0 + np.cos(np.pi * min(1.0, i / max(1, steps))))
        return float(rise * (0.01 + 0.99 * fall))

    for group in optimizer.param_groups:  # where another schedule ended, begin from the rate it began with
        group["lr"] = group.get("initial_lr", group["lr"])
    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)

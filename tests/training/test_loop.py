from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mmexplore.errors import NotConverged
from mmexplore.training.loop import Look, Minibatches, descend, look_steps, torch_stream, train


class Watch:
    def __init__(self) -> None:
        self.frames: list[tuple[int, dict[str, float]]] = []
        self.shares: list[float] = []

    def frame(self, step, numbers, arrays=None):
        self.frames.append((step, dict(numbers)))

    def progress(self, share, words):
        self.shares.append(share)


class Counting:
    """Its i-th loss is i, so that means over windows are known."""

    def __init__(self, device: str, bad_at: int | None = None) -> None:
        self.device, self.bad_at = device, bad_at

    def step(self, i):
        return {"loss": torch.tensor(math.nan if i == self.bad_at else float(i), device=self.device)}

    def look(self, i):
        return Look({"seen": float(i)})


def test_looks_begin_densely_and_end_at_the_last_step():
    steps = look_steps(1000, 10)
    assert steps == (0, 10, 40, 90, 160, 250, 360, 490, 640, 810, 1000)
    assert look_steps(1) == (0, 1)
    assert len(look_steps(5, 60)) <= 6


def test_frames_carry_means_since_the_frame_before(device):
    watch = Watch()
    train(Counting(device), watch, 9, looks=3)
    assert [step for step, _ in watch.frames] == [0, 1, 4, 9]
    assert [numbers.get("loss") for _, numbers in watch.frames] == [None, 0.0, 2.0, 6.0]
    assert [numbers["seen"] for _, numbers in watch.frames] == [0, 1, 4, 9]
    assert watch.shares == sorted(watch.shares)
    assert watch.shares[-1] == 1.0


def test_a_diverging_run_says_so(device):
    with pytest.raises(NotConverged, match="diverged: loss is nan"):
        train(Counting(device, bad_at=2), Watch(), 9, looks=3)


def test_batches_hold_every_row_once_an_epoch(device):
    batches = Minibatches(10, 4, torch_stream(0, "rows", device))
    rows = torch.cat([next(batches) for _ in range(5)])
    assert rows.device.type == device
    assert sorted(rows[:10].tolist()) == list(range(10))
    assert sorted(rows[10:].tolist()) == list(range(10))


def test_streams_are_named(device):
    draw = [
        torch.rand(3, generator=torch_stream(s, n, device), device=device)
        for s, n in [(0, "a"), (0, "a"), (0, "b"), (1, "a")]
    ]
    assert torch.equal(draw[0], draw[1])
    assert not torch.equal(draw[0], draw[2])
    assert not torch.equal(draw[0], draw[3])


def test_a_descent_is_clipped(device):
    weight = torch.zeros(2, requires_grad=True, device=device)
    descend(1000 * weight.sum(), torch.optim.SGD([weight], lr=1.0), [weight], clip=1.0)
    np.testing.assert_allclose(weight.detach().cpu().numpy(), -np.ones(2) / math.sqrt(2), rtol=1e-5)

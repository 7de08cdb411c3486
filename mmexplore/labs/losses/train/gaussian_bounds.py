"""The run of `mmexplore.labs.losses.bounds_task.Bounds`: one critic for each true information and seed, all in one stack, trained by InfoNCE.

Every batch is drawn anew from the known law, so the critic never sees the rows it is scored on. Both bounds are read off the same
critic: NCE is a lower bound for any critic, NCE-CLUB an upper one as far as the critic is the optimal one of InfoNCE.
"""

from __future__ import annotations

import math
import time

import numpy as np
import torch
from torch import Tensor, nn

from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.train.bank import clip_each, streams
from mmexplore.labs.losses.train.critics import Concatenated, Inner
from mmexplore.labs.losses.train.method import BIT
from mmexplore.labs.losses.train.trainee import CLIP, factor
from mmexplore.runs.recorder import Recorder
from mmexplore.training.bounds import infonce, nce_club
from mmexplore.training.loop import Look, train

GIVEN_NATS = 2.32
_SCORE_BATCHES = 4
_LAST_BATCHES = 40


def run(spec: Bounds, recorder: Recorder) -> None:
    """Train and score."""
    started = time.perf_counter()
    learner = Estimation(spec, recorder.device)
    recorder.keep(
        "names",
        {
            "truth": learner.truth * BIT,
            "truth_nats": learner.truth,
            "club_exact": learner.club_exact * BIT,
            "conditional": learner.conditional.astype(np.int64),
            "ceiling": np.full(len(learner.truth), math.log2(spec.batch)),
        },
    )
    train(learner, recorder, spec.steps, looks=spec.looks, words="Training critics")
    nce, club = learner.score(_LAST_BATCHES)
    means = {name: values.mean(axis=0) for name, values in (("nce", nce), ("club", club))}
    errors = {
        f"{name}_error": values.std(axis=0, ddof=1) / len(values) ** 0.5
        for name, values in (("nce", nce), ("club", club))
    }
    recorder.keep("result", means | errors)
    truth = learner.truth * BIT
    low, high = means["nce"].mean(axis=1), means["club"].mean(axis=1)
    recorder.result(
        {
            "truth": truth,
            "truth_nats": learner.truth,
            "nce": low,
            "club": high,
            "club_exact": learner.club_exact * BIT,
            "ordered": (low <= truth) & (truth <= high),
            "ceiling": math.log2(spec.batch),
            "critic": spec.critic,
            "seconds": time.perf_counter() - started,
            "device": recorder.device,
        }
    )
    for value, below in zip(truth, high < truth, strict=True):
        if below:
            recorder.warn(
                f"At {value:.2f} bits NCE-CLUB stays below the truth: it is an upper bound only at the optimal critic, and a critic trained "
                f"by InfoNCE in batches of {spec.batch} (at most {math.log2(spec.batch):.2f} bits) is not optimal there."
            )


class Estimation:
    """The learner: pairs, critics and their optimiser. Members of the stack: informations lead, then seeds."""

    def __init__(self, spec: Bounds, device: str) -> None:
        self._spec = spec
        plain = spec.truths()
        self.truth = np.array([*plain, *([GIVEN_NATS] if spec.conditional else [])])
        square = -np.expm1(-2.0 * self.truth / spec.dims)  # of the correlation
        self.club_exact = spec.dims * square / (1.0 - square)
        self.conditional = np.arange(len(self.truth)) >= len(plain)
        self._device = device
        self._seeds = range(spec.seed, spec.seed + spec.seeds)
        self._draw = torch.Generator(device=device).manual_seed(spec.seed)
        self._rho = torch.as_tensor(np.repeat(np.sqrt(square), spec.seeds), dtype=torch.float32, device=device)[
            :, None, None
        ]
        self._plain = len(plain) * spec.seeds
        self._parts: list[tuple[nn.Module, bool]] = [(self._critic(len(plain), spec.dims, spec.dims, "pairs"), False)]
        if spec.conditional:
            self._parts.append((self._critic(1, 2 * spec.dims, 2 * spec.dims, "given"), True))
        self._parameters = [p for part, _ in self._parts for p in part.parameters()]
        self._adam = torch.optim.Adam(self._parameters, lr=spec.rate, fused=True)

    def _critic(self, truths: int, d1: int, d2: int, name: str) -> nn.Module:
        draw = [g for i in range(truths) for g in streams(list(self._seeds), f"{name} {i}")]
        w = self._spec.width
        made = (
            Concatenated(draw, d1, d2, w)
            if self._spec.critic == "concatenated"
            else Inner(draw, d1, d2, w, max(32, w // 4))
        )
        return made.to(self._device)

    def _pairs(self, given: bool) -> tuple[Tensor, Tensor]:
        """A batch of every member: x1 and x2, with the condition beside each of them where there is one."""
        b, d = self._spec.batch, self._spec.dims
        rho = self._rho[self._plain :] if given else self._rho[: self._plain]
        drawn = torch.randn((2, len(rho), b, d), generator=self._draw, device=self._device)
        x1, x2 = drawn[0], rho * drawn[0] + (1.0 - rho.square()).sqrt() * drawn[1]
        if not given:
            return x1, x2
        z = torch.randn((len(rho), 1, d), generator=self._draw, device=self._device).expand_as(x1)
        return torch.cat([x1 + z, z], dim=-1), torch.cat([x2 + z, z], dim=-1)

    def step(self, i: int) -> dict[str, Tensor]:
        """One update of all critics."""
        total = torch.zeros((), device=self._device)
        for critic, given in self._parts:
            total = total - infonce(critic(*self._pairs(given))).sum()
        gradients = torch.autograd.grad(total, self._parameters)
        start = 0
        for critic, _ in self._parts:
            count = len(list(critic.parameters()))
            clip_each(gradients[start : start + count], CLIP, gradients[start].shape[0])
            start += count
        for p, g in zip(self._parameters, gradients, strict=True):
            p.grad = g
        self._adam.param_groups[0]["lr"] = self._spec.rate * factor(i, self._spec.steps)
        self._adam.step()
        return {"loss": total.detach() * BIT / (len(self.truth) * self._spec.seeds)}

    def look(self, i: int) -> Look:
        """Both bounds on fresh batches."""
        nce, club = self.score(_SCORE_BATCHES)
        numbers = {"update": i, "updates": self._spec.steps, "ceiling": math.log2(self._spec.batch)}
        return Look(numbers, {"nce": nce.mean(axis=0), "club": club.mean(axis=0)})

    def score(self, batches: int) -> tuple[np.ndarray, np.ndarray]:
        """NCE and NCE-CLUB of fresh batches, bits, (batches, T, K)."""
        low, high = [], []
        with torch.no_grad():
            for _ in range(batches):
                scores = [critic(*self._pairs(given)) for critic, given in self._parts]
                low.append(torch.cat([infonce(f) for f in scores]))
                high.append(torch.cat([nce_club(f) for f in scores]))
        shape = (batches, len(self.truth), self._spec.seeds)
        return (torch.stack(low) * BIT).reshape(shape).cpu().numpy(), (torch.stack(high) * BIT).reshape(
            shape
        ).cpu().numpy()

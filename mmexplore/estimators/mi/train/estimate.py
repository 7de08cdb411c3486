"""Train critics on folds of the rows, choose for each the moment when it did best on validation rows, read it on others still.

Rows of each copy (fold x seed): a fold held out for the answer, a fifth of the rest for validation, which chooses the moment, training on what
remains. The answer is the mean over folds of the held-out bounds: with five folds every row is held out once.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mmexplore.devices import choose_device, repeatable
from mmexplore.errors import BadData
from mmexplore.estimators.mi import Curve, MIEstimate
from mmexplore.estimators.mi.networks import CriticSettings
from mmexplore.estimators.mi.train.critics import ConcatenatedCritic, SeparableCritic, clip_each
from mmexplore.estimators.mi.train.held_out import read
from mmexplore.estimators.mi.variables import VariablePair, prepared
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.estimators.tables.resampling import stream
from mmexplore.runs.recorder import Stopped
from mmexplore.training import bounds
from mmexplore.training.loop import Look, LoopRecorder, Minibatches, schedule, torch_stream, train
from mmexplore.units import BITS_PER_NAT

LEAST_ROWS = 40
VALIDATION_SHARE = 0.2
LOOKED_AT = 1024  # validation rows that a look is taken at, at most
GRADIENT = 5.0  # norm of a copy's gradient, at most
PATIENT = 0.6  # part of the updates since which nothing was gained, to stop


@dataclass(frozen=True)
class RowSplits:
    """Numbers of the rows of each copy: training and validation, (copies, m) each; held out, one array a copy."""

    training: np.ndarray
    validation: np.ndarray
    held_out: tuple[np.ndarray, ...]


def divide(n: int, folds: int, seeds: int, seed: int) -> RowSplits:
    """Who sees which rows; copies of one seed follow each other."""
    training, validation, held_out = [], [], []
    smallest = n - math.ceil(n / max(folds, 5))
    back = max(2, round(VALIDATION_SHARE * smallest))
    for s in range(seeds):
        order = stream(seed, "mi folds", s).permutation(n)
        for part in np.array_split(order, max(folds, 5))[:folds]:
            rest = order[~np.isin(order, part)]
            validation.append(rest[:back])
            training.append(rest[back:smallest])
            held_out.append(part)
    return RowSplits(np.stack(training), np.stack(validation), tuple(held_out))


class Critics:
    """The learner: all copies' critics, their rows, and the best each has been."""

    def __init__(self, bound: str, pair: VariablePair, settings: CriticSettings, device: str) -> None:
        n, self.bound, self.settings = pair.n, bound, settings
        if n < LEAST_ROWS:
            raise BadData(
                f"{n} rows; a trained critic needs at least {LEAST_ROWS}, better 1,000. Compare 'ksg' or 'copula'"
            )
        self.rows = divide(n, settings.folds, settings.seeds, settings.seed)
        self.copies = len(self.rows.held_out)
        x, y = (
            torch.tensor(prepared(v, settings.margins), dtype=torch.float32, device=device) for v in (pair.x, pair.y)
        )
        self.x, self.y, self.device = x, y, device
        self.tau = float(getattr(settings, "tau", math.inf))
        weights = torch_stream(settings.seed, "mi weights")
        hidden = (settings.hidden,) * settings.layers
        dims = (x.shape[1], y.shape[1])
        self.critic = (
            SeparableCritic(self.copies, dims, hidden, settings.embedding, weights)
            if settings.critic == "separable"
            else ConcatenatedCritic(self.copies, dims, hidden, weights)
        ).to(device)
        self.optimizer = torch.optim.Adam(self.critic.parameters(), lr=settings.rate)
        self.scheduler = schedule(self.optimizer, settings.steps)
        self.training = torch.as_tensor(self.rows.training, device=device)
        batches = torch_stream(settings.seed, "mi batches", device)
        self.batches = Minibatches(self.training.shape[1], settings.batch, batches)
        self.average: Tensor | None = None
        most = LOOKED_AT if settings.critic == "separable" else settings.batch
        self.validation = torch.as_tensor(self.rows.validation[:, :most], device=device)
        self.best = torch.full((self.copies,), -math.inf, device=device)
        self.best_step = torch.zeros(self.copies, dtype=torch.long, device=device)
        self.best_weights = [p.detach().clone() for p in self.critic.parameters()]

    def step(self, i: int) -> dict[str, Tensor]:
        """One update of every copy."""
        rows = self.training[:, next(self.batches)]  # (copies, B)
        value = self._bound(self.critic(self.x[rows], self.y[rows]))
        self.optimizer.zero_grad(set_to_none=True)
        (-value.sum()).backward()
        clip_each(self.critic, GRADIENT)
        self.optimizer.step()
        self.scheduler.step()
        return {"training": value.detach().mean() * BITS_PER_NAT}

    def _bound(self, f: Tensor) -> Tensor:
        """What is made large, (copies,), nats."""
        if self.bound == "mine":
            value, self.average = bounds.mine(f, self.average, getattr(self.settings, "average", 0.01))
            return value
        return bounds.smile(f, self.tau) if self.bound == "smile" else getattr(bounds, self.bound)(f)

    @torch.no_grad()
    def look(self, i: int) -> Look:
        """The bound on validation rows; remembers each copy's best weights."""
        f = self.critic(self.x[self.validation], self.y[self.validation])
        value = {"smile": bounds.smile, "mine": bounds.donsker_varadhan}.get(self.bound, getattr(bounds, self.bound))(
            f, **({"tau": self.tau} if self.bound == "smile" else {})
        )
        better = value > self.best
        self.best = torch.where(better, value, self.best)
        self.best_step[better] = i
        for best, now in zip(self.best_weights, self.critic.parameters(), strict=True):
            best[better] = now[better]
        resting = bool((self.best_step < (1 - PATIENT) * i).all()) and i >= 100
        return Look({"held_out": float(value.mean()) * BITS_PER_NAT}, last=resting)

    @torch.no_grad()
    def use_best(self) -> None:
        """Put every copy back to its best moment."""
        for parameter, best in zip(self.critic.parameters(), self.best_weights, strict=True):
            parameter.copy_(best)

    @torch.no_grad()
    def read(self, rows: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray], float]:
        """Of each copy on rows of its own: the bound, (copies,), every row's influence, and log of the rows compared with; bits."""
        most = self.settings.held_out_batch if self.settings.critic == "separable" else self.settings.batch
        most = max(2, min(most, min(len(r) for r in rows)))
        blocks = [np.array_split(r, max(1, len(r) // most)) for r in rows]
        totals = np.zeros(self.copies)
        influences: list[list[np.ndarray]] = [[] for _ in rows]
        ceiling = 0.0
        for k in range(max(len(b) for b in blocks)):
            turn = [b[min(k, len(b) - 1)] for b in blocks]
            size = max(len(t) for t in turn)
            index = torch.as_tensor(np.stack([np.resize(t, size) for t in turn]), device=self.device)
            f = self.critic(self.x[index], self.y[index])
            for c, t in enumerate(turn):
                if k < len(blocks[c]):
                    value, influence = read(self.bound, f[c, : len(t), : len(t)], self.tau)
                    totals[c] += value * len(t)
                    influences[c].append(influence.cpu().numpy() * BITS_PER_NAT)
                    ceiling += math.log2(len(t)) * len(t)
        count = np.array([len(r) for r in rows])
        return totals / count * BITS_PER_NAT, [np.concatenate(part) for part in influences], ceiling / count.sum()


def estimate(
    bound: str, pair: VariablePair, settings: CriticSettings, watcher: LoopRecorder, device: str
) -> MIEstimate:
    """Train and read; frames hold `training` and `held_out`, in bits."""
    curve: list[dict[str, Any]] = []

    class Both:
        def frame(self, step: int, numbers: Any, arrays: Any = None) -> None:
            curve.append({"step": step} | dict(numbers))
            watcher.frame(step, numbers, arrays)

        def progress(self, share: float, words: str) -> None:
            watcher.progress(share, words)

    critics = Critics(bound, pair, settings, device)
    stopped = False
    try:
        train(critics, Both(), settings.steps, share=(0.0, 0.95), words="Training critics")
    except Stopped:
        if not curve or not isinstance(watcher, _DeskWatcher):
            raise
        stopped = True
    critics.use_best()
    estimated = _answer(critics, pair, settings)
    steps, training, held_out = ([line.get(k, math.nan) for line in curve] for k in ("step", "training", "held_out"))
    warnings = list(estimated.warnings)
    last = int(steps[-1])
    late = float(critics.best_step.double().median()) > 0.9 * settings.steps
    gain = held_out[-1] - float(np.interp(0.6 * last, steps, held_out))
    if stopped:
        warnings.append(f"Stopped: after {last:,} of {settings.steps:,} updates; more would probably give more.")
    elif late and gain > max(0.02, 0.03 * abs(held_out[-1])):
        warnings.append(
            f"Still learning: the last {0.4 * last:,.0f} updates gained {gain:.2f} bits; give more updates (steps={2 * settings.steps:,})."
        )
    return dataclasses.replace(
        estimated,
        warnings=tuple(warnings),
        curve=Curve(*(np.array(v, dtype=np.float64) for v in (steps, training, held_out))),
        device=device,
    )


def _answer(critics: Critics, pair: VariablePair, settings: CriticSettings) -> MIEstimate:
    """The best critics on their held-out rows and, for the gap, on as many training rows."""
    from scipy.special import ndtri

    rows = critics.rows
    held_out, influences, ceiling = critics.read(list(rows.held_out))
    seen, _, _ = critics.read([t[: len(h)] for t, h in zip(rows.training, rows.held_out, strict=True)])
    sizes = np.array([len(h) for h in rows.held_out]).reshape(settings.seeds, settings.folds)
    per_seed = np.average(held_out.reshape(sizes.shape), axis=1, weights=sizes)
    mi = float(per_seed.mean())
    by_seed = [np.concatenate(influences[s * settings.folds : (s + 1) * settings.folds]) for s in range(settings.seeds)]
    variance = float(np.mean([part.var(ddof=1) / len(part) for part in by_seed]))
    if settings.seeds > 1:
        variance += float(per_seed.var(ddof=1)) / settings.seeds
    half = float(-ndtri(0.5 * (1 - settings.level))) * math.sqrt(variance)
    warnings = []
    gap = float((seen - held_out).mean())
    if gap > max(0.1, 3 * math.sqrt(variance)):
        warnings.append(
            f"Learned by heart: {mi + gap:.2f} bits on training rows, {mi:.2f} on held-out ones. With more rows, or a smaller network, the "
            "held-out value would rise."
        )
    return MIEstimate(
        mi=mi,
        interval=Interval(mi - half, mi + half),
        ceiling=ceiling if critics.bound == "infonce" else None,
        warnings=tuple(warnings),
        seeds=tuple(per_seed.tolist()) if settings.seeds > 1 else (),
    )


class _DeskWatcher:
    """A desk that looks like a recorder."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def frame(self, step: int, numbers: Any, arrays: Any = None) -> None:
        """Frames are kept by `estimate`."""

    def progress(self, share: float, words: str) -> None:
        """Tell the desk; stop if it says so."""
        self.desk.done, self.desk.total = round(1000 * share), 1000
        if not self.desk.look(words):
            raise Stopped


def with_desk(bound: str, pair: VariablePair, settings: CriticSettings, desk: Desk) -> MIEstimate:
    """For `mutual_information`: here and now, on the desk's device; what is learned when it is stopped is answered."""
    device = choose_device(desk.device)
    with repeatable(device):
        return estimate(bound, pair, settings, _DeskWatcher(desk), device)

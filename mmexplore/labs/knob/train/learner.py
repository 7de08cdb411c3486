"""Training of a model over the dial: batches of rows at several settings at once.

What an update gets (`rows_per_update` says it for a task): a network conditioned on the knobs `batch` rows for each stretch of the dial that has
weights of its own, so that gamma = 0 and gamma > 0 learn from as many rows each as a method without gamma, parted among the settings drawn:
3 a stretch for methods that match two latents, whose score matrices need many rows of one setting, 9 a stretch for methods with gamma that match
none, 18 for methods without gamma. A network of a single setting gets `batch` rows, each of nine separate ones a ninth of them, but at least 128.

The price of the rates begins at zero and rises to its own. Two latents first have to find each other: weak pairs are found slowly, and once rates
cost something they are not found any more, for silence is a local minimum at every beta. So matched latents pay nothing at first, until the
learner has found what they share, and then follow beta down to each setting's own, which is the branch that theory calls open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from mmexplore.labs.knob.methods import method as method_named
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.train.data import Data
from mmexplore.labs.knob.train.dial import KnobInputs, KnobSettings
from mmexplore.labs.knob.train.model import Model, loss_over_beta
from mmexplore.labs.knob.train.networks import Build
from mmexplore.training.loop import Look, Minibatches, schedule, torch_stream

# Settings a batch is spread over: a score matrix needs many rows of one setting, a decoder does not.
_GROUPS_MUTUAL = 6
_GROUPS = 18
_LEAST_ROWS = 128
_CLIP = 1.0
_LINEAR_RATE = 4.0
# shares of the training: until the first the rates cost nothing, from the second on their own price, in between it rises evenly
_WARM_UP, _WARM_UP_MUTUAL = (0.0, 0.2), (0.15, 0.4)


class UpdateRows(NamedTuple):
    """What one update of a task's networks is made of.

    Attributes:
        stretches: networks with weights of their own, each with its share of the settings.
        settings: settings of an update, over all stretches.
        rows: of each setting.
    """

    stretches: int
    settings: int
    rows: int

    @property
    def per_stretch(self) -> int:
        """Rows that each network with weights of its own learns from in an update."""
        return self.settings * self.rows // self.stretches


def rows_per_update(spec: Knob, n_train: int | None = None) -> UpdateRows:
    """What one update of a task is made of.

    Args:
        spec: the task.
        n_train: rows there are to train on, where they are fewer than a batch asks for.

    >>> rows_per_update(Knob(method="dvsib")), rows_per_update(Knob(method="dvsib")).per_stretch
    (UpdateRows(stretches=2, settings=6, rows=170), 510)
    """
    dial = dial_of(spec, torch.device("cpu"))
    if dial.acting:
        stretches = dial.copies
        groups = _GROUPS_MUTUAL if method_named(spec.method).mutual else min(_GROUPS, spec.batch // 8)
        settings = max(groups // stretches, 1) * stretches
        rows = spec.batch * stretches // settings
    else:
        stretches = settings = math.prod(len(knob) for knob in spec.dial())
        rows = max(spec.batch // settings, min(spec.batch, _LEAST_ROWS))
    if n_train is not None:
        rows = min(rows, n_train // settings)
    return UpdateRows(stretches, settings, max(2, rows))


def dial_of(spec: Knob, device: torch.device) -> KnobInputs:
    """The knobs the networks are told: none for networks of a single setting."""
    acting = method_named(spec.method).knobs if spec.networks == "conditioned" else ()
    return KnobInputs(spec.low, spec.high, acting, device)


def build_model(spec: Knob, data: Data, knobs: int, copies: int) -> Model:
    """First weights of a task's networks."""
    depth = 0 if spec.network == "linear" else spec.depth
    build = Build(knobs, copies, spec.width, depth, torch_stream(spec.seed, "weights"))
    spreads = {view: data.spread(view).cpu() for view in ("X", "Y")}
    return Model(method_named(spec.method), spreads, spec.latent, spec.variance, spec.mi, build).to(data.x.device)


def clip_copies(weights: list[nn.Parameter], copies: int, most: float) -> None:
    """Clip gradients to a norm, those of each copy of a stack by themselves, so that what one copy is asked does not slow the others.

    Args:
        weights: of a stack: (copies, ., .) where copies have their own; what they share is clipped by itself.
        copies: how many.
        most: the largest norm.
    """
    given = [weight for weight in weights if weight.grad is not None]
    if copies == 1:
        torch.nn.utils.clip_grad_norm_(given, most)
        return
    stacked = [weight.grad for weight in given if weight.ndim == 3 and weight.grad is not None]
    if stacked:
        squares = torch.stack([gradient.square().sum((1, 2)) for gradient in stacked]).sum(0)
        scale = (most / (squares.sqrt() + 1e-6)).clamp(max=1.0)[:, None, None]
        for gradient in stacked:
            gradient.mul_(scale)
    if shared := [weight for weight in given if weight.ndim != 3]:
        torch.nn.utils.clip_grad_norm_(shared, most)


class KnobLearner:
    """Trains a model; what is seen of it is up to `look`.

    Args:
        spec: the task.
        data: the two views.
        look_at: called with the learner after so many updates; gives the frame.
        steps: updates the learning rate falls over; the task's own if left out.
    """

    def __init__(
        self, spec: Knob, data: Data, look_at: Callable[[KnobLearner, int], Look], *, steps: int | None = None
    ) -> None:
        self.spec, self.data, self._look_at = spec, data, look_at
        device = data.x.device
        self.method = method_named(spec.method)
        self.dial = dial_of(spec, device)
        beta, gamma = spec.dial()
        self.settings = self.dial.settings(beta, gamma)
        self.conditioned = bool(self.dial.acting)
        self.copies = self.dial.copies if self.conditioned else len(self.settings)
        self.model = build_model(spec, data, len(self.dial.acting), self.copies)
        self.sampling = torch_stream(spec.seed, "settings", device)
        self.noise = torch_stream(spec.seed, "noise", device)
        _, self._groups, self.each = rows_per_update(spec, len(data.train))
        batch = self.each * self._groups
        self._batches = Minibatches(len(data.train), batch, torch_stream(spec.seed, "rows", device))
        self._train = torch.as_tensor(data.train, device=device)
        rate = spec.rate * (_LINEAR_RATE if spec.network == "linear" else 1.0)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=rate, fused=True)
        self.steps = spec.steps if steps is None else steps
        self.begin(self.steps)

    def begin(self, steps: int) -> None:
        """Let the learning rate rise and fall again over so many updates."""
        self._schedule = schedule(self.optimizer, steps)

    def step(self, i: int) -> Mapping[str, Tensor]:
        """One update at settings drawn from the dial."""
        settings = self.dial.draw(self._groups, self.sampling) if self.conditioned else self.settings
        return self.update(settings, self.price(i))

    def price(self, i: int) -> float:
        """What the rates cost at the i-th update, as a share of their own price."""
        free, full = _WARM_UP_MUTUAL if self.method.mutual else _WARM_UP
        return float(np.clip(((i + 1) / self.steps - free) / (full - free), 0.0, 1.0))

    def update(self, settings: KnobSettings, price: float = 1.0) -> dict[str, Tensor]:
        """One update at given settings; L / beta and every term, averaged over them."""
        chosen = self._train[next(self._batches)].reshape(self._groups, self.each)
        sides = self.data.sides(chosen)
        values = self.model.values(sides, settings, self.noise)
        loss = self.model.surrogate(values, settings, price)
        self.optimizer.zero_grad(set_to_none=True)
        loss = loss * self.copies  # each network of the stack has its own loss whole
        loss.backward()
        for group in self.model.groups():
            clip_copies(group, self.copies, _CLIP)
        self.optimizer.step()
        self._schedule.step()
        with torch.no_grad():
            terms = {symbol: value.detach() for symbol, value in values.terms.items()}
            derived = loss_over_beta(self.method.terms, terms, settings.beta, settings.gamma).mean()
            return {"loss": derived} | {f"train.{symbol}": value.mean() for symbol, value in terms.items()}

    def look(self, i: int) -> Look:
        """What is seen after `i` updates."""
        return self._look_at(self, i)

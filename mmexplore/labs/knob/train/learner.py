"""Training of a model over the dial: batches of rows at several settings at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

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
# share of the training in which the price of the rates rises to its own; two latents first have to find each other
_WARM_UP, _WARM_UP_MUTUAL = 0.2, 0.5


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
        if self.conditioned:
            groups = _GROUPS_MUTUAL if self.method.mutual else min(_GROUPS, spec.batch // 8)
            self._groups = max(groups // self.copies, 1) * self.copies
            each = spec.batch // self._groups
        else:
            self._groups = self.copies
            each = max(spec.batch // self._groups, min(spec.batch, _LEAST_ROWS))
        self._warm_up = _WARM_UP_MUTUAL if self.method.mutual else _WARM_UP
        self._clip = _CLIP * self.copies**0.5
        self.each = max(2, min(each, len(data.train) // self._groups))
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
        return self.update(settings, min(1.0, (i + 1) / (self._warm_up * self.steps)))

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
            torch.nn.utils.clip_grad_norm_(group, self._clip)
        self.optimizer.step()
        self._schedule.step()
        with torch.no_grad():
            terms = {symbol: value.detach() for symbol, value in values.terms.items()}
            derived = loss_over_beta(self.method.terms, terms, settings.beta, settings.gamma).mean()
            return {"loss": derived} | {f"train.{symbol}": value.mean() for symbol, value in terms.items()}

    def look(self, i: int) -> Look:
        """What is seen after `i` updates."""
        return self._look_at(self, i)

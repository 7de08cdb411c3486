"""Readers of representations: what a fixed, simple classifier or regression makes of them. The same rows, the same reader, for every method.

Classes are read by multinomial logistic regression on the standardised representation with an L2 penalty of 1 (scikit-learn's default),

    minimise over W    sum_i -log softmax(W [z_i, 1])_{y_i} + |W|^2 / 2      (the intercept is free),

a convex problem, so the reader is the same whatever solves it: here Newton's steps for all settings at once, by conjugate gradients on
products with the Hessian where it is large (Nocedal & Wright 2006, section 7.1). Held out, its cross entropy bounds the information from below:

    I(z; label) >= H(label) + E log q(label | z).

Beside it stands a perceptron of one hidden layer, which also reads what is not linear; and for numbers ridge regression on the representation
and a few random features of it (`mmexplore.labs.knob.train.probes`).

Least squares on one-hot classes is no reader: in few dimensions it masks classes that lie between others (Hastie, Tibshirani & Friedman 2009,
section 4.2), .65 for .89 of the digits in the same 4-d representation.

Tensors are (S, n, k): n rows at each of S settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

PENALTY = 1.0
_NEWTON, _CONJUGATE, _HALVINGS = 30, 20, 12
_CLOSE = 5e-5  # largest gradient of the mean loss that is left
HIDDEN, MLP_STEPS, _MLP_EPOCHS, _MLP_BATCH, _MLP_RATE, _MLP_DECAY = 48, 240, 60, 256, 1e-2, 1e-2
_SMALL = 150  # weights of one classifier up to which its Hessian is written out


@dataclass(frozen=True)
class Standard:
    """Standardisation by the fitting rows, (S, 1, k) each."""

    middle: Tensor
    size: Tensor

    @classmethod
    def of(cls, fit: Tensor) -> Standard:
        """That of some rows."""
        return cls(fit.mean(-2, keepdim=True), fit.std(-2, correction=0, keepdim=True).clamp_min(1e-6))

    def __call__(self, z: Tensor) -> Tensor:
        """Standardised rows."""
        return (z - self.middle) / self.size


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic regression.

    Attributes:
        scaled: standardisation of its fitting rows.
        weights: of [z, 1], (S, k + 1, C).
    """

    scaled: Standard
    weights: Tensor

    def log_probabilities(self, z: Tensor) -> Tensor:
        """Log probabilities of the classes, (S, n, C)."""
        scores = self.scaled(z) @ self.weights[..., :-1, :] + self.weights[..., -1:, :]
        return scores.log_softmax(-1)


def logistic(fit: Tensor, codes: Tensor, classes: int, start: Tensor | None = None) -> Logistic:
    """Fit at all settings at once.

    Args:
        fit: representation of the fitting rows, (S, n, k).
        codes: their classes, (n,).
        classes: how many classes there are, C.
        start: weights to begin from, (S, k + 1, C), for instance those of settings nearby; they change the time and not the result.
    """
    scaled = Standard.of(fit)
    z = scaled(fit)
    x = torch.cat([z, torch.ones_like(z[..., :1])], -1)
    n, p = x.shape[-2:]
    known = torch.nn.functional.one_hot(codes, classes).to(x.dtype)
    ridge = x.new_full((p, 1), PENALTY / n)
    ridge[-1] = 0.0
    xt, target = x.mT, x.mT @ known / n
    weights = x.new_zeros((*x.shape[:-2], p, classes)) if start is None else start.clone()

    def at(weights: Tensor) -> tuple[Tensor, Tensor]:
        logs = (x @ weights).log_softmax(-1)
        loss = -logs.gather(-1, codes.expand(logs.shape[:-1])[..., None])[..., 0].mean(-1)
        return loss + 0.5 * (ridge * weights.square()).sum((-2, -1)), logs

    loss, logs = at(weights)
    for _ in range(_NEWTON):
        chances = logs.exp()
        slope = xt @ chances / n - target + ridge * weights
        if float(slope.abs().max()) < _CLOSE:
            break
        solve = _exact_step if p * classes <= _SMALL else _newton_step
        step = solve(x, chances, ridge, slope)
        length = torch.ones_like(loss)
        for _ in range(_HALVINGS):
            tried = weights + length[..., None, None] * step
            new, logs = at(tried)
            worse = ~(new <= loss + 1e-6)
            if not bool(worse.any()):
                break
            length = torch.where(worse, length / 2, length)
        weights, loss = tried, new
    return Logistic(scaled, weights)


def _exact_step(x: Tensor, chances: Tensor, ridge: Tensor, slope: Tensor) -> Tensor:
    """Newton's step, (S, p, C)."""
    (n, p), c = x.shape[-2:], chances.shape[-1]
    # -mean p_c p_d x x' for all classes c, d, and mean p_c x x' where they are the same
    each = (chances[..., None] * x[..., None, :]).reshape(len(x), n, c * p)
    bend = -(each.mT @ each) / n
    blocks = (each.mT @ x / n).reshape(len(x), c, p, p)
    view = bend.view(len(x), c, p, c, p)
    for k in range(c):
        view[:, k, :, k] += blocks[:, k]
    # the same shift of all intercepts changes no probability: that direction is held by a hair
    bend = bend + torch.diag((ridge + 1e-5).expand(p, c).T.reshape(-1))
    step = torch.linalg.solve(bend, -slope.mT.reshape(len(x), c * p))
    return step.reshape(len(x), c, p).mT


def _newton_step(x: Tensor, chances: Tensor, ridge: Tensor, slope: Tensor) -> Tensor:
    """An approximate solution of Hessian step = -slope by conjugate gradients, (S, p, C); tighter the nearer the end is."""
    n, xt = x.shape[-2], x.mT

    def product(direction: Tensor) -> Tensor:
        turned = x @ direction
        turned = chances * (turned - (chances * turned).sum(-1, keepdim=True))
        return xt @ turned / n + ridge * direction

    step, left = torch.zeros_like(slope), -slope
    direction, size = left, left.square().sum((-2, -1))
    enough = size * torch.minimum(size.sqrt(), torch.full_like(size, 0.1)) + 1e-14
    for _ in range(_CONJUGATE):
        going = size > enough
        if not bool(going.any()):
            break
        turned = product(direction)
        curve = (direction * turned).sum((-2, -1))
        share = torch.where(going & (curve > 0), size / curve.clamp_min(1e-20), torch.zeros_like(size))
        step = step + share[..., None, None] * direction
        left = left - share[..., None, None] * turned
        new = left.square().sum((-2, -1))
        direction = (
            left + torch.where(going, new / size.clamp_min(1e-20), torch.zeros_like(size))[..., None, None] * direction
        )
        size = torch.where(going, new, size)
    return step


@dataclass(frozen=True)
class Perceptron:
    """A fitted perceptron of one hidden layer, one for each setting."""

    scaled: Standard
    layers: tuple[Tensor, Tensor, Tensor, Tensor]

    def __call__(self, z: Tensor) -> Tensor:
        """Outputs, (S, n, q)."""
        return _forward(self.layers, self.scaled(z))


def _forward(layers: tuple[Tensor, ...], z: Tensor) -> Tensor:
    first, offset, second, bias = layers
    return torch.nn.functional.silu(z @ first + offset) @ second + bias


def perceptron(
    fit: Tensor, outputs: int, loss: Callable[[Tensor, Tensor], Tensor], generator: torch.Generator
) -> Perceptron:
    """Train one at each setting, from the same first weights on the same batches (AdamW, a rate that falls along a cosine).

    Args:
        fit: representation of the fitting rows, (S, n, k).
        outputs: q.
        loss: of outputs (S, b, q) and the numbers (b,) of their rows within the fitting rows, summed over settings.
        generator: draws first weights and batches, on the CPU.
    """
    scaled = Standard.of(fit)
    z = scaled(fit).detach()
    s, n, k = z.shape

    def drawn(inputs: int, width: int) -> Tensor:
        weight = torch.randn((1, inputs, width), generator=generator) * (1.0 / max(1, inputs)) ** 0.5
        return weight.to(z.device).expand(s, -1, -1).clone().requires_grad_(True)

    def none(width: int) -> Tensor:
        return z.new_zeros((s, 1, width)).requires_grad_(True)

    layers = (drawn(k, HIDDEN), none(HIDDEN), drawn(HIDDEN, outputs), none(outputs))
    optimizer = torch.optim.AdamW(layers, lr=_MLP_RATE, weight_decay=_MLP_DECAY, fused=True)
    batch, order = min(_MLP_BATCH, n), torch.empty(0, dtype=torch.long)
    steps = min(MLP_STEPS, -(-_MLP_EPOCHS * n // batch))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    with torch.enable_grad():
        for _ in range(steps):
            if len(order) < batch:
                order = torch.randperm(n, generator=generator)
            chosen, order = order[:batch].to(z.device), order[batch:]
            total = loss(_forward(layers, z[:, chosen]), chosen)
            optimizer.zero_grad(set_to_none=True)
            total.backward()
            optimizer.step()
            falling.step()
    return Perceptron(scaled, tuple(layer.detach() for layer in layers))  # type: ignore[arg-type]

"""Probes of embeddings, for stacks of embeddings at once; fitted on some rows, scored on others.

linear: multinomial logistic regression for labels, ridge regression for factors (R2 of all dimensions of a factor together).
hidden: one hidden layer of ReLU, a network of its own for each embedding; labels and factors are read off the same hidden layer.

Embeddings are whitened for the linear probe (Newton-like steps in place of many plain ones) and standardised for the other; both by the
rows of the fit alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mmexplore.labs.losses.train.bank import Mlp
from mmexplore.training.loop import torch_stream

_RIDGE = 1e-4
_DECAY = 1e-4


@dataclass(frozen=True)
class Answers:
    """What is asked of a row: label values from 0, (S, n, L), with their numbers of values, and factors side by side (S, n, D) with their widths."""

    labels: Tensor
    classes: tuple[int, ...]
    factors: Tensor
    widths: tuple[int, ...]

    def rows(self, part: slice) -> Answers:
        """The same of some rows."""
        return Answers(self.labels[:, part], self.classes, self.factors[:, part], self.widths)

    def repeat(self, times: int) -> Answers:
        """The same for `times` embeddings of each member, embeddings leading: (times * S, ...)."""
        return Answers(self.labels.repeat(times, 1, 1), self.classes, self.factors.repeat(times, 1, 1), self.widths)


@dataclass(frozen=True)
class Scores:
    """Held-out scores of each embedding: accuracy and cross-entropy in nats (S, L), and R2 (S, F)."""

    accuracy: Tensor
    cross_entropy: Tensor
    r2: Tensor


def linear_probe(fit: Tensor, asked: Answers, held_out: Tensor, wanted: Answers, iterations: int = 60) -> Scores:
    """Logistic and ridge regression.

    Args:
        fit, held_out: embeddings (S, n, d) of the rows of the fit and of the score.
        asked, wanted: their answers.
        iterations: of the logistic regression (full batch, Nesterov's momentum with restarts).
    """
    # in double precision: what a network puts out behind a head may lie on a line but for the last digits
    wide, other = fit.double(), held_out.double()
    center = wide.mean(dim=1, keepdim=True)
    x, h = wide - center, other - center
    _, n, d = x.shape
    cov = x.transpose(1, 2) @ x / n  # (S, d, d)
    power = cov.diagonal(dim1=1, dim2=2).amax(dim=1).clamp_min(1e-12)
    ridge = (1e-5 * power)[:, None, None] * torch.eye(d, dtype=torch.float64, device=x.device)
    lower = torch.linalg.cholesky(cov + ridge)
    white, white_held_out = (
        torch.linalg.solve_triangular(lower, rows.transpose(1, 2), upper=False).transpose(1, 2).to(fit.dtype)
        for rows in (x, h)
    )
    r2 = _ridge(white, asked, white_held_out, wanted)
    weight, bias = _logistic(white, asked, iterations)
    return Scores(*_read(torch.baddbmm(bias, white_held_out, weight), wanted), r2)


def _ridge(x: Tensor, asked: Answers, held_out: Tensor, wanted: Answers) -> Tensor:
    if not asked.widths:
        return x.new_zeros((x.shape[0], 0))
    mean = asked.factors.mean(dim=1, keepdim=True)
    # the embeddings are white: the Gram matrix is n times the identity, up to the fill-up columns
    weight = x.transpose(1, 2) @ (asked.factors - mean) / (x.shape[1] * (1.0 + _RIDGE))
    return _r2(held_out @ weight + mean, wanted, mean)


def _r2(guess: Tensor, wanted: Answers, mean: Tensor) -> Tensor:
    """1 - squared error over the error of the mean of the fit, summed over a factor's dimensions, (S, F)."""
    errors = (guess - wanted.factors).square().sum(dim=1)
    spread = (wanted.factors - mean).square().sum(dim=1)
    parts = [
        (e.sum(dim=-1), v.sum(dim=-1))
        for e, v in zip(errors.split(wanted.widths, -1), spread.split(wanted.widths, -1), strict=True)
    ]
    return torch.stack([1.0 - e / v for e, v in parts], dim=-1)


def _logistic(x: Tensor, asked: Answers, iterations: int) -> tuple[Tensor, Tensor]:
    """Weights (S, d, columns) and bias of all labels' regressions; a label of two values has one column, another one a value."""
    s, n, d = x.shape
    columns = _columns(asked.classes)
    target = torch.cat([_target(asked.labels[..., i], c) for i, c in enumerate(asked.classes)], dim=-1).to(x.dtype)
    weight, bias = x.new_zeros((s, d, sum(columns))), x.new_zeros((s, 1, sum(columns)))
    ahead, ahead_bias = weight, bias
    step = 2.0  # the Hessian of white embeddings is at most 1/2
    for i in range(iterations):
        error = (_chances(torch.baddbmm(ahead_bias, x, ahead), columns) - target) / n
        new = ahead - step * (x.transpose(1, 2) @ error + _DECAY * ahead)
        new_bias = ahead_bias - step * error.sum(dim=1, keepdim=True)
        push = i / (i + 3.0)
        ahead, ahead_bias = new + push * (new - weight), new_bias + push * (new_bias - bias)
        weight, bias = new, new_bias
    return weight, bias


def _columns(classes: Sequence[int]) -> tuple[int, ...]:
    """Columns of logits of each label."""
    return tuple(1 if c == 2 else c for c in classes)


def _target(values: Tensor, c: int) -> Tensor:
    return values[..., None] if c == 2 else nn.functional.one_hot(values, c)


def _chances(logits: Tensor, columns: tuple[int, ...]) -> Tensor:
    if set(columns) == {1}:
        return logits.sigmoid()
    return torch.cat(
        [p.sigmoid() if p.shape[-1] == 1 else p.softmax(dim=-1) for p in logits.split(columns, dim=-1)], dim=-1
    )


def _losses(logits: Tensor, labels: Tensor, classes: tuple[int, ...]) -> list[Tensor]:
    """Cross-entropy of each label in nats, row by row, (S, n) each."""
    losses = []
    for i, part in enumerate(logits.split(_columns(classes), dim=-1)):
        truth = labels[..., i]
        if part.shape[-1] == 1:
            signed = part[..., 0] * (1.0 - 2.0 * truth.to(part.dtype))
            losses.append(nn.functional.softplus(signed))
        else:
            losses.append(cross_entropy(part.flatten(0, 1), truth.flatten(), reduction="none").reshape(truth.shape))
    return losses


def _read(logits: Tensor, wanted: Answers) -> tuple[Tensor, Tensor]:
    """Accuracy and cross-entropy in nats of each label, (S, L)."""
    right = []
    for i, part in enumerate(logits.split(_columns(wanted.classes), dim=-1)):
        guess = (part[..., 0] > 0).long() if part.shape[-1] == 1 else part.argmax(dim=-1)
        right.append((guess == wanted.labels[..., i]).float().mean(dim=-1))
    losses = [loss.mean(dim=-1) for loss in _losses(logits, wanted.labels, wanted.classes)]
    return torch.stack(right, dim=-1), torch.stack(losses, dim=-1)


class _Best:
    """Logits of the held-out rows under the weights that did best on further rows, embedding by embedding and label by label."""

    def __init__(self, classes: tuple[int, ...]) -> None:
        self._columns = _columns(classes)
        self._loss: Tensor | None = None
        self.logits: Tensor | None = None

    def see(self, loss: Tensor, logits: Tensor) -> None:
        """Cross-entropies of the further rows, (S, L), and logits of the held-out ones."""
        if self._loss is None or self.logits is None:
            self._loss, self.logits = loss, logits
            return
        better = loss < self._loss
        self._loss = torch.where(better, loss, self._loss)
        wide = [better[:, None, j : j + 1].expand(-1, 1, c) for j, c in enumerate(self._columns)]
        self.logits = torch.where(torch.cat(wide, dim=-1), logits, self.logits)


def _scaling(fit: Tensor) -> tuple[Tensor, Tensor]:
    """Means and inverse standard deviations of the columns; 0 for a column that is constant."""
    center, sd = fit.mean(dim=1, keepdim=True), fit.std(dim=1, keepdim=True)
    varies = sd > 1e-6 * sd.amax(dim=-1, keepdim=True).clamp_min(1e-12)
    return center, torch.where(varies, 1.0 / sd.clamp_min(1e-12), torch.zeros_like(sd))


def hidden_probe(
    fit: Tensor,
    asked: Answers,
    held_out: Tensor,
    wanted: Answers,
    *,
    seed: int,
    stop: tuple[Tensor, Answers] | None = None,
    hidden: int = 64,
    steps: int = 150,
    batch: int = 256,
    rate: float = 1e-2,
) -> Scores:
    """An MLP of one hidden layer for each embedding; with `stop`, the weights are those that did best on those rows, embedding by embedding and label by label.

    Args:
        fit, asked, held_out, wanted: as in `linear_probe`.
        seed: of weights and batches.
        stop: further rows, to choose when to stop.
        hidden: units.
        steps, batch, rate: of Adam, the rate falling to 0.
    """
    center, scale = _scaling(fit)
    x, h = (fit - center) * scale, (held_out - center) * scale
    s, n, d = x.shape
    mean = asked.factors.mean(dim=1, keepdim=True)
    spread = (asked.factors - mean).square().mean(dim=1, keepdim=True).sqrt().clamp_min(1e-12)
    aims = (asked.factors - mean) / spread
    labels_out, factors_out = sum(_columns(asked.classes)), sum(asked.widths)
    draw = [torch_stream(seed, "probe")] * s
    net = Mlp(draw, [d, hidden, labels_out + factors_out]).to(x.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    order = torch_stream(seed, "probe rows")
    best = _Best(asked.classes)
    for i in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1.0 - i / steps)
        rows = torch.randint(0, n, (min(batch, n),), generator=order).to(x.device)
        out = net(x[:, rows])
        loss = torch.stack(
            [e.mean(dim=1) for e in _losses(out[..., :labels_out], asked.labels[:, rows], asked.classes)]
        ).sum(dim=0)
        if factors_out:
            loss = loss + (out[..., labels_out:] - aims[:, rows]).square().mean(dim=1).sum(dim=-1)
        optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimizer.step()
        if stop is not None and (i + 1) % 25 == 0:
            with torch.no_grad():
                now = _read(net((stop[0] - center) * scale)[..., :labels_out], stop[1])[1]  # (S, L)
                best.see(now, net(h)[..., :labels_out])
    with torch.no_grad():
        out = net(h)
        scores = _read(out[..., :labels_out] if best.logits is None else best.logits, wanted)
        r2 = _r2(out[..., labels_out:] * spread + mean, wanted, mean) if factors_out else x.new_zeros((s, 0))
    return Scores(*scores, r2)

"""Flow-PID: invertible maps after which the target and each modality are jointly Gaussian, found on some rows, used on others.

Three normalising flows z1 = f1(x1), z2 = f2(x2), zy = fy(y) maximise the likelihood of both pairs under Gaussians whose
covariances are those of the batch (constants left out):

    loss = 1/2 log det Cov(zy, z1) + 1/2 log det Cov(zy, z2) - E[ 2 log|fy'| + log|f1'| + log|f2'| ].

Bijections of single variables change no information and no union information, so the closed form on the latents is the answer
wherever the pairs can be made Gaussian. Zhao, Zhao, Cheung, Liang & Mei 2025 (arXiv 2510.04417), section 4.

Here each column is first mapped to normal scores (`mmexplore.estimators.normal_scores`): the flows have only to mix coordinates. A
scalar is then done, since a jointly Gaussian scalar has a Gaussian margin and the monotone map to it is unique. Blocks of more
columns: neural spline flows, autoregressive (Durkan, Bekasov, Murray & Papamakarios 2019, arXiv 1906.04032), stopped where rows
of a validation part say so. Folds: every row's latents come from flows that have not seen it.
"""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass

import numpy as np
import torch
import zuko
from torch import Tensor, nn

from mmexplore.devices import repeatable
from mmexplore.errors import BadData
from mmexplore.estimators.normal_scores import NormalScores
from mmexplore.estimators.pids.train.nets import draw_weights
from mmexplore.estimators.watching import Watcher
from mmexplore.info.gaussian import gaussian_pid
from mmexplore.training.loop import Minibatches, descend, schedule, torch_stream

VALIDATE = 0.15  # of a fold's training rows
LOOKS = 25  # at the validation rows, and frames, of each fold
PATIENCE = 8  # looks without a better validation loss
_RIDGE = 1e-9


@dataclass(frozen=True)
class Plan:
    """Numbers that say how long and how wide; see `mmexplore.estimators.pids.flow.FlowSettings`."""

    transforms: int
    hidden: int
    bins: int
    steps: int
    batch: int
    rate: float
    folds: int
    margins: bool
    seed: int


@dataclass(frozen=True)
class Fold:
    """What one fold gave.

    Attributes:
        z1, z2, zy: latents of rows that its flows have not seen.
        rows: their numbers.
        loss: validation loss at the kept state, in nats a row.
        rest: by how much the validation loss fell over the last quarter of the looks.
        apart: validation loss less training loss, at the kept state.
        updates: of its flows; None where all blocks are scalars and nothing is trained.
    """

    z1: np.ndarray
    z2: np.ndarray
    zy: np.ndarray
    rows: np.ndarray
    loss: float
    rest: float
    apart: float
    updates: int | None


@dataclass(frozen=True)
class FlowFit:
    """All folds, and how long they took."""

    folds: tuple[Fold, ...]
    seconds: float


def fit(blocks: tuple[np.ndarray, np.ndarray, np.ndarray], plan: Plan, recorder: Watcher) -> FlowFit:
    """Latents of rows (x1, x2, y), shape (n, d) each, reporting to a recorder."""
    start = time.perf_counter()
    n = len(blocks[0])
    order = torch.randperm(n, generator=torch_stream(plan.seed, "folds")).numpy()
    parts = np.array_split(order, plan.folds) if plan.folds > 1 else [order[: int(0.3 * n)]]
    folds = []
    with repeatable(recorder.device):
        for number, held_out in enumerate(parts):
            rest = np.setdiff1d(order, held_out, assume_unique=True)
            folds.append(_fold(blocks, rest, held_out, number, len(parts), plan, recorder))
    return FlowFit(tuple(folds), time.perf_counter() - start)


class _Flow(nn.Module):
    """The flow of one block; the identity for a scalar."""

    def __init__(self, d: int, name: str, plan: Plan, device: str) -> None:
        super().__init__()
        self.d = d
        if d > 1:
            flow = zuko.flows.NSF(d, transforms=plan.transforms, bins=plan.bins, hidden_features=(plan.hidden,) * 2)
            flow = flow.double()
            draw_weights(flow, torch_stream(plan.seed, f"flow {name}"))
            _calm(flow)
            self.flow = flow.to(device)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (n, d) and log determinants (n,)."""
        if self.d == 1:
            return x, x.new_zeros(len(x))
        z, log_det = self.flow().transform.call_and_ladj(x)
        return z, log_det


_Flows = tuple[_Flow, _Flow, _Flow]


def _calm(flow: nn.Module) -> None:
    """Shrink the layers that give the splines' shapes, so that a flow begins near the identity."""
    for part in flow.modules():
        if type(part).__name__ == "MaskedMLP":
            last = [layer for layer in part.modules() if isinstance(layer, nn.Linear)][-1]
            with torch.no_grad():
                last.weight.mul_(0.1)
                last.bias.mul_(0.1)


def _half_log_det(*blocks: Tensor) -> Tensor:
    """1/2 log det of the covariance of rows, in nats."""
    rows = torch.cat(blocks, dim=1)
    rows = rows - rows.mean(dim=0)
    cov = rows.T @ rows / len(rows) + _RIDGE * torch.eye(rows.shape[1], dtype=rows.dtype, device=rows.device)
    return torch.linalg.cholesky(cov).diagonal().log().sum()


def _loss(flows: _Flows, rows: list[Tensor]) -> Tensor:
    (z1, l1), (z2, l2), (zy, ly) = (flow(x) for flow, x in zip(flows, rows, strict=True))
    return _half_log_det(z1, zy) + _half_log_det(z2, zy) - (2 * ly + l1 + l2).mean()


def _fold(
    blocks: tuple[np.ndarray, np.ndarray, np.ndarray],
    rest: np.ndarray,
    held_out: np.ndarray,
    number: int,
    count: int,
    plan: Plan,
    recorder: Watcher,
) -> Fold:
    generator = torch_stream(plan.seed, f"fold {number}")
    rest = rest[torch.randperm(len(rest), generator=generator).numpy()]
    cut = max(1, int(VALIDATE * len(rest)))
    given = [_margins(block, rest[cut:], plan) for block in blocks]
    parts = [
        [torch.as_tensor(block[rows], dtype=torch.float64, device=recorder.device) for block in given]
        for rows in (rest[cut:], rest[:cut], held_out)
    ]
    train, validate, unseen = parts
    flow1, flow2, flow_y = (
        _Flow(block.shape[1], f"{name} {number}", plan, recorder.device)
        for name, block in zip(("x1", "x2", "y"), given, strict=True)
    )
    flows = (flow1, flow2, flow_y)
    steps = plan.steps if any(flow.d > 1 for flow in flows) else 0
    batches = Minibatches(len(rest) - cut, plan.batch, torch_stream(plan.seed, f"rows {number}", recorder.device))
    if batches.size <= sum(block.shape[1] for block in given) + 2:
        raise BadData(f"{len(rest) - cut:,} rows train the flows of a fold; that is fewer than there are columns")
    losses, best, updates = _train(flows, train, validate, batches, steps, (number, count), plan, recorder)
    before = min(losses[: max(1, (3 * len(losses)) // 4)])
    with torch.no_grad():
        z1, z2, zy = (flow(x)[0].cpu().numpy() for flow, x in zip(flows, unseen, strict=True))
        some = [block[: len(validate[0])] for block in train]
        apart = best - float(_loss(flows, some))
    return Fold(z1, z2, zy, held_out, best, before - best, apart, updates)


def _train(
    flows: _Flows,
    train: list[Tensor],
    validate: list[Tensor],
    batches: Minibatches,
    steps: int,
    fold: tuple[int, int],
    plan: Plan,
    recorder: Watcher,
) -> tuple[list[float], float, int | None]:
    """Train the flows of a fold and leave them at their best validation loss: all such losses, the best one, and the updates done."""
    number, count = fold
    weights = [p for flow in flows for p in flow.parameters()]
    looks = {round(steps * k / min(LOOKS, steps)) for k in range(1, min(LOOKS, steps) + 1)} if steps else set()
    losses = [_seen(flows, validate)]
    best, states = losses[0], [copy.deepcopy(flow.state_dict()) for flow in flows]
    _frame(flows, validate, losses[0], math.nan, number * (steps + 1), number, recorder)
    updates = None
    if not weights:
        return losses, best, updates
    optimizer = torch.optim.Adam(weights, lr=plan.rate)
    rate = schedule(optimizer, steps)
    total, since = torch.zeros((), dtype=torch.float64, device=recorder.device), 0
    for i in range(1, steps + 1):
        rows = next(batches)
        updates = i
        loss = _loss(flows, [block[rows] for block in train])
        descend(loss, optimizer, weights, clip=5.0)
        rate.step()
        total, since = total + loss.detach(), since + 1
        recorder.progress((number + i / steps) / count, f"Training the flows, fold {number + 1} of {count}")
        if i in looks:
            losses.append(_seen(flows, validate))
            _frame(flows, validate, losses[-1], float(total) / since, number * (steps + 1) + i, number, recorder)
            total, since = torch.zeros_like(total), 0
            if losses[-1] < best:
                best, states = losses[-1], [copy.deepcopy(flow.state_dict()) for flow in flows]
            elif len(losses) - 1 - int(np.argmin(losses)) >= PATIENCE:
                break
    for flow, state in zip(flows, states, strict=True):
        flow.load_state_dict(state)
    return losses, best, updates


def _margins(block: np.ndarray, rows: np.ndarray, plan: Plan) -> np.ndarray:
    """All rows of a block, each column mapped as `rows` say."""
    if plan.margins:
        return NormalScores.fit(block[rows]).apply(block)
    spread = block[rows].std(axis=0)
    return np.asarray((block - block[rows].mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _seen(flows: _Flows, rows: list[Tensor]) -> float:
    with torch.no_grad():
        return float(_loss(flows, rows))


def _frame(
    flows: _Flows,
    rows: list[Tensor],
    loss: float,
    trained: float,
    step: int,
    fold: int,
    recorder: Watcher,
) -> None:
    """The running decomposition of the validation rows, as it is (plug-in)."""
    with torch.no_grad():
        z = torch.cat([flow(x)[0] for flow, x in zip(flows, rows, strict=True)], dim=1).cpu().numpy()
    numbers = {"fold": float(fold + 1), "validation_nats": loss, "loss_nats": trained}
    if len(z) > 2 * z.shape[1]:
        r = gaussian_pid(np.cov(z.T), *(block.shape[1] for block in rows))
        numbers |= {
            name: float(getattr(r, name)) for name in ("redundancy", "unique1", "unique2", "synergy", "i1", "i2", "i12")
        }
    recorder.frame(step, numbers)

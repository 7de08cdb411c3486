"""BATCH: the decomposition of a label target by two networks' alignment, with everything that may fail checked on rows held out.

1. Three classifiers p(y|x1), p(y|x2), p(y|x1,x2), stopped where rows of a validation part say so. Informations are
   I = mean log2 p(y|x) / p(y) over rows that neither trained nor stopped them.
2. Alignment networks score pairs of rows, A(a,b,y) = t <u1(x1_a, y), u2(x2_b, y)> / sqrt(e), u of e coordinates standardised over the
   batch, the temperature t learnt (fixed at 1 as published it bounds A, and couplings sharper than that are out of reach). Sinkhorn's
   iteration gives a coupling q of a batch (`mmexplore.estimators.pids.train.coupling`); what is minimised is I_q(X1,X2;Y).
3. On held-out rows:  I* = 1/2 [I1 + I_q(X2;Y|X1) + I2 + I_q(X1;Y|X2)]; the atoms follow. Batches drawn at random would differ between the
   modalities by chance, and show as unique information of order 1/sqrt(B); so the rows of each modality are cut into B equal parts of
   like posteriors, and the row nearest to its part's mean posterior stands for each.
4. The same parts through the certified solver: no alignment can do better, so the distance is the alignment's error.

Liang, Cheng, Fan, Ling, Nie, Chen, Deng, Allen, Auerbach, Mahmood, Salakhutdinov & Morency 2023 (arXiv 2302.12247), section 3.2.
"""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from mmexplore.devices import repeatable
from mmexplore.estimators.pids.train.coupling import HOTTEST, balanced, bits, coupled, coupling_informations
from mmexplore.estimators.pids.train.nets import perceptron
from mmexplore.estimators.watching import Watcher
from mmexplore.info.pid import pid
from mmexplore.training.loop import Minibatches, descend, torch_stream
from mmexplore.types import Atoms
from mmexplore.units import BITS_PER_NAT

EMBEDDED = 10
TRAIN, VALIDATE = 0.6, 0.15  # of the rows; the rest is held out to the end
EPOCH = 20  # updates, at least
PATIENCE = 8  # epochs without a better validation loss
EARLIEST = 400  # updates before which no classifier stops: plateaus come first
WITNESS_NEIGHBOURS = 25
MOST_LEAVES = 256
FINAL_ROUNDS = 3000
MOST_CELLS = 170_000  # of a certified table
LOOSE = 1e-2  # total variation of a coupling's marginals while training
FRAMES1, FRAMES2 = 30, 40


@dataclass(frozen=True)
class Plan:
    """Numbers that say how long and how wide; see `mmexplore.estimators.pids.batch.BatchSettings`."""

    hidden: int
    epochs: int
    align_epochs: int
    batch: int
    rate: float
    sinkhorn: int
    seed: int


@dataclass(frozen=True)
class BatchFit:
    """What the networks give on the held-out rows, in bits.

    Attributes:
        log_ratios: log2 p(y|.) / p(y) of x1, x2 and both, shape (3, n).
        given1, given2: I_q(X2;Y|x1) and I_q(X1;Y|x2) of each row's leaf, shape (n,).
        union: I_q(X1,X2;Y) of the alignment's coupling of the leaves.
        certified: the least I_q(X1,X2;Y) of these leaves, certified to within `gap`.
        leaf1, leaf2: I(X1;Y) and I(X2;Y) of the leaves.
        own: informations by the classifiers' own account, H(Y) - E H(Y|.), shape (3,).
        rest: by how much the validation loss fell over the last quarter of the epochs, shape (3,).
        witness: information on x1 and x2 together that neighbours find on the same rows.
        updates: of each classifier.
        residual: largest total variation between a coupling's marginals and those asked for.
        leaves: parts into which the held-out rows of each modality were cut.
        rows: rows of training, validation and held out.
    """

    log_ratios: np.ndarray
    given1: np.ndarray
    given2: np.ndarray
    union: float
    certified: float
    gap: float
    leaf1: float
    leaf2: float
    own: np.ndarray
    rest: np.ndarray
    witness: float
    updates: int
    residual: float
    leaves: int
    rows: tuple[int, int, int]
    seconds: float


@dataclass
class _Data:
    """Standardised rows on the device, with the three parts."""

    x1: Tensor
    x2: Tensor
    y: Tensor
    classes: int
    train: Tensor
    validate: Tensor
    held_out: Tensor
    log_share: Tensor  # log p(y), (K,)

    def inputs(self, which: int) -> Tensor:
        """x1, x2 or both side by side."""
        return (self.x1, self.x2, torch.cat([self.x1, self.x2], dim=1))[which]


def fit(x1: np.ndarray, x2: np.ndarray, codes: np.ndarray, classes: int, plan: Plan, recorder: Watcher) -> BatchFit:
    """Train on rows (n, d1), (n, d2) with labels 0 ... classes - 1, reporting to a recorder."""
    start = time.perf_counter()
    with repeatable(recorder.device):
        data = _prepare(x1, x2, codes, classes, plan.seed, recorder.device)
        classifiers, rest, updates = _classify(data, plan, recorder)
        posteriors = [_posterior(net, data.inputs(k)) for k, net in enumerate(classifiers)]
        aligner = _align(data, posteriors, updates, plan, recorder)
        recorder.progress(0.95, "Certifying on held-out rows")
        return _hold_out(data, posteriors, aligner, rest, updates, plan, time.perf_counter() - start)


def _prepare(x1: np.ndarray, x2: np.ndarray, codes: np.ndarray, classes: int, seed: int, device: str) -> _Data:
    n = len(codes)
    order = torch.randperm(n, generator=torch_stream(seed, "parts")).to(device)
    cut1, cut2 = int(TRAIN * n), int((TRAIN + VALIDATE) * n)
    train, validate, held_out = order[:cut1], order[cut1:cut2], order[cut2:]
    blocks = []
    for x in (x1, x2):
        block = torch.as_tensor(x, dtype=torch.float64, device=device)
        blocks.append((block - block[train].mean(dim=0)) / block[train].std(dim=0).clamp_min(1e-12))
    y = torch.as_tensor(codes, dtype=torch.long, device=device)
    share = (torch.bincount(y[train], minlength=classes).double() + 0.5) / (len(train) + 0.5 * classes)
    return _Data(blocks[0], blocks[1], y, classes, train, validate, held_out, share.log())


def _classify(data: _Data, plan: Plan, recorder: Watcher) -> tuple[list[nn.Sequential], np.ndarray, int]:
    """The three classifiers at their best validation loss, and how much they were still improving at the end, in bits."""
    device = data.x1.device
    nets, optimizers, best = [], [], []
    for k, name in enumerate(("x1", "x2", "x1 and x2")):
        sizes = (data.inputs(k).shape[1], plan.hidden, plan.hidden, data.classes)
        nets.append(perceptron(sizes, torch_stream(plan.seed, f"classifier {name}"), device))
        optimizers.append(torch.optim.Adam(nets[k].parameters(), lr=plan.rate))
        best.append((math.inf, 0, copy.deepcopy(nets[k].state_dict())))
    size = max(16, min(plan.batch, len(data.train) // EPOCH))
    batches = Minibatches(len(data.train), size, torch_stream(plan.seed, "classifier batches", device))
    a_epoch = max(1, math.ceil(len(data.train) / batches.size))
    entropy = -float(data.log_share[data.y[data.validate]].mean()) * BITS_PER_NAT
    losses: list[list[float]] = [[], [], []]
    going = [True, True, True]
    moments = _moments(plan.epochs, FRAMES1)
    for epoch in range(1, plan.epochs + 1):
        for _ in range(a_epoch):
            rows = data.train[next(batches)]
            for k, net in enumerate(nets):
                if going[k]:
                    loss = nn.functional.cross_entropy(net(data.inputs(k)[rows]), data.y[rows])
                    descend(loss, optimizers[k], net.parameters(), clip=5.0)
            recorder.progress(0.4 * epoch / plan.epochs, "Training the classifiers")
        for k, net in enumerate(nets):
            if not going[k]:
                losses[k].append(losses[k][-1])
                continue
            with torch.no_grad():
                loss = nn.functional.cross_entropy(net(data.inputs(k)[data.validate]), data.y[data.validate])
            losses[k].append(float(loss) * BITS_PER_NAT)
            if losses[k][-1] < best[k][0]:
                best[k] = (losses[k][-1], epoch, copy.deepcopy(net.state_dict()))
            going[k] = epoch - best[k][1] < PATIENCE or epoch * a_epoch < EARLIEST
        if epoch in moments or not any(going):
            informations = {f"i{'12' if k == 2 else k + 1}": entropy - min(losses[k]) for k in range(3)}
            recorder.frame(epoch * a_epoch, {"phase": 1.0, **informations, "loss": losses[2][-1]})
        if not any(going):
            break
    rest = []
    for k, net in enumerate(nets):
        net.load_state_dict(best[k][2])
        before = losses[k][: max(1, (3 * len(losses[k])) // 4)]
        rest.append(min(before) - best[k][0])
    return nets, np.array(rest), len(losses[0]) * a_epoch


def _posterior(net: nn.Module, x: Tensor) -> Tensor:
    """p(y|x) of every row, (n, K)."""
    with torch.no_grad():
        return net(x).softmax(dim=1)


class _Aligner(nn.Module):
    """Scores of pairs of rows for each label, (K, B, B)."""

    def __init__(self, data: _Data, plan: Plan) -> None:
        super().__init__()
        self.classes = data.classes
        device = data.x1.device
        out = data.classes * EMBEDDED
        self.first = perceptron((data.x1.shape[1], plan.hidden, out), torch_stream(plan.seed, "align 1"), device)
        self.second = perceptron((data.x2.shape[1], plan.hidden, out), torch_stream(plan.seed, "align 2"), device)
        self.log_temperature = nn.Parameter(torch.zeros((), dtype=torch.float64, device=device))

    def _embedded(self, net: nn.Module, x: Tensor) -> Tensor:
        """Standardised over the batch, (K, B, e)."""
        u = net(x).reshape(len(x), self.classes, EMBEDDED).transpose(0, 1)
        return (u - u.mean(dim=1, keepdim=True)) / (u.std(dim=1, keepdim=True) + 1e-6)

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        u1, u2 = self._embedded(self.first, x1), self._embedded(self.second, x2)
        return self.log_temperature.clamp(max=math.log(HOTTEST)).exp() * (u1 @ u2.transpose(1, 2)) / math.sqrt(EMBEDDED)


def _align(data: _Data, posteriors: list[Tensor], done: int, plan: Plan, recorder: Watcher) -> _Aligner:
    """Minimise I_q(X1,X2;Y) over batches of the training rows."""
    device = data.x1.device
    aligner = _Aligner(data, plan)
    batches = Minibatches(len(data.train), plan.batch, torch_stream(plan.seed, "alignment batches", device))
    steps = plan.align_epochs * max(EPOCH, math.ceil(len(data.train) / batches.size))
    optimizer = torch.optim.Adam(aligner.parameters(), lr=plan.rate)
    moments = _moments(steps, FRAMES2)
    seen = _leaf_pair(data, posteriors, data.validate)
    informations = _informations(data, posteriors, data.validate)
    for i in range(1, steps + 1):
        rows = data.train[next(batches)]
        p1, p2 = balanced(posteriors[0][rows], posteriors[1][rows])
        log_q, _ = coupled(aligner(data.x1[rows], data.x2[rows]), p1, p2, plan.sinkhorn, LOOSE)
        loss = coupling_informations(log_q, p1, p2).union_nats
        descend(loss, optimizer, aligner.parameters(), clip=5.0)
        recorder.progress(0.4 + 0.55 * i / steps, "Aligning the modalities")
        if i in moments:
            view = _view(aligner, data, seen, plan.sinkhorn, LOOSE)
            numbers = running(informations, view.given1, view.given2)
            recorder.frame(done + i, {"phase": 2.0, "loss": bits(loss), "residual": view.residual, **numbers})
    return aligner


def running(informations: np.ndarray, given1: np.ndarray, given2: np.ndarray) -> dict[str, float]:
    """Informations and atoms in bits, for a frame."""
    i1, i2, i12 = (float(v) for v in informations)
    union = 0.5 * (i1 + float(given1.mean()) + i2 + float(given2.mean()))
    return {"i1": i1, "i2": i2, "i12": i12, **Atoms.of(i1, i2, i12, union)._asdict()}


@dataclass(frozen=True)
class _Leaves:
    """Rows that stand for equal parts of many.

    Attributes:
        rows: one row of each part, shape (B,).
        posterior: their p(y|x), (B, K).
        part: which part each of the many belongs to, (m,).
    """

    rows: Tensor
    posterior: Tensor
    part: Tensor


def _leaves(posterior: Tensor, rows: Tensor, count: int) -> _Leaves:
    """Halve the rows again and again at the median of the most varying class probability, until there are `count` parts (2^k)."""
    parts = [torch.arange(len(rows), device=rows.device)]
    p = posterior[rows]
    while len(parts) < count:
        halves = []
        for part in parts:
            widest = int(p[part].var(dim=0).argmax())
            order = part[p[part, widest].argsort(stable=True)]
            halves += [order[: len(order) // 2], order[len(order) // 2 :]]
        parts = halves
    means = torch.stack([p[part].mean(dim=0) for part in parts])
    nearest = [part[(p[part] - mean).square().sum(dim=1).argmin()] for part, mean in zip(parts, means, strict=True)]
    which = torch.empty(len(rows), dtype=torch.long, device=rows.device)
    for k, part in enumerate(parts):
        which[part] = k
    chosen = torch.stack(nearest)
    return _Leaves(rows[chosen], p[chosen], which)


@dataclass(frozen=True)
class _View:
    """A coupling of two sets of leaves and what it tells, in bits; given1 and given2 by leaf."""

    union: float
    given1: np.ndarray
    given2: np.ndarray
    residual: float
    joint: Tensor


def _leaf_pair(data: _Data, posteriors: list[Tensor], rows: Tensor) -> tuple[_Leaves, _Leaves]:
    """Leaves of both modalities, as many as the certified solver takes with ease."""
    most = min(MOST_LEAVES, math.isqrt(MOST_CELLS // data.classes), len(rows) // 2)
    count = 2 ** max(0, int(math.log2(max(1, most))))
    return _leaves(posteriors[0], rows, count), _leaves(posteriors[1], rows, count)


def _view(aligner: _Aligner, data: _Data, pair: tuple[_Leaves, _Leaves], rounds: int, tolerance: float) -> _View:
    """The aligner's coupling of leaves."""
    one, two = pair
    with torch.no_grad():
        p1, p2 = balanced(one.posterior, two.posterior)
        log_q, _ = coupled(aligner(data.x1[one.rows], data.x2[two.rows]), p1, p2, rounds, tolerance)
        seen = coupling_informations(log_q, p1, p2)
        given = [(part * BITS_PER_NAT).cpu().numpy() for part in (seen.given1_nats, seen.given2_nats)]
        return _View(bits(seen.union_nats), given[0], given[1], seen.residual, log_q.exp())


def _log_ratios(data: _Data, posterior: Tensor, rows: Tensor) -> Tensor:
    """log2 p(y|x) / p(y) of each row."""
    label = data.y[rows]
    chosen = posterior[rows].gather(1, label[:, None])[:, 0]
    return (chosen.clamp_min(1e-12).log() - data.log_share[label]) * BITS_PER_NAT


def _informations(data: _Data, posteriors: list[Tensor], rows: Tensor) -> np.ndarray:
    return np.array([float(_log_ratios(data, p, rows).mean()) for p in posteriors])


def _hold_out(
    data: _Data,
    posteriors: list[Tensor],
    aligner: _Aligner,
    rest: np.ndarray,
    updates: int,
    plan: Plan,
    seconds: float,
) -> BatchFit:
    held_out = data.held_out
    unseen = torch.cat(
        [held_out, data.validate]
    )  # no classifier was trained on these; the labels of the second part are not used
    one, two = _leaf_pair(data, posteriors, unseen)
    view = _view(aligner, data, (one, two), FINAL_ROUNDS, 1e-6)
    table = view.joint.permute(1, 2, 0).cpu().numpy()
    certified = pid(table / table.sum(), tolerance=1e-4)
    own = []
    for p in posteriors:
        entropy = -(p[held_out] * p[held_out].clamp_min(1e-300).log()).sum(dim=1).mean()
        mean = p[held_out].mean(dim=0)
        own.append(float(-(mean * mean.clamp_min(1e-300).log()).sum() - entropy) * BITS_PER_NAT)
    return BatchFit(
        log_ratios=np.stack([_log_ratios(data, p, held_out).cpu().numpy() for p in posteriors]),
        given1=view.given1[one.part[: len(held_out)].cpu().numpy()],
        given2=view.given2[two.part[: len(held_out)].cpu().numpy()],
        union=view.union,
        certified=float(certified.union),
        gap=float(certified.gap),
        leaf1=float(certified.i1),
        leaf2=float(certified.i2),
        own=np.array(own),
        rest=rest,
        witness=_witness(data),
        updates=updates,
        residual=view.residual,
        leaves=len(one.rows),
        rows=(len(data.train), len(data.validate), len(data.held_out)),
        seconds=seconds,
    )


def _witness(data: _Data) -> float:
    """Information of both modalities by nearest neighbours on the held-out rows, in bits: a look that needs no training."""
    from sklearn.neighbors import KNeighborsClassifier

    x = data.inputs(2).cpu().numpy()
    y, train, held_out = data.y.cpu().numpy(), data.train.cpu().numpy(), data.held_out.cpu().numpy()
    k = min(WITNESS_NEIGHBOURS, max(1, len(train) // 10))
    near = KNeighborsClassifier(k).fit(x[train], y[train])
    share = np.zeros((len(held_out), data.classes))
    share[:, near.classes_] = near.predict_proba(x[held_out])
    prior = data.log_share.exp().cpu().numpy()
    smooth = (k * share + prior) / (k + 1)
    return float(np.mean(np.log2(smooth[np.arange(len(held_out)), y[held_out]] / prior[y[held_out]])))


def _moments(steps: int, looks: int) -> set[int]:
    """At most `looks` of the steps 1 ... steps, evenly, the last one included."""
    return {round(steps * k / min(looks, steps)) for k in range(1, min(looks, steps) + 1)} if steps else set()

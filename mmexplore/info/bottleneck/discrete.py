"""The information bottleneck of a discrete joint: Blahut-Arimoto, annealed from large beta down, then probed for missing clusters.

T minimises L = I(T;X) - beta I(T;Y) over encoders p(t|x). A stationary encoder satisfies

    p(t|x) = p(t) exp(beta sum_y p(y|x) ln p(y|t)) / Z(x).

The problem is not convex, so a fixed point proves nothing. But L is a lower convex envelope: with g(q) = beta H(Wq) - H(q) over
distributions q of x, and multipliers lambda(x) = ln(p(x) / Z(x)) from the fixed point,

    L >= L(found) + min_q [g(q) - lambda . q],

with equality at the optimum. The minimum on the right is searched from every single x and from mixtures of them (each start descends);
what it finds below 0 is a cluster the solution lacks, which is tried; what is left is reported as `gap_nats`, to be believed as far
as those starts suffice (and loose where clusters are nearly hard, since the multipliers then turn sharply). Reference: Tishby, Pereira & Bialek 1999 (arXiv physics/0004057); envelopes: Witsenhausen & Wyner 1975.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.bottleneck.arguments import Array, as_knob, plain
from mmexplore.info.bottleneck.tradeoff import Tradeoff, to_bits
from mmexplore.info.broja.linalg import one_thread
from mmexplore.units import BITS_PER_NAT

_TINY = 1e-300
_ROUNDS = 3  # of probing and adding
_LACKING = 1e-6  # nats below 0 at which a cluster counts as lacking
_PROBE_STEPS = 60
_USED = 1e-9  # mass of a cluster that counts
_SAME = 1e-6  # total variation of p(y|t) below which two clusters are one
_ANNEAL_STEPS = 40  # at each beta on the way down, before all are polished together
MAX_STATES = 512


@dataclass(frozen=True, eq=False)
class DiscreteIB(Tradeoff):
    """The bottleneck of a discrete joint at every beta.

    Attributes:
        encoder: p(t|x), shape (k, nx, nt).
        clusters: how many different clusters are in use, shape (k,).
        entropy: H(T) in bits, shape (k,).
        residual: largest change of p(t|x) by one more step, shape (k,).
        gap_nats: L is this close to the global minimum as far as the probes saw, shape (k,); nan for the deterministic
            bottleneck, which has no such envelope.
        converged: residual below the tolerance asked for (deterministic: no single move or merge lowers L), shape (k,).
        iterations: steps taken for all settings together.
        critical: beta above which the trivial solution T = constant is no local minimum, 1 / sigma_2^2.
        deterministic: whether H(T) takes the place of I(T;X) in L.
    """

    encoder: Array
    clusters: Any
    entropy: Any
    residual: Any
    gap_nats: Any
    converged: Any
    iterations: int
    critical: float
    deterministic: bool


def discrete_ib(
    joint: Any, betas: Any, *, clusters: int | None = None, tolerance: float = 1e-7, max_iterations: int = 20_000
) -> DiscreteIB:
    """The information bottleneck of p(x, y) over a list of betas, in bits.

    Args:
        joint: probabilities (or counts), shape (nx, ny).
        betas: the knob, a list of numbers above 0, any order; large keeps more.
        clusters: states of T; the default nx is enough for every optimum.
        tolerance: largest change of the encoder by one more step.
        max_iterations: steps of the last, joint polishing; beyond them `converged` says no.

    Raises:
        BadData: `joint` is no table of probabilities.

    >>> r = discrete_ib([[.4, .1], [.1, .4]], [1.5, 4.0, 40.0])
    >>> r.clusters.tolist(), round(r.critical, 4)
    ([1, 2, 2], 2.7778)
    """
    p, beta = table_of(joint), _list_of(betas)
    px, pyx = p.sum(1), p / p.sum(1, keepdims=True)
    states = _states(clusters, len(p))
    order = np.argsort(-beta)
    falling = beta[order]
    with one_thread(np, 0):
        q = _anneal(px, pyx, falling, states)
        q, steps = _polish(px, pyx, falling, q, tolerance, max_iterations)
        q, gap = _borrowed(px, pyx, falling, q), np.zeros(len(beta))
        for last in [False] * _ROUNDS + [True]:
            deepest, where = _probe(px, pyx, falling, q)
            gap = np.maximum(0.0, -deepest)
            lacking = gap > _LACKING
            if last or not lacking.any():
                break
            tried, more = _polish(
                px, pyx, falling[lacking], _seeded(px, q[lacking], where[lacking]), tolerance, max_iterations
            )
            steps += more
            gained = _loss(px, pyx, falling[lacking], tried) < _loss(px, pyx, falling[lacking], q[lacking]) - 1e-10
            if not gained.any():
                break
            q[np.flatnonzero(lacking)[gained]] = tried[gained]
            q = _borrowed(px, pyx, falling, q)
            q, more = _polish(px, pyx, falling, q, tolerance, max_iterations)
            steps += more
        residual = np.abs(_step(px, pyx, falling, q) - q).max(axis=(1, 2))
        rate, relevance = _informations(px, pyx, q)
    back = np.argsort(order)
    return _result(p, beta, q[back], rate[back], relevance[back], residual[back], gap[back], tolerance, steps, False)


def table_of(joint: Any) -> Array:
    """A table p(x, y) of sum 1 without empty rows or columns' marginals left out: rows of zero mass are dropped."""
    joint = on_host(joint)
    try:
        p = np.asarray(joint, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData("joint is no array of numbers; allowed: a table of shape (nx, ny)") from None
    if p.ndim != 2 or min(p.shape) < 1:
        raise BadData(f"joint has shape {p.shape}; allowed: (nx, ny)")
    if max(p.shape) > MAX_STATES:
        raise BadData(f"joint has shape {p.shape}; allowed: at most {MAX_STATES} states a side")
    if not np.isfinite(p).all() or (p < 0).any():
        raise BadData("joint holds a cell that is negative or not finite; allowed: numbers from 0 on")
    whole = np.asarray(joint).dtype.kind in "iu"
    total = p.sum()
    if total <= 0:
        raise BadData("joint sums to 0; at least one cell must be above 0")
    if not whole and abs(total - 1) > 1e-9:
        raise BadData(f"joint sums to {total:.10g}; allowed: 1, or counts in an integer type")
    empty = np.flatnonzero(p.sum(1) == 0)
    if empty.size:
        raise BadData(f"row {empty[0] + 1} of joint has no mass; leave that state of x out")
    return np.asarray(p / total)


def _list_of(betas: Any) -> Array:
    beta = np.atleast_1d(as_knob("betas", betas))
    if beta.ndim != 1:
        raise BadSpec(f"betas has shape {beta.shape}; allowed: a list")
    return beta


def _states(clusters: Any, nx: int) -> int:
    if clusters is None:
        return nx
    if not isinstance(clusters, int | np.integer) or isinstance(clusters, bool) or not 1 <= clusters <= nx:
        raise BadSpec(f"clusters is {clusters!r}; allowed: whole numbers from 1 to {nx}, the states of x")
    return int(clusters)


def _result(
    p: Array,
    beta: Array,
    q: Array,
    rate: Array,
    relevance: Array,
    residual: Array,
    gap: Array,
    tolerance: float,
    steps: int,
    deterministic: bool,
) -> DiscreteIB:
    px, py = p.sum(1), p.sum(0)
    mass = px @ q  # (k, nt)
    entropy = -(mass * np.log(np.maximum(mass, _TINY))).sum(-1)
    seen = py > 0
    scaled = p[:, seen] / np.sqrt(np.outer(px, py[seen]))
    second = np.linalg.svd(scaled, compute_uv=False)[1:2]
    sigma = float(second[0]) if second.size else 0.0
    ratio = np.where(p > 0, p / np.maximum(np.outer(px, py), _TINY), 1.0)
    return DiscreteIB(
        beta=beta,
        rate=to_bits(np.maximum(rate, 0.0)),
        relevance=to_bits(np.maximum(relevance, 0.0)),
        information=float((p * np.log(ratio)).sum() * BITS_PER_NAT),
        encoder=q,
        clusters=_distinct(p, q),
        entropy=plain(entropy * BITS_PER_NAT),
        residual=residual,
        gap_nats=gap,
        converged=residual <= tolerance,
        iterations=steps,
        critical=1.0 / sigma**2 if sigma > 1e-9 else float("inf"),
        deterministic=deterministic,
    )


# -- one step, its value, the way down ----------------------------------------------------------------------------------


def _clusters_of(px: Array, pyx: Array, q: Array) -> tuple[Array, Array]:
    """p(t), shape (k, nt), and p(y|t), shape (k, nt, ny)."""
    weighted = px[:, None] * q
    mass = weighted.sum(-2)
    return mass, np.swapaxes(weighted, -1, -2) @ pyx / np.maximum(mass, _TINY)[..., None]


def _scores(px: Array, pyx: Array, beta: Array, q: Array) -> Array:
    """ln p(t) + beta sum_y p(y|x) ln p(y|t), shape (k, nx, nt)."""
    mass, pyt = _clusters_of(px, pyx, q)
    expected_log = pyx @ np.swapaxes(np.log(np.maximum(pyt, _TINY)), -1, -2)
    return np.asarray(np.log(np.maximum(mass, _TINY))[:, None, :] + beta[:, None, None] * expected_log)


def _step(px: Array, pyx: Array, beta: Array, q: Array) -> Array:
    scores = _scores(px, pyx, beta, q)
    scores -= scores.max(-1, keepdims=True)
    new = np.exp(scores)
    return np.asarray(new / new.sum(-1, keepdims=True))


def _informations(px: Array, pyx: Array, q: Array) -> tuple[Array, Array]:
    """I(T;X) and I(T;Y) in nats, shape (k,)."""
    mass, pyt = _clusters_of(px, pyx, q)
    log_mass = np.log(np.maximum(mass, _TINY))
    rate = (px[:, None] * q * (np.log(np.maximum(q, _TINY)) - log_mass[:, None, :])).sum((-2, -1))
    py = px @ pyx
    logs = np.log(np.maximum(pyt, _TINY)) - np.log(np.maximum(py, _TINY))
    relevance = (mass[..., None] * pyt * logs).sum((-2, -1))
    return rate, relevance


def _loss(px: Array, pyx: Array, beta: Array, q: Array) -> Array:
    rate, relevance = _informations(px, pyx, q)
    return np.asarray(rate - beta * relevance)


def _anneal(px: Array, pyx: Array, falling: Array, states: int) -> Array:
    """A chain of encoders from the largest beta down, each begun where the one before ended, shape (k, nx, nt)."""
    nx = len(px)
    if states == nx:
        q = np.eye(nx)
    else:  # one cluster for each run of states alike: by the first direction in which p(y|x) differ
        centred = np.sqrt(px)[:, None] * (pyx - px @ pyx)
        place = np.argsort(np.argsort(centred @ np.linalg.svd(centred, full_matrices=False)[2][0] / np.sqrt(px)))
        q = np.eye(states)[place * states // nx]
    q = 0.9 * q + 0.1 / states  # a hard encoder has clusters the iteration could never bring back
    chain = []
    for beta in falling:
        one = np.array([beta])
        current = q[None]
        for _ in range(_ANNEAL_STEPS):
            current = _step(px, pyx, one, current)
        q = current[0]
        chain.append(q)
        q = (1 - 1e-6) * q + 1e-6 / states
    return np.array(chain)


def _polish(px: Array, pyx: Array, beta: Array, q: Array, tolerance: float, most: int) -> tuple[Array, int]:
    """Iterate every setting to rest, with squared extrapolation (Varadhan & Roland 2008) where it lowers L."""
    q = q.copy()
    busy = np.arange(len(beta))
    steps = 0
    while busy.size and steps < most:
        b, now = beta[busy], q[busy]
        first = _step(px, pyx, b, now)
        second = _step(px, pyx, b, first)
        moved, bent = first - now, second - 2 * first + now
        length = np.sqrt((moved**2).sum((1, 2)) / np.maximum((bent**2).sum((1, 2)), _TINY))
        alpha = np.clip(length, 1.0, 1e3)[:, None, None]
        far = now + 2 * alpha * moved + alpha**2 * bent
        far = np.maximum(far, 0.01 * second)
        far = _step(px, pyx, b, far / far.sum(-1, keepdims=True))
        better = _loss(px, pyx, b, far) <= _loss(px, pyx, b, second)
        moving = np.abs(moved).max((1, 2)) > 0.2 * tolerance
        q[busy] = np.where((better & moving)[:, None, None], far, second)
        steps += 3
        busy = busy[moving]
    return q, steps


def _borrowed(px: Array, pyx: Array, beta: Array, q: Array) -> Array:
    """For every beta the best of all encoders found for any beta."""
    rate, relevance = _informations(px, pyx, q)
    score = rate[None, :] - beta[:, None] * relevance[None, :]  # (setting, encoder)
    best, own = score.argmin(1), np.arange(len(beta))
    return np.asarray(q[np.where(score[own, best] < score[own, own] - 1e-10, best, own)])


# -- the certificate ----------------------------------------------------------------------------------------------------


def _probe(px: Array, pyx: Array, beta: Array, q: Array) -> tuple[Array, Array]:
    """The deepest g(q) - lambda . q found, shape (k,), and the distribution of x where it lies, shape (k, nx)."""
    scores = _scores(px, pyx, beta, q)
    top = scores.max(-1)
    log_z = top + np.log(np.exp(scores - top[..., None]).sum(-1))  # (k, nx)
    multipliers = np.log(px) - log_z
    nx = len(px)
    shared = np.repeat(
        np.concatenate([np.eye(nx), pyx.T / np.maximum(pyx.T.sum(1, keepdims=True), _TINY)])[None], len(beta), 0
    )
    probe = 0.98 * shared + 0.02 * px  # (k, starts, nx)
    value = np.zeros(probe.shape[:2])
    for _ in range(_PROBE_STEPS):
        expected_log = np.log(np.maximum(probe @ pyx, _TINY)) @ pyx.T  # (k, starts, nx)
        scores = multipliers[:, None, :] + beta[:, None, None] * expected_log
        top = scores.max(-1, keepdims=True)
        probe = np.exp(scores - top)
        total = probe.sum(-1, keepdims=True)
        probe /= total
    seen = probe @ pyx
    value = (probe * (np.log(np.maximum(probe, _TINY)) - multipliers[:, None, :])).sum(-1)
    value -= beta[:, None] * (seen * np.log(np.maximum(seen, _TINY))).sum(-1)
    deepest = value.argmin(1)
    rows = np.arange(len(beta))
    return value[rows, deepest], probe[rows, deepest]


def _seeded(px: Array, q: Array, where: Array) -> Array:
    """Encoders with the lacking cluster in the place of the smallest one, with a mass of at most a tenth."""
    q = q.copy()
    for k in range(len(q)):
        slot = int((px @ q[k]).argmin())
        share = 0.1 * where[k] / px
        share = share / max(1.0, 2 * share.max())
        rest = np.delete(q[k], slot, axis=1)
        whole = rest.sum(1, keepdims=True)
        rest = np.where(whole > _TINY, rest / np.maximum(whole, _TINY), 1.0 / max(rest.shape[1], 1))
        q[k] = np.insert(rest * (1 - share)[:, None], slot, share if rest.size else 1.0, axis=1)
    return q


def _distinct(p: Array, q: Array) -> Array:
    """Clusters in use whose p(y|t) differ, shape (k,)."""
    px = p.sum(1)
    mass, pyt = _clusters_of(px, p / px[:, None], q)
    counts = []
    for weights, rows in zip(mass, pyt, strict=True):
        rows = rows[weights > _USED]
        distinct: list[Array] = []
        for row in rows:
            if all(0.5 * np.abs(row - other).sum() > _SAME for other in distinct):
                distinct.append(row)
        counts.append(len(distinct))
    return np.array(counts)

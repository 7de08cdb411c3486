"""Exact bottlenecks beside the numerical optimisation they replace, in one run on one thread.

    python -m benchmarks.bottleneck [--quick]

The peer of a closed form is BFGS over the entries of a linear encoder (scipy, numerical gradients), from three random starts, the best one
counted; its error is how far its Lagrangian stays above the exact minimum. Discrete joints: 30 values of beta, annealed, polished and
probed in one call; the peer is plain Blahut-Arimoto, restarted at every beta from the sharpest encoder and run to the same residual.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import minimize

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.timing import human, repeat
from mmexplore.datasets.linear_views import LinearViews
from mmexplore.info.bottleneck import sweep
from mmexplore.info.bottleneck.discrete import _step
from mmexplore.labs.knob.reductions import ROWS, shared_kept

Array = np.ndarray

_BETA = 8.0
_BETAS = np.geomspace(1.05, 60.0, 30)


def covariance(d1: int, d2: int, seed: int) -> Array:
    """A random covariance of two views."""
    a = np.random.default_rng(seed).normal(size=(d1 + d2, d1 + d2 + 2))
    return np.asarray(a @ a.T / (d1 + d2 + 2))


def joint(nx: int, ny: int, seed: int) -> Array:
    """A random table p(x, y)."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.dirichlet(np.full(ny, 0.3), size=nx) * rng.dirichlet(np.full(nx, 3.0))[:, None])


def _log_det(matrix: Array) -> float:
    return float(np.linalg.slogdet(matrix)[1])


def one_code(z: Array, cov: Array, d1: int, k: int) -> float:
    """The bottleneck's Lagrangian in nats of T = A X + noise."""
    a, sx, sxy = z.reshape(k, d1), cov[:d1, :d1], cov[:d1, d1:]
    given = sx - sxy @ np.linalg.solve(cov[d1:, d1:], sxy.T)
    rate = 0.5 * _log_det(a @ sx @ a.T + np.eye(k))
    return rate - _BETA * (rate - 0.5 * _log_det(a @ given @ a.T + np.eye(k)))


def two_codes(z: Array, cov: Array, d1: int, k: int) -> float:
    """The symmetric bottleneck's Lagrangian in nats."""
    ax, ay = z[: k * d1].reshape(k, d1), z[k * d1 :].reshape(k, len(cov) - d1)
    zx, zy = ax @ cov[:d1, :d1] @ ax.T + np.eye(k), ay @ cov[d1:, d1:] @ ay.T + np.eye(k)
    cross = ax @ cov[:d1, d1:] @ ay.T
    log_dets = _log_det(zx), _log_det(zy), _log_det(np.block([[zx, cross], [cross.T, zy]]))
    return 0.5 * (log_dets[0] + log_dets[1]) - _BETA / 2 * (log_dets[0] + log_dets[1] - log_dets[2])


def descent(loss: Callable[..., float], cov: Array, d1: int, size: int, k: int) -> float:
    """The least loss of three random starts."""
    rng = np.random.default_rng(0)
    starts = [rng.normal(size=size) * scale for scale in (0.3, 1.0, 3.0)]
    return min(float(minimize(loss, z, args=(cov, d1, k), method="BFGS").fun) for z in starts)


def one_gaussian(d: int, cov: Array) -> Any:
    """Ours."""
    return mm.gaussian_ib(cov, d, d, _BETA)


def one_symmetric(d: int, cov: Array) -> Any:
    """Ours."""
    return mm.symmetric_ib(cov, d, d, _BETA)


def plain_ba(p: Array) -> Array:
    """Blahut-Arimoto at every beta from an almost hard encoder; the Lagrangians."""
    px, pyx = p.sum(1), p / p.sum(1, keepdims=True)
    found = []
    for beta in _BETAS:
        q, one = (0.9 * np.eye(len(p)) + 0.1 / len(p))[None], np.array([beta])
        for _ in range(20_000):
            new = _step(px, pyx, one, q)
            rest = np.abs(new - q).max()
            q = new
            if rest < 1e-7:
                break
        t = px @ q[0]
        entropy = -(px[:, None] * q[0] * np.log(np.maximum(q[0], 1e-300))).sum()
        rate = -(t * np.log(np.maximum(t, 1e-300))).sum() - entropy
        pty = q[0].T @ p
        logs = np.log(np.maximum(pty, 1e-300)) - np.log(np.maximum(np.outer(t, p.sum(0)), 1e-300))
        found.append(rate - beta * (pty * logs).sum())
    return np.array(found)


def closed_form(name: str, d: int, call: Callable[[Array], Any], loss: Callable[..., float], peers: bool) -> list[str]:
    """Times and errors of a closed form."""
    cov, k = covariance(d, d, d), d
    ours = repeat(lambda _: call(cov), 50)
    cells = [name, human(ours.median), human(ours.p95)]
    if not peers:
        return [*cells, "", "", ""]
    size = k * d if loss is one_code else 2 * k * d
    other = repeat(lambda _: descent(loss, cov, d, size, k), 1, warm_up=False)
    above = other.last - float(ours.last.lagrangian_nats)
    return [*cells, human(other.median), f"{other.median / ours.median:,.0f}x", f"{above:.0e} nat above"]


def discrete(nx: int, ny: int, peers: bool) -> list[str]:
    """Times of 30 betas, residuals and gaps."""
    tables = [joint(nx, ny, seed) for seed in range(5)]
    ours = repeat(lambda i: mm.discrete_ib(tables[i], _BETAS), 5)
    every = [mm.discrete_ib(table, _BETAS) for table in tables]
    rest = max(float(r.residual.max()) for r in every)
    gaps = np.concatenate([r.gap_nats for r in every])
    cells = [
        f"discrete {nx} x {ny}, 30 betas (residual {rest:.0e}; gap median {np.median(gaps):.0e}, worst {gaps.max():.0e} nat)"
    ]
    cells += [human(ours.median), human(ours.p95)]
    if not peers:
        return [*cells, "", "", ""]
    other = repeat(lambda i: plain_ba(tables[i]), 1, warm_up=False)
    worse = float((other.last - every[0].lagrangian_nats).max())
    return [*cells, human(other.median), f"{other.median / ours.median:,.0f}x", f"{worse:.0e} nat above"]


def main() -> None:
    """Print the table."""
    made = parser(__doc__)
    made.add_argument("--quick", action="store_true", help="leave out the peers")
    options = parse(made)
    peers = not options.quick
    heads = ["what", "median", "p95", "optimiser", "ratio", "its error"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    betas = np.geomspace(1.01, 1000, 1000)
    rows: list[list[str]] = []
    for d in (2, 5, 10):
        rows.append(
            closed_form(
                f"Gaussian bottleneck, {d} + {d} columns",
                d,
                partial(one_gaussian, d),
                one_code,
                peers,
            )
        )
    for d in (2, 5):
        rows.append(
            closed_form(
                f"symmetric bottleneck, {d} + {d} columns",
                d,
                partial(one_symmetric, d),
                two_codes,
                peers,
            )
        )
    wide = covariance(50, 50, 0)
    alone: tuple[tuple[str, Callable[[int], Any]], ...] = (
        ("Gaussian bottleneck, 50 + 50 columns, 1,000 betas", lambda _: mm.gaussian_ib(wide, 50, 50, betas)),
        ("water-filling, 50 + 50 columns, 160 betas", lambda _: mm.decoder_ib(wide, 50, 50, betas[::6][:160], "DVIB")),
        (
            "sweep up and down, 400 betas, 4 pairs",
            lambda _: sweep([0.95, 0.9, 0.8, 0.5], np.geomspace(1.1, 64, 400), kick=0.05),
        ),
        ("deterministic 32 x 16, 30 betas", lambda i: mm.deterministic_ib(joint(32, 16, i), _BETAS)),
        (
            f"PCA, PLS, CCA, regularised CCA: {len(ROWS)} row counts, 6 samples",
            lambda _: shared_kept(LinearViews(), replicates=6),
        ),
    )
    for name, call in alone:
        times = repeat(call, 5)
        rows.append([name, human(times.median), human(times.p95), "", "", ""])
    rows += [discrete(8, 4, peers), discrete(32, 16, peers)]
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()

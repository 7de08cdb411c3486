"""The parts of the BROJA solver: bounds from arbitrary points, and every method against the others."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from mmexplore.devices import on_host
from mmexplore.info.broja import interior, newton, solve
from mmexplore.info.broja.alternating import alternating
from mmexplore.info.broja.best import Best
from mmexplore.info.broja.binary import binary
from mmexplore.info.broja.certificate import lower_nats, round_to_margins, upper_nats
from mmexplore.info.broja.linalg import cholesky
from mmexplore.info.broja.margins import Margins
from mmexplore.info.broja.newton import CellSystem, MarginSystem
from tests.info.reference import degraded, information, nasty
from tests.info.tables import GATES, XOR, random_table

LN2 = np.log(2.0)


def margins_of(batch: np.ndarray) -> Margins:
    return Margins.of(batch.sum(axis=2).swapaxes(1, 2).copy(), batch.sum(axis=1).swapaxes(1, 2).copy(), np)


def blank(n: int, tolerance: float = 1e-9) -> Best:
    return Best(np, np.full(n, -np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int64), tolerance)


def masked(margins: Margins, lam: np.ndarray, mu: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lam, mu = np.where(margins.pa > 0, lam, -1e300), np.where(margins.pb > 0, mu, -1e300)
    return lam, mu, np.exp(lam[:, :, :, None] + mu[:, :, None, :]).sum(axis=1)


@pytest.mark.parametrize("shape", [(2, 2, 2), (4, 3, 2), (3, 5, 4)])
@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_any_dual_point_bounds_from_below(shape, size):
    rng = np.random.default_rng(1)
    batch = np.stack([nasty(rng, shape) for _ in range(40)])
    truth = solve(batch)
    margins = margins_of(batch)
    lam, mu = (rng.normal(scale=size, size=m.shape) for m in (margins.pa, margins.pb))
    assert (lower_nats(margins, *masked(margins, lam, mu)) / LN2 <= truth.upper).all()


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(2, 2, 2), (4, 3, 2), (3, 5, 4)])
def test_any_coupling_bounds_from_above(shape):
    rng = np.random.default_rng(2)
    batch = np.stack([nasty(rng, shape) for _ in range(40)])
    truth = solve(batch)
    margins = margins_of(batch)
    live = (margins.pa > 0)[:, :, :, None] & (margins.pb > 0)[:, :, None, :]
    for q in (rng.random(live.shape) * live, rng.random(live.shape) ** 9 * live, 0.0 * live):
        q = round_to_margins(margins, q)
        assert q.min() >= 0
        np.testing.assert_allclose(q.sum(axis=3), margins.pa, rtol=0, atol=1e-15)  # sums of five, in any order
        np.testing.assert_allclose(q.sum(axis=2), margins.pb, rtol=0, atol=1e-15)
        upper = upper_nats(margins, q) / LN2
        assert (upper >= truth.lower).all()
        # the bound is the information of that coupling, pushed up by no more than the allowance
        told = [information(np.moveaxis(one, 0, 2)) for one in q]
        assert (upper - told >= 0).all()
        assert (upper - told <= 2e-13).all()


extended = pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 1e-18, reason="this processor has no numbers of extended precision to compare with"
)


@extended
def test_rounding_is_allowed_for():
    # the lower bound against the same formula in extended precision
    rng = np.random.default_rng(3)
    for shape in [(2, 2, 2), (5, 4, 3), (12, 9, 8)]:
        batch = np.stack([random_table(int(seed), shape) for seed in rng.integers(1 << 30, size=50)])
        margins = margins_of(batch)
        lam, mu = margins.log_independent()
        lam, mu = lam + rng.normal(size=lam.shape), mu + rng.normal(size=mu.shape)
        found = lower_nats(margins, *masked(margins, lam, mu))
        pa, pb, lam, mu = (x.astype(np.longdouble) for x in (margins.pa, margins.pb, lam, mu))
        py = pa.sum(axis=2)
        plain = -(py * np.log(py)).sum(axis=1) + (pa * lam).sum(axis=(1, 2)) + (pb * mu).sum(axis=(1, 2))
        log_z = np.log(np.exp(lam[:, :, :, None] + mu[:, :, None, :]).sum(axis=1))
        losses = []
        for order, first, second in ((log_z, pa, pb), (log_z.swapaxes(1, 2), pb, pa)):
            alpha = order.max(axis=2)
            beta = (order - alpha[:, :, None]).max(axis=1)
            losses.append((first.sum(axis=1) * alpha).sum(axis=1) + (second.sum(axis=1) * beta).sum(axis=1))
        exact = plain - np.minimum(*losses)
        assert (found <= exact).all()
        assert (exact - found <= 1e-12).all()


@pytest.mark.rounding
@extended
def test_certified_bounds_enclose_closed_forms_before_they_are_cut_to_the_range():
    # I* = I1 for a degraded channel, computed here in extended precision
    batch = np.stack([degraded(seed, 3, 2, 3) for seed in range(30)])
    best = blank(30, 1e-11)
    interior.interior_point(margins_of(batch), np.arange(30), best, CellSystem)
    joint = batch.astype(np.longdouble).sum(axis=2)
    truth = (joint * np.log2(joint / joint.sum(axis=1, keepdims=True) / joint.sum(axis=2, keepdims=True))).sum(
        axis=(1, 2)
    )
    assert (best.lower <= truth).all()
    assert (truth <= best.upper).all()
    assert (best.upper - best.lower <= 1e-11).all()


@pytest.mark.parametrize("ny", [2, 3, 7])
def test_the_scalar_root_of_binary_sources_agrees_with_the_interior_point(ny):
    rng = np.random.default_rng(4)
    batch = np.stack([nasty(rng, (2, 2, ny)) for _ in range(300)])
    margins = margins_of(batch)
    lam, mu, q, _ = binary(margins, 1e-9)
    z = np.exp(lam[:, :, :, None] + mu[:, :, None, :]).sum(axis=1)
    lower = lower_nats(margins, lam, mu, z) / LN2
    upper = upper_nats(margins, round_to_margins(margins, q)) / LN2
    assert (upper - lower <= 1e-9).all()
    best = blank(300)
    interior.interior_point(margins, np.arange(300), best, CellSystem)
    assert (best.upper - best.lower <= 1e-9).all()
    assert (lower <= best.upper).all()
    assert (best.lower <= upper).all()


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(3, 3, 2), (6, 4, 3), (9, 9, 2), (4, 4, 5), (12, 10, 2)])
def test_both_newton_systems_lead_to_the_same_answer(shape):
    rng = np.random.default_rng(5)
    batch = np.stack([nasty(rng, shape) for _ in range(30)])
    found = []
    for system in (CellSystem, MarginSystem):
        best = blank(30)
        interior.interior_point(margins_of(batch), np.arange(30), best, system)
        assert (best.upper - best.lower <= 1e-9).all()
        found.append(best)
    assert (found[0].lower <= found[1].upper).all()
    assert (found[1].lower <= found[0].upper).all()


@pytest.mark.rounding
@pytest.mark.parametrize("system", [CellSystem, MarginSystem])
@pytest.mark.parametrize("shape", [(3, 3, 3), (5, 4, 2)])
def test_a_newton_step_solves_its_equations(system, shape):
    rng = np.random.default_rng(6)
    margins = margins_of(np.stack([random_table(seed, shape) for seed in range(4)]))
    lam, mu, s, zeta = interior._start(margins, fast=True)
    c = np.exp(lam[:, :, :, None] + mu[:, :, None, :])
    q = s[:, None] * c
    t = rng.normal(size=s.shape)
    flow = rng.normal(size=q.shape)  # right-hand sides with the same sum over both sources
    ra, rb = flow.sum(axis=3), flow.sum(axis=2)
    dlam, dmu, ds = system(margins, newton.Structure.of(margins), c, q, s, zeta).step(ra, rb, t)
    change = c * ds[:, None] + q * (dlam[:, :, :, None] + dmu[:, :, None, :])
    np.testing.assert_allclose(change.sum(axis=3), ra, atol=1e-10)
    np.testing.assert_allclose(change.sum(axis=2), rb, atol=1e-10)
    dx = dlam[:, :, :, None] + dmu[:, :, None, :]
    np.testing.assert_allclose(ds, t + s / zeta * (c * dx).sum(axis=1), atol=1e-9)


@pytest.mark.rounding
def test_sweeps_enclose_the_truth():
    batch = np.stack([random_table(seed, (6, 5, 4), 0.7) for seed in range(4)])
    truth = solve(batch)
    margins = margins_of(batch)
    for one in range(4):
        best = blank(1, 1e-5)
        alternating(margins.take(slice(one, one + 1)), np.arange(1), best)
        assert best.lower[0] <= truth.upper[one]
        assert truth.lower[one] <= best.upper[0]
        assert best.upper[0] - best.lower[0] <= 1e-5


def test_a_table_too_large_for_newton_is_bounded_honestly(monkeypatch):
    p = random_table(9, (5, 5, 4))[None]
    truth = solve(p)
    monkeypatch.setattr(newton, "MAX_WORK", 0)
    monkeypatch.setattr("mmexplore.info.broja.alternating.MAX_SWEEPS", 100)
    swept = solve(p)
    assert not swept.converged.any()
    assert (swept.lower <= truth.upper).all()
    assert (truth.lower <= swept.upper).all()
    assert (np.abs(swept.value - truth.value) <= swept.upper - swept.lower).all()


def test_a_run_cut_short_still_encloses(monkeypatch):
    batch = np.stack([random_table(seed, (4, 4, 3)) for seed in range(20)])
    truth = solve(batch)
    monkeypatch.setattr(interior, "MAX_STEPS", 3)
    short = solve(batch)
    assert not short.converged.all()
    assert (short.lower <= truth.upper).all()
    assert (truth.lower <= short.upper).all()
    assert (np.abs(short.value - truth.value) <= short.upper - short.lower + 1e-9).all()


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2, 4), (2, 4, 3), (5, 5, 2), (1, 3, 2), (3, 3, 1)])
@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_the_coupling_is_a_coupling_and_attains_the_bound(shape, kind, device):
    rng = np.random.default_rng(10)
    batch = np.stack([nasty(rng, shape) for _ in range(15)])
    solution = solve(batch if kind == "numpy" else torch.as_tensor(batch, device=device), coupling=True)
    q, upper, lower = (np.asarray(on_host(x)) for x in (solution.coupling, solution.upper, solution.lower))
    assert bool(solution.converged.all())
    assert q.min() >= 0
    np.testing.assert_allclose(q.sum(axis=1), batch.sum(axis=1), rtol=0, atol=1e-15)
    np.testing.assert_allclose(q.sum(axis=2), batch.sum(axis=2), rtol=0, atol=1e-15)
    attained = np.array([information(one) for one in q])
    assert (attained <= upper + 1e-14).all()
    assert (lower <= attained + 1e-14).all()


def test_chunks_do_not_show(monkeypatch):
    rng = np.random.default_rng(12)
    batch = np.stack([nasty(rng, (4, 3, 3)) for _ in range(50)])
    whole = solve(batch)
    monkeypatch.setattr("mmexplore.info.broja.solver.CACHE_BYTES", 1 << 16)
    parts = solve(batch)
    np.testing.assert_allclose(parts.value, whole.value, rtol=0, atol=2e-9)
    assert parts.converged.all()


@pytest.mark.rounding
def test_one_hundred_tables_in_a_large_batch_keep_their_own_supports():
    rng = np.random.default_rng(13)
    batch = np.stack([nasty(rng, (2, 2, 3)) for _ in range(98)] + [np.pad(XOR, ((0, 0), (0, 0), (0, 1)))] * 2)
    solution = solve(batch)
    assert solution.converged.all()
    np.testing.assert_allclose(solution.value[-2:], 0.0, atol=5e-15)  # the end of the range itself, not 1e-9 beside it


@pytest.mark.rounding
@pytest.mark.parametrize("xp", ["numpy", "torch"])
def test_a_singular_matrix_gets_a_ridge(xp, device):
    matrices = np.stack([np.ones((3, 3)), np.eye(3)])
    if xp == "torch":
        import array_api_compat.torch as namespace

        factor = cholesky(torch.as_tensor(matrices, device=device), namespace).cpu().numpy()
    else:
        factor = cholesky(matrices, np)
    np.testing.assert_allclose(factor @ factor.swapaxes(1, 2), matrices, atol=1e-11)


THREADS = """
import threading, numpy as np, scipy.linalg, threadpoolctl
from mmexplore.info.broja.linalg import one_thread
threadpoolctl.threadpool_limits(limits=2)  # the main thread takes control of threadpoolctl
found = []
def count():
    found.append(max(pool["num_threads"] for pool in threadpoolctl.threadpool_info()))
def work():
    count()
    with one_thread(np, 1000):
        with one_thread(np, 10):
            count()
        count()
    count()
worker = threading.Thread(target=work)
worker.start()
worker.join()
print(found)
"""


def test_blas_keeps_to_one_thread_in_any_thread_of_python():
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, check=True)
    before, within, between, after = ast.literal_eval(done.stdout)
    assert within == between == 1
    assert before == after


@pytest.mark.rounding
def test_gates_need_no_table_to_be_full():
    for table in GATES.values():
        solution = solve(table[None])
        assert solution.converged.all()

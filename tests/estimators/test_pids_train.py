"""Trained estimators of decompositions: couplings against the certified solver, gates, flows on known systems, runs, command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.estimators.pids.batch_task import PIDBatch
from mmexplore.estimators.pids.flow_task import PIDFlow
from mmexplore.estimators.pids.train.coupling import balanced, bits, coupled, coupling_informations
from mmexplore.estimators.pids.train.program import run
from mmexplore.estimators.watching import Interrupted
from mmexplore.runs.recorder import Recorder
from mmexplore.types import ATOMS

SMALL = {"transforms": 1, "hidden": 16, "bins": 5, "batch": 256, "rate": 0.01, "bootstraps": 0}


def gate(name: str, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of a gate, every combination equally often, in random order."""
    order = np.random.default_rng(0).permutation(n)
    a, b = np.tile([0, 0, 1, 1], n // 4)[order], np.tile([0, 1, 0, 1], n // 4)[order]
    return a, b, a & b if name == "and" else a ^ b


def posteriors(device: str, seed: int, b: int, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    p1, p2 = (torch.tensor(rng.dirichlet(np.ones(k), size=b), device=device) for _ in range(2))
    return balanced(p1, p2)


def test_a_coupling_meets_its_marginals_and_tells_what_its_table_tells(device):
    p1, p2 = posteriors(device, 0, 12, 3)
    torch.testing.assert_close(p1.mean(dim=0), p2.mean(dim=0), atol=1e-8, rtol=0)
    scores = torch.tensor(np.random.default_rng(1).normal(size=(3, 12, 12)), device=device)
    log_q, _ = coupled(scores, p1, p2, 2000, 1e-12)
    seen = coupling_informations(log_q, p1, p2)
    assert seen.residual < 1e-6
    table = log_q.exp().permute(1, 2, 0).cpu().numpy()
    certified = mm.pid(table / table.sum())
    assert bits(seen.union_nats) == pytest.approx(certified.i12, abs=1e-6)  # I_q(X1,X2;Y) of the table itself
    given1 = bits(seen.given1_nats.mean())
    assert given1 == pytest.approx(certified.i12 - certified.i1, abs=1e-6)
    assert bits(seen.given2_nats.mean()) == pytest.approx(certified.i12 - certified.i2, abs=1e-6)


def test_descent_over_couplings_reaches_the_certified_union_information(device):
    p1, p2 = posteriors(device, 3, 8, 2)
    scores = torch.zeros(2, 8, 8, dtype=torch.float64, requires_grad=True, device=device)
    optimizer = torch.optim.Adam([scores], lr=0.5)
    for _ in range(150):
        log_q, _ = coupled(scores, p1, p2, 50, 1e-6)
        loss = coupling_informations(log_q, p1, p2).union_nats
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    table = log_q.detach().exp().permute(1, 2, 0).cpu().numpy()
    assert bits(loss) == pytest.approx(mm.pid(table / table.sum()).union, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "truth", "near"),
    [
        ("and", (0.3112781, 0, 0, 0.5), 0.1),  # of six seeds the worst is .047 off
        ("xor", (0, 0, 0, 1), 0.02),  # .0023
    ],
)
def test_batch_is_right_where_it_says_converged(name, truth, near, device):
    a, b, y = gate(name, 2000)
    found = mm.estimate_pid(a, b, y, "batch", epochs=40, align_epochs=3, batch=64, seed=1)
    assert found.device == device
    assert found.converged, [c.words for c in found.checks if not c.passed]
    assert found.value.atoms == pytest.approx(truth, abs=near)
    assert found.details["union_certified"] <= found.details["union_aligned"] + 1e-3
    assert set(found.intervals) >= set(ATOMS)


def test_batch_may_take_the_certified_union_of_its_posteriors():
    a, b, y = gate("and", 1200)
    found = mm.estimate_pid(a, b, y, "batch", union="certified", epochs=30, batch=64)
    assert found.converged, [c.words for c in found.checks if not c.passed]
    assert found.value.atoms == pytest.approx((0.3112781, 0, 0, 0.5), abs=0.15)  # of six seeds the worst is .074 off
    assert "loss" in found.curve
    assert 2.0 not in found.curve["phase"]


@pytest.mark.parametrize("name", ["and", "xor"])
def test_batch_says_that_five_and_three_epochs_are_too_few(name):
    found = mm.estimate_pid(*gate(name, 1000), "batch", epochs=5, align_epochs=3, batch=64)
    assert not found.converged
    assert any("train for more epochs" in check.words for check in found.checks)


def test_flows_straighten_what_ranks_do_not():
    made = mm.make("warped", n=1200, warp="wave", bend=1.0, corner="unique", turn=False)
    flow = mm.estimate_pid(*made, estimator="flow", steps=120, **SMALL)
    copula = mm.estimate_pid(*made, estimator="copula", bootstraps=0)

    def worst(found: mm.PIDEstimate) -> float:
        return max(abs(getattr(found, atom) - getattr(made.truth, atom)) for atom in ATOMS)

    assert (
        worst(flow) < 0.6 < 1 < worst(copula)
    )  # of five seeds the worst is .41 off; the copula misses the 1.66 bit of U2
    again = mm.estimate_pid(*made, estimator="flow", steps=120, **SMALL)
    assert again.value.atoms == flow.value.atoms
    assert flow.curve["validation_nats"][0] > np.nanmin(flow.curve["validation_nats"])


def test_the_hybrid_sees_the_synergy_that_no_pair_shows():
    made = mm.make("sign-product", n=1500)
    flow = mm.estimate_pid(*made, estimator="flow", **SMALL)
    hybrid = mm.estimate_pid(*made, estimator="hybrid", sees="ksg", neighbours=1, **SMALL)
    assert abs(flow.synergy) < 0.02
    assert any(w.startswith("Missed synergy") for w in flow.warnings)
    assert hybrid.synergy > 0.6  # of four seeds the least is .78
    assert hybrid.redundancy == pytest.approx(flow.redundancy, abs=0.02)
    plain = mm.make("gaussian", n=1500)
    without = mm.estimate_pid(*plain, estimator="hybrid", sees="ksg", maps="copula", bootstraps=0)
    assert without.synergy == pytest.approx(plain.truth.synergy, abs=0.06)
    assert without.details["hidden_synergy"] == 0


def test_training_can_be_stopped():
    calls = []
    with pytest.raises(Interrupted):
        mm.estimate_pid(
            *gate("xor", 400), "batch", should_stop=lambda: len(calls) > 3, progress=lambda *a: calls.append(a)
        )


def test_runs_report_frames_truth_and_the_estimate(device):
    recorder = Recorder.in_memory(device=device)
    run(PIDBatch(data="sign-sum?n=300&d=1", epochs=2, align_epochs=1, batch=32, hidden=4), recorder)
    assert {1.0, 2.0} == {frame["phase"] for frame in recorder.frames}
    assert set(ATOMS) <= set(recorder.frames[-1])
    assert recorder.results["truth"]["synergy"] == pytest.approx(0.7213475204444817)
    assert recorder.results["converged"] is False
    assert any(w.startswith("Not converged") for w in recorder.warnings)

    rng = np.random.default_rng(0)
    own = {"x1": rng.normal(size=(300, 2)), "x2": rng.normal(size=(300, 1)), "y": rng.normal(size=300)}
    recorder = Recorder.in_memory(data=own, device=device)
    run(PIDFlow(data="own?id=1", estimator="flow", steps=10, transforms=1, hidden=8, bins=4, bootstraps=0), recorder)
    assert recorder.results["truth"] is None
    assert recorder.results["n"] == 300
    assert any(w.startswith("Not converged, flows converged") for w in recorder.warnings)
    assert {frame["fold"] for frame in recorder.frames} == {1.0, 2.0}


def test_the_command_line_estimates_files_and_generators(tmp_path, capsys):
    made = mm.make("gaussian", n=300)
    names = [f"{role}{k}" for role in ("a", "b", "t") for k in range(2)]
    path = tmp_path / "rows.csv"
    np.savetxt(path, np.column_stack(list(made)), delimiter=",", header=",".join(names), comments="")
    options = ["estimate", str(path), "--x1", "a*", "--x2", "b*", "--y", "t*", "--set", "bootstraps=0"]
    assert main([*options, "--json"]) == 0
    told_ = json.loads(capsys.readouterr().out)
    assert told_["value"]["redundancy"] == pytest.approx(mm.estimate_pid(*made, bootstraps=0).redundancy, abs=1e-6)
    assert (
        main(["estimate", "--make", "sign-sum?n=200", "--estimator", "binned", "--set", "bootstraps=0", "bins=2"]) == 0
    )
    out = capsys.readouterr().out
    assert "0.721348" in out
    assert "Converged." in out
    assert main(["estimate", "--list"]) == 0
    assert "hybrid" in capsys.readouterr().out
    for wrong, words in (
        ([], "one of the two"),
        (["--make", "sign-sum", "--estimator", "flow"], "binned"),
        (["--make", "spiral"], "no target"),
        (["--make", "sign-sum", "--estimator", "flaw"], "did you mean 'flow'"),
        (["--make", "sign-sum", "--set", "seed"], "NAME=VALUE"),
    ):
        assert main(["estimate", *wrong]) != 0
        assert words in capsys.readouterr().err

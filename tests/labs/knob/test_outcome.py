"""A run of the lab ends with its numbers, in bits: rate, relevance, exact theory beside them, active latents. Runs made from closed forms."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from mmexplore.cli import main
from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.labs import LABS
from mmexplore.labs.knob.dial import ALIVE
from mmexplore.labs.knob.outcome import numbers, outcome
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import Knob
from tests.labs.knob.made_runs import RHO, make_run


@pytest.fixture(autouse=True)
def _runs_of_its_own(empty_runs_folder):
    """Nothing of the tester's own is looked at."""


def by_name(found) -> dict[str, float]:
    return {n.name: n.value for n in found}


@pytest.mark.parametrize("beta", [2.0, 8.0, 64.0])
def test_a_latent_that_is_the_exact_bottleneck_meets_the_exact_values(beta):
    node = float(np.geomspace(1, 64, 41)[np.abs(np.geomspace(1, 64, 41) - beta).argmin()])
    scene = KnobScene(method="dvib", beta=node)
    found = by_name(numbers(scene, make_run(scene.task())))
    exact = gaussian_ib_of(RHO, node)
    rates = np.ravel(exact.rates)
    assert found["rate of Zx"] == pytest.approx(float(exact.rate), abs=1e-4)
    assert found["relevance I(Zx;Y)"] == pytest.approx(float(exact.relevance), abs=1e-4)
    assert found["most about Y at this rate"] == pytest.approx(float(exact.relevance), abs=1e-3)
    assert found[f"rate of the exact bottleneck at beta {node:.4g}"] == pytest.approx(float(exact.rate))
    assert found[f"relevance of the exact bottleneck at beta {node:.4g}"] == pytest.approx(float(exact.relevance))
    assert found["active dimensions of Zx"] == int((rates >= ALIVE).sum())


def test_numbers_follow_the_unit_and_intervals_are_two_standard_errors():
    scene = KnobScene(method="dvib")
    run = make_run(scene.task())
    bits, nats = (numbers(scene.replace(unit=unit), run) for unit in ("bit", "nat"))
    for one, other in zip(bits, nats, strict=True):
        if one.unit == "bit":
            assert other.unit == "nat" and other.value == pytest.approx(math.log(2) * one.value)
    relevance = next(n for n in bits if n.name.startswith("relevance I"))
    error = float(np.ravel(run.arrays("grid")["relevance_error_nats"])[0]) / math.log(2)
    assert (relevance.high - relevance.low) / 2 == pytest.approx(1.96 * error, rel=1e-6)


def test_matched_latents_have_exact_values_where_nothing_is_paid_for_reconstructions():
    node = float(np.geomspace(1, 64, 41)[30])
    scene = KnobScene(method="dvsib", beta=node, gamma=0.0)
    run = make_run(scene.task())
    found = by_name(numbers(scene, run))
    exact = symmetric_ib_of(RHO, node).on("global")
    assert found["shared by the latents I(Zx;Zy)"] == pytest.approx(float(exact.relevance), abs=1e-4)
    assert found[f"shared by the best Gaussian latents at beta {node:.4g}"] == pytest.approx(float(exact.relevance))
    assert found[f"rate of the best Gaussian latents at beta {node:.4g}"] == pytest.approx(float(exact.rate))
    assert not any("best Gaussian" in name for name in by_name(numbers(scene.replace(gamma=1.0), run)))


def test_a_run_that_no_view_shows_has_its_outcome_too():
    task = Knob(method="dvib", width=8)
    assert LABS["knob"].view_of(task) is None
    assert by_name(outcome(make_run(task)))["rate of Zx"] == pytest.approx(
        float(gaussian_ib_of(RHO, 8.0).rate), abs=1e-4
    )


def test_the_command_line_ends_with_it(capsys):
    run = make_run(Knob(method="dvib"), labelled=False)
    exact = gaussian_ib_of(RHO, 8.0)
    for words in (["train", "knob", "method=dvib", "--quiet"], ["runs", "show", run.name]):
        assert main(words) == 0
        last = capsys.readouterr().out.strip().splitlines()[-7:]
        starts = (
            "beta",
            "rate of Zx",
            "relevance I(Zx;Y)",
            "most about Y",
            "rate of the exact",
            "relevance of the exact",
            "active dim",
        )
        for line, start in zip(last, starts, strict=True):
            assert line.strip().startswith(start)
        assert f"{float(exact.rate):.6g} bit" in last[4] and "exact" in last[4]
        assert main([*words, "--json"]) == 0
        told = {n["name"]: n for n in json.loads(capsys.readouterr().out)["numbers"]}
        assert told["relevance I(Zx;Y)"]["unit"] == "bit"
        assert told["most about Y at this rate"]["certificate"] == "exact"


def test_before_a_run_has_finished_there_is_theory_alone(capsys):
    found = by_name(numbers(KnobScene(beta=4.0), None))
    exact = gaussian_ib_of(RHO, 4.0)
    assert found == pytest.approx(
        {
            "all that X and Y share I(X;Y)": -0.5 * float(np.log2(1 - RHO**2).sum()),
            "rate of the exact bottleneck at beta 4": float(exact.rate),
            "relevance of the exact bottleneck at beta 4": float(exact.relevance),
        }
    )
    assert len(numbers(KnobScene(method="dvsib"), None)) == 1  # gamma is 1: reconstructions are paid for
    assert main(["lab", "knob", "method=dvib", "data=wine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["numbers"] == []

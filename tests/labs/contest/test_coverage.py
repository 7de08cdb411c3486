"""How often intervals hold: counted for every quantity by itself, against an independent count and an independent bracket."""

from __future__ import annotations

import contextlib
import csv
import io

import numpy as np
import pytest
from scipy.stats import binomtest

import mmexplore as mm
from mmexplore.labs.contest.contest import Point, contest
from mmexplore.labs.contest.coverage import Coverage, binomial_bracket, coverage, coverage_plan
from mmexplore.labs.contest.figures import scores
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.script import script
from mmexplore.labs.contest.ui.about import _held
from mmexplore.types import ATOMS
from tests.labs.pages import finished, open_lab, words


@pytest.mark.parametrize(("held", "count"), [(0, 1), (1, 1), (0, 18), (18, 18), (93, 100), (199, 200), (37, 40)])
def test_the_bracket_is_that_of_clopper_and_pearson(held, count):
    exact = binomtest(held, count).proportion_ci(0.95, method="exact")
    assert binomial_bracket(held, count) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_a_blind_estimator_is_caught_by_the_quantity_it_cannot_see():
    """It says 0, between 0 and .01, whatever it is shown: pooled over the parts it holds three times in four."""
    scene = CompareScene().put(data="sign-product", estimators="gaussian", seeds=3, points=6)
    plan = scene.plan()
    blind = [
        Point("gaussian", at, seed, dict.fromkeys(ATOMS, 0.0), dict.fromkeys(ATOMS, 0.0), dict.fromkeys(ATOMS, 0.01))
        for at in plan.ats
        for seed in range(3)
    ]
    [score] = scores(scene, blind)
    assert (score.covered, score.intervals) == (54, 72)
    assert score.by_quantity == {**dict.fromkeys(("redundancy", "unique1", "unique2"), (18, 18)), "synergy": (0, 18)}
    assert _held(score) == "R 18 of 18, U1 18 of 18, U2 18 of 18, S 0 of 18"
    scene = scene.put(counted=20)
    here = [Point("gaussian", scene.coverage_place(), seed, *(p.values for p in [blind[0]]), blind[0].low, blind[0].high) for seed in range(20)]  # fmt: skip
    by_quantity = {row.quantity: row for row in coverage(scene, here)}
    assert by_quantity["synergy"].verdict == "too seldom" and by_quantity["synergy"].held == 0
    assert by_quantity["redundancy"].verdict != "too seldom"


@pytest.mark.parametrize(("share", "verdict"), [(0.95, "holds"), (0.7, "too seldom"), (1.0, "more often")])
def test_verdicts_are_right_about_intervals_whose_coverage_is_known(share, verdict):
    """200 samples; a wrong "too seldom" of true 95 % intervals happens in at most 2.5 of 100 experiments."""
    rng = np.random.default_rng(5)
    said = []
    for _ in range(200):
        held = int(rng.binomial(200, share))
        said.append(Coverage("", "", "", held, 200, *binomial_bracket(held, 200), 0.0, 0.0).verdict)
    wrong = [v for v in said if v != verdict]
    assert len(wrong) <= 0.06 * len(said)
    if share == 0.95:
        assert said.count("too seldom") <= 0.05 * len(said)


def test_the_count_is_that_of_a_loop_over_the_public_estimator():
    scene = CompareScene().put(
        question="mi", data="gaussian-pair", estimators="gaussian,ksg", counted=20, points=2, seeds=1,
        **{"data.bits": 1.0}, last=200.0,
    )  # fmt: skip
    plan = coverage_plan(scene)
    rows = coverage(scene, contest(plan, scene.at_once()).points)
    for row in rows:
        held = []
        for seed in range(20):
            x1, _, y = mm.make("gaussian-pair", bits=1.0, n=int(plan.ats[0]), seed=scene.base().seed + seed)
            interval = mm.mutual_information(x1, y, row.name).interval
            held.append(interval.low <= 1.0 <= interval.high)
        assert (row.held, row.count) == (sum(held), 20)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script(scene), "script", "exec"), {"__name__": "__main__"})
    counted = out.getvalue().split("estimator,quantity,held,of\n")[1]
    by_script = {
        r["estimator"]: (int(r["held"]), int(r["of"]))
        for r in csv.DictReader(io.StringIO("estimator,quantity,held,of\n" + counted))
    }
    assert by_script == {row.name: (row.held, row.count) for row in rows}


def test_the_place_is_one_of_the_axis_and_a_preset_stays_one_while_it_is_counted():
    scene = CompareScene().put(preset="bent").put(counted=40)
    assert scene.preset() == "bent" and scene.coverage_place() == scene.plan().ats[2]
    assert scene.put(counted_at=1e9).coverage_place() == scene.plan().ats[-1]
    assert scene.put(over="n").counted_at == -1.0
    assert CompareScene.from_query(scene.to_query()) == (scene, [])


def test_the_tab_counts_and_says_which_quantity_fails():
    query = {"data": "hidden-gate", "data.flip": "0.0", "last": "100.0", "first": "50.0", "points": "2", "seeds": "1"}
    app = finished(open_lab("contest", **query, estimators="binned", counted="20", tab="intervals"))
    assert not app.exception
    table = next(f.value for f in app.dataframe if "hold" in f.value.columns)
    assert set(table["of"]) == {"Redundancy R", "Unique to modality 1", "Unique to modality 2", "Synergy S"}
    assert all(text.endswith("of 20") for text in table["hold"])
    assert "Clopper" in words(app)


def test_only_what_is_known_is_counted():
    scene = CompareScene().put(data="latent", counted=20)
    plan = coverage_plan(scene)
    known = {q for q in scene.quantities() if plan.truth(plan.ats[0])[q] is not None}
    values = dict.fromkeys(ATOMS, 0.1)
    rows = coverage(scene, [Point("binned", plan.ats[0], 0, values, values, values)])
    assert {row.quantity for row in rows} == known < set(scene.quantities())

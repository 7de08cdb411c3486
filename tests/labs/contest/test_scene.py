"""The scene of the page Compare: its presets show what they claim, its link and its script say the same as the page."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mmexplore.errors import BadSpec
from mmexplore.labs.contest.contest import Plan, Point, contest
from mmexplore.labs.contest.figures import as_task_points, cost_figure, figures, legend, scores
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.scene import CompareScene, generators
from mmexplore.labs.contest.script import script
from mmexplore.report.sheet import sheet
from mmexplore.runs.folder import Run
from mmexplore.runs.store import SHIPPED
from mmexplore.types import ATOMS


def ends(name: str, rows: int | None = None) -> tuple[CompareScene, list[dict[str, dict[str, float]]], list[dict]]:
    """A preset at its first and last place, one sample: estimates by estimator, and the truth."""
    values = {**PRESETS[name].values, "seeds": 1, "points": 2}
    scene = CompareScene(**values)
    settings = {n: s.replace(bootstraps=0) if hasattr(s, "bootstraps") else s for n, s in scene.at_once().items()}
    points = contest(scene.plan(), settings).points
    found = [{p.estimator: dict(p.values) for p in points if p.at == at} for at in scene.plan().ats]
    return scene, found, [scene.plan().truth(at) for at in scene.plan().ats]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_scene_that_a_link_brings_back(name):
    scene = CompareScene().put(preset=name)
    again, problems = CompareScene.from_query(scene.to_query())
    assert (again, problems) == (scene, [])
    assert scene.preset() == name
    assert scene.chosen()
    assert len(PRESETS[name].why) > 100


# ---- what each preset claims


def test_ceilings():
    _, (_, high), truth = ends("calibration")
    assert truth[1]["mi"] == 12
    assert high["binned"]["mi"] <= 3.0  # log2 of 8 bins
    assert high["ksg"]["mi"] < math.log2(2000)
    assert high["gaussian"]["mi"] == pytest.approx(12, abs=0.2)


def test_neighbours_in_high_dimension():
    _, (low, high), _ = ends("dimension")
    assert low["ksg"]["mi"] == pytest.approx(1, abs=0.15)
    assert high["ksg"]["mi"] < 0.25
    assert high["gaussian"]["mi"] == pytest.approx(1, abs=0.2)


def test_gaussian_on_a_swiss_roll():
    _, (_, rolled), _ = ends("swissroll")
    assert rolled["gaussian"]["mi"] < 0.1
    assert rolled["copula"]["mi"] < 0.1
    assert rolled["ksg"]["mi"] == pytest.approx(1, abs=0.15)


def test_heavy_tails():
    scene, _, _ = ends("tails")
    plan = Plan("mi", scene.base(), "dof", (1.0,), seeds=5, pair="1")
    points = contest(plan, scene.at_once()).points
    said = {name: [p.values["mi"] for p in points if p.estimator == name] for name in ("gaussian", "copula", "ksg")}
    assert max(map(abs, said["copula"])) < 0.05
    assert np.std(said["gaussian"]) > 0.1  # anything at all
    assert np.mean(said["ksg"]) == pytest.approx(0.3234, abs=0.06)


def test_synergy_that_no_pair_shows():
    _, (_, many), truth = ends("product")
    assert truth[1]["synergy"] == 1
    for name in ("gaussian", "copula", "thin"):
        assert abs(many[name]["synergy"]) < 0.02
    assert many["binned"]["synergy"] > 0.85


def test_bins_with_few_rows_a_cell():
    _, (few, many), truth = ends("bins")
    assert all(truth[0][atom] == pytest.approx(0, abs=1e-9) for atom in ATOMS)
    assert few["binned"]["synergy"] > 0.35
    assert many["binned"]["synergy"] < 0.03
    scene = CompareScene(**{**PRESETS["bins"].values, "seeds": 1, "points": 2, "tuned": "binned.bins=10"})
    corrected = contest(scene.plan(), scene.at_once()).points[0]
    assert abs(corrected.values["synergy"]) < 0.5 * few["binned"]["synergy"]


def test_bins_in_high_dimension():
    _, (low, high), _ = ends("hidden")
    assert low["binned"]["synergy"] > 0.8
    assert high["binned"]["synergy"] < 0.05


def test_columns_bent_one_by_one():
    _, (straight, bent), truth = ends("bent")
    assert truth[0] == pytest.approx(truth[1])
    assert abs(bent["gaussian"]["unique1"] - truth[1]["unique1"]) > 0.3
    assert bent["copula"] == pytest.approx(straight["copula"])  # ranks are what they were
    assert bent["copula"]["unique1"] == pytest.approx(truth[1]["unique1"], abs=0.15)


def test_columns_bent_by_each_other():
    _, (_, bent), truth = ends("wave")
    for name in ("gaussian", "copula"):
        assert bent[name]["unique1"] < 0.5 * truth[1]["unique1"]


def test_a_label_handed_over_as_a_number():
    _, (sure, _), truth = ends("label")
    assert truth[0]["synergy"] == pytest.approx(0.7213, abs=1e-4)
    assert sure["gaussian"]["synergy"] < 0.55
    assert min(sure["gaussian"]["unique1"], sure["gaussian"]["unique2"]) == pytest.approx(0, abs=0.01)


def test_more_columns_than_rows_can_carry():
    _, (_, many), truth = ends("few")
    assert many["thin"]["i12"] > truth[1]["i12"] + 0.3
    assert many["gaussian"]["i12"] == pytest.approx(truth[1]["i12"], abs=0.3)


# ---- the presets' trained estimators, computed beforehand


def shipped(name: str) -> tuple[list[Point], list[dict]]:
    """Points of a preset's trained estimator as they come with the program, and the truth there."""
    scene = CompareScene(**PRESETS[name].values)
    [task] = scene.tasks().values()
    run = Run(SHIPPED / task.name())
    assert run.state.phase == "finished", f"{task.title()} has other settings now: train it again, or leave it out"
    points = as_task_points(run.frames())
    assert [p.at for p in points] == list(scene.plan().ats)
    return points, [scene.plan().truth(p.at) for p in points]


def test_a_flow_undoes_what_ranks_cannot():
    points, truth = shipped("wave")
    for p, t in zip(points, truth, strict=True):
        for atom in ATOMS:
            assert abs(p.values[atom] - t[atom]) < 0.1 * t["i12"]


def test_the_hybrid_sees_synergy_that_no_pair_shows():
    points, _ = shipped("product")
    assert points[-1].values["synergy"] > 0.85
    assert abs(points[-1].values["redundancy"]) < 0.02


def test_networks_find_the_direction_that_bins_miss():
    points, _ = shipped("hidden")
    assert all(p.settled and p.values["synergy"] > 0.97 for p in points)


def test_infonce_flattens_below_its_ceiling():
    points, _ = shipped("calibration")
    assert points[1].values["mi"] == pytest.approx(2, abs=0.2)
    assert all(p.ceiling is not None and p.values["mi"] < p.ceiling for p in points)
    assert points[-1].values["mi"] - points[-2].values["mi"] < 0.1
    assert points[-1].values["mi"] < 7.0  # log2 of its batches of 128; the truth is 12


# ---- the scene


def test_changing_the_question_takes_a_generator_that_can_answer_it():
    scene = CompareScene().put(question="calibration")
    assert scene.over == "bits"
    assert scene.base().kind == "mi"
    back = scene.put(question="pid")
    assert back.base().kind == "pid" and back.over == "n"
    assert set(generators("pid")) < set(generators("mi"))
    other = CompareScene(over="bend").put(data="sign-sum")
    assert other.over == "n"


def test_dials_and_settings_are_changed_by_name():
    scene = CompareScene().put(dial=("bend", 1.0)).put(tune=("gaussian", "bootstraps", 50))
    assert scene.base().bend == 1.0
    assert scene.settings("gaussian").bootstraps == 50
    assert scene.put(tune=("gaussian", "bootstraps", 200)).tuned == ""
    with pytest.raises(BadSpec, match="bend is 9"):
        scene.put(dial=("bend", 9.0))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"data": "swiss-roll"}, "allowed here: "),
        ({"over": "angle"}, "over is 'angle'"),
        ({"estimators": "ksg"}, "'ksg' is not known"),
        ({"estimators": "gaussian", "tuned": "gaussian.bins=3"}, "no parameter 'bins'"),
        ({"estimators": "gaussian", "tuned": "nobody.bins=3"}, "settings are given for 'nobody'"),
        ({"question": "calibration", "data": "gaussian-pair", "over": "n"}, "runs over the true information"),
    ],
)
def test_a_scene_that_makes_no_sense_is_told_in_a_sentence(values, told):
    with pytest.raises(BadSpec, match=told):
        CompareScene(**values)
    assert CompareScene.from_query({k: str(v) for k, v in values.items()})[1]


def test_scores_are_errors_against_the_truth():
    scene = CompareScene(question="mi", data="gaussian-pair?bits=2.0", seeds=2, points=2, estimators="ksg,infonce")
    at = scene.plan().ats
    points = [
        Point("ksg", at[0], 0, {"mi": 2.5}, {"mi": 1.9}, {"mi": 3.0}, seconds=1.0),
        Point("ksg", at[0], 1, {"mi": 1.5}, {"mi": 1.0}, {"mi": 1.9}, seconds=3.0, warnings=("careful",)),
        Point("ksg", at[1], 0, {"mi": 3.0}, seconds=2.0),
        Point("infonce", at[0], 0, refused="no"),
    ]
    ksg, infonce = sorted(scores(scene, points), key=lambda s: s.name != "ksg")
    assert (ksg.points, ksg.covered, ksg.intervals, ksg.seconds) == (3, 1, 2, 2.0)
    assert ksg.bias == pytest.approx((0.5 - 0.5 + 1.0) / 3)
    assert ksg.error == pytest.approx(math.sqrt((0.25 + 0.25 + 1) / 3))
    assert ksg.worst == (1.0, at[1])
    assert (infonce.refused, infonce.reason) == (1, "no")
    assert math.isnan(infonce.error)
    cost = cost_figure(scene, points)
    assert cost.groups[0].x.tolist() == [2.0, 2.0]
    assert cost.groups[0].y.tolist() == pytest.approx([0.5, 1.0])


def test_trained_estimators_become_runs_and_their_frames_points():
    scene = CompareScene(
        question="mi", data="gaussian-pair", points=2, estimators="ksg,infonce", tuned="infonce.steps=50"
    )
    assert list(scene.at_once()) == ["ksg"]
    [task] = scene.tasks().values()
    assert (task.estimator, task.ats, task.seeds) == ("infonce", "100,5000", 1)
    assert task.chosen() == scene.settings("infonce")
    assert "steps=50" in task.settings and "batch=" in task.settings  # a default that changes makes another run
    frames = [Point("infonce", 100.0, 0, {"mi": 0.4}).to_dict(), {"step": 3}]
    assert [p.values for p in as_task_points(frames)] == [{"mi": 0.4}]


def test_figures_show_the_truth_and_every_estimator():
    scene = CompareScene(seeds=1, points=2, estimators="gaussian,thin")
    points = contest(scene.plan(), scene.at_once()).points
    made = figures(scene, points)
    assert [f.title for f in made] == ["Redundancy R", "Unique to modality 1", "Unique to modality 2", "Synergy S"]
    for figure, atom in zip(made, ATOMS, strict=True):
        assert figure.levels[0].y.tolist() == [t[atom] for t in map(scene.plan().truth, scene.plan().ats)]
        assert [g.label for g in figure.groups] == ["Gaussian", "Thin-PID"]
        assert figure.groups[0].y.tolist() == [p.values[atom] for p in points if p.estimator == "gaussian"]
    assert [name for name, _ in legend(scene, points).names] == ["truth", "Gaussian", "Thin-PID"]
    tree = ET.fromstring(sheet([legend(scene, points), *made], "A <b>title</b>"))
    assert "A <b>title</b>" in "".join(tree.itertext())


@pytest.mark.parametrize(
    "values",
    [
        {"estimators": "gaussian,binned", "tuned": "gaussian.bootstraps=20", "data": "gaussian?dy=1"},
        {"data": "sign-sum", "labels": "number", "estimators": "thin"},
        {"data": "sign-sum", "estimators": "gaussian"},
        {"question": "mi", "data": "sign-sum?d=2", "estimators": "ksg,gaussian", "pair": "12"},
        {"question": "calibration", "data": "swiss-roll?n=200", "over": "bits", "estimators": "copula"},
    ],
)
def test_the_script_prints_the_numbers_of_the_page(values):
    scene = CompareScene(
        **{"seeds": 2, "points": 2, "last": 200.0 if values.get("question") != "calibration" else 2.0, **values}
    )
    points = contest(scene.plan(), scene.at_once()).points
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script(scene), "script", "exec"), {"__name__": "__main__"})
    lines = out.getvalue().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    found = {(r["estimator"], float(r["value"]), int(r["sample"]), r["quantity"]): r for r in rows}
    wanted = {(p.estimator, p.at, p.seed, q): v for p in points for q, v in p.values.items()}
    assert {key: float(row["estimate"]) for key, row in found.items()} == wanted
    for (_, at, _, quantity), row in found.items():
        assert float(row["truth"]) == scene.plan().truth(at)[quantity]
    assert sum(line.startswith("#") for line in lines) == sum(bool(p.refused) for p in points)

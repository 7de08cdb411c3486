"""The contest: what is asked, what is kept, what is refused, and that its numbers are those of the public estimators."""

from __future__ import annotations

import json

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.datasets import generator
from mmexplore.errors import BadSpec
from mmexplore.labs.contest import contest as module
from mmexplore.labs.contest.competitors import competitors, settings_from
from mmexplore.labs.contest.contest import CACHE, Plan, Point, PointCache, contest, known, ladder, sweepable
from mmexplore.labs.contest.task import Contest
from mmexplore.labs.contest.train import run
from mmexplore.runs.recorder import Recorder


def test_competitors_are_those_of_the_registries():
    assert set(competitors("mi")) == set(mm.mi_estimators())
    assert set(competitors("pid")) == set(mm.pid_estimators())
    assert list(competitors("pid")) == sorted(competitors("pid"))  # colours hang on the order
    assert not competitors("mi")["ksg"].trained
    assert competitors("mi")["infonce"].trained


@pytest.mark.parametrize("name", mm.datasets())
def test_every_sweep_visits_values_that_the_generator_takes(name):
    base = generator(name)
    for over in sweepable(base):
        steps = ladder(base, over)
        assert len(steps) >= 2
        assert list(steps) == sorted(set(steps))
        kind = base.parameter(over).type
        for value in steps:
            assert getattr(base.replace(**{over: kind(value)}), over) == kind(value)


def test_a_point_is_what_the_public_estimators_say():
    plan = Plan("pid", generator("gaussian?seed=3"), "n", (150.0,), seeds=2)
    points = contest(plan, {"gaussian": settings_from("pid", "gaussian", "bootstraps=30")}).points
    assert [(p.at, p.seed) for p in points] == [(150.0, 0), (150.0, 1)]
    for point in points:
        x1, x2, y = mm.make("gaussian", n=150, seed=3 + point.seed)
        wanted = mm.estimate_pid(x1, x2, y, "gaussian", bootstraps=30)
        assert point.values["synergy"] == wanted.synergy
        assert (point.low["i12"], point.high["i12"]) == tuple(wanted.intervals["i12"])
    for pair, x in (("1", lambda a, b: a), ("2", lambda a, b: b), ("12", lambda a, b: np.concatenate([a, b], axis=1))):
        plan = Plan("mi", generator("sign-sum"), "n", (200.0,), pair=pair)
        [point] = contest(plan, {"ksg": settings_from("mi", "ksg", "")}).points
        x1, x2, y = mm.make("sign-sum", n=200)
        assert point.values["mi"] == mm.mutual_information(x(x1, x2), y, "ksg", y_kind="label").mi
        assert plan.truth(200.0)["mi"] == getattr(mm.make("sign-sum", n=20).truth, f"i{pair}")


def test_of_a_pair_of_views_the_information_between_them_is_asked():
    plan = Plan("mi", generator("gaussian-pair?n=400&d=2"), "bits", (0.0, 1.5))
    points = contest(plan, {"gaussian": settings_from("mi", "gaussian", "")}).points
    assert [plan.truth(p.at)["mi"] for p in points] == [0.0, 1.5]
    assert points[1].values["mi"] == pytest.approx(1.5, abs=0.25)
    with pytest.raises(BadSpec, match="nothing to decompose"):
        Plan("pid", generator("spiral"), "n", (100.0,))


def test_what_was_estimated_is_not_estimated_again(monkeypatch):
    plan = Plan("mi", generator("gaussian-pair?seed=77"), "n", (100.0, 200.0))
    chosen = {"gaussian": settings_from("mi", "gaussian", "")}
    first = contest(plan, chosen)
    assert known(plan, chosen) == list(first.points)

    def refuse(*_: object, **__: object) -> Point:
        raise AssertionError("estimated again")

    monkeypatch.setattr(module, "measure", refuse)
    assert contest(plan, chosen) == first
    # the same sample at another place of another sweep
    other = Plan("mi", generator("gaussian-pair?seed=77&n=200"), "d", (1.0,))
    assert [(p.at, p.values) for p in contest(other, chosen).points] == [(1.0, first.points[1].values)]


def test_only_so_many_points_are_kept():
    kept = PointCache(most=3)
    for k in range(5):
        kept.put(str(k), Point("ksg", float(k), 0))
    assert kept.get("1", 1.0, 0) is None
    assert kept.get("2", 2.0, 0) == Point("ksg", 2.0, 0)


def test_a_refusal_is_a_sentence_and_the_others_go_on():
    plan = Plan("pid", generator("sign-sum"), "n", (120.0,))
    chosen = {name: settings_from("pid", name, "") for name in ("gaussian", "binned")}
    refused, given = contest(plan, chosen).points
    assert "class label" in refused.refused and not refused.values
    assert given.values["synergy"] > 0.2
    numbers = Plan("pid", generator("sign-sum"), "n", (120.0,), labels="number")
    assert contest(numbers, chosen).points[0].values["synergy"] > 0.2


def test_it_stops_between_estimates():
    plan = Plan("mi", generator("gaussian-pair?seed=78"), "n", (100.0, 200.0, 500.0))
    said: list[str] = []

    def report(share: float, words: str) -> None:
        said.append(words)

    found = contest(plan, {"gaussian": settings_from("mi", "gaussian", "")}, report, lambda: len(said) > 1)
    assert found.stopped and len(found.points) == 1
    assert said[0] == "Gaussian at n = 100"


def test_it_stops_within_an_estimate_and_keeps_no_half_of_it():
    plan = Plan("mi", generator("gaussian-pair?seed=79&d=4"), "n", (2000.0,))
    chosen = {"ksg": settings_from("mi", "ksg", "")}
    asked = iter([False, True])
    found = contest(plan, chosen, should_stop=lambda: next(asked, True))
    assert found.stopped and not found.points
    assert not known(plan, chosen)


def test_a_run_reports_the_same_points_as_frames():
    task = Contest(question="mi", estimator="ksg", data="swiss-roll?seed=5", over="n", ats="100,200", seeds=2)
    recorder = Recorder.in_memory()
    run(task, recorder)
    wanted = contest(task.plan(), {"ksg": task.chosen()}).points
    frames = json.loads(json.dumps(recorder.frames))
    found = [Point.from_dict(frame) for frame in frames]
    assert [(p.at, p.seed, p.values, p.low, p.ceiling, p.warnings) for p in found] == [
        (p.at, p.seed, p.values, p.low, p.ceiling, p.warnings) for p in wanted
    ]
    assert recorder.results["points"] == 4


def test_numbers_that_are_not_finite_survive_a_frame():
    point = Point("mine", 2.0, 0, {"mi": float("nan")}, warnings=("lost",))
    assert np.isnan(Point.from_dict({**point.to_dict(), "values": {"mi": None}}).values["mi"])
    assert CACHE.get("nothing of the kind", 0.0, 0) is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"estimator": "ksgg"}, "'ksgg' is not known"),
        ({"data": "gaussian-pear"}, "did you mean 'gaussian-pair'"),
        ({"ats": "1,x"}, "numbers with commas"),
        ({"ats": ""}, "has 0 values"),
        ({"over": "angle"}, "no parameter 'angle'"),
        ({"settings": "bins=0"}, "no parameter 'bins'"),
    ],
)
def test_a_task_that_makes_no_sense_is_told_in_a_sentence(values, told):
    with pytest.raises(BadSpec, match=told):
        Contest(**values)

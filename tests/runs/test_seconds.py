"""How long a run takes is said before it begins: within a factor of three of the processor's time, and as the pieces add up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mmexplore import runs
from mmexplore.estimators.mi.task import MIRun
from mmexplore.estimators.pids.batch_task import PIDBatch
from mmexplore.estimators.pids.flow_task import PIDFlow
from mmexplore.labs.contest.task import Contest
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.labs.yourdata.task import Predictive, PredictiveLearning, PredictivePairs
from mmexplore.runs import limits
from tests.labs.pages import open_lab, words

CRITIC = Contest(question="mi", estimator="infonce", ats="400,800", settings="steps=300")
OWN = "own?id=0123456789abcdef"

MEASURED = {
    "critic": CRITIC,
    "flow": PIDFlow(estimator="flow", data="warped?n=1000", steps=100),
    "hybrid": PIDFlow(estimator="hybrid", data="warped?n=500", steps=50),
    "batch": PIDBatch(data="sign-sum?n=500"),
    "predictive": Predictive(data="real=iris", seed=1),
    "pairs": PredictivePairs(data="real=wine"),
    "learning": PredictiveLearning(data="real=breast_cancer"),
}


@pytest.mark.parametrize("name", [n if n != "learning" else pytest.param(n, marks=pytest.mark.long) for n in MEASURED])
def test_what_is_said_is_within_a_factor_of_three_of_what_the_processor_needs(name, empty_runs_folder):
    task = MEASURED[name]
    runs.train(Contest(question="mi", estimator="infonce", ats="60", settings="steps=10&folds=1"))  # torch is there
    limits.slowness.cache_clear()
    said = runs.estimate(task)
    begun = time.process_time()
    assert runs.train(task).state.phase == "finished"
    needed = time.process_time() - begun
    assert said is not None and said / 3 < needed < 3 * said, f"{name}: {said:.1f} s said, {needed:.1f} s needed"


def test_places_and_samples_of_a_contest_add_up():
    def seconds(**values):
        return CRITIC.replace(**values).seconds()

    first, second, both = seconds(ats="400"), seconds(ats="800"), seconds()
    start = first + second - both
    assert 0.0 < start < 1.0
    assert seconds(seeds=3) - start == pytest.approx(3 * (both - start))
    assert seconds(settings="steps=600") > 1.5 * both
    assert Contest(question="mi", estimator="ksg").seconds() is None  # computed at once


def test_more_work_takes_longer():
    flow = PIDFlow(estimator="flow", data="warped?n=1000")
    assert flow.replace(steps=1000).seconds() > 1.8 * flow.seconds()
    assert flow.replace(estimator="hybrid").seconds() > flow.seconds()
    batch = PIDBatch()
    assert batch.replace(align_epochs=100).seconds() > 5 * batch.seconds()
    one = MIRun()
    assert one.replace(seeds=4).seconds() > 2.5 * one.seconds()
    assert one.replace(critic="concatenated").seconds() > 5 * one.seconds()
    real = Predictive(data="real=wine")
    assert real.replace(draws=999).seconds() > 3 * real.seconds()
    assert PredictiveLearning(data="real=wine").seconds() > 2 * real.replace(draws=0).seconds()


@pytest.mark.parametrize("kind", [MIRun, PIDFlow, PIDBatch, Predictive, PredictivePairs, PredictiveLearning])
def test_nothing_is_known_of_rows_that_are_nowhere_but_with_the_visitor(kind):
    assert kind(data=OWN).seconds() is None


def test_whoever_has_the_rows_can_say_it():
    study = Study(real="wine")
    for kind in (Predictive, PredictivePairs, PredictiveLearning):
        known = kind(data="real=wine").seconds()
        assert kind(data=OWN).seconds_of(study, dataset_of(study)) == known
    assert PIDFlow(data=OWN).seconds_of(2000, (2, 2, 2)) == PIDFlow(data="warped?n=2000").seconds()
    assert limits.estimate(PIDFlow(data=OWN), lambda: 7.0) == pytest.approx(7.0 * limits.slowness())


def test_the_page_of_estimators_says_it_before_the_start(empty_runs_folder, monkeypatch):
    monkeypatch.setattr("mmexplore.runs.store.SHIPPED", Path("nowhere"))
    app = open_lab("contest", question="mi", estimators="infonce")
    assert not app.exception and "takes about" in words(app)

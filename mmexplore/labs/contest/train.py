"""The program of a `mmexplore.labs.contest.task.Contest`: one trained estimator over a whole plan, a frame for every estimate."""

from __future__ import annotations

from typing import Any

from mmexplore.labs.contest.contest import measure
from mmexplore.runs.recorder import Recorder


def run(task: Any, recorder: Recorder) -> None:
    """Estimate point after point; what is done when the run is stopped stays."""
    plan, settings = task.plan(), task.chosen()
    places = list(plan.specs())
    seconds = []
    for k, (at, seed, spec) in enumerate(places):
        place = f"{plan.base.parameter(plan.over).label.lower()} {at:g}, sample {seed + 1}"

        def report(share: float, words: str, done: int = k, place: str = place) -> None:
            recorder.progress((done + share) / len(places), f"{place}: {words[:1].lower()}{words[1:]}")

        report(0.0, "drawing rows")
        point = measure(plan, task.estimator, settings, at, seed, spec.sample(), report=report, device=recorder.device)
        seconds.append(point.seconds)
        recorder.frame(k, point.to_dict())
    recorder.result({"points": len(places), "seconds": sum(seconds)})

"""Compute runs that come with the program again, into assets/runs.

    python -m benchmarks.shipped predictive [wine ...]     the bundled data sets by predictors
    python -m benchmarks.shipped losses [kept ...]         the lab of losses: tables, sweep, bounds and presets

A shipped run is the folder of a finished run; pages open it at once, whoever asks first.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from mmexplore.datasets import real_data
from mmexplore.labs.losses.presets import PRESETS
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.labs.yourdata.task import task_of
from mmexplore.runs.folder import Run
from mmexplore.runs.store import SHIPPED
from mmexplore.runs.task import Task
from mmexplore.runs.worker import describe, execute

SHIPPED_PRESETS = ("paper", "notebook", "end", "shared", "unique", "synergy", "trifeature")
_LEFTOVERS = ("lock", "progress.json", "seen", "log.txt")


def ship(name: str, task: Task) -> None:
    """Compute one run and put it where shipped ones lie.

    Raises:
        SystemExit: it failed; the sentence says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / task.name()
        describe(made, task)
        execute(made)
        state = Run(made).state
        if state.phase != "finished":
            raise SystemExit(f"{name}: {state.words}")
        for leftover in _LEFTOVERS:
            (made / leftover).unlink(missing_ok=True)
        goal = SHIPPED / task.name()
        shutil.rmtree(goal, ignore_errors=True)
        shutil.copytree(made, goal)
    size = sum(path.stat().st_size for path in goal.rglob("*") if path.is_file())
    print(f"{name}: {goal.name}, {size / 1e6:.2f} MB, {state.seconds:.0f} s", flush=True)


def predictive(names: list[str]) -> None:
    """The first study of every bundled data set."""
    for name in names or real_data():
        study = Study().put(source="real", real=name)
        ship(name, task_of(study, dataset_of(study).sha256))


def losses(names: list[str]) -> None:
    """The lab of losses: what its views show first, and the presets that take longer than a minute or are linked to."""
    view = FactorClScene()
    tasks = {run: view.task(run) for run in ("kept", "stability", "sweep", "bounds")}
    tasks |= {name: PRESETS[name].of(FactorClScene).task("lab") for name in SHIPPED_PRESETS}
    for name in names or tasks:
        ship(name, tasks[name])


def main() -> None:
    """Compute what is asked for."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("kind", choices=("predictive", "losses"))
    made.add_argument("names", nargs="*", help="some of them; none: all")
    options = made.parse_args()
    {"predictive": predictive, "losses": losses}[options.kind](options.names)


if __name__ == "__main__":
    main()

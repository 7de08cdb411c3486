"""The run of `mmexplore.labs.losses.task.FactorClSweep`: accuracy over the unique share of the label, all ratios and seeds in one computation.

The views do not depend on the ratio, only the label does. A method that does not use the label is trained once a seed and read for every
ratio; one that uses it is trained for every ratio and seed, side by side.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import torch

from mmexplore.datasets.views.tables import decomposition
from mmexplore.labs.losses.objectives import BASELINES, LAYERS, READOUTS, Objective, objectives
from mmexplore.labs.losses.task import FactorClSweep
from mmexplore.labs.losses.train.method import make
from mmexplore.labs.losses.train.probes import Answers
from mmexplore.labs.losses.train.program import Shifted, shape_of, truth_in_words
from mmexplore.labs.losses.train.reading import LOOK_ITERATIONS, LOOK_ROWS, WHOLE, StackProbes
from mmexplore.labs.losses.train.rows import Batches, StackRows, draw_rows
from mmexplore.labs.losses.train.trainee import Trainee
from mmexplore.runs.recorder import Recorder
from mmexplore.training.loop import Look, train

_PLACES = [list(READOUTS).index(name) for name in WHOLE]


def run(spec: FactorClSweep, recorder: Recorder) -> None:
    """Every method over every ratio."""
    started = time.perf_counter()
    seeds = tuple(range(spec.seed, spec.seed + spec.seeds))
    ratios = spec.unique_ratios()
    recorder.progress(0.0, "Drawing data")
    once, each = draw_over(spec, seeds, recorder.device)
    chosen = (*objectives(",".join(BASELINES)), *spec.chosen())
    recorder.keep(
        "names",
        {
            "methods": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "ratio": np.array(ratios),
            "layers": np.array(list(LAYERS)),
            "shared": np.array([spec.views(ratio).shared_accuracy().get("y", np.nan) for ratio in ratios]),
            "chance": reader_of(once, spec.batch, spec.latents).chance(),
        },
    )
    tables = [
        _one(spec, recorder, objective, each if objective.uses_label else once, index, len(chosen))
        for index, objective in enumerate(chosen)
    ]
    recorder.keep("table", {k: np.stack([t[k] for t in tables]) for k in ("accuracy", "mlp")})
    recorder.result(
        {
            "methods": [o.text() for o in chosen],
            "titles": [o.heading() for o in chosen],
            "ratio": list(ratios),
            "side": spec.side,
            "truth": [truth_in_words(decomposition(spec.views(ratio))) for ratio in ratios],
            "rows": once.train,
            "rows_test": once.n - once.train,
            "seconds": time.perf_counter() - started,
            "device": recorder.device,
        }
    )


def _one(
    spec: FactorClSweep, recorder: Recorder, objective: Objective, rows: StackRows, index: int, many: int
) -> dict[str, np.ndarray]:
    """Train one method and read it at every ratio: accuracy and mlp, (2 layers, K, Q).

    Args:
        spec, recorder: of the run.
        objective: what it is trained for.
        rows: as `draw_over` gives them, with a member for every ratio where the objective uses the label.
        index, many: place among all methods, baselines first, and their number.
    """
    begun = time.perf_counter()
    probes = reader_of(rows, spec.batch, spec.latents)
    method = make(objective, shape_of(spec, rows))
    steps = 0 if objective.name in BASELINES else spec.steps
    first = max(0, index - len(BASELINES)) * spec.steps
    low, high = (0.02 + 0.98 * max(0, index - k) / max(1, many - 2) for k in (2, 1))
    numbers = {"method": index, "updates": steps}

    def seen(i: int) -> Look:
        scores, there = probes.linear(method, LOOK_ROWS, LOOK_ITERATIONS, WHOLE)
        accuracy = probes.spread(scores, there, {"accuracy": scores.accuracy})["accuracy"]
        spent = time.perf_counter() - begun
        frame = {"update": i, "done": 0, "seconds": spent}
        return Look(frame, {"accuracy": over(accuracy, spec.seeds, objective.uses_label)})

    if steps:
        trainee = Trainee(method, Batches(rows, spec.batch, method, spec.augment), spec.rate, steps, seen)
        shifted, words = Shifted(recorder, first, numbers), f"Training {objective.title}"
        train(trainee, shifted, steps, looks=spec.looks, share=(low, high), words=words, first=1)
    method.eval()
    final = probes.final(method, names=WHOLE)
    table = {k: over(final[k], spec.seeds, objective.uses_label) for k in ("accuracy", "mlp")}
    last = {"update": steps, "done": 1, "seconds": time.perf_counter() - begun}
    recorder.frame(first + steps, numbers | last, table)
    recorder.progress(high, f"{objective.title} is done")
    return table


def draw_over(spec: FactorClSweep, seeds: tuple[int, ...], device: str) -> tuple[StackRows, StackRows]:
    """Rows with one label a ratio, members = seeds; and with one label, members = ratios x seeds (ratios lead)."""
    drawn = [draw_rows(spec.views(ratio), seeds, device) for ratio in spec.unique_ratios()]
    one = drawn[0]
    labels = torch.cat([r.labels[..., :1] for r in drawn], dim=-1)  # (K, n, Q)
    names = tuple(f"y {q}" for q in range(len(drawn)))
    once = replace(one, labels=labels, names=names, classes=(2,) * len(drawn), factors={})
    each = replace(
        one,
        seeds=tuple(seed + 2**20 * q for q in range(len(drawn)) for seed in seeds),
        x1=torch.cat([r.x1 for r in drawn]),
        x2=torch.cat([r.x2 for r in drawn]),
        labels=torch.cat([r.labels[..., :1] for r in drawn]),
        names=("y",),
        classes=(2,),
        factors={},
    )
    return once, each


def reader_of(rows: StackRows, batch: int, latents: str) -> StackProbes:
    """A reader of labels alone."""
    none = Answers(rows.labels, rows.classes, rows.x1.new_zeros((len(rows.seeds), rows.n, 0)), ())
    return StackProbes(rows, none, batch, latents)


def over(accuracy: np.ndarray, seeds: int, each: bool) -> np.ndarray:
    """(2 layers, seeds, ratios) from (seeds, R, ratios) of one training a seed, or (ratios x seeds, R, 1) of one for each."""
    both = accuracy[:, _PLACES].swapaxes(0, 1)
    return both[..., 0].reshape(len(_PLACES), -1, seeds).swapaxes(1, 2) if each else both

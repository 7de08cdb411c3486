"""The run of `mmexplore.labs.losses.task.FactorCl`: baselines, then method after method, all seeds at once."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from mmexplore.datasets.views import LabelTruth
from mmexplore.datasets.views.own import Own
from mmexplore.datasets.views.tables import decomposition, truth_of_arrays
from mmexplore.labs.losses.objectives import BASELINES, READOUTS, Objective, objectives
from mmexplore.labs.losses.task import FactorCl
from mmexplore.labs.losses.train.method import LossMethod, Shape, make
from mmexplore.labs.losses.train.reading import WHOLE, StackProbes, reader
from mmexplore.labs.losses.train.rows import Batches, StackRows, draw_rows
from mmexplore.labs.losses.train.trainee import Trainee
from mmexplore.runs.recorder import Recorder
from mmexplore.training.loop import Look, train

_CHANCE_MARGIN = 0.03
FINAL = ("accuracy", "mlp", "r2", "r2_mlp")


def run(spec: FactorCl, recorder: Recorder) -> None:
    """Train and read everything the task names."""
    started = time.perf_counter()
    views = spec.views()
    arrays = recorder.data() if isinstance(views, Own) else None
    seeds = range(spec.seed, spec.seed + spec.seeds)
    recorder.progress(0.0, "Drawing data")
    rows = draw_rows(views, seeds, recorder.device, arrays)
    probes = reader(rows, spec.batch, spec.latents)
    chosen = (*objectives(",".join(BASELINES)), *spec.chosen())
    recorder.keep("names", names(chosen, rows, probes))
    tables: list[dict[str, np.ndarray]] = []
    seconds = []
    for index, objective in enumerate(chosen):
        begun = time.perf_counter()
        method = make(objective, shape_of(spec, rows))
        steps = 0 if objective.name in BASELINES else spec.steps
        first = max(0, index - len(BASELINES)) * spec.steps
        share = (
            0.02 + 0.98 * max(0, index - 2) / max(1, len(chosen) - 2),
            0.02 + 0.98 * max(0, index - 1) / max(1, len(chosen) - 2),
        )

        def seen(
            i: int, index: int = index, method: LossMethod = method, begun: float = begun, steps: int = steps
        ) -> Look:
            return look(probes, method, {"method": index, "update": i, "updates": steps, "done": 0}, begun)

        before: dict[str, np.ndarray] = {}
        if steps:
            before = {f"{name}_untrained": values for name, values in probes.final(method, names=WHOLE).items()}
            trainee = Trainee(method, Batches(rows, spec.batch, method, spec.augment), spec.rate, steps, seen)
            words = f"Training {objective.title}"
            train(trainee, Shifted(recorder, first), steps, looks=spec.looks, share=share, words=words, first=1)
        method.eval()
        scores = probes.final(method) | probes.nulls(method)
        nothing = {f"{name}_untrained": np.full_like(scores[name], np.nan) for name in FINAL}
        scores |= nothing | before | {"widths": probes.widths(method)}
        tables.append(scores)
        seconds.append(time.perf_counter() - begun)
        recorder.keep(f"method-{index}", {k: v for k, v in scores.items() if not k.startswith("null")})
        last = look(probes, method, {"method": index, "update": steps, "updates": steps, "done": 1}, begun, scores)
        recorder.frame(first + steps, last.numbers, last.arrays)
        recorder.progress(share[1], f"{objective.title} is done")
    stacked = {name: np.stack([t[name] for t in tables]) for name in tables[0]}
    recorder.keep("table", stacked | {"seconds": np.array(seconds)})
    truth = truth_of_arrays(arrays) if arrays is not None else decomposition(views)
    known = truth_in_words(truth) | {"synergy_at_chance": synergy_at_chance(truth, stacked, probes)}
    recorder.result(
        {
            "methods": [o.text() for o in chosen],
            "titles": [o.heading() for o in chosen],
            "readouts": list(READOUTS),
            "labels": list(rows.names),
            "factors": list(rows.factors),
            "rows": rows.train,
            "rows_test": rows.n - rows.train,
            "truth": known,
            "seconds": time.perf_counter() - started,
            "device": recorder.device,
        }
    )
    warn(recorder, known)


class Shifted:
    """A recorder whose frames count on from those of the methods before, each with the same further numbers.

    The loop begins at 1, which spares the evaluation at step 0: the untrained encoder shows it.
    """

    def __init__(self, recorder: Recorder, first: int, numbers: Mapping[str, float] | None = None) -> None:
        self._recorder, self._first, self._numbers = recorder, first, numbers or {}
        self.progress = recorder.progress

    def frame(self, step: int, numbers: Mapping[str, float], arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Shifted."""
        self._recorder.frame(self._first + step - 1, {**numbers, **self._numbers}, arrays)


def shape_of(spec: Any, rows: StackRows, seeds: tuple[int, ...] | None = None) -> Shape:
    """Sizes of the networks of a task for some rows; supervised ones use the first label."""
    return Shape(
        seeds=rows.seeds if seeds is None else seeds,
        view1=tuple(rows.x1.shape[2:]),
        view2=tuple(rows.x2.shape[2:]),
        classes=(rows.classes[0],),
        width=spec.width,
        layers=spec.layers,
        embedding=spec.embedding,
        device=str(rows.x1.device),
    )


def names(chosen: tuple[Objective, ...], rows: StackRows, probes: StackProbes) -> dict[str, np.ndarray]:
    """The arrays that say what the axes of the others are."""
    return {
        "methods": np.array([o.text() for o in chosen]),
        "titles": np.array([o.heading() for o in chosen]),
        "readouts": np.array(list(READOUTS)),
        "labels": np.array(rows.names),
        "factors": np.array(list(rows.factors), dtype=str),
        "chance": probes.chance(),
        "points_y": probes.points_y(),
        "seeds": np.array(rows.seeds),
    }


def look(
    probes: StackProbes,
    method: LossMethod,
    numbers: dict[str, float],
    begun: float,
    final: Mapping[str, np.ndarray] | None = None,
) -> Look:
    """What one frame shows; `final` are final scores, if there are any."""
    scores = probes.quick(method) if final is None else {"accuracy": final["accuracy"], "r2": final["r2"]}
    whole, loss = (list(READOUTS).index(name) for name in WHOLE)
    shown = numbers | {
        "seconds": time.perf_counter() - begun,
        "accuracy": float(scores["accuracy"][:, whole, 0].mean()),
        "accuracy_loss": float(scores["accuracy"][:, loss, 0].mean()),
        "ceiling": math.log2(min(probes.batch, probes.rows.n - probes.rows.train)),
    }
    return Look(shown, scores | {"bounds": probes.bounds(method)} | probes.points(method))


def truth_in_words(truth: LabelTruth) -> dict[str, Any]:
    """A truth as plain values, in the words of the decomposition and in FactorCL's."""
    p = truth.pid
    i1, i2, i12 = float(p.i1), float(p.i2), float(p.i12)
    atoms = {name: float(value) for name, value in p.atoms._asdict().items()}
    factorcl = {"shared_factorcl": i1 + i2 - i12, "unique1_factorcl": i12 - i2, "unique2_factorcl": i12 - i1}
    return (
        atoms
        | factorcl
        | {"i1": i1, "i2": i2, "i12": i12, "gap": float(p.gap), "exact": truth.exact, "words": truth.words}
    )


def synergy_at_chance(truth: LabelTruth, tables: Mapping[str, np.ndarray], probes: StackProbes) -> bool:
    """Whether the label is synergy in the main and no trained method reads it much above chance."""
    atoms = truth.pid.atoms
    if float(atoms.synergy) < 0.5 * float(truth.pid.i12):
        return False
    whole = list(READOUTS).index("z12")
    best = tables["accuracy"][len(BASELINES) :, :, whole, 0].mean(axis=1)
    return bool(len(best) and np.max(best) < float(probes.chance()[:, 0].mean()) + _CHANCE_MARGIN)


def warn(recorder: Recorder, known: Mapping[str, Any]) -> None:
    """Sentences a reader of the result must know."""
    if known["synergy_at_chance"]:
        recorder.warn(
            "The label is synergy in the main, and no method reads it above chance: an XOR is found by a nonlinear fusion only, and not by every seed."
        )

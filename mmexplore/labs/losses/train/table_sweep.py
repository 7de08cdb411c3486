"""The run of `mmexplore.labs.losses.table_task.KeptSweep`: the table of what each loss keeps, over widths and learning rates."""

from __future__ import annotations

import time
from itertools import product

import numpy as np

from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, Objective, objectives
from mmexplore.labs.losses.table_task import KeptSweep
from mmexplore.labs.losses.train.reading import WHOLE
from mmexplore.labs.losses.train.table import READ, drawn_rows, measured, work_before
from mmexplore.runs.recorder import Recorder

_PLACES = [READ.index(name) for name in WHOLE]


def run(spec: KeptSweep, recorder: Recorder) -> None:
    """Every objective at every width and rate."""
    started = time.perf_counter()
    widths, rates = spec.widths(), spec.learning_rates()
    settings = list(product(range(len(widths)), range(len(rates))))
    rows, probes = drawn_rows(spec.table(widths[0], rates[0]), recorder.device)
    chosen = (*objectives(",".join(BASELINES)), *spec.chosen())
    recorder.keep(
        "names",
        {
            "objectives": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "atoms": np.array(ATOMS_KEPT),
            "readouts": np.array(WHOLE),
            "embeddings": np.array(widths),
            "rates": np.array(rates),
            "seeds": np.array(rows.seeds),
        },
    )
    shape = (len(chosen), len(widths), len(rates), spec.seeds, len(ATOMS_KEPT), len(WHOLE))
    found = {name: np.full(shape, np.nan) for name in ("kept", "readable")}
    for o, objective in enumerate(chosen):
        low, high = work_before(o, chosen), work_before(o + 1, chosen)
        for i, (w, q) in enumerate(settings):
            begun = time.perf_counter()
            share = (low + (high - low) * i / len(settings), low + (high - low) * (i + 1) / len(settings))
            if _again(objective, w, q):
                for values in found.values():
                    values[o, w, q] = values[o, w, 0] if objective.name == "untrained" else values[o, 0, 0]
            else:
                table = measured(
                    spec.table(widths[w], rates[q]), objective, rows, probes, recorder, share, before=False, names=WHOLE
                )
                for name, values in found.items():
                    values[o, w, q] = table[name][..., _PLACES]
            numbers = {"objective": o, "embedding": w, "rate": q, "done": 1, "seconds": time.perf_counter() - begun}
            recorder.frame(o * len(settings) + i, numbers, {name: values[o, w, q] for name, values in found.items()})
            recorder.progress(share[1], f"{objective.title} at width {widths[w]} and rate {rates[q]:g} is read")
    recorder.keep("table", found)
    over = found["kept"][..., 0].mean(axis=3)  # (O, W, Q, A), of z12
    recorder.result(
        {
            "objectives": [o.text() for o in chosen],
            "titles": [o.heading() for o in chosen],
            "atoms": list(ATOMS_KEPT),
            "embeddings": list(widths),
            "rates": list(rates),
            "least": over.min(axis=(1, 2)),
            "most": over.max(axis=(1, 2)),
            "seconds": time.perf_counter() - started,
            "device": recorder.device,
        }
    )


def _again(objective: Objective, w: int, q: int) -> bool:
    """Whether it was read already: raw inputs have no width, and neither baseline a rate."""
    return (objective.name == "raw" and (w, q) != (0, 0)) or (objective.name == "untrained" and q > 0)

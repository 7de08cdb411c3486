"""What a run of the lab found, as a short list of named numbers: means over seeds, with the least and the most of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from mmexplore.lab import Number
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.objectives import ATOMS_KEPT, LAYERS
from mmexplore.labs.losses.reading import WHERE, objective_of, read_bounds, read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import read_stability, read_table
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorClSweep
from mmexplore.runs import Run
from mmexplore.units import BITS_PER_NAT


def numbers(scene: FactorClScene, run: Run | None) -> tuple[Number, ...]:
    """What is known without training, and the outcome of a run of the lab where there is one.

    Args:
        scene: the view that asks for it.
        run: one of the lab's kinds.
    """
    if run is None or not run.exists:
        return tuple(_known(scene))
    kinds = {
        "factorcl": _lab,
        "factorcl-sweep": _sweep,
        "bounds": _bounds,
        "kept": _table,
        "kept-sweep": _stability,
    }
    return (*_known(scene), *kinds[run.task.kind](scene, run))


def _known(scene: FactorClScene) -> Iterator[Number]:
    """What the data allow or hold, exactly."""
    task = scene.shown_task()
    if isinstance(task, Kept | KeptSweep):
        for atom in ATOMS_KEPT:
            yield Number(f"the views hold: {atom}", 1.0, "bit", certificate="exact")
    elif isinstance(task, Bounds):
        for truth in task.truths():
            yield Number(f"true information: {truth:g} nat", truth * BITS_PER_NAT, "bit", certificate="exact")
    elif isinstance(task, FactorClSweep):
        for ratio in task.unique_ratios():
            accuracy = task.views(ratio).shared_accuracy().get("y")
            if accuracy is not None:
                yield Number(
                    f"accuracy at view-specific share {ratio:g} from what both views share",
                    accuracy,
                    certificate="exact",
                )
    else:
        for label, accuracy in scene.shared_accuracy().items():
            yield Number(f"accuracy on {label} from what both views share", accuracy, certificate="exact")


def _of_seeds(name: str, values: npt.NDArray[np.float64], unit: str, probe: str) -> Iterator[Number]:
    """One number of the values of all seeds; none where there is no value."""
    good = values[np.isfinite(values)]
    if not len(good):
        return
    seeds = f"{len(good)} seeds" if len(good) > 1 else "one seed"
    yield Number(
        name, float(good.mean()), unit, float(good.min()), float(good.max()), f"{probe}, {seeds}, held-out rows"
    )


def _lab(scene: FactorClScene, run: Run) -> Iterator[Number]:
    lab = read_lab(run)
    if lab is None:
        return
    label = lab.labels[0]
    for m, title in enumerate(lab.titles):
        for layer, words in WHERE.items():
            if layer == "representation" or lab.headed(m):
                name = f"{title}: accuracy on {label} {words}"
                yield from _of_seeds(name, lab.scores("accuracy", layer)[m, :, 0], "", "linear probe")
    yield Number(f"chance of {label}", float(lab.chance[:, 0].mean()), certificate="most frequent value")


def _sweep(scene: FactorClScene, run: Run) -> Iterator[Number]:
    seen = read_sweep(run)
    if seen is None:
        return
    for m, title in enumerate(seen.titles):
        for place, layer in enumerate(seen.layers):
            for q in (0, len(seen.ratio) - 1):
                name = f"{title}: accuracy at view-specific share {seen.ratio[q]:g} {WHERE[layer]}"
                yield from _of_seeds(name, seen.accuracy[m, place, :, q], "", "linear probe")


def _bounds(scene: FactorClScene, run: Run) -> Iterator[Number]:
    seen = read_bounds(run)
    if seen is None:
        return
    for t, truth in enumerate(seen.truth):
        given = ", given a third variable" if seen.conditional[t] else ""
        for name, values in (("NCE, from below", seen.nce), ("NCE-CLUB, from above", seen.club)):
            yield from _of_seeds(f"{name}, of {truth:.3f} bit{given}", values[t], "bit", "trained critic")


def _table(scene: FactorClScene, run: Run) -> Iterator[Number]:
    seen = read_table(run)
    if seen is None:
        return
    for o, title in enumerate(seen.titles):
        for a, atom in enumerate(seen.atoms):
            for layer, words in WHERE.items():
                if layer == "loss" and not objective_of(seen.objectives[o]).has_head:
                    continue
                values = seen.kept[o, :, a, seen.readouts.index(LAYERS[layer][2])]
                yield from _of_seeds(f"{title}: {atom} kept {words}", values, "bit", "MLP probe")


def _stability(scene: FactorClScene, run: Run) -> Iterator[Number]:
    seen = read_stability(run)
    if seen is None:
        return
    for o, title in enumerate(seen.titles):
        for a, atom in enumerate(seen.atoms):
            values = seen.mean("representation")[o, ..., a]
            good = values[np.isfinite(values)]
            if len(good):
                name = f"{title}: {atom} kept at the representation"
                words = f"mean, least and most over {len(good)} widths and rates"
                yield Number(name, float(good.mean()), "bit", float(good.min()), float(good.max()), words)

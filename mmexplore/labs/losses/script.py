"""A run of the lab as a Python script, and its numbers as rows."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.labs.losses.objectives import LAYERS
from mmexplore.labs.losses.reading import LabResults, read_bounds, read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import read_stability, read_table
from mmexplore.plaintext import docstring
from mmexplore.runs import Run
from mmexplore.runs.task import Task
from mmexplore.tabular import Dataset
from mmexplore.tabular.script import LOAD, two_views_lines

OWN_ELSEWHERE = "your own views are not part of a view; open the page with their file and take the script there"
_READ = {
    "factorcl": """
table = run.arrays("table")  # accuracy, mlp (methods, seeds, read-outs, labels); r2, r2_mlp (methods, seeds, read-outs, factors)
names = run.arrays("names")
for layer, name in (("representation", "z12"), ("at the loss", "loss12")):
    place = list(names["readouts"]).index(name)
    for m, title in enumerate(names["titles"]):
        scores = table["accuracy"][m, :, place].mean(axis=0)
        print(layer, title, {str(label): round(float(score), 4) for label, score in zip(names["labels"], scores)})
print("information about the label, in bits:", run.result()["truth"])
""",
    "factorcl-sweep": """
table = run.arrays("table")  # accuracy, mlp (methods, layers, seeds, ratios)
names = run.arrays("names")
for layer, name in enumerate(names["layers"]):
    for m, title in enumerate(names["titles"]):
        scores = table["accuracy"][m, layer].mean(axis=0)
        print(name, title, {round(float(q), 3): round(float(score), 4) for q, score in zip(names["ratio"], scores)})
""",
    "bounds": """
found = run.result()  # in bits
for truth, nce, club in zip(found["truth"], found["nce"], found["club"]):
    print(f"{nce:.3f} <= {truth:.3f} <= {club:.3f}")
""",
    "kept": """
found = run.result()  # bits of 1 kept at the representation, for each objective and each of the four atoms, means over seeds
for title, kept, readable in zip(found["titles"], found["kept"], found["readable"]):
    print(title, dict(zip(found["atoms"], zip(kept, readable))))
""",
    "kept-sweep": """
found = run.result()  # bits of 1 kept at the representation: least and most over widths and learning rates, means over seeds
for title, least, most in zip(found["titles"], found["least"], found["most"]):
    print(title, dict(zip(found["atoms"], zip(least, most))))
""",
}


def script(task: Task, scene: FactorClScene | None = None, dataset: Dataset | None = None) -> str:
    """Source text of a script that trains the same, or opens its run, and prints what came out.

    Args:
        task: what is trained.
        scene: says which columns of a visitor's own file are what.
        dataset: of that file, which lies beside the script.
    """
    cls = type(task)
    values = {p.name: getattr(task, p.name) for p in task.parameters() if getattr(task, p.name) != p.default}
    lines = [docstring(f"{task.title()}."), "", "import mmexplore as mm"]
    if task.own_data:
        lines += ["from mmexplore.labs.losses.scene import arrays_of"]
    lines += [f"from {cls.__module__} import {cls.__name__}"]
    if task.own_data:
        lines += [LOAD, "from mmexplore.tabular.two_views import FileColumns"]
    lines += [""]
    if values:
        lines += [f"task = {cls.__name__}(", *(f"    {name}={value!r}," for name, value in values.items()), ")"]
    else:
        lines += [f"task = {cls.__name__}()"]
    if task.own_data:
        if scene is None or dataset is None:
            raise BadData(OWN_ELSEWHERE)
        lines += [*two_views_lines(scene, dataset, "arrays_of({})[0]"), "run = mm.train(task, data=arrays)"]
    else:
        lines += ["run = mm.train(task)  # trained once, then read from its folder"]
    return "\n".join(lines) + "\n" + _READ[task.kind]


def script_of(scene: FactorClScene) -> str:
    """The script of what a view shows.

    Raises:
        BadData: the view is of a visitor's own data, which are no part of it.
    """
    task = scene.shown_task()
    if task is None:
        raise BadData(OWN_ELSEWHERE)
    return script(task)


def rows(run: Run, kind: str) -> list[dict[str, Any]]:
    """Every measured number of a run, one row each."""
    if kind == "factorcl":
        lab = read_lab(run)
        return [] if lab is None else list(_lab_rows(lab))
    if kind == "factorcl-sweep":
        return list(_sweep_rows(run))
    if kind == "bounds":
        return list(_bounds_rows(run))
    return list(_table_rows(run) if kind == "kept" else _stability_rows(run))


def as_csv(rows: list[dict[str, Any]]) -> str:
    """The rows as text."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _lab_rows(lab: LabResults) -> Iterator[dict[str, Any]]:
    """Scores as far as each method is, then those of its networks before training."""
    kinds = (
        ("accuracy", "linear", "accuracy", lab.labels),
        ("accuracy", "MLP", "mlp", lab.labels),
        ("r2", "linear", "r2", lab.factors),
        ("r2", "MLP", "r2_mlp", lab.factors),
    )
    for untrained, (score, probe, name, targets) in product((False, True), kinds):
        values = lab.before[name] if untrained else getattr(lab, name)
        for m, k, r, t in np.argwhere(np.isfinite(values)):
            frames = lab.frames[m]
            yield {
                "method": lab.methods[m],
                "title": lab.titles[m],
                "seed": int(lab.seeds[k]),
                "read from": lab.readouts[r],
                "of": targets[t],
                "score": score,
                "probe": probe,
                "value": repr(float(values[m, k, r, t])),
                "chance": repr(float(lab.chance[k, t])) if score == "accuracy" else "",
                "training step": 0 if untrained else int(frames[-1].get("update") or 0) if frames else "",
            }


def _sweep_rows(run: Run) -> Iterator[dict[str, Any]]:
    seen = read_sweep(run)
    if seen is None:
        return
    for probe, values in (("linear", seen.accuracy), ("MLP", seen.mlp)):
        for m, layer, k, q in np.argwhere(np.isfinite(values)):
            yield {
                "method": seen.methods[m],
                "title": seen.titles[m],
                "read at": seen.layers[layer],
                "seed": int(k),
                "view-specific share": repr(float(seen.ratio[q])),
                "probe": probe,
                "accuracy": repr(float(values[m, layer, k, q])),
                "chance": repr(float(seen.chance[k, q])),
            }


def _bounds_rows(run: Run) -> Iterator[dict[str, Any]]:
    seen = read_bounds(run)
    if seen is None:
        return
    for t, k in np.argwhere(np.isfinite(seen.nce)):
        yield {
            "truth (bit)": repr(float(seen.truth[t])),
            "conditional": int(seen.conditional[t]),
            "seed": int(k),
            "nce (bit)": repr(float(seen.nce[t, k])),
            "nce standard error": _or_nothing(seen.nce_error[t, k]),
            "nce_club (bit)": repr(float(seen.club[t, k])),
            "nce_club standard error": _or_nothing(seen.club_error[t, k]),
            "ceiling (bit)": repr(seen.ceiling),
        }


def _table_rows(run: Run) -> Iterator[dict[str, Any]]:
    seen = read_table(run)
    if seen is None:
        return
    for o, k, a, z in np.argwhere(np.isfinite(seen.kept)):
        yield {
            "objective": seen.objectives[o],
            "title": seen.titles[o],
            "seed": int(k),
            "bit": seen.atoms[a],
            "read from": seen.readouts[z],
            "kept (bit)": repr(float(seen.kept[o, k, a, z])),
            "kept, linear probe (bit)": _or_nothing(seen.kept_linear[o, k, a, z]),
            "linearly readable": _or_nothing(seen.readable[o, k, a, z]),
            "kept before training (bit)": _or_nothing(seen.untrained[o, k, a, z]),
        }


def _stability_rows(run: Run) -> Iterator[dict[str, Any]]:
    seen = read_stability(run)
    if seen is None:
        return
    for o, w, q, k, a, layer in np.argwhere(np.isfinite(seen.kept)):
        yield {
            "objective": seen.objectives[o],
            "title": seen.titles[o],
            "embedding": seen.embeddings[w],
            "learning rate": repr(seen.rates[q]),
            "seed": int(k),
            "bit": seen.atoms[a],
            "read at": list(LAYERS)[layer],
            "kept (bit)": repr(float(seen.kept[o, w, q, k, a, layer])),
            "linearly readable": _or_nothing(seen.readable[o, w, q, k, a, layer]),
        }


def _or_nothing(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else ""

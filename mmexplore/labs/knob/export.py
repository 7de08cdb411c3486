"""The numbers of a run as files: one row a setting (CSV), and what is on the dial now with what made it (JSON)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from mmexplore.labs.knob.dial import RunArrays, texts_of
from mmexplore.labs.knob.numbers import clipped, numbers_at
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.runs import Run
from mmexplore.tabular import csv_text
from mmexplore.version import __version__

_FIELDS = ("relevance_nats", "relevance_error_nats", "relevance_bound_nats", "mutual_nats", "excess_nats")


def as_csv(run: RunArrays) -> str:
    """One row a setting: rates of every latent, informations and scores of every probe; informations in nats, as the run holds them."""
    latents, factors = texts_of(run, "latents"), texts_of(run, "factors")
    fields = [name for name in _FIELDS if name in run]
    probes = [(z, f) for z in range(len(latents)) for f in range(len(factors))]
    labels = "label_nats" in run
    heads = [
        "beta",
        "gamma",
        *(f"rate_nats {name}" for name in latents),
        *fields,
        *(f"label_nats {name}" for name in latents if labels),
        *(f"{factors[f]} from {latents[z]} ({run['factor_score'][f]})" for z, f in probes),
    ]
    lines: list[Iterable[object]] = [heads]
    for b, beta in enumerate(run["beta"]):
        for g, gamma in enumerate(run["gamma"]):
            numbers = [beta, gamma, *run["rate_nats"][b, g], *(run[name][b, g] for name in fields)]
            numbers += [*run["label_nats"][b, g]] if labels else []
            numbers += [run["kept"][b, g, z, f] for z, f in probes]
            lines.append(["" if not math.isfinite(float(v)) else f"{float(v):.8g}" for v in numbers])
    return csv_text(lines)


def as_json(scene: KnobScene, run: Run, arrays: RunArrays) -> str:
    """What is on the dial now, the run's own numbers, and what made them."""
    beta, gamma = clipped(arrays, scene)
    document = {
        "title": scene.title(),
        "scene": scene.to_query(),
        "beta": beta,
        "gamma": gamma,
        "unit": scene.unit,
        "numbers": numbers_at(scene, arrays),
        "run": {
            "name": run.name,
            "task": run.task.to_dict(),
            "result": run.result(),
            "versions": dict(run.state.versions or {}),
        },
        "mmexplore": __version__,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)

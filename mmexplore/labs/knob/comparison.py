"""Methods on the same data beside one another: one information plane over the knobs, and a table of what each latent keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.dial import KnobDial, RunArrays, axes_of
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.numbers import label_lost, numbers_at, probed
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.dial.model import Grid, Quantity, Stacks
from mmexplore.units import BITS_PER_NAT


def plane(scene: KnobScene, grids: Mapping[str, RunArrays]) -> KnobDial | None:
    """The dial of all methods that have a rate: rate of the first latent and its information about Y, over the knobs that act in any of them.

    Args:
        scene: the data.
        grids: arrays of the runs, by method.
    """
    stochastic = {
        name: run
        for name, run in grids.items()
        if method(name).stochastic and all(np.isfinite(run[f]).all() for f in ("rate_nats", "relevance_nats"))
    }
    if not stochastic:
        return None
    # one dial for all: a method without a knob is the same wherever that knob stands
    knobs = {knob: max((np.asarray(run[knob]) for run in stochastic.values()), key=len) for knob in ("beta", "gamma")}
    axes, turn = axes_of(knobs)
    fields: dict[str, np.ndarray] = {}
    drawn: list[dict[str, Any]] = []
    for name, run in stochastic.items():
        for key, values in (("x", np.asarray(run["rate_nats"])[..., 0]), ("y", np.asarray(run["relevance_nats"]))):
            whole = np.broadcast_to(values, (len(knobs["beta"]), len(knobs["gamma"])))
            fields[f"{key} {name}"] = turn(np.asarray(whole, dtype=float) * BITS_PER_NAT)
        drawn.append(
            {
                "title": method(name).title,
                "x": f"x {name}",
                "y": f"y {name}",
                "hue": methods().index(name),
                "fixed": len(run["beta"]) == 1,
            }
        )
    static = {
        "methods": {
            "names": ["rate of the first latent", "information about Y"],
            "methods": drawn,
            "curves": _exact(stochastic),
        }
    }
    task = scene.task("own" if scene.data == OWN else "")
    identity = f"methods {task.replace(method='dvib').identity()} {scene.file} {' '.join(stochastic)}"
    grid = Grid(identity, axes, fields, tuple(Quantity(name, name, {name: 1.0}) for name in fields))
    return KnobDial(grid, Stacks({}, static))


def _exact(grids: Mapping[str, RunArrays]) -> list[dict[str, Any]]:
    """The exact curve, where the data are Gaussian."""
    rho = next((np.asarray(run["correlations"], dtype=float) for run in grids.values() if "correlations" in run), None)
    if rho is None:
        return []
    exact = gaussian_ib_of(rho, np.geomspace(1.0001, 5000.0, 400))
    x, y = (np.round(np.ravel(v), 5).tolist() for v in (exact.rate, exact.relevance))
    return [{"label": "exact Gaussian IB", "x": x, "y": y}]


def table(scene: KnobScene, grids: Mapping[str, RunArrays], beside: Sequence[Mapping[str, Any]] = ()) -> pa.Table:
    """One row a method, then the raw views and untrained networks, read by the same probes on the same rows.

    An Arrow table, since it is made anew at every move and Streamlit would turn a frame of pandas into one.

    Args:
        scene: where the knobs stand, and the unit.
        grids: arrays of the runs, by method.
        beside: `baselines` of the runs, which no move changes.
    """
    rows: list[Mapping[str, Any]] = []
    for name, run in grids.items():
        main = method(name).graphs.main
        sees = ",".join(method(name).graphs.sees(main))
        general = {
            words.removesuffix(f" on {main}")
            .replace(f"I({sees};{main})", "I(input;Z)")
            .replace(f"({main};", "(Z;"): round(value, 3)
            for words, value in numbers_at(scene.replace(method=name), run).items()
        }
        width = np.shape(run["kl_nats"])[-1]
        lost = {"label lost at β": label_lost(run, scene.gamma)} if "label_nats" in run else {}
        rows.append({"read from": method(name).title, "dimensions": width, **general, **lost})
    rows += beside
    # what every row has first, so that methods, raw views and untrained networks can be read side by side
    names = sorted(
        dict.fromkeys(name for row in rows for name in row), key=lambda name: sum(name not in r for r in rows)
    )
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def baselines(grids: Mapping[str, RunArrays]) -> list[dict[str, Any]]:
    """The raw views, and each method's networks before training, by the probes of the methods' rows."""
    rows: list[dict[str, Any]] = []
    for v, side in enumerate(("x", "y")):
        run = next((run for run in grids.values() if "factor_raw_mlp" in run), None)
        if run is not None:
            read = _read(run, run["factor_raw"][v], run["factor_raw_mlp"][v])
            rows.append({"read from": f"raw {side.upper()}", "dimensions": len(run[f"columns_{side}"]), **read})
    for name, run in grids.items():
        if "factor_untrained_mlp" in run:
            read = _read(run, run["factor_untrained"][0], run["factor_untrained_mlp"][0])
            width = np.shape(run["kl_nats"])[-1]
            rows.append({"read from": f"{method(name).title}, untrained (means)", "dimensions": width, **read})
    return rows


def _read(run: RunArrays, linear: np.ndarray, mlp: np.ndarray) -> dict[str, float]:
    scores = (
        (f, with_mlp, values[f]) for with_mlp, values in ((False, linear), (True, mlp)) for f in range(len(values))
    )
    return {probed(run, f, with_mlp): round(float(value), 3) for f, with_mlp, value in scores if np.isfinite(value)}

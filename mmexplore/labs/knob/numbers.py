"""Numbers of a run where the knobs stand: arrays of the grid read between its nodes, as the dial reads them."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from mmexplore.labs.knob.dial import RunArrays, axes_of
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.dial.model import Axis
from mmexplore.units import per_nat


def at_setting(run: RunArrays, name: str, beta: float, gamma: float) -> np.ndarray:
    """An array of the grid at one setting, between the nodes as the dial reads it; nan where a node is.

    Args:
        run: the arrays of the grid.
        name: of an array (beta, gamma, ...).
        beta, gamma: the setting; values outside the grid are read at its end.
    """
    axes = {axis.key: axis for axis in axes_of(run)[0]}
    values = np.asarray(run[name])
    for knob, value in (("beta", beta), ("gamma", gamma)):
        n = len(run[knob])
        place = _place(axes[knob], n, value) if knob in axes else 0.0
        k = min(int(place), max(0, n - 2))
        # in double precision from here: what is not at the setting need not be turned into it
        low = np.asarray(values[k], dtype=np.float64)
        values = (
            low if place == k else (k + 1 - place) * low + (place - k) * np.asarray(values[k + 1], dtype=np.float64)
        )
    return values


@lru_cache(maxsize=256)
def _place(axis: Axis, nodes: int, value: float) -> float:
    """Where a value lies among the nodes of an axis, 0 to nodes - 1; asked for every array that is read at one setting."""
    low, high = axis.place(axis.low), axis.place(axis.high)
    return (axis.place(axis.clip(value)) - low) / (high - low) * (nodes - 1)


def clipped(run: RunArrays, scene: KnobScene) -> tuple[float, float]:
    """The scene's knobs, beta and gamma, within the ranges of a run."""
    beta, gamma = (np.clip(getattr(scene, k), run[k][0], run[k][-1]) for k in ("beta", "gamma"))
    return float(beta), float(gamma)


def value_at(run: RunArrays, name: str, scene: KnobScene) -> np.ndarray | None:
    """An array of the grid where the knobs stand, or None where it does not apply."""
    return _value(run, name, clipped(run, scene))


def _value(run: RunArrays, name: str, at: tuple[float, float]) -> np.ndarray | None:
    if name not in run:
        return None
    values = at_setting(run, name, *at)
    return values if np.isfinite(values).any() else None


def numbers_at(scene: KnobScene, run: RunArrays) -> dict[str, float]:
    """Named numbers of a run where the knobs of a scene stand, in the scene's unit."""
    k, unit = per_nat(scene.unit), scene.unit
    main, at = scene.declared().graphs.main, clipped(run, scene)
    numbers: dict[str, float] = {}
    rates = _value(run, "rate_nats", at)
    if rates is not None:
        numbers[f"rate of all latents ({unit})"] = k * float(np.nansum(rates))
    for name, words in (("relevance_nats", f"I({main};Y)"), ("mutual_nats", "I(Zx;Zy)")):
        value = _value(run, name, at)
        if value is not None:
            numbers[f"{words} ({unit})"] = k * float(value)
    low, high = (_value(run, name, at) for name in ("information_nats", "information_high_nats"))
    if low is not None and high is not None:
        sees = ",".join(scene.declared().graphs.sees(main))
        numbers[f"I({sees};{main}), at least ({unit})"] = k * float(low[0])
        numbers[f"I({sees};{main}), at most ({unit})"] = k * float(high[0])
    label = _value(run, "label_nats", at)
    if label is not None:
        numbers[f"I({main};label), at least ({unit})"] = k * float(label[0])
    for name, mlp in (("kept", False), ("kept_mlp", True)):
        scores = _value(run, name, at)
        for f in range(len(run["factors"]) if scores is not None else 0):
            if scores is not None and math.isfinite(scores[0, f]):
                numbers[f"{probed(run, f, mlp)} on {main}"] = float(scores[0, f])
    return numbers


def probed(run: RunArrays, f: int, mlp: bool) -> str:
    """What is read of the f-th factor, and by which probe."""
    score = str(run["factor_score"][f])
    return f"{run['factors'][f]}: {score}, {'MLP' if mlp else 'logistic' if score == 'accuracy' else 'ridge'} probe"


def label_lost(run: RunArrays, gamma: float) -> float | None:
    """Largest beta of the grid at which the first latent's accuracy on the label is within two standard errors of chance; None where it never is.

    Args:
        run: the arrays of the grid.
        gamma: where that knob stands.
    """
    if not len(run["factors"]) or run["factor_score"][0] != "accuracy" or "rows_judged" not in run:
        return None
    chance = float(run["factor_chance"][0])
    least = chance + 2 * math.sqrt(chance * (1 - chance) / float(run["rows_judged"]))
    column = float(np.clip(gamma, run["gamma"][0], run["gamma"][-1]))
    lost = [beta for beta in run["beta"] if at_setting(run, "kept", float(beta), column)[0, 0] <= least]
    return float(max(lost)) if lost else None

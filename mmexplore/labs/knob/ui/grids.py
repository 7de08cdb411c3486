"""From what a run holds to what the dial shows: fields in bits over the knobs, and stacks for the views.

`mmexplore.labs.knob.task` says what the arrays are. A finished run holds all of them; while it trains, a coarse grid holds some, and a view
whose arrays are not there yet is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.methods import Method
from mmexplore.labs.knob.ui.curves import gaussian_curve, line, symmetric_curve
from mmexplore.ui.dial import Axis, Grid, Quantity, Stacks

Held = Mapping[str, np.ndarray]
BITS = 1.0 / math.log(2.0)

ALIVE = 0.02  # bits from which a latent dimension counts as alive
RARE_LOST, RARE_KNOWN = (
    0.65,
    0.75,
)  # area under the ROC: below the one a feature is lost, above the other the view has it
STEPS = 8  # colours of a factor that is a number
_INKS = {"Zx": "R", "Z": "R", "Zy": "S", "Wx": "U1", "Wy": "U2"}
_PICTURES = ("scatter", "scatter_mean", "recon_x", "recon_y")
_MOST_POINTS = 1_500_000  # numbers of the scatter of one kind


@dataclass(frozen=True)
class Shown:
    """What the dial draws, and where its knobs stand by default."""

    grid: Grid
    stacks: Stacks

    @property
    def acting(self) -> tuple[str, ...]:
        """Names of the knobs that act."""
        return tuple(axis.key for axis in self.grid.axes)


def shown(identity: str, held: Held, declared: Method) -> Shown:
    """The dial of a run.

    Args:
        identity: of these arrays; equal ones are taken to hold the same.
        held: arrays by name; those of the grid, and what does not change while it trains.
        declared: the method.
    """
    axes, turn = axes_of(held)
    told = {name: turn(held[name]) for name in held if _over_knobs(held, name)}
    arrays: dict[str, np.ndarray] = {}
    still: dict[str, Any] = {}
    fields = _plane(held, told, declared, still)
    _alive(held, told, arrays, still)
    if "row_factors" in held and "scatter" in told:
        _scatter(held, told, arrays, still)
    if "kept" in told:
        _kept(held, told, arrays, still)
    if "recon_x" in told and "item_x" in held:
        _rebuilt(held, told, arrays, still, len(axes))
    if "column_kept_x" in told:
        _lost(held, told, arrays, still)
    if not fields:  # nothing is paid and nothing measured: the dial still wants a number
        fields = {"none": np.zeros(_shape(axes, held))}
    quantities = tuple(Quantity(name, name, {name: 1.0}) for name in fields)
    return Shown(Grid(identity, axes, fields, quantities), Stacks(arrays, still))


def axes_of(held: Held) -> tuple[tuple[Axis, ...], Any]:
    """The knobs that act, and how an array (beta, gamma, ...) is turned for the dial: gamma first, knobs that do not act left out."""
    beta, gamma = (np.asarray(held[name], dtype=np.float64) for name in ("beta", "gamma"))
    axes: list[Axis] = []
    if len(beta) > 1:
        ends = (float(beta[0]), float(beta[-1]))
        axes.append(
            Axis(
                "beta",
                "β: keep more",
                *ends,
                1 / 80,
                "How much what is told counts against what the code costs: large beta keeps more, small beta compresses more.",
                "compress more",
                "keep more",
                default=min(max(8.0, ends[0]), ends[1]),
                marks=ends,
            )
        )
    if len(gamma) > 1:
        marks = tuple(map(float, gamma))
        axes.append(
            Axis(
                "gamma",
                "γ: tell the views back",
                marks[0],
                marks[-1],
                0.1,
                "How much telling a view back from its own code counts against what the views tell each other.",
                "not at all",
                "above all",
                default=1.0,
                marks=marks,
            )
        )

    def turn(array: np.ndarray) -> np.ndarray:
        array = np.swapaxes(np.asarray(array), 0, 1)  # (gamma, beta, ...)
        if len(beta) == 1:
            array = array[:, 0] if len(gamma) > 1 else array[:, :1]
            return array if len(gamma) > 1 else array[0, 0]
        return array if len(gamma) > 1 else array[0]

    return tuple(axes), turn


def _over_knobs(held: Held, name: str) -> bool:
    shape = np.shape(held[name])[:2]
    # while it trains, pictures come for the middle of the dial alone: one node, the same everywhere
    middle = name in _PICTURES and shape == (1, 1)
    return name not in ("beta", "gamma") and (shape == (len(held["beta"]), len(held["gamma"])) or middle)


def _shape(axes: tuple[Axis, ...], held: Held) -> tuple[int, ...]:
    return tuple(len(held[axis.key]) for axis in reversed(axes))


def _texts(held: Held, name: str) -> list[str]:
    return [str(text) for text in held[name]] if name in held else []


def _number(held: Held, name: str) -> float:
    return float(held[name]) if name in held else math.nan


def _bits(told: Held, name: str) -> np.ndarray | None:
    """A field in bits, or None where it does not apply."""
    if name not in told:
        return None
    values = np.asarray(told[name], dtype=np.float64) * BITS
    return values if np.isfinite(values).all() else None


# -- views ----------------------------------------------------------------------------------------------------------------


def _plane(held: Held, told: Held, declared: Method, still: dict[str, Any]) -> dict[str, np.ndarray]:
    """The information planes, each with its exact curve; returns the fields."""
    fields: dict[str, np.ndarray] = {}
    ways: list[dict[str, Any]] = []
    rates = _bits(told, "rate_nats")
    main = declared.graphs.main
    sees = ",".join(declared.graphs.sees(main))
    rho = np.asarray(held["correlations"], dtype=np.float64) if "correlations" in held else None
    paid = declared.stochastic and rates is not None

    def add(name: str, values: np.ndarray | None) -> bool:
        if values is not None:
            fields[name] = values
        return values is not None

    shared = [term for term in declared.terms if term.role == "shared"]
    if paid and rates is not None and add("relevance", _bits(told, "relevance_nats")):
        fields["rate"] = rates[..., 0]
        # what training believed is comparable only where it speaks of the same two: this latent and Y
        same = len(shared) == 1 and shared[0].kind == "told" and shared[0].parents == (main,) and shared[0].child == "Y"
        believed = same and add("bound", _bits(told, "relevance_bound_nats"))
        ceiling = _number(held, "relevance_ceiling_nats") * BITS
        ways.append(
            {
                "title": "tells of Y",
                "about": "of Y",
                "x": "rate",
                "y": "relevance",
                "names": [f"I({sees};{main}), the cost of {main}", f"I({main};Y), what it tells of Y"],
                "believed": "bound" if believed else None,
                **(gaussian_curve(rho) if rho is not None and sees == "X" else {"curves": [], "critical": []}),
                "ceiling": line(gaussian_ib_of(rho, 2.0).information, "all there is: I(X;Y)")
                if rho is not None
                else line(ceiling, "the most the estimator can show"),
            }
        )
    if paid and rates is not None and add("mutual", _bits(told, "mutual_nats")):
        fields["rates"] = rates[..., :2].sum(axis=-1)
        only = all(term.kind == "mutual" for term in shared)
        believed = only and add("bound", _bits(told, "relevance_bound_nats"))
        ways.insert(
            0,
            {
                "title": "the codes tell each other",
                "about": "of each other",
                "who": ["The codes cost", "tell"],
                "x": "rates",
                "y": "mutual",
                "names": ["I(X;Zx) + I(Y;Zy), the cost of both", "I(Zx;Zy), what they tell each other"],
                "believed": "bound" if believed else None,
                **(symmetric_curve(rho) if rho is not None else {"curves": [], "critical": []}),
                "ceiling": line(gaussian_ib_of(rho, 2.0).information, "all there is: I(X;Y)")
                if rho is not None
                else None,
            },
        )
    label = _bits(told, "label_nats")
    if paid and rates is not None and label is not None:
        fields["rate"], fields["about_label"] = rates[..., 0], label[..., 0]
        ways.append(
            {
                "title": "tells of the label",
                "about": "of the label",
                "x": "rate",
                "y": "about_label",
                "names": [f"I({sees};{main}), the cost of {main}", f"I({main};label), what it tells of the label"],
                "believed": None,
                "curves": [],
                "critical": [],
                "ceiling": line(_number(held, "label_entropy_nats") * BITS, "all there is: H(label)"),
            }
        )
    if ways:
        still["plane"] = {"path": "the trained network", "ways": ways}
    return fields


def _alive(held: Held, told: Held, arrays: dict[str, np.ndarray], still: dict[str, Any]) -> None:
    kl = _bits(told, "kl_nats")
    if kl is None:
        return
    latents, each = _texts(held, "latents"), kl.shape[-1]
    arrays["kl"] = kl.reshape(*kl.shape[:-2], -1)
    still["alive"] = {
        "names": [str(k + 1) for _ in latents for k in range(each)],
        "groups": [g for g in range(len(latents)) for _ in range(each)],
        "titles": latents,
        "inks": [_INKS.get(name, "R") for name in latents],
        "least": ALIVE,
    }


def _scatter(held: Held, told: Held, arrays: dict[str, np.ndarray], still: dict[str, Any]) -> None:
    codes, factors = told["scatter"], np.asarray(held["row_factors"], dtype=np.float64)
    rows = codes.shape[-2]
    some = slice(0, max(60, min(rows, int(rows * _MOST_POINTS / codes.size))))
    arrays["codes"] = codes[..., some, :]
    arrays["means"] = told.get("scatter_mean", codes)[..., some, :]
    colours = []
    for k, name in enumerate(_texts(held, "factors")):
        values = factors[some, k]
        if not np.isfinite(values).all():
            continue
        if _texts(held, "factor_score")[k] == "accuracy":
            classes, codes_ = np.unique(values, return_inverse=True)
            named = _texts(held, "class_names")
            texts = [named[int(c)] if k == _label(held) and int(c) < len(named) else f"{c:g}" for c in classes]
            colours.append({"name": name, "labels": codes_.tolist(), "classes": texts, "ordered": False})
        else:
            cuts = np.quantile(values, np.linspace(0, 1, STEPS + 1)[1:-1])
            steps = np.searchsorted(cuts, values)
            texts = ["low", *[f"step {s + 1}" for s in range(1, STEPS - 1)], "high"]
            colours.append({"name": name, "labels": steps.tolist(), "classes": texts, "ordered": True})
    if not colours:
        n = arrays["codes"].shape[-2]
        colours = [{"name": "row", "labels": [0] * n, "classes": ["row"], "ordered": False}]
    still["scatter"] = {"latents": _texts(held, "latents"), "range": float(held["scatter_range"]), "colours": colours}


def _label(held: Held) -> int:
    """Which factor is the label; -1 where there is none."""
    scores = _texts(held, "factor_score")
    return scores.index("accuracy") if "accuracy" in scores and _texts(held, "class_names") else -1


def _kept(held: Held, told: Held, arrays: dict[str, np.ndarray], still: dict[str, Any]) -> None:
    names, kinds, scores = (_texts(held, name) for name in ("factors", "factor_kind", "factor_score"))
    sampled = np.asarray(told["kept"], dtype=np.float64)
    means = np.asarray(told.get("kept_mean", sampled), dtype=np.float64)
    there = [f for f in range(len(names)) if np.isfinite(sampled[..., f]).any()]
    if not there:
        return
    chance = np.nan_to_num(np.asarray(held["factor_chance"], dtype=np.float64))
    raw = np.asarray(held["factor_raw"], dtype=np.float64) if "factor_raw" in held else np.full((1, len(names)), np.nan)
    best = [float(np.nanmax(raw[:, f])) if np.isfinite(raw[:, f]).any() else None for f in there]
    both = np.stack([sampled, means], axis=-1)[..., there, :]
    arrays["probes"] = np.where(np.isfinite(both), both, chance[there][:, None])
    still["kept"] = {
        "latents": _texts(held, "latents"),
        "names": [names[f] for f in there],
        "kinds": [scores[f] for f in there],
        "groups": ["label" if f == _label(held) else kinds[f] for f in there],
        "chance": [float(chance[f]) for f in there],
        "raw": best,
    }


def row_names(held: Held) -> list[str]:
    """What the plotted rows are called: their label's class and their number in the data."""
    numbers, label = [int(r) for r in held["rows"]], _label(held)
    if label < 0:
        return [f"row {r}" for r in numbers]
    named, codes = _texts(held, "class_names"), np.asarray(held["row_factors"])[:, label]
    return [f"{named[int(c)]} (row {r})" for c, r in zip(codes, numbers, strict=True)]


def _rebuilt(held: Held, told: Held, arrays: dict[str, np.ndarray], still: dict[str, Any], n_axes: int) -> None:
    views = []
    items = told["recon_x"].shape[-2]
    for side, key in (("x", "1"), ("y", "2")):
        arrays["rebuilt" + key] = told[f"recon_{side}"]
        arrays["given" + key] = np.asarray(held[f"item_{side}"])[(None,) * n_axes][..., :items, :]
        shape = [int(n) for n in held[f"image_{side}"]]
        views.append(
            {
                "key": key,
                "name": side.upper(),
                "shape": shape if all(shape) else None,
                "low": [float(v) for v in held[f"low_{side}"]],
                "high": [float(v) for v in held[f"high_{side}"]],
                "told": bool(held[f"told_{side}"]),
            }
        )
    labels = [name.split(" (row")[0] if _label(held) >= 0 else name for name in row_names(held)[:items]]
    still["rebuilt"] = {"views": views, "labels": labels}


def _lost(held: Held, told: Held, arrays: dict[str, np.ndarray], still: dict[str, Any]) -> None:
    sides, names, first, parts = [], [], 0, []
    for side in ("x", "y"):
        kept = np.nan_to_num(np.asarray(told[f"column_kept_{side}"], dtype=np.float64), nan=1.0)
        parts.append(1.0 - np.clip(kept, 0.0, 1.0))
        shape = [int(n) for n in held[f"image_{side}"]]
        sides.append(
            {"name": side.upper(), "first": first, "count": kept.shape[-1], "shape": shape if all(shape) else None}
        )
        names += [f"{side.upper()}: {text}" for text in _texts(held, f"columns_{side}")]
        first += kept.shape[-1]
    arrays["lost"] = np.concatenate(parts, axis=-1)
    both = np.stack([np.asarray(told[f"residual_{side}"], dtype=np.float64) for side in ("x", "y")])
    arrays["residual"] = (
        np.nan_to_num(np.nanmean(both, axis=0)) if np.isfinite(both).any() else np.zeros(both.shape[1:])
    )
    rare = None
    if len(_texts(held, "rare")) and "rare_found" in told and np.isfinite(told["rare_found"]).all():
        arrays["rare"] = np.asarray(told["rare_found"], dtype=np.float64)
        rare = {
            "names": _texts(held, "rare"),
            "raw": [float(v) for v in np.nan_to_num(held["rare_raw"], nan=0.5)],
            "share": [float(v) for v in held["rare_share"]],
            "bits": [float(v) * BITS for v in np.nan_to_num(held["rare_nats"])],
            "found": RARE_LOST,
            "raw_least": RARE_KNOWN,
        }
    still["lost"] = {"views": sides, "names": names, "rows": row_names(held), "rare": rare}


# -- numbers at one setting -----------------------------------------------------------------------------------------------


def at_setting(held: Held, name: str, beta: float, gamma: float) -> np.ndarray:
    """An array of the grid at one setting, between the nodes as the dial reads it; nan where a node is."""
    axes = {axis.key: axis for axis in axes_of(held)[0]}
    values = np.asarray(held[name], dtype=np.float64)
    for knob, value in (("beta", beta), ("gamma", gamma)):
        n, place = len(held[knob]), 0.0
        if knob in axes:
            axis = axes[knob]
            place = (
                (axis.place(axis.clip(value)) - axis.place(axis.low))
                / (axis.place(axis.high) - axis.place(axis.low))
                * (n - 1)
            )
        k = min(int(place), max(0, n - 2))
        values = values[k] if place == k else (k + 1 - place) * values[k] + (place - k) * values[k + 1]
    return np.asarray(values)

"""What turns the arrays of a run into the dial: fields in bits over the knobs, and the facts that each chart is drawn from.

`mmexplore.labs.knob.task` says what the arrays are. A finished run holds all of them; while it trains, a coarse grid holds some, and a chart
whose arrays are not there yet is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.exact_curves import gaussian_curve, line, symmetric_curve
from mmexplore.labs.knob.methods import Method
from mmexplore.ui.dial.model import Axis, Grid, Quantity, Stacks
from mmexplore.units import BITS_PER_NAT

RunArrays = Mapping[str, np.ndarray]  # by name, as `mmexplore.labs.knob.task` describes them

ALIVE = 0.02  # bits from which a latent dimension counts as alive
RARE_SURE, RARE_PART = (
    3.3,
    0.5,
)  # standard errors above 0, and share of what a rare feature tells, from which it counts as lost
STEPS = 8  # colours of a factor that is a number
ALL_SHARED = "all that X and Y share: I(X;Y)"  # the ceiling of a plane
ABOUT_Y = {"about": "about Y", "who": ["The latent has a rate of", "carries"]}  # words of the dial's sentence
BETWEEN = {"about": "with each other", "who": ["The two latents have a rate of", "share"]}
RATES_NAME, MUTUAL_NAME = "Rate of both: E KL, at least I(X;Zx) + I(Y;Zy)", "I(Zx;Zy), information they share"
_INKS = {"Zx": "R", "Z": "R", "Zy": "S", "Wx": "U1", "Wy": "U2"}
_PICTURES = ("scatter", "scatter_mean", "recon_x", "recon_y")
_MOST_POINTS = 1_500_000  # numbers of the scatter of one kind


@dataclass(frozen=True)
class KnobDial:
    """What the dial draws."""

    grid: Grid
    stacks: Stacks

    @property
    def acting(self) -> tuple[str, ...]:
        """Names of the knobs that act."""
        return tuple(axis.key for axis in self.grid.axes)


@dataclass(frozen=True)
class _DialParts:
    """The parts of a dial while they are put together.

    Attributes:
        run: the arrays of the run, (beta, gamma, ...) where they hang on the knobs.
        over: those that hang on the knobs, turned as the dial wants them.
        arrays: of the stacks, filled by the functions below.
        static: facts of the stacks that are the same at all settings, likewise.
    """

    run: RunArrays
    over: RunArrays
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    static: dict[str, Any] = field(default_factory=dict)


def dial_of_arrays(identity: str, run: RunArrays, declared: Method) -> KnobDial:
    """The dial of a run.

    Args:
        identity: of these arrays; equal ones are taken to hold the same.
        run: arrays by name; those of the grid, and what does not change while it trains.
        declared: the method.
    """
    axes, turn = axes_of(run)
    parts = _DialParts(run, {name: turn(run[name]) for name in run if _hangs_on_knobs(run, name)})
    fields = _planes(parts, declared)
    _add_alive(parts)
    if "row_factors" in run and "scatter" in parts.over:
        _add_scatter(parts)
    if "kept" in parts.over:
        _add_probes(parts)
    if "recon_x" in parts.over and "item_x" in run:
        _add_reconstructions(parts, len(axes))
    if "column_kept_x" in parts.over:
        _add_lost(parts)
    if not fields:  # there is no rate and nothing was measured: the dial still wants a number
        fields = {"none": np.zeros(tuple(len(run[axis.key]) for axis in reversed(axes)))}
    quantities = tuple(Quantity(name, name, {name: 1.0}) for name in fields)
    return KnobDial(Grid(identity, axes, fields, quantities), Stacks(parts.arrays, parts.static))


# -- the knobs ------------------------------------------------------------------------------------------------------------


def axes_of(run: RunArrays) -> tuple[tuple[Axis, ...], Callable[[np.ndarray], np.ndarray]]:
    """The knobs that act, and how an array (beta, gamma, ...) is turned for the dial: gamma first, knobs that do not act left out."""
    beta, gamma = (np.asarray(run[name], dtype=np.float64) for name in ("beta", "gamma"))
    axes: list[Axis] = []
    if len(beta) > 1:
        axes.append(_beta_axis(float(beta[0]), float(beta[-1])))
    if len(gamma) > 1:
        axes.append(_gamma_axis(tuple(map(float, gamma))))

    def turn(array: np.ndarray) -> np.ndarray:
        array = np.swapaxes(np.asarray(array), 0, 1)  # (gamma, beta, ...)
        if len(beta) == 1:
            array = array[:, 0] if len(gamma) > 1 else array[:, :1]
            return array if len(gamma) > 1 else array[0, 0]
        return array if len(gamma) > 1 else array[0]

    return tuple(axes), turn


@lru_cache(maxsize=64)
def _beta_axis(low: float, high: float) -> Axis:
    return Axis(
        "beta",
        "β: keep more",
        low,
        high,
        1 / 80,
        "Weight of the information kept against the rate of the latents: large beta keeps more, small beta compresses more.",
        "compress more",
        "keep more",
        default=min(max(8.0, low), high),
        marks=(low, high),
    )


@lru_cache(maxsize=64)
def _gamma_axis(marks: tuple[float, ...]) -> Axis:
    return Axis(
        "gamma",
        "γ: reconstruct the views",
        marks[0],
        marks[-1],
        0.1,
        "Weight of reconstructing each view from its own latent against the information that the views share.",
        "not at all",
        "above all",
        default=1.0,
        marks=marks,
    )


def _hangs_on_knobs(run: RunArrays, name: str) -> bool:
    shape = np.shape(run[name])[:2]
    # while it trains, pictures come for the middle of the dial alone: one node, the same everywhere
    middle = name in _PICTURES and shape == (1, 1)
    return name not in ("beta", "gamma") and (shape == (len(run["beta"]), len(run["gamma"])) or middle)


def texts_of(run: RunArrays, name: str) -> list[str]:
    """An array of texts as a list; empty where the run does not hold it."""
    return [str(text) for text in run[name]] if name in run else []


def _number(run: RunArrays, name: str) -> float:
    return float(run[name]) if name in run else math.nan


def _in_bits(arrays: RunArrays, name: str) -> np.ndarray | None:
    """An array of nats in bits, or None where it does not apply."""
    if name not in arrays:
        return None
    values = np.asarray(arrays[name], dtype=np.float64) * BITS_PER_NAT
    return values if np.isfinite(values).all() else None


# -- information planes ---------------------------------------------------------------------------------------------------


def _planes(parts: _DialParts, declared: Method) -> dict[str, np.ndarray]:
    """The information planes, each with its exact curve; returns the fields that they draw."""
    rates = _in_bits(parts.over, "rate_nats")
    if not declared.stochastic or rates is None:
        return {}
    fields: dict[str, np.ndarray] = {}
    made = (
        _plane_between_latents(parts, declared, rates, fields),
        _plane_about_y(parts, declared, rates, fields),
        _plane_about_label(parts, declared, rates, fields),
    )
    planes = [plane for plane in made if plane is not None]
    if planes:
        parts.static["plane"] = {"path": "the trained network", "ways": planes}
    return fields


def _add_score(parts: _DialParts, fields: dict[str, np.ndarray], comparable: bool) -> str | None:
    """The field of training's own score, where it speaks of the same variables as the plane."""
    bound = _in_bits(parts.over, "relevance_bound_nats") if comparable else None
    if bound is None:
        return None
    fields["bound"] = bound
    return "bound"


def _correlations(parts: _DialParts) -> np.ndarray | None:
    """Canonical correlations, where the data are Gaussian."""
    return np.asarray(parts.run["correlations"], dtype=np.float64) if "correlations" in parts.run else None


def rate_name(sees: str, latent: str) -> str:
    """The axis of a latent's rate: what is measured, and what it bounds."""
    return f"Rate of {latent}: E KL, at least I({sees};{latent})"


def _plane_about_y(
    parts: _DialParts, declared: Method, rates: np.ndarray, fields: dict[str, np.ndarray]
) -> dict[str, Any] | None:
    """Rate of the first latent and its information about Y."""
    relevance = _in_bits(parts.over, "relevance_nats")
    if relevance is None:
        return None
    main = declared.graphs.main
    sees = ",".join(declared.graphs.sees(main))
    rho = _correlations(parts)
    fields["relevance"], fields["rate"] = relevance, rates[..., 0]
    ceiling = (
        line(gaussian_ib_of(rho, 2.0).information, ALL_SHARED)
        if rho is not None
        else line(_number(parts.run, "relevance_ceiling_nats") * BITS_PER_NAT, "the most the estimator can show")
    )
    return {
        "title": "Y",
        **ABOUT_Y,
        "x": "rate",
        "y": "relevance",
        "names": [rate_name(sees, main), f"I({main};Y), information about Y"],
        "believed": _add_score(parts, fields, declared.scores == "Y"),
        **(gaussian_curve(rho) if rho is not None and sees == "X" else {"curves": [], "critical": []}),
        "ceiling": ceiling,
    }


def _plane_between_latents(
    parts: _DialParts, declared: Method, rates: np.ndarray, fields: dict[str, np.ndarray]
) -> dict[str, Any] | None:
    """Rates of both latents and the information that they share."""
    mutual = _in_bits(parts.over, "mutual_nats")
    if mutual is None:
        return None
    rho = _correlations(parts)
    fields["mutual"], fields["rates"] = mutual, rates[..., :2].sum(axis=-1)
    return {
        "title": "the other latent",
        **BETWEEN,
        "x": "rates",
        "y": "mutual",
        "names": [RATES_NAME, MUTUAL_NAME],
        "believed": _add_score(parts, fields, declared.scores == "latents"),
        "best": "best of Gaussian latents",
        **(symmetric_curve(rho) if rho is not None else {"curves": [], "critical": []}),
        "ceiling": None if rho is None else line(gaussian_ib_of(rho, 2.0).information, ALL_SHARED),
    }


def _plane_about_label(
    parts: _DialParts, declared: Method, rates: np.ndarray, fields: dict[str, np.ndarray]
) -> dict[str, Any] | None:
    """Rate of the first latent and its information about the label."""
    label = _in_bits(parts.over, "label_nats")
    if label is None:
        return None
    main = declared.graphs.main
    sees = ",".join(declared.graphs.sees(main))
    fields["rate"], fields["about_label"] = rates[..., 0], label[..., 0]
    return {
        "title": "the label",
        "about": "about the label",
        "who": ABOUT_Y["who"],
        "x": "rate",
        "y": "about_label",
        "names": [rate_name(sees, main), f"I({main};label), information about the label"],
        "believed": None,
        "curves": [],
        "critical": [],
        "ceiling": line(_number(parts.run, "label_entropy_nats") * BITS_PER_NAT, "all of the label: H(label)"),
    }


# -- the other charts -----------------------------------------------------------------------------------------------------


def _add_alive(parts: _DialParts) -> None:
    """Rate of every latent dimension."""
    kl = _in_bits(parts.over, "kl_nats")
    if kl is None:
        return
    latents, each = texts_of(parts.run, "latents"), kl.shape[-1]
    parts.arrays["kl"] = kl.reshape(*kl.shape[:-2], -1)
    parts.static["alive"] = {
        "names": [str(k + 1) for _ in latents for k in range(each)],
        "groups": [g for g in range(len(latents)) for _ in range(each)],
        "titles": latents,
        "inks": [_INKS.get(name, "R") for name in latents],
        "least": ALIVE,
    }


def _add_scatter(parts: _DialParts) -> None:
    """Latents of the plotted samples in a plane, sampled and as means, with a colouring for every factor."""
    sampled, factors = parts.over["scatter"], np.asarray(parts.run["row_factors"], dtype=np.float64)
    n = sampled.shape[-2]
    some = slice(0, max(60, min(n, int(n * _MOST_POINTS / sampled.size))))
    parts.arrays["latents"] = sampled[..., some, :]
    parts.arrays["means"] = parts.over.get("scatter_mean", sampled)[..., some, :]
    colours = [
        _colouring(parts.run, k, name, factors[some, k])
        for k, name in enumerate(texts_of(parts.run, "factors"))
        if np.isfinite(factors[some, k]).all()
    ]
    if not colours:
        count = parts.arrays["latents"].shape[-2]
        colours = [{"name": "sample", "labels": [0] * count, "classes": ["sample"], "ordered": False}]
    parts.static["scatter"] = {
        "latents": texts_of(parts.run, "latents"),
        "range": float(parts.run["scatter_range"]),
        "colours": colours,
    }


def _colouring(run: RunArrays, k: int, name: str, values: np.ndarray) -> dict[str, Any]:
    """Colours of samples by their values of the k-th factor: its classes, or steps of equal counts."""
    if texts_of(run, "factor_score")[k] == "accuracy":
        classes, labels = np.unique(values, return_inverse=True)
        names = texts_of(run, "class_names")
        texts = [names[int(c)] if k == _label(run) and int(c) < len(names) else f"{c:g}" for c in classes]
        return {"name": name, "labels": labels.tolist(), "classes": texts, "ordered": False}
    cuts = np.quantile(values, np.linspace(0, 1, STEPS + 1)[1:-1])
    texts = ["low", *[f"step {s + 1}" for s in range(1, STEPS - 1)], "high"]
    return {"name": name, "labels": np.searchsorted(cuts, values).tolist(), "classes": texts, "ordered": True}


def _label(run: RunArrays) -> int:
    """Which factor is the label; -1 where there is none."""
    scores = texts_of(run, "factor_score")
    return scores.index("accuracy") if "accuracy" in scores and texts_of(run, "class_names") else -1


def _add_probes(parts: _DialParts) -> None:
    """Scores of the probes for every factor, on sampled latents and on means."""
    run = parts.run
    names, kinds, scores = (texts_of(run, name) for name in ("factors", "factor_kind", "factor_score"))
    sampled = np.asarray(parts.over["kept"], dtype=np.float64)
    means = np.asarray(parts.over.get("kept_mean", sampled), dtype=np.float64)
    present = [f for f in range(len(names)) if np.isfinite(sampled[..., f]).any()]
    if not present:
        return
    chance = np.nan_to_num(np.asarray(run["factor_chance"], dtype=np.float64))
    best = []
    for name in ("factor_raw", "factor_raw_mlp"):
        raw = np.asarray(run[name], dtype=np.float64) if name in run else np.full((1, len(names)), np.nan)
        best.append([float(np.nanmax(raw[:, f])) if np.isfinite(raw[:, f]).any() else None for f in present])
    mlp = np.asarray(parts.over["kept_mlp"], dtype=np.float64) if "kept_mlp" in parts.over else None
    all_probes = np.stack([sampled, means, *([] if mlp is None else [mlp])], axis=-1)[..., present, :]
    parts.arrays["probes"] = np.where(np.isfinite(all_probes), all_probes, chance[present][:, None])
    parts.static["kept"] = {
        "latents": texts_of(run, "latents"),
        "names": [names[f] for f in present],
        "kinds": [scores[f] for f in present],
        "groups": ["label" if f == _label(run) else kinds[f] for f in present],
        "chance": [float(chance[f]) for f in present],
        "raw": best[0],
        "rawMlp": best[1],
        "mlp": mlp is not None,
    }


def sample_names(run: RunArrays) -> list[str]:
    """What the plotted samples are called: their label's class and their number in the data."""
    numbers, label = [int(r) for r in run["rows"]], _label(run)
    if label < 0:
        return [f"sample {r}" for r in numbers]
    names, classes = texts_of(run, "class_names"), np.asarray(run["row_factors"])[:, label]
    return [f"{names[int(c)]} (sample {r})" for c, r in zip(classes, numbers, strict=True)]


def _image_shape(run: RunArrays, side: str) -> list[int] | None:
    """Height and width of a view whose columns are pixels, else None."""
    shape = [int(n) for n in run[f"image_{side}"]]
    return shape if all(shape) else None


def _add_reconstructions(parts: _DialParts, n_axes: int) -> None:
    """Some samples and their reconstructions from the latents."""
    run, views = parts.run, []
    count = parts.over["recon_x"].shape[-2]
    for side, key in (("x", "1"), ("y", "2")):
        parts.arrays["reconstructions" + key] = parts.over[f"recon_{side}"]
        parts.arrays["given" + key] = np.asarray(run[f"item_{side}"])[(None,) * n_axes][..., :count, :]
        views.append(
            {
                "key": key,
                "name": side.upper(),
                "shape": _image_shape(run, side),
                "low": [float(v) for v in run[f"low_{side}"]],
                "high": [float(v) for v in run[f"high_{side}"]],
                "trained": bool(run[f"told_{side}"]),
            }
        )
    labels = [name.split(" (sample")[0] if _label(run) >= 0 else name for name in sample_names(run)[:count]]
    parts.static["reconstructions"] = {"views": views, "labels": labels}


def _add_lost(parts: _DialParts) -> None:
    """What is lost: variance of every column that is not reconstructed, residuals of samples, rare features."""
    run = parts.run
    sides: list[dict[str, Any]] = []
    names: list[str] = []
    lost: list[np.ndarray] = []
    for side in ("x", "y"):
        explained = np.nan_to_num(np.asarray(parts.over[f"column_kept_{side}"], dtype=np.float64), nan=1.0)
        first = sum(array.shape[-1] for array in lost)
        lost.append(1.0 - np.clip(explained, 0.0, 1.0))
        sides.append(
            {"name": side.upper(), "first": first, "count": explained.shape[-1], "shape": _image_shape(run, side)}
        )
        names += [f"{side.upper()}: {text}" for text in texts_of(run, f"columns_{side}")]
    parts.arrays["lost"] = np.concatenate(lost, axis=-1)
    both = np.stack([np.asarray(parts.over[f"residual_{side}"], dtype=np.float64) for side in ("x", "y")])
    parts.arrays["residual"] = (
        np.nan_to_num(np.nanmean(both, axis=0)) if np.isfinite(both).any() else np.zeros(both.shape[1:])
    )
    parts.static["lost"] = {"views": sides, "names": names, "rows": sample_names(run), "rare": _rare_features(parts)}


def _rare_features(parts: _DialParts) -> dict[str, Any] | None:
    """What one occurrence of each rare feature still adds, and the least of it beyond chance; None where the data have none."""
    run, over = parts.run, parts.over
    if not texts_of(run, "rare") or "rare_gain_nats" not in over:
        return None
    gain, error = (np.asarray(over[f"rare_gain_{name}"], dtype=np.float64) for name in ("nats", "error_nats"))
    judged = [e for e in range(gain.shape[-1]) if np.isfinite(gain[..., e]).all()]
    if not judged:
        return None
    low = gain - RARE_SURE * np.nan_to_num(error)
    parts.arrays["rare"] = np.stack([gain, low], axis=-1)[..., judged, :] * BITS_PER_NAT
    names = texts_of(run, "rare")
    return {
        "names": [names[e] for e in judged],
        "share": [float(run["rare_share"][e]) for e in judged],
        "bits": [float(run["rare_nats"][e]) * BITS_PER_NAT for e in judged],
        "part": RARE_PART,
        "about": "the label" if "label_nats" in over else "Y",
    }

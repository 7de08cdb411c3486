"""The figures and tables below the dial, as data: curves of a training, of sample sizes, of a sweep, and the exact numbers of a collapse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.labs.knob.dial import RunArrays
from mmexplore.labs.knob.methods import Method
from mmexplore.labs.knob.numbers import at_setting, clipped
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.sweep_results import SAMPLES, WAYS, Points, sweep_task
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.plot.kinds import Curves, Series
from mmexplore.plot.tables import Table
from mmexplore.ui.words import number
from mmexplore.units import BITS_PER_NAT, in_unit, per_nat

# what is said of the score of a decoder, E log q(y|z) plus an entropy of Y
OWN_SCORE = (
    "Training's own score is no bound: the entropy of independent Gaussian columns stands in for that of Y, which is smaller where columns hang "
    "together, so the score may lie far above the information. "
)

Frames = Sequence[Mapping[str, Any]]

_BETA = "beta (large keeps more)"
_INFORMATION = (
    ("relevance_nats", "independent estimate: I(Z;Y)", 0),
    ("relevance_bound_nats", "training's own score", 3),
    ("mutual_nats", "independent estimate: I(Zx;Zy)", 2),
    ("label_nats", "about the label", 4),
    ("rate_nats", "rate", 1),
)
_WAY_HUES = (4, 7)  # the colours the dial marks them with


# -- a training -----------------------------------------------------------------------------------------------------------


def information_curves(frames: Frames, unit: str, declared: Method) -> Curves:
    """Information of the latents, and their rate, over training steps.

    Args:
        frames: of the run.
        unit: bit or nat.
        declared: the method; its own score is left out where it speaks of other variables than the estimates.
    """
    k, series = per_nat(unit), []
    for name, words, hue in _INFORMATION:
        if name == "relevance_bound_nats" and not declared.scores:
            continue
        values = column(frames, name)
        if np.isfinite(values).any():
            series.append(Series(words, k * values, hue=hue))
    return Curves(
        "Information of the latents, and their rate",
        steps(frames),
        tuple(series),
        "training steps",
        unit,
        note="Independent: an estimator that had no part in training, on held-out samples. "
        + ("" if declared.scores != "Y" else OWN_SCORE)
        + "The rate is E KL, an upper bound of what the latent knows of its view.",
    )


def term_curves(frames: Frames, unit: str) -> Curves | None:
    """The terms of the loss over training steps; None while there are none."""
    terms = sorted({name for frame in frames for name in frame if name.startswith("train.")})
    if not terms:
        return None
    k = per_nat(unit)
    series = [Series(name.removeprefix("train."), k * column(frames, name), hue=i) for i, name in enumerate(terms)]
    return Curves(
        "Terms of the loss",
        steps(frames),
        tuple(series),
        "training steps",
        unit,
        note="Mean over the sampled settings of the knobs since the last frame. The rates I_E are minimised, I_D and I(Zx;Zy) maximised.",
    )


def loss_curve(frames: Frames) -> Curves:
    """The loss over training steps, in nats."""
    return Curves(
        "Loss divided by beta",
        steps(frames),
        (Series("loss", without_outliers(column(frames, "loss")), hue=0),),
        "training steps",
        "nat",
        note="The first values are left out where they would flatten all others.",
    )


def steps(frames: Frames) -> np.ndarray:
    """Training steps of the frames."""
    return np.array([float(frame["step"]) for frame in frames])


def column(frames: Frames, name: str) -> np.ndarray:
    """One number of every frame; nan where it has none."""
    return np.array([np.nan if frame.get(name) is None else float(frame[name]) for frame in frames], dtype=float)


def without_outliers(values: np.ndarray) -> np.ndarray:
    """The same, with nan for first values that are far off what comes later."""
    later = values[len(values) // 2 :]
    later = later[np.isfinite(later)]
    if not later.size:
        return values
    middle, reach = float(np.median(later)), 4 * float(np.ptp(later)) + 2 * abs(float(np.median(later))) + 1.0
    result = values.copy()
    for k, value in enumerate(values):
        if abs(value - middle) <= reach:
            break
        result[k] = np.nan
    return result


def separate_curves(many: RunArrays, one: RunArrays | None, unit: str) -> Curves:
    """One conditioned network against nine that are trained for one beta each, at the nine's gamma.

    Args:
        many: grid of the nine networks.
        one: grid of the conditioned network, where it is there.
        unit: bit or nat.
    """
    k, lines, beta = per_nat(unit), [], np.asarray(many["beta"], dtype=float)
    for name, words in (
        ("relevance_nats", "information about Y"),
        ("mutual_nats", "information between the latents"),
        ("rate_nats", "rate"),
    ):
        for run, label in ((many, "nine networks"), (one, "one network")):
            if run is None or name not in run:
                continue
            values = _at_the_nine(run, many, name)
            values = values[:, 0] if values.ndim == 2 else values
            hue = {"relevance_nats": 0, "mutual_nats": 2, "rate_nats": 1}[name]
            lines.append(Series(f"{words}, {label}", k * values, hue=hue, faint=run is one))
    gamma = f" at γ {float(many['gamma'][0]):.3g}" if one is not None and len(one["gamma"]) > 1 else ""
    return Curves(f"One network conditioned on beta, against nine{gamma}", beta, tuple(lines), _BETA, unit, log=True)


def _at_the_nine(run: RunArrays, many: RunArrays, name: str) -> np.ndarray:
    """An array of a run at the nine networks' settings, (9, ...)."""
    gamma = float(many["gamma"][0])
    return np.stack([at_setting(run, name, float(beta), gamma) for beta in many["beta"]])


def separate_table(many: RunArrays, one: RunArrays, beta: float, unit: str, *, exact: bool = True) -> Table:
    """Informations, rate and excess of the nine networks and of the conditioned one side by side, where the dial stands.

    Both are read at the nine betas and between them alike, so that what differs is not the reading.

    Args:
        many: grid of the nine networks.
        one: grid of the conditioned network.
        beta: where the dial stands.
        unit: of informations and rates, bit or nat; excess is in nats.
        exact: whether exact theory speaks of what is minimised, so that an excess over it means something.
    """
    k, knot = per_nat(unit), np.log(np.asarray(many["beta"], dtype=float))
    beta = float(np.clip(beta, many["beta"][0], many["beta"][-1]))
    wanted = (
        ("relevance_nats", f"information about Y ({unit})", k),
        ("mutual_nats", f"information between the latents ({unit})", k),
        ("rate_nats", f"rate of all latents ({unit})", k),
        ("excess_nats", "excess Lagrangian over exact theory (nat)", 1.0),
    )
    rows: list[tuple[str | float, ...]] = []
    for name, words, scale in wanted:
        if name not in many or name not in one or (name == "excess_nats" and not exact):
            continue
        pair = [_at_the_nine(run, many, name) for run in (one, many)]
        values = [scale * float(np.interp(math.log(beta), knot, v.sum(-1) if v.ndim == 2 else v)) for v in pair]
        if all(math.isfinite(value) for value in values):
            rows.append((words, *(round(value, 3) for value in values), round(values[0] - values[1], 3)))
    gamma = f", γ {float(many['gamma'][0]):.3g}" if len(one["gamma"]) > 1 else ""
    return Table(
        ("at the dial's place", "one network, conditioned", "networks of one beta each", "difference"),
        tuple(rows),
        f"At β {beta:.3g}{gamma}, read between the nine betas in both. Estimates are independent, on held-out samples.",
    )


def separate_excess(many: RunArrays, one: RunArrays | None) -> str:
    """Mean excess Lagrangians of the two over the nine settings, in words; empty where theory gives none."""
    parts = []
    for run, label in ((many, "nine networks"), (one, "one network")):
        if run is not None and "excess_nats" in run and "excess_nats" in many:
            values = _at_the_nine(run, many, "excess_nats")
            if np.isfinite(values).any():
                parts.append(f"{label} {float(np.nanmean(values)):.3f} nat")
    return ", ".join(parts)


# -- sample sizes ---------------------------------------------------------------------------------------------------------


def sample_size_curves(scene: KnobScene, grids: Mapping[int, RunArrays]) -> Curves:
    """Information and rate of one method over the number of training samples, where the knobs stand.

    Args:
        scene: the method, the knobs, the unit.
        grids: arrays of the runs, by number of training samples.
    """
    k = per_nat(scene.unit)
    sizes = np.array(sorted(grids), dtype=float)
    relevance, bound, label, rate = (np.full(len(sizes), np.nan) for _ in range(4))
    rho = None
    for i, n in enumerate(sizes):
        run = grids[int(n)]
        at = clipped(run, scene)
        relevance[i] = at_setting(run, "relevance_nats", *at)
        bound[i] = at_setting(run, "relevance_bound_nats", *at)
        label[i] = at_setting(run, "label_nats", *at)[0] if "label_nats" in run else np.nan
        rate[i] = at_setting(run, "rate_nats", *at)[0]
        rho = run.get("correlations", rho)
    main = scene.declared().graphs.main
    series = [Series(f"I({main};Y), independent", k * relevance, hue=0)]
    if np.isfinite(bound).all() and scene.method == "dvib":
        series.append(Series("training's own score", k * bound, hue=3))
    if np.isfinite(label).any():
        series.append(Series(f"I({main};label)", k * label, hue=4))
    series.append(Series("rate", k * rate, hue=1))
    if rho is not None and "beta" in scene.declared().knobs:
        exact = float(np.ravel(gaussian_ib_of(rho, scene.beta).relevance)[0])
        series.append(
            Series("exact, any number of samples", np.full(len(sizes), in_unit(exact, scene.unit)), faint=True)
        )
    return Curves(
        f"Information of {scene.declared().title} on held-out samples, by training samples",
        sizes,
        tuple(series),
        "training samples",
        scene.unit,
        log=True,
        note=f"β {scene.beta:g}, γ {scene.gamma:g}; seed {scene.seed}; one run a point.",
    )


# -- collapse and hysteresis ----------------------------------------------------------------------------------------------


def sweep_curves(scene: KnobTheory, points: Points, unit: str) -> Curves:
    """Rates of a network that follows beta down and of one that follows it up, over the exact branches."""
    task = sweep_task(scene)
    betas = task.betas()
    exact = symmetric_ib_of([math.sqrt(scene.sym_square)], betas)
    lines = []
    for name, words in (("open", "exact: informative state"), ("collapsed", "exact: collapsed state")):
        kappa = getattr(exact, name)[:, 0]
        lines.append(Series(words, in_unit(-0.5 * np.log1p(-kappa) * BITS_PER_NAT, unit), faint=True))
    for hue, way in zip(_WAY_HUES, WAYS, strict=True):
        rates = {round(math.log(beta), 6): bits for beta, bits in points[way]}
        y = np.array([rates.get(round(math.log(beta), 6), np.nan) for beta in betas])
        lines.append(Series(f"network, beta {way}", in_unit(y, unit), hue=hue))
    return Curves(
        "Rate of each latent, trained and exact",
        betas,
        tuple(lines),
        _BETA,
        f"{unit} a view",
        log=True,
        note=f"DVSIB with InfoNCE, linear encoders, seed {task.seed}, each setting trained until {task.steps} steps move nothing or {task.blocks} times as many are "
        f"done; {SAMPLES:,} training samples, rates on held-out samples. The informative state is a local minimum from beta {float(exact.spinodal[0]):.3g} on and the better one from "
        f"{float(exact.transition[0]):.3g} on.",
    )


def collapse_table(scene: KnobTheory, unit: str) -> Table:
    """The exact numbers of the symmetric bottleneck at the present knobs."""
    numbers = scene.sym_numbers()

    def beta(value: float) -> str:
        return "never" if math.isinf(value) else f"β {value:.4g}"

    rows: list[tuple[str, str, str]] = [
        (
            "informative state exists from",
            beta(numbers["spinodal"]),
            "coming down from large β the latent collapses here",
        ),
        (
            "informative state is better from",
            beta(numbers["transition"]),
            f"there the rate of each latent jumps to {number(in_unit(numbers['jump'], unit), 3)} {unit}",
        ),
        (
            "a kick is enough from",
            beta(numbers["escape"]),
            "going up a collapsed latent is lifted over the barrier here",
        ),
    ]
    rows.append(
        (
            "signs beat silence from",
            beta(numbers["signs"]),
            "one bit a view that is no Gaussian latent: not among the states here",
        )
    )
    for name, words in (
        ("collapsed", "collapsed state"),
        ("open", "informative state"),
        ("global", "best Gaussian state"),
    ):
        if name == "open" and not numbers["two"]:
            rows.append((words, "–", "there is only one state at these knobs"))
            continue
        rate, information = (number(in_unit(numbers[f"{name}_{what}"], unit), 4) for what in ("rate", "kept"))
        rows.append((words, f"{rate} {unit} a view", f"the latents share {information} {unit}"))
    return Table(
        ("exact", "value", "meaning"),
        tuple(rows),
        "Exact numbers at these knobs; the first four without reconstruction",
    )

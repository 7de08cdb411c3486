"""What a run of the lab found at one setting of the knobs, as a short list of named numbers: rate, relevance, exact theory beside them, active latents."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.lab import Number
from mmexplore.labs.knob.dial import ALIVE, RunArrays, texts_of
from mmexplore.labs.knob.methods import Method, method
from mmexplore.labs.knob.numbers import at_setting
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import Knob
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.units import BITS_PER_NAT, per_nat

_HELD_OUT = "estimate on held-out samples"
_NORMAL = 1.96  # standard errors to either side of a 95 % interval


def outcome(run: Run) -> tuple[Number, ...]:
    """Of a finished run by itself, in bits, at the setting that its task names; nothing of other kinds of runs."""
    task = run.task
    return _numbers(run, task.method, task.beta, task.gamma, "bit") if isinstance(task, Knob) else ()


def numbers(scene: KnobScene, run: Run | None) -> tuple[Number, ...]:
    """Where the knobs of a scene stand, in its unit; before its run has finished, what theory says of it."""
    if run is None or not run.has("grid"):
        return tuple(_known(scene))
    return _numbers(run, scene.method, scene.beta, scene.gamma, scene.unit)


def _known(scene: KnobScene) -> Iterator[Number]:
    """What the views share and the exact bottleneck, where the data are Gaussian."""
    known = None if scene.data == OWN else getattr(scene.pair(), "rho", None)
    if known is None:
        return
    rho, unit = known(), scene.unit
    yield _exact("all that X and Y share I(X;Y)", gaussian_ib_of(rho, 2.0).information, unit)
    yield from _best(rho, scene.declared(), scene.beta, scene.gamma, unit)


def _best(rho: np.ndarray, declared: Method, beta: float, gamma: float, unit: str) -> Iterator[Number]:
    """The bottleneck that theory knows at this setting; nothing where it is not what is minimised."""
    if not declared.is_bottleneck(gamma):
        return
    if declared.scores == "Y" and declared.graphs.sees(declared.graphs.main) == ("X",):
        exact = gaussian_ib_of(rho, beta)
        yield _exact(f"rate of the exact bottleneck at beta {beta:.4g}", float(exact.rate), unit)
        yield _exact(f"relevance of the exact bottleneck at beta {beta:.4g}", float(exact.relevance), unit)
    elif declared.scores == "latents":
        best = symmetric_ib_of(rho, beta).on("global")
        yield _exact(f"rate of the best Gaussian latents at beta {beta:.4g}", float(best.rate), unit)
        yield _exact(f"shared by the best Gaussian latents at beta {beta:.4g}", float(best.relevance), unit)


def _exact(name: str, bits: float, unit: str) -> Number:
    return Number(name, per_nat(unit) * bits / BITS_PER_NAT, unit, certificate="exact")


def _numbers(run: Run, name: str, beta: float, gamma: float, unit: str) -> tuple[Number, ...]:
    if not run.has("grid"):
        return ()
    grid, declared = run.arrays("grid"), method(name)
    b, g = (float(np.clip(value, grid[knob][0], grid[knob][-1])) for knob, value in (("beta", beta), ("gamma", gamma)))
    read = _Reading(grid, declared, b, g, unit)
    knobs = {"beta": b, "gamma": g}
    at = (Number(knob, knobs[knob]) for knob in declared.knobs)
    return (*at, *read.about_y(), *read.between_latents(), *read.about_label(), *read.active())


class _Reading:
    """The arrays of a grid at one setting.

    Args:
        grid: of the run.
        declared: the method.
        beta, gamma: the setting, within the grid.
        unit: of the numbers.
    """

    def __init__(self, grid: RunArrays, declared: Method, beta: float, gamma: float, unit: str) -> None:
        self._grid, self._declared, self._unit = grid, declared, unit
        self._beta, self._gamma = beta, gamma
        self._scale = per_nat(unit)
        rho = np.asarray(grid["correlations"], dtype=np.float64) if "correlations" in grid else None
        self._rho = rho if rho is not None and rho.size else None

    def about_y(self) -> Iterator[Number]:
        """Rate of the main latent and its information about Y."""
        main = self._declared.graphs.main
        rate = self._at("rate_nats")
        if rate is not None:
            yield Number(f"rate of {main}", self._scale * float(rate[0]), self._unit, certificate=_HELD_OUT)
        relevance = self._at("relevance_nats")
        if relevance is None:
            return
        yield self._estimate(f"relevance I({main};Y)", float(relevance), self._at("relevance_error_nats"))
        if self._rho is not None and rate is not None and self._declared.graphs.sees(main) == ("X",):
            most = gaussian_ib_of(self._rho, 2.0).relevance_at(float(rate[0]) * BITS_PER_NAT)
            yield _exact("most about Y at this rate", float(most), self._unit)
            if self._declared.scores == "Y":
                yield from _best(self._rho, self._declared, self._beta, self._gamma, self._unit)

    def between_latents(self) -> Iterator[Number]:
        """Of two latents that are matched: what they share."""
        mutual, rate = self._at("mutual_nats"), self._at("rate_nats")
        if mutual is None:
            return
        if rate is not None:
            both = self._scale * float(rate[:2].sum())
            yield Number("rate of both latents", both, self._unit, certificate=_HELD_OUT)
        yield self._estimate("shared by the latents I(Zx;Zy)", float(mutual), self._at("mutual_error_nats"))
        if self._rho is not None and self._declared.scores == "latents":
            yield from _best(self._rho, self._declared, self._beta, self._gamma, self._unit)

    def about_label(self) -> Iterator[Number]:
        """What the main latent tells of the label, from below, and all there is."""
        label = self._at("label_nats")
        if label is None:
            return
        main = self._declared.graphs.main
        yield Number(f"I({main};label), at least", self._scale * float(label[0]), self._unit, certificate=_HELD_OUT)
        whole = float(self._grid["label_entropy_nats"]) if "label_entropy_nats" in self._grid else np.nan
        if np.isfinite(whole):
            yield Number("all of the label H(label)", self._scale * whole, self._unit, certificate="of these samples")

    def active(self) -> Iterator[Number]:
        """How many dimensions of each latent have a rate."""
        kl = self._at("kl_nats")
        if kl is None:
            return
        for name, rates in zip(texts_of(self._grid, "latents"), kl * BITS_PER_NAT, strict=True):
            known = rates[np.isfinite(rates)]
            if known.size:
                words = f"of {known.size}; with a rate of {ALIVE:g} bit or more"
                yield Number(f"active dimensions of {name}", float((known >= ALIVE).sum()), certificate=words)

    def _at(self, name: str) -> np.ndarray | None:
        if name not in self._grid:
            return None
        values = at_setting(self._grid, name, self._beta, self._gamma)
        return values if np.isfinite(values).any() else None

    def _estimate(self, name: str, nats: float, error: np.ndarray | None) -> Number:
        value = self._scale * nats
        reach = None if error is None else self._scale * _NORMAL * float(error)
        low, high = (None, None) if reach is None else (value - reach, value + reach)
        return Number(name, value, self._unit, low, high, _HELD_OUT)

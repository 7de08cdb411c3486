"""The numbers that a reading rests on: of a table of states, or of cross-fitted predictors of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mmexplore.types import ATOMS

if TYPE_CHECKING:
    from mmexplore.estimators.tables.dependence import Dependence
    from mmexplore.estimators.tables.estimate import Estimate
    from mmexplore.labs.yourdata.headline import Headline


DOUBT = (
    "rows look dependent, and nothing was said of how they were drawn, and such rows show information by chance alone. Say how they were drawn: a series in "
    "this order, or which column tells subjects or recordings apart"
)


@dataclass(frozen=True)
class Predicted:
    """What predictors of the data say beside their numbers, in bits.

    Attributes:
        most: largest values that are possible whatever the predictors miss: ``"synergy"``, and ``"lose1"``, ``"lose2"``: what a modality
            may add to the other.
        interaction: the gain of joint predictors over late fusion, with its interval.
        interacts: whether the test says that there is a gain.
        synergistic: whether the test says that S is above 0.
    """

    most: Mapping[str, float]
    interaction: tuple[float, float, float]
    interacts: bool
    synergistic: bool


@dataclass(frozen=True)
class Evidence:
    """The numbers that a reading rests on, in bits.

    Attributes:
        value: atoms and informations by name (`mmexplore.types.ATOMS`, i1, i2, i12).
        intervals: of those that have one; also ``"lose1"`` (I12 - I2), ``"lose2"`` (I12 - I1) and ``"better"`` (I1 - I2).
        p_target: p-values with the target shuffled.
        p_no_synergy: p of S among rows drawn without synergy; None where this was not tried.
        p_within: p of S with the pairing shuffled within classes: as much or more; None where this was not tried.
        p_within_below: the same, as little or less.
        doubt: why p-values were withheld, and what to do, without a full stop; empty where they were not.
        light: traffic light of the number of rows; None for a table that is no sample.
        names: what modality 1, modality 2 and the target are called.
        measure: the definition of the atoms.
        level: of the intervals.
        draws: replicates of the atoms, shape (B,) each; how sure the nearest data set is.
        unit: what the claims speak in, ``"bit"`` or ``"nat"``; the numbers here are in bits whatever it is.
        predictors: what only predictors of the data say; None for a table of states.
    """

    value: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    p_target: Mapping[str, float] = field(default_factory=dict)
    p_no_synergy: float | None = None
    p_within: float | None = None
    p_within_below: float | None = None
    doubt: str = ""
    light: str | None = None
    names: tuple[str, str, str] = ("modality 1", "modality 2", "the target")
    measure: str = "broja"
    level: float = 0.95
    predictors: Predicted | None = None
    draws: Mapping[str, np.ndarray] = field(default_factory=dict)
    unit: str = "bit"


def evidence_of(
    estimate: Estimate, names: tuple[str, str, str] = ("modality 1", "modality 2", "the target"), unit: str = "bit"
) -> Evidence:
    """The evidence in an estimate from rows, to be read in `unit`."""
    nulls = {null.kind.key: null for null in estimate.nulls}
    value = {name: float(getattr(estimate.value, name)) for name in (*ATOMS, "i1", "i2", "i12")}
    intervals = {name: (low, high) for name, (low, high) in estimate.intervals.items()}
    if intervals:
        tail = 0.5 * (1.0 - estimate.settings.level)
        for key, first, second, floor in (
            ("lose1", "i12", "i2", 0.0),
            ("lose2", "i12", "i1", 0.0),
            ("better", "i1", "i2", -np.inf),
        ):
            drawn = estimate.draws[first] - estimate.draws[second]
            seen = float(getattr(estimate.plugin, first) - getattr(estimate.plugin, second))
            # as for the atoms: quantiles about their mean, set on the plug-in less its bootstrap bias
            ends = np.quantile(drawn, [tail, 1.0 - tail]) - drawn.mean()
            low, high = estimate.stretch * ends - drawn.mean() + 2.0 * seen
            intervals[key] = (max(float(low), floor), max(float(high), floor))
    target, within, none = (nulls.get(key) for key in ("target", "within", "no_synergy"))
    return Evidence(
        value=value,
        intervals=intervals,
        p_target={} if target is None else target.p_values,
        p_no_synergy=None if none is None else none.p_values.get("synergy"),
        p_within=None if within is None else within.p_values.get("synergy"),
        p_within_below=None if within is None else within.p_below.get("synergy"),
        doubt=_doubt(estimate.dependence),
        light=estimate.light.colour,
        names=names,
        measure=estimate.settings.measure,
        level=estimate.settings.level,
        draws={name: estimate.draws[name] for name in ATOMS if name in estimate.draws},
        unit=unit,
    )


def _doubt(seen: Dependence | None) -> str:
    """Why an estimate gives no p-values."""
    if seen is None or not seen.withheld:
        return ""
    return DOUBT if seen.unanswered else f"rows are only {seen.few}, too few to tell information from chance"


def evidence_of_predictors(
    headline: Headline, names: tuple[str, str, str] = ("modality 1", "modality 2", "the target"), unit: str = "bit"
) -> Evidence:
    """The evidence in what cross-fitted predictors say, to be read in `unit`."""
    from scipy.special import ndtr

    read, low = headline.readings, {name: max(0.0, headline.readings[name].at_least) for name in ("i1", "i2")}
    intervals = {name: (read[name].interval.low, read[name].interval.high) for name in (*ATOMS, "i1", "i2", "i12")}
    for key, more, less, floor in (
        ("lose1", "i12", "i2", 0.0),
        ("lose2", "i12", "i1", 0.0),
        ("better", "i1", "i2", -np.inf),
    ):
        ends = headline.cautious(more, less).interval
        intervals[key] = (max(ends.low, floor), max(ends.high, floor))
    for key in ("unique1", "unique2"):
        if read[key].bound_only:
            intervals[key] = (0.0, read[key].interval.high)
    i12, interaction = headline.cautious("i12"), read["interaction"]
    return Evidence(
        value={name: read[name].value for name in (*ATOMS, "i1", "i2", "i12")},
        intervals=intervals,
        p_target={} if headline.doubt else {"i12": float(ndtr(-i12.value / i12.se))},
        p_no_synergy=None if headline.synergy is None or headline.doubt else headline.synergy.p,
        doubt=DOUBT if headline.doubt else "",
        light=headline.light()[0],
        names=names,
        level=headline.level,
        predictors=Predicted(
            most={
                "synergy": max(0.0, headline.entropy - max(low.values())),
                "lose1": max(0.0, headline.entropy - low["i2"]),
                "lose2": max(0.0, headline.entropy - low["i1"]),
            },
            interaction=(interaction.value, interaction.interval.low, interaction.interval.high),
            interacts=headline.interaction.present,
            synergistic=headline.synergy is not None and headline.synergy.present,
        ),
        unit=unit,
    )

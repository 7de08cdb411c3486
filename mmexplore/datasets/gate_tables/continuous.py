"""Worlds with a knob of their own: two Gaussians at an angle, two noisy sensors, two summed dice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.closed_forms import binary_entropy, entropy
from mmexplore.datasets.gate_tables import NUMERICAL, Gate, declare
from mmexplore.datasets.labelled import LabelledTable, from_events
from mmexplore.spec import Spec, param

# -- two Gaussians -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaussians(Spec):
    """Where the two classes lie, and how finely they are seen."""

    angle: float = param(
        30.0,
        label="Angle",
        low=0.0,
        high=90.0,
        step=1.0,
        unit="°",
        help="Direction in which the classes lie apart: 0 along modality 1, 90 along modality 2, 45 along both alike.",
    )
    bins: int = param(
        20,
        label="Bins",
        low=2,
        high=64,
        step=1,
        help="Into how many equal intervals from -5 to 5 each modality is cut.",
    )


_DISTANCE = 2.0  # |mu|: class means lie at -mu and +mu, with unit variance in both modalities
_EDGE = 5.0


def _gaussians(spec: Gaussians) -> LabelledTable:
    cuts = np.linspace(-_EDGE, _EDGE, spec.bins + 1)
    ends = np.array([-math.inf, *cuts[1:-1], math.inf])  # the outer bins are open: no mass is cut off
    mu = _DISTANCE * np.array([math.cos(math.radians(spec.angle)), math.sin(math.radians(spec.angle))])
    p = np.empty((spec.bins, spec.bins, 2))
    for y, sign in enumerate((-1.0, 1.0)):
        first, second = (_normal_masses(ends - sign * m) for m in mu)
        p[:, :, y] = 0.5 * np.outer(first, second)
    labels = tuple(
        f"{low:g} to {high:g}" for low, high in zip(np.round(cuts[:-1], 3), np.round(cuts[1:], 3), strict=True)
    )
    return LabelledTable(p / p.sum(), labels, labels, ("-1", "+1"))


def _normal_masses(ends: np.ndarray) -> np.ndarray:
    """Masses of the standard normal between `ends`, each from the tail in which it keeps its digits."""
    lower = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in ends])
    upper = np.array([0.5 * math.erfc(z / math.sqrt(2.0)) for z in ends])
    return np.where(ends[1:] <= 0.0, np.diff(lower), -np.diff(upper))


declare(
    Gate(
        name="gaussians",
        title="Two Gaussians",
        called="Apples and pears",
        family="Worlds with a knob",
        rule="y = -1 or +1, (x1, x2) normal about y·2·(cos angle, sin angle) with unit variance, cut into bins",
        sentence="Turn the line between two clouds of points: one modality's own information becomes shared information.",
        story="Telling apples from pears by weight and by colour: at 0° only the weight differs, at 45° both differ alike.",
        names=("weight", "colour", "fruit"),
        taxonomy="from uniqueness (dominance) to redundancy (equivalence, enhancement)",
        reference="Liang et al. 2023, arXiv 2302.12247 (two Gaussians of means at distance 2 from the origin)",
        build=_gaussians,
        truth=lambda spec: None,
        expected_source=NUMERICAL,
        spec=Gaussians,
    )
)

# -- two noisy sensors -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sensors(Spec):
    """How good the sensors are."""

    error: float = param(
        0.2,
        label="Error",
        low=0.0,
        high=0.5,
        step=0.01,
        help="Chance that a sensor shows the wrong bit, for each on its own.",
    )


def _sensors(spec: Sensors) -> LabelledTable:
    right = 1.0 - spec.error
    chance = {True: right, False: spec.error}
    events = [(a, b, y, chance[a == y] * chance[b == y]) for a in (0, 1) for b in (0, 1) for y in (0, 1)]
    return from_events(events, ("0 dry", "1 wet"), ("0 dry", "1 wet"), ("0 no rain", "1 rain"))


def _sensors_truth(spec: Sensors) -> tuple[float, float, float, float]:
    e = spec.error
    agree = e * e + (1.0 - e) ** 2
    both = agree * (1.0 - binary_entropy(e * e / agree))  # I(X1,X2;Y)
    one = 1.0 - binary_entropy(e)
    return one, 0.0, 0.0, both - one


declare(
    Gate(
        name="sensors",
        title="Two noisy sensors",
        called="Rain sensors",
        family="Worlds with a knob",
        rule="y a fair bit; x1 and x2 each show y, wrong with probability `error`, independently",
        sentence="Two poor copies of the same fact: what one tells the other tells too, and agreement makes one surer.",
        story="Two cheap rain sensors on one roof: each is often wrong, two that agree are more convincing.",
        names=("sensor 1", "sensor 2", "rain"),
        taxonomy="redundancy with some synergy, enhancement",
        reference="two binary symmetric channels of one source; R and S from Bertschinger et al. 2014, arXiv 1311.2852",
        build=_sensors,
        truth=_sensors_truth,
        expected_source="p(x1,y) = p(x2,y), so U1 = U2 = 0, R = 1 - h(e), S = A (1 - h(e²/A)) - R with A = e² + (1-e)²",
        spec=Sensors,
    )
)

# -- dice --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dice(Spec):
    """How the dice are added, and how much they hang together."""

    alpha: int = param(
        1,
        label="Weight of the second die",
        low=1,
        high=6,
        step=1,
        help="y = x1 + weight·x2; at 6 the sum tells both dice.",
    )
    glue: float = param(
        0.0,
        label="Glue",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Chance that the second die simply shows what the first shows.",
    )


def _dice(spec: Dice) -> LabelledTable:
    faces = range(1, 7)
    return from_events(
        [
            (a, b, a + spec.alpha * b, (1.0 - spec.glue) / 36.0 + (spec.glue / 6.0 if a == b else 0.0))
            for a in faces
            for b in faces
        ]
    )


def _dice_truth(spec: Dice) -> tuple[float, float, float, float] | None:
    p = _dice(spec).p
    both = entropy(p.sum(axis=(0, 1)))  # y is a function of the dice
    if spec.alpha == 1:  # p(x1,y) = p(x2,y)
        one = math.log2(6.0) + both - entropy(p.sum(axis=1))
        return one, 0.0, 0.0, both - one
    if spec.alpha == 6:  # y tells both dice: the identity property
        shared = 2.0 * math.log2(6.0) - both
        return shared, math.log2(6.0) - shared, math.log2(6.0) - shared, 0.0
    if spec.glue == 1.0:
        return math.log2(6.0), 0.0, 0.0, 0.0
    return None


declare(
    Gate(
        name="dice",
        title="DICE",
        called="Two grades added up",
        family="Worlds with a knob",
        rule="two fair dice, y = x1 + alpha·x2; with chance `glue` the second die copies the first",
        sentence="The plain sum needs both dice; weigh the second one by 6 and the sum is a copy of the two.",
        story="Two grades that are added up: the total alone no longer tells who contributed what.",
        names=("die 1", "die 2", "sum"),
        taxonomy="from redundancy and synergy to uniqueness (independence)",
        reference="Harder, Salge & Polani 2013, arXiv 1207.2080 (summed dice); Bertschinger et al. 2014; target: the sum",
        build=_dice,
        truth=_dice_truth,
        expected_source="alpha 1: p(x1,y) = p(x2,y), so U1 = U2 = 0, R = I(X1;Y), S = H(Y) - R; alpha 6: y tells (x1,x2), so "
        "R = I(X1;X2), U1 = U2 = H(X1|X2), S = 0; otherwise numerical",
        spec=Dice,
    )
)

"""How often an estimator's 95 % intervals hold the truth: counted for every quantity by itself, over samples that are independent.

Quantities are not pooled: where a part is 0 in truth and an interval begins at 0, it holds whatever the estimator is worth. Nor are places
along the axis: at all of them a sample has the same seed, so what is missed at one is likely to be missed at the next.

The share that holds in the long run is bracketed by Clopper & Pearson (1934, Biometrika 26, 404): exact for a binomial count, at least
95 of 100 such brackets hold it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scipy.special import betaincinv

from mmexplore.labs.contest.contest import Plan, Point
from mmexplore.labs.contest.scene import CompareScene

LEVEL = 0.95  # of the estimators' intervals
_ROUNDING = 1e-9  # bits

Verdict = Literal["holds", "too seldom", "more often", "cannot tell"]


@dataclass(frozen=True)
class Coverage:
    """Intervals of one estimator for one quantity at one place.

    Attributes:
        name, label: who.
        quantity: of what.
        held: how many intervals held the truth.
        count: of how many samples, all independent.
        low, high: 95 % bracket of the share that holds in the long run.
        bias: mean of estimate - truth over the samples, in bits.
        width: mean width of the intervals, in bits.
    """

    name: str
    label: str
    quantity: str
    held: int
    count: int
    low: float
    high: float
    bias: float
    width: float

    @property
    def verdict(self) -> Verdict:
        """What these samples say of intervals that are to hold in 95 of 100."""
        if self.high < LEVEL:
            return "too seldom"
        if self.low > LEVEL:
            return "more often"
        return "holds" if self.low > LEVEL - 0.15 else "cannot tell"


def binomial_bracket(held: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """The shares that a binomial count is compatible with (Clopper & Pearson 1934).

    Args:
        held: how many times it happened.
        count: of how many, at least 1.
        level: how often the bracket holds the true share, at least.
    """
    tail = (1.0 - level) / 2.0
    low = 0.0 if held == 0 else float(betaincinv(held, count - held + 1, tail))
    high = 1.0 if held == count else float(betaincinv(held + 1, count - held, 1.0 - tail))
    return low, high


def coverage_plan(scene: CompareScene) -> Plan:
    """The samples that are counted: many at one place along the axis."""
    plan = scene.plan()
    return Plan(plan.question, plan.base, plan.over, (scene.coverage_place(),), max(1, scene.counted), plan.pair, plan.labels)  # fmt: skip


def coverage(scene: CompareScene, points: Iterable[Point]) -> list[Coverage]:
    """Every estimator and quantity for which there are intervals at the place, in the order of the registry.

    Args:
        scene: the view.
        points: of `coverage_plan`, or some of them.
    """
    plan = coverage_plan(scene)
    [at] = plan.ats
    truth, every = plan.truth(at), [p for p in points if p.at == at and p.seed < plan.seeds]
    made = []
    for name, entry in scene.chosen().items():
        for quantity in scene.quantities():
            true = truth[quantity]
            mine = [p for p in every if p.estimator == name and _interval(p, quantity) is not None]
            if true is None or not mine:
                continue
            ends = [(p.low[quantity], p.high[quantity]) for p in mine]
            held = sum(low - _ROUNDING <= true <= high + _ROUNDING for low, high in ends)
            made.append(
                Coverage(
                    name,
                    entry.label,
                    quantity,
                    held,
                    len(mine),
                    *binomial_bracket(held, len(mine)),
                    bias=sum(p.values[quantity] - true for p in mine) / len(mine),
                    width=sum(high - low for low, high in ends) / len(mine),
                )
            )
    return made


def _interval(point: Point, quantity: str) -> tuple[float, float] | None:
    """The ends of an estimate's interval, where it gives one."""
    ends = point.low.get(quantity, math.nan), point.high.get(quantity, math.nan)
    return ends if all(map(math.isfinite, (*ends, point.values.get(quantity, math.nan)))) else None

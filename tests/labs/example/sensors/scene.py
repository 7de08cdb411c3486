"""What the page shows, as one frozen spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.spec import Spec, param, part
from mmexplore.units import unit_field

from .task import Toss


def table(error1: float, error2: float) -> np.ndarray:
    """p[x1, x2, y] of a fair coin and two independent reports of it, shape (2, 2, 2)."""
    p = np.zeros((2, 2, 2))
    for y in range(2):
        for x1 in range(2):
            for x2 in range(2):
                p[x1, x2, y] = 0.5 * (1 - error1 if x1 == y else error1) * (1 - error2 if x2 == y else error2)
    return p


@dataclass(frozen=True)
class Sensors(Spec):
    """Two sensors and how often their coin is tossed."""

    error1: float = param(0.1, label="Error of sensor 1", low=0.0, high=0.5, step=0.01)
    error2: float = param(0.2, label="Error of sensor 2", low=0.0, high=0.5, step=0.01)
    unit: str = unit_field()
    toss: Toss = part(Toss, leave=("error1", "error2"))

    def task(self) -> Toss:
        """The run of this view."""
        return self.toss.replace(error1=self.error1, error2=self.error2)


def script(view: Sensors) -> str:
    """A script that gives the same numbers."""
    rows = (
        "[[[(1 - a if x == y else a) * (1 - b if z == y else b) / 2 for y in (0, 1)] for z in (0, 1)] for x in (0, 1)]"
    )
    return f"import mmexplore as mm\n\na, b = {view.error1!r}, {view.error2!r}\nresult = mm.pid({rows})\nprint(result.atoms)\n"

"""A machine seen twice: what its sensors read now and a moment later; now and then a spike in one of them tells of a fault.

    X = (load A + noise, vibration),   Y = (load B + noise, temperature),   load standard normal in three directions,
    vibration = noise + 6 fault,       temperature = noise + 3 fault,     fault = 1 in a share `rate` of the samples.

Nearly all that X tells of Y is the load; one fault is worth up to -log2(rate) bits and tells little on average, so a compression drops it
first. The label says what matters: a calm machine (first load below 0), a busy one, or a faulty one. A planted case of "where compression
discards critical signals" (Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311, on what reconstruction keeps).
"""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.views.base import Factor, Facts, TwoViews, View, declare
from mmexplore.spec import param

_LOADS, _SENSORS = 3, 7
CLASSES = ("calm", "busy", "faulty")


@declare
class RareFault(View):
    """See the module."""

    name = "rare-fault"
    title = "A rare fault"
    sentence = "Sensors of a machine now (X) and a moment later (Y): mostly its load, and rarely a spike that tells of a fault."

    rate: float = param(
        0.04, label="Share of faults", low=0.01, high=0.1, step=0.01, help="How many of the samples have one."
    )
    noise: float = param(0.5, label="Noise", low=0.1, high=2.0, step=0.1, help="Of the sensors that read the load.")
    n: int = param(12_000, label="Samples", low=500, high=50_000, step=500, help="To train on.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the samples.")

    def facts(self) -> Facts:
        """One column more than the sensors of the load, in each view."""
        return Facts(self.n + self._n_held_out(), _SENSORS + 1, _SENSORS + 1, classes=len(CLASSES))

    def _n_held_out(self) -> int:
        return max(200, self.n // 3)

    def sample(self, seed: int) -> TwoViews:
        """A held-out sample for every three training samples."""
        n_held_out = self._n_held_out()
        total = self.n + n_held_out
        load = self.stream("load").standard_normal((total, _LOADS))
        fault = self.stream("fault").random(total) < self.rate
        views = []
        for name, height in (("x", 6.0), ("y", 3.0)):
            rng = self.stream(name)
            mixing = rng.standard_normal((_LOADS, _SENSORS)) / np.sqrt(_LOADS)
            sensors = load @ mixing + self.noise * rng.standard_normal((total, _SENSORS))
            views.append(np.column_stack([sensors, rng.standard_normal(total) + height * fault]))
        label = np.where(fault, 2, (load[:, 0] > 0).astype(np.int64))
        factors = [Factor("state", "label", label, classes=len(CLASSES))]
        factors += [Factor("fault", "shared", fault.astype(np.int64), classes=2)]
        factors += [Factor(f"load {i + 1}", "shared", load[:, i]) for i in range(_LOADS)]
        return TwoViews(
            x1=views[0],
            x2=views[1],
            held_out=np.arange(total) >= self.n,
            columns1=(*(f"sensor {i + 1}" for i in range(_SENSORS)), "vibration"),
            columns2=(*(f"sensor {i + 1}" for i in range(_SENSORS)), "temperature"),
            names=("the sensors now", "the sensors a moment later"),
            y=label,
            class_names=CLASSES,
            factors=tuple(factors),
        )

"""What a Gaussian decomposition says beyond the four atoms: which combinations of the target are unique to whom."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from mmexplore.types import PID, _plain
from mmexplore.units import Unit, ratio


@dataclass(frozen=True)
class GaussianPID(PID):
    """A `PID` of Gaussian variables with its spectrum.

    Attributes:
        spectrum: 1/2 log lambda_i, shape (..., dy), falling: what modality 1 tells more than modality 2 about the i-th
            combination of the target. U1 is the sum of its positive part, U2 of its negative part.
        directions: (..., dy, dy); column i holds the weights of that combination, which has variance 1.
        known1, known2: share of the variance of each combination that modality 1 (2) explains, shape (..., dy).
        coupling: covariance with the x1-x2 block of the optimal coupling Q, shape (..., p, p), if it was asked for. Under it
            the two modalities together tell exactly the union information.
        limit: where the covariance is singular, a sentence on what is a linear function of what; else empty.
        accuracy: estimated bound of the informations' rounding error, in `unit`; it grows with the condition of the covariance.
    """

    spectrum: Any = None
    directions: Any = None
    known1: Any = None
    known2: Any = None
    coupling: Any = None
    limit: str = ""
    accuracy: Any = 0.0

    @property
    def mmi(self) -> PID:
        """The same informations with R = min(I1, I2) (Barrett 2015): right for a scalar target, else an upper end of R."""
        larger = 0.5 * (self.i1 + self.i2 + abs(self.i1 - self.i2))
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(PID)}
        return PID(**{**values, "union": larger, "union_lower": larger, "union_upper": larger, "measure": "mmi"})

    def to(self, unit: Unit) -> GaussianPID:
        """The same result in ``"bit"`` or ``"nat"``."""
        changed = super().to(unit)
        if changed is self or not isinstance(changed, GaussianPID):
            return self
        factor = ratio(self.unit, unit)
        return dataclasses.replace(changed, spectrum=self.spectrum * factor, accuracy=self.accuracy * factor)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON: those of `PID`, the spectrum with its directions, and MMI's four atoms."""
        result = super().to_dict()
        for name in ("spectrum", "directions", "known1", "known2", "accuracy"):
            result[name] = _plain(getattr(self, name))
        if self.limit:
            result["limit"] = self.limit
        if self.coupling is not None:
            result["coupling"] = _plain(self.coupling)
        result["mmi"] = {name: _plain(value) for name, value in self.mmi.atoms._asdict().items()}
        return result

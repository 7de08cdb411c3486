"""Results. One number, four atoms: everything a PID reports follows from (I1, I2, I12) and the union information I*.

    R = I1 + I2 - I*,   U1 = I* - I2,   U2 = I* - I1,   S = I12 - I*

so R + U1 = I1, R + U2 = I2, R + U1 + U2 + S = I12 and R - S = co-information hold by construction, for every measure.
Reference: Williams & Beer 2010 (arXiv 1004.2515); Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from mmexplore.display import Shown
from mmexplore.units import Unit, as_unit, ratio

Certificate = Literal["exact", "certified", "none"]

ATOMS = ("redundancy", "unique1", "unique2", "synergy")
INFORMATIONS = ("i1", "i2", "i12")


class AtomWords(NamedTuple):
    """How one atom is called and explained, everywhere.

    Attributes:
        symbol: as in formulas and tables.
        title: a few words, for figures and tables.
        sentence: what it is.
        label: the fewest words, for a bar beside others; ``{0}`` and ``{1}`` stand for the names of the modalities.
    """

    symbol: str
    title: str
    sentence: str
    label: str


ATOM_WORDS: dict[str, AtomWords] = {
    "redundancy": AtomWords(
        "R",
        "Redundancy",
        "Information that either modality carries by itself: the second one only repeats it.",
        "R, redundancy",
    ),
    "unique1": AtomWords("U1", "Unique to modality 1", "Information that only modality 1 carries.", "U1, only {0}"),
    "unique2": AtomWords("U2", "Unique to modality 2", "Information that only modality 2 carries.", "U2, only {1}"),
    "synergy": AtomWords(
        "S", "Synergy", "Information that neither carries alone and both carry together.", "S, synergy"
    ),
}
ATOM_SYMBOLS: dict[str, str] = {atom: words.symbol for atom, words in ATOM_WORDS.items()}
INFORMATION_SYMBOLS: dict[str, str] = {"i1": "I1", "i2": "I2", "i12": "I12"}


class Atoms(NamedTuple):
    """The four atoms of a two-source partial information decomposition, floats or arrays of one shape."""

    redundancy: Any
    unique1: Any
    unique2: Any
    synergy: Any

    @classmethod
    def of(cls, i1: Any, i2: Any, i12: Any, union: Any) -> Atoms:
        """The atoms that follow from three informations and the union information I*, floats or arrays that broadcast, in one unit.

        The one place that derives them; `ATOM_WEIGHTS` says the same as coefficients.
        """
        return cls(i1 + i2 - union, union - i2, union - i1, i12 - union)

    @classmethod
    def between(cls, i1: Any, i2: Any, i12: Any, low: Any, high: Any) -> tuple[Atoms, Atoms]:
        """Lowest and highest atoms where I* lies between `low` and `high`: the unique ones rise with it, redundancy and synergy fall."""
        at_low, at_high = cls.of(i1, i2, i12, low), cls.of(i1, i2, i12, high)
        return (
            cls(at_high.redundancy, at_low.unique1, at_low.unique2, at_high.synergy),
            cls(at_low.redundancy, at_high.unique1, at_high.unique2, at_low.synergy),
        )


# The atoms of `Atoms.of` as linear combinations: atom -> information -> coefficient. For what is drawn from a grid of informations.
ATOM_WEIGHTS: Mapping[str, Mapping[str, int]] = {
    "redundancy": {"i1": 1, "i2": 1, "union": -1},
    "unique1": {"union": 1, "i2": -1},
    "unique2": {"union": 1, "i1": -1},
    "synergy": {"i12": 1, "union": -1},
}


@dataclass(frozen=True)
class PID(Shown):
    """A partial information decomposition of Y by X1 and X2, with its certificate.

    Every field is a float, or an array of the batch's shape. Atoms are never clipped: measures other than BROJA may be
    negative, and that is part of what they say.

    Attributes:
        i1, i2, i12: mutual informations I(X1;Y), I(X2;Y), I(X1,X2;Y), in `unit`.
        union: union information I*, the one number the measure supplies.
        union_lower, union_upper: certified interval of I* (nan where no certificate exists).
        measure: the definition's name, one of `mmexplore.measures()`.
        certificate: ``"exact"`` closed form, ``"certified"`` duality gap, ``"none"`` iterated without a bound.
        converged: whether the requested tolerance was reached.
        tolerance: what was asked for, in `unit` (0 for closed forms).
        iterations: steps of the solver (0 for closed forms).
        seconds: wall time of the computation of the whole batch.
    """

    i1: Any
    i2: Any
    i12: Any
    union: Any
    union_lower: Any
    union_upper: Any
    measure: str
    certificate: Certificate
    converged: Any
    tolerance: float
    iterations: Any
    seconds: float
    unit: Unit = "bit"

    @property
    def atoms(self) -> Atoms:
        """All four atoms."""
        return Atoms.of(self.i1, self.i2, self.i12, self.union)

    @property
    def redundancy(self) -> Any:
        """R: what both modalities tell, each on its own."""
        return self.atoms.redundancy

    @property
    def unique1(self) -> Any:
        """U1: what only modality 1 tells."""
        return self.atoms.unique1

    @property
    def unique2(self) -> Any:
        """U2: what only modality 2 tells."""
        return self.atoms.unique2

    @property
    def synergy(self) -> Any:
        """S: what only the two together tell."""
        return self.atoms.synergy

    @property
    def coinformation(self) -> Any:
        """I1 + I2 - I12 = R - S; free of the measure."""
        return self.i1 + self.i2 - self.i12

    @property
    def lower(self) -> Atoms:
        """Certified lower ends of the four atoms (nan where no certificate exists)."""
        return Atoms.between(self.i1, self.i2, self.i12, self.union_lower, self.union_upper)[0]

    @property
    def upper(self) -> Atoms:
        """Certified upper ends of the four atoms (nan where no certificate exists)."""
        return Atoms.between(self.i1, self.i2, self.i12, self.union_lower, self.union_upper)[1]

    @property
    def gap(self) -> Any:
        """Every atom lies within `gap` of the truth: 0 for closed forms, nan where no certificate exists."""
        return self.union_upper - self.union_lower

    def to(self, unit: Unit) -> PID:
        """The same result in ``"bit"`` or ``"nat"``."""
        if as_unit(unit) == self.unit:
            return self
        factor = ratio(self.unit, unit)
        names = ("i1", "i2", "i12", "union", "union_lower", "union_upper", "tolerance")
        return dataclasses.replace(self, unit=unit, **{name: getattr(self, name) * factor for name in names})

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON: atoms, informations, certificate and provenance (nan becomes None)."""
        scalars = {name: getattr(self, name) for name in (*ATOMS, *INFORMATIONS, "coinformation", "union", "gap")}
        result: dict[str, Any] = {name: _plain(value) for name, value in scalars.items()}
        result["lower"] = {name: _plain(value) for name, value in self.lower._asdict().items()}
        result["upper"] = {name: _plain(value) for name, value in self.upper._asdict().items()}
        for name in ("unit", "measure", "certificate", "converged", "tolerance", "iterations", "seconds"):
            result[name] = _plain(getattr(self, name))
        return result


def _plain(value: Any) -> Any:
    """A JSON value: arrays to lists, NumPy scalars to Python, nan to None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

"""Bits and nats: the one place where they are changed into each other."""

from __future__ import annotations

import math
from typing import Any, Literal

from mmexplore.errors import BadSpec
from mmexplore.spec import param

Unit = Literal["bit", "nat"]

UNITS: tuple[Unit, Unit] = ("bit", "nat")
NATS_PER_BIT = math.log(2.0)
BITS_PER_NAT = 1.0 / math.log(2.0)


def as_unit(text: str) -> Unit:
    """A unit from text; `BadSpec` names those there are."""
    if text not in UNITS:
        raise BadSpec(f"unit is {str(text)[:40]!r}; allowed: {', '.join(UNITS)}")
    return text


def per_bit(unit: str) -> float:
    """What a number in bits is multiplied by to be in `unit`."""
    return NATS_PER_BIT if as_unit(unit) == "nat" else 1.0


def per_nat(unit: str) -> float:
    """What a number in nats is multiplied by to be in `unit`."""
    return 1.0 if as_unit(unit) == "nat" else BITS_PER_NAT


def ratio(of: str, to: str) -> float:
    """What a number in the unit `of` is multiplied by to be in the unit `to`."""
    return per_bit(to) if as_unit(of) == "bit" else per_nat(to)


def in_unit(bits: Any, unit: str) -> Any:
    """Bits (a number or an array) in `unit`."""
    return bits if as_unit(unit) == "bit" else bits * NATS_PER_BIT


def unit_field() -> Any:
    """The declaration of a view's unit."""
    return param("bit", label="Unit", choices=UNITS, help="1 nat = 1.4427 bit.", widget="segments")

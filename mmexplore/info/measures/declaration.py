"""PID measures, one file each. Adding a file that calls `@measure(...)` adds a measure everywhere.

A measure is a function of a `Problem` (a batch of tables) that supplies one number a table, in bits: the redundancy R or
the union information I*. The four atoms follow from it (`mmexplore.types.PID`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mmexplore.info.tables import Array, Problem
from mmexplore.registry import Registry
from mmexplore.types import Certificate


@dataclass(frozen=True)
class MeasureResult:
    """What an iterative measure returns: the number, its certified interval and how it was reached; shapes (batch,)."""

    value: Array
    lower: Array
    upper: Array
    iterations: Array
    converged: Array


@dataclass(frozen=True)
class Measure:
    """A definition of redundancy or union information.

    Attributes:
        name: the key, as in ``mmexplore.pid(p, measure=name)``.
        label: the symbol used in the literature, for instance ``"I_min"``.
        supplies: whether `function` returns the redundancy R or the union information I*, in bits.
        certificate: ``"exact"`` for closed forms, ``"certified"`` where bounds come with it, else ``"none"``.
        signed: whether negative atoms can be right under this definition.
        summary: one line that says why its answer differs from the others'.
        reference: author, year, arXiv.
        on_torch: whether `function` also runs on torch tensors (else tables are brought to NumPy and back).
    """

    name: str
    label: str
    supplies: Literal["redundancy", "union"]
    certificate: Certificate
    signed: bool
    summary: str
    reference: str
    function: Callable[[Problem], Array | MeasureResult]
    on_torch: bool = False


REGISTRY: Registry[Measure] = Registry("measure", "mmexplore.info.measures")

Function = Callable[[Problem], "Array | MeasureResult"]


def measure(
    name: str,
    *,
    label: str,
    supplies: Literal["redundancy", "union"],
    certificate: Certificate,
    signed: bool,
    summary: str,
    reference: str,
    on_torch: bool = False,
) -> Callable[[Function], Function]:
    """Register the decorated function as a measure; see `Measure` for the arguments."""

    def register(function: Function) -> Function:
        REGISTRY.add(name, Measure(name, label, supplies, certificate, signed, summary, reference, function, on_torch))
        return function

    return register

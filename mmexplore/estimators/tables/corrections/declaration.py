"""Corrections of the bias of few samples, one file each. Adding a file that calls `@correction(...)` adds one everywhere.

A correction supplies better guesses of the population's I(X1;Y), I(X2;Y), I(X1,X2;Y) and I*; the four atoms follow from
them as ever. It is an estimate: no corrected value is certified, and none is clipped at 0, so a corrected atom may be negative. Each is right
on average, so that in one sample they may cross; I12 is then lifted to the larger of I1 and I2, than which it cannot be less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mmexplore.registry import Registry
from mmexplore.types import PID


class Informations(NamedTuple):
    """The four numbers a decomposition is made of, in bits."""

    i1: float
    i2: float
    i12: float
    union: float


@dataclass(frozen=True)
class CorrectionInput:
    """What a correction may use.

    Attributes:
        counts: rows in each cell, shape (n1, n2, ny); every state occurs.
        plugin: decomposition of counts / n.
        solve: decompositions of a stack of count tables, shape (batch, n1, n2, ny).
        stream: random stream of a number, the correction's own.
        bootstrap_bias: mean of the bootstrap replicates minus the plug-in value; None where there are no replicates.
        spread: rows for one that is independent and of mean weight.
        single: whether every row is a draw of its own that counts alike.
    """

    counts: np.ndarray
    plugin: PID
    solve: Callable[[np.ndarray], PID] | None = None
    stream: Callable[[int], np.random.Generator] | None = None
    bootstrap_bias: Informations | None = None
    spread: float = 1.0
    single: bool = True


Function = Callable[[CorrectionInput], Informations]


@dataclass(frozen=True)
class Correction:
    """A way to take off part of the bias.

    Attributes:
        name: the key in `Settings.correction`.
        label: what it is called.
        summary: one line on what it does and when it helps.
        reference: author, year.
        function: from `CorrectionInput` to corrected informations.
        centres: whether intervals may be centred on it; else they are on the plug-in less its bootstrap bias.
        direct: whether `counts` and `plugin` are all it needs, so that it is quick; the rest may then be None.
    """

    name: str
    label: str
    summary: str
    reference: str
    function: Function
    centres: bool
    direct: bool

    def corrected(self, given: CorrectionInput) -> Informations:
        """The informations, as they can be together.

        Raises:
            Unsupported: rows or settings that it cannot take.
        """
        found = self.function(given)
        return found._replace(i12=max(found.i12, found.i1, found.i2))


REGISTRY: Registry[Correction] = Registry("correction", "mmexplore.estimators.tables.corrections")


def correction(
    name: str, *, label: str, summary: str, reference: str, centres: bool, direct: bool
) -> Callable[[Function], Function]:
    """Register the decorated function as a correction; see `Correction` for the arguments."""

    def register(function: Function) -> Function:
        REGISTRY.add(name, Correction(name, label, summary, reference, function, centres, direct))
        return function

    return register

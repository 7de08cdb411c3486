"""Estimators of the decomposition from rows, one file each. Adding a file that calls `@estimator(...)` adds one everywhere.

An estimator supplies four numbers, I(X1;Y), I(X2;Y), I(X1,X2;Y) and the union information; the atoms follow from them as ever, by
the one constructor in `mmexplore.types`. It says which targets it can take and refuses the others with a sentence that names what to
use instead, and it says by checks with numbers whether its own iteration came to rest: an estimate without them fails silently.

None of them is certified: they speak of a population that the rows were drawn from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.watching import Watcher
from mmexplore.registry import Registry
from mmexplore.spec import Spec

if TYPE_CHECKING:
    from mmexplore.estimators.predictive import Prediction

Target = Literal["label", "scalar", "vector"]
TARGETS: tuple[Target, ...] = ("label", "scalar", "vector")


@dataclass(frozen=True)
class Check:
    """One thing that must hold for an answer to be trusted.

    Attributes:
        name: in a few words.
        passed: whether it holds.
        words: a sentence with the numbers.
    """

    name: str
    passed: bool
    words: str


@dataclass(frozen=True)
class Answer:
    """What an estimator supplies, in bits.

    Attributes:
        i1, i2, i12, union: the four numbers.
        intervals: of atoms and informations, as far as it can tell.
        checks: whether it came to rest; none failed means converged.
        warnings: sentences on what may mislead.
        details: further numbers by name, for instance what a certificate says.
        iterations: steps of the solver or updates of the networks.
        predictive: all else that the predictive estimator says; None of the others.
    """

    i1: float
    i2: float
    i12: float
    union: float
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    warnings: tuple[str, ...] = ()
    details: Mapping[str, float] = field(default_factory=dict)
    iterations: int = 0
    predictive: Prediction | None = None


Function = Callable[[Any, Any, Watcher], Answer]


@dataclass(frozen=True)
class Estimator:
    """A way from rows to a decomposition.

    Attributes:
        name: the key in `mm.estimate_pid(..., estimator=name)`.
        label: what it is called.
        summary: one line on what it does.
        assumes: what has to hold for it to be right, in a sentence.
        fails: when it fails, in a sentence.
        reference: author, year.
        targets: kinds of target it takes.
        instead: what to use for the others.
        settings: the class of its settings.
        trains: whether networks are trained: seconds to minutes, not for the server process.
        slow: whether it takes seconds without any network: not for the server process either, nor at every change of a control.
        any_columns: whether it reads text, gaps, constant columns and more columns than rows, and knows what to do about groups of rows,
            series and weights.
        takes_sampling: whether it knows what to do about groups, series and weights, whatever else it reads.
        function: from (`Rows`, settings, watcher) to an `Answer`.
    """

    name: str
    label: str
    summary: str
    assumes: str
    fails: str
    reference: str
    targets: tuple[Target, ...]
    instead: str
    settings: type[Spec]
    trains: bool
    slow: bool
    any_columns: bool
    takes_sampling: bool
    function: Function


REGISTRY: Registry[Estimator] = Registry("estimator", "mmexplore.estimators.pids")


def estimator(
    name: str,
    *,
    label: str,
    summary: str,
    assumes: str,
    fails: str,
    reference: str,
    targets: tuple[Target, ...],
    instead: str,
    settings: type[Spec],
    trains: bool = False,
    slow: bool = False,
    any_columns: bool = False,
    takes_sampling: bool = False,
) -> Callable[[Function], Function]:
    """Register the decorated function; see `Estimator` for the arguments."""

    def register(function: Function) -> Function:
        entry = Estimator(
            name,
            label,
            summary,
            assumes,
            fails,
            reference,
            targets,
            instead,
            settings,
            trains,
            slow,
            any_columns,
            takes_sampling or any_columns,
            function,
        )
        REGISTRY.add(name, entry)
        return function

    return register

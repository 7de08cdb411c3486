"""Gates: small worlds whose decomposition is known. A new gate is one more `declare(Gate(...))` in a file of this folder.

Each declaration carries the table, its BROJA decomposition in closed form where there is one, a sentence for a student
and a story of two modalities. The taxonomy's words (equivalence, enhancement, independence, dominance, modulation,
emergence) are those of Liang, Zadeh & Morency 2022, "Foundations and Trends in Multimodal Machine Learning"
(arXiv 2209.03430), who take them from the study of animal signals (Partan & Marler 2005).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mmexplore.datasets.labelled import LabelledTable, from_events
from mmexplore.errors import BadSpec
from mmexplore.registry import Registry
from mmexplore.spec import Spec
from mmexplore.types import Atoms
from mmexplore.whatif.tables import WhatIf, pad_to_common, what_if

NUMERICAL = "numerical"  # expected_source of a gate without a closed form
_MAX_POINTS = 4096  # of a grid over a gate's own parameters, which are built one by one


@dataclass(frozen=True)
class NoParameters(Spec):
    """A gate with nothing of its own to turn."""


@dataclass(frozen=True)
class Gate:
    """One gate.

    Attributes:
        name: the key, as in ``mmexplore.gate(name)``.
        title: the name in the literature.
        family: heading under which it is listed.
        rule: what makes the table.
        sentence: one sentence a student understands.
        story: two modalities and a target that behave like this.
        names: what X1, X2 and Y are in the story.
        taxonomy: where it stands among the interactions of arXiv 2209.03430.
        reference: where the table is from, and which of its variables is the target.
        build: the labelled table; takes the gate's own parameters, as one spec.
        truth: its BROJA atoms in bits for such a spec, or None where no closed form is known.
        expected_source: the closed form, or `NUMERICAL`.
        spec: the gate's own parameters.
        called: the story in a few words, "" where there is none.
    """

    name: str
    title: str
    family: str
    rule: str
    sentence: str
    story: str
    names: tuple[str, str, str]
    taxonomy: str
    reference: str
    build: Callable[[Any], LabelledTable]
    truth: Callable[[Any], tuple[float, float, float, float] | None]
    expected_source: str
    spec: type[Spec] = NoParameters
    called: str = ""

    @property
    def listed(self) -> str:
        """The story and the name in the literature, as in a list of gates: "Sarcasm (XOR)"."""
        return f"{self.called} ({self.title.replace('(', '').replace(')', '')})" if self.called else self.title

    def at(self, **own: Any) -> LabelledTable:
        """The labelled table at some values of the gate's own parameters."""
        return _built(self.name, self.spec(**own))

    def expected_at(self, **own: Any) -> Atoms | None:
        """The BROJA atoms in bits at some values of the gate's own parameters; None where no closed form is known."""
        atoms = self.truth(self.spec(**own))
        return None if atoms is None else Atoms(*atoms)

    @property
    def expected(self) -> Atoms | None:
        """The BROJA atoms in bits at the gate's defaults; None where no closed form is known."""
        return self.expected_at()

    @property
    def table(self) -> np.ndarray:
        """Read-only p(x1, x2, y) at the gate's defaults."""
        return self.at().p

    @property
    def x1_labels(self) -> tuple[str, ...]:
        """States of X1 at the gate's defaults."""
        return self.at().x1_labels

    @property
    def x2_labels(self) -> tuple[str, ...]:
        """States of X2 at the gate's defaults."""
        return self.at().x2_labels

    @property
    def y_labels(self) -> tuple[str, ...]:
        """States of Y at the gate's defaults."""
        return self.at().y_labels


REGISTRY: Registry[Gate] = Registry("gate", "mmexplore.datasets.gate_tables")


def declare(gate: Gate) -> Gate:
    """Register a gate under its name."""
    return REGISTRY.add(gate.name, gate)


def fixed(*atoms: float) -> Callable[[Any], tuple[float, float, float, float]]:
    """`truth` of a gate without parameters."""
    redundancy, unique1, unique2, synergy = atoms
    return lambda spec: (redundancy, unique1, unique2, synergy)


def of_bits(rule: Callable[[int, int], Any], *labels: tuple[str, ...]) -> Callable[[Any], LabelledTable]:
    """`build` of y = rule(x1, x2) with independent fair bits."""
    return of_events([(a, b, rule(a, b)) for a, b in itertools.product((0, 1), repeat=2)], *labels)


def of_events(events: list[Any], *labels: tuple[str, ...]) -> Callable[[Any], LabelledTable]:
    """`build` from a fixed list of events; see `from_events`."""
    return lambda spec: from_events(events, *labels)


@lru_cache(maxsize=256)
def _built(name: str, spec: Spec) -> LabelledTable:
    return REGISTRY[name].build(spec)


def gates() -> tuple[str, ...]:
    """Names of the gates."""
    return REGISTRY.names()


def gate_info(name: str) -> Gate:
    """The declaration of a gate: words, table, labels, expected decomposition."""
    return REGISTRY[name]


def gate(name: str, **values: Any) -> np.ndarray:
    """The table of a gate, changed by what-ifs.

    Args:
        name: one of `gates()`.
        values: the gate's own parameters and the fields of `WhatIf`. Each may be an array; arrays broadcast together and
            lead the shape. Where a gate's own parameter changes the alphabets, the smaller ones get unused states.

    Returns:
        p(x1, x2, y), shape (..., n1, n2, ny).

    >>> gate("and", noise=0.1).shape
    (2, 2, 2)
    """
    entry = REGISTRY[name]
    own_names = tuple(p.name for p in entry.spec.parameters())
    what_if_names = tuple(p.name for p in WhatIf.parameters())
    for key in values:
        if key not in own_names and key not in what_if_names:
            raise BadSpec(f"gate {name!r} has no parameter {key!r}; allowed: {', '.join((*own_names, *what_if_names))}")
    own = {key: value for key, value in values.items() if key in own_names}
    changes = {key: value for key, value in values.items() if key not in own_names}
    tables = _at_all(entry, own)
    return what_if(tables, **changes) if changes else np.array(tables)


def _at_all(entry: Gate, own: dict[str, Any]) -> np.ndarray:
    """Tables at every point of the (broadcast) values of a gate's own parameters."""
    if all(np.ndim(value) == 0 for value in own.values()):
        return entry.at(**own).p
    try:
        arrays = dict(zip(own, np.broadcast_arrays(*own.values()), strict=True))
    except ValueError:
        raise BadSpec(f"the values of {', '.join(own)} do not broadcast together") from None
    lead = next(iter(arrays.values())).shape
    points = int(np.prod(lead))
    if not 0 < points <= _MAX_POINTS:
        raise BadSpec(f"{', '.join(own)} span {points:,} points; allowed: 1 to {_MAX_POINTS:,}")
    flat = {key: array.ravel().tolist() for key, array in arrays.items()}
    tables = [entry.at(**{key: column[i] for key, column in flat.items()}).p for i in range(points)]
    padded = pad_to_common(*tables)
    return np.stack(padded).reshape(*lead, *padded[0].shape)

"""A scene: which table is decomposed, how it is changed, by which measure, and what the dial moves. One frozen spec.

The page, its link, its exported script and its caches all hang on this one declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mmexplore import datasets
from mmexplore.datasets import Binning, WhatIf
from mmexplore.info.pid import measures, pid
from mmexplore.labs.decompose import drawn
from mmexplore.spec import Spec, chosen, param, read_pairs
from mmexplore.types import PID, Atoms
from mmexplore.units import as_unit, unit_field

Table = npt.NDArray[np.float64]

WHAT_IFS = tuple(p.name for p in WhatIf.parameters())
FIRST_DRAWING = "2x2x2~1,0,1,0,1,0,0,1"  # AND: something to change rather than a void

_USUAL_AXES = {
    "gate": ("noise", "correlation"),
    "mix": ("mix", "noise"),
    "real": ("noise1", "noise2"),
    "draw": ("noise", "correlation"),
}


def _own_spec(gate: str) -> type[Spec]:
    """The class of a gate's own parameters."""
    return datasets.gate_info(gate).spec


class Labels(NamedTuple):
    """Names of the states of each axis, as shown to the reader."""

    x1: tuple[str, ...]
    x2: tuple[str, ...]
    y: tuple[str, ...]


@dataclass(frozen=True)
class Scene(WhatIf, Binning):
    """Everything one sees on the Decompose page."""

    source: str = param("gate", label="Start from", choices=tuple(_USUAL_AXES), widget="segments")
    gate: str = param("and", label="Gate", choices=datasets.gates(), help="A small world whose decomposition is known.")
    own: Spec = chosen("gate", _own_spec)  # what the gate lets one turn beside the what-ifs; of a gate or a mix only
    other: str = param(
        "xor", label="Mixed with", choices=datasets.gates(), help="The gate at the other end of the mix."
    )
    mix: float = param(
        0.5,
        label="Mix",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Each sample follows the second gate with this probability.",
    )
    real: str = param(
        "iris", label="Data set", choices=datasets.real_data(), help="Measured data that ship with scikit-learn."
    )
    drawn: str = param(FIRST_DRAWING, label="Drawn table", max_length=8000)
    measure: str = param(
        "broja", label="Measure", choices=measures(), help="The definition of redundancy or of union information."
    )
    unit: str = unit_field()
    dial_x: str = param("auto", label="First slider", max_length=30, help="What the first slider moves.")
    dial_y: str = param("auto", label="Second slider", max_length=30, help="What the second slider moves.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.source == "draw":
            drawn.normalised(drawn.decode(self.drawn))

    @classmethod
    def of_old_links(cls, query: dict[str, str]) -> dict[str, str]:
        """Old links hold the gate's own parameters as one text, ``own=angle%3D45.0``, and name them bare on the dial, ``dial_x=angle``."""
        query = dict(query)
        given = read_pairs(query.pop("own", ""), "the gate")
        for name in ("dial_x", "dial_y"):
            path = query.get(name, "auto")
            if path != "auto" and "." not in path and path not in {p.name for p in cls.parameters()}:
                query[name] = f"gate.{path}"
        return {f"gate.{key}": text for key, text in given.items()} | query

    # -- the gate's own parameters -----------------------------------------------------------------------------------

    def own_paths(self) -> tuple[str, ...]:
        """Paths of what the gate lets one turn beside the what-ifs; none where the table is of no gate."""
        return tuple(f"gate.{p.name}" for p in self.own.parameters()) if self.source in ("gate", "mix") else ()

    def own_values(self) -> dict[str, Any]:
        """Values of the gate's own parameters that differ from their defaults, by name; none where the table is of no gate."""
        return self.own.differing() if self.source in ("gate", "mix") else {}

    def put(self, **changes: Any) -> Scene:
        """A copy with values changed, by name or path; another gate comes with its defaults, a data set with the bins that suit it."""
        if {"real", "source"} & changes.keys() and not {p.name for p in Binning.parameters()} & changes.keys():
            info = datasets.real_info(changes.get("real", self.real))
            changes |= {p.name: getattr(info, p.name) for p in Binning.parameters()}
        return super().put(**changes)

    # -- the table ---------------------------------------------------------------------------------------------------

    def changes(self) -> dict[str, float]:
        """The what-ifs that differ from doing nothing."""
        return {p.name: getattr(self, p.name) for p in WhatIf.parameters() if getattr(self, p.name) != p.default}

    def table(self) -> Table:
        """The table that is decomposed, p[x1, x2, y] of shape (n1, n2, ny)."""
        return self.tables()

    def tables(self, **values: npt.ArrayLike) -> Table:
        """The table with some parameters of the dial replaced, by path; arrays broadcast together and lead the shape."""
        own = {path.removeprefix("gate."): values.pop(path) for path in self.own_paths() if path in values}
        mix = values.pop("mix", self.mix)
        changes = {**self.changes(), **values}
        base = self._base(self.own_values() | own, mix)
        return datasets.what_if(base, **changes) if changes else base

    def _base(self, own: dict[str, Any], mix: Any) -> Table:
        """The table(s) before any what-if."""
        if self.source == "gate":
            return datasets.gate(self.gate, **own)
        if self.source == "mix":
            return datasets.mix(datasets.gate(self.gate, **own), datasets.gate(self.other), mix)
        if self.source == "real":
            return self.real_table().table.p
        return drawn.normalised(drawn.decode(self.drawn))

    def real_table(self) -> datasets.RealTable:
        """The real data set as a table, with how each modality was binned."""
        return datasets.real_table(self.real, bins1=self.bins1, bins2=self.bins2, method=self.method)

    def decompose(self, table: Table | None = None) -> PID:
        """The certified decomposition, in the scene's unit; `table` is the scene's own, where it is known already."""
        return pid(self.table() if table is None else table, self.measure).to(as_unit(self.unit))

    def expected(self) -> Atoms | None:
        """The decomposition known from the literature, in bits, of an untouched gate under BROJA; else None."""
        if self.source != "gate" or self.changes() or self.measure != "broja":
            return None
        return datasets.gate_info(self.gate).expected_at(**self.own_values())

    # -- words -------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """What is decomposed, in a few words."""
        values: dict[str, Any] = {}
        if self.source == "gate":
            name = datasets.gate_info(self.gate).title
        elif self.source == "mix":
            name = f"{datasets.gate_info(self.gate).title} mixed with {datasets.gate_info(self.other).title}"
            values = {"mix": self.mix}
        elif self.source == "real":
            states = "states of one direction" if self.method == "quantile" else "k-means states"
            name = f"{datasets.real_info(self.real).title}, as {states} of either modality"
        else:
            name = "Your own table"
        labels = {p.name: p.label.lower() for p in (*self.parameters(), *self.own.parameters())}
        values = self.own_values() | values | self.changes()
        text = ", ".join(f"{labels[key]} {value:g}" for key, value in values.items())
        return f"{name} ({text})" if text else name

    def names(self) -> tuple[str, str, str]:
        """What modality 1, modality 2 and the target are called."""
        if self.source == "gate":
            return datasets.gate_info(self.gate).names
        if self.source == "real":
            return datasets.real_info(self.real).names
        return ("modality 1", "modality 2", "the target")

    def labels(self) -> Labels:
        """Names of the states of each axis."""
        shape = self.table().shape
        if self.source == "gate":
            at = datasets.gate_info(self.gate).at(**self.own_values())
            given = Labels(at.x1_labels, at.x2_labels, at.y_labels)
        elif self.source == "real":
            table = self.real_table().table
            given = Labels(table.x1_labels, table.x2_labels, table.y_labels)
        else:
            given = Labels((), (), ())
        counted = (tuple(str(i) for i in range(n)) for n in shape)
        return Labels(*(names if names else numbers for names, numbers in zip(given, counted, strict=True)))

    # -- the dial ----------------------------------------------------------------------------------------------------

    def dials(self) -> tuple[str, ...]:
        """Paths of the parameters that the dial can move."""
        if self.source == "mix":
            return ("mix", *WHAT_IFS)
        return (*(path for path in self.own_paths() if self.at(path).type is float), *WHAT_IFS)

    def axes(self) -> tuple[str, str]:
        """Paths of the two parameters on the dial: what was chosen where it fits, else what is usual for the source."""
        allowed = self.dials()
        usual = (*(path for path in self.own_paths() if path in allowed), *_USUAL_AXES[self.source])
        x = self.dial_x if self.dial_x in allowed else usual[0]
        y = (
            self.dial_y
            if self.dial_y in allowed and self.dial_y != x
            else next(n for n in (*usual, *allowed) if n != x)
        )
        return x, y

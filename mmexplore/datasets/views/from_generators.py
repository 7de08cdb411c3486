"""Every generator of `mmexplore.datasets.generators` on the shelf, under its own name, with its own parameters and the same numbers.

A generator of kind ``"pid"`` brings its target: a label, or numbers (`TwoViews.y_real`). One of kind ``"mi"`` has no target; its truth is
the mutual information between the two views.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mmexplore.datasets.generators import REGISTRY, Generator
from mmexplore.datasets.generators import Truth as GeneratorTruth
from mmexplore.datasets.views.base import (
    VIEWS,
    Factor,
    Facts,
    LabelTruth,
    SharedTruth,
    TwoViews,
    View,
    column_names,
    last_rows,
)
from mmexplore.types import PID


@dataclass(frozen=True)
class GeneratorView(View):
    """Base of the adapters: a generator as a declaration of two views.

    Class attributes:
        entry: the generator's class.
    """

    entry: ClassVar[type[Generator]]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.generator()

    def generator(self) -> Generator:
        """The generator with these values.

        Raises:
            BadSpec: values that do not go together.
        """
        return self.entry(**{p.name: getattr(self, p.name) for p in self.parameters()})

    def sample(self, seed: int) -> TwoViews:
        """The generator's samples; the last fifth is held out."""
        made = self.generator()
        x1, x2, target = made.sample()
        labelled = made.kind == "pid" and made.target == "label"
        number = np.asarray(target, dtype=np.float64) if made.kind == "pid" and not labelled else None
        y = np.asarray(target, dtype=np.int64) if labelled else None
        classes = self._classes() if labelled else 0
        known = [Factor("label", "label", y, classes)] if y is not None else []
        known += [Factor("target", "label", number)] if number is not None else []
        return TwoViews(
            x1=x1,
            x2=x2,
            held_out=last_rows(len(x1)),
            columns1=column_names("x1", x1.shape[1]),
            columns2=column_names("x2", x2.shape[1]),
            names=("view 1", "view 2") if made.kind == "mi" else ("modality 1", "modality 2"),
            y=y,
            y_real=number,
            class_names=tuple(str(code) for code in range(classes)),
            factors=tuple(known),
            ceiling=_ceiling(self.truth()),
        )

    def _classes(self) -> int:
        return int(getattr(self, "classes", 2))

    def facts(self) -> Facts:
        """As the generator says."""
        made = self.generator()
        d1, d2, _ = made.dims()
        with_target = made.kind == "pid"
        labelled = with_target and made.target == "label"
        return Facts(
            made.n, d1, d2, classes=self._classes() if labelled else 0, numeric_target=with_target and not labelled
        )

    def truth(self) -> LabelTruth | SharedTruth | None:
        """The generator's truth; None where not every part of it is known."""
        made = self.generator()
        known = made.truth()
        if made.kind == "mi":
            return None if known.i1 is None else SharedTruth(known.i1, True, known.source)
        return _decomposition(known)


def _decomposition(known: GeneratorTruth) -> LabelTruth | None:
    """A generator's truth as a decomposition."""
    if known.atoms is None or known.i1 is None or known.i2 is None or known.i12 is None:
        return None
    union = known.i1 + known.i2 - float(known.atoms.redundancy)
    decomposition = PID(
        i1=known.i1,
        i2=known.i2,
        i12=known.i12,
        union=union,
        union_lower=union - known.error,
        union_upper=union + known.error,
        measure="broja",
        certificate="exact",
        converged=True,
        tolerance=known.error,
        iterations=0,
        seconds=0.0,
    )
    return LabelTruth(decomposition, True, known.source)


def _ceiling(truth: LabelTruth | SharedTruth | None) -> str:
    if not isinstance(truth, SharedTruth) or not math.isfinite(truth.bits):
        return ""
    return f"the views share exactly {truth.bits:.3f} bit"


def adapted(entry: type[Generator]) -> type[View]:
    """The adapter of one generator: a frozen declaration of the same parameters."""
    fields: list[Any] = [(p.name, p.type, entry.field(p.name)) for p in entry.parameters()]
    about = {"name": entry.name, "title": entry.title, "sentence": entry.sentence, "entry": entry}
    return dataclasses.make_dataclass(
        f"{entry.__name__}View",
        fields,
        bases=(GeneratorView,),
        namespace={**about, "__module__": __name__, "__doc__": f"{entry.title}, as two views."},
        frozen=True,
    )


for _name, _entry in REGISTRY.items():
    VIEWS.add(_name, adapted(_entry))

"""What the chosen states keep of what predictors find in the data: two informations side by side, and the share that binning loses.

The table's informations are plug-in values less their predicted bias (Panzeri & Treves 1996), since few rows a cell make them too large.
The data's are lower bounds, so that the loss is one, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.estimators.tables.entropic import predicted_bias
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata.headline import LOSS, Headline
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.report import Table
from mmexplore.report.content import Cell
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS, PID
from mmexplore.units import per_bit

_CALLED = {"i1": "I(X1;Y)", "i2": "I(X2;Y)", "i12": "I(X1,X2;Y)"}
MUCH = LOSS  # of I(X1,X2;Y): more than this lost is red


@dataclass(frozen=True)
class BinsKept:
    """Both decompositions, in bits.

    Attributes:
        table: exact decomposition of the table of states, as it was counted.
        unbiased: I1, I2, I12 of the table less their predicted bias.
        data: the same by predictors of the data.
        values: the four atoms by predictors.
    """

    table: PID
    unbiased: dict[str, float]
    data: dict[str, float]
    values: dict[str, float]

    def lost(self, name: str) -> float:
        """Share of an information that the states lose, at least; 0 where they lose none."""
        whole = self.data[name]
        return 0.0 if whole <= 0 else max(0.0, 1.0 - max(0.0, self.unbiased[name]) / whole)

    @property
    def much(self) -> bool:
        """Whether the states lose more than `MUCH` of either modality or of both."""
        return max(self.lost(name) for name in INFORMATIONS) > MUCH

    def words(self) -> str:
        """The loss in a few words: of both modalities together, or of the one that loses much where both together do not."""
        name = "i12"
        if self.much and self.lost("i12") <= MUCH:
            name = max(("i1", "i2"), key=self.lost)
        share = self.lost(name)
        if share < 0.005:
            return f"The chosen states lose nothing of {_CALLED[name]} that is seen"
        return f"The chosen states lose {share:.0%} of {_CALLED[name]}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in bits."""
        lost = {name: self.lost(name) for name in INFORMATIONS}
        return {**self.table.to_dict(), "less_bias": dict(self.unbiased), "lost": lost}

    def numbers(self, unit: str) -> Table:
        """Everything side by side, in the unit."""
        k = per_bit(unit)
        rows: list[tuple[Cell, ...]] = [
            (
                INFORMATION_SYMBOLS[name],
                k * self.data[name],
                k * float(getattr(self.table, name)),
                k * self.unbiased[name],
                f"{self.lost(name):.0%}",
            )
            for name in INFORMATIONS
        ]
        rows += [
            (ATOM_SYMBOLS[name], k * self.values[name], k * float(getattr(self.table, name)), None, "")
            for name in ATOMS
        ]
        columns = (
            "",
            f"data, by predictors ({unit})",
            f"table of states, exact ({unit})",
            f"less its bias ({unit})",
            "lost",
        )
        return Table(columns, tuple(rows), "The data and the states made of them")


def bins_kept(headline: Headline, made: Prepared) -> BinsKept | None:
    """The comparison; None for a table without rows."""
    if made.codes is None:
        return None
    counts = np.rint(made.table.p * made.n)
    table = pid(made.table.p)
    bias = predicted_bias(counts)
    return BinsKept(
        table=table,
        unbiased={name: float(getattr(table, name)) - getattr(bias, name) for name in INFORMATIONS},
        data={name: headline.readings[name].value for name in INFORMATIONS},
        values={name: headline.readings[name].value for name in ATOMS},
    )

"""What the chosen states keep of what predictors find in the data: both decompositions side by side; see `mmexplore.estimators.tables.lost`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.estimators.tables.lost import Lost, lost
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.plot.tables import Cell, Table
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS, PID
from mmexplore.units import per_bit


@dataclass(frozen=True)
class BinsKept:
    """Both decompositions, in bits.

    Attributes:
        table: exact decomposition of the table of states, as it was counted.
        lost: the informations of the table less their bias, beside those by predictors of the data.
        values: the four atoms by predictors.
    """

    table: PID
    lost: Lost
    values: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in bits."""
        shares = {name: self.lost.share(name) for name in INFORMATIONS}
        return {**self.table.to_dict(), "less_bias": dict(self.lost.unbiased), "lost": shares}

    def numbers(self, unit: str) -> Table:
        """Everything side by side, in the unit."""
        k = per_bit(unit)
        rows: list[tuple[Cell, ...]] = [
            (
                INFORMATION_SYMBOLS[name],
                k * self.lost.data[name],
                k * float(getattr(self.table, name)),
                k * self.lost.unbiased[name],
                f"{self.lost.share(name):.0%}",
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
    table = pid(made.table.p)
    data = {name: headline.readings[name].value for name in INFORMATIONS}
    values = {name: headline.readings[name].value for name in ATOMS}
    return BinsKept(table, lost(table, np.rint(made.table.p * made.n), data), values)

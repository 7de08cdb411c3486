"""What a table of states loses of an information that is known to be at least so large.

    lost = 1 - (I of the table - its predicted bias) / I of the data

Plug-in values of few rows a cell are too large, so their leading bias (Panzeri & Treves 1996) is taken off first. Where the data's information is
a lower bound, so is the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.tables.entropic import predicted_bias
from mmexplore.types import INFORMATIONS, PID

MUCH = 0.10  # of an information: states that lose more are no picture of the data
_CALLED = {"i1": "I(X1;Y)", "i2": "I(X2;Y)", "i12": "I(X1,X2;Y)"}


@dataclass(frozen=True)
class Lost:
    """Informations of the states and of the data side by side, in bits.

    Attributes:
        unbiased: I1, I2 and I12 of the table less their predicted bias.
        data: the same of the data.
    """

    unbiased: dict[str, float]
    data: dict[str, float]

    def share(self, name: str) -> float:
        """Share of an information that the states lose; 0 where they lose none."""
        whole = self.data[name]
        return 0.0 if whole <= 0 else max(0.0, 1.0 - max(0.0, self.unbiased[name]) / whole)

    @property
    def much(self) -> bool:
        """Whether the states lose more than `MUCH` of either modality or of both."""
        return max(self.share(name) for name in INFORMATIONS) > MUCH

    def words(self) -> str:
        """The loss in a few words: of both modalities together, or of the one that loses much where both together do not."""
        name = "i12"
        if self.much and self.share("i12") <= MUCH:
            name = max(("i1", "i2"), key=self.share)
        share = self.share(name)
        if share < 0.005:
            return f"The chosen states lose nothing of {_CALLED[name]} that is seen"
        return f"The chosen states lose {share:.0%} of {_CALLED[name]}"


def lost(table: PID, counts: np.ndarray, data: Mapping[str, float]) -> Lost:
    """Compare.

    Args:
        table: exact decomposition of the table of states, in bits.
        counts: rows in each cell, (n1, n2, ny).
        data: I1, I2 and I12 of the data, in bits.
    """
    bias = predicted_bias(counts)
    unbiased = {name: float(getattr(table, name)) - float(getattr(bias, name)) for name in INFORMATIONS}
    return Lost(unbiased, {name: float(data[name]) for name in INFORMATIONS})

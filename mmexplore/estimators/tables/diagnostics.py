"""Whether there are enough rows, and what else makes an estimate misleading, in sentences.

The traffic light weighs rows per possible cell (n1 n2 ny) and the predicted bias of I(X1,X2;Y), most of which is synergy's.
Its limits were set on simulated tables: above 15 rows a cell 95 % intervals of synergy cover 90 % and more of the truths; below 3 some cover half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mmexplore.estimators.tables.entropic import PredictedBias
from mmexplore.types import PID

if TYPE_CHECKING:
    from mmexplore.estimators.tables.drawn import Drawn

Colour = Literal["green", "amber", "red"]

GREEN_ROWS, RED_ROWS = 15.0, 3.0  # rows per possible cell
GREEN_SHARE, RED_SHARE = 0.1, 0.5  # of I12 that is predicted to be bias
NEGLIGIBLE = 0.005  # bits: a bias below it turns no light
RULE = (
    f"Green: at least {GREEN_ROWS:g} rows per possible cell and at most {GREEN_SHARE:.0%} of I(X1,X2;Y) predicted to be bias. "
    f"Red: below {RED_ROWS:g} rows per possible cell, or {RED_SHARE:.0%} and more predicted to be bias. Amber: between. "
    f"A predicted bias below {NEGLIGIBLE:g} bit does not count. Rows that depend on each other, or weigh unequally, count as so many independent "
    "ones; where they look dependent and nothing was said of it, no light is green."
)


@dataclass(frozen=True)
class Light:
    """Are there enough rows?

    Attributes:
        colour: ``"green"``, ``"amber"`` or ``"red"``.
        sentence: why, with the numbers.
        rule: how the colour is chosen.
        rows_per_cell: independent rows per possible cell, n / (n1 n2 ny) where all are.
        rows_per_occupied_cell: rows per cell that occurs.
    """

    colour: Colour
    sentence: str
    rule: str
    rows_per_cell: float
    rows_per_occupied_cell: float


def traffic_light(counts: np.ndarray, i12: float, bias: PredictedBias, drawn: Drawn | None = None) -> Light:
    """Judge a table of counts by its rows per cell and the predicted share of bias in I(X1,X2;Y).

    Args:
        counts: rows in each cell.
        i12: plug-in I(X1,X2;Y), in bits.
        bias: predicted, in bits, of rows as they were drawn.
        drawn: how the rows were drawn: independent ones count, and rows that look dependent, few subjects or few blocks are never green.
    """
    n = int(counts.sum())
    effective = n if drawn is None else drawn.effective
    per_cell = effective / counts.size
    per_occupied = n / np.count_nonzero(counts)
    counted = bias.i12 >= NEGLIGIBLE
    share = bias.i12 / i12 if counted and i12 > 0 else 0.0
    trivial = 1 in counts.shape[2:] or counts.shape[:2] == (1, 1)
    colour: Colour
    if trivial:
        colour = "green"
    elif per_cell < RED_ROWS or share >= RED_SHARE:
        colour = "red"
    elif per_cell < GREEN_ROWS or share > GREEN_SHARE:
        colour = "amber"
    else:
        colour = "green"
    doubt = "" if drawn is None or trivial else _doubt(drawn)
    if doubt and colour == "green":
        colour = "amber"
    k1, k2, ky = counts.shape
    rows = (
        f"{n:,} rows" if round(effective) >= n else f"{n:,} rows, about as good as {effective:,.0f} independent ones,"
    )
    sentence = f"{rows} for {k1:,} x {k2:,} x {ky:,} = {counts.size:,} cells: {_few(per_cell)} a cell"
    if share:
        sentence += f", and about {_few(bias.i12)} of the {_few(i12)} bit of I(X1,X2;Y) is predicted to be bias"
    end = {
        "green": "Enough for all four atoms.",
        "amber": "Mind the bias, of synergy most of all: use fewer bins or more rows, and look at the atoms against n.",
        "red": "Too few to trust the atoms, synergy least of all: merge states, use fewer bins, or collect more rows.",
    }[colour]
    if doubt:
        end = doubt if colour == "amber" else f"{doubt} {end}"
    return Light(colour, f"{sentence}. {end}", RULE, per_cell, per_occupied)


def _doubt(drawn: Drawn) -> str:
    """Why rows that are many enough may still not be."""
    seen = drawn.dependence
    if seen.unanswered:
        return "They look dependent, so that chance is larger than rows alone would say: say how they were drawn."
    if seen.few:
        return f"They are only {seen.few}: intervals come out too short, and p-values are withheld."
    return ""


def table_warnings(counts: np.ndarray, plugin: PID) -> list[str]:
    """What the table itself gives away: constants, identifiers, tiny classes."""
    n = int(counts.sum())
    per1, per2, per_y = (counts.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    warnings: list[str] = []
    if len(per_y) == 1:
        warnings.append("The target has one value: there is nothing to tell, and every information is 0.")
        return warnings
    for k, per in ((1, per1), (2, per2)):
        if len(per) == 1:
            warnings.append(f"Modality {k} has one value: it tells nothing, so R, U{k} and S are 0.")
        elif n >= 10 and 2 * len(per) >= n:
            warnings.append(
                f"Modality {k} has {len(per):,} states in {n:,} rows, {np.count_nonzero(per == 1):,} of which occur once: like an "
                f"identifier it names the row, and with it the target. I(X{k};Y) near H(Y) is then an artefact. Discretise it, "
                "or drop it."
            )
    pairs = counts.sum(axis=2)
    alone = np.count_nonzero(pairs == 1)
    if n >= 10 and 10 * alone > 3 * n and not any("identifier" in w for w in warnings):
        warnings.append(
            f"{alone / n:.0%} of the rows are the only ones with their pair (x1, x2), so the pair names the row: I(X1,X2;Y) is "
            "drawn towards H(Y), and what neither modality tells alone is then called synergy."
        )
    if 2 * np.count_nonzero(per_y == 1) > n >= 10:
        warnings.append(
            "Most values of the target occur once: is it an identifier, or a measurement to be discretised?"
        )
    elif per_y.min() < 10:
        warnings.append(
            f"The smallest class of the target has {per_y.min()} row{'s' if per_y.min() > 1 else ''} of {n:,}: what is said about it "
            "rests on these."
        )
    if plugin.i1 > 0 and plugin.i2 > 0 and _copies(pairs):
        warnings.append("Each modality determines the other: they are relabelled copies, so U1, U2 and S are 0.")
    return warnings


def atom_warnings(plugin: PID, lower_ends: dict[str, float], signed: bool) -> list[str]:
    """What the size of the atoms gives away: uniqueness at its boundary."""
    if signed:
        return []
    low = [k for k in (1, 2) if lower_ends.get(f"unique{k}", float(getattr(plugin, f"unique{k}"))) <= 0]
    if not low or min(plugin.i1, plugin.i2) <= 0:
        return []
    which = f"U{low[0]} may be 0. If it is" if len(low) == 1 else "U1 and U2 may be 0. If they are"
    return [
        f"{which}, the bias up of U and down of R and S shrinks only like 1/sqrt(n), and shuffling "
        "does not show it; intervals there cover somewhat less than they say."
    ]


def _copies(pairs: np.ndarray) -> bool:
    """Whether each state of one modality goes with one of the other."""
    filled = pairs > 0
    return bool((filled.sum(axis=0) == 1).all() and (filled.sum(axis=1) == 1).all())


def _few(value: float) -> str:
    """Two digits."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 6)}f}"

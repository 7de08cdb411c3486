"""The words and number formats every page shares."""

from __future__ import annotations

import math
from collections.abc import Collection

from mmexplore.types import ATOM_WORDS as ATOM_WORDS  # for pages that take all their words from here
from mmexplore.types import PID


def atom_title(atom: str, names: tuple[str, str, str] | None = None) -> str:
    """What an atom is called; the unique ones by the name of their modality, as in the charts."""
    if names is not None and atom in ("unique1", "unique2"):
        return f"Unique to {names[int(atom[-1]) - 1]}"
    return ATOM_WORDS[atom].title


SOURCES = {"gate": "Gate", "mix": "Mix", "real": "Data", "draw": "Draw"}
BINNING = {"quantile": "Quantiles", "kmeans": "k-means"}


def number(value: float, digits: int = 4) -> str:
    """A number with fixed digits and a true minus sign; never ``-0.0000``."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) != 0 else text


def small(value: float) -> str:
    """A gap or a residual: two digits and a power of ten."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10{_superscript(int(exponent))}"


def _superscript(n: int) -> str:
    return str(n).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def duration(seconds: float) -> str:
    """A wall time in the unit that fits."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def reading(result: PID, names: tuple[str, str, str], *, predicted: Collection[str] | None = None) -> str:
    """The finding in one or two sentences, for `names` = (modality 1, modality 2, target).

    Speaks of shares of I(X1,X2;Y), and only of what is larger than the certificate's width.

    Args:
        result: the decomposition.
        names: of modality 1, modality 2 and target.
        predicted: where predictors read it: the atoms that they tell from 0. The sentence then speaks of these, and of what predictors find.
    """
    first, second, target = names
    total, unit = float(result.i12), result.unit
    if total < 1e-6 and predicted is not None:
        return f"Together, as predictors read them, *{first}* and *{second}* carry no information about *{target}* that held-out rows show."
    if total < 1e-6:
        return f"Together, *{first}* and *{second}* carry no information about *{target}*."
    parts = {
        "redundancy": f"in *{first}* and in *{second}* alike (redundancy)",
        "unique1": f"in *{first}* only",
        "unique2": f"in *{second}* only",
        "synergy": "only in both together (synergy)",
    }
    atoms = sorted(result.atoms._asdict().items(), key=lambda item: -float(item[1]))
    shares = [
        f"{100 * float(value) / total:.0f} % {parts[name]}"
        for name, value in atoms
        if float(value) > 0.02 * total and (predicted is None or name in predicted)
    ]
    below = [name for name, value in atoms if float(value) < -0.02 * total]
    who = "Together, " if predicted is None else "Together, as predictors read them, "
    amounts = f": {'; '.join(shares)}" if shares else ""
    sentence = f"{who}*{first}* and *{second}* carry {number(total, 3)} {unit} about *{target}*{amounts}."
    if below:
        titles = " and ".join(ATOM_WORDS[name].title.lower() for name in below)
        sentence += f" Under this measure, {titles} is negative: it counts misinformation."
    return sentence

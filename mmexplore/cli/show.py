"""Answers as small aligned tables for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from mmexplore.cli.sources import Source
from mmexplore.info.measures import REGISTRY
from mmexplore.types import PID

_WORDS = (
    ("redundancy", "R", "what either modality tells"),
    ("unique1", "U1", "what only modality 1 tells"),
    ("unique2", "U2", "what only modality 2 tells"),
    ("synergy", "S", "what only the two together tell"),
)


def decomposition(result: PID, source: Source) -> str:
    """One decomposition: atoms, informations, certificate."""
    rows = [[symbol, number(getattr(result, name)), words] for name, symbol, words in _WORDS]
    rows += [
        ["I1", number(result.i1), "I(X1;Y) = R + U1"],
        ["I2", number(result.i2), "I(X2;Y) = R + U2"],
        ["I12", number(result.i12), "I(X1,X2;Y) = R + U1 + U2 + S"],
    ]
    label = REGISTRY[result.measure].label
    return "\n".join(
        [
            f"{heading(source)}; {label}, in {result.unit}s",
            *mind(source.first),
            *aligned(rows),
            certificate(result),
            *source.notes,
        ]
    )


def side_by_side(results: Sequence[PID], source: Source) -> str:
    """Every measure's atoms, one a line."""
    rows = [["measure", "R", "U1", "U2", "S", "gap"]]
    for r in results:
        gap = "no bound" if r.gap != r.gap else f"{r.gap:.1e}" if r.gap else "exact"
        rows.append([r.measure, *(number(atom) for atom in r.atoms), gap])
    unit = results[0].unit if results else "bit"
    return "\n".join(
        [f"{heading(source)}; every measure, in {unit}s", *mind(source.first), *aligned(rows, right=range(1, 6))]
    )


def mind(sentences: Sequence[str]) -> list[str]:
    """What has to be known before the numbers, a line each."""
    return [f"! {sentence}." for sentence in sentences]


def listing(rows: Iterable[tuple[str, str]]) -> str:
    """Names and what they mean, wrapped."""
    pairs = list(rows)
    width = max((len(name) for name, _ in pairs), default=0)
    lines = []
    for name, words in pairs:
        lines += textwrap.wrap(
            words,
            width=110,
            initial_indent=f"{name:<{width}}  ",
            subsequent_indent=" " * (width + 2),
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def heading(source: Source) -> str:
    """Where the table came from, and its size."""
    size = " x ".join(str(n) for n in source.table.shape)
    rows = "" if source.rows is None else f" from {source.rows:,} rows, uncorrected for sampling"
    return f"{source.title}: {size} states{rows}"


def certificate(result: PID) -> str:
    """The certificate in one sentence."""
    if result.certificate == "exact":
        return "Certificate: closed form, exact up to rounding."
    took = f"{result.iterations} iterations, {result.seconds * 1e3:.1f} ms"
    if result.certificate == "none":
        return f"Certificate: none; this definition's answer was iterated without a bound ({took})."
    met = "" if result.converged else f" That misses the {result.tolerance:.1g} asked for."
    return f"Certificate: every atom lies within {max(result.gap, 0.0):.1e} {result.unit} of the truth ({took}).{met}"


def number(value: float) -> str:
    """Six decimals, and no minus sign on a zero."""
    return f"{round(value, 6) + 0.0:.6f}"


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = (1,)) -> list[str]:
    """Columns of one width each; those in `right` flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    flush = set(right)
    return [
        "  "
        + "  ".join(
            cell.rjust(w) if i in flush else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

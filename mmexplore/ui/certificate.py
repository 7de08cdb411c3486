"""The certificate as a badge, and in full: lower and upper bound of every atom, gap, iterations, time."""

from __future__ import annotations

import math

import streamlit as st

from mmexplore.info.measures import REGISTRY
from mmexplore.types import ATOMS, PID
from mmexplore.ui.badges import Badge
from mmexplore.ui.failures import plain
from mmexplore.ui.words import ATOM_WORDS, atom_title, duration, number, small

_DIGITS = 15  # what a double holds

_MEANING = (
    "The solver minimises a convex function and keeps two numbers: the value it reached (an upper bound of the union "
    "information I*) and the value of the dual problem (a lower bound). The truth lies between them whatever the solver did, "
    "so every atom lies within the gap of the truth. Rounding errors of the arithmetic are included."
)


def badge(result: PID, of: str = "") -> None:
    """One line: how far from the truth the numbers on show can be; `of` names what they speak of, where that is not the page's subject."""
    badge_of(result, of).draw()


def badge_of(result: PID, of: str = "") -> Badge:
    """The same, to be drawn beside others."""
    about = f"{of}: " if of else ""
    if result.certificate == "certified" and result.converged:
        return Badge(
            f"{about}Certified to {small(result.gap)} {result.unit} · {_effort(result)}",
            icon=":material/verified:",
            color="green",
            help=f"{_bounds(result)}\n\n{_MEANING}",
        )
    if result.certificate == "certified":
        return Badge(
            f"{about}Tolerance missed: within {small(result.gap)} {result.unit} (asked for {small(result.tolerance)}) · {_effort(result)}",
            icon=":material/warning:",
            color="orange",
            help=f"{_bounds(result)}\n\nThe interval is still valid, only wider than asked for. {_MEANING}",
        )
    if result.certificate == "exact":
        return Badge(
            f"{about}Closed form · {duration(result.seconds)}",
            icon=":material/function:",
            color="blue",
            help="A formula without an iteration: exact up to rounding, about 1e-14.",
        )
    return Badge(
        f"Iterated, no certificate · {duration(result.seconds)}"
        if result.converged
        else "Not converged: do not use these numbers",
        icon=":material/info:" if result.converged else ":material/warning:",
        color="grey" if result.converged else "orange",
        help="Computed to machine precision as far as one can see, but no bound on the remaining error is known.",
    )


def _effort(result: PID) -> str:
    """How much work it was."""
    n = int(result.iterations)
    steps = "no iteration" if n == 0 else "1 iteration" if n == 1 else f"{n} iterations"
    return f"{steps} · {duration(result.seconds)}"


def _digits(result: PID) -> int:
    """Digits enough to tell the two ends of the certified interval apart."""
    if not result.gap > 0:
        return 12
    return min(_DIGITS, max(6, 2 - math.floor(math.log10(result.gap))))


def _bounds(result: PID) -> str:
    """Lower and upper bound of every atom, for the hover."""
    digits, lower, upper = _digits(result), result.lower._asdict(), result.upper._asdict()
    return "  \n".join(
        f"{number(float(lower[atom]), digits)} ≤ **{ATOM_WORDS[atom].symbol}** ≤ {number(float(upper[atom]), digits)} {result.unit}"
        for atom in ATOMS
    )


def intervals(result: PID, names: tuple[str, str, str]) -> None:
    """Every atom between its certified bounds, and what stands behind them."""
    entry = REGISTRY[result.measure]
    lower, upper, digits = result.lower._asdict(), result.upper._asdict(), _digits(result)
    rows = [
        f"| {plain(atom_title(atom, names))} ({ATOM_WORDS[atom].symbol}) | {number(float(lower[atom]), digits)} "
        f"| {number(float(getattr(result, atom)), digits)} | {number(float(upper[atom]), digits)} |"
        for atom in ATOMS
    ]
    table = "\n".join([f"| Atom ({result.unit}) | at least | shown | at most |", "|:--|--:|--:|--:|", *rows])
    facts = {
        "Definition": f"{entry.label} ({entry.reference})",
        "Certified gap": f"{small(result.gap)} {result.unit}",
        "Asked for": f"{small(result.tolerance)} {result.unit}" if result.tolerance else "closed form",
        "Iterations": str(result.iterations),
        "Time": duration(result.seconds),
        "Union information I*": f"{number(float(result.union), digits)} {result.unit}",
    }
    listed = "  \n".join(f"**{name}**: {value}" for name, value in facts.items())
    st.markdown(f"{table}\n\n{listed}")


def meaning(measure: str) -> None:
    """What stands behind the bounds of a measure, or in their place."""
    entry = REGISTRY[measure]
    st.caption(_MEANING if entry.certificate == "certified" else entry.summary)

"""The certificate as a badge, and in full: lower and upper bound of every atom, gap, iterations, time."""

from __future__ import annotations

import streamlit as st

from mmexplore.info.measures import REGISTRY
from mmexplore.types import ATOMS, PID
from mmexplore.ui.words import ATOM_WORDS, duration, number, small

_MEANING = (
    "The solver minimises a convex function and keeps two numbers: the value it reached (an upper bound of the union "
    "information I*) and the value of the dual problem (a lower bound). The truth lies between them whatever the solver did, "
    "so every atom lies within the gap of the truth. Rounding errors of the arithmetic are included."
)


def badge(result: PID) -> None:
    """One line: how far from the truth the numbers on show can be."""
    if result.certificate == "certified" and result.converged:
        st.badge(
            f"Certified to {small(result.gap)} {result.unit} · {result.iterations} iterations · {duration(result.seconds)}",
            icon=":material/verified:",
            color="green",
            help=_MEANING,
        )
    elif result.certificate == "certified":
        st.badge(
            f"Tolerance missed: within {small(result.gap)} {result.unit} (asked for {small(result.tolerance)})",
            icon=":material/warning:",
            color="orange",
            help=f"The interval is still valid, only wider than asked for. {_MEANING}",
        )
    elif result.certificate == "exact":
        st.badge(
            f"Closed form · {duration(result.seconds)}",
            icon=":material/function:",
            color="blue",
            help="A formula without an iteration: exact up to rounding, about 1e-14.",
        )
    else:
        st.badge(
            f"Iterated, no certificate · {duration(result.seconds)}"
            if result.converged
            else "Not converged: do not use these numbers",
            icon=":material/info:" if result.converged else ":material/warning:",
            color="grey" if result.converged else "orange",
            help="Computed to machine precision as far as one can see, but no bound on the remaining error is known.",
        )


def intervals(result: PID) -> None:
    """Every atom between its certified bounds, and what stands behind them."""
    entry = REGISTRY[result.measure]
    lower, upper = result.lower._asdict(), result.upper._asdict()
    rows = [
        f"| {ATOM_WORDS[atom].title} ({ATOM_WORDS[atom].symbol}) | {number(float(lower[atom]), 12)} "
        f"| {number(float(getattr(result, atom)), 12)} | {number(float(upper[atom]), 12)} |"
        for atom in ATOMS
    ]
    st.markdown(
        "\n".join(
            [
                f"| Atom ({result.unit}) | at least | shown | at most |",
                "|:--|--:|--:|--:|",
                *rows,
            ]
        )
    )
    facts = {
        "Definition": f"{entry.label} ({entry.reference})",
        "Certified gap": f"{small(result.gap)} {result.unit}",
        "Asked for": f"{small(result.tolerance)} {result.unit}" if result.tolerance else "closed form",
        "Iterations": str(result.iterations),
        "Time": duration(result.seconds),
        "Union information I*": f"{number(float(result.union), 12)} {result.unit}",
    }
    st.markdown("  \n".join(f"**{name}**: {value}" for name, value in facts.items()))
    st.caption(_MEANING if result.certificate == "certified" else entry.summary)

"""What stands behind the numbers: why not MMI, what a scalar target does, what is assumed, and the certificate."""

from __future__ import annotations

import streamlit as st

from mmexplore.info.gaussian import GaussianPID
from mmexplore.labs.gaussian.ui import NAMES
from mmexplore.types import ATOM_WORDS, ATOMS
from mmexplore.ui.badges import Badge
from mmexplore.ui.terms import terms
from mmexplore.ui.words import atom_title, duration, number, small

SCALAR = (
    "**A scalar target forces min(U1, U2) = 0** among Gaussian variables, whatever their covariance. For one number, whoever explains more of its variance could imitate the other "
    "by adding noise, so the weaker modality has nothing of its own. A zero here is a property of the definition, not a finding. "
    "A class label written as an integer is no Gaussian number at all: take the pages *Decompose* or *Your data* for labels."
)
_AGREE = 1e-9  # bit


def off(result: GaussianPID) -> float:
    """By how much MMI's redundancy is too large, in the result's unit."""
    return float(result.mmi.redundancy) - float(result.redundancy)


def badges(result: GaussianPID) -> list[Badge]:
    """The certificate, and what MMI would have said."""
    rounding = max(float(result.gap), float(result.accuracy))
    made = []
    if result.converged:
        made.append(
            Badge(
                f"Exact closed form · rounding below {small(max(rounding, 1e-15))} {result.unit} · {duration(result.seconds)}",
                icon=":material/function:",
                color="blue",
                help="A formula without an iteration. A feasible coupling (above) and the dual problem (below) enclose the union information to "
                f"{small(float(result.gap))} {result.unit}; the estimated rounding error from the covariance's condition is "
                f"{small(float(result.accuracy))} {result.unit}.",
            )
        )
    else:
        made.append(
            Badge(
                f"Nearly singular covariance: rounding may reach {small(rounding)} {result.unit}",
                icon=":material/warning:",
                color="orange",
            )
        )
    if result.limit:
        made.append(
            Badge(
                "Singular covariance: the limit of ever less noise",
                icon=":material/join_inner:",
                color="orange",
                help=result.limit,
            )
        )
    wrong = off(result)
    if wrong > _AGREE:
        made.append(
            Badge(
                f"MMI would overstate R by {number(wrong, 3)} {result.unit}",
                icon=":material/compare_arrows:",
                color="orange",
                help="R = min(I1, I2), the usual shortcut for Gaussian data. See 'Why not MMI'.",
            )
        )
    return made


def why_not_mmi(result: GaussianPID) -> None:
    """MMI beside the exact answer, with the difference and a sentence."""
    wrong, mmi = off(result), result.mmi
    weaker = 0 if float(result.i1) < float(result.i2) else 1
    if wrong > _AGREE:
        equal = abs(float(result.i1) - float(result.i2)) < _AGREE
        whom = "both modalities" if equal else NAMES[weaker]
        st.markdown(
            f"The minimal mutual information takes R = min(I1, I2), as if the one that tells less told nothing of its own. Here {whom} "
            f"{'know' if equal else 'knows'} directions of the target better than the other does: {number(wrong, 3)} {result.unit} of each "
            "unique part that MMI books as redundancy, and as much again as synergy."
        )
    else:
        st.markdown(
            "Here the minimal mutual information, R = min(I1, I2), **agrees** with the exact answer: one modality knows no direction of the target "
            "better than the other does. "
            + (
                "For a scalar target it always does."
                if len(result.spectrum) == 1
                else "Where the modalities know different directions best it does not."
            )
        )
    rows = [
        f"| {atom_title(atom)} ({ATOM_WORDS[atom].symbol}) | {number(float(getattr(result, atom)))} | {number(float(getattr(mmi, atom)))} "
        f"| {number(float(getattr(mmi, atom)) - float(getattr(result, atom)))} |"
        for atom in ATOMS
    ]
    st.markdown("\n".join([f"| {result.unit} | exact | MMI | MMI − exact |", "|:--|--:|--:|--:|", *rows]))
    st.caption(
        "MMI for Gaussian variables: Barrett 2015 (arXiv 1411.2832). It is exact for a scalar target; for a vector it is only an upper "
        "bound of R (Venkatesh & Schamberg 2022, arXiv 2105.00769, show that it does not carry over). "
        "It compares how much is told, never about what."
    )


def assumptions(result: GaussianPID, dims: tuple[int, int, int]) -> None:
    """Definition, assumptions, formula and certificate."""
    st.markdown(
        "**What is assumed.** X₁, X₂ and Y are jointly Gaussian, and this covariance is the truth, not an estimate from few samples. "
        "Data with bends, clusters or labels may hold synergy that no covariance shows.\n\n"
        "**Which definition.** The union information of Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852): the least that the two can tell "
        "together when only the pairs (X₁, Y) and (X₂, Y) are kept. Gaussian vectors were treated by Venkatesh & Schamberg 2022 (arXiv "
        "2105.00769, by deficiency); the solvers of Venkatesh et al. 2023 (arXiv 2307.10515) and Zhao, Zhao, Cheung, Liang & Mei 2025 (arXiv 2510.04417) iterate "
        "toward the value that is computed here in closed form.\n\n"
        "**The formula.** With λ the generalised eigenvalues of (Cov(Y|X₂), Cov(Y|X₁)): U1 = Σ ½ log₂ λ over λ > 1, U2 = Σ −½ log₂ λ over λ < 1, "
        "R = I1 − U1, S = I12 − U1 − U2 − R. The coupling that reaches it and the dual problem give the same value, which is the certificate."
    )
    facts = {
        "Dimensions": f"d1 = {dims[0]}, d2 = {dims[1]}, dy = {dims[2]}",
        "Union information I*": f"{number(float(result.union), 9)} {result.unit}",
        "Between coupling and dual": f"{small(float(result.gap))} {result.unit}",
        "Estimated rounding error": f"{small(float(result.accuracy))} {result.unit}",
        "Time": duration(result.seconds),
    }
    st.markdown("  \n".join(f"**{name}**: {value}" for name, value in facts.items()))
    terms(
        "mutual information",
        "redundancy",
        "unique information",
        "synergy",
        "partial information decomposition",
        "union information",
        "certificate",
        "canonical correlations",
    )

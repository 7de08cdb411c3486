"""The answer: the certified plug-in at once, then intervals and nulls as they come, and a reading in words."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.estimators.tables.price import estimate_seconds
from mmexplore.info.pid import pid
from mmexplore.jobs import Elsewhere
from mmexplore.labs.yourdata import answer as study_answer
from mmexplore.labs.yourdata import report as study_report
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.evidence import evidence_of
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.prepared import estimate_key
from mmexplore.tabular import Dataset
from mmexplore.types import ATOMS, PID
from mmexplore.ui.certificate import badge
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_AND_WORDS
from mmexplore.ui.words import number, reading, small
from mmexplore.ui.work import computed
from mmexplore.units import as_unit, in_unit

LIGHTS = {
    "green": ("green", ":material/check_circle:", "Enough rows"),
    "amber": ("orange", ":material/warning:", "Few rows: mind the bias"),
    "red": ("red", ":material/dangerous:", "Too few rows"),
}
_VERDICTS = {"yes": ":material/check:", "no": ":material/close:", "unclear": ":material/question_mark:"}


def names_of(prepared: Prepared) -> study_report.Names:
    """What modality 1, modality 2 and the target are called."""
    return study_answer.names_of(STATE.view, prepared.roles)


def exact_answer(prepared: Prepared, *, spoken: bool = True) -> DeltaGenerator:
    """The certified decomposition of the table of states, at once; the row of badges, for those still to come.

    Args:
        prepared: the rows as states.
        spoken: whether the page speaks of this table; where it speaks of the data, the sentence says that it does not.
    """
    result = pid(prepared.table.p, STATE.view.measure).to(as_unit(STATE.view.unit))
    first, second, target = map(plain, names_of(prepared))
    subject = plain(prepared.name[:80]) if spoken else "The table of states"
    st.markdown(f"**{subject}.** {reading(result, (first, second, target))}")
    badges = st.container(horizontal=True, vertical_alignment="center")
    with badges:
        badge(result)
        if not prepared.n:
            st.badge("A table of probabilities: no rows, no sampling error", icon=":material/function:", color="blue")
    return badges


def estimated(
    prepared: Prepared, dataset: Dataset, badges: DeltaGenerator | None, *, spoken: bool = True
) -> Estimate | None:
    """Intervals, nulls and warnings of the table; None while they are being computed.

    Args:
        prepared: the rows as states.
        dataset: the data.
        badges: the row of badges; None: without them.
        spoken: whether the page speaks of this table; its claims are left out where it speaks of the data.
    """
    codes, settings = prepared.codes, STATE.view.settings()
    if codes is None:
        return None
    found = computed(
        STATE,
        "estimate",
        estimate_key(STATE.view, dataset),
        Elsewhere(
            "mmexplore.estimators.tables.estimate:estimate",
            *codes,
            settings,
            sampling=prepared.sampling,
            price=estimate_seconds(codes, settings),
        ),
    )
    if found is not None:
        _show(found, prepared, badges, spoken)
    return found


def reading_of(found: Estimate, prepared: Prepared) -> Advice:
    """What the evidence allows one to say."""
    return advise(evidence_of(found, names_of(prepared), STATE.view.unit))


def truth() -> PID | None:
    """The population's decomposition in bits, where it is known."""
    return study_answer.truth_of(STATE.view)


def _show(found: Estimate, prepared: Prepared, badges: DeltaGenerator | None, spoken: bool) -> None:
    unit = STATE.view.unit
    if badges is not None:
        _badges(found, badges, unit)
    drawing, words = st.columns(FIGURE_AND_WORDS, gap="large") if spoken else (st.container(), st.container())
    with drawing:
        figure(study_report.atoms(found, names_of(prepared), unit, truth()), "figure atoms")
        for warning in found.warnings:
            st.warning(plain(warning), icon=":material/warning:")
    if spoken:
        with words:
            claims(reading_of(found, prepared))


def _badges(found: Estimate, badges: DeltaGenerator, unit: str) -> None:
    colour, icon, words = LIGHTS[found.light.colour]
    like = "" if round(found.effective) >= found.n else f" like {found.effective:,.0f} independent ones"
    with badges:
        st.badge(
            f"{words} · {found.n:,} rows{like}, {found.light.rows_per_cell:.1f} a possible cell",
            icon=icon,
            color=colour,  # type: ignore[arg-type]
            help=f"{found.light.sentence} {found.light.rule}",
        )
        if found.intervals:
            st.badge(
                f"Sampling error up to ± {number(_widest(found), 3)} {unit}",
                icon=":material/straighten:",
                color="grey",
                help=f"Half the widest interval of an atom, from drawing rows again (in each of which the solver is within "
                f"{small(in_unit(found.solver_gap_max, unit))} {unit}). The certificate beside it is of the table as it was counted: two kinds of "
                "error that have nothing to do with each other.",
            )


def claims(advice: Advice) -> None:
    """What may be said, each sentence with its verdict, and what none of it says."""
    st.markdown("**What this allows one to say**")
    for claim in advice.claims:
        st.markdown(f"{_VERDICTS[claim.verdict]} {plain(claim.sentence)}", help=plain(claim.reason))
    with st.expander("What none of this says", key=STATE.key("caveats")):
        for caveat in advice.caveats:
            st.markdown(f"- {plain(caveat)}")
        if advice.nearest:
            st.markdown("Published data sets with the nearest mix of interactions (arXiv 2302.12247):")
        for near in advice.nearest[:3]:
            share = "" if math.isnan(near.share) else f", nearest in {100 * near.share:.0f} % of the replicates"
            st.markdown(f"- {plain(near.name)}: distance {number(near.distance, 2)}{share}")


def _widest(found: Estimate) -> float:
    widths = [0.5 * (i.high - i.low) for name, i in found.intervals.items() if name in ATOMS]
    return float(in_unit(max(widths, default=math.nan), STATE.view.unit))

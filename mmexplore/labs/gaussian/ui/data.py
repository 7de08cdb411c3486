"""A data set taken for jointly Gaussian: which, its generator's parameters, what misleads, and what its rows allow one to say."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets import real_info
from mmexplore.estimators.gaussian import GaussianEstimate, gaussian_pid_from_samples
from mmexplore.labs.gaussian import rows as gaussian_rows
from mmexplore.labs.gaussian.rows import REAL, SystemRows
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui import STATE
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.types import ATOM_WORDS, ATOMS
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_AND_WORDS
from mmexplore.ui.words import atom_title, number
from mmexplore.ui.work import computed
from mmexplore.units import per_bit

_LABELS = {"number": "One number", "columns": "A column a class"}
BRACKET = (
    "On average over samples the truth lies between its ends. The error of a single sample is not in it: one bracket by itself "
    "mostly misses the truth."
)
_FEW, _BOOTSTRAPS = 60, 100  # columns up to which intervals are drawn, and how many


def choose_data(scene: GaussianScene) -> None:
    """Which data set; a generator's own parameters; what a label is taken for."""
    STATE.control("data", options=gaussian_rows.names(), format_func=gaussian_rows.title)
    generator = gaussian_rows.spec(scene.data_text())
    if generator is None:
        st.caption(plain(real_info(scene.data.removeprefix(REAL)).question))
    else:
        st.caption(generator.sentence)
        with st.expander("Its parameters", key=STATE.key("generator")):
            for parameter in generator.parameters():
                STATE.control(f"data.{parameter.name}")
    if generator is None or generator.target == "label":
        STATE.control("labels", format_func=_LABELS.__getitem__, width="stretch")


def misleading(scene: GaussianScene) -> None:
    """What stands against taking these rows for Gaussian; the label first."""
    rows = scene.rows()
    for warning in rows.warnings:
        if not warning.startswith("Scalar target"):  # the page says that itself
            st.warning(plain(warning), icon=":material/warning:")
    noted = [
        f"{rows.n:,} rows, {rows.dims[0]} + {rows.dims[1]} + {rows.dims[2]} columns, covariance of these rows (plug-in).",
        *rows.notes,
    ]
    truth = rows.truth.atoms
    if truth is not None:
        factor = per_bit(scene.unit)
        atoms = ", ".join(f"{ATOM_WORDS[name].symbol} {number(v * factor, 3)}" for name, v in truth._asdict().items())
        blurred = " of the rows without added noise" if scene.blur1 or scene.blur2 else ""
        noted.append(f"**Truth{blurred}: {atoms} {scene.unit}** ({plain(rows.truth.source)}).")
    st.caption(" ".join(noted))


def from_rows(scene: GaussianScene) -> None:
    """The estimate of the population: corrected atoms with intervals, truth beside them, and where to go for what it misses."""
    rows = scene.rows()
    estimate: GaussianEstimate | None = computed(
        STATE, "the rows", f"rows {scene.data_text()} {scene.labels}", lambda report, stop: _estimate(rows)
    )
    if estimate is None:
        return
    factor = per_bit(scene.unit)
    drawing, words = st.columns(FIGURE_AND_WORDS, gap="large")
    with drawing:
        figure(bars(estimate, rows, factor, scene.unit), "gaussian.rows")
    with words:
        st.markdown(
            f"The dial above decomposes the covariance of these {rows.n:,} rows as if it were the truth. Here it is an **estimate**: "
            "informations freed of their bias, and "
            + (
                f"{estimate.settings.level:.0%} intervals from drawing covariances again."
                if estimate.intervals
                else f"a bracket (there are too many columns for intervals here). {BRACKET}"
            )
            + " Intervals rest on the rows being jointly Gaussian."
        )
        st.markdown(
            'What covariances do not show is left out. Other estimators see more: `mm.estimate_pid(x1, x2, y, estimator="hybrid")` for numbers, '
            '`"batch"` or `"binned"` for labels.'
        )


def _estimate(rows: SystemRows) -> GaussianEstimate:
    few = sum(rows.dims) <= _FEW
    return gaussian_pid_from_samples(rows.x1, rows.x2, rows.y, bootstraps=_BOOTSTRAPS if few else 0)


def bars(estimate: GaussianEstimate, rows: SystemRows, factor: float, unit: str) -> Bars:
    """Atoms with intervals, and the truth in the labels where it is known."""
    reach = estimate.intervals or estimate.bracket
    truth = rows.truth.atoms
    drawn = []
    for name in ATOMS:
        known = "" if truth is None else f" · truth {number(getattr(truth, name) * factor, 3)}"
        low, high = reach[name]
        drawn.append(
            Bar(
                f"{atom_title(name)}{known}",
                float(getattr(estimate.value, name)) * factor,
                ATOM_WORDS[name].symbol,  # type: ignore[arg-type]
                low=low * factor,
                high=high * factor,
            )
        )
    return Bars(
        f"Estimated from {rows.n:,} rows",
        tuple(drawn),
        unit=unit,
        note="Corrected values; whiskers: "
        + (f"{estimate.settings.level:.0%} intervals." if estimate.intervals else "bracket. " + BRACKET),
    )

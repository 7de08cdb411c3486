"""The settings: which columns play which part, how they become states, how the answer is estimated."""

from __future__ import annotations

import streamlit as st

from mmexplore.estimators.corrections import REGISTRY as CORRECTIONS
from mmexplore.estimators.nulls import KINDS
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.study import roles_of
from mmexplore.tabular import Dataset, column_groups
from mmexplore.tabular.select import selection, split
from mmexplore.ui.failures import plain
from mmexplore.ui.yourdata import STATE

_LISTED = 400  # columns offered by name; beyond, groups and patterns
_METHODS = {
    "quantile": "Quantiles of the first principal direction",
    "width": "Equal widths of the first principal direction",
    "kmeans": "k-means clusters",
    "principal": "Quantiles of several principal directions",
    "categorical": "Every value as it is",
}
_MISSING = {"drop": "Leave the rows out", "state": "A state of its own", "refuse": "Refuse"}


def settings(dataset: Dataset) -> None:
    """All settings of the sidebar, for the data on show."""
    study = STATE.view
    if dataset.kind == "rows":
        _roles(dataset)
        with st.expander("Binning", expanded=True, key=STATE.key("binning")):
            STATE.control("method", format_func=_METHODS.__getitem__)
            STATE.control("bins1")
            STATE.control("bins2")
            if study.method in ("quantile", "width"):
                STATE.control("each")
            if study.method == "principal":
                STATE.control("directions")
            STATE.control("bins_y")
            STATE.control("missing", format_func=_MISSING.__getitem__)
    with st.expander("Estimate", key=STATE.key("estimate")):
        STATE.control("measure", format_func=lambda name: MEASURES[name].label)
        STATE.control("correction", format_func=lambda name: CORRECTIONS[name].label)
        STATE.control("bootstraps")
        STATE.control("permutations")
        STATE.control("null", options=("target", "modality1", "modality2"), format_func=lambda key: KINDS[key].label)
        STATE.control("level")
        st.number_input("Seed", 0, 2**31 - 1, help="Of every random draw.", **STATE.bind("seed", study.seed))
    st.segmented_control("Unit", ("bit", "nat"), required=True, **STATE.bind("unit", study.unit))


def _roles(dataset: Dataset) -> None:
    """Which columns are the modalities and the target: names, groups, or patterns one types."""
    roles = roles_of(STATE.view, dataset)
    groups = list(column_groups(dataset))
    names = list(dataset.names[:_LISTED])
    for part, chosen in (("x1", roles.x1), ("x2", roles.x2)):
        given = split(getattr(STATE.view, part))
        shown = given or list(_as_groups(dataset, chosen))
        key = STATE.key(f"pick {part}")
        if st.session_state.get(key) != shown:
            st.session_state[key] = shown
        st.multiselect(
            STATE.spec.parameter(part).label,
            list(dict.fromkeys([*groups, *names, *shown])),
            key=key,
            accept_new_options=True,
            on_change=_picked,
            args=(part,),
            help=f"{STATE.spec.parameter(part).help} Type a pattern and press Enter.",
            format_func=_shown,
        )
    target = roles.y[0] if roles.y else None
    key = STATE.key("pick y")
    if st.session_state.get(key) != target:
        st.session_state[key] = target
    st.selectbox(
        "Target",
        list(dict.fromkeys([*names, *([target] if target else [])])),
        key=key,
        accept_new_options=len(dataset.names) > _LISTED,
        on_change=_picked_target,
        format_func=_shown,
    )
    st.caption(f"{len(roles.x1):,} and {len(roles.x2):,} columns · {plain(roles.why)}.")


def _as_groups(dataset: Dataset, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Many columns as the group that holds exactly these, else by name (the first few)."""
    if len(chosen) > 6:
        for glob, members in column_groups(dataset).items():
            if set(members) == set(chosen):
                return (glob,)
    return chosen if len(chosen) <= 60 else ()


def _picked(part: str) -> None:
    names: list[str] = st.session_state[STATE.key(f"pick {part}")]
    STATE.update(**{part: selection(names)})


def _picked_target() -> None:
    name = st.session_state[STATE.key("pick y")]
    if name:
        STATE.update(y=selection([name]))


def _shown(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:58]}…"

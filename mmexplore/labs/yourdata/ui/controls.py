"""The settings: which columns play which part, how they become states, how the answer is estimated."""

from __future__ import annotations

import streamlit as st

from mmexplore.errors import BadData
from mmexplore.estimators.tables.corrections import REGISTRY as CORRECTIONS
from mmexplore.estimators.tables.nulls import KINDS
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.labs.yourdata.modalities import about_data
from mmexplore.labs.yourdata.pairs import left_words, unassigned
from mmexplore.labs.yourdata.predictive_settings import IDENTICAL, INDEPENDENT, ROW_ORDER
from mmexplore.labs.yourdata.study import roles_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.tabular import MANY_VALUES, Dataset, column_groups, match_columns
from mmexplore.tabular.scales import FEW_STATES
from mmexplore.tabular.select import selection, split
from mmexplore.ui.failures import plain
from mmexplore.ui.pictures import FIELD_WIDTH

LISTED = 400  # columns offered by name; where there are more, names and patterns can be typed
_DECOMPOSE = {"auto": "What fits the columns", "data": "The data, by predictors", "states": "A table of states"}
_METHODS = {
    "quantile": "Quantiles",
    "width": "Equal widths",
    "kmeans": "k-means clusters",
    "principal": "Principal directions",
    "categorical": "Every value as it is",
}
_MISSING = {"drop": "Leave the rows out", "state": "A state of its own", "refuse": "Refuse"}


def settings(dataset: Dataset) -> None:
    """All settings of the sidebar, for the data on show."""
    study = STATE.view
    data = False
    if dataset.kind == "rows":
        _roles(dataset)
        data = about_data(study, dataset, roles_of(study, dataset))
        _codes(dataset)
        STATE.control("decompose", format_func=_DECOMPOSE.__getitem__)
        _drawn(dataset)
        with st.expander("The bins" if data else "Binning", expanded=not data, key=STATE.key("binning")):
            STATE.control("method", format_func=_METHODS.__getitem__)
            STATE.control("bins1")
            STATE.control("bins2")
            if study.method in ("quantile", "width"):
                STATE.control("each")
            if study.method == "principal":
                STATE.control("directions")
            STATE.control("bins_y")
            STATE.control("missing", format_func=_MISSING.__getitem__)
            STATE.control("fit_on")
    with st.expander("Estimate from the bins" if data else "Estimate", key=STATE.key("estimate")):
        STATE.control("measure", format_func=lambda name: MEASURES[name].label)
        STATE.control("correction", format_func=lambda name: CORRECTIONS[name].label)
        STATE.control("bootstraps")
        STATE.control("permutations")
        STATE.control("null", options=("target", "modality1", "modality2"), format_func=lambda key: KINDS[key].label)
    with st.expander("Intervals and tests", key=STATE.key("intervals")):
        if data:
            STATE.control("draws")
        STATE.control("level")
        STATE.control("seed")
    STATE.control("unit")


def _drawn(dataset: Dataset) -> None:
    """How the rows were drawn: subjects that repeat, a series in time, weights."""
    study = STATE.view
    names = dataset.names[:LISTED]
    more = len(dataset.names) > LISTED
    words = {"": "No, each is a sample of its own", IDENTICAL: "Identical rows are one sample"}
    STATE.control(
        "groups",
        options=options("", IDENTICAL, *names, study.groups),
        format_func=lambda n: words.get(n) or short(n),
        accept_new_options=more,
    )
    words_of_order = {"": "Not said", ROW_ORDER: "In the order of the file", INDEPENDENT: "No, they are independent"}
    STATE.control(
        "order",
        options=options("", ROW_ORDER, INDEPENDENT, *names, study.order),
        format_func=lambda n: words_of_order.get(n) or short(n),
        accept_new_options=more,
    )
    STATE.control(
        "weights",
        options=options("", *(n for n in names if dataset.info[n].numeric), study.weights),
        format_func=lambda n: short(n) or "No, all count alike",
        accept_new_options=more,
    )
    if study.weights:
        STATE.control("weights_are", format_func={"sampling": "Sampling weights", "counts": "Counts"}.__getitem__)


def _roles(dataset: Dataset) -> None:
    """Which columns are the modalities and the target: names, groups, or patterns one types."""
    study = STATE.view
    wrong: dict[str, str] = {}
    for part in ("x1", "x2", "y"):
        text = getattr(study, part)
        try:
            if text:
                match_columns(dataset, text)
        except BadData as error:
            wrong[part] = str(error)
    roles = roles_of(study.replace(**dict.fromkeys(wrong, "")), dataset)
    groups = list(column_groups(dataset))[:LISTED]
    names = list(dataset.names[:LISTED])
    for part, chosen in (("x1", roles.x1), ("x2", roles.x2)):
        typed = split(getattr(study, part))
        _modality(part, typed or list(_as_groups(dataset, chosen)), [*groups, *names])
        _told(wrong.get(part))
    target = split(study.y)[0] if "y" in wrong and split(study.y) else roles.y[0] if roles.y else None
    STATE.control(
        "y",
        shown=target or "",
        options=options(*names, target or ""),
        accept_new_options=len(dataset.names) > LISTED,
        on_change=_picked_target,
        args=(),
        placeholder="One column",
        format_func=short,
    )
    _told(wrong.get("y"))
    st.caption(f"{count(len(roles.x1), 'column')} against {count(len(roles.x2), 'column')}, {plain(roles.why)}.")
    if len(roles.y) == 1:
        left = unassigned(study, dataset, roles.y[0], (*roles.x1, *roles.x2))
        if left:
            st.caption(f"{plain(left_words(left, 'in no modality'))}.")
    if study.x1 or study.x2 or study.y:
        st.button(
            "Guess again",
            icon=":material/auto_fix:",
            key=STATE.key("guess"),
            on_click=guess_columns,
            help="Let the names of the columns say which belong together.",
        )


def _codes(dataset: Dataset) -> None:
    """Which numbers are codes, and which are measurements."""
    study = STATE.view
    with st.expander("Numbers that are codes", expanded=bool(study.nominal or study.ordinal), key=STATE.key("codes")):
        for part in ("nominal", "ordinal"):
            typed = split(getattr(study, part))
            _modality(part, typed, list(dataset.names[:LISTED]))
            try:
                if typed:
                    match_columns(dataset, getattr(study, part))
            except BadData as error:
                _told(str(error))
        st.caption(
            f"By itself: at most {FEW_STATES} different numbers are labels; up to {MANY_VALUES} where the name or the steps say that they are codes."
        )


def slice_by(dataset: Dataset) -> str:
    """The column whose values make the subgroups, as chosen; empty for none, or where it is not there."""
    study = STATE.view
    STATE.control(
        "slice",
        options=options("", *dataset.names[:LISTED], study.slice),
        format_func=lambda name: short(name) or "choose a column",
        accept_new_options=len(dataset.names) > LISTED,
        width=FIELD_WIDTH,
    )
    if study.slice and study.slice not in dataset.info:
        st.warning(f"There is no column {plain(study.slice[:60])} in these data.")
        return ""
    return study.slice


def _modality(part: str, shown: list[str], offered: list[str]) -> None:
    """The list of the columns of a modality, in which patterns can be typed."""
    if STATE.hides(part):
        return
    parameter = STATE.spec.parameter(part)
    st.multiselect(
        parameter.label,
        options(*offered, *shown),
        accept_new_options=True,
        help=f"{parameter.help} Type a pattern and press Enter.",
        placeholder="Columns or a pattern",
        format_func=short,
        **STATE.bind(part, shown) | {"on_change": _picked, "args": (part,)},
    )


def _told(error: str | None) -> None:
    if error:
        st.error(plain(error))


def _as_groups(dataset: Dataset, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Many columns as the group that holds exactly these, else by name; nothing where they are too many to list."""
    if len(chosen) > 6:
        for glob, members in column_groups(dataset).items():
            if set(members) == set(chosen):
                return (glob,)
    return chosen if len(chosen) <= 60 else ()


def guess_columns() -> None:
    """Let the names of the columns say which belong together."""
    STATE.jump(x1="", x2="", y="")


def _picked(part: str) -> None:
    names: list[str] = st.session_state[STATE.key(part)]
    STATE.update(**{part: selection(names)})


def _picked_target() -> None:
    name = st.session_state[STATE.key("y")]
    if name:
        STATE.update(y=selection([name]))


def short(name: str) -> str:
    """A column's name as a list shows it."""
    return name if len(name) <= 60 else f"{name[:40]}…{name[-18:]}"


def count(number: int, noun: str) -> str:
    """``1 column``, ``2 columns``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def options(*names: str) -> list[str]:
    """Options of a list, each once: a value that is chosen is among them whatever happens."""
    return list(dict.fromkeys(names))

"""What if? Changes of the rows, and the answer before and after them side by side."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.estimators.tables.differences import Difference
from mmexplore.estimators.tables.price import estimate_seconds
from mmexplore.jobs import Elsewhere
from mmexplore.labs.yourdata import report as study_report
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.answer import names_of
from mmexplore.labs.yourdata.ui.controls import LISTED, options, short
from mmexplore.labs.yourdata.ui.prepared import change_key, prepared
from mmexplore.tabular import Dataset, Roles
from mmexplore.ui.failures import plain
from mmexplore.ui.pictures import side_by_side
from mmexplore.ui.work import computed
from mmexplore.whatif import groups_text, names_text

_MOST_CLASSES = 200
_MOST_NOISE = 5.0  # standard deviations on the slider; a link may ask for more
_SHUFFLED = {"none": "nothing", "x1": "modality 1", "x2": "modality 2", "y": "the target"}


def what_if(dataset: Dataset, made: Prepared) -> None:
    """Change the rows, and see what it did."""
    study = STATE.view
    unchanged = prepared(study.unchanged(), dataset)
    change_controls(dataset, unchanged.roles)
    if not study.changed():
        st.caption(
            "Change something above: the answer before and after stand here side by side, with the interval of the difference."
        )
        return
    found: Difference | None = computed(
        STATE,
        "change",
        change_key(study, dataset),
        Elsewhere(
            "mmexplore.labs.yourdata.answer:what_changed",
            study,
            unchanged,
            made,
            price=0.0 if made.codes is None else 2 * estimate_seconds(made.codes, study.settings()),
        ),
    )
    if found is not None:
        names = names_of(made)
        shown = [
            study_report.before_after(found, names, study.unit),
            study_report.change(found, names, study.unit, made),
        ]
        side_by_side(shown, "what if")
        for words in found.warnings:
            st.caption(plain(words))


def change_controls(dataset: Dataset, roles: Roles) -> None:
    """Everything that can be changed about the rows; `roles` are those of the unchanged study."""
    study = STATE.view
    columns = st.columns(3, gap="large")
    with columns[0]:
        _spoil(study)
    with columns[1]:
        _other_rows(study, dataset)
    with columns[2]:
        _take_away(study, dataset, roles)


def _spoil(study: Study) -> None:
    st.markdown("**Spoil a modality**")
    for name in ("noise1", "noise2"):
        STATE.control(name, widget="slider", max_value=max(_MOST_NOISE, getattr(study, name)))
    for name in ("replace1", "replace2"):
        STATE.control(name)
    STATE.control("shuffle", format_func=_SHUFFLED.__getitem__)


def _other_rows(study: Study, dataset: Dataset) -> None:
    st.markdown("**Change the rows**")
    most = max(0, len(dataset) - 2, abs(study.shift))
    STATE.control("shift", min_value=-most, max_value=most)
    STATE.control("balance")
    STATE.control("rows", label="Rows (0: all)")
    STATE.control(
        "column",
        label="Keep a subgroup of",
        options=options("", *dataset.names[:LISTED], study.column),
        format_func=lambda name: short(name) or "all rows",
        accept_new_options=len(dataset.names) > LISTED,
        on_change=_subgroup,
        args=(dataset,),
    )
    if study.column:
        STATE.control("keep", label="… whose value is", on_change=_subgroup, args=(dataset,))


def _take_away(study: Study, dataset: Dataset, roles: Roles) -> None:
    st.markdown("**Take columns or classes away**")
    for name, own in (("drop1", roles.x1), ("drop2", roles.x2)):
        _dropped(study, name, own)
    _merged(dataset, roles, _json(study.merge))
    st.button("No changes", icon=":material/filter_alt_off:", on_click=clear_changes, disabled=not study.changed())


def _dropped(study: Study, name: str, own: tuple[str, ...]) -> None:
    """The list of the columns that are taken from a modality."""
    if STATE.hides(name):
        return
    dropped = _json(getattr(study, name))
    tie = {**STATE.bind(name, dropped), "on_change": _drop}
    tie["disabled"] = tie.get("disabled", False) or (len(own) < 2 and not dropped)
    st.multiselect(
        Study.parameter(name).label,
        options(*own[:LISTED], *dropped),
        accept_new_options=len(own) > LISTED,
        format_func=short,
        placeholder="No column" if len(own) > 1 else "It has only one column",
        **tie,
    )


def _merged(dataset: Dataset, roles: Roles, groups: list[list[str]]) -> None:
    """The list of the classes that count as one."""
    classes = _classes(dataset, roles)
    if STATE.hides("merge") or not (classes or groups):
        return
    first = groups[0] if groups else []
    pending = st.session_state.get(STATE.key("merge"), [])
    st.multiselect(
        f"Count as one: classes of {plain(roles.y[0][:40])}",
        options(*classes, *first),
        format_func=short,
        placeholder="Two or more classes",
        help=Study.parameter("merge").help.split(":")[0] + ".",
        **STATE.bind("merge", pending if not groups and len(pending) == 1 else first)
        | {"on_change": _merge, "args": ()},
    )
    for group in groups[1:]:
        st.caption(f"Also as one: {plain(', '.join(map(short, group)))}")


def _json(text: str) -> list[Any]:
    return list(json.loads(text)) if text else []


def _classes(dataset: Dataset, roles: Roles) -> list[str]:
    """Classes of the target that can be merged, as texts; none for a measurement, which is binned."""
    name = roles.y[0]
    info = dataset.info[name]
    if info.measured or not 2 < info.distinct <= _MOST_CLASSES:
        return []
    return sorted({str(value) for value in dataset.frame[name].dropna().unique()})


def _merge() -> None:
    chosen, groups = st.session_state[STATE.key("merge")], _json(STATE.view.merge)
    if len(chosen) == 1 and not groups:
        return  # the second one is still to come
    others = [[label for label in group if label not in chosen] for group in groups[1:]]
    STATE.update(merge=groups_text(group for group in (chosen, *others) if len(group) > 1))


def _drop(name: str) -> None:
    STATE.update(**{name: names_text(st.session_state[STATE.key(name)])})


def _subgroup(dataset: Dataset) -> None:
    """Take over the column and its value; a new column begins with a value it has."""
    column = st.session_state[STATE.key("column")]
    if column == STATE.view.column:
        keep = st.session_state.get(STATE.key("keep"), "")
        STATE.update(keep=keep or _some(dataset, column))
    else:
        STATE.update(column=column, keep=_some(dataset, column))


def _some(dataset: Dataset, column: str) -> str:
    """A value that many rows have: the most frequent one, or of a measurement all from the median on."""
    info = dataset.info.get(column)
    if info is None or info.kind == "empty":
        return ""
    values = dataset.frame[column].dropna()
    return f"{values.median():g}.." if info.measured and info.numeric else str(values.mode().iloc[0])


def clear_changes() -> None:
    """Back to the rows as they are."""
    fresh = STATE.view.unchanged()
    try:
        STATE.jump(**{p.name: getattr(fresh, p.name) for p in Study.parameters()})
    except MmexploreError:
        STATE.reset()

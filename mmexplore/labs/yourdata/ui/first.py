"""What stands before the numbers, with a button for the other reading beside each sentence that has one."""

from __future__ import annotations

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.labs.yourdata.first_words import FirstWords, first_words, with_names
from mmexplore.labs.yourdata.study import Study, roles_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.prepared import prepared
from mmexplore.tabular import Dataset
from mmexplore.tabular.reading import Found
from mmexplore.tabular.select import split
from mmexplore.ui.failures import plain

_MOST = 6


def words_before(dataset: Dataset) -> FirstWords | None:
    """The sentences and their buttons; None where the roles have no answer."""
    study = STATE.view
    try:
        found = first_words(study, dataset, prepared)
    except MmexploreError:
        return None
    lines = [one for one in found.notes if one.lines]
    others = [one for one in (*found.codes, *found.notes) if not one.lines]
    if lines or others:
        with st.container(border=True):
            shown = [f"- {plain(_as_sentence(one.text))}" for one in others[:_MOST]]
            st.markdown("\n".join(["**Before the numbers**", "", *shown]))
            rest = [*others[_MOST:], *lines]
            if rest:
                kinds = ", ".join(one.lines for one in lines)
                title = "; ".join(
                    part
                    for part in (f"Lines left out: {kinds}" if kinds else "", "more" * bool(others[_MOST:]))
                    if part
                )
                with st.expander(title, key=STATE.key("first words")):
                    st.markdown("\n".join(f"- {plain(_as_sentence(one.text))}" for one in rest))
            with st.container(horizontal=True):
                _buttons(study, dataset, found)
    return found


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _buttons(study: Study, dataset: Dataset, found: FirstWords) -> None:
    """One click to each other reading."""
    for scale in found.open[:_MOST] if found.codes else ():
        other = "numbers" if scale.nominal else "labels"
        _button(f"Take {_short(scale.column)} as {other}", **_turned(study, scale.column, nominal=not scale.nominal))
    if study.source != "file":
        return
    roles = None if dataset.kind == "table" else roles_of(study, dataset)
    used = set(dataset.names) if roles is None else {*roles.x1, *roles.x2, *roles.y}
    for one in [one for one in dataset.absent if one.column in used and one.why != "as chosen"][:_MOST]:
        if not one.taken:
            _button(f"Count {_short(one.text)} in {_short(one.column)} as missing", na=_part(study.na, one))
        elif "numbers or dates" not in one.why:
            _button(f"Read {_short(one.text)} in {_short(one.column)} as a label", not_na=_part(study.not_na, one))
    if any(one.of_kind for one in dataset.first):
        rows = dataset.kind == "table"
        _button(f"Read each line as {'a sample' if rows else 'a cell of a table'}", read_as="rows" if rows else "cells")


def _turned(study: Study, column: str, *, nominal: bool) -> dict[str, str]:
    """The fields that take a column as labels or as numbers."""
    here, there = ("nominal", "ordinal") if nominal else ("ordinal", "nominal")
    return {
        here: with_names(getattr(study, here), [column]),
        there: with_names("", [name for name in split(getattr(study, there)) if name != column]),
    }


def _part(text: str, one: Found) -> str:
    return with_names(text, [f"{one.column}={one.text}"])


def _short(text: str) -> str:
    return plain(text if len(text) <= 24 else f"{text[:23]}…")


def _button(label: str, **changes: str) -> None:
    st.button(label, key=STATE.key(f"first {label}"), on_click=lambda: STATE.jump(**changes))

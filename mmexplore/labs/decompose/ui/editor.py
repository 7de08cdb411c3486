"""Draw your own table: an editable p(x1, x2, y), given as weights, with visible normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmexplore import datasets
from mmexplore.errors import BadData, MmexploreError
from mmexplore.labs.decompose import drawn
from mmexplore.labs.decompose.ui import STATE

_PRESETS = ("and", "xor", "copy", "rdn", "unq1", "pwunq", "sum")
_LARGEST = 6  # states of an axis one can choose by hand; a table taken over may be larger


def table_editor() -> None:
    """The editor, the presets that fill it, and the sum of its weights; nothing where the link hides it."""
    if STATE.hides("drawn"):
        return
    locked = STATE.locks("drawn")
    text = _synchronise()
    weights = drawn.decode(text)
    with st.container(border=True, key="table-editor", gap="small"):
        left, right = st.columns([5, 4], gap="large")
        with left:
            st.markdown("**How often does each combination occur?** Any weights from 0 up.")
            st.data_editor(
                _frame(weights),
                key=_editor_key(),
                on_change=_edited,
                hide_index=False,
                disabled=locked,
                num_rows="fixed",
                height=min(35 * (weights.shape[0] * weights.shape[1] + 1) + 3, 328),
                column_config={
                    str(column): st.column_config.NumberColumn(f"y = {column}", min_value=0.0, required=True)
                    for column in range(weights.shape[2])
                },
                alt="Editable weights, one row per pair of states of the modalities, one column per target state.",
            )
            total = float(drawn.decode(STATE.view.drawn).sum())
            st.caption(f"The weights sum to {total:g}; each is divided by that sum, so that p sums to 1.")
        with right:
            st.pills(
                "Fill with",
                (*_PRESETS, "uniform", "random"),
                format_func=lambda name: datasets.gate_info(name).title if name in _PRESETS else name,
                key=STATE.key("preset"),
                on_change=_fill,
                disabled=locked,
                wrap=True,
            )
            columns = st.columns(3)
            for axis, (column, label) in enumerate(zip(columns, ("x1", "x2", "y"), strict=True)):
                key = STATE.key(f"size{axis}")
                st.session_state[key] = int(weights.shape[axis])
                column.number_input(
                    f"States of {label}",
                    1,
                    max(_LARGEST, int(weights.shape[axis])),
                    key=key,
                    disabled=locked,
                    on_change=_resized,
                    args=(axis,),
                    help="New states start with weight 0; a state taken away takes its weights with it.",
                )


def draw_from_table() -> None:
    """Callback: take the table on show over into the drawing."""
    table = STATE.view.table()
    try:
        text = drawn.encode(np.round(table, 6) if table.size > 64 else table)
    except BadData as error:
        st.session_state[STATE.key("refused")] = f"This table cannot be drawn by hand: {error}"
        return
    STATE.jump(source="draw", drawn=text, **{p.name: p.default for p in datasets.WhatIf.parameters()})


# -- the editor's own state: a constant base frame and the edits on top of it ------------------------------------------


def _editor_key() -> str:
    return STATE.key(f"editor{st.session_state[STATE.key('editor')]['version']}")


def _synchronise() -> str:
    """The text the editor's frame is made from; a new editor is made when the view shows another table than it does."""
    key = STATE.key("editor")
    editor: dict[str, Any] | None = st.session_state.get(key)
    if editor is None:
        editor = st.session_state[key] = {"base": STATE.view.drawn, "version": 0, "shows": STATE.view.drawn}
    elif editor["shows"] != STATE.view.drawn:
        editor = {"base": STATE.view.drawn, "version": editor["version"] + 1, "shows": STATE.view.drawn}
        st.session_state[key] = editor
    return str(editor["base"])


def _frame(weights: drawn.Weights) -> pd.DataFrame:
    n1, n2, ny = weights.shape
    rows = [f"x1 = {a}, x2 = {b}" for a in range(n1) for b in range(n2)]
    index = pd.Index(rows, name="state")
    return pd.DataFrame(weights.reshape(n1 * n2, ny), index=index, columns=[str(y) for y in range(ny)])


def apply_edits(base: drawn.Weights, edited_rows: Mapping[Any, Mapping[str, Any]]) -> drawn.Weights:
    """The weights after the edits of a data editor: ``{row: {column: value}}``, an emptied cell counting as 0."""
    weights = base.reshape(-1, base.shape[2]).copy()
    for row, changes in edited_rows.items():
        for column, value in changes.items():
            if column.isdigit():
                weights[int(row), int(column)] = 0.0 if value is None else float(value)
    return drawn.check(weights.reshape(base.shape))


def _edited() -> None:
    edits = st.session_state[_editor_key()].get("edited_rows", {})
    editor = st.session_state[STATE.key("editor")]
    try:
        text = drawn.encode(apply_edits(drawn.decode(editor["base"]), edits))
    except (MmexploreError, ValueError, IndexError) as error:
        st.session_state[STATE.key("refused")] = str(error)
        return
    STATE.update(drawn=text)
    editor["shows"] = STATE.view.drawn if STATE.refused is None else editor["shows"]


def _fill() -> None:
    name = st.session_state[STATE.key("preset")]
    if name is None:
        return
    shape = drawn.decode(STATE.view.drawn).shape
    if name == "uniform":
        weights = np.ones(shape)
    elif name == "random":
        weights = np.round(np.random.default_rng().dirichlet(np.ones(int(np.prod(shape)))) * 100, 2).reshape(shape)
    else:
        weights = datasets.gate(name)
        weights = weights / weights[weights > 0].min()
    st.session_state[STATE.key("preset")] = None
    STATE.jump(drawn=drawn.encode(weights))


def _resized(axis: int) -> None:
    weights = drawn.decode(STATE.view.drawn)
    size = int(st.session_state[STATE.key(f"size{axis}")])
    trimmed = np.take(weights, range(min(size, weights.shape[axis])), axis=axis)
    padding = [(0, size - trimmed.shape[a] if a == axis else 0) for a in range(3)]
    STATE.jump(drawn=drawn.encode(np.pad(trimmed, padding)))

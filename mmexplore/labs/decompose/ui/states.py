"""A table of states is not the data: what the states lose of what predictors find in the columns, and the way to the answer about the data."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore import links, runs
from mmexplore.errors import MmexploreError
from mmexplore.estimators.tables.lost import lost
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.registry import LABS, page_for
from mmexplore.runs.task import TASKS
from mmexplore.types import INFORMATIONS, PID
from mmexplore.ui.badges import Badge
from mmexplore.ui.words import number
from mmexplore.units import in_unit


def lost_by_states(scene: Scene, result: PID) -> Badge | None:
    """For measured data, what the states lose; None where that is not known."""
    known = _by_predictors(scene.real) if scene.source == "real" and not scene.changes() else None
    if known is None:
        return None
    made = scene.real_table()
    loss = lost(result.to("bit"), np.rint(made.table.p * made.rows), known)
    read = ", ".join(f"{name.upper()} {number(in_unit(known[name], scene.unit), 3)}" for name in INFORMATIONS)
    return Badge(
        loss.words(),
        icon=":material/filter_alt:",
        color="red" if loss.much else "green",
        help=f"Predictors read {read} {scene.unit} from the columns themselves, on rows that they were not fitted on. What is drawn here is exact "
        "about the table of states; its informations less their predicted bias are compared.",
    )


def data_link(scene: Scene) -> None:
    """For measured data, a link to the same data without bins."""
    if scene.source != "real":
        return
    lab = LABS["yourdata"]
    st.page_link(
        page_for(lab),
        label="The data, without bins",
        query_params=links.to(lab.query({"source": "real", "real": scene.real})),
        icon=":material/arrow_forward:",
    )


def _by_predictors(name: str) -> dict[str, float] | None:
    """I1, I2 and I12 of a data set by predictors, in bits, where they have been computed."""
    try:
        result = runs.find(TASKS["predictive"].from_values({"data": f"real={name}"})).result()
    except MmexploreError:
        return None
    value = (result or {}).get("value")
    return None if value is None else {part: float(value[part]) for part in INFORMATIONS}

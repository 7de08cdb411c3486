"""A table of states is not the data: what the states lose of what predictors find in the columns, and the way to the answer about the data."""

from __future__ import annotations

import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.registry import LABS, page_for
from mmexplore.runs.task import TASKS
from mmexplore.types import INFORMATIONS, PID
from mmexplore.ui.words import number
from mmexplore.units import in_unit

LOSS = 0.10  # of an information: more than this lost is red


def states_and_data(scene: Scene, result: PID) -> None:
    """For measured data, a badge with the loss, and a link to the same data without bins."""
    if scene.source != "real":
        return
    known = _by_predictors(scene.real)
    if known is not None and not scene.changes():
        bits = result.to("bit")
        lost = {
            name: max(0.0, 1.0 - float(getattr(bits, name)) / known[name]) for name in INFORMATIONS if known[name] > 0
        }
        share = lost.get("i12", 0.0)
        st.badge(
            f"The states lose at least {share:.0%} of I(X1,X2;Y)"
            if share >= 0.005
            else "The states lose nothing of I(X1,X2;Y) that is seen",
            icon=":material/filter_alt:",
            color="red" if max(lost.values(), default=0.0) > LOSS else "green",
            help=f"Predictors read {', '.join(f'{n.upper()} {number(in_unit(known[n], scene.unit), 3)}' for n in INFORMATIONS)} {scene.unit} from the "
            "columns themselves, on rows that they were not fitted on. What is drawn here is exact about the table of states.",
        )
    lab = LABS["yourdata"]
    st.page_link(
        page_for(lab),
        label="The data, without bins",
        query_params=lab.query({"source": "real", "real": scene.real}),
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

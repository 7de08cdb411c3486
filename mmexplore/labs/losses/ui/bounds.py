"""Bounds of mutual information where the truth is known: NCE below, NCE-CLUB above."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore.labs.losses.figures import bounds_trials
from mmexplore.labs.losses.reading import read_bounds
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.runs import Run
from mmexplore.ui.pictures import side_by_side
from mmexplore.ui.run_panel import run_panel


def bounds(scene: FactorClScene) -> None:
    """NCE below, NCE-CLUB above, and the truth between."""
    st.markdown(
        "FactorCL rests on two bounds of mutual information: **NCE** from below, which can never exceed log\u2082 of the batch, and "
        "**NCE-CLUB** from above, which is a bound only as far as its critic is the best one. Here the truth is known, which shows how far to trust them."
    )
    run_panel(
        STATE,
        scene.task("bounds"),
        _drawn,
        name="bounds",
        start="Train the critics",
        idle=_nothing_yet,
    )


def _drawn(run: Run) -> None:
    seen = read_bounds(run)
    if seen is None:
        st.caption("Nothing was measured yet.")
        return
    side_by_side([bounds_trials(seen), bounds_trials(seen, conditional=True)], "learn.bounds")
    ordered = [bool(np.mean(seen.nce[t]) <= seen.truth[t] <= np.mean(seen.club[t])) for t in range(len(seen.truth))]
    wrong = [f"{seen.truth[t]:.2f} bit" for t in range(len(ordered)) if not ordered[t]]
    capped = [t for t in range(len(seen.truth)) if seen.truth[t] > seen.ceiling]
    text = (
        "The order NCE \u2264 I \u2264 NCE-CLUB holds for every pair."
        if not wrong
        else (
            f"The order does not hold at {', '.join(wrong)}: the critic is not good enough there"
            f"{' yet' if run.state.active else ''}, and NCE-CLUB is then no upper bound."
        )
    )
    if capped:
        text += f" {len(capped)} of {len(seen.truth)} truths lie above log\u2082 of the batch ({seen.ceiling:.2f} bit): no NCE can reach them."
    st.caption(text)


def _nothing_yet() -> None:
    st.caption("Nothing has been trained for these pairs yet.")

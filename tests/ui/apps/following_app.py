"""A page with the panel of a run and nothing else."""

import streamlit as st

from mmexplore.labs.runs.scene import RunsView
from mmexplore.runs.count_task import Count
from mmexplore.serve import sessions
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.state import PageState

sessions.watch()
task = Count(steps=int(st.query_params["steps"]), wait=0.05)
run_panel(PageState("panel", RunsView), task, lambda run: st.text(f"drawn {len(run.frames())} frames"))

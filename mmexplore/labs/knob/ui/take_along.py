"""Export: the numbers on the dial and over all settings, the script, and the run itself."""

from __future__ import annotations

import streamlit as st

from mmexplore import runs
from mmexplore.labs.knob.export import as_csv, as_json
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import script
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import arrays_of, file_of
from mmexplore.labs.knob.ui.live import dial_of
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.downloads import download_row, run_archive, views_archive


def take_along(scene: KnobScene) -> None:
    """Download buttons and the script."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id, views = own or ("", None)
    run = runs.find(scene.task(own_id))
    source = script(scene, own_id, file_of(scene))
    name = f"mmexplore-knob-{run.name.split('-')[-1][:8]}"
    files: dict[str, tuple[str, str | bytes]] = {"Script (Python)": (f"{name}.py", source)}
    if run.has("grid"):
        arrays = dial_of(run)[1]
        files = {
            "Numbers on the dial (JSON)": (f"{name}.json", as_json(scene, run, arrays)),
            "All settings (CSV)": (f"{name}.csv", as_csv(arrays)),
            **files,
        }
        with st.container(horizontal=True):
            run_archive(STATE, run)
    else:
        st.caption("There is no finished run yet: the numbers and the run itself come with it.")
    download_row(STATE, files)
    if views is not None:
        views_archive(STATE, views)
    st.caption(
        "Figures: the menu on each chart saves it as SVG or PNG. The script trains the same network, or opens its run, and prints the same numbers:"
    )
    st.code(source, language="python")

"""How much data does a trained method need? The same method on fewer and fewer samples, one run each."""

from __future__ import annotations

import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.knob.figures import sample_size_curves
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.failures import sentence
from mmexplore.ui.figure import figure
from mmexplore.ui.following import Pace, follow
from mmexplore.ui.run_panel import PHASES

SIZES = (250, 500, 1000, 2000, 4000, 8000, 16000)
_LOOK = Pace(2.0, 12.5)


def at_size(scene: KnobScene, samples: int) -> KnobScene:
    """The same scene with so many samples to train on."""
    return scene.put(**{"data.n": samples})


def over_sizes(scene: KnobScene) -> None:
    """Runs over the number of training samples, and the information of their latents where the knobs stand."""
    st.markdown(
        "**The same question for a trained method.** The method on the dial, trained on fewer samples; evaluated on held-out samples where the knobs stand."
    )
    if scene.data == OWN or "data.n" not in scene.paths():
        st.info(
            "The number of samples of these data is fixed. Choose the warped Gaussian or the noisy digits, of which any number can be drawn."
        )
        return
    all_runs = {samples: runs.find(at_size(scene, samples).task()) for samples in SIZES}
    _state(scene, all_runs)
    _figure(scene, {samples: run for samples, run in all_runs.items() if run.has("grid")})


def _following(scene: KnobScene) -> None:
    all_runs = {samples: runs.find(at_size(scene, samples).task()) for samples in SIZES}
    if not any(run.state.active for run in all_runs.values()):
        st.rerun()
    with st.container(horizontal=True, gap="small"):
        for samples, run in all_runs.items():
            words, icon, colour = PHASES[run.state.phase]
            share = f" {run.state.share:.0%}" if run.state.phase == "running" else ""
            st.badge(f"{samples:,} samples: {words}{share}", icon=icon, color=colour)  # type: ignore[arg-type]
    st.button("Stop all", icon=":material/stop:", key=STATE.key("sweep stop"), on_click=_stop, args=(scene,))


def _state(scene: KnobScene, all_runs: dict[int, Run]) -> None:
    if any(run.state.active for run in all_runs.values()):
        follow(lambda: _following(scene), every=_LOOK)
        return
    missing = [samples for samples, run in all_runs.items() if not run.has("grid")]
    if missing:
        st.button(
            f"Train on {', '.join(f'{samples:,}' for samples in missing)} samples",
            icon=":material/play_arrow:",
            key=STATE.key("sweep start"),
            on_click=_start,
            args=(scene, missing),
            help="One run each; they wait for one another in the queue, and every finished one is drawn.",
        )
    if refused := st.session_state.pop(STATE.key("sweep refused"), None):
        st.error(sentence(refused), icon=":material/error:")


def _start(scene: KnobScene, missing: list[int]) -> None:
    try:
        for samples in missing:
            runs.start(at_size(scene, samples).task())
    except MmexploreError as error:
        st.session_state[STATE.key("sweep refused")] = str(error)


def _stop(scene: KnobScene) -> None:
    try:
        for samples in SIZES:
            run = runs.find(at_size(scene, samples).task())
            if run.state.active:
                runs.stop(run)
    except MmexploreError as error:
        st.session_state[STATE.key("sweep refused")] = str(error)


def _figure(scene: KnobScene, all_runs: dict[int, Run]) -> None:
    if len(all_runs) > 1:
        grids = {samples: run.arrays("grid") for samples, run in all_runs.items()}
        figure(sample_size_curves(scene, grids), "knob.sweep")

"""Take it with you: the numbers on the dial and over all settings, the script, and the run itself."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import script
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.file import arrays_of
from mmexplore.labs.knob.ui.grids import Held
from mmexplore.labs.knob.ui.live import clipped, dial_of, facts
from mmexplore.runs import Run
from mmexplore.tabular import csv_cell
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.downloads import download_row
from mmexplore.version import __version__

_FIELDS = ("relevance_nats", "relevance_error_nats", "relevance_bound_nats", "mutual_nats", "excess_nats")


def as_csv(held: Held) -> str:
    """One row a setting: rates of every latent, what is told, and every probe; informations in nats, as the run holds them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    latents, factors = [str(v) for v in held["latents"]], [str(v) for v in held["factors"]]
    fields = [name for name in _FIELDS if name in held]
    kept = [(z, f) for z in range(len(latents)) for f in range(len(factors))]
    labels = "label_nats" in held
    writer.writerow(
        csv_cell(text)  # names of factors may be a visitor's own
        for text in [
            "beta",
            "gamma",
            *(f"rate_nats {name}" for name in latents),
            *fields,
            *(f"label_nats {name}" for name in latents if labels),
            *(f"{factors[f]} off {latents[z]} ({held['factor_score'][f]})" for z, f in kept),
        ]
    )
    for b, beta in enumerate(held["beta"]):
        for g, gamma in enumerate(held["gamma"]):
            numbers = [beta, gamma, *held["rate_nats"][b, g], *(held[name][b, g] for name in fields)]
            numbers += [*held["label_nats"][b, g]] if labels else []
            numbers += [held["kept"][b, g, z, f] for z, f in kept]
            writer.writerow(["" if not math.isfinite(float(v)) else f"{float(v):.8g}" for v in numbers])
    return out.getvalue()


def as_json(scene: KnobScene, run: Run, held: Held) -> str:
    """What is on the dial now, the run's own numbers, and what made them."""
    beta, gamma = clipped(held, scene)
    document = {
        "title": scene.title(),
        "scene": scene.to_query(),
        "beta": beta,
        "gamma": gamma,
        "unit": scene.unit,
        "numbers": facts(scene, held),
        "run": {
            "name": run.name,
            "task": run.task.to_dict(),
            "result": run.result(),
            "versions": dict(run.state.versions or {}),
        },
        "mmexplore": __version__,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def take_along(scene: KnobScene) -> None:
    """Download buttons and the script."""
    own = arrays_of(scene)
    if scene.data == OWN and own is None:
        st.info("Drop your file first.")
        return
    own_id, arrays = own or ("", None)
    run = runs.find(scene.task(own_id))
    source = script(scene, own_id)
    name = f"mmexplore-knob-{run.name.split('-')[-1][:8]}"
    files: dict[str, tuple[str, str | bytes]] = {"Script (Python)": (f"{name}.py", source)}
    if run.has("grid"):
        held = dial_of(run)[1]
        files = {
            "Numbers on the dial (JSON)": (f"{name}.json", as_json(scene, run, held)),
            "All settings (CSV)": (f"{name}.csv", as_csv(held)),
            **files,
        }
        with st.container(horizontal=True):
            st.download_button(
                "The run (ZIP)",
                run.archive,
                file_name=f"{run.name}.zip",
                mime="application/zip",
                on_click="ignore",
                icon=":material/folder_zip:",
                key=STATE.key("download run"),
                help="Its spec, frames, arrays and result: `python -m mmexplore runs` opens it elsewhere.",
            )
    else:
        st.caption("There is no finished run yet: the numbers and the run itself come with it.")
    download_row(STATE, files)
    if arrays is not None:
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        st.download_button(
            "Your two views (NPZ)",
            packed.getvalue(),
            file_name="two-views.npz",
            on_click="ignore",
            icon=":material/download:",
            key=STATE.key("download views"),
            help="What the script reads.",
        )
    st.caption(
        "Figures: the menu on each chart saves it as SVG or PNG. The script trains the same network, or opens its run, and prints the same setting:"
    )
    st.code(source, language="python")

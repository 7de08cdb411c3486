"""Which data: bundled, drawn from a gate, or a file that stays in this visitor's session."""

from __future__ import annotations

import streamlit as st

from mmexplore import datasets, tabular
from mmexplore.labs.yourdata.presets import PRESETS
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain
from mmexplore.ui.files import Files
from mmexplore.ui.presets import preset_row
from mmexplore.ui.uploads import forget_wrong, uploader, wrong
from mmexplore.ui.work import forget

SOURCES = {"real": "Bundled", "gate": "Simulated", "file": "File"}
FILES = Files(STATE)


def choose_data() -> None:
    """Controls for the source of the rows."""
    study = STATE.view
    STATE.control("source", format_func=SOURCES.__getitem__, width="stretch")
    if study.source == "real":
        STATE.control("real", format_func=lambda name: datasets.real_info(name).title)
        st.caption(plain(datasets.real_info(study.real).story))
    elif study.source == "gate":
        STATE.control("gate", format_func=lambda name: datasets.gate_info(name).title)
        STATE.control("gate_noise")
        STATE.control("drawn")
        st.caption("Rows drawn from a table whose decomposition is known: the truth is drawn beside the estimate.")
    else:
        _upload()


def stories() -> None:
    """Five findings to start from, while nothing else has been chosen."""
    study = STATE.view
    chosen = next((name for name, preset in PRESETS.items() if preset.of(Study) == study), None)
    if study == Study():
        chosen = study.real
    if chosen is not None:
        preset_row(STATE, PRESETS, chosen, own="Your own file", own_values={"source": "file"})


def current() -> Dataset | None:
    """The data on show; None where a file is wanted and none is loaded."""
    return dataset_for(STATE.view)


def dataset_for(study: Study) -> Dataset | None:
    """The rows of a study; None where a file is wanted and none is loaded."""
    if study.source != "file":
        return dataset_of(study)
    loaded = FILES.find(study.file)
    return None if loaded is None else FILES.read(loaded, study.reading())


def waiting_for_file() -> None:
    """What to do when a file is wanted: drop one, or take the example."""
    wanted = STATE.view.file
    if wanted:
        st.info(
            f"This link belongs to a file that is not part of it (SHA-256 {plain(wanted[:12])}…). Drop the same file on the left, "
            "and everything is as it was.",
            icon=":material/upload_file:",
        )
        for sha, kept in FILES.all.items():
            st.button(
                f"Show {plain(kept.name[:60])} instead",
                key=STATE.key(f"instead {sha}"),
                on_click=lambda sha=sha: STATE.jump(source="file", file=sha),
            )
        return
    st.info(
        "Drop a file on the left. It stays in this session's memory and is gone when you leave.",
        icon=":material/upload_file:",
    )
    st.markdown(
        "**One sample a row**: CSV or TSV (any common separator, also packed with gzip), Parquet, NPZ or NPY. Several columns make "
        "one modality; names like `audio_…` and `text_…` are recognised.\n\n"
        "**Or a table**: columns `x1`, `x2`, `y` and `p` (probabilities) or `count`."
    )
    st.download_button(
        "A file that works (CSV)",
        _example(),
        file_name="example.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=STATE.key("example"),
    )


def _example() -> str:
    """Sarcasm: the mood is sad where tone and words clash, in nine of ten rows."""
    lines = ["audio_pitch,audio_loudness,text_tone,mood"]
    for k in range(300):
        raised, kind, odd = (k * 7) % 13 > 6, (k * 5) % 11 > 4, k % 10 == 3
        mood = "sad" if (raised == kind) != odd else "happy"
        lines.append(
            f"{0.3 + 0.5 * raised + (k % 17) / 100:.2f},{40 + (k * 29) % 37},{'kind' if kind else 'harsh'},{mood}"
        )
    return "\n".join(lines) + "\n"


# -- files of this visitor ------------------------------------------------------------------------------------------------


def _upload() -> None:
    uploader(
        STATE,
        "CSV, TSV, Parquet, NPZ, NPY, also .gz",
        _take,
        help="At most 200 MB. Nothing in the file is executed, and nothing is written to disk.",
    )
    kept = FILES.find(STATE.view.file)
    wrong(STATE, "The file loaded before is still on show." if kept is not None else "")
    if kept is not None:
        st.markdown(f"**{plain(_shortened(kept.name))}**  \n{len(kept):,} rows, {len(kept.columns):,} columns")
        st.button("Remove", icon=":material/delete:", key=STATE.key("remove"), on_click=_remove, args=(kept.sha256,))
        FILES.controls(kept, STATE.view.reading())


def _shortened(name: str) -> str:
    return name if len(name) <= 50 else f"{name[:24]}…{name[-24:]}"


def _take(content: bytes, name: str) -> None:
    """Read the file that was just dropped."""
    before = FILES.find(STATE.view.file)
    data = tabular.load(content, name)
    FILES.keep(data, content)
    if STATE.view.file == data.sha256:  # the file that a link was waiting for
        return
    waiting = before is None and not STATE.view.file  # for any file, with what a link says of its columns
    if STATE.view.source == "file" and (waiting or (before is not None and before.names == data.names)):
        same = {p.name: getattr(STATE.view, p.name) for p in Study.parameters()}  # new rows of the same columns
        STATE.jump(**same | {"file": data.sha256})
    else:
        STATE.jump(source="file", file=data.sha256)


def _remove(sha: str) -> None:
    """Forget a file and everything computed from any."""
    left = FILES.forget(sha)
    forget(STATE)
    forget_wrong(STATE)
    for name in ("prepared", "measured"):
        st.session_state.pop(STATE.key(name), None)
    if STATE.view.file:
        STATE.jump(file=left)

"""Which data: bundled, drawn from a gate, or a file that stays in this visitor's session."""

from __future__ import annotations

import streamlit as st

from mmexplore import datasets, tabular
from mmexplore.errors import BadData
from mmexplore.study import dataset_of
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain
from mmexplore.ui.yourdata import STATE

SOURCES = {"real": "Bundled", "gate": "Simulated", "file": "File"}
FILE_TYPES = ["csv", "tsv", "txt", "gz", "parquet", "npz", "npy"]
DEMONSTRATIONS = {
    "breast_cancer": "Redundancy: mean and worst cells say the same",
    "iris": "Unique: the petal knows more",
    "digits_parity": "Synergy that survives its null",
    "wine": "Synergy that the usual null takes for chance, and a sharper one does not",
    "diabetes": "Half and half, and few rows",
}


def choose_data() -> None:
    """Controls for the source of the rows."""
    study = STATE.view
    st.segmented_control(
        "Data",
        tuple(SOURCES),
        format_func=SOURCES.__getitem__,
        required=True,
        width="stretch",
        **STATE.bind("source", study.source),
    )
    if study.source == "real":
        STATE.control("real", format_func=lambda name: datasets.real_info(name).title)
        told = DEMONSTRATIONS.get(study.real)
        st.caption(f"{told + '. ' if told else ''}{plain(datasets.real_info(study.real).story)}")
    elif study.source == "gate":
        STATE.control("gate", format_func=lambda name: datasets.gate_info(name).title)
        STATE.control("gate_noise")
        STATE.control("drawn")
        st.caption("Rows drawn from a table whose decomposition is known: the truth is drawn beside the estimate.")
    else:
        _upload()


def current() -> Dataset | None:
    """The data on show; None where a file is wanted and none is loaded."""
    study = STATE.view
    if study.source != "file":
        return dataset_of(study)
    kept: Dataset | None = st.session_state.get(STATE.key("file data"))
    return kept


def waiting_for_file() -> None:
    """What to do when a file is wanted: drop one, or take the example."""
    wanted = STATE.view.file
    if wanted:
        st.info(
            f"This link belongs to a file that is not part of it (SHA-256 {wanted[:12]}…). Drop the same file on the left, and "
            "everything is as it was.",
            icon=":material/upload_file:",
        )
    else:
        st.info(
            "Drop a file on the left: CSV, TSV, Parquet, NPZ or NPY, one sample a row, or a table with columns x1, x2, y and p "
            "(or count). It stays in this session's memory and is gone when you leave.",
            icon=":material/upload_file:",
        )
    st.markdown("**A file that works**, to try it:")
    st.code("audio_pitch,audio_loud,text_tone,mood\n0.31,0.72,calm,happy\n0.12,0.40,harsh,sad\n…", language="text")


def _upload() -> None:
    st.file_uploader(
        "CSV, TSV, Parquet, NPZ or NPY (at most 200 MB)",
        type=FILE_TYPES,
        key=STATE.key("upload"),
        on_change=_uploaded,
        help="Nothing in the file is executed, and nothing is written to disk.",
    )
    kept = st.session_state.get(STATE.key("file data"))
    if kept is not None:
        st.caption(f"Loaded: {plain(kept.name[:80])}, {len(kept):,} rows, {len(kept.columns):,} columns.")
    wrong = st.session_state.get(STATE.key("file wrong"))
    if wrong:
        st.error(plain(wrong), icon=":material/error:")
        if kept is not None:
            st.caption("The data loaded before are still on show.")


def _uploaded() -> None:
    """Read the file that was just dropped; what was there stays if it cannot be read."""
    file = st.session_state[STATE.key("upload")]
    st.session_state.pop(STATE.key("file wrong"), None)
    if file is None:
        return
    try:
        data = tabular.load(file.getvalue(), file.name)
    except BadData as error:
        st.session_state[STATE.key("file wrong")] = str(error)
        return
    st.session_state[STATE.key("file data")] = data
    if STATE.view.file == data.sha256:  # the file that a link was waiting for
        return
    STATE.jump(source="file", file=data.sha256)

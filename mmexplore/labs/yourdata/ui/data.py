"""Which data: bundled, drawn from a gate, or a file that stays in this visitor's session."""

from __future__ import annotations

import json

import streamlit as st

from mmexplore import datasets, tabular
from mmexplore.labs.yourdata.presets import PRESETS
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain
from mmexplore.ui.presets import preset_row
from mmexplore.ui.uploads import forget_wrong, uploader, wrong
from mmexplore.ui.work import forget

_READ_AS = {"auto": "By content", "rows": "A sample", "cells": "A cell"}
_FOUND = 12  # words that are listed
SOURCES = {"real": "Bundled", "gate": "Simulated", "file": "File"}
_FILES_KEPT = 2
_BYTES_KEPT = 400_000_000  # of all files of one visitor together; the latest is always kept


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
    loaded = _loaded(study)
    return None if loaded is None else _as_asked(study, loaded)


def _loaded(study: Study) -> Dataset | None:
    """The file of a study, read as its content suggests."""
    files = _files()
    if study.file:
        return files.get(study.file)
    return next(reversed(files.values()), None)


def _as_asked(study: Study, loaded: Dataset) -> Dataset:
    """The same file, read as the study asks.

    Raises:
        BadData: it cannot be read so.
    """
    asked = study.reading()
    content = _contents().get(loaded.sha256)
    if not asked or content is None:
        return loaded
    kept: dict[str, Dataset] = st.session_state.setdefault(STATE.key("readings"), {})
    key = json.dumps([loaded.sha256, asked], sort_keys=True)
    data = kept.pop(key, None)
    if data is None:
        data = tabular.load(content, loaded.name, **asked)
    kept[key] = data  # the latest used last
    while len(kept) > _FILES_KEPT:
        kept.pop(next(iter(kept)))
    return data


def waiting_for_file() -> None:
    """What to do when a file is wanted: drop one, or take the example."""
    wanted = STATE.view.file
    if wanted:
        st.info(
            f"This link belongs to a file that is not part of it (SHA-256 {plain(wanted[:12])}…). Drop the same file on the left, "
            "and everything is as it was.",
            icon=":material/upload_file:",
        )
        for sha, kept in _files().items():
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


def _files() -> dict[str, Dataset]:
    files: dict[str, Dataset] = st.session_state.setdefault(STATE.key("files"), {})
    return files


def _contents() -> dict[str, bytes]:
    """The bytes of the files, to be read otherwise when that is asked."""
    contents: dict[str, bytes] = st.session_state.setdefault(STATE.key("contents"), {})
    return contents


def keep(data: Dataset, content: bytes) -> None:
    """Keep a file in the visitor's session; older ones go when they are too many or too large together."""
    files, contents = _files(), _contents()
    files.pop(data.sha256, None)
    files[data.sha256], contents[data.sha256] = data, content
    while len(files) > 1 and (len(files) > _FILES_KEPT or sum(map(_bytes, files.values())) > _BYTES_KEPT):
        gone = next(iter(files))
        files.pop(gone)
        contents.pop(gone, None)


def _bytes(data: Dataset) -> int:
    return int(data.frame.memory_usage().sum()) + len(_contents().get(data.sha256, b""))


def _upload() -> None:
    uploader(
        STATE,
        "CSV, TSV, Parquet, NPZ, NPY, also .gz",
        _take,
        help="At most 200 MB. Nothing in the file is executed, and nothing is written to disk.",
    )
    kept = _loaded(STATE.view)
    wrong(STATE, "The file loaded before is still on show." if kept is not None else "")
    if kept is not None:
        st.markdown(f"**{plain(_shortened(kept.name))}**  \n{len(kept):,} rows, {len(kept.columns):,} columns")
        st.button("Remove", icon=":material/delete:", key=STATE.key("remove"), on_click=_remove, args=(kept.sha256,))
        _reading(kept)


def _reading(loaded: Dataset) -> None:
    """How the file is read: rows or cells, and which words and numbers are missing values."""
    study = STATE.view
    with st.expander("How the file is read", expanded=bool(study.reading()), key=STATE.key("reading")):
        STATE.control("read_as", format_func=_READ_AS.__getitem__)
        STATE.control("na")
        STATE.control("not_na")
        found = loaded.absent[:_FOUND]
        if found:
            st.caption("Found in the file, by itself:")
        for one in found:
            what = "missing" if one.taken else "not missing"
            st.caption(
                f"{plain(repr(one.text[:24]))} in {plain(one.column[:40])}, {one.count:,} times: {what}, as {plain(one.why)}"
            )


def _shortened(name: str) -> str:
    return name if len(name) <= 50 else f"{name[:24]}…{name[-24:]}"


def _take(content: bytes, name: str) -> None:
    """Read the file that was just dropped."""
    before = _loaded(STATE.view)
    data = tabular.load(content, name)
    keep(data, content)
    if STATE.view.file == data.sha256:  # the file that a link was waiting for
        return
    if before is not None and STATE.view.source == "file" and before.names == data.names:
        same = {p.name: getattr(STATE.view, p.name) for p in Study.parameters()}  # new rows of the same columns
        STATE.jump(**same | {"file": data.sha256})
    else:
        STATE.jump(source="file", file=data.sha256)


def _remove(sha: str) -> None:
    """Forget a file and everything computed from any."""
    _files().pop(sha, None)
    _contents().pop(sha, None)
    st.session_state.pop(STATE.key("readings"), None)
    forget(STATE)
    forget_wrong(STATE)
    for name in ("prepared", "measured"):
        st.session_state.pop(STATE.key(name), None)
    if STATE.view.file:
        STATE.jump(file=next(reversed(_files()), ""))

"""Two views of the reader's own with a label: a file that stays in this visitor's session."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore import tabular
from mmexplore.errors import BadData, MmexploreError
from mmexplore.scenes.factorcl.scene import OWN, FactorClScene, arrays_of
from mmexplore.scenes.knob.scene import KnobScene, arrays_id, roles_for
from mmexplore.tabular import Dataset, column_groups
from mmexplore.tabular.select import selection, split
from mmexplore.ui.factorcl import STATE
from mmexplore.ui.failures import plain

_KEPT = 2
_LISTED = 400
_WORDS = {"x1": "View 1", "x2": "View 2", "y": "Label"}


def _files() -> dict[str, Dataset]:
    files: dict[str, Dataset] = st.session_state.setdefault(STATE.key("files"), {})
    return files


def current(scene: FactorClScene) -> Dataset | None:
    """The file on show, if the data are a visitor's own and it is loaded."""
    if scene.data != OWN:
        return None
    return _files().get(scene.file) if scene.file else next(reversed(_files().values()), None)


def own(scene: FactorClScene) -> tuple[str, dict[str, np.ndarray], str] | None:
    """Identity and arrays of the visitor's data, and what was done to the label; None where they are not loaded.

    Raises:
        BadData: the chosen columns cannot be two views and a label; the sentence says why.
    """
    dataset = current(scene)
    if dataset is None:
        return None
    key = (dataset.sha256, scene.x1, scene.x2, scene.y)
    kept = st.session_state.get(STATE.key("own arrays"))
    if kept is None or kept[0] != key:
        arrays, told = arrays_of(scene, dataset)
        for array in arrays.values():
            array.setflags(write=False)
        kept = (key, arrays_id(arrays), arrays, told)
        st.session_state[STATE.key("own arrays")] = kept
    return kept[1], kept[2], kept[3]


def choose_file(scene: FactorClScene) -> None:
    """Upload, and which columns are which view."""
    # a new key after every file empties the widget: the bytes are not kept beside the columns read from them
    number = st.session_state.setdefault(STATE.key("uploads"), 0)
    st.file_uploader(
        "CSV, TSV, Parquet, NPZ, NPY, also .gz",
        key=STATE.key(f"upload {number}"),
        on_change=_uploaded,
        args=(number,),
        help="At most 200 MB. Nothing in the file is executed, and nothing is written to disk.",
    )
    dataset = current(scene)
    wrong = st.session_state.get(STATE.key("file wrong"))
    if wrong:
        st.error(plain(wrong), icon=":material/error:")
        if dataset is not None:
            st.caption("The file loaded before is still on show.")
    if dataset is None:
        return
    st.markdown(f"**{plain(dataset.name[:50])}**  \n{len(dataset):,} rows, {len(dataset.columns):,} columns")
    st.button("Remove", icon=":material/delete:", key=STATE.key("remove"), on_click=_remove, args=(dataset.sha256,))
    if dataset.kind == "rows":
        _roles(scene, dataset)


def _roles(scene: FactorClScene, dataset: Dataset) -> None:
    wrong: dict[str, str] = {}
    for part in _WORDS:
        try:
            if text := getattr(scene, part):
                tabular.match_columns(dataset, text)
        except BadData as error:
            wrong[part] = str(error)
    parts: dict[str, Any] = {part: "" if part in wrong else getattr(scene, part) for part in _WORDS}
    roles = roles_for(KnobScene(data=OWN, **parts), dataset)
    offered = [*column_groups(dataset), *dataset.names][:_LISTED]
    for part, label in _WORDS.items():
        chosen = split(getattr(scene, part)) or list(getattr(roles, part))[: 1 if part == "y" else 60]
        key = STATE.show(f"pick {part}", chosen)
        st.multiselect(
            label,
            list(dict.fromkeys([*offered, *chosen])),
            key=key,
            accept_new_options=True,
            max_selections=1 if part == "y" else None,
            on_change=_picked,
            args=(part,),
            help=STATE.spec.parameter(part).help,
            placeholder="Columns or a pattern",
        )
        if part in wrong:
            st.error(plain(wrong[part]))
    st.caption(f"{len(roles.x1):,} columns against {len(roles.x2):,}, {plain(roles.why)}.")


def _picked(part: str) -> None:
    STATE.update(**{part: selection(st.session_state[STATE.key(f"pick {part}")])})


def waiting(scene: FactorClScene) -> None:
    """What to do when a file is wanted and none is loaded."""
    if scene.file:
        told = f"This link belongs to a file that is not part of it (SHA-256 {plain(scene.file[:12])}…). Drop the same file on the left."
    else:
        told = (
            "Drop a file on the left. Its columns stay in this server's memory while you are here, are trained on by a process that keeps them "
            "in memory too, and never touch the disk; the run is listed to nobody else."
        )
    st.info(told, icon=":material/upload_file:")
    st.markdown(
        "**One sample a row, at least 60 rows**: several columns of numbers make view 1, several others view 2, and one column is the label the probes "
        "are asked for. Names like `audio_…` and `text_…` are recognised; you can choose otherwise."
    )
    st.download_button(
        "A file that works (CSV)",
        example(),
        file_name="two-views.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=STATE.key("example"),
    )


def example() -> str:
    """Two views of six columns with a shared and a private signal each; the label needs all three."""
    rng = np.random.default_rng(11)
    shared, first, second = rng.normal(size=(3, 600, 2))
    views = [
        np.concatenate([shared, own_part], axis=1) @ rng.normal(size=(4, 6)) + 0.2 * rng.normal(size=(600, 6))
        for own_part in (first, second)
    ]
    score = shared.sum(axis=1) + first.sum(axis=1) + second.sum(axis=1)
    head = [f"{name}_{k + 1}" for name in ("audio", "text") for k in range(6)]
    lines = [",".join([*head, "mood"])]
    for a, b, s in zip(*views, score, strict=True):
        lines.append(",".join([*(f"{v:.3f}" for v in (*a, *b)), "happy" if s > 0 else "sad"]))
    return "\n".join(lines) + "\n"


def _uploaded(number: int) -> None:
    """Read the file that was just dropped; what was there stays if it cannot be read."""
    file = st.session_state.get(STATE.key(f"upload {number}"))
    if file is None:
        return
    st.session_state[STATE.key("uploads")] = number + 1
    take(file.getvalue(), file.name)


def take(data: bytes, name: str) -> None:
    """Show the views in these bytes, or say why not."""
    st.session_state.pop(STATE.key("file wrong"), None)
    try:
        dataset = tabular.load(data, name)
        if dataset.kind != "rows":
            raise BadData(f"{dataset.name} is a table of probabilities; allowed: one sample a row")
    except MmexploreError as error:
        st.session_state[STATE.key("file wrong")] = str(error)
        return
    files = _files()
    files.pop(dataset.sha256, None)
    files[dataset.sha256] = dataset
    while len(files) > _KEPT:
        files.pop(next(iter(files)))
    if STATE.view.file != dataset.sha256:
        STATE.jump(data=OWN, file=dataset.sha256, x1="", x2="", y="")


def _remove(sha: str) -> None:
    _files().pop(sha, None)
    for name in ("own arrays", "file wrong"):
        st.session_state.pop(STATE.key(name), None)
    if STATE.view.file:
        STATE.jump(file=next(reversed(_files()), ""), x1="", x2="", y="")

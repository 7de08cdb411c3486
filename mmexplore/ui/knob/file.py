"""Two views of the reader's own: a file that stays in this visitor's session, parted into view X, view Y and a label."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore import tabular
from mmexplore.datasets.pairs import FEWEST_ROWS
from mmexplore.errors import BadData
from mmexplore.scenes.knob.scene import OWN, Arrays, KnobScene, arrays_id, own_arrays, roles_for
from mmexplore.tabular import Dataset, column_groups
from mmexplore.tabular.select import selection, split
from mmexplore.ui.failures import plain
from mmexplore.ui.knob import STATE
from mmexplore.ui.uploads import forget_wrong, uploader
from mmexplore.ui.uploads import wrong as wrong_file

_KEPT = 2
_LISTED = 400


def _files() -> dict[str, Dataset]:
    files: dict[str, Dataset] = st.session_state.setdefault(STATE.key("files"), {})
    return files


def current(scene: KnobScene) -> Dataset | None:
    """The file on show, if the views are a visitor's own and it is loaded."""
    if scene.data != OWN:
        return None
    return _files().get(scene.file) if scene.file else next(reversed(_files().values()), None)


def arrays_of(scene: KnobScene) -> tuple[str, Arrays] | None:
    """Identity and arrays of the visitor's views; None where they are not their own or not loaded.

    Raises:
        BadData: the chosen columns cannot be two views; the sentence says why.
    """
    dataset = current(scene)
    if dataset is None:
        return None
    key = (dataset.sha256, scene.x1, scene.x2, scene.y)
    kept = st.session_state.get(STATE.key("own arrays"))
    if kept is None or kept[0] != key:
        arrays = own_arrays(scene, dataset)
        for array in arrays.values():
            array.setflags(write=False)
        kept = (key, arrays_id(arrays), arrays, roles_for(scene, dataset))
        st.session_state[STATE.key("own arrays")] = kept
    return kept[1], kept[2]


def named(held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a run on the visitor's own views, with the names of their file's columns."""
    kept = st.session_state.get(STATE.key("own arrays"))
    if kept is None:
        return held
    roles, told = kept[3], dict(held)
    for name, columns in (("columns_x", roles.x1), ("columns_y", roles.x2)):
        if len(columns) == len(held.get(name, ())):
            told[name] = np.array(columns)
    if roles.y and "factors" in held:
        told["factors"] = np.array([roles.y[0] if str(name) == "target" else str(name) for name in held["factors"]])
    return told


def choose_columns(scene: KnobScene) -> None:
    """Upload, and which columns are which view."""
    uploader(
        STATE,
        "CSV, TSV, Parquet, NPZ, NPY, also .gz",
        take,
        help="At most 200 MB. Nothing in the file is executed, and nothing is written to disk.",
    )
    dataset = current(scene)
    wrong_file(STATE, "The file loaded before is still on show." if dataset is not None else "")
    if dataset is None:
        return
    st.markdown(f"**{plain(dataset.name[:50])}**  \n{len(dataset):,} rows, {len(dataset.columns):,} columns")
    st.button("Remove", icon=":material/delete:", key=STATE.key("remove"), on_click=_remove, args=(dataset.sha256,))
    if dataset.kind == "rows":
        _roles(scene, dataset)


def _roles(scene: KnobScene, dataset: Dataset) -> None:
    wrong: dict[str, str] = {}
    for part in ("x1", "x2", "y"):
        try:
            if text := getattr(scene, part):
                tabular.match_columns(dataset, text)
        except BadData as error:
            wrong[part] = str(error)
    roles = roles_for(scene.replace(**dict.fromkeys(wrong, "")), dataset)
    offered = [*column_groups(dataset), *dataset.names][:_LISTED]
    for part in ("x1", "x2", "y"):
        chosen = split(getattr(scene, part)) or list(getattr(roles, part))[:60]
        key = STATE.key(f"pick {part}")
        if st.session_state.get(key) != chosen:
            st.session_state[key] = chosen
        parameter = STATE.spec.parameter(part)
        st.multiselect(
            parameter.label,
            list(dict.fromkeys([*offered, *chosen])),
            key=key,
            accept_new_options=True,
            max_selections=1 if part == "y" else None,
            on_change=_picked,
            args=(part,),
            help=parameter.help,
            placeholder="Columns or a pattern",
        )
        if part in wrong:
            st.error(plain(wrong[part]))
    st.caption(f"{len(roles.x1):,} columns against {len(roles.x2):,}, {plain(roles.why)}.")


def _picked(part: str) -> None:
    STATE.update(**{part: selection(st.session_state[STATE.key(f"pick {part}")])})


def waiting(scene: KnobScene) -> None:
    """What to do when a file is wanted and none is loaded."""
    if scene.file:
        told = f"This link belongs to a file that is not part of it (SHA-256 {plain(scene.file[:12])}…). Drop the same file on the left."
    else:
        told = "Drop a file on the left. Its columns stay in this server's memory while you are here, are trained on by a process that "
        told += "keeps them in memory too, and never touch the disk."
    st.info(told, icon=":material/upload_file:")
    st.markdown(
        f"**One sample a row, at least {FEWEST_ROWS} rows**: several columns of numbers make view X, several others view Y, and one column may be "
        "a label. Names like `audio_…` and `text_…` are recognised; you can choose otherwise."
    )
    st.download_button(
        "A file that works (CSV)",
        _example(),
        file_name="two-views.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=STATE.key("example"),
    )


def _example() -> str:
    """Two views of four columns that share two signals, and a label that is the sign of the first."""
    rng = np.random.default_rng(7)
    shared = rng.normal(size=(400, 2))
    views = [shared @ rng.normal(size=(2, 4)) + 0.7 * rng.normal(size=(400, 4)) for _ in range(2)]
    head = [f"{name}_{k + 1}" for name in ("audio", "text") for k in range(4)]
    lines = [",".join([*head, "mood"])]
    for a, b, s in zip(*views, shared, strict=True):
        lines.append(",".join([*(f"{v:.3f}" for v in (*a, *b)), "happy" if s[0] > 0 else "sad"]))
    return "\n".join(lines) + "\n"


def take(data: bytes, name: str) -> None:
    """Show the views in these bytes.

    Raises:
        MmexploreError: they cannot be two views; the sentence says why.
    """
    dataset = tabular.load(data, name)
    own_arrays(KnobScene(data=OWN), dataset)
    files = _files()
    files.pop(dataset.sha256, None)
    files[dataset.sha256] = dataset
    while len(files) > _KEPT:
        files.pop(next(iter(files)))
    if STATE.view.file != dataset.sha256:
        STATE.jump(data=OWN, file=dataset.sha256, x1="", x2="", y="")


def _remove(sha: str) -> None:
    _files().pop(sha, None)
    st.session_state.pop(STATE.key("own arrays"), None)
    forget_wrong(STATE)
    if STATE.view.file:
        STATE.jump(file=next(reversed(_files()), ""), x1="", x2="", y="")

"""A covariance of the reader's own: it stays in this visitor's session and is checked before it is shown."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import numpy.typing as npt
import streamlit as st

from mmexplore.allowance import ALLOWANCE
from mmexplore.datasets.gaussian_systems import gaussian_system
from mmexplore.info.gaussian import gaussian_pid
from mmexplore.labs.gaussian.scene import MAX_FILE, GaussianScene, read_covariance
from mmexplore.labs.gaussian.ui import STATE
from mmexplore.ui.failures import plain
from mmexplore.ui.held import held
from mmexplore.ui.uploads import uploader, wrong

Array = npt.NDArray[np.float64]

_KEPT = 2


def _files() -> dict[str, tuple[str, Array]]:
    return held(STATE).files


def given(scene: GaussianScene) -> Array | None:
    """The matrix that the scene speaks of, if it is loaded."""
    cached = _files().get(scene.file)
    return None if scene.source != "file" or cached is None else cached[1]


def name_of(scene: GaussianScene) -> str:
    """The name of its file, as it was dropped; "" where it is not loaded."""
    cached = _files().get(scene.file)
    return "" if scene.source != "file" or cached is None else cached[0]


def choose_file(scene: GaussianScene) -> None:
    """Upload, and how the rows are parted among x1, x2 and y."""
    uploader(
        STATE,
        "NPY or CSV: a square matrix, rows in the order x1, x2, y",
        take,
        megabytes=MAX_FILE // 1_000_000,
        help="At most 1,000 rows and 20 MB. Nothing in the file is executed, and nothing is written to disk.",
    )
    matrix = given(scene)
    wrong(STATE, "The covariance loaded before is still on show." if matrix is not None else "")
    if matrix is None:
        return
    rows, name = len(matrix), _files()[scene.file][0]
    st.markdown(f"**{plain(name[:60])}**  \n{rows:,} × {rows:,}")
    for field, other in (("d1", scene.d2), ("d2", scene.d1)):
        STATE.control(field, max_value=max(getattr(scene, field), rows - other - 1))
    left = rows - scene.d1 - scene.d2
    if left > 0:
        st.caption(f"The last {left:,} {'row is' if left == 1 else 'rows are'} the target.")


def waiting(scene: GaussianScene) -> None:
    """What to do when a matrix is wanted and none is loaded."""
    if scene.file:
        sentence = f"This link belongs to a covariance that is not part of it (SHA-256 {plain(scene.file[:12])}…). Drop the same file on the left."
    else:
        sentence = (
            "Drop a covariance on the left. The matrix stays in this session's memory and is gone when you leave."
        )
    st.info(sentence, icon=":material/upload_file:")
    st.markdown(
        "**One square matrix**, as NPY or CSV without a header, of jointly Gaussian variables: first the rows of modality 1, then "
        "those of modality 2, then the target. From samples: `numpy.cov(numpy.hstack([x1, x2, y]).T)`, with many more rows than "
        "columns, or the informations come out too large."
    )
    out = io.StringIO()
    np.savetxt(out, gaussian_system(angle1=20.0, angle2=80.0, noise=0.4), delimiter=",", fmt="%.12g")
    st.download_button(
        "A file that works (CSV)",
        out.getvalue(),
        file_name="covariance.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=STATE.key("example"),
    )


def take(data: bytes, name: str) -> None:
    """Show the covariance in these bytes; raises where it cannot be decomposed."""
    matrix = read_covariance(data, name)
    rows = len(matrix)
    d1, d2 = STATE.view.d1, STATE.view.d2
    if not STATE.view.file or d1 + d2 >= rows:  # a first guess: as much for either, what is odd for the target
        d1 = d2 = (rows - (1 if rows % 2 else 2)) // 2
    gaussian_pid(matrix, d1, d2, rows - d1 - d2)
    sha = hashlib.sha256(data).hexdigest()
    matrix.setflags(write=False)
    mine = held(STATE)
    ALLOWANCE.make_room(matrix.nbytes, mine.session, spare=mine)
    mine.files.pop(sha, None)
    mine.files[sha] = (name, matrix)
    while len(mine.files) > _KEPT:
        mine.files.pop(next(iter(mine.files)))
    mine.gone = ""
    mine.count()
    STATE.jump(source="file", file=sha, d1=d1, d2=d2)

"""A Gaussian scene as a Python script that reproduces it through the public API."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mmexplore.labs.gaussian.rows import REAL
from mmexplore.labs.gaussian.scene import SYSTEM, GaussianScene
from mmexplore.plaintext import docstring

_WRITTEN = 12  # rows; a larger matrix is read from its file


def script(scene: GaussianScene, given: npt.NDArray[np.float64] | None = None, file: str = "covariance.npy") -> str:
    """Source text of a script that prints the scene's decomposition and computes its what-if map.

    Args:
        scene: what is shown.
        given: the reader's own covariance, where the scene is of one.
        file: the name of its file, as it was given.

    Raises:
        BadData: the scene is of the reader's own covariance, and it is not there.
    """
    x, y = scene.axes()
    d1, d2, dy = scene.dims(given)
    over = {x.name: "xs", y.name: "ys"}
    lines = [
        docstring(f"{scene.title()}: what two Gaussian modalities tell about a target."),
        "",
        "import json",
        "",
        "import numpy as np",
        "",
        "import mmexplore as mm",
    ]
    if scene.source == "system":
        values = {name: repr(getattr(scene, name)) for name in SYSTEM}
        lines += [
            "from mmexplore.datasets.gaussian_systems import gaussian_system",
            "",
            "# Order of rows and columns: modality 1, modality 2, target",
            f"cov = gaussian_system({_arguments(values | {'columns': repr(scene.columns), 'dy': repr(dy)})})",
        ]
        many = f"gaussian_system({_arguments(values | {'dy': repr(dy)} | over)})"
        dims = f"2, 2, {dy}"
    else:
        lines += _rows(scene) if given is None else _matrix(given, file)
        lines += [
            "",
            "",
            "def blurred(blur1, blur2):",
            '    """Independent noise on every column of a modality, in standard deviations of the column."""',
            "    first, second = np.broadcast_arrays(blur1, blur2)",
            f"    parts = [np.repeat(b[..., None] ** 2, d, -1) for b, d in ((first, {d1}), (second, {d2}), (0 * first, {dy}))]",
            "    return given * (1 + np.eye(len(given)) * np.concatenate(parts, -1)[..., None, :])",
            "",
            "",
            f"cov = blurred({float(scene.blur1)!r}, {float(scene.blur2)!r})",
        ]
        many = f"blurred(blur1={over['blur1']}, blur2={over['blur2']})"
        dims = f"{d1}, {d2}, {dy}"
    points = 61 if d1 + d2 + dy <= 32 or scene.source == "system" else 5
    lines += [
        f"r = mm.gaussian_pid(cov, {d1}, {d2}, {dy}).to({scene.unit!r})",
        "print(json.dumps(r.to_dict(), indent=2))",
        "",
        f"# The what-if map: every atom over the two parameters of the dial, arrays of shape ({points}, {points})",
        f"xs = np.linspace({x.low!r}, {x.high!r}, {points})[None, :]  # {x.label.lower()}",
        f"ys = np.linspace({y.low!r}, {y.high!r}, {points})[:, None]  # {y.label.lower()}",
        f"systems = {many}",
        f"grid = mm.gaussian_pid(systems, {dims}).to({scene.unit!r})",
    ]
    return "\n".join(lines) + "\n"


def _matrix(given: npt.NDArray[np.float64], file: str) -> list[str]:
    """The reader's own matrix: a small one in full, a larger one from its file."""
    head = ["", "# Order of rows and columns: modality 1, modality 2, target"]
    if len(given) <= _WRITTEN:
        return [*head, f"given = np.array(  # of the file {file!r}", f"    {given.tolist()!r}", ")"]
    return [*head, f"given = mm.load({file!r}).frame.to_numpy(dtype=float)  # it lies beside this script"]


def _rows(scene: GaussianScene) -> list[str]:
    """Rows of a data set and their correlations, columns that never vary left out."""
    rows = scene.rows()
    if scene.data.startswith(REAL):
        read = [
            f"samples = mm.real_samples({scene.data.removeprefix(REAL)!r})",
            "x1, x2, y = samples.x1, samples.x2, samples.y",
        ]
    else:
        read = [f"x1, x2, y = mm.make({scene.data_text()!r})"]
    if rows.classes:
        read += [
            "y = np.unique(y, return_inverse=True)[1]  # a class label, taken for a number: see the warning on the page"
        ]
        if scene.labels == "columns" and len(rows.classes) > 2:
            read += [
                f"y = (y[:, None] == np.arange({len(rows.classes) - 1})).astype(float)  # one column a class but the last"
            ]
    return [
        "",
        *read,
        "blocks = [np.asarray(b, dtype=float).reshape(len(b), -1) for b in (x1, x2, y)]",
        "blocks = [b[:, b.std(axis=0) > 1e-12] for b in blocks]  # what varies",
        "# Order of rows and columns: modality 1, modality 2, target",
        "given = np.corrcoef(np.hstack(blocks).T)",
    ]


def _arguments(values: dict[str, str]) -> str:
    """Three short lines rather than one that runs out of the page."""
    words = [f"{name}={value}" for name, value in values.items()]
    lines = [", ".join(words[k : k + 4]) for k in range(0, len(words), 4)]
    return "\n    " + ",\n    ".join(lines) + ",\n"

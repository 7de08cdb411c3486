"""Export: the numbers, the covariance and the script behind a view."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import streamlit as st

from mmexplore.info.gaussian import GaussianPID
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.script import script
from mmexplore.labs.gaussian.ui import STATE
from mmexplore.labs.gaussian.ui.file import name_of
from mmexplore.tabular import csv_text
from mmexplore.types import ATOMS, INFORMATIONS
from mmexplore.ui.downloads import download_row
from mmexplore.version import __version__

Array = npt.NDArray[np.float64]


def as_json(scene: GaussianScene, result: GaussianPID, given: Array | None) -> str:
    """The result with its spectrum, the scene that made it, the covariance if it is small, and the version."""
    cov = scene.covariance(given)
    document = {
        **result.to_dict(),
        "title": scene.title(),
        "scene": scene.to_query(),
        "dims": scene.dims(given),
        "covariance": cov.tolist() if len(cov) <= 50 else None,
        "mmexplore": __version__,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_csv(scene: GaussianScene, result: GaussianPID) -> str:
    """One row a quantity, then one a direction of the spectrum: exact value, MMI's, unit."""
    lines: list[Iterable[object]] = [["quantity", "exact", "mmi", "unit", "what"]]
    for name in (*ATOMS, *INFORMATIONS, "union", "coinformation"):
        pair = (repr(float(getattr(r, name))) for r in (result, result.mmi))
        lines.append([name, *pair, result.unit, scene.title()])
    for k, value in enumerate(result.spectrum, 1):
        lines.append([f"spectrum {k}", repr(float(value)), "", result.unit, scene.title()])
    return csv_text(lines)


def downloads(scene: GaussianScene, result: GaussianPID, given: Array | None) -> None:
    """Download buttons and the script."""
    matrix = io.BytesIO()
    np.save(matrix, scene.covariance(given) if given is None else given)
    source = script(scene, given, name_of(scene))
    name = f"mmexplore-gaussian-{scene.identity()[:8]}"
    files: dict[str, tuple[str, str | bytes]] = {
        "Numbers (CSV)": (f"{name}.csv", as_csv(scene, result)),
        "Numbers (JSON)": (f"{name}.json", as_json(scene, result, given)),
        "Covariance (NPY)": ("covariance.npy", matrix.getvalue()),
        "Script (Python)": (f"{name}.py", source),
    }
    download_row(STATE, files)
    st.caption("Figures: the menu under each chart saves it as SVG or PNG. The script reproduces exactly this view:")
    st.code(source, language="python")

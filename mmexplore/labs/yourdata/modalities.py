"""The columns of a study as predictors take them: two modalities, a target, and how the rows were drawn, after the what-ifs.

Numbers, text, dates and gaps are left as they are. To a process of its own they travel as Parquet, in which nothing can be executed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore import tabular
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.pids import Target
from mmexplore.estimators.pids.rows import Rows, read_rows
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.labs.yourdata.measured_settings import target_kind
from mmexplore.labs.yourdata.predictive_settings import IDENTICAL
from mmexplore.labs.yourdata.sampling import column_of, groups_of, order_of, weights_of
from mmexplore.labs.yourdata.study import Study, change, roles_of
from mmexplore.tabular import MANY_VALUES, Dataset, Roles
from mmexplore.whatif import Changed
from mmexplore.whatif.conditioned import count

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 20
MOST_BYTES = 400_000_000
_PARTS = ("x1", "x2")


@dataclass(frozen=True)
class Modalities:
    """Two modalities and a target, row by row.

    Attributes:
        name: of the data.
        roles: which columns play which part.
        x1, x2: columns as they are.
        y: labels as text, or a measured target as numbers.
        target: ``"label"`` or ``"scalar"``.
        sampling: groups and order of the rows.
        rows: which row of the data each one is (its target's), shape (n,).
        rows1, rows2: which row of the data its modalities come from, shape (n,).
        said: what was done, in sentences.
    """

    name: str
    roles: Roles
    x1: pd.DataFrame
    x2: pd.DataFrame
    y: np.ndarray
    target: Target
    sampling: Sampling
    rows: np.ndarray
    rows1: np.ndarray
    rows2: np.ndarray
    said: tuple[str, ...]

    def as_rows(self) -> Rows:
        """As `mmexplore.estimate_pid` takes them."""
        return read_rows(self.x1, self.x2, self.y, self.target, self.sampling)


def about_data(study: Study, dataset: Dataset, roles: Roles) -> bool:
    """Whether the headline speaks of the data, through predictors, or of a table of states."""
    if dataset.kind == "table" or study.decompose == "states":
        return False
    if study.decompose == "data":
        return True
    labels = set(tabular.match_columns(dataset, study.nominal)) if study.nominal.strip() else set()
    infos = [dataset.info[name] for name in (*roles.x1, *roles.x2) if name in dataset.info and name not in labels]
    return any(info.measured or info.distinct > MANY_VALUES for info in infos)


def modalities(study: Study, dataset: Dataset) -> Modalities:
    """The columns of a study after its what-ifs; rows without a target go, and are counted.

    Raises:
        Unsupported: a table of counts or probabilities.
        BadData: roles that overlap or are empty, a target that cannot be what is asked, too few rows, no such column of groups or order.
    """
    if dataset.kind == "table":
        raise Unsupported("these are counts of states: the table is the whole answer for them")
    changed, roles = change(study, dataset)
    drawn = labelled(study, dataset, changed)
    kept = drawn.kept
    return Modalities(
        name=dataset.name,
        roles=roles,
        x1=changed.x1[kept].reset_index(drop=True),
        x2=changed.x2[kept].reset_index(drop=True),
        y=drawn.y,
        target=drawn.target,
        sampling=drawn.sampling,
        rows=drawn.rows,
        rows1=changed.rows1[kept],
        rows2=changed.rows2[kept],
        said=drawn.said,
    )


@dataclass(frozen=True)
class Labelled:
    """Which rows have a target, and how they were drawn.

    Attributes:
        kept: of the changed rows, truth values.
        y: labels as text, or a measured target as numbers, of the m rows kept.
        target: ``"label"`` or ``"scalar"``.
        sampling: their groups and order.
        rows: the row of the data that each one is, shape (m,).
        said: what was done, in sentences.
    """

    kept: np.ndarray
    y: np.ndarray
    target: Target
    sampling: Sampling
    rows: np.ndarray
    said: tuple[str, ...]


def labelled(study: Study, dataset: Dataset, changed: Changed) -> Labelled:
    """Target and sampling of rows after a study's what-ifs; rows without a target go, and are counted.

    Raises:
        BadData: a target that cannot be what is asked, too few rows, no such column of groups or order.
    """
    import pandas as pd

    said = list(changed.sentences)
    there = ~np.asarray(pd.isna(changed.y.to_numpy(dtype=object)))
    if study.groups and study.groups != IDENTICAL:
        there &= ~dataset.frame[column_of(dataset, "groups", study.groups)].isna().to_numpy()[changed.rows]
    asked = study.target_as
    if asked == "auto" and study.ordinal.strip() and changed.y.name in tabular.match_columns(dataset, study.ordinal):
        asked = "number"
    kind = target_kind(changed.y, asked)
    if not there.all():
        said.append(f"{count(int((~there).sum()), 'row')} without a target or group left out")
    if there.sum() < FEWEST:
        raise BadData(f"{int(there.sum())} rows have a target; allowed: at least {FEWEST}, better hundreds")
    rows = changed.rows[there]
    y = changed.y[there]
    roles, order = roles_of(study, dataset), order_of(study, dataset, rows)
    return Labelled(
        kept=there,
        y=y.to_numpy(dtype=np.float64) if kind == "scalar" else y.astype(str).to_numpy(dtype=str),
        target="scalar" if kind == "scalar" else "label",
        sampling=Sampling(
            groups=groups_of(study, dataset, roles, rows),
            time=None if order is False else order,
            weights=weights_of(study, dataset, rows),
        ),
        rows=rows,
        said=tuple(said),
    )


# -- to a process of its own ------------------------------------------------------------------------------------------------


def packed(made: Modalities) -> dict[str, np.ndarray]:
    """As arrays of plain numbers and bytes.

    Raises:
        BadData: too much for a run.
    """
    arrays = {name: parquet_bytes(getattr(made, name)) for name in _PARTS}
    arrays |= {"y": made.y, "rows": made.rows, "rows1": made.rows1, "rows2": made.rows2}
    arrays["said"] = np.array(made.said, dtype=str)
    return transported(arrays, made.sampling)


def transported(arrays: dict[str, np.ndarray], sampling: Sampling) -> dict[str, np.ndarray]:
    """Arrays with groups and order beside them.

    Raises:
        BadData: too much for a run.
    """
    arrays |= {"groups": sampling.groups} if sampling.groups is not None else {}
    arrays |= {"time": sampling.time} if sampling.time is not None else {}
    arrays |= {"weights": sampling.weights} if sampling.weights is not None else {}
    size = sum(array.nbytes for array in arrays.values())
    if size > MOST_BYTES:
        raise BadData(
            f"these columns take {size / 1e6:,.0f} MB; allowed: {MOST_BYTES / 1e6:,.0f} MB. Choose fewer columns or rows"
        )
    return arrays


def unpacked(arrays: Mapping[str, np.ndarray]) -> Modalities:
    """What `packed` packed."""
    x1, x2 = (frame_of_bytes(arrays[name]) for name in _PARTS)
    y = arrays["y"]
    return Modalities(
        name="your data",
        roles=Roles(tuple(map(str, x1.columns)), tuple(map(str, x2.columns)), (), ""),
        x1=x1,
        x2=x2,
        y=y,
        target="scalar" if y.dtype.kind == "f" else "label",
        sampling=Sampling(arrays.get("groups"), arrays.get("time"), arrays.get("weights")),
        rows=arrays["rows"],
        rows1=arrays["rows1"],
        rows2=arrays["rows2"],
        said=tuple(map(str, arrays["said"])),
    )


def parquet_bytes(frame: pd.DataFrame) -> np.ndarray:
    """The columns of a modality as the bytes of a Parquet file; what is neither number, truth value nor date goes as text."""
    import pandas as pd

    def plain(column: Any) -> Any:
        kept = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
        return column if kept else column.astype("string")

    made = pd.DataFrame({str(k): plain(frame.iloc[:, k]) for k in range(frame.shape[1])})
    made.attrs = {}
    buffer = io.BytesIO()
    made.to_parquet(buffer, index=False, compression="zstd")
    names = np.frombuffer("\x00".join(map(str, frame.columns)).encode(), dtype=np.uint8)
    return np.concatenate(
        [
            np.frombuffer(len(names).to_bytes(8, "little"), dtype=np.uint8),
            names,
            np.frombuffer(buffer.getvalue(), dtype=np.uint8),
        ]
    )


def frame_of_bytes(array: np.ndarray) -> pd.DataFrame:
    """What `parquet_bytes` wrote."""
    import pandas as pd

    data = array.tobytes()
    end = 8 + int.from_bytes(data[:8], "little")
    frame = pd.read_parquet(io.BytesIO(data[end:]))
    frame.columns = pd.Index(data[8:end].decode().split("\x00"))
    return frame

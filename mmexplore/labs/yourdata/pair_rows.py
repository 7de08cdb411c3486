"""The rows of a study with all of its modalities, as predictors of every pair take them; and their way to a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmexplore.errors import Unsupported
from mmexplore.estimators.pids import Target
from mmexplore.estimators.pids.rows import Rows, read_rows
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.labs.yourdata.modalities import frame_of_bytes, labelled, parquet_bytes, transported
from mmexplore.labs.yourdata.pairs import grouping
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import OF_TWO
from mmexplore.tabular import Dataset
from mmexplore.tabular.scales import scaled, scales
from mmexplore.whatif import RowWhatIf

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class GroupedRows:
    """Several modalities and a target, row by row.

    Attributes:
        parts: columns of every modality as they are, by its name.
        y: labels as text, or a measured target as numbers, (n,).
        target: ``"label"`` or ``"scalar"``.
        sampling: groups and order of the rows.
        left: columns in no modality.
        said: what was done, in sentences.
    """

    parts: dict[str, pd.DataFrame]
    y: np.ndarray
    target: Target
    sampling: Sampling
    left: tuple[str, ...]
    said: tuple[str, ...]

    def as_rows(self) -> Rows:
        """Target and sampling as `mmexplore.estimators.predictive.pairs.predictive_pairs` takes them."""
        first = next(iter(self.parts.values()))
        return read_rows(first, first, self.y, self.target, self.sampling)


def grouped_rows(study: Study, dataset: Dataset) -> GroupedRows:
    """The modalities of a study after those of its what-ifs that speak of all rows; the others are named in a sentence.

    Raises:
        Unsupported: a table of counts or probabilities.
        BadData: groups that are none (see `mmexplore.labs.yourdata.pairs.grouping`), a target that cannot be what is asked, too few rows.
    """
    if dataset.kind == "table":
        raise Unsupported("these are counts of states: they hold two modalities and no more")
    made = grouping(study, dataset)
    asked = study.what_if()
    without = [name for name in OF_TWO if getattr(asked, name) != getattr(RowWhatIf(), name)]
    plain = {name: getattr(RowWhatIf(), name) for name in OF_TWO}
    if asked.shuffle in ("x1", "x2"):
        without.append("shuffle")
        plain["shuffle"] = "none"
    frame = dataset.frame
    names = [name for group in made.groups for name in group.columns]
    found = scales(dataset, (*(group.columns for group in made.groups), (made.target,)), study.nominal, study.ordinal)
    if study.source != "file":  # numbers that come along stay as they are
        found = {name: scale for name, scale in found.items() if scale.chosen or name == made.target}
    x, y = scaled(frame[names], found), scaled(frame[[made.target]], found)
    changed = asked.replace(**plain).apply(
        x, x[names[:1]], y[made.target], seed=study.seed, others=frame if study.column else None
    )
    drawn = labelled(study, dataset, changed)
    kept = changed.x1[drawn.kept].reset_index(drop=True)
    said = list(drawn.said)
    if without:
        labels = ", ".join(RowWhatIf.parameter(name).label for name in without)
        said.append(f"What-ifs of modality 1 or modality 2 are not applied to all pairs: {labels}")
    return GroupedRows(
        parts={group.name: kept[list(group.columns)] for group in made.groups},
        y=drawn.y,
        target=drawn.target,
        sampling=drawn.sampling,
        left=made.left,
        said=tuple(said),
    )


def packed_groups(made: GroupedRows) -> dict[str, np.ndarray]:
    """As arrays of plain numbers and bytes.

    Raises:
        BadData: too much for a run.
    """
    arrays = {f"part{k}": parquet_bytes(part) for k, part in enumerate(made.parts.values())}
    arrays |= {"names": np.array(list(made.parts), dtype=str), "y": made.y}
    arrays |= {"left": np.array(made.left, dtype=str), "said": np.array(made.said, dtype=str)}
    return transported(arrays, made.sampling)


def unpacked_groups(arrays: Mapping[str, np.ndarray]) -> GroupedRows:
    """What `packed_groups` packed."""
    y = arrays["y"]
    return GroupedRows(
        parts={str(name): frame_of_bytes(arrays[f"part{k}"]) for k, name in enumerate(arrays["names"])},
        y=y,
        target="scalar" if y.dtype.kind == "f" else "label",
        sampling=Sampling(arrays.get("groups"), arrays.get("time"), arrays.get("weights")),
        left=tuple(map(str, arrays["left"])),
        said=tuple(map(str, arrays["said"])),
    )

"""Noise on the columns of a modality, and the random streams of all changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from mmexplore.whatif.conditioned import count

if TYPE_CHECKING:
    import pandas as pd

BALANCE, SAMPLE, SHUFFLE, NOISE, REPLACE = range(5)  # streams


def stream(seed: int, *key: int) -> np.random.Generator:
    """The generator of one step (and column) of one seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def noisy(frame: pd.DataFrame, noise: float, replace: float, at: int, seed: int, said: list[str]) -> pd.DataFrame:
    """Noise on every column that takes it; drawn for every row of the file."""
    if not noise and not replace:
        return frame
    import pandas as pd

    numbers, categories = 0, 0
    columns = []
    times: dict[str, int] = {}
    for k in range(frame.shape[1]):
        column = frame.iloc[:, k]
        # the stream hangs on the name, so that dropping a column leaves the noise of the others as it is
        name = str(column.name)
        times[name] = times.get(name, 0) + 1
        key = (at, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"), times[name])
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            if noise:
                values = column.to_numpy(dtype=np.float64, na_value=np.nan)
                finite = values[np.isfinite(values)]
                largest = float(np.abs(finite).max(initial=0.0)) or 1.0  # no square overflows
                sd = float((finite / largest).std()) if len(finite) else 0.0
                draws = stream(seed, NOISE, *key).normal(size=len(values))
                column = pd.Series(values + noise * sd * largest * draws, index=column.index, name=column.name)
                numbers += 1
        elif replace:
            rng = stream(seed, REPLACE, *key)
            wrong = rng.random(len(column)) < replace
            source = np.where(wrong, rng.integers(0, len(column), len(column)), np.arange(len(column)))
            column = column.iloc[source].set_axis(column.index)
            categories += 1
        columns.append(column)
    if numbers:
        said.append(f"{count(numbers, 'number')} of modality {at} get{'s' * (numbers == 1)} noise of {noise:g} sd")
    if categories:
        said.append(
            f"{count(categories, 'category', 'categories')} of modality {at}: replaced by that of a random row with "
            f"chance {replace:g}"
        )
    if noise and not numbers:
        said.append(f"Modality {at} has no numbers: noise changes nothing")
    if replace and not categories:
        said.append(f"Modality {at} has no categories: replacing them changes nothing")
    return pd.concat(columns, axis=1)

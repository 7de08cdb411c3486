"""Rows of three modalities whose informations about the label are those of binary channels, and what a run of all pairs says of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from mmexplore.labs.yourdata.modalities import modalities, packed
from mmexplore.labs.yourdata.pair_rows import grouped_rows, packed_groups
from mmexplore.labs.yourdata.program import run, run_pairs
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import pairs_task_of, task_of
from mmexplore.runs.recorder import Recorder
from mmexplore.tabular import Dataset, load

BIAS, FLIP = 0.25, 0.1
TEXT = "a: a_*; b: b_*; c: c_*"


def _frame(n: int = 320) -> pd.DataFrame:
    """y = a XOR b; a fair, b = 1 with chance BIAS, c = a flipped with chance FLIP: every share as exact as n rows allow."""
    rng = np.random.default_rng(0)
    k = np.arange(n)
    a, b = k % 2, (k // 2) % 4 == 0
    flipped = (k // 8) % 10 == 0
    y, c = a ^ b, a ^ flipped
    order = rng.permutation(n)
    columns = {
        "a_1": a + 0.05 * rng.normal(size=n),
        "b_1": b + 0.05 * rng.normal(size=n),
        "c_1": c + 0.05 * rng.normal(size=n),
        "c_2": np.where(c == 1, "high", "low"),
        "extra": k % 8,
        "label": np.where(y, "yes", "no"),
    }
    return pd.DataFrame(columns).iloc[order].round(5).reset_index(drop=True)


FRAME = _frame()


@cache
def written() -> Dataset:
    """The rows as a file."""
    return load(FRAME.to_csv(index=False).encode(), "rows.csv")


def study_of_rows(**more: Any) -> Study:
    """A study of all pairs of them."""
    return Study(source="file", file=written().sha256, y="label", modalities=TEXT, **more)


@cache
def grouped_run() -> Recorder:
    """A run of all pairs, in memory, of arrays as they travel to a process of its own."""
    study = study_of_rows()
    recorder = Recorder.in_memory(data=packed_groups(grouped_rows(study, written())))
    run_pairs(pairs_task_of(study, written().sha256), recorder)
    return recorder


@cache
def single_run() -> Recorder:
    """A run of b and c by themselves."""
    study = study_of_rows(x1="b_*", x2="c_*", draws=0)
    recorder = Recorder.in_memory(data=packed(modalities(study, written())))
    run(task_of(study, written().sha256), recorder)
    return recorder

"""Which columns look like the weights of a survey: a weight is how many of the population a row stands for, no property of it."""

from __future__ import annotations

import re

import numpy as np

from mmexplore.tabular.dataset import Dataset

_WORD = re.compile(r"(?:^|[\W_\d])(?:weights?|wts?|wgts?)(?:$|[\W_\d])", re.IGNORECASE)
_SURVEY = re.compile(
    r"(?:^|[\W_\d])(?:[pfa](?:weights?|wts?|wgts?)|wgts?|(?:final|sample|sampling|survey|design|person|household|inverse)[\W_]*(?:weights?|wts?|wgts?)"
    r"|(?:weights?|wts?|wgts?)[\W_]*(?:final|sample|survey|design)|fnlwgt|finalw(?:eigh)?t|ipw)(?:$|[\W_\d])",
    re.IGNORECASE,
)
_OF_THINGS = re.compile(r"body|birth|dry|wet|kg|lbs?(?:$|[\W_])|gram|pounds?|loss|gain", re.IGNORECASE)
AROUND_ONE = (0.5, 2.0)  # mean of a column that is merely called weight


def looks_like_weights(dataset: Dataset, name: str) -> bool:
    """Whether a column is named like the weights of a survey and holds numbers of at least 0; one called weight alone, only with a mean about 1."""
    info = dataset.info[name]
    if (
        not info.numeric
        or info.distinct < 2
        or info.missing
        or _OF_THINGS.search(name)
        or (not _WORD.search(name) and not _SURVEY.search(name))
    ):
        return False
    values = dataset.frame[name].to_numpy(dtype=np.float64)
    if not (values >= 0).all():
        return False
    return bool(_SURVEY.search(name)) or bool(AROUND_ONE[0] <= values.mean() <= AROUND_ONE[1])

"""Older links of the page Compare in today's keys.

They held a generator with its values as one text, ``data=warped?n=500``, and the settings of estimators as another,
``tuned=binned.bins=10&ksg.neighbours=5``; today these are ``data=warped&data.n=500`` and ``tuned.binned.bins=10&tuned.ksg.neighbours=5``.
"""

from __future__ import annotations

from mmexplore.errors import BadSpec
from mmexplore.spec import read_pairs


def of_old_links(query: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """A link's query in today's keys, and sentences on what could not be read.

    How a generator was written is kept (``spelled``): names of runs hang on it.
    """
    problems = []
    known = dict(query)
    name, mark, values = known.get("data", "").partition("?")
    if mark:
        try:
            pairs = read_pairs(values, f"the data set {name[:60]}")
            known = {"spelled": known["data"], **known, **{f"data.{key}": text for key, text in pairs.items()}}
        except BadSpec as error:
            problems.append(str(error))
        known["data"] = name
    tuned = known.pop("tuned", "")
    try:
        known |= {f"tuned.{key}": text for key, text in read_pairs(tuned, "the settings of estimators").items()}
    except BadSpec as error:
        problems.append(str(error))
    return known, problems

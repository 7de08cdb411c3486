"""Same data, every measure: all decompositions of one table side by side, sorted so that disagreement is visible."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable
from typing import Any

import array_api_compat

from mmexplore.errors import BadSpec
from mmexplore.info.measures import REGISTRY
from mmexplore.info.pid import pid
from mmexplore.info.tables import Array, as_tables, problem
from mmexplore.types import PID

log = logging.getLogger(__name__)


def compare(
    p: Any, measures: Iterable[str] | None = None, *, normalize: bool = False, tolerance: float = 1e-9
) -> list[PID]:
    """Decompose the same table(s) by several measures.

    Args:
        p: joint table p(x1, x2, y), shape (n1, n2, ny), or a batch (..., n1, n2, ny), as in `mmexplore.pid`.
        measures: names of measures; all registered ones if None.
        normalize: as in `mmexplore.pid`.
        tolerance: as in `mmexplore.pid`.

    Returns:
        One `PID` a measure, the largest redundancy first (mean redundancy for a batch); equal ones in the order of the
        registry. A measure that fails does not stop the others: its result has nan for the union information and every
        atom, `converged` False, stands last, and the reason is logged.

    Raises:
        BadData: `p` is no probability table.
        BadSpec: a name is unknown, or the tolerance is out of range.
    """
    if isinstance(measures, str):
        raise BadSpec(f"measures is the text {measures!r}; allowed: a list of names, for instance [{measures!r}]")
    names = REGISTRY.names() if measures is None else tuple(dict.fromkeys(measures))
    for name in names:
        REGISTRY[name]
    tables, lead = as_tables(p, normalize=normalize)
    xp = array_api_compat.array_namespace(tables)
    tables = xp.reshape(tables, (*lead, *tables.shape[1:]))
    results = []
    for name in names:
        start = time.perf_counter()
        try:
            results.append(pid(tables, name, tolerance=tolerance))
        except BadSpec:
            raise
        except Exception:  # whatever a measure does wrong, the others are still worth seeing
            log.exception("measure %r failed on tables of shape %s", name, tuple(tables.shape))
            results.append(_failed(tables, lead, name, tolerance, time.perf_counter() - start))
    return sorted(results, key=_order)


def _order(result: PID) -> tuple[bool, float]:
    """Failures last, then falling redundancy; rounded, so that rounding errors do not shuffle equal measures."""
    redundancy = result.redundancy
    mean = float(redundancy.mean()) if hasattr(redundancy, "mean") else float(redundancy)
    return math.isnan(mean), 0.0 if math.isnan(mean) else -round(mean, 9)


def _failed(tables: Array, lead: tuple[int, ...], name: str, tolerance: float, seconds: float) -> PID:
    """A result that says only what no measure is needed for."""
    xp = array_api_compat.array_namespace(tables)
    asked = problem(xp.reshape(tables, (-1, *tables.shape[len(lead) :])), tolerance)

    def shaped(array: Array) -> Any:
        array = xp.reshape(array, lead)
        return array if lead else array.item()

    unknown = shaped(xp.full_like(asked.i1, float("nan")))
    return PID(
        i1=shaped(asked.i1),
        i2=shaped(asked.i2),
        i12=shaped(asked.i12),
        union=unknown,
        union_lower=unknown,
        union_upper=unknown,
        measure=name,
        certificate="none",
        converged=shaped(xp.zeros(asked.i1.shape, dtype=xp.bool)),
        tolerance=float(tolerance),
        iterations=shaped(xp.zeros(asked.i1.shape, dtype=xp.int64)),
        seconds=seconds,
    )

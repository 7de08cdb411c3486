"""`pid`: from a table to four atoms, by any registered measure."""

from __future__ import annotations

import time
from typing import Any

import array_api_compat

from mmexplore.devices import on_host
from mmexplore.errors import BadSpec
from mmexplore.info.measures import REGISTRY, MeasureResult
from mmexplore.info.tables import Array, Problem, as_tables, problem
from mmexplore.types import PID


def measures() -> tuple[str, ...]:
    """Names of the registered measures."""
    return REGISTRY.names()


def pid(p: Any, measure: str = "broja", *, normalize: bool = False, tolerance: float = 1e-9) -> PID:
    """Partial information decomposition of Y by X1 and X2, in bits.

    Args:
        p: joint table p(x1, x2, y), shape (n1, n2, ny), or a batch of tables (..., n1, n2, ny). NumPy, torch or nested
            lists; probabilities of sum 1, or counts in an integer type.
        measure: the definition, one of `measures()`.
        normalize: divide a table that does not sum to 1 by its sum instead of refusing it.
        tolerance: requested certified gap in bits; where it is missed the result's `converged` is False.

    Returns:
        `PID` whose fields are floats, or arrays of the batch's shape.

    Raises:
        BadData: `p` is no probability table.
        BadSpec: `measure` or `tolerance` is unknown or out of range.

    >>> r = pid([[[0.25, 0], [0.25, 0]], [[0.25, 0], [0, 0.25]]])  # y = x1 AND x2
    >>> round(r.redundancy, 6), round(r.synergy, 6)
    (0.311278, 0.5)
    """
    entry = REGISTRY[measure]
    if not isinstance(tolerance, (int, float)) or not 0 < tolerance <= 1:
        raise BadSpec(f"tolerance is {tolerance!r}; allowed: above 0, at most 1 bit")
    start = time.perf_counter()
    tables, lead = as_tables(p, normalize=normalize)
    xp = array_api_compat.array_namespace(tables)
    away = not entry.on_torch and not array_api_compat.is_numpy_array(tables)
    asked = problem(on_host(tables) if away else tables, float(tolerance))
    answer = entry.function(asked)
    if not isinstance(answer, MeasureResult):
        answer = _without_bounds(answer, entry.certificate == "exact", asked)
    numbers = {name: getattr(answer, name) for name in ("value", "lower", "upper")}
    if entry.supplies == "redundancy":
        both = asked.i1 + asked.i2
        numbers = {"value": both - numbers["value"], "lower": both - numbers["upper"], "upper": both - numbers["lower"]}

    def shaped(array: Array) -> Any:
        if away:
            array = xp.asarray(array, device=array_api_compat.device(tables))
        array = xp.reshape(array, lead)
        return array if lead else array.item()

    return PID(
        i1=shaped(asked.i1),
        i2=shaped(asked.i2),
        i12=shaped(asked.i12),
        union=shaped(numbers["value"]),
        union_lower=shaped(numbers["lower"]),
        union_upper=shaped(numbers["upper"]),
        measure=measure,
        certificate=entry.certificate,
        converged=shaped(answer.converged),
        tolerance=0.0 if entry.certificate == "exact" else float(tolerance),
        iterations=shaped(answer.iterations),
        seconds=time.perf_counter() - start,
    )


def _without_bounds(value: Array, exact: bool, asked: Problem) -> MeasureResult:
    """Bounds of a measure that returned a bare number: zero width if it is a closed form, else unknown."""
    xp, device = asked.xp, array_api_compat.device(value)
    ends = value if exact else xp.full_like(value, float("nan"))
    return MeasureResult(
        value=value,
        lower=ends,
        upper=ends,
        iterations=xp.zeros(value.shape, dtype=xp.int64, device=device),
        converged=xp.ones(value.shape, dtype=xp.bool, device=device),
    )

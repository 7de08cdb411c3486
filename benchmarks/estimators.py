"""Estimates from rows, on one thread: times, rows and replicates a second.

    python -m benchmarks.estimators [--quick]

Each repetition draws new rows from a flat Dirichlet table and is given a new seed. A whole `estimate` is timed: counting the
rows, the plug-in, 200 bootstraps, 200 shuffles of the target, 200 of the pairing within classes and 200 draws without synergy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.options import parse, parser
from benchmarks.timing import human, repeat
from mmexplore.estimators.tables.curves import CURVE_REPEATS, POINTS, against_n
from mmexplore.estimators.tables.differences import difference
from mmexplore.estimators.tables.estimate import Settings, estimate

Codes = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    what: str
    shape: tuple[int, int, int]
    n: int
    replicates: int
    target: float | None
    call: Callable[[Codes, int], Any]
    repetitions: int = 7

    def codes(self, seed: int) -> Codes:
        """Rows of a random table."""
        rng = np.random.default_rng(seed)
        p = rng.dirichlet(np.ones(int(np.prod(self.shape))))
        x1, x2, y = np.unravel_index(rng.choice(p.size, size=self.n, p=p), self.shape)
        return x1, x2, y


def whole(correction: str = "plugin") -> Callable[[Codes, int], Any]:
    return lambda codes, seed: estimate(*codes, Settings(correction=correction, seed=seed))


def none(codes: Codes, seed: int) -> Any:
    return estimate(*codes, Settings(bootstraps=0, permutations=0, seed=seed))


def curve(codes: Codes, seed: int) -> Any:
    return against_n(*codes, Settings(seed=seed))


def change(codes: Codes, seed: int) -> Any:
    x1, x2, y = codes
    return difference((x1, x2, y), (x1, np.random.default_rng(seed).permutation(x2), y), Settings(seed=seed))


CASES = (
    Case("estimate", (4, 4, 3), 500, 800, None, whole()),
    Case("estimate", (20, 20, 2), 10_000, 800, 2.0, whole()),
    Case("estimate, Panzeri-Treves", (20, 20, 2), 10_000, 800, 2.0, whole("panzeri_treves")),
    Case("estimate, quadratic", (20, 20, 2), 10_000, 848, 2.0, whole("quadratic")),
    Case("estimate", (8, 8, 10), 1800, 800, None, whole()),
    Case("estimate", (10, 10, 2), 1_000_000, 800, 5.0, whole()),
    Case("plug-in alone", (10, 10, 2), 1_000_000, 1, None, none),
    Case("against n", (8, 8, 2), 10_000, 2 * POINTS * CURVE_REPEATS, None, curve),
    Case("difference, paired", (8, 8, 2), 10_000, 400, None, change),
)


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--quick", action="store_true", help="three repetitions")
    arguments = parse(made)
    print(f"{'what':26}{'table':>10}{'rows':>11}{'median':>10}{'p95':>10}{'rows/s':>12}{'replicates/s':>14}  target")
    for case in CASES:
        inputs = [case.codes(seed) for seed in range(3 if arguments.quick else case.repetitions)]
        times = repeat(lambda i, case=case, inputs=inputs: case.call(inputs[i], i), len(inputs))  # type: ignore[misc]
        table = "x".join(map(str, case.shape))
        met = "" if case.target is None else f"{human(case.target)}: {'met' if times.p95 <= case.target else 'MISSED'}"
        print(
            f"{case.what:26}{table:>10}{case.n:>11,}{human(times.median):>10}{human(times.p95):>10}"
            f"{case.n / times.median:>12,.0f}{case.replicates / times.median:>14,.0f}  {met}"
        )


if __name__ == "__main__":
    main()

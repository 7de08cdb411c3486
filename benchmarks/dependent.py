"""Rows that are not draws of their own, and weighted rows: false alarms and coverage of the table of states.

    python -m benchmarks.dependent [--sets 100] [--cases chance-ar.98 ...] [--out FILE.jsonl]

Populations: first-order autoregressive recordings in time order (correlation .5, .9, .98 of neighbouring rows; 1,500 rows), 50 subjects with 10 rows
each (half of the variance between subjects), and a survey whose rows were kept with chances of 1/5 to 9/10 (1,500 rows). In `chance` cases modalities
and target have nothing to do with each other, so that every p below .05 is a false alarm; in `told` cases the target is the sign of a + b/3 + noise, cut
at the quantiles of the population, whose atoms are known from four million independent rows. `alone`: the same with rows taken for independent.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtri

import mmexplore as mm
from benchmarks.options import parse, parser
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.types import ATOMS, INFORMATIONS

NAMES = (*ATOMS, *INFORMATIONS)
SECOND = 1.0 / 3.0  # weight of modality 2
N, SUBJECTS, EACH = 1500, 50, 10
_Codes = tuple[np.ndarray, np.ndarray, np.ndarray]
_Made = tuple[_Codes, Sampling]


def states(values: np.ndarray, k: int) -> np.ndarray:
    """By the quantiles of a standard normal law."""
    return np.searchsorted(ndtri(np.linspace(0, 1, k + 1)[1:-1]), values)


def series(rng: np.random.Generator, rho: float) -> np.ndarray:
    """A stationary recording of variance 1."""
    return np.asarray(lfilter([1], [1, -rho], rng.normal(size=N + 500) * np.sqrt(1 - rho * rho))[500:])


def subjects(rng: np.random.Generator) -> np.ndarray:
    """A measurement of variance 1, half of it between subjects."""
    return np.sqrt(0.5) * (np.repeat(rng.normal(size=SUBJECTS), EACH) + rng.normal(size=SUBJECTS * EACH))


def rows(draw: Callable[[np.random.Generator], np.ndarray], told: bool, rng: np.random.Generator) -> _Codes:
    """Codes of both modalities and the target."""
    a, b, c = draw(rng), draw(rng), draw(rng)
    y = (a + SECOND * b + rng.normal(size=len(a)) if told else c) > 0
    return states(a, 3), states(b, 3), y.astype(np.int64)


def dependent(rho: float, told: bool, rng: np.random.Generator) -> _Made:
    """Recordings in time order."""
    return rows(lambda r: series(r, rho), told, rng), Sampling(time=True)


def repeated(told: bool, rng: np.random.Generator) -> _Made:
    """Subjects with many rows each."""
    return rows(subjects, told, rng), Sampling(groups=np.repeat(np.arange(SUBJECTS), EACH))


def weighted(told: bool, rng: np.random.Generator) -> _Made:
    """A survey: kept with chances that hang on states and target."""
    codes = rows(lambda r: r.normal(size=4 * N), told, rng)
    chance = 0.2 + 0.7 * ((codes[0] + 2 * codes[1] + 3 * codes[2]) % 4) / 3
    kept = np.flatnonzero(rng.random(4 * N) < chance)[:N]
    x1, x2, y = (c[kept] for c in codes)
    return (x1, x2, y), Sampling(weights=1 / chance[kept])


CASES: dict[str, Callable[[np.random.Generator], _Made]] = {}
for _told, _what in ((False, "chance"), (True, "told")):
    for _rho in (0.5, 0.9, 0.98):
        CASES[f"{_what}-ar{_rho:g}".replace("0.", ".")] = functools.partial(dependent, _rho, _told)
    CASES[f"{_what}-subjects"] = functools.partial(repeated, _told)
    CASES[f"{_what}-survey"] = functools.partial(weighted, _told)


@functools.lru_cache(maxsize=2)
def truth(told: bool) -> dict[str, float]:
    """Atoms and informations of the population, in bits."""
    if not told:
        return dict.fromkeys(NAMES, 0.0)
    rng = np.random.default_rng(0)
    x1, x2, y = rows(lambda r: r.normal(size=4_000_000), True, rng)
    made = mm.pid(np.bincount((x1 * 3 + x2) * 2 + y, minlength=18).reshape(3, 3, 2))
    return {name: float(getattr(made, name)) for name in NAMES}


def one(case: str, seed: int) -> dict[str, Any]:
    """One data set: p-values, what intervals hold, and the p-value of I12 with rows taken for independent."""
    (x1, x2, y), sampling = CASES[case](np.random.default_rng([seed, 7]))
    settings = Settings(bootstraps=100, permutations=99, seed=seed)
    found = estimate(x1, x2, y, settings, sampling=sampling)
    alone = estimate(x1, x2, y, settings, sampling=Sampling(time=False))
    known = truth(case.startswith("told"))

    def inside(made: Any) -> list[bool]:
        return [made.intervals[k].low - 1e-9 <= known[k] <= made.intervals[k].high + 1e-9 for k in NAMES]

    return {
        "case": case,
        "seed": seed,
        "p": [found.p_value("i12"), found.p_value("synergy"), found.p_value("synergy", "no_synergy")],
        "p_alone": alone.p_value("i12"),
        "inside": inside(found),
        "inside_alone": inside(alone),
        "effective": found.effective,
        "light": found.light.colour,
    }


def main(argv: list[str] | None = None) -> None:
    """Print one line a case; with --out also every set as a line of JSON."""
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=100)
    options.add_argument("--cases", nargs="+", choices=tuple(CASES), default=list(CASES))
    options.add_argument("--out", type=Path)
    given = parse(options, argv)
    print(
        "case, independent rows, share of p < .05 (I12, S, S among rows without synergy; I12 alone), inside (R U1 U2 S I1 I2 I12; alone)"
    )
    for case in given.cases:
        sets = [one(case, seed) for seed in range(given.sets)]
        if given.out is not None:
            with given.out.open("a") as file:
                file.writelines(json.dumps(found) + "\n" for found in sets)
        p = np.array([s["p"] for s in sets], dtype=np.float64)  # NaN: withheld
        given_p = np.isfinite(p).sum(axis=0)
        alarms = (p <= 0.05).sum(axis=0) / np.maximum(given_p, 1)
        alone = np.mean([s["p_alone"] <= 0.05 for s in sets])
        inside, inside_alone = (100 * np.mean([s[k] for s in sets], axis=0) for k in ("inside", "inside_alone"))
        print(
            f"{case:16s} {np.mean([s['effective'] for s in sets]):6.0f}  {' '.join(f'{100 * a:3.0f}' if k else '  -' for a, k in zip(alarms, given_p, strict=True))}; {100 * alone:3.0f}   "
            f"{' '.join(f'{v:3.0f}' for v in inside)}; {' '.join(f'{v:3.0f}' for v in inside_alone)}",
            flush=True,
        )


if __name__ == "__main__":
    main()

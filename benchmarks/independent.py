"""Rows that are not draws of their own, and weighted rows: coverage of informations without bins, as they are and on rows taken for independent.

    python -m benchmarks.independent [--sets 100] [--cases series.98-0 ...] [--estimators ksg copula]

Populations: first-order autoregressive recordings (correlation .9 or .98 of neighbouring rows; 1,500 rows), 150 subjects with 8 rows each (nine tenths
of the variance between subjects), and a survey whose rows were kept with a chance of .45 where x + y > 0 and of .15 elsewhere (about 1,800 rows). x and y
are Gaussian with correlation 0 or .6 (subjects: of what is between them), so that I(X;Y) is known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.signal import lfilter

import mmexplore as mm
from benchmarks.options import parse, parser
from mmexplore.errors import MmexploreError

N, SUBJECTS, EACH, SHARE = 1500, 150, 8, 0.9
_Made = tuple[np.ndarray, np.ndarray, dict[str, Any], float]


def mixed(a: np.ndarray, b: np.ndarray, rho: float) -> np.ndarray:
    """Of variance 1, with this correlation to a."""
    return rho * a + np.sqrt(1.0 - rho * rho) * b


def bits(rho: float) -> float:
    """I(X;Y) of a Gaussian pair."""
    return float(-0.5 * np.log2(1.0 - rho * rho))


def series(phi: float, rho: float, rng: np.random.Generator) -> _Made:
    """Two recordings in time order."""
    scale = np.sqrt(1.0 - phi * phi)
    a, b = (lfilter([1], [1, -phi], scale * rng.normal(size=N + 500))[500:] for _ in range(2))
    return a, mixed(a, b, rho), {"time": True}, bits(rho)


def subjects(rho: float, rng: np.random.Generator) -> _Made:
    """Rows that repeat subjects."""
    who = np.repeat(np.arange(SUBJECTS), EACH)
    a, b = rng.normal(size=(2, SUBJECTS))
    x, y = (np.sqrt(SHARE) * s[who] + np.sqrt(1 - SHARE) * rng.normal(size=len(who)) for s in (a, mixed(a, b, rho)))
    return x, y, {"groups": who}, bits(SHARE * rho)


def survey(rho: float, rng: np.random.Generator) -> _Made:
    """Rows kept with unequal chances, and their weights."""
    a, b = rng.normal(size=(2, 4 * N))
    y = mixed(a, b, rho)
    chance = np.where(a + y > 0, 0.45, 0.15)
    kept = rng.random(4 * N) < chance
    return a[kept], y[kept], {"weights": 1 / chance[kept]}, bits(rho)


CASES: dict[str, Callable[[np.random.Generator], _Made]] = {}
for _rho in (0.0, 0.6):
    for _phi in (0.9, 0.98):
        CASES[f"series{_phi:g}-{_rho:g}".replace("0.", ".")] = functools.partial(series, _phi, _rho)
    CASES[f"subjects-{_rho:g}".replace("0.", ".")] = functools.partial(subjects, _rho)
    CASES[f"survey-{_rho:g}".replace("0.", ".")] = functools.partial(survey, _rho)


def main(argv: list[str] | None = None) -> None:
    """Print one line a case and estimator."""
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=100)
    options.add_argument("--cases", nargs="+", choices=tuple(CASES), default=list(CASES))
    options.add_argument("--estimators", nargs="+", default=["ksg", "copula"])
    given = parse(options, argv)
    print("case, estimator, rows taken: intervals that held, of how many, and bias; with rows taken as they are")
    for case in given.cases:
        for estimator in given.estimators:
            taken, found = [], {"told": [], "as they are": []}  # type: ignore[var-annotated]
            for seed in range(given.sets):
                x, y, said, truth = CASES[case](np.random.default_rng([seed, 11]))
                for way, how in (("told", said), ("as they are", {"time": False})):
                    try:
                        one = mm.mutual_information(x, y, estimator, seed=seed, **how)
                    except MmexploreError:  # too few rows are left
                        continue
                    if way == "told":
                        taken.append(one.n)
                    if one.interval is not None:
                        found[way].append((one.interval.low <= truth <= one.interval.high, one.mi - truth))
            words = [
                f"{100 * np.mean([held for held, _ in made]):3.0f} % of {len(made)}, {np.mean([off for _, off in made]):+.3f}"
                if made
                else "none"
                for made in found.values()
            ]
            print(f"{case:13s} {estimator:8s} {np.mean(taken):5.0f}: {'; '.join(words)}", flush=True)


if __name__ == "__main__":
    main()

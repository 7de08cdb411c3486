"""Whether rows hold a dependence that a Gaussian of their (ranked) columns cannot have: cheap tests of what closed forms are blind to.

Under a Gaussian copula what is left of y after a linear fit on x, both as normal scores, is independent of x. So each remainder r is tested
against each coordinate x of the other variable, and against products of two, by

    rank correlations of (x, |r|), (|x|, r), (|x|, |r|), (x_i x_j, r)       curves, rings, common scales, products: each is normal with variance 1 / (n - 1)
    Chatterjee's xi of r on x and of x on r                                  whatever else makes one a function of the other: normal, variance 2 / (5 n)

and the largest is compared with the level shared among all tests (Bonferroni). Repeated values are spread within their cells first, which keeps
independence. Chatterjee 2021, J. Am. Stat. Assoc. 116, arXiv 1909.10140. A departure counts only if it is large enough to matter, too.
"""

from __future__ import annotations

import math

import numpy as np

from mmexplore.estimators.mi.repeats import spread
from mmexplore.estimators.normal_scores import normal_scores

LEVEL = 0.01
SMALL_CORRELATION, SMALL_XI = 0.1, 0.05  # less is .007 bit
MOST_COORDINATES = 12  # a side; of more the first principal ones are looked at
MOST_ROWS = 20_000
FEWEST_ROWS = 30


def beyond_gaussian(x: np.ndarray, y: np.ndarray, seed: int = 0) -> str:
    """What goes beyond a Gaussian of normal scores, in words with its number; empty where nothing is seen.

    Args:
        x, y: (n, dx) and (n, dy).
        seed: of spreading repeated values, and of the rows looked at where there are many.
    """
    n = len(x)
    if n < FEWEST_ROWS:
        return ""
    if n > MOST_ROWS:
        taken = np.random.default_rng(seed).choice(n, MOST_ROWS, replace=False)
        x, y, n = x[taken], y[taken], MOST_ROWS
    first, second = (_few(normal_scores(spread(v, seed, name))) for v, name in ((x, "x"), (y, "y")))
    found: list[tuple[float, str]] = []  # size beside what chance allows, and in words
    tests = _count(first.shape[1], second.shape[1])
    for ahead, behind, names in ((first, second, ("x", "y")), (second, first, ("y", "x"))):
        left = behind - ahead @ np.linalg.lstsq(ahead, behind, rcond=None)[0]
        if left.std(axis=0).min() < 1e-6:
            continue
        found += _rank_tests(ahead, normal_scores(left), tests, names)
        found += _xi_tests(ahead, left, tests, names)
    size, words = max(found, default=(0.0, ""))
    return words if size > 1 else ""


def outside(beyond: str, instead: str = "'ksg' or 'infonce' sees it") -> str:
    """The warning of an estimator that is blind to what was found."""
    return (
        f"Outside its assumption: the rows hold a dependence that no Gaussian has ({beyond}; false alarms {LEVEL:.0%}), which is not in this "
        f"answer: no interval is given. {instead}."
    )


def _few(columns: np.ndarray) -> np.ndarray:
    """At most so many columns: the first principal ones."""
    columns = columns - columns.mean(axis=0)
    if columns.shape[1] <= MOST_COORDINATES:
        return columns
    turned = np.linalg.svd(columns, full_matrices=False)[2][:MOST_COORDINATES].T
    return np.asarray(columns @ turned)


def _count(dx: int, dy: int) -> int:
    """How many tests are made both ways round."""
    products = dx * (dx - 1) // 2 * dy + dy * (dy - 1) // 2 * dx
    return 2 * (3 + 2) * dx * dy + products


def _rank_tests(ahead: np.ndarray, left: np.ndarray, tests: int, names: tuple[str, str]) -> list[tuple[float, str]]:
    from scipy.special import ndtri

    n, d = ahead.shape
    chance = max(float(-ndtri(LEVEL / (2 * tests))) / math.sqrt(n - 1), SMALL_CORRELATION)
    sizes, sizes_left = normal_scores(np.abs(ahead)), normal_scores(np.abs(left))
    words = {"|x|, r": (sizes, left), "x, |r|": (ahead, sizes_left), "|x|, |r|": (sizes, sizes_left)}
    if d > 1:
        i, j = np.triu_indices(d, 1)
        words["x x', r"] = (normal_scores(ahead[:, i] * ahead[:, j]), left)
    found = []
    for which, (one, other) in words.items():
        worst = float(np.abs(_correlations(one, other)).max())
        which = which.replace("x", names[0]).replace("r", f"rest of {names[1]}")
        found.append((worst / chance, f"rank correlation {worst:.2f} of ({which}), chance up to {chance:.2f}"))
    return found


def _correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    one, other = ((v - v.mean(axis=0)) / v.std(axis=0) for v in (one, other))
    return np.asarray(one.T @ other / len(one))


def _xi_tests(ahead: np.ndarray, left: np.ndarray, tests: int, names: tuple[str, str]) -> list[tuple[float, str]]:
    from scipy.special import ndtri

    n = len(ahead)
    chance = max(float(-ndtri(LEVEL / tests)) * math.sqrt(0.4 / n), SMALL_XI)
    found = []
    for one, other, words in (
        (ahead, left, f"the rest of {names[1]} on {names[0]}"),
        (left, ahead, f"{names[0]} on the rest of {names[1]}"),
    ):
        ranks = np.argsort(np.argsort(other, axis=0), axis=0)
        worst = 0.0
        for column in one.T:
            steps = np.abs(np.diff(ranks[np.argsort(column)], axis=0)).sum(axis=0)
            worst = max(worst, float((1 - 3 * steps / (n**2 - 1)).max()))
        found.append((worst / chance, f"xi {worst:.2f} of {words}, chance up to {chance:.2f}"))
    return found

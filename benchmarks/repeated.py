"""The neighbour estimator on repeated values: bias and coverage of its 95 % intervals over resolutions, dimensions and rows.

    python -m benchmarks.repeated [--sets 100] [--first 0] [--rows 200 1000 5000] [--dims 1 2 3 4] [--steps 0.5 1 3 10 50]

rounded: d pairs of Gaussians of correlation 0 or .6, rounded to steps of 1 / 0.5 ... 1 / 50 standard deviations; truth: quadrature of the
bivariate normal over the cells. label: d rounded Gaussians whose means differ by 0 or 1 between two classes. mixtures: zeros in 80 % of the
rows of both; X of five values with Y uniform on [X, X + 2] (Gao et al. 2017); a Poisson count of an exponential rate with 15 % further
zeros; a copy of twenty values; zeros in 70 % of two independent columns. false: intervals that leave out 0 where the truth is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.timing import human

RHO, GAP = 0.6, 1.0
Draw = Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
Case = tuple[str, float, Draw, str]  # name, truth in bits, rows, kind of y


def edges(per_deviation: float) -> np.ndarray:
    """Ends of the cells of a rounded standard normal, its tails beyond 7 left out."""
    reach = math.ceil(7 * per_deviation)
    return (np.arange(-reach, reach + 2) - 0.5) / per_deviation


def of_table(p: np.ndarray) -> float:
    """Information of a table, bits."""
    apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    seen = p > 0
    return float((p[seen] * np.log2(p[seen] / apart[seen])).sum())


def rounded_pair(rho: float, per_deviation: float) -> float:
    """Information between two rounded Gaussians: quadrature of the conditional cell probabilities."""
    from scipy.stats import norm

    ends = edges(per_deviation)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    at = (ends[:-1] + ends[1:])[:, None] / 2 + nodes / (2 * per_deviation)  # (cells, nodes)
    mass = weights / (2 * per_deviation) * norm.pdf(at)
    share = np.diff(norm.cdf((ends - rho * at[..., None]) / math.sqrt(1 - rho**2)), axis=-1)
    return of_table((mass[..., None] * share).sum(axis=1))


def rounded_label(gap: float, per_deviation: float, d: int) -> float:
    """Information between a rounded Gaussian along each of d columns and two classes; d columns by simulation of the exact posterior."""
    from scipy.stats import norm

    reach = math.ceil(9 * per_deviation)
    ends = (np.arange(-reach, reach + 2) - 0.5) / per_deviation
    p = np.stack([np.diff(norm.cdf(ends)), np.diff(norm.cdf(ends - gap))])
    if d == 1:
        return of_table(0.5 * p)
    rng = np.random.default_rng(1)
    ratio = np.zeros(400_000)
    for _ in range(d):
        column = rng.choice(p.shape[1], size=len(ratio), p=p[0] / p[0].sum())
        ratio += np.log(np.maximum(p[1, column], 1e-300) / p[0, column])
    return float(1 - np.logaddexp(0, ratio).mean() / math.log(2))  # by symmetry of the classes up to the grid


def rounded_cases(d: int, per_deviation: float) -> Iterator[Case]:
    """Rounded Gaussians, and rounded Gaussians beside a label."""
    for rho in (0.0, RHO):

        def draw(n: int, rng: np.random.Generator, rho: float = rho) -> tuple[np.ndarray, np.ndarray]:
            x = rng.standard_normal((n, d))
            y = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal((n, d))
            return np.round(x * per_deviation) + 0.0, np.round(y * per_deviation) + 0.0

        yield f"rounded, {rho:g}", d * rounded_pair(rho, per_deviation), draw, "number"
    for gap in (0.0, GAP):

        def classes(n: int, rng: np.random.Generator, gap: float = gap) -> tuple[np.ndarray, np.ndarray]:
            y = rng.integers(0, 2, n)
            return np.round((rng.standard_normal((n, d)) + gap * y[:, None]) * per_deviation) + 0.0, y

        yield f"label, {gap:g}", rounded_label(gap, per_deviation, d), classes, "label"


def mixtures() -> Iterator[Case]:
    """Mixtures of places and densities, of one column each."""
    bits = 3.6
    rho = math.sqrt(1 - 2 ** (-2 * bits))

    def zeros(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        there = rng.random(n) < 0.2
        x = rng.standard_normal(n)
        y = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal(n)
        return x * there, y * there

    yield "80 % zeros", -0.8 * math.log2(0.8) - 0.2 * math.log2(0.2) + 0.2 * bits, zeros, "number"

    def steps(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.integers(0, 5, n).astype(float)
        return x, x + rng.uniform(0, 2, n)

    yield "five values", math.log2(5) - 4 / 5, steps, "number"

    def counts(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.exponential(size=n)
        return x, np.where(rng.random(n) < 0.15, 0, rng.poisson(x)).astype(float)

    yield "zero-inflated Poisson", zero_inflated_poisson(0.15), counts, "number"

    def copy(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.integers(0, 20, n).astype(float)
        return x, x

    yield "copy of twenty", math.log2(20), copy, "number"

    def apart(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x, y = (rng.exponential(size=n) * (rng.random(n) < 0.3) for _ in range(2))
        return x, y

    yield "70 % zeros, independent", 0.0, apart, "number"


def zero_inflated_poisson(p: float) -> float:
    """I(X;Y) of X exponential and Y Poisson of rate X, or 0 with chance p: H(Y) - H(Y|X) by quadrature."""
    from scipy.stats import poisson

    nodes, weights = np.polynomial.laguerre.laggauss(80)
    k = np.arange(200)
    given = (1 - p) * poisson.pmf(k[None], nodes[:, None]) + p * (k == 0)
    joint = weights[:, None] * given
    return of_table(joint / joint.sum())


def line(case: Case, n: int, seeds: range, dims: str, step: str) -> str:
    """One row of the table."""
    name, truth, draw, kind = case
    found = []
    for seed in seeds:
        x, y = draw(n, np.random.default_rng(seed))
        found.append(mm.mutual_information(x, y, "ksg", x_kind="number", y_kind=kind, seed=seed))
    values = np.array([f.mi for f in found])
    ends = np.array([f.interval for f in found if f.interval is not None])
    covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    cells = [name, dims, step, f"{n:,}", str(len(seeds)), f"{truth:.3f}", f"{values.mean() - truth:+.3f}"]
    cells += [
        f"{np.sqrt(((values - truth) ** 2).mean()):.3f}",
        f"{covered:.2f}",
        f"{(ends[:, 1] - ends[:, 0]).mean():.2f}",
    ]
    cells += [
        f"{(ends[:, 0] > 0).mean():.2f}" if abs(truth) < 1e-9 else "",
        human(float(np.median([f.seconds for f in found]))),
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table, row by row."""
    made = parser(__doc__)
    made.add_argument("--sets", type=int, default=100, help="data sets a case")
    made.add_argument("--rows", type=int, nargs="+", default=[200, 1000, 5000], help="rows")
    made.add_argument(
        "--dims", type=int, nargs="+", default=[1, 2, 3, 4], help="columns of x, and of y where it is no label"
    )
    made.add_argument(
        "--steps", type=float, nargs="+", default=[0.5, 1, 3, 10, 50], help="steps in a standard deviation"
    )
    made.add_argument("--first", type=int, default=0, help="seed of the first data set")
    options = parse(made)
    seeds = range(options.first, options.first + options.sets)
    heads = ["case", "d", "steps a sd", "n", "sets", "truth", "bias", "RMSE", "covered", "width", "false", "time"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)
    for n in options.rows:
        if 1 in options.dims:
            for case in mixtures():
                print(line(case, n, seeds, "1", ""), flush=True)
        for d in options.dims:
            for per_deviation in options.steps:
                for case in rounded_cases(d, per_deviation):
                    print(line(case, n, seeds, str(d), f"{per_deviation:g}"), flush=True)


if __name__ == "__main__":
    main()

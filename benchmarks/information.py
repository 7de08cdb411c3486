"""Every estimator of mutual information on families whose value is known: error and cost, on one thread.

    python -m benchmarks.information [--quick] [--samples 5] [--rows 5000] [--device cuda]

Each sample is drawn anew and each estimator is given the same ones, at its default settings. bias: mean of estimate minus truth; rmse
about the truth; covered: how many of the 95 % intervals hold the truth; time: of one estimate, interval included, median.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.timing import human
from mmexplore.datasets.generators import generator
from mmexplore.errors import MmexploreError
from mmexplore.estimators.mi import REGISTRY

CASES = {
    "Gaussian, 1 and 1": "gaussian-pair?bits=0.5957&d=1&pairs=1",
    "Gaussian, independent": "gaussian-pair?bits=0&d=2",
    "Gaussian, 3 and 3, 3 bits": "gaussian-pair?bits=3&d=3&pairs=3",
    "Gaussian, 3 and 3, 8 bits": "gaussian-pair?bits=8&d=3&pairs=3",
    "Gaussian, 25 and 25, dense": "gaussian-pair?bits=1.864&d=25&structure=dense",
    "Student t, 1 degree of freedom": "student-pair?dof=1&d=1",
    "Swiss roll": "swiss-roll?bits=0.5957",
    "Spiral": "spiral?bits=1&d=2",
    "Label, sign of a sum": "sign-sum",
}


@dataclass(frozen=True)
class Row:
    """One estimator on one case."""

    truth: float
    found: tuple[mm.MutualInformation, ...]

    def cells(self) -> list[str]:
        """For the table."""
        values = np.array([f.mi for f in self.found])
        inside = sum(f.interval is not None and f.interval.low <= self.truth <= f.interval.high for f in self.found)
        error = values - self.truth
        return [
            f"{values.mean():.3f}",
            f"{error.mean():+.3f}",
            f"{np.sqrt((error**2).mean()):.3f}",
            f"{inside}/{len(values)}",
            human(float(np.median([f.seconds for f in self.found]))),
        ]


def rows(text: str, n: int, samples: int, trained: bool, device: str) -> Iterator[tuple[str, Row]]:
    """Every estimator that takes the case's variables."""
    spec = generator(text).replace(n=n)
    truth = spec.truth()
    true = truth.i1 if spec.kind == "mi" else truth.i12
    if true is None:
        return
    drawn = [spec.replace(seed=seed).sample() for seed in range(samples)]
    pairs = [(s.x1, s.y) if spec.kind == "mi" else (np.hstack([s.x1, s.x2]), s.y) for s in drawn]
    for name, entry in REGISTRY.items():
        if entry.trained and not trained:
            continue
        try:
            found = tuple(
                mm.mutual_information(x, y, name, seed=seed, device=device) for seed, (x, y) in enumerate(pairs)
            )
        except MmexploreError:
            continue
        yield name, Row(true, found)


def main() -> None:
    """Print the table."""
    made = parser(__doc__)
    made.add_argument("--quick", action="store_true", help="leave out what trains networks")
    made.add_argument("--samples", type=int, default=5)
    made.add_argument("--rows", type=int, default=5000)
    options = parse(made)
    heads = ["case", "truth (bit)", "estimator", "mean", "bias", "rmse", "covered", "time"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for title, text in CASES.items():
        for name, row in rows(text, options.rows, options.samples, not options.quick, options.device):
            print("| " + " | ".join([title, f"{row.truth:.3f}", name, *row.cells()]) + " |", flush=True)


if __name__ == "__main__":
    main()

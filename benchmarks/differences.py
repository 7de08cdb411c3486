"""Differences between two answers beside the truth: coverage of their intervals, and alarms where nothing changed but the seed.

    python -m benchmarks.differences [--sets 20] [--n 300 1000] [--cases noise ...] [--out FILE.jsonl]

Three populations whose decomposition is known before and after a change: Gaussian classes with noise added to modality 2, two bits of which a
column is taken away, and the exclusive or of two noisy bits with more noise in modality 1. Each is decomposed as it is, with another seed,
and after the change, on the same rows; and after the change on other rows of the same population, which share nothing with the first.
"inside" says how often the 95 % interval of the difference held the true one, for R, U1, U2, S, I1, I2 and I12 in turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.predictive import Rows, shared_bits_truth
from mmexplore.estimators.predictive.change import change_of, changes
from mmexplore.types import ATOMS, INFORMATIONS, Atoms

NAMES = (*ATOMS, *INFORMATIONS)
SPOILED = 1.0  # standard deviation of the noise that is added


@dataclass(frozen=True)
class Before:
    """A population before and after a change.

    Attributes:
        draw: (rows, seed) to the rows before and after.
        truth: atoms before and after, in bits.
    """

    draw: Callable[[int, int], tuple[Rows, Rows]]
    truth: Callable[[], tuple[Atoms, Atoms]]


def classes(n: int, seed: int) -> tuple[Rows, Rows]:
    """Two Gaussian classes, means 1 and 1.2 in a direction of either modality, conditionally independent; noise in modality 2."""
    made = mm.make("mixture", d=5, distance=1.562049935, angle=50.194428908, n=n, seed=seed)
    noise = SPOILED * np.random.default_rng([seed, 1]).normal(size=made.x2.shape)
    return (made.x1, made.x2, made.y), (made.x1, made.x2 + noise, made.y)


def classes_truth() -> tuple[Atoms, Atoms]:
    """Noise of variance s^2 beside one of variance 1 divides the mean by sqrt(1 + s^2)."""
    found = []
    for second in (1.2, 1.2 / np.sqrt(1.0 + SPOILED**2)):
        distance, angle = float(np.hypot(1.0, second)), float(np.degrees(np.arctan2(second, 1.0)))
        atoms = mm.make("mixture", n=20, d=5, distance=distance, angle=angle).truth.atoms
        assert atoms is not None
        found.append(atoms)
    return found[0], found[1]


def bits(n: int, seed: int) -> tuple[Rows, Rows]:
    """Two bits in four classes; modality 1 shows both, modality 2 the first, beside a column of noise; the second bit's column goes."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 2, (n, 2))
    shown = 2.0 * (2.0 * drawn - 1.0)
    first = np.concatenate([shown + rng.normal(size=(n, 2)), rng.normal(size=(n, 1))], axis=1)
    second = np.concatenate([shown[:, :1] + rng.normal(size=(n, 1)), rng.normal(size=(n, 1))], axis=1)
    y = drawn @ np.array([2, 1])
    return (first, second, y), (first[:, [0, 2]], second, y)


def bits_truth() -> tuple[Atoms, Atoms]:
    """Only what was unique to modality 1 goes."""
    whole = shared_bits_truth()
    return whole, Atoms(whole.redundancy, 0.0, 0.0, whole.synergy)


def exclusive_or(n: int, seed: int) -> tuple[Rows, Rows]:
    """The exclusive or of two bits, each shown as ±2.5 in noise beside a column of noise; more noise in modality 1."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 2, (n, 2))
    x = [2.5 * (2.0 * drawn[:, k : k + 1] - 1.0) * np.array([1.0, 0.0]) + rng.normal(size=(n, 2)) for k in range(2)]
    y = drawn.sum(axis=1) % 2
    return (x[0], x[1], y), (x[0] + SPOILED * rng.normal(size=(n, 2)), x[1], y)


def exclusive_or_truth() -> tuple[Atoms, Atoms]:
    """S = I12 = 1 - E h((1 + t1 t2) / 2) with t = tanh(a x / var), by the trapezoid rule."""
    found = []
    for variance in (1.0, 1.0 + SPOILED**2):
        x = np.linspace(-12.0, 12.0, 1201)
        parts = []
        for v in (variance, 1.0):
            density = np.exp(-0.5 * (x - 2.5) ** 2 / v) + np.exp(-0.5 * (x + 2.5) ** 2 / v)
            parts.append((density / density.sum(), np.tanh(2.5 * x / v)))
        p = np.clip(0.5 * (1.0 + parts[0][1][:, None] * parts[1][1][None, :]), 1e-300, 1.0 - 1e-16)
        h = -(p * np.log2(p) + (1.0 - p) * np.log2(1.0 - p))
        found.append(Atoms(0.0, 0.0, 0.0, 1.0 - float(parts[0][0] @ h @ parts[1][0])))
    return found[0], found[1]


CASES: dict[str, Before] = {
    "noise": Before(classes, classes_truth),
    "column": Before(bits, bits_truth),
    "xor-noise": Before(exclusive_or, exclusive_or_truth),
}


def seven(atoms: Atoms) -> np.ndarray:
    """R, U1, U2, S, I1, I2, I12."""
    r, u1, u2, s = (float(v) for v in atoms)
    return np.array([r, u1, u2, s, r + u1, r + u2, r + u1 + u2 + s])


def measure(case: str, n: int, seed: int) -> dict[str, Any]:
    """Differences and their standard errors without what refits add, as a line of the file."""
    before, after = CASES[case].draw(n, seed)
    elsewhere = CASES[case].draw(n, seed + 100_000)[1]

    def fitted(rows: Rows, fold: int) -> Any:
        found = mm.estimate_pid(*rows, estimator="predictive", target="label", draws=0, seed=fold).predictive
        assert found is not None
        return found.rows

    first = fitted(before, seed)
    told: dict[str, Any] = {"case": case, "n": n, "seed": seed}
    for kind, rows, places in (
        ("another seed", fitted(before, seed + 5000), None),
        ("change", fitted(after, seed), None),
        ("other rows", fitted(elsewhere, seed), (np.arange(n), np.arange(n, 2 * n))),
    ):
        found = changes(first, rows, places=places, refitted=False)
        told[kind] = [[found[name].before, found[name].after, found[name].se] for name in NAMES]
    return told


def lines(case: str, n: int, told: list[dict[str, Any]], refit: float) -> list[str]:
    """Rows of the table as Markdown: what was found of every kind of change."""
    truth = np.array([seven(atoms) for atoms in CASES[case].truth()])
    made = []
    for kind in ("another seed", "change", "other rows"):
        right = np.zeros(7) if kind == "another seed" else truth[1] - truth[0]
        inside, clear, error, width = [], [], [], []
        for one in told:
            row = [change_of(b, a, float(np.hypot(se, refit / np.sqrt(n))), 0.95) for b, a, se in one[kind]]
            inside.append([c.interval.low <= t <= c.interval.high for c, t in zip(row, right, strict=True)])
            clear.append([c.clear for c in row])
            error.append([c.value - t for c, t in zip(row, right, strict=True)])
            width.append([c.se for c in row])

        def seven_of(values: np.ndarray, places: int = 3) -> str:
            return " ".join(f"{v + 0.0:.{places}f}" for v in values)

        parts = [
            seven_of(right),
            seven_of(np.mean(error, axis=0)),
            seven_of(np.std(error, axis=0)),
            seven_of(np.mean(width, axis=0)),
            seven_of(np.mean(inside, axis=0), 2),
            seven_of(np.mean(clear, axis=0), 2),
            f"{np.any(np.array(clear)[:, :4], axis=1).mean():.2f}",
        ]
        made.append(f"| {case} | {n:,} | {kind} | {len(told)} | {' | '.join(parts)} |")
    return made


def main() -> None:
    """Print the table, row by row."""
    from mmexplore.estimators.predictive.change import REFIT

    made = parser(__doc__)
    made.add_argument("--sets", type=int, default=20, help="data sets a case")
    made.add_argument("--n", type=int, nargs="+", default=[300, 1000], help="rows")
    made.add_argument("--cases", nargs="+", choices=tuple(CASES), default=list(CASES), help="populations")
    made.add_argument(
        "--refit", type=float, default=REFIT, help="what refits add to the standard errors, times sqrt(n)"
    )
    made.add_argument("--out", type=Path, help="a file of one line a data set; what it holds is not estimated again")
    options = parse(made)
    known: dict[tuple[str, int, int], dict[str, Any]] = {}
    if options.out is not None and options.out.exists():
        read = [json.loads(text) for text in options.out.read_text("utf-8").splitlines() if text.strip()]
        known = {(one["case"], one["n"], one["seed"]): one for one in read}
    heads = [
        "case",
        "n",
        "what",
        "sets",
        "true difference",
        "bias",
        "spread",
        "se",
        "inside",
        "clear",
        "any atom clear",
    ]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for n in options.n:
        for case in options.cases:
            told = []
            for seed in range(options.sets):
                if (case, n, seed) not in known:
                    known[case, n, seed] = measure(case, n, seed)
                    if options.out is not None:
                        with options.out.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(known[case, n, seed]) + "\n")
                told.append(known[case, n, seed])
            print("\n".join(lines(case, n, told, options.refit)), flush=True)


if __name__ == "__main__":
    main()

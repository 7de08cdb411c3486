"""The predictive estimator beside the truth: bias, RMSE, coverage and seconds over data sets drawn anew, and the others on the same rows.

    python -m benchmarks.predictive [--sets 10] [--n 300 1000 3000] [--cases sign-sum ...] [--beside binned ...] [--out FILE.jsonl]

Ten populations with a class label whose decomposition is known: closed forms and quadrature of the library's generators, and three that are
drawn here. "R >=" and "S >=" say how often the one-sided lower ends (mean - 1.645 standard errors) held; "inside" how often the intervals
held, R, U1, U2, S in turn. With ``--out`` every estimate is a line of a file, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from mmexplore.datasets.closed_forms import entropy
from mmexplore.datasets.generators import rotation
from mmexplore.datasets.quadrature import bit_through_noise
from mmexplore.errors import MmexploreError
from mmexplore.types import ATOMS, Atoms

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
OTHERS = ("binned", "batch", "hybrid", "copula")


@dataclass(frozen=True)
class Case:
    """A population.

    Attributes:
        draw: (rows, seed) to x1, x2, y.
        truth: its atoms in bits.
    """

    draw: Callable[[int, int], Rows]
    truth: Callable[[], Atoms]


def of_generator(name: str, **values: Any) -> Case:
    """A generator of the library with these values."""

    def draw(n: int, seed: int) -> Rows:
        made = mm.make(name, n=n, seed=seed, **values)
        return made.x1, made.x2, made.y

    def truth() -> Atoms:
        atoms = mm.make(name, n=20, **values).truth.atoms
        assert atoms is not None
        return atoms

    return Case(draw, truth)


def hidden(signal: np.ndarray, d: int, rng: np.random.Generator) -> np.ndarray:
    """Columns (n, k) among d, the others standard normal, and all of them turned."""
    rest = rng.normal(size=(len(signal), d - signal.shape[1]))
    return np.asarray(np.concatenate([signal, rest], axis=1) @ rotation(rng, d))


def sign_product(n: int, seed: int) -> Rows:
    """The sign of z1 z2: one bit that no modality alone says anything of."""
    made = mm.make("sign-product", n=n, seed=seed, d=5)
    return made.x1, made.x2, (made.y[:, 0] > 0).astype(np.int64)


def copies(n: int, seed: int) -> Rows:
    """Three classes, a number about -2, 0 or 2, and both modalities show that same number: all of I is redundant."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    z = 2.0 * (y - 1) + 0.7 * rng.normal(size=n)
    return hidden(z[:, None], 5, rng), hidden(z[:, None], 5, rng), y


@functools.cache
def copies_truth() -> Atoms:
    """R = I(Z;Y) by the trapezoid rule."""
    z = np.linspace(-10, 10, 20_001)
    given = np.stack([np.exp(-0.5 * ((z - m) / 0.7) ** 2) for m in (-2.0, 0.0, 2.0)])
    mass = given / given.sum(axis=1, keepdims=True) / 3.0
    each = float(np.log2(3) + entropy(mass.sum(axis=0)) - entropy(mass))
    return Atoms(each, 0.0, 0.0, 0.0)


def shared_bits(n: int, seed: int) -> Rows:
    """Four classes of two bits: modality 1 shows both, modality 2 the first one again, each ±2 in noise of its own."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (n, 2))
    shown = 2.0 * (2.0 * bits - 1.0)
    first = shown + rng.normal(size=(n, 2))
    second = shown[:, :1] + rng.normal(size=(n, 1))
    return hidden(first, 5, rng), hidden(second, 5, rng), bits @ np.array([2, 1])


def shared_bits_truth() -> Atoms:
    """Two independent bits: of the shared one R = B(2), S = B(2 sqrt 2) - B(2); the other is unique, B(2)."""
    one, two = bit_through_noise(2.0)[0], bit_through_noise(2.0 * np.sqrt(2.0))[0]
    return Atoms(one, one, 0.0, two - one)


MEANS = np.array([[-3.0, -2.5, 0.0, 0.5, 2.5, 3.0], [-2.4, -1.2, -0.8, 0.8, 1.2, 2.4]])


def six_classes(n: int, seed: int) -> Rows:
    """Six Gaussian classes, independent given the class; one number of each modality has means that differ."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, n)
    x1, x2 = (hidden((means[y] + rng.normal(size=n))[:, None], 3, rng) for means in MEANS)
    return x1, x2, y


@functools.cache
def six_classes_truth() -> Atoms:
    """Cells of width .17 and the certified solver for I*; I1, I2 and I12 by the trapezoid rule on the same grid."""
    z = np.linspace(-7.0, 7.0, 84)
    mass = np.exp(-0.5 * (z[None, :] - MEANS[:, :, None]) ** 2)  # (modality, class, cell)
    mass /= mass.sum(axis=2, keepdims=True)
    table = np.einsum("ya,yb->aby", mass[0], mass[1]) / 6.0
    found = mm.pid(table, tolerance=1e-6)
    return Atoms(*(float(v) for v in found.atoms))


CASES: dict[str, Case] = {
    "sign-sum": of_generator("sign-sum", d=5),
    "sign-product": Case(sign_product, lambda: Atoms(0.0, 0.0, 0.0, 1.0)),
    "mixture": of_generator("mixture", d=4),
    "hidden-xor": of_generator("hidden-gate", d=8, gate="xor"),
    "hidden-and": of_generator("hidden-gate", d=8, gate="and"),
    "gauss45": of_generator("mixture", d=5, distance=1.562049935, angle=50.194428908),
    "chain": of_generator("mixture", d=5, distance=1.837117307, angle=35.264389683, correlation=0.707106781),
    "copies": Case(copies, copies_truth),
    "shared-bits": Case(shared_bits, shared_bits_truth),
    "six-classes": Case(six_classes, six_classes_truth),
}


def measure(case: str, n: int, seed: int, estimator: str, settings: dict[str, Any]) -> dict[str, Any]:
    """One estimate, as a line of the file; a refusal is one, too."""
    told: dict[str, Any] = {"case": case, "n": n, "seed": seed, "estimator": estimator}
    try:
        found = mm.estimate_pid(*CASES[case].draw(n, seed), estimator=estimator, target="label", **settings)
    except MmexploreError as error:
        return told | {"refused": str(error)}
    told |= {"atoms": [float(getattr(found, name)) for name in ATOMS], "seconds": found.seconds}
    told["inside"] = [list(found.intervals[name]) if name in found.intervals else None for name in ATOMS]
    if found.predictive is not None:
        one = found.predictive
        told["at_least"] = [one.readings[name].at_least for name in ("redundancy", "synergy")]
        told["interaction"] = one.interaction.present
        told["synergy"] = None if one.synergy is None else one.synergy.present
    return told


def line(case: str, n: int, estimator: str, lines: list[dict[str, Any]]) -> str:
    """One row of the table as Markdown."""
    done = [one for one in lines if "atoms" in one]
    head = f"| {case} | {n:,} | {estimator} | {len(done)} |"
    if not done:
        return f"{head} {lines[0]['refused'][:80]} |"
    truth = np.array(CASES[case].truth())
    error = np.array([one["atoms"] for one in done]) - truth

    def four(values: np.ndarray) -> str:
        return " ".join(f"{v + 0.0:.3f}" for v in values)

    rmse = np.sqrt((error**2).mean(axis=0))
    spans = [[span for one in done if (span := one["inside"][k]) is not None] for k in range(4)]
    inside = [
        np.mean([low - 1e-9 <= t <= high + 1e-9 for low, high in some]) if some else np.nan
        for some, t in zip(spans, truth, strict=True)
    ]
    lower = [one["at_least"] for one in done if "at_least" in one]
    least = (
        "-"
        if not lower
        else " ".join(f"{(np.array(lower)[:, k] <= truth[j] + 1e-9).sum()}/{len(lower)}" for k, j in ((0, 0), (1, 3)))
    )
    tests = " ".join(
        "-" if not some else f"{sum(some)}/{len(some)}"
        for some in ([one[k] for one in done if one.get(k) is not None] for k in ("interaction", "synergy"))
    )
    seconds = float(np.median([one["seconds"] for one in done]))
    return f"{head} {four(truth)} | {four(error.mean(axis=0))} | {four(rmse)} | {' '.join(f'{v:.2f}' for v in inside)} | {least} | {tests} | {seconds:.1f} |"


def read(path: Path | None) -> dict[tuple[str, int, int, str], dict[str, Any]]:
    """What a file holds, by case, rows, seed and estimator."""
    if path is None or not path.exists():
        return {}
    lines = [json.loads(text) for text in path.read_text("utf-8").splitlines() if text.strip()]
    return {(one["case"], one["n"], one["seed"], one["estimator"]): one for one in lines}


def main() -> None:
    """Print the table, row by row."""
    made = parser(__doc__)
    made.add_argument("--sets", type=int, default=10, help="data sets a case")
    made.add_argument("--first", type=int, default=0, help="seed of the first one")
    made.add_argument("--n", type=int, nargs="+", default=[300, 1000, 3000], help="rows")
    made.add_argument("--cases", nargs="+", choices=tuple(CASES), default=list(CASES), help="populations")
    made.add_argument("--beside", nargs="*", choices=OTHERS, default=[], help="other estimators on the same rows")
    made.add_argument("--draws", type=int, default=39, help="of the test of S = 0")
    made.add_argument("--out", type=Path, help="a file of one line an estimate; what it holds is not estimated again")
    options = parse(made)
    known = read(options.out)
    heads = [
        "case",
        "n",
        "estimator",
        "sets",
        "truth R U1 U2 S",
        "bias",
        "RMSE",
        "inside",
        "R >= S >=",
        "interaction synergy said",
        "s",
    ]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    squares: dict[tuple[int, str], list[np.ndarray]] = {}
    for n in options.n:
        for case in options.cases:
            for estimator in ("predictive", *options.beside):
                settings = {"draws": options.draws} if estimator == "predictive" else {}
                lines = []
                for seed in range(options.first, options.first + options.sets):
                    key = (case, n, seed, estimator)
                    if key not in known:
                        known[key] = measure(*key, settings)
                        if options.out is not None:
                            with options.out.open("a", encoding="utf-8") as file:
                                file.write(json.dumps(known[key]) + "\n")
                    lines.append(known[key])
                print(line(case, n, estimator, lines), flush=True)
                done = np.array([one["atoms"] for one in lines if "atoms" in one])
                if len(done):
                    squares.setdefault((n, estimator), []).append(
                        ((done - np.array(CASES[case].truth())) ** 2).mean(axis=0)
                    )
    for (n, estimator), parts in squares.items():
        rmse = " ".join(f"{v:.3f}" for v in np.sqrt(parts).mean(axis=0))
        print(f"\nMean RMSE of R U1 U2 S over {len(parts)} cases, n = {n:,}, {estimator}: {rmse}")


if __name__ == "__main__":
    main()

"""The Gaussian closed form beside Thin-PID's iteration, in one run on one thread, over the dimension.

    python -m benchmarks.gaussian [--quick] [--device cuda]

Every repetition draws a new system: X_i = H_i Y + N with entries of H_i from N(0, 1/dy) and independent noise. Ours is the whole public
call, checks, informations, spectrum and certificate included; Thin-PID is `mmexplore.info.gaussian.thin_pid`, our writing of the
published iteration, until it rests by its own rule or 3,000 steps are used up, and the error is that of its last value. With `--device cuda`
ours is given torch tensors there, and no peer is timed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.timing import human, repeat
from mmexplore.devices import on_host
from mmexplore.info.gaussian import ThinPath, thin_pid

STEPS = 3000


@dataclass(frozen=True)
class Case:
    """One row: dimensions, systems in one call, repetitions of ours and of the peer (0: not run), and what is allowed."""

    dims: tuple[int, int, int]
    batch: int
    repetitions: int
    peer: int
    target: float | None

    @property
    def name(self) -> str:
        """For the table."""
        d1, d2, dy = self.dims
        size = f"d {d1}, {d2}; dy {dy}"
        return size if self.batch == 1 else f"{self.batch:,} of {size}"

    def covariances(self, seed: int) -> np.ndarray:
        """Random systems, (batch, p, p); one alone without the batch axis."""
        d1, d2, dy = self.dims
        rng = np.random.default_rng(seed)
        h = rng.normal(size=(self.batch, d1 + d2, dy)) / dy**0.5
        turned = np.swapaxes(h, -1, -2)
        one = np.broadcast_to(np.eye(dy), (self.batch, dy, dy))
        x = h @ turned + np.eye(d1 + d2)
        cov = np.concatenate([np.concatenate([x, h], axis=-1), np.concatenate([turned, one], axis=-1)], axis=-2)
        return cov if self.batch > 1 else cov[0]


CASES = (
    Case((1, 1, 1), 1, 200, 5, None),
    Case((2, 2, 2), 1, 200, 5, None),
    Case((10, 10, 10), 1, 200, 5, None),
    Case((20, 20, 20), 1, 100, 3, None),
    Case((50, 50, 50), 1, 50, 2, 2e-3),
    Case((100, 100, 100), 1, 20, 1, 10e-3),
    Case((200, 200, 2), 1, 20, 1, None),
    Case((1000, 1000, 2), 1, 5, 0, 2.0),
    Case((2, 2, 2), 10_000, 5, 0, None),
    Case((10, 10, 10), 1000, 5, 0, None),
)


def row(case: Case, device: str) -> list[str]:
    """Times, ratio and errors of one case."""
    inputs: list[Any] = [case.covariances(seed) for seed in range(case.repetitions)]
    there = device == "cuda"
    if there:
        import torch

        inputs = [torch.tensor(cov, device=device) for cov in inputs]

    def ours(i: int) -> mm.GaussianPID:
        return mm.gaussian_pid(inputs[i], *case.dims)

    times = repeat(ours, case.repetitions, device=device)
    gap = float(np.max(np.asarray(on_host(times.last.gap))))
    cells = [case.name, human(times.median), human(times.p95), f"{gap:.0e}"]
    cells.append(f"{case.batch / times.median:,.0f}" if case.batch > 1 else "")
    if case.peer and not there:
        paths: list[ThinPath] = []

        def peer(i: int) -> None:
            paths.append(thin_pid(inputs[i], *case.dims, steps=STEPS))

        other = repeat(peer, case.peer, warm_up=False)
        worst = max(abs(float(path.error[-1])) for path in paths)
        cells += [human(other.median), f"{other.median / times.median:,.0f}x", f"{worst:.0e}"]
    else:
        cells += ["", "", ""]
    met = "" if case.target is None else f"{human(case.target)} {'met' if times.median < case.target else 'MISSED'}"
    return [*cells, met]


def main() -> None:
    """Print the table."""
    made = parser(__doc__)
    made.add_argument("--quick", action="store_true", help="leave out the large ones")
    options = parse(made)
    heads = ["system", "median", "p95", "gap", "a second", "Thin-PID", "ratio", "its error", "target"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for case in CASES:
        if options.quick and sum(case.dims) > 60:
            continue
        print("| " + " | ".join(row(case, options.device)) + " |", flush=True)


if __name__ == "__main__":
    main()

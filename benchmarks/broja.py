"""BROJA side by side with general conic solvers, all on one thread: times, ratios, certified gaps, memory.

    python -m benchmarks.broja [--device cuda] [--quick]

Tables are drawn from the flat Dirichlet distribution, a new one for every repetition; ours is the whole public call
`mmexplore.pid`, checks and informations included, at its default tolerance of 1e-9 bit, on NumPy arrays, or with `--device cuda`
on torch tensors there. The peers, Clarabel and ECOS, solve
the exponential-cone program of `benchmarks.peers` at the accuracy 1e-9, program building included. Of a batch the
peers solve a few tables, and their time is scaled to the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.peers import clarabel_union, ecos_union
from benchmarks.timing import human, peak_memory, repeat

PEERS: dict[str, Callable[[np.ndarray], float]] = {"Clarabel": clarabel_union, "ECOS": ecos_union}


@dataclass(frozen=True)
class Case:
    """One row: tables of a shape, how many in one call, how often, and what is allowed; peers by repetitions."""

    shape: tuple[int, int, int]
    batch: int
    repetitions: int
    target: float | None
    peers: tuple[int, int]  # repetitions of Clarabel and ECOS; 0: stopped after 75 s when tried
    tolerance: float = 1e-9

    @property
    def name(self) -> str:
        """For the table."""
        name = "x".join(map(str, self.shape)) + (f", tolerance {self.tolerance:g}" if self.tolerance != 1e-9 else "")
        return name if self.batch == 1 else f"{self.batch:,} of {name}"

    def tables(self, seed: int) -> np.ndarray:
        """Random tables, (batch, n1, n2, ny); one alone without the batch axis."""
        rng = np.random.default_rng(seed)
        p = rng.dirichlet(np.ones(int(np.prod(self.shape))), size=self.batch).reshape(self.batch, *self.shape)
        return p if self.batch > 1 else p[0]


CASES = (
    Case((2, 2, 2), 1, 200, 1e-3, (30, 30)),
    Case((4, 4, 4), 1, 100, 3e-3, (20, 20)),
    Case((8, 8, 8), 1, 50, 8e-3, (5, 5)),
    Case((12, 12, 12), 1, 20, None, (2, 1)),
    Case((16, 16, 16), 1, 15, 40e-3, (1, 0)),
    Case((32, 32, 32), 1, 5, 1.0, (0, 0)),
    Case((64, 64, 8), 1, 5, 0.6, (1, 1)),
    Case((200, 200, 2), 1, 5, None, (1, 1)),
    Case((2, 2, 2), 3721, 15, 10e-3, (30, 30), 1e-6),
    Case((2, 2, 2), 100_000, 5, 0.4, (30, 30)),
    Case((4, 4, 4), 10_000, 3, 2.5, (20, 20)),
    Case((20, 20, 2), 400, 3, 1.0, (2, 2)),
)

MEMORY = """
import numpy as np, mmexplore as mm
from benchmarks.broja import CASES
case = CASES[{index}]
mm.pid(np.full((3, 3, 3), 1 / 27))
p = case.tables(0)
# measured
mm.pid(p, tolerance=case.tolerance)
"""


def row(index: int, case: Case, device: str) -> list[str]:
    """One line of the table."""
    tables = [_on(case.tables(seed), device) for seed in range(min(case.repetitions, 20))]
    gaps: list[float] = []
    missed = 0

    def ours(i: int) -> None:
        nonlocal missed
        result = mm.pid(tables[i % len(tables)], tolerance=case.tolerance)
        gaps.append(float(np.max(_back(result.gap))))
        missed += int(np.sum(~np.asarray(_back(result.converged), dtype=bool)))

    times = repeat(ours, case.repetitions, device=device)
    cells = [
        case.name,
        human(times.median),
        human(times.p95),
        "-" if case.target is None else f"{human(case.target)} {'yes' if times.median < case.target else '**no**'}",
        f"{max(gaps):.1e}" + (f" ({missed} missed)" if missed else ""),
    ]
    for (_, peer), repetitions in zip(PEERS.items(), case.peers, strict=True):
        if repetitions == 0:
            cells += ["skipped (> 60 s)", "-"]
            continue
        singles = case.tables(0).reshape(-1, *case.shape)
        peer_times = repeat(
            lambda i, _p=peer, _s=singles: _p(_s[i % len(_s)]),  # type: ignore[misc]
            repetitions,
            warm_up=repetitions > 1,
        )
        seconds = peer_times.median * case.batch
        cells += [human(seconds), f"{seconds / times.median:.3g}"]
    memory = "-" if device == "cuda" else f"{peak_memory(MEMORY.format(index=index)):.0f} MiB"
    return [*cells, memory]


def _on(p: np.ndarray, device: str) -> Any:
    """The tables as they are, or as a torch tensor on a GPU."""
    if device == "cpu":
        return p
    import torch

    return torch.as_tensor(p, device=device)


def _back(x: Any) -> Any:
    """A number or array on this machine's own memory."""
    return array_api_compat.to_device(x, "cpu").numpy() if array_api_compat.is_torch_array(x) else x


def lines(quick: bool, device: str) -> Iterator[str]:
    """The Markdown table, line by line as it is measured."""
    head = ["tables", "ours, median", "p95", "target met", "largest certified gap (bit)"]
    head += [cell for name in PEERS for cell in (name, "ratio")] + ["peak memory"]
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for index, case in enumerate(CASES):
        if quick and case.repetitions < 10:
            continue
        yield "| " + " | ".join(row(index, case, device)) + " |"


def main() -> None:
    """Command line."""
    made = parser(__doc__)
    made.add_argument("--quick", action="store_true", help="small sizes only")
    arguments = parse(made)
    for line in lines(arguments.quick, arguments.device):
        print(line, flush=True)


if __name__ == "__main__":
    main()

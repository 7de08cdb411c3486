"""Many tables through one solver: drawn one by one, solved in chunks, with progress and stop between chunks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mmexplore.estimators.tables.resampling import Draw, stream
from mmexplore.info.pid import pid
from mmexplore.info.tables import mutual_information
from mmexplore.types import ATOMS, INFORMATIONS, PID

Progress = Callable[[float, str], None]  # share of the work done, and what is being done
Stop = Callable[[], bool]
NAMES = (*ATOMS, *INFORMATIONS, "union")

# Of one chunk, at most: tenths of a second between two looks at `should_stop`. Not paced by the clock: in the last digits a solver's
# answers may depend on which tables it is given together, and the same settings are to give the same numbers on a busy machine, too.
_CELLS = 40_000
_MEMBERS = 100


def tolerance_for(n: int) -> float:
    """Certified gap asked of replicates, in bits: 1e-6, or a hundredth of what one row in n weighs where that is less."""
    return float(np.clip(0.01 / n, 1e-9, 1e-6))


@dataclass
class Desk:
    """The work in hand: how much there is, how much is done, whether to go on, and where networks are computed."""

    total: int
    progress: Progress | None = None
    should_stop: Stop | None = None
    device: str | None = None
    done: int = 0
    stopped: bool = False
    gaps: list[float] = field(default_factory=list)
    unconverged: int = 0

    def look(self, what: str) -> bool:
        """Tell how far the work is; whether to go on."""
        if self.progress is not None:
            self.progress(min(1.0, self.done / max(1, self.total)), what)
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return not self.stopped

    def finish(self) -> None:
        """Tell that all is done, unless it was stopped."""
        if self.progress is not None and not self.stopped:
            self.progress(1.0, "Done")

    def note(self, r: PID) -> None:
        """Remember the certified gaps of solved replicates (nan where the measure has no certificate)."""
        gap = np.asarray(r.gap)
        if np.isfinite(gap).any():
            self.gaps.append(float(np.nanmax(gap)))
        self.unconverged += int(np.count_nonzero(~np.asarray(r.converged)))


def values_of(r: PID) -> dict[str, np.ndarray]:
    """Atoms, informations and union information of a batch, shape (batch,) each."""
    return {name: np.asarray(getattr(r, name), dtype=np.float64) for name in NAMES}


@dataclass(frozen=True)
class Solver:
    """How replicates of one table are decomposed.

    Attributes:
        measure: the definition.
        tolerance: certified gap asked for, in bits.
        plugin: decomposition of the table itself, for replicates that keep its pairs.
    """

    measure: str
    tolerance: float
    plugin: PID

    def all(self, stack: np.ndarray, desk: Desk) -> dict[str, np.ndarray]:
        """Decompose a stack of tables of counts or shares, shape (batch, n1, n2, ny)."""
        r = pid(stack, self.measure, tolerance=self.tolerance)
        desk.note(r)
        return values_of(r)

    def same_pairs(self, stack: np.ndarray, desk: Desk) -> dict[str, np.ndarray]:
        """The same where p(x1, y) and p(x2, y) are those of the table: BROJA's I* is a function of these, and stays."""
        if self.measure != "broja":
            return self.all(stack, desk)
        batch, n1, n2, ny = stack.shape
        i12 = mutual_information(stack.reshape(batch, n1 * n2, ny) / stack[0].sum(), np)
        constant = {name: np.full(batch, float(getattr(self.plugin, name))) for name in NAMES}
        return constant | {"i12": i12, "synergy": i12 - float(self.plugin.union)}


Solve = Callable[[np.ndarray, Desk], dict[str, np.ndarray]]


def replicate(
    draw: Draw,
    count: int,
    solve: Solve,
    desk: Desk,
    *,
    seed: int,
    name: str,
    what: str,
    chunk: int = 0,
) -> dict[str, np.ndarray]:
    """Draw and solve up to `count` tables; fewer if told to stop.

    Args:
        draw: from a random stream to a count table.
        count: number of replicates.
        solve: from a stack of tables to values.
        desk: progress and stop.
        seed, name: of the random streams; replicate k has its own.
        what: said with the progress.
        chunk: tables solved together; 0: as many as their size allows. Changes numbers by less than the solver's tolerance.

    Returns:
        values of the replicates that were done, shape (done,) each.
    """
    parts: list[dict[str, np.ndarray]] = []
    at, members = 0, chunk or 1
    while at < count and desk.look(what):
        tables = [draw(stream(seed, name, k)) for k in range(at, min(at + members, count))]
        parts.append(solve(np.stack(tables), desk))
        at += len(tables)
        desk.done += len(tables)
        if not chunk:
            members = max(1, min(16 * members, _MEMBERS, _CELLS // tables[0].size))
    if not parts:
        return {key: np.empty(0) for key in NAMES}
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}

"""A study's rows as the measurements they are: informations and decompositions that need no bins, each under its own assumption.

- Informations I(X1;Y), I(X2;Y), I(X1,X2;Y) by every cheap estimator of `mmexplore.estimators.mi` that takes the target.
- Decompositions by those of `mmexplore.estimators.pids` that train nothing (a class label has none of these).
- What the informations alone allow: any definition with atoms of at least 0 keeps to
  max(0, I1 + I2 - I12) <= R <= min(I1, I2); the other atoms follow. No model and no definition is needed for that.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData, MmexploreError, Unsupported
from mmexplore.estimators.estimate_pid import PIDEstimate, estimate_pid
from mmexplore.estimators.independent import Independent, independent_rows
from mmexplore.estimators.mi import REGISTRY as INFORMATION
from mmexplore.estimators.mi import MutualInformation, mutual_information
from mmexplore.estimators.pids import REGISTRY as DECOMPOSITION
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.estimators.tables.resampling import stream
from mmexplore.estimators.watching import Interrupted
from mmexplore.labs.yourdata.measured_settings import FEW_VALUES, target_kind
from mmexplore.labs.yourdata.sampling import placed, sampling_of
from mmexplore.labs.yourdata.study import Study, change
from mmexplore.tabular import Dataset
from mmexplore.types import INFORMATIONS
from mmexplore.whatif.conditioned import count, listed

MANY_COORDINATES = 20
INFORMED_BY = ("ksg", "copula", "gaussian")
DECOMPOSED_BY = ("gaussian", "copula", "hybrid")
AGAINST = (
    "Repeated values",
    "Impossible",
    "Outside its assumption",
    "Not Gaussian",
)  # begin warnings of estimators with a model
_AS_GIVEN = {"hybrid": {"maps": "copula"}}  # no flow is trained here


@dataclass(frozen=True)
class Measured:
    """Rows as numbers.

    Attributes:
        name: of the data.
        x1, x2: measurements, float64 (n, d).
        y: measurements (n,), or classes from 0 up (n,).
        target: what y is, ``"scalar"`` or ``"label"``.
        columns1, columns2, column_y: names.
        classes: names of the classes; empty for a measurement.
        said: what was done and what may mislead, in sentences.
        free: which of the complete rows these are, and by how much their intervals are stretched.
    """

    name: str
    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    target: str
    columns1: tuple[str, ...]
    columns2: tuple[str, ...]
    column_y: str
    classes: tuple[str, ...]
    said: tuple[str, ...]
    free: Independent

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)

    def identity(self) -> str:
        """A short hash of the numbers themselves."""
        held = hashlib.sha256(self.target.encode())
        for array in (self.x1, self.x2, self.y):
            held.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return held.hexdigest()[:16]

    def arrays(self) -> dict[str, np.ndarray]:
        """As a run takes them; classes by their names, so that they are taken for nothing else."""
        y = np.array(self.classes)[self.y] if self.target == "label" else self.y
        return {"x1": self.x1, "x2": self.x2, "y": y}


def measured(study: Study, dataset: Dataset) -> Measured:
    """The rows of a study, after its what-ifs, as numbers; columns that are none are left out and named.

    Raises:
        Unsupported: a table of counts or probabilities, or a modality without numbers.
        BadData: a target that cannot be what is asked, or too few complete rows.
    """
    import pandas as pd

    if dataset.kind == "table":
        raise Unsupported("these are counts of states, not measurements: there is nothing to tell without states")
    changed, roles = change(study, dataset)
    said = list(changed.sentences)
    frames = []
    for name, frame in (("modality 1", changed.x1), ("modality 2", changed.x2)):
        numeric = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
        varying = [c for c in numeric if frame[c].nunique(dropna=True) > 1]
        left = [str(c) for c in frame.columns if c not in varying]
        if not varying:
            raise Unsupported(
                f"{name} has no measured column ({listed([str(c) for c in frame.columns])}): labels have no density. The table of "
                "states above is the whole answer for them"
            )
        if all(frame[c].nunique(dropna=True) <= FEW_VALUES for c in varying):
            raise Unsupported(
                f"{name} has no column of more than {FEW_VALUES} different values: these are states already. The table of states above "
                "is the whole answer for them"
            )
        if left:
            said.append(f"Of {name}, {count(len(left), 'column')} without varying numbers left out: {listed(left)}")
        frames.append(frame[varying])
    y = changed.y
    kind = target_kind(y, study.target_as)
    # by position: after a shift or a shuffle the three carry the row labels of different rows of the file
    gaps = [frame.isna().any(axis=1).to_numpy() for frame in frames]
    there = ~(gaps[0] | gaps[1] | pd.isna(y).to_numpy()) & placed(study, dataset, changed.rows)
    if not there.all():
        said.append(f"{count(int((~there).sum()), 'row')} with a missing value left out")
    if there.sum() < 20:
        raise BadData(f"{int(there.sum())} complete rows; allowed: at least 20, better hundreds")
    x1, x2 = (frame.to_numpy(dtype=np.float64, na_value=np.nan)[there] for frame in frames)
    values = y[there]
    of_target = pd.factorize(values)[0].astype(np.int64) if kind == "label" else values.to_numpy(dtype=np.float64)
    sampling = sampling_of(study, dataset, roles, changed.rows[there])
    free = independent_rows((x1, x2, of_target), sampling, study.seed)
    if free.words:
        said.append(free.words)
    x1, x2, values = x1[free.rows], x2[free.rows], values.iloc[free.rows]
    classes: tuple[str, ...] = ()
    if kind == "label":
        codes, found = pd.factorize(values, sort=True)
        target, classes = np.asarray(codes, dtype=np.int64), tuple(str(c) for c in found)
    else:
        target = values.to_numpy(dtype=np.float64)
    return Measured(
        name=dataset.name,
        x1=x1,
        x2=x2,
        y=target,
        target=kind,
        columns1=tuple(map(str, frames[0].columns)),
        columns2=tuple(map(str, frames[1].columns)),
        column_y=roles.y[0],
        classes=classes,
        said=tuple(said),
        free=free,
    )


@dataclass(frozen=True)
class WithoutBins:
    """What measurements tell without bins, in bits.

    Attributes:
        n, dims, target: rows, columns of x1 and x2, and what y is.
        informations: estimator -> I1, I2, I12.
        pids: estimator -> its decomposition.
        refused: estimator -> why it gave nothing.
        trusted: the estimator whose informations are trusted most here (`trust`); empty where there is none.
        allowed: ends of each atom that these informations alone allow; empty without.
        said: what was done and what may mislead.
        stopped: whether it was stopped before all was done.
        seconds: wall time.
    """

    n: int
    dims: tuple[int, int]
    target: str
    informations: dict[str, dict[str, MutualInformation]]
    pids: dict[str, PIDEstimate]
    refused: dict[str, str]
    trusted: str
    allowed: dict[str, Interval]
    said: tuple[str, ...]
    stopped: bool
    seconds: float

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every estimator's warnings, each once, with who says so; those on all informations together first."""
        told: dict[str, list[str]] = {}
        for name, parts in self.informations.items():
            for part in ("i12", "i1", "i2"):
                for sentence in parts[part].warnings if part in parts else ():
                    # one kind of warning is enough from one estimator
                    if not any(sentence.split(":")[0] == s.split(":")[0] for s, who in told.items() if name in who):
                        told.setdefault(sentence, []).append(name)
        for name, found in self.pids.items():
            for sentence in found.warnings:
                told.setdefault(sentence, []).append(name)
        return tuple(f"{' and '.join(dict.fromkeys(who))}: {sentence}" for sentence, who in told.items())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "dims": list(self.dims),
            "target": self.target,
            "unit": "bit",
            "informations": {
                name: {part: one.to_dict() for part, one in parts.items()} for name, parts in self.informations.items()
            },
            "decompositions": {name: one.to_dict() for name, one in self.pids.items()},
            "refused": self.refused,
            "trusted": self.trusted,
            "allowed": {name: list(ends) for name, ends in self.allowed.items()},
            "said": list(self.said),
            "stopped": self.stopped,
            "seconds": self.seconds,
        }


def without_bins(
    rows: Measured,
    study: Study,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> WithoutBins:
    """Every cheap estimator that takes these rows; what was done is returned where it is stopped."""
    start = time.perf_counter()
    work = _work(rows, study)
    said = list(rows.said)
    used = _rows_for_neighbours(rows, study)
    if len(used) < rows.n:
        said.append(f"Neighbours are counted in {len(used):,} rows drawn from {rows.n:,}; the other estimators use all")
    few = _take(rows, used)
    informations: dict[str, dict[str, MutualInformation]] = {}
    pids: dict[str, PIDEstimate] = {}
    refused: dict[str, str] = {}
    stopped = False
    stop: Stop = should_stop or (lambda: False)
    for k, (name, part, call) in enumerate(work):

        def tell(share: float, words: str, k: int = k) -> None:
            if progress is not None:
                progress((k + share) / len(work), words)

        if stop():
            stopped = True
            break
        tell(0.0, f"{part} by {name}")
        try:
            found = call(few if name in ("ksg", "hybrid") else rows, tell, stop)
        except Interrupted:
            stopped = True
            break
        except MmexploreError as error:
            refused[name] = str(error)
            continue
        stopped = stopped or getattr(found, "stopped", False)
        if isinstance(found, PIDEstimate):
            ends = {k: rows.free.widened(v, float(getattr(found.value, k))) for k, v in found.intervals.items()}
            pids[name] = dataclasses.replace(found, intervals=ends)
        else:
            interval = None if found.interval is None else rows.free.widened(found.interval, found.mi)
            informations.setdefault(name, {})[part] = dataclasses.replace(found, interval=interval)
    whole = {name: parts for name, parts in informations.items() if len(parts) == len(INFORMATIONS)}
    trusted, why = trust(whole, rows.target)
    if trusted:
        said.append(f"Trusted for what any definition allows: {trusted}, since {why}")
    elif whole:
        said.append(
            "No estimator is trusted here: the rows contradict what each of them assumes, so no bounds are drawn from them"
        )
    return WithoutBins(
        n=rows.n,
        dims=(rows.x1.shape[1], rows.x2.shape[1]),
        target=rows.target,
        informations=whole,
        pids=pids,
        refused=refused,
        trusted=trusted,
        allowed=allowed(whole[trusted]) if trusted else {},
        said=tuple(said),
        stopped=stopped,
        seconds=time.perf_counter() - start,
    )


Call = Callable[[Measured, Progress, Stop], Any]


def _work(rows: Measured, study: Study) -> list[tuple[str, str, Call]]:
    """Estimator, what it gives, and how it is called."""
    pair = "mixed" if rows.target == "label" else "numbers"
    work: list[tuple[str, str, Call]] = []
    for name in INFORMED_BY:
        if pair in INFORMATION[name].takes:
            own = {"neighbours": study.neighbours} if name == "ksg" else {}
            work += [(name, part, _information(name, part, study, own)) for part in INFORMATIONS]
    for name in DECOMPOSED_BY:
        if rows.target in DECOMPOSITION[name].targets:
            work.append((name, "decomposition", _decomposition(name, study)))
    return work


def _information(name: str, part: str, study: Study, own: Mapping[str, Any]) -> Call:
    def call(rows: Measured, progress: Progress, stop: Stop) -> MutualInformation:
        x = {"i1": rows.x1, "i2": rows.x2}.get(part)
        x = np.concatenate([rows.x1, rows.x2], axis=1) if x is None else x
        kind = "label" if rows.target == "label" else "number"
        return mutual_information(
            x,
            rows.y,
            name,
            x_kind="number",
            y_kind=kind,
            time=False,  # `measured` took rows that are independent
            level=study.level,
            seed=study.seed,
            progress=progress,
            should_stop=stop,
            **own,
        )

    return call


def _decomposition(name: str, study: Study) -> Call:
    def call(rows: Measured, progress: Progress, stop: Stop) -> PIDEstimate:
        values: dict[str, Any] = {"level": study.level, "seed": study.seed, **_AS_GIVEN.get(name, {})}
        return estimate_pid(
            rows.x1,
            rows.x2,
            rows.y,
            name,
            target="scalar",
            device="cpu",
            progress=progress,
            should_stop=stop,
            **values,
        )

    return call


def _rows_for_neighbours(rows: Measured, study: Study) -> np.ndarray:
    """Which rows neighbours are counted in: fewer where columns are many, each being a pass over all pairs."""
    most = study.most_rows
    if rows.x1.shape[1] + rows.x2.shape[1] > MANY_COORDINATES:
        most = min(most, 2000)
    if rows.n <= most:
        return np.arange(rows.n)
    return np.sort(stream(study.seed, "without bins").choice(rows.n, most, replace=False))


def _take(rows: Measured, kept: np.ndarray) -> Measured:
    if len(kept) == rows.n:
        return rows
    return dataclasses.replace(rows, x1=rows.x1[kept], x2=rows.x2[kept], y=rows.y[kept])


def trust(found: Mapping[str, Mapping[str, MutualInformation]], target: str) -> tuple[str, str]:
    """Whose informations to trust, and why; empty where nobody's.

    Neighbours see any dependence and repeated values as they are. The copula comes before them where its I12 of a measured target is larger
    than their interval allows, or than their value where coordinates are many: they lean down then. An estimator that the data contradict
    (repeated values, curved dependence, more than the label holds) is never trusted, whatever else there is.
    """
    sound = {name: parts for name, parts in found.items() if not contradicted(parts)}
    near, ranked = sound.get("ksg"), sound.get("copula")
    if near is not None and ranked is not None and target != "label":
        interval, most = near["i12"].interval, ranked["i12"].mi
        if interval is not None and most > interval.high:
            return (
                "copula",
                "neighbours find less, which lean down, and nothing in the rows speaks against Gaussian ranks",
            )
        if any(w.startswith("Dimension") for w in near["i12"].warnings) and most > near["i12"].mi:
            return (
                "copula",
                "neighbours lean down with this many coordinates, and nothing in the rows speaks against Gaussian ranks",
            )
    for name, why in (("ksg", "neighbours"), ("copula", "ranks"), ("gaussian", "correlations")):
        if name in sound:
            doubt = contradicted(found["copula"]) if name == "ksg" and "copula" in found else ""
            return (
                name,
                f"the ranks' own check fails ({doubt.split(':')[0].lower()})" if doubt else f"{why} fit these columns",
            )
    return "", ""


def contradicted(parts: Mapping[str, MutualInformation]) -> str:
    """The first warning by which the rows contradict what an estimator assumes; empty where there is none."""
    with_model = (one for one in parts.values() if one.estimator != "ksg")
    return next((w for one in with_model for w in one.warnings if w.startswith(AGAINST)), "")


def allowed(parts: Mapping[str, MutualInformation]) -> dict[str, Interval]:
    """Ends of each atom that I1, I2 and I12 alone allow, in bits; estimates below 0 count as 0, and I12 as at least I1 and I2."""
    i1, i2 = (max(0.0, parts[name].mi) for name in ("i1", "i2"))
    i12 = max(parts["i12"].mi, i1, i2)
    low, high = max(0.0, i1 + i2 - i12), min(i1, i2)
    return {
        "redundancy": Interval(low, high),
        "unique1": Interval(i1 - high, i1 - low),
        "unique2": Interval(i2 - high, i2 - low),
        "synergy": Interval(max(0.0, i12 - i1 - i2 + low), max(0.0, i12 - i1 - i2 + high)),
    }

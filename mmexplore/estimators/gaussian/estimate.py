"""From rows to the Gaussian decomposition of their population: bias removed, ties bracketed, intervals drawn.

The value: Wishart-corrected informations, and the union information's upper end less its bias under a parametric bootstrap (draws of
scatter matrices from the estimated covariance), kept within the bracket of `mmexplore.estimators.gaussian.bracket`.

Intervals of level L: lower end of the bracket less, upper end plus, z_L standard deviations of that end over the bootstrap. Where
channels tie, plug-in bootstrap intervals miss the truth (U is 0 and its estimates are all above); these do not centre on it.
Coverage of 95 % intervals in simulations (150 samples of 100 rows from each of nine systems of 3 to 15 coordinates, ties among them,
100 bootstraps): 0.91 to 1 for every atom and every information; over-wide where informations are 0.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.devices import on_host
from mmexplore.estimators.gaussian.bracket import Dims, Ends, crossfit_possible, ends, posteriors, shift
from mmexplore.estimators.gaussian.checks import as_rows, sample_warnings
from mmexplore.estimators.gaussian.wishart import HALF_BIT, draw_scatter
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Desk, Progress, Stop
from mmexplore.estimators.tables.resampling import stream
from mmexplore.info.broja.linalg import one_thread
from mmexplore.info.gaussian import GaussianPID, gaussian_pid
from mmexplore.info.gaussian.singular import independent_rows
from mmexplore.spec import Spec, param
from mmexplore.types import ATOMS, INFORMATIONS, PID, Atoms

FEWEST = 20  # bootstraps for an interval
SINGULAR_ROOT = 3e-7  # of a column of variance 1: less is left of one that is a linear function of others
_NUMBERS = 4_000_000  # of one chunk of draws


@dataclass(frozen=True)
class GaussianSettings(Spec):
    """How a Gaussian estimate is made."""

    folds: int = param(
        5, label="Folds", low=2, high=20, step=1, help="Of the cross-fit lower end; fewer where rows are few."
    )
    bootstraps: int = param(
        200, label="Bootstraps", low=0, high=5000, step=50, help="Scatter matrices drawn, for the intervals; 0: none."
    )
    level: float = param(0.95, label="Level", low=0.5, high=0.999, step=0.01, help="How often intervals should cover.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of every random draw.")


@dataclass(frozen=True)
class GaussianEstimate:
    """A Gaussian decomposition estimated from rows, in bits.

    Attributes:
        settings: how it was made.
        n: rows.
        dims: d1, d2, dy.
        plugin: closed form of the sample covariance, standardised columns; its certificate speaks of these rows.
        value: corrected decomposition, without a certificate.
        bracket: cross-fit and Wishart-corrected ends of every atom; the truth lies between them on average.
        intervals: of every atom and information, sampling error included; empty without bootstraps.
        draws: bootstrap values of `value`'s atoms and informations, shape (done,) each.
        spectrum: plug-in spectrum without its bias, shape (dy,); without columns of y that are linear functions of others.
        null_band: values of the spectrum closer to 0 than this are ties as far as these rows tell, shape (dy,).
        warnings: sentences on what may mislead.
        stopped: whether the work was stopped before all bootstraps were done.
        seconds: wall time.
    """

    settings: GaussianSettings
    n: int
    dims: Dims
    plugin: GaussianPID
    value: PID
    bracket: dict[str, Interval]
    intervals: dict[str, Interval]
    draws: dict[str, np.ndarray]
    spectrum: np.ndarray
    null_band: np.ndarray
    warnings: tuple[str, ...]
    stopped: bool
    seconds: float

    @property
    def ties(self) -> np.ndarray:
        """Which combinations of the target neither modality is seen to know better, shape (dy,)."""
        return np.abs(self.spectrum) < self.null_band

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON, without the replicates."""
        return {
            "settings": {p.name: getattr(self.settings, p.name) for p in self.settings.parameters()},
            "n": self.n,
            "dims": list(self.dims),
            "unit": "bit",
            "value": self.value.to_dict(),
            "plugin": self.plugin.to_dict(),
            "bracket": {name: list(interval) for name, interval in self.bracket.items()},
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "bootstraps_done": len(next(iter(self.draws.values()), ())),
            "spectrum": self.spectrum.tolist(),
            "null_band": [float(v) if np.isfinite(v) else None for v in self.null_band],
            "ties": self.ties.tolist(),
            "warnings": list(self.warnings),
            "stopped": self.stopped,
            "seconds": self.seconds,
        }


def gaussian_pid_from_samples(
    x1: Any,
    x2: Any,
    y: Any,
    settings: GaussianSettings | None = None,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    **values: Any,
) -> GaussianEstimate:
    """Estimate the Gaussian decomposition of the population that the rows were drawn from, in bits.

    Args:
        x1, x2, y: measurements, shape (n,) or (n, d) each, the same rows.
        settings: how; see `GaussianSettings`.
        progress: called with the share of the work done and a few words.
        should_stop: asked between chunks of bootstraps; once it says True, what is done is returned with `stopped`.
        values: settings to change, for instance ``bootstraps=500``.

    Raises:
        BadData: not numbers, missing values, rows that do not match or are too few, constant or repeated columns.
        BadSpec: a setting is unknown or out of range.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=(2000, 2))
    >>> e = gaussian_pid_from_samples(y[:, 0] + rng.normal(size=2000), y[:, 1] + rng.normal(size=2000), y)
    >>> round(e.value.unique1, 1), round(e.value.unique2, 1), e.intervals["unique1"].low < 0.5 < e.intervals["unique1"].high
    (0.5, 0.5, True)
    """
    start = time.perf_counter()
    settings = _changed(settings or GaussianSettings(), values)
    x1, x2, y = (on_host(rows) for rows in (x1, x2, y))
    given, asked = as_rows(x1, x2, y)
    rows, dims, whole = _without_repeats(given, asked)
    n = len(rows)
    desk = Desk(settings.bootstraps, progress, should_stop)
    with one_thread(np, 0):
        seen, drawn, ratios = _ends_and_draws(rows, dims, settings, desk)
    plugin = _alone(seen.plugin)
    spectrum = plugin.spectrum - shift(dims, n - 1)
    plugin = whole if whole.limit else plugin
    band = _null_band(ratios, dims[2])
    tied = int((np.abs(spectrum) < band).sum()) if len(ratios) else 0
    warnings = sample_warnings(given, asked, np.asarray(y, dtype=np.float64).reshape(n, -1))
    if whole.limit:
        warnings = [whole.limit, *(w for w in warnings if not w.startswith("Nearly singular"))]
    warnings += _bracket_warnings(seen, rows.shape, tied, dims)
    over = float(np.mean(drawn.upper)) - float(plugin.union) if drawn is not None else None
    value = _value(seen, plugin, over, start)
    desk.finish()
    return GaussianEstimate(
        settings=settings,
        n=n,
        dims=asked,
        plugin=plugin,
        value=value,
        bracket=_between(_at_both_ends(seen), 0.0, {}),
        intervals={} if drawn is None else _intervals(seen, drawn, value, settings.level),
        draws={} if drawn is None or over is None else _draws(drawn, over),
        spectrum=spectrum,
        null_band=band,
        warnings=tuple(warnings),
        stopped=desk.stopped,
        seconds=time.perf_counter() - start,
    )


def _changed(settings: GaussianSettings, values: dict[str, Any]) -> GaussianSettings:
    """The settings with some of them changed; an unknown one is refused by name."""
    for name in values:
        settings.parameter(name)
    return settings.replace(**values)


def _without_repeats(rows: np.ndarray, dims: Dims) -> tuple[np.ndarray, Dims, GaussianPID]:
    """Rows without the columns that are linear functions of others of their block, their dimensions, and the closed form of all rows.

    Raises:
        BadData: an information is infinite.
    """
    covariance = rows.T @ rows / (len(rows) - 1)
    whole = gaussian_pid(covariance, *dims)
    if not whole.limit:
        return rows, dims, whole
    kept = independent_rows(covariance * (len(rows) - 1) / len(rows), dims)
    taken = [*kept.x1, *kept.x2, *kept.y]
    return rows[:, taken], (len(kept.x1), len(kept.x2), len(kept.y)), whole


def _root(covariance: np.ndarray) -> np.ndarray:
    """A factor of a covariance, (p, rank)."""
    try:
        factor = np.linalg.cholesky(covariance)
        if np.diag(factor).min() > SINGULAR_ROOT:
            return np.asarray(factor)
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(covariance)
    varying = values > SINGULAR_ROOT**2
    return np.asarray(vectors[:, varying] * np.sqrt(values[varying]))


def _ends_and_draws(
    rows: np.ndarray, dims: Dims, settings: GaussianSettings, desk: Desk
) -> tuple[Ends, Ends | None, np.ndarray]:
    """The ends of the bracket from these rows and from samples like them, and the spectrum of those samples."""
    folds, fold_dof, rest, rest_dof = _scatters(rows, settings, dims)
    seen = ends(folds[None], fold_dof, rest[None], rest_dof, dims)
    covariance = (folds.sum(axis=0) + rest) / (len(rows) - 1)
    return seen, *_bootstrap(covariance, fold_dof, rest_dof, dims, seen.plugin, settings, desk)


def _bracket_warnings(seen: Ends, shape: tuple[int, ...], tied: int, dims: Dims) -> list[str]:
    """What the bracket does not say: a missing lower end, and channels that these rows cannot tell apart."""
    warnings = []
    if not seen.folded:
        warnings.append(
            f"No lower bound: {shape[0]:,} rows cannot be divided into folds for {shape[1]} coordinates; unique parts are bounded by 0 below."
        )
    if tied:
        warnings.append(
            f"Ties: {tied} of {dims[2]} combinations of the target lie inside the null band, so these rows do not tell which modality "
            "knows them better; there unique parts are over-stated by the plug-in, and the truth may be 0."
        )
    return warnings


def _value(seen: Ends, plugin: GaussianPID, over: float | None, start: float) -> PID:
    """The corrected decomposition, which has no certificate.

    Its union information is the upper end less `over`, that end's bias; the middle of the bracket where no bias is known. `start` is
    when the work began.
    """
    middle = 0.5 * (seen.lower + seen.upper) if over is None else seen.upper - over
    return PID(
        i1=float(seen.i1[0]),
        i2=float(seen.i2[0]),
        i12=float(seen.i12[0]),
        union=float(np.clip(middle, seen.lower, seen.upper)[0]),
        union_lower=float("nan"),
        union_upper=float("nan"),
        measure=plugin.measure,
        certificate="none",
        converged=bool(plugin.converged),
        tolerance=0.0,
        iterations=0,
        seconds=time.perf_counter() - start,
    )


def _intervals(seen: Ends, drawn: Ends, value: PID, level: float) -> dict[str, Interval]:
    """Of every atom from end to end of its bracket and beyond, of every information about its value."""
    from scipy.stats import norm

    z = float(norm.isf(0.5 * (1 - level)))
    intervals = _between(_at_both_ends(seen), z, _at_both_ends(drawn))
    for name in INFORMATIONS:
        half = z * float(getattr(drawn, name).std(ddof=1))
        centre = float(getattr(value, name))
        intervals[name] = Interval(max(0.0, centre - half), max(0.0, centre + half))
    return intervals


def _draws(drawn: Ends, over: float) -> dict[str, np.ndarray]:
    """The bootstrap's values, corrected as the value itself is: its upper end less its bias, kept within its bracket."""
    atoms = _atoms(drawn, np.clip(drawn.upper - over, drawn.lower, drawn.upper))
    return atoms | {name: getattr(drawn, name) for name in INFORMATIONS}


def _scatters(
    rows: np.ndarray, settings: GaussianSettings, dims: Dims
) -> tuple[np.ndarray, list[int], np.ndarray, int]:
    """Scatter within folds and between them; fewer folds than asked for where rows are few."""
    n = len(rows)
    order = stream(settings.seed, "folds").permutation(n)
    count = settings.folds
    while count > 2 and not crossfit_possible(dims, [n // count - 1], n - 1):
        count -= 1
    parts = [rows[part] for part in np.array_split(order, count)]
    centred = [part - part.mean(axis=0) for part in parts]
    folds = np.stack([c.T @ c for c in centred])
    between = np.stack([part.mean(axis=0) * np.sqrt(len(part)) for part in parts])  # the rows' mean is 0
    return folds, [len(part) - 1 for part in parts], between.T @ between, count - 1


def _bootstrap(
    covariance: np.ndarray,
    fold_dof: list[int],
    rest_dof: int,
    dims: Dims,
    plugin: GaussianPID,
    settings: GaussianSettings,
    desk: Desk,
) -> tuple[Ends | None, np.ndarray]:
    """Ends of samples drawn from the estimated covariance, and the spectrum along the estimated combinations, (done, dy)."""
    root = _root(covariance)
    chunk = int(np.clip(_NUMBERS // ((len(fold_dof) + 1) * covariance.size), 1, 50))
    done: list[Ends] = []
    ratios: list[np.ndarray] = []
    v = plugin.directions[0]
    while desk.done < settings.bootstraps and desk.look("Drawing scatter matrices"):
        rng = stream(settings.seed, "gaussian bootstrap", len(done))
        count = min(chunk, settings.bootstraps - desk.done)
        folds = np.stack([draw_scatter(root, dof, count, rng) for dof in fold_dof], axis=1)
        rest = draw_scatter(root, rest_dof, count, rng)
        done.append(ends(folds, fold_dof, rest, rest_dof, dims))
        given1, given2 = posteriors(folds.sum(axis=1) + rest, dims)
        along = [np.einsum("ji,bjk,ki->bi", v, given, v) for given in (given1, given2)]
        ratios.append(HALF_BIT * (np.log(along[1]) - np.log(along[0])))
        desk.done += count
    if desk.done < min(FEWEST, max(1, settings.bootstraps)):
        return None, np.empty((0, dims[2]))
    fields = [f.name for f in dataclasses.fields(Ends) if f.name not in ("plugin", "folded")]
    joined = {name: np.concatenate([getattr(e, name) for e in done]) for name in fields}
    return Ends(**joined, folded=all(e.folded for e in done), plugin=plugin), np.concatenate(ratios)


def _null_band(ratios: np.ndarray, dy: int) -> np.ndarray:
    """95 % of the largest value of a tied spectrum: the edge of a symmetric Gaussian random matrix, one entry's error as unit."""
    if not len(ratios):
        return np.full(dy, np.nan)
    return ratios.std(axis=0, ddof=1) * (np.sqrt(2 * dy) + 0.98 * dy ** (-1 / 6))


def _atoms(informations: Ends, union: np.ndarray) -> dict[str, np.ndarray]:
    """The four atoms of a union information."""
    return Atoms.of(informations.i1, informations.i2, informations.i12, union)._asdict()


def _at_both_ends(bracket: Ends) -> dict[str, dict[str, np.ndarray]]:
    """The atoms at the lower and at the upper end of the union information."""
    return {"lower": _atoms(bracket, bracket.lower), "upper": _atoms(bracket, bracket.upper)}


def _between(
    ends_of: dict[str, dict[str, np.ndarray]], z: float, drawn: dict[str, dict[str, np.ndarray]]
) -> dict[str, Interval]:
    """From one end of the union information to the other, z standard deviations of each beyond; cut at 0."""
    intervals = {}
    for name in ATOMS:
        low_end, high_end = ("lower", "upper") if name.startswith("unique") else ("upper", "lower")
        reach = [z * float(drawn[end][name].std(ddof=1)) if drawn else 0.0 for end in (low_end, high_end)]
        low, high = float(ends_of[low_end][name][0]) - reach[0], float(ends_of[high_end][name][0]) + reach[1]
        intervals[name] = Interval(max(0.0, low), max(0.0, high))
    return intervals


def _alone(batch: GaussianPID) -> GaussianPID:
    """The only member of a batch of one."""
    names = [f.name for f in dataclasses.fields(batch)]
    taken = {name: value[0] for name in names if isinstance(value := getattr(batch, name), np.ndarray)}
    return dataclasses.replace(batch, **{k: v.item() if v.ndim == 0 else v for k, v in taken.items()})

"""How many samples do PCA, PLS, CCA and regularised CCA need until their projections hold what two views share?

Each method makes k directions a view from sample covariances Cx, Cy, Cxy:

    PCA              leading eigenvectors of Cx and of Cy, each view by itself
    PLS              leading singular vectors of Cxy
    CCA              leading singular vectors of Cx^-1/2 Cxy Cy^-1/2 (pseudo-inverses while there are fewer rows than columns)
    regularised CCA  the same with (1 - r) C + r tr(C)/d I in place of C; r = 1 is PLS

and is judged on the population, without further sampling: since the views are linear and Gaussian, the share of the shared signals'
variance that k projections explain, and the information between the two views' projections, follow from the true covariances. How many
samples are needed also hangs on how the signals happen to be mixed into the columns, so that is drawn anew as well. PLS looks for what
co-varies most: large private signals that are uncorrelated in truth lead it astray for long, and with a weak shared signal for ever.
Setting: Abdelaleem, Roman, Martini & Nemenman 2023 (arXiv 2310.04458).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.linear_views import MOST_ROWS, LinearViews
from mmexplore.errors import BadSpec
from mmexplore.info.broja.linalg import one_thread
from mmexplore.units import NATS_PER_BIT

Array = npt.NDArray[np.float64]

METHODS = ("PCA", "PLS", "CCA", "regularised CCA")
ROWS = (8, 12, 18, 27, 40, 60, 100, 140, 220, 350, 600, 1000, 2000, 4000)
_RANK = 1e-10  # of the largest eigenvalue; below it a direction was never seen


@dataclass(frozen=True, eq=False)
class RetainedSignal:
    """What the projections keep, mean and spread over replicates; arrays of shape (methods, ...), the settings' shape behind.

    Attributes:
        methods: their names, in order.
        rows: rows of training, shape (len(rows),), the last axis of every array.
        signal: share of the shared signals' variance explained by the k projections of a view (mean of the views), over what all of its
            columns explain: 1 is all there is.
        signal_low, signal_high: 10 and 90 % of the replicates.
        limit: `signal` with infinitely many samples, shape (methods, ...) without rows.
        information: bits between the two views' projections.
        chance: `signal` of random directions, shape (...,).
        ceiling: share explained by all columns, shape (...,): `signal` times this is the R² itself.
        total: bits between the whole views, shape (...,).
        replicates: how many, over all mixings.
        mixings: how many ways of mixing the signals into the columns were drawn.
    """

    methods: tuple[str, ...]
    rows: Array
    signal: Array
    signal_low: Array
    signal_high: Array
    limit: Array
    information: Array
    chance: Array
    ceiling: Array
    total: Array
    replicates: int
    mixings: int = 1

    def needed(self, share: float) -> Array:
        """Rows from which on a method keeps at least `share` of the signal, by interpolation in log rows; nan if it never does.

        Shape (methods, ...).
        """
        if not 0.0 < share < 1.0:
            raise BadSpec(f"share is {share!r}; allowed: a number between 0 and 1")
        flat = self.signal.reshape(-1, len(self.rows))
        logs = np.log(self.rows)
        rows_needed = np.full(len(flat), np.nan)
        for k, line in enumerate(flat):
            below = np.flatnonzero(line < share)
            first = below[-1] + 1 if below.size else 0  # from there on it stays above
            if first == 0:
                rows_needed[k] = self.rows[0]
            elif first < len(line):
                a, b = line[first - 1 : first + 1]
                rows_needed[k] = math.exp(logs[first - 1] + (share - a) / (b - a) * (logs[first] - logs[first - 1]))
        return rows_needed.reshape(self.signal.shape[:-1])


def shared_kept(
    views: LinearViews,
    rows: npt.ArrayLike = ROWS,
    *,
    kept: int | None = None,
    ridge: float = 0.3,
    replicates: int = 8,
    mixings: int = 1,
    shared_strength: npt.ArrayLike | None = None,
    private: npt.ArrayLike | None = None,
) -> RetainedSignal:
    """Train every method on samples of the views, and say what it keeps of what they share.

    Args:
        views: the model.
        rows: rows of training, 3 to 4,000 each.
        kept: directions a view; by default as many as there are shared signals.
        ridge: r of regularised CCA, 0 to 1.
        replicates: samples drawn of every mixing, each with every number of rows (nested).
        mixings: how many mixings are drawn, the first with the model's own seed, the others with those that follow.
        shared_strength, private: replace the model's own values; arrays broadcast together and lead the result's shape.

    >>> retained = shared_kept(LinearViews(columns=10, private=4, shared_strength=1.0), (20, 2000), replicates=3)
    >>> retained.signal.shape, bool((retained.signal[2] > retained.signal[0])[1])  # CCA finds what PCA passes over, given the rows
    ((4, 2), True)
    """
    lines = tuple(int(n) for n in np.atleast_1d(np.asarray(rows)))
    if not lines or min(lines) < 3 or max(lines) > MOST_ROWS:
        raise BadSpec(f"rows is {rows!r}; allowed: whole numbers from 3 to {MOST_ROWS}")
    many = int(views.shared) if kept is None else kept
    if not isinstance(many, int | np.integer) or not 1 <= many <= views.columns:
        raise BadSpec(f"kept is {kept!r}; allowed: whole numbers from 1 to {views.columns}, the columns")
    if not 0.0 <= ridge <= 1.0:
        raise BadSpec(f"ridge is {ridge!r}; allowed: a number from 0 to 1")
    if not isinstance(replicates, int | np.integer) or not 1 <= replicates <= 1000:
        raise BadSpec(f"replicates is {replicates!r}; allowed: whole numbers from 1 to 1000")
    if not isinstance(mixings, int | np.integer) or not 1 <= mixings <= 100:
        raise BadSpec(f"mixings is {mixings!r}; allowed: whole numbers from 1 to 100")
    scales = views.scales(
        views.shared_strength if shared_strength is None else shared_strength,
        views.private if private is None else private,
    )
    with one_thread(np, 0):
        lead = scales.shape[:-1]
        drawn = []
        for number in range(int(mixings)):
            mixed = views.replace(seed=(views.seed + number) % 2**31)
            moments = mixed.moments(lines, int(replicates))
            parts = [_at(mixed, moments, flat, int(many), ridge) for flat in scales.reshape(-1, scales.shape[-1])]
            drawn.append([np.array(stacked) for stacked in zip(*parts, strict=True)])
    signal, information = (np.concatenate([one[k] for one in drawn], axis=2) for k in (0, 1))
    limit, plain = (np.mean([one[k] for one in drawn], axis=0) for k in (2, 3))

    def shaped(values: Array) -> Array:  # (settings, methods, rows) -> (methods, ..., rows)
        return np.asarray(np.moveaxis(values, 1, 0).reshape(len(METHODS), *lead, len(lines)))

    return RetainedSignal(
        methods=METHODS,
        rows=np.array(lines, dtype=float),
        signal=shaped(signal.mean(2)),
        signal_low=shaped(np.quantile(signal, 0.1, axis=2)),
        signal_high=shaped(np.quantile(signal, 0.9, axis=2)),
        limit=np.asarray(np.moveaxis(limit, 1, 0).reshape(len(METHODS), *lead)),
        information=shaped(information.mean(2)),
        chance=plain[:, 0].reshape(lead),
        ceiling=plain[:, 1].reshape(lead),
        total=plain[:, 2].reshape(lead),
        replicates=int(replicates) * int(mixings),
        mixings=int(mixings),
    )


def _at(views: LinearViews, moments: Array, scale: Array, k: int, ridge: float) -> tuple[Array, Array, Array, Array]:
    """One setting: signal and information, (methods, replicates, rows), signal without sampling error, and (chance, ceiling, total)."""
    mix_x, mix_y = (m * scale for m in views.mixing())
    truth = (mix_x @ mix_x.T, mix_y @ mix_y.T, mix_x @ mix_y.T)
    signals = (
        mix_x[:, -views.shared :].T,
        mix_y[:, -views.shared :].T,
    )  # covariances of the signals with the columns, (m, d)
    present = np.flatnonzero(scale)  # sources of no strength cost nothing
    small = moments[..., present[:, None], present]
    ax, ay = mix_x[:, present], mix_y[:, present]
    cx, cy, cxy = (a @ small @ b.T for a, b in ((ax, ax), (ay, ay), (ax, ay)))  # (replicates, rows, d, d)
    ceilings = [_explained(s, c, np.eye(len(c))) for s, c in zip(signals, truth[:2], strict=True)]
    rng = views.stream(0)
    random = [rng.normal(size=(64, len(c), k)) for c in truth[:2]]
    chance = [
        _explained(s, c, w).mean() / top for s, c, w, top in zip(signals, truth[:2], random, ceilings, strict=True)
    ]

    def share(wx: Array, wy: Array) -> Array:
        parts = zip(signals, truth[:2], (wx, wy), ceilings, strict=True)
        return np.asarray(0.5 * sum(_explained(s, c, w) / top for s, c, w, top in parts))

    directions = _directions(cx, cy, cxy, k, ridge)
    signal = [share(wx, wy) for wx, wy in directions]
    information = [_between(truth, wx, wy) for wx, wy in directions]
    limit = [share(wx, wy) for wx, wy in _directions(*truth, k, ridge)]
    whole = float(_between(truth, np.eye(len(truth[0])), np.eye(len(truth[1]))))
    plain = np.array([np.mean(chance), np.mean(ceilings), whole])
    return np.array(signal), np.array(information), np.array(limit), plain


def _directions(cx: Array, cy: Array, cxy: Array, k: int, ridge: float) -> list[tuple[Array, Array]]:
    """Directions (..., d, k) of both views by each method, in the order of `METHODS`."""
    (lx, vx), (ly, vy) = np.linalg.eigh(cx), np.linalg.eigh(cy)
    directions = [(vx[..., -k:], vy[..., -k:]), _leading(cxy, k)]
    for r in (0.0, ridge):
        roots = []
        for values, vectors in ((lx, vx), (ly, vy)):
            mean = values.mean(-1, keepdims=True)
            mixed = (1.0 - r) * np.maximum(values, 0.0) + r * mean
            seen = mixed > _RANK * mixed.max(-1, keepdims=True)
            root = np.where(seen, 1.0 / np.sqrt(np.where(seen, mixed, 1.0)), 0.0)
            roots.append((vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2))
        u, v = _leading(roots[0] @ cxy @ roots[1], k)
        directions.append((roots[0] @ u, roots[1] @ v))
    return directions


def _leading(cross: Array, k: int) -> tuple[Array, Array]:
    """Leading singular vectors of both sides; by the eigenvectors of the square, which is faster and exact enough to lead."""
    turned = np.swapaxes(cross, -1, -2)
    u = np.linalg.eigh(cross @ turned)[1][..., -k:]
    v = turned @ u
    norm = np.linalg.norm(v, axis=-2, keepdims=True)
    return u, v / np.where(norm > 0, norm, 1.0)


def _explained(signals: Array, cov: Array, w: Array) -> Array:
    """Mean share of the signals' (unit) variance that the projections explain, of `signals` (m, d) = Cov(P, X)."""
    seen = signals @ w  # (..., m, k)
    inner = np.swapaxes(w, -1, -2) @ cov @ w
    solved = np.linalg.pinv(inner, rcond=1e-12, hermitian=True)
    return np.asarray((seen @ solved * seen).sum((-2, -1)) / len(signals))


def _between(truth: tuple[Array, Array, Array], wx: Array, wy: Array) -> Array:
    """Bits between the projections of the two views, by the population covariances."""
    turned_x, turned_y = np.swapaxes(wx, -1, -2), np.swapaxes(wy, -1, -2)
    inner_x, inner_y, cross = turned_x @ truth[0] @ wx, turned_y @ truth[1] @ wy, turned_x @ truth[2] @ wy
    explained = np.linalg.pinv(inner_x, rcond=1e-12, hermitian=True) @ cross
    explained = explained @ np.linalg.pinv(inner_y, rcond=1e-12, hermitian=True) @ np.swapaxes(cross, -1, -2)
    log_det = np.linalg.slogdet(np.eye(explained.shape[-1]) - explained)[1]
    return np.asarray(np.maximum(0.0, -0.5 * log_det / NATS_PER_BIT))

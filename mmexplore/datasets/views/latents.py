"""The generator of the FactorCL paper: shared and private Gaussian latents, mixed linearly into two wide views.

    ws, w1, w2 ~ N(0, I/2),   x1 = [w1, ws] T1,   x2 = [w2, ws] T2,   T ~ U(0, 1),
    y = 1[ sqrt(a) s + sqrt(b) u1 + sqrt(c) u2 + sqrt(d) v1 v2 >= 0 ],

s, u1, u2 the standardised means of ws, w1, w2 and v_i another direction of w_i, at right angles to the mean; a, b, c, d are the shares of
the label's variance (d: a product of two private signs, an XOR). With a : b : c = dimensions it is the label of the
authors' notebook. ``label="network"`` draws a random two-layer network of the selected latents with noise N(0, .1^2) instead,
split at its median (after Wang et al. 2025, DisentangledSSL). Liang et al. 2023, arXiv 2306.05268, section 4.1.

The views are invertible in their latents, so what x_i tells of Y it tells by q_i = P(Y = 1 | x_i) alone,
q_1 = Phi((sqrt(a) s + sqrt(b) u1) / sqrt(c + d v1^2)), and likewise q_2; the union information depends on p(q_1, y) and p(q_2, y) only,
which a table of binned q_i has almost exactly, while I(X1,X2;Y) is known (1 bit for the linear label) and is not taken from the table.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import entr, ndtr

from mmexplore.datasets.views.base import (
    Factor,
    Facts,
    Kind,
    LabelTruth,
    TwoViews,
    View,
    column_names,
    declare,
    last_rows,
)
from mmexplore.errors import BadSpec
from mmexplore.info.pid import pid
from mmexplore.spec import param
from mmexplore.units import BITS_PER_NAT

_BINS = 32
_TOLERANCE = 1e-6  # bits: well below what the bins and the points of the law leave open
_HIDDEN = 16
_NOISE = 0.1


@declare
class Factors(View):
    """The paper's generator; weights are relative, their sum does not matter."""

    name = "factors"
    title = "Gaussian factors"
    sentence = (
        "Shared and private Gaussian latents mixed linearly into two views of many columns (FactorCL's generator)."
    )
    scaled = True
    factor_names = ("ws", "w1", "w2")
    label_names = ("y", "y from ws", "y from w1", "y from w2")

    shared: float = param(
        10.0,
        label="Weight of ws (shared)",
        help="Share of the label's variance from factors that both views hold.",
        low=0.0,
        high=20.0,
        step=0.1,
    )
    unique1: float = param(
        6.0,
        label="Weight of w1 (view 1)",
        help="Share of the label's variance from factors specific to view 1.",
        low=0.0,
        high=20.0,
        step=0.1,
    )
    unique2: float = param(
        6.0,
        label="Weight of w2 (view 2)",
        help="Share of the label's variance from factors specific to view 2.",
        low=0.0,
        high=20.0,
        step=0.1,
    )
    synergy: float = param(
        0.0,
        label="Weight of the product",
        help="Share that is a product of two private signs: an XOR.",
        low=0.0,
        high=20.0,
        step=0.1,
    )
    label: str = param(
        "linear",
        label="Label",
        choices=("linear", "network"),
        help="A weighted sum of the latents, or a random network of those with a weight above 0.",
    )
    ws: int = param(10, label="Shared latents", low=2, high=50, step=1)
    w1: int = param(6, label="Latents of view 1", low=2, high=50, step=1)
    w2: int = param(6, label="Latents of view 2", low=2, high=50, step=1)
    columns: int = param(100, label="Columns a view", low=10, high=400, step=10, help="At least as many as latents.")
    rows: int = param(6000, label="Rows", low=500, high=40_000, step=500, help="A fifth is held out.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shared + self.unique1 + self.unique2 + self.synergy <= 0:
            raise BadSpec("all weights of the label are 0; allowed: at least one above 0")
        if self.columns < self.ws + max(self.w1, self.w2):
            raise BadSpec(
                f"columns is {self.columns}; allowed: at least ws + w1 and ws + w2, so that no latent is lost"
            )

    def shares(self) -> np.ndarray:
        """Shares (a, b, c, d) of the label's variance, sum 1."""
        weights = np.array([self.shared, self.unique1, self.unique2, self.synergy])
        return weights / weights.sum()

    def facts(self) -> Facts:
        """Two views of equally many columns."""
        return Facts(self.rows, self.columns, self.columns, classes=2)

    def sample(self, seed: int) -> TwoViews:
        """Rows; mixing, latents and labels are those of the seed."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
        sizes = {"ws": self.ws, "w1": self.w1, "w2": self.w2}
        w = {k: rng.normal(0.0, np.sqrt(0.5), size=(self.rows, d)) for k, d in sizes.items()}
        x = []
        for own in ("w1", "w2"):
            mixed = np.concatenate([w[own], w["ws"]], axis=1) @ rng.uniform(size=(sizes[own] + self.ws, self.columns))
            x.append((mixed / mixed.std()).astype(np.float32))
        if self.label == "network":
            score = _Network(self, rng).score(w["ws"], w["w1"], w["w2"]) + rng.normal(0.0, _NOISE, size=self.rows)
            y = (score >= np.median(score)).astype(np.int64)
        else:
            a, b, c, d = np.sqrt(self.shares())
            product = _contrast(w["w1"]) * _contrast(w["w2"])
            y = (a * _mean(w["ws"]) + b * _mean(w["w1"]) + c * _mean(w["w2"]) + d * product >= 0).astype(np.int64)
        labels = {"y": y} | {f"y from {k}": (w[k].mean(axis=1) >= 0).astype(np.int64) for k in ("ws", "w1", "w2")}
        kinds: dict[str, Kind] = {"ws": "shared", "w1": "unique1", "w2": "unique2"}
        return TwoViews(
            x1=x[0],
            x2=x[1],
            held_out=last_rows(self.rows),
            columns1=column_names("x1", self.columns),
            columns2=column_names("x2", self.columns),
            y=y,
            class_names=("0", "1"),
            labels=labels,
            factors=(Factor("y", "label", y, 2), *(Factor(k, kind, w[k]) for k, kind in kinds.items())),
            latents=w,
            ceiling=f"the views share {self.ws} latents, each known to both without noise: their information has no upper limit",
        )

    def truth(self) -> LabelTruth:
        """Exact where one of the views knows the label or each knows its part alone; else that of a table of q1 and q2."""
        return _truth(self)

    def shared_accuracy(self) -> dict[str, float]:
        """From ws alone: 1 - arccos(r) / pi, r^2 its share of the variance under the sign of a weighted sum; without a product only."""
        of = {"y from ws": 1.0, "y from w1": 0.5, "y from w2": 0.5}
        if self.label == "linear" and not self.synergy:
            of["y"] = float(1.0 - np.arccos(np.sqrt(self.shares()[0])) / np.pi)
        return of


def _mean(w: np.ndarray) -> np.ndarray:
    """Standardised mean of a group of latents, (n,)."""
    return w.sum(axis=1) / np.sqrt(0.5 * w.shape[1])


def _contrast(w: np.ndarray) -> np.ndarray:
    """A standardised direction at right angles to the mean, (n,): first half of the latents against the second."""
    half = w.shape[1] // 2
    return (w[:, :half].sum(axis=1) - w[:, half : 2 * half].sum(axis=1)) / np.sqrt(0.5 * 2 * half)


@dataclass(frozen=True)
class _Parts:
    """Hidden inputs of the random network from each group of latents, (n, hidden)."""

    ws: np.ndarray
    w1: np.ndarray
    w2: np.ndarray


class _Network:
    """A random two-layer network of the latents whose weight is above 0."""

    def __init__(self, spec: Factors, rng: np.random.Generator) -> None:
        shares = dict(zip(("ws", "w1", "w2"), spec.shares(), strict=False))
        shares["w1"] += spec.shares()[3] / 2
        shares["w2"] += spec.shares()[3] / 2
        sizes = {"ws": spec.ws, "w1": spec.w1, "w2": spec.w2}
        # every group brings its share of a hidden unit's variance (2.5 in all, so that tanh bends)
        self._in = {k: rng.normal(size=(d, _HIDDEN)) * np.sqrt(5.0 * shares[k] / d) for k, d in sizes.items()}
        self._bias = rng.normal(0.0, 0.5, size=_HIDDEN)
        self._out = rng.normal(size=_HIDDEN) / np.sqrt(_HIDDEN)

    def parts(self, ws: np.ndarray, w1: np.ndarray, w2: np.ndarray) -> _Parts:
        return _Parts(ws @ self._in["ws"] + self._bias, w1 @ self._in["w1"], w2 @ self._in["w2"])

    def out(self, hidden: np.ndarray) -> np.ndarray:
        return np.tanh(hidden) @ self._out

    def score(self, ws: np.ndarray, w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
        parts = self.parts(ws, w1, w2)
        return self.out(parts.ws + parts.w1 + parts.w2)


@lru_cache(maxsize=256)
def _truth(spec: Factors) -> LabelTruth:
    a, b, c, d = spec.shares()
    if spec.label == "network":
        table, i12 = _network_table(spec)
        return LabelTruth(
            dataclasses.replace(pid(table), i12=i12),
            False,
            f"certified for a table of {table.shape[0]} x {table.shape[1]} states: each view's chance of y = 1, simulated, binned; "
            "the network of another seed gives another label",
        )
    corner = _corner(a, b, c, d)
    if corner is not None:
        return LabelTruth(
            pid(corner), True, "exact: the label is a fact that one view, each view or only the two together know"
        )
    q1, q2 = _chances(a, b, c, d)
    table = _table_of_views(q1, q2, _BINS)
    words = (
        f"certified for a table of {table.shape[0]} x {table.shape[1]} states: each view's exact chance of y = 1, in bins of equal weight, "
        f"over {len(q1):,} points of the known law"
    )
    return LabelTruth(dataclasses.replace(pid(table, tolerance=_TOLERANCE), i12=1.0), False, words)


def _corner(a: float, b: float, c: float, d: float) -> np.ndarray | None:
    """A table with the exact decomposition, where the label is one bit that is shared, unique or an XOR."""
    p = np.zeros((2, 2, 2))
    for x1 in (0, 1):
        for x2 in (0, 1):
            if a == 1 and x1 == x2:
                p[x1, x2, x1] = 0.5
            elif b == 1 or c == 1:
                p[x1, x2, x1 if b == 1 else x2] = 0.25
            elif d == 1:
                p[x1, x2, int(x1 == x2)] = 0.25
    return p if p.sum() > 0 else None


def _chances(a: float, b: float, c: float, d: float, log2_points: int = 14) -> tuple[np.ndarray, np.ndarray]:
    """P(y = 1 | x1) and P(y = 1 | x2) on points of the law of (s, u1, u2, v1, v2)."""
    s, u1, u2, v1, v2 = _points(log2_points)
    left, right = np.sqrt(a) * s + np.sqrt(b) * u1, np.sqrt(a) * s + np.sqrt(c) * u2
    open1, open2 = np.asarray(c), np.asarray(b)  # variances that each view leaves open
    if d > 0:
        open1, open2 = c + d * v1**2, b + d * v2**2
    with np.errstate(divide="ignore", invalid="ignore"):  # a view that knows the label divides by 0
        q1 = ndtr(np.where(left == 0, 0.0, left / np.sqrt(open1)))
        q2 = ndtr(np.where(right == 0, 0.0, right / np.sqrt(open2)))
    return q1, q2


@lru_cache(maxsize=4)
def _points(log2_points: int) -> tuple[np.ndarray, ...]:
    """Points of the law of (s, u1, u2, v1, v2), each (2**log2_points,): the same for every label, and half of what one costs."""
    from scipy.stats import norm, qmc  # a second to import, and a launcher or a command line may never ask

    u = qmc.Sobol(5, scramble=True, rng=np.random.default_rng(0)).random_base2(log2_points)
    points = tuple(np.ascontiguousarray(column) for column in norm.ppf(np.clip(u, 1e-12, 1 - 1e-12)).T)
    for column in points:
        column.flags.writeable = False
    return points


def _network_table(spec: Factors, outer: int = 800, inner: int = 40) -> tuple[np.ndarray, float]:
    """Table of (binned q1, binned q2, y): for each of `outer` values of ws, `inner` values of w1 and of w2 in all pairs; and I(X1,X2;Y)."""
    rng = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(2,)))
    network = _Network(spec, rng)
    draws = {k: rng.normal(0.0, np.sqrt(0.5), size=(m, d)) for k, m, d in (
        ("ws", outer, spec.ws), ("w1", outer * inner, spec.w1), ("w2", outer * inner, spec.w2)
    )}  # fmt: skip
    parts = network.parts(draws["ws"], draws["w1"], draws["w2"])
    first = parts.w1.reshape(outer, inner, 1, _HIDDEN)
    second = parts.w2.reshape(outer, 1, inner, _HIDDEN)
    score = network.out(parts.ws[:, None, None] + first + second)  # (outer, inner, inner)
    yes = ndtr((score - np.median(score)) / _NOISE)
    q1 = np.broadcast_to(yes.mean(axis=2, keepdims=True), yes.shape)
    q2 = np.broadcast_to(yes.mean(axis=1, keepdims=True), yes.shape)
    left_open = float(np.mean(_binary_entropy(yes)))
    return _table(q1.ravel(), q2.ravel(), np.stack([1.0 - yes, yes], axis=-1).reshape(-1, 2)), 1.0 - left_open


def coarse_table(shares: np.ndarray, bins: int = 12, log2_points: int = 13) -> np.ndarray:
    """p(bin of q1, bin of q2, y) of the linear label with given shares (a, b, c, d), shape (bins, bins, 2), for pictures of many shares."""
    a, b, c, d = (float(share) for share in shares)
    corner = _corner(a, b, c, d)
    if corner is None:
        corner = _table_of_views(*_chances(a, b, c, d, log2_points), bins)
    return np.pad(corner, [(0, bins - n) for n in corner.shape[:2]] + [(0, 0)])


def _table_of_views(q1: np.ndarray, q2: np.ndarray, bins: int) -> np.ndarray:
    """A table whose views know of y, either value of which has chance 1/2, what bins of q1 and of q2 say on average.

    What each view alone knows of y, and so the union information, hangs on p(x1, y) and p(x2, y) alone (Bertschinger et al. 2014), which the
    chances give without drawing any y: the views are put together as independent given y, and I(X1,X2;Y) has to be known otherwise.
    """
    halves = []
    for q in (q1, q2):
        which, count = _bins(q, bins)
        half = np.stack([np.bincount(which, weights=w, minlength=count) for w in (1.0 - q, q)], axis=-1)
        halves.append(half / half.sum(axis=0))
    return 0.5 * halves[0][:, None] * halves[1][None]


def _table(q1: np.ndarray, q2: np.ndarray, weight: np.ndarray, bins: int = _BINS) -> np.ndarray:
    """p(bin of q1, bin of q2, y) of points with weights (n, 2) of y = 0, 1."""
    c1, k1 = _bins(q1, bins)
    c2, k2 = _bins(q2, bins)
    flat = c1 * k2 + c2
    counts = np.stack([np.bincount(flat, weights=weight[:, y], minlength=k1 * k2) for y in (0, 1)], axis=-1)
    return counts.reshape(k1, k2, 2) / counts.sum()


def _bins(q: np.ndarray, bins: int = _BINS) -> tuple[np.ndarray, int]:
    """Bins of equal weight; fewer where values are tied."""
    rounded = np.round(q, 9)
    ordered = np.sort(rounded)  # once: quicker than looking for so many quantiles in any order
    place = np.arange(1, bins) / bins * (len(q) - 1)
    below = place.astype(int)
    share, low, high = place - below, ordered[below], ordered[below + 1]
    cuts = np.unique(np.where(share < 0.5, low + (high - low) * share, high - (high - low) * (1.0 - share)))
    cuts = cuts[cuts < ordered[-1]]
    which = np.zeros(len(q), dtype=np.int16)
    for cut in cuts:  # a few dozen comparisons of all values beat as many searches as there are values
        which += rounded > cut
    return which.astype(np.intp), len(cuts) + 1


def _binary_entropy(p: np.ndarray) -> np.ndarray:
    """Bits."""
    return (entr(p) + entr(1.0 - p)) * BITS_PER_NAT

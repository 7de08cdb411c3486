"""Are rows draws of their own? Serial dependence and repeated subjects, and to how many independent rows they come.

Take the states i of X and j of Y with shares p_i, q_j, and the trace correlation of X at lag k,

    r_x(k) = sum_i E[(1_i(x_t) - p_i)(1_i(x_t+k) - p_i)] / p_i  over its value at lag 0,

the mean correlation over the directions that tell states apart. For two independent stationary series the chi-square statistic of their table, and
with it 2 n ln2 times the plug-in I(X;Y), has the mean

    (K_x - 1)(K_y - 1) f,    f = 1 + 2 sum_k r_x(k) r_y(k)

(Bartlett 1935 for numbers): as large as from n / f independent rows. Rows of one subject likewise: f = 1 + (mean number of other rows of the subject)
r_x r_y, with correlations between rows of a subject (Kish 1965; Rao & Scott 1981). Sums over lags end where the products sink into noise (Geyer 1992).

A file sorted by the target is no series: what the target explains of X is taken out first, x_t - p(x | y_t), and where the states of a modality stand
in one run each, what they explain of Y. So a file sorted by one of its columns is not taken for dependent rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Answered = Literal["", "order", "groups", "independent"]

NOTICED = 0.1  # of inflation: less is not mentioned
SHIFT = 0.25  # standard deviations of the null by which dependence moves it: as much is mentioned, too
SURE = 4.0  # standard errors of the sum of products
LAGS = 24  # one by one; further ones are spaced by a tenth
MOST = 20_000  # pairs of rows a lag is measured on
FEW_UNITS = 20  # blocks or subjects below which no answer is green and no p-value is given
_QUIET = 1e-9


@dataclass(frozen=True)
class Dependence:
    """How far rows are from being draws of their own.

    Attributes:
        n: rows.
        inflation: how many times the bias, and the spread under the nulls, of independent rows; at least 1.
        present: whether that is more than chance shows, and enough to matter.
        kind: ``"order"`` or ``"groups"``: where it was seen; ``""`` where nothing was.
        column: the column whose values repeat, where one was suspected.
        times: rows until modality 1, modality 2 and target have forgotten their state (integrated autocorrelation time).
        answered: what was said of how the rows were drawn.
        units: groups, or blocks of the length `block`.
        block: rows of a block; 0 where none are drawn.
    """

    n: int
    inflation: float = 1.0
    present: bool = False
    kind: Literal["", "order", "groups"] = ""
    column: str = ""
    times: dict[str, float] = field(default_factory=dict)
    answered: Answered = ""
    units: int = 0
    block: int = 0

    @property
    def effective(self) -> float:
        """Independent rows that would say as much."""
        return self.n / self.inflation

    @property
    def unanswered(self) -> bool:
        """Whether rows look dependent and nothing was said of it: then p-values are withheld, and no light is green."""
        return self.present and not self.answered

    @property
    def few(self) -> str:
        """What there are too few of to tell information from chance, as it was said that rows were drawn; empty where there are enough."""
        if self.answered not in ("order", "groups") or self.units >= FEW_UNITS:
            return ""
        return f"{self.units:,} {'blocks of a series' if self.answered == 'order' else 'subjects'}"

    @property
    def withheld(self) -> bool:
        """Whether no p-value is given: rows look dependent and nothing was said of it, or they are too few blocks or subjects."""
        return self.unanswered or bool(self.few)

    def words(self, *, drawn_again: bool = True) -> str:
        """What was seen and what follows, in sentences; empty where there is nothing to say.

        Args:
            drawn_again: whether the answer has intervals and p-values; without them only what was seen is said, and how to answer it.
        """
        like = f"{self.n:,} rows say about as much as {max(1, round(self.effective)):,} independent ones"
        few = f" p-values are withheld: fewer than {FEW_UNITS} do not tell information from chance." if self.few else ""
        if self.answered in ("order", "groups") and not drawn_again:
            what = "are a series" if self.answered == "order" else f"repeat {self.units:,} subjects"
            return f"Rows {what}: {like}."
        if self.answered == "order":
            return (
                f"Rows are a series: {like}. Intervals draw {self.units:,} blocks of {self.block:,} rows again, and the nulls rotate one column "
                f"against the others.{few}"
            )
        if self.answered == "groups":
            return f"Rows repeat {self.units:,} subjects: {like}. Intervals draw whole subjects again, and the nulls deal out whole subjects.{few}"
        if not self.present:
            return ""
        if self.kind == "order":
            slow = {name: time for name, time in self.times.items() if time > 1.5}
            which = ", ".join(f"{name} keeps its state for about {time:.0f} rows" for name, time in slow.items())
            seen = f"Neighbouring rows are alike{f' ({which})' if which else ''}, as in a series or in rows that repeat: {like}."
        else:
            seen = f"Rows with the same {self.column} are alike: {like}."
        if self.answered == "independent":
            return (
                seen
                if not drawn_again
                else f"{seen} As rows are said to be independent, p-values and intervals take them so."
            )
        way = (
            "say that rows are a series in this order (time), or which column tells subjects or recordings apart (groups)"
            if self.kind == "order"
            else f"say that rows of one {self.column} belong together (groups)"
        )
        follows = (
            "p-values are withheld, since shuffles of single rows would take chance for information; intervals draw blocks. "
            if drawn_again
            else ""
        )
        return f"{seen} {follows}{way[:1].upper()}{way[1:]}; or that rows are independent all the same."

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rows": self.n,
            "effective_rows": self.effective,
            "present": self.present,
            "kind": self.kind,
            "column": self.column,
            "autocorrelation_times": dict(self.times),
            "answered": self.answered,
            "units": self.units,
            "block": self.block,
            "words": self.words(),
        }


@dataclass(frozen=True)
class _Sum:
    """One plus twice a sum of products of correlations: its value, its standard error where rows are independent, and degrees of freedom."""

    inflation: float
    error: float
    freedom: float

    @property
    def present(self) -> bool:
        excess = self.inflation - 1.0
        return excess > SURE * self.error and (excess > NOTICED or excess * math.sqrt(0.5 * self.freedom) > SHIFT)


def serial(codes: tuple[np.ndarray, np.ndarray, np.ndarray], shape: tuple[int, int, int]) -> Dependence:
    """Dependence of rows in their order.

    Args:
        codes: states of modality 1, modality 2 and target from 0 up, (n,) each, in order.
        shape: how many states each has.

    >>> rng = np.random.default_rng(0)
    >>> serial(tuple(rng.integers(0, 3, (3, 500))), (3, 3, 3)).present
    False
    """
    x1, x2, y = codes
    n = len(y)
    if n < 20 or max(shape) == 1 or _all_in_runs(codes, shape):
        return Dependence(n)
    pairs = [((x1, shape[0]), (y, shape[2])), ((x2, shape[1]), (y, shape[2]))]
    pairs.append((_joint(x1, x2, shape[1]), (y, shape[2])))
    in_runs = any(k > 1 and _runs(c) <= k for c, k in (*(pair[0] for pair in pairs),))
    sums = []
    for (x, kx), (of, ky) in pairs:
        if min(kx, ky) < 2:
            continue
        first, second = (x, kx, of, ky), (of, ky, None, 1)
        if in_runs:
            first, second = (of, ky, *pairs[2][0]), (x, kx, None, 1)
        sums.append(_products(_Series(*first), _Series(*second), n))
    if not in_runs and min(shape[0], shape[1]) > 1:
        sums.append(_products(_Series(x1, shape[0], y, shape[2]), _Series(x2, shape[1], y, shape[2]), n))
    present = any(one.present for one in sums)
    inflation = max((one.inflation for one in sums if one.present), default=1.0)
    named = zip(("modality 1", "modality 2", "the target"), codes, shape, strict=True)
    times = {name: _time(c, k) for name, c, k in named if k > 1}
    return Dependence(n, min(inflation, n / 2), present, "order" if present else "", times=times)


def clustered(
    codes: tuple[np.ndarray, np.ndarray, np.ndarray], shape: tuple[int, int, int], groups: np.ndarray, column: str = ""
) -> Dependence:
    """Dependence of the rows of one group; `groups`: from 0 up, (n,)."""
    x1, x2, y = codes
    n = len(y)
    sizes = np.bincount(groups)
    others = float((sizes * (sizes - 1.0)).sum()) / n
    units = int((sizes > 0).sum())
    if others <= 0 or units < 2:
        return Dependence(n, units=units, column=column)
    parts = [(x1, shape[0]), (x2, shape[1]), _joint(x1, x2, shape[1])]
    within = [_alike(c, k, groups, others * n) for c, k in parts]
    of_y = _alike(y, shape[2], groups, others * n)
    sums = []
    noise = math.sqrt(2.0 / (others * n))
    for (_, kx), r in zip(parts, within, strict=True):
        if min(kx, shape[2]) > 1:
            sums.append(_grouped(r, of_y, kx - 1, shape[2] - 1, others, noise))
    if min(shape[0], shape[1]) > 1:
        sums.append(_grouped(within[0], within[1], shape[0] - 1, shape[1] - 1, others, noise))
    present = any(one.present for one in sums)
    inflation = max((one.inflation for one in sums if one.present), default=1.0)
    return Dependence(n, min(inflation, n / 2), present, "groups" if present else "", column, units=units)


def suspected(
    codes: tuple[np.ndarray, np.ndarray, np.ndarray], shape: tuple[int, int, int], columns: Mapping[str, np.ndarray]
) -> Dependence:
    """The strongest dependence there is: of neighbouring rows, or of rows with the same value of a column that may name subjects."""
    found = [serial(codes, shape)]
    for name, values in columns.items():
        groups = np.unique(values, return_inverse=True)[1]
        found.append(clustered(codes, shape, groups, name))
    named = [one for one in found[1:] if one.present]
    return max(named, key=lambda one: one.inflation) if named else found[0]


class _Series:
    """A column of states, less what another column explains of it; its correlation at any lag."""

    def __init__(self, codes: np.ndarray, states: int, given: np.ndarray | None, others: int) -> None:
        n = len(codes)
        given = np.zeros(n, dtype=np.int64) if given is None else given
        joint = np.bincount(codes * others + given, minlength=states * others).reshape(states, others) / n
        self.codes, self.given, self.states = codes, given, states
        self.share = joint.sum(axis=1)
        self.conditional = joint / np.maximum(joint.sum(axis=0), 1e-300)
        self.cross = (self.conditional / self.share[:, None]).T @ self.conditional
        self.whole = self._at(np.arange(n) if n <= MOST else np.arange(MOST) * n // MOST, 0)
        if self.whole < _QUIET * states and others > 1:  # all of it is explained: as it is
            _Series.__init__(self, codes, states, None, 1)

    def _at(self, t: np.ndarray, lag: int) -> float:
        a, b, ga, gb = self.codes[t], self.codes[t + lag], self.given[t], self.given[t + lag]
        same = (a == b) / self.share[a]
        return float(
            np.mean(
                same
                - self.conditional[a, gb] / self.share[a]
                - self.conditional[b, ga] / self.share[b]
                + self.cross[ga, gb]
            )
        )

    def correlation(self, lag: int) -> float:
        """At a lag of at least 1."""
        n = len(self.codes) - lag
        t = np.arange(n) if n <= MOST else np.arange(MOST) * n // MOST
        return self._at(t, lag) / max(self.whole, 1e-300)


def _lags(n: int) -> list[tuple[int, int]]:
    """Lags up to a third of the rows, each with how many it stands for."""
    lags, at = [], 1
    while at <= n // 3:
        step = 1 if at < LAGS else max(1, at // 10)
        lags.append((at, step))
        at += step
    return lags


def _products(first: _Series, second: _Series, n: int) -> _Sum:
    """1 + 2 sum_k r(k) r'(k) until the products sink into noise."""
    d1, d2 = first.states - 1.0, second.states - 1.0
    total, variance, before = 1.0, 0.0, math.inf
    for lag, step in _lags(n):
        a, b = first.correlation(lag), second.correlation(lag)
        noise = math.sqrt(a * a / (n * d2) + b * b / (n * d1) + 1.0 / (n * n * d1 * d2))
        product = a * b if a > 0 and b > 0 else 0.0
        if lag > 1 and product + before < 2.0 * noise:
            break
        total += 2.0 * step * product
        variance += 4.0 * step * step * min(noise, 1.0 / math.sqrt(n * min(d1, d2))) ** 2
        before = product
    return _Sum(total, math.sqrt(variance), d1 * d2)


def _time(codes: np.ndarray, states: int) -> float:
    """Integrated autocorrelation time of a column of states, in rows."""
    series, n = _Series(codes, states, None, 1), len(codes)
    total, before = 1.0, math.inf
    for lag, step in _lags(n):
        here = series.correlation(lag)
        if lag > 1 and here + before < 3.0 / math.sqrt(n * (states - 1.0)):
            break
        total += 2.0 * step * max(here, 0.0)
        before = here
    return total


def _alike(codes: np.ndarray, states: int, groups: np.ndarray, pairs: float) -> float:
    """Trace correlation between two rows of one group."""
    if states < 2:
        return 0.0
    share = np.bincount(codes, minlength=states) / len(codes)
    keys, counts = np.unique(groups * np.int64(states) + codes, return_counts=True)
    same = float((counts * (counts - 1.0) / share[keys % states]).sum())
    sizes = np.bincount(groups)
    # the mean over groups is the share itself: pairs of different groups make up for it
    rest = float((sizes * (sizes - 1.0)).sum())
    return max(-1.0, (same - rest) / pairs / (states - 1.0))


def _grouped(a: float, b: float, d1: float, d2: float, others: float, noise: float) -> _Sum:
    product = a * b if a > 0 and b > 0 else 0.0
    error = others * noise * math.sqrt(a * a / d2 + b * b / d1 + noise * noise / (d1 * d2))
    return _Sum(1.0 + others * product, error, d1 * d2)


def _joint(x1: np.ndarray, x2: np.ndarray, k2: int) -> tuple[np.ndarray, int]:
    """Pairs of states that occur, numbered without gaps."""
    pairs = x1 * np.int64(k2) + x2
    occurs = np.bincount(pairs) > 0
    return (np.cumsum(occurs) - 1)[pairs], int(occurs.sum())


def _runs(codes: np.ndarray) -> int:
    return 1 + int(np.count_nonzero(np.diff(codes)))


def _all_in_runs(codes: tuple[np.ndarray, np.ndarray, np.ndarray], shape: tuple[int, int, int]) -> bool:
    """Whether all rows of a cell stand together: a table written out, whose order says nothing."""
    x1, x2, y = codes
    cells = (x1 * np.int64(shape[1]) + x2) * shape[2] + y
    runs = _runs(cells)
    return runs < len(cells) and runs <= math.prod(shape) and runs == len(np.unique(cells))

"""Figures of results: what `mmexplore.plot.atoms(result)` and its like give, on a page, in a report and in a notebook alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, SupportsFloat, cast

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, Unsupported
from mmexplore.plot.decomposition import atoms_figure, table_figure
from mmexplore.plot.figure import Figure
from mmexplore.plot.kinds import Atom, Bar, Bars, Cloud, Curves, Heat, Scatter, Series
from mmexplore.types import ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS, PID

ROUNDING = 1e-9  # of the unit: what a solver or a sum may be off
SEEN = 1e-6  # of the unit: a smaller certified gap is told, not drawn
MODALITIES = ("modality 1", "modality 2")
MOST_LINES = 20


def atoms(result: Any, names: Sequence[str] = MODALITIES, *, title: str = "") -> Bars:
    """The four atoms and the three informations of any decomposition.

    Args:
        result: what `mmexplore.pid`, `gaussian_pid`, `estimate_pid`, `estimate` and their like return; no batch.
        names: of the two modalities.
        title: of the figure; "" for one that names the measure or the estimator.

    Raises:
        Unsupported: `result` is no single decomposition.
    """
    if isinstance(result, PID):
        return _pid(result, names, title)
    if hasattr(result, "light") and hasattr(result, "plugin"):  # of rows of labels
        return atoms_figure(result, names, title=title or f"Decomposition of a table by {result.settings.measure}")
    value, estimator = getattr(result, "value", None), getattr(result, "estimator", None)
    if isinstance(value, PID) and estimator is not None:
        ends = {name: _ends(interval) for name, interval in (result.intervals or {}).items()}
        what = "" if result.predictive is None else f" of {result.predictive.title}"
        level = getattr(result.settings, "level", None)
        notes = [f"{level:.0%} intervals." if level is not None and ends else ""]
        if result.predictive is not None:
            notes.append("R and the informations are lower bounds; U1, U2 and S may err either way.")
        return Bars(
            title or f"Decomposition{what} by {estimator}",
            _bars(value, ends, names),
            value.unit,
            note=" ".join(filter(None, notes)),
            source=f"{result.n:,} rows, {estimator}",
        )
    inner = getattr(result, "pid", None)
    if isinstance(inner, PID):
        return _pid(inner, names, title)
    raise Unsupported(
        f"{type(result).__name__} is no decomposition; allowed: what pid, gaussian_pid, estimate_pid or estimate return"
    )


def _pid(pid: PID, names: Sequence[str], title: str) -> Bars:
    """One decomposition, with certified ends where they are far enough apart to be seen."""
    if np.ndim(on_host(pid.i12)):
        raise Unsupported(
            f"a batch of {np.shape(on_host(pid.i12))} decompositions; allowed: one, or mmexplore.plot.curve of an atom"
        )
    lower, upper = pid.lower._asdict(), pid.upper._asdict()
    ends = {name: (float(lower[name]), float(upper[name])) for name in ATOMS} if float(pid.gap) > SEEN else {}
    return Bars(title or f"Decomposition by {pid.measure}", _bars(pid, ends, names), pid.unit, source=certificate(pid))


def certificate(pid: PID) -> str:
    """What is certain of a result, in words."""
    gap = float(np.max(np.asarray(on_host(pid.gap), dtype=float), initial=-np.inf))
    return f"every atom within {gap:.1e} {pid.unit}" if np.isfinite(gap) else "no certificate"


def _ends(interval: Any) -> tuple[float, float]:
    return (float(interval[0]), float(interval[1])) if isinstance(interval, tuple) else (interval.low, interval.high)


def _bars(value: PID, ends: Mapping[str, tuple[float, float]], names: Sequence[str]) -> tuple[Bar, ...]:
    alone = {"i1": f"{names[0]} alone", "i2": f"{names[1]} alone", "i12": "both together"}
    made = []
    for name, words in ATOM_WORDS.items():
        low, high = ends.get(name, (None, None))
        label = words.label.format(*names[:2])
        made.append(Bar(label, tidy(getattr(value, name)), cast(Atom, words.symbol), low, high, words=words.sentence))
    made += [
        Bar(f"{symbol}, {alone[name]}", tidy(getattr(value, name)), "", *ends.get(name, (None, None)))
        for name, symbol in INFORMATION_SYMBOLS.items()
    ]
    return tuple(made)


def tidy(value: SupportsFloat) -> float:
    """A number without what rounding left."""
    return 0.0 if abs(float(value)) < ROUNDING else float(value)


def measures(p: Any, names: Sequence[str] = MODALITIES, *, measures: Sequence[str] | None = None) -> Heat:
    """What every measure makes of one table: rows are measures, columns the four atoms.

    Args:
        p: joint table p(x1, x2, y), shape (n1, n2, ny).
        names: of the two modalities.
        measures: names; all if None.
    """
    from mmexplore.info.compare import compare

    results = compare(p, measures)
    values = np.array([[float(getattr(r, atom)) for atom in ATOMS] for r in results])
    labels = tuple(words.label.format(*names) for words in ATOM_WORDS.values())
    return Heat(
        "The decomposition by every measure",
        values[None],
        ("",),
        tuple(r.measure for r in results),
        labels,
        row_label="measure",
        column_label="atom",
        value_label=results[0].unit if results else "bit",
        note="All measures agree on I1, I2 and I12; they differ in how the rest is shared out. An atom may be negative.",
    )


def table(
    p: Any, names: Sequence[str] = (*MODALITIES, "target"), labels: Sequence[Sequence[Any]] | None = None
) -> Heat:
    """p(x1, x2, y) as one map for each state of the target.

    Args:
        p: joint table, shape (n1, n2, ny).
        names: of modality 1, modality 2 and target.
        labels: names of the states of each; their numbers if None.
    """
    joint = np.asarray(on_host(p), dtype=float)
    if joint.ndim != 3:
        raise BadData(f"p has shape {joint.shape}; allowed: (n1, n2, ny)")
    states = labels or [range(k) for k in joint.shape]
    return table_figure(joint, (states[0], states[1], states[2]), names)


def curve(
    x: Any,
    lines: Mapping[str, Any],
    *,
    title: str = "Curve",
    x_label: str = "x",
    y_label: str = "bit",
    log: bool = False,
    note: str = "",
) -> Curves:
    """Lines over one axis, each with a crosshair's worth of numbers.

    Args:
        x: positions, rising, shape (k,).
        lines: name -> values (k,), or (values, low, high). An atom's name (R, U1, U2, S, or redundancy, ...) gives its colour.
        title, x_label, y_label, note: words.
        log: whether the x axis is logarithmic.
    """
    if len(lines) > MOST_LINES:
        raise BadData(f"{len(lines)} lines; allowed: at most {MOST_LINES} in one figure")
    symbols = {
        **{w.symbol: w.symbol for w in ATOM_WORDS.values()},
        **{name: w.symbol for name, w in ATOM_WORDS.items()},
    }
    made, hue = [], 0
    for name, values in lines.items():
        banded = isinstance(values, tuple) and len(values) == 3
        y, low, high = values if banded else (values, None, None)
        atom = cast(Atom, symbols.get(name, ""))
        arrays = [None if a is None else np.asarray(on_host(a), dtype=float) for a in (y, low, high)]
        made.append(Series(name, cast(np.ndarray, arrays[0]), atom, arrays[1], arrays[2], hue=None if atom else hue))
        hue += not atom
    return Curves(title, np.asarray(on_host(x), dtype=float), tuple(made), x_label, y_label, log=log, note=note)


def heat(
    values: Any,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    *,
    title: str = "Map",
    row_label: str = "",
    column_label: str = "",
    value_label: str = "value",
    note: str = "",
) -> Heat:
    """A table of numbers as shades: `values` of shape (rows, columns), with the names of both."""
    array = np.asarray(on_host(values), dtype=float)
    if array.ndim != 2:
        raise BadData(f"values have shape {array.shape}; allowed: (rows, columns)")
    named = [
        tuple(str(v) for v in (given if given is not None else range(k)))
        for given, k in zip((rows, columns), array.shape, strict=True)
    ]
    return Heat(title, array[None], ("",), named[0], named[1], "", row_label, column_label, value_label, note=note)


def scatter(
    points: Any,
    groups: Sequence[Any] | np.ndarray | None = None,
    *,
    title: str = "Samples",
    x_label: str = "",
    y_label: str = "",
    note: str = "",
) -> Scatter:
    """Samples in a plane: `points` of shape (n, 2), coloured by the n values of `groups`."""
    array = np.asarray(on_host(points), dtype=float)
    if array.ndim != 2 or array.shape[1] != 2:
        raise BadData(f"points have shape {array.shape}; allowed: (n, 2)")
    names, which = np.unique(
        np.asarray(groups if groups is not None else np.zeros(len(array))).astype(str), return_inverse=True
    )
    cloud = Cloud("", array[:, 0], array[:, 1], which.reshape(-1), rows=np.arange(len(array)))
    return Scatter(title, (cloud,), tuple(map(str, names)) if groups is not None else (), x_label, y_label, note=note)


def estimate(e: Any) -> Figure:
    """An estimate with its interval: the bars of a decomposition, or those of a mutual information and its seeds."""
    if not hasattr(e, "mi"):
        return atoms(e)
    low, high = e.interval if e.interval is not None else (None, None)
    bars = [Bar(f"I(X;Y) by {e.estimator}", float(e.mi), "", low, high, words=e.interval_is)]
    bars += [Bar(f"seed {k}", float(value)) for k, value in enumerate(e.seeds)]
    note = " ".join(e.warnings)
    return Bars("Mutual information", tuple(bars), note=note, source=f"{e.n:,} rows, {e.estimator}")


def run(run: Any, number: str = "") -> Curves:
    """What a training run recorded, over its steps.

    Args:
        run: what `mmexplore.train` returns.
        number: which number; "" for the loss, or else the first one that was recorded.

    Raises:
        BadData: nothing has been recorded, or not this number.
    """
    frames = run.frames()
    names = list(
        dict.fromkeys(name for frame in frames for name, value in frame.items() if name != "step" and _is_number(value))
    )
    if not names or (number and number not in names):
        said = f"{number[:60]!r} is not recorded" if names else "nothing has been recorded yet"
        raise BadData(f"{said}; allowed: {', '.join(names[:20]) or 'a run that has begun'}")
    chosen = number or ("loss" if "loss" in names else names[0])
    steps = [(float(f.get("step", k)), float(f[chosen])) for k, f in enumerate(frames) if _is_number(f.get(chosen))]
    x, y = np.array(steps).T
    return Curves(run.task.title(), x, (Series(chosen, y, hue=0),), "training step", chosen, source=run.task.title())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

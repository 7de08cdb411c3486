"""What the runs of the lab have recorded so far, as arrays in which what is still missing is nan.

The contract of their frames and arrays stands in `task`, `bounds_task` and `table_task` of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadData
from mmexplore.labs.losses.objectives import BASELINES, LAYERS, Objective, objectives
from mmexplore.runs import Run

Array = npt.NDArray[np.float64]
LEAK = 0.05  # R2 above which a head leaks what belongs to another one
WHERE = {"representation": "at the representation", "loss": "at the loss"}
_CHANCE_MARGIN = 0.03
_POINT = 0.01  # of accuracy


def objective_of(text: str) -> Objective:
    """The declaration behind a method's text."""
    return objectives(text)[0]


@dataclass(frozen=True)
class LabResults:
    """A run of `FactorCl`, as far as it is. M methods, K seeds, R read-outs, L labels, F factors.

    Attributes:
        methods, titles: baselines first.
        readouts, labels, factors: names along the axes.
        chance: (K, L).
        seeds: (K,).
        accuracy, mlp: (M, K, R, L); r2, r2_mlp: (M, K, R, F).
        before: what is known of the networks before training, at the representation and at the loss: accuracy, mlp, r2, r2_mlp as above.
        widths: (M, R) numbers of a row in each read-out.
        bounds: (M, K, 2) NCE and NCE-CLUB, bits.
        done: (M,) whether a method has its final scores.
        begun: (M,) whether it has any.
        frames: of each method, oldest first.
        points_y: label values of the drawn points.
        null_label, null_views: (M, K, L) at the end, else empty.
        seconds: (M,) so far.
        ceiling: log2 of the batch, bits.
        truth: what there was to keep, at the end, else empty.
    """

    methods: tuple[str, ...]
    titles: tuple[str, ...]
    readouts: tuple[str, ...]
    labels: tuple[str, ...]
    factors: tuple[str, ...]
    chance: Array
    seeds: Array
    accuracy: Array
    mlp: Array
    r2: Array
    r2_mlp: Array
    before: dict[str, Array]
    widths: Array
    bounds: Array
    done: npt.NDArray[np.bool_]
    begun: npt.NDArray[np.bool_]
    frames: tuple[tuple[dict[str, Any], ...], ...]
    points_y: npt.NDArray[np.int64]
    null_label: Array
    null_views: Array
    seconds: Array
    ceiling: float
    truth: dict[str, Any]

    @property
    def whole(self) -> int:
        """Place of the representation of both views among the read-outs."""
        return self.at("representation")

    def at(self, layer: str) -> int:
        """Place of both views at a layer."""
        return self.readouts.index(LAYERS[layer][2])

    def headed(self, m: int) -> bool:
        """Whether a method has a projection head, so that its two layers differ."""
        return objective_of(self.methods[m]).has_head

    def scores(self, kind: str, layer: str = "representation") -> Array:
        """accuracy, mlp, r2 or r2_mlp of both views at a layer, (M, K, labels or factors)."""
        values: Array = getattr(self, kind)
        return values[:, :, self.at(layer)]

    def before_training(self, kind: str, layer: str = "representation") -> Array:
        """The same of the networks as they were before training; nan for baselines."""
        return self.before[kind][:, :, self.at(layer)]

    def baseline(self, name: str) -> int | None:
        """Place of a baseline, if it is there."""
        return self.methods.index(name) if name in self.methods else None

    @property
    def trained(self) -> list[int]:
        """Places of what is no baseline."""
        return [m for m, text in enumerate(self.methods) if text not in BASELINES]

    @property
    def current(self) -> int:
        """The method that is being trained, or the last one."""
        begun = np.flatnonzero(self.begun)
        return int(begun[-1]) if len(begun) else 0

    def place(self, text: str) -> int:
        """Where a method stands; the current one where it is not there or has said nothing."""
        place = self.methods.index(text) if text in self.methods else self.current
        return place if self.begun[place] else self.current


def read_lab(run: Run) -> LabResults | None:
    """Read a run; None before it has said what it will say."""
    if not run.has("names"):
        return None
    names = run.arrays("names")
    methods, titles, readouts, labels, factors = (
        tuple(map(str, names[k])) for k in ("methods", "titles", "readouts", "labels", "factors")
    )
    many, k = len(methods), len(names["seeds"])
    frames: list[list[dict[str, Any]]] = [[] for _ in methods]
    for frame in run.frames():
        place = place_of_frame(frame, "method", many)
        if place is not None:
            frames[place].append(frame)
    shape_l, shape_f = (many, k, len(readouts), len(labels)), (many, k, len(readouts), len(factors))
    accuracy, mlp = np.full(shape_l, np.nan), np.full(shape_l, np.nan)
    r2, r2_mlp = np.full(shape_f, np.nan), np.full(shape_f, np.nan)
    before = {
        name: np.full(of.shape, np.nan)
        for name, of in (("accuracy", accuracy), ("mlp", mlp), ("r2", r2), ("r2_mlp", r2_mlp))
    }
    widths = np.full((many, len(readouts)), np.nan)
    bounds = np.full((many, k, 2), np.nan)
    done = np.zeros(many, dtype=bool)
    for m in range(many):
        last = next((f for f in reversed(frames[m]) if f.get("arrays")), None)
        if last is not None:
            arrays = run.arrays(last["arrays"])
            put(accuracy, m, arrays.get("accuracy"))
            put(r2, m, arrays.get("r2"))
            put(bounds, m, arrays.get("bounds"))
        if run.has(f"method-{m}"):
            arrays = run.arrays(f"method-{m}")
            done[m] = True
            for target, name in ((accuracy, "accuracy"), (mlp, "mlp"), (r2, "r2"), (r2_mlp, "r2_mlp")):
                put(target, m, arrays.get(name))
                put(before[name], m, arrays.get(f"{name}_untrained"))
            put(widths, m, arrays.get("widths"))
    table = run.arrays("table") if run.has("table") else {}
    seconds = [float(f[-1].get("seconds") or 0.0) if f else np.nan for f in frames]
    ceilings = [f["ceiling"] for mine in frames for f in mine if isinstance(f.get("ceiling"), float)]
    return LabResults(
        methods=methods,
        titles=titles,
        readouts=readouts,
        labels=labels,
        factors=factors,
        chance=np.asarray(names["chance"], dtype=float),
        seeds=np.asarray(names["seeds"], dtype=float),
        accuracy=accuracy,
        mlp=mlp,
        r2=r2,
        r2_mlp=r2_mlp,
        before=before,
        widths=widths,
        bounds=bounds,
        done=done,
        begun=np.array([bool(f) for f in frames]),
        frames=tuple(tuple(f) for f in frames),
        points_y=np.asarray(names["points_y"]).astype(np.int64),
        null_label=np.asarray(table.get("null_label", np.empty(0))),
        null_views=np.asarray(table.get("null_views", np.empty(0))),
        seconds=np.asarray(table.get("seconds", seconds), dtype=float),
        ceiling=float(ceilings[-1]) if ceilings else np.nan,
        truth=dict(run.result().get("truth") or {}),
    )


def points_of(run: Run, lab: LabResults, method: int) -> dict[str, np.ndarray]:
    """Drawn embeddings of a method in its latest frame: points1, points2 and points12, those it has."""
    for frame in reversed(lab.frames[method]):
        if frame.get("arrays"):
            arrays = run.arrays(frame["arrays"])
            drawn = {name: arrays[name] for name in ("points1", "points2", "points12") if name in arrays}
            return {name: p for name, p in drawn.items() if p.ndim == 2 and np.isfinite(p).all()}
    return {}


def findings(lab: LabResults, shared: Mapping[str, float] | None = None) -> list[str]:
    """What came out so far, in sentences of plain text; only what is larger than the scatter over seeds is called a difference.

    Args:
        lab: the run as far as it is.
        shared: highest accuracy on each label for one who knows what both views share and nothing else, where it is known.
    """
    ready = [m for m in lab.trained if lab.done[m]]
    by_name = {lab.methods[m].partition("?")[0]: m for m in reversed(ready)}
    sentences = []
    clip = by_name.get("clip")
    factorised = next((by_name[name] for name in ("factorcl-sup", "factorcl-ssl") if name in by_name), None)
    own = [k for k, label in enumerate(lab.labels) if label in ("y from w1", "unique1", "texture1")]
    if clip is not None and factorised is not None:
        sentences += [_gap(lab, factorised, clip, label) for label in (0, *own[:1])]
    sentences += _two_layers(lab, [m for m in ready if _apart(lab, m)], (shared or {}).get(lab.labels[0]))
    sentences += _lost_in_training(lab, ready)
    return [*sentences, *_at_chance(lab, ready), *_leaks(lab, ready)]


def _gap(lab: LabResults, first: int, second: int, label: int) -> str:
    """Two methods at their representations, which have one width."""
    a, b = (lab.accuracy[m, :, lab.whole, label] for m in (first, second))
    gaps = a - b
    apart = "ahead in every seed" if (gaps > 0).all() else "behind in every seed" if (gaps < 0).all() else "not apart"
    apart = apart if len(gaps) > 1 else "one seed, so the scatter is unknown"
    of = f"{lab.titles[first]} against {lab.titles[second]} on {lab.labels[label]}, both at the representation"
    span = (
        f", by {gaps.mean():+.3f} ({gaps.min():+.3f} to {gaps.max():+.3f})" if len(gaps) > 1 else f", by {gaps[0]:+.3f}"
    )
    return f"{of}: {a.mean():.3f} and {b.mean():.3f}; {apart}{span}.".replace("-0.", "\u22120.")


def _apart(lab: LabResults, m: int) -> bool:
    """Whether the label is read better before the head than behind it in every seed, by more than a point in the mean."""
    gaps = lab.scores("accuracy")[m, :, 0] - lab.scores("accuracy", "loss")[m, :, 0]
    return lab.headed(m) and bool((gaps > 0).all() and gaps.mean() > _POINT)


def _two_layers(lab: LabResults, apart: list[int], shared: float | None) -> list[str]:
    """What is read before and behind the heads of methods where the two differ; first those whose loss sees what both views share and no more."""
    first, others = [], []
    for m in apart:
        before, behind = (float(lab.scores("accuracy", layer)[m, :, 0].mean()) for layer in LAYERS)
        if shared is not None and abs(behind - shared) < 3 * _POINT:
            first.append(
                f"{lab.titles[m]} on {lab.labels[0]}: {before:.3f} at the representation, {behind:.3f} at the loss, where what both views share allows {shared:.3f}."
            )
        else:
            others.append(f"{lab.titles[m]} ({before:.3f} to {behind:.3f})")
    if others:
        first.append(f"Behind the head a linear probe reads less of {lab.labels[0]}, in every seed: {_and(others)}.")
    return first


def _lost_in_training(lab: LabResults, ready: list[int]) -> list[str]:
    """Methods that read the label worse than their own networks did before training, in every seed, at either layer."""
    sentences = []
    for layer in LAYERS:
        lost = []
        for m in ready:
            if layer == "loss" and not lab.headed(m):
                continue
            after, before = lab.scores("accuracy", layer)[m, :, 0], lab.before_training("accuracy", layer)[m, :, 0]
            if (after < before).all() and before.mean() - after.mean() > _POINT / 2:
                lost.append(f"{lab.titles[m]} ({before.mean():.3f} to {after.mean():.3f})")
        if lost:
            where = "At the representation" if layer == "representation" else "At the loss"
            sentences.append(
                f"{where} training made {lab.labels[0]} harder to read by a linear probe, in every seed: {_and(lost)}."
            )
    return sentences


def _at_chance(lab: LabResults, ready: list[int]) -> list[str]:
    """Methods that do not read a label of pure synergy, and methods that read it in some seeds only."""
    label = next((k for k, name in enumerate(lab.labels) if name in ("synergy", "match")), None)
    if label is None or not ready:
        return []
    chance = float(lab.chance[:, label].mean())
    scores = lab.accuracy[:, :, lab.whole, label]
    low = [
        m for m in ready if scores[m].max() < chance + 2 * _CHANCE_MARGIN and scores[m].mean() < chance + _CHANCE_MARGIN
    ]
    sentences = []
    if low:
        sentences.append(
            f"Synergy sits at chance ({chance:.2f}) for {_and([lab.titles[m] for m in low])}: a linear probe does not read what "
            "only both views together hold."
        )
    for m in ready:
        seeds = int((scores[m] > chance + 0.2).sum())
        if 0 < seeds < scores.shape[1]:
            sentences.append(
                f"{lab.titles[m]} finds the synergy in {seeds} of {scores.shape[1]} seeds: all or nothing, so a mean would mislead."
            )
    return sentences


def _leaks(lab: LabResults, ready: list[int]) -> list[str]:
    """What a head holds that belongs to another one."""
    sentences = []
    if {"ws", "w1", "w2"} <= set(lab.factors):
        for m in ready:
            if not (objective_of(lab.methods[m]).factorised and lab.headed(m)):
                continue

            def score(head: str, factor: str, m: int = m) -> float:
                return float(lab.r2[m, :, lab.readouts.index(head), lab.factors.index(factor)].mean())

            shared, own = (score("u1", "ws") + score("u2", "ws")) / 2, (score("s1", "w1") + score("s2", "w2")) / 2
            other = max(score("u1", "w2"), score("u2", "w1"))
            sentences.append(
                f"{lab.titles[m]}: the unique heads predict the shared ws with R2 {max(shared, 0):.2f}"
                f"{', a leak' if shared > LEAK else ''}; the shared heads predict their view-specific factors with R2 {max(own, 0):.2f}"
                f"{', a leak' if own > LEAK else ''}; the other view's factors are predicted by the unique heads "
                f"{'too' if other > LEAK else 'not at all'} (R2 {max(other, 0):.3f})."
            )
    return sentences


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# -- the other runs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swept:
    """A run of `FactorClSweep`, as far as it is: accuracy and mlp (M, 2 layers, K, Q) over the view-specific share (Q,), chance (K, Q)."""

    methods: tuple[str, ...]
    titles: tuple[str, ...]
    layers: tuple[str, ...]
    ratio: Array
    chance: Array
    accuracy: Array
    mlp: Array
    truth: tuple[dict[str, Any], ...]
    shared: Array | None = None


def read_sweep(run: Run) -> Swept | None:
    """Read a run; None before it has said what it will say. `shared` is nan where the highest accuracy from what both views share is not known."""
    if not run.has("names"):
        return None
    names = run.arrays("names")
    many, (k, q) = len(names["methods"]), np.shape(names["chance"])
    layers = tuple(map(str, names["layers"]))
    accuracy, mlp = (np.full((many, len(layers), k, q), np.nan) for _ in range(2))
    last: dict[int, dict[str, Any]] = {}
    for frame in run.frames():
        place = place_of_frame(frame, "method", many)
        if place is not None and frame.get("arrays"):
            last[place] = frame
    for m, frame in last.items():
        arrays = run.arrays(frame["arrays"])
        put(accuracy, m, arrays.get("accuracy"))
        put(mlp, m, arrays.get("mlp"))
    return Swept(
        tuple(map(str, names["methods"])),
        tuple(map(str, names["titles"])),
        layers,
        np.asarray(names["ratio"], dtype=float),
        np.asarray(names["chance"], dtype=float),
        accuracy,
        mlp,
        tuple(run.result().get("truth") or ()),
        np.asarray(names["shared"], dtype=float) if "shared" in names and np.isfinite(names["shared"]).any() else None,
    )


@dataclass(frozen=True)
class Bounded:
    """A run of `Bounds`, as far as it is, in bits: truth and conditional (T,), nce, club and their errors (T, K)."""

    truth: Array
    conditional: npt.NDArray[np.bool_]
    ceiling: float
    nce: Array
    club: Array
    nce_error: Array
    club_error: Array
    update: int
    updates: int


def read_bounds(run: Run) -> Bounded | None:
    """Read a run; None before its first frame."""
    frames = [f for f in run.frames() if f.get("arrays")]
    if not run.has("names") or not (frames or run.has("result")):
        return None
    names = run.arrays("names")
    arrays = run.arrays("result") if run.has("result") else run.arrays(frames[-1]["arrays"])
    nce, club = (np.asarray(arrays[k], dtype=float) for k in ("nce", "club"))
    nothing = np.full(nce.shape, np.nan)
    last = frames[-1] if frames else {}
    return Bounded(
        np.asarray(names["truth"], dtype=float),
        np.asarray(names["conditional"]).astype(bool),
        float(np.ravel(names["ceiling"])[0]),
        nce,
        club,
        np.asarray(arrays.get("nce_error", nothing), dtype=float),
        np.asarray(arrays.get("club_error", nothing), dtype=float),
        int(last.get("update") or 0),
        int(last.get("updates") or 0),
    )


def place_of_frame(frame: dict[str, Any], name: str, many: int) -> int | None:
    """Which row a frame belongs to; None for a damaged one."""
    value = frame.get(name)
    if not isinstance(value, int | float) or not 0 <= value < many:
        return None
    return int(value)


def mean_of(values: Array, axis: int) -> Array:
    """Mean over what is there, without a warning where nothing is."""
    good = np.isfinite(values)
    count = good.sum(axis=axis)
    total = np.where(good, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def put(target: Array, place: int, values: np.ndarray | None) -> None:
    """Write what was found into one row; nothing where there is nothing."""
    if values is None:
        return
    try:
        target[place] = np.broadcast_to(values, target.shape[1:])
    except ValueError:
        why = f"the run holds an array of shape {np.shape(values)}; allowed: {target.shape[1:]}. Run it again"
        raise BadData(why) from None

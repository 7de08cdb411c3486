"""What each loss keeps: the run of `mmexplore.labs.losses.table_task` as far as it is, its picture, and what the picture says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.labs.losses.objectives import BASELINES, LAYERS, Objective
from mmexplore.labs.losses.reading import WHERE, mean_of, objective_of, place_of_frame, put
from mmexplore.labs.losses.retained import ATOM_OF, Retained, Row
from mmexplore.plot.kinds import Heat
from mmexplore.runs import Run

Array = npt.NDArray[np.float64]

_FAMILIES = {
    "baseline": "Without training",
    "contrastive": "Contrastive",
    "factorised": "Factorised",
    "fusion": "Through one fusion",
    "generative": "Generative",
    "bottleneck": "Bottlenecks",
    "supervised": "Trained on the label",
}


@dataclass(frozen=True)
class MeasuredTable:
    """A run of `Kept`, as far as it is: kept, kept_linear, readable, and kept before training (O, K, A, Z), pid (O, K, A, 4), seconds (O,), done (O,)."""

    objectives: tuple[str, ...]
    titles: tuple[str, ...]
    atoms: tuple[str, ...]
    readouts: tuple[str, ...]
    kept: Array
    kept_linear: Array
    readable: Array
    untrained: Array
    pid: Array
    seconds: Array
    done: npt.NDArray[np.bool_]


def read_table(run: Run) -> MeasuredTable | None:
    """Read a run; None before it has said what it will say."""
    if not run.has("names"):
        return None
    names = run.arrays("names")
    texts, titles, atoms, readouts = (tuple(map(str, names[k])) for k in ("objectives", "titles", "atoms", "readouts"))
    many, k = len(texts), len(names["seeds"])
    shape = (many, k, len(atoms), len(readouts))
    arrays = {name: np.full(shape, np.nan) for name in ("kept", "kept_linear", "readable", "untrained_kept")}
    arrays["pid"] = np.full((many, k, len(atoms), 4), np.nan)
    seconds, done = np.full(many, np.nan), np.zeros(many, dtype=bool)
    for frame in run.frames():
        place = place_of_frame(frame, "objective", many)
        if place is None or not frame.get("arrays"):
            continue
        stored = run.arrays(frame["arrays"])
        for name, target in arrays.items():
            put(target, place, stored.get(name))
        seconds[place] = float(frame.get("seconds") or np.nan)
        done[place] = True
    return MeasuredTable(
        texts,
        titles,
        atoms,
        readouts,
        arrays["kept"],
        arrays["kept_linear"],
        arrays["readable"],
        arrays["untrained_kept"],
        arrays["pid"],
        seconds,
        done,
    )


def empty_table(chosen: Sequence[Objective], atoms: tuple[str, ...]) -> MeasuredTable:
    """A table of which nothing has been measured."""
    readouts = (*LAYERS["representation"], *LAYERS["loss"])
    nothing = np.full((len(chosen), 1, len(atoms), len(readouts)), np.nan)
    return MeasuredTable(
        tuple(o.text() for o in chosen),
        tuple(o.heading() for o in chosen),
        atoms,
        readouts,
        nothing,
        nothing,
        nothing,
        nothing,
        np.full((len(chosen), 1, len(atoms), 4), np.nan),
        np.full(len(chosen), np.nan),
        np.zeros(len(chosen), dtype=bool),
    )


def place_of(seen: MeasuredTable, layer: str, readout: str) -> int:
    """Which read-out: z1, z2 or z12 of a layer."""
    return seen.readouts.index(LAYERS[layer][LAYERS["representation"].index(readout)])


def row_order(seen: MeasuredTable, order: str, z: int) -> list[int]:
    """The rows in the asked order: by family as declared, by an atom (most first), or by time (least first); what is missing last."""
    rows = list(range(len(seen.objectives)))
    if order == "family":
        families = list(_FAMILIES)
        return sorted(rows, key=lambda o: families.index(objective_of(seen.objectives[o]).family))
    if order == "seconds":
        return sorted(rows, key=lambda o: (not seen.done[o], seen.seconds[o] if seen.done[o] else 0.0))
    a = seen.atoms.index(order)
    bits, lines = mean_of(seen.kept[:, :, a, z], 1), mean_of(seen.readable[:, :, a, z], 1)
    return sorted(
        rows, key=lambda o: (not seen.done[o], -np.nan_to_num(np.round(bits[o], 2)), -np.nan_to_num(lines[o]))
    )


def table_figure(
    seen: MeasuredTable,
    order: str = "family",
    readout: str = "z12",
    layer: str = "representation",
    stability: Stability | None = None,
) -> Retained:
    """The measured table: objectives against what they keep of four bits.

    Args:
        seen: the run as far as it is.
        order, readout, layer: as in the view.
        stability: the same over widths and learning rates, where that has been run.
    """
    z = place_of(seen, layer, readout)
    other_layer = next(name for name in LAYERS if name != layer)
    other = place_of(seen, other_layer, readout)
    rows = []
    heading = ""
    for o in row_order(seen, order, z):
        declared = objective_of(seen.objectives[o])
        family = _FAMILIES[declared.family] if order == "family" else ""
        atoms = range(len(seen.atoms))
        elsewhere = mean_of(seen.kept[o, :, :, other], 0)
        before = mean_of(seen.untrained[o, :, :, z], 0)
        rows.append(
            Row(
                label=seen.titles[o],
                heading=family if family != heading else "",
                kept=tuple(_finite(seen.kept[o, :, a, z]) for a in atoms),
                readable=tuple(_finite(seen.readable[o, :, a, z]) for a in atoms),
                theory=declared.keeps,
                seconds=float(seen.seconds[o]),
                words=f"{declared.sentence} {declared.why}",
                muted=seen.objectives[o] in BASELINES,
                other=tuple(map(float, elsewhere)) if declared.has_head else (),
                untrained=tuple(map(float, before)) if np.isfinite(before).any() else (),
                unstable=tuple(
                    _why_unstable(seen, o, a, z, stability, layer if readout == "z12" else "") for a in atoms
                )
                if seen.done[o] and seen.objectives[o] not in BASELINES
                else (),
            )
        )
        heading = family
    return Retained(
        "What does each loss keep?",
        tuple(rows),
        layer=WHERE[layer],
        other_layer=WHERE[other_layer],
        note=f"The views hold one bit of each kind. Thick bar: the bits that an MLP probe (one hidden layer) reads {WHERE[layer]} {_OF[readout]}, on held-out "
        f"rows; {_seeds(seen)}. Thin bar: how much of it a linear probe reads (2 accuracy \u2212 1). "
        "The mark at the end is what theory says of the layer that the loss acts on; a ring around it: measured otherwise.",
    )


_OF = {"z12": "of both views", "z1": "of view 1", "z2": "of view 2"}
UNSTABLE = 0.25  # bits between seeds, or between settings


def _seeds(seen: MeasuredTable) -> str:
    many = seen.kept.shape[1]
    return f"a dot a seed, {many} seed{'s' if many > 1 else ''}" if seen.done.any() else "a dot a seed"


def _why_unstable(seen: MeasuredTable, o: int, a: int, z: int, stability: Stability | None, layer: str) -> str:
    """Why an entry is not to be relied on; "" where nothing speaks against it."""
    values = seen.kept[o, :, a, z]
    why = []
    if len(values) > 1 and np.ptp(values) > UNSTABLE:
        why.append(f"{values.min():.2f} to {values.max():.2f} over seeds")
    if stability is not None and layer and seen.objectives[o] in stability.objectives:
        least, most = stability.ends(stability.objectives.index(seen.objectives[o]), a, layer)
        if most - least > UNSTABLE:
            why.append(f"{least:.2f} to {most:.2f} over {stability.settings()}")
    return "; ".join(why)


@dataclass(frozen=True)
class Stability:
    """A run of `KeptSweep`, as far as it is: kept, readable (O, W, Q, K, A, 2 layers), done (O, W, Q)."""

    objectives: tuple[str, ...]
    titles: tuple[str, ...]
    atoms: tuple[str, ...]
    embeddings: tuple[int, ...]
    rates: tuple[float, ...]
    kept: Array
    readable: Array

    def mean(self, layer: str) -> Array:
        """Bits kept, mean over seeds, (O, W, Q, A); nan where it is missing."""
        return mean_of(self.kept[..., list(LAYERS).index(layer)], 3)

    def ends(self, o: int, a: int, layer: str) -> tuple[float, float]:
        """Least and most bits kept of an atom over all settings so far."""
        values = self.mean(layer)[o, ..., a]
        good = values[np.isfinite(values)]
        return (float(good.min()), float(good.max())) if len(good) else (np.nan, np.nan)

    def settings(self) -> str:
        """The settings, in words."""
        widths = " ".join(map(str, self.embeddings))
        rates = " ".join(f"{rate:g}" for rate in self.rates)
        return f"widths {widths} and learning rates {rates}"


def read_stability(run: Run) -> Stability | None:
    """Read a run; None before it has said what it will say."""
    if not run.has("names"):
        return None
    names = run.arrays("names")
    texts, titles, atoms = (tuple(map(str, names[k])) for k in ("objectives", "titles", "atoms"))
    embeddings, rates = tuple(map(int, names["embeddings"])), tuple(map(float, names["rates"]))
    shape = (len(texts), len(embeddings), len(rates), len(names["seeds"]), len(atoms), len(LAYERS))
    arrays = {name: np.full(shape, np.nan) for name in ("kept", "readable")}
    if run.has("table"):  # it has ended: one file instead of many
        stored = run.arrays("table")
        for name, target in arrays.items():
            put(target[None], 0, stored.get(name))
        return Stability(texts, titles, atoms, embeddings, rates, arrays["kept"], arrays["readable"])
    for frame in run.frames():
        place = tuple(
            place_of_frame(frame, name, many)
            for name, many in zip(("objective", "embedding", "rate"), shape[:3], strict=True)
        )
        if None in place or not frame.get("arrays"):
            continue
        stored = run.arrays(frame["arrays"])
        flat = int(np.ravel_multi_index([int(k or 0) for k in place], shape[:3]))
        for name, target in arrays.items():
            put(target.reshape(-1, *shape[3:]), flat, stored.get(name))
    return Stability(texts, titles, atoms, embeddings, rates, arrays["kept"], arrays["readable"])


def stability_figure(seen: Stability, layer: str = "representation") -> Heat | None:
    """Bits kept over widths and learning rates, a panel an atom; None before the first number."""
    values = seen.mean(layer)  # (O, W, Q, A)
    rows = [o for o in range(len(seen.objectives)) if np.isfinite(values[o]).any()]
    if not rows:
        return None
    flat = np.moveaxis(values[rows].reshape(len(rows), -1, len(seen.atoms)), -1, 0)
    return Heat(
        f"Bits kept over widths and learning rates, {WHERE[layer]}",
        flat,
        tuple(ATOM_OF[name][1] for name in seen.atoms),
        tuple(seen.titles[o] for o in rows),
        tuple(f"{w} \u00b7 {rate:g}" for w in seen.embeddings for rate in seen.rates),
        row_label="loss",
        column_label="width of a view's embedding \u00b7 learning rate",
        value_label="bits",
        note=f"Mean of {seen.kept.shape[3]} seeds, an MLP probe on both views. A row of one shade does not hang on the setting.",
    )


def stability_words(seen: Stability, layer: str = "representation") -> list[str]:
    """Which entries hold at every setting and which do not, in sentences counted from the run."""
    rows = [
        o
        for o in range(len(seen.objectives))
        if seen.objectives[o] not in BASELINES and np.isfinite(seen.mean(layer)[o]).all()
    ]
    sentences = []
    for a, atom in enumerate(seen.atoms):
        ends = {o: seen.ends(o, a, layer) for o in rows}
        kept = [seen.titles[o] for o, (least, _) in ends.items() if least > 1 - UNSTABLE]
        lost = [seen.titles[o] for o, (_, most) in ends.items() if most < UNSTABLE]
        parts = []
        if kept:
            parts.append(f"kept at every setting by {', '.join(kept)}")
        if lost:
            parts.append(f"lost at every setting by {', '.join(lost)}")
        between = [
            f"{seen.titles[o]} ({least:.2f} to {most:.2f})"
            for o, (least, most) in ends.items()
            if most - least > UNSTABLE
        ]
        if between:
            parts.append(f"it hangs on the setting for {', '.join(between)}")
        if parts:
            sentences.append(f"{ATOM_OF[atom][1]}: {'; '.join(parts)}.")
    return sentences


def pid_figure(seen: MeasuredTable) -> Heat | None:
    """The decomposition of each label read from the two embeddings, mean over seeds."""
    done = [o for o in range(len(seen.objectives)) if seen.done[o]]
    if not done:
        return None
    values = np.maximum(mean_of(seen.pid[done], 1), 0.0)  # (O, A, 4)
    return Heat(
        "The decomposition of each label, read at the representation (bits)",
        np.moveaxis(values, 1, 0),
        tuple(f"label: {name}" for name in seen.atoms),
        tuple(seen.titles[o] for o in done),
        ("R", "U1", "U2", "S"),
        value_label="bits",
        note="From the information of the embedding of view 1, that of view 2 and both about the label, with R = min(I1, I2): exact for labels of one pure "
        "kind as these. A shared bit that sits in one view's embedding alone is shown as unique to that view: relocated, not lost.",
    )


def _finite(column: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in column if np.isfinite(v))


def table_verdict(seen: MeasuredTable, layer: str = "representation") -> str:
    """The table in one sentence: how many of the trained losses keep each bit, more than half of it in every seed."""
    z = place_of(seen, layer, "z12")
    rows = [o for o in range(len(seen.objectives)) if seen.done[o] and seen.objectives[o] not in BASELINES]
    if not rows:
        return "Nothing has been measured yet."
    kept = seen.kept[rows][:, :, :, z].min(axis=1) > 0.5  # (losses, bits)
    linear = seen.readable[rows][:, :, :, z].min(axis=1) > 0.5
    counts = dict(zip(seen.atoms, kept.sum(axis=0).tolist(), strict=True))
    straight = int(linear[:, seen.atoms.index("synergy")].sum())
    return (
        f"Of {len(rows)} losses, {counts['shared']} keep the shared bit {WHERE[layer]}, {counts['unique1']} and {counts['unique2']} the unique bits, "
        f"{counts['synergy']} the synergy ({straight} so that a linear probe reads it)."
    )


def table_words(seen: MeasuredTable, layer: str = "representation") -> list[str]:
    """What the measured table says of synergy at a layer, in sentences that are counted from it."""
    synergy, z = seen.atoms.index("synergy"), place_of(seen, layer, "z12")
    sentences: list[str] = []
    rows = [o for o in range(len(seen.objectives)) if seen.done[o] and seen.objectives[o] not in BASELINES]
    if not rows:
        return sentences
    scores, lines = seen.kept[:, :, synergy, z], seen.readable[:, :, synergy, z]
    split = [o for o in rows if np.ptp(scores[o]) > UNSTABLE]
    steady = [o for o in rows if o not in split]
    explicit = [seen.titles[o] for o in steady if lines[o].min() > 0.5]
    parts = [seen.titles[o] for o in steady if scores[o].min() > 0.5 and lines[o].max() <= 0.5]
    lost = [seen.titles[o] for o in steady if scores[o].max() < 0.05]
    where = WHERE[layer]
    if explicit:
        sentences.append(
            f"Synergy is explicit {where} (a linear probe reads it in every seed) with {', '.join(explicit)}."
        )
    if parts:
        sentences.append(f"Its parts are kept {where}, but a linear probe does not read it, with {', '.join(parts)}.")
    if lost:
        sentences.append(f"It is lost {where} with {', '.join(lost)}.")
    if split:
        shown = [f"{seen.titles[o]} ({scores[o].min():.2f} to {scores[o].max():.2f} bit)" for o in split]
        sentences.append(f"It depends on the seed with {', '.join(shown)}.")
    return sentences

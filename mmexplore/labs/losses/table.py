"""What each loss keeps: the run of `mmexplore.labs.losses.table_task` as far as it is, its picture, and what the picture says in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.labs.losses.objectives import BASELINES
from mmexplore.labs.losses.reading import mean_of, objective_of, place_of_frame, put
from mmexplore.report.content import Heat
from mmexplore.report.retained import Retained, Row
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
    """A run of `Kept`, as far as it is: kept, kept_linear, readable (O, K, A, Z), pid (O, K, A, 4), seconds (O,), done (O,)."""

    objectives: tuple[str, ...]
    titles: tuple[str, ...]
    atoms: tuple[str, ...]
    readouts: tuple[str, ...]
    kept: Array
    kept_linear: Array
    readable: Array
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
    arrays = {name: np.full(shape, np.nan) for name in ("kept", "kept_linear", "readable")}
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
        arrays["pid"],
        seconds,
        done,
    )


def row_order(seen: MeasuredTable, order: str, readout: str) -> list[int]:
    """The rows in the asked order: by family as declared, by an atom (most first), or by time (least first); what is missing last."""
    rows = list(range(len(seen.objectives)))
    if order == "family":
        families = list(_FAMILIES)
        return sorted(rows, key=lambda o: families.index(objective_of(seen.objectives[o]).family))
    if order == "seconds":
        return sorted(rows, key=lambda o: (not seen.done[o], seen.seconds[o] if seen.done[o] else 0.0))
    a, z = seen.atoms.index(order), seen.readouts.index(readout)
    bits, lines = mean_of(seen.kept[:, :, a, z], 1), mean_of(seen.readable[:, :, a, z], 1)
    return sorted(
        rows, key=lambda o: (not seen.done[o], -np.nan_to_num(np.round(bits[o], 2)), -np.nan_to_num(lines[o]))
    )


def table_figure(seen: MeasuredTable, order: str = "family", readout: str = "z12") -> Retained:
    """The measured table: objectives against what they keep of four bits."""
    z = seen.readouts.index(readout)
    rows = []
    heading = ""
    for o in row_order(seen, order, readout):
        declared = objective_of(seen.objectives[o])
        family = _FAMILIES[declared.family] if order == "family" else ""
        rows.append(
            Row(
                label=seen.titles[o],
                heading=family if family != heading else "",
                kept=tuple(_finite(seen.kept[o, :, a, z]) for a in range(len(seen.atoms))),
                readable=tuple(_finite(seen.readable[o, :, a, z]) for a in range(len(seen.atoms))),
                theory=declared.keeps,
                seconds=float(seen.seconds[o]),
                words=f"{declared.sentence} {declared.why}",
                muted=seen.objectives[o] in BASELINES,
            )
        )
        heading = family
    return Retained(
        "What does each loss keep?",
        tuple(rows),
        note=f"The views hold one bit of each kind. Thick bar: the bits that an MLP probe (one hidden layer) reads from {_EMBEDDINGS[readout]}, on held-out "
        f"rows; {_seeds(seen)}. Thin bar: how much of it a linear probe reads (2 accuracy \u2212 1). "
        "The mark at the end is what theory says; a ring around it: measured otherwise.",
    )


_EMBEDDINGS = {
    "z12": "both embeddings (or the fused one)",
    "z1": "the embedding of view 1",
    "z2": "the embedding of view 2",
}


def _seeds(seen: MeasuredTable) -> str:
    many = seen.kept.shape[1]
    return f"a dot a seed, {many} seed{'s' if many > 1 else ''}" if seen.done.any() else "a dot a seed"


def pid_figure(seen: MeasuredTable) -> Heat | None:
    """The decomposition of each label read from the two embeddings, mean over seeds."""
    done = [o for o in range(len(seen.objectives)) if seen.done[o]]
    if not done:
        return None
    values = np.maximum(mean_of(seen.pid[done], 1), 0.0)  # (O, A, 4)
    return Heat(
        "The decomposition of each label, read from the embeddings (bits)",
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


def table_words(seen: MeasuredTable) -> list[str]:
    """What the measured table says, in sentences that are counted from it."""
    synergy, z = seen.atoms.index("synergy"), seen.readouts.index("z12")
    sentences: list[str] = []
    rows = [o for o in range(len(seen.objectives)) if seen.done[o] and seen.objectives[o] not in BASELINES]
    if not rows:
        return sentences
    bits = {o: float(seen.kept[o, :, synergy, z].mean()) for o in rows}
    lines = {o: float(seen.readable[o, :, synergy, z].mean()) for o in rows}
    explicit = [seen.titles[o] for o in rows if lines[o] > 0.5]
    parts = [seen.titles[o] for o in rows if bits[o] > 0.5 and lines[o] <= 0.5]
    lost = [seen.titles[o] for o in rows if bits[o] < 0.05]
    if explicit:
        sentences.append(f"Synergy is made explicit (a linear probe reads it) by {', '.join(explicit)}.")
    if parts:
        sentences.append(f"Its ingredients are kept, but a linear probe does not read it, by {', '.join(parts)}.")
    if lost:
        sentences.append(f"It is lost by {', '.join(lost)}.")
    split = [
        f"{seen.titles[o]} ({seen.kept[o, :, synergy, z].min():.2f} to {seen.kept[o, :, synergy, z].max():.2f})"
        for o in rows
        if np.ptp(seen.kept[o, :, synergy, z]) > 0.5
    ]
    if split:
        sentences.append(f"It depends on the seed: {', '.join(split)}. A mean alone would hide it.")
    return sentences

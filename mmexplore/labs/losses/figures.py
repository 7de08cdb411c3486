"""The figures of the lab of losses, from what its runs have recorded so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from mmexplore.labs.losses.objectives import BASELINES, LAYERS
from mmexplore.labs.losses.reading import WHERE, Bounded, LabResults, Swept, mean_of, objective_of
from mmexplore.labs.losses.retained import ATOM_OF
from mmexplore.plot import Figure
from mmexplore.plot.kinds import Cloud, Curves, Dots, Heat, Level, Scatter, Series, Strip, TrialGroup, Trials
from mmexplore.plot.tables import Number

Array = npt.NDArray[np.float64]

COLUMNS = 4  # of one figure of dots
PROBES = {"linear": "a linear probe", "mlp": "an MLP probe (one hidden layer)"}


def _values(column: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in column if np.isfinite(v))


def _hue(lab: LabResults | Swept, m: int) -> int | None:
    """Every trained method has a place in the palette; baselines are plain."""
    trained = [k for k, text in enumerate(lab.methods) if text not in BASELINES]
    return trained.index(m) if m in trained else None


READINGS = (WHERE["representation"], WHERE["loss"], "the same networks before training")


def _strips(lab: LabResults, kind: str, columns: Sequence[int], least: float = -np.inf) -> tuple[Strip, ...]:
    """One row a method: accuracy, mlp, r2 or r2_mlp at both layers, with what its networks had before training; what is below `least` is drawn there."""
    layers = tuple(LAYERS)
    scores = [np.maximum(lab.scores(kind, layer), least) for layer in layers]  # (M, K, columns)
    starts = [np.maximum(mean_of(lab.before_training(kind, layer), 1), least) for layer in layers]
    return tuple(
        Strip(
            title,
            tuple(_values(scores[0][m, :, c]) for c in columns),
            _hue(lab, m),
            lab.methods[m] in BASELINES,
            others=tuple(_values(scores[1][m, :, c]) for c in columns) if lab.headed(m) else (),
            starts=tuple((_or_none(starts[0][m, c]), _or_none(starts[1][m, c])) for c in columns),
        )
        for m, title in enumerate(lab.titles)
    )


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


# -- accuracy and factors --------------------------------------------------------------------------------------------------


def accuracy_dots(lab: LabResults, score: str = "linear", shared: Mapping[str, float] | None = None) -> list[Dots]:
    """Held-out accuracy of every method for every label at both layers, a dot a seed; four labels a figure.

    Args:
        lab: the run.
        score: linear or mlp.
        shared: highest accuracy on each label for one who knows what both views share and nothing else, where it is known.
    """
    kind = "mlp" if score == "mlp" else "accuracy"
    scores = np.concatenate([lab.scores(kind, layer) for layer in LAYERS], axis=1)
    shown = [c for c in range(len(lab.labels)) if not (c == 0 and _again(lab))]
    chance = lab.chance.mean(axis=0)
    raw = lab.baseline("raw")
    lowest = float(np.nanmin([np.nanmin(scores) if np.isfinite(scores).any() else 0.5, chance.min()]))
    low = max(0.0, np.floor((lowest - 0.02) * 10) / 10)
    figures = []
    for start in range(0, len(shown), COLUMNS):
        part = shown[start : start + COLUMNS]
        lines: list[tuple[str, tuple[Number, ...]]] = [("chance", tuple(float(chance[c]) for c in part))]
        known = tuple((shared or {}).get(lab.labels[c]) for c in part)
        if any(value is not None for value in known):
            lines.append(("what both views share", known))
        if raw is not None and np.isfinite(scores[raw]).any():
            lines.append(("raw inputs", tuple(float(mean_of(scores[raw, :, c], 0)) for c in part)))
        figures.append(
            Dots(
                "What was kept: accuracy of probes on held-out rows",
                tuple(_label(lab.labels[c]) for c in part),
                _strips(lab, kind, part),
                f"accuracy of {PROBES[score]} on both views",
                low,
                1.0,
                tuple(lines),
                readings=READINGS,
                note=f"A dot a seed ({len(lab.seeds)}), a bar at their mean. Filled: read at the representation, which has {_wide(lab)} for every method. "
                f"Hollow: read where the loss acts, behind the projection head{_wider(lab)}; no hollow dots where there is no head. No probe saw the rows it is scored on.",
            )
        )
    return figures


def _wide(lab: LabResults) -> str:
    """The width of what is read at the representation."""
    trained = [m for m in range(len(lab.methods)) if lab.methods[m] != "raw"]
    widths = sorted({int(w) for w in lab.widths[trained, lab.whole] if np.isfinite(w)})
    return f"{' or '.join(map(str, widths))} numbers" if widths else "the same width"


def _wider(lab: LabResults) -> str:
    """Which methods are read from more numbers at the loss; "" for none."""
    at_loss = lab.widths[:, lab.at("loss")]
    wider = [f"{lab.titles[m]} {int(at_loss[m])}" for m in lab.trained if at_loss[m] > lab.widths[m, lab.whole]]
    return f" (from more numbers than before it: {', '.join(wider)}, all heads side by side)" if wider else ""


def _again(lab: LabResults) -> bool:
    """Whether the label stands among the others under a name of its own."""
    first = lab.accuracy[lab.begun, :, :, 0]
    return any(
        np.array_equal(first, lab.accuracy[lab.begun, :, :, c], equal_nan=True) for c in range(1, len(lab.labels))
    )


def _foot(values: list[Array]) -> float:
    """Where an axis of accuracies begins: a tenth below the lowest."""
    every = np.concatenate([np.ravel(v) for v in values])
    return float(max(0.0, np.floor((np.nanmin(every) - 0.02) * 10) / 10))


def r2_dots(lab: LabResults, score: str = "linear") -> Dots | None:
    """R2 of every factor; None where the data have no factors."""
    if not lab.factors:
        return None
    return Dots(
        "What was kept of each factor",
        tuple(_factor(f) for f in lab.factors),
        _strips(lab, "r2_mlp" if score == "mlp" else "r2", range(len(lab.factors)), 0.0),
        f"R\u00b2 of {PROBES[score]} on held-out rows (below 0 drawn at 0)",
        readings=READINGS,
        note="R\u00b2 says more than an accuracy that is nearly 1: how well the latents themselves can be read, all dimensions of a factor together.",
    )


def accuracy_curves(lab: LabResults, shared: Mapping[str, float] | None = None) -> Curves | None:
    """Accuracy on the label while each method trains, at both layers; None before the first evaluation."""
    lines: dict[tuple[int, str], tuple[Array, Array]] = {}
    for m in lab.trained:
        for key, layer in (("accuracy", "representation"), ("accuracy_loss", "loss")):
            start = float(mean_of(lab.before_training("accuracy", layer)[m, :, 0], 0))
            by_step = {0: start} if np.isfinite(start) else {}
            by_step |= {
                f["update"]: f[key] for f in lab.frames[m] if isinstance(f.get(key), float)
            }  # the last one of a step stands
            if by_step and (layer == "representation" or lab.headed(m)):
                lines[m, layer] = (np.array(sorted(by_step)), np.array([by_step[u] for u in sorted(by_step)]))
    if not lines:
        return None
    x = np.unique(np.concatenate([u for u, _ in lines.values()]))
    series = []
    for (m, layer), (updates, values) in lines.items():
        y = np.interp(x, updates, values, left=np.nan, right=np.nan)  # methods may be evaluated at other steps
        second = layer == "loss"
        series.append(Series(f"{lab.titles[m]}, loss" if second else lab.titles[m], y, hue=_hue(lab, m), second=second))
    references = {"chance": float(lab.chance[:, 0].mean())}
    if lab.labels[0] in (shared or {}):
        references["what both share"] = float((shared or {})[lab.labels[0]])
    raw = lab.baseline("raw")
    if raw is not None and np.isfinite(lab.scores("accuracy")[raw, :, 0]).all():
        references["raw inputs"] = float(lab.scores("accuracy")[raw, :, 0].mean())
    series += [Series(name, np.full(len(x), value), faint=True) for name, value in references.items()]
    return Curves(
        f"Accuracy on {lab.labels[0]} while it trains",
        x.astype(float),
        tuple(series),
        "training step of the method",
        "accuracy, mean over seeds",
        low=_foot([s.y for s in series]),
        note="A linear probe on both views at every evaluation. Solid: at the representation; dotted: at the loss. At step 0 the networks are untrained.",
    )


def terms_curves(lab: LabResults, m: int) -> list[Curves]:
    """The loss terms of a method in bits, with the ceiling of NCE bounds; what has other units in a figure of its own."""
    declared = objective_of(lab.methods[m]).terms
    frames = [f for f in lab.frames[m] if f.get("update") and any(isinstance(f.get(t), float) for t in declared)]
    if not frames:
        return []
    x = np.array([float(f["update"]) for f in frames])
    x, first = np.unique(x, return_index=True)
    lines: dict[bool, list[Series]] = {True: [], False: []}
    for k, name in enumerate(declared):
        y = np.array([frames[i].get(name) if isinstance(frames[i].get(name), float) else np.nan for i in first])
        bits = not name.endswith("_nats") and "bits" in declared[name]
        lines[bits].append(Series(name.replace("_", " "), y, hue=k))
    terms = "; ".join(f"{name.replace('_', ' ')}: {words}" for name, words in declared.items())
    figures = []
    for bits, series in lines.items():
        if not series:
            continue
        if bits and np.isfinite(lab.ceiling) and any("NCE" in words for words in declared.values()):
            series.append(Series("log\u2082 of the batch", np.full(len(x), lab.ceiling), faint=True))
        figures.append(
            Curves(
                f"Loss terms of {lab.titles[m]}",
                x,
                tuple(series),
                "training step",
                "bit" if bits else "as named",
                note=f"Means over seeds since the evaluation before. {terms}.",
            )
        )
    return figures


def critic_bounds(lab: LabResults) -> Trials | None:
    """NCE below and NCE-CLUB above I(X1;X2), as each method's own critic has them on held-out rows."""
    shown = [m for m in lab.trained if np.isfinite(lab.bounds[m]).any()]
    if not shown:
        return None
    places = np.arange(1, len(shown) + 1, dtype=float)
    groups = []
    for k, name in enumerate(("NCE, from below", "NCE-CLUB, from above")):
        single = lab.bounds[shown, :, k]
        nothing = np.full(len(shown), np.nan)
        groups.append(TrialGroup(name, k, places, mean_of(single, 1), nothing, nothing, single))
    names = ", ".join(f"{k + 1} {lab.titles[m]}" for k, m in enumerate(shown))
    return Trials(
        "Two bounds of what the views share, by each method's own critic",
        tuple(groups),
        (Level("log\u2082 of the batch", places, np.full(len(shown), lab.ceiling), 0),),
        names,
        "bit",
        lines=False,
        note="On held-out rows, a point a seed. NCE never exceeds log\u2082 of the batch; NCE-CLUB is an upper bound only as far as its critic "
        "is the best one, so the two may cross.",
    )


def embeddings(drawn: dict[str, np.ndarray], lab: LabResults, m: int, chosen: Sequence[int] = ()) -> Scatter | None:
    """The embeddings of both views and of both together, coloured by label; samples that were `chosen` stand out in all three. None where
    there are none."""
    names = {"points1": "embedding of view 1", "points2": "embedding of view 2", "points12": "both together"}
    group = lab.points_y
    clouds = tuple(
        Cloud(title, drawn[name][:, 0], drawn[name][:, 1], group % 8, rows=np.arange(len(group)))
        for name, title in names.items()
        if name in drawn and len(drawn[name]) == len(group)
    )
    if not clouds:
        return None
    classes = int(group.max()) + 1 if len(group) else 0
    return Scatter(
        f"Embeddings of {lab.titles[m]}",
        clouds,
        tuple(f"y = {k}" for k in range(min(classes, 8))),
        note="Held-out rows of the first seed along the first two principal components of the embedding, coloured by the label."
        + (" With more than eight values, colours repeat." if classes > 8 else "")
        + " Draw around points in one panel: they stand out in all.",
        source=f"{len(group):,} held-out samples, seed {lab.seeds[0]}",
        chosen=np.array(chosen, dtype=int) if chosen else None,
    )


def chosen_words(drawn: dict[str, np.ndarray], lab: LabResults, chosen: Sequence[int]) -> str:
    """What can be said of selected samples: their labels, and how close together they lie in each panel beside all samples."""
    group, rows = lab.points_y, np.array([row for row in chosen if row < len(lab.points_y)], dtype=int)
    counts = np.bincount(group[rows], minlength=int(group.max()) + 1)
    labels = ", ".join(f"y = {k} {c:,} of {int((group == k).sum()):,}" for k, c in enumerate(counts) if c)
    titles = {"points1": "view 1", "points2": "view 2", "points12": "both together"}
    close = [
        f"{titles[name]} {_spread(points[rows]) / max(_spread(points), 1e-12):.2f}"
        for name, points in drawn.items()
        if name in titles and len(points) == len(group)
    ]
    return f"{len(rows):,} of {len(group):,} samples selected: {labels}. Their spread, with that of all samples as 1: {', '.join(close)}."


def _spread(points: np.ndarray) -> float:
    """Root mean squared distance from the middle."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


# -- factors --------------------------------------------------------------------------------------------------------------


def factor_heat(lab: LabResults, score: str = "linear") -> Heat | None:
    """R2 of every factor from every representation, a panel a method; accuracies above chance where there are no factors."""
    shown = [m for m in range(len(lab.methods)) if lab.begun[m] and lab.methods[m] != "raw"]
    if not shown:
        return None
    if lab.factors:
        scores, columns = (lab.r2_mlp if score == "mlp" else lab.r2), tuple(lab.factors)
        what, title = "R\u00b2", "Which latents can be read from which representation"
        values = np.maximum(mean_of(scores[shown], 1), 0.0)
    else:
        scores, columns = (lab.mlp if score == "mlp" else lab.accuracy), tuple(lab.labels)
        what, title = "accuracy above chance", "Which labels can be read from which representation"
        chance = lab.chance.mean(axis=0)
        values = np.maximum((mean_of(scores[shown], 1) - chance) / (1.0 - chance), 0.0)
    headless = [k for k, m in enumerate(shown) if not lab.headed(m)]
    at_loss = [lab.readouts.index(name) for name in LAYERS["loss"]]
    values[np.ix_(headless, at_loss)] = np.nan  # the same layer again
    rows = [r for r in range(len(lab.readouts)) if np.isfinite(values[:, r]).any()]
    return Heat(
        f"{title} ({what})",
        values[:, rows],
        tuple(lab.titles[m] for m in shown),
        tuple(_readout(lab.readouts[r]) for r in rows),
        columns,
        row_label="read from",
        column_label="factor" if lab.factors else "label",
        value_label=what,
        note="Z_S: the shared heads (s1, s2); Z_U: the unique heads (u1, u2). A head that shows what belongs to another one leaks. "
        "Where a method has no such head the cell is empty. 1 would be read without error."
        + ("" if lab.factors else " 0 is chance, 1 is always right."),
    )


def nulls_dots(lab: LabResults, label: int = 0) -> Dots | None:
    """What is left of a label's accuracy with its values shuffled, and with the second view taken from another row."""
    if lab.null_label.size == 0:
        return None
    whole = lab.scores("accuracy")[:, :, label]
    strips = tuple(
        Strip(
            title,
            (_values(whole[m]), _values(lab.null_views[m, :, label]), _values(lab.null_label[m, :, label])),
            _hue(lab, m),
            lab.methods[m] in BASELINES,
        )
        for m, title in enumerate(lab.titles)
    )
    chance = float(lab.chance[:, label].mean())
    return Dots(
        f"Nulls: accuracy on {lab.labels[label]} when something is shuffled",
        ("as it is", "view 2 of another row", "labels shuffled"),
        strips,
        "accuracy of a linear probe on held-out rows",
        max(0.0, np.floor((chance - 0.1) * 10) / 10),
        1.0,
        (("chance", (chance,) * 3),),
        note="Labels shuffled: everything must fall to chance, or the probes have seen what they should not. View 2 of another row: what "
        "view 1 holds alone stays, what only view 2 or only both together hold is gone.",
    )


# -- the sweep ------------------------------------------------------------------------------------------------------------


def sweep_curves(swept: Swept, score: str = "linear", layer: str = "representation") -> Curves | None:
    """Accuracy over the view-specific share of the label, all methods, with the scatter over seeds; None before the first number."""
    scores = (swept.mlp if score == "mlp" else swept.accuracy)[:, swept.layers.index(layer)]
    shown = [m for m in range(len(swept.methods)) if np.isfinite(scores[m]).any()]
    if not shown:
        return None
    series = []
    for m in shown:
        mean = mean_of(scores[m], 0)
        if swept.methods[m] in BASELINES:
            series.append(Series(swept.titles[m], mean, faint=True))
        else:
            low, high = scores[m].min(axis=0), scores[m].max(axis=0)
            series.append(Series(swept.titles[m], mean, low=low, high=high, hue=_hue(swept, m)))
    series.append(Series("chance", swept.chance.mean(axis=0), faint=True))
    if swept.shared is not None:
        series.append(Series("what both share", swept.shared, faint=True))
    return Curves(
        f"Accuracy over the label's view-specific share, read {WHERE[layer]}",
        swept.ratio,
        tuple(series),
        "share of the label's variance from view-specific factors",
        f"accuracy of {PROBES[score]}",
        low=_foot([s.y for s in series]),
        note=f"Means of {swept.chance.shape[0]} seeds; bands from the lowest to the highest. Grey: raw inputs, an untrained encoder, chance, and the "
        "accuracy of one who knows what both views share and nothing else. "
        "After figure 1 of Liang et al. 2023 (arXiv 2306.05268).",
    )


def sweep_truth(swept: Swept) -> Curves | None:
    """The decomposition of the information about the label at every ratio; None before the end."""
    if len(swept.truth) != len(swept.ratio):
        return None
    names = (("redundancy", "R", "Redundancy"), ("unique1", "U1", "Unique 1"), ("unique2", "U2", "Unique 2"))
    rows = [*names, ("synergy", "S", "Synergy")]
    series = tuple(
        Series(title, np.array([float(t[key]) for t in swept.truth]), atom=atom)  # type: ignore[arg-type]
        for key, atom, title in rows
    )
    return Curves(
        "Information about that label: its decomposition",
        swept.ratio,
        series,
        "share of the label's variance from view-specific factors",
        "bit",
        note="The sign of a sum depends on both summands, so much of their joint information is synergy: "
        "view-specific factors (of the generator) and unique information (of a decomposition) are two things.",
    )


# -- bounds ---------------------------------------------------------------------------------------------------------------


def bounds_trials(seen: Bounded, conditional: bool = False) -> Trials | None:
    """NCE and NCE-CLUB against the true information; None where there is no such pair."""
    which = np.flatnonzero(seen.conditional == conditional)
    if not len(which):
        return None
    x = seen.truth[which]
    nothing = np.full(len(x), np.nan)
    groups = [
        TrialGroup(name, k, x, mean_of(single[which], 1), nothing, nothing, single[which])
        for k, (name, single) in enumerate((("NCE", seen.nce), ("NCE-CLUB", seen.club)))
    ]
    levels = (
        Level("truth", x, x, -1),
        Level("log\u2082 of the batch", x, np.full(len(x), seen.ceiling), 0),
    )
    what = "given a third variable" if conditional else "of Gaussian pairs"
    return Trials(
        f"NCE \u2264 I \u2264 NCE-CLUB: bounds of the information {what}",
        tuple(groups),
        levels,
        "true information, bit",
        "bound, bit",
        lines=not conditional,
        note=f"After {seen.update:,} of {seen.updates:,} training steps; a point a seed, the larger mark their mean."
        if seen.updates
        else "A point a seed, the larger mark their mean.",
    )


def _label(name: str) -> str:
    return {"y": "the label", "match": "match (synergy)"}.get(name, ATOM_OF.get(name, (name, name))[1])


def _factor(name: str) -> str:
    return {"ws": "ws (shared)", "w1": "w1 (view-specific)", "w2": "w2 (view-specific)"}.get(name, name)


def _readout(name: str) -> str:
    shown = {
        "z12": "representation, both",
        "z1": "representation 1",
        "z2": "representation 2",
        "loss12": "at the loss, both",
        "loss1": "at the loss, 1",
        "loss2": "at the loss, 2",
        "s1": "Z_S of 1",
        "s2": "Z_S of 2",
        "u1": "Z_U of 1",
    }
    return shown.get(name, "Z_U of 2")


def shown_figures(figures: Sequence[Figure | None]) -> list[Figure]:
    """Those that are there."""
    return [f for f in figures if f is not None]

"""Folders of the lab's runs written by hand, by the contract of their tasks: pages are tested on them without training anything."""

from __future__ import annotations

import numpy as np

from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, READOUTS, objectives
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.runs import Run, store
from mmexplore.runs.folder import note_status
from mmexplore.runs.recorder import Recorder

# bits of 1 kept (shared, unique1, unique2, synergy) and whether a line reads the synergy; others keep half of everything
KEPT = {
    "raw": ((1.0, 0.99, 1.0, 1.0), 0.0),
    "untrained": ((0.62, 0.29, 0.46, 0.46), 0.0),
    "clip": ((1.0, 0.05, 0.07, 0.0), 0.0),
    "cross-self": ((1.0, 1.0, 1.0, 0.0), 0.0),
    "comm": ((1.0, 1.0, 1.0, 1.0), 1.0),
    "comm-linear": ((1.0, 1.0, 1.0, 0.0), 0.0),
    "vae": ((0.97, 0.79, 0.91, 0.93), 0.02),
    "masked": ((0.98, 0.68, 0.90, 0.99), 0.05),
}


def begin(task: object) -> tuple[Run, Recorder]:
    """A run that is described and can be recorded."""
    run, _ = store.prepare(task)  # type: ignore[arg-type]
    assert not run.shipped, f"{run.name} comes with the program: take another setting, or nothing shipped"
    return run, Recorder(run.path)


def end(run: Run, phase: str = "finished", words: str = "") -> Run:
    """Say how it ended."""
    note_status(run.path, phase, seconds=3.0, device="cpu", words=words)  # type: ignore[arg-type]
    return run


def lab(task: FactorCl, upto: int | None = None, phase: str = "finished", leak: float = 0.0) -> Run:
    """A run of `FactorCl`; with `upto`, of so many methods only."""
    run, recorder = begin(task)
    chosen = (*objectives(",".join(BASELINES)), *task.chosen())
    views, k, points = task.views(), task.seeds, 24
    labels, factors = views.label_names, views.factor_names
    shape_l, shape_f = (k, len(READOUTS), len(labels)), (k, len(READOUTS), len(factors))
    rng = np.random.default_rng(3)
    recorder.keep(
        "names",
        {
            "methods": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "readouts": np.array(list(READOUTS)),
            "labels": np.array(labels),
            "factors": np.array(factors, dtype=str),
            "chance": np.full((k, len(labels)), 0.5),
            "points_y": np.arange(points) % 2,
            "seeds": np.arange(k) + task.seed,
        },
    )
    tables = []
    for m, o in enumerate(chosen[:upto]):
        level = {"raw": 0.99, "untrained": 0.9, "clip": 0.7}.get(o.name, 0.95)
        accuracy = np.full(shape_l, level) + 0.001 * np.arange(k)[:, None, None] - 0.002 * np.arange(len(labels))
        r2 = np.full(shape_f, 0.4)
        if o.has_head:
            accuracy[:, 3:6] -= 0.05
        before = np.full(shape_l, np.nan), np.full(shape_f, np.nan)
        if o.name not in BASELINES:
            before[0][:, [2, 5]], before[1][:, [2, 5]] = 0.9, 0.3
        if not (o.factorised and o.has_head):
            accuracy[:, 6:], r2[:, 6:] = np.nan, np.nan
        elif factors:
            r2[:, 8, 2] = r2[:, 9, 1] = leak
        steps = 0 if o.name in BASELINES else task.steps
        for update in sorted({0 if not steps else steps // 2, steps}):
            last = update == steps
            terms = {} if not steps else {name: 1.0 + 0.1 * i for i, name in enumerate(o.terms)}
            drawn = {f"points{n}": rng.normal(size=(points, 2)) for n in ("1", "2", "12")}
            if o.fused:
                drawn["points1"] = np.full((points, 2), np.nan)
            bounds = np.full((k, 2), np.nan) if o.name in BASELINES or o.fused else np.tile([3.0, 5.0], (k, 1))
            recorder.frame(
                update,
                {"method": m, "update": update, "updates": steps, "done": int(last), "seconds": 1.0 + m,
                 "accuracy": float(accuracy[:, 2, 0].mean()), "accuracy_loss": float(accuracy[:, 5, 0].mean()), "ceiling": 7.0, **terms},
                {"accuracy": accuracy, "r2": r2, "bounds": bounds, **drawn},
            )  # fmt: skip
        final = {"accuracy": accuracy, "mlp": accuracy + 0.004, "r2": r2, "r2_mlp": r2 + 0.01}
        final |= {f"{name}_untrained": before[name.startswith("r2")] for name in final}
        final |= {"widths": np.full(len(READOUTS), 2.0 * task.embedding)}
        recorder.keep(f"method-{m}", final)
        tables.append(final)
    if upto is None:
        stacked = {name: np.stack([t[name] for t in tables]) for name in tables[0]}
        nulls = {name: np.full((len(chosen), k, len(labels)), 0.5) for name in ("null_label", "null_views")}
        recorder.keep("table", stacked | nulls | {"seconds": np.arange(len(chosen)) + 1.0})
        recorder.result({"methods": [o.text() for o in chosen], "truth": {"synergy": 0.5}, "device": "cpu"})
    return end(run, phase)


def sweep(task: FactorClSweep) -> Run:
    """A run of `FactorClSweep`: CLIP falls with the unique share, everything else stays."""
    run, recorder = begin(task)
    chosen = (*objectives(",".join(BASELINES)), *task.chosen())
    ratio, k = np.array(task.unique_ratios()), task.seeds
    recorder.keep(
        "names",
        {
            "methods": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "ratio": ratio,
            "layers": np.array(["representation", "loss"]),
            "chance": np.full((k, len(ratio)), 0.5),
        },
    )
    tables = []
    for m, o in enumerate(chosen):
        line = 0.98 - 0.4 * ratio if o.name == "clip" else np.full(len(ratio), 0.95)
        scores = line + 0.01 * np.arange(k)[:, None]
        scores = np.stack([scores, scores - 0.1 * o.has_head])
        told = {"method": m, "update": task.steps, "updates": task.steps, "done": 1, "seconds": 1.0}
        recorder.frame(m, told, {"accuracy": scores, "mlp": scores})
        tables.append(scores)
    recorder.keep("table", {"accuracy": np.stack(tables), "mlp": np.stack(tables)})
    truth = [{"redundancy": 1 - q, "unique1": 0.0, "unique2": 0.0, "synergy": q} for q in ratio]
    recorder.result({"ratio": ratio, "side": task.side, "truth": truth})
    return end(run)


def bounds(task: Bounds) -> Run:
    """A run of `Bounds` whose bounds lie half a bit to either side, NCE below the ceiling."""
    run, recorder = begin(task)
    truth = np.array([*task.truths(), *([2.3076] if task.conditional else [])]) / np.log(2.0)
    ceiling = float(np.log2(task.batch))
    kinds = np.zeros(len(truth))
    kinds[len(task.truths()) :] = 1
    recorder.keep(
        "names",
        {"truth": truth, "truth_nats": truth * np.log(2.0), "conditional": kinds, "ceiling": np.full(len(truth), ceiling)},
    )  # fmt: skip
    spread = 0.1 * np.arange(task.seeds)
    nce, club = np.minimum(truth[:, None] - 0.5 - spread, ceiling), truth[:, None] + 0.5 + spread
    recorder.frame(
        task.steps, {"update": task.steps, "updates": task.steps, "ceiling": ceiling}, {"nce": nce, "club": club}
    )
    errors = np.full(nce.shape, 0.01)
    recorder.keep("result", {"nce": nce, "club": club, "nce_error": errors, "club_error": errors})
    recorder.result(
        {"truth": truth, "nce": nce.mean(axis=1), "club": club.mean(axis=1), "ordered": [True] * len(truth)}
    )
    return end(run)


def stability(task: KeptSweep, upto: int | None = None) -> Run:
    """A run of `KeptSweep`: CLIP hangs on the width, everything else keeps half a bit."""
    run, recorder = begin(task)
    chosen = (*objectives(",".join(BASELINES)), *task.chosen())
    widths, rates = task.widths(), task.learning_rates()
    recorder.keep(
        "names",
        {
            "objectives": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "atoms": np.array(ATOMS_KEPT),
            "readouts": np.array(["z12", "loss12"]),
            "embeddings": np.array(widths),
            "rates": np.array(rates),
            "seeds": np.arange(task.seeds) + task.seed,
        },
    )
    step = 0
    table = np.full((len(chosen), len(widths), len(rates), task.seeds, len(ATOMS_KEPT), 2), np.nan)
    for m, o in enumerate(chosen[:upto]):
        for w in range(len(widths)):
            for q in range(len(rates)):
                kept = np.full(
                    (task.seeds, len(ATOMS_KEPT), 2), w / max(1, len(widths) - 1) if o.name == "clip" else 0.5
                )
                told = {"objective": m, "embedding": w, "rate": q, "done": 1, "seconds": 1.0}
                recorder.frame(step, told, {"kept": kept, "readable": kept})
                table[m, w, q] = kept
                step += 1
    if upto is None:
        recorder.keep("table", {"kept": table, "readable": table})
    recorder.result({"titles": [o.heading() for o in chosen]})
    return end(run)


def kept(task: Kept, upto: int | None = None, phase: str = "finished") -> Run:
    """A run of `Kept`."""
    run, recorder = begin(task)
    chosen = (*objectives(",".join(BASELINES)), *task.chosen())
    k = task.seeds
    recorder.keep(
        "names",
        {
            "objectives": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "atoms": np.array(ATOMS_KEPT),
            "readouts": np.array(list(READOUTS)[:6]),
            "seeds": np.arange(k) + task.seed,
        },
    )
    means = []
    for m, o in enumerate(chosen[:upto]):
        bits, line = KEPT.get(o.name, ((0.5, 0.5, 0.5, 0.5), 0.1))
        one = np.array(bits)[:, None] * np.array([0.5, 0.5, 1.0, 0.4, 0.4, 0.8])
        whole = np.clip(one - 0.03 * np.arange(k)[:, None, None], 0.0, 1.0)
        before = np.full(whole.shape, np.nan if o.name in BASELINES else 0.3)
        readable = whole.copy()
        readable[:, 3] = line
        told = {"objective": m, "done": 1, "seconds": 2.0 + m}
        arrays = {
            "kept": whole,
            "kept_linear": whole,
            "readable": readable,
            "untrained_kept": before,
            "pid": np.tile(np.array(bits)[:, None] / 4, (k, 1, 4)),
        }
        recorder.frame(m, told, arrays)
        means.append(whole[:, :, 2].mean(axis=0))
    if upto is None:
        titles = [o.heading() for o in chosen]
        recorder.result(
            {
                "titles": titles,
                "atoms": list(ATOMS_KEPT),
                "kept": means,
                "readable": means,
                "probe_noise": task.probe_noise,
            }
        )
    return end(run, phase)

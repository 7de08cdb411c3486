"""The run of `mmexplore.labs.losses.table_task.Kept`: every objective on the generator of known bits, read in one and the same way.

Every objective has the same width, number of steps and probes. An embedding is centred, divided by one global rms, gets N(0, probe_noise^2) and is standardised; then for each read-out and each bit a
linear probe and one with a hidden layer of 64, fitted on 4,000 fresh rows, stopped by 1,000 and scored on 3,000. Bits kept of one bit:
max(0, 1 - held-out cross-entropy in bits). Linearly readable: max(0, 2 accuracy - 1).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.views.bits import LABELS, Bits
from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, LAYERS, Objective, objectives
from mmexplore.labs.losses.table_task import Kept
from mmexplore.labs.losses.train.method import LossMethod, Shape, make
from mmexplore.labs.losses.train.probes import Answers, Scores, hidden_probe, linear_probe
from mmexplore.labs.losses.train.reading import WHOLE
from mmexplore.labs.losses.train.rows import Batches, StackRows, draw_rows
from mmexplore.labs.losses.train.trainee import Trainee
from mmexplore.runs.recorder import Recorder
from mmexplore.training.loop import Look, torch_stream, train
from mmexplore.units import BITS_PER_NAT

READ = (*LAYERS["representation"], *LAYERS["loss"])
FIT, STOP, SCORE = 4000, 1000, 3000
_PROBE_STEPS = 300


def run(spec: Kept, recorder: Recorder) -> None:
    """Train and read every objective the task names."""
    started = time.perf_counter()
    rows, probes = drawn_rows(spec, recorder.device)
    chosen = (*objectives(",".join(BASELINES)), *spec.chosen())
    recorder.keep(
        "names",
        {
            "objectives": np.array([o.text() for o in chosen]),
            "titles": np.array([o.heading() for o in chosen]),
            "atoms": np.array(ATOMS_KEPT),
            "readouts": np.array(READ),
            "seeds": np.array(rows.seeds),
        },
    )
    tables: list[dict[str, np.ndarray]] = []
    seconds = []
    for index, objective in enumerate(chosen):
        begun = time.perf_counter()
        share = (work_before(index, chosen), work_before(index + 1, chosen))
        tables.append(measured(spec, objective, rows, probes, recorder, share))
        seconds.append(time.perf_counter() - begun)
        recorder.frame(index, summary(tables[-1]) | {"objective": index, "done": 1, "seconds": seconds[-1]}, tables[-1])
        recorder.progress(share[1], f"{objective.title} is read")
    stacked = {name: np.stack([t[name] for t in tables]) for name in tables[0]}
    recorder.keep("table", stacked | {"seconds": np.array(seconds)})
    whole = READ.index("z12")
    recorder.result(
        {
            "objectives": [o.text() for o in chosen],
            "titles": [o.heading() for o in chosen],
            "atoms": list(ATOMS_KEPT),
            "readouts": list(READ),
            "kept": stacked["kept"][..., whole].mean(axis=1),
            "readable": stacked["readable"][..., whole].mean(axis=1),
            "spread": stacked["kept"][..., whole].std(axis=1),
            "probe_noise": spec.probe_noise,
            "rows": {"fit": FIT, "stop": STOP, "score": SCORE},
            "seconds": time.perf_counter() - started,
            "device": recorder.device,
        }
    )


def work_before(index: int, chosen: Sequence[Objective]) -> float:
    """Share of the work that lies before an objective; baselines are read only."""
    work = [0.1 if o.name in BASELINES else 1.0 for o in chosen]
    return sum(work[:index]) / sum(work)


def drawn_rows(spec: Kept, device: str) -> tuple[StackRows, StackRows]:
    """Rows to train on, and fresh ones for the probes, seen in the same way."""
    views = spec.views()
    seeds = range(spec.seed, spec.seed + spec.seeds)
    rows = draw_rows(views, seeds, device, held_out=1e-9)
    return rows, seen_alike(views, draw_rows(fresh(views), [seed + 2**31 for seed in seeds], device), rows)


def measured(
    spec: Kept,
    objective: Objective,
    rows: StackRows,
    probes: StackRows,
    recorder: Recorder,
    share: tuple[float, float],
    before: bool = True,
    names: Sequence[str] = READ,
) -> dict[str, np.ndarray]:
    """Train one objective and read it.

    Args:
        spec: of the table.
        objective: what it is trained for.
        rows, probes: what it is trained on and what it is read on.
        recorder, share: told of the progress, between these shares.
        before: whether it is read before training, too.
        names: the read-outs.
    """
    method = make(objective, shape_of(spec, rows))
    method.eval()
    sampled = spec.latents == "sampled"
    trained = objective.name not in BASELINES and spec.steps > 0
    untrained = {}
    if before and trained:
        first = read(method, probes, spec.probe_noise, sampled, WHOLE)
        untrained = {f"untrained_{name}": first[name] for name in ("kept", "readable")}
    if trained:
        used = tuple(rows.names.index(name) for name in LABELS)
        batches = Batches(rows, spec.batch, method, "gentle", used)
        trainee = Trainee(method, batches, spec.rate, spec.steps, lambda i: Look())
        train(trainee, Unseen(recorder), spec.steps, looks=1, share=share, words=f"Training {objective.title}")
        method.eval()
    table = read(method, probes, spec.probe_noise, sampled, names)
    nothing = np.full(table["kept"].shape, np.nan)
    return table | {"untrained_kept": nothing, "untrained_readable": nothing} | untrained


class Unseen:
    """A recorder that shows progress only: frames come when an objective is done."""

    def __init__(self, recorder: Recorder) -> None:
        self.progress = recorder.progress

    def frame(self, step: int, numbers: object, arrays: object = None) -> None:
        """Not shown."""


def shape_of(spec: Kept, rows: StackRows) -> Shape:
    """Sizes of the networks; supervised ones use all four bits."""
    return Shape(
        seeds=rows.seeds,
        view1=tuple(rows.x1.shape[2:]),
        view2=tuple(rows.x2.shape[2:]),
        classes=tuple(rows.classes[rows.names.index(name)] for name in LABELS),
        width=spec.width,
        layers=1,
        embedding=spec.embedding,
        device=str(rows.x1.device),
    )


def fresh(views: Bits) -> Bits:
    """The same generator with as many rows as the probes need."""
    return views.replace(rows=FIT + STOP + SCORE)


def seen_alike(views: Bits, probes: StackRows, rows: StackRows) -> StackRows:
    """Fresh bits, seen through the lenses of the trained seeds, without flips."""
    plain = views.replace(flip=False)
    made = [
        plain.augment(bits, seed, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(8,))))
        for bits, seed in zip(probes.latents, rows.seeds, strict=True)
    ]
    device = rows.x1.device
    x1, x2 = (torch.as_tensor(np.stack([m[i] for m in made]), device=device) for i in (0, 1))
    return replace(probes, x1=x1, x2=x2, seeds=rows.seeds)


def read(
    method: LossMethod, probes: StackRows, noise: float, stochastic: bool, names: Sequence[str] = READ
) -> dict[str, np.ndarray]:
    """Bits kept and linearly readable: (K, 4, 6) each, and the decomposition of each bit read from the representations, (K, 4, 4).

    Args:
        method: what is read.
        probes: rows that it has not seen.
        noise: standard deviation, added to embeddings of unit power.
        stochastic: whether stochastic representations are drawn; else their means are read.
        names: the read-outs, nan elsewhere. Without a head those at the loss are those of the representation.
    """
    device = probes.x1.device
    drawn = torch_stream(probes.seeds[0], "latents", str(device)) if stochastic else None
    with torch.no_grad():
        embeddings = method.embeddings(probes.x1, probes.x2, drawn)
    by_width: dict[int, list[str]] = {}
    for name in names:
        if name in embeddings:
            by_width.setdefault(embeddings[name].shape[-1], []).append(name)
    k = len(probes.seeds)
    tables = {name: np.full((k, len(LABELS), len(READ)), np.nan) for name in ("kept", "kept_linear", "readable")}
    for those in by_width.values():
        blurry = [
            blurred(embeddings[name], noise, torch_stream(probes.seeds[0], f"probe noise {name}", str(device)))
            for name in those
        ]
        for score, values in _probed(torch.cat(blurry), probes, len(those)).items():
            for place, name in enumerate(READ):
                source = name if name in embeddings else name.replace("loss", "z")
                if source in those:
                    tables[score][..., place] = values[..., those.index(source)]
    return tables | {"pid": decomposition(tables["kept"][..., :3])}


def _probed(stack: Tensor, probes: StackRows, many: int) -> dict[str, np.ndarray]:
    """Bits kept, bits a linear probe keeps, and linearly readable, (K, 4, many) each, of `many` read-outs of one width, stacked."""
    where = [probes.names.index(name) for name in LABELS]
    none = stack.new_zeros((len(probes.seeds), probes.n, 0))
    # the label leads, so that each bit is read by a network of its own
    asked = [Answers(probes.labels[..., [i]], (2,), none, ()).repeat(many) for i in where]
    labels = Answers(torch.cat([a.labels for a in asked]), (2,), torch.cat([a.factors for a in asked]), ())
    every = stack.repeat(len(where), 1, 1)
    fit, stop, score = slice(0, FIT), slice(FIT, FIT + STOP), slice(FIT + STOP, FIT + STOP + SCORE)
    hidden = hidden_probe(
        every[:, fit],
        labels.rows(fit),
        every[:, score],
        labels.rows(score),
        seed=probes.seeds[0],
        stop=(every[:, stop], labels.rows(stop)),
        steps=_PROBE_STEPS,
    )
    line = linear_probe(every[:, fit], labels.rows(fit), every[:, score], labels.rows(score))

    def shaped(values: Tensor) -> np.ndarray:
        by_label = values[:, 0].reshape(len(where), many, len(probes.seeds))
        return by_label.permute(2, 0, 1).cpu().numpy().astype(np.float64)

    return {
        "kept": shaped(bits_kept(hidden)),
        "kept_linear": shaped(bits_kept(line)),
        "readable": shaped((2.0 * line.accuracy - 1.0).clamp_min(0.0)),
    }


def blurred(embeddings: Tensor, noise: float, stream: torch.Generator) -> Tensor:
    """Centred, of one global rms, with noise."""
    z = embeddings - embeddings.mean(dim=1, keepdim=True)
    power = z.square().mean(dim=(1, 2), keepdim=True)
    drawn = torch.randn(z.shape, generator=stream, device=z.device)
    return z / power.sqrt().clamp_min(1e-9) + noise * drawn


def bits_kept(scores: Scores) -> Tensor:
    """Of one bit."""
    return (1.0 - scores.cross_entropy * BITS_PER_NAT).clamp_min(0.0)


def decomposition(retained: np.ndarray) -> np.ndarray:
    """Atoms (R, U1, U2, S) of each label from what is kept of it in z1, z2 and both, R = min(I1, I2): (K, 4, 3) to (K, 4, 4)."""
    i1, i2 = retained[..., 0], retained[..., 1]
    i12 = retained.max(axis=-1)
    r = np.minimum(i1, i2)
    return np.stack([r, i1 - r, i2 - r, i12 - np.maximum(i1, i2)], axis=-1)


def summary(table: dict[str, np.ndarray]) -> dict[str, float]:
    """Means over seeds of what both embeddings hold."""
    whole = READ.index("z12")
    return {
        f"{kind}_{atom}": float(table[kind][:, i, whole].mean())
        for kind in ("kept", "readable")
        for i, atom in enumerate(ATOMS_KEPT)
    }

"""The program of a `KnobSweep` task: one network follows beta down, another follows it up."""

from __future__ import annotations

import time

import numpy as np
import torch

from mmexplore.info.bottleneck import excess_lagrangian_nats
from mmexplore.labs.knob.methods import method as method_named
from mmexplore.labs.knob.sweep_task import KnobSweep, still
from mmexplore.labs.knob.train.alignments import GaussianInformation
from mmexplore.labs.knob.train.dial import KnobSettings
from mmexplore.labs.knob.train.grid import Evaluation
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.labs.knob.train.program import data_of
from mmexplore.labs.knob.train.subjects import Subjects
from mmexplore.runs.recorder import Recorder
from mmexplore.training.loop import Look, torch_stream

DIRECTIONS = ("down", "up")


def run(spec: KnobSweep, recorder: Recorder) -> None:
    """Execute a `KnobSweep` task."""
    began = time.perf_counter()
    single = spec.knob()
    method = method_named(spec.method)
    data = data_of(spec, recorder)
    subjects = Subjects(data, spec.seed)
    beta = spec.betas()
    about = {
        "beta": beta,
        "direction": np.array(DIRECTIONS, dtype=np.str_),
        "latents": np.array(method.graphs.latents, dtype=np.str_),
        "factors": np.array([factor.name for factor in subjects.factors], dtype=np.str_),
    }
    if data.views.canonical is not None:
        about["correlations"] = data.views.canonical.correlations
    recorder.keep("about", about)
    measured: list[list[dict[str, np.ndarray]]] = [[{} for _ in beta] for _ in DIRECTIONS]
    for d, direction in enumerate(DIRECTIONS):
        learner = KnobLearner(single, data, lambda learner, i: Look())
        evaluation = Evaluation(learner, subjects, None)
        order = range(len(beta))[::-1] if direction == "down" else range(len(beta))
        for number, b in enumerate(order):
            setting = KnobSettings(
                torch.full_like(learner.settings.beta, float(beta[b])), learner.settings.gamma, learner.settings.place
            )
            learner.settings = setting
            part = d * len(beta) + number, len(DIRECTIONS) * len(beta)
            seen = _settle(spec, evaluation, learner, recorder, part, f"Beta {direction}: {beta[b]:.3g}")
            measured[d][b] = seen
            recorder.frame(
                d * len(beta) + number,
                {
                    "direction": float(d),
                    "beta": float(beta[b]),
                    "rate_nats": float(seen["rate_nats"].sum()),
                    "mutual_nats": float(seen["mutual_nats"]),
                    "bound_nats": float(seen["bound_nats"]),
                    "updates": float(seen["updates"]),
                    "converged": float(seen["converged"]),
                },
            )
    arrays = {name: np.stack([[one[name] for one in side] for side in measured]) for name in measured[0][0]}
    if data.views.canonical is not None:
        arrays["excess_nats"] = _excess(arrays, beta, data.views.canonical.correlations, method.mutual)
    recorder.keep("sweep", arrays | about)
    recorder.result(
        {
            "method": method.title,
            "seconds": round(time.perf_counter() - began, 3),
            "n_held_out": len(data.held_out),
            "updates": int(arrays["updates"].sum()),
            "unconverged": int((~arrays["converged"]).sum()),
        }
    )


def _settle(
    spec: KnobSweep,
    evaluation: Evaluation,
    learner: KnobLearner,
    recorder: Recorder,
    part: tuple[int, int],
    words: str,
) -> dict[str, np.ndarray]:
    """Train at the learner's setting, block after block, until one moves nothing; what holds then, on held-out rows.

    Args:
        spec: the task.
        evaluation: measures the learner.
        learner: at its setting.
        recorder: told of the progress.
        part: number of this setting, and how many there are.
        words: what the progress line says.
    """
    rates: list[float] = []
    informations: list[float] = []
    for block in range(spec.blocks):
        learner.begin(spec.steps)
        for i in range(spec.steps):
            learner.update(learner.settings)
            if i % 5 == 0:
                done = (block + i / spec.steps) / spec.blocks
                recorder.progress((part[0] + done) / part[1], words)
        rate, mutual = _rate(learner), _mutual(evaluation, learner)
        rates.append(rate)
        informations.append(mutual)
        if still(rates, informations):
            break
    return _measured(evaluation, learner) | {
        "updates": np.array(spec.steps * len(rates), dtype=np.int32),
        "converged": np.array(still(rates, informations)),
    }


def _rate(learner: KnobLearner) -> float:
    """Sum of the rates at the learner's setting, on held-out rows."""
    with torch.inference_mode():
        posteriors = learner.model.encode(learner.data.sides(learner.data.held_out), learner.settings)
        return float(sum(posterior.kl.sum(-1).mean() for posterior in posteriors.values()))


def _mutual(evaluation: Evaluation, learner: KnobLearner) -> float:
    """The information that is swept, or nan where none is estimated."""
    if learner.method.mutual:
        return float(_between(learner, learner.settings)[0])
    return float(evaluation.at(learner.settings).get("relevance_nats", np.full(1, np.nan))[0])


def _measured(evaluation: Evaluation, learner: KnobLearner) -> dict[str, np.ndarray]:
    """What holds at the learner's setting, on held-out rows."""
    grid = evaluation.at(learner.settings)
    method = learner.method
    if method.mutual:
        mutual = _between(learner, learner.settings)
    else:
        mutual = grid.get("relevance_nats", np.full(1, np.nan, dtype=np.float32))
    return {
        "rate_nats": grid["rate_nats"][0],
        "kl_nats": grid["kl_nats"][0],
        "kept": grid["kept"][0],
        "bound_nats": grid["relevance_bound_nats"][0],
        "mutual_nats": np.asarray(mutual[0]),
    }


def _between(learner: KnobLearner, setting: KnobSettings) -> np.ndarray:
    """Information of the canonical correlations of the two sampled latents."""
    generator = torch_stream(learner.spec.seed, "noise between latents", learner.data.x.device)
    with torch.inference_mode():
        sides = learner.data.sides(learner.data.held_out)
        latents = learner.model.draw(learner.model.encode(sides, setting), generator)
        term = next(term for term in learner.method.terms if term.kind == "mutual")
        value = GaussianInformation()(latents[term.parents[0]], latents[term.child], None)
    return np.asarray(value.cpu().numpy(), dtype=np.float32)


def _excess(arrays: dict[str, np.ndarray], beta: np.ndarray, correlations: np.ndarray, mutual: bool) -> np.ndarray:
    rate = arrays["rate_nats"].astype(np.float64)
    cost = rate[..., :2].sum(-1) if mutual else rate[..., 0]
    relevance = arrays["mutual_nats"].astype(np.float64)
    if not np.isfinite(relevance).all():
        return np.full(relevance.shape, np.nan, dtype=np.float32)
    knob = np.broadcast_to(beta, relevance.shape)
    against = "symmetric" if mutual else "gaussian"
    return np.asarray(excess_lagrangian_nats(cost, relevance, knob, correlations, against=against), dtype=np.float32)

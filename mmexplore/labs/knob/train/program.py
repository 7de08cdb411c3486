"""The program of a `Knob` task: train, watch, estimate informations, evaluate the whole dial."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
import sklearn.datasets  # noqa: F401  what data sets and the first optimiser import late is imported before the worker's fork
import torch
import torch._dynamo

from mmexplore.datasets.views import two_views
from mmexplore.labs.knob.methods import method as method_named
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.train.data import Data, own_views, standardise
from mmexplore.labs.knob.train.grid import Evaluation
from mmexplore.labs.knob.train.judge import APART, judge_of
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.labs.knob.train.saved import weights
from mmexplore.labs.knob.train.small_samples import SmallSampleJudge
from mmexplore.labs.knob.train.subjects import Subjects
from mmexplore.runs.recorder import Recorder
from mmexplore.training.loop import Look, train

_LOOKS = 30
_JUDGE_EVERY = 4
_JUDGE_AFTER = 0.25  # updates of the judge after training, as a share of the training's
_SHARES = {"train": 0.8, "judge": 0.95}
_COARSE = ("rate_nats", "kl_nats", "relevance_nats", "relevance_bound_nats", "kept", "label_nats", "excess_nats")
_NUMBERS = (
    "rate_nats",
    "relevance_nats",
    "relevance_bound_nats",
    "mutual_nats",
    "label_nats",
    "excess_nats",
)


def data_of(spec: Any, recorder: Recorder) -> Data:
    """The data a task names, standardised, on the recorder's device."""
    if spec.own_data:
        return own_views(recorder.data(), recorder.device)
    return standardise(two_views(spec.data).draw(), recorder.device)


class Watched:
    """A learner with its judge, as the training loop wants it."""

    def __init__(self, spec: Knob, data: Data) -> None:
        self.spec, self.data = spec, data
        self.subjects = Subjects(data, spec.seed)
        self.learner = KnobLearner(spec, data, self._look)
        method = self.learner.method
        pairs = [] if data.views.canonical is not None else [(method.graphs.main, "Y")]
        if method.mutual:
            pairs.append(("Zx", "Zy"))
        self.after = max(1, round(_JUDGE_AFTER * spec.steps)) if pairs else 0
        updates = spec.steps // _JUDGE_EVERY + self.after
        self.judge = judge_of(self.learner, tuple(pairs), updates) if pairs else None
        if isinstance(self.judge, SmallSampleJudge):
            self.after = 0  # nothing to train
        self.evaluation = Evaluation(self.learner, self.subjects, self.judge)
        beta, gamma = spec.dial()
        self.coarse = beta[:: max(1, len(beta) // 8)], gamma[[0, 4, 8]] if len(gamma) > 8 else gamma

    def step(self, i: int) -> dict[str, torch.Tensor]:
        """One update of the method, and now and then one of the judge."""
        terms = dict(self.learner.step(i))
        if self.judge is not None and i % _JUDGE_EVERY == 0:
            self.judge.step(i)
        return terms

    def look(self, i: int) -> Look:
        """The coarse grid."""
        return self._look(self.learner, i)

    def _look(self, learner: KnobLearner, i: int) -> Look:
        beta, gamma = self.coarse
        if not learner.conditioned:
            beta, gamma = self.spec.dial()
        grid = self.evaluation.grid(beta, gamma, pictures=False, quick=True)
        b, g = len(beta) // 2, len(gamma) // 2
        if learner.conditioned:
            middle = self.evaluation.grid(beta[b : b + 1], gamma[g : g + 1], numbers=False, quick=True)
        else:
            whole = self.evaluation.grid(beta, gamma, numbers=False, quick=True)
            middle = {name: grid_part(value, b, g) for name, value in whole.items()}
        numbers = {}
        for name in _NUMBERS:
            if name in grid:
                value = grid[name][b, g]
                numbers[name] = float(value[0] if np.ndim(value) else value)
        arrays = {name: grid[name] for name in ("beta", "gamma", *_COARSE) if name in grid}
        arrays |= {name: middle[name] for name in ("scatter", "recon_x", "recon_y")}
        return Look(numbers, arrays)


def grid_part(value: np.ndarray, b: int, g: int) -> np.ndarray:
    """One setting of a grid's array, as a grid of one."""
    return value[b : b + 1, g : g + 1] if value.ndim > 1 else value


def run(spec: Knob, recorder: Recorder) -> None:
    """Execute a `Knob` task."""
    method = method_named(spec.method)
    data = data_of(spec, recorder)
    watched = Watched(spec, data)
    learner, evaluation = watched.learner, watched.evaluation
    decoded = {view: any(t.kind == "decoded" and t.child == view for t in method.terms) for view in ("X", "Y")}
    beta, gamma = spec.dial()
    about = watched.subjects.about()
    about |= {
        "latents": np.array(method.graphs.latents, dtype=np.str_),
        "terms": np.array([t.symbol for t in method.terms], dtype=np.str_),
        "told_x": np.array(decoded["X"]),
        "told_y": np.array(decoded["Y"]),
    }
    first = (beta[:1], gamma[:1]) if learner.conditioned else (beta, gamma)  # untrained, all settings are alike
    about["factor_untrained"] = evaluation.grid(*first, pictures=False)["kept_mean"][0, 0]
    about["factor_untrained_mlp"] = evaluation.nonlinear(*first, means=True)["kept_mlp"][0, 0]
    about["relevance_ceiling_nats"] = np.array(
        np.nan if data.views.canonical is not None else np.log(min(int(about["rows_judged"]), APART)), dtype=np.float32
    )
    recorder.keep("about", about)
    if isinstance(watched.judge, SmallSampleJudge):
        recorder.warn(watched.judge.warning())

    clock = time.perf_counter()
    seconds = {}
    train(watched, recorder, spec.steps, looks=_LOOKS, share=(0.0, _SHARES["train"]))
    seconds["train"], clock = time.perf_counter() - clock, time.perf_counter()
    if watched.judge is not None:
        for i in range(watched.after):
            watched.judge.step(i)
            if i % 5 == 0:
                low, high = _SHARES["train"], _SHARES["judge"]
                recorder.progress(low + (high - low) * i / watched.after, "Estimating what is kept")
    seconds["judge"], clock = time.perf_counter() - clock, time.perf_counter()
    recorder.progress(_SHARES["judge"], "Evaluating every setting")
    grid = evaluation.grid(beta, gamma) | evaluation.nonlinear(beta, gamma) | about
    seconds["grid"] = time.perf_counter() - clock
    recorder.keep("grid", grid)
    recorder.keep("weights", weights(learner))
    few = isinstance(watched.judge, SmallSampleJudge)
    recorder.result(_result(spec, data, learner, grid, seconds, few))


def _result(
    spec: Knob,
    data: Data,
    learner: KnobLearner,
    grid: dict[str, np.ndarray],
    seconds: dict[str, float],
    few: bool,
) -> dict[str, Any]:
    views = data.views
    exact = views.canonical is not None
    estimator = (
        "a regression of Y's Gaussian coordinates on the latent, a lower bound, on held-out samples"
        if exact
        else "InfoNCE with a critic of its own, a lower bound, on held-out samples"
    )
    if few and not exact:
        estimator = (
            "InfoNCE with shrunk linear correlations, for few samples, a lower bound, at least 0, on held-out samples"
        )
    size = io.BytesIO()
    np.savez_compressed(size, **grid)  # type: ignore[arg-type]
    return {
        "method": learner.method.title,
        "formula": learner.method.formula,
        "data": "the visitor's own" if spec.own_data else two_views(spec.data).title,
        "n_train": len(data.train),
        "n_held_out": len(data.held_out),
        "n_fitted": int(grid["rows_fitted"]),
        "n_judged": int(grid["rows_judged"]),
        "settings": int(np.prod(grid["rate_nats"].shape[:2])),
        "parameters": sum(p.numel() for p in learner.model.parameters()),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "estimator": estimator,
        "ceiling": views.ceiling,
        "grid_bytes": size.tell(),
    }

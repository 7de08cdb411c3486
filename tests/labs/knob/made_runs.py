"""Runs of the Knob page made from closed forms, as the contract in `mmexplore.labs.knob.task` describes them: no training, known numbers.

The code is the exact Gaussian bottleneck itself: rates and relevance are those of the closed form, every factor is kept by a known share.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore import runs
from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.labs.knob.methods import method
from mmexplore.labs.knob.task import Knob
from mmexplore.runs import Run, store
from mmexplore.runs.folder import note_status
from mmexplore.runs.recorder import Recorder
from mmexplore.runs.worker import describe

RHO = np.array([0.9, 0.8, 0.6, 0.3])
NATS = np.log(2.0)
ROWS, ITEMS, LATENT = 90, 6, 4
CLASSES = ("low", "middle", "high")


def grid_of(
    task: Knob, *, image: tuple[int, int] = (0, 0), labelled: bool = True, beta: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Arrays ``grid`` of a run of this task."""
    declared = method(task.method)
    betas, gammas = task.dial()
    betas = betas if beta is None else beta
    latents = declared.graphs.latents
    rng = np.random.default_rng(3)
    B, G, L = len(betas), len(gammas), len(latents)
    exact = symmetric_ib_of(RHO, betas) if declared.mutual else gaussian_ib_of(RHO, betas)
    told = np.repeat(np.asarray(exact.relevance)[:, None] * NATS, G, 1)  # (B, G)
    if declared.mutual:
        each = -0.5 * np.log1p(-exact.kappa)  # (B, K), of each view
        each = np.nan_to_num(each, posinf=20.0)
    else:
        each = exact.rates * NATS
    kl = np.repeat(np.repeat(each[:, None, None, :], G, 1), L, 2)  # (B, G, L, K)
    share = 1 - np.exp(-2 * kl[:, :, 0, 0])  # (B, G)
    codes = rng.normal(size=(ROWS, 2))
    label = np.digitize(codes[:, 0], [-0.5, 0.5])
    noise = rng.normal(size=(L, ROWS, 2))
    mean = share[..., None, None, None] * codes
    drawn = mean + np.sqrt(np.maximum(1 - share**2, 0.0))[..., None, None, None] * noise
    d = image[0] * image[1] or 5
    items = rng.uniform(0, 255, size=(ROWS, d))
    weight = share[..., None, None]
    rebuilt = weight * items[:ITEMS] + (1 - weight) * items.mean(0)
    factors = ("class", "signal", "turn", "background") if labelled else ("signal", "turn", "background")
    score = ("accuracy", "R²", "R²", "R²")[-len(factors) :]
    chance = np.array([0.4, 0.0, 0.0, 0.0])[-len(factors) :]
    kept = np.stack([chance[f] + (0.95 - chance[f]) * share ** (f + 1) for f in range(len(factors))], -1)
    kept = np.repeat(kept[:, :, None, :], L, 2)
    u8 = lambda a: np.rint(np.clip(a, 0, 255)).astype(np.uint8)  # noqa: E731
    rate = kl.sum(-1)
    held: dict[str, Any] = {
        "beta": betas,
        "gamma": gammas,
        "latents": np.array(latents),
        "terms": np.array([term.symbol for term in declared.terms]),
        "term_nats": np.zeros((B, G, len(declared.terms))),
        "rate_nats": rate,
        "kl_nats": kl,
        "relevance_nats": told,
        "relevance_error_nats": np.full((B, G), 0.01),
        "relevance_bound_nats": 0.8 * told,
        "relevance_ceiling_nats": np.nan,
        "correlations": RHO,
        "excess_nats": np.zeros((B, G)),
        "factors": np.array(factors),
        "factor_kind": np.array(("shared", "shared", "x", "y")[-len(factors) :]),
        "factor_score": np.array(score),
        "kept": kept,
        "kept_mean": np.maximum(kept, 0.9),
        "kept_mlp": kept + 0.02,
        "mlp_beta": betas,
        "mlp_gamma": gammas,
        "rows_fitted": np.int32(800),
        "rows_judged": np.int32(500),
        "information_nats": 0.9 * rate,
        "information_high_nats": rate,
        "factor_chance": chance,
        "factor_raw": np.full((2, len(factors)), 0.97),
        "factor_untrained": np.full((L, len(factors)), 0.5),
        "factor_raw_mlp": np.full((2, len(factors)), 0.98),
        "factor_untrained_mlp": np.full((L, len(factors)), 0.55),
        "rows": np.arange(100, 100 + ROWS),
        "scatter_range": np.float64(4.0),
        "scatter": u8((drawn + 4) / 8 * 255),
        "scatter_mean": u8((np.broadcast_to(mean, drawn.shape) + 4) / 8 * 255),
        "row_factors": np.column_stack([label, *codes.T, codes[:, 0]])[:, -len(factors) :]
        if labelled
        else np.column_stack([*codes.T, codes[:, 0]]),
        "class_names": np.array(CLASSES if labelled else (), dtype=str),
        "item_x": u8(items),
        "item_y": u8(items[::-1]),
        "recon_x": u8(rebuilt),
        "recon_y": u8(rebuilt[..., ::-1, :]),
        "column_kept_x": np.repeat(share[..., None], d, -1).astype(np.float16),
        "column_kept_y": np.repeat(share[..., None], d, -1).astype(np.float16),
        "residual_x": np.repeat((1 - share)[..., None], ROWS, -1).astype(np.float16),
        "residual_y": np.repeat((1 - share)[..., None], ROWS, -1).astype(np.float16),
        "told_x": np.bool_(False),
        "told_y": np.bool_(True),
        "rare": np.array(["a bright corner"]),
        "rare_share": np.array([0.02]),
        "rare_nats": np.array([1.2]),
        "rare_rows": np.zeros((ROWS, 1), dtype=bool),
        "rare_gain_nats": (1.2 * (1 - share))[..., None],
        "rare_gain_error_nats": np.full((B, G, 1), 0.02),
    }
    for side in ("x", "y"):
        held[f"low_{side}"], held[f"high_{side}"] = np.zeros(d), np.ones(d)
        held[f"image_{side}"] = np.array(image)
        held[f"columns_{side}"] = np.array([f"{side}{k}" for k in range(d)])
    if declared.mutual:
        held["mutual_nats"], held["mutual_error_nats"] = told, np.full((B, G), 0.01)
    if labelled:
        held["label_nats"] = np.repeat(0.5 * share[..., None], L, -1)
        held["label_entropy_nats"] = np.float64(np.log(3))
    if not declared.stochastic:
        for name in ("rate_nats", "kl_nats", "excess_nats"):
            held[name] = np.full_like(held[name], np.nan)
    return {
        name: np.asarray(v, dtype=np.float32)
        if np.asarray(v).dtype == np.float64 and name not in ("beta", "gamma", "correlations")
        else np.asarray(v)
        for name, v in held.items()
    }


def make_run(
    task: Knob, *, phase: str = "finished", frames: int = 3, grid: bool = True, words: str = "", **options: Any
) -> Run:
    """A run of this task in the folder of runs, with frames, a coarse grid and (unless it did not come so far) its results."""
    run = Run((store.memory() if task.own_data else store.root()) / task.name())
    run.path.parent.mkdir(parents=True, exist_ok=True)
    describe(run.path, task)
    recorder = Recorder(run.path)
    coarse = grid_of(task, beta=np.geomspace(task.low, task.high, 9) if len(task.dial()[0]) > 1 else None, **options)
    over = (
        "beta",
        "gamma",
        "rate_nats",
        "kl_nats",
        "relevance_nats",
        "relevance_bound_nats",
        "kept",
        "label_nats",
        "excess_nats",
    )
    recorder.keep("about", {name: array for name, array in coarse.items() if name not in over})
    for k in range(frames):
        numbers = {
            "loss": 3.0 - k,
            "train.I_E(X;Zx)": 1.0 + k,
            "rate_nats": 1.0 + k,
            "relevance_nats": 0.5 * k,
            "relevance_bound_nats": 0.3 * k,
            "excess_nats": 0.1,
        }
        recorder.frame(100 * k, numbers, {name: coarse[name] for name in over if name in coarse})
    if grid:
        recorder.keep("grid", grid_of(task, **options))
        recorder.result(
            {
                "method": task.method,
                "n_train": 1000,
                "n_held_out": 500,
                "estimator": "a closed form",
                "n_fitted": 800,
                "n_judged": 500,
            }
        )
    note_status(run.path, phase, started=1.0, ended=2.0, seconds=1.0, device="cpu", words=words)  # type: ignore[arg-type]
    return runs.find(task)

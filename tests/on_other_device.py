"""Everything that computes with torch, once and small, on a device that is not the CPU (see `tests.other_device`).

    python -m tests.on_other_device        one JSON object: each check's error, empty where all is well

Checks are listed from the registries: a new measure, method, objective, estimator or run has one without a word here.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np

import mmexplore as mm
from mmexplore.estimators.mi import REGISTRY as INFORMATIONS
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.labs.knob.methods import methods
from mmexplore.labs.losses.objectives import BASELINES, OBJECTIVES
from mmexplore.runs.task import TASKS

Check = Callable[[str], None]

CRITICS = ("separable", "concatenated")
TRAINED = tuple(name for name, entry in INFORMATIONS.items() if entry.trained)
FACTORS = "factors?rows=500&columns=10&ws=2&w1=2&w2=2"
# Runs small, and then smaller than their declarations let them be.
SMALL: dict[str, dict[str, Any]] = {
    "bounds": {"truths_nats": "1", "dims": 2, "batch": 16, "width": 16, "seeds": 1, "looks": 2},
    "contest": {"estimator": "infonce", "ats": "60", "settings": "steps=10&folds=1&hidden=4"},
    "factorcl": {"methods": "factorcl-ssl", "data": FACTORS, "seeds": 1, "batch": 16, "width": 8, "embedding": 2},
    "factorcl-sweep": {"methods": "late", "ratios": 2, "rows": 500, "seeds": 1, "width": 8, "embedding": 2},
    "kept": {"methods": "comm", "seeds": 1, "width": 8, "embedding": 2},
    "kept-sweep": {"methods": "comm", "embeddings": "2", "rates": "0.01", "seeds": 1, "width": 8},
    "knob": {"data": "warped-gaussian?n=120", "width": 4, "depth": 1, "batch": 64, "latent": 2},
    "knob-sweep": {"data": "warped-gaussian?n=120", "settings": 3, "batch": 32},
    "mi": {"data": "gaussian-pair?n=100", "steps": 10, "hidden": 4, "folds": 2, "embedding": 2},
    "pid_batch": {"data": "sign-sum?n=300&d=1", "epochs": 1, "align_epochs": 1, "batch": 32, "hidden": 4},
    "pid_flow": {
        "data": "warped?n=200",
        "estimator": "flow",
        "steps": 10,
        "transforms": 1,
        "hidden": 4,
        "bins": 3,
        "folds": 1,
        "bootstraps": 0,
    },
}
STEPS = 2
# What a run does often and need not do often here.
SELDOM = {
    "mmexplore.labs.losses.train.gaussian_bounds": {"_SCORE_BATCHES": 1, "_LAST_BATCHES": 2},
    "mmexplore.labs.losses.train.table": {"_PROBE_STEPS": 25, "FIT": 600, "STOP": 200, "SCORE": 200},
    "mmexplore.labs.losses.train.reading": {"LOOK_ITERATIONS": 2, "SHUFFLES": 1},
    "mmexplore.estimators.pids.train.flow": {"LOOKS": 2},
    "mmexplore.estimators.pids.train.batch": {"EPOCH": 2, "FINAL_ROUNDS": 5, "EARLIEST": 0},
    "mmexplore.labs.knob.task": {"BETA_SETTINGS": 5},
}


def checks() -> dict[str, Check]:
    """Every check by its name."""
    named: dict[str, Check] = {"the device itself": _device}
    for name in MEASURES.names():
        named[f"measure {name}"] = _measure_check(name)
    named["solver with coupling"] = _solver
    named["solver by sweeps"] = _sweeps
    named["gaussian"] = _gaussian
    named["tensors in, NumPy out"] = _samples
    for name in methods():
        named[f"knob {name}"] = _knob_check(method=name, data="wine")
    named["knob separate"] = _knob_check(method="dvib", networks="separate", data="wine")
    named["knob full variance"] = _knob_check(method="dvib", variance="full", data="warped-gaussian?n=120")
    for bound in ("infonce", "smile", "mine"):
        named[f"knob bound {bound}"] = _knob_check(method="dvsib", mi=bound, data="warped-gaussian?n=120")
    named["knob trained judge"] = _knob_judge
    for name in OBJECTIVES.names():
        if name not in BASELINES:
            named[f"objective {name}"] = _objective_check(name, FACTORS)
    for name in ("clip", "factorcl-ssl", "factorcl-indaug", "masked"):
        named[f"pictures {name}"] = _objective_check(name, "trifeature?rows=500")
    named["objective with concatenated critics"] = _objective_check(
        "factorcl-ssl?critic=concatenated", "bits?rows=1000"
    )
    for name in TRAINED:
        for critic in CRITICS:
            named[f"information {name} {critic}"] = _run_check("mi", estimator=name, critic=critic)
    named["hybrid"] = _run_check("pid_flow", estimator="hybrid")
    named["bounds concatenated"] = _run_check("bounds", critic="concatenated")
    for kind in TASKS.names():
        if kind in SMALL:
            named[f"run {kind}"] = _run_check(kind)
    return named


def _device(device: str) -> None:
    """What a GPU refuses is refused, and what it takes is taken."""
    import torch

    stream, other_stream = (torch.Generator(where).manual_seed(0) for where in ("cpu", device))
    here, there = torch.ones(3), torch.ones(3, device=device)
    wrong: list[Callable[[], Any]] = [
        lambda: here + there,
        lambda: torch.cat([here, there]),
        lambda: torch.stack([torch.tensor(1.0), there.sum()]),
        lambda: here[there.long()],
        lambda: there.numpy(),
        lambda: np.asarray(there),
        lambda: there * np.ones(3),
        lambda: torch.rand(3, generator=stream, device=device),
        lambda: torch.rand(3, generator=other_stream),
        lambda: torch.nn.Linear(3, 2)(there),
    ]
    for i, call in enumerate(wrong):
        try:
            call()
        except (RuntimeError, TypeError):
            continue
        raise AssertionError(f"call {i} went through")
    assert (there * torch.tensor(2.0) * np.float64(0.5)).device.type == device
    assert there[torch.tensor([0, 2])].shape == (2,)
    there[1:] = here[1:]
    assert there.cpu().numpy().tolist() == there.tolist() == [1.0, 1.0, 1.0]


def _tables() -> np.ndarray:
    """Tables of 3 x 2 x 4 states, one of them with states that never occur."""
    tables = np.random.default_rng(0).dirichlet(np.ones(24), size=3).reshape(3, 3, 2, 4)
    tables[0, 2] = 0
    tables[1, :, :, 3] = 0
    return tables / tables.sum(axis=(1, 2, 3), keepdims=True)


def _measure_check(name: str) -> Check:
    def check(device: str) -> None:
        import torch

        for tables in (_tables(), mm.gate("and", noise=0.1)[None], _tables()[0]):
            here = mm.pid(tables, name, tolerance=1e-3)
            there = mm.pid(torch.as_tensor(tables, device=device), name, tolerance=1e-3)
            for field in ("i1", "union", "union_lower", "union_upper", "converged", "iterations"):
                value = getattr(there, field)
                if tables.ndim > 3:
                    assert value.device.type == device, f"{field} lies on {value.device}"
                    value = value.cpu().numpy()
                if field in ("i1", "union"):
                    np.testing.assert_allclose(value, getattr(here, field), atol=2e-3)

    return check


def _solver(device: str) -> None:
    import torch

    from mmexplore.info.broja import solve

    rng = np.random.default_rng(1)
    for shape in ((3, 2, 4), (2, 2, 2), (2, 3, 1), (5, 5, 3), (2, 2, 9)):
        p = rng.dirichlet(np.ones(int(np.prod(shape))), size=4).reshape(4, *shape)
        p[0, 0] = 0
        p /= p.sum(axis=(1, 2, 3), keepdims=True)
        here, there = (solve(x, 1e-3, coupling=True) for x in (p, torch.as_tensor(p, device=device)))
        np.testing.assert_allclose(there.value.cpu().numpy(), here.value, atol=2e-3)
        assert there.coupling.device.type == device


def _sweeps(device: str) -> None:
    import torch

    from mmexplore.info.broja.alternating import alternating
    from mmexplore.info.broja.best import Best
    from mmexplore.info.broja.margins import Margins, indices
    from mmexplore.info.tables import problem

    asked = problem(torch.as_tensor(np.full((2, 3, 2, 4), 1 / 24.0), device=device))
    xp, p = asked.xp, asked.p
    margins = Margins.of(xp.einsum("nabk->nka", p), xp.einsum("nabk->nkb", p), xp)
    best = Best(xp, asked.i1 - 1.0, asked.i12 + 1.0, xp.zeros_like(asked.i1, dtype=xp.int64), 1e-6)
    alternating(margins, indices(2, p, xp), best)
    assert bool((best.upper - best.lower < 1e-6).all())


def _gaussian(device: str) -> None:
    import torch

    root = np.random.default_rng(0).normal(size=(2, 6, 9))
    covariances = root @ np.swapaxes(root, 1, 2)
    for cov in (covariances, covariances[0]):
        here = mm.gaussian_pid(cov, 2, 2, 2, coupling=True)
        there = mm.gaussian_pid(torch.as_tensor(cov, device=device), 2, 2, 2, coupling=True)
        np.testing.assert_allclose(there.union.cpu().numpy(), here.union, atol=1e-9)
        assert there.coupling.device.type == there.spectrum.device.type == device
    asked = torch.as_tensor(covariances, device=device).requires_grad_()
    mm.gaussian_pid(asked, 2, 2, 2).synergy.sum().backward()
    assert asked.grad.device.type == device
    try:
        mm.gaussian_pid(torch.zeros((3, 3), device=device), 1, 1, 1)
    except mm.BadData:
        pass
    else:
        raise AssertionError("a covariance of zeros was taken")


def _samples(device: str) -> None:
    """Functions that answer in NumPy take tensors from anywhere."""
    import torch

    rng = np.random.default_rng(0)
    x1, x2 = rng.normal(size=(2, 60, 2))
    y = x1[:, :1] + x2[:, :1] + rng.normal(size=(60, 1))
    p = mm.gate("and", noise=0.1)

    def there(array: np.ndarray) -> Any:
        return torch.as_tensor(array, device=device)

    labels = [there(np.arange(40) // k % 2) for k in (1, 2, 4)]
    assert mm.pid_from_samples(*labels).i1 == 0
    mm.estimate_from_samples(*labels, bootstraps=0, permutations=0)
    mm.estimate_pid(there(x1), there(x2), there(y > 0), "binned", bootstraps=0)
    mm.estimate_pid(there(x1), there(x2), there(y), "gaussian", bootstraps=0)
    mm.gaussian_pid_from_samples(there(x1), there(x2), there(y), bootstraps=0)
    mm.mutual_information(there(x1), there(y), "ksg")
    mm.Discretizer(bins=2).fit_transform(there(x1))
    mm.compare(there(p))
    np.testing.assert_array_equal(mm.what_if(there(p), noise1=0.2), mm.what_if(p, noise1=0.2))
    np.testing.assert_array_equal(mm.mix(there(p), there(p), 0.5), mm.mix(p, p, 0.5))
    mm.gaussian_ib(there(np.cov(np.hstack([x1, x2]).T)), 2, 2, there(np.array([2.0, 4.0])))
    mm.discrete_ib(there(p.sum(axis=1)), [2.0])
    mm.canonical_correlations_from_rows(there(x1), there(x2))


def _knob_check(**values: Any) -> Check:
    def check(device: str) -> None:
        from mmexplore.datasets.views import two_views
        from mmexplore.labs.knob.task import Knob
        from mmexplore.labs.knob.train.data import standardise
        from mmexplore.labs.knob.train.program import Watched

        spec = Knob(**(SMALL["knob"] | {"steps": STEPS} | values))
        watched = Watched(spec, standardise(two_views(spec.data).draw(), device))
        for i in range(2):
            watched.step(i)
        assert all(p.device.type == device for p in watched.learner.model.parameters())
        watched.subjects.about()
        beta, gamma = spec.dial()
        if spec.networks == "conditioned":
            beta, gamma = beta[:2], gamma[:2]
        watched.evaluation.grid(beta, gamma)
        watched.look(2)

    return check


def _knob_judge(device: str) -> None:
    from mmexplore.datasets.views import two_views
    from mmexplore.labs.knob.task import Knob
    from mmexplore.labs.knob.train.data import standardise
    from mmexplore.labs.knob.train.judge import Judge
    from mmexplore.labs.knob.train.program import Watched

    spec = Knob(**(SMALL["knob"] | {"method": "dvsib", "data": "wine", "steps": STEPS}))
    watched = Watched(spec, standardise(two_views(spec.data).draw(), device))
    judge = watched.evaluation.judge = Judge(watched.learner, watched.judge.pairs, 3)
    for i in range(2):
        judge.step(i)
    beta, gamma = spec.dial()
    watched.evaluation.grid(beta[:2], gamma[:1], pictures=False)


def _objective_check(text: str, data: str) -> Check:
    def check(device: str) -> None:
        from mmexplore.datasets.views import two_views
        from mmexplore.labs.losses.objectives import objectives
        from mmexplore.labs.losses.train.method import Shape, make
        from mmexplore.labs.losses.train.reading import reader
        from mmexplore.labs.losses.train.rows import Batches, draw_rows
        from mmexplore.labs.losses.train.trainee import Trainee
        from mmexplore.training.loop import Look

        rows = draw_rows(two_views(data), [1, 2], device)
        views = (tuple(x.shape[2:]) for x in (rows.x1, rows.x2))
        shape = Shape(rows.seeds, *views, (rows.classes[0],), 8, 1, 2, device=str(rows.x1.device))
        method = make(objectives(text)[0], shape)
        trainee = Trainee(method, Batches(rows, 16, method, "strong"), 1e-3, 4, lambda i: Look())
        for i in range(2):
            trainee.step(i)
        assert all(p.device.type == device for p in method.parameters())
        eyes = reader(rows, 16)
        eyes.quick(method)
        eyes.bounds(method)
        eyes.points(method)

    return check


def _run_check(kind: str, **values: Any) -> Check:
    def check(device: str) -> None:
        from mmexplore.runs.recorder import Recorder
        from mmexplore.runs.worker import program_of

        task = TASKS[kind](**(SMALL[kind] | values))
        if hasattr(task, "steps") and "steps" not in SMALL[kind]:
            object.__setattr__(task, "steps", STEPS)
        recorder = Recorder.in_memory(device=device)
        program_of(task)(task, recorder)
        arrays = [a for kept in recorder.arrays.values() for a in kept.values()]
        arrays += [a for frame in recorder.frames for a in frame.get("arrays", {}).values()]
        assert all(type(a) is np.ndarray for a in arrays), "an array of the run is no NumPy array"
        json.dumps(recorder.results)

    return check


@contextlib.contextmanager
def seldom() -> Iterator[None]:
    """Few repetitions, and the device allowed by name."""
    from mmexplore.estimators.mi.train import estimate
    from mmexplore.labs.losses.train import reading, table
    from mmexplore.labs.losses.train.probes import hidden_probe, linear_probe
    from mmexplore.training.loop import train

    def few(learner: Any, watcher: Any, steps: int, **options: Any) -> None:
        train(learner, watcher, min(steps, STEPS), **options)

    def line(fit: Any, asked: Any, held: Any, wanted: Any, iterations: int = 0) -> Any:
        return linear_probe(fit, asked, held, wanted, STEPS)

    def hidden(*sets: Any, **options: Any) -> Any:
        return hidden_probe(*sets, **({"steps": STEPS} | options))

    changes = {importlib.import_module(module): values for module, values in SELDOM.items()}
    changes[estimate] = {"train": few, "choose_device": lambda device: device}
    for module in (table, reading):
        changes[module] = changes[module] | {"linear_probe": line, "hidden_probe": hidden}
    with contextlib.ExitStack() as stack:
        for module, values in changes.items():
            for name, value in values.items():
                stack.enter_context(mock.patch.object(module, name, value))
        yield


def main(names: list[str]) -> int:
    """Run the named checks (all of them without a name) and print what went wrong."""
    from tests.other_device import other_device

    errors: dict[str, str] = {}
    with other_device() as device, seldom():
        for name, check in checks().items():
            if names and name not in names:
                continue
            start = time.perf_counter()
            try:
                check(device)
                errors[name] = ""
            except Exception:
                errors[name] = traceback.format_exc()
            print(f"{time.perf_counter() - start:.2f} s  {name}", file=sys.stderr)
    print(json.dumps(errors))
    return int(any(errors.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The FactorCL lab: what a step costs, how long a method takes to an accuracy, and the figures of the papers beside ours.

    python -m benchmarks.factorcl [--device cuda] [--steps] [--reach] [--reproduce [gap notebook sanity synergy trifeature bounds]]

Without a choice: --steps and --reach. All on one thread; three seeds are one computation. Nothing is compared to a peer's code: the public
FactorCL code has no seeds and needs a GPU; its critic (concatenated, B x B passes) is run in our writing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.options import parse, parser
from benchmarks.timing import human, now, repeat
from mmexplore.devices import repeatable

GENERATOR = "factors?rows=6000"
METHODS = "clip,cross-self,supcon,factorcl-sup,factorcl-ssl,factorcl-indaug,comm,masked,predict"
NOTEBOOK = {"factorcl-sup": 0.986, "factorcl-ssl": 0.972, "clip": 0.956}  # the public notebook's outputs


def table(heads: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def trainee(text: str, batch: int, device: str, seeds: int = 3) -> Any:
    """A method on the paper's generator, ready to step."""
    from mmexplore.datasets.views import two_views
    from mmexplore.labs.losses.objectives import objectives
    from mmexplore.labs.losses.train.method import Shape, make
    from mmexplore.labs.losses.train.rows import Batches, draw_rows
    from mmexplore.labs.losses.train.trainee import Trainee
    from mmexplore.training.loop import Look

    rows = draw_rows(two_views(GENERATOR), range(1, seeds + 1), device)
    view = tuple(rows.x1.shape[2:])
    method = make(objectives(text)[0], Shape(rows.seeds, view, view, (2,), 128, 2, 32, device))
    return Trainee(method, Batches(rows, batch, method, "gentle"), 1e-3, 10_000, lambda i: Look())


def step_cost(text: str, batch: int, device: str, repetitions: int) -> float:
    """Median seconds of a step of three seeds."""
    made = trainee(text, batch, device)
    with repeatable(device):
        return repeat(made.step, repetitions, device=device).median


def steps(device: str) -> None:
    """Cost of a step: methods, then FactorCL's critics over the batch."""
    print("Milliseconds are medians of a step of three seeds at once (encoders 100-128-128-32).\n")
    rows = [[m, human(step_cost(m, 128, device, 20))] for m in METHODS.split(",")]
    table(["method, batch 128", "a step"], rows)
    rows = []
    for batch in (32, 64, 128, 256) if device == "cuda" else (32, 64, 128):
        cells = [
            human(step_cost(f"factorcl-ssl?critic={critic}", batch, device, 5))
            for critic in ("separable", "concatenated")
        ]
        rows.append([str(batch), *cells])
    table(["batch, FactorCL-SSL", "separable", "concatenated"], rows)


def run(program: Callable[[Any, Any], None], spec: Any, device: str) -> Any:
    """Run a task's program in this process, and keep what it reports."""
    from mmexplore.runs.recorder import Recorder

    recorder = Recorder.in_memory(device=device)
    with repeatable(device):
        program(spec, recorder)
    return recorder


def lab(device: str, **values: Any) -> Any:
    """The lab's run."""
    from mmexplore.labs.losses.task import FactorCl
    from mmexplore.labs.losses.train.program import run as program

    return run(program, FactorCl(**values), device)


def reach(device: str) -> None:
    """Five methods, three seeds; and seconds until a linear probe reads y as well as it ever will, to within .01."""
    began = now(device)
    found = lab(device, data=GENERATOR)
    total = now(device) - began
    names = found.arrays["names"]
    rows = []
    for i, title in enumerate(names["titles"]):
        frames = [f for f in found.frames if f["method"] == i]
        best = max(f["accuracy"] for f in frames)
        there = next(f for f in frames if f["accuracy"] >= best - 0.01)
        rows.append(
            [
                str(title),
                f"{best:.3f}",
                human(there["seconds"]),
                str(there["update"]),
                human(float(found.arrays["table"]["seconds"][i])),
            ]
        )
    table(["method", "best accuracy of y", "first within .01 after", "updates", "all of it"], rows)
    print(f"Five methods x three seeds, baselines and every probe: {human(total)}; target 60 s on two idle cores.\n")


def scores(found: Any, label: str, readout: str = "z12", what: str = "accuracy") -> dict[str, np.ndarray]:
    """Per seed, by method."""
    names, arrays = found.arrays["names"], found.arrays["table"]
    axis = names["labels"].tolist() if what in ("accuracy", "mlp") else names["factors"].tolist()
    at = names["readouts"].tolist().index(readout)
    return {str(m): arrays[what][i, :, at, axis.index(label)] for i, m in enumerate(names["methods"])}


def told(values: np.ndarray) -> str:
    """Mean and every seed."""
    return f"{values.mean():.3f} ({', '.join(f'{v:.3f}' for v in values)})"


def gap(device: str) -> None:
    """Labels from w1: FactorCL against CLIP; what leaks into the unique heads."""
    found = lab(device, data=GENERATOR)
    y, w1 = scores(found, "y"), scores(found, "y from w1")
    r2 = scores(found, "w1", what="r2")
    table(
        ["method", "y from all", "y from w1", "R2 of w1", "w1 above CLIP"],
        [[m, told(y[m]), told(w1[m]), told(r2[m]), f"{(w1[m] - w1['clip']).mean():+.3f}"] for m in y],
    )
    leaks = {f: scores(found, f, "u1", "r2") for f in ("w1", "ws", "w2")}
    table(
        ["Z_U1 of", *(f"R2 of {f}" for f in leaks)],
        [[m, *(told(leak[m]) for leak in leaks.values())] for m in ("factorcl-sup", "factorcl-ssl")],
    )


def notebook(device: str) -> None:
    """The public notebook's sizes, separable critic, one seed."""
    found = lab(
        device,
        methods=",".join(NOTEBOOK),
        data="factors?rows=30000",
        seeds=1,
        steps=930,
        batch=256,
        width=512,
        layers=3,
        embedding=128,
        rate=1e-3,
        looks=3,
    )
    y = scores(found, "y")
    rows = [[m, f"{y[m].mean():.3f}", f"{NOTEBOOK[m]:.3f}" if m in NOTEBOOK else ""] for m in y]
    table(["method", "y from all, ours", "the notebook"], rows)


def sanity(device: str) -> None:
    """No unique information: FactorCL ties with CLIP. No shared information: it is ahead."""
    rows = []
    for words, data in (("no unique", "factors?unique1=0&unique2=0"), ("no shared", "factors?shared=0")):
        y = scores(lab(device, methods="clip,factorcl-sup,factorcl-ssl", data=data), "y")
        rows.append([words, *(told(y[m]) for m in y)])
    table(["label", "raw", "untrained", "CLIP", "FactorCL-SUP", "FactorCL-SSL"], rows)


def synergy(device: str) -> None:
    """What every objective keeps of the four known bits."""
    from mmexplore.labs.losses.table_task import Kept
    from mmexplore.labs.losses.train.table import run as program

    found = run(program, Kept(), device)
    arrays, titles = found.arrays["table"], found.arrays["names"]["titles"]
    rows = []
    for i, title in enumerate(titles):
        kept = arrays["kept"][i, :, :, 2]
        read = (1 + arrays["readable"][i, :, 3, 2]) / 2
        rows.append(
            [str(title), *(f"{m:.2f} +- {s:.2f}" for m, s in zip(kept.mean(0), kept.std(0), strict=True)), told(read)]
        )
    table(["objective", "shared", "unique 1", "unique 2", "synergy", "linear probe of the exclusive or"], rows)


def trifeature(device: str) -> None:
    """Linear probes of shape, texture and match on small Trifeature, one seed a method."""
    rows = []
    for method in ("clip", "cross-self", "comm"):
        began = now(device)
        found = lab(device, methods=method, data="trifeature", seeds=1, steps=1000, width=64, embedding=32, looks=4)
        seconds = now(device) - began
        for name in ("raw", "untrained", method) if method == "clip" else (method,):
            cells = [f"{scores(found, label)[name].mean():.3f}" for label in ("shape", "texture1", "colour2", "match")]
            rows.append([name, *cells, human(seconds)])
    table(["method", "shape (R)", "texture 1 (U)", "colour 2 (U)", "match (S)", "run"], rows)


def bounds(device: str) -> None:
    """NCE <= I <= NCE-CLUB on Gaussian pairs, nats."""
    from mmexplore.labs.losses.bounds_task import Bounds
    from mmexplore.labs.losses.train.gaussian_bounds import run as program

    found = run(program, Bounds(), device)
    names, result = found.arrays["names"], found.arrays["result"]
    nat = float(np.log(2))
    rows = [
        [f"{t:.2f}{' given Z' if c else ''}", f"{n.mean() * nat:.2f}", f"{u.mean() * nat:.2f}", f"{e * nat:.2f}"]
        for t, c, n, u, e in zip(
            names["truth_nats"], names["conditional"], result["nce"], result["club"], names["club_exact"], strict=True
        )
    ]
    table(["I, nats", "NCE", "NCE-CLUB", "NCE-CLUB at the optimal critic"], rows)


FIGURES = {
    "gap": gap,
    "notebook": notebook,
    "sanity": sanity,
    "synergy": synergy,
    "trifeature": trifeature,
    "bounds": bounds,
}


def main() -> None:
    """What was asked for."""
    made = parser(__doc__)
    made.add_argument("--steps", action="store_true", help="what a step costs")
    made.add_argument("--reach", action="store_true", help="five methods, three seeds; time to an accuracy")
    made.add_argument(
        "--reproduce",
        nargs="*",
        choices=[*FIGURES],
        metavar="FIGURE",
        help=f"figures: {', '.join(FIGURES)} (none: all)",
    )
    options = parse(made)
    nothing = not options.steps and not options.reach and options.reproduce is None
    if options.steps or nothing:
        steps(options.device)
    if options.reach or nothing:
        reach(options.device)
    if options.reproduce is not None:
        for name in options.reproduce or FIGURES:
            print(f"{name}: {FIGURES[name].__doc__}\n")
            FIGURES[name](options.device)


if __name__ == "__main__":
    main()

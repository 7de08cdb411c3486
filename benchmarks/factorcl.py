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
NOTEBOOK = {
    "factorcl-sup": 0.986,
    "factorcl-ssl": 0.972,
    "clip": 0.956,
}  # the public notebook's outputs, at rate 1e-4 before a head of two hidden layers


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
    axis = names["labels"].tolist() if what.startswith(("accuracy", "mlp")) else names["factors"].tolist()
    at = names["readouts"].tolist().index(readout)
    return {str(m): arrays[what][i, :, at, axis.index(label)] for i, m in enumerate(names["methods"])}


def told(values: np.ndarray) -> str:
    """Mean and every seed."""
    return f"{values.mean():.3f} ({', '.join(f'{v:.3f}' for v in values)})"


def both(found: Any, label: str, method: str, what: str = "accuracy") -> list[str]:
    """At the representation and at the loss; each before training."""
    cells = [told(scores(found, label, place, what)[method]) for place in ("z12", "loss12")]
    before = [scores(found, label, place, f"{what}_untrained")[method].mean() for place in ("z12", "loss12")]
    return [f"{cell} (untrained {start:.3f})" for cell, start in zip(cells, before, strict=True)]


def gap(device: str) -> None:
    """The default lab over heads and learning rates, both layers; labels from w1: FactorCL against CLIP; what leaks into the unique heads."""
    rows = []
    for head, rate in (("mlp", 1e-3), ("mlp", 1e-4), ("mlp2", 1e-3), ("mlp2", 1e-4), ("none", 1e-3)):
        methods = [f"{m}?head={head}" if head != "mlp" else m for m in ("clip", "factorcl-sup", "factorcl-ssl")]
        found = lab(device, data=GENERATOR, methods=",".join(methods), rate=rate)
        w1 = scores(found, "y from w1")
        for m in methods:
            above = w1[m] - w1[methods[0]]
            ahead = f"{above.mean():+.3f} ({', '.join(f'{v:+.3f}' for v in above)})"
            r2 = [f"{scores(found, 'w1', place, 'r2')[m].mean():.2f}" for place in ("z12", "loss12")]
            rows.append([m, f"{rate:g}", *both(found, "y", m), told(w1[m]), ahead, " / ".join(r2)])
        if (head, rate) == ("mlp", 1e-3):
            leaks = {f: scores(found, f, "u1", "r2") for f in ("w1", "ws", "w2")}
    heads = [
        "method",
        "rate",
        "y at the representation",
        "y at the loss",
        "y from w1",
        "above CLIP",
        "R2 of w1, both layers",
    ]
    table(heads, rows)
    table(
        ["Z_U1 of", *(f"R2 of {f}" for f in leaks)],
        [[m, *(told(leak[m]) for leak in leaks.values())] for m in ("factorcl-sup", "factorcl-ssl")],
    )


def notebook(device: str) -> None:
    """The public notebook's sizes, separable critic, one seed (three on a GPU): which layer is read at which rate."""
    sizes = {"data": "factors?rows=30000", "steps": 930, "batch": 256, "width": 512, "layers": 3, "embedding": 128}
    rows = []
    settings = [("clip", head, rate) for head in ("none", "mlp2") for rate in (1e-3, 1e-4)]
    settings += [(method, "mlp2", 1e-4) for method in ("factorcl-sup", "factorcl-ssl")]
    for method, head, rate in settings:
        text = f"{method}?head={head}"
        found = lab(device, methods=text, rate=rate, seeds=3 if device == "cuda" else 1, looks=3, **sizes)
        published = f"{NOTEBOOK[method]:.3f}" if (head, rate) == ("mlp2", 1e-4) else ""
        rows.append([text, f"{rate:g}", *both(found, "y", text), published])
    table(["method", "rate", "y at the representation", "y at the loss", "the notebook"], rows)


def sanity(device: str) -> None:
    """No unique information: FactorCL ties with CLIP. No shared information: it is ahead."""
    rows = []
    for words, data in (("no unique", "factors?unique1=0&unique2=0"), ("no shared", "factors?shared=0")):
        y = scores(lab(device, methods="clip,factorcl-sup,factorcl-ssl", data=data), "y")
        rows.append([words, *(told(y[m]) for m in y)])
    table(["label", "raw", "untrained", "CLIP", "FactorCL-SUP", "FactorCL-SSL"], rows)


def synergy(device: str) -> None:
    """What every objective keeps of the four known bits, at both layers."""
    from mmexplore.labs.losses.table_task import Kept
    from mmexplore.labs.losses.train.table import run as program

    found = run(program, Kept(), device)
    arrays, titles = found.arrays["table"], found.arrays["names"]["titles"]
    rows = []
    for i, title in enumerate(titles):
        for layer, place in (("representation", 2), ("loss", 5)):
            kept = arrays["kept"][i, :, :, place]
            read = (1 + arrays["readable"][i, :, 3, place]) / 2
            cells = [f"{m:.2f} +- {s:.2f}" for m, s in zip(kept.mean(0), kept.std(0), strict=True)]
            rows.append([str(title), layer, *cells, told(read)])
    table(["objective", "at", "shared", "unique 1", "unique 2", "synergy", "linear probe of the exclusive or"], rows)


def trifeature(device: str) -> None:
    """Linear probes of shape, texture and match on small Trifeature to convergence, both layers; the run that is shipped, or half an hour."""
    began = now(device)
    found = lab(device, methods="clip,factorcl-ssl,comm", data="trifeature", steps=3000, width=64)
    labels = ("shape", "texture1", "colour2", "match")
    rows = []
    for name in ("raw", "untrained", "clip", "factorcl-ssl", "comm"):
        for layer, place in (("representation", "z12"), ("loss", "loss12")):
            rows.append([name, layer, *(told(scores(found, label, place)[name]) for label in labels)])
    table(["method", "at", "shape (R)", "texture 1 (U)", "colour 2 (U)", "match (S), linear probe"], rows)
    chance = found.arrays["names"]["chance"].mean(axis=0)
    print(
        f"chance of match: {chance[list(found.arrays['names']['labels']).index('match')]:.3f}; {human(now(device) - began)}\n"
    )


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

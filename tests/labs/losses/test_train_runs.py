"""The programs of the lab on small runs: the contract of their frames and arrays, repetition, nulls, rows kept apart."""

import numpy as np
import pytest
import torch

from mmexplore.datasets.views import two_views
from mmexplore.devices import repeatable
from mmexplore.errors import BadData
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.objectives import LAYERS, READOUTS, objectives
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.labs.losses.train import gaussian_bounds, program, sweep, table_sweep
from mmexplore.labs.losses.train import table as kept
from mmexplore.labs.losses.train.method import Shape, make
from mmexplore.labs.losses.train.rows import Batches, draw_rows
from mmexplore.labs.losses.train.trainee import Trainee, factor
from mmexplore.runs.recorder import Recorder, Stopped
from mmexplore.training.loop import Look

DATA = "factors?rows=500&columns=20&ws=4&w1=2&w2=2"
SMALL = {"data": DATA, "seeds": 2, "steps": 20, "batch": 32, "width": 16, "layers": 1, "embedding": 8, "looks": 2}


@pytest.fixture(scope="module")
def run(device):
    def call(task_program, spec, **options):
        recorder = Recorder.in_memory(device=device, **options)
        with repeatable(device):
            task_program.run(spec, recorder)
        return recorder

    return call


@pytest.fixture(scope="module")
def lab(run):
    return run(program, FactorCl(methods="clip,factorcl-ssl,comm", **SMALL))


def test_the_lab_keeps_its_contract(lab):
    names, table = lab.arrays["names"], lab.arrays["table"]
    assert names["methods"].tolist() == ["raw", "untrained", "clip", "factorcl-ssl", "comm"]
    assert names["labels"].tolist() == ["y", "y from ws", "y from w1", "y from w2"]
    assert names["factors"].tolist() == ["ws", "w1", "w2"]
    assert table["accuracy"].shape == table["mlp"].shape == (5, 2, 10, 4)
    assert table["r2"].shape == table["r2_mlp"].shape == (5, 2, 10, 3)
    assert table["null_label"].shape == table["null_views"].shape == (5, 2, 4)
    has = np.isfinite(table["accuracy"][:, 0, :, 0])
    for row, text in zip(has, names["methods"], strict=True):
        there = {r for r, finite in zip(READOUTS, row, strict=True) if finite}
        assert there == set(objectives(str(text))[0].readouts()) | set(LAYERS["loss"])
    before = np.isfinite(table["accuracy_untrained"][:, 0, :, 0])
    assert [[r for r, finite in zip(READOUTS, row, strict=True) if finite] for row in before] == [[], []] + [
        ["z12", "loss12"]
    ] * 3
    widths = dict(zip(READOUTS, table["widths"][3], strict=True))
    assert (widths["z1"], widths["z12"], widths["loss12"], widths["s1"], widths["u1"]) == (8, 16, 80, 16, 24)
    assert [f["method"] for f in lab.frames if f["done"]] == [0, 1, 2, 3, 4]
    steps = [f["step"] for f in lab.frames]
    assert steps == sorted(steps)
    assert steps[-1] == 60
    trained = [f for f in lab.frames if f["method"] == 3 and not f["done"]]
    assert all(set(objectives("factorcl-ssl")[0].terms) <= set(f) for f in trained)
    frame = lab.frames[-1]["arrays"]
    assert frame["points12"].shape == (100, 2)
    assert np.isnan(frame["bounds"]).all()
    low, high = next(f["arrays"]["bounds"] for f in lab.frames if f["method"] == 2 and f["done"]).T
    assert (low <= high).all()
    assert (low <= lab.frames[0]["ceiling"]).all()
    truth = lab.results["truth"]
    assert truth["shared_factorcl"] == pytest.approx(truth["redundancy"] - truth["synergy"], abs=1e-9)
    assert lab.results["rows"] == 400


def test_without_a_head_both_layers_are_one_and_with_one_they_are_read_apart(run):
    found = run(program, FactorCl(methods="clip?head=none,clip", **SMALL)).arrays["table"]["accuracy"]
    layers = [[list(READOUTS).index(name) for name in LAYERS[layer]] for layer in ("representation", "loss")]
    assert np.array_equal(found[2][:, layers[0]], found[2][:, layers[1]])
    assert not np.array_equal(found[3][:, layers[0]], found[3][:, layers[1]])
    assert np.array_equal(found[1][:, layers[0]], found[1][:, layers[1]])  # the baseline has no head


def test_an_untrained_method_is_read_as_it_is_after_no_step(run):
    spec = FactorCl(methods="factorcl-ssl", **SMALL)
    before = run(program, spec).arrays["table"]
    after = run(program, spec.replace(steps=0)).arrays["table"]
    whole = [list(READOUTS).index(name) for name in ("z12", "loss12")]
    for name in ("accuracy", "r2"):
        assert np.allclose(before[f"{name}_untrained"][2][:, whole], after[name][2][:, whole], atol=0.02)


def test_stochastic_representations_are_read_as_drawn_unless_their_means_are_asked_for(run):
    drawn, means = (
        run(program, FactorCl(methods="dvsib,clip", latents=latents, **SMALL)).arrays["table"]["r2"]
        for latents in ("sampled", "means")
    )
    whole = list(READOUTS).index("z12")
    assert (drawn[2, :, whole] < means[2, :, whole] - 0.01).any()
    assert np.array_equal(drawn[3], means[3], equal_nan=True)  # nothing is drawn there


def test_the_same_spec_gives_the_same_numbers(lab, run):
    again = run(program, FactorCl(methods="clip,factorcl-ssl,comm", **SMALL))
    for name in ("accuracy", "mlp", "r2", "null_label"):
        assert np.array_equal(again.arrays["table"][name], lab.arrays["table"][name], equal_nan=True)
    other = run(program, FactorCl(methods="clip", seed=7, **SMALL))
    assert not np.array_equal(other.arrays["table"]["accuracy"][2], lab.arrays["table"]["accuracy"][2])


def test_nulls_are_at_chance_and_views_do_not_tell_each_other(lab):
    table = lab.arrays["table"]
    # about eight independent shares of 100 rows: four standard errors
    assert abs(table["null_label"].mean() - 0.5) < 4 * 0.5 / np.sqrt(8 * 100)
    labels = lab.arrays["names"]["labels"].tolist()
    view2_only = table["null_views"][:, :, labels.index("y from w2")]
    assert abs(view2_only.mean() - 0.5) < 4 * 0.5 / np.sqrt(2 * 100)  # view 2 belongs to another row
    assert table["null_views"][0, :, labels.index("y from w1")].min() > 0.9  # raw view 1 still tells its own
    z1 = table["r2"][:, :, list(READOUTS).index("z1"), 2]
    assert z1.max() < 0.05  # w2 is not in view 1


def test_raw_inputs_tell_everything(lab):
    whole = list(READOUTS).index("z12")
    assert lab.arrays["table"]["r2"][0, :, whole].min() > 0.99
    assert lab.arrays["table"]["accuracy"][0, :, whole].min() > 0.9


def test_training_never_touches_held_out_rows(device):
    rows = draw_rows(two_views(DATA), [1, 2], device)
    poisoned = {name: getattr(rows, name).clone() for name in ("x1", "x2")}
    for x in poisoned.values():
        x[:, rows.test] = float("nan")
    from dataclasses import replace

    rows = replace(rows, **poisoned)
    shape = Shape(rows.seeds, (20,), (20,), (2,), 8, 1, 4, device)
    for name in ("factorcl-ssl", "factorcl-sup", "comm"):
        method = make(objectives(name)[0], shape)
        trainee = Trainee(method, Batches(rows, 32, method, "gentle"), 1e-3, 20, lambda i: Look())
        for i in range(15):  # more than an epoch; inner steps of the CLUB critics are among them
            terms = trainee.step(i)
        assert all(torch.isfinite(v) for v in terms.values())
        assert all(torch.isfinite(p).all() for p in method.parameters())


def test_the_outer_step_leaves_the_upper_bounds_critics_alone(device):
    rows = draw_rows(two_views(DATA), [1], device)
    method = make(objectives("factorcl-ssl")[0], Shape(rows.seeds, (20,), (20,), (2,), 8, 1, 4, device))
    trainee = Trainee(method, Batches(rows, 32, method, "gentle"), 1e-2, 20, lambda i: Look())
    trainee._inner_steps = 0
    before = [p.clone() for p in method.critics()]
    encoder = [p.clone() for p in method.encoder1.parameters()]
    trainee.step(0)
    assert all(torch.equal(a, b) for a, b in zip(before, method.critics(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(encoder, method.encoder1.parameters(), strict=True))
    trainee._inner_steps = 1
    trainee.step(1)
    assert not all(torch.equal(a, b) for a, b in zip(before, method.critics(), strict=True))


def test_the_rate_rises_stays_and_falls():
    assert factor(0, 1000) == pytest.approx(1 / 50)
    assert factor(49, 1000) == factor(500, 1000) == 1.0
    assert factor(750, 1000) == pytest.approx(0.5)
    assert factor(999, 1000) == pytest.approx(0.002)


def test_clip_drops_what_is_unique_where_the_supervised_form_keeps_it(run):
    spec = FactorCl(
        methods="clip,factorcl-sup",
        **SMALL | {"data": DATA.replace("500", "1500"), "steps": 200, "batch": 64, "rate": 3e-3},
    )
    table = run(program, spec).arrays["table"]["accuracy"][:, :, list(READOUTS).index("z12"), 2]
    assert table[3].mean() > table[2].mean() + 0.08  # "y from w1": FactorCL-SUP above CLIP


def test_a_run_can_be_stopped_within_a_method(run):
    calls = iter(range(10**6))
    with pytest.raises(Stopped):
        run(program, FactorCl(methods="clip", **SMALL | {"steps": 2000}), stop=lambda: next(calls) > 8)


def test_own_rows_are_trained_on(run):
    rng = np.random.default_rng(0)
    x1, x2 = rng.normal(size=(2, 300, 3))
    arrays = {"x1": x1, "x2": x2, "y": (x1[:, 0] + x2[:, 0] > 0).astype(int)}
    spec = FactorCl(methods="late", **SMALL | {"data": "own?id=abc", "batch": 16})
    found = run(program, spec, data=arrays)
    assert found.arrays["table"]["accuracy"][2, :, 2, 0].mean() > 0.7
    assert found.arrays["table"]["r2"].shape[-1] == 0
    with pytest.raises(BadData):
        run(program, spec)


def test_the_sweep_keeps_its_contract(run):
    values = {k: v for k, v in SMALL.items() if k not in ("data", "looks")}
    spec = FactorClSweep(methods="clip,factorcl-sup", ratios=2, rows=500, **values | {"seeds": 2})
    found = run(sweep, spec)
    assert found.arrays["table"]["accuracy"].shape == (4, 2, 2, 2)  # methods, layers, seeds, ratios
    assert found.arrays["names"]["layers"].tolist() == ["representation", "loss"]
    accuracy = found.arrays["table"]["accuracy"]
    assert np.array_equal(accuracy[:2, 0], accuracy[:2, 1])
    assert not np.array_equal(accuracy[2, 0], accuracy[2, 1])
    assert found.arrays["names"]["ratio"].tolist() == [0.0, 1.0]
    assert np.isfinite(found.arrays["table"]["mlp"]).all()
    assert found.results["truth"][0]["redundancy"] == pytest.approx(1.0, abs=1e-6)
    assert [f["method"] for f in found.frames if f["done"]] == [0, 1, 2, 3]


@pytest.fixture
def few_rows(monkeypatch):
    """The probes of the table on fewer rows: enough to tell a bit that is kept from one that is not."""
    for name, value in {"FIT": 1500, "STOP": 400, "SCORE": 1000, "_PROBE_STEPS": 150}.items():
        monkeypatch.setattr(kept, name, value)


def test_what_is_kept_keeps_its_contract(run):
    spec = Kept(methods="dvcca?gamma=0.0", seeds=2, steps=50)
    found = run(kept, spec)
    table = found.arrays["table"]
    assert table["kept"].shape == table["readable"].shape == (3, 2, 4, 6)
    assert table["pid"].shape == (3, 2, 4, 4)
    assert [f["objective"] for f in found.frames] == [0, 1, 2]
    raw = table["kept"][0]
    assert raw[:, :3, 2].min() > 0.9  # raw inputs hold every bit, and a hidden layer finds it
    assert raw[:, 1, 1].max() < 0.02  # u1 is not in view 2
    assert raw[:, 3, :2].max() < 0.02  # nor the XOR in one of them
    assert table["readable"][0, :, 3].max() < 0.1
    assert np.allclose(table["pid"].sum(axis=-1), table["kept"][..., :3].max(axis=-1))
    assert np.array_equal(table["kept"][..., :3], table["kept"][..., 3:])  # no head
    before = np.isfinite(table["untrained_kept"][:, 0, 0])
    assert [np.flatnonzero(row).tolist() for row in before] == [[], [], [2, 5]]


def test_the_sweep_over_widths_and_rates_is_the_table_at_each_of_them(run, few_rows):
    spec = KeptSweep(methods="clip", embeddings="2,4", rates="0.003,0.01", seeds=2, steps=20)
    found = run(table_sweep, spec)
    table = found.arrays["table"]["kept"]
    assert table.shape == (3, 2, 2, 2, 4, 2)  # objectives, widths, rates, seeds, atoms, layers
    alone = run(kept, spec.table(4, 0.01)).arrays["table"]["kept"][2][..., [2, 5]]
    assert np.array_equal(table[2, 1, 1], alone)
    assert np.array_equal(table[0, 0, 0], table[0, 1, 1])  # raw inputs have neither a width nor a rate
    assert np.array_equal(table[1, :, 0], table[1, :, 1])  # an untrained encoder has no rate
    assert not np.array_equal(table[1, 0], table[1, 1])
    assert [(f["objective"], f["embedding"], f["rate"]) for f in found.frames] == list(np.ndindex(3, 2, 2))
    assert np.allclose(found.results["most"], table[..., 0].mean(axis=3).max(axis=(1, 2)))


def test_on_drawn_latents_a_bottleneck_keeps_less_than_on_their_means(run, few_rows):
    drawn, means = (
        run(kept, Kept(methods="dvsib", seeds=2, steps=250, latents=latents)).arrays["table"]["kept"][2, :, :, 2]
        for latents in ("sampled", "means")
    )
    assert (drawn < means + 0.02).all()
    assert drawn[:, 3].mean() < means[:, 3].mean()  # the trap: the means seem to hold the XOR's ingredients


def test_the_two_bounds_stand_on_their_sides_of_the_truth(run):
    spec = Bounds(
        truths_nats="0.5,1.5", dims=2, conditional=True, steps=150, batch=64, width=32, seeds=2, looks=2, rate=5e-3
    )
    found = run(gaussian_bounds, spec)
    names, result = found.arrays["names"], found.arrays["result"]
    assert names["truth_nats"] == pytest.approx([0.5, 1.5, 2.32])
    # d rho^2 / (1 - rho^2) with rho^2 = 1 - exp(-2 I / d), nats
    square = 1 - np.exp(-names["truth_nats"])
    assert names["club_exact"] == pytest.approx(2 * square / (1 - square) / np.log(2))
    assert (result["nce"] <= names["truth"][:, None] + 4 * result["nce_error"]).all()
    assert (result["club"][:2] >= names["truth"][:2, None]).all()
    assert (result["nce"] <= names["ceiling"][:, None]).all()
    assert result["nce"][1].mean() > 1.2  # of 2.16 bits

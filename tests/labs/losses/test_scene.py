"""The lab's scene, its dial, its script, and what is read from its runs."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from mmexplore import runs, tabular
from mmexplore.cli import main
from mmexplore.datasets.views import VIEWS
from mmexplore.errors import BadData, BadSpec
from mmexplore.labs import LABS, place_of
from mmexplore.labs.losses.dial import weights_grid
from mmexplore.labs.losses.figures import (
    accuracy_curves,
    accuracy_dots,
    chosen_words,
    embeddings,
    factor_heat,
    sweep_curves,
)
from mmexplore.labs.losses.presets import PRESETS, preset_of
from mmexplore.labs.losses.reading import findings, points_of, read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene, arrays_of, scene_of
from mmexplore.labs.losses.script import as_csv, rows, script
from mmexplore.labs.losses.table import (
    read_stability,
    read_table,
    row_order,
    stability_figure,
    stability_words,
    table_figure,
)
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.runs import store
from tests.labs.losses import made_runs as lab_runs
from tests.plot.examples import entries, traces

SMALL = FactorClScene().put(**{"lab.steps": 50, "lab.seeds": 2, "data.rows": 500})


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_run_whose_place_is_the_preset(name):
    scene = PRESETS[name].of(FactorClScene)
    assert preset_of(scene) == name
    assert scene_of(scene.task("lab")) == scene
    assert FactorClScene.from_query(scene.to_query()) == (scene, [])


@pytest.mark.parametrize("run", ["lab", "sweep", "bounds", "kept", "stability"])
def test_a_run_leads_to_the_view_that_shows_it(run):
    scene = FactorClScene().put(
        **{"lab.seeds": 2, "sweep.ratios": 3, "bounds.batch": 64, "kept.private": 1.0, "stability.rates": "0.002"}
    )
    place = place_of(scene.task(run))
    assert place is not None and place[0].url == "learn"
    back, problems = FactorClScene.from_query(place[1].to_query())
    assert not problems and back.task(run) == scene.task(run)


def test_values_are_changed_by_their_paths():
    scene = FactorClScene().put(**{"data.unique1": 2.0, "methods.temperature": 0.1, "lab.steps": 100})
    assert scene.factors().unique1 == 2.0 and scene.task("lab").steps == 100
    assert {o.temperature for o in scene.chosen()} == {0.1}
    one = FactorClScene(methods="vae,dvsib").put(**{"methods.vae.beta": 2.0})
    assert [o.beta for o in one.chosen()] == [2.0, 16.0]
    assert scene.put(data="trifeature").settings == VIEWS["trifeature"]()


@pytest.mark.parametrize(
    "query",
    [
        {"methods": "clipp"},
        {"lab": "rows=3"},
        {"data": "factors", "settings": "shared=nan"},
        {"bounds": "truths_nats=-1"},
    ],
)
def test_a_link_that_cannot_be_read_is_told_and_shows_the_defaults(query):
    scene, problems = FactorClScene.from_query(query)
    assert scene.replace(view="table") == FactorClScene() and len(problems) == 1


OLD_LINKS = [  # query as it once was; keys of today; kind of run and its name (those of version 2, which has heads and two layers)
    ("", {}, "lab", "factorcl-5c72ee05f598a872"),
    (
        "settings=unique1%3D0.0%26unique2%3D0.0",
        {"view": "methods", "data.unique1": "0.0", "data.unique2": "0.0"},
        "lab",
        "factorcl-6368cf4290f3c071",
    ),
    (
        "settings=label%3Dshared&data=bits&methods=clip,factorcl-ssl",
        {"view": "methods", "data": "bits", "methods": "clip,factorcl-ssl", "data.label": "shared"},
        "lab",
        "factorcl-de059b56944875c9",
    ),
    (
        "data=bits&settings=rows%3D1000&methods=clip&lab=seeds%3D1%26steps%3D60%26width%3D8%26embedding%3D4%26looks%3D4",
        {"view": "methods", "data": "bits", "data.rows": "1000", "methods": "clip"}
        | {"lab.seeds": "1", "lab.steps": "60", "lab.width": "8", "lab.embedding": "4", "lab.looks": "4"},
        "lab",
        "factorcl-e6d7b6f42bbb096f",
    ),
    (
        "data=real&settings=table%3Dwine&view=factors&score=mlp",
        {"view": "factors", "data": "real", "score": "mlp", "data.table": "wine"},
        "lab",
        "factorcl-53252d2a8400fec1",
    ),
    (
        "lab=embedding%3D4%26augment%3Dstrong%26seed%3D5%26rate%3D0.0005&methods=factorcl-ssl%3Fclub%3D0.5%26bug%3D1%2Cvae%3Fbeta%3D2.0",
        {
            "view": "methods",
            "methods": "factorcl-ssl?club=0.5&bug=1,vae?beta=2.0",
            "lab.embedding": "4",
            "lab.rate": "0.0005",
        }
        | {"lab.augment": "strong", "lab.seed": "5"},
        "lab",
        "factorcl-44d757416de6f419",
    ),
    (
        "view=sweep&sweep=side%3Dfirst%26label%3Dnetwork%26ratios%3D7%26rate%3D0.002"
        "&methods=clip%3Ftemperature%3D0.1%2Cdvsib%3Fgamma%3D0.5%26beta%3D8.0&take=sweep",
        {"view": "sweep", "methods": "clip?temperature=0.1,dvsib?gamma=0.5&beta=8.0", "take": "sweep"}
        | {"sweep.side": "first", "sweep.label": "network", "sweep.ratios": "7", "sweep.rate": "0.002"},
        "sweep",
        "factorcl-sweep-8d3cf2c181486466",
    ),
    (
        "view=bounds&bounds=truths_nats%3D0.5%252C1.5%26conditional%3D0%26critic%3Dconcatenated%26steps%3D3000&take=bounds",
        {"view": "bounds", "take": "bounds", "bounds.truths_nats": "0.5,1.5", "bounds.conditional": "0"}
        | {"bounds.critic": "concatenated", "bounds.steps": "3000"},
        "bounds",
        "bounds-713b97628f1675c8",
    ),
    (
        "view=table&order=synergy&readout=z1&kept=methods%3Dclip%252Cdvsib%253Fgamma%253D0.0%252Cdvsib%253Fgamma%253D0.5"
        "%252Cdvsib%253Fgamma%253D1.0%26flip%3D0%26private%3D1.0%26steps%3D800",
        {"order": "synergy", "readout": "z1", "kept.flip": "0", "kept.private": "1.0"}
        | {"kept.methods": "clip,dvsib?gamma=0.0,dvsib?gamma=0.5,dvsib?gamma=1.0", "kept.steps": "800"},
        "kept",
        "kept-6d19477cc42a5793",
    ),
]


@pytest.mark.parametrize(("old", "today", "run", "name"), OLD_LINKS)
def test_an_old_link_is_read_and_leads_to_the_same_run(old, today, run, name):
    scene, problems = FactorClScene.from_query(dict(parse_qsl(old)))
    assert not problems
    assert scene.to_query() == today
    assert FactorClScene.from_query(today) == (scene, [])
    assert scene.task(run).name() == name


def test_a_link_to_the_first_view_stays_one_with_values_of_the_others():
    scene = FactorClScene().put(**{"lab.steps": 100, "data.unique1": 2.0})
    assert scene.view == "table" and scene.to_query()["view"] == "table"
    assert FactorClScene.from_query(scene.to_query()) == (scene, [])
    assert FactorClScene.from_query({"lab.steps": "100"})[0].view == "methods"  # a link of before the table came first
    assert FactorClScene.from_query({"kept.private": "1.0"})[0].view == "table" == FactorClScene.from_query({})[0].view


def test_presets_are_the_runs_they_were():
    assert {name: preset.of(FactorClScene).task("lab").name() for name, preset in PRESETS.items()} == {
        "paper": "factorcl-5c72ee05f598a872",
        "notebook": "factorcl-33db02b9fd1eca91",
        "end": "factorcl-a9d9b1dc6fbd356d",
        "shared": "factorcl-6368cf4290f3c071",
        "unique": "factorcl-3328310bae424538",
        "narrow": "factorcl-ee41d465e8367a86",
        "network": "factorcl-739a427e5753f469",
        "synergy": "factorcl-3169be63f13c384b",
        "trifeature": "factorcl-26a3c5101015830c",
        "digits": "factorcl-41bcec3c95ee5dc2",
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"methods": "clip?temperature=0.1&temperature=0.2"}, "'temperature' is given twice for objective clip"),
        ({"methods": "clip?temperature"}, "the values of objective clip are 'temperature'; allowed: name=value"),
        ({"methods": "clip?warmth=1"}, "objective clip has no parameter 'warmth'; allowed: temperature, head"),
        ({"settings": "rows=500&rows=600"}, "'rows' is given twice for settings"),
        ({"kept": "steps"}, "the values of kept are 'steps'"),
        ({"lab.steps": "-1"}, "lab.steps is -1; allowed: whole numbers 0 to 20000"),
        ({"lab.methods": "clip"}, "lab.methods is not known here"),
        ({"data": "own", "data.id": "abc"}, "data.id is not known here"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(query, sentence):
    _, (problem,) = FactorClScene.from_query(query)
    assert problem.startswith(sentence)


def test_values_of_the_rows_of_the_table_are_reached_by_paths():
    gamma, beta = "kept.methods.dvsib.gamma", "kept.methods.dvsib.beta"
    scene = FactorClScene().put(**{gamma: 0.5, beta: 8.0})
    assert [(o.beta, o.gamma) for o in scene.kept.chosen() if o.name == "dvsib"] == [(8.0, 0.0), (8.0, 0.5), (8.0, 1.0)]
    assert (scene.get(gamma), scene.at(gamma).low, scene.at(gamma).high) == (0.5, 0.05, 0.95)
    with pytest.raises(BadSpec, match=r"gamma is 1\.0; allowed"):
        scene.put(**{gamma: 1.0})
    ends = FactorClScene().put(**{"kept.methods": "dvsib?gamma=0.0,dvsib?gamma=1.0"})
    assert gamma not in ends.paths() and beta in ends.paths()
    with pytest.raises(BadSpec, match="no row of DVSIB between"):
        ends.put(**{gamma: 0.5})


def test_whose_embeddings_are_drawn_is_one_of_the_methods():
    scene = FactorClScene(looked="clip")
    assert scene.looked == "clip" and scene.put(methods="comm").looked == ""


def test_what_a_view_shows_is_declared():
    declared = LABS["losses"]
    assert declared.task(FactorClScene(view="sweep")) == FactorClSweep()
    assert declared.task(FactorClScene(view="take", take="kept")) == Kept()
    assert (
        declared.task(FactorClScene()) == Kept()
        and declared.task(FactorClScene(view="take", take="stability")) == KeptSweep()
    )
    assert declared.task(FactorClScene(view="methods", data="own")) is None
    compile(declared.script(FactorClScene(view="bounds")), "script", "exec")
    with pytest.raises(BadData):
        declared.script(FactorClScene(view="methods", data="own"))


def test_a_label_of_nothing_is_refused():
    with pytest.raises(BadSpec, match="all weights"):
        FactorClScene().put(**{"data.shared": 0.0, "data.unique1": 0.0, "data.unique2": 0.0})


def test_the_dial_knows_its_corners():
    # all shared: one bit of redundancy; all of view 1: one bit of its own; nothing at all: nothing
    fields = weights_grid(FactorClScene().put(**{"data.unique2": 0.0}), solved=3, points=3)
    assert fields["i1"][0, 2] == pytest.approx(1.0, abs=1e-6) and fields["i2"][0, 2] == pytest.approx(1.0, abs=1e-6)
    assert fields["i1"][2, 0] == pytest.approx(1.0, abs=1e-6) and fields["i2"][2, 0] == pytest.approx(0.0, abs=1e-6)
    assert [fields[name][0, 0] for name in ("i1", "i2", "i12", "union")] == [0.0, 0.0, 0.0, 0.0]
    # sqrt(s) shared, sqrt(1 - s) unknown: a sign through Gaussian noise, I2 = 1 - E h(Phi(r z)), by quadrature
    z, w = np.polynomial.hermite_e.hermegauss(60)
    from scipy.special import entr, ndtr

    q = ndtr(z)  # equal weights: r = 1
    h = (entr(q) + entr(1 - q)) / np.log(2)
    assert fields["i1"][1, 1] == pytest.approx(1.0, abs=1e-6)
    assert weights_grid(FactorClScene().put(**{"data.unique2": 0.0}), solved=3, points=5)["i2"][1, 1] == pytest.approx(
        1.0 - (w * h).sum() / w.sum(), abs=0.01
    )


def test_the_truth_of_an_exclusive_or_is_synergy():
    p = FactorClScene(data="bits").truth().pid
    assert float(p.synergy) == pytest.approx(1.0) and float(p.i1 + p.i2 - p.i12) == pytest.approx(-1.0)


def test_what_a_run_said_is_read_and_drawn(empty_runs_folder):
    lab = read_lab(lab_runs.lab(SMALL.task("lab"), leak=0.2))
    assert lab is not None and lab.done.all() and lab.titles[:2] == ("Raw inputs", "Untrained encoder")
    told = " ".join(findings(lab, {"y": 0.64}))
    assert (
        "FactorCL-SUP against CLIP on y, both at the representation: 0.950 and 0.700; ahead in every seed, by +0.250"
        in told
    )
    assert (
        "CLIP on y: 0.700 at the representation, 0.650 at the loss, where what both views share allows 0.640." in told
    )
    assert (
        "Behind the head a linear probe reads less of y, in every seed: Cross + Self (0.950 to 0.900), FactorCL-SUP (0.950 to 0.900)"
        in told
    )
    assert (
        "At the representation training made y harder to read by a linear probe, in every seed: CLIP (0.900 to 0.700)."
        in told
    )
    assert "At the loss training made y harder" in told and "CLIP (0.900 to 0.650)" in told
    assert "are predicted by the unique heads too (R2 0.200)" in told
    dots = accuracy_dots(lab)[0]
    assert dots.strips[2].label == "CLIP" and dots.strips[2].values[0] == pytest.approx((0.7, 0.701))
    assert dots.strips[2].others[0] == pytest.approx((0.65, 0.651)) and dots.strips[2].starts[0] == (0.9, 0.9)
    assert dots.strips[0].others == () and dots.strips[0].starts[0] == (None, None)
    assert dict(dots.lines)["chance"] == (0.5,) * 4 and "what both views share" not in dict(dots.lines)
    shared = accuracy_dots(lab, shared=SMALL.shared_accuracy())[0]
    assert dict(shared.lines)["what both views share"] == pytest.approx((0.7355, 1.0, 0.5, 0.5), abs=1e-4)
    heads = dots.table().columns
    assert heads[1:5] == tuple(f"the label, {part}" for part in (
        "at the representation (mean, least, most)", "at the loss (mean, least, most)",
        "at the representation, the same networks before training", "at the loss, the same networks before training"
    ))  # fmt: skip
    curves = accuracy_curves(lab, SMALL.shared_accuracy())
    lines = {s.label: s for s in curves.series}
    assert lines["CLIP"].y[0] == 0.9 and lines["CLIP"].y[-1] == pytest.approx(0.7005)  # it begins untrained
    assert lines["CLIP, loss"].second and lines["CLIP, loss"].y[-1] == pytest.approx(0.6505)
    assert lines["what both share"].y == pytest.approx(0.7355, abs=1e-4)
    heat = factor_heat(lab)
    assert heat is not None and heat.columns == ("ws", "w1", "w2")
    drawn = np.array([t["z"] for t in traces(heat, "heatmap")], dtype=float)
    np.testing.assert_allclose(drawn, heat.values, atol=1e-6)
    assert (
        np.isnan(drawn).any() and len(heat.table().rows) == np.isfinite(drawn).sum()
    )  # what is not measured stays empty


def test_a_run_under_way_is_drawn_as_far_as_it_is(empty_runs_folder):
    lab = read_lab(lab_runs.lab(SMALL.task("lab"), upto=3, phase="stopped"))
    assert lab is not None and lab.done.tolist() == [True] * 3 + [False] * 4
    assert lab.current == 2 and not accuracy_dots(lab)[0].strips[5].values[0]
    assert read_lab(runs.find(SMALL.put(**{"lab.seed": 9}).task("lab"))) is None


def test_the_sweep_holds_bands_over_seeds(empty_runs_folder):
    seen = read_sweep(lab_runs.sweep(FactorClSweep(ratios=3, seeds=2)))
    curves = sweep_curves(seen)
    assert curves is not None
    clip = next(s for s in curves.series if s.label == "CLIP")
    assert clip.y == pytest.approx([0.985, 0.785, 0.585]) and clip.low is not None
    at_loss = next(s for s in sweep_curves(seen, layer="loss").series if s.label == "CLIP")
    assert at_loss.y == pytest.approx([0.885, 0.685, 0.485])
    assert clip.high - clip.low == pytest.approx([0.01] * 3)


def test_the_table_is_sorted_by_what_is_kept(empty_runs_folder):
    seen = read_table(lab_runs.kept(Kept(methods="clip,comm,masked", seeds=2)))
    assert seen is not None
    order = [seen.objectives[o] for o in row_order(seen, "synergy", 2)]
    # ties in bits go to what a line reads: CoMM before the raw inputs
    assert order[0] == "comm" and set(order[1:3]) == {"raw", "masked"} and order[-1] == "clip"
    figure = table_figure(seen, "synergy")
    assert figure.rows[0].kept[3] == pytest.approx((1.0, 0.97))
    assert dict(zip(figure.table().columns, figure.table().rows[-1], strict=True))["Synergy, linearly readable"] == 0.0
    seeds = [
        t
        for t in traces(figure, "scatter", mode="markers")
        if t["marker"].get("symbol", "circle") == "circle" and len(t["x"]) == 5 * 2
    ]
    assert len(seeds) == 4  # of five losses, in four columns
    top = sorted(zip(seeds[3]["y"], seeds[3]["x"], strict=True))[:2]
    assert sorted(x for _, x in top) == pytest.approx([0.97, 1.0])
    by_name = {row.label: row for row in figure.rows}
    assert by_name["CoMM"].other[3] == pytest.approx(0.785) and by_name["CoMM"].untrained == (0.3,) * 4  # .8 and .77
    assert by_name["Masked reconstruction"].other == ()  # it has no head
    assert by_name["Raw inputs"].untrained == ()
    at_loss = {row.label: row for row in table_figure(seen, "synergy", layer="loss").rows}
    assert at_loss["CoMM"].kept[3] == pytest.approx((0.8, 0.77)) and at_loss["CoMM"].other[3] == pytest.approx(0.985)


def test_what_is_not_stable_is_marked_with_its_reason(empty_runs_folder):
    seen = read_table(lab_runs.kept(Kept(methods="clip,comm", seeds=2)))
    over = read_stability(lab_runs.stability(KeptSweep(methods="clip,comm", seeds=2)))
    rows = {row.label: row for row in table_figure(seen, stability=over).rows}
    assert rows["CLIP"].unstable[0] == "0.00 to 1.00 over widths 2 4 8 and learning rates 0.001 0.003 0.01"
    assert rows["CoMM"].unstable == ("",) * 4 and rows["Raw inputs"].unstable == ()
    marked = table_figure(seen, stability=over)
    frames = [s for s in marked.spec()["layout"]["shapes"] if s["line"].get("dash")]
    assert [s["xref"] for s in frames] == ["x", "x2", "x3", "x4"] and len({(s["y0"], s["y1"]) for s in frames}) == 1
    assert "dashed frame: not stable" in entries(marked) and "dashed frame: not stable" not in entries(
        table_figure(seen)
    )
    heat = stability_figure(over)
    assert heat.values.shape == (4, 4, 9) and heat.columns[0] == "2 \u00b7 0.001"
    assert stability_words(over)[0] == "Shared: it hangs on the setting for CLIP (0.00 to 1.00)."
    assert table_figure(seen, readout="z1", stability=over).rows[2].unstable == ("",) * 4  # the sweep reads both views
    half = read_stability(lab_runs.stability(KeptSweep(methods="clip,comm", seeds=3), upto=3))
    assert stability_figure(half).values.shape[1] == 3 and "CoMM" not in " ".join(stability_words(half))


def test_the_sweep_about_a_table_shares_its_values():
    scene = FactorClScene().put(**{"kept.private": 1.0, "kept.latents": "means", "stability.embeddings": "3"})
    sweep = scene.task("stability")
    assert (sweep.private, sweep.latents, sweep.widths()) == (1.0, "means", (3,))
    assert sweep.table(3, 0.01) == scene.kept.replace(embedding=3, rate=0.01)
    for wrong in ({"embeddings": "0"}, {"embeddings": "2,2"}, {"rates": "1"}, {"rates": "x"}, {"rates": ""}):
        with pytest.raises(BadSpec, match="allowed: 1 to 6 different numbers"):
            KeptSweep(**wrong)


def test_numbers_and_script_of_a_run(empty_runs_folder, monkeypatch, capsys):
    task = SMALL.task("lab")
    run = lab_runs.lab(task)
    found = list(csv.DictReader(io.StringIO(as_csv(rows(run, "factorcl")))))
    mine = [
        r
        for r in found
        if r["method"] == "clip" and r["read from"] == "z12" and r["of"] == "y" and r["probe"] == "linear"
    ]
    assert [float(r["value"]) for r in mine if r["training step"] == "50"] == [0.7, 0.701]
    assert [float(r["value"]) for r in mine if r["training step"] == "0"] == [0.9, 0.9] and {
        r["chance"] for r in mine
    } == {"0.5"}
    exec(compile(script(task), "script", "exec"), {})  # finds the run in its folder and trains nothing
    printed = capsys.readouterr().out
    assert "representation CLIP {'y': 0.7005" in printed and "at the loss CLIP {'y': 0.6505" in printed
    for other in (FactorClSweep(seeds=2), Kept(seeds=2), KeptSweep(seeds=2)):
        compile(script(other), "script", "exec")
    swept = list(
        csv.DictReader(io.StringIO(as_csv(rows(lab_runs.sweep(FactorClSweep(ratios=3, seeds=2)), "factorcl-sweep"))))
    )
    assert {r["read at"] for r in swept} == {"representation", "loss"}
    stable = lab_runs.stability(KeptSweep(methods="clip", seeds=2))
    assert len(rows(stable, "kept-sweep")) == 3 * 9 * 2 * 4 * 2


def test_own_columns_become_two_views_and_a_label():
    rng = np.random.default_rng(0)
    data = {f"a_{k}": rng.normal(size=80) for k in range(2)} | {f"b_{k}": rng.normal(size=80) for k in range(2)}
    dataset = tabular.from_frame(pd.DataFrame(data | {"score": rng.normal(size=80)}), "mine")
    arrays, told = arrays_of(FactorClScene(data="own", x1="a_*", x2="b_*", y="score"), dataset)
    assert arrays["x1"].shape == (80, 2) and sorted(np.bincount(arrays["y"])) == [20] * 4 and "four quarters" in told
    with pytest.raises(BadData, match="chosen twice"):
        arrays_of(FactorClScene(data="own", x1="a_*", x2="a_0", y="score"), dataset)
    assert FactorCl(data="own?id=abc").own_data


def test_every_run_has_its_outcome_in_numbers(empty_runs_folder, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")
    scene = SMALL.put(**{"sweep.ratios": 3, "sweep.seeds": 2, "kept.seeds": 2, "kept.methods": "clip,comm,late"})
    made = {
        "lab": lab_runs.lab(scene.task("lab")),
        "sweep": lab_runs.sweep(scene.task("sweep")),
        "bounds": lab_runs.bounds(scene.task("bounds")),
        "kept": lab_runs.kept(scene.task("kept")),
        "stability": lab_runs.stability(scene.task("stability")),
    }
    views = {"lab": "methods", "sweep": "sweep", "bounds": "bounds", "kept": "table", "stability": "table"}
    found = {}
    for name, run in made.items():
        listed = LABS["losses"].numbers(scene.put(view=views[name]), run)
        found[name] = {n.name: n for n in listed}
        assert len(found[name]) == len(listed)
    clip = found["lab"]["CLIP: accuracy on y at the loss"]
    assert (clip.value, clip.low, clip.high) == pytest.approx((0.6505, 0.65, 0.651))
    assert "Raw inputs: accuracy on y at the loss" not in found["lab"]  # it has no head
    assert found["lab"]["accuracy on y from what both views share"].value == pytest.approx(0.7355, abs=1e-4)
    assert found["sweep"]["CLIP: accuracy at view-specific share 1 at the representation"].value == pytest.approx(0.585)
    (below,) = [n for name, n in found["bounds"].items() if name.startswith("NCE, from") and "given" in name]
    assert below.unit == "bit" and "given a third variable" in below.name
    kept = found["kept"]["CLIP: shared kept at the representation"]
    assert (kept.low, kept.high, kept.unit) == (pytest.approx(0.97), pytest.approx(1.0), "bit")
    assert not any(name.startswith("Supervised") and name.endswith("at the loss") for name in found["kept"])
    over = found["stability"]["CLIP: unique1 kept at the representation"]
    assert (over.low, over.high) == (0.0, 1.0)
    for view in ("table", "methods", "sweep", "bounds"):
        known = LABS["losses"].numbers(scene.put(view=view), None)
        assert known and all(n.certificate == "exact" for n in known)
    assert main(["runs", "show", made["lab"].name]) == 0
    assert "CLIP: accuracy on y at the loss" in capsys.readouterr().out


def test_what_is_said_of_selected_samples_is_counted_and_measured(empty_runs_folder):
    run = lab_runs.lab(SMALL.task("lab"))
    lab = read_lab(run)
    m = next(k for k in lab.trained if points_of(run, lab, k))
    drawn, rows = points_of(run, lab, m), [0, 2, 3, 5]
    said = chosen_words(drawn, lab, rows)
    assert said.startswith(f"{len(rows)} of {len(lab.points_y):,} samples selected: ")
    for k, count in zip(*np.unique(lab.points_y[rows], return_counts=True), strict=True):
        assert f"y = {k} {count} of {(lab.points_y == k).sum()}" in said
    both = drawn["points12"]
    ratio = np.sqrt(both[rows].var(axis=0).sum() / both.var(axis=0).sum())
    assert f"both together {ratio:.2f}." in said
    figure = embeddings(drawn, lab, m, rows)
    marked = [{t["customdata"][k] for k in t["selectedpoints"]} for t in traces(figure)]
    assert set().union(*marked) == set(rows)

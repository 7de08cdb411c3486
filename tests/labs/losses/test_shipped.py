"""The shipped runs of the lab say what an independent re-implementation of the same settings found, and what can be worked out."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mmexplore.labs.losses.objectives import BASELINES, LAYERS
from mmexplore.labs.losses.presets import PRESETS
from mmexplore.labs.losses.reading import read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.table import read_stability, read_table, table_verdict
from mmexplore.runs.folder import Run
from mmexplore.runs.store import SHIPPED

SHARED = 1 - np.arccos(np.sqrt(10 / 22)) / np.pi  # the best guess of the paper's label from what both views share


def shipped(task):
    run = Run(SHIPPED / task.name(), shipped=True)
    assert run.state.phase == "finished", f"{task.name()} does not come with the program"
    return run


def lab(preset):
    return read_lab(shipped(PRESETS[preset].of(FactorClScene).task("lab")))


def of(seen, method, layer="representation", label="y"):
    """Accuracy of a linear probe, a value a seed."""
    (m,) = (m for m, text in enumerate(seen.methods) if text.partition("?")[0] == method)
    return seen.scores("accuracy", layer)[m, :, seen.labels.index(label)]


@pytest.mark.parametrize(("method", "found"), [("clip", 0.960), ("factorcl-sup", 0.981), ("factorcl-ssl", 0.970)])
def test_at_the_notebooks_rate_before_a_head_every_method_reads_the_label(method, found):
    assert of(lab("notebook"), method).mean() == pytest.approx(found, abs=0.015)


def test_trained_to_the_end_without_a_head_clip_holds_what_both_views_share_and_nothing_else():
    seen = lab("end")
    assert of(seen, "clip").mean() == pytest.approx(0.727, abs=0.02)
    assert of(seen, "clip").mean() == pytest.approx(SHARED, abs=0.03)
    assert seen.scores("r2")[2, :, seen.factors.index("w1")].mean() < 0.06
    assert np.array_equal(of(seen, "clip"), of(seen, "clip", "loss"))


def test_between_the_two_a_head_keeps_what_its_loss_does_not_reward():
    seen = lab("paper")
    assert of(seen, "clip").mean() == pytest.approx(0.873, abs=0.03)
    assert of(seen, "clip", "loss").mean() == pytest.approx(0.747, abs=0.03)
    for method in ("factorcl-sup", "factorcl-ssl"):
        gap = of(seen, method, label="y from w1") - of(seen, "clip", label="y from w1")
        assert (gap > 0.05).all() and gap.mean() > 0.08


def test_nothing_view_specific_no_loser_and_nothing_shared_clip_loses():
    seen = lab("shared")
    methods = ("clip", "factorcl-sup", "factorcl-ssl")
    assert np.ptp([of(seen, method).mean() for method in methods]) < 0.02
    seen = lab("unique")
    assert of(seen, "factorcl-ssl").mean() > of(seen, "clip").mean() + 0.05


def test_the_four_bits_are_kept_as_worked_out_and_read_as_drawn():
    seen = read_table(shipped(FactorClScene().task("kept")))
    kept = {text: seen.kept[o, :, :, [2, 5]].mean(axis=1) for o, text in enumerate(seen.objectives)}  # (layer, atom)
    assert kept["raw"].min() > 0.97
    assert kept["clip"][1] == pytest.approx([1, 0, 0, 0], abs=0.06)  # NCE rewards the shared bit alone
    assert kept["cross-self"][0] == pytest.approx([1, 1, 1, 0], abs=0.06)
    assert kept["late"][0] == pytest.approx([1, 1, 1, 0], abs=0.06)  # a sum of logits has no use for an XOR
    assert kept["early"][0].min() > 0.85
    assert kept["dvsib?gamma=0.0"][0] == pytest.approx([1, 0, 0, 0], abs=0.06)
    assert kept["dvsib"][0][3] < 0.5  # .76 on means
    assert kept["factorcl-ssl"][0][3] < 0.5  # at twice the width it was 1.0
    over = read_stability(shipped(FactorClScene().task("stability")))
    assert over.objectives == seen.objectives and np.isfinite(over.kept).all()
    widest = over.kept[over.objectives.index("clip"), 1, 1, :, :, 0].mean(axis=0)  # width 4, rate .003: the table's own
    assert widest == pytest.approx(kept["clip"][0], abs=0.02)


def test_the_sweep_ends_at_what_both_views_share():
    seen = read_sweep(shipped(FactorClScene().task("sweep")))
    assert seen.shared[0] == 1.0 and seen.shared[-1] == 0.5
    clip = next(m for m, text in enumerate(seen.methods) if text == "clip")
    at_loss = seen.accuracy[clip, seen.layers.index("loss")].mean(axis=0)
    assert (np.diff(at_loss) < 0).all() and at_loss[0] > 0.95


def test_of_the_pictures_clip_keeps_the_shape_and_drops_the_colours_and_synergy_has_its_chance_beside_it():
    seen = lab("trifeature")
    clip = seen.methods.index("clip")
    assert of(seen, "clip", label="shape").mean() > 0.8
    for label in ("colour1", "colour2"):
        before = seen.before_training("accuracy")[clip, :, seen.labels.index(label)]
        assert (of(seen, "clip", label=label) < before).all()
        assert of(seen, "factorcl-ssl", label=label).mean() > 0.9 and of(seen, "comm", label=label).mean() > 0.9
    chance = seen.chance[:, seen.labels.index("match")].mean()
    assert 0.5 <= chance < 0.53
    for method in ("clip", "factorcl-ssl", "comm"):
        assert of(seen, method, label="match").mean() == pytest.approx(chance, abs=0.04)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_first_sentence_counts_what_the_files_of_the_run_hold(layer):
    """How many losses keep each bit, more than half of it in every seed: counted from the arrays of the run's folder alone."""
    run = shipped(FactorClScene().task("kept"))
    names = run.arrays("names")
    both = [str(r) for r in names["readouts"]].index(LAYERS[layer][-1])
    kept: dict[str, int] = dict.fromkeys(map(str, names["atoms"]), 0)
    linear = losses = 0
    for frame in run.frames():
        text = str(names["objectives"][int(frame["objective"])]) if "objective" in frame else ""
        if not frame.get("arrays") or text in BASELINES:
            continue
        stored, losses = run.arrays(frame["arrays"]), losses + 1
        for a, atom in enumerate(kept):
            kept[atom] += bool((stored["kept"][:, a, both] > 0.5).all())
        linear += bool((stored["readable"][:, list(kept).index("synergy"), both] > 0.5).all())
    said = table_verdict(read_table(run), layer)
    assert [int(x) for x in re.findall(r"\b\d+\b", said)] == [losses, kept["shared"], kept["unique1"], kept["unique2"], kept["synergy"], linear]  # fmt: skip

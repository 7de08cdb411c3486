"""Every script that a page offers runs as it is, in an empty folder and a process of its own, and prints the numbers of the page.

A script on a visitor's own file names it as it was dropped; then that file alone lies beside the script.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mmexplore as mm
from mmexplore import runs
from mmexplore.datasets.views import two_views
from mmexplore.datasets.views.own import given_views
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.estimators.watching import Collector
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs import LABS
from mmexplore.labs.contest.contest import contest
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.script import script as contest_script
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.script import script as decompose_script
from mmexplore.labs.gaussian.scene import GaussianScene, read_covariance
from mmexplore.labs.gaussian.script import script as gaussian_script
from mmexplore.labs.knob.exact_plane import covariance_of
from mmexplore.labs.knob.numbers import numbers_at
from mmexplore.labs.knob.reductions import shared_kept
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import script as knob_script
from mmexplore.labs.knob.theory import KnobTheory, blended, needed_rows
from mmexplore.labs.knob.theory_script import collapse_script, exact_script, howmuch_script
from mmexplore.labs.losses.reading import read_bounds, read_lab, read_sweep
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.scene import arrays_of as losses_arrays
from mmexplore.labs.losses.script import script as losses_script
from mmexplore.labs.yourdata.answer import data_answer
from mmexplore.labs.yourdata.pair_numbers import every_pair
from mmexplore.labs.yourdata.pair_rows import grouped_rows
from mmexplore.labs.yourdata.script import data_script, pairs_script, study_script
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare
from mmexplore.labs.yourdata.task import pairs_task_of
from mmexplore.runs.count_task import Count
from mmexplore.tabular import load
from mmexplore.tabular.two_views import arrays_id, own_arrays

ROOT = Path(__file__).parents[2]
NAME = """it's "my" {file}  with\ttabs, ü, \u202e\\n %s.csv"""  # no name that a file cannot have
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


@pytest.fixture
def printed(tmp_path, empty_runs_folder):
    """What a script prints: started by the environment's Python in a folder with nothing else but the files given."""

    def run(text: str, files: dict[str, bytes] | None = None) -> str:
        folder = tmp_path / "empty"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in (files or {}).items():
            (folder / name).write_bytes(content)
        (folder / "view.py").write_text(text, "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "MMEXPLORE_RUNS": str(empty_runs_folder)}
        found = subprocess.run(
            [sys.executable, "view.py"], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    return run


def rows_file(n: int = 120) -> bytes:
    """Rows of two views of two columns each, a third modality and a label that is the sign of what the views share."""
    rng = np.random.default_rng(3)
    shared = rng.normal(size=(n, 1))
    x1, x2, x3 = (shared + 0.7 * rng.normal(size=(n, 2)) for _ in range(3))
    head = "audio_1,audio_2,text_1,text_2,face_1,face_2,mood\n"
    moods = np.where(shared[:, 0] > 0, "happy", "sad")
    lines = (
        ",".join([*(f"{v:.4f}" for v in row), str(mood)])
        for row, mood in zip(np.hstack([x1, x2, x3]), moods, strict=True)
    )
    return (head + "\n".join(lines) + "\n").encode()


OWN = {"x1": "audio_*", "x2": "text_*", "y": "mood"}


def same(found: dict[str, Any], expected: dict[str, float], tolerance: float = 1e-6) -> None:
    assert expected
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=tolerance), name


def atoms_of(result: Any) -> dict[str, float]:
    return {name: float(getattr(result, name)) for name in (*mm.types.ATOMS, "i1", "i2", "i12")}


# -- Decompose, Gaussian --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene",
    [
        Scene(),
        Scene(source="mix", gate="rdn", other="xor", mix=0.3, unit="nat", measure="imin"),
        Scene(source="real", real="iris", noise1=0.2),
    ],
    ids=lambda scene: scene.source,
)
def test_decompose(printed, scene):
    same(json.loads(printed(decompose_script(scene))), atoms_of(scene.decompose()))


@pytest.mark.parametrize(
    "scene", [GaussianScene(), GaussianScene(source="data", blur1=0.5, unit="nat").put(data="real:wine")], ids=str
)
def test_gaussian(printed, scene):
    same(json.loads(printed(gaussian_script(scene))), atoms_of(scene.decompose()))


@pytest.mark.parametrize("rows", [5, 15])
def test_gaussian_on_a_covariance_of_ones_own(printed, rows):
    root = np.random.default_rng(rows).normal(size=(rows, 2 * rows))
    out = io.StringIO()
    np.savetxt(out, root @ root.T, delimiter=",", fmt="%.12g")
    content = out.getvalue().encode()
    given = read_covariance(content, NAME)
    scene = GaussianScene(source="file", d1=2, d2=2, blur2=0.3)
    files = {NAME: content} if rows > 12 else {}  # a small one stands in the script
    same(json.loads(printed(gaussian_script(scene, given, NAME), files)), atoms_of(scene.decompose(given)))


def test_gaussian_without_its_covariance_has_no_script():
    with pytest.raises(mm.BadData, match="drop its file again"):
        gaussian_script(GaussianScene(source="file"))


# -- Your data ------------------------------------------------------------------------------------------------------------


def test_your_data_by_predictors(printed):
    study = Study().put(real="iris").replace(draws=0, rows=60)
    found = json.loads(printed(data_script(study, dataset_of(study))))["value"]
    headline = data_answer(study, dataset_of(study)).headline
    same(found, {name: headline.readings[name].value for name in mm.types.ATOMS})


def test_your_data_by_states(printed):
    study = Study(source="gate", gate="and", drawn=300, bootstraps=20, permutations=20)
    prepared = prepare(study, dataset_of(study))
    found = json.loads(printed(study_script(study, prepared)))
    ours = estimate(*prepared.codes, study.settings())
    same(found["value"], {name: float(getattr(ours.value, name)) for name in mm.types.ATOMS})
    same(found["intervals"], {name: pytest.approx(list(ours.intervals[name])) for name in mm.types.ATOMS})


def test_your_data_on_a_file_of_ones_own(printed):
    content = rows_file()
    data = load(content, NAME)
    study = Study(source="file", file=data.sha256, **OWN, draws=0, bootstraps=20, permutations=20)
    found = json.loads(printed(data_script(study, data), {NAME: content}))["value"]
    headline = data_answer(study, data).headline
    same(found, {name: headline.readings[name].value for name in mm.types.ATOMS})

    prepared = prepare(study, data)
    found = json.loads(printed(study_script(study, prepared), {NAME: content}))["value"]
    same(found, {name: float(getattr(mm.pid(prepared.table.p), name)) for name in mm.types.ATOMS}, 1e-6)


def test_your_data_in_pairs_of_modalities(printed):
    content = rows_file(60)
    data = load(content, NAME)
    text = "audio: audio_*\ntext: text_*\nface: face_*"
    study = Study(source="file", file=data.sha256, y="mood", modalities=text, draws=0)
    found = json.loads(printed(pairs_script(study, data), {NAME: content}))
    settings = pairs_task_of(study, data.sha256).settings()
    ours = every_pair(grouped_rows(study, data), settings, Collector("cpu")).to_dict()
    assert len(found["pairs"]) == 3
    for mine, theirs in zip(found["pairs"], ours["pairs"], strict=True):
        same(
            {name: reading["value"] for name, reading in mine["readings"].items()},
            {name: reading["value"] for name, reading in theirs["readings"].items()},
        )


# -- Knob -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene",
    [KnobScene(), KnobScene(beta=7.3, gamma=0.3, unit="nat")],
    ids=["as it opens", "between the nodes"],
)
def test_knob_with_a_shipped_run(printed, scene):
    run = runs.find(scene.task())
    assert run.shipped and run.has("grid")
    found = json.loads(printed(knob_script(scene)))
    same(found, numbers_at(scene, run.arrays("grid")))
    assert found["beta"] == scene.beta


def test_knob_on_a_file_of_ones_own(printed):
    content = rows_file()
    data = load(content, NAME)
    scene = KnobScene(data="own", file=data.sha256, **OWN, method="dvib", steps=2, latent=2, beta=5.0)
    arrays = own_arrays(scene, data)
    own_id = arrays_id(arrays)
    found = json.loads(printed(knob_script(scene, own_id, data), {NAME: content}))
    grid = mm.train(scene.task(own_id), data=arrays).arrays("grid")
    same(found, numbers_at(scene, grid), 1e-4)  # another process on the same machine

    said = printed(exact_script(scene, data), {NAME: content})
    same_plane(said, scene, given_views(arrays))


def test_knob_without_its_file_has_no_script():
    for offered in (knob_script, exact_script):
        with pytest.raises(mm.BadData, match="open the page with their file"):
            offered(KnobScene(data="own"))


@pytest.mark.parametrize("data", ["warped-gaussian", "noisy-digits"])
def test_the_exact_plane(printed, data):
    scene = KnobScene(exact_beta=6.0, exact_blend=0.7).put(data=data)
    same_plane(printed(exact_script(scene)), scene, two_views(scene.pair().text()).draw())


def same_plane(said: str, scene: KnobScene, views: Any) -> None:
    """Rate and relevance of the blend, and the most at that rate, as the tab draws them."""
    cov, d1, exact = covariance_of(views)
    blend = blended(cov, d1, scene.exact_blend, scene.exact_beta)
    numbers = [float(n) for n in NUMBER.findall(said)]
    assert numbers[:2] == pytest.approx([float(blend.rate), float(blend.relevance)], abs=1e-6)
    assert numbers[2] >= numbers[1] - 1e-9
    if exact:
        rho = views.canonical.correlations
        assert numbers[2] == pytest.approx(gaussian_ib_of(rho, 6.0).relevance_at(numbers[0]), abs=1e-6)


def test_collapse(printed):
    scene = KnobTheory(sym_beta=6.0, sym_square=0.85)
    ours = scene.sym_numbers()
    numbers = [float(n) for n in NUMBER.findall(printed(collapse_script(scene)))]
    assert numbers == pytest.approx(
        [ours["spinodal"], ours["transition"], ours["global_rate"], ours["global_kept"]], abs=1e-6
    )


def test_how_much_data(printed):
    scene = KnobTheory(need_columns=10, need_private=2, need_rows=60.0)
    first, *_, last = printed(howmuch_script(scene)).splitlines()
    ours = scene.need_here()
    assert [float(n) for n in NUMBER.findall(first)] == [
        round(100 * float(ours.signal[0, 0])),
        round(float(ours.information[0, 0]), 3),
    ]
    over = shared_kept(scene.views(), kept=None, ridge=scene.need_ridge, mixings=8, replicates=1)
    for method, rows in needed_rows(over, scene.need_share).items():
        text = re.search(rf"'{method}': ([\d.]+|nan)", last)
        assert text is not None
        assert float(text[1]) == pytest.approx(float(rows), rel=1e-6, nan_ok=True)


# -- Losses ---------------------------------------------------------------------------------------------------------------


def test_losses_on_what_each_keeps(printed):
    for take, ends in (("kept", ("kept", "readable")), ("stability", ("least", "most"))):
        run = runs.find(FactorClScene().task(take))
        assert run.shipped
        result = run.result()
        lines = printed(losses_script(FactorClScene().task(take))).splitlines()
        assert len(lines) == len(result["titles"])
        for line, title, *values in zip(lines, result["titles"], *(result[end] for end in ends), strict=True):
            assert line.startswith(title)
            numbers = [
                float(n) for n in NUMBER.findall(line.removeprefix(title).replace("unique1", "").replace("unique2", ""))
            ]
            assert numbers == pytest.approx([v for pair in zip(*values, strict=True) for v in pair])


def test_losses_side_by_side_on_a_shipped_run(printed):
    scene = FactorClScene()
    run = runs.find(scene.task("lab"))
    assert run.shipped
    same_scores(printed(losses_script(scene.task("lab"))), run)


def same_scores(said: str, run: runs.Run) -> None:
    """Accuracies at both layers, mean over seeds, four digits."""
    lab = read_lab(run)
    assert lab is not None
    for layer, name in (("representation", "z12"), ("at the loss", "loss12")):
        place = lab.readouts.index(name)
        for m, title in enumerate(lab.titles):
            (line,) = (line for line in said.splitlines() if line.startswith(f"{layer} {title} {{"))
            scores = dict(re.findall(r"'([^']+)': ([\d.]+|nan)", line))
            for k, label in enumerate(lab.labels):
                expected = float(lab.accuracy[m, :, place, k].mean())
                assert float(scores[label]) == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_losses_over_the_sweep_and_its_bounds(printed):
    run = runs.find(FactorClScene().task("sweep"))
    seen = read_sweep(run)
    assert run.shipped and seen is not None
    said = printed(losses_script(FactorClScene().task("sweep")))
    for line, scores in zip(
        said.splitlines(), [a for per in np.moveaxis(seen.accuracy, 1, 0) for a in per], strict=True
    ):
        values = [float(v) for v in re.findall(r": ([\d.]+|nan)", line)]
        assert values == pytest.approx(scores.mean(axis=0), abs=1e-4, nan_ok=True)

    run = runs.find(FactorClScene().task("bounds"))
    bounds = read_bounds(run)
    assert run.shipped and bounds is not None
    lines = printed(losses_script(FactorClScene().task("bounds"))).splitlines()
    for line, truth, nce, club in zip(lines, bounds.truth, bounds.nce, bounds.club, strict=True):
        assert [float(n) for n in NUMBER.findall(line)] == pytest.approx([nce.mean(), truth, club.mean()], abs=6e-4)


def test_losses_on_a_file_of_ones_own(printed):
    content = rows_file()
    data = load(content, NAME)
    scene = FactorClScene(data="own", methods="clip", file=data.sha256, **OWN).put(
        **{"lab.steps": 10, "lab.seeds": 1, "lab.width": 8, "lab.embedding": 2}
    )
    arrays, _ = losses_arrays(scene, data)
    task = scene.task("lab", arrays_id(arrays))
    said = printed(losses_script(task, scene, data), {NAME: content})
    same_scores(said, mm.train(task, data=arrays))
    with pytest.raises(mm.BadData, match="open the page with their file"):
        losses_script(task)


# -- Compare, Runs, and any other lab -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"data": "gaussian", "data.dy": 1, "estimators": "gaussian,binned", "tuned.gaussian.bootstraps": 20},
        {"question": "mi", "data": "sign-sum", "data.d": 2, "estimators": "ksg,copula", "pair": "12"},
    ],
    ids=["pid", "mi"],
)
def test_compare(printed, values):
    scene = CompareScene().put(seeds=1, points=2, last=200.0, **values)
    points = contest(scene.plan(), scene.at_once()).points
    rows = list(csv.DictReader(printed(contest_script(scene)).splitlines()))
    found = {(r["estimator"], float(r["value"]), int(r["sample"]), r["quantity"]): float(r["estimate"]) for r in rows}
    wanted = {(p.estimator, p.at, p.seed, q): v for p in points for q, v in p.values.items()}
    assert found == pytest.approx(wanted, abs=1e-9)


def test_compare_with_a_trained_estimator(printed):
    scene = CompareScene().put(
        question="mi",
        data="gaussian-pair",
        estimators="infonce",
        seeds=1,
        points=2,
        over="bits",
        **{
            "data.n": 200,
            "tuned.infonce.steps": 10,
            "tuned.infonce.hidden": 8,
            "tuned.infonce.batch": 32,
            "tuned.infonce.folds": 2,
        },
    )
    rows = list(csv.DictReader(printed(contest_script(scene)).splitlines()))
    frames = mm.train(scene.tasks()["infonce"]).frames()
    assert [float(row["value"]) for row in rows] == [frame["at"] for frame in frames]
    assert len(rows) == 2
    for row, frame in zip(rows, frames, strict=True):
        assert float(row["estimate"]) == pytest.approx(frame["values"]["mi"], abs=1e-4)


def test_runs(printed):
    task = Count(steps=3, wait=0.0)
    source = "import sys; from mmexplore.cli import main; sys.exit(main(['train', 'spec.json', '--json', '--quiet']))"
    told = json.loads(printed(source, {"spec.json": json.dumps(task.to_dict()).encode()}))
    assert told["run"] == task.name() and told["phase"] == "finished"


def test_no_page_with_a_script_is_left_out():
    assert {name for name, lab in LABS.items() if lab.script is not None} == {
        *("decompose", "gaussian", "yourdata", "knob", "losses", "contest"),
    }

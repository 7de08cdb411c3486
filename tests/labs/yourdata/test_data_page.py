"""The Your data page where it speaks of the data: headline, rows, subgroups, what bins keep, groups, report and script."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import BadData, Unsupported
from mmexplore.labs.yourdata import changes, learning
from mmexplore.labs.yourdata.answer import data_answer
from mmexplore.labs.yourdata.at_once import at_once
from mmexplore.labs.yourdata.bins_kept import bins_kept
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.headline_report import headline_content
from mmexplore.labs.yourdata.learning import read_curve
from mmexplore.labs.yourdata.modalities import about_data, modalities, packed, unpacked
from mmexplore.labs.yourdata.predicted_states import predicted_states
from mmexplore.labs.yourdata.study import Study, checked_roles, prepare
from mmexplore.labs.yourdata.subgroups import of_rows
from mmexplore.labs.yourdata.task import Predictive, learning_task_of, task_of, view_of
from mmexplore.labs.yourdata.ui import OF_DATA, STATE
from mmexplore.report import render_report
from mmexplore.tabular import Dataset, load
from mmexplore.ui.failures import plain
from mmexplore.ui.words import reading
from tests.labs.pages import finished, healthy, open_lab, words

ATOMS = ("redundancy", "unique1", "unique2", "synergy")
HOSTILE = "<img src=x onerror=alert(1)>"
TABS = tuple(tab for tab in OF_DATA if tab != "pairs")


def copies(n: int = 160, seed: int = 0) -> str:
    """Two noisy views of one bit: R is what both tell, U1 = U2 = 0 by symmetry; a site and a comment that tell nothing."""
    rng = np.random.default_rng(seed)
    bit = rng.integers(0, 2, n)
    a, b = (np.stack([bit + 0.6 * rng.standard_normal(n), rng.standard_normal(n)], axis=1) for _ in range(2))
    site = rng.integers(0, 2, n)
    lines = [f"a_1,a_2,b_1,b_2,site,{HOSTILE.replace(',', '')}"]
    for k in range(n):
        lines.append(
            f"{a[k, 0]:.4f},{a[k, 1]:.4f},{b[k, 0]:.4f},{b[k, 1]:.4f},{'north' if site[k] else 'south'},{'yes' if bit[k] else 'no'}"
        )
    return "\n".join(lines) + "\n"


def study_of(data: Dataset, **more: object) -> Study:
    return Study(source="file", file=data.sha256, x1="a_*", x2="b_*", y=f'"{HOSTILE}"', draws=0, **more)  # type: ignore[arg-type]


def trained(study: Study, data: Dataset) -> Headline:
    run = runs.train(task_of(study, data.sha256), data=packed(modalities(study, data)))
    return Headline.of(run.result(), run.arrays("rows"))


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load(copies().encode(), "rows.csv")


@pytest.fixture(scope="module")
def headline(data) -> Headline:
    return trained(study_of(data), data)


def page_with(data: Dataset, study: Study, tab: str = "") -> AppTest:
    session = {STATE.key("files"): {data.sha256: data}}
    return finished(open_lab("yourdata", session, **study.to_query(), **({"tab": tab} if tab else {})))


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_and_the_headline_is_that_of_the_data(tab, data, headline):
    app = page_with(data, study_of(data, slice="site"), tab)
    assert healthy(app), app.error
    text = words(app)
    assert f"{headline.value.i12:.3f} bit" in text
    assert "What this allows one to say" in text
    assert "Table of the states, not the data" in text
    assert "<img" not in text.replace("\\<img", "")


def test_the_numbers_are_those_of_the_public_estimator(data, headline):
    rows = modalities(study_of(data), data)
    found = mm.estimate_pid(rows.x1.to_numpy(), rows.x2.to_numpy(), rows.y, estimator="predictive", draws=0)
    for name in (*ATOMS, "i1", "i2", "i12"):
        assert headline.readings[name].value == pytest.approx(float(getattr(found.value, name)), abs=1e-9)


def test_redundant_views_are_read_as_redundant(headline):
    # each view tells I(bit; bit + .6 noise) = .53 bit (quadrature); 160 rows show less of it
    grid = np.linspace(-4, 5, 4001)
    density = [np.exp(-0.5 * ((grid - mean) / 0.6) ** 2) for mean in (0, 1)]
    posterior = density[1] / (density[0] + density[1])
    inside = np.clip(posterior, 1e-300, 1 - 1e-16)
    entropy = -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside))
    truth = 1 - float((entropy * (density[0] + density[1])).sum() / (density[0] + density[1]).sum())
    assert headline.readings["i1"].value == pytest.approx(truth, abs=0.2)
    assert headline.readings["redundancy"].value > 0.5 * truth
    assert headline.readings["unique1"].interval.low < 0.05


def test_subgroups_are_means_of_their_rows_and_add_up(data, headline):
    made = of_rows(headline, data, "site", 0.95)
    assert [label for label, _, _ in made.read] == ["north", "south"]
    assert sum(count for _, count, _ in made.read) == headline.rows.n
    for name in ATOMS:
        whole = sum(count * read[name].value for _, count, read in made.read) / headline.rows.n
        assert whole == pytest.approx(float(np.mean(headline.rows.quantities()[name])), abs=1e-9)
    site = data.frame["site"].to_numpy()[headline.of_data[headline.rows.index]]
    north = headline.rows.quantities()["redundancy"][site == "north"]
    assert made.read[0][2]["redundancy"].value == pytest.approx(float(north.mean()), abs=1e-12)


def test_what_bins_lose_is_what_the_table_lacks(data, headline):
    coarse = prepare(study_of(data, bins1=2, bins2=2, method="quantile", each=False), data)
    kept = bins_kept(headline, coarse)
    assert kept is not None
    for name in ("i1", "i2", "i12"):
        assert kept.lost.share(name) == pytest.approx(
            max(0.0, 1 - max(0.0, kept.lost.unbiased[name]) / headline.readings[name].value)
        )
    # the first principal direction of two independent columns of which one alone tells: half of the information goes
    assert kept.lost.much and "lose" in kept.lost.words()


def test_groups_take_away_what_only_repeats_subjects():
    """Every subject has a vector of its own and a label of its own: nothing carries over to a new subject."""
    rng = np.random.default_rng(1)
    own, label = rng.standard_normal((40, 4)), rng.integers(0, 2, 40)
    who = np.repeat(np.arange(40), 5)
    x = own[who] + 0.05 * rng.standard_normal((200, 4))
    lines = [
        "a_1,a_2,b_1,b_2,who,y",
        *(f"{','.join(f'{v:.4f}' for v in x[k])},s{who[k]},{'pq'[label[who[k]]]}" for k in range(200)),
    ]
    data = load("\n".join(lines).encode(), "subjects.csv")
    plain = Study(source="file", file=data.sha256, x1="a_*", x2="b_*", y="y", draws=0)
    alone, grouped = data_answer(plain, data).headline, data_answer(plain.replace(groups="who"), data).headline
    assert alone.readings["i12"].value > 0.5
    assert grouped.readings["i12"].at_least <= 0.1
    assert "40 groups" in " ".join(grouped.warnings)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("x1,x2,y\n" + "".join(f"{k % 3},{k % 4},{k % 2}\n" for k in range(60)), False),
        ("x1,x2,y\n" + "".join(f"{k / 7:.3f},{k % 4},{k % 2}\n" for k in range(60)), True),
        ("x1,x2,y\n" + "".join(f"word{k} and more,{k % 4},{k % 2}\n" for k in range(60)), True),
    ],
    ids=["states", "a measurement", "free text"],
)
def test_measured_columns_and_text_are_spoken_of_as_data(text, spoken):
    data = load(text.encode(), "rows.csv")
    study = Study(source="file", file=data.sha256, x1="x1", x2="x2", y="y")
    roles = checked_roles(study, data)
    assert about_data(study, data, roles) is spoken
    assert about_data(study.replace(decompose="data"), data, roles) is True
    assert about_data(study.replace(decompose="states"), data, roles) is False


def test_columns_travel_as_they_are():
    text = "num,when,say,gap,y\n" + "".join(
        f'{k / 3},2024-01-{k % 28 + 1:02d},"é, {HOSTILE} {k}",{"" if k % 5 else k},{"ab"[k % 2]}\n' for k in range(40)
    )
    data = load(text.encode(), "rows.csv")
    study = Study(source="file", file=data.sha256, x1="num, when", x2="say, gap", y="y", order="*", rows=38)
    made = modalities(study, data)
    back = unpacked(packed(made))
    for name in ("x1", "x2"):
        before, after = getattr(made, name), getattr(back, name)
        assert list(after.columns) == list(before.columns)
        for column in before.columns:
            gone = before[column].isna().to_numpy()
            assert (gone == after[column].isna().to_numpy()).all()
            assert list(before[column][~gone].astype(str)) == list(after[column][~gone].astype(str))
    assert back.said == made.said and len(made.said) == 1
    assert (back.y == made.y).all() and (back.sampling.time == made.sampling.time).all()
    assert not any(array.dtype.hasobject for array in packed(made).values())


@pytest.mark.parametrize("wrong", [{"groups": "nobody"}, {"order": "nobody"}])
def test_columns_that_are_not_there_are_a_sentence(wrong, data):
    with pytest.raises(BadData, match="nobody"):
        modalities(study_of(data, **wrong), data)


def test_tasks_of_bundled_data_say_which_and_lead_back():
    study = Study().put(real="wine").replace(shift=3, draws=19)
    task = task_of(study, "")
    assert view_of(task) is not None and task_of(view_of(task), "").name() == task.name()
    assert "wine" in task.title() and not task.own_data
    assert Predictive(data="real=wine").study().real == "wine"


def test_the_report_holds_everything_and_no_markup(data, headline):
    study = study_of(data)
    roles = checked_roles(study, data)
    html = render_report(headline_content(headline, study, data, roles, prepare(study, data), ("a", "b", HOSTILE)))
    assert HOSTILE not in html and "&lt;img" in html
    for name in ATOMS:
        assert f"{headline.readings[name].value:.3f}"[:5] in html or headline.readings[name].value < 0.001
    assert "What the chosen bins keep" in html and "The predictors" in html


def test_a_study_without_a_run_starts_one_and_shows_how_far_it_is(runs_folder):
    study = Study().put(real="iris").replace(draws=0, rows=60)
    app = open_lab("yourdata", **study.to_query())
    assert not app.exception
    run = runs.find(task_of(study, ""))
    assert run.exists and run.state.phase in ("queued", "running", "finished")


def test_states_of_what_predictors_say_are_a_table_like_any_other(data, headline):
    study = study_of(data, states_from="predictions", bins1=3, bins2=3)
    app = page_with(data, study, "bins")
    assert healthy(app), app.error
    assert "The table of states" in words(app)
    made = predicted_states(headline, study, data.name, checked_roles(study, data))
    assert made.table.p.shape == (3, 3, 2) and made.n == headline.rows.n
    kept = bins_kept(headline, made)
    assert kept is not None and kept.lost.words() in words(app)
    # a state that has more rows of a class has a predictor that says so
    likely = headline.posteriors[0][:, 1]
    means = [likely[made.codes[0] == k].mean() for k in range(3)]
    shares = [(headline.rows.codes[made.codes[0] == k] == 1).mean() for k in range(3)]
    assert np.argsort(means).tolist() == np.argsort(shares).tolist()


def test_a_run_that_cannot_be_read_is_offered_again(data, headline):
    study = study_of(data, seed=7)
    run = runs.train(task_of(study, data.sha256), data=packed(modalities(study, data)))
    (run.path / "arrays" / "rows.npz").write_bytes(b"PK\x03\x04 broken")
    app = page_with(data, study)
    assert not app.exception and "cannot be read" in words(app)
    assert any("Run again" in button.label for button in app.button)


def test_without_a_place_for_runs_the_table_of_states_is_still_there(data, monkeypatch):
    def none() -> None:
        raise Unsupported("this machine has no file system in memory")

    monkeypatch.setattr("mmexplore.runs.store.memory", none)
    app = page_with(data, study_of(data), "bins")
    assert healthy(app), app.error
    assert "no file system in memory" in words(app) and "The table of states" in words(app)


def test_rows_that_repeat_subjects_count_as_subjects_for_the_light(headline):
    assert headline.light()[0] == "amber"  # 160 rows
    few = dataclasses.replace(headline.rows, clusters=np.arange(headline.rows.n) % 8)
    colour, sentence = dataclasses.replace(headline, rows=few).light()
    assert colour == "red" and "160 rows in 8 groups" in sentence


def test_the_sentence_names_only_atoms_that_the_rows_tell_from_zero(headline):
    text = reading(headline.value, ("a", "b", "c"), predicted=headline.above_zero)
    assert headline.readings["unique1"].bound_only and "by *a* alone" not in text
    assert "as predictors read them" in text and "alike (redundancy)" in text
    nothing = dataclasses.replace(headline.value, i1=0.0, i2=0.0, i12=0.0, union=0.0)
    assert "that held-out rows show" in reading(nothing, ("a", "b", "c"), predicted=())


# -- before and after, and more rows ------------------------------------------------------------------------------------------


def test_a_subgroup_is_answered_at_once_and_anew_with_intervals(data, headline):
    study = study_of(data, column="site", keep="north")
    inside = data.frame["site"].to_numpy() == "north"
    made = at_once(headline, study, data)
    assert made is not None and made.rows.n == inside.sum()
    assert made.changes["i12"].before == pytest.approx(headline.readings["i12"].value, abs=1e-12)
    assert "same predictors" in made.means
    after = trained(study, data)
    app = page_with(data, study, "what-if")
    assert healthy(app), app.error
    text = words(app)
    assert "The same predictors." in text and "Fitted anew." in text
    found = changes.refitted(headline, after)
    assert plain(changes.words(found, "bit")) in text
    table = next(f.value for f in app.dataframe if "answer" in f.value.columns)
    assert list(table["answer"].unique()) == ["The same predictors", "Fitted anew"] and len(table) == 14
    assert f"{inside.sum()} rows are on both sides of 160 and {inside.sum()}" in found.means


def test_balance_weighs_and_merging_needs_classes_that_stay(data, headline):
    made = at_once(headline, study_of(data, balance=True), data)
    assert made is not None and made.rows.n == headline.rows.n
    assert np.bincount(made.rows.codes, made.rows.weights) == pytest.approx([80, 80])
    few = at_once(headline, study_of(data, balance=True, rows=100), data)
    assert few is not None and few.rows.n == 100
    with pytest.raises(BadData, match="all classes count as one"):
        at_once(headline, study_of(data, merge='[["yes","no"]]'), data)
    assert at_once(headline, study_of(data, noise1=1.0, balance=True), data) is None
    assert at_once(dataclasses.replace(headline, fused=None), study_of(data, balance=True), data) is None


def test_a_pinned_study_of_the_same_rows_is_compared_row_by_row(data, headline):
    study = study_of(data, noise2=2.0)
    after = trained(study, data)
    session = {STATE.key("files"): {data.sha256: data}}
    app = finished(open_lab("yourdata", session, **study.to_query(), pin=urlencode(study_of(data).to_query())))
    assert healthy(app), app.error
    found = changes.refitted(headline, after)
    assert "The same 160 rows on both sides" in found.means
    assert found.found["i1"].value == 0.0 and found.found["i2"].interval.high < 0.0
    assert plain(changes.words(found, "bit")) in words(app)
    # of other data nothing is shared: both errors add up
    apart = changes.refitted(headline, after, same_data=False).found["i2"]
    both = np.hypot(headline.rows.scatter(headline.rows.i2)[1], after.rows.scatter(after.rows.i2)[1])
    assert apart.se >= both > 0


def test_the_learning_curve_is_run_on_the_page_and_told_in_the_report(data, headline):
    study = study_of(data)
    run = runs.train(learning_task_of(study, data.sha256), data=packed(modalities(study, data)))
    curve = read_curve(run.result())
    assert [point.n for point in curve.points] == [80, 160] and curve.columns == (2, 2)
    for name in (*ATOMS, "i1", "i2", "i12"):  # all rows: the answer itself
        assert curve.points[-1].readings[name].value == pytest.approx(headline.readings[name].value, abs=1e-9)
    assert curve.to_dict() == run.result()
    app = page_with(data, study, "predictors")
    assert healthy(app), app.error
    assert words(app).count(plain(curve.words())) == 2  # on the first screen, and beside its figures
    figure = learning.informations(curve.points, ("a", "b", "c"), "bit")
    assert figure.log and figure.x.tolist() == [80, 160]
    roles = checked_roles(study, data)
    html = render_report(headline_content(headline, study, data, roles, None, ("a", "b", "c"), curve))
    assert "Would more rows show more?" in html and "no certificate" in html


def test_few_rows_for_many_columns_are_said(headline):
    assert headline.crowded == ""
    crowded = dataclasses.replace(headline, columns=(300, 20))
    assert "320 columns for 160 rows, 0.5 a column" in crowded.crowded
    assert "not about the modality" in crowded.crowded


def test_the_report_says_what_the_what_ifs_change_and_so_does_the_command_line(data, headline, tmp_path, capsys):
    study = study_of(data, column="site", keep="north")
    after = trained(study, data)
    answers, missing = changes.answers_to(headline, after, study, data)
    assert [one.title for one in answers] == ["The same predictors", "Fitted anew"] and not missing
    html = render_report(
        headline_content(after, study, data, checked_roles(study, data), None, ("a", "b", "c"), changed=answers)
    )
    assert "What the what-ifs change" in html and "After minus before: fitted anew" in html
    for name in ("i12", "redundancy"):
        assert f"{answers[1].found[name].value:.4f}"[:6].replace("-", "\u2212") in html.replace("-", "\u2212")
    app = page_with(data, study, "report")
    assert healthy(app), app.error
    assert "once both answers are there" not in words(app)
    (tmp_path / "rows.csv").write_text(copies(), "utf-8")
    columns = ("--x1", "a_*", "--x2", "b_*", "--y", f'"{HOSTILE}"', "--draws", "0")
    assert main(["study", str(tmp_path / "rows.csv"), *columns, "--column", "site", "--keep", "north"]) == 0
    out = capsys.readouterr().out
    for one in answers:
        assert f"What the what-ifs change, {one.title.lower()}: {changes.words(one, 'bit')}" in out

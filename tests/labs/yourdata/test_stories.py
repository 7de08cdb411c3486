"""What is said of the bundled data is what predictors read from them: the shipped answers, and the sentences beside them."""

from __future__ import annotations

import dataclasses

import pytest

from mmexplore import runs
from mmexplore.datasets import real_data
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.yourdata.advice import advise
from mmexplore.labs.yourdata.bins_kept import bins_kept
from mmexplore.labs.yourdata.evidence import evidence_of_predictors
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.predicted_states import predicted_states
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare
from mmexplore.labs.yourdata.task import task_of


@pytest.fixture(scope="module")
def headlines() -> dict[str, Headline]:
    answers = {}
    for name in real_data():
        study = Study().put(source="real", real=name)
        run = runs.find(task_of(study, dataset_of(study).sha256))
        assert run.shipped and run.state.phase == "finished", name
        answers[name] = Headline.of(run.result(), run.arrays("rows"))
    return answers


def share(headline: Headline, atom: str) -> float:
    return headline.readings[atom].value / headline.readings["i12"].value


def test_tumours_are_nine_tenths_redundant_and_the_worst_nuclei_add_a_little(headlines):
    read = headlines["breast_cancer"]
    assert share(read, "redundancy") == pytest.approx(0.9, abs=0.05)
    assert read.readings["unique1"].bound_only and not read.readings["unique2"].bound_only
    assert read.synergy is not None and not read.synergy.present


@pytest.mark.parametrize("name", ["iris", "wine"])
def test_the_second_nearly_settles_it_and_the_first_repeats_two_thirds(name, headlines):
    read = headlines[name]
    assert share(read, "i2") > 0.95 and read.readings["i2"].value > 0.85 * read.entropy
    assert share(read, "redundancy") == pytest.approx(2 / 3, abs=0.05)
    assert read.readings["unique1"].bound_only


def test_parity_is_mostly_redundant_and_looks_otherwise_in_bins(headlines):
    read = headlines["digits_parity"]
    table = Scene().put(source="real", real="digits_parity").decompose()
    assert float(table.synergy) > 3 * float(table.redundancy)
    assert share(read, "redundancy") > 0.75
    assert share(read, "synergy") == pytest.approx(0.1, abs=0.03) and share(read, "unique1") > share(read, "unique2")


def test_diabetes_is_little_told_and_mostly_alike(headlines):
    read = headlines["diabetes"]
    assert read.readings["i12"].value < 0.3 * read.entropy
    assert share(read, "redundancy") > 0.5 > share(read, "synergy")


def test_digits_are_mostly_redundant_and_their_clusters_lose_a_third(headlines):
    read = headlines["digits"]
    table = Scene().put(source="real", real="digits").decompose()
    assert share(read, "redundancy") > 0.75
    assert 1 - float(table.i12) / read.readings["i12"].value == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("name", ["digits_parity", "breast_cancer", "wine"])
def test_states_of_what_predictors_say_keep_more_than_bins_of_columns(name, headlines):
    study = Study().put(source="real", real=name).replace(bins1=8, bins2=8)
    dataset = dataset_of(study)
    made = prepare(study, dataset)
    by_columns = bins_kept(headlines[name], made)
    by_predictors = bins_kept(headlines[name], predicted_states(headlines[name], study, dataset.name, made.roles))
    assert by_columns is not None and by_predictors is not None
    for part in ("i1", "i2"):
        assert (
            by_predictors.lost.share(part) < 0.1
            and by_predictors.lost.share(part) <= by_columns.lost.share(part) + 0.02
        ), part
    # the certified union of the table is that of the exact solver's bounds, and no information exceeds H(Y)
    assert float(by_predictors.table.gap) < 1e-8
    assert float(by_predictors.table.i12) <= headlines[name].entropy + 1e-9


def test_the_sentence_never_says_more_than_the_claims(headlines):
    for name, read in headlines.items():
        claim = advise(evidence_of_predictors(read)).claim("synergy")
        assert claim is not None
        assert ("synergy" in read.above_zero) is (claim.verdict == "yes"), name
    untested = dataclasses.replace(headlines["diabetes"], synergy=None)
    assert "synergy" in headlines["diabetes"].above_zero and "synergy" not in untested.above_zero

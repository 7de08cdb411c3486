"""The view of Your data: older links are read as they were, presets are links, two studies are told apart in words."""

from __future__ import annotations

import pytest

from mmexplore.errors import BadData
from mmexplore.labs.yourdata.presets import PRESETS
from mmexplore.labs.yourdata.script import script
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.labs.yourdata.ui.pinned import differences
from mmexplore.labs.yourdata.ui.without_bins import task_of
from mmexplore.labs.yourdata.without_bins import measured

OLD_LINKS = [  # a link, and the run it asked for when it was made
    ({"real": "iris", "trained": "information", "seed": "3", "level": "0.9"}, "mi-bbf9f0bde15916fd"),
    ({"real": "diabetes", "trained": "decomposition", "shuffle": "x1", "rows": "200"}, "pid_batch-7afbc9d2f561f94c"),
]


@pytest.mark.parametrize(("query", "name"), OLD_LINKS, ids=lambda v: v if isinstance(v, str) else "")
def test_an_older_link_shows_the_same_and_asks_for_the_same_run(query, name):
    study, problems = Study.from_query(query)
    assert problems == []
    assert study.to_query() == query
    assert task_of(study, measured(study, dataset_of(study))).name() == name


OLD_VIEWS = [
    {"real": "wine", "bins1": "3", "bins2": "3", "unit": "nat"},
    {"source": "gate", "gate": "xor", "gate_noise": "0.0", "drawn": "400"},
    {"source": "file", "file": "a" * 64, "x1": "audio_*", "y": "mood", "noise1": "50.0", "shift": "-3"},
    {"real": "wine", "merge": '[["grower 1", "grower 2"]]', "drop1": '["ash"]', "column": "ash", "keep": "2.."},
]


@pytest.mark.parametrize("query", OLD_VIEWS, ids=str)
def test_the_keys_of_links_are_what_they_were(query):
    study, problems = Study.from_query(query)
    assert problems == []
    assert study.to_query() == query


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_view_that_a_link_brings_back(name):
    study = PRESETS[name].of(Study)
    assert (study.source, study.real) == ("real", name)
    assert Study.from_query(study.to_query()) == (study, [])


def test_settings_that_differ_are_told_in_words():
    a = Study()
    assert differences(a, a.replace(unit="nat")) == []
    assert differences(a, a.replace(bins1=6, shuffle="x1")) == ["Shuffle none → x1", "Bins of modality 1 4 → 6"]


def test_the_script_of_a_view_is_a_sentence_where_its_rows_are_a_file():
    assert "study = Study()" in script(Study())
    with pytest.raises(BadData, match="no file is loaded"):
        script(Study(source="file"))

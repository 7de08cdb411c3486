"""The Knob's view: its link, old links, and which run it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from mmexplore.errors import BadData, BadSpec
from mmexplore.labs import LABS
from mmexplore.labs.knob.presets import PRESETS
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import Knob
from mmexplore.tabular.two_views import OWN

# Names of runs, as they were when the data's values were one text: query of an old link, values of the view, name of its run.
OLD_LINKS: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({}, {}, "knob-cbe0d8de0ffe04cc"),
    ({"data": "wine"}, {"data": "wine"}, "knob-6302ce2c6855767f"),
    ({"data": "digit-halves"}, {"data": "digit-halves"}, "knob-5f5df201b976e037"),
    ({"settings": "warp=0.7"}, {}, "knob-cbe0d8de0ffe04cc"),
    ({"settings": "correlations=0.9%2C0.5"}, {"data.correlations": "0.9,0.5"}, "knob-fafb470c690dd07f"),
    (
        {"settings": "private=5&warp_y=0.4&n=500"},
        {"data.private": 5, "data.warp_y": 0.4, "data.n": 500},
        "knob-0a1ef0893fdfe03d",
    ),
    (
        {"data": "noisy-digits", "settings": "noise=0.2&n=4000", "method": "dvsib", "beta": "20.0"},
        {"data": "noisy-digits", "data.noise": 0.2, "data.n": 4000, "method": "dvsib", "beta": 20.0},
        "knob-1fd9bf47998b50d0",
    ),
    (
        {
            "settings": "seed=3",
            "latent": "6",
            "variance": "full",
            "mi": "mine",
            "network": "linear",
            "low": "0.5",
            "high": "128.0",
            "steps": "300",
            "seed": "2",
        },
        {
            "data.seed": 3,
            "latent": 6,
            "variance": "full",
            "mi": "mine",
            "network": "linear",
            "low": 0.5,
            "high": 128.0,
            "steps": 300,
            "seed": 2,
        },
        "knob-f3a7618fbbc7fca9",
    ),
    (
        {"data": "noisy-digits?noise=0.2&n=4000", "method": "dvsib"},
        {"data": "noisy-digits", "data.noise": 0.2, "data.n": 4000, "method": "dvsib"},
        "knob-1fd9bf47998b50d0",
    ),
]


@pytest.mark.parametrize(("query", "values", "run"), OLD_LINKS, ids=[str(query)[:60] for query, _, _ in OLD_LINKS])
def test_an_old_link_asks_for_the_same_run(query, values, run):
    scene, problems = KnobScene.from_query(query)
    assert not problems
    assert scene == KnobScene().put(**values)
    assert scene.task().name() == run
    again, problems = KnobScene.from_query(scene.to_query())
    assert again == scene and not problems and "settings" not in scene.to_query()


def test_an_old_link_to_a_file_of_ones_own_keeps_its_columns():
    scene, problems = KnobScene.from_query({"data": OWN, "settings": "", "file": "ab" * 32, "x1": "a_*"})
    assert not problems and (scene.data, scene.file, scene.x1) == (OWN, "ab" * 32, "a_*")
    with pytest.raises(BadData, match="drop their file"):
        scene.task()
    assert scene.task("1f").data == "own?id=1f"


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("exact", "knob-cbe0d8de0ffe04cc"),
        ("vae", "knob-b7b5ef418546e2d8"),
        ("codes", "knob-2f55c7b5ca4b0871"),
        ("digits", "knob-8aea0cf5979ec720"),
        ("other", "knob-98e6c74f2fead152"),
        ("rare", "knob-bb3da5174ff23661"),
    ],
)
def test_a_preset_asks_for_the_run_that_comes_with_it(name, run):
    assert PRESETS[name].of(KnobScene).task().name() == run


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"settings": "noise"}, "the values of data are 'noise'; allowed: name=value"),
        ({"settings": "private=1&private=2"}, "'private' is given twice for data"),
        ({"data": "wine?seed=1&seed=2"}, "'seed' is given twice for data"),
        ({"data.noise": "0.2"}, "data.noise is not known here; allowed: correlations, n, private, seed, warp, warp_y"),
        ({"data": "noisy-digits", "data.noise": "9"}, "data.noise is 9; allowed: 0 to 2"),
        ({"data.correlations": "0.9,nonsense"}, "nonsense"),
        ({"data.private": "many"}, "data.private is 'many'; allowed: whole numbers 0 to 8"),
        ({"low": "8", "high": "4"}, "low below high"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_a_sentence_and_the_rest_is_kept(query, words):
    scene, problems = KnobScene.from_query({**query, "method": "dvsib"})
    assert any(words in problem for problem in problems)
    assert scene.method == ("dvsib" if "low" not in query else "dvib")  # values that exclude each other go together


def test_values_of_the_data_are_changed_by_path_and_end_with_the_data():
    scene = KnobScene().put(**{"data": "noisy-digits", "data.noise": 0.2})
    assert scene.get("data.noise") == 0.2 and scene.at("data.noise").label == "Noise"
    assert scene.to_query() == {"data": "noisy-digits", "data.noise": "0.2"}
    assert scene.put(data="wine") == KnobScene(data="wine")
    with pytest.raises(BadSpec, match="noise"):
        scene.put(**{"data": "wine", "data.noise": 0.1})
    with pytest.raises(BadSpec, match="allowed: 0 to 2"):
        scene.put(**{"data.noise": 3.0})


@pytest.mark.parametrize("values", [values for _, values, _ in OLD_LINKS], ids=str)
def test_a_run_is_shown_by_the_view_that_asks_for_it(values):
    lab = LABS["knob"]
    task = KnobScene().put(**values).task()
    view = lab.view_of(task)
    assert view is not None and lab.task(view) == task
    assert lab.view_of(task.replace(networks="separate")) is None


def test_no_view_shows_a_run_on_other_data_than_it_can_ask_for():
    assert LABS["knob"].view_of(Knob(data="own?id=1f")) is None
    assert LABS["knob"].view_of(Knob(data="no-such-data")) is None


def test_the_lab_declares_its_run_and_its_script():
    lab = LABS["knob"]
    scene = KnobScene().put(**{"data": "noisy-digits", "data.noise": 0.2})
    assert lab.task(scene).to_dict()["values"]["data"] == "noisy-digits?noise=0.2"
    assert "data='noisy-digits?noise=0.2'" in lab.script(scene)

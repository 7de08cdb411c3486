"""The page of the losses in Chromium: a short training is watched to its end, the link holds the setting, the dial commits."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

from mmexplore.labs.losses.scene import FactorClScene

SHORT = "learn?view=methods&data=bits&settings=rows%3D1000&methods=clip&lab=seeds%3D1%26steps%3D60%26width%3D8%26embedding%3D4%26looks%3D4"


def scene_of(page: object) -> FactorClScene:
    found = {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}  # type: ignore[attr-defined]
    scene, problems = FactorClScene.from_query(found)
    assert not problems
    return scene


def test_a_training_is_started_and_watched_to_its_end(visit):
    page = visit(SHORT)
    page.get_by_role("button", name="Train 1 method").click()
    page.get_by_text("What was kept: accuracy of probes on held-out rows").first.wait_for(timeout=120_000)
    page.get_by_role("button", name="Run again").wait_for(timeout=120_000)
    page.get_by_text("Embeddings of CLIP").first.wait_for()
    page.get_by_role("tab", name="Factors").click()
    page.get_by_text(re.compile("^Nulls: accuracy on y")).first.wait_for()
    assert scene_of(page).view == "factors" and scene_of(page).task("lab").steps == 60


def test_the_dial_turns_the_label_and_commits(visit):
    page = visit("learn?view=methods&data.unique1=0.0&data.unique2=0.0")
    slider = page.get_by_role("slider", name="Weight of w1 (view 1)")
    slider.wait_for(timeout=60_000)
    page.get_by_text("Information about the label", exact=True).wait_for()  # the page is at rest
    slider.focus()
    page.keyboard.press("ArrowRight")  # leaves the preset: the whole page follows
    page.wait_for_function("location.search.includes('data.unique1=0.1')")
    page.wait_for_timeout(1500)
    slider.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('data.unique1=1.0')")
    assert scene_of(page).factors().unique1 == 1.0
    page.get_by_text("Information about the label", exact=True).wait_for()

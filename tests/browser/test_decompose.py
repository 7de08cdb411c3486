"""The Decompose page as a visitor uses it: dial, link, Back, table editor, export; nothing leaves this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

import mmexplore as mm
from mmexplore.scene import Scene


@pytest.fixture
def visit(browser: object, serve: Callable[[str], str]) -> Iterator[Callable[..., object]]:
    """visit("decompose?gate=xor") is a page in a context of its own; requests to elsewhere and script errors fail the test."""
    contexts, faults = [], []

    def open_(path: str, **options: object) -> object:
        context = browser.new_context(  # type: ignore[attr-defined]
            **{"viewport": {"width": 1280, "height": 1400}, "accept_downloads": True, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", lambda r: None if is_local(r.url) else faults.append(f"asked for {r.url}"))
        page.goto(f"{serve('app.py')}/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults


def is_local(url: str) -> bool:
    return urlparse(url).hostname in ("127.0.0.1", None) or url.startswith(("data:", "blob:"))


def settled(page: object, title: str) -> None:
    """Wait until the page shows a scene, with the exact answer beside the live one."""
    page.get_by_text(title, exact=False).first.wait_for()  # type: ignore[attr-defined]
    page.get_by_text(re.compile("all agree to")).first.wait_for()  # type: ignore[attr-defined]


def query_of(page: object) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}  # type: ignore[attr-defined]


def bar_table(page: object) -> dict[str, float]:
    """The exact numbers in the table under the bars."""
    page.locator("summary", has_text="Numbers").first.click()  # type: ignore[attr-defined]
    text = page.locator("details[open] table").first.inner_text().replace("−", "-")  # type: ignore[attr-defined]
    found = {}
    for line in text.splitlines():
        cells = line.split("\t")
        symbol = re.search(r"\((R|U1|U2|S)\)$", cells[0])
        if symbol:
            found[symbol.group(1)] = float(cells[2])  # the column "exact"
    return found


def test_letting_the_dial_go_computes_the_exact_answer_and_writes_the_link(visit):
    page = visit("decompose?gate=xor")
    settled(page, "XOR.")
    slider = page.get_by_role("slider", name="Label noise")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.get_by_text("XOR (label noise 0.1).").wait_for()
    assert query_of(page) == {"gate": "xor", "noise": "0.1"}
    settled(page, "XOR (label noise 0.1).")
    # 1 - h(0.1), the capacity of a binary symmetric channel
    assert bar_table(page)["S"] == pytest.approx(0.531004406, abs=2e-9)


def test_a_link_opens_the_same_view_in_a_new_browser_and_back_leads_back(visit):
    page = visit("decompose?gate=xor")
    settled(page, "XOR.")
    page.get_by_role("slider", name="Label noise").focus()
    page.keyboard.press("End")
    page.get_by_text("XOR (label noise 0.5).").wait_for()
    link = page.url
    other = visit(f"decompose?{urlparse(link).query}")
    settled(other, "XOR (label noise 0.5).")
    assert float(other.get_by_role("slider", name="Label noise").input_value()) == pytest.approx(0.5)
    page.go_back()
    settled(page, "XOR.")
    page.wait_for_function("() => !location.search.includes('noise')")
    assert float(page.get_by_role("slider", name="Label noise").input_value()) == 0.0
    page.go_forward()
    settled(page, "XOR (label noise 0.5).")


def test_undo_moves_the_dial_back(visit):
    page = visit("decompose?gate=xor")
    settled(page, "XOR.")
    slider = page.get_by_role("slider", name="Label noise")
    slider.focus()
    page.keyboard.press("End")
    page.get_by_text("XOR (label noise 0.5).").wait_for()
    page.get_by_role("button", name="Undo").click()
    settled(page, "XOR.")
    page.wait_for_timeout(300)
    assert float(slider.input_value()) == 0.0


def test_a_drawn_table_is_edited_normalised_and_travels_in_the_link(visit):
    page = visit("decompose?source=draw")
    settled(page, "Your own table.")
    grid = page.get_by_test_id("stDataFrame").first
    page.wait_for_timeout(800)  # the editor measures itself before it takes clicks
    box = grid.bounding_box()
    # the first weight (row 1, column y = 0) lies right of the index column, below the header
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + 52)
    page.wait_for_timeout(300)
    page.keyboard.press("5")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.get_by_text("The weights sum to 8").wait_for()
    assert query_of(page)["drawn"] == "2x2x2~5,0,1,0,1,0,0,1"
    other = visit(f"decompose?{urlparse(page.url).query}")
    settled(other, "Your own table.")
    other.get_by_text("The weights sum to 8").wait_for()
    page.get_by_text("XOR", exact=True).click()
    page.get_by_text("The weights sum to 4").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The weights sum to 8").wait_for()


def test_the_exported_numbers_are_those_of_the_library(visit, tmp_path):
    page = visit("decompose?gate=and&noise=0.1")
    settled(page, "AND (label noise 0.1).")
    page.get_by_role("tab", name="Take it with you").click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Numbers (JSON)").click()
    file = tmp_path / "numbers.json"
    caught.value.save_as(file)
    said = json.loads(file.read_text("utf-8"))
    ours = mm.pid(mm.gate("and", noise=0.1))
    assert said["redundancy"] == pytest.approx(ours.redundancy, abs=1e-12)
    assert Scene.from_query(said["scene"])[0] == Scene(noise=0.1)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Script (Python)").click()
    caught.value.save_as(tmp_path / "view.py")
    assert "mm.gate('and')" in Path(tmp_path / "view.py").read_text("utf-8")


def test_home_leads_to_an_example(visit):
    page = visit("")
    page.get_by_role("heading", name="See what two modalities tell").wait_for()
    page.get_by_text("Sarcasm (XOR)").click()
    settled(page, "XOR.")
    assert query_of(page) == {"gate": "xor"}


def test_going_home_and_back_keeps_the_view(visit):
    page = visit("decompose?gate=sum")
    settled(page, "SUM.")
    page.get_by_role("link", name="Home").click()
    page.get_by_role("heading", name="See what two modalities tell").wait_for()
    page.get_by_role("link", name="Decompose", exact=True).click()
    settled(page, "SUM.")
    page.wait_for_function("() => location.search.includes('gate=sum')")


def test_a_hostile_link_is_shown_as_text(visit):
    page = visit("decompose?gate=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&pin=%3Cscript%3E&own=angle%3D%3Cb%3E")
    page.get_by_text("This link could not be read in full").wait_for()
    settled(page, "AND.")
    assert page.locator("img[src=x]").count() == 0

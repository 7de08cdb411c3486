"""The Decompose page as a visitor uses it: dial, link, Back, table editor, export; nothing leaves this machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

import mmexplore as mm
from mmexplore.labs.decompose.scene import Scene


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


def type_weight(page: object, row: int, column: int, text: str) -> None:
    """Write one weight into the table editor, which is drawn on a canvas: its hidden twin tells which cell is chosen."""
    grid = page.get_by_test_id("stDataFrame").first  # type: ignore[attr-defined]
    chosen = grid.locator('[role=gridcell][aria-selected="true"]')
    for _ in range(40):  # the editor measures itself before it takes clicks
        box = grid.bounding_box()
        page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 52)  # type: ignore[attr-defined]
        page.wait_for_timeout(250)  # type: ignore[attr-defined]
        if chosen.count():
            break
    _, x, y = chosen.get_attribute("id").rsplit("-", 2)
    across, down = column + 1 - int(x), row - int(y)
    for _ in range(abs(across)):
        page.keyboard.press("ArrowRight" if across > 0 else "ArrowLeft")  # type: ignore[attr-defined]
    for _ in range(abs(down)):
        page.keyboard.press("ArrowDown" if down > 0 else "ArrowUp")  # type: ignore[attr-defined]
    grid.locator(f'#glide-cell-{column + 1}-{row}[aria-selected="true"]').wait_for(state="attached")
    field = page.locator(".gdg-input")  # type: ignore[attr-defined]
    page.keyboard.press(text[0])  # type: ignore[attr-defined]
    field.wait_for()
    field.fill(text)
    page.keyboard.press("Enter")  # type: ignore[attr-defined]
    field.wait_for(state="detached")


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
    type_weight(page, 0, 0, "5")
    page.get_by_text("The weights sum to 8").wait_for()
    assert query_of(page)["drawn"] == "2x2x2~5,0,1,0,1,0,0,1"
    other = visit(f"decompose?{urlparse(page.url).query}")
    settled(other, "Your own table.")
    other.get_by_text("The weights sum to 8").wait_for()
    page.get_by_text("XOR", exact=True).click()
    page.get_by_text("The weights sum to 4").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The weights sum to 8").wait_for()


def test_a_table_of_zeros_is_refused_and_the_last_view_stays(visit):
    page = visit("decompose?source=draw&drawn=2x2x2~1,0,0,0,0,0,0,0")
    settled(page, "Your own table.")
    type_weight(page, 0, 0, "0")
    page.get_by_text("every weight is 0").wait_for()
    assert query_of(page)["drawn"] == "2x2x2~1,0,0,0,0,0,0,0"
    type_weight(page, 1, 1, "3")
    page.get_by_text("The weights sum to 3").wait_for()
    assert page.get_by_text("every weight is 0").count() == 0
    assert query_of(page)["drawn"] == "2x2x2~0,0,0,3,0,0,0,0"


def test_a_negative_atom_is_said_and_drawn_as_an_outline(visit):
    page = visit("decompose?gate=xor&measure=sx")
    settled(page, "XOR.")
    # Makkeh, Gutknecht & Wibral 2021: the redundancy of XOR is -log2(3/2), which leaves log2(3/2) to each unique part
    page.get_by_text("0.585 bit only in words, 0.585 bit only in tone").wait_for()
    page.get_by_text("−0.585 bit in either one alone (redundancy)").first.wait_for()
    assert page.locator("[data-view=diagram] circle.hollow").count() == 1
    assert page.locator("[data-view=diagram] circle.rim").count() == 3


def test_the_exported_numbers_are_those_of_the_library(visit, tmp_path):
    page = visit("decompose?gate=and&noise=0.1")
    settled(page, "AND (label noise 0.1).")
    page.get_by_role("tab", name="Export").click()
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


def test_a_locked_axis_of_the_dial_is_shown_and_cannot_be_turned(visit):
    page = visit("decompose?gate=dice&gate.glue=0.5&lock=gate.glue")
    settled(page, "DICE")
    slider = page.get_by_role("slider", name="Glue")
    assert float(slider.input_value()) == pytest.approx(0.5)
    assert slider.is_disabled()
    box = page.locator("[data-view=map] .glass").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    page.wait_for_function("() => location.search.includes('noise=')")
    query = query_of(page)
    assert float(query["noise"]) == pytest.approx(0.25, abs=0.011)
    assert query["gate.glue"] == "0.5"
    assert float(slider.input_value()) == pytest.approx(0.5)

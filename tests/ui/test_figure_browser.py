"""Figures on a page in real Chromium: pointing, zooming, hiding, saving, selecting, the table; new data are drawn in place."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import expect

APP = "tests/ui/apps/figure_app.py"


@pytest.fixture
def opened(open_page):
    """A page on which all three figures are drawn."""

    def open_(query="", **options):
        page = open_page(APP, query, **options)
        expect(page.locator(".mm-frame[data-drawn=yes]")).to_have_count(3, timeout=60_000)
        return page

    return open_


def frame(page, title):
    return page.locator("figure.mm-figure", has=page.locator("figcaption", has_text=re.compile(f"^{title}")))


def centre(locator, across=0.5, down=0.5):
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drag(page, start, *ends):
    page.mouse.move(*start)
    page.mouse.down()
    for end in ends:
        page.mouse.move(*end, steps=6)
    page.mouse.up()


def range_of(figure, axis="xaxis"):
    return figure.locator(".mm-frame").evaluate(f"f => f._fullLayout.{axis}.range.map(v => +v.toFixed(6))")


def test_pointing_says_the_value_with_its_unit_and_source(opened):
    page = opened()
    bar = frame(page, "Atoms").locator(".barlayer .trace").last.locator(".point").first
    x, y = centre(bar)
    page.mouse.move(x - 5, y)
    page.mouse.move(x, y)
    said = frame(page, "Atoms").locator(".hoverlayer .hovertext")
    for words in (
        "R, redundancy",
        "0.25 bit",
        "interval 0.2 to 0.3 bit",
        "chance alone 0 to 0.1 bit",
        "600 rows, seed 3",
    ):
        expect(said).to_contain_text(words)
    line = frame(page, "Loss").locator(".nsewdrag")
    page.mouse.move(*centre(line, 0.5))
    page.mouse.move(*centre(line, 0.5, 0.55))
    said = frame(page, "Loss").locator(".hoverlayer .legend")
    for words in ("step: 1", "0.5 nat", "1 nat"):
        expect(said).to_contain_text(words)


def test_a_double_click_takes_the_zoom_back(opened):
    page = opened()
    loss = frame(page, "Loss")
    area = loss.locator(".nsewdrag")
    whole = range_of(loss)
    drag(page, centre(area, 0.3, 0.3), centre(area, 0.7, 0.7))
    page.wait_for_function(
        f"f => f._fullLayout.xaxis.range[0] > {whole[0] + 0.3}", arg=loss.locator(".mm-frame").element_handle()
    )
    low, high = range_of(loss)
    assert low - whole[0] == pytest.approx(0.3 * (whole[1] - whole[0]), rel=0.05) and high < whole[1]
    page.mouse.dblclick(*centre(area, 0.5, 0.5))
    page.wait_for_function(
        f"f => Math.abs(f._fullLayout.xaxis.range[0] - {whole[0]}) < 1e-5",
        arg=loss.locator(".mm-frame").element_handle(),
    )
    assert range_of(loss) == pytest.approx(whole, abs=1e-5)


def test_a_click_on_a_name_hides_its_line_and_another_one_shows_it(opened):
    page = opened()
    loss = frame(page, "Loss")
    expect(loss.locator(".scatterlayer .trace")).to_have_count(2)
    loss.locator(".legendtoggle").first.click()
    expect(loss.locator(".scatterlayer .trace")).to_have_count(1)
    loss.locator(".legendtoggle").first.click()
    expect(loss.locator(".scatterlayer .trace")).to_have_count(2)


def test_new_data_are_drawn_in_place_and_keep_the_zoom(opened):
    page = opened()
    loss = frame(page, "Loss")
    area = loss.locator(".nsewdrag")
    drag(page, centre(area, 0.3, 0.3), centre(area, 0.7, 0.7))
    handle = loss.locator(".mm-frame").element_handle()
    page.wait_for_function("f => f._fullLayout.xaxis.range[0] > 0.2", arg=handle)
    zoomed = range_of(loss)
    loss.locator(".legendtoggle").first.click()
    expect(loss.locator(".scatterlayer .trace")).to_have_count(1)
    handle.evaluate("f => { f.mark = 'same'; f.querySelector('.main-svg').mark = 'same'; }")
    for steps in (4, 5):
        page.get_by_role("button", name="Another step").click()
        page.wait_for_function(f"f => f.isConnected && f.data[1].x.length === {steps}", arg=handle)
    assert handle.evaluate("f => [f.mark, f.querySelector('.main-svg').mark]") == ["same", "same"]
    assert range_of(loss) == zoomed
    expect(loss.locator(".scatterlayer .trace")).to_have_count(1)  # what was hidden stays hidden
    assert handle.evaluate("f => f.data[1].y[4]") == pytest.approx(0.4)  # two over five


def test_selected_points_are_rows_of_the_samples(opened):
    page = opened()
    cloud = frame(page, "Cloud")
    area = cloud.locator(".nsewdrag")
    points = {p["row"]: (p["x"], p["y"]) for p in cloud.locator(".mm-frame").evaluate(
        "f => f.data.flatMap((t, n) => [...f.querySelectorAll('.scatterlayer .trace')[n].querySelectorAll('.point')].map((e, k) => "
        "{ const b = e.getBoundingClientRect(); return { row: t.customdata[k], x: b.x + b.width / 2, y: b.y + b.height / 2 } }))"
    )}  # fmt: skip
    assert set(points) == set(range(100, 120))
    area.scroll_into_view_if_needed()
    dx, dy = (points[101][0] - points[100][0]) / 2, (points[105][1] - points[100][1]) / 2

    def corner(row, across, up):
        now = cloud.locator(".mm-frame").evaluate(
            "(f, row) => { const n = f.data.findIndex(t => t.customdata.includes(row)), k = f.data[n].customdata.indexOf(row);"
            "const b = f.querySelectorAll('.scatterlayer .trace')[n].querySelectorAll('.point')[k].getBoundingClientRect();"
            "return [b.x + b.width / 2, b.y + b.height / 2] }", row)  # fmt: skip
        return now[0] + across * dx, now[1] + up * dy

    expect(page.get_by_text("chosen: []")).to_be_visible()
    # round the points at columns 1 to 3 of the two rows in the middle, over the border between two groups
    drag(page, corner(106, -1, -1), corner(108, 1, -1), corner(113, 1, 1), corner(111, -1, 1), corner(106, -1, -1))
    expect(page.get_by_text("chosen: [106, 107, 108, 111, 112, 113]")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("told: 1")).to_be_visible()
    page.mouse.dblclick(*corner(119, 0, -0.5))  # where nothing is drawn
    expect(page.get_by_text("chosen: []")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_picture_is_saved_with_its_title_and_source(opened, tmp_path, kind):
    page = opened()
    atoms = frame(page, "Atoms")
    page.mouse.move(*centre(atoms.locator(".nsewdrag")))
    with page.expect_download() as coming:
        atoms.locator(f".modebar-btn[data-title='Save as {kind}']").click()
    assert coming.value.suggested_filename == f"atoms.{kind.lower()}"
    coming.value.save_as(tmp_path / "saved")
    content = (tmp_path / "saved").read_bytes()
    if kind == "PNG":
        wide, high = (int.from_bytes(content[n : n + 4]) for n in (16, 20))
        assert content.startswith(b"\x89PNG") and wide >= 1440 and high > 400  # two pixels for each
        return
    root = ET.fromstring(content)
    written = ["".join(t.itertext()).strip() for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Atoms", "600 rows, seed 3", "0.250", "0.500"} <= set(written)
    wide, high = float(root.get("width")), float(root.get("height"))
    assert wide >= 720 and high > 200
    assert atoms.locator(".main-svg").first.text_content().count("600 rows") == 0  # not on the page


def test_the_table_holds_the_numbers(opened):
    page = opened()
    atoms = frame(page, "Atoms")
    expect(atoms.locator("table")).to_have_count(0)
    atoms.get_by_text("Numbers", exact=True).click()
    rows = [row.split("\t") for row in atoms.locator("table").inner_text().splitlines()]
    assert rows == [
        ["what", "bit", "interval", "chance alone"],
        ["R, redundancy", "0.2500", "0.2000 to 0.3000", "0 to 0.1000"],
        ["S, synergy", "0.5000", "\u2013", "\u2013"],
        ["nothing", "\u2013", "\u2013", "\u2013"],
    ]
    assert atoms.get_by_role("region", name="Numbers: Atoms").get_attribute("tabindex") == "0"
    assert "R, redundancy 0.2500 bit" in atoms.locator(".mm-frame").get_attribute("aria-label")
    page.get_by_role("button", name="Another step").click()
    loss = frame(page, "Loss")
    loss.get_by_text("Numbers", exact=True).click()
    expect(loss.locator("tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Another step").click()
    expect(loss.locator("tbody tr")).to_have_count(5)  # an open table follows


def test_names_on_a_page_are_text(opened):
    page = opened("hostile")
    atoms = frame(page, "Atoms of")
    literal = "<b>x</b>%{x}&lt;"
    expect(atoms.locator("figcaption")).to_contain_text(f"Atoms of {literal}")
    expect(atoms.locator(".mm-note")).to_contain_text(literal)
    assert any(literal in text for text in atoms.locator(".ytick").all_text_contents())
    assert atoms.locator("figcaption b, .mm-note b, .mm-frame a").count() == 0
    atoms.get_by_text("Numbers", exact=True).click()
    expect(atoms.locator("td").first).to_contain_text(literal)


def test_a_telephone_scrolls_nothing_sideways_and_reads_every_text(opened):
    page = opened(viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.locator(".mm-frame").evaluate_all(
        "all => all.flatMap(f => [...f.querySelectorAll('svg text')]).filter(t => t.textContent.trim() && t.getBoundingClientRect().width)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize) * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b))"
    )
    assert len(sizes) > 20 and min(sizes) >= 11.99
    legend = frame(page, "Loss").locator(".legend").bounding_box()
    drawn = frame(page, "Loss").locator(".nsewdrag").bounding_box()
    assert legend["y"] >= drawn["y"] + drawn["height"]  # below, not beside

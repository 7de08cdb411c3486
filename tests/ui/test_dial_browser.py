from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.chromium import slowed

APP = "tests/ui/apps/dial_app.py"
EXACT = ".dial[data-state=exact]"
SVG = "{http://www.w3.org/2000/svg}"


def entropy(p):
    """Binary entropy in bits, for the closed forms of the page."""
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def synergy(noise, mix):
    return (1 - entropy(noise)) * mix


@pytest.fixture
def dial_page(open_page):
    def open_(query="", **context):
        page = open_page(APP, query, **context)
        page.locator(EXACT).first.wait_for(timeout=30_000)
        return page

    return open_


def slider(page, name="Noise", which=0):
    return page.get_by_role("slider", name=name, exact=True).nth(which)


def grip(page, handle, part):
    """Where the thumb is when the slider stands at `part` of its way."""
    box = handle.bounding_box()
    return box["x"] + 9 + (box["width"] - 18) * part, box["y"] + box["height"] / 2


def shown(page, key="S", which=0):
    """The live number of an atom in the bars, once the next frame is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    row = page.locator("[data-view=bars]").nth(which).locator("text.value").nth(["R", "U1", "U2", "S"].index(key))
    return float(row.text_content().split()[0].replace("−", "-"))


def committed(page, key="one.dial"):
    """What Python says was committed: the values and how many times the callback ran."""
    line = page.get_by_text(f"{key} committed")
    expect(line).to_have_count(1)
    values, calls = re.match(rf"{key} committed (.*) calls (\d+)", line.inner_text()).groups()
    return [float(v) for v in values.split(", ")], int(calls)


def says(page, values, key="one.dial"):
    """Wait until Python has taken these values over and its exact answer is drawn."""
    text = ", ".join(f"{v:.4f}" for v in values)
    # While a rerun moves the line to another place, the page shows the old one and the new one for a moment.
    expect(page.get_by_text(f"{key} committed {text}").first).to_be_visible(timeout=10_000)
    dial = page.locator(".dial").nth(0 if key == "one.dial" else 1)
    for i, v in enumerate(values):
        expect(dial.locator("input[type=number]").nth(i)).to_have_value(f"{v:.2f}" if v == round(v, 2) else f"{v:g}")
    expect(dial).to_have_attribute("data-state", "exact")


def test_dragging_draws_at_once_and_commits_once_on_release(dial_page):
    page = dial_page("views=bars,curve,map")
    handle = slider(page)
    page.mouse.move(*grip(page, handle, 0.24))
    page.mouse.down()
    seen = set()
    for i in range(1, 13):
        page.mouse.move(*grip(page, handle, 0.24 + 0.03 * i))
        page.wait_for_timeout(20)
        seen.add(shown(page))
    at = float(handle.input_value())
    assert at == pytest.approx(0.30, abs=0.0101)
    assert len(seen) >= 8
    assert shown(page) == pytest.approx(synergy(at, 0.4), abs=2e-3)
    assert committed(page) == ([0.12, 0.4], 0)
    expect(page.locator(".pill")).to_have_text("interpolated")
    page.mouse.up()
    says(page, [at, 0.4])
    page.wait_for_timeout(400)
    assert committed(page)[1] == 1
    assert float(handle.input_value()) == at
    exact = float(page.get_by_text("one.dial synergy").inner_text().split()[-1])
    assert exact == pytest.approx(synergy(at, 0.4), abs=1e-6)
    expect(page.locator("[data-view=bars] text.note").nth(3)).to_have_text(f"exact {exact:.6f}")
    expect(page.locator(".readout")).to_contain_text("all agree to")


def test_keys_move_at_once_and_their_commits_coalesce(dial_page):
    page = dial_page("views=bars&slow=0.25")
    handle = slider(page)
    handle.focus()
    for _ in range(9):
        handle.press("ArrowRight")
    assert shown(page) == pytest.approx(synergy(0.21, 0.4), abs=2e-3)
    says(page, [0.21, 0.4])
    assert 1 <= committed(page)[1] <= 6
    handle.press("End")
    says(page, [0.5, 0.4])
    handle.press("Home")
    says(page, [0.0, 0.4])
    handle.press("PageUp")
    assert 0.01 < float(handle.input_value()) < 0.2
    expect(handle).to_have_attribute("aria-valuetext", handle.input_value().ljust(4, "0"))  # said with the next frame


def test_the_map_moves_both_sliders_by_mouse_and_by_touch(dial_page):
    page = dial_page("views=bars,map", has_touch=True)
    box = page.locator("[data-view=map] .glass").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3, steps=6)
    page.wait_for_timeout(60)
    assert float(slider(page).input_value()) == pytest.approx(0.10, abs=0.006)
    assert committed(page) == ([0.12, 0.4], 0)
    page.mouse.up()
    says(page, [0.10, 0.70])
    assert committed(page)[1] == 1
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.9)
    says(page, [0.40, 0.10])
    curve = dial_page("views=curve").locator("[data-view=curve] .glass")
    curve.click(position={"x": curve.bounding_box()["width"] / 2, "y": 40})
    says(curve.page, [0.25, 0.40])


def test_two_dials_on_one_page_do_not_touch_each_other(dial_page):
    page = dial_page("views=bars&two=1")
    expect(page.locator(EXACT)).to_have_count(2, timeout=10_000)
    other = slider(page, "From shared to joint", 1)
    other.focus()
    other.press("End")
    says(page, [0.12, 1.0], "two.dial")
    assert committed(page) == ([0.12, 0.4], 0)
    assert shown(page, which=0) == pytest.approx(synergy(0.12, 0.4), abs=2e-3)
    assert shown(page, which=1) == pytest.approx(synergy(0.12, 1.0), abs=2e-3)


def test_a_rerun_and_a_new_value_from_python_leave_a_drag_alone(dial_page):
    page = dial_page("views=bars,map")
    handle = slider(page)
    page.mouse.move(*grip(page, handle, 0.24))
    page.mouse.down()
    page.mouse.move(*grip(page, handle, 0.6), steps=4)
    page.get_by_role("button", name="Rerun").evaluate("button => button.click()")
    page.wait_for_timeout(300)
    assert float(handle.input_value()) == pytest.approx(0.30, abs=0.0101)
    page.get_by_role("button", name="Jump").evaluate("button => button.click()")
    expect(page.get_by_text("one.dial committed 0.3000, 0.9000")).to_be_visible()
    page.mouse.move(*grip(page, handle, 0.8), steps=4)
    page.wait_for_timeout(100)
    at = float(handle.input_value())
    assert at == pytest.approx(0.40, abs=0.0101)
    page.mouse.up()
    says(page, [at, 0.4])


def test_a_raised_rev_moves_the_sliders_and_only_then(dial_page):
    page = dial_page("views=bars")
    handle = slider(page)
    handle.focus()
    handle.press("End")
    says(page, [0.5, 0.4])
    page.get_by_role("button", name="Rerun").click()
    page.wait_for_timeout(300)
    assert handle.input_value() == "0.5"
    page.get_by_role("button", name="Jump").click()
    says(page, [0.3, 0.9])
    assert handle.input_value() == "0.3"
    assert shown(page) == pytest.approx(synergy(0.3, 0.9), abs=2e-3)
    handle.focus()
    handle.press("End")
    says(page, [0.5, 0.9])


def test_what_appears_above_a_dial_costs_it_nothing(dial_page):
    page = dial_page("views=bars,map")
    handle = slider(page)
    handle.focus()
    handle.press("End")
    says(page, [0.5, 0.4])
    for there in (1, 0):
        page.get_by_text("Insert").click()
        expect(page.get_by_text("Something above the dial.")).to_have_count(there)
        says(page, [0.5, 0.4])
        assert shown(page, "U2") == pytest.approx(0.1, abs=1e-3)
    slider(page).focus()
    slider(page).press("Home")
    says(page, [0.0, 0.4])


def test_number_boxes_take_any_value_in_range_and_a_double_click_resets(dial_page):
    page = dial_page("views=bars")
    box = page.get_by_label("Noise, value")
    box.fill("0.337")
    box.press("Enter")
    says(page, [0.337, 0.4])
    expect(box).to_have_value("0.337")
    box.fill("9")
    box.press("Enter")
    says(page, [0.5, 0.4])
    expect(box).to_have_value("0.50")
    box.fill("")
    box.press("Enter")
    expect(box).to_have_value("0.50")
    page.get_by_text("Noise", exact=True).dblclick()
    says(page, [0.1, 0.4])
    page.get_by_role("button", name="Reset From shared to joint to 0.50").click()
    says(page, [0.1, 0.5])


def test_nats_are_bits_times_ln_two_in_every_chart(dial_page):
    bits = dial_page("")
    nats = dial_page("unit=nat")
    assert shown(nats, "R") == pytest.approx(shown(bits, "R") * math.log(2), abs=1.1e-3)
    for view in ("bars", "diagram", "curve", "map", "identities"):
        text = nats.locator(f"[data-view={view}] svg.chart").text_content()
        assert "nat" in text
        assert "bit" not in text


def test_each_chart_has_its_numbers_and_they_follow_the_dial(dial_page):
    page = dial_page("")
    views = ["bars", "diagram", "curve", "map", "table", "identities"]
    rows = {}
    for view in views:
        figure = page.locator(f"[data-view={view}]")
        assert figure.locator("tbody tr").count() == 0
        figure.get_by_text("Numbers").click()
        figure.locator("tbody tr").first.wait_for()
        rows[view] = figure.locator("tbody tr").count()
    assert rows == {"bars": 4, "diagram": 7, "curve": 61, "map": 11, "table": 8, "identities": 4}
    cell = page.locator("[data-view=bars] tbody tr").nth(3).locator("td").nth(1)
    assert float(cell.inner_text()) == pytest.approx(synergy(0.12, 0.4), abs=1e-9)
    node = page.locator("[data-view=map] tbody tr").nth(5).locator("td").nth(2)
    assert float(node.inner_text()) == pytest.approx(synergy(0.1, 0.5), abs=6e-4)
    slider(page).focus()
    slider(page).press("Home")
    expect(cell).to_have_text("0.400000000")
    expect(page.locator("[data-view=identities] tbody tr").nth(2)).to_contain_text("1.530000")


def test_a_chart_is_saved_as_a_file_that_needs_nothing_else(dial_page):
    page = dial_page("pin=1&hostile=1")
    for view in ("bars", "diagram", "curve", "map", "table", "identities"):
        figure = page.locator(f"[data-view={view}]")
        figure.locator(".menu summary").click()
        with page.expect_download() as wait:
            figure.get_by_role("button", name="SVG, white").click()
        text = Path(wait.value.path()).read_text("utf-8")
        assert wait.value.suggested_filename == f"four-channels-{view}.svg"
        root = ET.fromstring(text)
        words = " ".join("".join(t.itertext()) for t in root.iter(SVG + "text"))
        assert "Noise = 0.12" in words
        assert "values in bit" in words
        assert "Closed forms; no data." in words
        assert "var(--" not in text and "class=" not in text and "http" not in text.replace("http://www.w3.org/", "")
        assert not list(root.iter(SVG + "script"))
        if view == "bars":
            assert f"{synergy(0.12, 0.4):.3f} bit" in words
            assert {e.get("id") for e in root.iter(SVG + "pattern")} == {
                m for e in root.iter() for m in re.findall(r"url\(#([^)]+)\)", e.get("fill") or "")
            }
    figure.locator(".menu summary").click()
    with page.expect_download() as wait:
        figure.get_by_role("button", name="PNG, dark").click()
    head = Path(wait.value.path()).read_bytes()
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20], "big") > 600


def test_names_from_users_stay_text(dial_page):
    page = dial_page("hostile=1&label=<b>loud</b>" + "&pin=1")
    dial = page.locator(".dial")
    assert dial.locator("b, i, script").count() == 0
    assert slider(page, "<b>loud</b>").count() == 1
    expect(page.locator("[data-view=table] svg.chart")).to_contain_text("<b>a</b>")
    expect(page.locator("[data-view=table] title").filter(has_text="<script>x</script>").first).to_be_attached()


def luminance(colour):
    parts = [float(c) for c in re.findall(r"[\d.]+", colour)[:3]]
    if not colour.startswith("rgb"):
        parts = [255 * c for c in parts]
    linear = [(c / 255) / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_themes(dial_page, scheme):
    page = dial_page("", color_scheme=scheme)
    assert page.locator(".dial").get_attribute("data-theme") == scheme
    paper = luminance(page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor"))
    assert (paper > 0.5) == (scheme == "light")
    places = [
        (".finding", "color"),
        (".readout", "color"),
        ("[data-view=bars] text.note", "fill"),
        ("[data-view=bars] text.tick", "fill"),
    ]
    places += [(f"[data-view=diagram] text.i-{atom}", "fill") for atom in ("R", "U1", "U2", "S")]
    for place, kind in places:
        ink = luminance(page.locator(place).first.evaluate(f"e => getComputedStyle(e).{kind}"))
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5, place


def test_everything_has_a_name_that_says_what_is_found(dial_page):
    page = dial_page("")
    charts = page.get_by_role("img", name=re.compile("."))
    expect(charts).to_have_count(6)
    expect(
        page.get_by_role(
            "img", name=re.compile("Together, .* carry .* bit about .*: [0-9]+ % in either one alone")
        ).first
    ).to_be_visible()
    names = page.locator(".dial input, .dial select, .dial button, .dial summary").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-label') || e.textContent)"
    )
    assert all(names)
    handle = slider(page, "From shared to joint")
    handle.focus()
    handle.press("End")
    expect(page.locator("[aria-live=polite]")).to_have_text(
        re.compile(
            "Noise 0.12, From shared to joint 1.00. Together, .* carry 0.82. bit about Y: 57 % only in both together"
        )
    )
    expect(page.get_by_role("img", name=re.compile("Together, .*: 57 % only in both together"))).to_have_count(1)


def test_a_narrow_screen_shows_everything_in_readable_size(dial_page):
    page = dial_page("pin=1", viewport={"width": 400, "height": 900})
    dial = page.locator(".dial")
    assert dial.evaluate("e => e.scrollWidth <= e.clientWidth")
    small = dial.evaluate(
        "e => [...e.querySelectorAll('svg.chart text')].filter(t => t.textContent && t.getBoundingClientRect().width)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width"
        " / t.ownerSVGElement.viewBox.baseVal.width).filter(s => s < 12).length"
    )
    assert small == 0
    outside = dial.evaluate(
        "e => [...e.querySelectorAll('svg.chart')].flatMap(s => [...s.querySelectorAll('text')].filter(t => {"
        "const a = t.getBoundingClientRect(), b = s.getBoundingClientRect();"
        "return a.width && (a.left < b.left - 3 || a.right > b.right + 3)}).map(t => t.textContent))"
    )
    assert outside == []


def test_one_axis_and_negative_atoms(dial_page):
    page = dial_page("one=1&negative=1")
    expect(page.locator("[data-view=map]")).to_have_count(0)
    expect(page.get_by_role("slider")).to_have_count(1)
    bars = page.locator("[data-view=bars]")
    zero = float(bars.locator("line.base").get_attribute("x1"))
    u2 = bars.locator("rect.bar").nth(2)
    assert shown(page, "U2") == -0.02
    assert float(u2.get_attribute("x")) + float(u2.get_attribute("width")) == pytest.approx(zero, abs=0.02)
    assert float(u2.get_attribute("width")) > 2
    expect(page.locator("[data-view=diagram]")).to_contain_text("negative: outlined")
    slider(page).focus()
    slider(page).press("End")
    says(page, [0.5])


def test_a_pinned_result_is_compared_with_what_is_shown(dial_page):
    page = dial_page("pin=1&views=bars,curve,map")
    note = page.locator("[data-view=bars] text.note").nth(3).text_content()
    pinned = synergy(0.05, 0.8)
    sign = "−" if synergy(0.12, 0.4) < pinned else "+"
    assert note.startswith(f"A {pinned:.3f}, change {sign}{abs(synergy(0.12, 0.4) - pinned):.3f}")
    expect(page.locator("[data-view=bars] rect.ghost").nth(3)).to_be_visible()


def test_while_python_thinks_the_dial_goes_on_and_says_so(dial_page):
    page = dial_page("views=bars&slow=1.2")
    handle = slider(page)
    handle.focus()
    handle.press("End")
    expect(page.locator(".pill")).to_have_text("asking")
    handle.press("Home")
    assert shown(page) == pytest.approx(0.4, abs=2e-3)
    says(page, [0.0, 0.4])
    expect(page.locator("[data-view=bars] text.note").nth(3)).to_have_text("exact 0.400000")


def test_areas_are_the_numbers(dial_page):
    page = dial_page("views=diagram")
    one, two, joint = (page.locator("[data-view=diagram] circle.rim").nth(i) for i in range(3))
    r1, r2, r3 = (float(c.get_attribute("r")) for c in (one, two, joint))
    d = float(two.get_attribute("cx")) - float(one.get_attribute("cx"))
    c = 1 - entropy(0.12)
    i1, i2, shared = 0.6 * c + 0.33 * c + 0.1, 0.6 * c + 0.1, 0.6 * c
    scale = math.pi * r1 * r1 / i1
    assert math.pi * r2 * r2 / i2 == pytest.approx(scale, rel=2e-3)
    assert math.pi * r3 * r3 / (0.4 * c) == pytest.approx(scale, rel=2e-3)
    # the lens, by counting points of a fine lattice
    n, inside = 400, 0
    for i in range(n):
        for j in range(n):
            x, y = -r1 + 2 * r1 * (i + 0.5) / n, -r1 + 2 * r1 * (j + 0.5) / n
            inside += x * x + y * y < r1 * r1 and (x - d) ** 2 + y * y < r2 * r2
    assert inside * (2 * r1 / n) ** 2 == pytest.approx(shared * scale, rel=5e-3)
    page.get_by_label("Shape").select_option("tiles")
    frame = page.locator("[data-view=diagram] rect.hollow").first
    area = float(frame.get_attribute("width")) * float(frame.get_attribute("height"))
    wide, tall = re.search(
        r"h([\d.]+)v([\d.]+)", page.locator("[data-view=diagram] path.tile").nth(1).get_attribute("d")
    ).groups()
    assert float(wide) * float(tall) / area == pytest.approx(shared / 2.1, rel=1e-3)


def click_at(page, view, across, up):
    box = page.locator(f"[data-view={view}] .glass").bounding_box()
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * (1 - up))


def test_a_locked_axis_is_shown_and_moves_by_nothing(dial_page):
    page = dial_page("views=bars,curve,map&lock=noise")
    handle = slider(page)
    assert handle.is_disabled()
    assert page.get_by_role("spinbutton", name="Noise, value").is_disabled()
    assert page.get_by_role("button", name="Reset Noise to 0.10").count() == 0
    page.locator(".name").first.dblclick()  # goes back to the default, where it may
    page.mouse.click(*grip(page, handle, 0.8))
    page.keyboard.press("ArrowRight")
    click_at(page, "curve", 0.8, 0.5)  # runs over the noise
    page.wait_for_timeout(400)
    assert committed(page) == ([0.12, 0.4], 0)
    assert float(handle.input_value()) == 0.12
    click_at(page, "map", 0.9, 0.75)  # moves what is free
    says(page, [0.12, 0.75])
    assert committed(page)[1] == 1
    page.get_by_role("button", name="Jump").click()  # Python may move it
    says(page, [0.3, 0.9])
    assert float(handle.input_value()) == 0.3
    assert handle.is_disabled()


def test_a_hidden_axis_has_no_slider_and_its_value_stays(dial_page):
    page = dial_page("views=bars,map&hide=mix")
    expect(slider(page, "From shared to joint")).to_have_count(0)
    assert slider(page).is_enabled()
    click_at(page, "map", 0.5, 0.9)
    says_noise = page.get_by_text("one.dial committed 0.2500, 0.4000")
    expect(says_noise).to_be_visible(timeout=10_000)
    assert shown(page) == pytest.approx(synergy(0.25, 0.4), abs=2e-3)


def test_charts_that_take_turns_all_show_where_the_finger_rests(dial_page):
    page = dial_page("views=bars,curve,map,identities")
    handle = slider(page)
    with slowed(page, 10):
        page.mouse.move(*grip(page, handle, 0.24))
        page.mouse.down()
        for i in range(1, 13):
            page.mouse.move(*grip(page, handle, 0.24 + 0.03 * i))
            page.wait_for_timeout(20)
        page.wait_for_timeout(1500)  # held, not let go
        at = shown(page)
        assert at == pytest.approx(synergy(float(handle.input_value()), 0.4), abs=2e-3)
        key, value = page.locator("[data-view=map] .here").text_content().split()
        assert float(value) == shown(page, key)
        assert float(page.locator("[data-view=curve] .num.i-S").text_content()) == at
        whole = page.locator("[data-view=identities] text.value").nth(3).text_content()
        assert whole.startswith(f"{shown(page, 'R'):.3f} − {at:.3f}")
        page.mouse.up()

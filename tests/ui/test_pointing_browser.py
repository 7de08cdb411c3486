"""Pointing at the dial's charts: every view answers with its values, nothing moves and nothing is sent; the list of keys; sizes of letters."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import expect

from mmexplore.ui.dial import assets

APP = "tests/ui/apps/dial_app.py"
KNOB_APP = "tests/labs/knob/apps/dial_app.py"
THEORY_APP = "tests/labs/knob/apps/theory_app.py"
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# of a figure: what the label of its dial says, null while there is none
LABEL = (
    f"async e => {{ await {FRAMES}; const tip = e.closest('.dial').querySelector('.tip'), list = q => [...tip.querySelectorAll(q)];"
    "if (!tip || !tip.getClientRects().length) return null;"
    "const box = tip.getBoundingClientRect(), rows = list('.tip-row').filter(r => !r.hidden);"
    "return {head: tip.querySelector('.tip-head').textContent, note: tip.querySelector('.tip-note').textContent,"
    "rows: rows.map(r => [r.querySelector('.tip-name').textContent, r.querySelector('.tip-value').textContent]),"
    "box: [box.left, box.top, box.right, box.bottom], screen: [innerWidth, innerHeight],"
    "size: Math.min(...list('*').filter(x => x.textContent).map(x => parseFloat(getComputedStyle(x).fontSize)))} }"
)
# counts what goes to the server over the sockets that are open, and how often a dial is drawn
COUNT = (
    "() => { window.sent = 0; window.drawn = 0; const send = WebSocket.prototype.send;"
    "if (!send.counts) { WebSocket.prototype.send = function (...x) { window.sent++; return send.apply(this, x); };"
    "WebSocket.prototype.send.counts = true; addEventListener('dial-draw', () => window.drawn++); } }"
)
# counts readings of layout
READINGS = (
    "() => { window.read = 0; const count = (owner, name) => { const d = Object.getOwnPropertyDescriptor(owner, name);"
    "const wrap = f => function (...x) { window.read++; return f.apply(this, x); };"
    "Object.defineProperty(owner, name, d.get ? {...d, get: wrap(d.get)} : {...d, value: wrap(d.value)}); };"
    "for (const n of ['getBoundingClientRect', 'getClientRects', 'clientWidth', 'clientHeight', 'scrollTop', 'scrollWidth']) count(Element.prototype, n);"
    "for (const n of ['offsetWidth', 'offsetHeight', 'offsetLeft', 'offsetTop']) count(HTMLElement.prototype, n);"
    "for (const n of ['getBBox', 'getScreenCTM', 'getCTM']) count(SVGGraphicsElement.prototype, n); count(window, 'getComputedStyle') }"
)
# letters that are seen and smaller than 12 px on the screen
SMALL = """root => {
  const small = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.textContent.trim() || e.closest('.sr, style, title, option') || !e.getClientRects().length) continue;
    const m = e.ownerSVGElement ? e.getScreenCTM() : null, z = m ? Math.sqrt(Math.abs(m.a * m.d - m.b * m.c)) : 1;
    const px = parseFloat(getComputedStyle(e).fontSize) * z;
    if (px < 12) small.push(n.textContent + ' ' + px.toFixed(1));
    else root.seen = (root.seen || 0) + 1;
  }
  return small;
}"""


def entropy(p):
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def figure(page, view, which=0):
    return page.locator(f"figure[data-view={view}]").nth(which)


def point(page, fig, across, down):
    """Move the mouse over a chart, in shares of its width and height."""
    box = fig.locator("svg.chart").bounding_box()
    page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def label(fig):
    return fig.evaluate(LABEL)


def numbers(text):
    return [float(x) for x in re.findall(r"-?[\d.]*\d", text.replace("−", "-"))]


def sweep(page, n=5):
    """View -> what was said over a lattice of n x n points of each chart on the page."""
    said = {}
    for fig in page.locator(".dial figure").all():
        fig.locator("svg.chart").scroll_into_view_if_needed()
        page.evaluate(FRAMES)
        view = fig.get_attribute("data-view")
        for down in range(n):
            for across in range(n):
                point(page, fig, (across + 0.5) / n, (down + 0.5) / n)
                seen = label(fig)
                if seen:
                    said.setdefault(view, []).append(seen)
    return said


def holds(said):
    """What every label keeps: a head, a row, letters of 12 px, inside of the screen."""
    for view, labels in said.items():
        for seen in labels:
            assert seen["head"], view
            assert seen["rows"], view
            assert all(name and value for name, value in seen["rows"]), (view, seen)
            assert not re.search("NaN|undefined|null|Infinity", str(seen)), (view, seen)
            assert seen["size"] >= 12
            left, top, right, bottom = seen["box"]
            assert left >= 0 and top >= 0 and right <= seen["screen"][0] and bottom <= seen["screen"][1], (view, seen)


def sliders(page):
    return page.locator(".dial input").evaluate_all("all => all.map(e => e.value)")


SITES = [
    (APP, "pin=1", ["bars", "diagram", "curve", "map", "table", "identities"]),
    (APP, "one=1&negative=1&unit=nat", ["bars", "diagram", "curve", "table", "identities"]),
    (KNOB_APP, "", ["plane", "reconstructions", "scatter", "alive", "kept", "lost"]),
    (KNOB_APP, "method=dvib&table=1", ["plane", "reconstructions", "scatter", "alive", "kept", "lost"]),
    (THEORY_APP, "", ["barrier", "branches", "phases"]),
    (THEORY_APP, "need_rows=200", ["learning", "needed"]),
]
PAGES = [
    ("", ["bars", "diagram", "curve"]),
    ("decompose?gate=and&noise=0.1", ["bars", "diagram", "curve", "map", "table", "identities"]),
    ("gaussian", ["bars", "ellipses", "diagram", "curve", "map", "identities"]),
    ("knob", ["plane", "reconstructions", "scatter", "alive", "kept", "lost", "methods"]),
    ("learn?view=methods&data.unique1=0.0&data.unique2=0.0", ["bars", "diagram"]),
]


def opened(page, views):
    """Once all these charts are drawn and the page rests."""
    for view in views:
        figure(page, view).locator("svg.chart text").first.wait_for(state="attached")
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(300)
    return page


def still(page, views, n=5):
    """Sweep the charts: every one of these views answers, no slider moves, nothing is sent, nothing is drawn anew."""
    page.evaluate(COUNT)
    before, address = sliders(page), page.url
    said = sweep(page, n)
    assert set(views) <= set(said)
    holds(said)
    assert sliders(page) == before
    assert page.url == address
    assert page.evaluate("[window.sent, window.drawn]") == [0, 0]
    return said


@pytest.mark.parametrize(("script", "query", "views"), SITES, ids=[f"{s.split('/')[-1]} {q}" for s, q, _ in SITES])
def test_every_view_answers_where_it_is_pointed_at(open_page, script, query, views):
    said = still(opened(open_page(script, query), views), views)
    for view in set(views) & {"bars", "curve", "identities", "plane", "alive", "kept", "learning", "needed"}:
        assert len(said[view]) >= 15, view  # they answer wherever their axes reach


def test_every_view_is_pointed_at_in_these_tests():
    seen = (
        {view for *_, views in SITES for view in views} | {view for _, views in PAGES for view in views} | {"explained"}
    )
    assert seen == set(assets.view_names())


@pytest.mark.parametrize(("path", "views"), PAGES, ids=[p.split("?")[0] or "home" for p, _ in PAGES])
def test_on_every_page_with_a_dial_a_label_says_the_number_that_stands_elsewhere(visit, path, views):
    page = opened(visit(path), views)
    still(page, views)
    if path == "knob":  # rates of the latent dimensions, against the table of numbers
        fig = figure(page, "alive")
        table = [numbers(x)[-1] for x in twin(fig)]
        bar = fig.locator("rect.bar").first.bounding_box()
        page.mouse.move(bar["x"] + bar["width"] / 2, fig.locator("svg.chart").bounding_box()["y"] + 60)
        assert value(fig, "rate") == pytest.approx(table[0], abs=6e-4)
        page.get_by_role("tab", name="Exact plane").click()
        fig = figure(page, "explained")
        fig.locator("svg.chart").scroll_into_view_if_needed()
        point(page, fig, 0.6, 0.5)
        seen = told(fig)
        assert any("%" in text for _, text in seen["rows"]), seen
        return
    fig = figure(page, "bars")
    bits = []
    for i in range(4):
        point(page, fig, 0.3, (i + 0.4) / 4.4)
        name = fig.locator("text.label").nth(i).locator("tspan").first.text_content()
        expect(page.locator(".tip-head").first).to_contain_text(f"({name})")
        bits.append(told(fig))
    values = [numbers(seen["rows"][0][1])[0] for seen in bits]
    finding = page.locator(".finding").first.inner_text()
    together = numbers(re.search(r" carry ([\d.]+) bit", finding)[1])[0]
    assert sum(values) == pytest.approx(together, abs=2.1e-3)
    parts = dict(zip(["R", "U1", "U2", "S"], bits, strict=True))
    if re.search(r"\d+ % only in both together", finding):
        assert (
            dict(parts["S"]["rows"])[next(n for n, _ in parts["S"]["rows"] if n.startswith("share"))]
            == (re.search(r"(\d+ %) only in both together", finding)[1])
        )
    if fig.locator("details.twin").count():
        table = [numbers(x) for x in twin(fig)]
        for x, row in zip(values, table, strict=True):
            assert x == pytest.approx(row[-1], abs=6e-4)


def twin(fig):
    """Rows of a chart's table of numbers, as text."""
    fig.get_by_text("Numbers").click()
    fig.locator("tbody tr").first.wait_for()
    rows = fig.locator("tbody tr").evaluate_all("all => all.map(r => [...r.cells].map(c => c.textContent).join(' '))")
    fig.get_by_text("Numbers").click()
    return rows


def told(fig):
    """What the label says, once there is one."""
    expect(fig.page.locator(".tip").filter(visible=True)).to_have_count(1)
    return label(fig)


def value(fig, name):
    """The number of one row of the label."""
    seen = told(fig)
    return numbers(dict(seen["rows"])[name])[0]


@pytest.fixture
def dial_page(open_page):
    def open_(query="", **context):
        page = open_page(APP, query, **context)
        page.locator(".dial[data-state=exact]").first.wait_for(timeout=30_000)
        return page

    return open_


def test_curve_and_map_say_what_the_closed_form_gives_at_the_place_pointed_at(dial_page):
    """Synergy (1 - h(noise)) mix; the grid's nodes lie 1/120 apart, between them it is read along a chord."""
    page = dial_page("views=curve,map")
    for across in (0.2, 0.4, 0.7, 0.85):
        point(page, figure(page, "curve"), across, 0.4)
        seen = told(figure(page, "curve"))
        noise = numbers(seen["head"])[0]
        assert numbers(dict(seen["rows"])["Synergy (S)"])[0] == pytest.approx((1 - entropy(noise)) * 0.4, abs=2e-3)
        glass = page.locator("[data-view=curve] .grab").bounding_box()
        box = page.locator("[data-view=curve] svg.chart").bounding_box()
        z = glass["width"] / float(page.locator("[data-view=curve] .grab").get_attribute("width"))
        share = (box["x"] + box["width"] * across - glass["x"] - 8 * z) / (glass["width"] - 16 * z)
        assert noise == pytest.approx(0.5 * share, abs=0.0051)  # the nearest step of the slider
    page.get_by_label("Quantity").select_option("S")
    for across, down in ((0.3, 0.3), (0.5, 0.5), (0.7, 0.2)):
        point(page, figure(page, "map"), across, down)
        rows = dict(told(figure(page, "map"))["rows"])
        noise, mix = numbers(rows["Noise"])[0], numbers(rows["From shared to joint"])[0]
        assert numbers(rows["S"])[0] == pytest.approx((1 - entropy(noise)) * mix, abs=2e-3)


def test_the_label_leaves_with_the_pointer_and_while_something_is_dragged(dial_page):
    page = dial_page("views=bars,curve")
    tip, curve = page.locator(".tip"), figure(page, "curve")
    point(page, curve, 0.7, 0.4)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    point(page, curve, 0.71, 0.4)
    expect(tip).to_be_visible()
    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()
    expect(page.locator(".over")).to_have_count(0)
    point(page, curve, 0.5, 0.4)
    expect(tip).to_be_visible()
    page.mouse.down()
    for across in (0.52, 0.56, 0.6):
        point(page, curve, across, 0.4)
        assert label(curve) is None
    page.mouse.up()
    expect(tip).to_be_visible()  # let go: the place under the pointer is the slider's
    assert numbers(told(curve)["head"])[0] == float(page.get_by_role("slider", name="Noise").input_value())
    expect(page.get_by_text(re.compile("one.dial committed .* calls 1$")).first).to_be_visible()


def test_the_label_follows_keys_that_turn_the_dial_under_it(dial_page):
    page = dial_page("views=bars")
    bars, handle = figure(page, "bars"), page.get_by_role("slider", name="Noise")
    handle.focus()
    point(page, bars, 0.3, 0.8)
    expect(page.locator(".tip-value").first).to_have_text(f"{(1 - entropy(0.12)) * 0.4:.3f} bit")
    page.keyboard.press("Home")
    expect(page.locator(".tip-value").first).to_have_text("0.400 bit")
    expect(page.locator(".tip-name").first).to_have_text("exact")


def test_a_move_over_a_chart_reads_no_layout(dial_page):
    page = dial_page("pin=1")
    page.evaluate(READINGS)
    for view in ("bars", "diagram", "curve", "map", "table", "identities"):
        fig = figure(page, view)
        fig.locator("svg.chart").scroll_into_view_if_needed()
        page.wait_for_timeout(200)  # a scroll is one reason to look again
        box = fig.locator("svg.chart").bounding_box()
        at = [(box["x"] + box["width"] * (0.3 + 0.02 * i), box["y"] + box["height"] * 0.45) for i in range(20)]
        page.mouse.move(*at[0])
        page.evaluate(FRAMES)
        page.evaluate("window.read = 0")
        for place in at[1:]:
            page.mouse.move(*place)
            page.evaluate(FRAMES)
        assert page.evaluate("window.read") == 0, view
        page.mouse.move(2, 2)
    page.locator("[data-view=bars] svg.chart").evaluate("e => e.getBoundingClientRect()")
    assert page.evaluate("window.read") > 0  # the count counts


def test_a_finger_asks_by_a_tap(dial_page):
    page = dial_page("views=bars,map", has_touch=True)
    box = figure(page, "bars").locator("svg.chart").bounding_box()
    page.evaluate(COUNT)
    page.touchscreen.tap(box["x"] + 60, box["y"] + box["height"] * 0.12)
    expect(page.locator(".tip-head")).to_have_text("Redundancy (R)")
    expect(page.locator(".tip")).to_be_visible()
    assert page.evaluate("window.sent") == 0
    page.touchscreen.tap(4, 4)
    expect(page.locator(".tip")).to_be_hidden()
    glass = figure(page, "map").locator(".grab").bounding_box()
    page.touchscreen.tap(glass["x"] + glass["width"] * 0.8, glass["y"] + glass["height"] * 0.9)
    expect(page.get_by_text("one.dial committed 0.4000, 0.1000").first).to_be_visible()  # a tap there turns the dial
    expect(page.locator(".tip")).to_be_visible()  # and then says what is there
    expect(page.locator(".tip-value").nth(1)).to_have_text("0.40")


def test_names_from_users_stay_text_in_the_label(dial_page):
    page = dial_page("hostile=1&label=" + "<b>" + "loud" * 200)
    said = sweep(page, 5)
    holds(said)
    texts = str(said)
    assert "<i>face</i>" in texts and "<script>x</script>" in texts and "<b>loud" in texts
    assert page.locator(".dial b, .dial i, .dial script").count() == 0
    assert max(len(seen["head"]) for labels in said.values() for seen in labels) <= 90


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_label_stays_on_the_screen_in_the_theme_s_colours(dial_page, scheme):
    page = dial_page("", viewport={"width": 390, "height": 700}, color_scheme=scheme)
    said = sweep(page, 4)
    assert set(said) == {"bars", "diagram", "curve", "map", "table", "identities"}
    holds(said)
    point(page, figure(page, "identities"), 0.5, 0.5)
    expect(page.locator(".tip")).to_be_visible()
    colours = page.locator(".tip").evaluate(
        "e => { const s = getComputedStyle(e), p = document.createElement('p'); p.style.cssText ="
        " 'color:var(--st-text-color);background:var(--st-background-color)'; e.parentElement.append(p);"
        " const o = getComputedStyle(p), both = [[s.color, s.backgroundColor], [o.color, o.backgroundColor]]; p.remove(); return both; }"
    )
    assert colours[0] == colours[1]
    light = sum(numbers(colours[0][1])[:3]) > 380
    assert light == (scheme == "light")


def test_a_saved_chart_knows_nothing_of_the_pointer(dial_page):
    page = dial_page("views=curve")
    curve = figure(page, "curve")
    plain = curve.locator("svg.chart").evaluate("e => e.innerHTML")
    point(page, curve, 0.7, 0.4)
    expect(page.locator(".tip")).to_be_visible()
    assert curve.locator("svg.chart").evaluate("e => e.innerHTML") == plain


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(dial_page):
    page = dial_page("views=bars&two=1")
    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    for key in ("← → ↑ ↓", "Home, End", "Page Up, Page Down", "Esc"):
        expect(keys.get_by_role("rowheader", name=key, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.get_by_role("slider").first.focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("?")
    expect(keys).to_have_count(0)
    assert page.evaluate("document.querySelectorAll('.mmexplore-skip').length") == 1
    page.get_by_role("button", name="Keys of this page").first.click()
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_have_count(0)
    page.evaluate("() => { const i = document.createElement('input'); document.body.append(i); i.focus(); }")
    page.keyboard.press("?")
    page.evaluate(FRAMES)
    assert keys.count() == 0  # where text is typed it is a letter
    assert page.evaluate("document.activeElement.value") == "?"


def test_the_first_stop_of_the_tab_key_leads_to_the_dial_and_is_there_only_with_one(visit):
    page = visit("decompose?gate=xor", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened(page, ["bars"])
    link = page.get_by_role("link", name="Skip to the dial")
    expect(link).to_have_count(1)
    assert link.bounding_box()["y"] < 0
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    box = link.bounding_box()
    assert box["y"] >= 0 and box["x"] >= 0 and box["height"] >= 24
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider").first).to_be_focused()
    assert "#" not in page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('noise=0.01')")
    page.get_by_role("link", name="Runs").click()
    page.wait_for_url("**/runs*")
    expect(link).to_have_count(0)


@pytest.mark.parametrize(("path", "views"), PAGES, ids=[p.split("?")[0] or "home" for p, _ in PAGES])
def test_letters_of_the_dial_are_never_under_12_px(visit, path, views):
    page = opened(visit(path), views)
    for width in (390, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 1200})
        page.wait_for_function(
            "() => { const f = document.querySelector('#mmexplore-dial'); const d = f?.shadowRoot?.querySelector('.hold');"
            " return d && Math.abs(d.clientWidth - d.firstChild.getBoundingClientRect().width) < 2; }"
        )
        page.wait_for_timeout(400)
        for root in page.locator(".dial, .table").all():
            assert root.evaluate(SMALL) == [], width
        assert page.locator(".dial").first.evaluate("e => e.seen") > 10
        figure(page, views[0]).locator("svg.chart").scroll_into_view_if_needed()
        point(page, figure(page, views[0]), 0.4, 0.4)
        assert told(figure(page, views[0]))["size"] >= 12

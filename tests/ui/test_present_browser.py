"""The presentation: one chart, the sentence and the sliders fill the window; opened by a link and by a key, stepped and left by keys."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mmexplore.labs.decompose.ui import TABS

# how many messages to the server there are from now on
_COUNT_SENT = """() => {
  const send = WebSocket.prototype.send;
  window.sent = 0;
  WebSocket.prototype.send = function (...message) { window.sent++; return send.apply(this, message); };
}"""
WAIT = 60_000  # milliseconds: the machine may be loaded
SHOWN = ".dial.presented"
CHARTS = {"decompose": 6, "gaussian": 6, "knob": 6, "learn?view=methods": 2}
SIZES = {"phone": (390, 844), "laptop": (1280, 800), "projector": (2560, 1440)}

# what is seen of the presentation: its own size and what is in it, its type, and the texts of the chart on show
_MEASURE = """dial => {
  const svg = dial.querySelector('.fig:not(.off) svg.chart'), box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
  const boxes = [...dial.querySelectorAll('.finding, .axis, .hint, .fig:not(.off), .fig:not(.off) svg.chart')].filter(e => e.getClientRects().length);
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() && t.getClientRects().length && getComputedStyle(t).display !== 'none');
  return {
    window: [innerWidth, innerHeight], size: [dial.clientWidth, dial.clientHeight], inside: [dial.scrollWidth, dial.scrollHeight],
    page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    beyond: boxes.map(e => [e.className.baseVal ?? e.className, e.getBoundingClientRect()]).filter(([, r]) => r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1).map(([c]) => c),
    finding: parseFloat(getComputedStyle(dial.querySelector('.finding')).fontSize), label: parseFloat(getComputedStyle(dial.querySelector('.axis .name')).fontSize),
    least: Math.min(...texts.map(t => parseFloat(getComputedStyle(t).fontSize) * scale)),
    out: texts.filter(t => { const r = t.getBoundingClientRect(); return r.left < box.left - 8 || r.right > box.right + 8 || r.top < box.top - 8 || r.bottom > box.bottom + 8; }).map(t => t.textContent),
  };
}"""


def presented(page: Page) -> Any:
    dial = page.locator(SHOWN)
    expect(dial).to_be_visible(timeout=WAIT)
    expect(dial).to_have_attribute("data-state", re.compile("exact|live"), timeout=WAIT)
    return dial


def chart(page: Page, name: str, k: int, n: int) -> None:
    """Wait until this chart alone is on show."""
    expect(page.locator(f"{SHOWN} figure:visible")).to_have_attribute("data-view", name)
    expect(page.locator(f"{SHOWN} .count")).to_have_text(f"{k} of {n}")


def opened(page: Page) -> None:
    expect(page.locator(".dial[data-state=exact]").first).to_be_visible(timeout=WAIT)


# every page on a laptop, the other sizes on one page each: they lay out with the same rules
@pytest.mark.parametrize(
    ("path", "size"),
    [*((path, "laptop") for path in CHARTS), ("learn?view=methods", "phone"), ("gaussian", "projector")],
)
def test_a_link_opens_it_and_every_chart_fits_the_window(path, size, visit):
    width, height = SIZES[size]
    dark = {"color_scheme": "dark"} if path == "gaussian" else {}
    joint = "&" if "?" in path else "?"
    page = visit(f"{path}{joint}present=1", viewport={"width": width, "height": height}, **dark)
    dial = presented(page)
    for k in range(CHARTS[path]):
        expect(page.locator(f"{SHOWN} .count")).to_have_text(f"{k + 1} of {CHARTS[path]}", timeout=WAIT)
        expect(page.locator(f"{SHOWN} figure:visible")).to_have_count(1)
        page.wait_for_timeout(100)
        seen = dial.evaluate(_MEASURE)
        assert seen["size"] == seen["window"] == [width, height]
        assert seen["inside"] == seen["size"] and not seen["beyond"], (k, seen)
        assert not seen["out"], (k, seen["out"])
        if size == "phone":
            assert min(seen["finding"], seen["label"]) >= 16 and seen["least"] >= 12
        else:
            assert min(seen["finding"], seen["label"]) >= 28 and seen["least"] >= 20
        page.keyboard.press("PageDown")
    assert page.locator(f"{SHOWN} .count").inner_text() == f"{CHARTS[path]} of {CHARTS[path]}"  # the last one stays


def test_the_key_opens_it_keys_step_and_escape_leaves(visit):
    page = visit("decompose?gate=xor&tab=about", viewport={"width": 1280, "height": 800})
    opened(page)
    about = page.get_by_role("tab", name=TABS["about"], exact=True)
    expect(about).to_have_attribute("aria-selected", "true", timeout=WAIT)
    page.keyboard.press("p")
    presented(page)
    for name in ("stSidebar", "stHeader"):
        expect(page.get_by_test_id(name)).to_be_hidden()
    expect(about).to_be_hidden()
    page.wait_for_url(lambda url: "present=1" in url, timeout=WAIT)
    chart(page, "bars", 1, 6)

    page.wait_for_timeout(500)
    page.evaluate(_COUNT_SENT)
    for key, name, k in (
        ("PageDown", "diagram", 2),
        ("ArrowRight", "curve", 3),
        ("]", "map", 4),
        ("ArrowLeft", "curve", 3),
        ("[", "diagram", 2),
        ("PageUp", "bars", 1),
        ("PageUp", "bars", 1),
    ):
        page.keyboard.press(key)
        chart(page, name, k, 6)
    assert page.evaluate("window.sent") == 0  # no step asks the server

    slider = page.get_by_role("slider", name="Label noise", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("0.01")
    chart(page, "bars", 1, 6)
    page.keyboard.press("PageDown")  # a presenter's clicker, whatever has the focus
    chart(page, "diagram", 2, 6)
    expect(slider).to_have_value("0.01")

    page.wait_for_url(lambda url: "noise=0.01" in url, timeout=WAIT)
    page.keyboard.press("Escape")
    expect(page.locator(SHOWN)).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.wait_for_url(lambda url: "present" not in url and "noise=0.01" in url and "tab=about" in url, timeout=WAIT)
    expect(page.locator("figure[data-view=map]").first).to_be_visible()
    page.keyboard.press("p")
    presented(page)
    page.keyboard.press("p")
    expect(page.locator(SHOWN)).to_have_count(0)


def test_the_sentence_and_the_chart_follow_the_slider(visit):
    page = visit("decompose?gate=xor&present=1", viewport={"width": 1280, "height": 800})
    dial = presented(page)
    noise = 0.11
    bits = 1 + noise * math.log2(noise) + (1 - noise) * math.log2(1 - noise)  # of an XOR behind a noisy channel
    box = dial.get_by_role("spinbutton", name="Label noise, value")
    box.fill(str(noise))
    box.press("Enter")
    expect(dial.locator(".finding")).to_contain_text(f"carry {bits:.3f} bit", timeout=WAIT)
    expect(dial.locator("[data-view=bars] text.value").nth(3)).to_have_text(f"{bits:.3f} bit", timeout=WAIT)
    page.wait_for_url(lambda url: "noise=0.11" in url and "present=1" in url, timeout=WAIT)


def test_typing_a_p_into_a_field_is_no_key(visit):
    page = visit("decompose", viewport={"width": 1280, "height": 800})
    opened(page)
    for field in (page.get_by_role("spinbutton").first, page.locator(".st-key-decompose-measure input")):
        field.focus()
        page.keyboard.press("p")
    page.wait_for_timeout(300)
    expect(page.locator(SHOWN)).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Control+p")
    page.wait_for_timeout(300)
    expect(page.locator(SHOWN)).to_have_count(0)
    page.keyboard.press("p")  # a slider is no field
    presented(page)


def test_back_leaves_it_and_leaving_the_page_ends_it(visit):
    page = visit("gaussian?angle2=30.0", viewport={"width": 1280, "height": 800})
    opened(page)
    page.keyboard.press("p")
    presented(page)
    page.wait_for_url(lambda url: "present=1" in url, timeout=WAIT)
    page.go_back()
    expect(page.locator(SHOWN)).to_have_count(0, timeout=WAIT)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()


def test_buttons_do_the_same_for_those_without_keys(visit):
    page = visit("decompose?present=1", viewport={"width": 390, "height": 844}, has_touch=True)
    presented(page)
    page.get_by_role("button", name="Next chart").tap()
    chart(page, "diagram", 2, 6)
    page.get_by_role("button", name="Previous chart").tap()
    chart(page, "bars", 1, 6)
    page.get_by_role("button", name="Leave the presentation").tap()
    expect(page.locator(SHOWN)).to_have_count(0)
    page.wait_for_url(lambda url: "present" not in url, timeout=WAIT)


def test_the_dial_with_the_focus_is_presented_and_named_in_the_link(visit):
    page = visit("knob?tab=collapse", viewport={"width": 1280, "height": 800})
    second = page.locator(".dial", has=page.locator("[data-view=barrier]"))
    second.get_by_role("slider").first.focus(timeout=WAIT)
    page.keyboard.press("p")
    presented(page)
    expect(page.locator(f"{SHOWN} figure:visible")).to_have_attribute("data-view", "barrier")
    page.wait_for_url(lambda url: "present=collapse" in url, timeout=WAIT)
    page.reload()
    presented(page)
    expect(page.locator(f"{SHOWN} figure:visible")).to_have_attribute("data-view", "barrier", timeout=WAIT)


def test_home_has_it_by_key_and_a_page_without_a_dial_has_it_not(visit):
    page = visit("", viewport={"width": 1280, "height": 800})
    opened(page)
    page.keyboard.press("p")
    presented(page)
    page.keyboard.press("Escape")
    expect(page.locator(SHOWN)).to_have_count(0)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible(timeout=WAIT)
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    expect(page.locator(SHOWN)).to_have_count(0)
    expect(page.get_by_test_id("stHeader")).to_be_visible()

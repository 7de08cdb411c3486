"""Figures of every kind in a file opened in real Chromium, offline, under the file's own policy: names are shown letter by letter and do
nothing; colours follow the reader's theme, and print is on white; telephones are not too narrow; no text is too small to be read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import mmexplore as mm
from mmexplore.palette import ATOMS
from mmexplore.plot.document import document
from mmexplore.plot.theme import Inks
from tests.plot.examples import EXAMPLES

LITERAL = "<b>x</b>%{x}&lt;"  # shorter than any label is cut to, bar those of a telephone
HOSTILE = {
    "literal": LITERAL,
    "script": "<script>alert(1)</script></script><script>alert(2)</script>",
    "image": "\"'><img src=x onerror=alert(1)><iframe src=//evil.example></iframe>",
    "link": "<a href='javascript:alert(1)'>here</a>",
    "mathematics": "$a^2$ \\(x\\) $$x$$ {%} ${x}",
    "unseen": "a\u202eright to left\u202c\ud800\x00\x07 &lt;&amp;",
    "long": "n" * 10_000,
    "spaces": "word " * 2000,
}


KINDS = len(EXAMPLES)


def figures(name):
    return [make(name) for make in EXAMPLES.values()]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """file(name) is the address of a document with a figure of every kind in which every text is the name."""
    folder, written = tmp_path_factory.mktemp("figures"), {}

    def file(name):
        if name not in written:
            path = folder / f"{len(written)}.html"
            path.write_text(document(figures(name), name), encoding="utf-8")
            written[name] = path.as_uri()
        return written[name]

    return file


@pytest.fixture
def opened(browser):
    """opened(address, width=..., **context) is a page on which all figures are drawn; it keeps what it was told and asked for."""
    contexts = []

    def open_(address, width=1280, count=KINDS, **options):
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.told, page.asked = [], []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("dialog", lambda dialog: (page.told.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        expect(page.locator("[data-figure] > .plot-container")).to_have_count(count, timeout=60_000)
        return page

    yield open_
    for context in contexts:
        context.close()


def point(page):
    """Point at the first bar of the figure of bars; a layer that watches the pointer lies over it."""
    bar = page.locator("[data-figure]").first.locator(".barlayer .trace").last.locator(".point").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_does_nothing_in_any_kind_of_figure(files, opened, name):
    page = opened(files(name))
    assert page.locator("[data-figure] :is(a, img, iframe, foreignObject, script, .MathJax, math)").count() == 0
    point(page)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_attached()
    assert page.told == [] and page.asked == [files(name)]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_name_is_shown_letter_by_letter(files, opened):
    page = opened(files(LITERAL))
    for frame in page.locator("[data-figure]").all():
        shown = frame.locator("svg text").all_text_contents()
        assert any(LITERAL in text for text in shown), shown
    point(page)
    expect(page.locator(".hoverlayer .hovertext").first).to_contain_text(LITERAL)
    expect(page.locator("figcaption").first).to_have_text(f"Figure 1. {LITERAL}")
    expect(page.locator("td").first).to_have_text(LITERAL)


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[n : n + 2], 16) for n in (1, 3, 5)))


def coloured(page, theme):
    """Wait until lines, marks and texts have the colours of a theme."""
    inks = Inks(theme)
    bars, curves = (page.locator("[data-figure]").nth(list(EXAMPLES).index(kind)) for kind in list(EXAMPLES)[:2])
    expect(curves.locator(".scatterlayer .js-line").first).to_have_css(
        "stroke", rgb(ATOMS["S"].line[theme]), timeout=30_000
    )
    expect(curves.locator(".ytitle")).to_have_css("fill", rgb(inks.ink))
    expect(curves.locator(".xtick text").first).to_have_css("fill", rgb(inks.muted))
    drawn = bars.locator("pattern rect").evaluate_all("all => all.map(r => getComputedStyle(r).fill)")
    assert {rgb(ATOMS[atom].fill[theme]) for atom in ("R", "U1", "U2", "S")} <= set(drawn)


@pytest.mark.parametrize("theme, paper", [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 22, 26)")])
def test_colours_follow_the_readers_theme_and_print_is_on_white(files, opened, theme, paper):
    page = opened(files("name"), color_scheme=theme)
    expect(page.locator("body")).to_have_css("background-color", paper)
    coloured(page, theme)
    page.emulate_media(media="print", color_scheme=theme)
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    coloured(page, "light")
    page.emulate_media(media="screen", color_scheme="dark" if theme == "light" else "light")
    coloured(page, "dark" if theme == "light" else "light")
    assert page.told == []


SIZES = """frame => [...frame.querySelectorAll('svg text, svg text tspan')]
    .filter(t => t.textContent.trim() && t.getBoundingClientRect().width)
    .map(t => [parseFloat(getComputedStyle(t).fontSize) * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b), t.textContent])"""


@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("name", ["name", "a name of five words", HOSTILE["long"]], ids=["short", "words", "long"])
def test_no_text_is_too_small_and_the_page_is_not_too_wide(files, opened, width, name):
    page = opened(files(name), width)
    for frame in page.locator("[data-figure]").all():
        sizes = frame.evaluate(SIZES)
        assert len(sizes) > 4 and min(sizes)[0] >= 11.99, min(sizes)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.told == []


def test_a_figure_follows_the_width_of_the_window(files, opened):
    page = opened(files("name"))
    curves = page.locator("[data-figure]").nth(1)
    wide = curves.locator(".main-svg").first.bounding_box()["width"]
    page.set_viewport_size({"width": 390, "height": 800})
    expect(curves.locator(".main-svg").first).to_have_css("width", re.compile("^3[0-9]{2}(\\.|px)"))
    assert wide > 700 and page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_saved_figure_opens_by_itself(opened, tmp_path):
    figure = mm.plot.atoms(mm.pid(mm.gate("xor")))
    page = opened(figure.save(tmp_path / "figure.html").as_uri(), count=1)
    assert "1.000" in page.locator("[data-figure] .textpoint").all_text_contents()[3]
    assert page.locator("[data-figure]").get_attribute("aria-label") == figure.alt()
    assert page.title() == "Decomposition by broja" and page.told == []
    assert page.locator("tbody tr").nth(3).inner_text().split("\t") == ["S, synergy", "1.0000"]

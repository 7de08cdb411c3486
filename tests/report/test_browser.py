"""A report opened as a file: offline, in both themes, on paper and on a telephone, with hostile names."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from mmexplore.plot.kinds import Bar, Bars, Curves, Heat, Series
from mmexplore.plot.tables import Table
from mmexplore.report import Content, Finding, Section, render_report

EVIL = "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    k = np.arange(1.0, 21.0)
    long = "n" * 10_000
    content = Content(
        title=EVIL,
        question=long,
        findings=(Finding("A finding", "yes", "a reason"), Finding(long, "unclear", EVIL)),
        warnings=(EVIL,),
        sections=(
            Section(
                "Figures",
                (
                    Bars("bars", (Bar(EVIL, 0.4, "R", 0.3, 0.5, 0.0, 0.1), Bar(long, 0.2, "S"))),
                    Curves("curves", k, (Series(long, k, "U1", k - 1, k + 1),), "rows", log=True),
                    Heat("heat", np.ones((2, 3, 3)), ("a", long), ("b", EVIL, "c"), (long, "d", "e")),
                    Table((long, "n"), ((long, 1), (EVIL, 2.0))),
                ),
            ),
        ),
        data={long: long},
        sha256="0" * 64,
        script=EVIL + "\n" + long,
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(content), encoding="utf-8")
    return path.as_uri()


def opened(browser, report, **options):
    page = browser.new_context(offline=True, **options).new_page()
    page.told, page.asked = [], []
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(report)
    return page


@pytest.mark.parametrize("scheme, paper", [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 22, 26)")])
def test_it_opens_offline_in_both_themes(browser, report, scheme, paper):
    page = opened(browser, report, color_scheme=scheme)
    expect(page.locator("[data-figure] > .plot-container")).to_have_count(3, timeout=30_000)
    assert page.asked == [report] and page.told == []
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    boxes = page.locator("[data-figure] .main-svg:first-child").evaluate_all(
        "all => all.map(f => f.getBoundingClientRect().height)"
    )
    assert len(boxes) == 3 and min(boxes) > 100
    page.context.close()


def test_endless_names_do_not_widen_the_page(browser, report):
    page = opened(browser, report, viewport={"width": 390, "height": 800})
    expect(page.locator("[data-figure] > .plot-container")).to_have_count(3, timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_paper_is_white_and_unfolded(browser, report):
    page = opened(browser, report, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = page.locator("details table").first
    assert folded.evaluate("t => t.getBoundingClientRect().height") > 100
    assert folded.evaluate("t => t.checkVisibility({contentVisibilityAuto: true})")
    page.context.close()

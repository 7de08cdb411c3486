"""A link holds how a page is shown: the open tab, what the charts show, what is hidden and locked; it is kept by presets and by Reset."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect

from mmexplore import links
from mmexplore.labs import LABS
from mmexplore.labs.contest.ui import TABS as OF_CONTEST
from mmexplore.labs.decompose.ui import TABS as OF_DECOMPOSE
from mmexplore.labs.gaussian.ui import TABS as OF_GAUSSIAN
from mmexplore.labs.knob.ui import TABS as OF_KNOB
from mmexplore.labs.losses.scene import TABS as OF_LOSSES
from mmexplore.labs.yourdata.ui import OF_STATES

LESSON = "sarcasm:2"
WAIT = 60_000  # milliseconds: the machine may be loaded


class Case(NamedTuple):
    """A page: its link, what that hides and locks, a tab, a chooser of a chart, and a button that changes the view."""

    path: str
    query: dict[str, str]
    hidden: str
    locked: str
    tab: tuple[str, str]
    choice: tuple[str, str, str] | None
    press: str


CASES = {
    "decompose": Case(
        "decompose",
        {"gate": "xor"},
        "gate",
        "measure",
        ("tab=measures", OF_DECOMPOSE["measures"]),
        ("Shape", "tiles", "charts=diagram.shape%3Atiles"),
        ".st-key-decompose-source >> text=Mix",
    ),
    "gaussian": Case(
        "gaussian",
        {"angle2": "30.0"},
        "noise",
        "unit",
        ("tab=assumed", OF_GAUSSIAN["assumed"]),
        ("Quantity", "U1", "charts=map.field%3AU1"),
        ".st-key-gaussian-preset >> text=Tied",
    ),
    "knob": Case(
        "knob",
        {"beta": "20.0"},
        "latent",
        "unit",
        ("tab=about", OF_KNOB["about"]),
        ("Probe", "0 mlp", "charts=kept.on%3A0+mlp"),
        ".st-key-knob-story-digits button",
    ),
    "learn": Case(
        "learn",
        {"view": "methods", "score": "mlp"},
        "looked",
        "score",
        ("view=about", OF_LOSSES["about"]),
        None,
        "",
    ),
    "compare": Case(
        "compare",
        {"question": "mi", "data": "gaussian-pair", "points": "2", "seeds": "1", "last": "200.0", "estimators": "gaussian"},
        "points",
        "seeds",
        ("tab=assumed", OF_CONTEST["assumed"]),
        None,
        ".st-key-compare-preset button >> nth=0",
    ),
    "your_data": Case(
        "your_data",
        {"bootstraps": "50", "permutations": "50", "decompose": "states"},
        "level",
        "unit",
        ("tab=data", OF_STATES["data"]),
        None,
        ".st-key-yourdata-reset button",
    ),
    "runs": Case("runs", {"log": "1"}, "page", "show", ("", ""), None, ".st-key-runs-reset button"),
}  # fmt: skip


def query_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def control(page: Page, key: str, path: str) -> Any:
    return page.locator(f".st-key-{key}-{path}")


@pytest.mark.parametrize("name", CASES)
def test_a_copied_link_shows_the_page_as_it_was_and_a_preset_keeps_it_narrowed(name, visit):
    case = CASES[name]
    prefix = {"your_data": "yourdata"}.get(name, name)
    narrowed = {"hide": case.hidden, "lock": case.locked, "lesson": LESSON}
    page = visit(f"{case.path}?{urlencode(case.query | narrowed)}", permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("button", name="Copy link")).to_be_visible(timeout=WAIT)
    if case.choice is not None:
        label, value, text = case.choice
        page.get_by_label(label, exact=True).first.select_option(value)
        page.wait_for_url(lambda url: text in url, timeout=WAIT)
    if case.tab[0]:
        page.get_by_role("tab", name=case.tab[1], exact=True).click()
        page.wait_for_url(lambda url: case.tab[0] in url, timeout=WAIT)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible(timeout=WAIT)
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url

    there = visit(link.split("/", 3)[3], reduced_motion="reduce")  # a context of its own: another visitor
    expect(there.get_by_role("button", name="Copy link")).to_be_visible(timeout=WAIT)
    if case.tab[0]:
        expect(there.get_by_role("tab", name=case.tab[1], exact=True)).to_have_attribute(
            "aria-selected", "true", timeout=WAIT
        )
    if case.choice is not None:
        expect(there.get_by_label(label, exact=True).first).to_have_value(value, timeout=WAIT)
    if name != "learn":  # its control belongs to another tab
        expect(control(there, prefix, case.locked).locator(":disabled").first).to_be_attached(timeout=WAIT)
    expect(control(there, prefix, case.hidden)).to_have_count(0)
    expect(there.get_by_test_id("stAlertContentWarning").filter(has_text="could not be read")).to_have_count(0)
    assert there.url == link

    if case.press:
        there.locator(case.press).first.click()
        there.wait_for_url(lambda url: url != link, timeout=WAIT)
        assert query_of(there).items() >= narrowed.items()
        if case.tab[0]:
            assert case.tab[0] in there.url


def test_back_leads_through_tabs_and_choices(visit):
    page = visit("decompose?gate=xor", reduced_motion="reduce")
    tab = page.get_by_role("tab", name=OF_DECOMPOSE["about"], exact=True)
    tab.click()
    page.wait_for_url(lambda url: "tab=about" in url, timeout=WAIT)
    page.get_by_label("Shape").select_option("tiles")
    page.wait_for_url(lambda url: "charts=" in url, timeout=WAIT)
    page.go_back()
    expect(page.get_by_label("Shape")).to_have_value("discs", timeout=WAIT)
    expect(tab).to_have_attribute("aria-selected", "true")
    page.go_back()
    first = page.get_by_role("tab", name=OF_DECOMPOSE["certificate"], exact=True)
    expect(first).to_have_attribute("aria-selected", "true", timeout=WAIT)
    assert query_of(page) == {"gate": "xor"}


def test_an_example_on_home_is_shown_whatever_was_seen_before(visit):
    """COPY by another measure is seen, then the example of the page's start view: three links of Home ask for one."""
    page = visit("decompose?gate=copy&measure=imin&tab=about&charts=diagram.shape:tiles", reduced_motion="reduce")
    page.get_by_text("COPY").first.wait_for(timeout=WAIT)
    for example in (e for e in LABS["decompose"].examples if e.values.get("source", "gate") == "gate"):
        page.get_by_role("link", name="Home").click()
        page.get_by_role("link", name=example.label).click(timeout=WAIT)
        query = links.to(LABS["decompose"].query(example.values))
        page.wait_for_url(f"**/decompose?{urlencode(query)}", timeout=WAIT)
        title = LABS["decompose"].view(example.values).title()
        expect(page.get_by_text(f"{title}.", exact=False).first).to_be_visible(timeout=WAIT)
        first = page.get_by_role("tab", name=OF_DECOMPOSE["certificate"], exact=True)
        expect(first).to_have_attribute("aria-selected", "true", timeout=WAIT)
        assert query_of(page) == query


def test_the_navigation_brings_back_the_view_that_was_left(visit):
    page = visit("gaussian?angle2=30.0&tab=assumed", reduced_motion="reduce")
    assumed = page.get_by_role("tab", name=OF_GAUSSIAN["assumed"], exact=True)
    expect(assumed).to_have_attribute("aria-selected", "true", timeout=WAIT)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("link", name=re.compile("vectors about"))).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Gaussian", exact=True).click()
    page.wait_for_url(lambda url: "angle2=30.0" in url and "tab=assumed" in url, timeout=WAIT)
    expect(assumed).to_have_attribute("aria-selected", "true", timeout=WAIT)


def test_a_copied_link_to_a_start_view_says_so(visit):
    page = visit("gaussian", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click(timeout=WAIT)
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible(timeout=WAIT)
    assert page.evaluate("navigator.clipboard.readText()").endswith("/gaussian?start=1")

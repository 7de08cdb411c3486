"""Results as HTML: in notebooks and as reports, with names that would like to be markup."""

from __future__ import annotations

import html
import html.parser
import re

import numpy as np
import pandas as pd
import pytest

import mmexplore as mm
from mmexplore.display import html_of
from mmexplore.palette import ATOMS
from mmexplore.plot.document import library, policy, scripts

EVIL = (
    "<script>alert(1)</script>",
    "<b>bold</b>",
    "&lt;i&gt;",
    "$x^2$",
    "x" * 10_000,
    "\u202eright to left",
    "\"'><img src=x onerror=alert(1)>",
)
VOID = {"meta", "link", "br", "img", "hr"}
ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "h1",
    "h2",
    "p",
    "ul",
    "li",
    "span",
    "small",
    "section",
    "dl",
    "dt",
    "dd",
}
ALLOWED |= {
    "figure",
    "figcaption",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "strong",
    "pre",
    "code",
}
ALLOWED |= {"a", "script"}
SHOWN = {"R": "redundancy", "U1": "unique1", "U2": "unique2", "S": "synergy", "I1": "i1", "I2": "i2", "I12": "i12"}


class Page(html.parser.HTMLParser):
    """Refuses tags that are not closed in order, elements and attributes that no result needs; keeps texts, the cells of tables, and what
    figures are drawn from."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.data: list[str] = []
        self.feed(source.replace(library(), ""))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        assert all(not name.startswith("on") for name, _ in attrs), attrs
        assert all(value.startswith("https://") for name, value in attrs if name in ("href", "src")), attrs
        assert tag != "script" or attrs in ([], [("type", "application/json")]), attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.data.append(data)
        elif self.open and self.open[-1] != "style":
            self.texts.append(data)
            if any(tag in self.open for tag in ("td", "th")):
                self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def numbers(cell: str) -> list[float]:
    return [float(v) for v in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", cell.replace("\u2212", "-"))]


@pytest.fixture(scope="module")
def predicted():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 90))
    left, right = (bits[:, None] + 0.3 * rng.normal(size=(90, 2)) for bits in (a, b))
    x1, x2 = pd.DataFrame(left, columns=EVIL[:2]), pd.DataFrame(right, columns=EVIL[2:4])
    y = np.where(rng.random(90) < 0.1, EVIL[6], np.where(a & b, EVIL[0], EVIL[5]))
    y[:3] = EVIL[1]  # a class too rare to be kept, which the warnings name
    groups = np.arange(90) // 2  # two of them go with the classes of fewer than 10 rows
    return mm.estimate_pid(x1, x2, y, estimator="predictive", draws=0, groups=groups)


@pytest.fixture(scope="module")
def counted():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 200))
    return mm.estimate_from_samples(a, b, a ^ b, bootstraps=30, permutations=30)


@pytest.fixture(scope="module")
def table():
    return mm.pid(mm.gate("and", noise=0.1))


@pytest.fixture(params=["predicted", "counted", "table"])
def result(request):
    return request.getfixturevalue(request.param)


def table_of(page: Page, title: str) -> list[list[str]]:
    """Rows of the table whose header row holds a title, by the symbol they begin with."""
    start = next(k for k, row in enumerate(page.rows) if title in row)
    rows = []
    for row in page.rows[start + 1 :]:
        if len(row) != len(page.rows[start]):
            break
        rows.append(row)
    return rows


def value_of(result) -> mm.PID:
    return result if isinstance(result, mm.PID) else result.value


def test_a_notebook_shows_the_numbers_of_a_result(result):
    source = html_of(result)
    assert source == result._repr_html_() and len(source) < 12_000
    assert not re.search("<(script|style|svg)| id=", source)  # nothing that could meet another cell's
    rows = table_of(Page(source), "what")
    seen = {row[0].split(",")[0]: row for row in rows}
    assert list(seen) == list(SHOWN)
    intervals = getattr(result, "intervals", {})
    for symbol, name in SHOWN.items():
        assert numbers(seen[symbol][1]) == pytest.approx([getattr(value_of(result), name)], abs=6e-5)
        if name in intervals:
            assert numbers(seen[symbol][2]) == pytest.approx(list(intervals[name]), abs=6e-5)


def test_the_bar_beside_a_number_is_as_long_as_the_number(table):
    source = mm.pid(mm.gate("and", noise=0.1))._repr_html_()
    strips = re.findall(r'<div style="height:11px;width:(\d+)px;background:(#\w+)"></div>', source)
    values = np.array([abs(getattr(table, name)) for name in SHOWN.values()])
    assert [float(width) for width, _ in strips] == pytest.approx(150 * values / values.max(), abs=0.51)
    assert [colour for _, colour in strips][:4] == [ATOMS[atom].fill["light"] for atom in ("R", "U1", "U2", "S")]


def test_a_batch_is_shown_by_its_ranges_and_text_stays_text(table):
    batch = mm.pid(np.stack([mm.gate("and"), mm.gate("xor"), mm.gate("rdn")]))
    shown = Page(batch._repr_html_()).text
    assert shown.startswith("A batch of 3 decompositions (broja, bit; every atom within")
    assert "S 0.0000 to 1.0000" in shown and "R 0.0000 to 1.0000" in shown and "I12 0.8113 to 1.0000" in shown
    assert repr(table).startswith("PID(i1=0.1467") and "<" not in repr(table)


def test_warnings_of_an_estimate_are_shown_as_text(predicted):
    source = predicted._repr_html_()
    shown = Page(source).text
    assert "43 groups in" in shown and "<script>" not in source and "<b>" not in source and "mathjax_ignore" in source
    assert any(EVIL[1] in warning for warning in predicted.warnings) and EVIL[1] in shown


@pytest.mark.parametrize("k", range(3))
def test_reports_take_every_name_as_text(result, k):
    names = (EVIL * 2)[2 * k : 2 * k + 3]
    source = mm.html_report(result, names=names)
    page = Page(source)  # refuses images, scripts from elsewhere and what is not closed
    assert html.escape(policy(scripts(True)), quote=True) in source and page.data
    assert not any("<" in data for data in page.data[:-1])  # the last one is the viewer
    for name in names:
        clean = name.replace("\u202e", "\ufffd")
        assert (clean if len(clean) <= 200 else "x" * 30) in page.text
    assert "\u202e" not in source and "x" * 301 not in source


def test_the_report_of_predictors_is_whole(predicted):
    page = Page(mm.html_report(predicted, names=("audio", "text", "the mood")))
    shown, read = page.text, predicted.predictive.readings
    assert "What audio and text tell about the mood" in shown
    assert "in 43 groups of rows or blocks of a series" in shown
    rows = {row[0]: row for row in table_of(page, "value (bit)")}
    for symbol, name in SHOWN.items():
        value, _, low, high = (numbers(cell) for cell in rows[symbol][1:5])
        assert value == pytest.approx([read[name].value], abs=6e-5)
        assert low + high == pytest.approx(list(read[name].interval), abs=6e-5)
        assert name not in predicted.details or numbers(rows[symbol][6]) == pytest.approx(
            [predicted.details[f"{name}_bound"]], abs=6e-5
        )
    bounds = {symbol: predicted.details[f"{SHOWN[symbol]}_bound"] for symbol in ("R", "U1", "U2", "S")}
    assert {symbol: numbers(rows[symbol][6])[0] for symbol in bounds} == pytest.approx(bounds, abs=6e-5)
    fitted = {row[0]: row for row in table_of(page, "predictor of")}
    assert set(fitted) == {"audio", "text", "both, added up", "both together"}
    best = next(iter(predicted.predictive.fitted["x1"].weights))
    assert best in fitted["audio"][1]
    assert predicted.predictive.interaction.words() in shown
    assert all(name in shown for name in (*EVIL[:4], "Seed", "draws=0", "What may mislead", "References"))
    claims = re.findall(
        r"Audio and text tell something of the mood|Cannot tell whether audio and text tell anything of the mood", shown
    )
    assert len(claims) == 1


def test_the_reports_of_tables_hold_their_numbers(counted, table):
    page = Page(mm.html_report(counted))
    rows = {row[0]: row for row in table_of(page, "plug-in (bit)")}
    assert numbers(rows["S"][1]) == pytest.approx([counted.plugin.synergy], abs=6e-5)
    assert "p of S" in page.text and f"Rows counted {counted.n}" in page.text
    nats = Page(mm.html_report(table.to("nat")))
    rows = {row[0]: row for row in table_of(nats, "value (nat)")}
    assert numbers(rows["S"][1]) == pytest.approx([0.2655 * np.log(2)], abs=6e-5)
    assert "0.184 nat (64%) show only when both modalities are known" in nats.text


def test_a_report_is_written_where_it_is_asked_for(table, tmp_path):
    path = tmp_path / "report.html"
    assert mm.html_report(table, path) == path.read_text(encoding="utf-8")
    with pytest.raises(mm.BadData, match="cannot be written"):
        mm.html_report(table, tmp_path / "no" / "such" / "folder.html")


def test_what_has_no_report_is_refused_in_a_sentence(table):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 200))
    with pytest.raises(mm.Unsupported, match=r"estimator is 'gaussian'.*allowed: 'predictive'"):
        mm.html_report(mm.estimate_pid(*rows, bootstraps=0))
    with pytest.raises(mm.Unsupported, match="a report on dict is not made"):
        mm.html_report({})
    with pytest.raises(mm.BadData, match=r"a batch of shape \(2,\)"):
        mm.html_report(mm.pid(np.stack([mm.gate("and"), mm.gate("xor")])))
    with pytest.raises(mm.BadData, match="allowed: three"):
        mm.html_report(table, names=("one", "two"))

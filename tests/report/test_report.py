from __future__ import annotations

import dataclasses
import html.parser
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from mmexplore.report.figures import MOST_CELLS, shade

import mmexplore as mm
from mmexplore.errors import BadData
from mmexplore.estimators.tables.curves import against_bins, against_n
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.palette import SEQUENTIAL
from mmexplore.plot.decomposition import atoms_figure, bins_figure, sizes_figure, table_figure
from mmexplore.plot.kinds import Bar, Bars, Curves, Heat, Series
from mmexplore.plot.tables import Table
from mmexplore.report import (
    DEFINITIONS,
    REFERENCES,
    Content,
    Finding,
    Reference,
    Section,
    decomposition_content,
    library_versions,
    null_questions,
    nulls_table,
    render_report,
)
from mmexplore.report import svg as pieces
from mmexplore.report.page import MOST_ROWS, POLICY

SVG = "{http://www.w3.org/2000/svg}"
EVIL = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "a & b &amp; c",
    "'; DROP TABLE x; --",
    "</style></title></svg></pre><iframe src=//evil.example>",
    "javascript:alert(1)",
    "x" * 10_000,
    "nul\x00bell\x07esc\x1b",
    "\u202eright to left\u202c",
    "\ud800 lone",
    "<!--",
    "]]>",
    "{%} ${x} $$x$$ **b**",
]


class Reader(html.parser.HTMLParser):
    """Every tag with its attributes, and the text; told where tags do not close."""

    VOID = frozenset({"meta", "br", "img", "hr", "input", "link"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")


def read(document):
    reader = Reader()
    reader.feed(document)
    reader.close()
    assert reader.open == []
    return reader


def everything(name="audio"):
    """A report in which every text is `name`."""
    k = np.arange(3.0)
    figures = (
        Bars(name, (Bar(name, 0.3, "R", 0.2, 0.4, 0.0, 0.1, 0.05, 0.01), Bar(name, -0.1)), name, about=name, note=name),
        Curves(name, k + 1, (Series(name, k, "S", k - 1, k + 1), Series(name, k, faint=True)), name, name, note=name),
        Curves(name, k + 1, (Series(name, k, "U1"),), name, log=True, x_texts=(name,) * 3),
        Heat(name, np.ones((1, 2, 2)), (name,), (name, name), (name, name), name, name, name, name),
    )
    return Content(
        title=name,
        question=name,
        made=name,
        data={name: name},
        sha256=name,
        findings=(Finding(name, "yes", name), Finding(name, "unclear"), Finding(name, "no"), Finding(name)),
        warnings=(name,),
        sections=(Section(name, (name, Table((name, "n"), ((name, 1.5), (name, None)), name), *figures)),),
        settings={name: name},
        seeds={name: 3},
        versions={name: name},
        definitions={name: name},
        references=(Reference(name, name), Reference(name, "https://example.org/?q=" + name)),
        script=name,
    )


ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "section",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "span",
        "small",
    ),
    *("dl", "dt", "dd", "figure", "figcaption", "div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "pre", "code", "a"),
    *("svg", "desc", "defs", "pattern", "rect", "circle", "path", "line", "polyline", "polygon", "text"),
}


@pytest.mark.parametrize("name", EVIL, ids=range(len(EVIL)))
def test_no_text_becomes_markup(name):
    document = render_report(everything(name))
    document.encode("utf-8")
    plain = read(render_report(everything()))
    reader = read(document)
    # a name that is cut brings a title that tells more of it, and nothing else
    assert [t for t, _ in reader.tags if t != "title"] == [t for t, _ in plain.tags if t != "title"]
    for tag, attributes in reader.tags:
        assert tag in ALLOWED
        assert not any(key.startswith("on") or key in ("src", "style", "srcset") for key in attributes)
        if "href" in attributes:
            assert tag == "a" and attributes["href"].startswith("https://example.org/")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", document)
    for image in re.findall(r"<svg.*?</svg>", document, re.S):
        ET.fromstring(image)
    assert len(document) < 200_000


def test_text_arrives_as_it_was_written():
    said = "".join(read(render_report(everything(EVIL[4]))).text)
    assert said.count(EVIL[4]) > 20
    script = "print('<x> & \"y\"')\n" + "# long\n" * 5000
    assert script in "".join(read(render_report(Content("t", script=script))).text)


def test_nothing_is_loaded_from_anywhere():
    document = render_report(everything())
    tags = read(document).tags
    policy = next(a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy == POLICY and policy.startswith("default-src 'none';")
    assert not {t for t, _ in tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    style = re.search(r"<style>(.*?)</style>", document, re.S).group(1)
    assert "url(" not in style and "@import" not in style and "<" not in style
    assert all(u.startswith("url(#f") for u in re.findall(r"url\([^)]*\)", document))
    assert "prefers-color-scheme:dark" in style and "@media print" in style
    assert document.startswith("<!doctype html>") and '<html lang="en">' in document


def test_the_same_content_gives_the_same_file():
    assert render_report(everything()) == render_report(everything())


def test_every_part_is_there():
    reader = read(render_report(dataclasses.replace(everything(), definitions=DEFINITIONS, references=REFERENCES)))
    said = "".join(reader.text)
    headings = (
        "What came out",
        "What may mislead",
        "Data",
        "Settings",
        "Seeds",
        "Definitions",
        "Versions",
        "References",
    )
    for heading in (*headings, "The same numbers again", "SHA-256 of the data", "cannot tell", *DEFINITIONS):
        assert heading in said
    links = [a["href"] for t, a in reader.tags if t == "a"]
    assert links == [r.url for r in REFERENCES if r.url] and all(
        link.startswith("https://arxiv.org/abs/") for link in links
    )
    empty = "".join(read(render_report(Content("Only a title"))).text)
    assert "Only a title" in empty and "Settings" not in empty


def test_ids_are_unique_and_patterns_are_found():
    document = render_report(everything())
    ids = re.findall(r' id="([^"]+)"', document)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", document)) <= set(ids)
    for names in re.findall(r'aria-labelledby="([^"]+)"', document):
        assert set(names.split()) <= set(ids)


def drawing(figure):
    return ET.fromstring(draw(figure, "f1"))


def test_bars_are_as_long_as_their_values():
    bars = (Bar("a", 0.5, "R", 0.4, 0.6, 0.05, 0.1), Bar("b", 0.25, "U1"), Bar("c", -0.25, "U2"), Bar("d", 0.125))
    image = drawing(Bars("t", bars))
    rects = [r for r in image.iter(f"{SVG}rect") if r.get("rx")]
    assert [r.get("fill") for r in rects[:3]] == ["url(#f1-R)", "url(#f1-U1)", "url(#f1-U2)"]
    widths = np.array([float(r.get("width")) for r in rects])
    np.testing.assert_allclose(widths / widths[0], [1, 0.5, 0.5, 0.25], atol=1e-3)
    zero = float(rects[0].get("x"))
    assert float(rects[2].get("x")) + widths[2] == pytest.approx(zero, abs=0.02)
    whisker = next(p for p in image.iter(f"{SVG}path") if p.get("class") == "whisker").get("d")
    ends = [float(v) for v in re.match(r"M([\d.]+) [\d.]+H([\d.]+)", whisker).groups()]
    np.testing.assert_allclose((np.array(ends) - zero) / widths[0], [0.8, 1.2], atol=2e-3)
    band = next(r for r in image.iter(f"{SVG}rect") if r.get("class") == "null")
    assert float(band.get("x")) - zero == pytest.approx(0.1 * widths[0], abs=0.05)
    assert float(band.get("width")) == pytest.approx(0.1 * widths[0], abs=0.05)
    assert "a 0.5000 bit (interval 0.4000 to 0.6000)" in image.find(f"{SVG}desc").text


def test_a_log_axis_puts_equal_ratios_at_equal_distances():
    x = np.array([10.0, 100.0, 1000.0])
    image = drawing(Curves("t", x, (Series("s", np.array([0.0, 1.0, 2.0]), "S"),), "rows", log=True))
    points = np.array([[float(v) for v in p.split(",")] for p in image.find(f"{SVG}polyline").get("points").split()])
    np.testing.assert_allclose(np.diff(points[:, 0])[0], np.diff(points[:, 0])[1], atol=0.11)
    np.testing.assert_allclose(np.diff(points[:, 1])[0], np.diff(points[:, 1])[1], atol=0.11)
    texts = [t.text for t in image.iter(f"{SVG}text")]
    assert "1,000" in texts and "s" in texts
    assert image.find(f"{SVG}polyline").get("stroke-dasharray") == pieces.DASHES["S"]
    with pytest.raises(BadData, match="x holds 0; allowed on a log axis: above 0"):
        Curves("t", np.array([0.0, 1.0]), (), "x", log=True)


def test_gaps_split_lines_and_bands():
    y = np.array([0.0, 1.0, np.nan, 1.0, 2.0])
    image = drawing(Curves("t", np.arange(5.0), (Series("s", y, "U1", y - 0.1, y + 0.1),), "x"))
    assert len(image.findall(f"{SVG}polyline")) == 2
    assert len([p for p in image.iter(f"{SVG}polygon") if p.get("class").startswith("band")]) == 2
    assert "nan" not in draw(Curves("t", np.arange(5.0), (Series("s", y * np.nan),), "x"), "f")


def test_names_of_lines_do_not_overlap():
    series = tuple(Series(f"line {k}", np.array([0.0, 1e-4 * k])) for k in range(8))
    image = drawing(Curves("t", np.array([1.0, 2.0]), series, "x"))
    heights = [float(t.get("y")) for t in image.iter(f"{SVG}text") if (t.text or "").startswith("line")]
    assert len(heights) == 8 and np.diff(sorted(heights)).min() >= 15.9 and max(heights) < 330


def test_heat_maps_shade_by_value():
    values = np.array([[[0.0, 0.1], [0.2, 0.4]]])
    figure = Heat("t", values, ("y",), ("r1", "r2"), ("c1", "c2"), "Y", "X1", "X2")
    image = drawing(figure)
    cells = [r for r in image.iter(f"{SVG}rect") if r.get("class") == "cell"]
    assert [c.get("fill").lower() for c in cells] == [shade(0), shade(0.25), shade(0.5), SEQUENTIAL[-1].lower()]
    assert cells[1].find(f"{SVG}title").text == "r1, c2, y: 0.1000"
    assert shade(0) == SEQUENTIAL[0].lower() and shade(0.5) == SEQUENTIAL[5].lower()
    table = figure.table()
    assert table.columns == ("X1", "X2", "Y", "probability")
    assert table.rows == (("r1", "c2", "y", 0.1), ("r2", "c1", "y", 0.2), ("r2", "c2", "y", 0.4))
    large = Heat("t", np.ones((1, 101, 100)), ("y",), ("r",) * 101, ("c",) * 100)
    assert f"allowed: {MOST_CELLS:,}" in draw(large, "f") and len(draw(large, "f")) < 2000


def test_tables_hold_the_numbers_of_the_figures():
    bars = Bars("t", (Bar("a", 0.5, "R", 0.4, 0.6, None, None), Bar("b", 0.1)))
    assert bars.table() == Table(("what", "bit", "interval"), (("a", 0.5, (0.4, 0.6)), ("b", 0.1, None)), "t")
    k = np.array([1.0, 2.0])
    curve = Curves("t", k, (Series("s", k, "S", k - 1, k + 1), Series("n", k * 2)), "rows")
    assert curve.table() == Table(("rows", "s", "n"), ((1, (1.0, 0.0, 2.0), 2.0), (2, (2.0, 1.0, 3.0), 4.0)), "t")
    many = Table(("k",), tuple((k,) for k in range(MOST_ROWS + 5)))
    document = render_report(Content("t", sections=(Section("s", (many,)),)))
    assert document.count("<td") == MOST_ROWS and f"The first {MOST_ROWS:,} of {MOST_ROWS + 5:,} rows." in document


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(BadData, match="row 2 of 'c' has 1 cells; allowed: 2"):
        Table(("a", "b"), ((1, 2), (3,)), "c")
    with pytest.raises(BadData, match=r"'s' has shape \(3,\); allowed: that of x, \(2,\)"):
        Curves("t", np.arange(2.0), (Series("s", np.arange(3.0)),), "x")
    with pytest.raises(BadData, match=r"values have shape \(1, 2, 2\); allowed: that of the names, \(1, 2, 1\)"):
        Heat("t", np.ones((1, 2, 2)), ("a",), ("a", "b"), ("a",))


@pytest.mark.parametrize(
    "low, high", [(0, 1), (0, 0.037), (-0.2, 1.3), (0, 1e-9), (5, 5), (0, 12345), (-1e6, 1e6), (0.1, 0.30000000004)]
)
def test_ticks_are_round_and_inside(low, high):
    marks = pieces.ticks(low, high)
    assert 1 <= len(marks) <= 6 and all(low - 1e-9 * abs(low) <= m <= high + 1e-9 * abs(high) for m in marks)
    if len(marks) > 1:
        lead = (marks[1] - marks[0]) / 10 ** math.floor(math.log10(marks[1] - marks[0]) + 1e-9)
        assert min(abs(lead - k) for k in (1, 2, 5)) < 1e-6


@pytest.mark.parametrize(
    "low, high, expected",
    [(16, 1797, [20, 50, 100, 200, 500, 1000]), (1, 1e7, [10.0**k for k in range(8)]), (3, 3.5, [3]), (7, 7.5, [7])],
)
def test_log_ticks(low, high, expected):
    assert pieces.log_ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    "value, expected",
    [
        (0.12345, "0.1235"),
        (-0.5, "−0.5000"),
        (-1e-9, "−1.00e-09"),
        (0, "0"),
        (0.0, "0.0000"),
        (1797, "1,797"),
        (2000.0, "2,000"),
        (2.5e7, "25,000,000"),
        (2.5e7 + 0.5, "2.50e+07"),
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_numbers_are_written_for_readers(value, expected):
    assert pieces.number(value) == expected


def rows(n=600):
    p = mm.gate("and", noise=0.1)
    return np.unravel_index(np.random.default_rng(0).choice(p.size, n, p=p.ravel()), p.shape)


def test_an_estimate_fills_its_figures():
    codes, settings = rows(), Settings(bootstraps=60, permutations=40)
    e = estimate(*codes, settings)
    figure = atoms_figure(e, ("sound", "sight"))
    assert [b.atom for b in figure.bars] == ["R", "U1", "U2", "S", "", "", ""]
    assert [b.value for b in figure.bars[:4]] == pytest.approx(list(e.value.atoms))
    assert (figure.bars[3].low, figure.bars[3].high) == e.intervals["synergy"]
    assert figure.bars[3].null_high == e.nulls[0].high["synergy"] and figure.bars[3].p_value == e.p_value("synergy")
    assert figure.bars[1].label == "U1, only sound" and "95% intervals" in figure.note and "within" in figure.note
    bare = atoms_figure(estimate(*codes, Settings(bootstraps=0, permutations=0)), informations=False)
    assert len(bare.bars) == 4 and bare.bars[0].low is None and bare.table().columns == ("what", "bit")
    table = nulls_table(e)
    assert len(table.rows) == len(e.nulls) == len(null_questions(e)) and table.rows[0][5] == e.p_value("synergy")

    sizes = against_n(*codes, settings, sizes=(50, 600), repeats=5)
    curve = sizes_figure(sizes)
    assert curve.log and curve.x.tolist() == [50, 600] and len(curve.series) == 5
    np.testing.assert_array_equal(curve.series[3].y, sizes.mean["synergy"])
    bins = bins_figure(against_bins(lambda b: tuple(c % b for c in codes), (2, 3), settings, repeats=5))
    assert bins.x.tolist() == [2, 3] and bins.series[-1].faint
    p = mm.gate("and")
    heat = table_figure(p, (("a", "b"), ("c", "d"), (0, 1)))
    np.testing.assert_array_equal(heat.values[1], p[..., 1])
    figures = (figure, table, curve, bins, heat)
    said = "".join(read(render_report(Content("t", sections=(Section("s", figures),)))).text)
    assert "Figure 4." in said and "U1, only sound" in said
    assert library_versions()["numpy"] == np.__version__

    about = Content(
        title="And",
        findings=(Finding("It is so"),),
        warnings=("Mind this",),
        settings={"bins1": 2},
        data={"Name": "gate"},
        sha256="ab" * 32,
        script="import mmexplore",
    )
    content = decomposition_content(
        e, about, version=mm.__version__, names=("sound", "sight", "goal"), sizes=sizes, table=heat
    )
    said = "".join(read(render_report(content)).text)
    for part in (
        "And",
        "It is so",
        "Mind this",
        "U2, only sight",
        "ab" * 32,
        "import mmexplore",
        "Target shuffled",
        "600",
    ):
        assert part in said
    assert content.seeds == {"seed": 0} and content.settings["bins1"] == 2 and content.settings["permutations"] == 40
    assert [s.title for s in content.sections][-1] == "The table that was counted" and len(content.sections) == 4

"""A report: every text stays text, nothing is loaded, the same content gives the same file, every part is there."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html.parser
import json
import re

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.errors import BadData
from mmexplore.estimators.tables.curves import against_n
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.plot.decomposition import table_figure
from mmexplore.plot.document import MOST_ROWS, library
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
from tests.plot.examples import EXAMPLES, HOSTILE

EVIL = [*HOSTILE, "'; DROP TABLE x; --", "</style></title></svg></pre><iframe src=//evil.example>"]


class Reader(html.parser.HTMLParser):
    """Every tag with its attributes, the text, and what scripts hold; told where tags do not close."""

    VOID = frozenset({"meta", "br", "img", "hr", "input", "link"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.text, self.scripts = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        (self.scripts if self.open and self.open[-1] == "script" else self.text).append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")


def read(document):
    """What is in a document, without Plotly's own library."""
    reader = Reader()
    reader.feed(document.replace(library(), ""))
    reader.close()
    assert reader.open == []
    return reader


def everything(name="audio"):
    """A report in which every text is `name`."""
    figures = tuple(make(name) for make in EXAMPLES.values())
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
    "script",
}


@pytest.mark.parametrize("name", EVIL, ids=range(len(EVIL)))
def test_no_text_becomes_markup(name):
    document = render_report(everything(name))
    document.encode("utf-8")
    plain = read(render_report(everything()))
    reader = read(document)
    assert [t for t, _ in reader.tags] == [t for t, _ in plain.tags]
    for tag, attributes in reader.tags:
        assert tag in ALLOWED
        assert not any(key.startswith("on") or key in ("src", "style", "srcset") for key in attributes)
        assert tag != "script" or attributes in ({}, {"type": "application/json"})
        if "href" in attributes:
            assert tag == "a" and attributes["href"].startswith("https://example.org/")
    without = document.replace(library(), "")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", without)
    assert len(without) < 700_000


def test_text_arrives_as_it_was_written():
    said = "".join(read(render_report(everything(EVIL[-1]))).text)
    assert said.count(EVIL[-1]) > 50
    script = "print('<x> & \"y\"')\n" + "# long\n" * 5000
    assert script in "".join(read(render_report(Content("t", script=script))).text)


def test_every_figure_is_in_the_file_as_data():
    reader = read(render_report(everything()))
    given = [
        json.loads(s)
        for s, (_, a) in zip(reader.scripts, [t for t in reader.tags if t[0] == "script"], strict=False)
        if a
    ]
    assert [g["spec"] for g in given] == [json.loads(make("audio").to_json()) for make in EXAMPLES.values()]
    frames = [a for t, a in reader.tags if "data-figure" in a]
    assert [a["aria-label"] for a in frames] == [make("audio").alt() for make in EXAMPLES.values()]
    said = "".join(reader.text)
    assert all(f"Figure {k}. audio" in said for k in range(1, len(EXAMPLES) + 1))


def policy_of(tags):
    return next(a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")


def test_nothing_is_loaded_from_anywhere_and_only_the_reports_own_scripts_run():
    document = render_report(everything())
    tags = read(document).tags
    assert not {t for t, _ in tags} & {"link", "img", "iframe", "object", "embed", "base", "form"}
    rules = dict(rule.strip().split(" ", 1) for rule in policy_of(tags).split(";"))
    assert rules["default-src"] == "'none'" and set(rules) == {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "base-uri",
        "form-action",
    }
    running = re.findall(r"<script>(.*?)</script>", document, re.S)
    hashes = ["'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'" for s in running]
    assert len(running) == 2 and rules["script-src"].split() == hashes and running[0] == library()
    style = re.search(r"<style>(.*?)</style>", document, re.S).group(1)
    assert "url(" not in style and "@import" not in style and "<" not in style
    assert "prefers-color-scheme:dark" in style and "@media print" in style
    assert document.startswith("<!doctype html>") and '<html lang="en">' in document


def test_a_report_without_figures_runs_nothing():
    document = render_report(Content("t", sections=(Section("s", ("words", Table(("k",), ((1,),)))),)))
    assert "<script" not in document and "script-src" not in policy_of(read(document).tags) and len(document) < 10_000


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


def test_long_tables_say_what_is_left_out():
    many = Table(("k",), tuple((k,) for k in range(MOST_ROWS + 5)))
    document = render_report(Content("t", sections=(Section("s", (many,)),)))
    assert document.count("<td") == MOST_ROWS and f"The first {MOST_ROWS:,} of {MOST_ROWS + 5:,} rows." in document


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(BadData, match="row 2 of 'c' has 1 cells; allowed: 2"):
        Table(("a", "b"), ((1, 2), (3,)), "c")


def rows(n=600):
    p = mm.gate("and", noise=0.1)
    return np.unravel_index(np.random.default_rng(0).choice(p.size, n, p=p.ravel()), p.shape)


def test_a_report_on_an_estimate_has_its_figures_tables_and_settings():
    codes, settings = rows(), Settings(bootstraps=60, permutations=40)
    e = estimate(*codes, settings)
    table = nulls_table(e)
    assert len(table.rows) == len(e.nulls) == len(null_questions(e)) and table.rows[0][5] == e.p_value("synergy")
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
        e,
        about,
        version=mm.__version__,
        names=("sound", "sight", "goal"),
        sizes=against_n(*codes, settings, sizes=(50, 600), repeats=5),
        table=table_figure(mm.gate("and"), (("a", "b"), ("c", "d"), (0, 1))),
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
        "Figure 3.",
    ):
        assert part in said
    assert content.seeds == {"seed": 0} and content.settings["bins1"] == 2 and content.settings["permutations"] == 40
    assert [s.title for s in content.sections][-1] == "The table that was counted" and len(content.sections) == 4

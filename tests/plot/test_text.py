"""Text and numbers of figures: Plotly takes every name for text, and numbers are written for readers."""

from __future__ import annotations

import html
import json
import re

import pytest

from mmexplore.palette import ATOMS, CATEGORICAL, CATEGORICAL_LINES
from mmexplore.plot.figure import listed
from mmexplore.plot.text import clean, cut, number, safe, short, wrapped
from mmexplore.plot.theme import faded, recoloured
from tests.plot.examples import EXAMPLES, HOSTILE, kinds, texts

OURS = re.compile(r"</?b>|<br>|<extra></extra>|%\{(?:x|y|text|customdata\[[01]\])(?::\.4~g)?\}")  # markup of our own


def test_every_kind_of_figure_has_an_example():
    assert kinds() == set(EXAMPLES)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_no_name_is_markup_in_any_kind(kind, name):
    figure = EXAMPLES[kind](name)
    plain = list(texts(EXAMPLES[kind]("name").spec()))
    found = list(texts(figure.spec()))
    for text in found:
        rest = OURS.sub("", text)
        assert "<" not in rest and ">" not in rest and "$" not in rest and "%" not in rest, text[:200]
        assert not re.search("[\x00-\x1f\u202a-\u202e\ud800-\udfff]", text) and len(text) < 4000
        assert "&" not in re.sub("&(?:amp|lt|gt|#36|#37);", "", rest)  # an entity only where we made one
    # a name brings no markup of its own: as many of our tags as for a harmless name, but for the line breaks of a long one
    tags = [sum(text.count(tag) for text in found) for tag in ("<b>", "</b>", "<extra>")]
    assert tags == [sum(text.count(tag) for text in plain) for tag in ("<b>", "</b>", "<extra>")]
    json.dumps(figure.spec(), allow_nan=False).encode("utf-8")
    assert len(figure.to_json()) < 120_000
    assert "</" not in figure.alt() or "</" in name


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_a_name_is_shown_letter_by_letter(kind):
    shown = " ".join(html.unescape(OURS.sub("", text)) for text in texts(EXAMPLES[kind]("<b>%{x}&lt;$a$").spec()))
    assert shown.count("<b>%{x}&lt;$a$") >= 3


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_changing_the_theme_of_a_drawn_figure_gives_the_figure_of_the_other_theme(kind):
    figure, pairs = EXAMPLES[kind]("name"), recoloured()
    # a colour of lines that is also one of areas has the one of areas: both are read well on the paper
    also = {
        d.lower(): pairs[s.lower()].lower()
        for s, d in zip(CATEGORICAL_LINES["light"], CATEGORICAL_LINES["dark"], strict=True)
    }

    def same(light, dark, key=""):
        if isinstance(light, dict):
            assert light.keys() == dark.keys()
            for name in light:
                if name != "colorscale":
                    same(light[name], dark[name], name)
        elif isinstance(light, list):
            assert len(light) == len(dark)
            for one, other in zip(light, dark, strict=True):
                same(one, other, key)
        elif isinstance(light, str) and "color" in key.lower():
            turned = pairs.get(light.lower(), light).lower()
            assert turned in (dark.lower(), also.get(dark.lower())), (key, light, dark, turned)
        else:
            assert light == dark

    same(figure.spec("light"), figure.spec("dark"))
    assert figure.to_json("light") != figure.to_json("dark")


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme, paper", [("light", "#fffffe"), ("dark", "#14161a")])
def test_lines_and_text_are_read_on_their_paper(theme, paper):
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for colour in (*CATEGORICAL_LINES[theme], *(ink.line[theme] for ink in ATOMS.values())):
        assert contrast(colour, paper) >= 4.5, colour
    for colour in CATEGORICAL[theme]:
        assert contrast(colour, paper) >= 3, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_colour_of_the_palette_is_an_atoms(theme):
    atoms = {ink.fill[theme].lower() for ink in ATOMS.values()} | {ink.line[theme].lower() for ink in ATOMS.values()}
    for colours in (CATEGORICAL[theme], CATEGORICAL_LINES[theme]):
        assert len(set(colours)) == len(colours) == 8 and not atoms & {c.lower() for c in colours}


@pytest.mark.parametrize(
    "value, expected",
    [
        (0.12345, "0.1235"),
        (-0.5, "\u22120.5000"),
        (-1e-9, "\u22121.00e-09"),
        (0, "0"),
        (0.0, "0.0000"),
        (1797, "1,797"),
        (2000.0, "2,000"),
        (2.5e7, "25,000,000"),
        (2.5e7 + 0.5, "2.50e+07"),
        (None, "\u2013"),
        (float("nan"), "\u2013"),
        (float("inf"), "\u2013"),
    ],
)
def test_numbers_are_written_for_readers(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        (0.123456, "0.1235"),
        (-0.5, "\u22120.5"),
        (1797.0, "1,797"),
        (-2000, "\u22122,000"),
        (2.0, "2"),
        (1e-7, "1e\u221207"),
        (None, "\u2013"),
        (float("-inf"), "\u2013"),
    ],
)
def test_labels_have_four_digits(value, expected):
    assert short(value) == expected


def test_texts_are_cut_cleaned_and_wrapped():
    assert cut("abcdef", 4) == "abc\u2026" and cut("abcd", 4) == "abcd"
    assert clean("a\x00b\u202ec\ud800d\r\ne") == "a\ufffdb\ufffdc\ufffdd\ne"
    assert safe("x" * 10_000) == "x" * 299 + "\u2026" and safe(3) == "3"
    assert wrapped("one two three four", 8, 2) == "one two<br>three\u2026"
    assert wrapped("", 8) == "" and wrapped("a<br>b", 20) == "a&lt;br&gt;b"
    assert all(len(line) <= 12 for line in wrapped("n" * 10_000, 12, 3).split("<br>"))


def test_numbers_go_as_plain_lists():
    assert listed([1.0, float("nan"), float("inf"), 2 / 3, 1e301]) == [1.0, None, None, 0.666667, None]
    assert listed([[1, 2], [3, 4]]) == [[1.0, 2.0], [3.0, 4.0]]
    assert faded("#0072B2", 0.5) == "rgba(0,114,178,0.5)"

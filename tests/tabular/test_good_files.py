"""One table in every format and dialect gives one frame."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mmexplore.tabular import from_arrays, from_frame, load
from tests.tabular.make import npy, npz, parquet, zipped

N = 12
FRAME = pd.DataFrame(
    {
        "audio_1": np.linspace(-1.5, 4, N),
        "count": np.arange(N) % 5,
        "word": pd.Categorical([["ja", "nein", "vielleicht"][i % 3] for i in range(N)]),
        "ok": [i % 2 == 0 for i in range(N)],
        "day": pd.date_range("2020-01-30", periods=N).astype("datetime64[us]"),
    }
)


def text(**options) -> str:
    return FRAME.to_csv(index=False, **options)


def arrays() -> dict[str, np.ndarray]:
    return {name: np.array(FRAME[name].tolist()) if name == "word" else FRAME[name].to_numpy() for name in FRAME}


SAME = {
    "comma": text().encode(),
    "semicolon": text(sep=";").encode(),
    "tab": text(sep="\t").encode(),
    "bar": text(sep="|").encode(),
    "blanks": text(sep=" ").encode(),
    "aligned with blanks": FRAME.to_string(index=False).encode(),
    "decimal comma": text(sep=";", decimal=",").encode(),
    "decimal comma, quoted": text(sep=",", decimal=",", quoting=1).encode(),
    "all quoted": text(quoting=1).encode(),
    "blanks behind commas": text().replace(",", ", ").encode(),
    "quotes behind blanks": text(quoting=1).replace(",", ", ").encode(),
    "Windows lines": text(lineterminator="\r\n").encode(),
    "old Mac lines": text(lineterminator="\r").encode(),
    "mixed lines": text().replace("\n", "\r\n", 3).replace("\n", "\r", 1).encode(),
    "blank lines": text().replace("\n", "\n\n").encode(),
    "no last line end": text().encode().rstrip(),
    "DOS end of file": text().encode() + b"\x1a",
    "byte order mark": text().encode("utf-8-sig"),
    "UTF-16": text().encode("utf-16"),
    "UTF-16 without mark": text().encode("utf-16-be"),
    "UTF-32": text().encode("utf-32"),
    "comments above": b"# measured by hand\n#\n" + text().encode(),
    "header in a comment": b"# " + text().encode(),
    "stated separator": b"sep=;\n" + text(sep=";").encode(),
    "row numbers": FRAME.to_csv().encode(),
    "row names as R writes them": FRAME.to_csv(index_label=False).encode(),
    "closing separators": text().replace("\n", ",\n").encode(),
    "other dates": text(date_format="%d.%m.%Y").encode(),
    "other truth": text().replace("True", "TRUE").replace("False", "FALSE").encode(),
    "minus sign": text().replace("-1.5", "\u22121.5").encode(),
    "gzip": gzip.compress(text().encode()),
    "gzip in two parts": gzip.compress(text()[:50].encode()) + gzip.compress(text()[50:].encode()) + bytes(100),
    "Parquet": parquet(FRAME),
    "Parquet, small groups": parquet(FRAME, row_group_size=5, compression="zstd"),
    "Parquet, text as it is": parquet(FRAME.astype({"word": "str"})),
    "gzipped Parquet": gzip.compress(parquet(FRAME)),
    "NPZ": npz(**arrays()),
    "NPZ of bytes": npz(**arrays() | {"word": arrays()["word"].astype("S")}),
    "structured NPY": npy(np.rec.fromarrays([a.astype(">i8") if a.dtype.kind == "i" else a for a in arrays().values()],
                                            names=list(FRAME))),
}  # fmt: skip


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_every_format_gives_the_same_frame(content):
    data = load(content)
    assert_frame_equal(data.frame, FRAME, check_categorical=False)
    assert data.kind == "rows"
    assert [info.kind for info in data.columns] == ["number", "number", "category", "boolean", "date"]
    assert not any(info.warning for info in data.columns)


def test_frames_and_paths_give_the_same(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(SAME["comma"])
    for data in (from_frame(FRAME), load(path), load(str(path))):
        assert_frame_equal(data.frame, FRAME, check_categorical=False)
    assert load(path).name == "table.csv"
    assert load(path).sha256 == load(SAME["comma"]).sha256 != load(SAME["tab"]).sha256
    assert from_frame(FRAME).sha256 == from_frame(FRAME.copy()).sha256 != from_frame(FRAME[::-1]).sha256


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "2"], [1, 2]),
        (["1.5", "-.5", "2.", "1e3", "+7"], [1.5, -0.5, 2.0, 1000.0, 7.0]),
        (["1", "NA", "n/a", "?", "nan", "null", "4"], [1.0, *[np.nan] * 5, 4.0]),
        (["1,5", "2", "-0,25"], [1.5, 2.0, -0.25]),
        (["1.234,5", "7"], [1234.5, 7.0]),
        (["1.234.567", "8"], [1234567, 8]),
        (["1 234,5", "2\u00a0345,5"], [1234.5, 2345.5]),
        (["1'234.5", "7"], [1234.5, 7.0]),
        (["1,234.5", "12,345.25"], [1234.5, 12345.25]),
        (["1,234,567", "2"], [1234567, 2]),
        (["25%", "12.5 %"], [0.25, 0.125]),
        (["9223372036854775807", "-5"], [2**63 - 1, -5]),
    ],
)
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_numbers_as_people_write_them(cells, values, separator):
    quote = '"' if separator == "," else ""
    body = "".join(f"{quote}{cell}{quote}{separator}x\n" for cell in cells)
    column = load(f"v{separator}w\n{body}".encode()).frame["v"]
    assert column.tolist() == pytest.approx(values, nan_ok=True)
    assert column.dtype == np.asarray(values).dtype


def test_one_comma_and_three_digits_mean_what_the_rest_of_the_file_means():
    assert load(b"a;b\n1,234;5,5\n2,345;6,5\n").frame["a"].tolist() == [1.234, 2.345]
    assert load(b"a;b\n1.234;5,5\n2.345;6,5\n").frame["a"].tolist() == [1234, 2345]
    assert load(b'a,b\n"1,234",5.5\n"2,345",6.5\n').frame["a"].tolist() == [1234, 2345]
    assert load(b"a\tb\n1,234\t5\n2,345\t6\n", decimal=",").frame["a"].tolist() == [1.234, 2.345]


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["007", "08", "9"], ["007", "08", "9"]),
        (["12345678901234567890", "2"], ["12345678901234567890", "2"]),
        (["0x10", "0x20"], ["0x10", "0x20"]),
        (["1_000", "2"], ["1_000", "2"]),
        (["1.2.3", "4"], ["1.2.3", "4"]),
        (["12:30", "13:45"], ["12:30", "13:45"]),
        (["31.13.2020", "1.1.2020"], ["31.13.2020", "1.1.2020"]),
        (["None", "some"], ["None", "some"]),
        (["=1+1", "<b>x</b>"], ["=1+1", "<b>x</b>"]),
        (["  padded ", "padded"], ["padded", "padded"]),
        (["é", "\U0001f600"], ["é", "\U0001f600"]),
    ],
)
def test_what_is_no_number_stays_text(cells, labels):
    frame = load("v;w\n{};1\n{};2\n{};3\n".format(*(cells * 2)[:3]).encode()).frame
    assert frame["v"].tolist() == (labels * 2)[:3]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2020-01-31", "2020-02-01"], ["2020-01-31", "2020-02-01"]),
        (["2020-01-31 12:00", "2020-02-01T00:00:01"], ["2020-01-31T12:00", "2020-02-01T00:00:01"]),
        (["2020-01-31T12:00:00+02:00", "2020-02-01T00:00:00Z"], ["2020-01-31T10:00", "2020-02-01"]),
        (["31.1.2020", "01.02.2020"], ["2020-01-31", "2020-02-01"]),
        (["31/1/2020", "1/2/2020"], ["2020-01-31", "2020-02-01"]),
        (["1/31/2020", "2/1/2020"], ["2020-01-31", "2020-02-01"]),
        (["2020/1/31", "2020/2/1"], ["2020-01-31", "2020-02-01"]),
        (["31.1.2020 12:30", "1.2.2020"], ["2020-01-31T12:30", "2020-02-01"]),
    ],
)
def test_dates_as_people_write_them(cells, expected):
    column = load("v;w\n{};1\n{};2\n".format(*cells).encode()).frame["v"]
    assert column.tolist() == [pd.Timestamp(day) for day in expected]


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("5.1,3.5,setosa", None),
        ("1,0,0", None),
        ("63,1,male", None),
        ("1,2", ("1", "2")),
        ("0,1,2,3", ("0", "1", "2", "3")),
        ("country,1990,2000", ("country", "1990", "2000")),
        ("a,b", ("a", "b")),
        ("x1,2nd,3rd", ("x1", "2nd", "3rd")),
    ],
)
def test_whether_the_first_line_is_a_header(first, names):
    width = first.count(",") + 1
    texts = ["male", "female", "male"] if "male" in first else ["setosa", "other", "setosa"]
    rows = []
    for i in range(3):
        cells = [str(i * 3 % 7 + k) for k in range(width)]
        if "setosa" in first or "male" in first:
            cells[-1] = texts[i]
        if "country" in first:
            cells[0] = f"land {i}"
        rows.append(",".join(cells))
    data = load("\n".join([first, *rows]).encode())
    assert data.names == (names or tuple(f"column {k + 1}" for k in range(width)))
    assert len(data) == (3 if names else 4)


def test_a_header_of_texts_that_come_again_is_data_and_both_can_be_said():
    content = b"yes,no\nno,no\nyes,yes\nno,yes\n"
    assert load(content).names == ("column 1", "column 2")
    assert load(content, header=True).names == ("yes", "no")
    assert load(b"a,b\n1,2\n3,4\n", header=False).frame["column 1"].tolist() == ["a", "1", "3"]
    assert load(b"a:b\n1:2\n3:4\n", separator=":").names == ("a", "b")


def test_cells_may_hold_separators_quotes_and_lines():
    content = b'"dose, mg";text\n"1";"say ""no"";\nthen go"\n2;x\n'
    data = load(content)
    assert data.names == ("dose, mg", "text")
    assert data.frame["text"].tolist() == ['say "no";\nthen go', "x"]
    assert data.lines is None


def test_rows_know_their_lines():
    assert load(b"a,b\n1,2\n\n\n3,4\n,\n5,6\n").lines == [2, 5, 7]
    assert list(load(b"# by hand\na,b\n1,2\n3,4\n").lines or ()) == [3, 4]
    assert load(b"a,b\n1,2\n\n3,4\n").where(1) == "line 4"
    assert load(npy(np.eye(3))).where(1) == "row 2"


def test_names_are_cleaned_and_bounded():
    long = "n" * 500
    data = load(f'"two\nlines",{long}1,{long}2,<b>x</b>,=cmd()\n1,2,3,4,5\n2,3,4,5,6\n'.encode())
    assert data.names[0] == "two lines"
    assert data.names[3:] == ("<b>x</b>", "=cmd()")
    assert len(set(data.names)) == 5
    assert max(map(len, data.names)) <= 120


def test_arrays_of_two_dimensions_become_columns():
    x1, x2, y = np.arange(8.0).reshape(4, 2), np.arange(4), np.array(list("abab"))
    data = load(npz(X1=x1, X2=x2, Y=y, extra=np.ones((4, 2), np.float16)))
    assert data.names == ("X1_0", "X1_1", "X2", "Y", "extra_0", "extra_1")
    assert data.frame["X1_1"].tolist() == [1.0, 3.0, 5.0, 7.0]
    assert data.given is not None
    assert (data.given.x1, data.given.x2, data.given.y) == (("X1_0", "X1_1"), ("X2",), ("Y",))
    fortran = load(npy(np.asfortranarray(x1)))
    assert fortran.frame.to_numpy().tolist() == x1.tolist()
    assert load(zipped(y_DOT_npy=npy(y), notes_DOT_txt=b"hello")).names == ("y",)


def test_data_in_memory_bring_their_roles():
    data = from_arrays(
        np.eye(3), [1, 2, 1], [0, 1, 0], columns1=["a", "b", "c"], columns2=["a"], y_labels=["no", "yes"]
    )
    assert data.names == ("x1 a", "b", "c", "x2 a", "y")
    assert data.given is not None
    assert (data.given.x1, data.given.x2, data.given.y) == (("x1 a", "b", "c"), ("x2 a",), ("y",))
    assert data.frame["y"].tolist() == ["no", "yes", "no"]


def test_frames_of_objects():
    frame = pd.DataFrame(
        {
            "numbers": pd.Series([1, None, 2.5], dtype=object),
            "truth": pd.Series([True, False, None], dtype=object),
            "mixed": pd.Series([1, "b", True], dtype=object),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "unsigned": np.array([2**64 - 1, 1, 2], dtype=np.uint64),
            "ordered": pd.Categorical(["low", "high", "low"], categories=["low", "high"], ordered=True),
        }
    )
    data = from_frame(frame)
    assert data.frame["numbers"].tolist() == pytest.approx([1, np.nan, 2.5], nan_ok=True)
    assert data.frame["mixed"].tolist() == ["1", "b", "True"]
    assert data.column("truth").kind == "boolean"
    assert data.column("nullable").missing == 1
    assert data.frame["unsigned"].tolist()[0] == str(2**64 - 1)
    assert list(data.frame["ordered"].cat.categories) == ["low", "high"]

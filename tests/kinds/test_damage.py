"""Ten good files, each damaged in twenty-two ways: the answer stays right, or the result says why it cannot.

`SAME` are damages that carry no information: the answer must stay, to rounding. The others take something away or leave two readings open:
the answer stays, or a sentence before the numbers (or a refusal) names what was done.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from mmexplore.errors import BadData
from tests.kinds.verbs import by_page

N = 240
K = np.arange(N)
U = (K * 37 % N) / N  # spread evenly, in no order
V = (K * 101 % N) / N
BITS1, BITS2 = K % 2, K // 2 % 2

Table = tuple[list[str], list[list[str]]]


def table(*columns: list[str]) -> Table:
    return ["x1", "x2", "y", "z"], [list(row) for row in zip(*columns, strict=True)]


def words(values, names: str) -> list[str]:
    kinds = names.split()
    return [kinds[int(value)] for value in values]


def fixed(values, digits: int = 2) -> list[str]:
    return [f"{value:.{digits}f}" for value in values]


OTHER = fixed(20 + 5 * V)  # a column that plays no part
FILES: dict[str, Table] = {
    "labels": table(words(BITS1, "low high"), words(BITS2, "left right"), words(BITS1 & BITS2, "no yes"), words(K % 5, "a b c d e")),
    "bits": table(fixed(BITS1, 0), fixed(BITS2, 0), fixed(BITS1 ^ BITS2, 0), OTHER),
    "codes": table(fixed(K % 8 + 1, 0), words(K // 8 % 3, "u v w"), words(np.isin(K % 8, (1, 4, 6, 7)), "no yes"), OTHER),
    "measured": table(fixed(10 * U), fixed(-3 + 9 * V), words(U + V > 1, "down up"), OTHER),
    "one measured": table(fixed(100 * U, 1), words(K % 3, "red green blue"), words((U > 0.5) ^ (K % 3 == 1), "no yes"), OTHER),
    "classes": table(words(K % 3, "x y z"), words(K // 3 % 3, "p q r"), fixed((K + K // 3) % 3, 0), OTHER),
    "whole numbers": table(fixed(900 * U + 18, 0), fixed(600 * V, 0), words(U > 0.3, "ill well"), OTHER),
    "small numbers": table(fixed(U - 0.5, 3), fixed(V / 10, 4), fixed(U > V, 0), OTHER),
    "long labels": table(
        words(BITS1, "north-west south-east"), words(BITS2, "before/noon after/noon"), words(BITS1 | BITS2, "accepted refused"), OTHER
    ),
    "dates": table([f"2021-0{1 + k % 4}-15" for k in K], words(BITS2, "am pm"), words((K % 4 > 1) & (BITS2 > 0), "off on"), OTHER),
}  # fmt: skip


def numeric(rows: list[list[str]]) -> list[bool]:
    return [all(cell.lstrip("-").replace(".", "").isdigit() for cell in column) for column in zip(*rows, strict=True)]


def csv(head: list[str], rows: list[list[str]], separator: str = ",") -> str:
    return "\n".join(separator.join(row) for row in [head, *rows]) + "\n"


def lined(text: str, at: int, line: str) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def put(head, rows, column: int, cell: str, every: int = 12) -> str:
    return csv(
        head,
        [[cell if at == column and k % every == 5 else c for at, c in enumerate(row)] for k, row in enumerate(rows)],
    )


def first_number(rows) -> int:
    return [*numeric(rows), True].index(True)


def units(head, rows) -> str:
    return lined(csv(head, rows), 1, ",".join("(mV)" if is_number else "-" for is_number in numeric(rows)))


def total(head, rows) -> str:
    columns = list(zip(*rows, strict=True))
    sums = [f"{sum(map(float, c)):.6g}" if number else "" for c, number in zip(columns, numeric(rows), strict=True)]
    return csv(head, rows) + ",".join(["Total", *sums[1:]]) + "\n"


def shuffled(head, rows) -> str:
    order = [2, 3, 0, 1]
    return csv([head[k] for k in order], [[row[k] for k in order] for row in rows])


def renamed(name: str) -> Callable[..., tuple[str, dict[str, str]]]:
    return lambda head, rows: (csv([name, *head[1:]], rows), {"x1": name})


def as_codes(head, rows) -> str:
    columns = []
    for column, number in zip(zip(*rows, strict=True), numeric(rows), strict=True):
        labels = sorted(set(column))
        columns.append(list(column) if number or len(labels) > 12 else [str(labels.index(cell) + 1) for cell in column])
    return csv(head, [list(row) for row in zip(*columns, strict=True)])


def weighted(head, rows) -> str:
    return csv([*head, "weight"], [[*row, f"{0.5 + (k * 7 % 13) / 10:.1f}"] for k, row in enumerate(rows)])


def weighted_for_z(head, rows) -> str:
    return csv([*head[:3], "n"], [[*row[:3], str(1 + k % 4)] for k, row in enumerate(rows)])


def padded(head, rows) -> str:
    return csv(head, [[cell.zfill(5) if cell.isdigit() else cell for cell in row] for row in rows])


def decimal_commas(head, rows) -> str:
    cells = [[c.replace(".", ",") if n else c for c, n in zip(row, numeric(rows), strict=True)] for row in rows]
    return csv(head, cells, ";")


def mixed_ends(text: str) -> str:
    ends = itertools.cycle(["\n", "\r\n", "\n", "\r"])
    return "".join(line + end for line, end in zip(text.splitlines(), ends, strict=False))


SAME: dict[str, Callable[..., object]] = {
    "comment above": lambda head, rows: "# exported, by hand, on Monday, twice\n" + csv(head, rows),
    "comment between": lambda head, rows: lined(csv(head, rows), 9, "% the next ones, were, measured, later on"[: 40 if any(numeric(rows)[:3]) else 13]),
    "title": lambda head, rows: "My measurements of 2021\n\n" + csv(head, rows),
    "shuffled columns": shuffled,
    "byte order mark": lambda head, rows: b"\xef\xbb\xbf" + csv(head, rows).encode(),
    "semicolons": lambda head, rows: csv(head, rows, ";"),
    "decimal commas": decimal_commas,
    "quoted": lambda head, rows: csv([f'"{c}"' for c in head], [[f'"{c}"' for c in row] for row in rows]),
    "total": total,
    "blank lines": lambda head, rows: csv(head, rows).replace("\n", "\n\n", 60),
    "repeated header": lambda head, rows: lined(csv(head, rows), 100, ",".join(head)),
    "mixed line ends": lambda head, rows: mixed_ends(csv(head, rows)),
    "trailing delimiter": lambda head, rows: csv(head, rows).replace("\n", ",\n"),
    "latin-1": lambda head, rows: ("# mesuré à la main\n" + csv(head, rows)).encode("latin-1"),
    "renamed to p": renamed("p"),
    "renamed to n": renamed("n"),
    "weight column": weighted,
    "n beside x1, x2, y": weighted_for_z,
    "source below": lambda head, rows: csv(head, rows) + "\nSource: own work, 2021\n",
}  # fmt: skip
SAID: dict[str, Callable[..., object]] = {
    "units": units,
    "sentinel": lambda head, rows: put(head, rows, first_number(rows[:]) if any(numeric(rows)[:3]) else 0, "-999"),
    "missing words": lambda head, rows: put(head, rows, first_number(rows) if any(numeric(rows)[:3]) else 0, "NA"),
    "codes for labels": as_codes,
    "leading zeros": padded,
}


def answered(content: object, **roles: str) -> tuple[list[float], tuple[str, ...]]:
    if isinstance(content, tuple):
        content, roles = content
    return by_page(content, **roles)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole() -> dict[str, list[float]]:
    return {name: answered(csv(*made))[0] for name, made in FILES.items()}


def test_there_are_ten_files_and_more_than_twenty_damages(whole):
    assert len(FILES) == 10 and len(SAME) + len(SAID) > 20
    assert all(sum(atoms) > 0.2 for atoms in whole.values())  # there is something to lose


@pytest.mark.parametrize("damage", SAME)
def test_the_answer_stays(damage, whole):
    for name, (head, rows) in FILES.items():
        atoms, _ = answered(SAME[damage](head, rows))
        assert atoms == pytest.approx(whole[name], abs=1e-9), name


@pytest.mark.parametrize("damage", SAID)
def test_the_answer_stays_or_the_result_says_why(damage, whole):
    stayed = 0
    for name, (head, rows) in FILES.items():
        try:
            atoms, sentences = answered(SAID[damage](head, rows))
        except BadData as error:
            assert len(str(error)) > 20, name
            continue
        same = atoms == pytest.approx(whole[name], abs=1e-9)
        stayed += same
        about = {"units": "'-'", "sentinel": "-999", "missing words": "missing", "leading zeros": "zeros in front"}
        assert same or any(about.get(damage, "taken as") in sentence for sentence in sentences), (name, sentences)
    assert stayed or damage in ("sentinel", "missing words")

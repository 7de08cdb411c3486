"""What was done while reading, in sentences: the same thing said of a thousand columns is said once."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 3


@dataclass(frozen=True)
class Remark:
    """A sentence that may change an answer, and is to stand beside it.

    Attributes:
        text: the sentence, without a full stop.
        way: the option of the command line that reads otherwise, and what it does; empty where there is none. A page has a button instead.
        column: the only column that it matters to; None where it matters to all.
        lines: what kind of lines were left out, where it speaks of such; empty for all else.
        of_kind: whether it says that lines were read as rows, or as cells of a table.
    """

    text: str
    way: str = ""
    column: str | None = None
    lines: str = ""
    of_kind: bool = False

    @property
    def whole(self) -> str:
        """Sentence and option."""
        return f"{self.text}; {self.way}" if self.way else self.text


class Notes:
    """Collects sentences; those of one kind beyond the first few are counted instead."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[str]] = {}
        self._first: dict[str, Remark] = {}

    def add(self, sentence: str, kind: str | None = None) -> None:
        """Keep a sentence; `kind` is shared by sentences that say the same of single columns."""
        self._kinds.setdefault(kind or sentence, []).append(sentence)

    def remark(self, remark: Remark, kind: str | None = None) -> None:
        """Keep a sentence that may change an answer."""
        self.add(remark.whole, kind)
        self._first[remark.whole] = remark

    def sentences(self) -> tuple[str, ...]:
        """The sentences, in the order in which each kind was first said."""
        out: list[str] = []
        for sentences in self._kinds.values():
            out += sentences[:_SHOWN]
            if len(sentences) > _SHOWN:
                out.append(f"... and likewise in {len(sentences) - _SHOWN:,} more columns")
        return tuple(out)

    def first(self) -> tuple[Remark, ...]:
        """The sentences that may change an answer."""
        return tuple(self._first.values())

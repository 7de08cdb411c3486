"""What was done while reading, in sentences: the same thing said of a thousand columns is said once."""

from __future__ import annotations

_SHOWN = 3


class Notes:
    """Collects sentences; those of one kind beyond the first few are counted instead."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[str]] = {}
        self._first: dict[str, str | None] = {}

    def add(self, sentence: str, kind: str | None = None, *, first: bool = False, column: str | None = None) -> None:
        """Keep a sentence.

        Args:
            sentence: the sentence.
            kind: shared by sentences that say the same of single columns.
            first: whether it may change an answer, and is to stand beside it.
            column: the only column that it matters to; None where it matters to all.
        """
        self._kinds.setdefault(kind or sentence, []).append(sentence)
        if first:
            self._first[sentence] = column

    def sentences(self) -> tuple[str, ...]:
        """The sentences, in the order in which each kind was first said."""
        out: list[str] = []
        for sentences in self._kinds.values():
            out += sentences[:_SHOWN]
            if len(sentences) > _SHOWN:
                out.append(f"... and likewise in {len(sentences) - _SHOWN:,} more columns")
        return tuple(out)

    def first(self) -> tuple[tuple[str | None, str], ...]:
        """The sentences that may change an answer, each with the column it matters to."""
        return tuple((column, sentence) for sentence, column in self._first.items())

"""What was done while reading, in sentences: the same thing said of a thousand columns is said once."""

from __future__ import annotations

_SHOWN = 3


class Notes:
    """Collects sentences; those of one kind beyond the first few are counted instead."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[str]] = {}

    def add(self, sentence: str, kind: str | None = None) -> None:
        """Keep a sentence. Sentences about single columns share a `kind`."""
        self._kinds.setdefault(kind or sentence, []).append(sentence)

    def sentences(self) -> tuple[str, ...]:
        """The sentences, in the order in which each kind was first said."""
        out: list[str] = []
        for sentences in self._kinds.values():
            out += sentences[:_SHOWN]
            if len(sentences) > _SHOWN:
                out.append(f"... and likewise in {len(sentences) - _SHOWN:,} more columns")
        return tuple(out)

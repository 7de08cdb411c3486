"""What the pages of a Parquet file unpack to, by their own headers, before one of them is unpacked.

The footer's sizes are only what somebody wrote there; the reader takes memory by the header that stands before each page. It is a
struct in Thrift's compact protocol: fields 2 and 3 are the sizes of the page unpacked and packed.
Source: Apache Parquet, parquet.thrift (PageHeader); Apache Thrift, compact protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmexplore.errors import BadData

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

MOST_PAGES = 400_000
_DEEP = 12  # structs inside structs
_UNPACKED, _PACKED = 2, 3
_BOOLEANS, _BYTE, _NUMBERS, _DOUBLE, _TEXT, _LISTS, _MAP, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12


class _Reader:
    """A position in the bytes of a file."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise IndexError("a number of more than 64 bits")

    def number(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int, deep: int) -> None:
        """Pass over one value."""
        if deep > _DEEP:
            raise IndexError("structs too deep")
        if kind in _BOOLEANS:
            return
        if kind == _BYTE:
            self.at += 1
        elif kind in _NUMBERS:
            self.varint()
        elif kind == _DOUBLE:
            self.at += 8
        elif kind == _TEXT:
            length = self.varint()
            self.at += length
        elif kind == _STRUCT:
            self.struct(deep + 1)
        else:
            raise IndexError("lists in the header of a page")

    def struct(self, deep: int = 0) -> dict[int, int]:
        """The whole numbers of a struct by field; the rest is passed over."""
        found: dict[int, int] = {}
        field = 0
        while True:
            head = self.data[self.at]
            self.at += 1
            if head == 0:
                return found
            field = field + (head >> 4) if head >> 4 else self.number()
            kind = head & 0x0F
            if kind in _NUMBERS:
                found[field] = self.number()
            else:
                self.skip(kind, deep)


def unpacked_bytes(data: bytes, metadata: FileMetaData, columns: set[int], most: int, name: str) -> int:
    """Bytes of all pages of some columns, unpacked.

    Args:
        data: of the file.
        metadata: its footer.
        columns: positions of the leaves that are to be read.
        most: where to stop.
        name: of the file.

    Raises:
        BadData: more than `most`, too many pages, or a header that is none.
    """
    total = pages = 0
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for column in columns:
            chunk = row_group.column(column)
            start = chunk.data_page_offset
            if (
                chunk.has_dictionary_page
                and chunk.dictionary_page_offset is not None
                and chunk.dictionary_page_offset > 0
            ):
                start = min(start, chunk.dictionary_page_offset)
            end = start + chunk.total_compressed_size
            if not 0 <= start <= end <= len(data):
                raise BadData(
                    f"{name} is a damaged Parquet file (a column lies outside of it); download or save it again"
                )
            reader = _Reader(data, start)
            while reader.at < end:
                try:
                    header = reader.struct()
                    total += header[_UNPACKED]
                    reader.at += header[_PACKED]
                except (IndexError, KeyError):
                    raise BadData(
                        f"{name} is a damaged Parquet file (the header of a page); download or save it again"
                    ) from None
                pages += 1
                if min(header[_UNPACKED], header[_PACKED]) < 0 or pages > MOST_PAGES:
                    raise BadData(
                        f"{name} has too many pages, or pages of no size; allowed: {MOST_PAGES:,}. Save it with larger row groups"
                    )
                if total > most:
                    raise BadData(
                        f"{name} unpacks to more than {most:,} bytes; allowed: {most:,}. Drop columns, or take a random part of the rows"
                    )
    return total

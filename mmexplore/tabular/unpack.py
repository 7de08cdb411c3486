"""gzip, a little at a time: a bomb is refused when it passes the limit, not after it has filled the memory."""

from __future__ import annotations

import zlib

from mmexplore.errors import BadData
from mmexplore.tabular.limits import MAX_BYTES

_IN, _OUT = 1 << 16, 1 << 22
_MEMBERS = 100_000


def gunzip(data: bytes, name: str, most: int = MAX_BYTES) -> bytes:
    """The content of a gzip file of one or more members, at most `most` bytes."""
    out = bytearray()
    position = members = 0
    unpacker = None
    try:
        while position < len(data) or unpacker is not None:
            chunk = data[position : position + _IN]
            if unpacker is None:
                if not chunk.strip(b"\0"):  # padding behind the last member
                    position += len(chunk)
                    continue
                unpacker, members = zlib.decompressobj(wbits=31), members + 1
            piece = unpacker.decompress(chunk, _OUT)
            out += piece
            if len(out) > most or members > _MEMBERS:
                raise BadData(f"{name} unpacks to more than is allowed: {most:,} bytes, {_MEMBERS:,} parts")
            if not unpacker.eof and not chunk and not piece:
                raise BadData(f"{name} is cut short: its gzip stream has no end; download it again")
            position += len(chunk) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
            if unpacker.eof:
                unpacker = None
    except zlib.error as error:
        raise BadData(f"{name} is damaged ({error}); download it or pack it again") from None
    return bytes(out)

"""What a file may cost: every limit of reading in one place, each checked before the memory it guards is taken."""

from __future__ import annotations

MAX_BYTES = 200_000_000  # of a file, of what gzip unpacks to, and of all different texts of a file
MAX_UNPACKED = 320_000_000  # of the pages of a Parquet file and of the arrays of numbers in an NPZ: 16 bytes a cell
MAX_CELLS = 20_000_000  # rows x columns
MAX_COLUMNS = 20_000
MAX_LINE = 1_000_000  # bytes of one line of text
MAX_TEXTS = 12_000_000  # different texts in all columns of a file that are no plain numbers: labels, dates, numbers with a decimal comma
MAX_LABELS = 3_000_000  # different texts in one column, and different labels in all columns of a file
MAX_CHUNKS = 200_000  # columns x row groups of a Parquet file: each has an entry in the footer, which is read whole
MAX_FOOTER = 64_000_000  # bytes of that footer
MAX_NAME = 120  # characters of a column's name; longer ones are cut
MAX_MEMBERS = 1_000  # arrays in one NPZ
MAX_DIRECTORY = 4_000_000  # bytes of a zip's list of members, which is read whole
MAX_TABLE = 2_000_000  # cells of a dense table p[x1, x2, y]; beyond this an answer takes minutes
MANY_VALUES = 24  # a numeric column with more different values than this is a measurement, not a label

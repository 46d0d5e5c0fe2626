"""Counts a delimited file's records and cells by itself, so that what a reader made of it can be reconciled.

A record ends at a newline outside quotes. The scan is vectorised: some 200 MB a second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 23


@dataclass
class Scan:
    """What a file looks like if its cells are separated by `delimiter`.

    records   not counting empty lines;  widths  cells a record -> number of records
    lines     newlines in all, those inside quotes too;  empty  lines with nothing on them
    blank     records of delimiters alone;  stray  quotes that neither open nor close a cell;  open  the file ends inside quotes
    returns   newlines that a carriage return precedes;  lone_returns  carriage returns with no newline after;  nulls  NUL bytes
    """

    delimiter: str
    records: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    first: int = 0
    lines: int = 0
    empty: int = 0
    blank: int = 0
    stray: int = 0
    open: bool = False
    returns: int = 0
    lone_returns: int = 0
    nulls: int = 0

    @property
    def width(self) -> int:
        """The commonest number of cells (the larger of two equally common)."""
        return max(self.widths, key=lambda w: (self.widths[w], w), default=0)

    @property
    def share(self) -> float:
        """The share of records that have it."""
        return self.widths[self.width] / self.records if self.records else 0.0

    @property
    def clean(self) -> bool:
        """Whether every record has the same cells and nothing at all is odd: then DuckDB's reader can be trusted with it."""
        odd = self.empty or self.blank or self.stray or self.open or self.lone_returns or self.nulls
        return len(self.widths) == 1 and self.width > 1 and not odd and self.returns in (0, self.lines)


def scan(path: Path, delimiters: str) -> list[Scan]:
    """One Scan for each delimiter, in one pass over the file."""
    scanners = [_Scanner(d) for d in delimiters]
    with path.open("rb") as file:
        inside, before = 0, b"\n"
        chunk = file.read(CHUNK)
        while chunk:
            following = file.read(CHUNK)
            if not following and not chunk.endswith(b"\n"):
                chunk += b"\n"
            inside = _feed(scanners, before, chunk, following[:1] or b"\n", inside)
            before, chunk = chunk[-1:], following
    for scanner in scanners:
        scanner.scan.open = bool(inside)
    return [s.scan for s in scanners]


def _feed(scanners: list[_Scanner], before: bytes, chunk: bytes, after: bytes, inside: int) -> int:
    """Gives every scanner a chunk; returns whether it ends inside quotes."""
    import numpy as np

    data = np.frombuffer(before + chunk + after, np.uint8)
    body = data[1:-1]
    quote = (body == 34).view(np.uint8)
    newline = body == 10
    quoted = None
    if inside or quote.any():
        # parity after each byte: 1 inside quotes. A doubled quote closes and opens again, which is the same thing
        quoted = np.bitwise_xor.accumulate(quote) ^ inside
    for scanner in scanners:
        scanner.feed(data, quote, newline, quoted)
    return inside if quoted is None else int(quoted[-1])


class _Scanner:
    def __init__(self, delimiter: str) -> None:
        self.scan = Scan(delimiter)
        self._cells = 0  # delimiters since the last record ended
        self._length = 0  # bytes since then

    def feed(self, data, quote, newline, quoted) -> None:
        import numpy as np

        body = data[1:-1]
        self._count_bytes(data, newline)
        ends, marks = newline, body == ord(self.scan.delimiter)
        if quoted is not None:
            outside = quoted == 0
            ends, marks = newline & outside, marks & outside
            self._count_stray(data, quote, quoted)
        at = np.flatnonzero(ends)
        if not len(at):
            self._cells += int(np.count_nonzero(marks))
            self._length += len(body)
            return
        upto = np.searchsorted(np.flatnonzero(marks), at)
        cells = np.diff(upto, prepend=0)
        lengths = (
            np.diff(at, prepend=-1) - 1 - (data[at] == 13)
        )  # data is shifted by one: data[at] precedes the newline
        cells[0] += self._cells
        lengths[0] += self._length
        self._count_records(cells, lengths)
        self._cells = int(np.count_nonzero(marks)) - int(upto[-1])
        self._length = len(body) - int(at[-1]) - 1

    def _count_bytes(self, data, newline) -> None:
        import numpy as np

        returns = data[1:-1] == 13
        followed = int(np.count_nonzero(returns & (data[2:] == 10)))
        self.scan.lines += int(np.count_nonzero(newline))
        self.scan.returns += followed
        self.scan.lone_returns += int(np.count_nonzero(returns)) - followed
        self.scan.nulls += int(np.count_nonzero(data[1:-1] == 0))

    def _count_stray(self, data, quote, quoted) -> None:
        import numpy as np

        is_quote = quote.astype(bool)
        opening, closing = is_quote & (quoted == 1), is_quote & (quoted == 0)
        edges = np.array([10, 13, 34, ord(self.scan.delimiter)], np.uint8)
        fair = (opening & np.isin(data[:-2], edges)) | (closing & np.isin(data[2:], edges))
        self.scan.stray += int(np.count_nonzero(is_quote & ~fair))

    def _count_records(self, cells, lengths) -> None:
        import numpy as np

        given = lengths > 0
        self.scan.empty += int(np.count_nonzero(~given))
        self.scan.blank += int(np.count_nonzero(given & (lengths == cells)))
        widths = cells[given] + 1
        if self.scan.records == 0 and len(widths):
            self.scan.first = int(widths[0])
        self.scan.records += len(widths)
        for width, number in enumerate(np.bincount(widths) if len(widths) else ()):
            if number:
                self.scan.widths[width] += int(number)

"""CSV and Parquet files, written table by table in pieces, the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

FileKind = Literal["csv", "parquet"]


class TableWriter:
    """Writes one table's file in pieces. Every piece has the same columns in the same order."""

    def __init__(self, folder: Path, name: str, kind: FileKind) -> None:
        self._path = folder / f"{name}.{kind}"
        self._kind = kind
        self._writer: Any = None
        self._file: Any = None
        self.rows = 0

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for thing in (self._writer, self._file):
            if thing is not None:
                thing.close()

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Append rows."""
        import pyarrow as pa

        table = pa.table(columns)
        writer = self._writer or self._open(table)
        writer.write_table(table)
        self.rows += table.num_rows

    def _open(self, table: pa.Table) -> Any:
        if self._kind == "parquet":
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
            return self._writer
        import pyarrow.csv as csv

        # No value has a comma, quote or line end, so nothing is quoted: the header, which pyarrow always quotes, is written by hand.
        self._file = self._path.open("wb")
        self._file.write((",".join(table.column_names) + "\n").encode())
        options = csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65536)
        self._writer = csv.CSVWriter(self._file, table.schema, write_options=options)
        return self._writer


def money(pence: np.ndarray) -> pa.Array:
    """Whole pence as decimals with two places, exactly."""
    import pyarrow as pa

    words = np.empty((len(pence), 2), np.int64)
    words[:, 0] = pence
    words[:, 1] = pence >> 63  # the sign, extended to 128 bits
    return pa.Array.from_buffers(pa.decimal128(14, 2), len(pence), [None, pa.py_buffer(words)])


def texts(choices: tuple[str, ...] | list[str], index: np.ndarray, blank: np.ndarray | None = None) -> pa.Array:
    """choices[index] as text; missing where `blank`."""
    import pyarrow as pa

    return pa.array(list(choices)).take(pa.array(index.astype(np.int64), mask=blank))


def integers(values: np.ndarray, blank: np.ndarray | None = None) -> pa.Array:
    """Whole numbers; missing where `blank`."""
    import pyarrow as pa

    return pa.array(values.astype(np.int64), mask=blank)


def dates(days: np.ndarray, blank: np.ndarray | None = None) -> pa.Array:
    """Day numbers as dates; missing where `blank`."""
    import pyarrow as pa

    from segue.tools.demo.world import START

    return pa.array(START + days.astype(np.int64), mask=blank)


def times(seconds: np.ndarray, blank: np.ndarray | None = None) -> pa.Array:
    """Seconds since the first day's midnight as timestamps to the second; missing where `blank`."""
    import pyarrow as pa

    from segue.tools.demo.world import START

    return pa.array(START.astype("datetime64[s]") + seconds.astype(np.int64), mask=blank)

"""The exact keys of segments, kept as Parquet files."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa


class Members:
    """The exact keys of segments: a Parquet file a segment, segment version and data version, one column `key`, in key order."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, segment: str, version: int, data_version: str) -> Path:
        """Where the keys are, or would be. Any text is a safe segment id here."""
        safe = re.sub(r"[^A-Za-z0-9-]", "_", segment)
        return self.directory / f"{safe}.v{int(version)}.{re.sub(r'[^A-Za-z0-9-]', '_', data_version)}.parquet"

    def write(
        self, segment: str, version: int, data_version: str, keys: pa.Array | pa.ChunkedArray | Sequence[Any]
    ) -> Path:
        """Writes keys (already in order), whole or not at all."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.directory.mkdir(parents=True, exist_ok=True)
        column = keys if isinstance(keys, (pa.Array, pa.ChunkedArray)) else pa.array(keys)
        path = self.path(segment, version, data_version)
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        pq.write_table(pa.table({"key": column}), temporary)
        temporary.replace(path)
        return path

    def read(self, segment: str, version: int, data_version: str) -> pa.ChunkedArray:
        """The keys. DataError where they were never written."""
        import pyarrow.parquet as pq

        path = self.path(segment, version, data_version)
        if not path.is_file():
            raise DataError(
                f"The members of segment {segment!r} were not kept for data version {data_version}.",
                "Ask for it again.",
            )
        return pq.read_table(path).column("key")

"""The local log: what went wrong, in full. It stays in the workspace; people and chat models get the kind of fault only."""

from __future__ import annotations

import os
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path

LOG_BYTES = 1_000_000
_KEY_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
_KEY_SHAPE = re.compile(r"\b(sk|xox[a-z]|lsv2)[-_][\w-]{6,}")


def note_fault(file: Path, error: BaseException, about: str = "") -> None:
    """Appends the error with its traceback. The file is begun anew past LOG_BYTES, the last one kept as `.old`.

    A log that can't be written is no reason to fail a question: then nothing is noted.
    """
    text = "".join(traceback.format_exception(error))
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        if file.exists() and file.stat().st_size > LOG_BYTES:
            file.replace(file.with_suffix(".old"))
        with file.open("a", encoding="utf-8", errors="backslashreplace") as out:
            out.write(f"{stamp} {about}\n{without_keys(text)}\n")
    except OSError:
        return


def without_keys(text: str) -> str:
    """The text without anything that is, or looks like, a secret of this process."""
    for name, value in os.environ.items():
        if _KEY_NAME.search(name) and len(value) >= 6:
            text = text.replace(value, f"<{name}>")
    return _KEY_SHAPE.sub("<key>", text)

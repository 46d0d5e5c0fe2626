"""Makes any text file UTF-8 with plain line ends, and says what that took."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from segue.tools.data.account import SHOWN
from segue.tools.errors import DataError

CHUNK = 1 << 22
BOMS = ((codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"), (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"), (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"))  # fmt: skip


@dataclass
class TextFile:
    """A UTF-8 file ready to be read. `path` is the source itself where that needed nothing.

    spoilt  lines that held bytes of no character, which became U+FFFD, and how many such lines there are
    """

    path: Path
    notes: list[str] = field(default_factory=list)
    spoilt_lines: list[int] = field(default_factory=list)
    spoilt: int = 0


def as_utf8(source: Path, scratch: Path, shown: str) -> TextFile:
    """The file's text as UTF-8, written to `scratch` where the file is anything else. DataError where it is no text or empty."""
    path = _unpacked(source, scratch.with_suffix(".raw"), shown) if source.suffix.lower() == ".gz" else source
    with path.open("rb") as file:
        head = file.read(CHUNK)
    if not head.strip(b"\x00\r\n\t ,;"):
        raise DataError(f"{shown} is empty.", "Take it out, or export it again.")
    encoding, label, skip = _encoding(path, head, shown)
    text = TextFile(path)
    if label:
        text.notes.append(f"Read as {label}.")
    if encoding == "utf-8" and not skip and not _odd_line_ends(head):
        return text
    _transcode(path, scratch, encoding, skip, text)
    text.path = scratch
    return text


def _unpacked(source: Path, target: Path, shown: str) -> Path:
    try:
        with gzip.open(source, "rb") as packed, target.open("wb") as plain:
            while chunk := packed.read(CHUNK):
                plain.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{shown} can't be unpacked ({error}).", "Export it again: the file is damaged or is no gzip file."
        ) from error
    return target


def _encoding(path: Path, head: bytes, shown: str) -> tuple[str, str, int]:
    """(codec, what to tell people, bytes to skip)."""
    for mark, codec, label in BOMS:
        if head.startswith(mark):
            return codec, label, len(mark)
    sample = head[:100_000]
    nulls = sample.count(0)
    if nulls > max(4, len(sample) * 0.2):
        return _unmarked_utf16(sample, shown)
    if nulls and _binary(sample):
        raise DataError(f"{shown} is no text file.", "Save it as CSV, Excel (.xlsx), Parquet, JSON, SQLite or DuckDB.")
    good, bad = _utf8_census(path)
    if not bad:
        return "utf-8", "", 0
    if good * 4 > bad:  # in Latin-1 hardly a byte in a hundred makes UTF-8 by chance
        return "utf-8-spoilt", "", 0
    with path.open("rb") as file:
        latin = any(re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk) for chunk in iter(lambda: file.read(CHUNK), b""))
    return (
        ("latin-1", "Latin-1 (it is not UTF-8)", 0)
        if latin
        else ("cp1252", "Windows-1252, or Latin-1 (it is not UTF-8)", 0)
    )


def _unmarked_utf16(sample: bytes, shown: str) -> tuple[str, str, int]:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 5 * even:
        return "utf-16-le", "UTF-16", 0
    if even > 5 * odd:
        return "utf-16-be", "UTF-16", 0
    raise DataError(f"{shown} is no text file.", "Save it as CSV, Excel (.xlsx), Parquet, JSON, SQLite or DuckDB.")


def _binary(sample: bytes) -> bool:
    control = sum(sample.count(bytes([b])) for b in range(32) if b not in (0, 9, 10, 12, 13, 26))
    return control > 0 or sample.count(0) > max(20, 0.02 * len(sample))


def _utf8_census(path: Path) -> tuple[int, int]:
    """Numbers of characters beyond ASCII that are right UTF-8, and of bytes that are not."""
    good = bad = 0
    pending = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            data = pending + chunk
            cut = len(data) - _tail(data)
            data, pending = data[:cut], data[cut:]
            if data.isascii():
                continue
            text = data.decode("utf-8", "replace") if bad else _decoded(data)
            bad += text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
            good += len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return good, bad + bool(pending)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _tail(data: bytes) -> int:
    """How many bytes at the end begin a character that the next chunk ends."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _odd_line_ends(head: bytes) -> bool:
    """Whether lines end as on old Macs: with a carriage return alone."""
    return b"\n" not in head and b"\r" in head


def _transcode(source: Path, target: Path, encoding: str, skip: int, text: TextFile) -> None:
    codec = "utf-8" if encoding == "utf-8-spoilt" else encoding
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    line = 1
    mac: bool | None = None
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(skip)
        while True:
            chunk = file.read(CHUNK)
            plain = decoder.decode(chunk, final=not chunk)
            if mac is None:
                mac = "\n" not in plain and "\r" in plain
            if mac:
                plain = plain.replace("\r", "\n")
            if "\ufffd" in plain:
                _note_spoilt(plain, line, text)
            line += plain.count("\n")
            out.write(plain.encode("utf-8", "replace"))
            if not chunk:
                return


def _note_spoilt(plain: str, line: int, text: TextFile) -> None:
    for offset, row in enumerate(plain.split("\n")):
        if "\ufffd" in row and (not text.spoilt_lines or text.spoilt_lines[-1] != line + offset):
            text.spoilt += 1
            if len(text.spoilt_lines) < SHOWN:
                text.spoilt_lines.append(line + offset)

"""What a workspace remembers besides its data: segments, conversations, taught words, who did what.

SQLite in WAL mode, so that a chat, Slack and a refresh write side by side. Everything stored is JSON or plain text.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segue.tools.errors import DataError, DefinitionError, did_you_mean

SCHEMA_VERSION = 1
KEEP_TURNS = 20

SCHEMA = """
CREATE TABLE segments (
    id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT, scheme TEXT, definition TEXT NOT NULL, english TEXT NOT NULL,
    size INTEGER NOT NULL, data_version TEXT NOT NULL, made_at TEXT NOT NULL, made_by TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (id, version));
CREATE INDEX segments_name ON segments (name COLLATE NOCASE);
CREATE TABLE turns (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, turn TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (conversation, number));
CREATE TABLE vocabulary (word TEXT PRIMARY KEY COLLATE NOCASE, meaning TEXT NOT NULL, taught_at TEXT NOT NULL, taught_by TEXT NOT NULL);
CREATE TABLE audit (number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Segment:
    """A version of a segment. `definition` is a FindCustomers plan as JSON; `english` states it; `size` is exact for `data_version`.

    name    None for the unnamed segment that a question for customers leaves behind
    scheme  the scheme that it is one of (RFM), or None
    """

    id: str
    version: int
    name: str | None
    definition: dict[str, Any]
    english: str
    size: int
    data_version: str
    made_at: str
    made_by: str
    scheme: str | None = None


class State:
    """The state store. Every method opens a connection of its own: any thread may call any of them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Makes the file and its tables where they are missing. DataError where a newer Segue wrote it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as c:
            c.execute("PRAGMA journal_mode=WAL")
            c.execute("BEGIN IMMEDIATE")
            found = c.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                raise DataError(f"{self.path} was written by a newer Segue.", "Upgrade Segue, then try again.")
            if found == 0:
                for statement in filter(str.strip, SCHEMA.split(";")):
                    c.execute(statement)
                c.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def keep_open(self) -> sqlite3.Connection:
        """A connection that does nothing: while it lives, a write needn't fold the log back into the file (20 ms each time)."""
        try:
            keeper = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
            keeper.execute("SELECT count(*) FROM vocabulary").fetchone()
        except sqlite3.Error as error:
            raise DataError(f"The state {self.path} can't be opened ({error}).", "Run `segue doctor`.") from error
        return keeper

    # -- segments

    def save_segment(
        self,
        *,
        definition: dict[str, Any],
        english: str,
        size: int,
        data_version: str,
        name: str | None = None,
        scheme: str | None = None,
        made_by: str = "owner",
        id: str | None = None,
    ) -> Segment:
        """Keeps a segment, or with the id of a kept one its next version. DefinitionError where the name is another segment's."""
        with self._connection() as c:
            c.execute("BEGIN IMMEDIATE")
            if name is not None:
                self._refuse_taken(c, name, id)
            id = id or _new_id()
            version = c.execute("SELECT coalesce(max(version), 0) + 1 FROM segments WHERE id = ?", [id]).fetchone()[0]
            made = Segment(id, version, name, definition, english, size, data_version, _now(), made_by, scheme)
            c.execute(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                [id, version, name, scheme, _json(definition), english, size, data_version, made.made_at, made_by],
            )
            _log(c, made_by, "segment saved", {"id": id, "version": version, "name": name, "size": size})
        return made

    def segment(self, id_or_name: str, version: int | None = None) -> Segment:
        """A segment by id or name (in any case), its newest version by default. DefinitionError where there is none."""
        with self._connection() as c:
            id = self._find(c, id_or_name)
            sql = f"SELECT {_FIELDS} FROM segments WHERE id = ? AND version = coalesce(?, version) ORDER BY version DESC LIMIT 1"
            row = c.execute(sql, [id, version]).fetchone()
        if row is None:
            raise DefinitionError(f"Segment {id_or_name!r} has no version {version}.")
        return _segment(row)

    def segments(self, *, named_only: bool = True) -> list[Segment]:
        """The newest version of every segment that was not deleted, by name (unnamed ones last, oldest first)."""
        with self._connection() as c:
            rows = c.execute(
                f"SELECT {_FIELDS} FROM segments s WHERE NOT deleted AND version = (SELECT max(version) FROM segments WHERE id = s.id)"
                " AND (name IS NOT NULL OR NOT ?) ORDER BY name IS NULL, name COLLATE NOCASE, made_at, id",
                [named_only],
            ).fetchall()
        return [_segment(r) for r in rows]

    def history(self, id_or_name: str) -> list[Segment]:
        """Every version of a segment, oldest first."""
        with self._connection() as c:
            id = self._find(c, id_or_name)
            rows = c.execute(f"SELECT {_FIELDS} FROM segments WHERE id = ? ORDER BY version", [id]).fetchall()
        return [_segment(r) for r in rows]

    def rename_segment(self, id_or_name: str, name: str, *, by: str = "owner") -> Segment:
        """Gives a segment a name. DefinitionError where it is another's."""
        with self._connection() as c:
            c.execute("BEGIN IMMEDIATE")
            id = self._find(c, id_or_name)
            self._refuse_taken(c, name, id)
            c.execute("UPDATE segments SET name = ? WHERE id = ?", [name, id])
            _log(c, by, "segment renamed", {"id": id, "name": name})
        return self.segment(id)

    def resize_segment(self, id: str, size: int, data_version: str) -> None:
        """Notes how many the newest version of a segment holds on a newer data version; its definition is the same."""
        with self._connection() as c:
            newest = "(SELECT max(version) FROM segments WHERE id = ?)"
            sql = f"UPDATE segments SET size = ?, data_version = ? WHERE id = ? AND version = {newest}"
            c.execute(sql, [size, data_version, id, id])

    def delete_segment(self, id_or_name: str, *, by: str = "owner") -> None:
        """Takes a segment out of every list; its name is free again."""
        with self._connection() as c:
            c.execute("BEGIN IMMEDIATE")
            id = self._find(c, id_or_name)
            c.execute("UPDATE segments SET deleted = 1 WHERE id = ?", [id])
            _log(c, by, "segment deleted", {"id": id})

    def _find(self, c: sqlite3.Connection, id_or_name: str) -> str:
        sql = "SELECT id FROM segments WHERE NOT deleted AND (id = ? OR name = ? COLLATE NOCASE) ORDER BY id = ? DESC LIMIT 1"
        row = c.execute(sql, [id_or_name, id_or_name, id_or_name]).fetchone()
        if row:
            return row[0]
        names = [r[0] for r in c.execute("SELECT DISTINCT name FROM segments WHERE NOT deleted AND name IS NOT NULL")]
        near = did_you_mean(id_or_name, names)
        raise DefinitionError(
            f"There is no segment {id_or_name!r}.", near or "`segue segment list` shows the ones there are."
        )

    def _refuse_taken(self, c: sqlite3.Connection, name: str, id: str | None) -> None:
        sql = "SELECT id FROM segments WHERE NOT deleted AND name = ? COLLATE NOCASE AND id IS NOT ?"
        if c.execute(sql, [name, id]).fetchone():
            raise DefinitionError(
                f"There is a segment {name!r} already.", "Choose another name, or delete or rename that one."
            )

    # -- conversations

    def append_turn(self, conversation: str, turn: dict[str, Any]) -> None:
        """Adds a turn (JSON-plain) to a conversation; only the last KEEP_TURNS are kept."""
        with self._connection() as c:
            c.execute("BEGIN IMMEDIATE")
            sql = "SELECT coalesce(max(number), 0) + 1 FROM turns WHERE conversation = ?"
            number = c.execute(sql, [conversation]).fetchone()[0]
            c.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", [conversation, number, _json(turn), _now()])
            c.execute("DELETE FROM turns WHERE conversation = ? AND number <= ?", [conversation, number - KEEP_TURNS])

    def turns(self, conversation: str) -> list[dict[str, Any]]:
        """The turns of a conversation, oldest first; none where there is no such conversation."""
        with self._connection() as c:
            rows = c.execute("SELECT turn FROM turns WHERE conversation = ? ORDER BY number", [conversation]).fetchall()
        return [json.loads(r[0]) for r in rows]

    # -- vocabulary

    def teach(self, word: str, meaning: dict[str, Any], *, by: str = "owner") -> None:
        """Remembers what a word means here (JSON-plain), in place of what it meant before."""
        with self._connection() as c:
            c.execute("INSERT OR REPLACE INTO vocabulary VALUES (?, ?, ?, ?)", [word, _json(meaning), _now(), by])
            _log(c, by, "word taught", {"word": word, "meaning": meaning})

    def forget(self, word: str, *, by: str = "owner") -> bool:
        """Forgets a taught word; False where it was never taught."""
        with self._connection() as c:
            known = c.execute("DELETE FROM vocabulary WHERE word = ?", [word]).rowcount > 0
            if known:
                _log(c, by, "word forgotten", {"word": word})
        return known

    def vocabulary(self) -> dict[str, dict[str, Any]]:
        """Every taught word with its meaning."""
        with self._connection() as c:
            rows = c.execute("SELECT word, meaning FROM vocabulary ORDER BY word").fetchall()
        return {word: json.loads(meaning) for word, meaning in rows}

    # -- audit log

    def log(self, who: str, what: str, detail: dict[str, Any] | None = None) -> None:
        """Notes that someone did something."""
        with self._connection() as c:
            _log(c, who, what, detail or {})

    def audit(self, last: int = 100) -> list[dict[str, Any]]:
        """The newest entries, newest first: at, who, what, detail."""
        with self._connection() as c:
            rows = c.execute("SELECT at, who, what, detail FROM audit ORDER BY number DESC LIMIT ?", [last]).fetchall()
        return [{"at": at, "who": who, "what": what, "detail": json.loads(detail)} for at, who, what, detail in rows]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            c = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        except sqlite3.Error as error:
            raise DataError(
                f"The state {self.path} can't be opened ({error}).", "See that the workspace can be written to."
            ) from error
        try:
            c.execute("PRAGMA busy_timeout=10000")
            c.execute("PRAGMA synchronous=NORMAL")
            yield c
            if c.in_transaction:
                c.execute("COMMIT")
        except sqlite3.Error as error:
            raise DataError(f"The state {self.path} can't be used ({error}).", "Run `segue doctor`.") from error
        finally:
            c.close()  # what was not committed is rolled back


_FIELDS = "id, version, name, definition, english, size, data_version, made_at, made_by, scheme"


def _segment(row: Sequence[Any]) -> Segment:
    id, version, name, definition, english, size, data_version, made_at, made_by, scheme = row
    return Segment(id, version, name, json.loads(definition), english, size, data_version, made_at, made_by, scheme)


def _log(c: sqlite3.Connection, who: str, what: str, detail: dict[str, Any]) -> None:
    c.execute("INSERT INTO audit (at, who, what, detail) VALUES (?, ?, ?, ?)", [_now(), who, what, _json(detail)])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _new_id() -> str:
    return f"s-{secrets.token_hex(4)}"

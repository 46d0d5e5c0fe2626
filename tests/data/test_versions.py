"""Versions: whole or not at all, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import duckdb
import pytest

from segue.tools.data.ingest import read_sources, refresh, remembered_sources
from segue.tools.data.workspace import KEEP_VERSIONS, Workspace
from segue.tools.errors import DataError

KILLED = """
import os, signal, sys
from pathlib import Path
from segue.tools.data.ingest import read_sources, refresh
from segue.tools.data.workspace import Workspace

def progress(message, fraction):
    if message.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

workspace = Workspace(Path(sys.argv[1]))
if len(sys.argv) > 3:
    read_sources([Path(sys.argv[3])], workspace, progress=progress)
else:
    refresh(workspace, progress=progress)
"""
STEPS = ["Reading", "Typing", "Writing", "Measuring", "Checking", "Putting", "Moving"]


def run_and_kill(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, arguments)], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
@pytest.mark.parametrize("step", STEPS)
def test_kill_during_refresh_leaves_the_old_version_in_use(kit, step):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    before = kit.workspace.current_version()
    kit.file("t.csv", "a,b\n3,4\n5,6\n")
    run_and_kill(kit.workspace.path, step)
    assert Workspace.open(kit.workspace.path).current_version() == before
    assert kit.rows("t") == [(1, 2)]
    refresh(kit.workspace)  # the next run clears up and succeeds
    assert kit.rows("t") == [(3, 4), (5, 6)]
    assert not list(kit.workspace.data_dir.glob(".building-*"))


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_kill_during_init_makes_no_workspace(kit):
    source = kit.file("t.csv", "a,b\n1,2\n")
    run_and_kill(kit.workspace.path, "Moving", source)
    with pytest.raises(DataError, match="No Segue workspace in"):
        Workspace.open(kit.workspace.path)
    kit.read(source)
    assert kit.rows("t") == [(1, 2)]


def test_a_refresh_that_fails_changes_nothing(kit):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    before = kit.workspace.current_version()
    kit.file("t.csv", "")
    with pytest.raises(DataError, match=r"t\.csv is empty"):
        refresh(kit.workspace)
    assert kit.workspace.current_version() == before
    assert kit.workspace.versions() == [before]
    assert not list(kit.workspace.data_dir.glob(".*"))


def test_what_stops_before_use_stops_the_move(kit):
    def refuse(account, database):
        assert account.tables[0].rows_kept == 1 and database.is_file()
        raise DataError("No.", "Mend it.")

    with pytest.raises(DataError, match=r"No\. Mend it\."):
        read_sources([kit.file("t.csv", "a,b\n1,2\n")], kit.workspace, before_use=refuse)
    assert not kit.workspace.path.exists()


def test_a_full_disk_is_said_plainly(kit, monkeypatch):
    import segue.tools.data.table as table

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table, "measure", full)
    with pytest.raises(DataError, match=r"No space left on device.* See that the disk has room"):
        kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    assert not kit.workspace.path.exists()


def test_a_reader_keeps_its_version_through_a_refresh(kit):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    with duckdb.connect(str(kit.workspace.database()), read_only=True) as reader:
        kit.file("t.csv", "a,b\n3,4\n")
        refresh(kit.workspace)
        assert reader.execute("SELECT a FROM t").fetchall() == [(1,)]
    assert kit.rows("t") == [(3, 4)]


def test_only_the_last_versions_are_kept(kit):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    made = [kit.workspace.current_version(), *(refresh(kit.workspace).version for _ in range(4))]
    assert len(kit.workspace.versions()) == KEEP_VERSIONS
    assert kit.workspace.current_version() == made[-1]


def test_a_second_writer_is_told(kit):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    with (
        kit.workspace.lock(),
        pytest.raises(DataError, match=r"is being written by process \d+\. Wait until it is done, then try again\."),
    ):
        refresh(kit.workspace)
    refresh(kit.workspace)


def test_refresh_says_what_is_gone(kit):
    kit.read(kit.file("t.csv", "a,b,c\n1,2,3\n"), kit.file("u.csv", "x,y\n1,2\n"))
    kit.file("t.csv", "a,b\nx,2\n")
    (kit.root / "files" / "u.csv").unlink()
    with pytest.raises(DataError, match=r"There is no file or folder .*u\.csv"):
        refresh(kit.workspace)
    account = read_sources([kit.root / "files" / "t.csv"], kit.workspace)
    assert account.notes == (
        "Table u is no longer there.",
        "Column t.a was integer and is text now.",
        "Column t.c is no longer there.",
    )


def test_sources_are_remembered_and_move_with_the_workspace(kit):
    inside = kit.workspace.path / "input"
    inside.mkdir(parents=True)
    (inside / "t.csv").write_text("a,b\n1,2\n")
    outside = kit.file("u.csv", "a,b\n1,2\n")
    kit.read(inside, outside)
    assert json.loads(kit.workspace.sources_path.read_text())["sources"] == ["input", str(outside.resolve())]
    moved = Workspace(kit.workspace.path.rename(kit.root / "elsewhere"))
    assert remembered_sources(moved) == [moved.path / "input", outside.resolve()]
    assert refresh(moved).tables[0].rows_kept == 1


def test_no_workspace(kit):
    with pytest.raises(DataError, match=r"No Segue workspace in .*\. Run `segue init"):
        Workspace.open(kit.root)


def test_a_pointer_to_nothing(kit):
    kit.read(kit.file("t.csv", "a,b\n1,2\n"))
    kit.workspace.database().unlink()
    with pytest.raises(DataError, match="Run `segue refresh`"):
        Workspace.open(kit.workspace.path)
    kit.workspace.pointer.write_text("../../etc/passwd")
    with pytest.raises(DataError, match="does not name a data version"):
        kit.workspace.current_version()


def test_progress_only_grows_and_ends_at_one(kit):
    seen = []
    sources = [kit.file("t.csv", "a,b\n1,2\n"), kit.file("u.csv", "a,b\n1,2\n" * 50)]
    read_sources(sources, kit.workspace, progress=lambda message, fraction: seen.append((message, fraction)))
    fractions = [f for _, f in seen if f is not None]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert {m.split()[0] for m, _ in seen} >= set(STEPS)

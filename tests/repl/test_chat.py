"""The chat in a pseudo-terminal: whole transcripts on a dumb terminal, keys and completion on a real one."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from segue.tools.data.state import State

PROGRAM = str(Path(__file__).with_name("scripted_chat.py"))
VERSION = "20260101T000000-abcd"
WELCOME = "Ask about your customers in plain English. /help says how; Ctrl-D leaves."
Start = Callable[..., pexpect.spawn]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a named segment; its data is never read."""
    place = tmp_path / "shop"
    (place / ".segue" / "data").mkdir(parents=True)
    (place / ".segue" / "current").write_text(VERSION)
    (place / ".segue" / "data" / f"{VERSION}.duckdb").touch()
    (place / "segue.yaml").write_text("name: shop\n")
    state = State(place / ".segue" / "state.sqlite")
    state.prepare()
    state.save_segment(name="Regulars", definition={}, english="customers with 3 or more orders", size=1234, data_version=VERSION)
    return place


@pytest.fixture
def start(workspace: Path, tmp_path: Path) -> Iterator[Start]:
    started: list[pexpect.spawn] = []

    def begin(term: str = "dumb", **environment: str) -> pexpect.spawn:
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "TERM": term,
            "LANG": "C.UTF-8",
            "PROMPT_TOOLKIT_NO_CPR": "1",  # nobody answers where the cursor is
        }
        child = pexpect.spawn(
            sys.executable, [PROGRAM, str(workspace)], env=env | environment, encoding="utf-8", timeout=8, dimensions=(40, 80)
        )
        started.append(child)
        return child

    yield begin
    for child in started:
        child.close(force=True)


def say(child: pexpect.spawn, *lines: str) -> str:
    """Types each line at a prompt of its own, leaves with Ctrl-D, and returns the whole transcript."""
    seen = ""
    for line in lines:
        child.expect_exact("segue>")
        seen += child.before + child.after
        child.send(line + "\r")
    child.expect_exact("segue>")
    seen += child.before + child.after
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.close()
    seen = re.sub(r"\x1b\[\?\d+[hl]", "", seen + child.before)  # the cursor, shown and hidden
    return "\n".join(line.rstrip() for line in seen.replace("\r\n", "\n").splitlines())


def test_a_whole_conversation(start: Start) -> None:
    child = start()
    transcript = say(child, "who buys most?", "/sql", "loyal?", "1", "rain?", "/segments", "/helq")
    assert child.exitstatus == 0
    answer = [
        "France has 75.0% of the customers.",
        "",
        "country  share",
        "France   75.0%  ████████████████████",
        "Ireland  25.0%  ███████",
        "",
        "Assumed:",
        "  All time.",
        "",
        "You could ask next:",
        "  and by month?",
        "",
    ]
    assert transcript.splitlines() == [
        WELCOME,
        "segue> who buys most?",
        *answer,
        "segue> /sql",
        "SELECT country, share FROM customers",
        "segue> loyal?",
        "Loyal by what?",
        "",
        "  1. who buys most?",
        "  2. who stays?",
        "",
        "segue> 1",
        *answer,
        "segue> rain?",
        "I can't place 'rain?'.",
        "",
        "segue> /segments",
        "Regulars (1,234): customers with 3 or more orders",
        "segue> /helq",
        "There is no /helq. Did you mean '/help'? /help lists what there is.",
        "segue>",
    ]


def test_help_tables_model_rows_and_quit(start: Start) -> None:
    child = start()
    child.expect_exact("segue>")
    child.send("/rows\r")
    child.expect_exact("There is no table yet: ask something first.")
    child.expect_exact("segue>")
    child.send("/tables\r")
    child.expect_exact("customers: 4 rows (customers)\r\n    id\r\n    country (home country)\r\n")
    child.expect_exact("segue>")
    child.send("/model\r")
    child.expect_exact("segue.yaml\r\n\r\nname: shop\r\n")
    child.expect_exact("segue>")
    child.send("/help\r")
    child.expect_exact("/segments  the segments that have a name")
    child.expect_exact("segue>")
    child.send("/quit\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_clears_the_line_then_stops_the_question_then_leaves(start: Start) -> None:
    child = start("xterm")
    child.expect_exact("segue>")
    child.send("nonsense")
    child.expect_exact("nonsense")
    child.send("\x03")
    child.send("wait\r")
    child.expect_exact("Waiting to be stopped")
    child.send("\x03")
    child.expect_exact("Stopped.")
    child.expect_exact("segue>")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


@pytest.mark.parametrize("newline", ["\x1b\r", "\n"], ids=["Esc-Enter", "Ctrl-J"])
def test_a_new_line_within_a_question(start: Start, newline: str) -> None:
    child = start("xterm")
    child.expect_exact("segue>")
    child.send(f"two{newline}lines\r")
    child.expect_exact("Two lines came.")


def test_tab_completes_columns_values_and_segments(start: Start) -> None:
    child = start("xterm")
    child.expect_exact("segue>")
    child.send("rain?\r")  # once answered, the workspace is loaded
    child.expect_exact("I can't place")
    child.expect_exact("segue>")
    for begun, whole in (("home c", "home country"), ("fra", "France"), ("regu", "Regulars")):
        child.send(f"in {begun}\t")
        child.expect_exact(whole[len(begun) :])
        child.send("\r")
        child.expect_exact(f"I can't place 'in {whole}'.")
        child.expect_exact("segue>")


def test_history_is_kept_for_the_next_chat(start: Start, tmp_path: Path) -> None:
    say(start(), "rain?")
    assert "+rain?" in (tmp_path / "state" / "segue" / "history").read_text()
    child = start("xterm")
    child.expect_exact("segue>")
    child.send("\x1b[A")
    child.expect_exact("rain?")


def test_no_color(start: Start) -> None:
    child = start("xterm", NO_COLOR="1")
    child.expect_exact("segue>")
    child.send("who buys most?\r")
    child.expect_exact("You could ask next")
    shown = child.before
    assert "██" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)


def test_a_long_text_goes_through_the_pager(start: Start, workspace: Path, tmp_path: Path) -> None:
    (workspace / "segue.yaml").write_text("".join(f"# line {n}\n" for n in range(100)))
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nwc -l | sed 's/^ */paged lines: /'\n")
    pager.chmod(0o755)
    child = start(PAGER=str(pager))
    child.expect_exact("segue>")
    child.send("/model\r")
    child.expect_exact("paged lines: 10")


def test_a_broken_model_file_ends_it_with_4(start: Start, workspace: Path) -> None:
    (workspace / "broken").touch()
    for term in ("xterm", "dumb"):
        child = start(term)
        child.expect_exact("segue>")
        if term == "dumb":
            child.send("hello?\r")
        child.expect_exact("segue: segue.yaml, line 3: metrics.revenue is no key.\r\n       Correct it.")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 4

"""Exit codes, what goes where, and lines of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from segue.assistant.answer import Answer
from segue.assistant.cli.ask import answer_line
from tests.cli.conftest import segue


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "who?", "--jsonl"], ["ask", "--no-such"], ["nonsense"], ["chat"], ["init"], ["segment", "members"]],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_so_on_stderr(arguments: list[str], tmp_path: Path) -> None:
    done = segue(*arguments, cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()


def test_an_empty_question_is_wrong_usage(tmp_path: Path) -> None:
    done = segue("ask", "-", cwd=tmp_path, input=" \n")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "segue: the question is empty.\n")


@pytest.mark.parametrize(
    "arguments",
    [["ask", "how many customers?"], ["ask", "--jsonl"], ["check"], ["refresh"], ["segment", "list"], ["doctor"]],
    ids=" ".join,
)
def test_no_workspace_is_4_and_names_the_way(arguments: list[str], tmp_path: Path) -> None:
    done = segue("--workspace", "nowhere", *arguments, cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert done.returncode == 4
    assert "No Segue workspace in nowhere." in done.stdout + done.stderr
    assert "segue init" in done.stdout + done.stderr


def test_the_workspace_may_stand_before_or_after_the_command(tmp_path: Path) -> None:
    before = segue("--workspace", "w", "check", cwd=tmp_path)
    after = segue("check", "--workspace", "w", cwd=tmp_path)
    assert (before.returncode, before.stderr) == (after.returncode, after.stderr)


def test_version(tmp_path: Path) -> None:
    done = segue("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "segue")


def test_a_bug_is_two_lines_and_exit_code_1(tmp_path: Path) -> None:
    code = (
        "import sys, segue.assistant.cli.main as m, typer\n"
        "app = typer.Typer()\n@app.command()\ndef broken() -> None: raise KeyError('x')\n"
        "m.app = app; sys.argv = ['segue']; m.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "segue: something went wrong inside Segue: KeyError: 'x'",
        "       This is a bug. SEGUE_DEBUG=1 in the environment shows where; please report it with that.",
    ]


class Echo:
    """A session that answers with what it was asked."""

    def ask(self, question: str, conversation: str | None) -> Answer:
        return Answer(id="own", question=question, conversation=conversation, status="answered", reply="Yes.", model="builtin")


def answered(line: str) -> dict[str, Any]:
    return json.loads(answer_line(Echo(), line).to_json())  # type: ignore[arg-type]


def test_a_line_is_asked_and_its_id_echoed() -> None:
    got = answered('{"id": 7, "conversation": "c", "question": "who?"}')
    assert {k: got[k] for k in ("id", "conversation", "question", "status")} == {
        "id": "7",
        "conversation": "c",
        "question": "who?",
        "status": "answered",
    }


@pytest.mark.parametrize(
    ("line", "id", "error"),
    [
        ("{", None, "The line is no JSON: "),
        ("[1]", None, 'The line has no "question" with text.'),
        ('{"id": "a"}', "a", 'The line has no "question" with text.'),
        ('{"id": "b", "question": 3}', "b", 'The line has no "question" with text.'),
        ('{"id": "c", "question": "x", "conversation": ["y"]}', "c", "The conversation is no text."),
    ],
)
def test_a_bad_line_gets_a_failed_answer(line: str, id: str | None, error: str) -> None:
    got = answered(line)
    assert (got["id"], got["status"]) == (id, "failed")
    assert got["error"].startswith(error)

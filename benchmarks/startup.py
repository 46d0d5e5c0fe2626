"""Cold starts, wall clock: each is a new process, bytecode compiled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pexpect

from benchmarks.report import Figure, median, say

TIMES = 7
SEGUE = str(Path(sys.executable).with_name("segue"))
QUESTION = "how many customers do we have?"


def measure(workspace: Path) -> list[Figure]:
    """`--help`, one question and the chat's prompt. `workspace` is any workspace."""
    say("start-up ...")
    question = ["ask", QUESTION, "--workspace", str(workspace)]
    _command(question)  # once, so that the file cache is warm for all alike
    return [
        Figure("segue --help", median(lambda: _command(["--help"]), TIMES), "s", 0.15),
        Figure("segue chat: the prompt is on the screen", median(lambda: _prompt(workspace), TIMES), "s", 0.4),
        Figure("segue ask, from nothing to the answer", median(lambda: _command(question), TIMES), "s"),
    ]


def environment() -> dict[str, str]:
    """Ours, with bytecode used."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")}


def _command(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([SEGUE, *arguments], check=True, capture_output=True, env=environment())
    return time.perf_counter() - began


def _prompt(workspace: Path) -> float:
    began = time.perf_counter()
    child = pexpect.spawn(SEGUE, ["chat", "--workspace", str(workspace)], env=environment() | {"TERM": "xterm"}, dimensions=(40, 100))
    child.expect_exact("segue>")
    took = time.perf_counter() - began
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    return took

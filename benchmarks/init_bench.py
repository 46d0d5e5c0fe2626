"""`segue init` on the demonstration data as CSV: time and peak memory, in a process of its own."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from benchmarks.report import Figure, say
from benchmarks.startup import SEGUE, environment

LINES_A_CUSTOMER = 11.3
MEMORY = 4.0
"""GiB that reading 10 M lines may take."""


def make(folder: Path, lines: int) -> tuple[Path, list[Figure]]:
    """The workspace of about so many order lines, and what it took to make. Its sources are deleted when they are read."""
    from segue.tools.demo.generate import generate

    sources, workspace = folder / f"sources-{lines}", folder / f"workspace-{lines}"
    say(f"making {lines:,} order lines ...")
    generate(sources, max(500, round(lines / LINES_A_CUSTOMER)))
    say(f"segue init on {lines:,} order lines ...")
    seconds, peak = _run([SEGUE, "init", "--yes", "--workspace", str(workspace), str(sources)])
    shutil.rmtree(sources)
    return workspace, [
        Figure(f"{lines:,} lines: segue init", seconds, "s"),
        Figure(f"{lines:,} lines: segue init, peak memory", peak, "GiB", MEMORY),
    ]


def _run(command: list[str]) -> tuple[float, float]:
    """Seconds, and the largest resident size in GiB."""
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment(), file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, used.ru_maxrss / 1024**2

"""Runs what README.md and docs/ show and writes what came: `python -m docs.refresh`.

In a block marked ```console each line that begins with `$ ` is a command; what follows it is what a terminal of 80 columns
shows. A line `<!-- run: COMMAND -->` runs something and shows nothing. All of one file run in order, in one folder of their own.
A test compares; this mends.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import pexpect

ROOT = Path(__file__).parents[1]
WIDTH, HEIGHT = 80, 1000
SECONDS = 120
RUN = re.compile(r"^<!-- run: (?P<unseen>[^\n]*) -->$|^```console\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """The files that are checked."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def refreshed(text: str) -> str:
    """The text of a document with every console block's output as it comes now."""
    with tempfile.TemporaryDirectory(prefix="segue-docs-") as folder:
        (Path(folder) / "home").mkdir()
        return RUN.sub(lambda found: _run_again(found, Path(folder)), text)


def _run_again(found: re.Match[str], folder: Path) -> str:
    if found["unseen"] is not None:
        _output(found["unseen"], folder)
        return found[0]
    commands = [line for line in found["block"].splitlines() if line.startswith("$ ")]
    shown = "\n\n".join(f"{command}\n{_output(command[2:], folder)}".rstrip() for command in commands)
    return f"```console\n{shown}\n```"


def _output(command: str, folder: Path) -> str:
    """What a dumb terminal shows: no colours, no spinner."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "COLUMNS": str(WIDTH),
    }
    shown = _run(command, folder, environment).replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in shown.splitlines())


def _run(command: str, folder: Path, environment: dict[str, str]) -> str:
    child = pexpect.spawn(
        "/bin/sh", ["-c", command], timeout=SECONDS, cwd=str(folder), env=environment, dimensions=(HEIGHT, WIDTH), encoding="utf-8"
    )
    child.expect(pexpect.EOF)
    child.close()
    return child.before or ""


def main() -> None:
    """Writes every document again."""
    for path in documents():
        text = path.read_text(encoding="utf-8")
        new = refreshed(text)
        if new != text:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}: written\n")


if __name__ == "__main__":
    main()

"""What README.md and docs/ show is what runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.refresh import documents, refreshed

SHOWING = [path for path in documents() if "```console" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: path.name)
def test_console_blocks_are_what_runs(path: Path) -> None:
    """`python -m docs.refresh` mends it, where the new output is right."""
    text = path.read_text(encoding="utf-8")
    assert refreshed(text) == text

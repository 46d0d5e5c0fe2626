"""Fixtures of the assistant's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.tools import registry
from tests.assistant.kit import by_country, make_context, members
from tests.assistant.loopback import Provider


@pytest.fixture
def context(tmp_path: Path) -> Any:
    """A workspace without data."""
    return make_context(tmp_path)


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Any]]:
    """What each tool does: change the dictionary to script it."""
    scripted: dict[str, Callable[..., Any]] = {"query": by_country, "find_customers": members}
    monkeypatch.setattr(registry.Tool, "run", lambda self, context, plan: scripted[self.name](context, plan))
    return scripted


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A scripted provider on 127.0.0.1."""
    server = Provider()
    yield server
    server.close()

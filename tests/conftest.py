"""What every test has: no network but this machine's own, a home of its own, and repeatable property tests."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

# The machine that runs the tests may be busy: no deadline; the same examples every time.
settings.register_profile("segue", deadline=None, derandomize=True)
settings.load_profile("segue")

ROOT = Path(__file__).parents[1]
_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: object) -> None:
    """Connects to this machine only: no test can reach a provider."""
    host = address[0] if isinstance(address, tuple) else None
    if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"a test tried to reach {address!r}: tests have no network")
    return _connect(self, address)  # pyright: ignore[reportArgumentType]


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No network, no settings of the person who runs the tests, and a state folder that is thrown away."""
    monkeypatch.setattr(socket.socket, "connect", _connect_here)
    for name in [n for n in os.environ if n.startswith(("SEGUE_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "LANGSMITH_", "LANGCHAIN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    for name in ("NO_COLOR", "FORCE_COLOR", "PAGER", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project. Tests that need it are skipped where it isn't there."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        pytest.skip("the shared data is not beside the project")
    return path

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
HERE = ("127.0.0.1", "::1", "localhost")
PRIVATE = ("SEGUE_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "LANGSMITH_", "LANGCHAIN_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_connect, _connect_ex, _lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _refuse_elsewhere(host: object) -> None:
    if host not in HERE:
        raise OSError(f"a test tried to reach {host!r}: tests have no network")


def _connect_here(self: socket.socket, address: object) -> None:
    """Connects to this machine only: no test can reach a provider."""
    if self.family != socket.AF_UNIX:
        _refuse_elsewhere(address[0] if isinstance(address, tuple) else address)
    return _connect(self, address)  # pyright: ignore[reportArgumentType]


def _connect_ex_here(self: socket.socket, address: object) -> int:
    if self.family != socket.AF_UNIX:
        _refuse_elsewhere(address[0] if isinstance(address, tuple) else address)
    return _connect_ex(self, address)  # pyright: ignore[reportArgumentType]


def _lookup_here(host: object, *args: object, **kwargs: object) -> object:
    """Looks up this machine only: a name can carry a question out too."""
    _refuse_elsewhere(host.decode() if isinstance(host, bytes) else host or HERE[0])
    return _lookup(host, *args, **kwargs)  # pyright: ignore[reportCallIssue, reportArgumentType]


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No network, no settings of the person who runs the tests, and a state folder that is thrown away."""
    monkeypatch.setattr(socket.socket, "connect", _connect_here)
    monkeypatch.setattr(socket.socket, "connect_ex", _connect_ex_here)
    monkeypatch.setattr(socket, "getaddrinfo", _lookup_here)
    for name in [n for n in os.environ if n.startswith(PRIVATE) or n.upper() in PROXIES]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
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

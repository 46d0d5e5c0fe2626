"""The small businesses of worlds.py, each built once, with a reader of questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from segue.assistant.language.understand import Understander
from tests.language.worlds import WORLDS, build
from tests.query.kit import Made


@dataclass(frozen=True)
class World:
    """A workspace and its reader."""

    made: Made
    reader: Understander


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], World]]:
    """world(name): built at its first use, then shared."""
    built: dict[str, World] = {}

    def of(name: str) -> World:
        if name not in built:
            made = build(tmp_path_factory.mktemp(name), WORLDS[name])
            built[name] = World(made, Understander(made))  # pyright: ignore[reportArgumentType]
        return built[name]

    yield of
    for one in built.values():
        one.made.engine.close()

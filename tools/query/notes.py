"""What a compilation decided on the way and people should know: assumptions, caveats, the day that is now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class Notes:
    """Sentences in the order they arose, each once. `clocks`: the time columns used, with their last recorded moment."""

    assumptions: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    clocks: dict[str, dt.date | dt.datetime] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)

    def assume(self, sentence: str) -> None:
        """Notes something the question left open."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def warn(self, sentence: str) -> None:
        """Notes something that limits the answer."""
        if sentence not in self.caveats:
            self.caveats.append(sentence)

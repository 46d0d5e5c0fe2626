"""What a compilation decided on the way and people should know: assumptions, caveats, the day that is now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.tools.query.plan import Window
    from segue.tools.query.windows import Span


@dataclass
class Notes:
    """Sentences in the order they arose, each once.

    clocks  the time columns used, with their last recorded moment;  spans: what the plan's windows came to
    """

    assumptions: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    clocks: dict[str, dt.date | dt.datetime] = field(default_factory=dict)
    spans: list[tuple[Window, Span]] = field(default_factory=list)

    def assume(self, sentence: str) -> None:
        """Notes something the question left open."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def warn(self, sentence: str) -> None:
        """Notes something that limits the answer."""
        if sentence not in self.caveats:
            self.caveats.append(sentence)

    def span(self, window: Window | None) -> Span | None:
        """What a window of the plan came to; None where it was never used."""
        return next((span for used, span in self.spans if used == window), None)

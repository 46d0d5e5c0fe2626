"""The ways questions are put, in the order they are tried. A frame looks at the spans, and either makes a plan of them or passes."""

from __future__ import annotations

from collections.abc import Callable

from segue.assistant.language.comparisons import change, compare, correlation, difference, two_periods
from segue.assistant.language.figures import distribution, figures, new_customers, rank_flags
from segue.assistant.language.lists import members
from segue.assistant.language.sentence import Plan, Sentence
from segue.assistant.language.shares import concentration, flag_rate, share

FRAMES: tuple[Callable[[Sentence], Plan | None], ...] = (
    correlation, concentration, flag_rate, share, two_periods, difference, compare, change, rank_flags, new_customers, members, distribution, figures,
)

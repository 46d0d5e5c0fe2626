"""Groups ranked by risk: those that are known well enough, in order; those too small to say, apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from segue.tools.segments.statistics import SMALLEST_GROUP, Z95, can_say, wilson

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.segments.estimate import Estimator, Test


@dataclass(frozen=True)
class GroupRisk:
    """A group's risk.

    here        those who can still leave;  seen, left  those whose outcome is known, and how many of them left
    known, known_left  the same over every closed window, where there are several
    error       standard error of the risk from sampling alone, without what all groups share (how far the model was off)
    risk        estimated mean probability for those here, with a 95% interval; None where no model could be fitted
    money       what those here are worth in a year (or as the model file has it); None where the data has no money
    active      the share of those here who bought lately; None where that says nothing
    """

    labels: tuple[str, ...]
    here: int
    seen: int
    left: int
    risk: float | None = None
    low: float | None = None
    high: float | None = None
    money: float | None = None
    active: float | None = None
    known: int | None = None
    known_left: int | None = None
    error: float | None = None

    @property
    def name(self) -> str:
        return ", ".join(self.labels)

    @property
    def rate(self) -> float | None:
        return self.left / self.seen if self.seen else None

    @property
    def rate_interval(self) -> tuple[float, float]:
        return wilson(self.left, self.seen)

    @property
    def sayable(self) -> bool:
        """Whether it may be ranked: enough of them seen, and the share that left known narrowly; and enough left to speak of."""
        of, left = (self.seen, self.left) if self.known is None else (self.known, self.known_left or 0)
        return self.here >= SMALLEST_GROUP and can_say(left, of)

    @property
    def figure(self) -> float:
        """What it is ranked by: the estimate, or the rate where there is none."""
        return self.risk if self.risk is not None else self.rate or 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of `figure`."""
        return (self.low, self.high) if self.low is not None and self.high is not None else self.rate_interval

    @property
    def at_stake(self) -> float | None:
        """Money of those here times their risk."""
        return self.money * self.risk if self.money is not None and self.risk is not None else None


@dataclass(frozen=True)
class Ranked:
    """first  those that can be ranked, in order;  apart  those too small to say, largest first"""

    first: list[GroupRisk]
    apart: list[GroupRisk]

    @property
    def certain(self) -> bool:
        """Whether the leader is clear of the runner-up, beyond what chance could make. What moves all groups alike is no matter."""
        if len(self.first) < 2:
            return True
        a, b = self.first[0], self.first[1]
        if a.error is not None and b.error is not None:
            return abs(a.figure - b.figure) > Z95 * math.hypot(a.error, b.error)
        (low, high), (other_low, other_high) = a.interval, b.interval
        return low > other_high or high < other_low

    @property
    def level(self) -> bool:
        """Whether all ranked groups are within a percentage point of each other: none stands out."""
        figures = [g.figure for g in self.first]
        return len(figures) > 1 and max(figures) - min(figures) < 0.01 and not self.certain


def rank(groups: Sequence[GroupRisk], lowest: bool = False) -> Ranked:
    """Highest (or lowest) first; equal ones by name."""
    known = [g for g in groups if g.sayable]
    known.sort(key=lambda g: (g.figure if lowest else -g.figure, g.name))
    return Ranked(known, sorted((g for g in groups if not g.sayable), key=lambda g: (-g.seen, g.name)))


@dataclass(frozen=True)
class Findings:
    """What a way of estimating found, and what the answer must say of it.

    overall     the mean risk of everyone here, or the overall rate where no model could be fitted
    test        how the model did on what it had not seen;  tested_on  when or on whom that was
    left_out    columns that give the outcome away
    so_far      seen and left are of all time, not of the last window
    window      the last closed window: the day on which people were looked at, and its end
    """

    groups: list[GroupRisk]
    overall: float | None
    overall_rate: float | None
    test: Test | None
    tested_on: str
    expression: Any
    left_out: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    method: str = ""
    so_far: bool = False
    window: tuple[dt.date, dt.date] | None = None


def with_risk(group: GroupRisk, estimator: Estimator, frame: Any, columns: Sequence[str], drift: float) -> GroupRisk:
    """The group with the mean probability of its rows; the interval adds sampling error and how far the model was off when tested."""
    rows = of_group(frame, columns, group.labels)
    if not len(rows):
        return group
    mean, error = estimator.mean(rows)
    half = math.hypot(Z95 * error, drift)
    return replace(group, risk=mean, low=max(0.0, mean - half), high=min(1.0, mean + half), error=error)


def of_group(frame: Any, columns: Sequence[str], labels: Sequence[str]) -> Any:
    """The rows of one group."""
    import numpy as np

    chosen = np.ones(len(frame), dtype=bool)
    for column, label in zip(columns, labels, strict=True):
        chosen &= (frame[column] == label).to_numpy(dtype=bool)
    return frame[chosen]

"""The plain statistics behind the segment tools: intervals, effect sizes and splits that add up exactly.

Pure functions over numbers; no data access, no third-party imports.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054

SMALLEST_GROUP = 20
"""Fewer members than this are too few to say anything about."""

WIDEST_INTERVAL = 0.3
"""A share whose 95% interval is wider than this is not known well enough to be ranked."""


def wilson(successes: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927). Of nothing: (0, 1), since anything is possible.

    Unlike the textbook interval it stays inside 0..1 and doesn't collapse to a point at 0 of 4 or 4 of 4.
    """
    if of <= 0:
        return 0.0, 1.0
    share = successes / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, (1.0 if successes == of else min(1.0, centre + half))


def can_say(successes: int, of: int) -> bool:
    """Whether a share of `of` members is known well enough to be ranked: enough of them, and a narrow interval."""
    low, high = wilson(successes, of)
    return of >= SMALLEST_GROUP and high - low <= WIDEST_INTERVAL


def cohen_h(share: float, other: float) -> float:
    """Cohen's h, the effect size of two shares (Cohen 1988): 0.2 small, 0.5 medium, 0.8 large. Positive: the first is larger."""
    return 2 * math.asin(math.sqrt(_unit(share))) - 2 * math.asin(math.sqrt(_unit(other)))


def _unit(share: float) -> float:
    return min(1.0, max(0.0, share))


def standardised_difference(mean: float, sd: float, other_mean: float, other_sd: float) -> float:
    """Difference of two means over the root mean square of their standard deviations (Austin 2009). 0 where nothing varies.

    A trait that is constant on both sides has an effect of no size, even where the constants differ: here 0.
    """
    spread = math.sqrt((sd * sd + other_sd * other_sd) / 2)
    return (mean - other_mean) / spread if spread > 0 else 0.0


def effect_margin(n: int, other_n: int, z: float = 3.0) -> float:
    """How large an effect size (d or h) chance alone can make between groups of these sizes.

    Both have a standard error of about sqrt(1/n + 1/m). Three of them, not two: a profile looks at some fifty traits
    at once, and 0.05 / 50 is z = 3.
    """
    return z * math.sqrt(1 / n + 1 / other_n) if n > 0 and other_n > 0 else math.inf


def size_word(effect: float) -> str:
    """Cohen's words for an effect size."""
    size = abs(effect)
    if size >= 0.8:
        return "large"
    if size >= 0.5:
        return "medium"
    return "small" if size >= 0.2 else "slight"


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean of two positive numbers: (a - b) / ln(a / b), a where they are equal."""
    if a <= 0 or b <= 0:
        return 0.0
    ratio = a / b
    if abs(ratio - 1) < 1e-12:
        return a
    return (a - b) / math.log(ratio)


def lmdi(before: Sequence[float], after: Sequence[float]) -> list[float] | None:
    """How much of the change of a product each of its factors made (LMDI-I, Ang 2005): the parts sum to it exactly.

    None where a factor is not positive in either period: its logarithm doesn't exist, and no split is honest.
    """
    if any(x <= 0 for x in (*before, *after)):
        return None
    weight = log_mean(math.prod(after), math.prod(before))
    return [weight * math.log(y / x) for x, y in zip(before, after, strict=True)]


@dataclass(frozen=True)
class Part:
    """A value of a dimension in two periods."""

    value: str | None
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class RatePart:
    """A value of a dimension of a ratio metric in two periods: numerators and denominators."""

    value: str | None
    top_before: float
    bottom_before: float
    top_after: float
    bottom_after: float


def shift_share(parts: Sequence[RatePart]) -> list[tuple[float, float]]:
    """(rate effect, mix effect) of each part, which together sum exactly to the change of the overall ratio.

    rate: the part's own ratio changed, at its average weight. mix: its weight changed, at its average distance from the
    overall ratio (so that a part growing at the overall ratio adds nothing). Marshall-Edgeworth weights.
    """
    bottom_before = sum(p.bottom_before for p in parts)
    bottom_after = sum(p.bottom_after for p in parts)
    if bottom_before == 0 or bottom_after == 0:
        return [(0.0, 0.0)] * len(parts)
    overall = (sum(p.top_before for p in parts) / bottom_before + sum(p.top_after for p in parts) / bottom_after) / 2
    return [_shift(p, bottom_before, bottom_after, overall) for p in parts]


def _shift(part: RatePart, bottom_before: float, bottom_after: float, overall: float) -> tuple[float, float]:
    weight_before, weight_after = part.bottom_before / bottom_before, part.bottom_after / bottom_after
    rate_after = part.top_after / part.bottom_after if part.bottom_after else None
    rate_before = part.top_before / part.bottom_before if part.bottom_before else rate_after
    if rate_before is None:
        return (part.top_after / bottom_after - part.top_before / bottom_before, 0.0)
    rate_after = rate_before if rate_after is None else rate_after
    rate = (rate_after - rate_before) * (weight_before + weight_after) / 2
    return rate, (weight_after - weight_before) * ((rate_before + rate_after) / 2 - overall)


def concentration(parts: Sequence[Part], largest: int = 3) -> tuple[float, list[Part]]:
    """How well a dimension explains a change, 0 to 1, and the values that do.

    For the best one to `largest` values: the share of the whole change that they make, less the share of the earlier
    figure that they had. A change spread in proportion scores 0; one made by a small value alone scores near 1.
    Shares above 1 (others moved the other way) count as 1. A single value is preferred to two unless two say clearly more.
    """
    total = sum(p.change for p in parts)
    base = sum(abs(p.before) for p in parts)
    if total == 0 or len(parts) < 2:
        return 0.0, []
    ranked = sorted(parts, key=lambda p: -(p.change / total - (abs(p.before) / base if base else 0)))
    best: tuple[float, list[Part]] = (0.0, [])
    for count in range(1, min(largest, len(parts) - 1) + 1):
        chosen = ranked[:count]
        explained = min(1.0, sum(p.change for p in chosen) / total)
        score = explained - (sum(abs(p.before) for p in chosen) / base if base else 0)
        if score > best[0] + (0.1 if best[1] else 0):
            best = (score, chosen)
    return best

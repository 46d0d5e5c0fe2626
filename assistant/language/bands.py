"""Age bands and other bands written as text: which of "19-24", "25-34", "65+" a bound takes in."""

from __future__ import annotations

import re

from segue.assistant.language.meanings import Bound


def band_range(text: str) -> tuple[float, float] | None:
    """The numbers a band covers: "25-34" -> (25, 34), "65+" -> (65, inf), "under 18" -> (-inf, 17); None for anything else."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)\s*([kK]?)", text)
    thousands = any(k for _, k in found)
    numbers = [float(n.replace(",", "")) * (1000 if thousands else 1) for n, _ in found]
    if len(numbers) == 2 and numbers[0] < numbers[1]:
        return numbers[0], numbers[1]
    if len(numbers) != 1:
        return None
    if re.fullmatch(r"\s*\d+\s*", text):
        return numbers[0], numbers[0]
    low = text.lower()
    if "+" in low or any(w in low for w in ("over", "above", "plus", "more", "older", ">", "up")):
        return numbers[0], float("inf")
    if any(w in low for w in ("under", "below", "less", "younger", "<", "up to")):
        return float("-inf"), numbers[0] - 1
    return None


def bands_within(values: list, bound: Bound) -> list[str]:
    """The bands that lie wholly within a bound ("over 65" takes 65+ in: people call that band so)."""
    low, high = {
        "between": (bound.value, bound.high or bound.value), ">": (bound.value, float("inf")), ">=": (bound.value, float("inf")),
        "<": (float("-inf"), bound.value - 1), "<=": (float("-inf"), bound.value), "=": (bound.value, bound.value), "!=": (0.0, 0.0),
    }[bound.op]
    ranges = {str(v): r for v in values if (r := band_range(str(v)))}
    return [v for v, (a, b) in ranges.items() if a >= low and b <= high]

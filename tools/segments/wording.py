"""Figures and lists as people read them. Rounding is sensible and stays checkable against the evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence


def count(n: float) -> str:
    """1234567 -> 1,234,567"""
    return f"{round(n):,}"


def many(n: float, noun: str, plural: str | None = None) -> str:
    """1 -> 1 customer; 2 -> 2 customers"""
    return f"{count(n)} {noun if round(n) == 1 else plural or noun + 's'}"


def share(x: float) -> str:
    """0.26537 -> 26.5%"""
    return f"{100 * x:.1f}%"


def interval(low: float, high: float) -> str:
    """0.411, 0.443 -> 41.1% to 44.3%"""
    return f"{share(low)} to {share(high)}"


def points(x: float) -> str:
    """A difference of two shares: 0.0513 -> 5.1 percentage points"""
    return f"{abs(100 * x):.1f} percentage points"


def number(x: float) -> str:
    """Whole where large or whole; otherwise with the decimals that a reader can use."""
    if x == 0 or not math.isfinite(x):
        return "0" if x == 0 else "none"
    if float(x).is_integer() and abs(x) < 1e15:
        return f"{int(x):,}"
    size = abs(x)
    if size >= 1000:
        return f"{x:,.0f}"
    if size >= 10:
        return f"{x:,.1f}"
    return f"{x:,.2f}" if size >= 0.1 else f"{x:.2g}"


SIGNS = {"GBP": "£", "USD": "$", "EUR": "€", "INR": "₹", "BRL": "R$", "JPY": "¥", "AUD": "A$", "CAD": "C$"}


def money(x: float, currency: str | None = None) -> str:
    """Whole from 1,000 on, else with two decimals; the sign of the currency where it has one."""
    figure = f"{abs(x):,.0f}" if abs(x) >= 1000 else f"{abs(x):,.2f}"
    minus = "-" if x < 0 and figure.strip("0.,") else ""
    if currency is None:
        return minus + figure
    return f"{minus}{SIGNS[currency]}{figure}" if currency in SIGNS else f"{minus}{figure} {currency}"


def figure(x: float | None, unit: str | None, currency: str | None = None) -> str:
    """A figure in its unit: money, share, days, months, count, ..."""
    if x is None:
        return "nothing known"
    if unit == "money":
        return money(x, currency)
    if unit == "share":
        return share(x)
    if unit == "percent":
        return f"{number(x)}%"
    if unit in ("days", "months", "years", "hours", "minutes", "weeks"):
        return f"{number(x)} {unit if x != 1 else unit[:-1]}"
    return number(x)


def listed(items: Sequence[str], last: str = "and", most: int = 8) -> str:
    """a, b and c; beyond `most`, how many more"""
    items = list(items)
    if len(items) > most:
        return ", ".join(items[:most]) + f" {last} {len(items) - most:,} more"
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + f" {last} {items[-1]}" if items else "none"


def sentence(text: str) -> str:
    """With a capital and a full stop; words in their own case otherwise."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")

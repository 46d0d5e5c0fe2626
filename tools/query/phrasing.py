"""Figures as people read them: separators, money, percentages, dates; and names and lists of things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹", "BRL": "R$"}
UNIT_WORDS = {"days", "months", "years", "weeks", "hours", "minutes", "seconds", "points"}


def say_number(value: float | int) -> str:
    """A number with separators and as many digits as a reader can check: 1,461,756.25; 0.566; 12.4."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1:
        return f"{value:,.2f}"
    return f"{value:.3g}"


def say_share(value: float) -> str:
    """A fraction as a percentage: 0.2654 -> 26.5%; small ones keep two digits."""
    percent = value * 100
    if percent == 0 or abs(percent) >= 1:
        return f"{percent:.1f}%"
    return f"{percent:.2g}%" if abs(percent) >= 0.01 else f"{percent:.1g}%"


def say_points(value: float) -> str:
    """A difference of two fractions, in percentage points."""
    points = value * 100
    text = f"{points:.1f}" if abs(points) >= 1 or points == 0 else f"{points:.2g}"
    return f"{text} percentage {'point' if text in ('1.0', '-1.0') else 'points'}"


def say_money(value: float, currency: str | None) -> str:
    """An amount, with its sign or code where the currency is known, to the cent."""
    digits = f"{abs(value):,.2f}" if abs(value) < 1_000_000 or not float(value).is_integer() else f"{abs(value):,.0f}"
    minus = "-" if value < 0 else ""
    if currency is None:
        return f"{minus}{digits}"
    sign = SIGNS.get(currency.upper(), currency if len(currency) == 1 else None)
    return f"{minus}{sign}{digits}" if sign else f"{minus}{digits} {currency}"


def say_day(day: dt.date | None) -> str:
    """9 Dec 2011."""
    return "" if day is None else f"{day.day} {day:%b} {day.year}"


def say_value(value: Any, unit: str | None, currency: str | None = None) -> str:
    """A cell with its unit: 26.5%, £1,234.50, 12.3 days, 9 Dec 2011."""
    if value is None:
        return "not known"
    if isinstance(value, str):
        return _say_text(value, unit)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "share":
        return say_share(float(value))
    if unit == "money":
        return say_money(float(value), currency)
    if unit == "percent":
        return f"{say_number(value)}%"
    if unit in UNIT_WORDS:
        return f"{say_number(value)} {unit[:-1] if value == 1 else unit}"
    return say_number(value)


def _say_text(value: str, unit: str | None) -> str:
    if unit == "date" and len(value) >= 10:
        return say_day(dt.date.fromisoformat(value[:10]))
    return value


def say_period_cell(cell: Any, part: str | None) -> str:
    """A timeline's cell as people say it: 2011-11 -> Nov 2011, 2011-Q3 -> Q3 2011; anything else as it is."""
    text = str(cell)
    if part == "month" and len(text) == 7:
        return f"{dt.date(int(text[:4]), int(text[5:]), 1):%b %Y}"
    if part == "quarter" and "-Q" in text:
        return f"{text[5:]} {text[:4]}"
    if part in ("day", "week") and len(text) == 10:
        day = say_day(dt.date.fromisoformat(text))
        return day if part == "day" else f"the week of {day}"
    return text


def say_difference(value: float, unit: str | None, currency: str | None = None) -> str:
    """A difference, without its sign."""
    return say_points(abs(value)) if unit == "share" else say_value(abs(value), unit, currency)


def joined(parts: Sequence[str], word: str = "and") -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def say_percent(value: float | None) -> str:
    """A given fraction as it was given: 0.1 -> 10%, 0.125 -> 12.5%."""
    return f"{round((value or 0) * 100, 6):g}%"


def singular(word: str) -> str:
    """The singular of a noun, by rule; a word that doesn't look plural stays."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def is_plural(name: str) -> bool:
    """Whether a name reads as several: monthly charges, orders."""
    last = name.split()[-1] if name.split() else ""
    return singular(last) != last and last not in ("sales",)


def plural(word: str) -> str:
    """The plural of a noun, by rule: category -> categories, box -> boxes; a plural stays."""
    if word.endswith("s") and singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def counted(number: int | float, word: str, many: str | None = None) -> str:
    """1 customer; 4,372 customers."""
    return f"{say_number(number)} {word if number == 1 else many or plural(word)}"

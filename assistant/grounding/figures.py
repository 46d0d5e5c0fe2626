"""Figures in prose: every number a text states, in digits or in words, with the interval of values that it may stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["plain", "percent", "points", "money", "times", "word"]

HEDGES = r"about|around|roughly|nearly|almost|some|approximately|approx|circa|close to|over|more than|just over|just under|under|~|≈"
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9, "billion": 1e9}
_NUMBER = re.compile(
    rf"(?P<hedge>\b(?:{HEDGES})\s+(?:(?:a|the)\s+)?|[~≈]\s*)?"
    r"(?P<sign>(?<![\w.,])[-+])?"
    r"(?P<money>(?:[A-Z]{1,3})?[$£€¥₹]\s?|\b(?:GBP|EUR|USD|BRL|R)\s?(?=\d)|\$)?"
    r"(?<![\d.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?(?P<scale>k|m|mn|bn|b|thousand|million|billion)\b)?"
    r"(?:(?:st|nd|rd|th)\b(?P<ordinal>))?"
    r"(?P<unit>\s?(?:percentage points?|percent points?|points|pp|p\.p\.|ppts?)\b|\s?%(?:\s?(?:points?|pts?)\b)?|\s?(?:percent|per cent)\b"
    r"|\s?(?:x|×)(?![\w])|\s?times\b|\s?(?:pounds|euros|dollars|reais|GBP|EUR|USD|BRL)\b)?",
    re.IGNORECASE,
)

_ONES = {word: i for i, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
))}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SMALL = "|".join([*_ONES, *_TENS])
_SPELLED = re.compile(
    rf"\b(?P<words>(?:an?\s+)?(?:(?:{_SMALL})(?:[\s-]+(?:{_SMALL}))*|(?<=\ba\s)|(?<=\ban\s))"
    rf"(?:[\s-]+(?:and\s+)?(?:hundred|thousand|million|billion|dozen|{_SMALL}))*)\b"
    r"(?P<unit>\s(?:percentage points?|points)\b|\s(?:percent|per cent)\b|\stimes\b)?",
    re.IGNORECASE,
)
_A_LARGE = re.compile(r"\ban?\s+(?P<words>hundred|thousand|million|billion|dozen)\b(?!s)", re.IGNORECASE)
_FRACTIONS = (
    (r"\bhalf (?:of|the|a|our|your|all)\b|\b(?:by|in|one) half\b|\ba half\b", 0.5),
    (r"\b(?:two[- ]thirds)\b", 2 / 3),
    (r"\b(?:a|one)[- ]third\b(?! (?:place|party))", 1 / 3),
    (r"\bthree[- ]quarters\b", 0.75),
    (r"\b(?:a|one)[- ]quarter of\b", 0.25),
    (r"\b(?:a|one)[- ]fifth\b", 0.2),
    (r"\b(?:a|one)[- ]tenth\b", 0.1),
)
_PLURALS = {"dozens": (24, 199), "hundreds": (100, 1999), "thousands": (1000, 999_999), "millions": (1e6, 999e6)}
_N_IN_M = re.compile(rf"\b(?P<n>\d+|{_SMALL}) (?:in|out of)(?: every)? (?P<m>\d+|{_SMALL})\b", re.IGNORECASE)
_MULTIPLES = (
    (r"\btwice\b|\bdoubl(?:e|es|ed|ing)\b|\btwofold\b", 2),
    (r"\bthrice\b|\btripl(?:e|es|ed|ing)\b|\bthreefold\b", 3),
    (r"\bquadrupl(?:e|es|ed)\b|\bfourfold\b", 4),
    (r"\btenfold\b", 10),
)


@dataclass(frozen=True)
class Figure:
    """A number in a text. It stands for a value from `low` to `high` (magnitudes; a percentage still as written: 26.5).

    value    the magnitude as written;  loose  it is a word such as "half": near enough is right
    ordinal  3rd
    """

    text: str
    start: int
    end: int
    value: float
    low: float
    high: float
    kind: Kind = "plain"
    ordinal: bool = False
    loose: bool = False


def find_figures(text: str) -> list[Figure]:
    """The figures of a text, in order of place. "one" alone is no figure: "one of the", "no one"."""
    found = [*_in_digits(text), *_parts(text), *_multiples(text), *_in_words(text)]
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[Figure] = []
    for figure in found:
        if not kept or figure.start >= kept[-1].end:
            kept.append(figure)
    return kept


def _in_digits(text: str) -> list[Figure]:
    figures = []
    for m in _NUMBER.finditer(text):
        start = m.start("money") if m["money"] else m.start("digits")
        if start and text[start - 1].isalpha():
            continue  # part of a name: B2B, RFM5
        unit = (m["unit"] or "").strip().lower()
        kind: Kind = "plain"
        if unit.startswith(("percentage point", "percent point", "point", "pp", "p.p.")) or re.match(r"%\s?p", unit):
            kind = "points"
        elif unit.startswith(("%", "per")):
            kind = "percent"
        elif unit in ("x", "×", "times"):
            kind = "times"
        elif unit or m["money"]:
            kind = "money"
        value, low, high = _interval(m["digits"], (m["scale"] or "").lower(), bool(m["hedge"]))
        figures.append(Figure(m[0].strip(), start, m.end(), value, low, high, kind, m["ordinal"] is not None))
    return figures


def _interval(digits: str, scale: str, hedged: bool) -> tuple[float, float, float]:
    """The value as written, and what it may be a rounding of: half a unit of its last digit either way.

    Trailing zeros are rounded away only with a scale ("1.2 million") or a hedge ("about 12,000"), and never past 5%.
    """
    plain = digits.replace(",", "")
    factor = _SCALES.get(scale, 1.0)
    decimals = len(plain.partition(".")[2])
    value = float(plain) * factor
    unit = 10.0**-decimals * factor
    if hedged and not decimals and not scale:
        zeros = len(plain) - len(plain.rstrip("0"))
        unit *= 10.0 ** min(zeros, max(0, len(plain) - 1))
    slack = unit / 2
    if hedged:
        slack = min(max(slack, value * 0.01 if unit > 1 or decimals == 0 else slack), max(value * 0.05, 10.0**-decimals / 2))
    if scale:
        slack = min(slack, max(value * 0.05, 1e-9))
    edge = 1e-9 * max(1.0, value)
    return value, value - slack - edge, value + slack + edge


def _parts(text: str) -> list[Figure]:
    figures = []
    for pattern, share in _FRACTIONS:
        for m in re.finditer(pattern, text, re.IGNORECASE):
            near = 0.1 * share * 100
            figures.append(Figure(m[0], m.start(), m.end(), share * 100, share * 100 - near, share * 100 + near, "percent", loose=True))
    for m in re.finditer(r"\b(?:dozens|hundreds|thousands|millions)\b", text, re.IGNORECASE):
        low, high = _PLURALS[m[0].lower()]
        figures.append(Figure(m[0], m.start(), m.end(), low, low, high, "word", loose=True))
    for m in _N_IN_M.finditer(text):
        n, of = _small(m["n"]), _small(m["m"])
        if of:
            share, near = 100 * n / of, 50 / of * 0.3
            figures.append(Figure(m[0], m.start(), m.end(), share, share - near, share + near, "percent", loose=True))
    return figures


def _multiples(text: str) -> list[Figure]:
    return [
        Figure(m[0], m.start(), m.end(), times, times * 0.9, times * 1.1, "times", loose=True)
        for pattern, times in _MULTIPLES
        for m in re.finditer(pattern, text, re.IGNORECASE)
    ]


def _in_words(text: str) -> list[Figure]:
    figures = []
    for m in [*_SPELLED.finditer(text), *_A_LARGE.finditer(text)]:
        value = spelled(m["words"])
        if value is None or value == 1:
            continue
        unit = (m.groupdict().get("unit") or "").strip().lower()
        kind: Kind = "points" if "point" in unit else "percent" if unit.startswith("per") else "times" if unit == "times" else "word"
        slack = 0.5 if kind == "percent" else 1e-9
        figures.append(Figure(m[0], m.start(), m.end(), value, value - slack, value + slack, kind))
    return figures


def spelled(text: str) -> float | None:
    """The number that words spell: "twelve thousand three hundred" -> 12300. None where they spell none."""
    total = current = 0.0
    seen = False
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word in _ONES or word in _TENS:
            current += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            current = (current or 1) * 100
        elif word == "dozen":
            current = (current or 1) * 12
        elif word in ("thousand", "million", "billion"):
            total, current = total + (current or 1) * _SCALES[word], 0.0
        elif word not in ("and", "a", "an", ""):
            return None
        else:
            continue
        seen = True
    return total + current if seen else None


def _small(text: str) -> float:
    return float(text) if text.isdigit() else spelled(text) or 0.0

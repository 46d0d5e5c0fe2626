"""Numbers in words and figures: "£5k", "a dozen", "twice", "25-34", "at least three times", "five years or more"."""

from __future__ import annotations

import re

from segue.assistant.language.meanings import Bound, Dur, Meaning, Num, Percentile, Span
from segue.assistant.language.tokens import Token

_UNITS = dict(zip(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
    range(20), strict=True))
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_DECADES = dict(zip("twenties thirties forties fifties sixties seventies eighties nineties".split(), range(20, 100, 10), strict=True))
_SCALES = {"hundred": 100, "thousand": 1e3, "grand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "bn": 1e9, "billion": 1e9}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
MONEY_WORDS = {"pound", "quid", "dollar", "euro", "buck", "gbp", "usd", "eur", "reais", "real", "brl", "rupee", "yen", "crown", "franc", "pence", "cent"}
_PERCENT = {"%", "percent"}
_DURATIONS = {"hour": "hours", "day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years", "fortnight": "fortnights", "minute": "minutes"}

_BEFORE: dict[str, tuple[str, ...]] = {
    ">=": ("at least", "a minimum of", "minimum of", "no less than", "no fewer than", "not less than", "not fewer than", "upwards of", "> ="),
    "<=": ("at most", "up to", "no more than", "not more than", "a maximum of", "maximum of", "< ="),
    ">": ("more than", "over", "above", "greater than", "exceeding", "in excess of", "higher than", "larger than", "bigger than", "longer than",
          "older than", "better than", "worth more than", "north of", "exceeds", "exceed", ">", "beyond", "upward of", "past"),
    "<": ("less than", "under", "below", "fewer than", "lower than", "smaller than", "shorter than", "younger than", "cheaper than", "worse than", "<"),
    "=": ("exactly", "precisely", "equal to", "equals", "="),
}
_AFTER: dict[str, tuple[str, ...]] = {
    ">=": ("or more", "or over", "or above", "or higher", "plus", "and over", "and above", "and up", "or longer", "or better", "or older", "or greater",
           "and more", "or bigger", "upwards", "or up", "or later", "and older", "or so and over"),
    "<=": ("or less", "or fewer", "or under", "or below", "or lower", "and under", "or shorter", "or younger", "and below", "at the most", "or smaller",
           "or earlier", "max", "at most", "tops", "and younger"),
}
_PREFIXES = sorted(((tuple(p.split()), op) for op, ps in _BEFORE.items() for p in ps), key=lambda x: -len(x[0]))
_SUFFIXES = sorted(((tuple(p.split()), op) for op, ps in _AFTER.items() for p in ps), key=lambda x: -len(x[0]))


def number_spans(tokens: list[Token]) -> list[Span]:
    """Every number, range, bound and duration, longest readings included; the cover chooses among them."""
    spans = []
    for i in range(len(tokens)):
        found = (_percentile(tokens, i), _fraction(tokens, i), _bounded(tokens, i), _ranged(tokens, i), _bare(tokens, i))
        spans.extend(span for span in found if span is not None)
    return spans


def _bare(tokens: list[Token], i: int) -> Span | None:
    found = read_number(tokens, i)
    if found is None:
        return None
    number, j, mark = found
    if mark == "+":
        return _span(tokens, i, j, _bound(">=", number, tokens, j))
    if mark == "s" and 20 <= number.value <= 90 and number.value % 10 == 0:
        return _span(tokens, i, j, (Bound("between", number.value, number.value + 9), j))
    return _span(tokens, i, j, _with_suffix(number, tokens, j))


_FRACTIONS = {"tenth": 0.1, "decile": 0.1, "fifth": 0.2, "quintile": 0.2, "quarter": 0.25, "third": 1 / 3, "half": 0.5, "hundredth": 0.01, "percentile": 0.01}
_ENDS = {"top", "bottom", "richest", "best", "biggest", "highest", "lowest", "poorest", "largest", "smallest", "first"}


def _fraction(tokens: list[Token], i: int) -> Span | None:
    """ "the richest tenth", "the top quarter"."""
    share = _FRACTIONS.get(tokens[i].low)
    if share is None or i == 0 or tokens[i - 1].low not in _ENDS:
        return None
    return Span(i, i + 1, tokens[i].low, [Num(share, "percent")])


def _percentile(tokens: list[Token], i: int) -> Span | None:
    """ "the 90th percentile", "the upper quartile"."""
    match = re.fullmatch(r"(\d{1,2})(?:th|st|nd|rd)", tokens[i].low)
    if match and i + 1 < len(tokens) and tokens[i + 1].stem == "percentile":
        return Span(i, i + 2, f"{tokens[i].low} percentile", [Percentile(int(match[1]) / 100)])
    if tokens[i].low in ("upper", "lower", "top", "bottom") and i + 1 < len(tokens) and tokens[i + 1].stem == "quartile":
        return Span(i, i + 2, f"{tokens[i].low} quartile", [Percentile(0.75 if tokens[i].low in ("upper", "top") else 0.25)])
    return None


def _with_suffix(number: Num, tokens: list[Token], j: int) -> tuple[Meaning, int]:
    """A number with what follows it: a unit of time, "or more"."""
    duration, k = _duration(number, tokens, j)
    for words, op in _SUFFIXES:
        if _at(tokens, k, words):
            return _bound(op, number, tokens, k + len(words), duration)
        if duration and _at(tokens, j, words):
            return _bound(op, number, tokens, j + len(words))
    return (Dur(number.value, duration), k) if duration else (number, j)


def _bounded(tokens: list[Token], i: int) -> Span | None:
    for words, op in _PREFIXES:
        if not _at(tokens, i, words):
            continue
        j = i + len(words)
        j += 1 if j < len(tokens) and tokens[j].low in ("the", "about", "around") else 0
        found = read_number(tokens, j)
        if found:
            return _span(tokens, i, found[1], _bound(op, found[0], tokens, found[1]))
    return None


def _bound(op: str, number: Num, tokens: list[Token], j: int, duration: str | None = None) -> tuple[Meaning, int]:
    if duration is None:
        duration, j = _duration(number, tokens, j)
    if duration:
        return Dur(number.value, duration, op), j  # type: ignore[arg-type]  # op is one of _BEFORE's keys
    return Bound(op, number.value, unit=number.unit), j  # type: ignore[arg-type]


def _ranged(tokens: list[Token], i: int) -> Span | None:
    start = i + 1 if tokens[i].low in ("between", "from", "aged") else i
    low = read_number(tokens, start)
    if low is None or low[1] >= len(tokens):
        return None
    joiner = tokens[low[1]].low
    if joiner not in ("-", "–", "to", "or") and not (joiner == "and" and tokens[i].low == "between"):
        return None
    high = read_number(tokens, low[1] + 1)
    if joiner == "or" and (high is None or high[0].value != low[0].value + 1 or high[0].unit or low[0].unit):
        return None  # "one or two products" is a range, "5 or 10%" is not
    if high is not None and low[0].value < 1000 <= high[0].value and any(t.low.endswith(("k", "thousand", "m", "million", "grand")) for t in tokens[low[1] + 1:high[1]]):
        scale = 1e6 if any(t.low.endswith(("m", "million")) for t in tokens[low[1] + 1:high[1]]) else 1e3
        low = Num(low[0].value * scale, low[0].unit), low[1], low[2]
    if high is None or high[0].value <= low[0].value or _is_year(low[0], tokens[start]):
        return None
    return _span(tokens, i, high[1], (Bound("between", low[0].value, high[0].value, high[0].unit or low[0].unit), high[1]))


def _is_year(number: Num, token: Token) -> bool:
    return token.kind == "number" and bool(re.fullmatch(r"(19|20)\d\d", token.low)) and number.unit is None


def _span(tokens: list[Token], i: int, _: int, found: tuple[Meaning, int]) -> Span:
    meaning, j = found
    return Span(i, j, " ".join(t.low for t in tokens[i:j]), [meaning])


def _at(tokens: list[Token], i: int, words: tuple[str, ...]) -> bool:
    return i + len(words) <= len(tokens) and all(tokens[i + k].low == w for k, w in enumerate(words))


def _duration(number: Num, tokens: list[Token], j: int) -> tuple[str | None, int]:
    if number.unit is None and j < len(tokens) and tokens[j].kind == "word":
        unit = _DURATIONS.get(tokens[j].stem)
        if unit and not (j + 1 < len(tokens) and tokens[j + 1].low == "old"):
            return unit, j + 2 if j + 1 < len(tokens) and tokens[j + 1].low == "ago" else j + 1
    return None, j


def read_number(tokens: list[Token], i: int) -> tuple[Num, int, str] | None:
    """The number that begins at token i: (number, the token after it, mark); mark is "+" (65+), "s" (60s) or ""."""
    if i >= len(tokens):
        return None
    token = tokens[i]
    if token.kind == "number":
        return _figure(tokens, i)
    if token.low in _TIMES:
        return Num(_TIMES[token.low], "times"), i + 1, ""
    if token.low in _DECADES:
        return Num(_DECADES[token.low]), i + 1, "s"
    return _spelled(tokens, i)


def _figure(tokens: list[Token], i: int) -> tuple[Num, int, str] | None:
    match = re.fullmatch(r"([£$€]?)\s?([\d,]*\.?\d+|\d[\d,]*\.?)\s?(%|[a-z]+)?(\+?)", tokens[i].low)
    if not match:
        return None
    value = float(match[2].replace(",", ""))
    tail, mark = match[3] or "", match[4]
    unit = "money" if match[1] else None
    if tail in _SCALES:
        value *= _SCALES[tail]
    elif tail == "s":
        mark = "s"
    elif tail in ("th", "st", "nd", "rd"):
        return None
    if tail == "%":
        return Num(value / 100, "percent"), i + 1, mark
    return _unit(Num(value, unit), tokens, i + 1, mark)


def _spelled(tokens: list[Token], i: int) -> tuple[Num, int, str] | None:
    total, part, j, any_number = 0.0, 0.0, i, False
    while j < len(tokens) and tokens[j].kind in ("word", "number"):
        low = tokens[j].low
        if low in _UNITS:
            part += _UNITS[low]
        elif low in _TENS:
            part += _TENS[low]
        elif low in ("dozen", "couple"):
            part = (part or 1) * (12 if low == "dozen" else 2)
        elif low in _SCALES and (any_number or low in ("hundred", "thousand", "million")) and len(low) > 2:
            part = (part or 1) * _SCALES[low]
            if low != "hundred":
                total, part = total + part, 0.0
        elif low in ("a", "an", "half") and not any_number and j + 1 < len(tokens) and _opens(tokens, j):
            part = 0.5 if low == "half" else 1.0 if tokens[j + 1].stem in _DURATIONS else 0.0
        elif low == "and" and any_number and j + 1 < len(tokens) and tokens[j - 1].low in _SCALES and tokens[j + 1].low in (_UNITS | _TENS):
            pass
        else:
            break
        any_number, j = True, j + 1
        if low in ("a", "an", "half") and tokens[j].stem in _DURATIONS:
            break
    if not any_number:
        return None
    if tokens[i].low == "couple" or (j < len(tokens) and tokens[j].low == "of" and tokens[j - 1].low in ("couple", "dozen")):
        j += 1 if j < len(tokens) and tokens[j].low == "of" else 0
    return _unit(Num(total + part), tokens, j, "")


def _opens(tokens: list[Token], j: int) -> bool:
    """Whether "a" begins a number: a dozen, a hundred, a year."""
    follows = tokens[j + 1]
    return follows.low in ("dozen", "couple", "hundred", "thousand", "million", "grand") or follows.stem in _DURATIONS


def _unit(number: Num, tokens: list[Token], j: int, mark: str) -> tuple[Num, int, str]:
    if j < len(tokens):
        if tokens[j].stem in MONEY_WORDS:
            return Num(number.value, "money"), j + 1, mark
        if tokens[j].low in _PERCENT:
            return Num(number.value / 100, "percent"), j + 1, mark
        if tokens[j].low == "per" and j + 1 < len(tokens) and tokens[j + 1].low == "cent":
            return Num(number.value / 100, "percent"), j + 2, mark
        if tokens[j].stem == "time" and mark == "":
            return Num(number.value, "times"), j + 1, mark
        if tokens[j].stem == "grand":
            return Num(number.value * 1000, "money"), j + 1, mark
    return number, j, mark

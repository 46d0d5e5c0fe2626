"""The parts that need no data: tokens, numbers, times, bands, days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.assistant.language.bands import band_range, bands_within
from segue.assistant.language.dates import next_period, period_start, shifted
from segue.assistant.language.meanings import Bound, DatePart, Dur, Every, Missing, Num, Percentile, Time
from segue.assistant.language.numbers import number_spans
from segue.assistant.language.times import time_spans
from segue.assistant.language.tokens import stem, stems, tokenize
from segue.tools.query.plan import Window

NOW = dt.date(2011, 12, 9)
MEANING = (Bound, DatePart, Dur, Every, Missing, Num, Percentile, Time)


def longest(spans: list[Any]) -> Any:
    """The meaning of the span that takes in most tokens, the first of several."""
    return max(spans, key=lambda s: (s.end - s.start, -s.start)).meanings[0] if spans else None


@pytest.mark.parametrize(
    "words",
    [
        ["customer", "customers", "Customer's", "customers'"],
        ["order", "orders", "ordered", "ordering"],
        ["buy", "bought", "buying", "buys"],
        ["cancel", "cancelled", "canceled", "cancelling", "canceling", "cancels"],
        ["colour", "color", "colours", "colors"],
        ["fibre", "fiber"],
        ["category", "categories"],
        ["woman", "women"],
        ["person", "people"],
        ["purchase", "purchased", "purchasing", "purchases"],
        ["spend", "spent", "spending"],
    ],
)
def test_forms_of_a_word_share_a_stem(words: list[str]) -> None:
    assert len({stems(w) for w in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("new", "news"),
        ("rate", "rating"),
        ("bus", "bu"),
        ("status", "statu"),
        ("less", "les"),
        ("leave", "live"),
        ("form", "from"),
    ],
)
def test_other_words_keep_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("haven't", "have not"),
        ("can't", "can not"),
        ("don’t", "do not"),
        ("what's", "what is"),
        ("they've", "they have"),
        ("isn't", "is not"),
        ("gimme", "give me"),
        ("month-to-month", "month to month"),
    ],
)
def test_contractions_and_hyphens(short: str, full: str) -> None:
    assert [t.low for t in tokenize(short)] == [t.low for t in tokenize(full)]


@given(st.text(max_size=60))
def test_any_text_has_tokens(text: str) -> None:
    assert all(t.text and t.kind in ("word", "number", "date", "code", "punct") for t in tokenize(text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14))
def test_a_stem_is_never_empty(word: str) -> None:
    assert stem(word)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("500", Num(500)),
        ("1,250", Num(1250)),
        ("£5k", Num(5000, "money")),
        ("$1,200.50", Num(1200.5, "money")),
        ("1.5m", Num(1.5e6)),
        ("5 grand", Num(5000)),
        ("two hundred and fifty", Num(250)),
        ("a dozen", Num(12)),
        ("a couple of", Num(2)),
        ("twenty five", Num(25)),
        ("50 pounds", Num(50, "money")),
        ("10%", Num(0.1, "percent")),
        ("ten percent", Num(0.1, "percent")),
        ("5 per cent", Num(0.05, "percent")),
        ("twice", Num(2, "times")),
        ("three times", Num(3, "times")),
        ("top tenth", Num(0.1, "percent")),
        ("90th percentile", Percentile(0.9)),
        ("upper quartile", Percentile(0.75)),
        ("25-34", Bound("between", 25, 34)),
        ("between 10 and 20", Bound("between", 10, 20)),
        ("from 10 to 20", Bound("between", 10, 20)),
        ("65+", Bound(">=", 65)),
        ("over 65", Bound(">", 65)),
        ("at least three times", Bound(">=", 3, unit="times")),
        ("more than once", Bound(">", 1, unit="times")),
        ("no more than 5", Bound("<=", 5)),
        ("no fewer than 5", Bound(">=", 5)),
        ("under 18", Bound("<", 18)),
        ("fewer than 10", Bound("<", 10)),
        ("up to 100", Bound("<=", 100)),
        ("exactly 4", Bound("=", 4)),
        ("100 or more", Bound(">=", 100)),
        ("100 or less", Bound("<=", 100)),
        ("£100 or over", Bound(">=", 100, unit="money")),
        ("more than £1k", Bound(">", 1000, unit="money")),
        ("in their sixties", Bound("between", 60, 69)),
        ("60s", Bound("between", 60, 69)),
        ("60 days", Dur(60, "days")),
        ("a year", Dur(1, "years")),
        ("five years or more", Dur(5, "years", ">=")),
        ("more than two years", Dur(2, "years", ">")),
        ("at least 6 months", Dur(6, "months", ">=")),
        ("under 3 weeks", Dur(3, "weeks", "<")),
    ],
)
def test_numbers(text: str, meaning: Any) -> None:
    assert longest(number_spans(tokenize(text))) == meaning


@pytest.mark.parametrize("text", ["", "customers", "a customer", "second", "the first", "one's", "and"])
def test_no_number_or_one(text: str) -> None:
    assert all(isinstance(s.meanings[0], Num) for s in number_spans(tokenize(text)))


@given(st.integers(0, 999_999))
def test_figures_read_back(n: int) -> None:
    for text in (str(n), f"{n:,}"):
        assert longest(number_spans(tokenize(text))) == Num(n)
    assert longest(number_spans(tokenize(f"at least {n:,}"))) == Bound(">=", n)


def days(start: str | None, end: str | None) -> Window:
    return Window(
        start=dt.date.fromisoformat(start) if start else None, end=dt.date.fromisoformat(end) if end else None
    )


@pytest.mark.parametrize(
    ("text", "window"),
    [
        # the last N roll back from now; "in the past month" too
        ("in the last 30 days", Window(last=30, unit="days")),
        ("over the past three months", Window(last=3, unit="months")),
        ("in the last 48 hours", Window(last=48, unit="hours")),
        ("the last two weeks", Window(last=2, unit="weeks")),
        ("in the past fortnight", Window(last=2, unit="weeks")),
        ("in the past month", Window(last=1, unit="months")),
        ("in the past year", Window(last=1, unit="years")),
        # last month and the last month: the previous full one
        ("last month", Window(calendar="month", offset=-1)),
        ("in the last month", Window(calendar="month", offset=-1)),
        ("last week", Window(calendar="week", offset=-1)),
        ("last quarter", Window(calendar="quarter", offset=-1)),
        ("last year", Window(calendar="year", offset=-1)),
        ("yesterday", Window(calendar="day", offset=-1)),
        # this ...: to date
        ("this month", Window(calendar="month")),
        ("this year so far", Window(calendar="year")),
        ("year to date", Window(calendar="year")),
        ("today", Window(calendar="day")),
        # a bare month: the most recent one in the data
        ("in October", days("2011-10-01", "2011-10-31")),
        ("in December", days("2011-12-01", "2011-12-31")),
        ("in January", days("2011-01-01", "2011-01-31")),
        ("in Feb 2010", days("2010-02-01", "2010-02-28")),
        ("in December 2010", days("2010-12-01", "2010-12-31")),
        # quarters, halves, years
        ("in Q3 2011", days("2011-07-01", "2011-09-30")),
        ("in the third quarter of 2011", days("2011-07-01", "2011-09-30")),
        ("in Q1", days("2011-01-01", "2011-03-31")),
        ("in the first half of 2011", days("2011-01-01", "2011-06-30")),
        ("in 2010", days("2010-01-01", "2010-12-31")),
        # open sides
        ("since March", days("2011-03-01", None)),
        ("before May 2011", days(None, "2011-04-30")),
        ("after June 2011", days("2011-07-01", None)),
        ("up to the end of June 2011", days(None, "2011-06-30")),
        # from one to another
        ("between March and May 2011", days("2011-03-01", "2011-05-31")),
        ("from November 2010 to January 2011", days("2010-11-01", "2011-01-31")),
        ("from 2011-01-05 to 2011-02-03", days("2011-01-05", "2011-02-03")),
        # days
        ("on 5 December 2011", days("2011-12-05", "2011-12-05")),
        ("on the 5th of December 2011", days("2011-12-05", "2011-12-05")),
        ("on December 5, 2011", days("2011-12-05", "2011-12-05")),
        ("on 2011-12-05", days("2011-12-05", "2011-12-05")),
        ("in 2011-11", days("2011-11-01", "2011-11-30")),
        ("in the summer of 2011", days("2011-06-01", "2011-08-31")),
    ],
)
def test_windows(text: str, window: Window) -> None:
    found = longest(time_spans(tokenize(text), NOW))
    assert isinstance(found, Time)
    assert found.window == window


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("by month", Every("month")),
        ("month by month", Every("month")),
        ("monthly", Every("month")),
        ("each week", Every("week")),
        ("by quarter", Every("quarter")),
        ("per year", Every("year")),
        ("daily", Every("day")),
        ("by day of the week", Every("weekday")),
        ("by hour", Every("hour_of_day")),
        ("at weekends", DatePart("weekday", ("Saturday", "Sunday"))),
        ("on Mondays", DatePart("weekday", ("Monday",))),
        ("the month before", Time(shift=1, period="month")),
        ("the year before that", Time(shift=1, period="year")),
        ("same month last year", Time(shift=1, period="year")),
        ("next month", Missing("the future")),
        ("tomorrow", Missing("the future")),
        ("in the next three months", Missing("the future")),
    ],
)
def test_breakdowns_and_parts_of_time(text: str, meaning: Any) -> None:
    found = longest(time_spans(tokenize(text), NOW))
    assert found == meaning


@pytest.mark.parametrize("text", ["may", "customers may leave", "march on", "the second", "monthlong"])
def test_words_that_only_look_like_times(text: str) -> None:
    assert time_spans(tokenize(text), NOW) == []


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_is_the_most_recent_that_has_begun(month: int) -> None:
    name = dt.date(2000, month, 1).strftime("%B")
    found = longest(time_spans(tokenize(f"in {name}"), dt.date(2011, 6, 15)))
    assert found.window.start == dt.date(2011 if month <= 6 else 2010, month, 1)
    assert (found.window.end + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("25-34", (25, 34)),
        ("65+", (65, float("inf"))),
        ("under 18", (float("-inf"), 17)),
        ("50-74K", (50_000, 74_000)),
        ("250K+", (250_000, float("inf"))),
        ("Unknown", None),
        ("5", (5, 5)),
        ("34-25", None),
    ],
)
def test_bands(text: str, numbers: tuple[float, float] | None) -> None:
    assert band_range(text) == numbers


BANDS = ["19-24", "25-34", "35-44", "45-54", "65+", "Unknown"]


@pytest.mark.parametrize(
    ("bound", "within"),
    [
        (Bound(">", 65), ["65+"]),
        (Bound(">=", 45), ["45-54", "65+"]),
        (Bound("<", 35), ["19-24", "25-34"]),
        (Bound("between", 25, 44), ["25-34", "35-44"]),
        (Bound("<", 18), []),
    ],
)
def test_bands_within_a_bound(bound: Bound, within: list[str]) -> None:
    assert bands_within(BANDS, bound) == within


def test_days_moved_by_months_stay_in_the_month() -> None:
    assert shifted(dt.date(2011, 3, 31), -1, "months") == dt.date(2011, 2, 28)
    assert shifted(dt.date(2012, 2, 29), 1, "years") == dt.date(2013, 2, 28)
    assert shifted(dt.date(2011, 12, 9), 1, "quarters") == dt.date(2012, 3, 9)
    assert shifted(dt.date(2011, 12, 9), -2, "weeks") == dt.date(2011, 11, 25)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1)), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_day_lies_in_its_period(day: dt.date, period: str) -> None:
    start = period_start(day, period)
    assert start <= day < next_period(start, period)
    assert period_start(start, period) == start
    assert period != "week" or start.weekday() == 0

"""Figures and dates in prose, and the property the check stands on: a table told truly passes, told falsely it doesn't."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segue.assistant.grounding import problems
from segue.assistant.grounding.days import find_days
from segue.assistant.grounding.figures import find_figures, spelled
from segue.tools.results import Column, Result


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("£1,234.50 and 12.5%", [(1234.5, "money"), (12.5, "percent")]),
        ("3.2 percentage points, 4 points, 5pp", [(3.2, "points"), (4, "points"), (5, "points")]),
        ("1.2 million, 3k, 2.5bn", [(1_200_000, "plain"), (3000, "plain"), (2.5e9, "plain")]),
        ("2.3x and 4 times", [(2.3, "times"), (4, "times")]),
        ("twelve thousand three hundred", [(12300, "word")]),
        ("seventy-five percent", [(75, "percent")]),
        ("two thirds, a quarter of, one in five", [(200 / 3, "percent"), (25, "percent"), (20, "percent")]),
        ("a dozen, a hundred, twice", [(12, "word"), (100, "word"), (2, "times")]),
        ("R$1,000 and 500 euros and GBP 5", [(1000, "money"), (500, "money"), (5, "money")]),
        ("B2B and RFM5 and one of the best", []),
        ("-5 and 10-20", [(5, "plain"), (10, "plain"), (20, "plain")]),
        ("", []),
    ],
)
def test_the_figures_of_a_text(text: str, found: list[tuple[float, str]]) -> None:
    assert [(pytest.approx(f.value), f.kind) for f in find_figures(text)] == found


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12,345", 12344.5, 12345.5),
        ("12.3", 12.25, 12.35),
        ("12,000", 11999.5, 12000.5),  # exact as it stands ...
        ("about 12,000", 11500, 12500),  # ... rounded where it says so
        ("about 10,000", 9500, 10500),  # never by more than 5%
        ("1.2 million", 1_150_000, 1_250_000),
        ("3k", 2850, 3150),
    ],
)
def test_what_a_figure_may_stand_for(text: str, low: float, high: float) -> None:
    (figure,) = find_figures(text)
    assert (figure.low, figure.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("words", "number"),
    [("three hundred and five", 305), ("two million", 2e6), ("ninety-nine", 99), ("a dozen", 12), ("and", None), ("many", None)],
)
def test_spelled_numbers(words: str, number: float | None) -> None:
    assert spelled(words) == number


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2011-12-09", [(2011, None, 12, 9)]),
        ("2011-12-09 14:30:00", [(2011, None, 12, 9)]),
        ("9 December 2011", [(2011, None, 12, 9)]),
        ("the 9th of December 2011", [(2011, None, 12, 9)]),
        ("Dec 9, 2011", [(2011, None, 12, 9)]),
        ("December 2011 and 2011-11", [(2011, None, 12, None), (2011, None, 11, None)]),
        ("Q3 2011, 2011-Q4", [(2011, 3, None, None), (2011, 4, None, None)]),
        ("in 2011", [(2011, None, None, None)]),
        ("10 May", [(None, None, 5, 10)]),
        ("you may 2,011 times", []),
        ("£2011", []),
    ],
)
def test_the_dates_of_a_text(text: str, parts: list[tuple[int | None, ...]]) -> None:
    assert [d.parts for d in find_days(text)] == parts


countries = st.lists(st.sampled_from(["Germany", "France", "Spain", "Italy", "Peru"]), min_size=2, max_size=5, unique=True)
amounts = st.lists(st.floats(min_value=25, max_value=1e7).map(lambda x: round(x, 2)), min_size=5, max_size=5)


def table(names: list[str], values: list[float]) -> Result:
    """Revenue by country."""
    rows = tuple(zip(names, values, strict=False))
    return Result(
        tool="query", arguments={"by": [{"column": "o.country"}]}, row_count=len(rows), rows=rows,
        columns=(Column("country", "text"), Column("revenue", "number", "money")),
    )


@given(countries, amounts)
def test_a_table_told_truly_passes(names: list[str], values: list[float]) -> None:
    result = table(names, values)
    assert problems("; ".join(f"{n} took {v:,.2f}" for n, v in result.rows) + ".", [result]) == []
    assert problems(" and ".join(f"£{v:,.0f} came from {n}" for n, v in result.rows) + ".", [result]) == []


@given(countries, amounts, st.floats(min_value=1.2, max_value=30))
def test_a_figure_made_up_is_found(names: list[str], values: list[float], factor: float) -> None:
    result = table(names, values)
    lie = round(values[0] * factor, 2)
    assume(all(abs(lie - v) > 0.01 for v in values))
    assert problems(f"{names[0]} took {lie:,.2f}.", [result])


@given(countries, amounts)
def test_figures_that_change_places_are_found(names: list[str], values: list[float]) -> None:
    assume(abs(values[0] - values[1]) > 1)
    assert problems(f"{names[0]} took {values[1]:,.2f} and {names[1]} {values[0]:,.2f}.", [table(names, values)])


@given(st.text(max_size=80))
def test_any_text_can_be_checked(text: str) -> None:
    assert isinstance(problems(text, [table(["Germany"], [30.0])], question=text), list)

"""Intervals, effect sizes and splits, against worked figures and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.tools.segments.statistics import (
    Part,
    RatePart,
    can_say,
    cohen_h,
    concentration,
    effect_margin,
    lmdi,
    shift_share,
    standardised_difference,
    wilson,
)

amounts = st.floats(0.01, 1e6)


def test_wilson_of_worked_figures():
    assert wilson(4, 4) == pytest.approx((0.5101, 1.0), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(1869, 7043) == pytest.approx((0.2552, 0.2758), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 5000), st.data())
def test_wilson_holds_the_share_and_stays_inside(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1


def test_four_who_all_left_say_nothing():
    assert not can_say(4, 4)
    assert not can_say(10, 25)  # enough of them, but the share may be anything from 23% to 59%
    assert can_say(100, 400)


def test_effect_sizes():
    assert cohen_h(0.5, 0.5) == 0
    assert cohen_h(1, 0) == pytest.approx(math.pi)
    assert cohen_h(0.2, 0.4) == -cohen_h(0.4, 0.2)
    assert standardised_difference(12, 2, 10, 2) == 1
    assert standardised_difference(12, 0, 10, 0) == 0
    assert effect_margin(0, 10) == math.inf
    assert effect_margin(100, 100) == pytest.approx(3 * math.sqrt(0.02))


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=5))
def test_lmdi_adds_up_exactly(pairs):
    before, after = [b for b, _ in pairs], [a for _, a in pairs]
    parts = lmdi(before, after)
    assert parts is not None
    change = math.prod(after) - math.prod(before)
    assert sum(parts) == pytest.approx(change, rel=1e-6, abs=1e-6 * max(math.prod(after), math.prod(before)))


def test_lmdi_declines_what_has_no_logarithm():
    assert lmdi([1, 0], [1, 2]) is None
    assert lmdi([2, 3], [2, 3]) == [0, 0]


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=8))
def test_shift_share_adds_up_exactly(rows):
    parts = [RatePart(str(i), *row) for i, row in enumerate(rows)]
    after = sum(p.top_after for p in parts) / sum(p.bottom_after for p in parts)
    before = sum(p.top_before for p in parts) / sum(p.bottom_before for p in parts)
    made = sum(rate + mix for rate, mix in shift_share(parts))
    assert made == pytest.approx(after - before, rel=1e-6, abs=1e-6 * max(after, before, 1))


def test_shift_share_tells_mix_from_rate():
    """Both parts keep their ratio (2 and 4); the dear one grows from half the weight to three quarters: all of it is mix."""
    rate, mix = zip(*shift_share([RatePart("cheap", 100, 50, 50, 25), RatePart("dear", 200, 50, 300, 75)]), strict=True)
    assert rate == (0, 0)
    assert sum(mix) == pytest.approx(0.5)


def test_concentration_finds_the_part_that_changed():
    parts = [Part("a", 100, 100), Part("b", 100, 20), Part("c", 100, 105), Part("d", 100, 95)]
    score, leaders = concentration(parts)
    assert [p.value for p in leaders] == ["b"]
    assert score == pytest.approx(0.75)


def test_concentration_of_what_changes_in_proportion_is_nothing():
    assert concentration([Part("a", 100, 90), Part("b", 200, 180), Part("c", 300, 270)])[0] == pytest.approx(0)
    assert concentration([Part("a", 100, 100)]) == (0.0, [])

"""Thresholds for vague words. The condition carries the word, so that the tool that runs it states the threshold and its neighbours."""

from __future__ import annotations

from segue.assistant.language.lexicon import load_words
from segue.assistant.language.world import World
from segue.tools.query.plan import (
    All,
    ColumnIs,
    Condition,
    Did,
    HasLabel,
    InSegment,
    Not,
    TopShare,
    Value,
    ValueIs,
    Window,
)

BIG_SHARE = 0.1
"""Big spenders are the top tenth by spend."""
OFTEN_SHARE = 0.2
QUIET_DAYS = 90
RECENT_DAYS = 30


def vague_condition(name: str, word: str, world: World) -> Condition | None:
    """The condition a vague word is taken for in this workspace; None where nothing here can measure it."""
    about = load_words("vague")[name]
    make = {"spend": _spend, "orders": _orders, "loyalty": _loyalty, "recency": _recent, "inactivity": _quiet,
            "activity": _active, "risk": _risk, "tenure": _tenure, "newness": _new}[about["measure"]]
    return make(word, world, bool(about.get("low")))


def _spend(word: str, world: World, low: bool) -> Condition | None:
    spend = world.worth()
    return spend and TopShare(value=spend, share=BIG_SHARE, end="bottom" if low else "top", word=word)


def _orders(word: str, world: World, low: bool) -> Condition | None:
    if "order" not in world.model.entities:
        return None
    if low:
        return ValueIs(value=Value(count="order"), op="<=", number=1, word=word)
    return TopShare(value=Value(count="order"), share=OFTEN_SHARE, word=word)


def _loyalty(word: str, world: World, low: bool) -> Condition | None:
    if "order" in world.model.entities:
        return TopShare(value=Value(count="order"), share=OFTEN_SHARE, word=word)
    return _tenure(word, world, low)


def _recent(word: str, world: World, low: bool) -> Condition | None:
    table = world.orders_table
    return Did(table=table, window=Window(last=RECENT_DAYS, unit="days"), word=word) if table and world.time_of(table) else None


def _active(word: str, world: World, low: bool) -> Condition | None:
    if world.churn:
        return Not(of=HasLabel(label=world.churn))
    table = world.orders_table
    return Did(table=table, window=Window(last=QUIET_DAYS, unit="days"), word=word) if table and world.time_of(table) else None


def _quiet(word: str, world: World, low: bool) -> Condition | None:
    table = world.orders_table
    if not table or not world.time_of(table):
        return None
    return Not(of=Did(table=table, window=Window(last=QUIET_DAYS, unit="days"), word=word))


def _risk(word: str, world: World, low: bool) -> Condition | None:
    if world.model.main_scheme == "rfm":
        return InSegment(segment="At Risk", scheme="rfm")
    return None


def _tenure(word: str, world: World, low: bool) -> Condition | None:
    return TopShare(value=Value(column=world.tenure, stat="max"), share=OFTEN_SHARE, word=word) if world.tenure else None


def _new(word: str, world: World, low: bool) -> Condition | None:
    if world.signup:
        return ColumnIs(column=world.signup, op="present")
    return None


__all__ = ["BIG_SHARE", "OFTEN_SHARE", "QUIET_DAYS", "RECENT_DAYS", "All", "vague_condition"]

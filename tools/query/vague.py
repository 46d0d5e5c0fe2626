"""A threshold that stands for a vague word is never settled in silence: what the next looser and stricter ones would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from segue.tools.query.english import Dates, say_condition
from segue.tools.query.plan import All, AnyOf, Condition, Did, Not, TopShare, ValueIs

if TYPE_CHECKING:
    from segue.tools.semantic.schema import Model

Graded = ValueIs | Did | TopShare
FEW = 20
"""A whole number up to here is loosened by one; a larger one by half."""


def vague_conditions(condition: Condition | None) -> Iterator[tuple[Graded, bool]]:
    """The conditions in a tree that stand for a vague word, and whether they are denied there."""
    if isinstance(condition, (All, AnyOf)):
        for part in condition.of:
            yield from vague_conditions(part)
    elif isinstance(condition, Not):
        for found, denied in vague_conditions(condition.of):
            yield found, not denied
    elif isinstance(condition, (ValueIs, Did, TopShare)) and condition.word is not None:
        yield condition, False


def replaced(condition: Condition, old: Condition, new: Condition) -> Condition:
    """The tree with one condition in place of another."""
    if condition is old:
        return new
    if isinstance(condition, (All, AnyOf)):
        return condition.model_copy(update={"of": [replaced(part, old, new) for part in condition.of]})
    if isinstance(condition, Not):
        return condition.model_copy(update={"of": replaced(condition.of, old, new)})
    return condition


def steps(condition: Graded, denied: bool, now: dt.date | None) -> tuple[Condition | None, Condition | None]:
    """The next looser and the next stricter condition; None where there is none."""
    looser, stricter = _steps(condition, now)
    return (stricter, looser) if denied else (looser, stricter)


def _steps(condition: Graded, now: dt.date | None) -> tuple[Condition | None, Condition | None]:
    if isinstance(condition, TopShare):
        if condition.share is not None:
            wide, narrow = min(1.0, condition.share * 2), condition.share / 2
            return _with(condition, share=wide), _with(condition, share=narrow)
        number = condition.number or 1
        return _with(condition, number=number * 2), _with(condition, number=number // 2) if number > 1 else None
    if isinstance(condition, Did):
        return _did_steps(condition)
    return _value_steps(condition, now)


def _did_steps(condition: Did) -> tuple[Condition | None, Condition | None]:
    window = condition.window
    if condition.times <= 1 and window is not None and window.last is not None:
        longer, shorter = window.last * 2, max(1, window.last // 2)
        wide = _with(condition, window=window.model_copy(update={"last": longer}))
        narrow = _with(condition, window=window.model_copy(update={"last": shorter}))
        return wide, narrow if shorter != window.last else None
    fewer = _with(condition, times=condition.times - 1) if condition.times > 1 else None
    more = _with(condition, times=condition.times + 1)
    return (fewer, more) if condition.op in (">", ">=") else (more, fewer)


def _value_steps(condition: ValueIs, now: dt.date | None) -> tuple[Condition | None, Condition | None]:
    upward = condition.op in (">", ">=")
    if condition.date is not None:
        if now is None or condition.date >= now:
            return None, None
        ago = (now - condition.date).days
        later, earlier = now - dt.timedelta(days=max(1, ago // 2)), now - dt.timedelta(days=ago * 2)
        pair = _with(condition, date=earlier), _with(condition, date=later)
        return pair if upward else (pair[1], pair[0])
    number = condition.number or 0.0
    if number.is_integer() and 0 < number <= FEW and condition.value.metric != "revenue":
        low, high = number - 1, number + 1
    else:
        low, high = number / 2, number * 2
    lower = _with(condition, number=low) if low > 0 else None
    higher = _with(condition, number=high)
    return (lower, higher) if upward else (higher, lower)


def _with(condition: Any, **changes: Any) -> Any:
    return condition.model_copy(update=changes)


def remarks(
    model: Model,
    trees: dict[str, Condition | None],
    figure: Callable[[str, Condition], str],
    here: str,
    now: dt.date | None,
    of: str = "customer",
    dates: Dates | None = None,
) -> list[str]:
    """A sentence for each vague word. `trees`: the plan's conditions by place; `figure` works the answer out with one replaced."""
    found = []
    for place, tree in trees.items():
        for condition, denied in vague_conditions(tree):
            assert tree is not None
            parts = []
            for word, other in zip(("looser", "stricter"), steps(condition, denied, now), strict=True):
                if other is not None:
                    given = figure(place, replaced(tree, condition, other))
                    parts.append(f"{word}, {_said(model, other, denied, of, dates)}, gives {given}")
            text = f"“{condition.word}” is taken as {_said(model, condition, denied, of, dates)}: {here}"
            found.append(f"{text}; {'; '.join(parts)}." if parts else f"{text}.")
    return found


def _said(model: Model, condition: Condition, denied: bool, of: str, dates: Dates | None) -> str:
    return say_condition(model, Not(of=condition) if denied else condition, of=of, dates=dates)

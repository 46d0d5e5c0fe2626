"""What a clause is made of: atoms, described events, and how both become conditions of the plan language."""

from __future__ import annotations

from dataclasses import dataclass, field

from segue.assistant.language.lexicon import table_of
from segue.assistant.language.meanings import (
    Bound,
)
from segue.assistant.language.world import World, negated
from segue.tools.query.plan import (
    All,
    AnyOf,
    ColumnIs,
    Condition,
    Did,
    HasLabel,
    Not,
    Value,
    ValueIs,
    Window,
)

CAMPAIGN_ACTS = ("engage", "ignore", "receive", "open", "click", "redeem")
TAKEN: Condition = HasLabel(label="")  # stands for "the open event took it"


@dataclass
class Atom:
    """One condition and how it is joined to the one before. `ref`: the column whose values it lists, so that lists can grow."""

    condition: Condition
    joined: str = "and"
    ref: str | None = None
    negative: bool = False
    preposition: bool = False


@dataclass
class Event:
    """An event being described: its table, what its rows must be, when, how often or how much."""

    table: str
    act: str = "did"
    joined: str = "and"
    negative: bool = False
    objects: list[Atom] = field(default_factory=list)
    window: Window | None = None
    bound: Bound | None = None
    money: bool = False
    only: bool = False
    counted: Value | None = None


def same_type(n: float, type: str) -> float | int | str:
    return str(int(n)) if type == "text" else whole(n)


def whole(n: float) -> float | int:
    return int(n) if float(n).is_integer() else n


def grows(a: Condition, b: Condition) -> bool:
    return isinstance(a, ColumnIs) and isinstance(b, ColumnIs) and a.op == b.op == "in"


def grown(a: Condition, b: Condition) -> Condition:
    assert isinstance(a, ColumnIs) and isinstance(b, ColumnIs) and isinstance(a.value, list) and isinstance(b.value, list)
    return ColumnIs(column=a.column, op="in", value=[*a.value, *(v for v in b.value if v not in a.value)])


def fold(atoms: list[Atom]) -> Condition | None:
    """Atoms as one tree: runs joined by "or" first, then all of those together."""
    groups: list[list[Condition]] = []
    seen: list[Condition] = []
    for atom in atoms:
        condition = Not(of=atom.condition) if atom.negative else atom.condition
        if condition in seen:
            continue
        seen.append(condition)
        if atom.joined == "or" and groups:
            groups[-1].append(condition)
        else:
            groups.append([condition])
    parts = [g[0] if len(g) == 1 else AnyOf(of=g) for g in groups]
    return None if not parts else parts[0] if len(parts) == 1 else All(of=parts)


def event_conditions(event: Event, population: str, order_word: str | None, world: World) -> list[Condition]:
    """What a described event asks of the population."""
    where = fold(event.objects)
    if order_word is not None:
        return _first_or_last(event, order_word, where, population, world)
    if event.act in ("engage", "ignore") or (event.act in ("open", "click", "redeem") and world.engaged(event.table) is not None):
        return _engagement(event, where, population, world)
    if event.act == "return" and world.cancelled and event.table == world.cancelled[0]:
        where = world.cancelled[1] if where is None else All(of=[where, world.cancelled[1]])
    if event.bound is not None:
        return [_counted(event, where, population, world)]
    did: Condition = Did(table=event.table, where=where, window=event.window, per=population)
    if event.only and where is not None:
        return [did, Not(of=Did(table=event.table, where=negated(where), window=event.window, per=population))]
    return [Not(of=did) if event.negative else did]


def _counted(event: Event, where: Condition | None, population: str, world: World) -> Condition:
    assert event.bound is not None
    spend = world.spend()
    base = event.counted or (spend if event.money and spend else Value(count="order" if "order" in world.model.entities else event.table))
    if event.act in ("complain", "review", "visit", "use", "receive") and event.counted is None:
        base = Value(count=event.table)
    value = base.model_copy(update={"where": where, "window": event.window})
    if event.bound.op == "between":
        low = ValueIs(value=value, op=">=", number=event.bound.value, per=population)
        return All(of=[low, ValueIs(value=value, op="<=", number=event.bound.high, per=population)])
    condition: Condition = ValueIs(value=value, op=event.bound.op, number=event.bound.value, per=population)
    return Not(of=condition) if event.negative else condition


def _engagement(event: Event, where: Condition | None, population: str, world: World) -> list[Condition]:
    engaged = world.engaged(event.table)
    if engaged is None and world.acted is not None:
        return _acted_elsewhere(event, where, population, world)
    received = Did(table=event.table, where=where, window=event.window, per=population)
    if engaged is None:
        return [Not(of=received) if event.negative or event.act == "ignore" else received]
    acted = Did(table=event.table, where=engaged if where is None else All(of=[where, engaged]), window=event.window, per=population)
    if event.act == "ignore" and not event.negative:
        return [received, Not(of=acted)]
    return [Not(of=acted) if event.negative else acted]


def _acted_elsewhere(event: Event, where: Condition | None, population: str, world: World) -> list[Condition]:
    """Engagement with a table of its own: the campaign's conditions hold on both sides."""
    assert world.acted is not None
    moved = _moved(where, event.table, world.acted, world)
    acted = Did(table=world.acted, where=moved, window=event.window, per=population)
    if event.act == "ignore" and not event.negative:
        return [Did(table=event.table, where=where, window=event.window, per=population), Not(of=acted)]
    return [Not(of=acted) if event.negative else acted]


def _moved(where: Condition | None, source: str, target: str, world: World) -> Condition | None:
    """A condition on one table's column said of the same-named column of another, where there is one."""
    if isinstance(where, ColumnIs) and table_of(where.column) == source:
        column = where.column.partition(".")[2]
        return where.model_copy(update={"column": f"{target}.{column}"}) if column in world.model.tables[target].columns else None
    return where


def _first_or_last(event: Event, word: str, where: Condition | None, population: str, world: World) -> list[Condition]:
    from segue.assistant.language.dates import window_days

    when = world.time_of(event.table)
    if when is None or event.window is None:
        return [Did(table=event.table, where=where, window=event.window, per=population)]
    start, end = window_days(event.window, world, when)
    value = Value(column=when, stat="min" if word == "first" else "max", where=where)
    out: list[Condition] = [ValueIs(value=value, op=">=", date=start, per=population)] if start else []
    return out + ([ValueIs(value=value, op="<=", date=end, per=population)] if end else [])

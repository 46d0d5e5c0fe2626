"""Infers the model of a workspace from the facts about its columns, and a few measurements. Data decides; names suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.tools.semantic import classes, entities, joins, keys, metrics, money, outcomes, probe, roles, scheme, times
from segue.tools.semantic.draft import Col, Draft, draft_of, to_model
from segue.tools.semantic.names import has
from segue.tools.semantic.schema import Model

if TYPE_CHECKING:
    from segue.tools.data.facts import Facts


def infer(
    facts: Facts, engine: probe.Runs, name: str = "workspace", sources: dict[str, str] | None = None
) -> tuple[Model, list[str]]:
    """The model of the data, and in plain sentences what it isn't sure of.

    facts    what was measured when the data was read
    engine   runs the few aggregates that facts can't tell: the coverage of joins, whether dates come in order
    sources  table -> the file that it was read from
    """
    draft = draft_of(facts)
    keys.set_table_keys(draft)
    joins.find_joins(draft, engine)
    keys.find_customer(draft)
    keys.set_kinds(draft)
    entities.set_subjects(draft)
    times.set_times(draft)
    entities.find_order(draft, engine)
    roles.set_roles(draft)
    takings = money.find_takings(draft, engine)
    times.add_spans(draft, engine)
    outcomes.set_engaged(draft)
    outcomes.find_labels(draft, engine)
    entities.label_translations(draft)
    entities.find_entities(draft)
    metrics.set_metrics(draft, takings)
    classes.set_classes(draft)
    scheme.set_clock(draft, takings)
    scheme.set_main_scheme(draft, engine, takings)
    _finish(draft, takings, sources or {})
    return to_model(draft, name), draft.unsure


def _finish(draft: Draft, takings: money.Takings | None, sources: dict[str, str]) -> None:
    for table, source in sources.items():
        if table in draft.tables:
            draft.tables[table].source = source
    draft.currency = _currency(draft, takings)
    if takings is not None and "transaction_value" not in draft.metrics and (names := _other_money(draft, takings)):
        draft.doubt(
            f"Revenue is the sum of {takings.money.ref}{_made_of(takings)}; other money has its own metrics: {', '.join(names)}."
        )
    for col in draft.cols():
        if _says_gender(col):
            col.label = "gender"
        if (
            col.role == "duration"
            and has(col.words, "tenure|vintage")
            and not has(col.words, "days?|weeks?|months?|years?|mths?")
        ):
            draft.doubt(f"{col.ref} says no unit; it is taken for {col.unit} (its largest value is {col.high or 0:g}).")
    for tab in draft.tables.values():
        if tab.kind == "events" and tab.time is None and tab.rows:
            draft.doubt(f"{tab.name} has no dates, so nothing can be asked about when its rows happened.")


def _says_gender(col: Col) -> bool:
    """Male and female under another name ("Genre")."""
    if col.type != "text" or not 2 <= col.distinct <= 4 or has(col.words, "gender|sex"):
        return False
    return {str(v).lower() for v in col.values} >= {"male", "female"}


def _other_money(draft: Draft, takings: money.Takings) -> list[str]:
    return [
        n
        for n, m in draft.metrics.items()
        if m.stat == "sum" and m.unit == "money" and m.of != takings.money.ref and n != "profit"
    ]


def _made_of(takings: money.Takings) -> str:
    made = takings.money.derived
    return f" ({' x '.join(made.product)})" if made and made.product else ""


def _currency(draft: Draft, takings: money.Takings | None) -> str | None:
    """The sign that the source wrote, the revenue's column first; else a code in a money column's name."""
    first = [takings.money] if takings else []
    for col in [*first, *draft.cols()]:
        if col.facts is not None and getattr(col.facts, "currency", None):
            return col.facts.currency
    for col in draft.cols():
        if col.unit == "money":
            for code in ("usd", "eur", "gbp", "brl", "inr", "cad", "aud", "chf", "jpy"):
                if has(col.words, code):
                    return code.upper()
    return None

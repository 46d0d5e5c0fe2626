"""Plans as exact English: every threshold stated, so that a reading can be checked without reading SQL."""

from __future__ import annotations

from segue.tools.query.clauses import COMPARED, PARTS, STATS, Clauses, Dates, entity_plural, row_noun, say_window_bare
from segue.tools.query.phrasing import joined, say_number, say_percent
from segue.tools.query.plan import (
    AnyMeasure,
    Concentration,
    Condition,
    Correlation,
    FindCustomers,
    Group,
    Measure,
    Query,
    Rate,
    Ratio,
    Value,
)
from segue.tools.semantic.schema import Model

__all__ = [
    "Dates", "Speech", "entity_plural", "row_noun", "say_condition", "say_find", "say_predicate", "say_query", "say_value_of",
    "say_window_bare",
]  # fmt: skip

OVERS = STATS | {"sum": "sum of the", "percentile": "percentile of the"}


def say_query(model: Model, query: Query, dates: Dates | None = None) -> str:
    """The whole plan as one sentence, without the full stop."""
    return Speech(model, dates).query(query)


def say_find(model: Model, plan: FindCustomers, dates: Dates | None = None) -> str:
    """Who a question for customers is after: a segment's definition."""
    return Speech(model, dates).find(plan)


def say_condition(model: Model, condition: Condition, of: str = "customer", dates: Dates | None = None) -> str:
    """A condition as a modifier of the plural of `of` ("whose country is Germany"), or of="row": after "where"."""
    return Speech(model, dates).condition(condition, of)


def say_predicate(model: Model, condition: Condition, of: str = "customer", dates: Dates | None = None) -> str:
    """A condition as what a sentence says of them: "churned", "have at least 2 orders"."""
    return Speech(model, dates).predicate(condition, of)


def say_value_of(model: Model, value: Value) -> str:
    """What is summarised, without conditions: "revenue", "number of orders", "average review score"."""
    return Speech(model).value_of(value)


class Speech(Clauses):
    """Says whole plans."""

    # --- whole plans ----------------------------------------------------------------------------------------------

    def query(self, query: Query) -> str:
        text = joined([self.measure(m) for m in query.measures])
        if query.by:
            text += " by " + joined([self.group(g) for g in query.by])
        if query.where is not None:
            text += f", where {self.condition(query.where, 'row')}"
        if query.customers is not None:
            text += f", of {entity_plural(self.model, 'customer')} {self.condition(query.customers)}"
        if query.window is not None:
            text += f", {self.window(query.window, None)}"
        for having in query.having:
            text += f", only groups whose {self.measure(having.measure)} {COMPARED[having.op]} {say_number(having.number)}"
        if query.compare == "previous":
            text += f", compared with {self.window(query.versus, None)}" if query.versus else ", compared with the period before"
        if query.compare == "difference":
            text += ", the first group less the second"
        return text + self._order(query)

    def _order(self, query: Query) -> str:
        if query.rank_measures:
            return ", largest first"
        if not query.by:
            return ""
        text = ""
        if query.sort is not None and query.sort.group is not None:
            text = f", in {'falling' if query.sort.descending else 'rising'} order of {self.group(query.by[query.sort.group])}"
        elif query.sort is not None:
            by = f" {self.measure(query.measures[query.sort.measure or 0])}" if len(query.measures) > 1 else ""
            text = f", {'largest' if query.sort.descending else 'smallest'}{by} first"
        return text + (f", the first {query.limit}" if query.limit else "")

    def find(self, plan: FindCustomers) -> str:
        text = entity_plural(self.model, plan.of)
        if plan.condition is not None:
            text += f" {self.condition(plan.condition, plan.of)}"
        if plan.limit is not None:
            by = f" by {self.value(plan.show[0])}" if plan.show else ""
            text = f"the {'lowest' if plan.ascending else 'top'} {plan.limit}{by} of {text}"
        return text

    # --- measures and groups --------------------------------------------------------------------------------------

    def measure(self, measure: AnyMeasure) -> str:
        if isinstance(measure, Measure):
            return self._measure(measure)
        if isinstance(measure, Rate):
            return f"the share of {self.population(measure)} {self.condition(measure.condition, self._of(measure.of))}"
        if isinstance(measure, Ratio):
            return f"{self.measure(measure.top)} divided by {self.measure(measure.bottom)}"
        if isinstance(measure, Correlation):
            of = f"per {measure.over}" if measure.over in self.model.entities else f"over {entity_plural(self.model, measure.over)}"
            return f"the correlation of {self.value(measure.x)} and {self.value(measure.y)} {of}"
        assert isinstance(measure, Concentration)
        held = f"the top {say_percent(measure.share)} of {entity_plural(self.model, measure.per)}"
        return f"the share of {self.value(measure.value)} that {held} hold"

    def population(self, rate: Rate) -> str:
        """Who the rate is of: customers whose ..."""
        among = f" {self.condition(rate.among, self._of(rate.of))}" if rate.among is not None else ""
        return f"{entity_plural(self.model, rate.of)}{among}"

    def _of(self, name: str) -> str:
        return name if name in self.model.entities else f"{name}:row"

    def _measure(self, measure: Measure) -> str:
        text = self.value(measure)
        if measure.per is not None:
            over = f"{say_percent(measure.over_percentile)} point of the" if measure.over_percentile is not None else OVERS[measure.over]
            text = f"{over} {text} per {measure.per}"
        if measure.share is not None:
            text = f"{text} as a share of {'its group' if measure.share == 'group' else 'the total'}"
        return text

    def group(self, group: Group) -> str:
        if group.scheme is not None:
            return self.model.plain(group.scheme) if "." in group.scheme else f"{group.scheme.upper()} segment"
        if group.condition is not None:
            if group.labels is not None:
                return joined(list(group.labels), "or")
            return group.name or f"whether {self.condition(group.condition, 'row')}"
        if group.value is not None:
            name = f"{self.value(group.value)} per {group.per}"
        else:
            name = self.model.plain(group.column or "")
        if group.part is not None:
            return f"{PARTS[group.part]} of {name}"
        if group.bands is not None:
            return f"{name} in bands from {joined([say_number(b) for b in group.bands])}"
        return f"{name} in {group.natural} bands" if group.natural else name

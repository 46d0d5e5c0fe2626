"""What a workspace has for the roles that words stand for: where sales are, what spending is, which column is an age."""

from __future__ import annotations

from functools import cached_property

from segue.assistant.language.lexicon import column_kind, table_of, time_of
from segue.tools.context import Context
from segue.tools.query.graph import JoinGraph
from segue.tools.query.plan import ColumnIs, Condition, Not, Value
from segue.tools.semantic.schema import Model, Test, split, words

_PER_DAY = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 30.4375, "quarters": 91.3125, "years": 365.25, "minutes": 1 / 1440}


_NOT_SPENT = {"cashback", "refund", "refunds", "refunded", "discount", "balance", "salary", "income", "cost", "loan", "limit", "credit", "budget", "debt", "price", "claim", "claims"}


class World:
    """Answers to "which column, table or metric is that here?"; None where the workspace has none."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.model: Model = context.model
        self.graph = JoinGraph(context.model)

    def values(self, ref: str) -> list:
        """The distinct values of a column, commonest first; [] where they are too many, or the column is derived."""
        return [v for v, _ in self.context.facts.values(ref)] if self.context.facts.has(ref) else []

    @cached_property
    def customer_table(self) -> str | None:
        """The table with a row a customer (or account)."""
        own = table_of(self.model.entities["customer"].key)
        return own if self.model.tables[own].kind == "customers" else next(
            (t for t, spec in self.model.tables.items() if spec.kind == "customers"), None)

    @cached_property
    def sales_table(self) -> str | None:
        """The events that money comes from: where revenue is measured, else a table of sales."""
        revenue = self.model.metrics.get("revenue")
        if revenue and revenue.of and self.model.tables[table_of(revenue.of)].kind == "events":
            return table_of(revenue.of)
        return self.subject_table("sales")

    def subject_table(self, subject: str) -> str | None:
        """The first event table about a subject."""
        return next((t for t, spec in self.model.tables.items() if spec.subject == subject and spec.kind == "events"), None)

    @cached_property
    def orders_table(self) -> str | None:
        """The table whose rows are what "bought" counts: the orders' own where there is one, else the sales lines."""
        order = self.model.entities.get("order")
        return table_of(order.key) if order else self.sales_table

    def population_table(self, entity: str) -> str | None:
        """The table that has the entity's own attributes."""
        if entity == "customer":
            return self.customer_table
        if entity not in self.model.entities:
            return entity  # the rows of a table
        return table_of(self.model.entities[entity].key)

    def is_attribute(self, ref: str, entity: str) -> bool:
        """Whether each of the entity has one value of the column: its own table's, or one that joins to it."""
        table = self.population_table(entity)
        return table is not None and self.graph.place(table, ref) is not None and not (
            entity == "order" and self.model.tables[table].kind == "events" and not self._unique_order(table))

    def _unique_order(self, table: str) -> bool:
        _, column = split(self.model.entities["order"].key)
        return self.model.tables[table].key == column

    def reachable(self, table: str, ref: str) -> bool:
        """Whether rows of the table have one value of the column."""
        return self.graph.place(table, ref) is not None

    def spend(self, per_month: bool = False) -> Value | None:
        """What somebody spent: revenue where there are sales, else the money column of the customers' own table."""
        if per_month:
            monthly = self._money_column(("month", "mrr"))
            if monthly:
                return Value(column=monthly, stat="sum")
        name = self._takings()
        own = name is not None and self.model.tables[table_of(self.model.metrics[name].of or ".")].kind == "customers"
        if name is not None and not own:
            return Value(metric=name)
        column = self._money_column(("total", "lifetime", "spend", "spent", "revenue")) or (self.model.metrics[name].of if name else None)
        return Value(column=column, stat="sum") if column else None

    def _takings(self) -> str | None:
        """The metric of what customers bring: named revenue, called so, or the first sum of money that is better when higher."""
        sums = {n: m for n, m in self.model.metrics.items() if m.stat == "sum" and m.of and m.unit == "money" and m.where is None and m.higher_is != "worse"
                and not _NOT_SPENT & set(words(split(m.of)[1]).split())}
        return next((n for n in sums if n == "revenue"), None) or next((n for n, m in sums.items() if "revenue" in m.called), None) or next(iter(sums), None)

    def worth(self) -> Value | None:
        """What makes a customer valuable: what they spent, else what they hold."""
        lifetime = next((f"{self.customer_table}.{c}" for c in (self.model.tables[self.customer_table].columns if self.customer_table else ())
                         if {"lifetime", "clv", "ltv", "cltv"} & set(words(c).split())), None)
        if lifetime is not None:
            return Value(column=lifetime, stat="max")
        spend = self.spend()
        if spend is not None:
            return spend
        held = self.column_by("balance", "deposit", "deposits", "holdings", "value")
        return Value(column=held, stat="max") if held else None

    def _money_column(self, hints: tuple[str, ...]) -> str | None:
        refs = [f"{t}.{c}" for t, spec in self.model.tables.items() for c, about in spec.columns.items() if about.role == "money" and not _NOT_SPENT & set(words(c).split())]
        return next((r for h in hints for r in refs if h in words(split(r)[1])), None)

    def summed(self, ref: str) -> str | None:
        """The metric that adds the column up, where it is money."""
        return next((n for n, m in self.model.metrics.items() if m.of == ref and m.stat == "sum" and m.where is None and m.unit == "money"), None)

    def count_column(self, said: str, entity: str = "customer") -> str | None:
        """A number column that counts what is said: "policies" at Number of Policies."""
        from segue.assistant.language.tokens import stems

        table = self.population_table(entity)
        wanted = set(stems(said))
        for column, about in (self.model.tables[table].columns if table else {}).items():
            name = words(column)
            if about.type in ("integer", "number") and wanted and wanted <= set(stems(name)) and {"number", "num", "no", "count", "nr", "of", "total"} & set(name.split()):
                return f"{table}.{column}"
        return None

    def column_by(self, *hints: str, roles: tuple[str, ...] = ()) -> str | None:
        """The first column whose words hold one of the hints or whose role is one of `roles`, the customers' table first."""
        tables = sorted(self.model.tables, key=lambda t: t != self.customer_table)
        for table in tables:
            for column, about in self.model.tables[table].columns.items():
                said = words(column).split()
                if about.role in roles or any(h in said for h in hints):
                    return f"{table}.{column}"
        return None

    @cached_property
    def age(self) -> str | None:
        """A number column that is a person's age."""
        ref = self.column_by("age")
        return ref if ref and self.model.column(ref).type in ("integer", "number") else None

    @cached_property
    def age_band(self) -> str | None:
        """A text column of age bands ("25-34")."""
        ref = self.column_by("age")
        return ref if ref and self.model.column(ref).type == "text" else None

    @cached_property
    def tenure(self) -> str | None:
        """How long someone has been a customer, as a number with a unit."""
        ref = self.column_by("tenure", roles=())
        if ref is None and self.customer_table:
            ref = next((f"{self.customer_table}.{c}" for c, about in self.model.tables[self.customer_table].columns.items()
                        if about.role == "duration" and {"tenure", "membership", "since"} & set(words(c).split())), None)
        return ref if ref and column_kind(self.model, ref) == "number" else None

    @cached_property
    def signup(self) -> str | None:
        """The date since when someone is a customer."""
        return self.column_by(roles=("signup",)) or next(
            (f"{t}.{c}" for t in ([self.customer_table] if self.customer_table else list(self.model.tables)) for c, about in self.model.tables[t].columns.items()
             if about.type in ("date", "timestamp") and {"joined", "join", "signup", "registered", "registration", "enrolled"} & set(words(c).split())), None)

    def in_unit(self, n: float, unit: str, ref: str) -> float:
        """A length of time in the unit of a column (days where the column doesn't say)."""
        target = self.model.column(ref).unit or "days"
        if target == unit or target not in _PER_DAY:
            return n
        if (unit, target) == ("years", "months"):
            return n * 12
        if (unit, target) == ("months", "years"):
            return n / 12
        return n * _PER_DAY[unit] / _PER_DAY[target]

    def time_of(self, table: str) -> str | None:
        """When the rows of a table happened."""
        return time_of(self.model, table)

    def named(self, entity: str) -> str:
        """The column that an entity is grouped by: its name, else its key."""
        about = self.model.entities[entity]
        return about.name or about.key

    def act_table(self, about: dict) -> str | None:
        """The table of an act: one of its subject whose name holds the hint where there is one, else the first of its subject."""
        hint = about.get("hint")
        if "subject" not in about:
            return None
        hinted = [t for t, spec in self.model.tables.items() if hint and hint in t.lower() and spec.kind == "events"]
        if hinted or (hint and not any(hint in c.lower() for t in self._campaign_tables() for c in self.model.tables[t].columns)):
            return hinted[0] if hinted else None
        return self.subject_table(about["subject"])

    def _campaign_tables(self) -> list[str]:
        return [t for t, spec in self.model.tables.items() if spec.subject == "campaigns"]

    @cached_property
    def received(self) -> str | None:
        """The table of who was sent which campaign: not the one of those who acted on it."""
        tables = [t for t in self._campaign_tables() if self.model.tables[t].kind == "events"]
        return next((t for t in tables if not any(h in t.lower() for h in ("redem", "open", "click", "respon"))), tables[0] if tables else None)

    @cached_property
    def acted(self) -> str | None:
        """A table of its own for those who acted on a campaign, where there is one."""
        return next((t for t in self._campaign_tables() if any(h in t.lower() for h in ("redem", "click", "open", "respon")) and t != self.received), None)

    def engaged(self, table: str) -> Condition | None:
        """The rows of a campaign table in which the customer engaged."""
        test = self.model.tables[table].engaged
        return test_condition(test, table) if test else None

    @cached_property
    def cancelled(self) -> tuple[str, Condition] | None:
        """(table, the condition of its cancelled or returned rows)."""
        for table, spec in self.model.tables.items():
            if spec.cancelled and spec.subject in ("sales", "returns", "payments", "other"):
                return table, test_condition(spec.cancelled, table)
        return None

    @cached_property
    def churn(self) -> str | None:
        """The label that says who left."""
        return next((name for name, label in self.model.labels.items() if label.kind == "churn"), None)


def test_condition(test: Test, table: str) -> Condition:
    """A model file's test as a condition of the plan language."""
    ref = test.column if test.column.startswith(f"{table}.") else f"{table}.{test.column}"
    if test.one_of is not None:
        return ColumnIs(column=ref, op="in", value=list(test.one_of))
    if test.starts_with is not None:
        return ColumnIs(column=ref, op="starts with", value=test.starts_with)
    if test.below is not None:
        return ColumnIs(column=ref, op="<", value=test.below)
    if test.above is not None:
        return ColumnIs(column=ref, op=">", value=test.above)
    return ColumnIs(column=ref, op="present" if test.present else "missing")


def negated(condition: Condition) -> Condition:
    """Its negation; a double one cancels, a flag's yes becomes its no."""
    if isinstance(condition, Not):
        return condition.of
    if isinstance(condition, ColumnIs) and condition.op in ("yes", "no"):
        return ColumnIs(column=condition.column, op="no" if condition.op == "yes" else "yes")
    return Not(of=condition)

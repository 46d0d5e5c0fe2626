"""What a question asks for: the measure, and whose conditions the rest of it states."""

from __future__ import annotations

from dataclasses import dataclass, field

from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Dur,
    Ent,
    Every,
    Lab,
    Met,
    Num,
    Percentile,
    Span,
    Tab,
    Time,
    Val,
    Verb,
)
from segue.assistant.language.tokens import stems
from segue.assistant.language.world import World
from segue.tools.query.plan import AnyMeasure, HasLabel, Measure, Not, Rate, Value

_STATS = {"median": "median", "mean": "mean", "maximum": "max", "minimum": "min", "spread": "stddev"}


@dataclass
class Focus:
    """The measure; `population` whose conditions are read (an entity), `rows` where they are of the rows that a figure is made of.

    table  the rows' table, where there is one: its time is what windows and timelines mean
    """

    measure: AnyMeasure
    population: str = "customer"
    rows: bool = False
    table: str | None = None
    assumptions: list[str] = field(default_factory=list)


class Finder:
    """Finds the focus among a question's spans, marking the words that named it."""

    def __init__(self, spans: list[Span], world: World) -> None:
        self.spans, self.world, self.model = spans, world, world.model
        self.bare = False  # whether nothing but a noun said what is asked for

    def _after_number(self, k: int) -> bool:
        """Whether a number before it makes the span a quantity ("3 orders"); the 23 of "store 23" does not."""
        return k > 0 and bool(self.spans[k - 1].of(Bound, Num)) and not (k > 1 and self._is_numbered(k - 2))

    def _is_numbered(self, k: int) -> bool:
        """ "store 406": the thing is a condition, not what is asked for."""
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        number = nxt.of(Num) if nxt is not None else None
        return number is not None and number.unit is None and not self.spans[k].text.endswith("s")

    def find(self) -> Focus | None:
        """The first that applies: a count, a summarised column or metric, a metric, money spent, churn, a column, a thing."""
        for way in (self._retention, self._percentile, self._order_size, self._count, self._summary, self._invoiced, self._metric, self._money, self._churn, self._column, self._thing):
            focus = way()
            if focus is not None:
                return focus
        return None

    def all_measures(self, first: Focus) -> list[AnyMeasure]:
        """The first measure and those listed with it: "customers, revenue and average order value"."""
        measures = [first.measure]
        for k, span in enumerate(self.spans):
            metric = span.of(Met)
            if metric and not span.used and not span.of(Val, Lab) and self._listed(k):
                span.used = True
                measures.append(Measure(metric=metric.name))
        return measures

    def _listed(self, k: int) -> bool:
        before = [s for s in self.spans[:k] if not s.word("det", "filler", "prep")]
        return bool(before) and before[-1].text in ("and", ",", "plus", "&") and len(before) > 1 and before[-2].used and bool(before[-2].of(Met, Ent, Col))

    def _percentile(self) -> Focus | None:
        """ "the 90th percentile of balance"."""
        at = next((s for s in self.spans if s.of(Percentile) and not s.used), None)
        ref = next((c.ref for s in self.spans if not s.used for c in [self._number(s)] if c is not None), None)
        if at is None or ref is None:
            return None
        for s in self.spans:
            s.used = s.used or s is at or any(c.ref == ref for c in s.every(Col)) or s.word("most", "least", "mean") and not s.of(Met, Col)
        own = self.model.tables[table_of(ref)].kind == "customers"
        summed = None if own else self.world.summed(ref)
        share = at.of(Percentile).share  # type: ignore[union-attr]
        if summed:
            return Focus(Measure(metric=summed, per="customer", over="percentile", over_percentile=share), rows=True, table=table_of(ref))
        return Focus(Measure(column=ref, stat="percentile", percentile=share), rows=not own, table=table_of(ref))

    def _order_size(self) -> Focus | None:
        """ "bigger orders", "average basket": of an order, its value."""
        if "average_order_value" not in self.model.metrics:
            return None
        for k, span in enumerate(self.spans):
            entity = span.of(Ent)
            before = [s for s in self.spans[max(0, k - 3):k] if not s.word("det") and not s.of(Val)]
            if entity is None or entity.name != "order" or not before or span.used:
                continue
            sized = before[-1].text in ("bigger", "larger", "smaller", "biggest", "largest", "smallest", "average", "bigger average", "typical", "mean", "higher value")
            nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
            if sized and not (nxt is not None and nxt.of(Met, Col)) and not any(s.word("count", "median") for s in self.spans):
                for x in self.spans:
                    x.used = x.used or x is span or x is before[-1] or x.word("mean") and not x.of(Met, Col, Val)
                return self.of_metric("average_order_value")
        return None

    # --- ways -------------------------------------------------------------------------------------------------------

    def _count(self) -> Focus | None:
        for k, span in enumerate(self.spans):
            if not span.word("count") or span.used or span.of(Col, Val):
                continue
            if span.of(Met) and not self._noun_after(k):
                continue
            span.used = True
            found = self._counted(k) or self._noun_before(k)
            return found or self._count_of("customer")
        return None

    def _noun_before(self, k: int) -> Focus | None:
        """ "gifts by channel, counts": the noun came first."""
        for span in self.spans[:k]:
            if not span.used and span.of(Ent, Tab) and not span.of(Val, Lab) and not span.word("who"):
                focus = self._noun(span)
                if focus is not None:
                    span.used = True
                    return focus
        return None

    def _noun_after(self, k: int) -> bool:
        return any(s.of(Ent, Tab, Col) for s in self.spans[k + 1:k + 5])

    def _counted(self, k: int) -> Focus | None:
        for j, span in enumerate(self.spans[k + 1:], k + 1):
            if span.used or span.word("relative") and not span.of(Ent):
                continue
            if self._tenure_unit(j):
                return self.of_column(self.world.tenure or "", self._stat_word())
            if span.text in ("times", "time") and "order" in self.model.entities:
                span.used = True
                return self._count_of("order")
            focus = self._noun(span)
            if focus is not None:
                span.used = True
                return self._per(j, focus)
            if span.of(Bound) or (span.word("aux") and any(s.of(Val, Lab) for s in self.spans[k + 1:j])):
                return None
            inside = self._noun_inside(span)
            if inside is not None:
                return inside
            if span.of(Val) and self._noun_near(j):
                continue
            if span.of(Verb) or span.word("comma", "stop", "by") or (span.of(Lab) and not self._noun_near(j)):
                return None
        return None

    def _noun_inside(self, span: Span) -> Focus | None:
        """ "cancelled orders" as one value's name: what is counted is its last word, the value stays a condition."""
        last = stems(span.text)[-1:] if span.of(Val) and " " in span.text else ()
        return self._count_of(last[0]) if last and last[0] in self.model.entities and last[0] != "customer" else None

    def _stat_word(self) -> str:
        """median where the word is there, else mean; both words are read."""
        found = [s for s in self.spans if s.word("median", "mean") and not s.of(Met, Col, Val)]
        for s in found:
            s.used = True
        for k, s in enumerate(self.spans):
            s.used = s.used or s.text == "not" and k + 1 < len(self.spans) and self.spans[k + 1] in found
        return "median" if any(s.word("median") for s in found) else "mean"

    def _tenure_unit(self, j: int) -> bool:
        """ "how many months do they stay": the unit of a tenure, with a verb of staying."""
        span = self.spans[j]
        if self.world.tenure is None or self.model.column(self.world.tenure).unit != span.text.rstrip("s") + "s":
            return False
        stays = [s for s in self.spans[j + 1:] if s.text in ("stay", "stayed", "stays", "been", "lasted", "last", "were", "been with us", "stay with us", "stayed with us", "remained", "with us")]
        for s in [span, *stays]:
            s.used = True
        return bool(stays)

    def _noun_near(self, j: int) -> bool:
        nxt = self.spans[j + 1] if j + 1 < len(self.spans) else None
        return nxt is not None and bool(nxt.of(Ent, Tab))

    def _noun(self, span: Span) -> Focus | None:
        """A thing that can be counted."""
        entity, metric, table, column = span.of(Ent), span.of(Met), span.of(Tab), span.of(Col)
        if span.of(Lab) and entity is None:
            return None  # "how many of them left": leaving is a condition, whatever the table is called
        if "units" in self.model.metrics and span.text in ("item", "items", "unit", "units", "piece", "pieces") and not any(s.word("distinct") for s in self.spans):
            return self.of_metric("units")
        if entity is not None:
            return self._count_of(entity.name)
        if metric is not None and self.model.metrics[metric.name].unit in ("count", None):
            return self.of_metric(metric.name)
        if table is not None:
            return self._rows_of(table.name)
        if column is not None and not span.of(Val, Lab) and (column_kind(self.model, column.ref) != "kind" or self._plural(span)):
            return self._column_count(column.ref)
        return None

    def _plural(self, span: Span) -> bool:
        """Only the plural of a kind is counted: "how many countries", not "how many pay by ..."."""
        return span.text.split()[-1].endswith(("s", "people")) or any(s.word("distinct") for s in self.spans)

    def _column_count(self, ref: str) -> Focus | None:
        kind = column_kind(self.model, ref)
        if kind == "kind":
            table = table_of(ref)
            return Focus(Measure(column=ref, stat="distinct"), rows=True, table=table)
        if kind == "number":
            return self.of_column(ref, None)
        return None

    def _count_of(self, entity: str) -> Focus:
        table = self.world.orders_table if entity in ("customer", "order") else self.world.population_table(entity)
        return Focus(Measure(count=entity), population=entity, table=table)

    def _rows_of(self, table: str) -> Focus:
        return Focus(Measure(count=table), rows=True, table=table)

    def _per(self, j: int, focus: Focus) -> Focus:
        """ "orders per customer", "how many orders does the average customer place": the mean of a count per customer."""
        per = self._per_entity(j, need_mean=True)
        measure = focus.measure
        if per is None or not isinstance(measure, Measure) or measure.count == per:
            return focus
        for s in self.spans:
            s.used = s.used or s.word("mean") and not s.of(Met, Col, Val, Ent)
        return Focus(measure.model_copy(update={"per": per}), "customer", True, focus.table)

    def _per_entity(self, j: int, need_mean: bool) -> str | None:
        for k, span in enumerate(self.spans[j + 1:], j + 1):
            entity = span.of(Ent)
            if entity is None:
                continue
            before = self.spans[k - 1]
            if before.text in ("every", "each") and k > 1 and self.spans[k - 2].of(Verb):
                continue  # "ignored every campaign"
            if before.text in ("a", "an") and entity.name != "customer":
                continue  # "opened a mailing" is no mean per mailing
            if before.text in ("per", "each", "for each", "every", "by each", "for every", "a", "an") or (before.text == "one" and entity.name == "customer") or before.text.endswith((" per", "each", "every")):
                before.used = span.used = True
                return entity.name
            if before.word("mean") and need_mean:
                before.used = span.used = True
                return entity.name
        return None

    def _summary(self) -> Focus | None:
        """average, median, total ... of a metric, a column, or of what is spent."""
        for k, span in enumerate(self.spans):
            stat = next((s for w, s in _STATS.items() if span.word(w)), None)
            if stat is None or span.used or span.of(Met, Col, Val):
                continue
            if stat == "mean" and any(s.word("median") for s in self.spans):
                span.used = True
                continue
            if stat in ("max", "min") and not any(s.of(Col) for s in self.spans[k + 1:k + 4]):
                continue
            focus = self._summarised(k, stat)
            if focus is not None:
                span.used = True
                for other in self.spans:
                    other.used = other.used or other.word("mean", "median") and not other.of(Met, Col, Val, Ent)
                return focus
        return None

    def _summarised(self, k: int, stat: str) -> Focus | None:
        order = [*range(k + 1, len(self.spans)), *range(k - 1, -1, -1)]
        counts = {j for j in order if self.spans[j].of(Ent) or (self.spans[j].of(Met) and self.model.metrics[self.spans[j].of(Met).name].unit == "count")}  # type: ignore[union-attr]
        for j in [*(j for j in order if j not in counts), *(j for j in order if j in counts)]:
            span = self.spans[j]
            if span.used or span.of(Lab) and not span.of(Met, Col):
                continue
            metric, column, verb = span.of(Met), self._number(span), span.of(Verb)
            if metric is not None and self.model.metrics[metric.name].count == "customer":
                continue
            if metric is not None and verb is not None and verb.act == "spend" and metric.name == "revenue" and not self._is_condition(j):
                return self._spent(j, stat)  # people spend: per customer, not per order
            if self._tenure_unit(j):
                return self.of_column(self.world.tenure or "", stat)
            if metric is not None and not self._is_condition(j):
                span.used = True
                return self._metric_stat(j, metric.name, stat)
            if column is not None and not self._is_condition(j):
                span.used = True
                summed = self.world.summed(column.ref)
                own = self.model.tables[table_of(column.ref)].kind == "customers"
                return self._metric_stat(j, summed, stat) if summed and not own else self.of_column(column.ref, stat)
            if verb is not None and verb.act == "spend" and not self._is_condition(j):
                return self._spent(j, stat)
        things = [j for j in order if self.spans[j].of(Ent) and self.spans[j].of(Ent).name == "order" and not self.spans[j].used]  # type: ignore[union-attr]
        if things and stat in ("median", "mean") and abs(things[0] - k) <= 3:
            return self._spent(things[0], stat, per="order")  # "the median gift": of an order, its value
        return None

    def _is_condition(self, j: int) -> bool:
        """Whether a number beside it makes the span a condition ("balance over 100k"), not what is asked for."""
        for span in self.spans[j + 1:j + 3]:
            if span.of(Bound) or (span.of(Dur) and span.of(Dur).op):  # type: ignore[union-attr]
                return True
            if not span.word("prep", "aux", "det", "filler"):
                return False
        return False

    def _number(self, span: Span) -> Col | None:
        return next((c for c in span.every(Col) if column_kind(self.model, c.ref) == "number"), None)

    def _metric_stat(self, j: int, name: str, stat: str) -> Focus:
        metric = self.model.metrics[name]
        if name == "average_order_value" and stat != "mean" and metric.ratio:
            return Focus(Measure(metric=metric.ratio[0], per="order", over=stat), rows=True, table=self.table_of_metric(metric.ratio[0]))  # type: ignore[arg-type]
        if metric.of and stat in ("median", "max", "min") and metric.stat == "mean":
            return self.of_column(metric.of, stat)
        if metric.ratio or metric.rate or metric.stat in ("mean", "median"):
            return self.of_metric(name)
        per = self._per_entity(max(j - 4, -1), need_mean=True) or self._owner_nearby(j)
        if per is None and metric.of and self.model.tables[table_of(metric.of)].kind == "customers":
            return self.of_column(metric.of, stat)
        per = per or ("order" if metric.unit == "money" and "order" in self.model.entities and stat != "max" else "customer")
        if per == "order" and stat == "mean" and name == "revenue" and "average_order_value" in self.model.metrics:
            return self.of_metric("average_order_value")
        return Focus(Measure(metric=name, per=per, over=stat), rows=True, table=self.table_of_metric(name))  # type: ignore[arg-type]

    def _owner_nearby(self, j: int) -> str | None:
        """ "average customer spend", "orders does the average customer make"."""
        for span in self.spans[max(0, j - 3):j + 4]:
            entity = span.of(Ent)
            if entity and entity.name == "customer" and not span.used and self._is_owner(span):
                span.used = True
                return "customer"
        return None

    def _is_owner(self, span: Span) -> bool:
        k = self.spans.index(span)
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        return nxt is None or not nxt.word("relative")

    def _spent(self, j: int, stat: str, per: str | None = None) -> Focus | None:
        span = self.spans[j]
        monthly = self._monthly(j)
        value = self.world.spend(monthly)
        if value is None:
            return None
        span.used = True
        if value.column is not None:
            return self.of_column(value.column, stat)
        per = self._per_entity(-1, need_mean=True) or per or "customer"
        if per == "order" and stat == "mean" and value.metric == "revenue" and "average_order_value" in self.model.metrics:
            return self.of_metric("average_order_value")
        return Focus(Measure(metric=value.metric, per=per, over=stat), rows=True, table=self.table_of_metric(value.metric or ""))  # type: ignore[arg-type]

    def _monthly(self, j: int) -> bool:
        for span in self.spans[j + 1:j + 4]:
            if span.text in ("a month", "per month", "monthly", "each month", "every month"):
                span.used = True
                return True
        return False

    def _metric(self) -> Focus | None:
        for k, span in enumerate(self.spans):
            metric = self._best_metric(span)
            if metric is None or span.used or span.of(Val) or self._is_numbered(k) or (self._is_condition(k) and not span.text.startswith(("number", "count", "how many"))) or (span.of(Ent) and span.of(Ent).name == "customer"):  # type: ignore[union-attr]
                continue
            if span.of(Lab) and not self._is_churn_word(span):
                continue
            if self._after_number(k):
                continue
            span.used = True
            if self.model.metrics[metric.name].unit == "count":
                per = self._per_entity(k, need_mean=False)
                if per and per != self.model.metrics[metric.name].count:
                    return Focus(Measure(metric=metric.name, per=per), rows=True, table=self.table_of_metric(metric.name))
            elif self.model.metrics[metric.name].unit == "money" and not self.model.metrics[metric.name].ratio:
                per = self._per_entity(k, need_mean=False)
                if per:
                    return self._per_metric(metric.name, per)
            return self.of_metric(metric.name)
        return None

    def _best_metric(self, span: Span) -> Met | None:
        """Of several, a rate before a count: "churn" is a rate unless numbers are asked for."""
        metrics = span.every(Met)
        rates = [m for m in metrics if self.model.metrics[m.name].rate]
        return (rates or metrics or [None])[0]

    def _per_metric(self, name: str, per: str) -> Focus:
        if per == "order" and name == "revenue" and "average_order_value" in self.model.metrics:
            return self.of_metric("average_order_value")
        return Focus(Measure(metric=name, per=per), rows=True, table=self.table_of_metric(name))

    def _money(self) -> Focus | None:
        """ "how much have they spent", "what did we take": the verb is the measure."""
        asked = any(s.word("how_much", "what", "most", "least", "best", "worst", "by") for s in self.spans)
        for k, span in enumerate(self.spans):
            verb = span.of(Verb)
            if span.text in ("invoiced", "billed", "charged") and not span.used and any(s.word("how_much") for s in self.spans):
                verb = Verb("sell")
            if verb is None or span.used or verb.act not in ("spend", "buy", "sell") or not asked or self._is_condition(k):
                continue
            if verb.act == "buy":
                continue
            value = self.world.spend(self._monthly(k)) or (self.world.worth() if span.text in ("money", "the money", "cash") else None)
            if value is None:
                return None
            span.used = True
            if value.column is not None:
                return self.of_column(value.column, "sum")
            each = self._per_entity(-1, need_mean=False)
            if each:
                return self._per_metric(value.metric or "", each)
            return self.of_metric(value.metric or "")
        return None

    def _invoiced(self) -> Focus | None:
        """ "how much have we invoiced": a verb here, though "invoice" is a thing elsewhere."""
        if any(s.word("how_much") for s in self.spans) and any(s.text in ("invoiced", "billed", "charged") and not s.used for s in self.spans):
            return self._money()
        return None

    def _churn(self) -> Focus | None:
        for span in self.spans:
            label = span.of(Lab)
            if label is not None and not span.used and self._is_churn_word(span):
                span.used = True
                return self.rate_of(label.name)
        return None

    def _is_churn_word(self, span: Span) -> bool:
        label = span.of(Lab)
        if label is not None and self.model.labels[label.name].kind == "response" and span.text in (
                "response", "uptake", "take up", "conversion", "success rate", "sign up rate", "conversion rate", "response rate"):
            return True
        return span.text in ("churn", "attrition", "churn rate", "attrition rate", "churning", "leaving") or "rate" in span.text

    def _retention(self) -> Focus | None:
        """ "retention by contract": the share who didn't leave."""
        span = next((s for s in self.spans if s.unknown and s.text in ("retention", "retained", "stickiness", "loyalty") and not s.used), None)
        nxt = next((s for s in self.spans if s.text == "rate" and not s.used), None)
        if span is None or self.world.churn is None:
            return None
        for s in (span, nxt):
            if s is not None:
                s.used = True
        return Focus(Rate(name="retention", condition=Not(of=HasLabel(label=self.world.churn))))

    def rate_of(self, label: str) -> Focus:
        """The share for whom a label holds."""
        of = self.model.labels[label].of
        return Focus(Rate(of=of, condition=HasLabel(label=label)), population=of)

    def _column(self) -> Focus | None:
        for k, span in enumerate(self.spans):
            column = self._number(span)
            if column is None or span.used or self._is_condition(k) or self._is_numbered(k) or self._after_number(k):
                continue
            span.used = True
            summed = self.world.summed(column.ref)
            return self.of_metric(summed) if summed else self.of_column(column.ref, None)
        return None

    def _thing(self) -> Focus | None:
        """A bare noun: "orders by country", "reviews each month"."""
        self.bare = True
        for k, span in enumerate(self.spans):
            if span.used or span.of(Val, Lab) or self._is_numbered(k):
                continue
            entity, table = span.of(Ent), span.of(Tab)
            if entity is not None or table is not None:
                span.used = True
                return self._noun(span)
        return None

    # --- makers -----------------------------------------------------------------------------------------------------

    def of_metric(self, name: str) -> Focus:
        """A metric as a focus; what counts customers reads conditions on customers."""
        metric = self.model.metrics[name]
        if metric.rate:
            return self.rate_of(metric.rate)
        if metric.count in self.model.entities:
            return self._count_of(metric.count or "customer")
        table = self.table_of_metric(name)
        own = table is not None and self.model.tables[table].kind == "customers"
        return Focus(Measure(metric=name), rows=not own, table=table)

    def table_of_metric(self, name: str) -> str | None:
        """Where a metric's rows are."""
        metric = self.model.metrics.get(name)
        if metric is None:
            return None
        if metric.of:
            return table_of(metric.of)
        if metric.ratio:
            return self.table_of_metric(metric.ratio[0])
        if metric.count in self.model.tables:
            return metric.count
        if metric.count:
            return self.world.orders_table if metric.count in ("order", "customer") else self.world.population_table(metric.count)
        return None

    def of_column(self, ref: str, stat: str | None) -> Focus:
        """A number column as a focus; without a word for it, money and counts are added up, the rest averaged."""
        spec = self.model.column(ref)
        chosen = stat or ("sum" if spec.role in ("money", "quantity", "fee", "discount", "cost") else "mean")
        own = self.model.tables[table_of(ref)].kind == "customers"
        notes = [] if stat or chosen == "mean" and spec.role in ("score", "duration") else [f"{self.model.plain(ref)}: {'added up' if chosen == 'sum' else 'averaged'}"]
        return Focus(Measure(column=ref, stat=chosen), rows=not own, table=table_of(ref), assumptions=notes)  # type: ignore[arg-type]


def value_of(measure: AnyMeasure) -> Value | None:
    """The aggregate inside a plain measure, without `per`: what a customer is ranked or listed by."""
    if not isinstance(measure, Measure):
        return None
    return Value.model_validate({f: getattr(measure, f) for f in Value.model_fields})


__all__ = ["Every", "Finder", "Focus", "Time", "value_of"]

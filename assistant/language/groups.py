"""What a question breaks its answer down by, how it ranks, and how many it wants."""

from __future__ import annotations

from dataclasses import dataclass, field

from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    DatePart,
    Dur,
    Ent,
    Every,
    Lab,
    Met,
    Num,
    Seg,
    Span,
    Tab,
    Time,
    Vague,
    Val,
    Verb,
)
from segue.assistant.language.tokens import stems
from segue.assistant.language.world import World
from segue.tools.query.plan import Group, Part
from segue.tools.semantic.schema import split, words

_PASS = ("det", "filler", "pronoun", "distinct", "prep")
_SEGMENT = {"segment", "segments", "cohort", "cohorts", "customer segment", "customer segments"}
_WORST = ("worst", "poorest", "weakest", "worse", "poorer", "do worst", "performs worst", "worst performing", "weakest")


@dataclass
class Shape:
    """Groupings, ranking and limit.

    ranked  None, "top" or "bottom"; worst: said as "worst", which is high for churn and low for ratings
    entity  the entity that is ranked itself ("top 10 customers"), beside `groups`
    """

    groups: list[Group] = field(default_factory=list)
    timeline: Part | None = None
    ranked: str | None = None
    worst: bool = False
    limit: int | None = None
    share: float | None = None
    one: bool = False
    most: bool = False
    entity: str | None = None
    common: bool = False
    scheme: bool = False


class Shaper:
    """Finds the shape of the answer among the spans, marking the words that gave it."""

    def __init__(self, spans: list[Span], world: World) -> None:
        self.spans, self.world, self.model = spans, world, world.model
        self.shape = Shape()

    def find(self) -> Shape:
        """Timelines, "by ..." lists, "which ..." and "top N ...", in this order."""
        numbered = [s for k, s in enumerate(self.spans) if not s.used and self._has_number(k)]
        for s in numbered:
            s.used = True  # "store 23" is a condition: no part of the shape
        try:
            return self._find()
        finally:
            for s in numbered:
                s.used = False

    def _has_number(self, k: int) -> bool:
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        number = nxt.of(Num) if nxt is not None else None
        span = self.spans[k]
        named = bool(span.of(Ent)) and span.of(Ent).name not in ("customer", "order") or any(column_kind(self.model, c.ref) == "kind" for c in span.every(Col))  # type: ignore[union-attr]
        return number is not None and number.unit is None and named and not span.text.endswith("s") and not span.word("most", "least", "best", "worst", "by", "what")

    def _find(self) -> Shape:
        self._every()
        self._by()
        self._ranks()
        self._which()
        self._where()
        self._group_before()
        self._seller()
        return self.shape

    # --- by ---------------------------------------------------------------------------------------------------------

    def _every(self) -> None:
        for k, span in enumerate(self.spans):
            every = span.of(Every)
            if every is None or span.used or (span.of(Val, Col) and not span.text.startswith(("by", "per", "each", "which", "every"))):
                continue
            if k and self.spans[k - 1].of(Bound, Num) and span.text.startswith(("per ", "each ", "every ")):
                continue
            span.used = True
            written = self._written_period(every.part)
            if written is not None:
                self.shape.groups.append(Group(column=written))
                return
            self.shape.timeline = every.part
            return
        if any(s.word("trend") and not s.used for s in self.spans) and self.world.model.clock:
            next(s for s in self.spans if s.word("trend") and not s.used).used = True
            self.shape.timeline = "month"

    def _written_period(self, part: Part) -> str | None:
        """A column that holds the period as text or number, where the data has no dates: month = "may"."""
        if self.model.clock is not None:
            return None
        return next((f"{t}.{c}" for t, spec in self.model.tables.items() for c in spec.columns if words(c) == part), None)

    def _by(self) -> None:
        for k, span in enumerate(self.spans):
            if not span.word("by") or span.used or span.of(Every, Verb):
                continue
            if span.text in ("every", "each") and k and self.spans[k - 1].of(Verb):
                continue  # "ignored every campaign"
            if k + 1 < len(self.spans) and self._is_maker(span, k):
                continue
            if self._dims_from(k + 1):
                span.used = True

    def _is_maker(self, span: Span, k: int) -> bool:
        """ "pay by card", "by 20%": not a breakdown."""
        nxt = self.spans[k + 1]
        return span.text == "by" and bool(nxt.of(Num, Bound, Dur, Val)) and not nxt.of(Col, Ent)

    def _dims_from(self, start: int) -> bool:
        """The list of dimensions from a position: "country and month". Whether there was any."""
        found, k = False, start
        while k < len(self.spans):
            span = self.spans[k]
            if found and span.of(Ent) and not span.of(Col) and not self.spans[k - 1].word("and", "comma"):
                break  # "each country's customers": the people of the groups, not another grouping
            if not span.used and self._dimension(span, k):
                span.used, found = True, True
                self._band_word(k)
            elif span.word("what", "count", "how_much") or not (span.word(*_PASS) and not span.of(Verb, Lab, Val, Time) or (found and span.word("and", "comma"))) or span.text in ("customer", "order") and not found:
                break
            k += 1
        return found

    def _dimension(self, span: Span, k: int) -> bool:
        if span.of(Every):
            self.shape.timeline = span.of(Every).part  # type: ignore[union-attr]
            return True
        if span.text in _SEGMENT:
            return self._scheme()
        column = self._dim_column(span)
        entity = span.of(Ent)
        if entity is not None and self._per_head(entity.name, k):
            return False
        if self._modifies(span, k):
            return True
        if column is not None and column == self.model.entities["customer"].key:
            self.shape.entity = "customer"
            return True
        if column is not None and self._is_money(column, k) or span.of(Verb) and not entity or span.of(Met) and self._asks_rank():
            return False
        if column is not None and not (entity and entity.name != "customer" and self._names_entity(entity.name, column)):
            return self._add_column(column, k)
        if entity is not None and not self._per_head(entity.name, k):
            if entity.name == "customer":
                self.shape.entity = "customer"
            else:
                self.shape.groups.append(Group(column=self.world.named(entity.name)))
            return True
        return False

    def _modifies(self, span: Span, k: int) -> bool:
        """ "by ticket severity": the noun only says whose column it is."""
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        noun = span.of(Tab, Ent)
        column = self._dim_column(nxt) if nxt is not None else None
        if noun is None or column is None or nxt is None or nxt.of(Ent):
            return False
        table = noun.name if isinstance(noun, Tab) else table_of(self.model.entities[noun.name].key)
        return table_of(column) == table

    def _is_money(self, ref: str, k: int) -> bool:
        """ "top customers by spend": money after "by" is what ranks, unless bands of it are asked for."""
        nxt = self.spans[k + 1].text if k + 1 < len(self.spans) else ""
        return column_kind(self.model, ref) == "number" and self.model.column(ref).role == "money" and not nxt.startswith(("band", "group", "bracket", "range", "bucket"))

    def _names_entity(self, entity: str, ref: str) -> bool:
        about = self.model.entities[entity]
        return ref in (about.key, about.name)

    def _per_head(self, entity: str, k: int) -> bool:
        """ "revenue per customer", "orders per customer": a mean, not a breakdown."""
        before = self.spans[k - 1] if k else None
        return entity in ("customer", "order") and before is not None and (before.text in ("per", "each", "for each", "every", "for every", "a", "an") or before.text.endswith(" per"))

    def _dim_column(self, span: Span) -> str | None:
        if span.of(Lab) and any(self.model.metrics[m.name].rate for m in span.every(Met)):
            return None  # "attrition" is the rate, not the flag it is made of
        columns = [c.ref for c in span.every(Col)]
        rank = {"kind": 0, "flag": 1, "number": 2, "date": 3}
        said = stems(span.text)[-3:]
        columns.sort(key=lambda r: (rank[column_kind(self.model, r)], (self.model.column(r).label or "").endswith("as stored"), _unlike(r, said),
                                    table_of(r) != self.world.sales_table, self.model.tables[table_of(r)].subject == "campaigns"))
        return columns[0] if columns else None

    def _add_column(self, ref: str, k: int) -> bool:
        kind = column_kind(self.model, ref)
        if kind == "date":
            if self.shape.timeline:
                self.shape.groups.append(Group(column=ref, part=self.shape.timeline))
                self.shape.timeline = None
            else:
                self.shape.groups.append(Group(column=ref, part="month"))
            return True
        if kind == "number":
            self.shape.groups.append(self._given_bands(ref, k) or self._number_group(ref))
            nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
            if nxt is not None and nxt.of(Bound) and nxt.of(Bound).op == "between":  # type: ignore[union-attr]
                nxt.used = True  # "each score from 1 to 5": the range is the column's own
            return True
        self.shape.groups.append(Group(column=ref))
        return True

    def _given_bands(self, ref: str, k: int) -> Group | None:
        """ "by age: under 30s, 30-39, 40 plus": the edges are said."""
        bounds = [s for s in self.spans[k + 1:] if s.of(Bound, Num) and not s.used]
        edges = sorted({float(b.value) for s in bounds if (b := s.of(Bound, Num)) is not None and not (isinstance(b, Bound) and b.op in ("<", "<="))})
        tops = [b.value for s in bounds if isinstance(b := s.of(Bound), Bound) and b.op in ("<", "<=")]
        if len(bounds) < 2 or not edges:
            return None
        for s in bounds:
            s.used = True
        return Group(column=ref, bands=sorted({*edges, *tops}))

    def _number_group(self, ref: str) -> Group:
        facts = self.world.context.facts
        few = facts.has(ref) and facts.column(ref).distinct <= 15
        return Group(column=ref) if few else Group(column=ref, natural=6)

    def _band_word(self, k: int) -> None:
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        if nxt is not None and nxt.text in ("band", "bands", "group", "groups", "bracket", "brackets", "range", "ranges", "bucket", "buckets", "type", "level", "levels"):
            nxt.used = True

    def _scheme(self) -> bool:
        scheme = self.model.main_scheme
        if scheme is None:
            return False
        self.shape.scheme = True
        self.shape.groups.append(Group(scheme=scheme) if "." not in scheme else Group(column=scheme))
        return True

    # --- ranking ----------------------------------------------------------------------------------------------------

    def _ranks(self) -> None:
        for k, span in enumerate(self.spans):
            if span.used or not span.word("most", "least", "best", "worst", "rank") or span.of(Val, Col, Met, Vague) and not self._counted(k):
                continue
            if span.of(Every, Time):
                continue
            if self._percent_follows(k):
                continue
            self.shape.ranked = "bottom" if span.word("least") and not span.word("most", "best") else "top"
            self.shape.worst = self.shape.worst or span.text in _WORST
            self.shape.common = self.shape.common or "common" in span.text or "popular" in span.text or "often" in span.text or span.text == "main"
            self.shape.most = self.shape.most or span.text in ("most", "the most", "least", "the least", "fewest")
            span.used = True
            self._limit_near(k)
            self._ranked_before(k)
            if self.shape.entity is None:
                self._ranked_thing(k)

    def _counted(self, k: int) -> bool:
        return bool(self._number_at(k + 1) or self._number_at(k - 1))

    def _percent_follows(self, k: int) -> bool:
        number = self._number_at(k + 1)
        return number is not None and number.unit == "percent"

    def _number_at(self, k: int) -> Num | None:
        return self.spans[k].of(Num) if 0 <= k < len(self.spans) and not self.spans[k].used else None

    def _limit_near(self, k: int) -> None:
        """ "top 5", "five biggest", "the ten largest"."""
        for j in (k + 1, k - 1):
            number = self._number_at(j)
            if number is not None and number.unit is None and number.value >= 1:
                self.shape.limit = int(number.value)
                self.spans[j].used = True
                return

    def _ranked_before(self, k: int) -> None:
        """ "five customers with the highest balance": the ranked people, and how many, come before the ranking word."""
        for j in range(k - 1, max(-1, k - 5), -1):
            entity = self.spans[j].of(Ent)
            if entity is None or entity.name != "customer" or self.spans[j].used:
                continue
            number = self._number_at(j - 1)
            between = self.spans[j + 1:k]
            if number is not None and number.unit is None or any(s.text in ("with", "who", "that", "have", "has", "by") for s in between):
                self.shape.entity, self.spans[j].used = "customer", True
                if number is not None and number.unit is None and number.value >= 1:
                    self.shape.limit, self.spans[j - 1].used = int(number.value), True
            return

    def _which_kind(self) -> bool:
        """Whether "which" or "what" asks for a kind of something."""
        return any(s.word("what") and any(self._dim_column(x) or x.of(Ent) and x.of(Ent).name not in ("customer", "order") for x in self.spans[i + 1:i + 3])  # type: ignore[union-attr]
                   for i, s in enumerate(self.spans))

    def _ranked_thing(self, k: int) -> None:
        """The noun after "top 5" or "biggest", where it is a dimension: states, products, customers."""
        for j in range(k + 1, min(k + 4, len(self.spans))):
            span = self.spans[j]
            if span.used or span.word("comma", "stop", "by"):
                if span.word("by", "comma", "stop"):
                    return
                continue
            if span.text.rstrip("s") in ("day", "week", "month", "quarter", "year") and not span.of(Time, Col) and self.model.clock:
                self.shape.timeline, span.used = span.text.rstrip("s"), True  # type: ignore[assignment]
                return
            if span.of(Met) and not span.of(Ent, Col):
                continue
            entity = span.of(Ent)
            if entity is not None and entity.name == "customer":
                if self.shape.most and self._which_kind():
                    return  # "which region loses the most customers": they are counted, not listed
                self.shape.entity, span.used = "customer", True
                return
            verb = span.of(Verb)
            if verb is not None and verb.act == "spend" and span.text.endswith("rs"):
                self.shape.entity, span.used = "customer", True
                return
            column = self._dim_column(span)
            if column is not None and column_kind(self.model, column) == "kind" or (entity is not None and entity.name != "order" and not self._measured(j)):
                self._add_dim(span, column, entity)
                return
            if not span.word("det", "filler", "pronoun", "distinct", "mean") or span.text in ("among", "of", "in", "of our", "of all", "of the"):
                return

    def _measured(self, j: int) -> bool:
        """ "the most orders", "most reviews": after "most" such a noun is the measure, not what is ranked."""
        before = self.spans[j - 1]
        return before.text in ("most", "the most", "fewest", "least", "in most", "highest number of") or before.text.endswith("number of")

    def _add_dim(self, span: Span, column: str | None, entity: Ent | None) -> None:
        ref = self.world.named(entity.name) if entity is not None else column
        if ref is not None and all(g.column != ref for g in self.shape.groups):
            self.shape.groups.append(Group(column=ref))
            span.used = True

    def _which(self) -> None:
        """ "which country ...", "what product ...": a dimension where something is ranked or compared."""
        for k, span in enumerate(self.spans):
            if not span.word("what", "relative", "each") or span.used or span.of(Every):
                continue
            for j in range(k + 1, min(k + 4, len(self.spans))):
                nxt = self.spans[j]
                if nxt.text not in ("one", "ones") and (nxt.used or nxt.of(Verb, Lab, Time, Met, Val) and not nxt.of(Col, Ent)):
                    break
                if self._take_which(nxt):
                    return
                if not (nxt.word("det", "pronoun", "only", "filler", "distinct", "prep") or nxt.word("of_those")):
                    break

    def _take_which(self, span: Span) -> bool:
        if span.text in ("one", "ones") and self._asks_rank():
            return self._group_named_earlier(span)
        if span.text in _SEGMENT and self._scheme():
            span.used = True
            self.shape.one = not span.text.endswith("s")
            return True
        entity, column = span.of(Ent), self._dim_column(span)
        if entity is not None and entity.name in ("customer", "order"):
            return False
        if (entity is not None or (column is not None and column_kind(self.model, column) in ("kind", "flag"))) and self._asks_rank():
            self._add_dim(span, column, entity)
            self.shape.one = not span.text.endswith("s")
            return True
        return False

    def _group_named_earlier(self, one: Span) -> bool:
        """ "of the categories with at least 100 orders, which one ..."."""
        for span in self.spans:
            if span is one:
                return False
            column = self._dim_column(span)
            if not span.used and column is not None and column_kind(self.model, column) == "kind" and not span.of(Val, Met):
                self._add_dim(span, column, span.of(Ent))
                one.used, self.shape.one = True, True
                return True
        return False

    def _seller(self) -> None:
        """ "our best seller": the product that sold most."""
        if any("sell" in s.text and s.word("most") for s in self.spans) and not self.shape.groups and "product" in self.model.entities:
            self.shape.groups.append(Group(column=self.world.named("product")))

    def _where(self) -> None:
        """ "where do most of our customers live": by place."""
        asked = next((s for s in self.spans if s.text == "where" and not s.used), None)
        if asked is None or not any(s.text in ("live", "lives", "living", "based", "located", "come from", "from") for s in self.spans) or self.shape.groups:
            return
        table = self.world.customer_table or self.world.sales_table
        places = [f"{table}.{c}" for c, about in (self.model.tables[table].columns.items() if table else ()) if about.role == "place"]
        places = [p for p in places if not self.world.context.facts.has(p) or self.world.context.facts.column(p).distinct <= 60] or places
        if places:
            asked.used = True
            self.shape.groups.append(Group(column=places[0]))
            self.shape.ranked, self.shape.common = "top", True

    def _asks_rank(self) -> bool:
        return self.shape.ranked is not None or any(s.word("most", "least", "best", "worst", "more", "fewer") for s in self.spans)

    def _group_before(self) -> None:
        """ "region with the highest ...", "countries by revenue": the dimension named before a ranking word."""
        if self.shape.ranked is None or self.shape.groups or self.shape.entity:
            return
        for k, span in enumerate(self.spans):
            column = self._dim_column(span)
            if span.used or column is None or column_kind(self.model, column) != "kind" or span.of(Met, Val):
                continue
            nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
            if nxt is not None and (nxt.text in ("with", "has", "have", "by", "that", "is", "ranked") or nxt.used):
                self._add_dim(span, column, span.of(Ent))
                return


def _unlike(ref: str, said: tuple[str, ...]) -> int:
    """How far a column's own name is from the words: 0 the same, 1 ends in them, 2 neither."""
    own = stems(words(split(ref)[1]))
    return 0 if own == said else 1 if own[-len(said):] == said else 2


__all__ = ["DatePart", "Seg", "Shape", "Shaper", "Tab"]

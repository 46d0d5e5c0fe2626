"""What a figure is of: the measure, its population and its period, as they stand in a sentence."""

from __future__ import annotations

from segue.tools.query.compile import Compiled, Shown
from segue.tools.query.dates import dates_of
from segue.tools.query.english import Speech, entity_plural, row_noun
from segue.tools.query.leaves import tree_leaves
from segue.tools.query.measures import Aggregated, PerEntity
from segue.tools.query.phrasing import capital, is_plural, plural
from segue.tools.query.plan import HasLabel, Measure, Rate, Window


class Subject:
    """The subject of the sentences about one answer."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        self.model = compiled.catalog.model
        self.speech = Speech(self.model, dates_of(compiled.catalog))

    def measure(self, shown: Shown) -> str:
        """The measure: what the plan calls it, else what it is."""
        plan = shown.formula.plan
        return plan.name or (shown.heading if isinstance(plan, Rate) else self._without_window(plan))

    def _without_window(self, plan: object) -> str:
        if isinstance(plan, Measure):
            return self.speech.measure(plan.model_copy(update={"window": None}))
        return self.speech.measure(plan)  # type: ignore[arg-type]

    def statement(self, shown: Shown, value: str) -> str:
        """The figure as a sentence without its full stop: "Revenue in November 2011 was 1,461,756.25"."""
        plan = shown.formula.plan
        counted = self._counted(shown)
        if counted is not None and not plan.name:
            few = value == "1"
            population = self._population(shown, counted[1])
            return f"There {'is' if few else 'are'} {value} {counted[0][not few]}{population}{self._period(shown)}"
        past, name = self._past(shown), self.measure(shown)
        if isinstance(plan, Measure) and plan.share is not None and plan.where is not None and not plan.name:
            part = self.speech.measure(plan.model_copy(update={"window": None, "share": None}))
            return f"{capital(part)}{self.tail(shown)} {'made' if past else 'makes'} up {value} of the total"
        several = is_plural(name) and not name.startswith(("average", "median", "share", "the "))
        verb = ("were" if past else "are") if several else ("was" if past else "is")
        return f"{capital(name)}{self.tail(shown)} {verb} {value}"

    def _past(self, shown: Shown) -> bool:
        return self.period(shown) is not None

    def _counted(self, shown: Shown) -> tuple[tuple[str, str], str] | None:
        """The noun (one, many) that is counted, and how conditions speak of it; None where it is no plain count."""
        plan, atoms = shown.formula.plan, shown.formula.atoms
        if not isinstance(plan, Measure) or plan.per or plan.share or len(atoms) != 1 or not isinstance(atoms[0], Aggregated):
            return None
        leaf = atoms[0].leaf
        if leaf.stat == "entities" and leaf.entity is not None:
            return (leaf.entity.replace("_", " "), entity_plural(self.model, leaf.entity)), leaf.entity
        if leaf.stat == "rows" and leaf.table is not None:
            noun = row_noun(self.model, leaf.table)
            return (noun, plural(noun)), f"{leaf.table}:row"
        if leaf.stat == "distinct" and leaf.ref is not None:
            noun = f"different {self.model.plain(leaf.ref)}"
            return (noun, plural(noun)), "row"
        return None

    def _population(self, shown: Shown, of: str) -> str:
        query, plan = self.c.asked, shown.formula.plan
        where = "where " if of == "row" else ""
        parts = [where + self.speech.condition(query.where, of)] if query.where is not None else []
        if isinstance(plan, Measure) and plan.where is not None:
            parts.insert(0, where + self.speech.condition(plan.where, of))
        if query.customers is not None:
            whose = self.speech.condition(query.customers)
            parts.append(whose if of == "customer" else f"of customers {whose}")
        return "".join(f" {p}" for p in parts[:1]) + "".join(f" and {p}" if not p.startswith("of ") else f" {p}" for p in parts[1:])

    def tail(self, shown: Shown) -> str:
        """Population and period, as they follow the measure."""
        query = self.c.asked
        text = f" where {self.speech.condition(query.where, 'row')}" if query.where is not None else ""
        if query.customers is not None:
            text += f" of customers {self.speech.condition(query.customers)}"
        return text + self._period(shown)

    def period(self, shown: Shown) -> str | None:
        """The measure's period with its preposition; None where it has none."""
        span = self.c.catalog.notes.span(self._window(shown))
        return span.phrase if span is not None else None

    def _period(self, shown: Shown) -> str:
        text = self.period(shown)
        return f" {text}" if text else ""

    def period_before(self, shown: Shown) -> str:
        """The period that it is compared with."""
        window = self._window(shown)
        earlier = self.c.query.versus or (window.model_copy(update={"before": window.before + 1}) if window is not None else None)
        span = self.c.catalog.notes.span(earlier)
        if span is None:
            return "in the period before"
        return f"in the period {span.text}" if span.phrase.startswith("from ") else span.phrase

    def _window(self, shown: Shown) -> Window | None:
        plan = shown.formula.plan
        own = plan.window if isinstance(plan, Measure) else None
        return own or self.c.asked.window

    def superlative(self, shown: Shown, highest: bool) -> str:
        """With population and period: the most orders in 2011; the highest churn rate where contract is Month-to-month."""
        counted = self._counted(shown)
        if counted is not None and not shown.formula.plan.name:
            return f"the {'most' if highest else 'fewest'} {counted[0][1]}{self._population(shown, counted[1])}{self._period(shown)}"
        plan = shown.formula.plan
        if isinstance(plan, Measure) and plan.share is not None and not plan.name:
            part = self.speech.measure(plan.model_copy(update={"window": None, "share": None}))
            return f"the {'largest' if highest else 'smallest'} share of {part}{self.tail(shown)}"
        return f"the {'highest' if highest else 'lowest'} {self.measure(shown).removeprefix('the ')}{self.tail(shown)}"

    def rate(self, shown: Shown) -> str:
        """Of whom, and what they are: "customers churned"; the share is said before it."""
        plan = shown.formula.plan
        if isinstance(plan, Measure):  # a metric that is a label's rate
            label = self.model.metrics[plan.metric or ""].rate or ""
            rate = Rate(of=self.model.labels[label].of, condition=HasLabel(label=label), among=plan.where)
        else:
            assert isinstance(plan, Rate)
            rate = plan
        of = rate.of if rate.of in self.model.entities else f"{rate.of}:row"
        whom = self.speech.population(rate)
        query = self.c.asked
        if query.where is not None:
            whom += f" {self.speech.condition(query.where, of)}"
        if query.customers is not None:
            whom += f"{'' if of == 'customer' else ' of customers'} {self.speech.condition(query.customers)}"
        return f"{whom}{self._period(shown)} {self.speech.predicate(rate.condition, of)}"

    def nothing(self) -> str:
        """Why there is nothing: no rows meet the conditions."""
        what = "rows"
        for shown in self.c.shown:
            for atom in shown.formula.atoms:
                leaf = tree_leaves(atom.tree)[0] if isinstance(atom, PerEntity) else atom.leaf if isinstance(atom, Aggregated) else None
                table = (leaf.table or (leaf.ref.split(".")[0] if leaf.ref else None)) if leaf is not None else None
                if table is not None:
                    return f"no {plural(row_noun(self.model, table))} meet the conditions"
        return f"no {what} meet the conditions"

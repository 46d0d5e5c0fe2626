"""The words of one workspace: what its tables, columns, values, metrics, labels and segments may be called, beside the grammar's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from segue.assistant.language.meanings import Col, Ent, Lab, Meaning, Met, Missing, Seg, Tab, Vague, Val, Verb, Word
from segue.assistant.language.tokens import stems
from segue.tools.context import Context
from segue.tools.semantic import thesaurus
from segue.tools.semantic.schema import Model, split, words

Key = tuple[str, ...]
SMALL = 1_500
"""Columns with at most so many distinct values have each value as a phrase; larger ones are found by the words inside."""


@lru_cache(maxsize=8)
def load_words(name: str) -> dict:
    """One of the word lists kept as data beside this module."""
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(files("segue.assistant.language").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


class Lexicon:
    """Phrases (as stems) to meanings.

    phrases  key -> meanings, the workspace's first
    inside   stem -> {(column, value)}: the words inside the values of large columns (product descriptions)
    known    every stem that some phrase or value holds: what typos are corrected to
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.model: Model = context.model
        self.phrases: dict[Key, list[Meaning]] = defaultdict(list)
        self.inside: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.raw: dict[Key, set[Meaning]] = defaultdict(set)
        self.codes: dict[str, list[Val]] = defaultdict(list)
        self.questions = {stems(p) for c in ("count", "how_much", "what", "who", "list") for p in load_words("words")[c]}
        self._add_names()
        self._add_values()
        self._add_cancelled()
        self._add_open()
        self._add_parts()
        self._settle()
        self._add_segments()
        own = set(self.phrases)
        self._add_grammar(own)
        self.longest = max(map(len, self.phrases))
        self.known = {s for key in self.phrases for s in key if len(s) > 2} | {s for s in self.inside if len(s) > 2}
        self.own = {s for key in own for s in key} | set(self.inside)

    def look(self, key: Key) -> list[Meaning]:
        """The meanings of a phrase; [] where it has none."""
        return self.phrases.get(key, [])

    def _add(self, phrases: Iterable[str], meaning: Meaning) -> None:
        for phrase in phrases:
            key = stems(phrase)
            if not key or (isinstance(meaning, (Col, Met, Ent, Tab)) and (key in self.questions or key[0] == "per" or key in _NEVER)):
                continue
            if meaning not in self.phrases[key]:
                self.phrases[key].append(meaning)

    def _add_names(self) -> None:
        for name in self.model.metrics:
            self._add(thesaurus.metric_names(self.model, name), Met(name))
        for name in self.model.entities:
            self._add(thesaurus.entity_names(self.model, name), Ent(name))
        taken = set(self.phrases)
        if "revenue" in self.model.metrics:
            giving = any("donor" in c or "giv" in c for c in self.model.entities["customer"].called)
            self._add([p for p in ("income", *(("donation", "giving", "contribution", "what we raised") if giving else ())) if stems(p) not in taken], Met("revenue"))
        self._add([p for p in load_words("people")["nouns"] if stems(p) not in taken], Ent("customer"))
        for name in self.model.entities:
            if any(w in name for w in ("employee", "staff", "seller", "rep", "agent")):
                self._add(["sales people", "salespeople", "sales person", "sales rep", "rep", "colleague", "staff member"], Ent(name))
        if self.model.metrics.get("churn_rate") is None and any(label.kind == "response" for label in self.model.labels.values()):
            self._add(["offer", "renewal offer", "renewal", "our offer", "the campaign", "mailing"], Word("filler"))
        for table, spec in self.model.tables.items():
            self._add(thesaurus.table_names(self.model, table), Tab(table))
            for column in spec.columns:
                ref = f"{table}.{column}"
                called = thesaurus.column_names(self.model, ref)
                if spec.columns[column].role in ("key", "order", "account", "reference", "line"):
                    called = [c for c in called if set(stems(c)) & _KEY_WORDS or stems(c) == stems(words(column))]
                self._add(called, Col(ref))
        for name, label in self.model.labels.items():
            self._add_label(name, label.kind)

    def _add_label(self, name: str, kind: str) -> None:
        holds, others = thesaurus.label_names(self.model, name)
        words = load_words("labels").get(kind, {})
        self._add([*holds, *words.get("holds", [])], Lab(name))
        self._add([*others, *words.get("not", [])], Lab(name, holds=False))

    def _add_values(self) -> None:
        for table, spec in self.model.tables.items():
            for column, about in spec.columns.items():
                facts = self.context.facts
                few = about.derived is None and about.type == "text" and facts.has(f"{table}.{column}") and facts.column(f"{table}.{column}").distinct <= 60
                if about.role in ("customer", "contact", "time", "date") or (not few and about.role in ("key", "account", "order", "line", "reference", "text")):
                    continue
                if not few and about.class_ in ("identifier", "free_text") and about.role not in ("product", "name", "place", "category", "status", "channel", "flag"):
                    continue
                if about.derived is None:
                    self._add_column_values(f"{table}.{column}")

    def _add_column_values(self, ref: str) -> None:
        spec = self.model.column(ref)
        yes, no = {str(v) for v in spec.yes}, {str(v) for v in spec.no}
        values = [v for v, _ in self.context.facts.values(ref)]
        if len(values) > SMALL:
            for value in values:
                for s in set(stems(str(value))):
                    self.inside[s].add((ref, value))
            return
        names = thesaurus.value_names(self.model, self.context.facts, ref)
        spelled: dict[str, list] = defaultdict(list)
        for value in values:
            spelled[str(value).casefold()].append(value)
        for value in values:
            test = "yes" if str(value) in yes else "no" if str(value) in no else "in"
            called = names.get(str(value), names.get(value, []))
            bare = [] if test != "in" or _is_bare(str(value)) else [str(value)]
            meaning = Val(ref, tuple(spelled[str(value).casefold()]), test)  # type: ignore[arg-type]  # "Active" and "active" are one word
            for b in bare:
                self.raw[stems(b)].add(meaning)
            if bare and _is_code(str(value)):
                self.codes[str(value)].append(meaning)
                bare = []
            for name in called:
                if _is_code(name.upper()):
                    self.codes[name.upper()].append(meaning)
            self._add([*bare, *(c for c in called if stems(c) != ("leave",) and not _is_code(c.upper()) and not (len(values) > 2 and "not" in c.replace("n't", " not").split()))], meaning)
            for s in set(stems(str(value))) if len(values) > 20 and isinstance(value, str) else ():
                self.inside[s].add((ref, value))

    def _add_open(self) -> None:
        """A ticket without a closing date is open."""
        for table, spec in self.model.tables.items():
            for column, about in spec.columns.items():
                said = set(words(column).split())
                if about.type not in ("date", "timestamp") or spec.kind != "events":
                    continue
                if {"closed", "resolved", "completed", "ended", "solved"} & said:
                    self._add(["still open", "open", "unresolved", "outstanding", "not closed", "unsolved"], Val(f"{table}.{column}", (), "missing"))
                    self._add(["closed", "resolved", "solved"], Val(f"{table}.{column}", (), "present"))
                for word in _DONE & said:
                    called = ["shipped", "dispatched", "sent out"] if word in ("shipped", "dispatched") else [word]
                    for w in called:
                        self._add([f"yet to be {w}", f"not yet {w}", f"not {w}", f"un{w}", f"waiting to be {w}", f"not been {w}"], Val(f"{table}.{column}", (), "missing"))
                        self._add([w, f"been {w}"], Val(f"{table}.{column}", (), "present"))

    def _add_parts(self) -> None:
        """A word that only one column's name holds points at that column ("tier" at CityTier), where nothing else claims it."""
        holders: dict[str, set[str]] = defaultdict(set)
        for table, spec in self.model.tables.items():
            for column, about in spec.columns.items():
                if about.role in ("key", "account", "line", "reference", "contact", "text"):
                    continue
                spelled = [_ABBREVIATIONS.get(w, w) for w in words(column).split()]
                for start in range(2 if spelled[0] in ("total", "average", "number") else 1):
                    key = stems(" ".join(spelled[start:]))
                    if len(key) > 1 and not self.phrases.get(key):
                        self.phrases[key].append(Col(f"{table}.{column}"))  # Total_Trans_Amt: "transaction amount"
                for word in words(column).split():
                    holders[_ABBREVIATIONS.get(word, word)].add(f"{table}.{column}")
        for word, refs in holders.items():
            key = stems(word)
            free = all(isinstance(m, Val) for m in self.phrases.get(key, []))
            if len(refs) <= 3 and len(word) > 2 and word not in _COMMON and key and free:
                self.phrases[key].extend(Col(ref) for ref in sorted(refs))

    def _add_cancelled(self) -> None:
        """Where cancellations are marked by a beginning or a sign, no value says "cancelled": these words do."""
        for table, spec in self.model.tables.items():
            test = spec.cancelled
            if test is None or test.one_of is not None:
                continue
            ref = test.column if test.column.startswith(f"{table}.") else f"{table}.{test.column}"
            self._add(["cancelled", "cancellation", "credited", "credit note", "refunded", "returned", "refund", "returned items"], Val(ref, (), "cancelled"))

    def _settle(self) -> None:
        """A word that is a sum of money is not also a thing to count: "sales" is revenue, not sales transactions."""
        for key, meanings in self.phrases.items():
            meanings[:] = [m for m in meanings if not (isinstance(m, Col) and self._hidden(m.ref, meanings))]
            if any("line" in s or "detail" in s for s in key):
                meanings.sort(key=lambda m: isinstance(m, Tab) and not any(w in m.name for w in ("detail", "item", "line")))
            meanings.sort(key=lambda m: isinstance(m, Col) and (self.model.column(m.ref).label or "").endswith("as stored"))
            exact = self.raw.get(key, set())
            refs = {m.ref for m in exact if isinstance(m, Val)}
            meanings[:] = [m for m in meanings if not (isinstance(m, Val) and m.ref in refs and m not in exact)]
            if not exact and any(isinstance(m, Met) for m in meanings):
                meanings[:] = [m for m in meanings if not (isinstance(m, Val) and m.test == "in")]
            if any(isinstance(m, Met) and self.model.metrics[m.name].unit == "money" for m in meanings):
                meanings[:] = [m for m in meanings if not isinstance(m, (Ent, Tab))]

    def _hidden(self, ref: str, meanings: list[Meaning]) -> bool:
        """Keys give way to the things they are keys of: "reviews" is the table, not its review_id."""
        role = self.model.column(ref).role
        return role in ("key", "order", "line", "account", "reference") and any(isinstance(m, (Ent, Tab, Met, Val)) for m in meanings)

    def _add_segments(self) -> None:
        if self.model.main_scheme == "rfm":
            from segue.tools.segments.rfm import SEGMENTS

            for name in SEGMENTS[:-1]:
                self._add([name, f"{name} segment"], Seg(name, "rfm"))

    def _add_grammar(self, own: set[Key]) -> None:
        """Grammar words; where a workspace's word is the same, both meanings stand, the workspace's first."""
        for category, phrases in load_words("words").items():
            self._add(phrases, Word(category))
        for act, about in load_words("verbs").items():
            self._add(about["words"], Verb(act))
        for name, about in load_words("vague").items():
            self._add(about["words"], Vague(name))
        for role, phrases in load_words("missing").items():
            if not any(stems(p) in own for p in phrases):
                self._add(phrases, Missing(role))


_KEY_WORDS = {"id", "number", "no", "code", "key", "reference", "ref", "sku", "nr"}
_DONE = {"shipped", "dispatched", "delivered", "approved", "paid", "returned"}
_NEVER = {(s,) for s in "thing one make where in get us go them that those these who new it there here do be have put up out on off with use come any all both each split show list see know like want need when then same still ever now only over under first last home how some other".split()} | {
    ("with", "us"), ("a", "thing"), ("to", "us"), ("for", "us"), ("from", "us"), ("of", "us"), ("on", "us"), ("have", "be")}
"""Words of grammar that no column, metric or thing is called by, whatever a thesaurus says."""
_ABBREVIATIONS = {"trans": "transaction", "txn": "transaction", "ct": "count", "cnt": "count", "cat": "category", "qty": "quantity", "amt": "amount", "num": "number", "desc": "description", "acct": "account", "cust": "customer",
                  "disc": "discount", "addr": "address", "avg": "average", "prod": "product", "dept": "department", "pymt": "payment", "hh": "household"}
_COMMON = frozenset("the of to from in on at by for and or is has have was are all last first new old time date day days week weeks month months year years hour hours number num "
                    "count total amount value code name type id no yes flag status level order orders customer customers user users client clients start end up per rate by used use preferred prefered favourite favorite since registered spend spent is has".split())


def _is_bare(value: str) -> bool:
    """Values that are no words to look for by themselves: yes, no, bare numbers."""
    text = value.strip().lower()
    return text in ("yes", "no", "y", "n", "true", "false", "none", "other", "unknown", "") or text.replace(".", "").replace("-", "").isdigit()


def _is_code(value: str) -> bool:
    """Short codes (SP, AM, IN) are words only when written as codes."""
    return value.isalpha() and value.isupper() and len(value) <= 3


def time_of(model: Model, table: str) -> str | None:
    """The column (table.column) that says when a table's rows happened; None where nothing does."""
    when = model.tables[table].time
    return None if when is None else when if "." in when else f"{table}.{when}"


def column_kind(model: Model, ref: str) -> str:
    """number, flag, date or kind: what can be asked of the column."""
    spec = model.column(ref)
    if spec.role == "flag" or spec.type == "boolean" or spec.yes:
        return "flag"
    if spec.type in ("date", "timestamp"):
        return "date"
    if spec.type in ("integer", "number") and spec.role not in ("key", "customer", "account", "order", "line", "reference", "category", "place", "product", "status"):
        return "number"
    return "kind"


def table_of(ref: str) -> str:
    """The table of table.column."""
    return split(ref)[0]

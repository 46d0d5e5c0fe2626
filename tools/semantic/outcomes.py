"""Outcomes that the data states: who left, who answered; and which touches of a campaign were answered."""

from __future__ import annotations

import re

from segue.tools.semantic import probe
from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.money import plain, yes_values
from segue.tools.semantic.names import has, singular
from segue.tools.semantic.schema import Derived, Label, Test, split

LEFT = {
    "churned", "churn", "left", "leaver", "attrited", "attrited customer", "attrition", "cancelled", "canceled", "closed", "inactive",
    "lapsed",
    "terminated", "lost", "former", "exited", "deactivated", "departed", "expired", "disconnected", "unsubscribed", "ended", "gone",
    "former member",
    "former customer", "churned customer", "dormant", "quit", "surrendered",
}  # fmt: skip
HERE = {
    "stayed", "existing", "existing customer", "active", "retained", "current", "joined", "open", "live", "not churned", "loyal", "renewed",
    "current customer", "paused", "new", "in force", "no churn", "non churn", "staying", "trial", "frozen",
}  # fmt: skip
_CHURN = (
    r"churn|churned|exited|attrition|attrited|left|leaver|cancelled|canceled|quit|lapsed|departed|"
    r"deserted|terminated|unsubscribed|has left|is churn|lost"
)
_NOT_LABEL = r"score|category|reason|probability|prob|risk|date|value|type|month|months|naive|predicted|prediction|rate|days|count|number"
_STILL = r"active|is active|retained|is retained|renewed|still (?:here|active|member|customer)|current|stayed|loyal"
_ANSWERED = (
    r"response|responded|respond|accepted|accept|converted|conversion|subscribed|term deposit|deposit|"
    r"accepted \w+|offer accepted|took offer|purchased|bought|interested|renewed offer"
)
_TARGET = (
    r"y|target|label|class|outcome|default|defaulted|default payment(?: next month)?|fraud|is fraud|target variable"
)
CHURN_WORDS = ["left", "churned", "gone", "cancelled", "lost", "leavers"]


def find_labels(draft: Draft, engine: probe.Runs) -> None:
    """Adds the labels, the one to go by first. Two about leaving that disagree are listed as unsure."""
    for tab in sorted(draft.tables.values(), key=lambda t: f"{t.name}.{t.key}" != draft.customer):
        if tab.kind == "customers":
            _labels_of(draft, tab)
    for tab in draft.tables.values():
        if tab.kind == "events" and tab.subject == "cancellations":
            _event_label(draft, tab)
    if not _churn(draft):
        for tab in draft.tables.values():
            if tab.kind == "events" and _lasting(tab):
                _labels_of(draft, tab, events=True)
    _second_thoughts(draft, engine)


def _churn(draft: Draft) -> list[str]:
    return [n for n, label in draft.labels.items() if label.kind == "churn"]


def _lasting(tab: Tab) -> bool:
    return has(tab.words, r"subscriptions?|memberships?|polic(?:y|ies)|contracts?|accounts?")


def _labels_of(draft: Draft, tab: Tab, events: bool = False) -> None:
    churn = _churn_tests(tab)
    for col, test in churn:
        name = "churned" if "churned" not in draft.labels else _free(draft, "churned by " + col.words)
        called = [w for w in CHURN_WORDS if w != name]
        draft.labels[name] = Label(test=_at(tab, test), kind="churn", called=called)
    if events:
        if churn:
            draft.doubt(
                f"Who left is read from {churn[0][0].ref}: a customer with several rows there left if any row says so."
            )
        return
    for col in sorted(tab.cols.values(), key=lambda c: not has(c.words, "^(?:response|responded|y|target)$")):
        test = _two_valued(col)
        if test is None or col.derived is not None or any(col is c for c, _ in churn):
            continue
        if has(col.words, _ANSWERED) and not has(col.words, _NOT_LABEL + "|prev|previous|channel"):
            name = _free(draft, "responded" if "responded" not in draft.labels else col.words)
            draft.labels[name] = Label(
                test=_at(tab, test), kind="response", called=["accepted", "answered"] if name == "responded" else []
            )
        elif has(col.words, "^(?:" + _TARGET + ")$") or col.words in _TARGET.split("|"):
            _target(draft, tab, col, test)


def _target(draft: Draft, tab: Tab, col: Col, test: Test) -> None:
    """An outcome whose name says little: y, target, class. Beside a campaign's columns it is the answer to the campaign."""
    asked = any(has(c.words, r"campaign|poutcome|offer|contact|contacts") for c in tab.cols.values())
    if asked and has(col.words, "y|target|outcome|deposit") and "responded" not in draft.labels:
        draft.labels["responded"] = Label(
            test=_at(tab, test), kind="response", called=["accepted", "said yes", "subscribed", "answered"]
        )
        draft.doubt(f"{col.ref} is taken for whether the customer answered the campaign.")
        return
    name = _free(draft, col.words)
    draft.labels[name] = Label(test=_at(tab, test), kind="other")
    if not has(col.words, "default|defaulted|fraud"):
        draft.doubt(f"{col.ref} looks like an outcome; the file doesn't say of what. It is the label {name!r}.")


def _at(tab: Tab, test: Test) -> Test:
    return test.model_copy(update={"column": f"{tab.name}.{test.column}"})


def _free(draft: Draft, name: str) -> str:
    slug = re.sub(r"\W+", "_", name).strip("_").lower() or "outcome"
    return next(n for n in (slug, *(f"{slug}_{i}" for i in range(2, 99))) if n not in draft.labels)


_LEFT_ON = r"churn\w*|cancel\w*|left|exit\w*|terminat\w*|closed|leave|leaving|departure|attrition"
_LASTING = r"accounts?|customers?|members?|memberships?|subscriptions?|users?|clients?"


def _churn_tests(tab: Tab) -> list[tuple[Col, Test]]:
    """Columns that say who left, the plainest first: a column named so, a status, a date of leaving, else an inverted active flag."""
    named, status, dates, still = [], [], [], []
    for col in tab.cols.values():
        if col.derived is not None:
            continue
        if col.dated or (col.number and has(col.words, "year")):
            dates += _left_on(tab, col)
        elif (test := _left_values(col)) is not None:
            (named if has(col.words, _CHURN) else status).append((col, test))
        elif (two := _two_valued(col)) is not None and not has(col.words, _NOT_LABEL):
            if has(col.words, _CHURN):
                named.append((col, two))
            elif has(col.words, _STILL):
                still.append((col, _inverted(col)))
    return [*named, *status, *dates] or still


def _left_on(tab: Tab, col: Col) -> list[tuple[Col, Test]]:
    """A date that only those have who left."""
    says = has(col.words, _LEFT_ON) or (has(col.words, "end") and has(tab.words, _LASTING))
    if says and col.role != "planned" and 0 < col.filled < tab.rows:
        return [(col, Test(column=col.name, present=True))]
    return []


def _left_values(col: Col) -> Test | None:
    """A text column some of whose values mean that someone left and others that they are here."""
    if col.type != "text" or not 2 <= col.distinct <= 12 or col.role == "flag":
        return None
    if not has(col.words, r"status|state|attrition|churn\w*|flag|label|stage|lifecycle|membership|type|customer"):
        return None
    left = [v for v in col.values if plain(v) in LEFT]
    here = [v for v in col.values if plain(v) in HERE or plain(v) in ("no", "false")]
    return Test.model_validate({"column": col.name, "in": left}) if left and here else None


def _two_valued(col: Col) -> Test | None:
    if col.role != "flag":
        return None
    return Test.model_validate({"column": col.name, "in": yes_values(col)})


def _inverted(col: Col) -> Test:
    no = col.no or [v for v in col.values if v not in col.yes] if col.yes else [False] if col.type == "boolean" else [0]
    return Test.model_validate({"column": col.name, "in": no})


def _event_label(draft: Draft, tab: Tab) -> None:
    name = "churned" if "churned" not in draft.labels else _free(draft, singular(tab.words))
    draft.labels[name] = Label(event=tab.name, kind="churn", called=[w for w in CHURN_WORDS if w != name])


def _second_thoughts(draft: Draft, engine: probe.Runs) -> None:
    """Compares the other labels of leaving with the first: one that says the same is dropped, one that doesn't is reported."""
    first, *others = _churn(draft) or [""]
    for other in others:
        sizes = _compared(draft, engine, draft.labels[first], draft.labels[other])
        if sizes is None:
            continue
        mine, theirs, both = sizes
        if mine == theirs == both:
            del draft.labels[other]
            continue
        draft.doubt(
            f"Who left is said in two places that disagree: {_said(draft.labels[first])} ({mine:,} customers) and "
            f"{_said(draft.labels[other])} ({theirs:,}; {both:,} in both). Churn is read from the first."
        )


def _said(label: Label) -> str:
    return label.test.column if label.test else f"the rows of {label.event}"


def _compared(draft: Draft, engine: probe.Runs, first: Label, other: Label) -> tuple[int, int, int] | None:
    """(customers by the first label, by the other, by both), where the customers' own table says it or an event names them."""
    if draft.customer is None or first.test is None:
        return None
    home, key = split(draft.customer)
    if split(first.test.column)[0] != home:
        return None
    if other.test is not None:
        return (
            probe.agreement(engine, home, key, first.test, other.test) if split(other.test.column)[0] == home else None
        )
    holder = next((c for c in draft.tables[other.event or ""].cols.values() if c.role == "customer"), None)
    return probe.agreement(engine, home, key, first.test, holder.ref) if holder is not None else None


# --- campaigns ----------------------------------------------------------------------------------------------------------

_ENGAGED = (
    r"opened|open|viewed",
    r"clicked|click",
    r"redeemed|redempt\w*|used",
    (r"responded|response|engaged|converted|conversion|accepted|purchased|attended"),
)
_ENGAGED_VALUES = {
    "open",
    "opened",
    "click",
    "clicked",
    "redeemed",
    "redeem",
    "responded",
    "converted",
    "purchase",
    "purchased",
    "accepted",
    "engaged",
    "replied",
    "attended",
    "yes",
    "success",
}


def set_engaged(draft: Draft) -> None:
    """The test of an answered touch; a date of opening or clicking becomes a flag."""
    for tab in draft.tables.values():
        if tab.kind != "events" or tab.subject != "campaigns":
            continue
        for pattern in _ENGAGED:
            found = next(
                (
                    c
                    for c in tab.cols.values()
                    if has(c.words, pattern)
                    and c.derived is None
                    and (c.role == "flag" or (c.dated and c.name != tab.time))
                ),
                None,
            )
            if found is not None:
                tab.engaged = tab.engaged or _engaged_by(found)
                if found.dated:
                    draft.add_derived(
                        tab.name,
                        f"was_{found.words.split()[0]}",
                        "boolean",
                        Derived(test=Test(column=found.name, present=True)),
                        role="flag",
                    )
        if tab.engaged is None and has(tab.words, r"redempt\w*|redeemed|clicks?|opens?|responses?"):
            sent = [c for c in tab.cols.values() if has(c.words, "coupon|voucher|offer") and c.filled == tab.rows]
            holder = next((c for c in [*sent, *tab.of_role("customer", "account")]), None)
            tab.engaged = Test(column=holder.name, present=True) if holder else None
        if tab.engaged is None:
            tab.engaged = next((t for c in tab.cols.values() if (t := _engaged_values(c))), None)


def _engaged_by(col: Col) -> Test:
    if col.dated:
        return Test(column=col.name, present=True)
    return Test.model_validate({"column": col.name, "in": yes_values(col)})


def _engaged_values(col: Col) -> Test | None:
    if col.type != "text" or not 2 <= col.distinct <= 15 or col.role == "flag":
        return None
    found = [v for v in col.values if plain(v) in _ENGAGED_VALUES]
    return Test.model_validate({"column": col.name, "in": found}) if found and len(found) < col.distinct else None

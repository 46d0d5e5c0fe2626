"""Keys: each table's own, which one is the customer's, and which tables are customers, events and lookups."""

from __future__ import annotations

from collections import defaultdict

from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.names import (
    ACCOUNTS,
    ORDER,
    PERSON,
    PRODUCT,
    REFERRER,
    STAFF,
    has,
    head,
    is_row_number,
    singular,
    subject_of,
)
from segue.tools.semantic.schema import Derived, split

_PERSON_WORDS = r"unique|master|person|global|golden|individual|real|universal|parent"


def set_table_keys(draft: Draft) -> None:
    """Each table's primary key: a column without gaps or repeats that is named like a key, the table's own noun first."""
    for tab in draft.tables.values():
        found = [c for c in tab.cols.values() if c.unique and c.noun is not None and tab.rows > 1]
        if found:
            tab.key = max(found, key=lambda c: _own(tab, c)).name


def _own(tab: Tab, col: Col) -> tuple[int, int, int]:
    """How sure it is that the column is the table's own key: its noun is the table's, it is a bare id, it stands first."""
    noun = col.noun or ""
    mine = {singular(w) for w in tab.words.split()}
    named = 2 if noun and set(noun.split()) <= mine else 1 if noun and singular(noun.split()[-1]) in mine else 0
    if not noun:
        named = 1
    return named, int(head(noun, PERSON) is not None), -list(tab.cols).index(col.name)


# --- the customer -------------------------------------------------------------------------------------------------------


def find_customer(draft: Draft) -> None:
    """Chooses the customer's key, and gives the roles customer and account to the columns that hold one."""
    groups = _groups(draft)
    if not groups:
        _without_a_key(draft)
        _spread(draft)
        return
    best = max(groups, key=lambda noun: _sureness(draft, noun, groups[noun]))
    best = _account_where_only_it_reaches(draft, groups, best)
    holders = groups[best]
    home = _home(draft, holders)
    person = _person_beside(draft, home) if home else None
    for col in holders:
        col.role = "account" if person else "customer"
    for noun, cols in groups.items():
        if noun != best:
            _other_people(draft, cols, best)
    key = person or home or max(holders, key=lambda c: (draft.tables[c.table].rows, c.distinct))
    if person:
        person.role = "customer"
        draft.doubt(
            f"A customer is a distinct {person.name} ({person.distinct:,} of them); {home.name if home else ''} has "
            f"{home.distinct if home else 0:,} values, so one person may have several."
        )
    draft.customer = key.ref
    _spread(draft)


def _spread(draft: Draft) -> None:
    """What leads to a customer's key holds one too; a table whose rows are one each of it has it for its key."""
    for _ in range(3):
        for join in draft.joins:
            source, target = draft.col(join.from_), draft.col(join.to)
            if target.role in ("customer", "account") and source.role is None:
                source.role = target.role
    for tab in draft.tables.values():
        if tab.key is None:
            tab.key = next((c.name for c in tab.cols.values() if c.role in ("customer", "account") and c.unique), None)


def _groups(draft: Draft) -> dict[str, list[Col]]:
    """Columns that could hold a customer's key, by the noun they are about."""
    groups: dict[str, list[Col]] = defaultdict(list)
    for col in draft.cols():
        noun = col.noun
        if noun is None or has(col.words, REFERRER):
            continue
        table = singular(draft.tables[col.table].words)
        if noun == "" and (person := head(table, PERSON)) and draft.tables[col.table].key == col.name:
            noun = person
        found = head(noun, PERSON)
        if (
            found
            and not head(noun, STAFF)
            and not head(noun, ORDER)
            and not has(noun, r"type|group|segment|class|status|category")
        ):
            groups["customer" if found == "cust" else found if found not in ("acct", "acc") else "account"].append(col)
    return dict(groups)


def _sureness(draft: Draft, noun: str, cols: list[Col]) -> float:
    """How sure it is that this noun is the customer: the word itself, the tables that have it, a table of its own."""
    tables = {c.table for c in cols}
    own = any(draft.tables[c.table].key == c.name for c in cols)
    varied = any(c.distinct > 3 or draft.tables[c.table].rows < 10 for c in cols)
    return PERSON[noun] * 2 + 3 * len(tables) + (4 if own else 0) - (0 if varied else 20)


def _account_where_only_it_reaches(draft: Draft, groups: dict[str, list[Col]], best: str) -> str:
    """An account instead of a person where most dated tables lead to the account's table but not to the person's."""

    def reached(noun: str) -> set[str]:
        tables = {c.table for c in groups[noun]}
        return {t for t in draft.tables if tables & set(draft.leads_to(t)) and draft.tables[t].rows}

    if best in ACCOUNTS:
        return best
    mine = reached(best)
    for noun in groups:
        if noun in ACCOUNTS and sum(draft.tables[t].rows for t in reached(noun) - mine) > sum(
            draft.tables[t].rows for t in mine
        ):
            draft.doubt(
                f"Most tables lead to the {noun} and not to the {best}, so a customer here is a distinct {noun}."
            )
            return noun
    return best


def _home(draft: Draft, holders: list[Col]) -> Col | None:
    """The column in the table that has one row a customer; the largest such table where there are several."""
    homes = [c for c in holders if draft.tables[c.table].key == c.name and not _event_like(draft, c)]
    named = [c for c in homes if head(singular(draft.tables[c.table].words), PERSON)]
    return max(named or homes, key=lambda c: c.distinct, default=None)


def _event_like(draft: Draft, col: Col) -> bool:
    """Whether a table with one row a customer is nevertheless a table of events (cancellations: one each)."""
    tab = draft.tables[col.table]
    if len(draft.tables) == 1 or head(singular(tab.words), PERSON):
        return False
    return subject_of(tab.name) is not None and any(c.dated for c in tab.cols.values())


def _person_beside(draft: Draft, home: Col) -> Col | None:
    """The person's own key in the accounts' table: named as one (customer_unique_id), or a surer noun with repeats."""
    for col in draft.tables[home.table].cols.values():
        if (
            col is home
            or col.noun is None
            or col.filled < 0.9 * draft.tables[home.table].rows
            or has(col.words, REFERRER)
        ):
            continue
        found = head(col.noun, PERSON)
        if not found or col.distinct > home.distinct or col.distinct < 0.05 * home.distinct:
            continue
        if has(col.words, _PERSON_WORDS) or (
            found not in ACCOUNTS
            and not col.unique
            and PERSON[found] >= PERSON[head(home.noun or "", PERSON) or "account"]
        ):
            return col
    return None


def _other_people(draft: Draft, cols: list[Col], best: str) -> None:
    """The other nouns: a key that leads to the customer is an account's; the rest stay references."""
    for col in cols:
        if col.role is None and draft.tables[col.table].key == col.name and best not in ACCOUNTS:
            holds = [c for c in draft.tables[col.table].cols.values() if c.role in ("customer", "account")]
            if holds and not head(singular(draft.tables[col.table].words), ORDER):
                col.role = "account"
    for join in draft.joins:
        source, target = draft.col(join.from_), draft.col(join.to)
        if target.role == "account" and source.role is None:
            source.role = "account"


def _without_a_key(draft: Draft) -> None:
    """No column is named like a customer's key: a plain id of a table of people, e-mail, or the rows themselves."""
    mails = [c for c in draft.cols() if has(c.words, r"e ?mail(?: address)?") and c.type == "text" and c.distinct > 3]
    mail = max(mails, key=lambda c: c.filled, default=None)
    guess = _people_table(draft) or mail or _first_id_like(draft) or _phone(draft)
    if guess is not None:
        guess.role = "customer"
        draft.customer = guess.ref
        if guess.unique:
            draft.tables[guess.table].key = guess.name
        draft.doubt(f"No column is named like a customer's key: {guess.ref} is taken for one.")
        return
    _rows_as_customers(draft)


def _rows_as_customers(draft: Draft) -> None:
    """The rows of a table about people are customers; rows of anything else are not, but the model must name something."""
    dated = any(c.dated for c in draft.cols())
    targets = {split(j.to)[0] for j in draft.joins}
    people = [t for t in draft.tables.values() if _about_people(t) or (not dated and t.name not in targets)]
    known = [t for t in people if not sells(t)]
    tab = max(known or draft.tables.values(), key=lambda t: (len(t.cols), t.rows), default=None)
    if tab is None:
        return
    made = draft.add_derived(tab.name, "row_number", "integer", Derived(row=True), role="customer")
    made.class_ = "identifier"
    draft.customer = made.ref
    if known:
        tab.key = made.name
        draft.doubt(f"No column of {tab.name} is a key, so every row counts as a customer, by its row number.")
    else:
        draft.knows_customers = False
        draft.doubt("No column identifies a customer, so nothing can be asked about customers.")


def _people_table(draft: Draft) -> Col | None:
    """The key of a table named after people (members.msno, accounts.account) that others lead to, or that stands alone."""
    targets = {j.to for j in draft.joins}
    for join in draft.joins:  # transactions.id -> history.id: rows about one "id" each, and rows that repeat it
        if draft.col(join.from_).noun == "" and draft.col(join.to).noun == "":
            return draft.col(join.to)
    for tab in draft.tables.values():
        if head(singular(tab.words), PERSON) or head(tab.words, PERSON):
            keys = [c for c in tab.cols.values() if c.unique and (c.ref in targets or c.noun == "")]
            if keys:
                return max(keys, key=lambda c: c.ref in targets)
    return None


def sells(tab: Tab) -> bool:
    """Whether a row has an order's number, or a price with a quantity or a product: a sale, not a person."""
    priced = any(c.number and has(c.words, r"price|adr|amount|total|sales") for c in tab.cols.values())
    ordered = any(c.noun and head(c.noun, ORDER) for c in tab.cols.values())
    counted = any(
        has(c.words, r"qty|quantity|nights?") or (c.noun and head(c.noun, PRODUCT)) for c in tab.cols.values()
    )
    return priced and (ordered or counted)


def _first_id_like(draft: Draft) -> Col | None:
    """A bare id in a table with no dates (one row each), or, in a file without headers, the first column with repeats."""
    for tab in sorted(draft.tables.values(), key=lambda t: -t.rows):
        cols = list(tab.cols.values())
        bare = [c for c in cols if c.noun == "" and c.unique]
        if bare and (not any(c.dated for c in cols) or _about_people(tab)):
            return bare[0]
        if all(is_row_number(c.words) for c in cols) and any(c.dated for c in cols):
            repeats = [
                c for c in cols if not c.dated and (c.whole or c.type == "text") and 20 < c.distinct < 0.8 * tab.rows
            ]
            if repeats:
                return repeats[0]
    return None


_TRAITS = (
    r"age|gender|sex|marital|education|income|job|occupation|birth|dob|tenure|churn|exited|attrition|"
    r"response|children|kids|dependents?|salary|married|spouse"
)


def _about_people(tab: Tab) -> bool:
    """Whether the columns describe people: age, gender, schooling, whether they left."""
    traits = sum(has(c.words, _TRAITS) and not has(c.words, "gross|net") for c in tab.cols.values())
    return traits >= 2 or head(singular(tab.words), PERSON) is not None


def _phone(draft: Draft) -> Col | None:
    """A phone number that never repeats, where nothing better stands in a table about people."""
    cols = [c for t in draft.tables.values() for c in t.cols.values() if has(c.words, r"phone|mobile|telephone|msisdn")]
    return next((c for c in cols if c.unique), None)


# --- kinds --------------------------------------------------------------------------------------------------------------


def set_kinds(draft: Draft) -> None:
    """customers: one row each; events: rows that lead to a customer, or dated figures; lookup: the rest."""
    for tab in draft.tables.values():
        tab.kind = "customers" if _is_customers(draft, tab) else None
    targets = {j.to.partition(".")[0] for j in draft.joins}
    for tab in draft.tables.values():
        if tab.kind is None:
            tab.kind = "events" if _is_events(draft, tab, tab.name in targets) else "lookup"


def _is_customers(draft: Draft, tab: Tab) -> bool:
    key = tab.cols.get(tab.key or "")
    if key is None or key.role not in ("customer", "account"):
        return bool(draft.customer) and draft.customer == f"{tab.name}.{tab.key}"
    return not _event_like(draft, key)


def _is_events(draft: Draft, tab: Tab, is_target: bool) -> bool:
    """Rows that lead to a customer, or that have dates and figures and are not what others lead to."""
    leads = any(
        c.role in ("customer", "account") for t in draft.leads_to(tab.name) for c in draft.tables[t].cols.values()
    )
    if leads:
        return True
    dated = any(c.dated for c in tab.cols.values())
    figures = any(c.number and c.noun is None for c in tab.cols.values())
    subject = subject_of(tab.name)
    if is_target and subject in (None, "campaigns", "usage", "visits"):
        return False
    return dated and figures and (subject is not None or not tab.key)
